"""Commands, options and exit codes (cli.md)."""

import json
import os
import re
import resource
import unittest

from support.vnode_program import ProgramTest, chain, node, wire

GOOD = chain(node(1, "message_node", msg="hello"), node(2, "console_print"))
FAILING = chain(node(1, "delay_timer", delay="soon"), node(2, "console_print"))


class ExitCodes(ProgramTest):
    def code(self, workflow, *options):
        result = self.vnode("run", self.write("w.json", workflow), "--format", "ndjson", *options)
        self.assertEqual(self.events(result.stdout)[-1]["exit_code"], result.returncode)
        self.assertEqual(result.stderr, "" if result.returncode != 3 else result.stderr)
        return result.returncode

    def test_success_is_0(self):
        self.assertEqual(self.code(GOOD), 0)
        self.assertEqual(self.code({}), 0)

    def test_a_failed_node_is_1(self):
        self.assertEqual(self.code(FAILING), 1)
        self.assertEqual(self.code(FAILING, "--fail-fast"), 1)

    def test_a_timeout_is_124(self):
        endless = chain(node(1, "delay_timer", delay=600), node(2, "console_print"))
        self.assertEqual(self.code(endless, "--timeout", "50ms"), 124)

    def test_an_invalid_workflow_is_3(self):
        self.assertEqual(self.code(chain(node(1, "consol_print"), node(2, "console_print"))), 3)
        self.assertEqual(self.code("not json"), 3)

    @unittest.skipIf("ASAN_OPTIONS" in os.environ, "the sanitizer needs descriptors")
    def test_a_shortage_of_descriptors_is_no_invalid_workflow(self):
        def limit(most):
            return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

        file = self.write("w.json", chain(node(1, "python_script", python_code="result = 1")))
        result = self.vnode("run", file, "--format", "ndjson", preexec_fn=limit(12))
        self.assertEqual(result.returncode, 1)
        last = self.events(result.stdout)[-1]
        self.assertEqual((last["status"], last["exit_code"]), ("failed", 1))
        self.assertIn("no file descriptors left (the limit is 12", last["error"])
        result = self.vnode("run", file, preexec_fn=limit(6))
        self.assertEqual(result.returncode, 125)
        self.assertIn("no file descriptors left", result.stderr)
        self.assertNotIn("internal", result.stderr)

    def test_a_missing_or_unreadable_file_is_3(self):
        for file in ("absent.json", "."):
            result = self.vnode("run", file, "--format", "ndjson")
            self.assertEqual(result.returncode, 3)
            events = self.events(result.stdout)
            self.assertEqual(len(events), 2)
            self.assertEqual(events[-1]["status"], "invalid")
            self.assertEqual(len(events[-1]["problems"]), 1)
            self.assertIn(file, result.stderr)

    def test_init_only_and_failed_inputs(self):
        self.assertEqual(self.code(FAILING, "--init-only"), 0)
        pulled = {
            "nodes": [node(1, "add_integers", a="x"), node(2, "console_print"), node(3, "console_print")],
            "connections": [wire((1, "result"), (2, "data")), wire((3, "exec_out"), (2, "exec_in"), True)],
        }
        for choice, status in (("skip", "skipped"), ("default", "success")):
            result = self.vnode("run", self.write("p.json", pulled), f"--failed-inputs={choice}")
            self.assertEqual(result.returncode, 1)
            finished = [e["status"] for e in self.events(result.stdout)
                        if e["type"] == "node_finished" and e["node_id"][-1] == "2"]
            self.assertEqual(finished, [status])


class Usage(ProgramTest):
    def refused(self, *arguments):
        result = self.vnode(*arguments)
        self.assertEqual(result.returncode, 2, (arguments, result.stderr))
        self.assertEqual(result.stdout, "")
        return result.stderr

    def test_help_and_version(self):
        for arguments in (["--help"], ["-h"], ["help"], ["help", "run"], ["run", "--help"],
                          ["nodes", "show", "--help"]):
            result = self.vnode(*arguments)
            self.assertEqual((result.returncode, result.stderr), (0, ""), arguments)
            self.assertIn("vnode", result.stdout)
        self.assertRegex(self.vnode("--version").stdout, r"^vnode \d+\.\d+\.\d+\n$")

    def test_help_names_every_command(self):
        text = self.vnode("--help").stdout
        for command in ("run", "validate", "graph", "report", "inspect", "nodes", "config", "schema"):
            self.assertIn(f"\n  {command} ", text)

    def test_no_command(self):
        self.assertIn("Usage", self.refused())

    def test_unknown_commands_and_options_come_with_a_suggestion(self):
        self.assertIn("did you mean 'validate'?", self.refused("validat", "x"))
        self.assertIn("unknown command 'frobnicate'", self.refused("frobnicate"))
        self.assertIn("did you mean '--format'?", self.refused("run", "x.json", "--formt", "quiet"))
        self.assertIn("did you mean 'list'?", self.refused("nodes", "lsit"))
        self.assertIn("did you mean 'pause'?", self.refused("queue", "puase", "x"))
        self.assertIn("'list', 'show'", self.refused("nodes", "frobnicate"))
        self.assertIn("'show'", self.refused("config"))
        self.assertIn("did you mean '--nodes'?", self.refused("nodes", "list", "--node", "x"))
        self.assertIn("unknown option '--verbos'", self.refused("--verbos", "run"))

    def test_an_option_of_one_name_means_one_thing(self):
        meanings = {}
        for command in ("run", "submit", "validate", "graph", "report", "nodes list", "nodes show", "nodes check", "nodes reload", "queue list",
                        "ps", "show", "events", "logs", "wait", "cancel", "pause", "unpause", "retry", "clear", "explain", "info", "shutdown", "config show"):
            for names in re.findall(r"(?m)^ {2,6}(-[^ ]+)", self.vnode(*command.split(), "--help").stdout):
                for name in names.split(","):
                    meanings.setdefault(name, set()).add(names)
        self.assertEqual({name: sorted(names) for name, names in meanings.items()
                          if len({n for n in names if "," in n}) > 1}, {})
        self.assertEqual(meanings["-o"], {"-o,--format"})
        self.assertEqual(meanings["--output"], {"--output"})

    def test_folders_of_definitions_are_given_one_by_one(self):
        self.assertRegex(self.vnode("run", "--help").stdout, r"(?m)^ +--nodes DIR {2,}")
        os.mkdir(self.path("a"))
        self.assertIn("once for each folder", self.refused("nodes", "list", "--nodes", "a:b"))

    def test_bad_values(self):
        for options in (
            ["--format", "xml"], ["--format"], ["--timeout", "5"], ["--timeout", "abc"], ["-j", "0"], ["-j", "x"],
            ["--seed", "-1"], ["--failed-inputs=keep"], ["--max-value-bytes", "many"], ["--max-value-bytes", "-1"], ["-j", "-1"], ["--events", "fd:77"],
            ["--events", "fd:x"], ["-p", "noequals"], ["--params-file", "absent.yaml"],
            ["--format", "ndjson", "--output", "a.b"], ["extra.json"],
        ):
            self.write("w.json", GOOD)
            self.refused("run", "w.json", *options)
        self.refused("run")
        self.refused("validate")
        self.refused("schema", "evnts")
        self.refused("nodes")

    def test_choices_suggest(self):
        self.assertIn("did you mean 'ndjson'?", self.refused("run", "x", "--format", "njson"))


class Validate(ProgramTest):
    def test_text_and_json(self):
        good = self.write("good.json", GOOD)
        bad = self.write("bad.json", chain(node(1, "consol_print"), node(2, "console_print")))
        self.assertEqual(self.vnode("validate", good).returncode, 0)
        result = self.vnode("validate", good, bad, "absent.json")
        self.assertEqual(result.returncode, 3)
        self.assertIn("console_print", result.stdout)
        self.assertIn("#/nodes/0", result.stdout)
        result = self.vnode("validate", bad, "absent.json", "-o", "json")
        files = json.loads(result.stdout)["files"]
        self.assertEqual([file["valid"] for file in files], [False, False])
        self.assertEqual(files[0]["problems"][0]["severity"], "error")
        self.assertEqual(files[1]["problems"][0]["code"], "not_found")

    def test_warnings_count_only_when_strict(self):
        lonely = chain(node(1, "message_node"), node(2, "console_print"))
        lonely["nodes"].append(node(3, "console_print"))
        file = self.write("w.json", lonely)
        self.assertEqual(self.vnode("validate", file).returncode, 0)
        self.assertEqual(self.vnode("validate", "--strict", file).returncode, 3)


    def test_what_editors_leave_behind_is_one_note(self):
        saved = {"nodes": [node(1, "message_node", msg="a", out="b"), node(2, "console_print", data="c", out="d"),
                           node(3, "console_print", data="e")],
                 "connections": [wire((1, "out"), (2, "data")), wire((2, "out"), (3, "data"))]}
        result = self.vnode("validate", "--strict", self.write("w.json", saved))
        self.assertEqual(result.returncode, 0)
        self.assertEqual(result.stdout.count("note["), 1)
        self.assertIn("2 of wired inputs, 2 of outputs", result.stdout)
        self.assertIn("0 warnings, 1 note\n", result.stdout)
        problems = json.loads(self.vnode("validate", self.path("w.json"), "-o", "json").stdout)["files"][0]["problems"]
        self.assertEqual([(p["severity"], p["code"]) for p in problems], [("note", "idle_values")])

    def test_strict_passes_a_result_that_is_fed_back(self):
        fed = chain(node(1, "message_node"), node(2, "For Each"), node(3, "console_print"))
        fed["connections"] = [wire((1, "exec_out"), (2, "exec_in"), True), wire((2, "each_item"), (3, "exec_in"), True),
                              wire((2, "current_item"), (3, "data")), wire((3, "out"), (2, "continue_condition"))]
        result = self.vnode("validate", "--strict", self.write("w.json", fed))
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertIn("note[feedback_cycle]", result.stdout)


class Nodes(ProgramTest):
    def test_list_and_show(self):
        text = self.vnode("nodes", "list").stdout
        self.assertRegex(text, r"(?m)^console_print +\S+.* native$")
        shown = self.vnode("nodes", "show", "For Each")
        self.assertEqual(shown.returncode, 0)
        for word in ("exec_in", "each_item", "origin:", "native", "default"):
            self.assertIn(word, shown.stdout)
        as_json = json.loads(self.vnode("nodes", "show", "console_print", "-o", "json").stdout)
        self.assertEqual(as_json["node_id"], "console_print")

    def test_unknown_id(self):
        result = self.vnode("nodes", "show", "consol_print")
        self.assertEqual(result.returncode, 2)
        self.assertIn("did you mean 'console_print'?", result.stderr)

    def test_definitions_say_where_they_come_from_and_why_not(self):
        good = {"node_id": "mine", "name": "Mine", "python_code": "def register_node(): pass"}
        self.write("good.json", good)
        self.write("broken.json", "{")
        result = self.vnode("nodes", "list", "--nodes", self.folder)
        self.assertRegex(result.stdout, r"(?m)^mine .*good\.json")
        self.assertIn("broken.json", result.stderr)
        listed = json.loads(self.vnode("nodes", "list", "--nodes", self.folder, "-o", "json").stdout)
        self.assertTrue(any(note["file"].endswith("broken.json") for note in listed["notes"]))


if __name__ == "__main__":
    unittest.main()
