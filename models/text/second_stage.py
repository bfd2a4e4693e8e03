"""The second stage: a gated recurrent unit over the scores of the messages of a conversation.

Trained with scores of messages that their first stage had not seen, on plain and corrupted forms in turn, with the
contact's trust hidden half of the time. The phone hides it always.
"""
import learning  # noqa: I001  (says how many threads jax has, before it is loaded)
import jax
import jax.numpy as jnp
import numpy as np

from corpus_rows import TRUSTS
from first_stage import HEADS
from learning import cross_entropy, normal

# What is known of a turn beside what is read in it: side, gap, findings of the rules, trust.
CONTEXT = 1 + 1 + 5 + 4
INPUTS = 3 * HEADS + CONTEXT
PROJECTION, CELLS = 24, 40
TURNS = 64
# In the order of the weights file.
TENSORS = ("P", "pb", "X", "xb", "H", "hb", "O", "ob")
EPOCHS = 30
BATCH = 128
# Batches hold talks of about one length.
LENGTHS = (8, 12, 16, 24, 40, TURNS)
RATE = 4e-3
DROPOUT = 0.2
PENALTY = 1e-4
# A warning before the onset is early, not wrong: such turns weigh less.
BEFORE_ONSET = 0.5
HIDE_TRUST = 0.5
# Beside every turn the talk as a whole is judged, by a smooth maximum of its turns: one wrong turn is a false alarm,
# however right the others are. Out of hand, F1 .877 without it and .882 with it.
WHOLE_TALK, SHARPNESS = 0.3, 4.0
GAPS = [1, 5, 15, 60, 240, 1440, 10080]


def context(child, minutes, signals, trust):
    gaps = np.diff(np.array(minutes, float), prepend=minutes[0])
    steps = (gaps[:, None] >= np.array(GAPS)[None, :]).sum(1) / len(GAPS)
    known = np.zeros((len(child), len(TRUSTS)), np.float32)
    known[:, TRUSTS.index(trust)] = 1
    return np.concatenate([child[:, None], steps[:, None], signals, known], 1).astype(np.float32)


def turn_inputs(scores, context):
    """What the unit sees, one row a turn: the same as `scores` and `context` in rust-core/src/text/second_stage.rs."""
    linear = scores[:, :HEADS]
    return np.concatenate([(scores + 3) / 3, 1 / (1 + np.exp(-linear)), context], 1).astype(np.float32)


def without_trust(x):
    """The same turns of somebody who is not known."""
    out = x.copy()
    out[..., -len(TRUSTS):] = np.arange(len(TRUSTS)) == TRUSTS.index("unknown")
    return out


def padded(sequences):
    out = np.zeros((len(sequences), TURNS, sequences[0].shape[1]), np.float32)
    for i, sequence in enumerate(sequences):
        out[i, :min(TURNS, len(sequence))] = sequence[:TURNS]
    return out


def targets(talks):
    """Per turn: whether the child should have been warned by now, and how much the turn weighs."""
    y = np.zeros((len(talks), TURNS), np.float32)
    weight = np.zeros((len(talks), TURNS), np.float32)
    for i, talk in enumerate(talks):
        n = min(TURNS, len(talk.rows))
        weight[i, :n] = 1 / np.sqrt(n)
        if talk.risky:
            y[i, talk.onset:n] = 1
            weight[i, :talk.onset] *= BEFORE_ONSET
    return y, weight


def initial(seed, inputs=INPUTS, projection=PROJECTION, cells=CELLS):
    r = np.random.RandomState(seed)
    # The unit begins by keeping what it knows.
    keep = np.zeros(3 * cells, np.float32)
    keep[cells:2 * cells] = 1
    return {"P": normal(r, inputs, projection), "pb": np.zeros(projection, np.float32),
            "X": normal(r, projection, 3 * cells), "xb": np.zeros(3 * cells, np.float32),
            "H": 0.7 * normal(r, cells, 3 * cells), "hb": keep,
            "O": 0.5 * normal(r, cells + projection, 1)[:, 0], "ob": np.float32(-1.5)}


def forward(p, x, key=None):
    """Logit of risk at every turn."""
    cells = p["H"].shape[0]
    z = jnp.tanh(x @ p["P"] + p["pb"])
    if key is not None:
        z = z * jax.random.bernoulli(key, 1 - DROPOUT, (z.shape[0], 1, z.shape[2])) / (1 - DROPOUT)
    from_input = z @ p["X"] + p["xb"]

    def step(state, g):
        from_state = state @ p["H"] + p["hb"]
        reset = jax.nn.sigmoid(g[:, :cells] + from_state[:, :cells])
        keep = jax.nn.sigmoid(g[:, cells:2 * cells] + from_state[:, cells:2 * cells])
        fresh = jnp.tanh(g[:, 2 * cells:] + reset * from_state[:, 2 * cells:])
        state = keep * state + (1 - keep) * fresh
        return state, state
    _, states = jax.lax.scan(step, jnp.zeros((x.shape[0], cells)), jnp.swapaxes(from_input, 0, 1))
    return jnp.concatenate([jnp.swapaxes(states, 0, 1), z], 2) @ p["O"] + p["ob"]


def highest(logit, weight):
    """A smooth maximum over the turns that count."""
    return jax.nn.logsumexp(jnp.where(weight > 0, SHARPNESS * logit, -1e9), axis=1) / SHARPNESS


def penalty(p):
    return PENALTY * sum((p[k] ** 2).sum() for k in "PXHO")


def loss(p, x, y, weight, risky, key):
    logit = forward(p, x, key)
    whole = cross_entropy(highest(logit, weight), risky).mean()
    return (cross_entropy(logit, y) * weight).sum() / len(risky) + WHOLE_TALK * whole + penalty(p)


@jax.jit
def improve(p, m, v, x, y, weight, risky, key, t, rate):
    return learning.adam(p, m, v, jax.grad(loss)(p, x, y, weight, risky, key), t, rate)


def rounded(p):
    """The unit's weights in steps of 1/4096: what is shipped does not hang on the last bits of a sum."""
    return {k: np.round(np.asarray(p[k]) * 4096) / np.float32(4096) for k in TENSORS}


def train(variants, talks, seed=0):
    """`variants`: the padded inputs of the same talks, plain and corrupted."""
    y, weight = targets(talks)
    # A talk weighs one on average, a longer one more: for every turn is a chance to be wrong.
    weight *= len(talks) / weight.sum()
    risky = np.array([talk.risky for talk in talks], np.float32)
    length, everyone = np.array([min(TURNS, len(talk.rows)) for talk in talks]), np.arange(len(talks))
    r = np.random.RandomState(seed)
    p = initial(seed)
    m, v = learning.nothing_like(p), learning.nothing_like(p)

    def epoch(r):
        return learning.batches(everyone, length, LENGTHS, BATCH, r)
    step, steps = 0, EPOCHS * len(epoch(np.random.RandomState(0)))
    for _ in range(EPOCHS):
        for ids, longest in epoch(r):
            x = variants[r.randint(len(variants))][ids, :longest].copy()
            hidden = r.rand(BATCH) < HIDE_TRUST
            x[hidden] = without_trust(x[hidden])
            step += 1
            p, m, v = improve(p, m, v, x, y[ids, :longest], weight[ids, :longest], risky[ids],
                              jax.random.PRNGKey(seed * 1_000_003 + step), step, learning.falling(RATE, step, steps))
    return rounded(p)


logits = jax.jit(forward)


def predict(p, x, talks):
    """Logit of the risk per turn of each talk, as a list of arrays."""
    logit = np.asarray(logits(p, x))
    return [logit[i, :min(TURNS, len(talk.rows))] for i, talk in enumerate(talks)]


def risk(first, second):
    """The risk from 0 to 1 that both opinions lead to: the mean of their logits, as in Rust."""
    return [1 / (1 + np.exp(-(a + b) / 2)) for a, b in zip(first, second)]


def to_bytes(p):
    """A unit's part of the weights file. Nobody is known to it there: what trust weighs is a prior, see
    rust-core/src/text/peer_trust.rs. In steps of 1/4096 the sum is exact."""
    read, trust = np.split(p["P"], [-len(TRUSTS)])
    p = p | {"P": read, "pb": p["pb"] + trust[TRUSTS.index("unknown")]}
    out = [np.array([*read.shape, p["H"].shape[0]], "<u4").tobytes()]
    return b"".join(out + [np.ascontiguousarray(p[name], np.dtype("<f4")).tobytes() for name in TENSORS])
