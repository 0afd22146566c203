"""Commands behind the words of an executor (rules of lib/executor)."""

import json
import unittest

from support.vnode_program import ProgramTest, node


class Executors(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("vnode.yaml", "executors:\n"
                                 "  box: {kind: wrap, words: [sh, -c, 'echo in the box; exec {quoted}']}\n"
                                 "  jar: {kind: wrap, words: [sh, -c, 'echo in the jar; exec {quoted}'], stop: [echo, \"{signal}\"]}\n")

    def workflow(self, **settings):
        parameters = {"command": ["echo", "done"]}
        if settings:
            parameters["__vnode__"] = settings
        return self.write("w.json", {"nodes": [node(1, "run_command", **parameters)], "connections": []})

    def printed(self, *arguments):
        ended = self.vnode("run", self.path("w.json"), "--config", self.path("vnode.yaml"), "--output", "run_command.stdout",
                               *arguments)
        self.assertEqual(0, ended.returncode, ended.stderr)
        return json.loads(ended.stdout).split("\n")

    def test_who_says_it(self):
        self.workflow()
        self.assertEqual(["done"], self.printed())
        self.assertEqual(["in the box", "done"], self.printed("--executor", "box"))
        self.workflow(executor="jar")
        self.assertEqual(["in the jar", "done"], self.printed("--executor", "box"))
        self.workflow(executor="local")
        self.assertEqual(["done"], self.printed("--executor", "box"))

    def test_a_dry_run_says_where(self):
        self.workflow(executor="jar")
        for options, executor in ((("-n",), "jar"), (("-n", "--executor", "box"), "jar")):
            ended = self.vnode("run", self.path("w.json"), "--config", self.path("vnode.yaml"), *options)
            self.assertIn("executor " + executor, ended.stdout, ended.stderr)
        self.workflow()
        ended = self.vnode("run", self.path("w.json"), "--config", self.path("vnode.yaml"), "-n", "-o", "json", "--executor", "box")
        self.assertEqual({"executor": "box"}, json.loads(ended.stdout)["nodes"][0]["limits"])

    def test_a_name_that_is_not_there(self):
        self.workflow(executor="bax")
        for command in ("run", "validate"):
            ended = self.vnode(command, self.path("w.json"), "--config", self.path("vnode.yaml"))
            self.assertEqual(3, ended.returncode, ended.stdout + ended.stderr)
            self.assertIn("there is no executor 'bax'", ended.stdout + ended.stderr)
            self.assertIn("did you mean 'box'?", ended.stdout + ended.stderr)
        ended = self.vnode("run", self.path("w.json"), "--executor", "bax")
        self.assertEqual(2, ended.returncode)
        self.assertIn("there is no executor 'bax'", ended.stderr)

    def test_one_without_a_stop_is_told_of(self):
        for name, is_told in (("box", True), ("jar", False)):
            self.workflow(executor=name)
            ended = self.vnode("validate", self.path("w.json"), "--config", self.path("vnode.yaml"), "-o", "json")
            self.assertEqual(0, ended.returncode, ended.stdout + ended.stderr)
            codes = [problem["code"] for problem in json.loads(ended.stdout)["files"][0]["problems"]]
            self.assertEqual(is_told, "executor_without_stop" in codes, codes)

    def test_a_wrong_one_is_an_error_of_the_configuration(self):
        self.workflow()
        self.write("vnode.yaml", "executors: {box: {kind: wrap, words: [sh, '{no such}']}}\n")
        ended = self.vnode("run", self.path("w.json"), "--config", self.path("vnode.yaml"))
        self.assertEqual(2, ended.returncode, ended.stderr)
        self.assertIn("executor 'box': 'words': word 1", ended.stderr)


if __name__ == "__main__":
    unittest.main()
