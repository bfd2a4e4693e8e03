#!/usr/bin/env python3
"""Prints the figures that the model card states, but for those held out by hand, which train.py prints.

    python3 models/text/eval.py [--corpus DIR] [--data DIR] [--lachan target/release/lachan] [--models DIR]
    python3 models/text/eval.py --curve          also the learning curve, which trains twelve times (an hour and a half)

Conversations and messages go through `lachan chat` and `lachan text` as an integrator would send them, without trust
and without labels. All definitions are written out here.
"""
import argparse
import collections
import json
import pathlib
import random
import statistics
import subprocess

import numpy as np

import corpus_rows
from corpus_rows import INDICATORS, OF_SIGNALS, clean_words, everyday_texts, read_batches

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WARNINGS = {"warn", "urgent"}
# What a warning from here would do is told beside.
OTHER_BARS = (0.4, 0.6, 0.75, 0.8, 0.85, 0.9, 0.95)
# Hands whose lines have fewer words than this on average are judged by themselves too (2.6 to 4.2; the others 6.6 to 30.9).
LACONIC_WORDS = 6


def run(given, verb, rows, *options):
    lines = "\n".join(json.dumps(r, ensure_ascii=False) for r in rows)
    out = subprocess.run([given.lachan, verb, "--models", str(given.models), *options], input=lines, text=True,
                         capture_output=True, check=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def asked(talk):
    """Only what an app would know."""
    return {"id": talk["id"], "child_age": talk["child_age"],
            "turns": [{k: t[k] for k in ("t", "from", "text")} for t in talk["turns"]]}


def by_length_of_line(talks):
    """The talks of laconic hands, and those of the others."""
    words = collections.defaultdict(list)
    for talk in talks:
        words[corpus_rows.hand_of(talk["brief"])] += [len(t["text"].split()) for t in talk["turns"]]
    laconic = {hand for hand, counts in words.items() if statistics.mean(counts) < LACONIC_WORDS}
    return ([t for t in talks if corpus_rows.hand_of(t["brief"]) in laconic],
            [t for t in talks if corpus_rows.hand_of(t["brief"]) not in laconic])


def conversation_figures(talks, verdicts):
    half = statistics.median(len(t["turns"]) for t in talks)
    rate = np.log(3) / max(1, half - 1)
    tp = fp = fn = early = false = benign = 0
    delays, penalties = [], []
    styles, lengths, hands = (collections.defaultdict(lambda: [0, 0]) for _ in range(3))
    for talk, verdict in zip(talks, verdicts):
        first = verdict["first_warning"]
        if talk["risky"]:
            turns = len(talk["turns"])
            length = "up to 6 turns" if turns <= 6 else "7 to 12" if turns <= 12 else "more"
            for part in (styles[talk["style"]], lengths[length], hands[corpus_rows.hand_of(talk["brief"])]):
                part[0] += first is not None
                part[1] += 1
            if first is None:
                fn += 1
                continue
            tp += 1
            delays.append(first - talk["first_risky_turn"])
            early += delays[-1] < 0
            penalties.append(-1 + 2 / (1 + np.exp(-rate * max(0, delays[-1]))))
        else:
            fp += first is not None
            benign += len(talk["turns"])
            false += sum(t["level"] in WARNINGS for t in verdict["turns"])
    precision, recall = tp / max(1, tp + fp), tp / max(1, tp + fn)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    speed = 1 - statistics.median(penalties) if penalties else 0.0
    print(f"  talks {len(talks)}, risky {tp + fn}: precision {precision:.3f} recall {recall:.3f} F1 {f1:.3f}")
    print(f"  F_latency {f1 * speed:.3f}, median delay {statistics.median(delays) if delays else 0:.0f} turns, "
          f"before the onset {early}")
    if tp + fn and benign:
        # However the threshold is chosen: how the highest risk of a talk ranks risky and harmless ones.
        top = np.array([max(t["risk"] for t in v["turns"]) for v in verdicts])
        risky = np.array([t["risky"] for t in talks])
        above = top[risky][:, None] - top[~risky][None, :]
        print(f"  by the highest risk: area under the curve {np.mean((above > 0) + (above == 0) / 2):.3f}, "
              f"recall before the first false talk {np.mean(top[risky] > top[~risky].max()):.2f}")
        print("  warned of from another risk, recall and false talks: " + "  ".join(
            f"{bar} {np.mean(top[risky] >= bar):.3f} {np.sum(top[~risky] >= bar)}" for bar in OTHER_BARS))
    for name, parts in (("style", styles), ("length", lengths), ("hand", hands)):
        print(f"  recall by {name}: " + "  ".join(f"{p} {h}/{n}" for p, (h, n) in sorted(parts.items())))
    print(f"  false warnings per 5,000 harmless messages: {5000 * false / max(1, benign):.1f} ({false} in {benign})")
    return f1


def message_figures(rows, verdicts, name):
    if not rows:
        print(f"  {name}: none")
        return
    scores = []
    for label in INDICATORS:
        said = [label in v["indicators"] for v in verdicts]
        true = [label in r["labels"] for r in rows]
        hits = sum(a and b for a, b in zip(said, true))
        if any(true):
            scores.append(2 * hits / max(1, sum(said) + sum(true)))
            print(f"    {label:22} n {sum(true):4}  precision {hits / max(1, sum(said)):.2f} "
                  f"recall {hits / sum(true):.2f}  F1 {scores[-1]:.2f}")
    harmless = [bool(v["indicators"]) for v, r in zip(verdicts, rows) if not r["labels"]]
    print(f"  {name}: macro F1 {np.mean(scores):.3f}; harmless messages with any indicator "
          f"{100 * np.mean(harmless):.1f} % of {len(harmless)}")


def rule_figures(given, talks, singles):
    """How often what the rules point at in a child's line is labelled as sharing, and what they point at in text that
    shares nothing."""
    lines = [t for talk in talks for t in talk["turns"] if t["from"] == "child"]
    lines += [r for r in singles if r["from"] == "child"]
    found, labelled = collections.Counter(), collections.Counter()
    verdicts = run(given, "text", [{"id": i, "from": "child", "text": t["text"]} for i, t in enumerate(lines)])
    for line, verdict in zip(lines, verdicts):
        for kind in {s["kind"] for s in verdict["spans"]}:
            found[kind] += 1
            labelled[kind] += "shares_personal_info" in line["labels"]
    print("  rules on child lines of training, share labelled as sharing: "
          + "  ".join(f"{k} {labelled[k] / n:.2f} of {n}" for k, n in found.most_common()))
    if (given.data / "safesense-vi" / "final.csv").is_file():
        texts = [text for text, _ in everyday_texts(given.data)]
        verdicts = run(given, "text", [{"id": i, "from": "child", "text": t} for i, t in enumerate(texts)])
        kinds = collections.Counter(s["kind"] for v in verdicts for s in v["spans"])
        print(f"  rules on {len(texts)} everyday messages: {kinds.total()} spans "
              + " ".join(f"{k} {n}" for k, n in kinds.most_common()))


def fixed_form_figures(given, talks, singles):
    """The same of the fixed forms in others' lines: a threat with money, a scam, a job. Those of a talk are labelled by
    what they do in it."""
    import first_stage
    lines = [t for talk in talks for t in talk["turns"] if t["from"] == "other"]
    lines += [r for r in singles if r["from"] == "other"]
    everyday = []
    if (given.data / "safesense-vi" / "final.csv").is_file():
        everyday = [text for text, _ in everyday_texts(given.data)]

    def found(texts):
        asked_for = [{"from": "other", "text": text} for text in texts]
        out = first_stage.ask(given.lachan, "signals", asked_for).decode()
        return np.array([line.split() for line in out.splitlines()], int).reshape(-1, 5).astype(bool)
    of_lines, of_everyday = found([line["text"] for line in lines]), found(everyday)
    for signal, indicator in OF_SIGNALS.items():
        hits = [indicator in line["labels"] for line, hit in zip(lines, of_lines[:, signal]) if hit]
        print(f"  fixed form of {indicator}: {np.mean(hits or [0]):.2f} of {len(hits)} lines labelled so; "
              f"{of_everyday[:, signal].sum()} in {len(everyday)} everyday messages")


def speed_figures(given):
    """As `lachan bench text` measures them here, and what is downloaded."""
    out = subprocess.run([given.lachan, "bench", "text", "--json", "--models", str(given.models)], text=True,
                         capture_output=True, check=True).stdout
    for row in map(json.loads, out.splitlines()):
        print(f"  {row['name']}: {row['median']:.4g} {row['unit']}")
    print(f"  bundle: {sum(f.stat().st_size for f in (given.models / 'text').iterdir()):,} bytes")


def everyday_talks(data, alternate):
    texts = [text for text, kept_away in everyday_texts(data) if kept_away]
    random.Random("lachan eval").shuffle(texts)
    for n, at in enumerate(range(0, len(texts) - 19, 20)):
        turns = [{"t": i, "from": "child" if alternate and i % 2 else "other", "text": text}
                 for i, text in enumerate(texts[at:at + 20])]
        yield {"id": n, "risky": False, "style": "full", "child_age": 12, "turns": turns}


def shingles(text, n=3):
    words = clean_words(text)
    return {" ".join(words[i:i + n]) for i in range(len(words) - n + 1)}


def near_duplicates(train, dev):
    """Pairs of talks that share at least a third of their word triples."""
    index = collections.defaultdict(set)
    sets = []
    for i, talk in enumerate(train):
        s = set().union(*(shingles(t["text"]) for t in talk["turns"]))
        sets.append(s)
        for x in s:
            index[x].add(i)

    def closest(s, but=None):
        shared = collections.Counter(i for x in s for i in index.get(x, ()) if i != but)
        return max((n / max(1, len(s | sets[i])) for i, n in shared.most_common(5)), default=0.0)
    across = [closest(set().union(*(shingles(t["text"]) for t in talk["turns"]))) for talk in dev]
    within = [closest(s, i) for i, s in enumerate(sets)]
    print(f"  development talks with a near-duplicate in training (a third of word triples): "
          f"{sum(x >= 1 / 3 for x in across)} of {len(dev)}, closest {max(across):.2f}")
    print(f"  training talks with a near-duplicate in training: {sum(x >= 1 / 3 for x in within)} of {len(train)}")


def template_share(train):
    """Messages of five words or more that occur in three briefs or more."""
    briefs, total = collections.defaultdict(set), 0
    texts = []
    for talk in train:
        for turn in talk["turns"]:
            words = clean_words(turn["text"])
            if len(words) >= 5:
                texts.append(" ".join(words))
                briefs[texts[-1]].add(talk["brief"])
                total += 1
    print(f"  template share: {100 * sum(len(briefs[t]) > 2 for t in texts) / total:.2f} % of {total} long messages")


def leak_baselines(given, train, hands):
    """What can be told without the danger: each is cross-validated, a fifth of the hands held out at a time, and should
    be near chance, AUC 0.5."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.preprocessing import StandardScaler
    y = np.array([t["risky"] for t in train])

    def auc(x, target, dense=False):
        score = np.zeros(len(y))
        order = sorted(set(hands))
        for fold in range(5):
            held = np.array([order.index(h) % 5 == fold for h in hands])
            a, b = x[~held], x[held]
            if dense:
                scale = StandardScaler().fit(a)
                a, b = scale.transform(a), scale.transform(b)
            model = LogisticRegression(C=1.0, max_iter=500).fit(a, target[~held])
            score[held] = model.decision_function(b)
        return roc_auc_score(y, score)

    def grams(texts):
        return TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), max_features=60_000).fit_transform(texts)
    plain = np.array([[len(t["turns"]), t["child_age"], t["turns"][-1]["t"], t["turns"][0]["from"] == "child",
                       t["turns"][-1]["from"] == "child", sum(x["from"] == "child" for x in t["turns"]) / len(t["turns"]),
                       *(t["style"] == s for s in ("full", "nodia", "teencode", "evasive"))] for t in train], float)
    whole = grams([" ".join(x["text"] for x in t["turns"]) for t in train])
    shuffled = y.copy()
    random.Random(0).shuffle(shuffled)
    print(f"  AUC by length, age, time, who begins and ends, style: {auc(plain, y, True):.3f}")
    print(f"  AUC by the first turn alone: {auc(grams([t['turns'][0]['text'] for t in train]), y):.3f}")
    print(f"  AUC by the last turn alone: {auc(grams([t['turns'][-1]['text'] for t in train]), y):.3f}")
    print(f"  AUC by all words, labels shuffled in training: {auc(whole, shuffled):.3f}")
    print(f"  AUC by all words, for comparison: {auc(whole, y):.3f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=pathlib.Path, default=HERE / "corpus")
    parser.add_argument("--data", type=pathlib.Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--lachan", default=str(ROOT / "target" / "release" / "lachan"))
    parser.add_argument("--models", type=pathlib.Path, default=ROOT / "models" / "built")
    parser.add_argument("--curve", action="store_true", help="train the learning curve too")
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()

    sets = {}
    for split in ("train", "dev", "unseen"):
        rows = [r for _, batch in read_batches(given.corpus / split) for r in batch]
        sets[split] = [r for r in rows if "turns" in r], [r for r in rows if "turns" not in r]
    (train, train_messages), (dev, dev_messages), (unseen, unseen_messages) = sets["train"], sets["dev"], sets["unseen"]

    print("Development conversations (written apart, never trained or tuned on), learnt second stage")
    dev_f1 = conversation_figures(dev, run(given, "chat", map(asked, dev)))
    long = [t for t in dev if len(t["turns"]) >= 30]
    if long:
        print(f"the {len(long)} of 30 turns and more")
        conversation_figures(long, run(given, "chat", map(asked, long)))
    print("the same, hand-written combinations instead")
    conversation_figures(dev, run(given, "chat", map(asked, dev), "--judge", "combinations"))
    print("the same with the trust that the phone would know")
    conversation_figures(dev, run(given, "chat", [asked(t) | {"trust": t["trust"]} for t in dev]))
    if unseen:
        print("Hands that these weights have not learnt from")
        conversation_figures(unseen, run(given, "chat", map(asked, unseen)))
        for name, talks in zip(("the laconic ones of them", "and the others"), by_length_of_line(unseen)):
            if talks:
                print(name)
                conversation_figures(talks, run(given, "chat", map(asked, talks)))
        print("the same with the trust that the phone would know")
        conversation_figures(unseen, run(given, "chat", [asked(t) | {"trust": t["trust"]} for t in unseen]))
    print("Own batches, seen in training (how far the score falls on other hands)")
    own_f1 = conversation_figures(train, run(given, "chat", map(asked, train)))
    print(f"  fall from own to development batches: {own_f1 - dev_f1:.3f}")

    print("Messages")
    message_figures(dev_messages, run(given, "text", dev_messages) if dev_messages else [],
                    "development single messages (written apart, never trained or tuned on)")
    if unseen_messages:
        message_figures(unseen_messages, run(given, "text", unseen_messages),
                        "single messages of hands that these weights have not learnt from")
    turns = [{"id": f"{t['id']}-{i}", **x} for t in dev for i, x in enumerate(t["turns"])]
    message_figures(turns, run(given, "text", turns), "turns of development conversations, each by itself")

    rule_figures(given, train, train_messages)
    fixed_form_figures(given, train, train_messages)

    if (given.data / "safesense-vi" / "final.csv").is_file():
        print("Everyday comments that training never saw, as conversations of 20 turns")
        for alternate in (False, True):
            talks = list(everyday_talks(given.data, alternate))
            verdicts = run(given, "chat", map(asked, talks))
            false = sum(t["level"] in WARNINGS for v in verdicts for t in v["turns"])
            marked = np.mean([bool(t["indicators"]) for v in verdicts for t in v["turns"]])
            print(f"  {'both sides' if alternate else 'one side'}: {false} false warnings in {20 * len(talks)} messages; "
                  f"{100 * marked:.1f} % of messages with any indicator")
    else:
        print(f"Everyday comments: SKIPPED, the everyday text is not in {given.data}")

    print("Speed and size")
    speed_figures(given)

    print("Corpus")
    near_duplicates(train, dev)
    template_share(train)
    leak_baselines(given, train, [corpus_rows.hand_of(t["brief"]) for t in train])
    if given.curve:
        print("Learning curve")
        import learning_curve
        learning_curve.measure(given)


if __name__ == "__main__":
    main()
