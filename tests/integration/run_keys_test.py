"""`vnode run` on a terminal: keys, and how it gives the terminal back."""

import os
import unittest

from support.daemon_test_case import SLEEPING
from support.terminal_shell import TerminalShell
from support.vnode_program import ProgramTest


class RunKeys(ProgramTest):
    def setUp(self):
        super().setUp()
        self.terminal = TerminalShell(self)
        self.until = self.terminal.until
        self.type = self.terminal.type
        self.until(b"ready> ")
        self.type(f"{os.environ['VNODE_BIN']} run {self.write('w.json', SLEEPING)}\n".encode())
        self.until(b"1 running", b"?: keys")

    def has_given_back(self, code):
        self.type(b"echo code=$?\n")
        self.until(b"code=%d\r\n" % code)
        self.type(b"stty -a | grep -o '[-]*icanon'; echo\n")
        self.assertNotIn(b"-icanon", self.until(b"icanon\r\n"))

    def test_they_show_the_run_and_end_it(self):
        self.type(b"\r")
        self.until(b"\x1b[?1049h", b"NODE", b"delay_timer")
        self.type(b"l")
        self.until(b"started")
        self.type(b"c")
        self.until(b"end the run? y/n")
        self.type(b"y")
        self.until(b"\x1b[?1049l", b"cancelled", b"ready> ")
        self.has_given_back(130)

    def test_ctrl_z_gives_the_terminal_back(self):
        self.type(b"\r")
        self.until(b"\x1b[?1049h", b"delay_timer")
        self.type(b"\x1a")
        self.until(b"\x1b[?1049l", b"Stopped", b"ready> ")
        self.type(b"fg\n")
        self.until(b"unpaused", b"?: keys")
        self.type(b"q")
        self.until(b"\x1b[?1049h", b"end the run? y/n")
        self.type(b"y")
        self.until(b"\x1b[?1049l", b"cancelled", b"ready> ")
        self.has_given_back(130)

    def test_ctrl_c_ends_it(self):
        self.type(b"l")
        self.until(b"\x1b[?1049h", b"started")
        self.type(b"\x03")
        self.until(b"\x1b[?1049l", b"cancelled", b"ready> ")
        self.has_given_back(130)


if __name__ == "__main__":
    unittest.main()
