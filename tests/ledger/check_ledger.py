"""The page of sizes gets the ledger's figures: `python3 tests/ledger/check_ledger.py`."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import ledger  # noqa: E402

ROWS = [
    ["1", "lachan", "classes.jar", "70", "60"],
    ["1", "lachan", "jni/arm64-v8a/liblachan.so", "8000", "3000"],
    ["1", "lachan", "jni/x86_64/liblachan.so", "9000", "4000"],
    ["1", "lachan", "whole", "17070", "7060"],
    ["1", "lachan-models", "whole", "2000", "1000"],
    ["1", "lachan-models-second", "whole", "2500", "1500"],
    ["1", "lachan-testing", "whole", "20", "10"],
]
BEFORE = """| `liblachan.so`, arm64-v8a | 1 | 1 | `build.sh arm64-v8a` |
| `liblachan.so`, x86_64 | 1 | 1 | `build.sh x86_64` |
| `lachan-models` (in 10 bits) | | 1,111,111 | `package.py` |
| **library for arm64 and default models** | | **11,859,462** | |
| `lachan-models-second` (in 10 bits) | 1 | 1 | `package.py` |
| `lachan` without native libraries (Kotlin) | | 1 | `package.py` |
| demo APK | 18,813,075 | | `make apk` |
"""
AFTER = """| `liblachan.so`, arm64-v8a | 8,000 | 3,000 | `build.sh arm64-v8a` |
| `liblachan.so`, x86_64 | 9,000 | 4,000 | `build.sh x86_64` |
| `lachan-models` (in 10 bits) | | 1,000 | `package.py` |
| **library for arm64 and default models** | | **4,000** | |
| `lachan-models-second` (in 10 bits) | 2,500 | 1,500 | `package.py` |
| `lachan` without native libraries (Kotlin) | | 60 | `package.py` |
| demo APK | 18,813,075 | | `make apk` |
"""


class Page(unittest.TestCase):
    def test_every_figure_is_the_ledgers(self) -> None:
        self.assertEqual(ledger.renewed(BEFORE, ROWS), AFTER)
        self.assertEqual(ledger.renewed(AFTER, ROWS), AFTER)

    def test_a_part_without_a_line_is_told(self) -> None:
        with self.assertRaisesRegex(SystemExit, "no line for `liblachan.so`, x86_64"):
            ledger.renewed(BEFORE.replace("x86_64", "mips"), ROWS)

    def test_the_page_has_a_line_for_every_part(self) -> None:
        ledger.renewed(ledger.PAGE.read_text(encoding="utf-8"), ledger.read("sizes"))


if __name__ == "__main__":
    unittest.main(verbosity=1)
