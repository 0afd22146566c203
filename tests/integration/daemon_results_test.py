"""What the nodes of a daemon's runs have given: `result` and `show --results`."""

import json
import unittest

from support.daemon_test_case import GOOD, DaemonTest
from support.vnode_program import node, uuid, wire


class Results(DaemonTest):
    WORKFLOW = {"nodes": [node(1, "message_node", msg="x" * 100_000), node(2, "string_length")],
                "connections": [wire((1, "out"), (2, "text"))]}

    def test_are_those_of_a_run_here(self):
        run = self.submit(self.WORKFLOW)
        self.ok("wait", run)
        names = ["string_length.length", uuid(1) + ".out"]
        here = self.vnode("run", "w.json", *(word for name in names for word in ("--output", name)))
        self.assertEqual(self.ok("result", run, *names), here.stdout)
        here = self.vnode("run", "w.json", "--output", names[0], "--output", names[1], "--output-format", "json")
        self.assertEqual(self.ok("result", run, *names, "-o", "json"), here.stdout)

    def test_all_of_a_run(self):
        run = self.submit(self.WORKFLOW)
        self.ok("wait", run)
        lines = self.ok("show", run, "--results").splitlines()
        self.assertIn('message_node.out: "%s"' % ("x" * 100_000), lines)
        self.assertIn("string_length.length: 100000", lines)
        nodes = self.json("show", run, "--results")["nodes"]
        self.assertEqual([node["node_id"] for node in nodes], [uuid(1), uuid(2)])
        self.assertEqual(nodes[1]["results"]["length"], 100000)

    def test_what_there_is_not(self):
        running = self.running()
        self.assertIn("has not ended", self.refused(2, "result", running, "delay_timer.out"))
        self.ok("cancel", running)
        run = self.submit(GOOD)
        self.ok("wait", run)
        self.assertIn("no node 'absent'; its nodes are '", self.refused(2, "result", run, "absent.out"))
        self.assertIn("has given nothing on 'absent'", self.refused(2, "result", run, "message_node.absent"))
        self.assertIn("no-such-run", self.refused(2, "result", "no-such-run", "a.b"))

    def test_what_is_over_the_limit_is_told_of(self):
        self.daemon.stop()
        config = self.write("limited.yaml", "max_result_bytes: 10K\n")
        self.daemon.options = ("--config", config)
        self.daemon.start()
        run = self.submit(self.WORKFLOW)
        self.ok("wait", run)
        self.assertEqual(self.ok("result", run, "string_length.length"), "100000\n")
        result = self.vnode("result", run, "message_node.out")
        self.assertEqual(result.returncode, 6)
        self.assertEqual(json.loads(result.stdout)["bytes"], 100_002)
        self.assertIn("keeps 10K", result.stderr)
        self.assertIn("results are shortened", self.vnode("show", run, "--results").stderr)


if __name__ == "__main__":
    unittest.main()
