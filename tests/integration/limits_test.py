"""Limits and retries of nodes, from where they can be set: options, definitions, settings, the daemon (engine rules 35 to 38)."""

import os
import unittest

from support.daemon_test_case import DaemonTest
from support.vnode_program import ProgramTest, chain, node

SLEEPING = chain(node(1, "delay_timer", delay=600), node(2, "console_print"))


def python_sleep(**settings):
    return {"nodes": [node(1, "python_script", python_code="import time\ntime.sleep(600)", **settings)]}


# Fails in its first two tries.
COUNTING = "echo $VNODE_TRY >> tries; test $VNODE_TRY -ge 3"


def of_node(events, number, kind="node_finished"):
    return [event for event in events if event["type"] == kind and event["node_id"].endswith(str(number))]


class Run(ProgramTest):
    def run_events(self, workflow, *options, code=0):
        result = self.vnode("run", self.write("w.json", workflow), "--format", "ndjson", *options)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return self.events(result.stdout)

    def settings(self, text):
        os.makedirs(self.path(".config/vnode"), exist_ok=True)
        self.write(".config/vnode/vnode.yaml", text)

    def test_a_timeout_of_all_nodes(self):
        events = self.run_events(SLEEPING, "--node-timeout", "100ms", code=1)
        self.assertEqual([event["status"] for event in of_node(events, 1)], ["timeout"])
        self.assertEqual(of_node(events, 2), [])
        self.assertEqual(events[-1]["status"], "failed")
        self.assertIn("timeout of 100ms", events[-1]["error"])

    def test_an_idle_timeout_of_all_nodes(self):
        events = self.run_events(SLEEPING, "--idle-timeout", "100ms", code=1)
        self.assertEqual(of_node(events, 1, "node_error")[0]["code"], "idle_timeout")

    def test_retries_of_all_nodes_with_the_backoff_of_the_settings(self):
        self.settings("limits: {backoff: 10ms}\n")
        workflow = {"nodes": [node(1, "run_command", command=COUNTING, shell=True, directory=self.folder)]}
        for option in ("--retries", "--node-retries"):
            events = self.run_events(workflow, option, "2")
            self.assertEqual([event["try"] for event in of_node(events, 1, "node_started")], [1, 2, 3])
            self.assertEqual([event["status"] for event in of_node(events, 1)], ["retried", "retried", "success"])
            self.assertEqual([event["handled"] for event in of_node(events, 1, "node_error")], [True, True])
            waits = of_node(events, 1, "node_waiting")
            self.assertEqual([event["for"] for event in waits], ["retry"] * 2)
            self.assertTrue(0.008 <= waits[0]["seconds"] <= 0.012, waits)

    def test_a_try_that_is_repeated_is_no_error_of_the_quiet_output(self):
        workflow = {"nodes": [node(1, "run_command", command=COUNTING, shell=True, directory=self.folder,
                                   __vnode__={"retries": 2, "backoff": "10ms"})]}
        result = self.vnode("run", self.write("w.json", workflow), "--format", "quiet")
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_those_of_the_settings_and_of_the_node(self):
        self.settings("limits: {timeout: 100ms}\n")
        self.run_events(SLEEPING, code=1)
        self.run_events(chain(node(1, "delay_timer", delay=0.3, __vnode__={"timeout": "10m"}), node(2, "console_print")))

    def test_those_of_a_definition(self):
        definition = {"node_id": "flaky", "name": "Flaky", "command": ["sh", "-c", COUNTING], "directory": self.folder,
                      "limits": {"retries": 2, "backoff": "10ms"}}
        os.mkdir(self.path("nodes"))
        self.write("nodes/flaky.json", definition)
        events = self.run_events({"nodes": [node(1, "flaky")]}, "--nodes", self.path("nodes"))
        self.assertEqual(len(of_node(events, 1)), 3)

    def test_a_timeout_of_a_python_node(self):
        limited = python_sleep(__vnode__={"timeout": "100ms"})
        self.assertEqual(self.vnode("validate", self.write("w.json", limited)).returncode, 0)
        for options in ((), ("--node-timeout", "100ms")):
            events = self.run_events(python_sleep() if options else limited, *options, code=1)
            self.assertEqual([event["status"] for event in of_node(events, 1)], ["timeout"])

    def test_what_is_wrong_is_refused(self):
        self.settings("limits: {timeot: 5s}\n")
        refused = self.vnode("run", self.write("w.json", SLEEPING))
        self.assertEqual(refused.returncode, 2)
        self.assertIn("did you mean 'timeout'?", refused.stderr)

    def test_retries_of_a_python_node(self):
        code = ("import os\nif not os.path.exists(%r):\n    open(%r, 'w').close()\n    raise ValueError('not yet')\n"
                % (self.path("mark"), self.path("mark")))
        python_code = ("from src.nodes.base import BaseNode\n\nclass Unsteady(BaseNode):\n    name = 'unsteady'\n"
                       "    def __init__(self):\n        super().__init__()\n        self.add_output('x')\n"
                       "    async def execute(self, inputs):\n" + "".join("        %s\n" % line for line in code.splitlines())
                       + "        return {'x': 5}\n\ndef register_node():\n    return Unsteady\n")
        definition = {"node_id": "unsteady", "name": "Unsteady", "outputs": [{"name": "x"}], "python_code": python_code}
        os.mkdir(self.path("nodes"))
        self.write("nodes/unsteady.json", definition)
        workflow = {"nodes": [node(1, "unsteady", __vnode__={"retries": 1, "backoff": "10ms"})]}
        events = self.run_events(workflow, "--nodes", self.path("nodes"))
        self.assertEqual([event["status"] for event in of_node(events, 1)], ["retried", "success"])


class Daemon(DaemonTest):
    def outcome(self, workflow, *options):
        run = self.vnode("submit", self.write("w.json", workflow), "--wait", *options).stdout.strip()
        return self.json("show", run)

    def test_limits_of_a_submission_and_of_the_settings(self):
        shown = self.outcome(SLEEPING, "--node-timeout", "100ms")
        self.assertEqual((shown["status"], shown["exit_code"]), ("failed", 1))
        self.assertIn("timeout of 100ms", shown["error"])
        self.assertIn("timeout of 100ms", self.outcome(python_sleep(), "--node-timeout", "100ms")["error"])
        self.assertIn("no sign of life", self.outcome(python_sleep(), "--idle-timeout", "100ms")["error"])
        self.assertIn("no sign of life", self.outcome(SLEEPING, "--idle-timeout", "100ms")["error"])
        workflow = {"nodes": [node(1, "run_command", command=COUNTING, shell=True, directory=self.folder,
                                   __vnode__={"backoff": "10ms"})]}
        self.assertEqual(self.outcome(workflow, "--node-retries", "2")["status"], "completed")
        self.daemon.stop()
        os.makedirs(self.path(".config/vnode"), exist_ok=True)
        self.write(".config/vnode/vnode.yaml", "limits: {timeout: 100ms}\n")
        self.daemon.start()
        self.assertIn("timeout of 100ms", self.outcome(SLEEPING)["error"])
        self.assertIn("timeout of 100ms", self.outcome(python_sleep())["error"])


if __name__ == "__main__":
    unittest.main()
