"""The check of the core's arrows sees each way to use a module, and refuses what may never be, drawn or not.

    python3 tests/scripts/check_architecture.py
"""

import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
import architecture  # noqa: E402

MODULES = ("engine", "family", "guard", "hash", "image", "policy", "text", "trust", "vault")


def page(*arrows: str) -> str:
    return "<!-- house -->\n\n<!-- core: begin -->\n" + "\n".join(arrows) + "\n<!-- core: end -->\n"


class Arrows(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.core = pathlib.Path(folder.name)
        for name in MODULES:
            self.written(f"{name}/mod.rs", "")

    def written(self, name: str, code: str) -> None:
        path = self.core / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(code)

    def faults(self, code: str, *arrows: str, of: str = "text/rules.rs") -> list[str]:
        self.written(of, code)
        return architecture.faults(page(*arrows), self.core)

    def test_an_arrow_that_is_used_is_drawn_and_the_other_way_round(self) -> None:
        self.assertEqual(self.faults("use crate::trust::sha256;", "text --> trust"), [])
        self.assertEqual(self.faults("use crate::trust::sha256;"), ["text uses trust, and the diagram has no such arrow"])
        self.assertEqual(self.faults("", "text --> trust"), ["the diagram says that text uses trust, and it does not"])

    def test_drawing_an_arrow_does_not_allow_it(self) -> None:
        for detector in ("engine", "hash", "image", "text"):
            for user, used in ((detector, "policy"), (detector, "family"), (detector, "guard"), ("policy", detector)):
                found = self.faults(f"use crate::{used}::X;", f"{user} --> {used}", of=f"{user}/a.rs")
                self.assertEqual(found, [f"{user} may never use {used}"])
                (self.core / f"{user}/a.rs").unlink()
        self.assertIn("text may never use policy", self.faults("", "text --> policy"))

    def test_no_group_hides_what_stands_behind_it(self) -> None:
        for code in ("use crate::{trust::{A, B}, vault::C};", "use crate::{\n    trust::{A::{B, C}, D},\n    vault,\n};", "fn a() { crate::vault::b(crate::trust::C {}) }"):
            self.assertEqual(self.faults(code, "text --> trust", "text --> vault"), [], code)
        self.assertEqual(self.faults("use crate::{trust::{vault, A}};", "text --> trust"), [], "a name in a group is none of the crate")

    def test_a_way_over_the_module_above_counts(self) -> None:
        self.assertIn("text may never use policy", self.faults("use super::policy::X;", of="text/mod.rs"))
        self.assertIn("text may never use policy", self.faults("use super::super::policy::X;"))

    def test_whoever_takes_the_whole_crate_is_told(self) -> None:
        for code in ("use crate::*;", "use crate::{self as all, trust::A};", "use crate as all;"):
            self.assertIn("text/rules.rs takes the whole crate: name the modules", self.faults(code, "text --> trust"), code)
        self.assertEqual(self.faults("use super::*;"), [])

    def test_tests_and_comments_do_not_count(self) -> None:
        self.assertEqual(self.faults("//! use crate::policy::X;\n#[cfg(test)]\nmod tests {\n    use crate::policy::X;\n}\n"), [])
        self.assertIn("text may never use policy", self.faults("#[cfg(test)]\nmod tests {\n}\nuse crate::policy::X;\n"), "behind the tests it ships")


if __name__ == "__main__":
    unittest.main(verbosity=1)
