"""The checks of the tree find what they are there to find."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "scripts"


class TreeTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def write(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def check(self, script):
        """(exit status, what it printed)"""
        result = subprocess.run([sys.executable, SCRIPTS / script, self.root], capture_output=True, encoding="utf-8")
        return result.returncode, result.stdout


class CheckLayersTest(TreeTest):
    def violations(self):
        # The exemptions of the real tree name files that are not in this one.
        return [line for line in self.check("check_layers.py")[1].splitlines()[:-1] if "on a list" not in line]

    def test_accepts_what_the_table_allows(self):
        self.write("lib/engine/a.h", '#include "base/error.h"\n#include "engine/b.h"\n#include <vector>\n')
        self.write("apps/vnode/a.h", '#include "engine/a.h"\n#include <yaml-cpp/yaml.h>\n')
        self.write("apps/vnode/options/command_parser.cpp", '#include <CLI/App.hpp>\n#include "apps/vnode/terminal/a.h"\n')
        self.write("apps/vnode/CMakeLists.txt", "add_library(vnode_app STATIC options/command_parser.cpp)\n")
        self.assertEqual(self.violations(), [])

    def test_finds_an_include_against_the_direction(self):
        self.write("lib/model/a.h", '#include <string>\n#include "engine/run.h"\n')
        self.assertEqual(self.violations(), ["lib/model/a.h:2: model may not include engine (engine/run.h)"])

    def test_finds_an_include_against_the_direction_inside_a_folder(self):
        self.write("apps/vnode/terminal/a.h", '#include "apps/vnode/commands/b.h"\n')
        self.write("lib/python/values/a.h", '#include "python/python_host.h"\n')
        self.write("lib/python/other/a.h", '#include "python/values/a.h"\n')
        self.assertEqual(
            self.violations(),
            [
                "lib/python/other/a.h:1: lib/python: wing other is not in the table of wings",
                "lib/python/values/a.h:1: lib/python/values may not include python/python_host.h",
                "apps/vnode/terminal/a.h:1: apps/vnode/terminal may not include apps/vnode/commands/b.h",
            ],
        )

    def test_finds_a_library_outside_of_its_folder(self):
        self.write("lib/engine/a.h", "#include <asio/post.hpp>\n")
        self.assertEqual(self.violations(), ["lib/engine/a.h:1: asio/post.hpp is for async"])

    def test_finds_a_library_outside_of_its_file(self):
        self.write("apps/vnode/a.h", "#include <CLI/App.hpp>\n")
        self.assertEqual(self.violations(), ["apps/vnode/a.h:1: CLI/App.hpp is for apps/vnode/options/command_parser.cpp"])

    def test_finds_a_folder_without_a_rule(self):
        self.write("lib/other/a.h", "")
        self.assertIn("folder other is not in the include table", self.violations()[0])

    def test_finds_a_source_that_is_not_built(self):
        self.write("tests/unit/model/CMakeLists.txt", "vnode_test(model_test\n  a_test.cpp\n)\n")
        self.write("tests/unit/model/a_test.cpp", "")
        self.write("tests/unit/model/data_test.cpp", "")
        self.assertEqual(self.violations(), ["tests/unit/model/data_test.cpp: in no CMakeLists.txt"])

    def test_understands_a_loop_over_names(self):
        self.write("tests/fuzz/CMakeLists.txt", "foreach(name json_fuzz)\n  add_executable(${name} ${name}.cpp)\nendforeach()\n")
        self.write("tests/fuzz/json_fuzz.cpp", "")
        self.write("tests/fuzz/other_fuzz.cpp", "")
        self.assertEqual(self.violations(), ["tests/fuzz/other_fuzz.cpp: in no CMakeLists.txt"])

    def test_finds_a_source_without_a_test(self):
        self.write("lib/model/CMakeLists.txt", "vnode_folder(model a.cpp)\n")
        self.write("lib/model/a.cpp", "")
        self.assertEqual(self.violations(), ["lib/model/a.cpp: no tests/unit/model/a_test.cpp, and no reason why not"])

    def test_finds_a_long_file(self):
        self.write("lib/model/a.h", "\n" * 501)
        self.write("tests/a.h", "\n" * 501)
        self.assertEqual(self.violations(), ["lib/model/a.h: 501 lines, the limit is 500"])


class CheckRulesTest(TreeTest):
    def check_rules(self, rules):
        self.write("lib/engine/rules.md", rules)
        self.write("tests/a_test.cpp", "TEST(Suite, Name) {}\nTEST_F(Fixture,\n       Other) {}\n")
        self.write("tests/program_test.py", "class A:\n    def test_it(self):\n        pass\n")
        self.write("tests/golden/hello.ndjson", "")
        return self.check("check_rules.py")

    def test_accepts_every_kind_of_test(self):
        status, _ = self.check_rules("**1.** A.\nTests: Suite.Name,\nFixture.Other\n\n**2.** B.\nTests: golden:hello, program_test.py::test_it\n")
        self.assertEqual(status, 0)

    def test_accepts_a_reason_for_no_test(self):
        self.assertEqual(self.check_rules("**1.** A.\nTests: none yet (no such part, so far)\n")[0], 0)

    def test_finds_a_test_that_does_not_exist(self):
        status, printed = self.check_rules("**1.** A.\nTests: Suite.Nam\n")
        self.assertEqual(status, 1)
        self.assertIn("rule 1: there is no test Suite.Nam", printed)

    def test_finds_a_rule_without_tests(self):
        status, printed = self.check_rules("**1.** A.\n\n**2.** B.\nTests: Suite.Name\n")
        self.assertEqual(status, 1)
        self.assertIn("rule 1 names no test", printed)

    def test_finds_a_gap_in_the_numbers(self):
        status, printed = self.check_rules("**1.** A.\nTests: Suite.Name\n**3.** B.\nTests: Suite.Name\n")
        self.assertEqual(status, 1)
        self.assertIn("not numbered 1 to 2", printed)


if __name__ == "__main__":
    unittest.main()
