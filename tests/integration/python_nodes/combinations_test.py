"""Python nodes together: with each other, with native nodes, in loops and in groups."""

import unittest

from python_runs import PythonRunTest, bare, data, node, then, wire

# Evaluates its saved `question`, which may use `value` (its input), `memory` and `self`.
ASKER = """
async def execute(self, inputs):
    names = {"value": inputs.get("data"), "memory": self.memory, "self": self, "inputs": inputs}
    await self.set_output("result", eval(self.get_parameter("question"), names))
    await self.set_output("exec_out", True)
    return {}
"""

COUNTER = """
count = 0


async def execute(self, inputs):
    global count
    count += 1
    await self.set_output("result", count)
    await self.set_output("exec_out", True)
    return {}
"""

# Pushes from its own threads, from tasks, and from both at once.
PUSHER = """
import asyncio
import threading


async def execute(self, inputs):
    loop = asyncio.get_running_loop()

    def push(number):
        asyncio.run_coroutine_threadsafe(self.set_output("result", number), loop).result()

    threads = [threading.Thread(target=push, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    await asyncio.gather(*[self.set_output("result", 10 + number) for number in range(10)])
    await asyncio.gather(*[asyncio.to_thread(thread.join) for thread in threads])
    await self.set_output("exec_out", True)
    return {}
"""

# Waits until another node has set a variable.
VARIABLE_WAITER = """
import asyncio


async def execute(self, inputs):
    while not self.memory.get("ready"):
        await asyncio.sleep(0)
    await self.set_output("result", "was told")
    return {}
"""

REACTIVE = """
async def execute(self, inputs):
    await self.set_output("exec_out", True)
    return {}


async def on_parameter_changed(self, name, value):
    if name == "data" and value < 20:
        await self.set_output("result", value + 1)
"""

FORGETFUL = """
import os

count = 0


async def execute(self, inputs):
    global count
    count += 1
    self.own = getattr(self, "own", 0) + 1
    if self.get_parameter("dies"):
        os._exit(1)
    await self.set_output("result", [count, self.own, self.get_parameter("data")])
    await self.set_output("exec_out", True)
    return {}
"""


class Combinations(PythonRunTest):
    def setUp(self):
        super().setUp()
        self.define(bare("asker", ASKER), bare("counter", COUNTER))

    def ask(self, *questions, wires=(), more=()):
        """Nodes 1, 2 and so on, one after the other; a text is a question, everything else a node. The answers."""
        nodes = [node(n, "asker", question=q) if isinstance(q, str) else {**q,
                                                                          "instance_id": node(n, "")["instance_id"]}
                 for n, q in enumerate(questions, 1)]
        outcome = self.succeed(self.run_nodes([*nodes, *more], [*then(*range(1, len(nodes) + 1)), *wires]))
        return outcome, [outcome.pushes(n)[0] for n, q in enumerate(questions, 1) if isinstance(q, str)]


class Identity(Combinations):
    def test_lists_and_dicts_are_the_same_objects(self):
        wires = [data((1, "result"), (n, "data")) for n in (2, 3, 4)]
        _, answers = self.ask("{'a': [1]}", "value['a'].append(2) or value['a']", "value.update(b=3) or value",
                              "value", wires=wires)
        self.assertEqual(answers[1:], [[1, 2], {"a": [1, 2], "b": 3}, {"a": [1, 2], "b": 3}])

    def test_parts_of_values_are_the_same_objects(self):
        """A native node takes an item out of a list that a Python node has made."""
        wires = [data((1, "result"), (2, "data")), data((1, "result"), (3, "list")), data((3, "item"), (4, "data"))]
        nodes = [node(1, "asker", question="[object, [5]]"), node(2, "asker", question="memory.update(own=value)")]
        nodes += [node(3, "get_list_item", index=1), node(4, "asker", question="value is memory['own'][1]")]
        outcome = self.succeed(self.run_nodes(nodes, [*then(1, 2, 3, 4), *wires]))
        self.assertEqual(outcome.pushes(4), [True])

    def test_objects_through_native_loops(self):
        """The items of a Python list, through native For Each loops, one within the other."""
        nodes = [node(1, "asker", question="[[object(), object()], [object()]]"), node(2, "For Each"),
                 node(3, "For Each")]
        nodes += [node(4, "asker", question="memory.setdefault('seen', []).append(value)"),
                  node(5, "asker", question=SAME_OBJECTS)]
        wires = [*then(1, 2), *then(2, 3, port="each_item"), *then(3, 4, port="each_item"),
                 *then(2, 5, port="exec_on_finished")]
        wires += [data((1, "result"), (2, "collection")), data((2, "current_item"), (3, "collection"))]
        wires += [data((3, "current_item"), (4, "data")), data((1, "result"), (5, "data"))]
        outcome = self.succeed(self.run_nodes(nodes, wires))
        self.assertEqual(outcome.pushes(5), [[3, True]])

    def test_native_values_are_the_same_object_each_time(self):
        """One native value, in two Python nodes, and again in the first one."""
        long_text = "x" * 5000
        nodes = [node(1, "Set Variable", name="v", value=[long_text, {"a": 1}]),
                 node(2, "asker", question="memory.update(seen=value)")]
        nodes.append(node(3, "asker", question="[value is memory['seen'], value[1] is memory['seen'][1]]"))
        wires = [*then(1, 2, 3), data((1, "value_out"), (2, "data")), data((1, "value_out"), (3, "data"))]
        self.assertEqual(self.succeed(self.run_nodes(nodes, wires)).pushes(3), [[True, True]])

    def test_a_change_of_a_native_value_is_not_seen_by_native_nodes(self):
        nodes = [node(1, "Set Variable", name="v", value=[1]), node(2, "asker", question="value.append(2) or value")]
        nodes += [node(3, "console_print"), node(4, "asker", question="value")]
        wires = [*then(1, 2, 3, 4), *(data((1, "value_out"), (n, "data")) for n in (2, 3, 4))]
        outcome = self.succeed(self.run_nodes(nodes, wires))
        self.assertEqual((outcome.pushes(2), outcome.pushes(4)), ([[1, 2]], [[1, 2]]))
        self.assertIn("Print: [1]", outcome.logs(3))


SAME_OBJECTS = "[len(memory['seen']), all(a is b for a, b in zip(memory['seen'], value[0] + value[1]))]"


class Memory(Combinations):
    def native_set(self, value):
        return node(0, "Set Variable", name="v", value=value)

    def test_native_nodes_write(self):
        self.assertEqual(self.ask(self.native_set([1, "a"]), "memory['v']", "memory.get('none', 0)")[1], [[1, "a"], 0])

    def test_native_nodes_overwrite_what_python_wrote(self):
        _, answers = self.ask("memory.update(v=1)", self.native_set(2), "memory['v']", self.native_set(3),
                              "memory['v']")
        self.assertEqual(answers[1:], [2, 3])

    def test_native_nodes_overwrite_what_python_read(self):
        _, answers = self.ask(self.native_set(1), "memory['v']", self.native_set(2), "memory['v']")
        self.assertEqual(answers, [1, 2])

    def test_a_native_loop_appends_to_a_list_of_python(self):
        nodes = [node(1, "asker", question="memory.update(items=[0])"), node(2, "For Each", collection=[1, 2])]
        nodes += [node(3, "List Append", list_name="items"), node(4, "asker", question="memory['items']")]
        wires = [*then(1, 2), *then(2, 3, port="each_item"), *then(2, 4, port="exec_on_finished"),
                 data((2, "current_item"), (3, "item"))]
        self.assertEqual(self.succeed(self.run_nodes(nodes, wires)).pushes(4), [[0, 1, 2]])

    def test_native_nodes_see_changes_in_place(self):
        """Of a list that was stored by another node, in an earlier step."""
        nodes = [node(1, "asker", question="memory.update(deep={'a': [1]})"),
                 node(2, "asker", question="memory['deep']['a'].append(2)")]
        nodes += [node(3, "console_print"), node(4, "Get Variable", name="deep")]
        outcome = self.succeed(self.run_nodes(nodes, [*then(1, 2, 3), data((4, "value"), (3, "data"))]))
        self.assertIn("Print: {'a': [1, 2]}", outcome.logs(3))

    def test_native_nodes_see_changes_through_a_wire(self):
        """The list was pushed and stored; the receiver of the push changes it."""
        nodes = [node(1, "asker", question="memory.setdefault('list', [1])"),
                 node(2, "asker", question="value.append(2)")]
        nodes += [node(3, "console_print"), node(4, "Get Variable", name="list")]
        wires = [*then(1, 2, 3), data((1, "result"), (2, "data")), data((4, "value"), (3, "data"))]
        self.assertIn("Print: [1, 2]", self.succeed(self.run_nodes(nodes, wires)).logs(3))

    def test_removed_variables_are_gone(self):
        nodes = [node(1, "Set Variable", name="v", value=1), node(2, "asker", question="memory.pop('v')")]
        nodes += [node(3, "console_print"), node(4, "Get Variable", name="v"),
                  node(5, "asker", question="'v' in memory")]
        outcome = self.succeed(self.run_nodes(nodes, [*then(1, 2, 3, 5), data((4, "value"), (3, "data"))]))
        self.assertEqual((outcome.pushes(2), outcome.pushes(4, "value")[-1], outcome.pushes(5)), ([1], None, [False]))

    def test_objects_are_kept(self):
        _, answers = self.ask("memory.update(o=object)", "memory['o'] is object", self.native_set(1),
                              "memory['o'] is object")
        self.assertEqual(answers[1:], [True, True])

    def test_each_run_starts_empty(self):
        for _ in range(2):
            self.assertEqual(self.ask("sorted(memory)", "memory.update(left=1)")[1][0], [])


class Groups(Combinations):
    """A group's nodes have variables of their own, and the modules of the run."""

    def group(self, number, *nodes, wires=()):
        return node(number, "group_node", __workflow__={"nodes": list(nodes), "connections": list(wires)},
                    __port_defs__=[])

    def test_variables(self):
        inner = [node(11, "asker", question="[sorted(memory), memory.update(a=2)]"),
                 node(12, "asker", question="memory['a']")]
        nodes = [node(1, "asker", question="memory.update(a=1)"), self.group(2, *inner, wires=then(11, 12))]
        outcome = self.succeed(self.run_nodes([*nodes, node(3, "asker", question="memory['a']")], then(1, 2, 3)))
        self.assertEqual([outcome.pushes(n)[0] for n in (11, 12, 3)], [[[], None], 2, 1])
        self.assertEqual(outcome.of(11)[0]["path"], [outcome.of(2)[0]["node_id"]])

    def test_modules(self):
        group = self.group(2, node(11, "counter"), node(12, "console_print"), wires=then(11, 12))
        outcome = self.succeed(self.run_nodes([node(1, "counter"), group, node(3, "counter")], then(1, 2, 3)))
        self.assertEqual([outcome.pushes(n)[0] for n in (1, 11, 3)], [1, 2, 3])

    def test_a_definition_that_does_not_load_fails_the_group(self):
        group = self.group(2, node(11, "odd_syntax_error"), node(12, "console_print"), wires=then(11, 12))
        outcome = self.run_nodes([node(1, "counter"), group, node(3, "counter")],
                                 [*then(1, 2), wire((2, "exec_fail"), (3, "exec_in"), True)])
        self.assertEqual(outcome.pushes(3), [2], outcome)
        self.assertIn("SyntaxError", "\n".join(outcome.logs(2)))


class Turns(Combinations):
    def test_pushes_from_threads_and_tasks(self):
        self.define(bare("pusher", PUSHER))
        outcome = self.succeed(self.run_nodes([node(1, "pusher"), node(2, "console_print")],
                                              [*then(1, 2), data((1, "result"), (2, "data"))]))
        self.assertEqual(sorted(outcome.pushes(1)), list(range(20)))
        received = [m for m in outcome.logs(2) if m.startswith("Received")]
        self.assertEqual(received, ["Received: %d" % value for value in outcome.pushes(1)])

    def test_chains_talk_through_variables(self):
        self.define(bare("variable_waiter", VARIABLE_WAITER))
        nodes = [node(1, "variable_waiter"), node(2, "console_print"), node(3, "console_print"),
                 node(4, "Set Variable", name="ready", value=True)]
        wires = [*then(1, 2), *then(3, 4)]
        self.assertEqual(self.succeed(self.run_nodes(nodes, wires, "--timeout", "50s")).pushes(1), ["was told"])

    def test_rings_of_hooks_end(self):
        """Two nodes that answer each other's pushes: a hook that runs is not entered again."""
        self.define(bare("reactive", REACTIVE))
        nodes = [node(1, "Set Variable", name="v", value=1), node(2, "reactive"), node(3, "reactive"),
                 node(4, "console_print")]
        wires = [*then(1, 4), data((1, "value_out"), (2, "data")), data((2, "result"), (3, "data")),
                 data((3, "result"), (2, "data"))]
        outcome = self.succeed(self.run_nodes(nodes, wires))
        self.assertEqual((outcome.pushes(2), outcome.pushes(3)), ([2], [3]))

    def test_a_long_chain(self):
        """Longer than Python's recursion limit: each node fires the next one from within its set_output."""
        numbers = range(1, 1501)
        outcome = self.succeed(self.run_nodes([node(n, "counter") for n in numbers], then(*numbers)))
        self.assertEqual(outcome.pushes(1500), [1500])

    def test_bypassed_nodes_do_not_run(self):
        nodes = [node(1, "counter"), {**node(2, "counter"), "bypassed": True}, node(3, "counter")]
        outcome = self.succeed(self.run_nodes(nodes, then(1, 2, 3)))
        self.assertEqual([outcome.pushes(n) for n in (1, 2, 3)], [[1], [], [2]])

    def test_data_flow_mode(self):
        nodes = [node(1, "asker", question="20"), node(2, "math_add", b=1), node(3, "asker", question="value * 2")]
        wires = [data((1, "result"), (2, "a")), data((2, "result"), (3, "data"))]
        self.assertEqual(self.succeed(self.run_nodes(nodes, wires)).pushes(3), [42])

    def test_the_same_run_twice_has_the_same_events(self):
        nodes = [node(n, name) for n, name in enumerate(("odd_yields", "odd_gather", "odd_hook_bare", "counter",
                                                         "console_print"), 1)]
        wires = [*then(1, 3, 5), *then(2, 4), data((1, "result"), (3, "data")), data((2, "first"), (3, "other"))]
        first, second = (self.succeed(self.run_nodes(nodes, wires)) for _ in range(2))
        self.assertEqual(first.order(), second.order())


class AfterADeath(Combinations):
    """A host that died is started again when the next node needs it."""

    def test_parameters_stay_but_not_modules(self):
        self.define(bare("forgetful", FORGETFUL))
        nodes = [node(1, "For Each", collection=[0]), node(2, "forgetful"), node(3, "forgetful", dies=True)]
        nodes += [node(4, "forgetful", data="saved"), node(5, "Set Variable", name="w", value="pushed"),
                  node(6, "forgetful")]
        wires = [*then(1, 2, port="each_item"), *then(1, 3, port="each_item"),
                 *then(1, 5, 4, 6, port="exec_on_finished")]
        wires.append(data((5, "value_out"), (6, "data")))
        outcome = self.fail_only(self.run_nodes(nodes, wires), 3)
        self.assertEqual(outcome.pushes(2), [[1, 1, None]])
        self.assertEqual([outcome.pushes(n)[0] for n in (4, 6)], [[1, 1, "saved"], [2, 1, "pushed"]])
        self.assertTrue(any("started again" in message for message in outcome.logs(4)), outcome)

    def test_variables_of_nodes_that_had_finished_stay(self):
        self.define(bare("forgetful", FORGETFUL))
        nodes = [node(1, "For Each", collection=[0]), node(2, "asker", question="memory.update(kept=5, changed=[1])")]
        nodes += [node(3, "asker", question="memory['changed'].append(2)"), node(4, "forgetful", dies=True)]
        nodes.append(node(5, "asker", question="[memory.get('kept'), memory.get('changed')]"))
        wires = [*then(1, 2, 3, port="each_item"), *then(1, 4, port="each_item"), *then(1, 5, port="exec_on_finished")]
        outcome = self.fail_only(self.run_nodes(nodes, wires), 4)
        self.assertEqual(outcome.pushes(5), [[5, [1, 2]]])

    def test_values_of_a_dead_host_are_named(self):
        self.define(bare("forgetful", FORGETFUL))
        nodes = [node(1, "For Each", collection=[0]), node(2, "asker", question="[object, 5]"),
                 node(3, "forgetful", dies=True)]
        nodes.append(node(4, "asker", question="[repr(value[0]), value[1]]"))
        wires = [*then(1, 2, port="each_item"), *then(1, 3, port="each_item"), *then(1, 4, port="exec_on_finished")]
        wires.append(data((2, "result"), (4, "data")))
        answer = self.fail_only(self.run_nodes(nodes, wires), 3).pushes(4)[0]
        self.assertIn("<class 'object'>", answer[0])
        self.assertEqual(answer[1], 5)


if __name__ == "__main__":
    unittest.main()
