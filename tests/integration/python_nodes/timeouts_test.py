"""Limits of time of Python nodes (engine rules 36 and 42): how code that takes too long is brought to its end, and what
becomes of other nodes in its process."""

import os
import pathlib
import unittest

from python_runs import PythonRunTest, bare, data, is_alive, node, then

# And in case that a node is not brought to its end.
GRACE = ("--grace", "400ms", "--timeout", "40s")
# For code that gives way by itself, however slow the machine is.
PATIENCE = ("--grace", "20s", "--timeout", "40s")

SLEEP = """
import asyncio

async def execute(self, inputs):
    try:
        await asyncio.sleep(inputs["data"] or 600)
    finally:
        self.log_info("cleared up")
    return {"result": "slept"}
"""
BLOCK = """
import time

async def execute(self, inputs):
    try:
        time.sleep(inputs["data"] or 600)
    finally:
        self.log_info("cleared up")
    return {"result": "slept"}
"""
SPIN = """
async def execute(self, inputs):
    while True:
        pass
"""
POLL = """
import time

async def execute(self, inputs):
    while not self.is_stopped():
        time.sleep(0.005)
    self.log_info("seen")
"""
# As a library does that has signals of its own. Only the first of all tries is so.
STUBBORN = """
import os, signal, time

async def execute(self, inputs):
    if not os.path.exists(inputs["data"]):
        open(inputs["data"], "w").close()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        time.sleep(600)
    return {"result": os.getpid()}
"""
DEAF = """
import asyncio

async def execute(self, inputs):
    while True:
        try:
            await asyncio.sleep(600)
        except asyncio.CancelledError:
            self.log_info("no")
"""
BUSY = """
import asyncio

async def execute(self, inputs):
    for _ in range(100):
        await asyncio.sleep(0.02)
"""
# Beside others: it has given way once before it is stubborn, and pushes what it is told to first.
WAIT = """
import asyncio, os

async def execute(self, inputs):
    mark, pushes = inputs["data"]
    if pushes:
        await self.set_output("result", "early")
    if not os.path.exists(mark):
        open(mark, "w").close()
        self.log_error("not yet")
        await asyncio.sleep(600)
    return {"result": "done"}
"""
LATE = """
import asyncio, os, signal, time

async def execute(self, inputs):
    while not os.path.exists(inputs["data"]):
        await asyncio.sleep(0.01)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    time.sleep(600)
"""
OBJECT = "async def execute(self, inputs):\n    return {'result': object()}\n"
USE = "async def execute(self, inputs):\n    return {'result': str(inputs['data'].x)}\n"
TALK = """
import os, subprocess, sys, time

async def execute(self, inputs):
    for i in range(10):
        time.sleep(0.1)
        if inputs["data"] == "print":
            print(i)
        elif inputs["data"] == "push":
            await self.set_output("result", i)
        elif inputs["data"] == "child":
            subprocess.run(["echo", "hello"])
"""
# Hands on what it gets, and waits for that.
FIRE = """
async def execute(self, inputs):
    await self.set_output("exec_out", True)
"""


class Timeouts(PythonRunTest):
    def setUp(self):
        super().setUp()
        codes = {"sleep": SLEEP, "block": BLOCK, "spin": SPIN, "poll": POLL, "stubborn": STUBBORN, "deaf": DEAF, "busy": BUSY,
                 "wait": WAIT, "late": LATE, "object": OBJECT, "use": USE, "talk": TALK, "fire": FIRE}
        self.define(*[bare(name, code) for name, code in codes.items()])
        self.define(bare("thread", BLOCK, blocking=True), bare("poll_thread", POLL, blocking=True), bare("pid", "import os\nasync def execute(self, inputs):\n"
                                                                      "    return {'result': os.getpid()}\n"))

    def run_limited(self, type_, limits, data_=None, *, more=(), wires=None):
        limited = node(1, type_, data=data_, __vnode__=limits)
        wires = wires if wires is not None else then(1, *[int(n["instance_id"][-12:]) for n in more])
        outcome = self.run_nodes([limited, *more], wires, *GRACE)
        self.check_ends(outcome)
        return outcome

    def restarts(self, outcome):
        return [e for e in outcome.events if e["type"] == "node_log" and "started again" in e["message"]]

    def time_out(self, type_, restarts, options=GRACE):
        """A node of that type, beside one that shows what became of the process."""
        outcome = self.run_nodes([node(1, type_, __vnode__={"timeout": "150ms"}), node(2, "pid")], [], *options)
        self.check_ends(outcome)
        self.assertEqual((outcome.code, outcome.statuses(1)), (1, ["timeout"]), outcome)
        self.assertEqual(outcome.of(1, "node_error")[0]["code"], "timeout", outcome)
        self.assertIn("timeout of 150ms", outcome.events[-1]["error"])
        self.assertEqual(outcome.statuses(2), ["success"], outcome)
        self.assertEqual(len(self.restarts(outcome)), restarts, outcome)
        return outcome

    def test_an_await_is_cancelled(self):
        self.assertEqual(self.time_out("sleep", 0, PATIENCE).logs(1), ["cleared up"])

    def test_code_that_blocks_is_interrupted(self):
        self.assertEqual(self.time_out("block", 0).logs(1), ["cleared up"])

    def test_code_that_never_gives_way_is_interrupted(self):
        self.time_out("spin", 0)

    def test_code_that_asks_is_told(self):
        for type_ in ("poll", "poll_thread"):
            self.assertEqual(self.time_out(type_, 0, PATIENCE).logs(1), ["seen"])

    def test_what_no_signal_ends_costs_its_process(self):
        outcome = self.run_limited("stubborn", {"timeout": "500ms", "retries": 1, "backoff": "1ms"}, self.path("mark"),
                                   more=[node(2, "pid")], wires=[data((1, "result"), (2, "data"))])
        self.assertEqual((outcome.code, outcome.statuses(1)), (0, ["retried", "success"]), outcome)
        self.assertEqual([e["try"] for e in outcome.of(1, "node_started")], [1, 2])
        self.assertEqual([(e["code"], e["handled"]) for e in outcome.of(1, "node_error")], [("timeout", True)])
        self.assertEqual(len(self.restarts(outcome)), 1, outcome)
        self.assertEqual(outcome.pushes(1)[-1], outcome.pushes(2)[-1], "both in the new process")

    def test_an_await_that_goes_on_all_the_same_costs_its_process(self):
        outcome = self.run_limited("deaf", {"timeout": "150ms"}, more=[node(2, "pid")], wires=[])
        self.assertEqual((outcome.statuses(1), outcome.statuses(2)), (["timeout"], ["success"]), outcome)
        self.assertEqual(outcome.logs(1), ["no"], outcome)

    def test_others_that_are_at_work_again_and_again_keep_nothing_alive(self):
        outcome = self.run_nodes([node(1, "deaf", __vnode__={"timeout": "150ms"}), node(2, "busy")], [], *GRACE)
        self.assertEqual((outcome.statuses(1), outcome.statuses(2)), (["timeout"], ["retried", "success"]), outcome)

    def test_a_blocking_node_costs_its_process_at_last(self):
        outcome = self.run_limited("thread", {"timeout": "150ms"}, more=[node(2, "pid")], wires=[])
        self.assertEqual((outcome.statuses(1), outcome.statuses(2)), (["timeout"], ["success"]), outcome)

    def test_what_it_has_started_ends_with_its_time(self):
        """Also what does not hear of it; nothing that an earlier node has started."""
        start = bare("start", "import subprocess\nasync def execute(self, inputs):\n"
                              "    return {'result': subprocess.Popen(inputs['data']).pid}\n")
        code = ("import asyncio\nasync def execute(self, inputs):\n"
                "    process = await asyncio.create_subprocess_exec('sh', '-c', 'echo try $VNODE_TRY; ' + inputs['data'][0])\n"
                "    with open(inputs['data'][1], 'a') as file:\n        file.write('%d\\n' % process.pid)\n"
                "    await process.wait()\n")
        self.define(start, bare("wait_for_it", code))
        for script in ("exec sleep 600", "trap '' TERM; echo up; while :; do sleep 0.05; done"):
            path = self.path("pids")
            nodes = [node(1, "start", data=["sleep", "600"]),
                     node(2, "wait_for_it", data=[script, path], __vnode__={"timeout": "300ms", "retries": 1, "backoff": "900ms"}),
                     node(3, "sleep", data=600)]
            run = self.start_nodes(nodes, [data((1, "result"), (3, "data"))], *GRACE)
            events = self.read_until(run, lambda e: e["type"] == "node_started" and e.get("try") == 2)
            server = next(e["output"]["result"] for e in events if e["type"] == "node_output")
            self.assertFalse(is_alive(int(pathlib.Path(path).read_text().split()[0])), "before the next try")
            self.assertTrue(is_alive(server))
            run.terminate()
            outcome = self.finish(run, events)
            self.assertIn("try 1", outcome.logs(2) + outcome.logs(1) + outcome.logs(3))  # whoever was at work last
            os.unlink(path)

    def beside(self, pushes, **settings):
        """A node that waits while one beside it is brought to its end with the process."""
        mark = self.path("mark")
        nodes = [node(1, "late", data=mark, __vnode__={"timeout": "300ms"}),
                 node(2, "wait", data=[mark, pushes], __vnode__=settings), node(3, "pid")]
        outcome = self.run_nodes(nodes, [data((2, "result"), (3, "data"))], *GRACE)
        self.check_ends(outcome)
        self.assertEqual(outcome.statuses(1), ["timeout"], outcome)
        return outcome

    def test_others_in_the_process_are_executed_again(self):
        outcome = self.beside(False)
        self.assertEqual(outcome.statuses(2), ["retried", "success"], outcome)
        self.assertEqual([e["try"] for e in outcome.of(2, "node_started")], [1, 1], "it is no try")
        self.assertEqual([(e["code"], e["handled"]) for e in outcome.of(2, "node_error")], [("host_ended", True)])
        self.assertEqual(outcome.pushes(2), ["done"])
        self.assertNotIn("error log", outcome.events[-1]["error"], "of what was cut off counts nothing")

    def test_others_that_have_pushed_fail(self):
        outcome = self.beside(True)
        self.assertEqual(outcome.statuses(2), ["failed"], outcome)
        self.assertEqual(outcome.of(2, "node_error")[0]["code"], "host_ended")
        self.assertEqual(outcome.statuses(3), ["skipped"])

    def test_others_that_have_pushed_and_may_do_so_again(self):
        outcome = self.beside(True, idempotent=True)
        self.assertEqual(outcome.statuses(2), ["retried", "success"], outcome)
        self.assertEqual(outcome.pushes(2), ["early", "early", "done"])

    def test_objects_are_lost_with_the_process(self):
        nodes = [node(1, "object"), node(2, "stubborn", data=self.path("mark"), __vnode__={"timeout": "150ms"}),
                 node(3, "use")]
        outcome = self.run_nodes(nodes, [data((1, "result"), (3, "data"))], *GRACE)
        self.assertEqual((outcome.statuses(2), outcome.statuses(3)), (["timeout"], ["failed"]), outcome)
        self.assertIn("is lost", outcome.error(3))

    def test_what_goes_on_in_the_process_is_a_sign_of_life(self):
        limits = {"idle_timeout": "700ms"}
        talking = [node(i + 1, "talk", data=what, __vnode__=limits) for i, what in enumerate(("print", "push", "child"))]
        self.succeed(self.run_nodes(talking, [], *GRACE))
        outcome = self.run_limited("talk", limits)
        self.assertEqual((outcome.code, outcome.statuses(1)), (1, ["timeout"]), outcome)
        self.assertEqual(outcome.of(1, "node_error")[0]["code"], "idle_timeout", outcome)

    def test_what_its_pushes_set_off_takes_none_of_its_time(self):
        outcome = self.run_limited("fire", {"timeout": "800ms"}, more=[node(2, "block", data=1)])
        self.assertEqual((outcome.statuses(1), outcome.statuses(2)), (["success"], ["success"]), outcome)

    def test_waiting_for_a_slot_takes_none_of_its_time(self):
        limits = {"timeout": "1s"}
        nodes = [node(i, "thread", data=0.45, __vnode__=limits) for i in (1, 2, 3)]
        outcome = self.succeed(self.run_nodes(nodes, [], "-j", "1", *GRACE))
        self.assertEqual([e["for"] for i in (1, 2, 3) for e in outcome.of(i, "node_waiting")], ["slot", "slot"])

    def test_code_of_others_that_holds_it_up_takes_none_of_its_time(self):
        nodes = [node(1, "sleep", data=0.1, __vnode__={"timeout": "800ms"}), node(2, "block", data=1)]
        self.succeed(self.run_nodes(nodes, [], *GRACE))

    def test_it_is_idle_also_while_others_are_at_work(self):
        busy = bare("busy", "import asyncio\nasync def execute(self, inputs):\n    for i in range(60):\n"
                            "        await asyncio.sleep(0.01)\n")
        self.define(busy)
        nodes = [node(1, "sleep", __vnode__={"idle_timeout": "200ms"}), node(2, "busy")]
        outcome = self.run_nodes(nodes, [], *GRACE)
        self.assertEqual((outcome.statuses(1), outcome.statuses(2)), (["timeout"], ["success"]), outcome)

    def test_of_a_group(self):
        for type_, restarts in (("sleep", 0), ("block", 0), ("stubborn", 1)):
            inner = {"nodes": [node(5, type_, data=self.path("mark") if restarts else None)], "connections": []}
            group = node(1, "group_node", __workflow__=inner, __vnode__={"timeout": "300ms"})
            outcome = self.run_nodes([group, node(2, "pid")], [], *GRACE)
            self.check_ends(outcome)
            self.assertEqual((outcome.statuses(1), outcome.statuses(5)), (["timeout"], ["cancelled"]), outcome)
            self.assertEqual(outcome.statuses(2), ["success"], outcome)

    def test_in_the_body_of_a_loop(self):
        nodes = [node(1, "For Each", collection=[0.01, 600, 0.01]), node(2, "sleep", __vnode__={"timeout": "500ms"})]
        wires = [*then(1, 2, port="each_item"), data((1, "current_item"), (2, "data"))]
        outcome = self.run_nodes(nodes, wires, *GRACE)
        self.assertEqual(outcome.statuses(2), ["success", "timeout", "success"], outcome)

    def test_of_a_loop(self):
        for type_ in ("sleep", "block"):
            nodes = [node(1, "For Each", collection=[600] * 3, __vnode__={"timeout": "300ms"}), node(2, type_)]
            wires = [*then(1, 2, port="each_item"), data((1, "current_item"), (2, "data"))]
            outcome = self.run_nodes(nodes, wires, *GRACE)
            self.assertEqual((outcome.statuses(1), outcome.statuses(2)), (["timeout"], ["cancelled"]), outcome)

    def test_a_stop_in_the_middle_of_it(self):
        limited = node(1, "deaf", __vnode__={"timeout": "100ms"})
        outcome = self.run_nodes([limited], [], "--grace", "2s", "--timeout", "700ms")
        self.assertEqual((outcome.code, outcome.statuses(1)), (124, ["cancelled"]), outcome)


if __name__ == "__main__":
    unittest.main()
