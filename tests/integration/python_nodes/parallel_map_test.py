"""Python nodes in the bodies of parallel maps (engine rule 46): several processes, fresh instances, variables."""

import os
import time
import unittest

from python_runs import PythonRunTest, bare, data, node, then

PID = """
import os

def execute(self, inputs):
    return {"result": os.getpid(), "exec_out": True}
"""

# Each waits until both are at work: in one process, one after the other, they would wait for ever.
MEETING = """
import os, time

def execute(self, inputs):
    open(os.path.join(%r, str(inputs["data"])), "w").close()
    while len(os.listdir(%r)) < 2:
        time.sleep(0.01)
    return {"result": os.getpid(), "exec_out": True}
"""

STATE = """
from src.nodes.base import BaseNode

class Node(BaseNode):
    def __init__(self):
        super().__init__()
        self.add_exec_input("exec_in")
        self.add_input("data", "any")
        self.add_output("result", "any")
        self.add_exec_output("exec_out")
        self.count = 0

    async def execute(self, inputs):
        self.count += 1
        return {"result": self.count, "exec_out": True}

def register_node():
    return Node
"""

OBJECT = """
import threading

def execute(self, inputs):
    return {"result": [threading.Lock()], "exec_out": True}
"""

LOCK = """
def execute(self, inputs):
    with inputs["data"]:
        return {"result": "locked", "exec_out": True}
"""

CHANGE = """
from src.nodes.base import BaseNode

def execute(self, inputs):
    BaseNode.memory.setdefault("list", []).append(inputs["data"])
    return {"result": len(BaseNode.memory["list"]), "exec_out": True}
"""

# Both read the variable before one of them changes it.
CROSSING = """
import os, time
from src.nodes.base import BaseNode

def execute(self, inputs):
    known = BaseNode.memory["list"]
    open(os.path.join(%r, str(inputs["data"])), "w").close()
    while len(os.listdir(%r)) < 2:
        time.sleep(0.01)
    known.append(inputs["data"])
    return {"result": len(known), "exec_out": True}
"""

FIRST = """
from src.nodes.base import BaseNode

def execute(self, inputs):
    BaseNode.memory["list"] = [0]
    return {"exec_out": True}
"""

BROKEN = "def execute(self, inputs:\n    pass\n"


def mapped(items, body="body", **settings):
    """A map over the items whose body is one node, with its result."""
    return {
        "nodes": [node(1, "Parallel For Each", collection=items, **settings), node(2, body), node(3, "console_print")],
        "connections": then(1, 2, port="each_item") + then(1, 3, port="exec_on_finished") + [
            data((1, "current_item"), (2, "data")), data((2, "result"), (1, "result")), data((1, "results"), (3, "data")),
        ],
    }


class ParallelMap(PythonRunTest):
    def run_map(self, workflow, *options):
        return self.run_nodes(workflow["nodes"], workflow["connections"], *options)

    def results(self, outcome):
        self.assertEqual(outcome.code, 0, outcome.events[-1])
        return outcome.pushes(1, "results")[-1]

    def test_bodies_are_at_work_at_once_in_processes_of_their_own(self):
        folder = self.path("met")
        os.mkdir(folder)
        self.define(bare("body", MEETING % (folder, folder)))
        pids = self.results(self.run_map(mapped([1, 2], max_concurrency=2), "-j", "2"))
        self.assertEqual(len(set(pids)), 2)

    def test_one_after_the_other_they_stay_in_the_runs_process(self):
        self.define(bare("body", PID))
        workflow = mapped([1, 2, 3], max_concurrency=1)
        workflow["nodes"].append(node(4, "body"))
        workflow["connections"] += then(1, 4, port="exec_on_finished")
        outcome = self.run_map(workflow)
        pids = self.results(outcome)
        self.assertEqual(set(pids), set(outcome.pushes(4)))

    def test_each_item_has_fresh_instances(self):
        self.define(bare("body", STATE))
        self.assertEqual(self.results(self.run_map(mapped([1, 2, 3, 4], max_concurrency=2))), [1, 1, 1, 1])

    def test_objects_of_python_keep_a_body_in_the_runs_process(self):
        self.define(bare("source", OBJECT), bare("body", LOCK))
        workflow = mapped(None, max_concurrency=4)
        workflow["nodes"].append(node(4, "source"))
        workflow["connections"] += then(4, 1) + [data((4, "result"), (1, "collection"))]
        outcome = self.run_map(workflow)
        self.assertEqual(self.results(outcome), ["locked"])
        several = mapped(None, max_concurrency=4)
        several["nodes"].append(node(4, "source"))
        several["connections"] += then(4, 1) + [data((4, "result"), (1, "collection"))]
        self.define(bare("source", OBJECT.replace("[threading.Lock()]", "[threading.Lock(), threading.Lock()]")))
        outcome = self.run_map(several)
        self.assertEqual(self.results(outcome), ["locked", "locked"])
        self.assertTrue(any("receives a Python object" in log for log in outcome.logs(1)), outcome.logs(1))

    def test_variables_are_those_of_the_run(self):
        self.define(bare("body", CHANGE))
        self.assertEqual(self.results(self.run_map(mapped([1, 2, 3], max_concurrency=1))), [1, 2, 3])

    def test_of_what_two_change_at_once_the_later_counts_with_a_warning(self):
        folder = self.path("met")
        os.mkdir(folder)
        self.define(bare("first", FIRST), bare("body", CROSSING % (folder, folder)))
        workflow = mapped([1, 2], max_concurrency=2)
        workflow["nodes"].append(node(4, "first"))
        workflow["connections"] += then(4, 1)
        outcome = self.run_map(workflow, "-j", "2")
        self.assertEqual(self.results(outcome), [2, 2])
        warnings = [log for log in outcome.logs(2) if "changed by two bodies at once" in log]
        self.assertEqual(len(warnings), 1, outcome)

    def test_a_definition_that_does_not_load_is_told_before_anything_runs(self):
        self.define(bare("body", BROKEN))
        outcome = self.run_map(mapped([1, 2]))
        self.assertEqual(outcome.code, 3)
        self.assertFalse([event for event in outcome.events if event["type"] == "node_started"])

    def test_a_stop_ends_all_of_them(self):
        self.define(bare("body", "import time\ndef execute(self, inputs):\n    time.sleep(600)\n"))
        began = time.monotonic()
        outcome = self.run_map(mapped([1, 2, 3], max_concurrency=3), "-j", "3", "--timeout", "1s", "--grace", "1s")
        self.assertEqual(outcome.code, 124)
        self.assertLess(time.monotonic() - began, 20)
        statuses = {event["status"] for event in outcome.events if event["type"] == "node_finished"}
        self.assertEqual(statuses, {"cancelled"})


if __name__ == "__main__":
    unittest.main()
