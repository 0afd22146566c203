"""`vnode run` whose output is not read: a stop ends it, in time, and with a code that does not claim more than was written."""

import json
import os
import signal
import subprocess
import time
import unittest

from support.stalled_pipe import StalledPipe
from support.vnode_program import TIME_LIMIT, ProgramTest, chain, node, uuid, wire
from support.waiting import wait_until

GRACE = 1
# What a busy machine may take on top: it is a hang that must not pass.
SLACK = 5
STOPS = ((signal.SIGTERM, 143), (signal.SIGINT, 130))
LARGE = chain(node(1, "message_node", msg="x" * 1_000_000), node(2, "console_print"))


def grumbling(rounds):
    """Logs so many errors."""
    nodes = [node(1, "While Loop", condition=True, max_iterations=rounds), node(2, "For Each", collection=5)]
    return {"nodes": nodes, "connections": [wire((1, "each_iteration"), (2, "exec_in"), True)]}


STUBBORN = """
import time
end = time.monotonic() + 60
while time.monotonic() < end:
    try:
        time.sleep(1)
    except BaseException:
        pass
"""


class StalledTest(ProgramTest):
    def start_stalled(self, workflow, *options, stream="stdout"):
        pipe = StalledPipe()
        self.addCleanup(pipe.close)
        file = self.write("w.json", workflow)
        streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL} | {stream: pipe.writer}
        self.stream = self.path("e%d" % pipe.reader)
        process = self.start("run", file, "--grace", "%ds" % GRACE, "--events", self.stream, *options, **streams)
        return process, pipe

    def last_event(self):
        """Once the run has ended."""
        def last():
            with open(self.stream, "rb") as file:
                line = file.read().rpartition(b"\n")[0].rpartition(b"\n")[2]
            return json.loads(line) if b'"execution_finished"' in line else None

        wait_until(lambda: os.path.exists(self.stream), "the event file")
        return wait_until(last, "the end of the run")

    def check_end(self, process, code, seconds):
        begin = time.monotonic()
        self.assertEqual(process.wait(timeout=TIME_LIMIT), code)
        self.assertLess(time.monotonic() - begin, seconds + SLACK)


class Results(StalledTest):
    def started(self, *options):
        """Is stuck in writing a result."""
        process, pipe = self.start_stalled(LARGE, "--output", uuid(1) + ".out", *options)
        self.assertEqual(self.last_event()["exit_code"], 0)
        pipe.wait_until_full()
        return process, pipe

    def test_a_signal_ends_it_with_its_code(self):
        for number, code in STOPS:
            process, pipe = self.started()
            process.send_signal(number)
            self.check_end(process, code, GRACE + 2)
            self.assertLess(len(pipe.rest()), 1_000_000)

    def test_a_timeout_ends_it_with_its_code(self):
        process, pipe = self.started("--timeout", "2s")
        self.check_end(process, 124, 2 + GRACE + 2)
        self.assertLess(len(pipe.rest()), 1_000_000)

    def test_a_second_interrupt_ends_it_with_its_code(self):
        process, _ = self.started("--timeout", "10m")
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            time.sleep(0.01)
        self.assertEqual(process.returncode, 130)

    def test_a_reader_that_reads_slowly_does_not_hold_it_up_either(self):
        process, pipe = self.started()
        process.send_signal(signal.SIGTERM)
        begin = time.monotonic()
        while process.poll() is None and time.monotonic() - begin < TIME_LIMIT:
            os.read(pipe.reader, 512)
            time.sleep(0.05)
        self.assertEqual(process.returncode, 143)
        self.assertLess(time.monotonic() - begin, GRACE + 2 + SLACK)

    def test_a_reader_that_is_late_gets_all_of_it(self):
        process, pipe = self.started()
        self.assertEqual(pipe.rest().strip(), b'"' + b"x" * 1_000_000 + b'"')
        self.assertEqual(process.wait(timeout=TIME_LIMIT), 0)

    def test_a_reader_that_goes_away_is_no_failure(self):
        process, pipe = self.started()
        reader, pipe.reader = pipe.reader, os.open(os.devnull, os.O_RDONLY)
        os.close(reader)
        self.assertEqual(process.wait(timeout=TIME_LIMIT), 0)


class Views(StalledTest):
    def check(self, view, stream, rounds):
        for number, code in STOPS:
            process, pipe = self.start_stalled(grumbling(rounds), "--format", view, stream=stream)
            pipe.wait_until_full()
            if rounds < 10**9:
                self.assertEqual(self.last_event()["exit_code"], 1)
            process.send_signal(number)
            self.check_end(process, code, GRACE + 2)

    def test_quiet_while_the_run_goes_on(self):
        self.check("quiet", "stderr", 10**12)

    def test_quiet_behind_its_end(self):
        self.check("quiet", "stderr", 1000)

    def test_pretty_while_the_run_goes_on(self):
        self.check("pretty", "stdout", 10**12)

    def test_pretty_behind_its_end(self):
        self.check("pretty", "stdout", 1000)


class SecondInterrupt(StalledTest):
    """Views say that it has ended the run."""

    def text(self, view, stream):
        workflow = chain(node(1, "message_node", msg="x"), node(2, "python_script", python_code=STUBBORN))
        process = self.start("run", self.write("w.json", workflow), "--grace", "60s", "--format", view, "--events",
                             self.path("e"))

        def has_begun():
            with open(self.path("e"), encoding="utf-8") as file:
                return any('"node_started"' in line and '"python_script"' in line for line in file)

        wait_until(lambda: os.path.exists(self.path("e")) and has_begun(), "the script runs")
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            time.sleep(0.01)
        self.assertEqual(process.returncode, 130)
        return getattr(process, stream).read().decode()

    def test_pretty(self):
        self.assertRegex(self.text("pretty", "stdout"),
                         r"\ncancelled: a second interrupt ended the run at once, [0-9.]+m?s\n\Z")

    def test_quiet(self):
        self.assertEqual(self.text("quiet", "stderr"), "vnode: error: a second interrupt ended the run at once\n")


if __name__ == "__main__":
    unittest.main()
