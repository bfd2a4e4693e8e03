#!/usr/bin/env python3
"""The corpus's own tool: drafts to JSON lines, and the checks that every committed file must pass.

    corpus.py convert DRAFT... --out DIR     one .jsonl beside each draft's batch name
    corpus.py check DIR                      labels, styles, ages, first risky turns; prints totals
"""
import argparse
import collections
import json
import pathlib
import sys

OTHER = ("personal_info secrecy isolation platform_shift flattery_bond gift_lure image_request "
         "sexual_talk meeting threat authority_scam job_lure").split()
CHILD = "shares_personal_info agrees_meeting agrees_image".split()
STYLES = "full nodia teencode evasive mixed".split()
TRUSTS = "unknown recent saved family".split()
SPLITS = "train dev unseen".split()
# A draft gives gaps. Of the talks of a hand that wrote running totals instead, nearly all would grow slower and slower; of
# others a few do, by chance.
TURNS_TO_JUDGE, MOST_EVER_SLOWER = 6, 0.2


class Fault(Exception):
    pass


def need(condition, message):
    if not condition:
        raise Fault(message)


def parse_labels(text, side):
    labels = [l.strip() for l in text.split(",") if l.strip()]
    allowed = OTHER if side == "other" else CHILD
    for label in labels:
        need(label in allowed, f"label {label!r} does not belong to {side}")
    return sorted(set(labels))


def split_labels(text, side):
    """The part after the last ' | ' is labels; a text may hold a bar of its own before it."""
    body, bar, tail = text.rpartition(" | ")
    if bar:
        return body.strip(), parse_labels(tail, side)
    return text.strip(), []


def parse_draft(path):
    batch = None
    rows, conversation = [], None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        try:
            if line.startswith(("@batch ", "@messages ")):
                kind, rest = line[1:].split(" ", 1)
                name, split, brief = (p.strip() for p in rest.split("|", 2))
                need(split in SPLITS, f"split {split!r}")
                batch = {"kind": kind, "name": name, "split": split, "brief": brief}
            elif line.startswith("@ "):
                need(batch and batch["kind"] == "batch", "a conversation outside @batch")
                verdict, age, style, trust = line[2:].split()
                need(verdict in ("risky", "benign"), f"verdict {verdict!r}")
                need(style in STYLES, f"style {style!r}")
                need(trust in TRUSTS, f"trust {trust!r}")
                need(6 <= int(age) <= 17, f"age {age}")
                conversation = {"id": f"{batch['name']}-{len(rows) + 1:03}", "brief": batch["name"],
                                "risky": verdict == "risky", "child_age": int(age), "style": style,
                                "trust": trust, "first_risky_turn": None, "turns": []}
                rows.append(conversation)
            elif batch and batch["kind"] == "batch":
                need(conversation is not None, "a turn before '@ '")
                onset = line.startswith("!")
                minutes, side, text = line.lstrip("! ").split(" ", 2)
                side = {"o": "other", "c": "child"}[side]
                turns = conversation["turns"]
                if onset:
                    need(conversation["risky"], "a first risky turn in a benign conversation")
                    need(conversation["first_risky_turn"] is None, "two first risky turns")
                    conversation["first_risky_turn"] = len(turns)
                text, labels = split_labels(text, side)
                need(text, "an empty text")
                if not conversation["risky"]:
                    need(not set(labels) & set(OTHER), "an other-side label in a benign conversation")
                t = (turns[-1]["t"] if turns else 0) + int(minutes)
                turns.append({"t": t, "from": side, "text": text, "labels": labels})
            else:
                need(batch, "a line before @batch or @messages")
                side, style, text = line.split(" ", 2)
                side = {"o": "other", "c": "child"}[side]
                need(style in STYLES, f"style {style!r}")
                text, labels = split_labels(text, side)
                rows.append({"id": f"{batch['name']}-{len(rows) + 1:04}", "brief": batch["name"], "from": side,
                             "text": text, "labels": labels, "style": style})
        except (Fault, ValueError, KeyError) as fault:
            raise Fault(f"{path.name}:{number}: {fault}") from None
    need(batch, f"{path.name}: no @batch or @messages line")
    for row in rows:
        if batch["kind"] == "batch":
            need(len(row["turns"]) >= 3, f"{row['id']}: fewer than 3 turns")
            need(row["risky"] == (row["first_risky_turn"] is not None), f"{row['id']}: risky without a '!' turn")
    return batch, rows


def convert(drafts, out, replace):
    out.mkdir(parents=True, exist_ok=True)
    failed = False
    for path in drafts:
        try:
            batch, rows = parse_draft(path)
        except Fault as fault:
            print(f"not converted: {fault}", file=sys.stderr)
            failed = True
            continue
        target = out / f"{batch['name']}.jsonl"
        if target.exists() and not replace:
            print(f"not converted: {target.name} is there already; --replace writes over it", file=sys.stderr)
            failed = True
            continue
        head = {"batch": batch["name"], "split": batch["split"], "brief": batch["brief"], "kind": batch["kind"]}
        lines = [json.dumps(r, ensure_ascii=False) for r in [head, *rows]]
        target.write_text("\n".join(lines) + "\n", encoding="utf-8")
        turns = sum(len(r.get("turns", [0])) for r in rows)
        print(f"{target.name}: {len(rows)} rows, {turns} messages, {sum(r.get('risky', False) for r in rows)} risky")
    return 1 if failed else 0


def load(folder):
    """Yields (head, rows) of each committed batch under `folder`. What is trained on hangs on the folder: its name and
    the batch's own word must be the same."""
    for path in sorted(folder.rglob("*.jsonl")):
        with open(path, encoding="utf-8") as f:
            head, *rows = map(json.loads, filter(str.strip, f))
        need(path.parent.name not in SPLITS or head["split"] == path.parent.name,
             f"{path.name} lies in {path.parent.name} and says {head['split']}")
        need(not head["batch"].startswith("e"), f"{path.name}: hands of e are the everyday text")
        yield head, rows


def ever_slower(talk):
    """Whether each gap is at least as long as the one before, and the last longer than the first."""
    minutes = [turn["t"] for turn in talk["turns"]]
    gaps = [b - a for a, b in zip(minutes, minutes[1:])]
    return gaps[0] < gaps[-1] and all(a <= b for a, b in zip(gaps, gaps[1:]))


def need_gaps(talks_of):
    """`talks_of`: the conversations of each hand."""
    for hand, talks in talks_of.items():
        judged = [talk for talk in talks if len(talk["turns"]) >= TURNS_TO_JUDGE]
        slower = sum(map(ever_slower, judged))
        need(slower <= MOST_EVER_SLOWER * len(judged), f"{hand}: {slower} of {len(judged)} talks grow slower with every "
             "turn: were minutes written as running totals?")


def check(folder):
    talks_of = collections.defaultdict(list)
    totals = collections.Counter()
    labels = collections.Counter()
    seen = set()
    for head, rows in load(folder):
        for row in rows:
            need(row["id"] not in seen, f"{row['id']} stands twice")
            seen.add(row["id"])
            if head["kind"] == "batch":
                talks_of[row["id"][:3]].append(row)
                totals[f"{head['split']} conversations {'risky' if row['risky'] else 'benign'}"] += 1
                totals[f"{head['split']} messages in conversations"] += len(row["turns"])
                totals[f"{head['split']} style {row['style']}"] += 1
                need(row["risky"] == (row["first_risky_turn"] is not None), f"{row['id']}: first risky turn")
                for turn in row["turns"]:
                    parse_labels(",".join(turn["labels"]), turn["from"])
                    labels.update(turn["labels"] if head["split"] == "train" else [])
            else:
                totals[f"{head['split']} single messages"] += 1
                parse_labels(",".join(row["labels"]), row["from"])
                labels.update(row["labels"] if head["split"] == "train" else [])
    need_gaps(talks_of)
    for key, n in sorted(totals.items()):
        print(f"{n:7} {key}")
    print("labels in train: " + "  ".join(f"{l} {labels[l]}" for l in OTHER + CHILD))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    verb = verbs.add_parser("convert")
    verb.add_argument("drafts", nargs="+", type=pathlib.Path)
    verb.add_argument("--out", type=pathlib.Path, required=True)
    verb.add_argument("--replace", action="store_true", help="write over batches of the same name")
    verb = verbs.add_parser("check")
    verb.add_argument("folder", type=pathlib.Path)
    arguments = parser.parse_args()
    try:
        if arguments.verb == "convert":
            return convert(arguments.drafts, arguments.out, arguments.replace)
        check(arguments.folder)
    except Fault as fault:
        print(f"corpus: {fault}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
