# BaseNode.memory: the run's variables.

from fake_engine import HostTest

HEAD = "from src.nodes.base import BaseNode\nasync def execute(self, inputs):\n    memory = BaseNode.memory\n"


class Memory(HostTest):
    def run_with(self, body, variables, level=0):
        """Executes a node, answering its requests from `variables`; returns the table and the requests."""
        node = self.engine.node(HEAD + body, level=level)
        return self.run_node(node, variables)

    def run_node(self, node, variables):
        self.engine.start(node)
        asked = []
        while True:
            message = self.engine.receive()
            if message[0] == "log":
                self.engine.logs.append(message[1:])
                continue
            if message[0] == "ret":
                return dict((name, value) for name, value in message[2]), asked
            asked.append([message[0]] + message[2:] if message[0] in ("var", "keys") else message)
            if message[0] == "keys":
                self.engine.send(["value", message[1], list(variables)])
            elif message[0] == "var":
                name = message[3]
                self.engine.send(["value", message[1], [variables[name]] if name in variables else []])
            else:
                self.assertEqual("dirty", message[0])

    def sync(self, level=0):
        return self.engine.sync(level)

    def test_reading(self):
        body = "    return {'out': memory['x'], 'none': memory.get('y'), 'in': 'y' in memory, 'again': memory['x']}"
        returned, asked = self.run_with(body, {"x": 5})
        self.assertEqual({"out": 5, "none": None, "in": False, "again": 5}, returned)
        self.assertEqual([["dirty", 0], ["var", 0, "x"], ["var", 0, "y"]], asked)
        self.assertEqual([0, [], []], self.sync())

    def test_reading_an_absent_one(self):
        body = "    try:\n        memory['x']\n    except KeyError as error:\n        return {'out': error.args[0]}"
        self.assertEqual("x", self.run_with(body, {})[0]["out"])

    def test_writing_and_removing(self):
        body = "    memory['a'] = 1; memory.update(b=2); del memory['x']; memory.pop('y', None)\n    memory[5] = 6\n"
        body += "    return {'out': memory[5], 'names': sorted(memory, key=str), 'n': len(memory)}"
        returned, asked = self.run_with(body, {"x": 1, "z": 2})
        self.assertEqual([5, "a", "b", "z"], returned["names"]["$n"][1])
        self.assertEqual(4, returned["n"])
        self.assertEqual([0, [["a", 1], ["b", 2]], ["x"]], self.sync())
        self.assertEqual([0, [], []], self.sync())

    def test_changes_in_place(self):
        body = "    memory['l'].append(1); memory.setdefault('d', {})['k'] = 1\n"
        node = self.engine.node(HEAD + body)
        self.run_node(node, {"l": {"$n": [-1, []]}, "same": [1]})
        level, table, removed = self.sync()
        self.assertEqual(["d", "l"], [name for name, _ in table])
        self.assertEqual([{"k": 1}, [1]], [value["$n"][1] for _, value in table])
        _, asked = self.run_node(node, {})
        self.assertEqual([["dirty", 0]], asked)
        self.assertEqual([["l", [1, 1]]], [[name, value["$n"][1]] for name, value in self.sync()[1]])

    def test_stale_variables_are_fetched_again(self):
        node = self.engine.node(HEAD + "    return {'x': memory['x'], 'y': memory.get('y')}")
        self.run_node(node, {"x": 1})
        self.sync()
        self.engine.send(["stale", 0, ["x"]])
        returned, asked = self.run_node(node, {"x": 2, "y": 3})
        self.assertEqual(({"x": 2, "y": None}, [["dirty", 0], ["var", 0, "x"]]), (returned, asked))
        self.sync()
        self.engine.send(["stale", 0, None])
        self.assertEqual({"x": 4, "y": 3}, self.run_node(node, {"x": 4, "y": 3})[0])

    def test_clearing(self):
        returned, _ = self.run_with("    memory.clear(); return {'out': dict(memory)}", {"x": 1, "y": 2})
        self.assertEqual({}, returned["out"]["$n"][1])
        self.assertEqual([0, [], ["x", "y"]], self.sync())

    def test_levels(self):
        body = "    memory['x'] = self.name\n"
        self.run_with(body, {}, level=7)
        self.assertEqual([0, [], []], self.sync())
        self.assertEqual([7, [["x", "test0"]], []], self.sync(7))
        self.engine.send(["close", 7])
        self.assertEqual([7, [], []], self.sync(7))

    def test_messages_that_come_before_the_answer_are_kept(self):
        node = self.engine.node(HEAD + "    return {'out': memory['x']}")
        other = self.engine.node("async def execute(self, inputs):\n    return {'out': 2}")
        first = self.engine.start(node)
        self.engine.expect("dirty")
        request = self.engine.expect("var")
        second = self.engine.start(other)
        self.engine.send(["value", request[1], [1]])
        self.assertEqual(["ret", first, [["out", 1]]], self.engine.receive())
        self.assertEqual(["ret", second, [["out", 2]]], self.engine.receive())

    def test_from_a_thread_that_the_node_waits_for(self):
        body = """
    import threading
    found = []
    def work():
        found.append(BaseNode.memory.get("x"))
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return {"out": found[0]}
"""
        self.assertEqual(8, self.run_with(body, {"x": 8})[0]["out"])

    def test_what_cannot_cross_is_reported(self):
        body = "    l = []; l.append(l); memory['bad'] = l; memory['good'] = 1\n"
        self.run_with(body, {})
        self.assertEqual([["good", 1]], self.sync()[1])
        self.assertIn("bad", self.engine.logs[0][2])
