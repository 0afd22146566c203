"""`vnode ps --watch` on a terminal: what it shows, and how it gives the terminal back."""

import os
import re
import select
import subprocess
import unittest

from support.daemon_test_case import SLEEPING, DaemonTest
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
        self.master, slave = os.openpty()
        self.addCleanup(os.close, self.master)
        self.shell = subprocess.Popen(["bash", "--norc", "--noprofile", "-i"], stdin=slave, stdout=slave, stderr=slave,
                                      env=self.environment(TERM="xterm", PS1="ready> "), start_new_session=True,
                                      preexec_fn=take_terminal)
        self.addCleanup(self.shell.wait)
        self.addCleanup(self.shell.kill)
        os.close(slave)

    def until(self, *parts):
        """What is shown until all of that has come, in this order."""
        output = b""
        while True:
            at = 0
            for part in parts:
                at = output.find(part, at) + len(part) if part in output[at:] else -1
                if at < 0:
                    break
            else:
                return output
            readable, _, _ = select.select([self.master], [], [], TIME_LIMIT)
            self.assertTrue(readable, (parts, output))
            output += os.read(self.master, 65536)

    def test_ctrl_z_gives_the_terminal_back(self):
        self.until(b"ready> ")
        os.write(self.master, f"{os.environ['VNODE_BIN']} ps --watch\n".encode())
        self.until(b"\x1b[?1049h", b"q: quit")
        os.write(self.master, b"\x1a")
        self.until(b"\x1b[?1049l", b"Stopped", b"ready> ")
        os.write(self.master, b"stty -a | grep -o '[-]*icanon'; echo\n")
        self.assertNotIn(b"-icanon", self.until(b"icanon\r\n"))
        os.write(self.master, b"fg\n")
        self.until(b"\x1b[?1049h", b"q: quit")
        os.write(self.master, b"q")
        self.until(b"\x1b[?1049l", b"ready> ")
        os.write(self.master, b"echo code=$?\n")
        self.until(b"code=0")

    def test_a_stopped_one_can_be_ended(self):
        self.until(b"ready> ")
        for end in (b"kill %1\n", b"bg; kill %1\n"):
            os.write(self.master, f"{os.environ['VNODE_BIN']} ps --watch\n".encode())
            self.until(b"\x1b[?1049h", b"q: quit")
            os.write(self.master, b"\x1a")
            self.until(b"\x1b[?1049l", b"Stopped", b"ready> ")
            os.write(self.master, b"echo pid=$(jobs -p)=\n")
            pid = int(re.search(rb"pid=(\d+)=", self.until(b"=\r\n", b"ready> ")).group(1))
            os.write(self.master, end)
            wait_until(lambda: not is_alive(pid), "the end of the stopped program")
            os.write(self.master, b"wait; echo ended=$?\n")
            self.until(b"ended=0", b"ready> ")


def take_terminal():
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


if __name__ == "__main__":
    unittest.main()
