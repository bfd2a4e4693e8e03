"""Reads the corpus and the everyday text, and lays both out as rows for training.

A row is one message; conversations keep the indices of their rows. Everyday text (comments and sentences that nobody
wrote for this project) joins as harmless messages and, twenty at a time, as harmless conversations.
"""
import csv
import hashlib
import json
import pathlib
import random
import re
from dataclasses import dataclass, field

import numpy as np

OTHER = ("personal_info secrecy isolation platform_shift flattery_bond gift_lure image_request "
         "sexual_talk meeting threat authority_scam job_lure").split()
CHILD = "shares_personal_info agrees_meeting agrees_image".split()
INDICATORS = OTHER + CHILD
# Which indicator each finding of the rules is: see `signals` in rules.rs.
OF_SIGNALS = {2: "threat", 3: "authority_scam", 4: "job_lure"}
TRUSTS = "unknown recent saved family".split()
EVERYDAY_TURNS = 20
# The everyday text that the shipped weights saw. safesense-vi: comments, MIT; tatoeba: sentences of tatoeba.org as
# manythings.org/anki packs them, CC BY 2.0 France.
EVERYDAY = {"safesense-vi/final.csv": "85882db8311ee41dee052df8c6e086b634f37cc38dc7ccf27e972206f0f6a96c",
            "tatoeba/vie.txt": "11fc08184b47b37aba15e614c7f46061cc832b011b3a7277c633fbd09a2e01c5"}


@dataclass
class Talk:
    """A conversation: its rows, and what is known of it."""
    rows: list
    risky: bool
    onset: int
    hand: str
    brief: str
    trust: str
    style: str
    minutes: list
    key: str
    everyday: bool = False
    joined: bool = False
    broken: bool = False


@dataclass
class Rows:
    """All messages, in parallel lists."""
    text: list = field(default_factory=list)
    child: list = field(default_factory=list)
    labels: list = field(default_factory=list)
    hand: list = field(default_factory=list)
    brief: list = field(default_factory=list)
    kind: list = field(default_factory=list)  # turn, single, everyday or piece
    key: list = field(default_factory=list)
    talks: list = field(default_factory=list)

    def add(self, text, child, labels, hand, brief, kind, key):
        self.text.append(text)
        self.child.append(child)
        self.labels.append(labels)
        self.hand.append(hand)
        self.brief.append(brief)
        self.kind.append(kind)
        self.key.append(key)

    def arrays(self):
        """Labels as a matrix, sides, hands and kinds as arrays."""
        y = np.zeros((len(self.text), len(INDICATORS)), bool)
        for i, labels in enumerate(self.labels):
            for label in labels:
                y[i, INDICATORS.index(label)] = True
        return y, np.array(self.child), np.array(self.hand), np.array(self.kind)


def hand_of(brief):
    """Batches are numbered within the hand that wrote them: b0107 and b0112 are of one hand, m0103 of another."""
    return brief[:3]


def read_batches(folder):
    for path in sorted(pathlib.Path(folder).glob("*.jsonl")):
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        yield lines[0], lines[1:]


def add_corpus(rows, folder):
    for head, batch in read_batches(folder):
        hand = hand_of(head["batch"])
        for row in batch:
            if "turns" in row:
                first = len(rows.text)
                for i, turn in enumerate(row["turns"]):
                    rows.add(turn["text"], turn["from"] == "child", turn["labels"], hand, row["brief"], "turn",
                             f"{row['id']}-{i}")
                rows.talks.append(Talk(list(range(first, len(rows.text))), row["risky"],
                                       row["first_risky_turn"] if row["risky"] else -1, hand, row["brief"],
                                       row.get("trust", "unknown"), row["style"], [t["t"] for t in row["turns"]],
                                       row["id"]))
            else:
                rows.add(row["text"], row["from"] == "child", row["labels"], hand, row["brief"], "single", row["id"])


def everyday_texts(data):
    """Comments and sentences, each with whether it is kept away from training to measure false warnings on."""
    data = pathlib.Path(data)
    if not (data / "safesense-vi" / "final.csv").is_file():
        raise SystemExit(f"train: the everyday text is missing: {data}/safesense-vi/final.csv. Training needs it; "
                         "the shipped weights do not.")
    for name, digest in EVERYDAY.items():
        if hashlib.sha256((data / name).read_bytes()).hexdigest() != digest:
            raise SystemExit(f"train: {name} is not the text that the shipped weights saw")
    seen = set()
    with open(data / "safesense-vi" / "final.csv", encoding="utf-8-sig", newline="") as f:
        for row in csv.DictReader(f):
            # A comment follows the post that it answers. The same comment under two posts counts once.
            comment = row["input_text"].split("</s>")[-1].strip()
            if comment and comment not in seen:
                seen.add(comment)
                yield comment, held_out(comment)
    for line in (data / "tatoeba" / "vie.txt").read_text(encoding="utf-8").splitlines():
        parts = line.split("\t")
        if len(parts) > 1 and parts[1] not in seen:
            seen.add(parts[1])
            yield parts[1], False


def held_out(text):
    """A third of the comments, chosen by their own digest so that the choice never changes."""
    return hashlib.sha256(text.encode()).digest()[0] % 3 == 0


def add_everyday(rows, data, folds=5):
    texts = [text for text, kept_away in everyday_texts(data) if not kept_away]
    random.Random("lachan everyday").shuffle(texts)
    for n, at in enumerate(range(0, len(texts) - EVERYDAY_TURNS + 1, EVERYDAY_TURNS)):
        hand, first = f"e{n % folds:02}", len(rows.text)
        # Every other talk is answered by the child; in the rest the comments come one after the other.
        for i, text in enumerate(texts[at:at + EVERYDAY_TURNS]):
            rows.add(text, n % 2 == 0 and i % 2 == 1, [], hand, hand, "everyday", f"everyday-{n}-{i}")
        rows.talks.append(Talk(list(range(first, len(rows.text))), False, -1, hand, hand, "unknown", "full",
                               list(range(EVERYDAY_TURNS)), f"everyday-{n}", True))


def load(corpus, data, split="train"):
    rows = Rows()
    add_corpus(rows, pathlib.Path(corpus) / split)
    if split == "train":
        add_everyday(rows, data)
    return rows


def clean_words(text):
    """Words for comparing texts, not for training."""
    return re.findall(r"\w+", text.lower())
