"""`vnode ps --watch` on a terminal: what it shows, and how it gives the terminal back."""

import fcntl
import os
import re
import struct
import termios
import unittest

from support.daemon_test_case import SLEEPING, DaemonTest
from support.terminal_shell import TerminalShell, take_terminal
from support.vnode_program import TIME_LIMIT, node
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


class Groups(DaemonTest):
    def test_a_group_opens_and_follows_its_runs(self):
        self.ok("queue", "pause", "default")
        frames = {"nodes": [node(1, "frame_range", text="${frames}")], "connections": [],
                  "metadata": {"parameters": {"frames": {"type": "text", "default": "1"}}}}
        group = self.ok("submit", self.write("w.json", frames), "--map", "frames=101-103").strip().encode()
        terminal = TerminalShell(self)
        terminal.until(b"ready> ")
        terminal.type(f"stty rows 10 cols 120; {os.environ['VNODE_BIN']} ps --watch\n".encode())
        terminal.until(group, b"3 pending")
        terminal.type(b"\r")
        terminal.until(group[1:], b"101", b"103", b"Esc: back")
        self.ok("queue", "resume", "default")
        terminal.until(b"3 completed")
        terminal.type(b"\r")
        terminal.until(b"frame_range")
        terminal.type(b"\x1b")
        terminal.until(b"Esc: back")
        terminal.type(b"\x1b")
        terminal.until(b"1 ended")
        terminal.type(b"q")
        terminal.until(b"\x1b[?1049l", b"ready> ")


class Keys(DaemonTest):
    """What keys do is tested with the model (watch_model_test.cpp): here that they, and the terminal, get there."""

    def setUp(self):
        super().setUp()
        self.running_run = self.running()
        self.ok("queue", "pause", "default")
        self.waiting = [self.submit(SLEEPING, "--description", f"shot {number}") for number in range(12)]
        self.terminal = TerminalShell(self)
        self.until = self.terminal.until
        self.type = self.terminal.type
        self.until(b"ready> ")
        self.type(f"stty rows 10 cols 80; {os.environ['VNODE_BIN']} ps --watch\n".encode())

    def test_they_scroll_open_and_cancel(self):
        first = self.until(b"\x1b[?1049h", b"1 running, 12 pending", b"1-7 of 13")
        self.assertIn(self.running_run.encode(), first)
        self.assertNotIn(self.waiting[-1].encode(), first)
        self.type(b"\x1b[F")
        self.until(self.waiting[-1].encode(), b"7-13 of 13")
        self.type(b"\x1b[H\r")
        self.until(b"delay_timer")
        self.type(b"\x1b")
        self.until(b"1-7 of 13")
        self.type(b"c")
        self.until(b"cancel " + self.running_run.encode() + b"? y/n")
        self.type(b"y")
        self.until(b"cancelled")
        self.type(b"/shot 7\r")
        self.until(b"1-1 of 1")
        self.type(b"q")
        self.until(b"\x1b[?1049l", b"ready> ")

    def test_a_terminal_of_another_size(self):
        self.until(b"1-7 of 13")
        set_size(self.terminal.master, 20, 40)
        self.until(b"1-13 of 13")
        set_size(self.terminal.master, 10, 20)
        self.until(b"1 run 12 wait")
        self.type(b"q")
        self.until(b"\x1b[?1049l", b"ready> ")


def set_size(terminal, rows, columns):
    """The system tells the program (SIGWINCH)."""
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


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
        for end in (b"kill %%\n", b"bg; kill %%\n"):
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
