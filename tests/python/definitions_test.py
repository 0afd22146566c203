# Loading definitions and making instances, in both styles.

from fake_engine import HostTest

CLASS = """
from src.nodes.base import BaseNode
class Sample(BaseNode):
    name = "wrong"
    def __init__(self):
        super().__init__(use_exec=%s)
        %s
    async def execute(self, inputs):
        return {"out": inputs}
def register_node():
    return Sample
"""


def names(ports):
    return [port[0] for port in ports]


class Loading(HostTest):
    def assert_fails(self, code, *parts, **keys):
        _, problem = self.engine.load(code, **keys)
        self.assertIsNotNone(problem)
        for part in parts:
            self.assertIn(part, problem[0])
        return problem

    def test_failures(self):
        self.assert_fails("x = 1", "neither register_node nor execute")
        self.assert_fails("import no_such_module_anywhere", "no_such_module_anywhere")
        self.assert_fails("raise SystemExit(3)", "SystemExit(3")
        self.assert_fails("def register_node(): return 5", "5, not a class")
        self.assert_fails("def register_node(): return dict", "dict", "BaseNode")
        self.assert_fails("def register_node(): 1 / 0", "ZeroDivisionError")

    def test_a_syntax_error_names_its_line(self):
        message, traceback, line = self.assert_fails("a = 1\nb = = 2\n", "SyntaxError")
        self.assertEqual(2, line)
        self.assertIn("b = = 2", traceback)

    def test_an_exception_names_its_line(self):
        problem = self.assert_fails("def f():\n    1 / 0\nf()\n")
        self.assertEqual(2, problem[2])
        self.assertIn("    1 / 0", problem[1])

    def test_register_node_wins(self):
        code = CLASS % ("False", "self.add_output('out')") + "async def execute(self, inputs): pass\n"
        node = self.engine.node(code)
        self.assertIn("$n", self.engine.output(node))

    def test_the_namespace(self):
        code = """
found = sorted(n for n in globals() if n != "__builtins__")
async def execute(self, inputs):
    return {"name": __name__, "names": found, "file": "__file__" in globals()}
"""
        returned = self.engine.run(self.engine.node(code))[0]
        self.assertEqual("builtins", returned["name"])
        self.assertEqual([], returned["names"]["$n"][1])
        self.assertFalse(returned["file"])

    def test_module_globals_are_shared_by_instances(self):
        code = "count = 0\nasync def execute(self, inputs):\n    global count\n    count += 1\n    return {'out': count}"
        definition, _ = self.engine.load(code)
        first, _ = self.engine.make(definition)
        second, _ = self.engine.make(definition)
        self.assertEqual(1, self.engine.output(first))
        self.assertEqual(2, self.engine.output(second))

    def test_the_prism_patch(self):
        code = (
            "from __future__ import annotations\nasync def execute(self, inputs):\n"
            "    core = inputs.get('core')\n    return {'out': core}"
        )
        node = self.engine.node(code, node_id="prism_sample")
        self.engine.send(["exec", node, 900, 1, [["core", 5]]])
        self.engine.expect("dirty")
        self.assertEqual([["out", 5]], self.engine.expect("ret")[2])


class Ports(HostTest):
    def made(self, code, **keys):
        definition, problem = self.engine.load(code, **keys)
        self.assertIsNone(problem)
        return self.engine.make(definition)

    def test_bare_style(self):
        inputs = [
            {"name": "x", "type": "int", "widget_type": "dropdown", "options": ["1", "2"], "default": 5},
            {"name": "x", "type": "string"},
            {"name": "exec_in", "type": "any"},
            {"name": "list", "type": "list"},
        ]
        outputs = [{"name": "x"}, {"name": "y", "type": "string", "default": "ignored"}]
        _, made = self.made("async def execute(self, inputs): pass", inputs=inputs, outputs=outputs)
        self.assertEqual(["exec_in", "exec", None, None, None], made[0][0])
        self.assertEqual(["x", "int", 5, "dropdown", ["1", "2"]], made[0][1])
        self.assertEqual("list", made[0][2][0])
        self.assertEqual([], made[0][2][2]["$n"][1])
        self.assertEqual(3, len(made[0]))
        self.assertEqual(
            [["exec_out", "exec", None, None, None], ["x", "any", None, None, None], ["y", "string", "", None, None]],
            made[1],
        )
        self.assertFalse(made[2])

    def test_bare_style_without_exec_pins(self):
        ports = [{"name": "exec_in", "type": "exec"}]
        _, made = self.made("async def execute(self, inputs): pass", use_exec=False, inputs=ports)
        self.assertEqual([["exec_in"], []], [names(made[0]), names(made[1])])

    def test_the_class_decides_in_class_style(self):
        _, made = self.made(CLASS % ("False", "self.add_input('a', 'String', options=[1, 2])"), inputs=[{"name": "no"}])
        self.assertEqual([[["a", "String", None, None, ["1", "2"]]], []], made[:2])

    def test_ports_declared_twice(self):
        body = "self.add_input('a', 'string'); self.add_input('a', 'string', default='B')"
        node = self.engine.node(CLASS % ("False", body))
        self.assertEqual({"a": ""}, self.engine.output(node)["$n"][1])

    def test_exec_pins_declared_again(self):
        _, made = self.made(CLASS % ("True", "self.add_exec_input('exec_in'); self.add_exec_output('exec_out')"))
        self.assertEqual([["exec_in"], ["exec_out"]], [names(made[0]), names(made[1])])

    def test_an_input_and_an_output_of_one_name_share_the_parameter(self):
        code = """
async def execute(self, inputs):
    await self.set_output("v", 9)
    return {"out": [inputs["v"], self.get_parameter("v")]}
"""
        node = self.engine.node(
            code, saved=[("v", 5)], inputs=[{"name": "v", "type": "int"}], outputs=[{"name": "v", "type": "int"}]
        )
        self.assertEqual([0, 9], self.engine.output(node)["$n"][1])

    def test_hooks_are_reported(self):
        hook = "\nasync def on_parameter_changed(self, name, value): pass"
        _, made = self.made("async def execute(self, inputs): pass" + hook)
        self.assertTrue(made[2])
        _, made = self.made(CLASS % ("True", "pass"))
        self.assertFalse(made[2])


class Making(HostTest):
    def test_the_order_of_preparation(self):
        code = """
from vnode.nodes.base import BaseNode
class Sample(BaseNode):
    def __init__(self):
        super().__init__()
        self.add_input("wired", "int", default=3)
        self.add_input("saved")
        self.add_output("result", "string")
        self.steps = [self.name]
    def restore_from_parameters(self, saved):
        self.steps += [self.name, sorted(saved), self.parameters["saved"]]
    async def execute(self, inputs):
        return {"steps": self.steps, "inputs": inputs}
def register_node():
    return Sample
"""
        saved = [("saved", [1]), ("wired", 8), ("result", "old"), ("extra", None), ("exec_in", True)]
        node = self.engine.node(code, node_id="sample", saved=saved, wired=["wired"])
        returned = self.engine.run(node)[0]
        self.assertEqual(
            ["sample", "sample", ["exec_in", "extra", "result", "saved", "wired"], None], returned["steps"]["$n"][1]
        )
        self.assertEqual(
            {"exec_in": True, "exec_out": None, "wired": 3, "saved": [1], "result": "", "extra": None},
            returned["inputs"]["$n"][1],
        )

    def test_a_constructor_that_raises(self):
        definition, _ = self.engine.load(CLASS % ("True", "1 / 0"))
        _, made = self.engine.make(definition)
        self.assertEqual(2, len(made))
        self.assertIn("division by zero", made[0])
        self.assertIn("line 7, in __init__", made[1])
        definition, _ = self.engine.load(CLASS % ("True", "raise SystemExit(1)"))
        self.assertIn("SystemExit(1", self.engine.make(definition)[1][0])

    def test_a_constructor_without_super(self):
        code = (
            "from src.nodes.base import BaseNode\nclass S(BaseNode):\n    def __init__(self): pass\n"
            "def register_node(): return S"
        )
        definition, _ = self.engine.load(code)
        self.assertIn("super().__init__()", self.engine.make(definition)[1][0])

    def test_a_constructors_logs_come_after_made(self):
        definition, _ = self.engine.load(CLASS % ("True", "self.log_info('hello'); print('text', end='')"))
        self.engine.send(["new", 77, definition, 0, "n", [], []])
        self.assertEqual("made", self.engine.receive()[0])
        self.engine.sync()
        self.assertEqual([[77, "info", "hello", None], [77, "info", "text", "stdout"]], self.engine.logs)

    def test_a_mutable_default_is_shared(self):
        code = "async def execute(self, inputs):\n    inputs['l'].append(1)\n    return {'out': len(inputs['l'])}"
        definition, _ = self.engine.load(code, inputs=[{"name": "l", "type": "list", "default": [0]}])
        first, _ = self.engine.make(definition)
        second, _ = self.engine.make(definition)
        self.engine.run(first)
        self.assertEqual(3, self.engine.output(second))


class Members(HostTest):
    def test_helpers_of_bare_definitions(self):
        code = """
_CONSTANT = 7
def _helper(self, x):
    return self.name + str(x)
async def _later(self):
    await self.set_output("a", 1)
def plain(x):
    return x
async def execute(self, inputs):
    await self._later()
    await _later(self)
    return {"out": [self._helper(1), hasattr(self, "plain"), hasattr(self, "_CONSTANT"), plain(2)]}
"""
        node = self.engine.node(code, outputs=[{"name": "a"}])
        returned, pushed = self.engine.run(node)
        self.assertEqual(["test01", False, False, 2], returned["out"]["$n"][1])
        self.assertEqual(2, len(pushed))

    def test_parameters(self):
        code = """
async def execute(self, inputs):
    self.set_parameter("choice", ["b", "c"])
    first = self.get_parameter("choice")
    self.set_parameter("choice", "c")
    self.set_parameter("choice", ["c", "d"])
    second = self.get_parameter("choice")
    self.set_parameter("choice", [])
    self.set_parameter("plain", [1])
    self.add_parameter("p", "int", 4)
    self["q"] = 5
    self.rebuild_ports(); self.clear_outputs(); self.on_plug_sync("a", True, None, "b")
    await self.on_plug("a", True, None, "b")
    return {"out": [first, second, self.get_parameter("choice", 1), self.inputs["choice"].options,
                    self.get_parameter("plain"), self.get_parameter("none", 8), self.get_parameter("exec_in", 9),
                    self["p"], self["q"], self.is_port_connected("a"), self.is_stopped()]}
"""
        node = self.engine.node(
            code, inputs=[{"name": "choice", "type": "string", "widget_type": "dropdown", "options": ["a"]}]
        )
        self.assertEqual(
            ["b", "c", "", [], [1], 8, None, 4, 5, False, False], self.engine.output(node)["$n"][1]
        )

    def test_logs(self):
        code = """
class Bad:
    def __str__(self): raise ValueError
async def execute(self, inputs):
    self.log_info(5); self.log_success("s"); self.log_error(None); self.log_error(Bad())
"""
        node = self.engine.node(code)
        self.engine.run(node)
        logs = [log[1:] for log in self.engine.logs]
        self.assertEqual([["info", "5", None], ["success", "s", None], ["error", "None", None]], logs[:3])
        self.assertIn("Bad", logs[3][1])

    def test_nodes_that_node_code_makes_are_no_instances(self):
        code = """
from src.nodes.base import BaseNode
async def execute(self, inputs):
    other = BaseNode()
    await other.set_output("exec_out", True)
    other.log_info("from it")
    return {"out": other.get_parameter("exec_out")}
"""
        node = self.engine.node(code)
        self.assertEqual(({"out": True}, []), self.engine.run(node))
        self.assertEqual([[node, "info", "from it", None]], self.engine.logs)
