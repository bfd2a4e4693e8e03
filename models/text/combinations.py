"""What is not learnt: the combinations of signs, and the single ones, that warn by themselves, and what being known
weighs; followed through held-out talks as rust-core/src/text does it.

Of what the rules find, only what the second stage is told of is known here: a child's personal data is not.
"""
import numpy as np

import first_stage
import second_stage
from corpus_rows import INDICATORS

# As in conversation.rs: what is left of evidence after a turn, the minutes in which it halves, and where it has faded.
KEPT_PER_TURN, HALF_LIFE, FADED = 0.98, 7 * 1440, 0.3
# Which indicator each finding of the rules is: see `signals` in rules.rs.
OF_SIGNALS = {2: "threat", 3: "authority_scam", 4: "job_lure"}


def sure(lachan):
    """(code, indices of the parts, how surely each must have been seen, least risk beside) of each."""
    out = []
    for line in first_stage.ask(lachan, "combinations", []).decode().splitlines():
        code, bar, risk = line.split()
        parts = code.split("+")
        assert "shares_personal_info" not in parts, "not known here"
        out.append((code, [INDICATORS.index(part) for part in parts], float(bar), float(risk)))
    return out


def found(material, logits, signals, thresholds):
    """Whether a row carries each indicator, and the evidence that it then adds."""
    z = logits[:, :len(INDICATORS)]
    has = z >= np.array(thresholds)
    for signal, indicator in OF_SIGNALS.items():
        has[:, INDICATORS.index(indicator)] |= signals[:, signal] > 0
    for head in range(len(INDICATORS)):
        has[:, head] &= material.child == first_stage.is_child_head(head)
    return has, np.maximum(0.5, 1 / (1 + np.exp(-z)))


def course(talk, has, adds):
    """The evidence after each turn: a row a turn, a column an indicator."""
    evidence, last = np.zeros(len(INDICATORS)), talk.minutes[0]
    out = []
    for row, now in zip(talk.rows[:second_stage.TURNS], talk.minutes):
        halvings = min(60.0, max(0, now - last) / HALF_LIFE)
        last, whole = max(last, now), int(halvings)
        evidence = evidence * (KEPT_PER_TURN * (1 - (halvings - whole) / 2) / 2 ** whole)
        evidence = np.where(has[row], np.minimum(evidence + adds[row], 4), evidence)
        out.append(evidence)
    return np.array(out)


def due(lachan, courses, risk):
    """The codes of what is sure, and for every talk at which turns each is due a warning: a row a turn, a column a
    code."""
    known = sure(lachan)
    return [code for code, *_ in known], [
        np.stack([(r >= beside) & (np.minimum(1, c[:, parts].min(1)) >= bar) for _, parts, bar, beside in known], 1)
        for c, r in zip(courses, risk)]


def of_known_people(lachan, courses, talks, risk):
    """The risk once the phone knows who each talk is with: being known weighs nothing from a sure threat on until it has
    faded."""
    margins = dict(line.split() for line in first_stage.ask(lachan, "margins", []).decode().splitlines())
    (parts, bar), = [(parts, bar) for code, parts, bar, _ in sure(lachan) if code == "threat"]
    out = []
    for course_of_talk, talk, r in zip(courses, talks, risk):
        threatened, margin = False, np.full(len(r), float(margins[talk.trust]))
        for n, threat in enumerate(course_of_talk[:, parts[0]]):
            threatened = threat >= bar or threatened and threat >= FADED
            margin[n] *= not threatened
        out.append(1 / (1 + np.exp(np.log1p(-r) - np.log(r) + margin)))
    return out
