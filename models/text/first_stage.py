"""The message model: linear heads on hashed features that the Rust code itself computes."""
import json
import subprocess
import warnings

import numpy as np
import scipy.sparse as sp
from joblib import Parallel, delayed
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from corpus_rows import CHILD, INDICATORS
from corrupt import corruptions

BITS = 16
HEADS = len(INDICATORS) + 2  # the indicators, danger said by the other, danger said by the child
LOGIT_BOUND = 6.0
LOG_COUNT = np.array([1, 1.6931472, 2.0986123, 2.3862944, 2.609438, 2.7917595, 2.9459102, 3.0794415], np.float32)
CORRUPTED_FORMS = 2
# Inverse strength of the L2 penalty; flat between 3 and 40 in cross-validation by hand.
C = 8.0
# Passes of dual coordinate descent (Yu, Huang, Lin, Machine Learning 85, 2011). After ten the objective is lower than
# where Newton's method ended, in a third to a fifth of the time; more passes take off less than .03 %.
PASSES = 10
# How much a row weighs for the indicator heads. A single message is labelled for what it says by itself, which is what
# these heads must learn; a line of a harmless talk carries no label however it looks, so it says less; everyday text
# is plentiful. Raised the macro F1 of held-out single messages by .02 on the five hardest heads.
SINGLE_WEIGHT, HARMLESS_TURN_WEIGHT, EVERYDAY_WEIGHT = 2.0, 0.5, 0.7


def ask(lachan, form, lines):
    """Output of `lachan text-features` on JSON lines."""
    given = "\n".join(json.dumps(x, ensure_ascii=False) for x in lines).encode("utf-8", "replace")
    return subprocess.run([lachan, "text-features", "--form", form], input=given, capture_output=True,
                          check=True).stdout


def counts(lachan, texts, bits=BITS):
    """Rows of damped feature counts."""
    raw = np.frombuffer(ask(lachan, "hashes", texts), "<u4")
    indices, values, pointers, at = [], [], [0], 0
    mask = np.uint32((1 << bits) - 1)
    for _ in texts:
        n = int(raw[at])
        bins, count = np.unique(raw[at + 1:at + 1 + n] & mask, return_counts=True)
        at += n + 1
        indices.append(bins.astype(np.int32))
        values.append(LOG_COUNT[np.minimum(count, len(LOG_COUNT)) - 1])
        pointers.append(pointers[-1] + len(bins))
    return sp.csr_matrix((np.concatenate(values), np.concatenate(indices), np.array(pointers)),
                         shape=(len(texts), 1 << bits))


def signals(lachan, rows):
    """What the rules say of each row: five numbers, 0 or 1."""
    lines = [{"from": "child" if c else "other", "text": t} for c, t in zip(rows.child, rows.text)]
    text = ask(lachan, "signals", lines).decode()
    return np.array([[int(x) for x in line.split()] for line in text.splitlines()], np.float32)


def idf_of(matrix):
    """Inverse document frequency in 255 steps, as the weights file keeps it: (unit, bytes)."""
    df = np.bincount(matrix.indices, minlength=matrix.shape[1])
    idf = np.where(df > 0, np.log((1 + matrix.shape[0]) / (1 + df)) + 1, 0)
    unit = np.float32(idf.max() / 255)
    return unit, np.round(idf / unit).astype(np.uint8)


def weigh(matrix, idf):
    unit, steps = idf
    out = matrix.copy()
    out.data = (out.data * (unit * steps.astype(np.float32))[out.indices]).astype(np.float32)
    norm = np.sqrt(np.asarray(out.multiply(out).sum(1)).ravel())
    norm[norm == 0] = 1
    return sp.diags((1 / norm).astype(np.float32)) @ out


class Material:
    """Rows with their features, plain and corrupted, and the target of every head."""

    def __init__(self, rows, lachan):
        self.rows = rows
        self.y, self.child, self.hand, self.kind = rows.arrays()
        n = len(rows.text)
        self.plain = counts(lachan, rows.text)
        # Everyday text and pieces are plentiful: one corrupted form is enough.
        source, texts = [], []
        for i in range(n):
            forms = 1 if self.kind[i] in ("everyday", "piece") else CORRUPTED_FORMS
            for text in corruptions(rows.text[i], rows.key[i], forms):
                source.append(i)
                texts.append(text)
        self.source = np.array(source)
        self.corrupted_texts = texts
        self.corrupted = counts(lachan, texts)
        self.weight = np.ones(n)
        self.weight[self.kind == "single"] = SINGLE_WEIGHT
        self.weight[self.kind == "everyday"] = EVERYDAY_WEIGHT
        for talk in rows.talks:
            if not talk.risky and not talk.everyday:
                self.weight[talk.rows] = HARMLESS_TURN_WEIGHT
        self.target = np.zeros((n, HEADS), bool)
        self.target[:, :len(INDICATORS)] = self.y
        self.used = np.ones((n, HEADS), bool)
        self.used[self.kind == "piece"] = False
        danger = slice(len(INDICATORS), HEADS)
        # A single message has no course of its own: the danger heads learn from conversations and everyday text.
        self.used[self.kind == "single", danger] = False
        for talk in rows.talks:
            if talk.risky:
                ids = np.array(talk.rows)
                self.used[ids[:talk.onset], danger] = False
                self.target[ids[talk.onset:], danger] = True
        for head in range(HEADS):
            self.used[:, head] &= self.child == is_child_head(head)


def is_child_head(head):
    return INDICATORS[head] in CHILD if head < len(INDICATORS) else head == HEADS - 1


def _fit_head(plain, corrupted, rows, forms, y, weight):
    x = sp.vstack([plain[rows], corrupted[forms]])
    if not y.any():
        # Only on small shares of the corpus, in the learning curve.
        return np.zeros(x.shape[1], np.float32), np.float32(-LOGIT_BOUND)
    model = LogisticRegression(C=C, solver="liblinear", dual=True, max_iter=PASSES, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(x, y, sample_weight=weight)
    return model.coef_[0].astype(np.float32), np.float32(model.intercept_[0])


def fit(material, chosen, jobs=2):
    """Weights (bins x heads), biases and idf from the chosen rows and their corrupted forms."""
    idf = idf_of(material.plain[chosen & (material.kind != "piece")])
    plain, corrupted = weigh(material.plain, idf), weigh(material.corrupted, idf)

    def tasks():
        for head in range(HEADS):
            rows = chosen & material.used[:, head]
            forms = rows[material.source]
            ids = np.concatenate([np.nonzero(rows)[0], material.source[forms]])
            weight = material.weight[ids] if head < len(INDICATORS) else np.ones(len(ids))
            yield delayed(_fit_head)(plain, corrupted, rows, forms, material.target[ids, head], weight)
    # All tasks share the same rows in memory; each picks those of its head, hundreds of megabytes, when its turn comes.
    fitted = Parallel(n_jobs=jobs, pre_dispatch="n_jobs")(tasks())
    return np.stack([w for w, _ in fitted], 1), np.array([b for _, b in fitted]), idf


def logits(matrix, weights, biases, idf, child):
    """Logits of every head; those of the other side are at the lower bound, as in Rust."""
    out = np.clip(weigh(matrix, idf) @ weights + biases, -LOGIT_BOUND, LOGIT_BOUND)
    for head in range(HEADS):
        out[child != is_child_head(head), head] = -LOGIT_BOUND
    return out.astype(np.float32)


def cross_fit(material, folds, jobs, kept):
    """The heads of all rows; and logits of every row and every corrupted form by heads that saw no row of its group."""
    fit_or_find = kept.cache(fit, ignore=["jobs"])
    plain = np.zeros((len(material.rows.text), HEADS), np.float32)
    corrupted = np.zeros((len(material.source), HEADS), np.float32)
    for fold in np.unique(folds):
        held = folds == fold
        weights, biases, idf = fit_or_find(material, ~held, jobs)
        plain[held] = logits(material.plain[held], weights, biases, idf, material.child[held])
        forms = held[material.source]
        corrupted[forms] = logits(material.corrupted[forms], weights, biases, idf,
                                  material.child[material.source[forms]])
    return fit_or_find(material, np.ones(len(folds), bool), jobs), (plain, corrupted)


def quantise(weights):
    """int8 weights and a scale per head. The largest 0.01 % are cut off, which costs less than coarser steps."""
    scales = np.zeros(weights.shape[1], np.float32)
    steps = np.zeros(weights.shape, np.int8)
    for head in range(weights.shape[1]):
        column = weights[:, head]
        used = np.abs(column[column != 0])
        scales[head] = np.float32(np.quantile(used, 0.9999) / 127) if len(used) else np.float32(1)
        steps[:, head] = np.clip(np.round(column / scales[head]), -127, 127)
    return steps, scales
