"""What both networks learn by, on one thread, so that every run adds its numbers in the same order."""
import os

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402


def cross_entropy(logit, y):
    return jnp.maximum(logit, 0) - logit * y + jnp.log1p(jnp.exp(-jnp.abs(logit)))


def adam(p, m, v, g, t, rate):
    """Weights and both moments after step `t` (Kingma, Ba, ICLR 2015)."""
    m = jax.tree.map(lambda a, b: .9 * a + .1 * b, m, g)
    v = jax.tree.map(lambda a, b: .99 * a + .01 * b * b, v, g)
    p = jax.tree.map(lambda a, x, y: a - rate * (x / (1 - .9 ** t)) / (jnp.sqrt(y / (1 - .99 ** t)) + 1e-8), p, m, v)
    return p, m, v


def falling(rate, step, steps):
    """The rate at a step: half a cosine from the whole to next to nothing."""
    return rate * 0.5 * (1 + np.cos(np.pi * min(1, step / steps))) + 1e-5


def batches(rows, length, classes, size, r):
    """(rows, longest) of shuffled batches of one length class each, in shuffled order: little is computed for
    nothing."""
    out, shortest = [], -1
    for longest in classes:
        of_class = rows[(length[rows] > shortest) & (length[rows] <= longest)]
        order = of_class[r.permutation(len(of_class))]
        out += [(np.resize(order[at:at + size], size), longest) for at in range(0, len(order), size)]
        shortest = longest
    return [out[i] for i in r.permutation(len(out))]


def normal(r, a, b):
    return (r.randn(a, b) / np.sqrt(a)).astype(np.float32)


def nothing_like(p):
    return jax.tree.map(np.zeros_like, p)
