"""What is not learnt: the signs that warn by themselves, and what being known weighs; followed through held-out talks as
rust-core/src/text/conversation.rs does it.
"""
import numpy as np

import first_stage
import second_stage
from corpus_rows import INDICATORS, OF_SIGNALS

# As in conversation.rs: what is left of evidence after a turn, the minutes in which it halves, how often at most in one
# silence, and where it has faded.
KEPT_PER_TURN, HALF_LIFE, MOST_HALVINGS, FADED = 0.98, 7 * 1440, 4, 0.3


def sure_signs(lachan):
    """(sign, how surely it must have been seen, least risk beside) of each."""
    lines = first_stage.ask(lachan, "sure-signs", []).decode().splitlines()
    return [(sign, float(bar), float(risk)) for sign, bar, risk in map(str.split, lines)]


def evidence(lachan, material, logits, signals, thresholds, talks):
    """The evidence of each sure sign after each turn of each talk: a row a turn, a column a sign."""
    adds = np.stack([_adds(INDICATORS.index(sign), material, logits, signals, thresholds)
                     for sign, *_ in sure_signs(lachan)], 1)
    return [_course(talk, adds) for talk in talks]


def _adds(head, material, logits, signals, thresholds):
    """The evidence of an indicator that each row adds, 0 where it carries none."""
    z = logits[:, head]
    has = z >= thresholds[head]
    for signal, indicator in OF_SIGNALS.items():
        has |= (indicator == INDICATORS[head]) & (signals[:, signal] > 0)
    has &= material.child == first_stage.is_child_head(head)
    return np.where(has, np.maximum(0.5, 1 / (1 + np.exp(-z))), 0)


def _course(talk, adds):
    now_is, last = np.zeros(adds.shape[1]), talk.minutes[0]
    out = []
    for row, now in zip(talk.rows[:second_stage.TURNS], talk.minutes):
        halvings = min(MOST_HALVINGS, max(0, now - last) / HALF_LIFE)
        last, whole = max(last, now), int(halvings)
        now_is = now_is * (KEPT_PER_TURN * (1 - (halvings - whole) / 2) / 2 ** whole)
        now_is = np.where(adds[row] > 0, np.minimum(now_is + adds[row], 4), now_is)
        out.append(now_is)
    return np.array(out)


def due(lachan, courses, risk):
    """The names of the sure signs, and for every talk at which turns each is due a warning: a row a turn, a column a
    sign."""
    known = sure_signs(lachan)
    return [sign for sign, *_ in known], [
        np.stack([(r >= beside) & (c[:, s] >= bar) for s, (_, bar, beside) in enumerate(known)], 1)
        for c, r in zip(courses, risk)]


def risk_of_known(lachan, courses, talks, risk):
    """The risk once the phone knows who each talk is with: being known weighs nothing from a sure threat on until it has
    faded."""
    margins = dict(line.split() for line in first_stage.ask(lachan, "margins", []).decode().splitlines())
    threat, bar = next((s, bar) for s, (sign, bar, _) in enumerate(sure_signs(lachan)) if sign == "threat")
    out = []
    for course, talk, r in zip(courses, talks, risk):
        threatened, margin = False, np.full(len(r), float(margins[talk.trust]))
        for n, seen in enumerate(course[:, threat]):
            threatened = seen >= bar or threatened and seen >= FADED
            margin[n] *= not threatened
        out.append(1 / (1 + np.exp(np.log1p(-r) - np.log(r) + margin)))
    return out
