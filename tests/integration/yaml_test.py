"""Workflows that people write (people.md, Y1 to Y5): run, validated, submitted, converted."""

import glob
import json
import os
import sys
import unittest

from support.daemon_test_case import DaemonTest
from support.vnode_program import ProgramTest, node

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "scripts"))
from vnode_client import Client  # noqa: E402

WORKFLOWS = os.path.join(os.path.dirname(__file__), "..", "..", "workflows")

# The example of people.md, with the ports that the nodes have here.
EXAMPLE = """\
name: dailies
nodes:
  range:  {type: frame_range, text: 1-3}
  each:   {type: For Each, collection: range.frames, then: {each_item: render, exec_on_finished: report}}
  render:
    type: run_command
    command: [echo, --frame, "{frame}"]
    inputs: {frame: each.current_item}
    limits: {timeout: 10m, retries: 2}
  report: {type: file_write, path: out.txt, content: done}
"""


class Running(ProgramTest):
    def run_yaml(self, text, *arguments, name="flow.yaml"):
        return self.vnode("run", self.write(name, text), "--format", "ndjson", *arguments, cwd=self.folder)

    def test_the_example_runs_and_its_events_carry_names(self):
        result = self.run_yaml(EXAMPLE)
        self.assertEqual(result.returncode, 0, result.stderr)
        events = self.events(result.stdout)
        started = [event["name"] for event in events if event["type"] == "node_started"]
        self.assertEqual(started.count("render"), 3)
        self.assertEqual(started.count("report"), 1)
        with open(self.path("out.txt"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "done")

    def test_parameters_are_set_by_name(self):
        result = self.run_yaml(EXAMPLE, "-p", "range.text=7", "-p", "report.content=well done")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("--frame 7", result.stdout)
        with open(self.path("out.txt"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "well done")

    def test_standard_input_is_json_when_it_begins_so(self):
        result = self.vnode("run", "-", "--format", "ndjson", stdin=EXAMPLE.encode(), cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.vnode("validate", "-", stdin=b' \n{"nodes": []}').returncode, 0)
        forced = self.vnode("validate", "-", "--input-format", "yaml", stdin=b"{nodes: {}}")
        self.assertEqual(forced.returncode, 0, forced.stderr)
        refused = self.vnode("validate", self.write("a.yaml", EXAMPLE), "--input-format", "json")
        self.assertEqual(refused.returncode, 3)

    def test_a_group_and_a_used_file_run(self):
        self.write("part.yaml", "parameters:\n  a: {type: float}\n  b: {type: float, default: 4}\n"
                                'nodes:\n  sum: {type: math_add, a: "${a}", b: "${b}"}\noutputs: {result: sum.result}\n')
        text = """\
nodes:
  first: {type: math_add, a: 1, b: 2}
  used:  {use: part.yaml, a: first.result, then: show}
  group:
    ports: {inputs: {x: float}, outputs: {y: twice.result}}
    x: used.result
    nodes:
      twice: {type: math_multiply, a: inputs.x, b: 2}
  show:  {type: console_print, data: group.y}
"""
        result = self.vnode("run", self.write("flow.yaml", text), "--format", "quiet", "--output", "group.y")
        self.assertEqual(result.stdout.strip(), "14.0", result.stderr)
        self.assertEqual(result.returncode, 0, result.stderr)


class Mistakes(ProgramTest):
    def refusal(self, text):
        result = self.vnode("run", self.write("flow.yaml", text), cwd=self.folder)
        self.assertEqual(result.returncode, 3, result.stderr)
        return result.stderr

    def test_line_column_and_the_line_itself_are_told(self):
        told = self.refusal(EXAMPLE.replace("range.frames", "range.frame"))
        self.assertIn("error[unknown_port]: node 'range' (frame_range) has no output 'frame'", told)
        self.assertRegex(told, r"--> \S*flow\.yaml:4:40\n")
        self.assertIn("   | " + EXAMPLE.splitlines()[3][:40], told)
        self.assertIn("did you mean 'frames'?", told)

    def test_what_the_loader_finds_has_its_line_too(self):
        told = self.refusal("nodes:\n  a: {type: math_addd}\n")
        self.assertIn("unknown_node", told)
        self.assertRegex(told, r"flow\.yaml:2:3")

    def test_a_parameter_that_nobody_declares(self):
        for head in ("", "parameters: {frames: {default: 1-3}}\n"):
            told = self.refusal(head + 'nodes:\n  a: {type: message_node, msg: "frames ${frmes}"}\n')
            self.assertIn("frmes", told)
            self.assertRegex(told, r"flow\.yaml:%d:" % (3 if head else 2))

    def test_dollars_that_are_meant_as_they_are(self):
        path = self.write("flow.yaml", 'nodes:\n  a: {type: message_node, msg: "in $${HOME}"}\n')
        result = self.vnode("run", path, "--format", "quiet", "--output", "a.out")
        self.assertEqual((result.returncode, result.stdout.strip()), (0, '"in ${HOME}"'), result.stderr)

    def test_texts_of_other_programs_stay_what_they_are(self):
        workflow = {"nodes": [node(1, "message_node", msg="in ${HOME}")], "connections": []}
        path = self.write("flow.json", workflow)
        for target, source in (("flow.yaml", path), ("again.json", self.path("flow.yaml"))):
            converted = self.vnode("convert", source, "--to", self.path(target))
            self.assertEqual(converted.returncode, 0, converted.stderr)
            result = self.vnode("run", self.path(target), "--format", "quiet", "--output", "message_node.out")
            self.assertEqual((result.returncode, result.stdout.strip()), (0, '"in ${HOME}"'), result.stderr)

    def test_validate_tells_programs(self):
        path = self.write("flow.yaml", "nodes:\n  a: {type: math_add, aa: 1}\n")
        result = self.vnode("validate", path, "-o", "json")
        problem = json.loads(result.stdout)["files"][0]["problems"][0]
        self.assertEqual((problem["line"], problem["column"]), (2, 23))
        self.assertEqual(result.returncode, 3)

    def test_a_hundred_thousand_levels_and_other_sizes_are_no_crash(self):
        for text in ("[" * 100_000, "- " * 100_000, "{a: " * 100_000, "a: " * 1000, '"' + "x" * 3_000_000):
            self.assertIn("error[", self.refusal(text))


class Encodings(ProgramTest):
    def test_a_file_of_another_system(self):
        text = "nodes:\n  a: {type: message_node, msg: \u4f60\u597d}\n"
        path = self.write("flow.yaml", text.encode("gbk"))
        refused = self.vnode("validate", path)
        self.assertEqual(refused.returncode, 3)
        self.assertIn("flow.yaml:2:32", refused.stdout)
        self.assertIn("--encoding", refused.stdout)
        result = self.vnode("run", path, "--encoding", "gbk", "--format", "ndjson")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("\u4f60\u597d", result.stdout)

    def test_json_is_read_as_before_and_the_warning_names_the_option(self):
        path = self.write("flow.json", '{"nodes": [], "x\u00e9": 1}'.encode("cp1252"))
        self.assertIn("--encoding", self.vnode("validate", path).stdout)
        self.assertNotIn("--encoding", self.vnode("validate", path, "--encoding", "latin1").stdout)

    def test_an_unknown_encoding_is_wrong_usage(self):
        path = self.write("flow.json", "{}")
        result = self.vnode("validate", path, "--encoding", "shift_jiss")
        self.assertEqual(result.returncode, 2)
        self.assertIn("did you mean", result.stderr)

    def test_definitions_of_another_system(self):
        definition = {"node_id": "greet", "name": "\u65e5\u672c", "python_code": "def register_node(): pass",
                      "inputs": [], "outputs": []}
        os.mkdir(self.path("nodes"))
        self.write("nodes/greet.json", json.dumps(definition, ensure_ascii=False).encode("cp932"))
        flow = self.write("flow.yaml", "nodes:\n  a: {type: greet}\n")
        result = self.vnode("validate", flow, "--nodes", self.path("nodes"), "--encoding", "cp932")
        self.assertEqual(result.returncode, 0, result.stdout)


    def test_definitions_of_another_system_with_nodes(self):
        definition = {"node_id": "greet", "name": "\u65e5\u672c", "description": "\u65e5\u672c", "python_code":
                      "class G(BaseNode):\n    async def execute(self, inputs):\n        return {}\n"
                      "def register_node():\n    return G\n", "inputs": [], "outputs": []}
        os.mkdir(self.path("nodes"))
        self.write("nodes/greet.json", json.dumps(definition, ensure_ascii=False).encode("cp932"))
        for command in (["list", "-o", "json", "--nodes"], ["show", "greet", "-o", "json", "--nodes"],
                        ["check", "-o", "json"]):
            result = self.vnode("nodes", *command, self.path("nodes"), "--encoding", "cp932")
            self.assertIn("\u65e5\u672c", result.stdout, command)
            self.assertNotIn("not UTF-8", result.stdout + result.stderr, command)
        self.assertIn("not UTF-8", self.vnode("nodes", "check", self.path("nodes")).stdout)
        self.assertEqual(self.vnode("nodes", "list", "--encoding", "shift_jiss").returncode, 2)


class ServingAnotherSystem(DaemonTest):
    options = ("--encoding", "gbk")

    def test_definitions_and_workflows_that_the_daemon_reads(self):
        flow = {"nodes": [node(1, "message_node", msg="\u4f60\u597d")], "connections": []}
        path = self.write("flow.json", json.dumps(flow, ensure_ascii=False).encode("gbk"))
        with Client(self.daemon.socket) as client:
            run = client.call("run.submit", path=path)["id"]
        self.ok("wait", run)
        self.assertIn("\u4f60\u597d", self.ok("logs", run) + self.ok("show", run, "--results"))


class Submitting(DaemonTest):
    def test_it_is_lowered_with_what_it_uses_and_told_by_names(self):
        self.write("part.yaml", "parameters: {a: {type: float}}\n"
                                'nodes:\n  sum: {type: math_add, a: "${a}", b: 1}\noutputs: {result: sum.result}\n')
        path = self.write("flow.yaml", "nodes:\n  p: {use: part.yaml, a: 1, then: show}\n  show: {type: console_print, data: p.result}\n")
        run = self.ok("submit", path, "--wait", "-p", "p.a=5").strip()
        os.remove(self.path("part.yaml"))
        self.assertEqual(self.ok("result", run, "p.result").strip(), "6.0")
        self.assertIn("show, console_print (", self.ok("explain", run, "show"))

    def test_mistakes_are_told_before_anything_is_submitted(self):
        result = self.vnode("submit", self.write("flow.yaml", "nodes:\n  a: {type: math_add, aa: 1}\n"))
        self.assertEqual(result.returncode, 3)
        self.assertIn("flow.yaml:2:23", result.stderr)


class Converting(ProgramTest):
    def convert(self, source, target, *arguments):
        result = self.vnode("convert", source, "--to", self.path(target), *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        with open(self.path(target), encoding="utf-8") as file:
            return file.read()

    def test_there_and_back_is_the_same_document(self):
        for source in sorted(glob.glob(os.path.join(WORKFLOWS, "*.json")))[:6]:
            self.convert(source, "there.yaml")
            back = json.loads(self.convert(self.path("there.yaml"), "back.json"))
            with open(source, encoding="utf-8") as file:
                wanted = json.load(file)
            self.assertEqual(back["nodes"], wanted["nodes"], source)
            self.assertEqual(back["connections"], wanted["connections"], source)

    def test_what_was_converted_runs(self):
        yaml = self.convert(os.path.join(WORKFLOWS, "math_pipeline.json"), "there.yaml")
        self.assertIn("type: math_", yaml)
        result = self.vnode("run", self.path("there.yaml"), "--format", "quiet")
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_nodes_without_positions_get_some_that_do_not_overlap(self):
        self.write("flow.yaml", EXAMPLE.replace("type: file_write,", "type: file_write, note: look at it,"))
        document = json.loads(self.convert(self.path("flow.yaml"), "flow.json"))
        places = {node["parameters"]["__name__"]: node["position"] for node in document["nodes"]}
        self.assertLess(places["range"][0], places["each"][0])
        self.assertLess(places["each"][0], places["render"][0])
        self.assertEqual(len({tuple(place) for place in places.values()}), 4)
        self.assertEqual(document["sticky_notes"][0]["position"][0], places["report"][0])
        again = json.loads(self.convert(self.path("flow.yaml"), "again.json"))
        self.assertEqual(again, document)

    def test_check_says_what_goes_below_editor(self):
        self.write("w.json", {"nodes": [{"instance_id": "00000000-0000-0000-0000-000000000001", "node_id": "nobody",
                                         "position": [0, 0], "colour": "red"}]})
        result = self.vnode("convert", self.path("w.json"), "--check")
        self.assertIn("keys that nobody knows", result.stdout)
        self.assertIn("nobody knows its type 'nobody'", result.stdout)

    def test_without_a_target_it_is_wrong_usage(self):
        self.assertEqual(self.vnode("convert", self.write("w.json", "{}")).returncode, 2)

    def test_a_target_that_cannot_be_written(self):
        result = self.vnode("convert", self.write("w.json", "{}"), "--to", self.path("no/such.yaml"))
        self.assertEqual(result.returncode, 6, result.stderr)


class StartingFromNothing(ProgramTest):
    def test_a_workflow_of_ones_own_takes_five_commands(self):
        commands = 0

        def vnode(*arguments):
            nonlocal commands
            commands += 1
            result = self.vnode(*arguments, cwd=self.folder)
            self.assertEqual(result.returncode, 0, result.stderr)
            return result.stdout

        vnode("init", "mine.yaml")
        self.assertIn("math_add", vnode("nodes", "list"))
        self.assertIn("result", vnode("nodes", "show", "math_add"))
        with open(self.path("mine.yaml"), "a", encoding="utf-8") as file:  # what its author does in an editor
            file.write("  sum: {type: math_add, a: 1, b: 2}\n  show: {type: console_print, data: sum.result}\n")
        self.assertIn("valid", vnode("validate", "mine.yaml", "--strict"))
        self.assertIn('"result":3', vnode("run", "mine.yaml", "--format", "ndjson"))
        self.assertEqual(commands, 5)

    def test_nothing_is_overwritten(self):
        self.write("mine.yaml", "x")
        result = self.vnode("init", "mine.yaml", cwd=self.folder)
        self.assertEqual(result.returncode, 2)
        self.assertIn("not overwritten", result.stderr)
        self.assertEqual(self.vnode("init", "mine.json", cwd=self.folder).returncode, 2)


if __name__ == "__main__":
    unittest.main()
