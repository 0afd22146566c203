#!/usr/bin/env python3
"""Writes large workflows, laid out as the editor saves them.

usage: generate.py SHAPE NODES [FILE]       FILE: standard output without

Shapes:
    chain       flow mode: one exec chain; each node also gets the result of the one before it
    fan         flow mode: a start node with chains of 10 nodes each
    pull        flow mode: a node that pulls one chain of data wires
    layers      data-flow mode: layers of 100 nodes, each wired to two of the layer before
    for_each    flow mode: a loop over NODES items with a body of two nodes
    parallel    the same as a parallel map, eight bodies at once
    while_loop  flow mode: a While Loop that counts to NODES in a variable
"""
import random
import sys

NODE = """        {
            "instance_id": "%s",
            "node_id": "%s",
            "position": [
                %.1f,
                %.1f
            ],
            "parameters": {%s},
            "state": "idle"
        }"""
WIRE = """        {
            "id": "%s",
            "from_node": "%s",
            "from_port": "%s",
            "to_node": "%s",
            "to_port": "%s",
            "is_exec": %s
        }"""
ADD_ONE = '\n                "b": 1\n            '


class Workflow:
    def __init__(self, seed=1):
        self._random = random.Random(seed)
        self._nodes = []
        self._wires = []

    def node(self, node_id, parameters=""):
        """Adds a node and returns its id."""
        instance = self._uuid()
        at = len(self._nodes)
        self._nodes.append(NODE % (instance, node_id, at % 1000 * 250.0, at // 1000 * 150.0, parameters))
        return instance

    def data(self, source, from_port, target, to_port):
        self._wires.append(WIRE % (self._uuid(), source, from_port, target, to_port, "false"))

    def exec(self, source, target, from_port="exec_out"):
        self._wires.append(WIRE % (self._uuid(), source, from_port, target, "exec_in", "true"))

    def write(self, stream):
        stream.write('{\n    "nodes": [\n')
        stream.write(",\n".join(self._nodes))
        stream.write('\n    ],\n    "connections": [\n')
        stream.write(",\n".join(self._wires))
        stream.write('\n    ],\n    "sticky_notes": [],\n    "backdrops": [],\n    "metadata": {}\n}')

    def _uuid(self):
        text = "%032x" % self._random.getrandbits(128)
        return "%s-%s-4%s-a%s-%s" % (text[:8], text[8:12], text[13:16], text[17:20], text[20:])


def chain(nodes):
    workflow = Workflow()
    last = workflow.node("math_add", ADD_ONE)
    for _ in range(nodes - 1):
        last = append(workflow, last)
    return workflow


def append(workflow, last):
    added = workflow.node("math_add", ADD_ONE)
    workflow.exec(last, added)
    workflow.data(last, "result", added, "a")
    return added


def fan(nodes):
    workflow = Workflow()
    start = workflow.node("math_add", ADD_ONE)
    for _ in range((nodes - 1) // 10):
        last = start
        for _ in range(10):
            last = append(workflow, last)
    return workflow


def pull(nodes):
    workflow = Workflow()
    # First in the file, so that it pulls the whole chain instead of finding it run by its own start nodes.
    target = workflow.node("console_print")
    trigger = workflow.node("message_node")
    workflow.exec(trigger, target)
    port = "data"
    for _ in range(nodes - 2):
        source = workflow.node("math_add", ADD_ONE)
        workflow.data(source, "result", target, port)
        target, port = source, "a"
    return workflow


def layers(nodes, width=100):
    workflow = Workflow()
    above = []
    for _ in range(nodes // width):
        layer = [workflow.node("math_add", ADD_ONE) for _ in range(width)]
        for i, node in enumerate(layer if above else []):
            workflow.data(above[i], "result", node, "a")
            workflow.data(above[(i * 7 + 1) % width], "result", node, "b")
        above = layer
    return workflow


def for_each(items):
    return each("For Each", items)


def parallel(items):
    """As for_each, with a parallel map of eight bodies at once."""
    return each("Parallel For Each", items, '\n                "max_concurrency": 8\n            ')


def each(loop_type, items, parameters=None):
    workflow = Workflow()
    numbers = workflow.node("for_loop", '\n                "start": 0,\n                "end": %d,\n                "step": 1\n            ' % items)
    loop = workflow.node(loop_type, parameters) if parameters else workflow.node(loop_type)
    add = workflow.node("math_add", ADD_ONE)
    length = workflow.node("string_length")
    workflow.exec(numbers, loop)
    workflow.data(numbers, "indices", loop, "collection")
    workflow.exec(loop, add, "each_item")
    workflow.data(loop, "current_item", add, "a")
    workflow.exec(add, length)
    workflow.data(add, "result", length, "text")
    return workflow


def while_loop(rounds):
    workflow = Workflow()
    loop = workflow.node("While Loop", '\n                "max_iterations": %d\n            ' % (rounds + 1))
    add = workflow.node("math_add", ADD_ONE)
    counter = workflow.node("variable_node", '\n                "type": "int"\n            ')
    compare = workflow.node("compare", '\n                "operation": "<",\n                "b": %d\n            ' % rounds)
    workflow.exec(loop, add, "each_iteration")
    workflow.exec(add, counter)
    workflow.data(add, "result", counter, "value")
    workflow.data(counter, "out", add, "a")
    workflow.data(counter, "out", compare, "a")
    workflow.data(compare, "result", loop, "condition")
    return workflow


def file_hashes(paths):
    """One data-flow layer with a file_hash for every path."""
    workflow = Workflow()
    for path in paths:
        workflow.node("file_hash", '\n                "path": "%s"\n            ' % path)
    return workflow


SHAPES = {"chain": chain, "fan": fan, "pull": pull, "layers": layers, "for_each": for_each, "parallel": parallel, "while_loop": while_loop}


def main():
    if len(sys.argv) not in (3, 4) or sys.argv[1] not in SHAPES:
        sys.exit(__doc__.strip())
    workflow = SHAPES[sys.argv[1]](int(sys.argv[2]))
    if len(sys.argv) == 3:
        workflow.write(sys.stdout)
        return
    with open(sys.argv[3], "w", encoding="utf-8") as stream:
        workflow.write(stream)


if __name__ == "__main__":
    main()
