"""-p, --params-file and --output."""

import json
import unittest

from support.vnode_program import ProgramTest, chain, node, uuid, wire

WORKFLOW = {
    "nodes": [node(1, "message_node", msg="saved"), node(2, "string_length"), node(3, "list_length")],
    "connections": [wire((1, "out"), (2, "text"))],
}


class Parameters(ProgramTest):
    def result(self, output, *options, workflow=None):
        """The JSON that --output prints."""
        run = self.vnode("run", self.write("w.json", workflow or WORKFLOW), "--output", output, *options)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        return json.loads(run.stdout)

    def refused(self, *options):
        run = self.vnode("run", self.write("w.json", WORKFLOW), *options)
        self.assertEqual((run.returncode, run.stdout), (2, ""), run.stderr)
        return run.stderr

    def test_the_last_one_wins_and_options_beat_files(self):
        self.write("p.yaml", "message_node:\n  msg: from the file\nlist_length:\n  list: [1, 2]\n")
        self.assertEqual(self.result("list_length.length", "--params-file", "p.yaml"), 2)
        self.assertEqual(
            self.result("string_length.length", "--params-file", "p.yaml", "-p", "message_node.msg=ab",
                        "-p", "message_node.msg=abc", "-p", "list_length.list=[]"), 3)

    def test_nodes_by_id_and_values_from_files(self):
        self.write("text.txt", "12345")
        self.assertEqual(self.result("string_length.length", "-p", uuid(1) + ".msg=@text.txt"), 5)

    def test_nodes_by_the_beginning_of_their_id(self):
        workflow = json.loads(json.dumps(WORKFLOW).replace(uuid(1), "c0ffee01" + uuid(1)[8:]))
        self.assertEqual(self.result("c0ffee01.out", "-p", "c0ffee01.msg=12345", workflow=workflow), "12345")
        self.assertIn("stands for 3 nodes", self.refused("-p", uuid(1)[:8] + ".msg=x"))

    def test_refusals(self):
        self.assertIn("did you mean 'message_node'?", self.refused("-p", "mesage_node.msg=x"))
        self.assertIn("its nodes are 'message_node', 'string_length', 'list_length'", self.refused("-p", "something.msg=x"))
        self.assertIn("its nodes are 'message_node', ", self.refused("--output", "something.msg"))
        self.assertIn("did you mean 'msg'?", self.refused("-p", "message_node.msgs=x"))
        self.assertIn("is wired", self.refused("-p", "string_length.text=x"))
        self.assertIn("is not JSON", self.refused("-p", "list_length.list=one"))
        self.assertIn("absent.txt", self.refused("-p", "message_node.msg=@absent.txt"))
        self.assertIn("did you mean 'length'?", self.refused("--output", "list_length.lenght"))
        self.assertIn("its inputs are 'list_name', 'list'", self.refused("-p", "list_length.something=1"))
        self.assertIn("its outputs are", self.refused("--output", "list_length.something"))
        self.write("p.json", "[1]")
        self.assertIn("p.json", self.refused("--params-file", "p.json"))

    def test_several_refusals_are_told_together(self):
        text = self.refused("-p", "a.b=1", "-p", "string_length.text=x")
        self.assertIn("no node 'a'", text)
        self.assertIn("is wired", text)

    def test_output_of_a_node_that_gave_nothing_is_null(self):
        lonely = chain(node(1, "console_print"), node(2, "console_print"))
        lonely["nodes"].append(node(3, "variable_node"))
        self.assertIsNone(self.result("variable_node.out", workflow=lonely))

    def test_output_with_the_view_keeps_standard_output_for_the_value(self):
        run = self.vnode("run", self.write("w.json", WORKFLOW), "--output", "string_length.length",
                         "--format", "pretty", "-p", "message_node.msg=12345")
        self.assertEqual(run.stdout, "5\n")
        self.assertIn("completed", run.stderr)

    def test_several_outputs_are_lines_in_the_order_that_was_asked_for(self):
        run = self.vnode("run", self.write("w.json", WORKFLOW), "--output", "string_length.length",
                         "--output", "message_node.out", "--output", "list_length.length")
        self.assertEqual((run.returncode, run.stdout), (0, '5\n"saved"\n0\n'), run.stderr)

    def test_several_outputs_as_one_object(self):
        run = self.vnode("run", self.write("w.json", WORKFLOW), "--output", "string_length.length",
                         "--output", uuid(1) + ".out", "--output-format", "json")
        self.assertEqual((run.returncode, run.stdout),
                         (0, '{"string_length.length":5,"%s.out":"saved"}\n' % uuid(1)), run.stderr)

    def test_every_output_that_is_not_there_is_told_before_anything_runs(self):
        text = self.refused("--output", "string_length.length", "--output", "list_length.lenght",
                            "--output", "a.b", "--format", "quiet")
        self.assertIn("did you mean 'length'?", text)
        self.assertIn("no node 'a'", text)
        self.assertIn("--output NODE.PORT", self.refused("--output-format", "json"))

    def test_outputs_hold_what_events_shorten(self):
        run = self.vnode("run", self.write("w.json", WORKFLOW), "--output", "message_node.out",
                         "-p", "message_node.msg=" + "x" * 3000, "--max-value-bytes", "100", "--events", "e.ndjson")
        self.assertEqual(json.loads(run.stdout), "x" * 3000)
        with open(self.path("e.ndjson"), encoding="utf-8") as events:
            self.assertIn("$truncated", events.read())

    def test_seeds_repeat_random_numbers(self):
        dice = {"nodes": [node(1, "example_random_float", min=0, max=1000000)], "connections": []}
        first = self.result("example_random_float.value", "--seed", "7", workflow=dice)
        self.assertEqual(self.result("example_random_float.value", "--seed", "7", workflow=dice), first)
        self.assertNotEqual(self.result("example_random_float.value", "--seed", "8", workflow=dice), first)


if __name__ == "__main__":
    unittest.main()
