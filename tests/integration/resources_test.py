"""Named resources of nodes, from the program and in the daemon (engine rule 40, daemon rule 19)."""

import os
import unittest

from support.daemon_test_case import DaemonTest
from support.waiting import wait_until
from support.vnode_program import ProgramTest, chain, node, uuid


def of_type(events, kind):
    return [event for event in events if event["type"] == kind]


class Run(ProgramTest):
    # Fails when another one is at work.
    ALONE = "mkdir busy && sleep 0.1 && rmdir busy"

    def commands(self, count, **limits):
        return {"nodes": [node(i, "run_command", command=self.ALONE, shell=True, directory=self.folder,
                               __vnode__={"resources": {"license.x": 1}, **limits}) for i in range(1, count + 1)]}

    def run_events(self, workflow, *options, code=0):
        result = self.vnode("run", self.write("w.json", workflow), "--format", "ndjson", *options)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return self.events(result.stdout)

    def test_programs_take_turns_at_what_there_is_one_of(self):
        events = self.run_events(self.commands(4), "-j", "8", "-r", "license.x=1")
        waits = of_type(events, "node_waiting")
        self.assertEqual([(wait["for"], wait["detail"]) for wait in waits],
                         [("resource", "license.x: needs 1, 0 of 1 free")] * 3)
        self.assertEqual(len(of_type(events, "node_resumed")), 3)

    def test_one_slot_and_one_license_with_nodes_that_fire_into_others(self):
        workflow = chain(*self.commands(4)["nodes"])
        events = self.run_events(workflow, "-j", "1", "-r", "license.x=1")
        self.assertEqual(events[-1]["nodes"]["succeeded"], 4)

    def test_python_nodes_need_them_too(self):
        code = """
from src.nodes.base import BaseNode
import os, time
class Alone(BaseNode):
    name = "alone"
    def __init__(self):
        super().__init__()
        self.add_input("folder")
    async def execute(self, inputs):
        import asyncio
        os.mkdir(inputs["folder"])
        await asyncio.sleep(0.1)
        os.rmdir(inputs["folder"])
        return {}
def register_node():
    return Alone
"""
        os.mkdir(self.path("nodes"))
        self.write("nodes/alone.json", {"node_id": "alone", "name": "Alone", "inputs": [{"name": "folder", "type": "string"}],
                                        "outputs": [], "python_code": code, "limits": {"resources": {"license.x": 0.75}}})
        workflow = {"nodes": [node(i, "alone", folder=self.path("busy")) for i in (1, 2, 3)]}
        events = self.run_events(workflow, "--nodes", self.path("nodes"), "-r", "license.x=1")
        self.assertGreaterEqual(len(of_type(events, "node_waiting")), 1)

    def test_what_there_is_not_is_told_before_anything_runs(self):
        result = self.vnode("run", self.write("w.json", self.commands(1)), "--format", "ndjson")
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertIn("needs 1 of 'license.x', which the run does not have", result.stderr)
        self.assertIn("--resource NAME=AMOUNT", result.stderr)
        self.assertEqual([event["type"] for event in self.events(result.stdout)], ["execution_started", "execution_finished"])
        result = self.vnode("run", self.path("w.json"), "-r", "license.x=0.5")
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertIn("has only 0.5", result.stderr)

    def test_the_machine_has_cores_and_memory(self):
        workflow = {"nodes": [node(1, "run_command", command=["true"], __vnode__={"resources": {"cpus": 1, "mem": "1M"}})]}
        self.run_events(workflow)
        workflow["nodes"][0]["parameters"]["__vnode__"]["resources"]["mem"] = "99T"
        self.run_events(workflow, code=3)

    def test_amounts_that_make_no_sense(self):
        for wrong in ("x", "=1", "x=", "x=0", "x=-1", "x=much"):
            result = self.vnode("run", self.write("w.json", self.commands(1)), "-r", wrong)
            self.assertEqual(result.returncode, 2, wrong)
            self.assertIn("-r '" + wrong + "'", result.stderr)


class Daemon(DaemonTest):
    def needing(self, amount, seconds=0):
        return {"nodes": [node(1, "delay_timer", delay=seconds, __vnode__={"resources": {"license.x": amount}})]}

    def test_runs_share_what_the_daemon_has_and_explain_who_holds_it(self):
        self.daemon.stop()
        os.makedirs(self.path(".config/vnode"), exist_ok=True)
        self.write(".config/vnode/vnode.yaml", "resources: {license.x: 1.5}\n")
        self.daemon.start()
        holder = self.submit(self.needing(1, 600))
        wait_until(lambda: {"name": "license.x", "total": 1.5, "used": 1} in self.json("queue", "list")["resources"],
                   "the node has its license")
        waiter = self.submit(self.needing(1))
        wait_until(lambda: holder in self.ok("explain", waiter), "the other one waits for it")
        self.assertIn("waits for license.x: needs 1, 0.5 of 1.5 free, held by " + holder, self.ok("explain", waiter))
        self.assertIn("waits for resource (license.x=1 of the daemon)", self.ok("explain", waiter, uuid(1)))
        self.ok("cancel", holder)
        self.assertEqual(self.vnode("wait", waiter).returncode, 0)


if __name__ == "__main__":
    unittest.main()
