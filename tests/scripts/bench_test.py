"""The benchmarks refuse what they do not know, and two files of instruction counts are compared as they should be."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

BENCH = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "bench"
MACHINE = {"vnode": "1.0.0", "build": "Release", "compiler": "GNU 12.2.0", "system": "Debian 12", "libc": "glibc 2.36",
           "cpu": "x86_64", "valgrind": "valgrind-3.19.0"}


class ScriptTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def call(self, script, *words, **environment):
        return subprocess.run([sys.executable, BENCH / script, *words], capture_output=True, encoding="utf-8",
                              env=dict(os.environ, **environment))


class CompareInstructionsTest(ScriptTest):
    def figures(self, name, works, **machine):
        path = self.root / name
        path.write_text(json.dumps({**MACHINE, **machine, "works": works}), encoding="utf-8")
        return path

    def compare(self, old, new, *options):
        return self.call("compare_instructions.py", self.figures("old", old), self.figures("new", new), *options)

    def test_accepts_the_same_counts(self):
        result = self.compare({"start": 5400000}, {"start": 5400000})
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(result.stdout.splitlines(),
                         ["| work | old | new | ratio |", "|---|---|---|---|", "| start | 5,400,000 | 5,400,000 | 1.000 |"])

    def test_accepts_growth_within_the_limit_and_any_fall(self):
        self.assertEqual(self.compare({"start": 1000, "loop": 1000}, {"start": 1030, "loop": 10}).returncode, 0)

    def test_finds_growth_beyond_the_limit(self):
        result = self.compare({"start": 1000, "loop": 1000}, {"start": 1031, "loop": 1000})
        self.assertEqual(result.returncode, 1)
        self.assertIn("| start | 1,000 | 1,031 | 1.031 **more than 3 %** |", result.stdout)
        self.assertIn("| loop | 1,000 | 1,000 | 1.000 |", result.stdout)

    def test_takes_another_limit(self):
        self.assertEqual(self.compare({"start": 1000}, {"start": 1040}, "--limit", "5").returncode, 0)
        self.assertEqual(self.compare({"start": 1000}, {"start": 1006}, "--limit", "0.5").returncode, 1)

    def test_names_works_of_one_file_only(self):
        result = self.compare({"start": 1000, "gone": 2000}, {"start": 1000, "added": 3000})
        self.assertEqual(result.returncode, 0)
        self.assertIn("| gone | 2,000 |  | only in OLD |", result.stdout)
        self.assertIn("| added |  | 3,000 | only in NEW |", result.stdout)

    def test_warns_of_another_machine(self):
        old = self.figures("old", {"start": 1000})
        new = self.figures("new", {"start": 1000}, cpu="aarch64", compiler="GNU 13.1.0", vnode="1.1.0")
        result = self.call("compare_instructions.py", old, new)
        self.assertEqual(result.returncode, 0)
        self.assertEqual(len(result.stderr.splitlines()), 2)
        self.assertIn("another compiler", result.stderr)
        self.assertIn("GNU 12.2.0; GNU 13.1.0", result.stderr)
        self.assertIn("another cpu", result.stderr)

    def test_refuses_what_is_not_a_file_of_figures(self):
        good = self.figures("good", {"start": 1000})
        for text in ("", "[]", "{}", '{"works": [1]}', '{"works": {"start": "many"}}', '{"works": {"start": 0}}'):
            bad = self.root / "bad"
            bad.write_text(text)
            result = self.call("compare_instructions.py", good, bad)
            self.assertEqual(result.returncode, 2, text)
            self.assertIn("not a file of figures", result.stderr)
        self.assertEqual(self.call("compare_instructions.py", self.root / "missing", good).returncode, 2)

    def test_the_kept_figures_can_be_compared(self):
        kept = BENCH / "instructions.json"
        result = self.call("compare_instructions.py", kept, kept)
        self.assertEqual((result.returncode, result.stderr), (0, ""))


class BenchTest(ScriptTest):
    def test_refuses_unknown_rows(self):
        for script in ("bench.py", "daemon_bench.py", "build_bench.py"):
            result = self.call(script, "start", "strat")
            self.assertEqual((result.returncode, result.stdout), (2, ""))
            self.assertIn("no such row: ", result.stderr)
            self.assertIn("strat", result.stderr)

    def test_refuses_rows_with_instructions(self):
        self.assertEqual(self.call("bench.py", "--instructions", "start").returncode, 2)
        self.assertEqual(self.call("bench.py", "--output", "figures").returncode, 2)

    def test_says_what_to_install_for_instructions(self):
        result = self.call("bench.py", "--instructions", PATH=str(self.root))
        self.assertEqual(result.returncode, 1)
        self.assertIn("apt-get install valgrind", result.stderr)

    def test_has_a_row_for_a_peer_that_is_not_installed(self):
        (self.root / "bin").mkdir()
        (self.root / "bin" / "vnode").symlink_to("/bin/true")
        result = self.call("bench.py", "--build", self.root, "peers", PATH=str(self.root))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("| not installed: apt-get install ninja-build |", result.stdout)
        self.assertIn("| not installed: apt-get install make |", result.stdout)


if __name__ == "__main__":
    unittest.main()
