"""What scripts/test.sh relies on: which tests a change touches, and how many passed, failed and were skipped."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "scripts"


def run(script, *arguments):
    return subprocess.run([sys.executable, SCRIPTS / script, *arguments], capture_output=True, encoding="utf-8")


class AffectedTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.write("tests/unit/model/value_test.cpp", '#include "model/value.h"\n')
        self.write("tests/unit/base/text_test.cpp", '#include "base/text.h"\n')
        self.write("tests/unit/graph/graph_test.cpp", '#include "support/builder.h"\n')
        self.write("tests/support/builder.h", "")
        self.write("tests/support/builder.cpp", '#include "graph/graph.h"\n')
        self.write("tests/unit/store/store_test.cpp", '#include "store/store.h"\n')
        self.git("init", "-q")
        self.git("add", "-A")
        self.git("-c", "user.name=T", "-c", "user.email=t@example.org", "commit", "-q", "-m", "begin")

    def write(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def git(self, *arguments):
        subprocess.run(["git", *arguments], cwd=self.root, check=True)

    def affected(self, *paths):
        """{"labels": ..., "targets": ..., "fuzz": ...} after a change of these files."""
        for path in paths:
            self.write(path, "changed\n")
        printed = run("affected.py", "HEAD", self.root)
        self.assertEqual((printed.returncode, printed.stderr), (0, ""))
        return dict(line.split(": ", 1) if ": " in line else (line.rstrip(":"), "") for line in printed.stdout.splitlines())

    def test_nothing_has_changed(self):
        self.assertEqual(self.affected(), {"labels": "", "targets": "", "fuzz": "no"})

    def test_a_folder_touches_its_users_and_the_program(self):
        self.assertEqual(self.affected("lib/model/value.cpp"),
                         {"labels": "golden|graph_test|integration|model_test|python_nodes|store_test|tree",
                          "targets": "graph_test model_test store_test vnode faulty_disk", "fuzz": "yes"})

    def test_what_only_the_daemon_has_touches_no_run_without_one(self):
        self.assertEqual(self.affected("lib/store/store.cpp"),
                         {"labels": "daemon|store_test|tree", "targets": "store_test vnode faulty_disk", "fuzz": "no"})

    def test_what_tests_include_counts_through_its_source(self):
        self.assertIn("graph_test", self.affected("lib/graph/graph.cpp")["labels"])
        self.assertNotIn("base_test", self.affected("lib/graph/graph.cpp")["labels"])

    def test_a_test_touches_itself(self):
        self.assertEqual(self.affected("tests/unit/base/text_test.cpp"),
                         {"labels": "base_test|tree", "targets": "base_test", "fuzz": "no"})
        self.assertEqual(self.affected("tests/integration/cli_test.py")["labels"], "base_test|cli_test|tree")

    def test_documents_need_no_build(self):
        self.assertEqual(self.affected("lib/engine/rules.md"), {"labels": "tree", "targets": "", "fuzz": "no"})

    def test_what_is_not_understood_touches_everything(self):
        for path in ("CMakeLists.txt", "lib/cmake/Other.cmake", "lib/new_folder/a.cpp", "surprise.txt"):
            with self.subTest(path):
                found = self.affected(path)
                self.assertEqual((found["labels"], found["targets"]), ("all", "all"))

    def test_an_unknown_commit_is_refused(self):
        printed = run("affected.py", "no-such-commit", self.root)
        self.assertEqual(printed.returncode, 2)
        self.assertIn("no-such-commit", printed.stderr)


class TotalsTest(unittest.TestCase):
    def totals(self, cases):
        with tempfile.NamedTemporaryFile("w", suffix=".xml") as file:
            file.write("<testsuite>%s</testsuite>" % cases)
            file.flush()
            return run("ctest_totals.py", file.name)

    def test_counts_skipped_tests_apart(self):
        printed = self.totals('<testcase name="a" status="run"/><testcase name="b" status="fail"><failure message=""/></testcase>'
                              '<testcase name="c" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/></testcase>')
        self.assertEqual(printed.stdout, "1 1 1\nskipped: c: SKIP_RETURN_CODE=77\n")

    def test_counts_what_a_script_skips_inside(self):
        printed = self.totals('<testcase name="a" status="run"><system-out>Ran 3 tests in 0.1s\n\nOK (skipped=2)\n</system-out></testcase>')
        self.assertEqual(printed.stdout, "1 0 2\nskipped: a (2 of its tests): inside the script\n")

    def test_no_test_is_an_error(self):
        self.assertEqual(self.totals("").returncode, 2)
        self.assertEqual(run("ctest_totals.py", "/nonexistent").returncode, 2)


if __name__ == "__main__":
    unittest.main()
