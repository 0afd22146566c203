"""Odd behaviour: hooks, prints and logs, memory, threads and subprocesses, work that others wait for, and stops."""

import signal
import unittest

from python_runs import PythonRunTest, bare, data, node, then

# Ends when its input has got a value, so that the run goes on until then.
WAITER = """
import asyncio


async def execute(self, inputs):
    while self.get_parameter("data") is None:
        await asyncio.sleep(0.005)
    await self.set_output("result", self.get_parameter("data"))
    return {}
"""


class OddBehaviour(PythonRunTest):
    def run_odd(self, name, **parameters):
        """The odd node, and a native one that prints its `result`."""
        wires = [*then(1, 2), data((1, "result"), (2, "data"))]
        return self.succeed(self.run_nodes([node(1, name, **parameters), node(2, "console_print")], wires))

    def pushed_into(self, name, *values, port="data"):
        """A native node pushes each value into a port of the odd node, which is node 9 and runs last."""
        nodes = [node(n, "Set Variable", name="v", value=value) for n, value in enumerate(values, 1)]
        wires = [data((n, "value_out"), (9, port)) for n in range(1, len(values) + 1)]
        return self.run_nodes([*nodes, node(9, name)], [*then(*range(1, len(values) + 1), 9), *wires])


class Hooks(OddBehaviour):
    def test_odd_hook_bare(self):
        outcome = self.succeed(self.pushed_into("odd_hook_bare", "x"))
        self.assertEqual(outcome.pushes(9), [["data", "x", "x"]])
        self.assertLess(outcome.at(9, "node_output"), outcome.at(9, "node_started"))

    def test_odd_hook_class(self):
        outcome = self.succeed(self.pushed_into("odd_hook_class", 1, 2))
        self.assertEqual(outcome.pushes(9, "calls"), [1, 2, 2])

    def test_odd_hook_class_is_not_called_for_saved_values(self):
        nodes = [node(1, "odd_hook_class", data="saved"), node(2, "console_print")]
        self.assertEqual(self.succeed(self.run_nodes(nodes, then(1, 2))).pushes(1, "calls"), [0])

    def test_odd_hook_raises(self):
        outcome = self.pushed_into("odd_hook_raises", "x")
        self.assertEqual(outcome.code, 1, outcome)
        self.assertEqual(outcome.of(1, "node_error"), [])
        self.assertIn("do not push 'x' at me", outcome.error(9))
        self.assertIn("on_parameter_changed", outcome.error(9))
        # It is called again by no one, and runs like any other.
        self.assertEqual((outcome.statuses(1), outcome.statuses(9)), (["success"], ["success"]), outcome)

    def test_odd_hook_raises_for_a_python_pusher(self):
        nodes = [node(1, "odd_own_name"), node(2, "odd_hook_raises"), node(3, "odd_module_facts")]
        outcome = self.run_nodes(nodes, [*then(1, 2, 3), data((1, "result"), (2, "data"))])
        self.assertEqual(outcome.code, 1, outcome)
        self.assertEqual(outcome.of(1, "node_error"), [])
        # As often as the value is pushed: by set_output only, as the returned one is the same.
        self.assertEqual(len(outcome.of(2, "node_error")), 1, outcome)
        self.assertEqual([outcome.statuses(n) for n in (1, 2, 3)], [["success"]] * 3)

    def test_odd_hook_sets_inputs(self):
        outcome = self.succeed(self.pushed_into("odd_hook_sets_inputs", "20.5", port="version"))
        self.assertEqual(outcome.pushes(9), ["/opt/tool/20.5"] * 2)

    def test_a_hook_that_pushes_on_before_the_push_returns(self):
        nodes = [node(1, "odd_own_name"), node(2, "odd_hook_bare"), node(3, "console_print")]
        wires = [*then(1, 3), data((1, "result"), (2, "data")), data((2, "result"), (3, "data"))]
        outcome = self.succeed(self.run_nodes(nodes, wires))
        self.assertLess(outcome.at(2, "node_output"), outcome.of(3, "node_log")[0]["seq"])
        self.assertLess(outcome.of(3, "node_log")[0]["seq"], outcome.at(1, "node_output", 1))


class Texts(OddBehaviour):
    def test_odd_print(self):
        outcome = self.run_odd("odd_print")
        logs = {(e["level"], e.get("stream"), e["message"]) for e in outcome.of(1, "node_log")}
        for log in (("info", "stdout", "printed"), ("info", "stdout", "no newline at the end"),
                    ("warning", "stderr", "to stderr"), ("info", "stdout", "raw bytes \ufffd")):
            self.assertIn(log, logs)
        self.assertEqual([log[:2] for log in logs if "UserWarning: take care" in log[2]], [("warning", "stderr")])
        self.assertEqual(len(logs), 5, outcome)
        self.assertEqual(outcome.errors, "")
        # All before the node has ended.
        self.assertLess(outcome.of(1, "node_log")[-1]["seq"], outcome.at(1, "node_finished"))

    def test_odd_print_shows_the_line_of_a_warning(self):
        warning = [m for m in self.run_odd("odd_print").logs(1) if "UserWarning" in m][0]
        self.assertIn('warnings.warn("take care")', warning)

    def test_odd_print_json(self):
        outcome = self.run_odd("odd_print_json")
        self.assertEqual(outcome.logs(1), ['{"type": "execution_finished", "success": true}'])

    def test_odd_child_output(self):
        outcome = self.run_odd("odd_child_output")
        logs = sorted((e["stream"], e["level"], e["message"]) for e in outcome.of(1, "node_log"))
        self.assertEqual(logs, [("stderr", "warning", "child err"), ("stdout", "info", "child out")])
        self.assertEqual(outcome.pushes(1), [0, 0])

    def test_odd_log_from_thread(self):
        self.assertEqual(sorted(self.run_odd("odd_log_from_thread").logs(1)),
                         ["logged by a thread", "printed by a thread"])

    def test_odd_log_in_constructor(self):
        # Also that of a node that never runs.
        nodes = [node(1, "console_print"), node(2, "odd_log_in_constructor"), node(3, "odd_log_in_constructor")]
        outcome = self.succeed(self.run_nodes(nodes, then(1, 2)))
        self.assertEqual((outcome.logs(2), outcome.logs(3)), (["made"], ["made"]))
        started = outcome.at(1, "node_started")
        self.assertTrue(all(outcome.at(n, "node_log") < started for n in (2, 3)), outcome)

    def test_odd_log_not_text(self):
        wires = [*then(1, 2), data((1, "result"), (2, "data"))]
        outcome = self.log_errors(self.run_nodes([node(1, "odd_log_not_text"), node(2, "console_print")], wires), 1)
        logs = [(e["level"], e["message"]) for e in outcome.of(1, "node_log")]
        self.assertEqual(logs, [("info", "5"), ("success", "None"), ("error", "[1, 'a']"), ("info", "an exception")])

    def test_odd_stdin(self):
        # Not even that of vnode itself.
        nodes = [node(1, "odd_stdin"), node(2, "console_print")]
        outcome = self.succeed(self.run_nodes(nodes, then(1, 2), stdin=b"not for nodes\n"))
        self.assertEqual(outcome.pushes(1), ["", ""])


class Memory(OddBehaviour):
    def read_by_native(self, name, variable):
        """What Get Variable finds after the odd node has run."""
        nodes = [node(1, name), node(2, "console_print"), node(3, "Get Variable", name=variable)]
        outcome = self.succeed(self.run_nodes(nodes, [*then(1, 2), data((3, "value"), (2, "data"))]))
        return outcome, outcome.pushes(3, "value")[-1]

    def test_odd_memory(self):
        outcome, found = self.read_by_native("odd_memory", "odd_list")
        self.assertEqual(outcome.pushes(1), [[1, 2]] * 2)
        self.assertEqual(found, [1, 2])

    def test_odd_memory_methods(self):
        outcome, found = self.read_by_native("odd_memory_methods", "c")
        gave = [3, True, 0, 1, ["b", "c"], ["b", "c"], [["c", {"d": 3}]], [{"d": 3}], "KeyError", "int key"]
        self.assertEqual(outcome.pushes(1), [gave] * 2)
        self.assertEqual(found, {"d": 3})

    def test_odd_memory_of_instance(self):
        outcome, found = self.read_by_native("odd_memory_of_instance", "odd_key")
        self.assertEqual((outcome.pushes(1), found), ([True, True], 1))


class Turns(OddBehaviour):
    """Who goes on while a node works: node 1 is the odd one, nodes 2 and 3 are another chain."""

    def both_chains(self, name):
        nodes = [node(1, name), *(node(n, "console_print") for n in (2, 3, 4))]
        return self.succeed(self.run_nodes(nodes, [*then(1, 4), *then(2, 3)]))

    def goes_on(self, name):
        outcome = self.both_chains(name)
        self.assertLess(outcome.at(1, "node_started"), outcome.at(2, "node_started"))
        self.assertLess(outcome.at(2, "node_started"), outcome.at(1, "node_output"), outcome)
        return outcome

    def test_odd_blocking_marked(self):
        self.goes_on("odd_blocking_marked")

    def test_odd_blocking_unmarked(self):
        outcome = self.both_chains("odd_blocking_unmarked")
        self.assertLess(outcome.at(1, "node_finished"), outcome.at(2, "node_started"), outcome)

    def test_odd_yields(self):
        self.assertEqual(self.goes_on("odd_yields").pushes(1), [3, 3])

    def test_odd_to_thread(self):
        self.assertEqual(self.goes_on("odd_to_thread").pushes(1), [True, True])

    def test_odd_run_in_executor(self):
        self.assertEqual(self.goes_on("odd_run_in_executor").pushes(1), [4950, 4950])

    def test_odd_create_subprocess(self):
        self.assertEqual(self.goes_on("odd_create_subprocess").pushes(1), [[0, "out"]] * 2)

    def test_odd_subprocess_run(self):
        outcome = self.both_chains("odd_subprocess_run")
        self.assertEqual(outcome.pushes(1), [[3, "out", "err"]] * 2)
        self.assertLess(outcome.at(1, "node_finished"), outcome.at(2, "node_started"), outcome)

    def test_odd_gather(self):
        outcome = self.both_chains("odd_gather")
        self.assertEqual(outcome.pushes(1), [["a", "b"]] * 2)
        self.assertEqual((outcome.pushes(1, "first"), outcome.pushes(1, "second")), (["a"], ["b"]))


class LatePushes(OddBehaviour):
    def setUp(self):
        super().setUp()
        self.define(bare("waiter", WAITER))

    def test_odd_background_task(self):
        nodes = [node(1, "odd_background_task"), node(2, "waiter")]
        outcome = self.succeed(self.run_nodes(nodes, [*then(1, 2), data((1, "result"), (2, "data"))]))
        self.assertEqual((outcome.pushes(1), outcome.pushes(2)), (["later"], ["later"]))

    def test_odd_background_task_after_its_node(self):
        nodes = [node(1, "odd_background_task"), node(2, "waiter"), node(3, "console_print"), node(4, "console_print")]
        wires = [*then(1, 3), *then(4, 2), data((1, "result"), (2, "data"))]
        outcome = self.succeed(self.run_nodes(nodes, wires))
        self.assertEqual((outcome.pushes(1), outcome.pushes(2)), (["later"], ["later"]))
        self.assertLess(outcome.at(1, "node_finished"), outcome.at(2, "node_output"))

    def test_odd_foreign_thread(self):
        nodes = [node(1, "odd_foreign_thread"), node(2, "console_print"), node(3, "waiter"), node(4, "console_print")]
        wires = [*then(1, 4), *then(1, 2, port="triggered"), data((1, "result"), (2, "data")),
                 data((2, "out"), (3, "data"))]
        # A third chain that goes on until what hangs on `triggered` has run.
        nodes.append(node(5, "console_print"))
        outcome = self.succeed(self.run_nodes(nodes, [*wires, *then(5, 3)]))
        self.assertEqual((outcome.pushes(1), outcome.pushes(1, "triggered")), (["from a thread"], [True]))
        self.assertEqual((outcome.statuses(2), outcome.pushes(3)), (["success"], ["from a thread"]))


class Stops(OddBehaviour):
    def stopped(self, name, found):
        """The run is stopped as soon as an event is found."""
        process = self.start_nodes([node(1, name), node(2, "console_print")], then(1, 2))
        events = self.read_until(process, found)
        process.send_signal(signal.SIGINT)
        outcome = self.finish(process, events)
        self.assertEqual(outcome.code, 130, outcome)
        self.check_ends(outcome)
        self.assertEqual(outcome.statuses(2), [], outcome)
        return outcome

    def test_odd_stop_cleanup(self):
        outcome = self.stopped("odd_stop_cleanup", lambda event: event.get("message") == "waiting")
        self.assertEqual(outcome.logs(1), ["waiting", "cleaned up"])
        self.assertEqual(outcome.statuses(1), ["cancelled"])

    def test_odd_stop_loop(self):
        outcome = self.stopped("odd_stop_loop", lambda event: event["type"] == "node_started")
        self.assertIn(outcome.statuses(1), (["success"], ["cancelled"]))
        self.assertEqual(outcome.of(1, "node_error"), [], outcome)


if __name__ == "__main__":
    unittest.main()
