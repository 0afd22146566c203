"""Hosts that do not give way, or die while others wait in them: timeouts, signals, and vnode's own violent end."""

import signal
import time
import unittest

from python_runs import DEADLINE, HOSTILE, PythonRunTest, bare, hosts, is_alive, node, processes_of, then, wait_until

# Starts children in every way, says so, and blocks without ever giving way.
BLOCKER = """
import subprocess
import time


async def execute(self, inputs):
    children = [subprocess.Popen(["sleep", "600"], start_new_session=new) for new in (False, True)]
    children.append(subprocess.Popen(["sh", "-c", "trap '' TERM INT; while :; do sleep 1; done"]))
    await self.set_output("result", [child.pid for child in children])
    self.log_info("blocking")
    while True:
        time.sleep(1)
"""

ASYNC_WAITER = """
import asyncio


async def execute(self, inputs):
    self.log_info("waiting")
    await asyncio.sleep(600)
"""

KILLER = """
import os


async def execute(self, inputs):
    os._exit(7)
"""

# Dies when it goes on by itself, so that vnode cannot know who was executing.
# A thread of its own ends the process, while all nodes wait.
THREAD_KILLER = """
import asyncio, os, threading
async def execute(self, inputs):
    timer = threading.Timer(0.3, os._exit, (7,))
    timer.start()
    await asyncio.sleep(60)
"""
LATE_KILLER = """
import asyncio
import os


async def execute(self, inputs):
    await asyncio.sleep(0.05)
    os._exit(7)
"""


class Stops(PythonRunTest):
    definitions = HOSTILE
    # What code has to give way, and the most that the end may take on a slow machine.
    GRACE = ("--grace", "1s")

    def setUp(self):
        super().setUp()
        self.define(bare("blocker", BLOCKER), bare("waiter", ASYNC_WAITER))
        self.define(bare("killer", KILLER), bare("late_killer", LATE_KILLER), bare("thread_killer", THREAD_KILLER))

    def check_cancelled(self, outcome, code, status="cancelled"):
        self.assertEqual((outcome.code, outcome.events[-1]["exit_code"]), (code, code), outcome)
        self.assertEqual(outcome.events[-1]["status"], status)
        self.assertEqual(outcome.statuses(1), ["cancelled"], outcome)
        self.assertEqual(outcome.of(1, "node_error"), [], outcome)
        self.assertEqual(outcome.statuses(2), [], outcome)
        self.check_ends(outcome)

    def timed_out(self, name):
        outcome = self.run_nodes([node(1, name), node(2, "console_print")], then(1, 2), "--timeout", "1s", *self.GRACE)
        self.check_cancelled(outcome, 124, "timeout")

    def test_hostile_endless_loop(self):
        self.timed_out("hostile_endless_loop")

    def test_hostile_endless_loop_in_c(self):
        self.timed_out("hostile_endless_loop_in_c")

    def test_hostile_ignores_cancel(self):
        self.timed_out("hostile_ignores_cancel")

    def test_hostile_ignores_signals(self):
        self.timed_out("hostile_ignores_signals")

    def test_hostile_stop_self(self):
        self.timed_out("hostile_stop_self")

    def test_hostile_endless_load(self):
        nodes = [node(1, "hostile_endless_load"), node(2, "console_print")]
        outcome = self.run_nodes(nodes, then(1, 2), "--timeout", "1s", *self.GRACE)
        self.assertEqual((outcome.code, outcome.events[-1]["status"]), (124, "timeout"), outcome)
        self.assertEqual(len(outcome.events), 2, outcome)
        self.check_gone(outcome.run_id)

    def started(self, *nodes, message="blocking"):
        process = self.start_nodes(list(nodes), then(*range(1, len(nodes) + 1)), *self.GRACE)
        return process, self.read_until(process, lambda event: event.get("message") == message)

    def test_signals_end_a_blocking_node_with_its_children(self):
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            process, events = self.started(node(1, "blocker"), node(2, "console_print"))
            began = time.monotonic()
            process.send_signal(number)
            outcome = self.finish(process, events)
            # The grace period is one second.
            self.assertLess(time.monotonic() - began, DEADLINE / 2)
            self.check_cancelled(outcome, code)
            self.children_are_gone(outcome)

    def children_are_gone(self, outcome):
        for pid in outcome.pushes(1)[0]:
            wait_until(lambda pid=pid: not is_alive(pid), "child %d is gone" % pid)

    def test_a_waiting_node_ends_at_once(self):
        process, events = self.started(node(1, "waiter"), node(2, "console_print"), message="waiting")
        process.send_signal(signal.SIGTERM)
        self.check_cancelled(self.finish(process, events), 143)

    def test_a_killed_vnode_leaves_nothing_behind(self):
        for name, message in (("blocker", "blocking"), ("waiter", "waiting")):
            process, events = self.started(node(1, name), message=message)
            run_id = events[0]["run_id"]
            self.assertTrue(hosts())
            process.kill()
            process.wait()
            self.check_gone(run_id)

    def test_a_killed_vnode_leaves_no_children_of_nodes_behind(self):
        process, events = self.started(node(1, "blocker"))
        self.assertGreaterEqual(len(processes_of(events[0]["run_id"])), 3)
        children = events[-2]["output"]["result"]
        process.kill()
        process.wait()
        wait_until(lambda: not any(map(is_alive, children)), "the children are gone")

    def dying(self, name):
        """One chain waits in a host, another one's node then ends it by os._exit(7)."""
        nodes = [node(1, "waiter"), node(2, "console_print"), node(3, name), node(4, "console_print")]
        return self.fail_only(self.run_nodes(nodes, [*then(1, 2), *then(3, 4)]), 1, 3)

    def test_nodes_that_wait_in_a_dying_host_fail_with_it(self):
        outcome = self.dying("killer")
        self.assertIn("the Python process of this node ended with exit code 7", outcome.error(3))
        # It was nothing but waiting: the other one is named.
        for word in ("waiting", "exit code 7", "killer"):
            self.assertIn(word, outcome.error(1))

    def test_who_goes_on_after_a_wait_is_blamed(self):
        outcome = self.dying("late_killer")
        self.assertIn("the Python process of this node ended with exit code 7", outcome.error(3))
        self.assertIn("late_killer", outcome.error(1))

    def test_nobody_is_blamed_for_a_host_that_dies_on_its_own(self):
        outcome = self.dying("thread_killer")
        for number in (1, 3):
            self.assertIn("exit code 7", outcome.error(number))
            self.assertIn("with others", outcome.error(number))

    def test_two_runs_do_not_feel_each_other(self):
        blocked, events = self.started(node(1, "blocker"))
        other = self.run_nodes([node(1, "hostile_exit_in_thread"), node(2, "console_print")], then(1, 2))
        self.assertEqual(other.code, 0, other)
        self.assertIsNone(blocked.poll())
        blocked.send_signal(signal.SIGTERM)
        self.check_cancelled(self.finish(blocked, events), 143)


if __name__ == "__main__":
    unittest.main()
