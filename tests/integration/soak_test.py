"""The short form of scripts/soak.py: 20 kills at random moments under load."""
import pathlib
import subprocess
import sys
import unittest

SOAK = pathlib.Path(__file__).parents[2] / "scripts" / "soak.py"


class Soak(unittest.TestCase):
    def test_twenty_kills(self):
        done = subprocess.run([sys.executable, SOAK, "--rounds", "20"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(0, done.returncode, done.stdout.decode() + done.stderr.decode())
        self.assertIn(b"ok: 20 kills", done.stdout)


if __name__ == "__main__":
    unittest.main()
