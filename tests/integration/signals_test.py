"""SIGINT and SIGTERM end a run in order, a second SIGINT at once."""

import json
import os
import select
import signal
import subprocess
import time
import unittest

from support.vnode_program import ProgramTest, chain, node, wire
from support.waiting import wait_until

SLEEPING = chain(node(1, "delay_timer", delay=600), node(2, "console_print"))


def busy():
    """A loop that never ends and hardly ever lets go."""
    return {
        "nodes": [node(1, "While Loop", condition=True, max_iterations=10**12), node(2, "console_print", data="x")],
        "connections": [wire((1, "each_iteration"), (2, "exec_in"), True)],
    }


class SignalTest(ProgramTest):
    def started(self, workflow, *options, **more):
        """A process that has begun to run the workflow's first node."""
        process = self.start("run", self.write("w.json", workflow), "--format", "ndjson", *options, **more)
        lines = []
        while not lines or json.loads(lines[-1])["type"] != "node_started":
            lines.append(process.stdout.readline())
        return process, lines

    def ended_by(self, workflow, *signals):
        process, lines = self.started(workflow)
        for number in signals:
            process.send_signal(number)
        rest, errors = process.communicate(timeout=60)
        self.assertEqual(errors, b"")
        return process.returncode, self.events((b"".join(lines) + rest).decode())


class Signals(SignalTest):
    def check(self, workflow, number, code):
        returncode, events = self.ended_by(workflow, number)
        self.assertEqual(returncode, code)
        self.assertEqual(events[-1]["exit_code"], code)
        self.assertEqual(events[-1]["status"], "cancelled")
        started = [e["node_id"] for e in events if e["type"] == "node_started"]
        finished = [e["node_id"] for e in events if e["type"] == "node_finished"]
        self.assertEqual(sorted(started), sorted(finished))

    def test_a_sleeping_run(self):
        self.check(SLEEPING, signal.SIGINT, 130)
        self.check(SLEEPING, signal.SIGTERM, 143)

    def test_a_busy_run(self):
        self.check(busy(), signal.SIGINT, 130)
        self.check(busy(), signal.SIGTERM, 143)

    def test_the_first_reason_counts(self):
        process, _ = self.started(SLEEPING)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 143)

    def test_a_second_sigint_ends_a_run_that_cannot_end(self):
        # Nobody reads the pipe: the end of the stream cannot be written.
        process, _ = self.started(busy())
        process.send_signal(signal.SIGINT)
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=0.05)
            except Exception:  # not yet
                continue
        self.assertEqual(process.returncode, 130)

    def test_sigint_is_heard_where_a_shell_ignores_it_for_background_jobs(self):
        process, _ = self.started(SLEEPING, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)

    def test_while_the_workflow_is_being_read(self):
        process = self.start("run", "-", stdin=-1)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
        self.assertIn(process.returncode, (130, -signal.SIGINT))

# Does not give way to a stop, as far as it can help it.
STUBBORN = """
import time
end = time.monotonic() + 60
while time.monotonic() < end:
    try:
        time.sleep(1)
    except BaseException:
        pass
"""
TALKING = "for i in range(300000):\n    print('line %d' % i)\nimport time\ntime.sleep(60)\n"


def script(code):
    return chain(node(1, "message_node", msg="x"), node(2, "python_script", python_code=code))


class LastLine(SignalTest):
    """There is one, always, and it says the exit code."""

    def test_a_second_sigint_writes_it(self):
        process, lines = self.started(script(STUBBORN), "--grace", "60s", "--events", self.path("e"))
        while json.loads(lines[-1])["node_type" if "node_type" in json.loads(lines[-1]) else "type"] != "python_script":
            lines.append(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)  # no second SIGINT
        with self.assertRaises(subprocess.TimeoutExpired):
            process.wait(timeout=0.3)
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 130)
        with open(self.path("e"), encoding="utf-8") as file:
            filed = self.events(file.read())
        for events in (self.events((b"".join(lines) + rest).decode()), filed):
            self.assertEqual((events[-1]["status"], events[-1]["exit_code"]), ("cancelled", 130))

    def test_signals_that_come_after_it_change_nothing(self):
        workflow = self.write("w.json", chain(node(1, "message_node", msg="x"), node(2, "console_print")))
        with_python = self.write("p.json", script("x = 1"))
        for file in [workflow] * 15 + [with_python] * 10:
            process = self.start("run", file, "--format", "ndjson")
            line = b""
            while b'"execution_finished"' not in line:
                line = process.stdout.readline()
            while process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.send_signal(signal.SIGTERM)
            self.assertEqual(process.returncode, json.loads(line)["exit_code"], line)

    def test_signals_at_any_time_give_the_code_that_it_says(self):
        workflow = self.write("w.json", chain(node(1, "message_node", msg="x"), node(2, "console_print")))
        for pause in range(20):
            process = self.start("run", workflow, "--format", "ndjson")
            process.stdout.readline()
            time.sleep(pause / 20000)
            for _ in range(2):
                process.send_signal(signal.SIGINT)
            rest, _ = process.communicate(timeout=20)
            last = json.loads(rest.decode().splitlines()[-1])
            self.assertEqual((last["type"], last["exit_code"]), ("execution_finished", process.returncode))


def is_full(pipe):
    """Asked through a writing end of the same pipe."""
    writer = os.open("/proc/self/fd/%d" % pipe.fileno(), os.O_WRONLY | os.O_NONBLOCK)
    try:
        return not select.select([], [writer], [], 0)[1]
    finally:
        os.close(writer)


class StalledReader(ProgramTest):
    """Nobody reads standard output: the run ends all the same, when it is told to."""

    GRACE = 1.0

    def run_stalled(self, *options, stop=None):
        """Seconds from the stop to the end, and the exit code."""
        workflow = self.write("w.json", script(TALKING))
        process = self.start("run", workflow, "--format", "ndjson", "--grace", "1s", *options)
        if stop:
            wait_until(lambda: is_full(process.stdout), "a pipe that nobody reads being full")
            process.send_signal(stop)
        begin = time.monotonic()
        process.wait(timeout=60)
        return time.monotonic() - begin, process.returncode

    def check(self, seconds, limit):
        self.assertLess(seconds, limit + 3)  # the machine may be slow

    def test_a_signal_ends_the_run(self):
        for number, code in ((signal.SIGTERM, 143), (signal.SIGINT, 130)):
            seconds, returncode = self.run_stalled(stop=number)
            self.assertEqual(returncode, code)
            self.check(seconds, self.GRACE + 2)

    def test_a_timeout_ends_it_and_a_file_stays_whole(self):
        seconds, returncode = self.run_stalled("--timeout", "2s", "--events", self.path("e"))
        self.assertEqual(returncode, 124)
        self.check(seconds, 2 + self.GRACE + 2)
        with open(self.path("e"), encoding="utf-8") as file:
            events = self.events(file.read())
        self.assertEqual(events[-1]["status"], "timeout")


if __name__ == "__main__":
    unittest.main()
