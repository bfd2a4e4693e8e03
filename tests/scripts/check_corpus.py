"""The corpus's tool loses no batch and lets none be trained on that says it is for something else.

    python3 tests/scripts/check_corpus.py
"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

TOOL = pathlib.Path(__file__).resolve().parents[2] / "models" / "text" / "tools" / "corpus.py"
DRAFT = """@batch z0101 | {split} | a brief
@ benign 10 full family
0 o Con ăn cơm chưa?
1 c Dạ chưa, mẹ về chưa?
2 o {last}
"""


class Corpus(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.corpus = pathlib.Path(folder.name)

    def run_tool(self, *arguments: object) -> int:
        return subprocess.run([sys.executable, TOOL, *map(str, arguments)], capture_output=True).returncode

    def convert(self, *more: str, split: str = "train", last: str = "Mẹ sắp về.") -> int:
        draft = self.corpus / "draft.txt"
        draft.write_text(DRAFT.format(split=split, last=last), encoding="utf-8")
        return self.run_tool("convert", draft, "--out", self.corpus / "train", *more)

    def test_a_batch_is_written_over_only_when_asked(self) -> None:
        batch = self.corpus / "train" / "z0101.jsonl"
        self.assertEqual(self.convert(), 0)
        first = batch.read_bytes()
        self.assertEqual(self.convert(last="Mẹ kẹt xe."), 1)
        self.assertEqual(batch.read_bytes(), first)
        self.assertEqual(self.convert("--replace", last="Mẹ kẹt xe."), 0)
        self.assertNotEqual(batch.read_bytes(), first)

    def test_a_batch_in_another_folder_than_its_own_is_refused(self) -> None:
        self.convert()
        self.assertEqual(self.run_tool("check", self.corpus), 0)
        self.convert("--replace", split="dev")
        self.assertEqual(self.run_tool("check", self.corpus), 1)


if __name__ == "__main__":
    unittest.main()
