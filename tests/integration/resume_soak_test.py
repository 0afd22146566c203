"""The short form of scripts/resume_soak.py: runs that are killed, and resumed."""

import os
import subprocess
import sys
import unittest

from support.vnode_program import VNODE

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts", "resume_soak.py")


class Soak(unittest.TestCase):
    def test_short_form(self):
        result = subprocess.run([sys.executable, SCRIPT, "--short"], env=os.environ | {"VNODE_BIN": VNODE}, capture_output=True,
                                text=True, check=False)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)


if __name__ == "__main__":
    unittest.main()
