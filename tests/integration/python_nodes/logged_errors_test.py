"""Error logs of Python nodes make the run fail (engine rule 22)."""

import unittest

from python_runs import PythonRunTest, bare, data, node, then

GRUMBLE = "async def execute(self, inputs):\n    self.log_error('the DCC is not there')\n    await self.set_output('exec_out', True)\n"


class LoggedErrors(PythonRunTest):
    def check(self, outcome, code, with_errors, error=""):
        last = outcome.events[-1]
        self.assertEqual((outcome.code, last["exit_code"], last["success"]), (code, code, code == 0), outcome)
        self.assertEqual(last["nodes"]["with_errors"], with_errors, outcome)
        self.assertIn(error, last.get("error", ""), outcome)
        self.assertEqual(bool(error), "error" in last, outcome)

    def run_pair(self, *options, keys=None, **parameters):
        """A node that grumbles, and one behind it."""
        self.define(bare("grumble", GRUMBLE, **(keys or {})))
        outcome = self.run_nodes([node(1, "grumble", **parameters), node(2, "console_print", data="x")],
                                 then(1, 2), *options)
        self.assertEqual(outcome.statuses(2), ["success"], "the flow goes on")
        return outcome

    def test_fail_the_run(self):
        self.check(self.run_pair(), 1, 1, "1 error was logged: grumble (")

    def test_are_reported_where_that_is_asked_for(self):
        self.check(self.run_pair("--logged-errors", "report"), 0, 1)
        self.write("v.yaml", "logged_errors: report\n")
        self.check(self.run_pair("--config", self.path("v.yaml")), 0, 1)
        self.check(self.run_pair("--config", self.path("v.yaml"), "--logged-errors=fail"), 1, 1, "1 error was")

    def test_are_no_failure_where_definition_or_instance_say_so(self):
        self.check(self.run_pair(keys={"error_logs": "report"}), 0, 1)
        self.check(self.run_pair(__vnode__={"error_logs": "report"}), 0, 1)
        outcome = self.run_pair(keys={"error_logs": "report"}, __vnode__={"error_logs": "fail"})
        self.check(outcome, 1, 1, "1 error was logged")

    def test_of_a_script_that_raised(self):
        script = node(1, "python_script", python_code="1 / 0")
        outcome = self.run_nodes([script, node(2, "console_print")], [*then(1, 2), data((1, "result"), (2, "data"))])
        self.assertEqual(outcome.statuses(1) + outcome.statuses(2), ["success", "success"])
        self.check(outcome, 1, 1, "ZeroDivisionError")

    def test_of_constructors_and_exit_functions_count(self):
        code = ("import atexit\nfrom src.nodes.base import BaseNode\nclass Late(BaseNode):\n"
                "    def __init__(self):\n        super().__init__()\n        self.early = True\n"
                "    def restore_from_parameters(self, saved):\n        self.log_error('early')\n"
                "    async def execute(self, inputs):\n        atexit.register(lambda: self.log_error('late'))\n"
                "def register_node():\n    return Late\n")
        self.define({**bare("late", code), "outputs": []})
        outcome = self.run_nodes([node(1, "late")], [])
        self.assertEqual(outcome.logs(1), ["early", "late"])
        self.check(outcome, 1, 1, "2 errors were logged, the first: late (")

    def test_in_the_summary_and_in_quiet_output(self):
        self.define(bare("grumble", GRUMBLE))
        nodes = [node(1, "grumble"), node(2, "console_print")]
        workflow = self.write("w.json", {"nodes": nodes, "connections": then(1, 2)})
        for view, stream in (("pretty", "stdout"), ("quiet", "stderr")):
            result = self.vnode("run", workflow, "--nodes", self.nodes_folder, "--format", view)
            self.assertEqual(result.returncode, 1)
            text = getattr(result, stream)
            self.assertRegex(text, r"grumble 00000000: the DCC is not there")
            if view == "pretty":
                self.assertIn("failed: 2 succeeded, 1 with errors", text)
                self.assertRegex(text, r"  errors +grumble 00000000: the DCC is not there\n")

    def test_a_wrong_word_is_refused(self):
        self.define(bare("grumble", GRUMBLE, error_logs="ignore"))
        outcome = self.vnode("validate", self.write("w.json", {"nodes": [node(1, "grumble")], "connections": []}),
                             "--nodes", self.nodes_folder)
        self.assertEqual(outcome.returncode, 3)
        result = self.vnode("run", "w.json", "--logged-errors", "repport")
        self.assertEqual(result.returncode, 2)
        self.assertIn("did you mean 'report'?", result.stderr)


if __name__ == "__main__":
    unittest.main()
