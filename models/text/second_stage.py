"""The second stage: a gated recurrent unit over the scores of the messages of a conversation.

Trained with scores of messages that their first stage had not seen, on plain and corrupted forms in turn, with the
contact's trust hidden half of the time: most apps will not know it.
"""
import os

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402

from corpus_rows import TRUSTS  # noqa: E402
from first_stage import HEADS  # noqa: E402

INPUTS = 3 * HEADS + 1 + 1 + 5 + 4
PROJECTION = 24
HIDDEN = 40
TURNS = 64
EPOCHS = 30
BATCH = 128
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


def turn_inputs(scores, child, minutes, signals, trust):
    """What the unit sees, one row a turn: the same as `inputs` in rust-core/src/text/second_stage.rs."""
    gaps = np.diff(np.array(minutes, float), prepend=minutes[0])
    steps = (gaps[:, None] >= np.array(GAPS)[None, :]).sum(1) / len(GAPS)
    known = np.zeros((len(child), 4), np.float32)
    known[:, TRUSTS.index(trust)] = 1
    linear = scores[:, :HEADS]
    return np.concatenate([(scores + 3) / 3, 1 / (1 + np.exp(-linear)), child[:, None], steps[:, None], signals, known],
                          1).astype(np.float32)


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


def initial(seed):
    r = np.random.RandomState(seed)

    def normal(a, b):
        return (r.randn(a, b) / np.sqrt(a)).astype(np.float32)
    # The unit begins by keeping what it knows.
    keep = np.zeros(3 * HIDDEN, np.float32)
    keep[HIDDEN:2 * HIDDEN] = 1
    return {"P": normal(INPUTS, PROJECTION), "pb": np.zeros(PROJECTION, np.float32),
            "X": normal(PROJECTION, 3 * HIDDEN), "xb": np.zeros(3 * HIDDEN, np.float32),
            "H": 0.7 * normal(HIDDEN, 3 * HIDDEN), "hb": keep,
            "O": 0.5 * normal(HIDDEN + PROJECTION, 1)[:, 0], "ob": np.float32(-1.5)}


def forward(p, x, key=None):
    """Logit of risk at every turn."""
    z = jnp.tanh(x @ p["P"] + p["pb"])
    if key is not None:
        z = z * jax.random.bernoulli(key, 1 - DROPOUT, (z.shape[0], 1, z.shape[2])) / (1 - DROPOUT)
    from_input = z @ p["X"] + p["xb"]

    def step(state, g):
        from_state = state @ p["H"] + p["hb"]
        reset = jax.nn.sigmoid(g[:, :HIDDEN] + from_state[:, :HIDDEN])
        keep = jax.nn.sigmoid(g[:, HIDDEN:2 * HIDDEN] + from_state[:, HIDDEN:2 * HIDDEN])
        fresh = jnp.tanh(g[:, 2 * HIDDEN:] + reset * from_state[:, 2 * HIDDEN:])
        state = keep * state + (1 - keep) * fresh
        return state, state
    _, states = jax.lax.scan(step, jnp.zeros((x.shape[0], HIDDEN)), jnp.swapaxes(from_input, 0, 1))
    return jnp.concatenate([jnp.swapaxes(states, 0, 1), z], 2) @ p["O"] + p["ob"]


def cross_entropy(logit, y):
    return jnp.maximum(logit, 0) - logit * y + jnp.log1p(jnp.exp(-jnp.abs(logit)))


def loss(p, x, y, weight, risky, key):
    logit = forward(p, x, key)
    highest = jax.nn.logsumexp(jnp.where(weight > 0, SHARPNESS * logit, -1e9), axis=1) / SHARPNESS
    return ((cross_entropy(logit, y) * weight).sum() / weight.sum() + WHOLE_TALK * cross_entropy(highest, risky).mean()
            + PENALTY * sum((p[k] ** 2).sum() for k in "PXHO"))


gradient = jax.jit(jax.grad(loss))


@jax.jit
def adam(p, m, v, g, t, rate):
    m = jax.tree.map(lambda a, b: .9 * a + .1 * b, m, g)
    v = jax.tree.map(lambda a, b: .99 * a + .01 * b * b, v, g)
    p = jax.tree.map(lambda a, x, y: a - rate * (x / (1 - .9 ** t)) / (jnp.sqrt(y / (1 - .99 ** t)) + 1e-8), p, m, v)
    return p, m, v


def train(variants, talks, seed=0, epochs=EPOCHS):
    """`variants`: the padded inputs of the same talks, plain and corrupted."""
    y, weight = targets(talks)
    risky = np.array([talk.risky for talk in talks], np.float32)
    r, n = np.random.RandomState(seed), len(talks)
    p = initial(seed)
    m, v = jax.tree.map(np.zeros_like, p), jax.tree.map(np.zeros_like, p)
    step, steps = 0, epochs * -(-n // BATCH)
    for _ in range(epochs):
        order = r.permutation(n)
        for at in range(0, n, BATCH):
            ids = np.resize(order[at:at + BATCH], BATCH)
            x = variants[r.randint(len(variants))][ids].copy()
            hidden = r.rand(BATCH) < HIDE_TRUST
            x[hidden, :, -4:] = np.array([1, 0, 0, 0], np.float32)
            step += 1
            g = gradient(p, x, y[ids], weight[ids], risky[ids], jax.random.PRNGKey(seed * 1_000_003 + step))
            p, m, v = adam(p, m, v, g, step, RATE * 0.5 * (1 + np.cos(np.pi * step / steps)) + 1e-5)
    # Weights in steps of 1/4096: what is shipped does not hang on the last bits of a sum.
    return {k: np.round(np.asarray(a) * 4096) / np.float32(4096) for k, a in p.items()}


predict_padded = jax.jit(lambda p, x: jax.nn.sigmoid(forward(p, x)))


def predict(p, x, talks):
    """Risk per turn of each talk, as a list of arrays."""
    risk = np.asarray(predict_padded(p, x))
    return [risk[i, :min(TURNS, len(talk.rows))] for i, talk in enumerate(talks)]
