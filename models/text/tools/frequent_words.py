#!/usr/bin/env python3
"""The commonest tokens of the training corpus, as the normaliser leaves them: rust-core/src/text/frequent_words.txt.

    frequent_words.py models/text/corpus/train target/release/lachan > rust-core/src/text/frequent_words.txt

What the message network makes of these words is kept (convolution.rs). Each takes 2.3 KB once it has been met.
"""
import collections
import json
import pathlib
import subprocess
import sys

# 1,024 are 91 % of all tokens of hands that were not counted, 512 .81, 2,048 .97.
WORDS = 1024


def main(folder, lachan):
    lines = [json.loads(line) for path in sorted(pathlib.Path(folder).glob("*.jsonl"))
             for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    texts = [turn["text"] for line in lines for turn in line.get("turns", [])]
    given = "\n".join(json.dumps(t, ensure_ascii=False) for t in texts)
    answer = subprocess.run([lachan, "text-features", "--form", "normal"], input=given, capture_output=True, text=True,
                            check=True).stdout
    often = collections.Counter(answer.split())
    for word, _ in sorted(often.items(), key=lambda entry: (-entry[1], entry[0]))[:WORDS]:
        print(word)


if __name__ == "__main__":
    main(*sys.argv[1:])
