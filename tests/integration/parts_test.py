"""--dry-run, --target, --only and --skip: what would run, and a part of it."""

import json
import os
import unittest

from support.vnode_program import ProgramTest, chain, node, wire


def render():
    """A flow with an init node, a program, and a node that prints; a data-only source; a branch that fails."""
    workflow = chain(
        node(1, "console_print", data="begin", __name__="begin"),
        node(2, "run_command", command=["printf", "%s", "{frame}"], __name__="render",
             __vnode__={"timeout": "10m", "retries": 2}),
        node(3, "console_print", data="end", __name__="report"),
    )
    workflow["nodes"] += [
        node(4, "message_node", msg="7", __name__="frame"),
        {**node(5, "console_print", data="init", __name__="setup"), "init_priority": 3},
        node(6, "delay_timer", delay="soon", __name__="broken"),
    ]
    workflow["connections"] += [wire((4, "out"), (2, "frame")), wire((1, "exec_out"), (6, "exec_in"), True)]
    return workflow


class Parts(ProgramTest):
    def started(self, *options, code=0, workflow=None):
        run = self.vnode("run", self.write("w.json", workflow or render()), "--format", "ndjson", *options)
        self.assertEqual(run.returncode, code, run.stderr)
        names = {n["instance_id"]: n["parameters"].get("__name__", n["node_id"]) for n in (workflow or render())["nodes"]}
        return [names[e["node_id"]] for e in self.events(run.stdout) if e["type"] == "node_started"]

    def refused(self, *options, code=2, workflow=None):
        run = self.vnode("run", self.write("w.json", workflow or render()), *options)
        self.assertEqual((run.returncode, run.stdout), (code, ""), run.stderr)
        return run.stderr

    def dry(self, *options, workflow=None, code=0):
        run = self.vnode("run", self.write("w.json", workflow or render()), "-n", "-o", "json", *options)
        self.assertEqual(run.returncode, code, run.stderr)
        return json.loads(run.stdout)

    def test_a_target_runs_with_what_it_needs(self):
        self.assertEqual(self.started("--target", "render"), ["setup", "begin", "frame", "render"])
        self.assertEqual(self.started("--target", "render.stdout"), ["setup", "begin", "frame", "render"])
        self.assertEqual(self.started("--target", "frame"), ["setup", "frame"])
        self.assertEqual(sorted(self.started("--target", "report", "--target", "broken", code=1)),
                         ["begin", "broken", "frame", "render", "report", "setup"])

    def test_the_result_of_a_target(self):
        run = self.vnode("run", self.write("w.json", render()), "--target", "render", "--output", "render.stdout")
        self.assertEqual((run.returncode, json.loads(run.stdout)), (0, "7"), run.stderr)
        left_out = self.refused("--target", "render", "--output", "report.data")
        self.assertIn("no node 'report'", left_out)
        self.assertIn("part", left_out)

    def test_a_node_alone(self):
        self.assertEqual(self.started("--only", "begin"), ["begin"])
        run = self.vnode("run", self.write("w.json", render()), "--only", "render", "-p", "render.frame=\"9\"",
                         "--output", "render.stdout")
        self.assertEqual((run.returncode, json.loads(run.stdout)), (0, "9"), run.stderr)

    def test_nodes_that_are_passed_over(self):
        self.assertEqual(sorted(self.started("--skip", "broken", "--skip", "begin")),
                         ["begin", "broken", "frame", "render", "report", "setup"])

    def test_refusals(self):
        self.assertIn("did you mean 'render'?", self.refused("--target", "rendr"))
        self.assertIn("stands for 3 nodes", self.refused("--target", "console_print"))
        self.assertIn("did you mean 'stdout'?", self.refused("--target", "render.stdot"))
        self.assertIn("--only", self.refused("--only", "render", "--skip", "begin"))
        self.assertIn("did you mean 'begin'?", self.refused("--skip", "begn"))
        group = {"nodes": [node(1, "group_node", __workflow__={"nodes": [node(2, "console_print", __name__="inner")]})],
                 "connections": []}
        self.assertIn("name the group", self.refused("--target", "inner", workflow=group))
        ring = {"nodes": [node(1, "console_print", __name__="a"), node(2, "console_print", __name__="b")],
                "connections": [wire((1, "exec_out"), (2, "exec_in"), True), wire((2, "exec_out"), (1, "exec_in"), True)]}
        self.assertIn("never runs", self.refused("--target", "a", workflow=ring))

    def test_a_dry_run_says_what_would_run(self):
        told = self.dry("-p", "frame.msg=8")
        self.assertEqual((told["mode"], told["valid"], told["init"]), ("flow", True, ["setup"]))
        self.assertEqual(told["start"], ["begin", "frame"])
        nodes = {n["node"]: n for n in told["nodes"]}
        self.assertEqual(nodes["render"]["command"], ["printf", "%s", "{frame}"])
        self.assertEqual(nodes["render"]["pulls"], ["frame.out"])
        self.assertEqual(nodes["render"]["limits"], {"timeout": 600.0, "retries": 2, "backoff": 5.0})
        self.assertEqual(nodes["render"]["runs"], "exec")
        self.assertEqual(nodes["frame"]["overridden"], {"msg": "8"})
        self.assertEqual(nodes["setup"]["runs"], "init")
        text = self.vnode("run", self.path("w.json"), "--dry-run").stdout
        self.assertIn("w.json: flow mode, 6 nodes\n", text)
        self.assertIn("runs: printf %s '{frame}'", text)
        self.assertIn("limits: timeout 10m 00s, retries 2, backoff 5.0s", text)

    def test_a_dry_run_of_a_part(self):
        told = self.dry("--target", "frame")
        self.assertEqual(([n["node"] for n in told["nodes"]], told["nodes_in_file"]), (["frame", "setup"], 6))
        told = self.dry("--only", "render")
        self.assertEqual(told["nodes"][0]["command"], ["printf", "%s", "{frame}"])
        self.assertEqual(told["layers"], [["render"]])

    def test_a_dry_run_of_a_map(self):
        workflow = {"nodes": [node(1, "Parallel For Each", collection=[1, 2]), node(2, "math_add")],
                    "connections": [wire((1, "current_item"), (2, "a")), wire((2, "result"), (1, "result")),
                                    wire((1, "each_item"), (3, "exec_in"), True)]}
        workflow["nodes"].append(node(3, "console_print"))
        run = self.vnode("run", self.write("w.json", workflow), "--dry-run", "-o", "json")
        told = json.loads(run.stdout)
        self.assertEqual([n["runs"] for n in told["nodes"]], ["start", "pull", "exec"], told)

    def test_a_dry_run_has_no_effect(self):
        workflow = {"nodes": [node(1, "file_write", path=self.path("made.txt"), text="x"),
                              node(2, "run_command", command=["touch", self.path("touched")])], "connections": []}
        run = self.vnode("run", self.write("w.json", workflow), "-n", "--events", "events.ndjson", "--logs", "logs")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("runs: touch ", run.stdout)
        self.assertEqual(sorted(os.listdir(self.folder)), ["w.json"])

    def test_the_exit_code_of_a_dry_run_is_that_of_validate(self):
        told = self.dry(workflow=chain(node(1, "no_such_node")), code=3)
        self.assertEqual((told["valid"], told["problems"][0]["code"]), (False, "unknown_node"))
        self.assertEqual(self.dry("--target", "nothing", code=2)["problems"][0]["code"], "unknown_node")
        self.refused("-n", "--target", "nothing")
        self.assertIn("--dry-run has no events", self.refused("-n", "-o", "ndjson"))
        self.assertIn("-o json is for --dry-run", self.refused("-o", "json"))
        quiet = self.vnode("run", self.write("w.json", render()), "-n", "-o", "quiet")
        self.assertEqual((quiet.returncode, quiet.stdout), (0, ""))

    def test_layers_of_a_data_flow(self):
        workflow = {"nodes": [node(1, "message_node", msg="abc"), node(2, "string_length")],
                    "connections": [wire((1, "out"), (2, "text"))]}
        told = self.dry(workflow=workflow)
        self.assertEqual((told["mode"], told["layers"]), ("data_flow", [["message_node"], ["string_length"]]))


if __name__ == "__main__":
    unittest.main()
