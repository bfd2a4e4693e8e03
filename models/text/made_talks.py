"""Talks made of the written ones, to learn from beside them: longer ones, and the same ones in short lines.

Neither is judged on: what they are made of is.
"""
import random
import re

from corpus_rows import Talk

# One in so many written talks is learnt in short lines too: decision 10 says what that gains.
BROKEN_EVERY = 8
# What a hurried writer leaves out: forms of address, particles, the verb of being; and how often not.
LEFT_OUT = set("""ạ dạ nha nhé nhe nhá ơi à ừ thì là mà đó đấy này với cho em anh chị bạn mình tớ cậu con cháu của cái
    a da nhe oi thi la ma do day nay voi em e anh chi c ban b minh mk mik cua cai z vậy vay thế the hả ha""".split())
KEPT_ANYWAY = 0.4
# Of the writers of short lines, this share leaves words out.
TERSE = 0.6
# How many words a short line has at most, each as likely as the others in this list.
WORDS = (1, 2, 3, 3, 4, 4, 5)


def joined_talks(talks, turns, seed="lachan joined talks"):
    """Longer talks made of the written ones of one hand: harmless ones after each other, and harmless ones before a
    risky one. On a phone a talk does not end after a dozen turns, and every further turn is a chance to be wrong."""
    rng = random.Random(seed)
    talks = [t for t in talks if not t.everyday and not t.broken]
    out = []
    for hand in sorted({t.hand for t in talks}):
        harmless = [t for t in talks if t.hand == hand and not t.risky]
        risky = [t for t in talks if t.hand == hand and t.risky]
        rng.shuffle(harmless)
        ends = [None] * (len(harmless) // 2) + risky
        for n, last in enumerate(ends):
            parts = []
            room = turns - (len(last.rows) if last else 0)
            for talk in rng.sample(harmless, min(4, len(harmless))):
                if sum(len(p.rows) for p in parts) + len(talk.rows) <= room and (not last or len(parts) < 2):
                    parts.append(talk)
            if not parts or (len(parts) < 2 and not last):
                continue
            before = sum(len(p.rows) for p in parts)
            parts += [last] if last else []
            minutes = []
            for part in parts:
                start = minutes[-1] + rng.choice([30, 200, 800, 1500, 4000]) if minutes else 0
                minutes += [start + m - part.minutes[0] for m in part.minutes]
            out.append(Talk([r for p in parts for r in p.rows], bool(last), before + last.onset if last else -1, hand,
                            parts[0].brief, parts[0].trust, parts[0].style, minutes, f"joined-{hand}-{n}",
                            joined=True))
    return out


def pieces_of(text, rng, terse):
    """The short lines that somebody in a hurry would have sent in place of a long one: cut where the sentence pauses if
    it does, numbers whole. `terse` writers leave words out too."""
    words = re.findall(r"<[^>]*>\S*|\[[^\]]*\]\S*|\S+", text)
    if terse and len(words) > 3:
        words = [w for w in words
                 if w.lower().strip(".,!?") not in LEFT_OUT or rng.random() < KEPT_ANYWAY] or words[:2]
    out, piece, most = [], [], rng.choice(WORDS)
    for word, after in zip(words, words[1:] + [""]):
        piece.append(word)
        within_number = any(c.isdigit() for c in word) and any(c.isdigit() for c in after)
        if not within_number and (len(piece) >= most or word[-1] in ".,!?;…" and len(piece) > 1):
            out.append(" ".join(piece).rstrip(".,;…") or piece[0])
            piece, most = [], rng.choice(WORDS)
    return out + ([" ".join(piece)] if piece else [])


def add_broken_talks(rows, turns, seed="lachan broken talks"):
    """Some written talks again, in short lines: what a line says is spread over several turns, and the danger begins at
    the last piece of the line that began it. The pieces teach the course of talks, not what a message says by itself: a
    label belongs to the whole line."""
    rng = random.Random(seed)
    for talk in [t for t in rows.talks if not t.everyday]:
        if rng.random() >= 1 / BROKEN_EVERY:
            continue
        terse, first, minutes, onset = rng.random() < TERSE, len(rows.text), [], -1
        lines = [pieces_of(rows.text[r], rng, terse) for r in talk.rows]
        if sum(map(len, lines)) > turns:
            continue
        for n, (row, line) in enumerate(zip(talk.rows, lines)):
            for text in line:
                rows.add(text, rows.child[row], [], talk.hand, talk.brief, "piece", f"{talk.key}-piece-{len(minutes)}")
                minutes.append(talk.minutes[n])
            if n == talk.onset:
                onset = len(minutes) - 1
        rows.talks.append(Talk(list(range(first, len(rows.text))), talk.risky, onset, talk.hand, talk.brief, talk.trust,
                               talk.style, minutes, f"{talk.key}-broken", broken=True))
