"""Odd values: what the next Python node gets of what one pushes, and what events and native nodes see of it."""

import json
import unittest

from python_runs import PythonRunTest, bare, data, node, then

READER = """
async def execute(self, inputs):
    value = inputs.get("data")
    await self.set_output("result", eval(self.get_parameter("question"), {"value": value}))
    await self.set_output("exec_out", True)
    return {}
"""


class OddValues(PythonRunTest):
    def setUp(self):
        super().setUp()
        self.define(bare("reader", READER))

    def ask(self, name, *questions):
        """Runs the odd node, a native one that prints its `result`, and a Python one for each question about it."""
        nodes = [node(1, name), node(2, "console_print")]
        nodes += [node(n, "reader", question=question) for n, question in enumerate(questions, 3)]
        numbers = range(1, len(nodes) + 1)
        wires = [*then(*numbers), *(data((1, "result"), (n, "data")) for n in numbers[1:])]
        outcome = self.succeed(self.run_nodes(nodes, wires))
        return outcome, [outcome.pushes(n)[0] for n in numbers[2:]]

    def check(self, name, seen, representation):
        """What events show, and repr() in the next Python node."""
        outcome, (answer,) = self.ask(name, "repr(value)")
        # As text: 1, 1.0 and true are different.
        self.assertEqual([json.dumps(value) for value in outcome.pushes(1)], [json.dumps(seen)] * 2, outcome)
        self.assertEqual(answer, representation)
        return outcome

    def test_odd_value_big_integer(self):
        big = [2**100, -(2**100), 2**63]
        self.check("odd_value_big_integer", big, repr(big))

    def test_odd_value_bytes(self):
        seen = [{"$object": "bytes", "repr": "b'\\x00\\xff'"}, {"$object": "bytearray", "repr": "bytearray(b'ab')"}]
        self.check("odd_value_bytes", seen, "[b'\\x00\\xff', bytearray(b'ab')]")

    def test_odd_value_dollar_keys(self):
        value = {"$t": [1], "$o": [1, "x", "y", None, True]}
        self.check("odd_value_dollar_keys", value, repr(value))

    def test_odd_value_not_finite(self):
        self.check("odd_value_not_finite", ["NaN", "Infinity", "-Infinity", -0.0], "[nan, inf, -inf, -0.0]")

    def test_odd_value_number_types(self):
        self.check("odd_value_number_types", [1, 1.0, True], "[1, 1.0, True]")

    def test_odd_value_shared_twice(self):
        self.check("odd_value_shared_twice", [[1], [1]], "[[1], [1]]")
        self.assertEqual(self.ask("odd_value_shared_twice", "value[0] is value[1]")[1], [True])

    def test_odd_value_tuple(self):
        self.check("odd_value_tuple", [1, [2, "b"], []], "(1, (2, 'b'), [])")

    def test_odd_value_other_keys(self):
        _, answers = self.ask("odd_value_other_keys", "repr(value)", "len(value)")
        self.assertEqual(answers, ["{1: 'int', 2.5: 'float', None: 'none', '1': 'text', (3, 4): 'tuple'}", 5])

    def test_odd_value_set(self):
        outcome, answers = self.ask("odd_value_set", "value == {'set': {1, 'a'}, 'frozenset': frozenset([2])}")
        self.assertEqual(answers, [True])
        self.assertEqual({key: shown["$object"] for key, shown in outcome.pushes(1)[0].items()},
                         {"set": "set", "frozenset": "frozenset"})

    def test_odd_value_in_containers(self):
        question = "value['function'] is len, value['module'].__name__, value['deep'][0][0] is object"
        outcome, answers = self.ask("odd_value_in_containers", question)
        self.assertEqual(answers, [[True, "math", True]])
        self.assertEqual(outcome.pushes(1)[0]["deep"], [[{"$object": "type", "repr": "<class 'object'>"}]])

    def test_odd_value_subclasses(self):
        outcome, answers = self.ask("odd_value_subclasses", "[type(item).__name__ for item in value]")
        self.assertEqual(answers, [["OrderedDict", "Pair", "Level", "Counter"]])
        self.assertEqual(len(outcome.pushes(1)[0]), 4)

    def test_odd_value_text(self):
        # Texts are UTF-8: a lone surrogate becomes the replacement character.
        outcome, answers = self.ask("odd_value_text", "value == '\\0\\r\\n\\u2028\\U0001f600\\ufffd\\u00e9\\x7f'",
                                    "len(value)")
        self.assertEqual(answers, [True, 8])
        self.assertEqual(len(outcome.pushes(1)[0]), 8)

    def test_odd_value_large(self):
        outcome, answers = self.ask("odd_value_large", "len(value)")
        self.assertEqual(answers, [5000000])
        self.assertEqual([outcome.pushes(1)[0][key] for key in ("$truncated", "bytes")], [True, 5000002])

    def test_odd_value_cycle(self):
        outcome = self.run_nodes([node(1, "odd_value_cycle"), node(2, "odd_print")], [])
        self.assertIn(outcome.code, (0, 1), outcome)
        self.assertEqual(outcome.statuses(2), ["success"], outcome)
        if outcome.code:
            self.fail_only(outcome, 1)
            self.assertIn("contains itself", outcome.error(1))

    def test_odd_value_changed_in_place(self):
        self.define(bare("keeper", KEEPER))
        nodes = [node(1, "odd_value_changed_in_place"), node(2, "console_print"), node(3, "keeper")]
        wires = [*then(1, 3), data((1, "result"), (2, "data")), data((1, "result"), (3, "data"))]
        outcome = self.succeed(self.run_nodes(nodes, wires))
        self.assertEqual(outcome.pushes(1), [[1], [1, 2], [1, 2]])
        self.assertEqual([m for m in outcome.logs(2) if m.startswith("Received")],
                         ["Received: [1]", "Received: [1, 2]"])
        # Three: two pushes, and its input.
        self.assertEqual(outcome.pushes(3), [[1, 2, [1, 2]]])

    def test_odd_value_nested_change(self):
        self.define(bare("maker", MAKER))
        nodes = [node(1, "maker"), node(2, "odd_value_nested_change"), node(3, "console_print")]
        wires = [*then(1, 2, 3), data((1, "result"), (2, "data")), data((1, "result"), (3, "data"))]
        outcome = self.succeed(self.run_nodes(nodes, wires))
        self.assertEqual(outcome.pushes(2), [["changed"]] * 2)
        self.assertIn("Print: {'inner': []}", outcome.logs(3))
        self.assertEqual(outcome.pushes(1, "own"), [{"inner": ["changed"]}])

    def test_odd_value_object(self):
        outcome, answers = self.ask("odd_value_object", "[value.label, type(value).__name__]")
        self.assertEqual(outcome.pushes(1), [{"$object": "Camera", "repr": "Camera(left)"}] * 2)
        self.assertEqual(answers, [["left", "Camera"]])
        self.assertIn("Print: Camera(left)", outcome.logs(2))

    def test_odd_value_object_reader(self):
        nodes = [node(1, "odd_value_object"), node(2, "odd_value_object_reader"), node(3, "odd_value_object_reader")]
        wires = [*then(1, 2, 3), data((1, "result"), (2, "data")), data((1, "result"), (3, "data"))]
        outcome = self.succeed(self.run_nodes(nodes, wires))
        self.assertEqual([outcome.pushes(n)[0] for n in (2, 3)], [["left", 1], ["left", 2]])


KEEPER = """
seen = []


async def on_parameter_changed(self, name, value):
    seen.append(value)


async def execute(self, inputs):
    same = all(value is inputs.get("data") for value in seen)
    await self.set_output("result", [int(same), len(seen), inputs.get("data")])
    return {}
"""

MAKER = """
async def execute(self, inputs):
    own = {"inner": []}
    await self.set_output("result", own)
    await self.set_output("exec_out", True)
    return {"own": own}
"""


if __name__ == "__main__":
    unittest.main()
