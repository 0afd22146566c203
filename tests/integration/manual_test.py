"""Manual pages and --help: made from the table of commands, and right for the programs that show them."""

import os
import re
import shutil
import subprocess
import unittest

from support.vnode_program import ProgramTest


class Manual(ProgramTest):
    def setUp(self):
        super().setUp()
        self.assertEqual(self.vnode("man", "--pages", "man1").returncode, 0)
        self.pages = sorted(os.listdir(self.path("man1")))

    def commands(self):
        return re.findall(r"(?m)^  (\w+) ", self.vnode("--help").stdout)

    def test_every_command_has_a_page(self):
        self.assertEqual(self.pages, sorted(["vnode.1"] + [f"vnode-{name}.1" for name in self.commands()]))
        with open(self.path("man1/vnode-run.1"), encoding="ascii") as file:
            self.assertEqual(file.read(), self.vnode("man", "run").stdout)

    def test_mandoc_finds_nothing_wrong(self):
        if not shutil.which("mandoc"):
            self.skipTest("there is no mandoc here")
        result = subprocess.run(["mandoc", "-Tlint", "-Wwarning", *self.pages], cwd=self.path("man1"), capture_output=True,
                                text=True, check=False)
        self.assertEqual((result.returncode, result.stdout), (0, ""))

    def test_man_shows_them(self):
        if not shutil.which("man"):
            self.skipTest("there is no man here")
        result = subprocess.run(["man", "--warnings", "-l", "man1/vnode-run.1"], cwd=self.folder, capture_output=True,
                                text=True, check=False, env=self.environment(MANWIDTH="80", LC_ALL="C.UTF-8", MANPAGER="cat"))
        if "not found" in result.stderr or result.returncode == 127:
            self.skipTest("man cannot format pages here")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("vnode run [OPTION...] FILE", result.stdout)

    def test_an_unknown_page_comes_with_a_suggestion(self):
        result = self.vnode("man", "vlidate")
        self.assertEqual(result.returncode, 2)
        self.assertIn("did you mean 'validate'?", result.stderr)


if __name__ == "__main__":
    unittest.main()
