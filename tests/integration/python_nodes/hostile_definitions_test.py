"""Hostile definitions, one by one: what they do costs their own node at most, and nothing of them outlives the run."""

import json
import pathlib
import unittest

import hostile_stops_test
from python_runs import HOSTILE, ODD, PythonRunTest, data, is_alive, node, then, wait_until

BAD, LATER, BEHIND = 2, 3, 4


class HostileTest(PythonRunTest):
    """A native loop (node 1) runs the hostile node once, then fires a later, independent Python node."""

    definitions = HOSTILE

    def run_hostile(self, name, *options, later="odd_own_name", **parameters):
        nodes = [
            node(1, "For Each", collection=[0]),
            node(BAD, name, **parameters),
            node(LATER, later),
            node(BEHIND, "console_print"),
        ]
        wires = [*then(1, BAD, BEHIND, port="each_item"), *then(1, LATER, port="exec_on_finished")]
        definition = json.loads((pathlib.Path(HOSTILE) / (name + ".json")).read_text(encoding="utf-8"))
        if any(port["name"] == "result" for port in definition["outputs"]):
            wires.append(data((BAD, "result"), (BEHIND, "data")))
        return self.run_nodes(nodes, wires, "--nodes", str(ODD), *options)

    def later_works(self, outcome, started_again):
        """A new host is started when, and only when, the old one is gone; that what was in it is lost is said."""
        self.assertEqual(outcome.statuses(LATER), ["success"], outcome)
        self.assertEqual(any("started again" in message for message in outcome.logs(LATER)), started_again, outcome)

    def fails(self, name, *words, dies=False, options=(), **parameters):
        """Only this node fails, with a message that has these words; what it has not fired does not run."""
        outcome = self.fail_only(self.run_hostile(name, *options, **parameters), BAD)
        for word in words:
            self.assertIn(word, outcome.error(BAD))
        self.assertEqual(outcome.statuses(BEHIND), [], outcome)
        if dies:
            self.assertEqual(outcome.of(BAD, "node_error")[0]["code"], "python_host_died")
        self.later_works(outcome, started_again=dies)
        return outcome

    def goes_on(self, name, *options):
        """Nothing fails."""
        outcome = self.succeed(self.run_hostile(name, *options))
        self.assertEqual((outcome.statuses(BAD), outcome.statuses(BEHIND)), (["success"], ["success"]), outcome)
        self.later_works(outcome, started_again=False)
        return outcome

    def fails_or_goes_on(self, name):
        outcome = self.run_hostile(name)
        self.succeed(outcome) if outcome.code == 0 else self.fail_only(outcome, BAD)
        self.assertEqual(outcome.statuses(LATER), ["success"], outcome)
        return outcome


class DyingHosts(HostileTest):
    def test_hostile_abort(self):
        self.fails("hostile_abort", "crashed", "SIGABRT", dies=True)

    def test_hostile_segfault(self):
        # Where it happened is in the detail.
        self.fails("hostile_segfault", "crashed", "SIGSEGV", "hostile_segfault.json", "execute", dies=True)

    def test_hostile_os_exit(self):
        self.fails("hostile_os_exit", "exit code 3", "os._exit", dies=True)

    def test_hostile_kill_self(self):
        self.fails("hostile_kill_self", "killed", "SIGKILL", dies=True)

    def test_hostile_close_descriptors(self):
        self.fails("hostile_close_descriptors", "connection", dies=True)

    def test_hostile_garbage_in_channel(self):
        self.fails("hostile_garbage_in_channel", "connection", dies=True, options=("--timeout", "20s"))

    def test_hostile_recursion_without_limit(self):
        outcome = self.fail_only(self.run_hostile("hostile_recursion_without_limit"), BAD)
        self.assertEqual(outcome.statuses(LATER), ["success"], outcome)

    def test_hostile_hook_exits(self):
        nodes = [node(1, "Set Variable", name="v", value=1), node(2, "hostile_hook_exits"), node(3, "odd_own_name")]
        wires = [*then(1, 3), data((1, "value_out"), (2, "data"))]
        outcome = self.run_nodes(nodes, wires, "--nodes", str(ODD))
        self.assertEqual(outcome.code, 1, outcome)
        self.assertIn("exit code 3", outcome.error(2))
        self.assertEqual((outcome.statuses(1), outcome.statuses(3)), (["success"], ["success"]), outcome)
        self.check_ends(outcome)

    def test_hostile_hook_exits_for_a_python_pusher(self):
        nodes = [node(1, "odd_own_name"), node(2, "hostile_hook_exits"), node(3, "odd_own_name")]
        wires = [*then(1, 3), data((1, "result"), (2, "data"))]
        outcome = self.run_nodes(nodes, wires, "--nodes", str(ODD))
        self.assertEqual(outcome.code, 1, outcome)
        self.assertIn("exit code 3", outcome.error(2))
        # It waited in the host that died.
        self.assertEqual(outcome.statuses(1), ["failed"], outcome)
        self.assertIn("hostile_hook_exits", outcome.error(1))
        self.check_ends(outcome)


class Raising(HostileTest):
    def test_hostile_raise(self):
        self.fails("hostile_raise", "first line\nsecond line: é", "ValueError", "hostile_raise.json", "line 2")

    def test_hostile_raise_nested(self):
        self.fails("hostile_raise_nested", "outer", "KeyError: 'missing'", "direct cause", "RuntimeError")

    def test_hostile_raise_cancelled(self):
        outcome = self.run_hostile("hostile_raise_cancelled")
        self.assertIn(outcome.statuses(BAD), (["failed"], ["cancelled"]), outcome)
        self.assertEqual(outcome.code, 1, outcome)
        self.check_ends(outcome)
        self.later_works(outcome, started_again=False)

    def test_hostile_base_exception(self):
        self.fails("hostile_base_exception", "not an Exception", "Disaster")

    def test_hostile_keyboard_interrupt(self):
        self.fails("hostile_keyboard_interrupt", "KeyboardInterrupt")

    def test_hostile_system_exit(self):
        self.fails("hostile_system_exit", "SystemExit(5)")

    def test_hostile_stop_iteration(self):
        self.fails("hostile_stop_iteration", "StopIteration")

    def test_hostile_message_raises(self):
        self.fails("hostile_message_raises", "Speechless")

    def test_hostile_own_loop(self):
        self.fails("hostile_own_loop", "running event loop")

    def test_hostile_recursion(self):
        self.fails("hostile_recursion", "recursion")

    def test_hostile_one_allocation(self):
        self.fails("hostile_one_allocation", "MemoryError")

    def test_hostile_cancels_all(self):
        outcome = self.fails_or_goes_on("hostile_cancels_all")
        self.later_works(outcome, started_again=False)

    def test_hostile_uses_up_descriptors(self):
        self.fails_or_goes_on("hostile_uses_up_descriptors")


class Loading(HostileTest):
    def refused(self, name, *words):
        outcome = self.run_hostile(name)
        self.assertEqual(outcome.code, 3, outcome)
        self.assertEqual([e["type"] for e in outcome.events], ["execution_started", "execution_finished"])
        problems = json.dumps(outcome.events[-1]["problems"])
        for word in (name, "exit code 3", *words):
            self.assertIn(word, problems)
        self.check_gone(outcome.run_id)

    def test_hostile_exit_at_load(self):
        self.refused("hostile_exit_at_load", "does not load")

    def test_hostile_exit_in_constructor(self):
        self.refused("hostile_exit_in_constructor", "prepared")

    def test_other_definitions_are_not_blamed(self):
        nodes = [node(1, "odd_own_name"), node(2, "hostile_exit_at_load"), node(3, "odd_print"),
                 node(4, "hostile_exit_in_constructor")]
        outcome = self.run_nodes(nodes, then(1, 2, 3, 4), "--nodes", str(ODD))
        self.assertEqual(outcome.code, 3, outcome)
        self.assertEqual(sorted(p["pointer"][:8] for p in outcome.events[-1]["problems"]), ["/nodes/1", "/nodes/3"],
                         outcome)


class GoingOn(HostileTest):
    def test_hostile_changes_process(self):
        self.goes_on("hostile_changes_process")

    def test_hostile_close_output(self):
        self.fails_or_goes_on("hostile_close_output")

    def test_hostile_replace_stdout(self):
        self.goes_on("hostile_replace_stdout")

    def test_hostile_exit_function(self):
        self.goes_on("hostile_exit_function")

    def test_hostile_exit_in_task(self):
        self.goes_on("hostile_exit_in_task")

    def test_hostile_exit_in_thread(self):
        self.goes_on("hostile_exit_in_thread")

    def test_hostile_patches_builtins(self):
        self.goes_on("hostile_patches_builtins")

    def test_hostile_patches_host(self):
        outcome = self.run_hostile("hostile_patches_host", later="console_print")
        self.succeed(outcome)
        self.assertEqual(outcome.statuses(BEHIND), ["success"], outcome)

    def test_hostile_stops_loop(self):
        self.fails_or_goes_on("hostile_stops_loop")

    def test_hostile_fork(self):
        outcome = self.goes_on("hostile_fork")
        self.assertEqual(outcome.pushes(BAD), ["parent", "parent"])

    def test_hostile_fork_exit(self):
        self.goes_on("hostile_fork_exit")

    def test_hostile_child_holds_output(self):
        self.goes_on("hostile_child_holds_output")

    def test_hostile_printing_thread(self):
        self.goes_on("hostile_printing_thread")

    def test_hostile_grandchild(self):
        self.child_is_gone("hostile_grandchild")

    def test_hostile_grandchild_hidden(self):
        self.child_is_gone("hostile_grandchild_hidden")

    def child_is_gone(self, name):
        pid = self.goes_on(name).pushes(BAD, "pid")[0]
        wait_until(lambda: not is_alive(pid), "the child of the node is gone")


class Values(HostileTest):
    def test_hostile_deep_value(self):
        outcome = self.fails_or_goes_on("hostile_deep_value")
        self.assertIn("deep", outcome.error(BAD) or "deep")

    def test_hostile_wide_value(self):
        outcome = self.goes_on("hostile_wide_value")
        self.assertTrue(outcome.pushes(BAD)[0]["$truncated"])

    def test_hostile_getattr(self):
        self.assertEqual(self.goes_on("hostile_getattr").pushes(BAD)[0]["$object"], "Boaster")

    def test_hostile_huge_repr(self):
        outcome = self.goes_on("hostile_huge_repr")
        self.assertLess(max(len(json.dumps(event)) for event in outcome.events), 1 << 20)

    def test_hostile_repr_raises(self):
        shown = self.goes_on("hostile_repr_raises").pushes(BAD)[0]
        self.assertEqual(shown["$object"], "Sulky")
        self.assertIn("repr", shown["repr"])

    def test_hostile_repr_exits(self):
        # Like a repr that raises anything else: the push goes on.
        self.goes_on("hostile_repr_exits")


class Floods(HostileTest):
    def test_hostile_many_logs(self):
        outcome = self.goes_on("hostile_many_logs")
        self.assertEqual(outcome.logs(BAD), ["message %d" % number for number in range(100000)])

    def test_hostile_many_pushes(self):
        nodes = [node(BAD, "hostile_many_pushes"), node(BEHIND, "odd_own_name")]
        outcome = self.succeed(self.run_nodes(nodes, then(BAD, BEHIND), "--nodes", str(ODD)))
        self.assertEqual(outcome.pushes(BAD), [*range(100000), 99999])

    def test_hostile_raw_writes(self):
        logs = self.goes_on("hostile_raw_writes").of(BAD, "node_log")
        for stream in ("stdout", "stderr"):
            lines = [e["message"] for e in logs if e["stream"] == stream]
            self.assertEqual((len(lines), set(lines)), (55189, {"raw line of output"}))

    def test_hostile_one_long_line(self):
        logs = self.goes_on("hostile_one_long_line").logs(BAD)
        self.assertGreater(len(logs), 0)
        self.assertLess(max(map(len, logs)), 21 << 20)
        self.assertEqual(set("".join(logs)[:1000]), {"y"})

    def test_hostile_output_100mb(self):
        self.assertEqual(len(self.goes_on("hostile_output_100mb").logs(BAD)), 100000)


class MemoryLimit(HostileTest):
    def test_hostile_endless_allocation(self):
        outcome = self.run_hostile("hostile_endless_allocation", "--memory", "256M")
        self.fail_only(outcome, BAD)
        self.assertNotIn("nobody stopped it", outcome.error(BAD))
        self.assertIn("emory", outcome.error(BAD))
        self.assertEqual(outcome.statuses(LATER), ["success"], outcome)

    def test_the_limit_is_none_of_vnode_itself(self):
        # 64 MiB are less than vnode itself may map.
        self.goes_on("hostile_exit_in_thread", "--memory", "64M")


class Completeness(unittest.TestCase):
    def test_every_definition_has_its_test(self):
        cases = [*globals().values(), *vars(hostile_stops_test).values()]
        tests = [name for case in cases if isinstance(case, type) for name in dir(case)]
        missing = [path.stem for path in sorted(HOSTILE.glob("*.json")) if "test_" + path.stem not in tests]
        self.assertEqual(missing, [])


if __name__ == "__main__":
    unittest.main()
