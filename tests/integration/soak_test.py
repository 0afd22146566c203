"""The short form of scripts/soak.py: kills at random moments under load. Fewer where everything takes several times as long."""
import os
import pathlib
import subprocess
import sys
import unittest

SOAK = pathlib.Path(__file__).parents[2] / "scripts" / "soak.py"


class Soak(unittest.TestCase):
    def test_kills(self):
        rounds = 8 if "ASAN_OPTIONS" in os.environ else 20
        done = subprocess.run([sys.executable, SOAK, "--rounds", str(rounds)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(0, done.returncode, done.stdout.decode() + done.stderr.decode())
        self.assertIn(b"ok: %d kills" % rounds, done.stdout)


if __name__ == "__main__":
    unittest.main()
