# Values on their way: forms, numbers, identity, changes in place.

import json
import math

from fake_engine import HostTest

ECHO = 'async def execute(self, inputs):\n    return {"out": inputs["x"]}'
EVALUATE = 'import datetime\nasync def execute(self, inputs):\n    return {"out": eval(inputs["x"])}'
SHOW = 'async def execute(self, inputs):\n    return {"out": repr(inputs["x"]), "kind": type(inputs["x"]).__name__}'


class FromPython(HostTest):
    def evaluate(self, expression):
        if not hasattr(self, "node"):
            self.node = self.engine.node(EVALUATE)
        return self.engine.output(self.node, [("x", expression)])

    def test_scalars(self):
        for value in (None, True, False, 0, -5, 10**30, 1.5, 1e300, "", "text \" \\ \n\t\u00e9\u20ac\U0001f600\x00"):
            self.assertEqual(value, self.evaluate(repr(value)))
        self.assertTrue(math.isnan(self.evaluate("float('nan')")))
        self.assertEqual(math.inf, self.evaluate("float('inf')"))
        self.assertEqual("\ud800", self.evaluate("'\\ud800'"))

    def test_subclasses_of_scalars(self):
        self.assertEqual(5, self.evaluate("__import__('enum').IntEnum('E', {'A': 5}).A"))
        self.assertEqual("s", self.evaluate("type('S', (str,), {})('s')"))
        self.assertEqual(0.5, self.evaluate("type('F', (float,), {})(0.5)"))

    def test_containers(self):
        self.assertEqual([1, "a", None], self.evaluate("[1, 'a', None]")["$n"][1])
        self.assertEqual({"a": {"b": [1.5]}}, self.evaluate("{'a': {'b': [1.5]}}")["$n"][1])
        self.assertEqual({"$t": [1, {"$t": []}]}, self.evaluate("(1, ())")["$n"][1])
        self.assertEqual({"$d": [[1, "a"], [{"$t": [2]}, []]]}, self.evaluate("{1: 'a', (2,): []}")["$n"][1])
        self.assertEqual({"$d": [["$x", 1]]}, self.evaluate("{'$x': 1}")["$n"][1])
        self.assertEqual([{"$d": [["$x", 1]]}], self.evaluate("[{'$x': 1}]")["$n"][1])
        self.assertEqual(["$x"], self.evaluate("['$x']")["$n"][1])

    def test_data(self):
        self.assertEqual({"$v": ["bytes", "b'abc'", True, "YWJj"]}, self.evaluate("b'abc'"))
        kind, shown, truth, payload = self.evaluate("bytearray()")["$n"][1]["$v"]
        self.assertEqual(["bytearray", "bytearray(b'')", False, ""], [kind, shown, truth, payload])
        kind, shown, truth, payload = self.evaluate("{(1, 2)}")["$n"][1]["$v"]
        self.assertEqual(["set", "{(1, 2)}", True, [{"$t": [1, 2]}]], [kind, shown, truth, payload])
        self.assertEqual("frozenset", self.evaluate("frozenset()")["$v"][0])

    def test_objects(self):
        number, kind, shown, text, truth = self.evaluate("datetime.date(2024, 1, 2)")["$o"]
        self.assertEqual(["date", "datetime.date(2024, 1, 2)", "2024-01-02", True], [kind, shown, text, truth])
        number, kind, shown, text, truth = self.evaluate("object()")["$o"]
        self.assertIsNone(text)

    def test_objects_that_resist(self):
        bad = "type('Bad', (), {'__repr__': lambda s: 1/0, '__str__': lambda s: 1/0, '__bool__': lambda s: 1/0})()"
        number, kind, shown, text, truth = self.evaluate(bad)["$o"]
        self.assertEqual(["Bad", None, True], [kind, text, truth])
        self.assertIn("Bad", shown)
        huge = self.evaluate("type('Huge', (), {'__repr__': lambda s: 'x' * 10**6})()")["$o"]
        self.assertLessEqual(len(huge[2]), 200)

    def test_long_texts_have_numbers(self):
        code = 't = "x" * 5000\nasync def execute(self, inputs):\n    return {"out": t}'
        node = self.engine.node(code)
        number, text = self.engine.output(node)["$n"]
        self.assertEqual(5000, len(text))
        self.assertEqual({"$r": [number]}, self.engine.output(node))

    def test_huge_lists(self):
        code = (
            "l = list(range(300000))\nasync def execute(self, inputs):\n"
            "    if inputs['x']: l[-1] = None\n    return {'out': l}"
        )
        node = self.engine.node(code)
        number, content = self.engine.output(node, [("x", False)])["$n"]
        self.assertEqual(list(range(300000)), content)
        self.assertEqual({"$r": [number]}, self.engine.output(node))
        again, content = self.engine.output(node, [("x", True)])["$n"]
        self.assertEqual((number, None), (again, content[-1]))


class ToPython(HostTest):
    def show(self, raw):
        if not hasattr(self, "node"):
            self.node = self.engine.node(SHOW)
        return self.engine.output(self.node, [("x", raw)])

    def test_forms(self):
        for raw, shown in (
            (None, "None"),
            (10**30, str(10**30)),
            (math.inf, "inf"),
            ({"$t": [1, {"$t": [2]}]}, "(1, (2,))"),
            ({"$n": [-1, {"$t": []}]}, "()"),
            ({"$n": [-2, [1, [2]]]}, "[1, [2]]"),
            ({"$r": [-2]}, "[1, [2]]"),
            ({"$n": [-3, {"$d": [[1, 2], [{"$t": [3]}, [4]]]}]}, "{1: 2, (3,): [4]}"),
            ({"$v": ["bytes", None, None, "YWJj"]}, "b'abc'"),
            ({"$v": ["bytearray", None, None, "YWJj"]}, "bytearray(b'abc')"),
            ({"$v": ["set", None, None, [{"$t": [1]}]]}, "{(1,)}"),
            ({"$v": ["frozenset", None, None, []]}, "frozenset()"),
            ({"$x": ["Gone", "<Gone>"]}, "<Gone>"),
            ({"a": 1}, "{'a': 1}"),
            ([], "[]"),
        ):
            self.assertEqual(shown, self.show(raw))

    def test_large_numbers(self):
        digits = "1" * 6000
        node = self.engine.node(ECHO)
        text = '[["exec",%d,900,1,[["x",%s]]]]' % (node, digits)
        self.engine.socket.sendall(len(text).to_bytes(4, "little") + text.encode())
        size = int.from_bytes(self.engine.read(4), "little")
        self.assertIn(digits, self.engine.read(size).decode())

    def test_huge_frames(self):
        node = self.engine.node('async def execute(self, inputs):\n    return {"out": len(inputs["x"])}')
        self.assertEqual(400000, self.engine.output(node, [("x", list(range(400000)))]))
        self.assertEqual(70000, self.engine.output(node, [("x", "\u20ac" * 70000)]))
        self.assertEqual(65520, self.engine.output(node, [("x", "x" * 65520)]))

    def test_values_that_are_nested_too_deeply(self):
        node = self.engine.node(ECHO)
        for levels in (100000, 3000):
            text = '[["exec",%d,%d,1,[["x",%s%s]]]]' % (node, levels, '["]",[' * levels, "]]" * levels)
            self.engine.socket.sendall(len(text).to_bytes(4, "little") + text.encode())
            message = self.engine.expect("err")
            self.assertEqual(levels, message[1])
            self.assertIn("too deep", message[2])
        self.assertEqual(1, self.engine.output(node, [("x", 1)]))

    def test_a_number_that_is_gone(self):
        message, _, code = self.engine.fail(self.engine.node(ECHO), [("x", {"$r": [77]})])
        self.assertIn("object 77", message)

    def test_frames_in_pieces_and_in_one(self):
        node = self.engine.node(ECHO)
        frames = b""
        for number in range(900, 905):
            text = json.dumps([["exec", node, number, 1, [["x", number]]]]).encode()
            frames += len(text).to_bytes(4, "little") + text
        for place in (2, 30, len(frames)):
            self.engine.socket.sendall(frames[:place])
            frames = frames[place:]
        for number in range(900, 905):
            self.assertEqual(["ret", number, [["out", number]]], self.engine.receive())


class Identity(HostTest):
    KEEPER = """
kept = %s
async def execute(self, inputs):
    return {"out": kept}
"""
    CHECKER = """
async def execute(self, inputs):
    import builtins
    same = inputs["x"] is getattr(builtins, "kept", None)
    builtins.kept = inputs["x"]
    return {"same": same, "shown": repr(inputs["x"])}
"""

    def check(self, raw):
        if not hasattr(self, "checker"):
            self.checker = self.engine.node(self.CHECKER)
        return self.engine.run(self.checker, [("x", raw)])[0]

    def test_an_object_comes_back_as_itself(self):
        for expression in ("object()", "[1]", "{'a': 1}", "(1,)", "{1}", "bytearray(b'x')"):
            keeper = self.engine.node(self.KEEPER % expression)
            sent = self.engine.output(keeper)
            number = (sent.get("$o") or sent.get("$n"))[0]
            form = {"$o": [number]} if "$o" in sent else {"$r": [number]}
            self.assertFalse(self.check(form)["same"])
            self.assertTrue(self.check(form)["same"])

    def test_parts(self):
        keeper = self.engine.node(self.KEEPER % "[0, [1], {'k': ({2}, [3]), (4,): {5: []}}, 'x', [6]]")
        number, content = self.engine.output(keeper)["$n"]
        shown = [self.check({"$r": [number, part]})["shown"] for part in range(8)]
        self.assertEqual(
            ["[1]", "{'k': ({2}, [3]), (4,): {5: []}}", "({2}, [3])", "[3]", "(4,)", "{5: []}", "[]"], shown[1:]
        )
        self.assertTrue(self.check({"$r": [number, 7]})["same"])

    def test_parts_of_the_engines_own(self):
        content = [{"$d": [[{"$t": [1]}, [2]]]}, {"$v": ["set", None, None, [{"$t": [9]}]]}, {"a": {"$t": [3]}}, [4]]
        self.check({"$n": [-5, content]})
        shown = [self.check({"$r": [-5, part]})["shown"] for part in range(1, 7)]
        self.assertEqual(["{(1,): [2]}", "(1,)", "[2]", "{'a': (3,)}", "(3,)", "[4]"], shown)
        self.assertTrue(self.check({"$r": [-5, 6]})["same"])

    def test_changes_in_place_are_seen(self):
        code = """
kept = {"list": [1, {"deep": (1, [2], {3})}], "bytes": bytearray(b"a")}
def change(what):
    if what == 1: kept["list"][1]["deep"][1].append(3)
    if what == 2: kept["list"][1]["deep"][2].add(4)
    if what == 3: kept["bytes"][0] = 66
    if what == 4: kept["new"] = None
    if what == 5: del kept["new"]; kept["new"] = None
    if what == 6: kept["new"] = 0
async def execute(self, inputs):
    change(inputs["x"])
    return {"out": kept}
"""
        node = self.engine.node(code)
        number, _ = self.engine.output(node, [("x", 0)])["$n"]
        for what in range(1, 7):
            if what != 5:
                self.assertEqual(number, self.engine.output(node, [("x", what)])["$n"][0])
            self.assertEqual({"$r": [number]}, self.engine.output(node, [("x", 0)]))

    def test_freed_numbers_are_forgotten(self):
        node = self.engine.node(self.KEEPER % "[1]")
        number, _ = self.engine.output(node)["$n"]
        self.engine.output(node)
        self.engine.send(["free", [[number, 1], [-99, 0]]])
        self.assertEqual({"$r": [number]}, self.engine.output(node))
        self.engine.send(["free", [[number, 2]]])
        self.assertNotEqual(number, self.engine.output(node)["$n"][0])

    def test_freed_objects_are_released(self):
        code = """
import weakref
class Thing: pass
async def execute(self, inputs):
    global watched
    if inputs["x"] == "make":
        thing = Thing()
        watched = weakref.ref(thing)
        return {"out": [thing, thing]}
    return {"out": watched() is None}
"""
        node = self.engine.node(code)
        number, content = self.engine.output(node, [("x", "make")])["$n"]
        thing = content[0]["$o"][0]
        self.assertFalse(self.engine.output(node, [("x", "look")]))
        self.engine.send(["free", [[number, 1], [thing, 2]]])
        self.assertTrue(self.engine.output(node, [("x", "look")]))

    def test_a_value_that_fails_to_cross_leaves_nothing_behind(self):
        code = """
thing = object()
async def execute(self, inputs):
    bad = [thing]
    bad.append([thing, type("Bad", (dict,), {"items": lambda self: 1 / 0})(a=thing)])
    try:
        await self.set_output("a", bad)
    except ZeroDivisionError:
        pass
    return {"out": thing}
"""
        node = self.engine.node(code, outputs=[{"name": "a"}])
        number = self.engine.output(node)["$o"][0]
        self.engine.send(["free", [[number, 1]]])
        self.assertNotEqual(number, self.engine.output(node)["$o"][0])
