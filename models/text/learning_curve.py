"""The learning curve: what more conversations of more briefs would still gain.

Everything is trained twelve times, three times for each share of the corpus. Two processes take an hour and a half.
"""
import random

import numpy as np
from joblib import Parallel, delayed

import corpus_rows
import first_stage
import made_talks
import message_model
import network
import second_opinion
import second_stage
import train as training


def measure(given):
    """Prints it: one fold of hands held out, the rest thinned by brief."""
    rows = corpus_rows.load(given.corpus, given.data)
    made_talks.add_broken_talks(rows, second_stage.TURNS)
    material = first_stage.Material(rows, given.lachan)
    signals = first_stage.signals(given.lachan, rows)
    learnt = material, network.Forms(material, given.lachan), signals, training.fold_of_rows(material)
    briefs = sorted(set(rows.brief))
    random.Random("curve").shuffle(briefs)
    # The largest first: it takes about as long as the others together.
    shares = (1.0, 0.5, 0.25, 0.125)
    # Each is said as soon as it is known, so that an hour's work is not lost where the last one is cut off.
    points = Parallel(n_jobs=given.jobs, return_as="generator_unordered")(
        delayed(point_of_curve)(*learnt, set(briefs[:round(share * len(briefs))])) for share in shares)
    for written, kept, best, judged in points:
        print(f"  {written:5} conversations of {kept:4} briefs: best F1 {best:.3f} on {judged} of other hands", flush=True)


def point_of_curve(material, forms, signals, folds, kept):
    """How many conversations and briefs were learnt from, the best F1 on the talks of the held-out hands, and how many
    these are."""
    rows, held = material.rows, folds == 0
    inside = np.array([b in kept or b.startswith("e") for b in rows.brief]) & ~held
    talks = [t for t in rows.talks if inside[t.rows[0]] or (held[t.rows[0]] and not t.everyday and not t.broken)]
    talks += made_talks.joined_talks([t for t in talks if inside[t.rows[0]]], second_stage.TURNS)
    courses = second_opinion.Courses(material, forms, signals, talks)
    inner = [f for f in range(1, training.FOLDS)]
    plain = np.zeros((len(rows.text), 2 * first_stage.HEADS), np.float32)
    corrupted = np.zeros((len(material.source), 2 * first_stage.HEADS), np.float32)
    # Scores for the second stage by two-fold cross-validation inside; scores for the held-out hands by all inside.
    for part in (inner[:len(inner) // 2], inner[len(inner) // 2:]):
        into = inside & np.isin(folds, part)
        fitted = message_model.fit(material, forms, courses, inside & ~into, 1)
        plain[into] = message_model.scores_of_rows(material, forms, fitted, into)
        corrupted_into = into[material.source]
        corrupted[corrupted_into] = message_model.scores_of_corrupted(material, forms, fitted, corrupted_into)
    fitted = message_model.fit(material, forms, courses, inside, 1)
    plain[held] = message_model.scores_of_rows(material, forms, fitted, held)
    variants = training.variants_of(forms, courses, plain, corrupted)
    ins, out = courses.of(inside), courses.of(held)
    p = second_stage.train([v[ins] for v in variants], [talks[i] for i in ins])
    _, opinion = fitted
    risk = second_stage.risk(
        second_stage.predict(p, second_stage.without_trust(variants[0][out]), [talks[i] for i in out]),
        second_opinion.predict(*opinion, forms, courses, out))
    best = max(training.conversation_scores([talks[i] for i in out], [r >= g for r in risk])[2]
               for g in np.arange(0.2, 0.96, 0.02))
    written = sum(not talks[i].joined and not talks[i].broken and not talks[i].everyday for i in ins)
    return written, len(kept), best, len(out)
