"""What `run` and `validate` write where a CI server reads it."""

import json
import unittest

from support.vnode_program import ProgramTest

FAILING = """name: shots
nodes:
  hello:
    type: message_node
    msg: "hello"
    then: render
  render:
    type: run_command
    command: [sh, -c, "echo '::error::no'; echo '##vso[task.complete]no'; exit 3"]
"""
INVALID = """nodes:
  hello:
    type: message_node
    mgs: "hello"
"""


class CiOutput(ProgramTest):
    def run_in(self, variables, *arguments):
        return self.vnode(*arguments, env=self.environment(**variables))

    def lines(self, text, beginning):
        return [line for line in text.splitlines() if line.startswith(beginning)]

    def test_failures_are_told_at_their_nodes(self):
        self.write("w.yaml", FAILING)
        for variables, expected in (({"GITHUB_ACTIONS": "true"}, "::error file=w.yaml,line=7,title=render::"),
                                    ({"TF_BUILD": "True"}, "##vso[task.logissue type=error;sourcepath=w.yaml;linenumber=7]render: ")):
            result = self.run_in(variables, "run", "w.yaml", "-o", "pretty")
            self.assertEqual(result.returncode, 1, result.stderr)
            self.assertEqual(len(self.lines(result.stdout, expected)), 1, result.stdout)
            self.assertEqual(len(self.lines(result.stdout, "::") + self.lines(result.stdout, "##")), 1)
            self.assertNotIn("##vso[task.complete]", result.stdout)

    def test_annotations_stay_out_of_data(self):
        self.write("w.yaml", FAILING)
        result = self.run_in({"GITHUB_ACTIONS": "true"}, "run", "w.yaml", "-o", "ndjson")
        events = self.events(result.stdout)
        self.assertIn("##vso[task.complete]no", [event.get("message") for event in events])
        self.assertNotIn("##", result.stdout, "a server would look for commands in it")
        self.assertEqual(len(self.lines(result.stderr, "::error file=w.yaml,line=7")), 1, result.stderr)
        self.write("b.yaml", INVALID)
        result = self.run_in({"GITHUB_ACTIONS": "true"}, "validate", "b.yaml", "-o", "json")
        self.assertEqual(json.loads(result.stdout)["files"][0]["valid"], False)
        self.assertEqual(len(self.lines(result.stderr, "::error file=b.yaml,line=4")), 1)

    def test_problems_are_told_at_their_lines(self):
        self.write("b.yaml", INVALID)
        self.write("b.json", '{\n"connections": [],\n"nodes": [\n{"node_id": "message_node", "parameters": {}}]}')
        for command in ("run", "validate"):
            result = self.run_in({}, command, "b.yaml", "--annotations", "github")
            self.assertEqual(result.returncode, 3)
            self.assertRegex(result.stdout + result.stderr, r"(?m)^::error file=b.yaml,line=4,col=\d+,title=unknown_\w+::.*%0A")
            result = self.run_in({}, command, "b.json", "--annotations", "github")
            self.assertRegex(result.stdout + result.stderr, r"(?m)^::error file=b.json,line=4,title=missing_key::")

    def test_nothing_of_it_elsewhere(self):
        self.write("w.yaml", FAILING)
        for options, variables in ((("--annotations", "none"), {"GITHUB_ACTIONS": "true"}), ((), {})):
            result = self.run_in(variables, "run", "w.yaml", "-o", "pretty", *options)
            self.assertNotIn("::error file", result.stdout + result.stderr)
        self.assertIn("##vso[task.complete]no", result.stdout, "there is nobody who would take it for a command")

    def test_gitlab_gets_a_section_and_a_report(self):
        self.write("w.yaml", FAILING)
        result = self.run_in({"GITLAB_CI": "true"}, "run", "w.yaml", "-o", "pretty", "--report", "gl-codequality.json")
        self.assertRegex(result.stdout, r"\A\x1b\[0Ksection_start:\d+:vnode_run\r\x1b\[0Kw: 2 nodes")
        self.assertRegex(result.stdout, r"\x1b\[0Ksection_end:\d+:vnode_run\r\x1b\[0K")
        with open(self.path("gl-codequality.json"), encoding="utf-8") as file:
            [remark] = json.load(file)
        self.assertEqual(remark["location"], {"path": "w.yaml", "lines": {"begin": 7}})
        self.assertIn("exit", remark["description"])

    def test_results_set_no_commands(self):
        self.write("w.yaml", "nodes:\n  a: {type: message_node, msg: '##[error]x'}\n")
        result = self.run_in({"TF_BUILD": "True"}, "run", "w.yaml", "--output", "a.out")
        self.assertEqual(json.loads(result.stdout), "##[error]x")
        self.assertNotIn("##", result.stdout)

    def test_quiet_says_failures(self):
        self.write("w.yaml", FAILING)
        result = self.run_in({"GITHUB_ACTIONS": "true"}, "run", "w.yaml", "-o", "quiet")
        self.assertEqual(result.stdout, "")
        self.assertIn("vnode: error: ", result.stderr)
        self.assertEqual(len(self.lines(result.stderr, "::error file=w.yaml,line=7")), 1)


if __name__ == "__main__":
    unittest.main()
