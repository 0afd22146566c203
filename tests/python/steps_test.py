# Executions without asyncio: pushes, returned values, hooks, and the order of what the engine hears.

from fake_engine import Gate, HostTest

PUSHER = """
async def execute(self, inputs):
    await self.set_output("a", 1)
    await self.set_output("unknown", 1)
    await self.set_output("exec_out", True)
    await self.set_output("a", 2)
    return {"a": 3, "extra": None}
"""
A_PORT = [{"name": "a", "type": "int"}]


class Pushes(HostTest):
    def test_a_push_to_nowhere_needs_no_answer(self):
        node = self.engine.node(PUSHER, outputs=A_PORT)
        returned, pushed = self.engine.run(node)
        self.assertEqual([["a", 1], ["exec_out", True], ["a", 2]], pushed)
        self.assertEqual({"a": 3, "extra": None}, returned)

    def test_a_firing_over_a_wire_is_awaited(self):
        node = self.engine.node(PUSHER, outputs=A_PORT)
        self.engine.send(["wire", node, [["exec_out", True, []]]])
        execution = self.engine.start(node)
        self.assertEqual(["out", node, execution, "a", 1], self.engine.receive())
        push = self.engine.receive()
        self.assertEqual(["push", node, execution], push[:3])
        self.assertEqual(["exec_out", True], push[4:])
        self.engine.send(["done", execution, push[3]])
        self.assertEqual(["out", node, execution, "a", 2], self.engine.receive())
        self.assertEqual(["ret", execution, [["a", 3], ["extra", None]]], self.engine.receive())

    def test_only_a_truthy_value_fires(self):
        code = 'async def execute(self, inputs):\n    await self.set_output("exec_out", 0)'
        node = self.engine.node(code)
        self.engine.send(["wire", node, [["exec_out", True, []]]])
        self.assertEqual(({}, [["exec_out", 0]]), self.engine.run(node))

    def test_any_value_for_a_hook_is_awaited(self):
        node = self.engine.node('async def execute(self, inputs):\n    await self.set_output("a", 0)', outputs=A_PORT)
        self.engine.send(["wire", node, [["a", True, []]]])
        execution = self.engine.start(node)
        push = self.engine.expect("push")
        self.engine.send(["done", execution, push[3]])
        self.engine.expect("ret")

    def test_a_push_into_a_node_that_is_executing_is_awaited(self):
        upper = self.engine.node(
            'async def execute(self, inputs):\n    await self.set_output("exec_out", True)\n'
            '    return {"seen": self.parameters.get("x"), "snapshot": inputs.get("x")}'
        )
        lower = self.engine.node('async def execute(self, inputs):\n    await self.set_output("a", 7)', outputs=A_PORT)
        self.engine.send(["wire", upper, [["exec_out", True, []]]], ["wire", lower, [["a", False, [upper]]]])
        self.engine.run(lower)
        first = self.engine.start(upper)
        firing = self.engine.expect("push")
        second = self.engine.start(lower)
        push = self.engine.expect("push")
        self.engine.send(["set", upper, [["x", 7]]], ["done", second, push[3]])
        self.engine.expect("ret")
        self.engine.send(["done", first, firing[3]])
        self.assertEqual([["seen", 7], ["snapshot", None]], self.engine.expect("ret")[2])

    def test_not_awaiting_does_nothing(self):
        code = (
            'async def execute(self, inputs):\n    self.set_output("a", 1).close()\n'
            '    return {"p": self.parameters["a"]}'
        )
        self.assertEqual(({"p": 0}, []), self.engine.run(self.engine.node(code, outputs=A_PORT)))

    def test_the_own_parameter_is_set_by_a_push_and_not_by_a_return(self):
        code = (
            'async def execute(self, inputs):\n    before = self.get_parameter("a")\n'
            '    await self.set_output("b", 5)\n    return {"a": 9, "before": before, "b": self.get_parameter("b")}'
        )
        node = self.engine.node(code, outputs=[{"name": "a"}, {"name": "b"}])
        for _ in range(2):
            self.assertEqual({"a": 9, "before": None, "b": 5}, self.engine.run(node)[0])

    def test_a_bare_yield_is_a_turn(self):
        code = """
import types
@types.coroutine
def turn():
    yield
async def execute(self, inputs):
    await turn()
    return {"out": 1}
"""
        node = self.engine.node(code)
        execution = self.engine.start(node)
        self.assertEqual(["yield", execution], self.engine.receive())
        self.engine.send(["go", execution])
        self.assertEqual(["ret", execution, [["out", 1]]], self.engine.receive())

    def test_what_the_host_cannot_wait_for_is_an_error_in_the_node(self):
        code = """
import types
@types.coroutine
def strange():
    yield 5
async def execute(self, inputs):
    try:
        await strange()
    except RuntimeError as error:
        return {"out": str(error)}
"""
        self.assertIn("not 5", self.engine.output(self.engine.node(code)))

    def test_messages_do_not_wait_for_a_long_step(self):
        gate = Gate(self)
        code = """
async def execute(self, inputs):
    self.log_info("working")
    open(inputs["gate"]).close()
"""
        node = self.engine.node(code)
        execution = self.engine.start(node, [("gate", gate.path)])
        self.assertEqual(["log", node, "info", "working", None], self.engine.receive())
        gate.open()
        self.assertEqual(["ret", execution, []], self.engine.receive())


class Values(HostTest):
    def test_delivered_values_are_kept_for_later_executions(self):
        code = 'async def execute(self, inputs):\n    self.parameters["x"] = "own"\n    return {"out": inputs["x"]}'
        node = self.engine.node(code, wired=["x"], inputs=[{"name": "x"}])
        self.assertEqual(1, self.engine.output(node, [("x", 1)]))
        self.assertEqual(1, self.engine.output(node))
        self.assertEqual(2, self.engine.output(node, [("x", 2)]))

    def test_exec_outputs_are_reset_and_the_snapshot_is_a_copy(self):
        code = """
async def execute(self, inputs):
    seen = inputs["exec_out"]
    inputs["new"] = 1
    await self.set_output("exec_out", True)
    return {"out": [seen, "new" in self.parameters]}
"""
        node = self.engine.node(code)
        for _ in range(2):
            self.assertEqual([None, False], self.engine.output(node)["$n"][1])

    def test_the_whole_snapshot(self):
        code = 'async def execute(self, inputs):\n    return {"out": sorted(inputs.items(), key=str)}'
        node = self.engine.node(code, outputs=[{"name": "a", "type": "string"}], saved=[("python_code", "x")])
        expected = [["a", ""], ["exec_in", None], ["exec_out", None], ["python_code", "x"]]
        self.assertEqual([{"$t": pair} for pair in expected], self.engine.output(node)["$n"][1])


class Results(HostTest):
    def test_falsy_results_are_empty(self):
        for result in ("None", "{}", "0", "[]", "''"):
            node = self.engine.node("async def execute(self, inputs):\n    return " + result)
            self.assertEqual({}, self.engine.run(node)[0])

    def test_other_results_fail_helpfully(self):
        node = self.engine.node("async def execute(self, inputs):\n    return [1]")
        message, _, code = self.engine.fail(node)
        self.assertEqual("bad_return", code)
        self.assertIn("list", message)
        self.assertIn("dict", message)

    def test_a_result_without_truth_value_fails_the_node_only(self):
        code = """
class Array:
    def __bool__(self): raise ValueError("ambiguous")
async def execute(self, inputs):
    return Array()
"""
        self.assertEqual("bad_return", self.engine.fail(self.engine.node(code))[2])

    def test_an_execute_that_is_no_coroutine_function(self):
        node = self.engine.node('def execute(self, inputs):\n    return {"out": 1}')
        self.assertEqual(1, self.engine.output(node))


class Failures(HostTest):
    def test_message_and_traceback(self):
        code = """
async def helper():
    raise ValueError("broken")
async def execute(self, inputs):
    await helper()
"""
        node = self.engine.node(code, node_id="culprit")
        message, traceback, code = self.engine.fail(node)
        self.assertEqual(("broken", "exception"), (message, code))
        self.assertIn('File "/nodes/culprit.json", line 3, in helper', traceback)
        self.assertIn('raise ValueError("broken")', traceback)
        self.assertNotIn("vnode_host", traceback)

    def test_an_empty_message_is_the_type(self):
        node = self.engine.node("async def execute(self, inputs):\n    raise KeyError()")
        self.assertEqual("KeyError", self.engine.fail(node)[0])

    def test_causes_are_shown(self):
        code = """
async def execute(self, inputs):
    try:
        1 / 0
    except ZeroDivisionError as error:
        raise RuntimeError("outer") from error
"""
        traceback = self.engine.fail(self.engine.node(code))[1]
        self.assertIn("ZeroDivisionError", traceback)
        self.assertIn("direct cause", traceback)

    def test_exits_fail_the_node_only(self):
        for statement, shown in (("raise SystemExit(3)", "SystemExit(3"), ("exit(4)", "SystemExit(4")):
            node = self.engine.node("async def execute(self, inputs):\n    " + statement)
            message, _, code = self.engine.fail(node)
            self.assertEqual("system_exit", code)
            self.assertIn(shown, message)
        node = self.engine.node("async def execute(self, inputs):\n    raise KeyboardInterrupt")
        self.assertEqual("system_exit", self.engine.fail(node)[2])

    def test_no_memory(self):
        node = self.engine.node("async def execute(self, inputs):\n    raise MemoryError()")
        self.assertEqual("out_of_memory", self.engine.fail(node)[2])

    def test_a_node_fails_that_returns_what_cannot_cross(self):
        node = self.engine.node("async def execute(self, inputs):\n    a = []\n    a.append(a)\n    return {'out': a}")
        message, _, code = self.engine.fail(node)
        self.assertEqual("exception", code)
        self.assertIn("contains itself", message)
        deep = "async def execute(self, inputs):\n    a = []\n    for i in range(100000): a = [a]\n    return {'out': a}"
        self.assertIn("too deep", self.engine.fail(self.engine.node(deep))[0])

    def test_the_host_goes_on_after_failures(self):
        bad = self.engine.node("async def execute(self, inputs):\n    raise Exception('x')")
        good = self.engine.node('async def execute(self, inputs):\n    return {"out": 1}')
        self.engine.fail(bad)
        self.assertEqual(1, self.engine.output(good))


class Hooks(HostTest):
    CODE = """
async def execute(self, inputs):
    return {"out": list(self.seen)}
async def on_parameter_changed(self, name, value):
    self.seen = getattr(self, "seen", []) + [name, value, self.parameters[name]]
    await self.set_output("a", value)
"""

    def test_a_hook_gets_the_value_and_may_push(self):
        node = self.engine.node(self.CODE, inputs=[{"name": "x"}], outputs=A_PORT)
        self.engine.send(["hook", node, 900, "x", [["x", 5], ["y", 6]]])
        self.assertEqual(["out", node, 900, "a", 5], self.engine.receive())
        self.assertEqual(["ret", 900, []], self.engine.receive())
        self.assertEqual(["x", 5, 5], self.engine.output(node)["$n"][1])

    def test_a_hook_that_fails(self):
        code = "async def execute(self, inputs): pass\nasync def on_parameter_changed(self, name, value): 1 / 0"
        node = self.engine.node(code)
        self.engine.send(["hook", node, 900, "x", [["x", 5]]])
        self.assertEqual(["err", 900, "division by zero"], self.engine.receive()[:3])

    def test_a_hook_inside_of_the_execution_of_the_same_node(self):
        code = """
async def execute(self, inputs):
    await self.set_output("exec_out", True)
    await self.set_output("a", 1)
async def on_parameter_changed(self, name, value):
    await self.set_output("a", 2)
"""
        node = self.engine.node(code, outputs=A_PORT)
        self.engine.send(["wire", node, [["exec_out", True, []]]])
        execution = self.engine.start(node)
        push = self.engine.expect("push")
        self.engine.send(["hook", node, 900, "x", [["x", 5]]])
        self.assertEqual(["out", node, 900, "a", 2], self.engine.receive())
        self.assertEqual(["ret", 900, []], self.engine.receive())
        self.engine.send(["done", execution, push[3]])
        self.assertEqual(["out", node, execution, "a", 1], self.engine.receive())
