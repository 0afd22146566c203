# What the host tells of executions for the journal of a run.

import os
import tempfile
import unittest

from fake_engine import FakeEngine

HEAD = "from src.nodes.base import BaseNode\nasync def execute(self, inputs):\n    memory = BaseNode.memory\n"
TOLD = ("read", "reads", "stateful", "modules")


class RecordsTest(unittest.TestCase):
    is_recorded = True

    def setUp(self):
        self.engine = FakeEngine(recorded=self.is_recorded)
        self.addCleanup(self.engine.close)
        self.folder = tempfile.mkdtemp()

    def execute(self, node, variables=(), values=()):
        """[what was told of the execution, without its number]."""
        variables = dict(variables)
        number = self.engine.start(node, values)
        told = []
        while True:
            message = self.engine.receive()
            if message[0] in ("ret", "err"):
                self.assertEqual("ret", message[0], message)
                return told
            if message[0] in TOLD:
                self.assertEqual(number, message[1])
                told.append([message[0]] + message[2:])
            elif message[0] == "keys":
                self.engine.send(["value", message[1], list(variables)])
            elif message[0] == "var":
                found = [variables[message[3]]] if message[3] in variables else []
                self.engine.send(["value", message[1], found])
            elif message[0] == "push":
                self.engine.send(["done", message[2], message[3]])

    def told(self, body, variables=(), **keys):
        return self.execute(self.engine.node(HEAD + body, **keys), variables)


class Variables(RecordsTest):
    def test_each_is_told_when_it_is_read_first(self):
        told = self.told("    memory['x']; memory['x']; memory.get('y'); return {}", {"x": 1})
        self.assertEqual([["read", "x"], ["read", "y"]], told)

    def test_those_of_each_execution_are_told(self):
        node = self.engine.node(HEAD + "    memory['x']; return {}")
        self.assertEqual([["read", "x"]], self.execute(node, {"x": 1}))
        self.assertEqual([["read", "x"]], self.execute(node, {"x": 1}))

    def test_its_own_are_not_read(self):
        self.assertEqual([], self.told("    memory['x'] = 1; memory['x']; return {}", {"x": 5}))

    def test_going_through_all(self):
        told = self.told("    memory['a'] = 1; list(memory); len(memory); return {}", {"b": 2})
        self.assertEqual([["reads", ["a"]]], told)

    def test_what_others_have_written_is_shared_first(self):
        writer = self.engine.node(HEAD + "    memory['l'].append(1)\n    await self.set_output('exec_out', True)\n    return {}")
        self.engine.send(["wire", writer, [["exec_out", True, []]]])
        self.engine.start(writer)
        self.assertEqual("dirty", [self.engine.receive() for _ in range(2)][1][0])
        request = self.engine.expect("var")
        self.engine.send(["value", request[1], [{"$n": [-1, []]}]])
        self.engine.expect("push")  # it waits for what that sets off
        reader = self.engine.node(HEAD + "    memory['l']; return {}")
        self.engine.asks_for_variables = True
        self.engine.start(reader)
        arrived = [self.engine.receive() for _ in range(2)]
        self.assertEqual(["vars", "read"], [message[0] for message in arrived])
        self.assertEqual("l", arrived[0][2][0][0])

    def test_a_name_that_is_no_text_is_for_python_alone(self):
        self.assertEqual("stateful", self.told("    memory[5] = 1; return {}")[0][0])


class Kept(RecordsTest):
    def test_nothing_has_changed(self):
        code = "    self.get_parameter('a'); await self.set_output('out', 1); return {'out': 2}"
        self.assertEqual([], self.told(code, outputs=[{"name": "out"}], inputs=[{"name": "a", "default": [1]}]))

    def test_attributes(self):
        self.assertEqual([["stateful", "attribute count"]], self.told("    self.count = getattr(self, 'count', 0) + 1"))

    def test_what_attributes_hold(self):
        code = ("from src.nodes.base import BaseNode\nclass Node(BaseNode):\n    def __init__(self):\n"
                "        super().__init__()\n        self.items = {'a': [1]}\n"
                "    async def execute(self, inputs):\n        self.title = 'x' * 3\n        %s\n"
                "def register_node():\n    return Node\n")
        node = self.engine.node(code % "self.items['a'].append(1)")
        self.assertEqual("stateful", self.execute(node)[0][0])
        node = self.engine.node(code % "list(self.items)")
        self.assertEqual([["stateful", "attribute title"]], self.execute(node))  # it is new
        self.assertEqual([], self.execute(node))  # and now the same

    def test_parameters_that_nobody_else_sets(self):
        node = self.engine.node(HEAD + "    self.set_parameter('a', 2)", inputs=[{"name": "a"}, {"name": "b"}])
        self.assertEqual([["stateful", "parameter a"]], self.execute(node))
        self.assertEqual([], self.execute(node))
        definition, _ = self.engine.load(HEAD + "    self.set_parameter('a', 2)", inputs=[{"name": "a"}])
        wired, _ = self.engine.make(definition, wired=["a"])
        self.assertEqual([], self.execute(wired, values=[("a", 1)]))

    def test_what_contains_itself_cannot_be_compared(self):
        node = self.engine.node(HEAD + "    self.items = []; self.items.append(self.items)")
        self.assertEqual("stateful", self.execute(node)[0][0])
        self.assertEqual("stateful", self.execute(node)[0][0])


class Modules(RecordsTest):
    def module(self, name, text=""):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def node(self, code):
        return self.engine.node("import sys\nsys.path.insert(0, %r)\n" % self.folder + code,
                                file=os.path.join(self.folder, "d.json"))

    def modules_of(self, code):
        return [[name for name, _ in told[1]] for told in self.execute(self.node(code)) if told[0] == "modules"]

    def test_those_that_it_imports_and_theirs(self):
        path = self.module("helper.py", "import json\nimport deeper.inner\n")
        self.module("deeper/__init__.py")
        self.module("deeper/inner.py", "from . import other\n")
        self.module("deeper/other.py")
        self.module("unused.py")
        node = self.node("import helper\nasync def execute(self, inputs):\n    pass\n")
        self.node("import unused\nasync def execute(self, inputs):\n    pass\n")
        told = self.execute(node)
        self.assertEqual(["deeper", "deeper.inner", "deeper.other", "helper"], [name for name, _ in told[0][1]])
        self.assertEqual(path, dict(told[0][1])["helper"])
        self.assertEqual(told, self.execute(node))

    def test_those_that_it_imports_while_it_runs(self):
        self.module("late.py")
        code = "async def execute(self, inputs):\n    import late\n    return {}\n"
        self.assertEqual([["late"]], self.modules_of(code))

    def test_before_anything_follows(self):
        self.module("first.py")
        node = self.node("async def execute(self, inputs):\n    import first\n    await self.set_output('exec_out', True)\n")
        self.engine.send(["wire", node, [["exec_out", True, []]]])
        self.engine.start(node)
        self.assertEqual(["modules", "push"], [self.engine.receive()[0] for _ in range(2)])

    def test_code_that_imports_in_other_ways_uses_all(self):
        self.module("one.py")
        self.module("two.py")
        self.node("import one, two\nasync def execute(self, inputs):\n    pass\n")
        self.assertEqual([["one", "two"]], self.modules_of("async def execute(self, inputs):\n    __import__('one')\n"))
        self.assertEqual([], self.modules_of("async def execute(self, inputs):\n    pass\n"))


class Sets(RecordsTest):
    def test_they_are_written_in_one_order(self):
        node = self.engine.node(HEAD + "    return {'out': {'b', 'a', 'c'}}")
        self.engine.start(node)
        self.assertEqual(["a", "b", "c"], self.engine.expect("ret")[2][0][1]["$n"][1]["$v"][3])


class Repeated(RecordsTest):
    def seen(self, node, is_repeated):
        number = self.engine.number()
        if is_repeated:
            self.engine.send(["repeated", number])
        self.engine.send(["exec", node, number, 1, []])
        return dict(self.engine.expect("ret")[2])

    def test_code_and_its_programs_know_it(self):
        node = self.engine.node(
            "import os, subprocess\nasync def execute(self, inputs):\n"
            "    said = subprocess.check_output(['sh', '-c', 'echo $VNODE_REPEATED'], text=True).strip()\n"
            "    return {'own': os.environ.get('VNODE_REPEATED'), 'said': said}\n")
        self.assertEqual([{"own": None, "said": ""}, {"own": "1", "said": "1"}, {"own": None, "said": ""}],
                         [self.seen(node, is_repeated) for is_repeated in (False, True, False)])


class Without(RecordsTest):
    is_recorded = False

    def test_nothing_is_told(self):
        self.assertEqual([], self.told("    self.count = 1; memory.get('x'); list(memory); return {}"))


if __name__ == "__main__":
    unittest.main()
