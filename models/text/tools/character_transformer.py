#!/usr/bin/env python3
"""A small transformer over characters, against both readers of a message.

    python3 models/text/train.py --keep held-out.npz        (what the readers say of hands that they did not see)
    python3 models/text/tools/character_transformer.py held-out.npz [--fold 0] [--pretrain 1] [--epochs 4]

Learns from the same rows and corrupted forms as the readers, the hands of one fold held out, first to guess hidden
characters, then the labels (Devlin et al., NAACL 2019). Judged on the single messages of the held-out hands. Takes
half an hour of one processor.
"""
import argparse
import collections
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import learning  # noqa: E402  (says how many threads jax has, before it is loaded)
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
from sklearn.metrics import average_precision_score, precision_recall_curve  # noqa: E402

import corpus_rows  # noqa: E402
import first_stage  # noqa: E402
import made_talks  # noqa: E402
import message_model  # noqa: E402
import second_stage  # noqa: E402
import train as training  # noqa: E402
from corpus_rows import INDICATORS  # noqa: E402
from first_stage import HEADS  # noqa: E402

# Characters that are read, in classes of messages of about one length. Two stand at one place of the transformer.
LENGTHS = (32, 64, 112)
RARE = 200
WIDTH, ATTENTION_HEADS, INNER, LAYERS = 96, 4, 256, 2
BATCH, RATE, DROPOUT, HIDDEN_SHARE, PENALTY, BRANCH = 256, 1.5e-3, 0.1, 0.15, 1e-5, 0.3


def characters(texts, alphabet):
    """Numbers of the characters, 0 where there is none, 1 for rare ones."""
    out = np.zeros((len(texts), LENGTHS[-1]), np.int16)
    for i, text in enumerate(texts):
        ids = [alphabet.get(c, 1) for c in text[:LENGTHS[-1]]]
        out[i, :len(ids)] = ids
    return out


def initial(seed, alphabet):
    r = np.random.RandomState(seed)

    def layer(a, b, share=1):
        return share * learning.normal(r, a, b), np.zeros(b, np.float32)
    # What a layer adds is weaker at first than the characters themselves. The other way round, little but their mean over
    # the message gets through, and the beginning is slow.
    p = {"letters": r.randn(alphabet, WIDTH), "places": 0.02 * r.randn(LENGTHS[-1] // 2, WIDTH),
         "stem": layer(5 * WIDTH, WIDTH), "guess": layer(WIDTH, 2 * alphabet),
         "understood": layer(2 * WIDTH + 1, WIDTH), "answer": layer(WIDTH, HEADS)}
    p["last"] = np.ones(WIDTH)
    p["answer"] = p["answer"][0] * 0.3, np.full(HEADS, -3, np.float32)
    for n in range(LAYERS):
        p[f"layer {n}"] = {"before": np.ones((2, WIDTH), np.float32), "ask": layer(WIDTH, 3 * WIDTH),
                           "give": layer(WIDTH, WIDTH, BRANCH), "in": layer(WIDTH, INNER),
                           "out": layer(INNER, WIDTH, BRANCH)}
    return jax.tree.map(lambda x: np.asarray(x, np.float32), p)


def apply(layer, x):
    return x @ layer[0] + layer[1]


def even(x, scale):
    return scale * (x - x.mean(-1, keepdims=True)) / jnp.sqrt(x.var(-1, keepdims=True) + 1e-5)


def encode(p, letters, keys):
    """What is understood at every second character, and which of these places hold text."""
    def drop(x, key):
        return x if key is None else x * jax.random.bernoulli(key, 1 - DROPOUT, x.shape) / (1 - DROPOUT)
    seen = p["letters"][letters] * (letters > 0)[..., None]
    padded = jnp.pad(seen, ((0, 0), (2, 2), (0, 0)))
    n = letters.shape[1] // 2
    windows = jnp.concatenate([padded[:, i:i + 2 * n:2] for i in range(5)], -1)
    x = jax.nn.gelu(apply(p["stem"], windows)) + p["places"][:n]
    live = letters[:, ::2] > 0
    bias = jnp.where(live, 0, -1e9)[:, None, None, :]
    for layer in range(LAYERS):
        w = p[f"layer {layer}"]
        q, k, v = (t.reshape(*t.shape[:2], ATTENTION_HEADS, -1)
                   for t in jnp.split(apply(w["ask"], even(x, w["before"][0])), 3, -1))
        share = jax.nn.softmax(jnp.einsum("bihd,bjhd->bhij", q, k) / np.sqrt(q.shape[-1]) + bias, -1)
        x = x + drop(apply(w["give"], jnp.einsum("bhij,bjhd->bihd", share, v).reshape(x.shape)), keys[2 * layer])
        x = x + drop(apply(w["out"], jax.nn.gelu(apply(w["in"], even(x, w["before"][1])))), keys[2 * layer + 1])
    return even(x, p["last"]), live


def answer(p, letters, child, keys):
    x, live = encode(p, letters, keys)
    live = live[..., None]
    mean = (x * live).sum(1) / jnp.maximum(live.sum(1), 1)
    most = jnp.where(live, x, -1e9).max(1, initial=-1e9)
    pooled = jnp.concatenate([mean, jnp.maximum(most, -10), child[:, None]], -1)
    return apply(p["answer"], jax.nn.gelu(apply(p["understood"], pooled)))


def squares(p):
    return PENALTY * sum((x ** 2).sum() for x in jax.tree.leaves(p))


def loss(p, letters, child, y, weight, key):
    logit = answer(p, letters, child, jax.random.split(key, 2 * LAYERS))
    return (learning.cross_entropy(logit, y) * weight).sum() / len(child) + squares(p)


def guess_loss(p, letters, key):
    """How badly hidden characters are guessed."""
    keys = jax.random.split(key, 2 * LAYERS + 1)
    hidden = jax.random.bernoulli(keys[-1], HIDDEN_SHARE, letters.shape) & (letters > 0)
    x, _ = encode(p, jnp.where(hidden, 1, letters), keys[:-1])
    logit = apply(p["guess"], x).reshape(*letters.shape, -1)
    wrong = -jnp.take_along_axis(jax.nn.log_softmax(logit), letters[..., None].astype(int), -1)[..., 0]
    return (wrong * hidden).sum() / jnp.maximum(hidden.sum(), 1) + squares(p)


@jax.jit
def improve(p, m, v, letters, child, y, weight, key, t, rate):
    value, slope = jax.value_and_grad(loss)(p, letters, child, y, weight, key)
    return learning.adam(p, m, v, slope, t, rate), value


@jax.jit
def improve_guess(p, m, v, letters, key, t, rate):
    value, slope = jax.value_and_grad(guess_loss)(p, letters, key)
    return learning.adam(p, m, v, slope, t, rate), value


logits = jax.jit(lambda p, letters, child: answer(p, letters, child, [None] * 2 * LAYERS))


def learn(forms, length, child, y, weight, rows, pretrain, epochs, alphabet):
    r = np.random.RandomState(0)
    p = initial(0, alphabet)
    for stage, many in ((improve_guess, pretrain), (improve, epochs)):
        m, v = learning.nothing_like(p), learning.nothing_like(p)
        step, steps = 0, max(1, many * len(learning.batches(rows, length, LENGTHS, BATCH, np.random.RandomState(0))))
        for epoch in range(many):
            wrong = []
            for ids, longest in learning.batches(rows, length, LENGTHS, BATCH, r):
                form = forms[r.choice(len(forms), p=[0.5, 0.25, 0.25])]
                step += 1
                key = jax.random.PRNGKey(step)
                rate = learning.falling(RATE, step, steps) * min(1, step / 300)
                if stage is improve:
                    (p, m, v), value = improve(p, m, v, form[ids, :longest], child[ids], y[ids], weight[ids], key, step,
                                               rate)
                else:
                    (p, m, v), value = improve_guess(p, m, v, form[ids, :longest], key, step, rate)
                wrong.append(float(value))
            print(f"  {'labels' if stage is improve else 'hidden characters'}, epoch {epoch + 1} of {many}: "
                  f"{np.mean(wrong[:200]):.3f} nats at its beginning, {np.mean(wrong[-200:]):.3f} at its end", flush=True)
    return p


def figures(y, z):
    """Mean over the indicators of the best F1 and of the average precision."""
    best, area = [], []
    for j in range(len(INDICATORS)):
        if y[:, j].any():
            precision, recall, _ = precision_recall_curve(y[:, j], z[:, j])
            best.append((2 * precision * recall / np.maximum(precision + recall, 1e-9)).max())
            area.append(average_precision_score(y[:, j], z[:, j]))
    return f"F1 {np.mean(best):.3f}, average precision {np.mean(area):.3f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    root = pathlib.Path(__file__).resolve().parents[3]
    parser.add_argument("kept", type=pathlib.Path, help="what `train.py --keep` wrote")
    parser.add_argument("--data", type=pathlib.Path, default=root.parent / "shared" / "data")
    parser.add_argument("--lachan", default=str(root / "target" / "release" / "lachan"))
    parser.add_argument("--fold", type=int, default=0)
    parser.add_argument("--pretrain", type=int, default=1, help="epochs of guessing hidden characters")
    parser.add_argument("--epochs", type=int, default=4)
    given = parser.parse_args()

    rows = corpus_rows.load(root / "models" / "text" / "corpus", given.data)
    made_talks.add_broken_talks(rows, second_stage.TURNS)
    material = first_stage.Material(rows, given.lachan)
    kept = np.load(given.kept)
    held = training.fold_of_rows(material) == given.fold
    if len(kept["plain"]) != len(held) or (kept["folds"] != training.fold_of_rows(material)).any():
        raise SystemExit("the scores that were kept are of another corpus")
    typed = first_stage.ask(given.lachan, "normal", rows.text).decode().split("\n")[:len(rows.text)]
    bent = first_stage.ask(given.lachan, "normal", material.corrupted_texts).decode().split("\n")
    often = collections.Counter(c for i, text in enumerate(typed) if not held[i] for c in text)
    alphabet = {c: 2 + i for i, c in enumerate(sorted(c for c, n in often.items() if n >= RARE))}
    plain, bent = characters(typed, alphabet), characters(bent[:len(material.source)], alphabet)
    first, second = {}, {}
    for i, row in enumerate(material.source):
        (second if row in first else first)[row] = i
    n = len(rows.text)
    forms = [plain, bent[[first[i] for i in range(n)]], bent[[second.get(i, first[i]) for i in range(n)]]]
    length = np.max([(form > 0).sum(1) for form in forms], axis=0)
    weight = np.tile(material.weight[:, None], (1, HEADS)).astype(np.float32)
    weight[:, len(INDICATORS):] = 1
    weight *= material.used
    child = material.child.astype(np.float32)
    p = learn(forms, length, child, material.target.astype(np.float32), weight,
              np.nonzero(~held & (material.kind != "piece"))[0], given.pretrain, given.epochs, len(alphabet) + 2)
    print(f"{sum(x.size for x in jax.tree.leaves(p)):,} weights, {len(alphabet)} characters")

    single = np.nonzero(held & (material.kind == "single"))[0]
    z = np.concatenate([np.asarray(logits(p, plain[ids], child[ids])) for ids in np.array_split(single, 20)])
    z = np.clip(z, -first_stage.LOGIT_BOUND, first_stage.LOGIT_BOUND)
    for head in range(HEADS):
        z[material.child[single] != first_stage.is_child_head(head), head] = -first_stage.LOGIT_BOUND
    y, scores = material.y[single], kept["plain"][single]
    linear, network, both = scores[:, :HEADS], scores[:, HEADS:], message_model.mean(scores)
    print(f"{len(single)} single messages of hands held out")
    for name, of in (("linear heads", linear), ("syllable network", network), ("both, as shipped", both),
                     ("character transformer", z), ("linear heads and transformer, .6 and .4", 0.6 * linear + 0.4 * z),
                     ("all three, as shipped .7, transformer .3", 0.7 * both + 0.3 * z)):
        print(f"  {name}: {figures(y, of)}", flush=True)


if __name__ == "__main__":
    main()
