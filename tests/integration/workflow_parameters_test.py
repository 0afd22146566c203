"""Parameters of a workflow: -p NAME=VALUE, and what `vnode inspect` says of them."""

import json
import os
import unittest

from support.daemon_test_case import DaemonTest
from support.vnode_program import ProgramTest, node

PARAMETERS = {
    "frames": {"type": "text", "default": "1-10", "description": "frames to render"},
    "count": {"type": "int", "default": 2, "minimum": 1, "maximum": 9},
    "quality": {"type": "choice", "options": ["preview", "final"], "default": "preview"},
}
DECLARED = {
    "metadata": {"parameters": PARAMETERS},
    "nodes": [node(1, "message_node", msg="${frames}/${count}/${quality}"), node(2, "list_length", list=["${count}", "$${x}"])],
    "connections": [],
}


def at_ports():
    """A file of the editor: `shot` has to be given, `frames` has its saved value as its default."""
    settings = {"parameters": {"msg": {"name": "shot", "type": "text", "required": True, "text": "${shot}_${frames}.exr"}}}
    frames = {"parameters": {"msg": {"name": "frames", "type": "text"}}}
    return {
        "nodes": [node(1, "message_node", msg="x", __vnode__=settings, __name__="name"),
                  node(2, "message_node", msg="1-10", __vnode__=frames, __name__="frames_of_it")],
        "connections": [],
    }


class WorkflowParameters(ProgramTest):
    def result(self, output, workflow, *options):
        run = self.vnode("run", self.write("w.json", workflow), "--output", output, *options)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        return json.loads(run.stdout)

    def refused(self, workflow, *options, code=2):
        run = self.vnode("run", self.write("w.json", workflow), "--format", "ndjson", *options)
        self.assertEqual(run.returncode, code, run.stderr)
        if code == 2:
            self.assertEqual(run.stdout, "", "nothing has run")
        return run.stderr

    def test_defaults_and_what_is_given(self):
        self.assertEqual(self.result("message_node.out", DECLARED), "1-10/2/preview")
        self.assertEqual(self.result("message_node.out", DECLARED, "-p", "frames=5", "-p", "count=7", "-p", "quality=final"),
                         "5/7/final")
        self.write("p.yaml", "frames: 3-4\ncount: 9\nlist_length:\n  list: [1]\n")
        self.assertEqual(self.result("message_node.out", DECLARED, "--params-file", "p.yaml"), "3-4/9/preview")
        self.assertEqual(self.result("list_length.length", DECLARED, "--params-file", "p.yaml"), 1)
        self.assertEqual(self.result("message_node.out", DECLARED, "--params-file", "p.yaml", "-p", "count=1"), "3-4/1/preview")

    def test_at_the_ports_of_the_editors_files(self):
        self.assertEqual(self.result("name.out", at_ports(), "-p", "shot=010"), "010_1-10.exr")
        self.assertEqual(self.result("name.out", at_ports(), "-p", "shot=010", "-p", "frames=7"), "010_7.exr")
        self.assertEqual(self.result("frames_of_it.out", at_ports(), "-p", "shot=010", "-p", "frames=7"), "7")

    def test_refusals(self):
        self.assertIn("did you mean 'frames'?", self.refused(DECLARED, "-p", "frmes=1"))
        self.assertIn("must be a whole number, not 'many'", self.refused(DECLARED, "-p", "count=many"))
        self.assertIn("must be at most 9, not 10", self.refused(DECLARED, "-p", "count=10"))
        self.assertIn("did you mean 'final'?", self.refused(DECLARED, "-p", "quality=finel"))
        self.assertIn("write NODE.PORT=VALUE", self.refused(DECLARED, "-p", "message_node=x"))
        self.assertIn("declares none", self.refused({"nodes": []}, "-p", "frames=x"))
        self.assertIn("'shot' has to be given", self.refused(at_ports()))
        self.write("p.json", {"count": "5"})
        self.assertIn("whole number, not the text", self.refused(DECLARED, "--params-file", "p.json"))
        text = self.refused(DECLARED, "-p", "frmes=1", "-p", "count=0", "-p", "message_node.msgs=x")
        for part in ("frmes", "at least 1", "did you mean 'msg'?"):
            self.assertIn(part, text)

    def test_mistakes_of_the_file(self):
        undeclared = {**DECLARED, "nodes": [node(1, "message_node", msg="${frmes}")]}
        self.assertIn("did you mean 'frames'?", self.refused(undeclared, code=3))
        wired = at_ports()
        wired["connections"] = [{"from_node": wired["nodes"][1]["instance_id"], "from_port": "out",
                                 "to_node": wired["nodes"][0]["instance_id"], "to_port": "msg"}]
        self.assertIn("is wired", self.refused(wired, "-p", "shot=x", code=3))
        typo = at_ports()
        typo["nodes"][1]["parameters"]["__vnode__"]["parameters"] = {"mgs": {"name": "frames", "default": "1"}}
        self.assertIn("did you mean 'msg'?", self.refused(typo, "-p", "shot=x", code=3))

    def test_validate(self):
        file = self.write("w.json", at_ports())
        result = self.vnode("validate", "--strict", file)
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertEqual(self.vnode("validate", file, "-p", "shot=010").returncode, 0)
        result = self.vnode("validate", file, "-p", "shto=010")
        self.assertEqual(result.returncode, 2)
        self.assertIn("did you mean 'shot'?", result.stdout)
        broken = at_ports()
        broken["nodes"][0]["parameters"]["__vnode__"]["parameters"]["msg"]["type"] = "txt"
        result = self.vnode("validate", self.write("w.json", broken), "-o", "json")
        self.assertEqual(result.returncode, 3)
        problem = json.loads(result.stdout)["files"][0]["problems"][0]
        self.assertEqual((problem["code"], problem["pointer"]),
                         ("bad_parameter", "/nodes/0/parameters/__vnode__/parameters/msg/type"))

    def test_a_saved_value_that_is_not_the_default_is_told(self):
        edited = at_ports()
        edited["nodes"][1]["parameters"]["__vnode__"]["parameters"]["msg"]["default"] = "1-5"
        run = self.vnode("run", self.write("w.json", edited), "-p", "shot=010")
        self.assertEqual(run.returncode, 0)
        self.assertIn("warning[parameter_default]", run.stderr)

    def test_inspect(self):
        text = self.vnode("inspect", self.write("w.json", DECLARED)).stdout
        self.assertRegex(text, r'(?m)^  frames +text +default "1-10" +frames to render$')
        self.assertRegex(text, r'(?m)^  count +int +default 2, from 1, to 9')
        self.assertRegex(text, r'(?m)^  in +message_node.msg +string')
        self.assertNotIn("parameters:", self.vnode("inspect", self.path("w.json"), "--node", "list_length").stdout)
        told = json.loads(self.vnode("inspect", self.path("w.json"), "-o", "json").stdout)
        self.assertEqual([p["name"] for p in told["parameters"]], ["frames", "count", "quality"])
        self.assertEqual(told["parameters"][2]["options"], ["preview", "final"])
        self.assertEqual([n["node"] for n in told["nodes"]], ["message_node", "list_length"])
        wrong = self.vnode("inspect", self.path("w.json"), "--node", "list_lenght")
        self.assertEqual((wrong.returncode, wrong.stdout), (2, ""))
        self.assertIn("did you mean 'list_length'?", wrong.stderr)
        self.assertEqual(self.vnode("inspect", "absent.json").returncode, 3)
        self.assertEqual(self.vnode("inspect", self.write("bad.json", "[")).returncode, 3)

    def test_inspect_names_nodes_so_that_they_can_be_set(self):
        workflow = {"nodes": [node(1, "message_node", msg="a"), node(2, "message_node", msg="b"),
                              node(3, "message_node", msg="c", __name__="third")], "connections": []}
        told = json.loads(self.vnode("inspect", self.write("w.json", workflow), "-o", "json").stdout)
        words = [n["node"] for n in told["nodes"]]
        self.assertEqual(words[2], "third")
        for word in words:
            self.assertEqual(self.result(word + ".out", workflow, "-p", word + ".msg=x"), "x")


class InTheDaemon(DaemonTest):
    def test_are_checked_before_it_is_accepted_and_shown(self):
        file = self.write("w.json", DECLARED)
        text = self.refused(2, "submit", file, "-p", "count=many")
        self.assertIn("must be a whole number", text)
        run = self.ok("submit", file, "-p", "frames=5", "--wait", "-p", "count=3").strip()
        self.assertEqual(self.json("show", run)["parameters"], {"frames": "5", "count": 3, "quality": "preview"})
        self.assertIn('frames = "5"', self.ok("show", run))
        self.assertEqual(self.ok("result", run, "message_node.out").strip(), '"5/3/preview"')

    def test_secrets_are_not_shown(self):
        os.chmod(self.write("secrets.env", "TOKEN=hunter2hunter2\n"), 0o600)
        run = self.ok("submit", self.write("w.json", DECLARED), "-p", "frames=hunter2hunter2", "--secret-file", "secrets.env",
                      "--wait").strip()
        self.assertEqual(self.json("show", run)["parameters"]["frames"], "***")

    def test_stay_over_a_restart(self):
        self.ok("queue", "pause", "default")
        run = self.submit(DECLARED, "-p", "frames=8")
        self.daemon.stop()
        self.daemon.start()
        self.assertEqual(self.json("show", run)["parameters"]["frames"], "8")
        self.ok("queue", "resume", "default")
        self.assertEqual(self.vnode("wait", run).returncode, 0)
        self.assertEqual(self.ok("result", run, "message_node.out").strip(), '"8/2/preview"')

    def test_a_part_of_it(self):
        file = self.write("w.json", DECLARED)
        self.assertIn("did you mean 'message_node'?", self.refused(2, "submit", file, "--target", "mesage_node"))
        run = self.ok("submit", file, "--target", "message_node", "--wait").strip()
        self.assertEqual(self.json("show", run)["nodes"]["executed"], 1)
        run = self.ok("submit", file, "--only", "list_length", "--wait").strip()
        self.assertEqual(self.json("show", run)["nodes"]["executed"], 1)


if __name__ == "__main__":
    unittest.main()
