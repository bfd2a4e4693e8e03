"""The second reader of a message: a small convolutional network over its syllables, beside the linear heads.

The same as rust-core/src/text/network.rs. Its table without diacritics begins as vectors learnt without labels from
which words stand near each other in all text that may be used; the rest begins at random and learns the same heads from
the same rows and their corrupted forms. It then goes on learning from whole talks: second_opinion.py.
"""
import learning  # noqa: I001  (says how many threads jax has, before it is loaded)
import jax
import jax.numpy as jnp
import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import svds
from threadpoolctl import threadpool_limits

import first_stage
from corpus_rows import INDICATORS
from first_stage import HEADS, LOGIT_BOUND
from learning import normal

FULL_BITS, BARE_BITS = 13, 12
DIMENSIONS, FILTERS, HIDDEN = 48, 96, 96
WIDTHS = (1, 2, 3)
MAX_TOKENS = 28
EPOCHS = 10
BATCH = 256
RATE = 2e-3
# Of tokens, and of what the layers see. Twice as much was worse for the heads.
TOKEN_DROPOUT, DROPOUT = 0.15, 0.3
PENALTY, TABLE_PENALTY = 1e-4, 1e-6
# How often a row is shown as it was typed; else in one of its corrupted forms.
AS_TYPED = 0.5
# Batches hold messages of about one length.
LENGTHS = (6, 10, 16, MAX_TOKENS)
# Tokens this far apart are neighbours to the vectors learnt without labels.
NEIGHBOURS = 4


def tokens(lachan, texts):
    """(table row as written, table row without diacritics) of every token; the last row of a table is no token."""
    raw = np.frombuffer(first_stage.ask(lachan, "tokens", texts), "<u4")
    full = np.full((len(texts), MAX_TOKENS), 1 << FULL_BITS, np.int32)
    bare = np.full((len(texts), MAX_TOKENS), 1 << BARE_BITS, np.int32)
    at = 0
    for i in range(len(texts)):
        n = int(raw[at])
        pairs = raw[at + 1:at + 1 + 2 * n].reshape(n, 2)
        full[i, :n] = pairs[:, 0] & np.uint32((1 << FULL_BITS) - 1)
        bare[i, :n] = pairs[:, 1] & np.uint32((1 << BARE_BITS) - 1)
        at += 1 + 2 * n
    return full, bare


class Forms:
    """Tokens of every row as typed and in its corrupted forms, and what the heads should say of it."""

    def __init__(self, material, lachan):
        self.source, self.single, self.piece = material.source, material.kind == "single", material.kind == "piece"
        self.child = material.child.astype(np.float32)
        self.y = material.target.astype(np.float32)
        self.weight = np.tile(material.weight[:, None], (1, HEADS)).astype(np.float32)
        self.weight[:, len(INDICATORS):] = 1
        self.weight *= material.used
        self.plain = tokens(lachan, material.rows.text)
        self.corrupted = tokens(lachan, material.corrupted_texts)
        first, second = {}, {}
        for i, row in enumerate(material.source):
            (second if row in first else first)[row] = i
        n = len(material.rows.text)
        self.corrupted_of = [np.array([first[r] for r in range(n)]),
                             np.array([second.get(r, first[r]) for r in range(n)])]
        self.shown = [self.plain] + [tuple(t[ids] for t in self.corrupted) for ids in self.corrupted_of]
        self.length = np.max([(t[0] < 1 << FULL_BITS).sum(1) for t in self.shown], axis=0)
        self.neighbours = neighbour_vectors(self.plain[1][~self.piece])


def neighbour_vectors(bare):
    """A vector for each bare word: singular vectors of how much more often than by chance two words stand near each
    other (Levy, Goldberg, NIPS 2014)."""
    bins = 1 << BARE_BITS
    near = sp.csr_matrix((bins, bins))
    for distance in range(1, NEIGHBOURS + 1):
        a, b = bare[:, :-distance].ravel(), bare[:, distance:].ravel()
        both = (a < bins) & (b < bins)
        pairs = sp.csr_matrix((np.full(both.sum(), 1 / distance), (a[both], b[both])), shape=(bins, bins))
        near = near + pairs + pairs.T
    near = near.tocoo()
    often = np.asarray(near.sum(1)).ravel() + 1e-9
    # Rare neighbours count less: their share is of the power .75.
    share = often ** 0.75 / (often ** 0.75).sum()
    surprise = np.log(near.data / (often[near.row] * share[near.col]))
    kept = surprise > 0
    with threadpool_limits(1):
        left, strength, _ = svds(sp.csr_matrix((surprise[kept], (near.row[kept], near.col[kept])), shape=(bins, bins)),
                                 k=DIMENSIONS, v0=np.ones(bins))
    vectors = left * np.sqrt(strength)
    return (vectors / vectors.std()).astype(np.float32)


def initial(seed, neighbours):
    r = np.random.RandomState(seed)
    pooled = len(WIDTHS) * FILTERS
    none = np.zeros((1, DIMENSIONS), np.float32)
    p = {"full": np.concatenate([0.05 * r.randn(1 << FULL_BITS, DIMENSIONS).astype(np.float32), none]),
         "bare": np.concatenate([0.3 * neighbours, none]),
         "hidden": normal(r, pooled + 1, HIDDEN), "hidden bias": np.zeros(HIDDEN, np.float32),
         "output": 0.5 * normal(r, HIDDEN + pooled, HEADS), "output bias": np.full(HEADS, -3, np.float32)}
    for width in WIDTHS:
        p[f"filters {width}"] = normal(r, width * DIMENSIONS, FILTERS)
        p[f"filters {width} bias"] = np.zeros(FILTERS, np.float32)
    return p


def encode(p, full, bare, child, key=None):
    """What the hidden layer has understood, and the logits of all heads."""
    live = full < 1 << FULL_BITS
    keys = [None] * 3 if key is None else jax.random.split(key, 3)

    def drop(x, key, share):
        return x if key is None else x * jax.random.bernoulli(key, 1 - share, x.shape) / (1 - share)
    if key is not None:
        live = live & jax.random.bernoulli(keys[0], 1 - TOKEN_DROPOUT, live.shape)
    seen = (p["full"][full] + p["bare"][bare]) * live[..., None]
    pooled = []
    for width in WIDTHS:
        padded = jnp.pad(seen, ((0, 0), (width - 1, width - 1), (0, 0)))
        places = padded.shape[1] - width + 1
        windows = jnp.concatenate([padded[:, i:i + places] for i in range(width)], -1)
        bias = p[f"filters {width} bias"]
        pooled.append(jax.nn.relu(jnp.maximum((windows @ p[f"filters {width}"] + bias).max(1), bias)))
    pooled = drop(jnp.concatenate(pooled, -1), keys[1], DROPOUT)
    hidden = jnp.tanh(jnp.concatenate([pooled, child[:, None]], -1) @ p["hidden"] + p["hidden bias"])
    hidden = drop(hidden, keys[2], DROPOUT)
    return hidden, jnp.concatenate([hidden, pooled], -1) @ p["output"] + p["output bias"]


def penalty(p):
    return PENALTY * sum((p[k] ** 2).sum() for k in ("hidden", "output")) + TABLE_PENALTY * (p["full"] ** 2).sum()


def loss(p, full, bare, child, y, weight, key):
    _, logit = encode(p, full, bare, child, key)
    return (learning.cross_entropy(logit, y) * weight).sum() / weight.shape[0] + penalty(p)


@jax.jit
def improve(p, m, v, full, bare, child, y, weight, key, t, rate):
    return learning.adam(p, m, v, jax.grad(loss)(p, full, bare, child, y, weight, key), t, rate)


all_logits = jax.jit(lambda p, full, bare, child: encode(p, full, bare, child)[1])


def odds(forms):
    """How often rows are shown as typed and in each corrupted form."""
    return [AS_TYPED] + [(1 - AS_TYPED) / (len(forms.shown) - 1)] * (len(forms.shown) - 1)


def learn(forms, chosen, seed=0):
    """Weights from the chosen rows, each by itself; pieces have no labels."""
    r, rows = np.random.RandomState(seed), np.nonzero(chosen & ~forms.piece)[0]
    p = initial(seed, forms.neighbours)
    m, v = learning.nothing_like(p), learning.nothing_like(p)

    def epoch(r):
        return learning.batches(rows, forms.length, LENGTHS, BATCH, r)
    step, steps = 0, EPOCHS * len(epoch(np.random.RandomState(0)))
    for _ in range(EPOCHS):
        for ids, longest in epoch(r):
            full, bare = forms.shown[r.choice(len(forms.shown), p=odds(forms))]
            step += 1
            p, m, v = improve(p, m, v, full[ids, :longest], bare[ids, :longest], forms.child[ids], forms.y[ids],
                              forms.weight[ids], jax.random.PRNGKey(seed * 1_000_003 + step), step,
                              learning.falling(RATE, step, steps))
    return p


def names():
    """Tensors in the order of the weights file, each with its bias."""
    yield "full", None
    yield "bare", None
    for width in WIDTHS:
        yield f"filters {width}", f"filters {width} bias"
    yield "hidden", "hidden bias"
    yield "output", "output bias"


def quantised(p):
    """Every tensor in 127 steps either way; the largest 0.01 % are cut off. Biases in steps of 1/4096."""
    out = {}
    for name, bias in names():
        w = np.asarray(p[name])
        unit = np.float32(np.quantile(np.abs(w), 0.9999) / 127)
        out[name] = unit, np.clip(np.round(w / unit), -127, 127).astype(np.int8)
        if bias:
            out[bias] = (np.round(np.asarray(p[bias]) * 4096) / 4096).astype(np.float32)
    return out


def floats(weights):
    """The weights as the phone computes with them."""
    return {k: v[0] * v[1].astype(np.float32) if isinstance(v, tuple) else v for k, v in weights.items()}


def logits(weights, tokens, child):
    """Logits of every head within the bound, as the phone computes them from the shipped steps."""
    p = floats(weights)
    full, bare = tokens
    out = [np.asarray(all_logits(p, full[at:at + 2048], bare[at:at + 2048], child[at:at + 2048]))
           for at in range(0, len(child), 2048)]
    out = np.clip(np.concatenate(out), -LOGIT_BOUND, LOGIT_BOUND)
    for head in range(HEADS):
        out[child.astype(bool) != first_stage.is_child_head(head), head] = -LOGIT_BOUND
    return out


def to_bytes(weights):
    """The network's part of the weights file."""
    out = [np.array([FULL_BITS, BARE_BITS, DIMENSIONS, FILTERS, HIDDEN], "<u4").tobytes()]
    for name, bias in names():
        unit, steps = weights[name]
        if bias is None:
            steps = steps[:-1]
        out += [np.float32(unit).astype("<f4").tobytes(), np.ascontiguousarray(steps).tobytes()]
        if bias:
            out.append(weights[bias].astype("<f4").tobytes())
    return b"".join(out)
