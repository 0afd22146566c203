"""Client commands whose output is not read: a signal ends them, in time."""

import signal
import subprocess
import time
import unittest

from support.daemon_test_case import DaemonTest
from support.stalled_pipe import StalledPipe
from support.vnode_program import TIME_LIMIT, chain, node, wire

# Seconds; a busy machine may take some on top.
LIMIT = 2 + 5
STOPS = ((signal.SIGTERM, 143), (signal.SIGINT, 130))


def talking():
    """Logs many errors, then goes on."""
    nodes = [node(1, "While Loop", condition=True, max_iterations=200), node(2, "For Each", collection=5),
             node(3, "delay_timer", delay=600), node(4, "message_node", msg="x" * 100_000)]
    wires = [wire((1, "each_iteration"), (2, "exec_in"), True), wire((1, "exec_on_finished"), (3, "exec_in"), True)]
    return {"nodes": nodes, "connections": wires}


class Stalled(DaemonTest):
    def check(self, *arguments, stream="stdout", dies=False):
        """`dies`: by the signal, which nothing has taken."""
        for number, code in STOPS:
            pipe = StalledPipe()
            self.addCleanup(pipe.close)
            streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL} | {stream: pipe.writer}
            process = self.start(*arguments, **streams)
            pipe.wait_until_full()
            process.send_signal(number)
            begin = time.monotonic()
            self.assertEqual(process.wait(timeout=TIME_LIMIT), -number if dies else code, arguments)
            self.assertLess(time.monotonic() - begin, LIMIT, arguments)

    def test_events(self):
        run = self.submit(talking())
        self.check("events", run, "--follow")
        self.ok("cancel", run)
        self.vnode("wait", run)
        self.check("events", run)

    def test_following_a_submission(self):
        file = self.write("w.json", talking())
        for view, stream in (("ndjson", "stdout"), ("pretty", "stdout"), ("quiet", "stderr")):
            self.check("submit", file, "--follow", "--format", view, stream=stream)
            self.ok("cancel", "--all")  # room for the next ones in the queue

    def test_watching(self):
        self.ok("queue", "pause", "default")
        for _ in range(12):
            self.submit(talking())
        self.check("ps", "--watch", "-o", "json")

    def test_waiting(self):
        runs = [self.submit(talking()) for _ in range(12)]
        self.ok("cancel", *runs)
        self.check("wait", *runs, "-o", "json")

    def test_commands_that_only_print(self):
        run = self.submit(chain(node(1, "message_node", msg="x" * 100_000), node(2, "console_print")))
        self.ok("wait", run)
        self.check("show", run, "--results", dies=True)
        self.check("result", run, "message_node.out", dies=True)


if __name__ == "__main__":
    unittest.main()
