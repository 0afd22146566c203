"""`vnode ps --watch` on a terminal: what it shows, and how it gives the terminal back."""

import os
import re
import unittest

from support.daemon_test_case import SLEEPING, DaemonTest
from support.terminal_shell import TerminalShell, take_terminal
from support.vnode_program import TIME_LIMIT
from support.waiting import is_alive, wait_until


class Terminal(DaemonTest):
    def test_watching(self):
        master, slave = os.openpty()
        self.addCleanup(os.close, master)
        run = self.submit(SLEEPING)
        process = self.start("ps", "--watch", stdin=slave, stdout=slave, env=self.environment(TERM="xterm"),
                             start_new_session=True, preexec_fn=take_terminal)
        os.close(slave)
        output = b""
        while run.encode() not in output or b"running" not in output:
            output += os.read(master, 65536)
        os.write(master, b"q")
        try:
            while chunk := os.read(master, 65536):
                output += chunk
        except OSError:  # the other end is closed
            pass
        self.assertEqual(process.wait(timeout=TIME_LIMIT), 0)
        self.assertTrue(output.startswith(b"\x1b[?1049h"))
        screen, last = output.split(b"\x1b[?1049l")
        self.assertIn(b"q: quit", screen)
        self.assertIn(run.encode(), last)
        self.ok("cancel", run)


class JobControl(DaemonTest):
    def setUp(self):
        super().setUp()
        self.terminal = TerminalShell(self)
        self.until = self.terminal.until

    def test_ctrl_z_gives_the_terminal_back(self):
        self.until(b"ready> ")
        self.terminal.type(f"{os.environ['VNODE_BIN']} ps --watch\n".encode())
        self.until(b"\x1b[?1049h", b"q: quit")
        self.terminal.type(b"\x1a")
        self.until(b"\x1b[?1049l", b"Stopped", b"ready> ")
        self.terminal.type(b"stty -a | grep -o '[-]*icanon'; echo\n")
        self.assertNotIn(b"-icanon", self.until(b"icanon\r\n"))
        self.terminal.type(b"fg\n")
        self.until(b"\x1b[?1049h", b"q: quit")
        self.terminal.type(b"q")
        self.until(b"\x1b[?1049l", b"ready> ")
        self.terminal.type(b"echo code=$?\n")
        self.until(b"code=0")

    def test_a_stopped_one_can_be_ended(self):
        self.until(b"ready> ")
        for end in (b"kill %1\n", b"bg; kill %1\n"):
            self.terminal.type(f"{os.environ['VNODE_BIN']} ps --watch\n".encode())
            self.until(b"\x1b[?1049h", b"q: quit")
            self.terminal.type(b"\x1a")
            self.until(b"\x1b[?1049l", b"Stopped", b"ready> ")
            self.terminal.type(b"echo pid=$(jobs -p)=\n")
            pid = int(re.search(rb"pid=(\d+)=", self.until(b"=\r\n", b"ready> ")).group(1))
            self.terminal.type(end)
            wait_until(lambda: not is_alive(pid), "the end of the stopped program")
            self.terminal.type(b"wait; echo ended=$?\n")
            self.until(b"ended=0", b"ready> ")


if __name__ == "__main__":
    unittest.main()
