"""Odd definitions, one by one: loading, ports, parameters, returned values. Each file says what is odd about it."""

import json
import unittest

import odd_behaviour_test
import odd_values_test
from python_runs import ODD, PythonRunTest, data, node, then


class Refused(PythonRunTest):
    """A definition that cannot be used keeps a run from starting, and the reason helps."""

    def refused(self, name, *words):
        outcome = self.run_nodes([node(1, "console_print"), node(2, name)], then(1, 2))
        self.assertEqual(outcome.code, 3, outcome)
        self.assertEqual([e["type"] for e in outcome.events], ["execution_started", "execution_finished"], outcome)
        self.assertEqual(outcome.events[-1]["status"], "invalid")
        problems = [p for p in outcome.events[-1]["problems"] if p["severity"] == "error"]
        self.assertEqual([p["pointer"].split("/")[:3] for p in problems], [["", "nodes", "1"]], outcome)
        for word in (name, *words):
            self.assertIn(word, json.dumps(problems, ensure_ascii=False))
            self.assertIn(word, outcome.errors)
        self.check_gone(outcome.run_id)
        return outcome

    def test_odd_syntax_error(self):
        self.refused("odd_syntax_error", "SyntaxError", "line 4")

    def test_odd_import_fails(self):
        self.refused("odd_import_fails", "no_module_of_this_name_exists")

    def test_odd_no_entry(self):
        self.refused("odd_no_entry", "register_node", "execute")

    def test_odd_not_a_base_node(self):
        self.refused("odd_not_a_base_node", "register_node", "BaseNode")

    def test_odd_register_raises(self):
        self.refused("odd_register_raises", "no node today", "RuntimeError")

    def test_odd_register_returns_instance(self):
        self.refused("odd_register_returns_instance", "register_node", "class")

    def test_odd_exit_at_import(self):
        self.refused("odd_exit_at_import", "SystemExit")

    def test_odd_constructor_raises(self):
        self.refused("odd_constructor_raises", "cannot be made", "constructor")

    def test_odd_restore_raises(self):
        outcome = self.refused("odd_restore_raises", "cannot restore ports")
        # It is no constructor that has failed.
        self.assertNotIn("constructor", outcome.errors)

    def test_odd_use_exec_null(self):
        self.assertIn("use_exec", self.refused_as_file("odd_use_exec_null"))

    def test_odd_wrong_port_type(self):
        self.assertIn("options", self.refused_as_file("odd_wrong_port_type"))

    def refused_as_file(self, name):
        """A file that is no definition; what `nodes list` says about it."""
        self.refused(name)
        told = self.vnode("nodes", "list", "--nodes", str(ODD)).stderr
        self.assertIn(name + ".json", told)
        return told

    def test_all_that_is_wrong_is_told_at_once(self):
        nodes = [node(1, "odd_syntax_error"), node(2, "odd_import_fails"), node(3, "odd_constructor_raises")]
        outcome = self.run_nodes(nodes, then(1, 2, 3))
        self.assertEqual(outcome.code, 3, outcome)
        self.assertEqual([p["pointer"][:8] for p in outcome.events[-1]["problems"]],
                         ["/nodes/0", "/nodes/1", "/nodes/2"])

    def test_the_traceback_is_told(self):
        outcome = self.refused("odd_register_raises")
        self.assertIn('raise RuntimeError("no node today")', outcome.errors)

    def test_validate_tells_it_too(self):
        self.run_nodes([node(1, "odd_import_fails")])
        result = self.vnode("validate", "--load", "workflow.json", "--nodes", str(ODD))
        self.assertEqual(result.returncode, 3, result)
        text = result.stdout + result.stderr
        self.assertIn("no_module_of_this_name_exists", text)
        self.assertIn("Traceback", text)

    def test_show_tells_it_too(self):
        result = self.vnode("nodes", "show", "odd_syntax_error", "--nodes", str(ODD))
        text = result.stdout + result.stderr
        self.assertIn("SyntaxError", text)
        self.assertIn("line 4", text)


class OddTest(PythonRunTest):
    def run_odd(self, name, *, then_print=True, **parameters):
        """The odd node, and a native one that prints its `result`."""
        wires = [*then(1, 2), data((1, "result"), (2, "data"))] if then_print else [*then(1, 2)]
        return self.run_nodes([node(1, name, **parameters), node(2, "console_print")], wires)

    def check(self, name, expected, *, continues=True, **parameters):
        """`result` is pushed and returned, and what hangs on exec_out runs once."""
        outcome = self.succeed(self.run_odd(name, **parameters))
        self.assertEqual(json.dumps(outcome.pushes(1)[-2:]), json.dumps([expected, expected]), outcome)
        self.assertEqual(outcome.statuses(2), ["success"] if continues else [], outcome)
        return outcome

    def in_loop(self, name, times):
        """The `result`s of an instance that runs so many times, as it pushes them."""
        nodes = [node(1, "For Each", collection=list(range(times))), node(2, name)]
        outcome = self.succeed(self.run_nodes(nodes, then(1, 2, port="each_item")))
        return outcome.pushes(2)[::2]


class Ports(OddTest):
    def test_odd_class_against_file(self):
        self.check("odd_class_against_file", "many", continues=False)

    def test_odd_default_of_other_type(self):
        self.check("odd_default_of_other_type", ["30", "str"])

    def test_odd_default_rule(self):
        self.check("odd_default_rule", ["", [], False, 0, 0, 0, None, None, None])

    def test_odd_delete_output(self):
        self.check("odd_delete_output", [False, True], continues=False)

    def test_odd_dotted_ports(self):
        outcome = self.check("odd_dotted_ports", "/opt/mayapy", **{"mayapy.exe": "/opt/mayapy"})
        self.assertEqual(outcome.pushes(1, "2nd output.path"), ["/opt/mayapy"])

    def test_odd_dotted_ports_by_wire(self):
        nodes = [node(1, "Set Variable", name="v", value="by wire"), node(2, "odd_dotted_ports"),
                 node(3, "console_print")]
        wires = [*then(1, 2, 3), data((1, "value_out"), (2, "mayapy.exe")), data((2, "2nd output.path"), (3, "data"))]
        self.assertIn("Print: by wire", self.succeed(self.run_nodes(nodes, wires)).logs(3))

    def test_odd_exec_ports_again(self):
        self.check("odd_exec_ports_again", True)

    def test_odd_exec_without_use_exec(self):
        self.check("odd_exec_without_use_exec", ["data", "exec_in", "result", "exec_out"])

    def test_odd_output_default_ignored(self):
        self.check("odd_output_default_ignored", None)

    def test_odd_ports_twice(self):
        self.check("odd_ports_twice", "")
        self.check("odd_ports_twice", "a", mode="a")

    def test_odd_ports_twice_bare(self):
        self.check("odd_ports_twice_bare", "first")
        self.check("odd_ports_twice_bare", "saved", mode="saved")

    def test_odd_restore_ports(self):
        self.check("odd_restore_ports", ["one", [2]], extra_a="one", extra_b=[2], other=3)

    def test_odd_restore_ports_are_pulled_from(self):
        nodes = [node(1, "Get Variable", name="none"), node(2, "odd_restore_ports", extra_a=None),
                 node(3, "console_print")]
        wires = [*then(2, 3), data((1, "value"), (2, "extra_a"))]
        outcome = self.succeed(self.run_nodes(nodes, wires))
        self.assertEqual(outcome.statuses(1), ["success"], outcome)
        self.assertLess(outcome.at(1, "node_started"), outcome.at(2, "node_started"))

    def test_odd_restore_bare_ignored(self):
        self.check("odd_restore_bare_ignored", False)

    def test_odd_shared_name(self):
        self.check("odd_shared_name", None, value="saved")

    def test_odd_shared_name_by_wire(self):
        nodes = [node(1, "Set Variable", name="v", value="wired"), node(2, "odd_shared_name")]
        wires = [*then(1, 2), data((1, "value_out"), (2, "value"))]
        self.assertEqual(self.succeed(self.run_nodes(nodes, wires)).pushes(2), ["wired", "wired"])

    def test_odd_unknown_keys(self):
        self.check("odd_unknown_keys", 4)

    def test_odd_both_entries(self):
        self.check("odd_both_entries", "class")


class Parameters(OddTest):
    def test_odd_add_parameter(self):
        self.check("odd_add_parameter", 12)
        self.check("odd_add_parameter", 99, hidden_limit=99)

    def test_odd_get_parameter(self):
        self.check("odd_get_parameter", [None, "default"])

    def test_odd_mutable_default(self):
        nodes = [node(n, "odd_mutable_default") for n in (1, 2, 3)]
        outcome = self.succeed(self.run_nodes(nodes, then(1, 2, 3)))
        self.assertEqual([outcome.pushes(n)[0] for n in (1, 2, 3)], [2, 3, 4])

    def test_odd_own_name(self):
        self.check("odd_own_name", ["odd_own_name", "odd_own_name"])

    def test_odd_parameters_written(self):
        self.assertEqual(self.in_loop("odd_parameters_written", 3), [1, 2, 3])

    def test_odd_pushed_is_parameter(self):
        outcome = self.check("odd_pushed_is_parameter", [1, 2])
        self.assertEqual(outcome.pushes(1, "value_out"), [1, 2])

    def test_odd_returned_is_not_parameter(self):
        self.assertEqual(self.in_loop("odd_returned_is_not_parameter", 2), [[None], [None]])

    def test_odd_set_parameter_dropdown(self):
        self.check("odd_set_parameter_dropdown", ["x", ["x", "y"], "y", ""])

    def test_odd_snapshot(self):
        self.check("odd_snapshot", ["data", "exec_in", "exec_out", "result"])
        self.check("odd_snapshot", ["data", "exec_in", "exec_out", "kept", "result"], kept=1)

    def test_odd_unknown_output(self):
        outcome = self.check("odd_unknown_output", True)
        self.assertEqual(outcome.pushes(1, "no_such_output"), [])

    def test_hidden_settings_do_not_reach_the_node(self):
        outcome = self.check("odd_snapshot", ["data", "exec_in", "exec_out", "result"], __vnode__={})
        self.assertEqual(outcome.statuses(1), ["success"])


class Module(OddTest):
    def test_odd_helpers_as_functions(self):
        self.assertEqual(self.check("odd_helpers_as_functions", 2).pushes(1), [1, 2, 2])

    def test_odd_helpers_as_methods(self):
        self.check("odd_helpers_as_methods", [6, 7, "_Point"])

    def test_odd_instance_state(self):
        self.assertEqual(self.in_loop("odd_instance_state", 3), [1, 2, 3])

    def test_odd_module_counter(self):
        nodes = [node(1, "odd_module_counter"), node(2, "odd_module_counter")]
        for _ in range(2):
            outcome = self.succeed(self.run_nodes(nodes, then(1, 2)))
            self.assertEqual([outcome.pushes(n)[0] for n in (1, 2)], [1, 2])

    def test_odd_module_facts(self):
        self.check("odd_module_facts", ["builtins", False])

    def test_odd_private_constant(self):
        self.check("odd_private_constant", [False, 7])

    def test_odd_private_names(self):
        self.check("odd_private_names", 21)

    def test_odd_two_import_names(self):
        self.check("odd_two_import_names", True)

    def test_odd_windows_1252(self):
        self.check("odd_windows_1252", "café – •")
        told = self.vnode("nodes", "list", "--nodes", str(ODD)).stderr
        self.assertIn("odd_windows_1252.json", told)
        self.assertIn("Windows-1252", told)

    def test_prism_odd_literal(self):
        self.check("prism_odd_literal", "None")


class Returned(OddTest):
    def refused(self, name, type_name):
        outcome = self.fail_only(self.run_odd(name), 1)
        self.assertEqual(outcome.statuses(2), ["success"], outcome)
        self.assertIn(type_name, outcome.error(1))
        self.assertIn("dict", outcome.error(1))

    def test_odd_returns_int(self):
        self.refused("odd_returns_int", "int")

    def test_odd_returns_list(self):
        self.refused("odd_returns_list", "list")

    def test_odd_returns_text(self):
        self.refused("odd_returns_text", "str")

    def test_odd_returns_none(self):
        outcome = self.succeed(self.run_odd("odd_returns_none"))
        self.assertEqual([e["output"] for e in outcome.of(1, "node_output")], [{"exec_out": True}, {}])

    def test_odd_returns_empty_text(self):
        outcome = self.succeed(self.run_odd("odd_returns_empty_text"))
        self.assertEqual([e["output"] for e in outcome.of(1, "node_output")], [{"exec_out": True}, {}])

    def test_odd_returns_other_keys(self):
        outcome = self.succeed(self.run_odd("odd_returns_other_keys"))
        table = outcome.of(1, "node_output")[-1]["output"]
        self.assertEqual(table, {"result": 1, "no_port": [2], "3": "three"})

    def test_odd_result_of_set_output(self):
        self.check("odd_result_of_set_output", None)


class Firing(OddTest):
    def test_odd_fires_and_returns(self):
        outcome = self.succeed(self.run_odd("odd_fires_and_returns"))
        self.assertEqual(outcome.statuses(2), ["success"], outcome)

    def test_odd_fires_twice(self):
        outcome = self.succeed(self.run_odd("odd_fires_twice"))
        self.assertEqual(outcome.statuses(2), ["success", "success"], outcome)

    def test_odd_fires_text(self):
        outcome = self.succeed(self.run_odd("odd_fires_text"))
        self.assertEqual(outcome.pushes(1, "exec_out"), [0, "", "yes"])
        self.assertEqual(outcome.statuses(2), ["success"], outcome)

    def test_odd_fires_before_data(self):
        outcome = self.succeed(self.run_odd("odd_fires_before_data"))
        self.assertEqual([m for m in outcome.logs(2) if m[:5] in ("Print", "Recei")], ["Print: ", "Received: late"])

    def test_odd_only_returns_exec(self):
        outcome = self.succeed(self.run_odd("odd_only_returns_exec"))
        self.assertIn("Print: returned", outcome.logs(2))
        self.assertLess(outcome.at(1, "node_finished"), outcome.at(2, "node_started"))
        self.assertEqual(outcome.statuses(2), ["success"], outcome)

    def test_odd_not_awaited(self):
        outcome = self.check("odd_not_awaited", None)
        self.assertEqual(outcome.pushes(1, "never"), [])


class Completeness(unittest.TestCase):
    def test_every_definition_has_its_test(self):
        tests = [name for module in (odd_behaviour_test, odd_values_test) for name in names_of_tests(module)]
        tests += names_of_tests(globals())
        missing = [path.stem for path in sorted(ODD.glob("*.json")) if "test_" + path.stem not in tests]
        self.assertEqual(missing, [])


def names_of_tests(module):
    names = module if isinstance(module, dict) else vars(module)
    return [name for case in names.values() if isinstance(case, type) for name in dir(case) if name.startswith("test_")]


if __name__ == "__main__":
    unittest.main()
