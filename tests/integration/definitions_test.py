"""Python definitions on the command line: nodes list, show, new; validate --load; runs of what does not load."""

import json
import os
import unittest

from support.vnode_program import ProgramTest, chain, node, uuid, wire

GOOD = "async def execute(self, inputs):\n    return {}\n"
RAISES = "import os\n\nvalue = 1 / 0\n" + GOOD
CLASS = """
from src.nodes.base import BaseNode


class Mine(BaseNode):
    def __init__(self):
        super().__init__(use_exec=False)
        self.add_input("seconds", "int", default=30)
        self.add_output("real", "any")

    async def execute(self, inputs):
        return {"real": inputs.get("seconds")}


def register_node():
    return Mine
"""


class Definitions(ProgramTest):
    def define(self, node_id, code, **keys):
        return self.write(node_id + ".json", {"node_id": node_id, "name": node_id, "python_code": code} | keys)

    def marking_python(self):
        """An interpreter that leaves a mark when it is started."""
        script = self.write("mark-python", "#!/bin/sh\ntouch '%s'\nexec python3 \"$@\"\n" % self.path("mark"))
        os.chmod(script, 0o755)
        return script

    def is_marked(self):
        return os.path.exists(self.path("mark"))


class Show(Definitions):
    def test_list_starts_no_interpreter(self):
        self.define("mine", GOOD)
        options = ("--nodes", ".", "--python", self.marking_python())
        for format_ in ("text", "json"):
            result = self.vnode("nodes", "list", *options, "-o", format_)
            self.assertEqual(result.returncode, 0)
            self.assertIn("mine", result.stdout)
        self.assertEqual(self.vnode("nodes", "show", "console_print", *options).returncode, 0)
        self.vnode("validate", self.write("w.json", chain(node(1, "mine"), node(2, "console_print"))), *options)
        self.assertFalse(self.is_marked())

    def test_ports_are_those_of_the_class(self):
        self.define("mine", CLASS, inputs=[{"name": "seconds", "type": "int", "default": "30"}, {"name": "gone"}])
        result = self.vnode("nodes", "show", "mine", "--nodes", ".")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertRegex(result.stdout, r"(?m)^  seconds +int +default 30$")
        self.assertIn("input 'seconds': default 30 in the class, \"30\" in the file", result.stdout)
        self.assertIn("input 'gone' is only in the file", result.stdout)
        shown = json.loads(self.vnode("nodes", "show", "mine", "--nodes", ".", "-o", "json").stdout)
        self.assertEqual(shown["load"], {"ok": True})
        self.assertEqual([port["name"] for port in shown["outputs"]], ["real"])
        self.assertIn({"side": "output", "port": "real", "what": "presence", "class": True, "file": False},
                      shown["differences"])

    def test_one_that_does_not_load(self):
        file = self.define("mine", RAISES, inputs=[{"name": "declared"}])
        result = self.vnode("nodes", "show", "mine", "--nodes", self.folder)
        self.assertEqual(result.returncode, 3)
        self.assertIn("declared", result.stdout)
        self.assertIn("cannot run:", result.stdout)
        for words in (file, "line 3", "division by zero", "    value = 1 / 0"):
            self.assertIn(words, result.stderr)
        result = self.vnode("nodes", "show", "mine", "--nodes", self.folder, "-o", "json")
        self.assertEqual(result.returncode, 3)
        load = json.loads(result.stdout)["load"]
        self.assertEqual((load["ok"], load["line"]), (False, 3))
        self.assertIn("division by zero", load["message"])
        self.assertIn("Traceback", load["traceback"])

    def test_a_file_that_cannot_be_used(self):
        file = self.define("mine", GOOD, inputs=5)
        result = self.vnode("nodes", "show", "mine", "--nodes", self.folder)
        self.assertEqual((result.returncode, result.stdout), (3, ""))
        self.assertIn(file, result.stderr)
        self.assertIn("'inputs'", result.stderr)

    def test_one_without_an_interpreter(self):
        self.define("mine", GOOD)
        result = self.vnode("nodes", "show", "mine", "--nodes", ".", "--python", "/nonexistent/python")
        self.assertEqual(result.returncode, 3)
        self.assertIn("/nonexistent/python", result.stderr)


class Check(Definitions):
    def test_loads_whole_folders_in_one_process(self):
        for number in range(20):
            self.define("good%d" % number, GOOD)
        self.write("count", "#!/bin/sh\necho started >> '%s'\nexec python3 \"$@\"\n" % self.path("starts"))
        os.chmod(self.path("count"), 0o755)
        result = self.vnode("nodes", "check", ".", "--python", self.path("count"))
        self.assertEqual((result.returncode, result.stdout), (0, "20 definitions: 0 errors, 0 warnings\n"))
        with open(self.path("starts"), encoding="utf-8") as starts:
            self.assertEqual(len(starts.readlines()), 1)

    def test_says_what_does_not_load_and_where_class_and_file_disagree(self):
        os.mkdir(self.path("more"))
        bad = self.define("bad", RAISES)
        self.define("mine", CLASS, inputs=[{"name": "seconds", "type": "int", "default": "30"}])
        self.write("wide.json", json.dumps({"node_id": "wide"}).encode("utf-16"))
        self.write("more/mine.json", {"node_id": "mine", "name": "again", "python_code": GOOD})
        result = self.vnode("nodes", "check", self.folder)
        self.assertEqual(result.returncode, 3)
        for words in (bad + ": 'bad' does not load: ", "line 3", "    value = 1 / 0", "wide.json: the text is UTF-16",
                      "input 'seconds': default 30 in the class, \"30\" in the file",
                      "more/mine.json: 'mine' replaces ", "3 definitions: 2 errors, 2 warnings"):
            self.assertIn(words, result.stdout)
        answer = json.loads(self.vnode("nodes", "check", self.folder, "-o", "json").stdout)
        self.assertEqual([n["load"]["ok"] for n in answer["nodes"] if n["node_id"] == "bad"], [False])
        self.assertEqual(len([n for n in answer["notes"] if n["kind"] == "broken"]), 1)

    def test_what_a_run_would_refuse_is_an_error_and_what_means_nothing_a_warning(self):
        limited = self.define("limited", GOOD, limits={"timeout": "5s", "memory": "1G"})
        odd = self.define("odd", GOOD, categroy="C", inputs=[{"name": "a", "type": "strng"}, {"name": "a"}])
        result = self.vnode("nodes", "check", self.folder)
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertIn("error: %s: 'memory' is no limit of such a node" % limited, result.stdout)
        for words in ("(at /limits/memory)", "2 definitions: 1 error, 3 warnings",
                      "warning: %s: 'odd' the key 'categroy' means nothing here (at /categroy); did you mean 'category'?" % odd,
                      "the unknown type 'strng'", "(at /inputs/0/type); did you mean 'string'?",
                      "input 'a' is declared more than once; the first one counts (at /inputs/1/name)"):
            self.assertIn(words, result.stdout)
        answer = json.loads(self.vnode("nodes", "check", self.folder, "-o", "json").stdout)
        self.assertEqual({(n["file"], n["kind"], n["pointer"]) for n in answer["notes"]},
                         {(limited, "broken", "/limits/memory"), (odd, "warning", "/categroy"),
                          (odd, "warning", "/inputs/0/type"), (odd, "warning", "/inputs/1/name")})
        os.unlink(limited)
        self.assertEqual(self.vnode("nodes", "check", self.folder).returncode, 0)
        self.assertEqual(self.vnode("nodes", "check", self.folder, "--strict").returncode, 3)

    def test_disagreement_is_an_error_only_when_strict(self):
        self.define("mine", CLASS)
        self.assertEqual(self.vnode("nodes", "check", ".").returncode, 0)
        self.assertEqual(self.vnode("nodes", "check", ".", "--strict").returncode, 3)
        self.assertEqual(self.vnode("nodes", "check", "absent").returncode, 2)


class Missing(Definitions):
    def test_a_rejected_definition_is_named_where_a_workflow_misses_it(self):
        self.write("wide.json", json.dumps({"node_id": "wide"}).encode("utf-16"))
        self.write("b.json", '{"node_id": "half", ')
        self.define("raises", RAISES)
        for node_id, file in (("wide", "wide.json"), ("half", "b.json"), ("raises", "raises.json")):
            workflow = self.write("w.json", chain(node(1, node_id), node(2, "console_print")))
            for command in (("run",), ("validate", "--load")):
                result = self.vnode(*command, workflow, "--nodes", self.folder)
                self.assertEqual(result.returncode, 3)
                self.assertIn(self.path(file), result.stdout + result.stderr)

    def test_one_whose_native_node_runs_in_its_place_is_a_warning(self):
        self.write("message_node.json", "{")
        workflow = self.write("w.json", chain(node(1, "message_node"), node(2, "console_print")))
        result = self.vnode("run", workflow, "--nodes", ".")
        self.assertEqual(result.returncode, 0)
        self.assertIn("warning[definition_set_aside]", result.stderr)
        logs = [e for e in self.events(result.stdout) if e["type"] == "node_log" and e["level"] == "warning"]
        self.assertIn("the native node is used in its place", logs[0]["message"])
        self.assertEqual(self.vnode("run", workflow, "--nodes", ".", "--prefer-native").stderr, "")

    def test_a_folder_of_the_search_path_that_is_not_there_is_a_warning(self):
        workflow = self.write("w.json", chain(node(1, "message_node"), node(2, "console_print")))
        environment = self.environment(VNODE_PATH=self.path("absent"))
        for command in ("run", "validate"):
            result = self.vnode(command, workflow, env=environment)
            self.assertEqual(result.returncode, 0)
            self.assertIn("warning: no definitions from %s: the folder does not exist" % self.path("absent"),
                          result.stderr)
        self.assertEqual(self.vnode("run", workflow, "--format", "quiet", env=environment).stderr, "")

    def test_ports_that_a_class_does_not_have_are_told_in_the_stream(self):
        self.define("mine", CLASS, outputs=[{"name": "in_the_file"}])
        workflow = {"nodes": [node(1, "mine"), node(2, "console_print"), node(3, "console_print")],
                    "connections": [wire((1, "in_the_file"), (2, "data")), wire((1, "real"), (3, "data"))]}
        events = self.events(self.vnode("run", self.write("w.json", workflow), "--nodes", ".").stdout)
        logs = [e["message"] for e in events if e["type"] == "node_log" and e["level"] == "warning"]
        self.assertEqual(len(logs), 1)
        self.assertIn("has no output \"in_the_file\"", logs[0])

    def test_output_of_a_class_is_one_that_it_has(self):
        self.define("mine", CLASS)
        workflow = self.write("w.json", {"nodes": [node(1, "mine")]})
        self.assertEqual(self.vnode("run", workflow, "--nodes", ".", "--output", "mine.real").stdout, "30\n")
        result = self.vnode("run", workflow, "--nodes", ".", "--output", "mine.rael")
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("did you mean 'real'?", result.stderr)


class Validate(Definitions):
    def validate(self, workflow, *options):
        return self.vnode("validate", self.write("w.json", workflow), "--nodes", ".", *options)

    def test_without_load_nothing_is_started(self):
        self.define("mine", RAISES)
        workflow = chain(node(1, "mine"), node(2, "console_print"))
        python = self.marking_python()
        self.assertEqual(self.validate(workflow, "--python", python).returncode, 0)
        self.assertFalse(self.is_marked())
        self.assertEqual(self.validate(workflow, "--load", "--python", python).returncode, 3)
        self.assertTrue(self.is_marked())

    def test_load_without_definitions_starts_nothing(self):
        self.define("mine", RAISES)
        workflow = chain(node(1, "message_node"), node(2, "console_print"))
        self.assertEqual(self.validate(workflow, "--load", "--python", self.marking_python()).returncode, 0)
        self.assertFalse(self.is_marked())

    def test_every_node_of_a_broken_definition_is_an_error(self):
        file = self.define("mine", RAISES)
        self.define("good", GOOD)
        inner = {"nodes": [node(11, "mine")]}
        workflow = chain(node(1, "mine"), node(2, "good"), node(3, "mine"), node(4, "group_node", __workflow__=inner))
        result = self.validate(workflow, "--load")
        self.assertEqual(result.returncode, 3)
        self.assertEqual(result.stdout.count("error[python_definition]"), 2)
        self.assertEqual(result.stdout.count("warning[python_definition]"), 1)
        self.assertEqual(result.stdout.count("    Traceback"), 1, "the same traceback once")
        self.assertIn("line 3 of its python_code", result.stdout)
        problems = json.loads(self.validate(workflow, "--load", "-o", "json").stdout)["files"][0]["problems"]
        problems = [problem for problem in problems if problem["code"] == "python_definition"]
        self.assertEqual([problem["pointer"] for problem in problems],
                         ["/nodes/0", "/nodes/2", "/nodes/3/parameters/__workflow__/nodes/0"])
        for problem in problems:
            self.assertIn("division by zero", problem["traceback"])
            self.assertIn(os.path.basename(file), problem["message"])

    def test_each_definition_is_loaded_once(self):
        count = "open(%r, 'a').write('x')\n" % self.path("count")
        self.define("mine", count + GOOD)
        first = self.write("first.json", chain(node(1, "mine"), node(2, "mine")))
        second = self.write("second.json", chain(node(1, "mine"), node(2, "console_print")))
        result = self.vnode("validate", "--load", first, second, "--nodes", ".")
        self.assertEqual(result.returncode, 0, result.stdout)
        with open(self.path("count")) as file:
            self.assertEqual(file.read(), "x")

    def test_wires_are_checked_against_the_real_ports(self):
        self.define("mine", CLASS, outputs=[{"name": "declared"}])
        for port, is_known in (("real", True), ("declared", False)):
            workflow = {"nodes": [node(1, "mine"), node(2, "string_length")],
                        "connections": [wire((1, port), (2, "text"))]}
            self.assertEqual("missing_port" not in self.validate(workflow, "--load").stdout, is_known)
            self.assertEqual("missing_port" in self.validate(workflow).stdout, is_known)

    def test_a_definition_that_ends_its_process(self):
        self.define("mine", "import os\nos._exit(3)\n" + GOOD)
        self.define("good", GOOD)
        result = self.validate(chain(node(1, "mine"), node(2, "good")), "--load")
        self.assertEqual(result.returncode, 3)
        self.assertEqual(result.stdout.count("error["), 1)
        self.assertIn("exit code 3", result.stdout)


class New(Definitions):
    def test_it_loads_validates_and_runs(self):
        result = self.vnode("nodes", "new", "my_node", "--python")
        self.assertEqual((result.returncode, result.stdout), (0, "my_node.json\n"))
        self.assertIn("vnode nodes show my_node", result.stderr)
        shown = self.vnode("nodes", "show", "my_node", "--nodes", ".")
        self.assertEqual((shown.returncode, shown.stderr), (0, ""))
        self.assertNotIn("disagree", shown.stdout)
        workflow = self.write("w.txt", chain(node(1, "my_node", text="ab", times=3), node(2, "console_print")))
        valid = self.vnode("validate", "--strict", "--load", workflow, "--nodes", ".")
        self.assertEqual((valid.returncode, valid.stdout), (0, "%s: valid\n" % workflow))
        run = self.vnode("run", workflow, "--nodes", ".", "--output", uuid(1) + ".result")
        self.assertEqual((run.returncode, run.stdout), (0, '"ababab"\n'), run.stderr)
        failing = self.write("w.txt", chain(node(1, "my_node", times=-1), node(2, "console_print")))
        self.assertEqual(self.vnode("run", failing, "--nodes", ".").returncode, 1)

    def test_the_advice_works(self):
        os.mkdir(self.path("my nodes"))
        advice = self.vnode("nodes", "new", "mine", "--python", "--dir", "my nodes").stderr
        lines = [line for line in advice.splitlines() if line.startswith(("  vnode", "  echo", "    vnode"))]
        script = self.write("try.sh", "set -e\n" + "\n".join(lines).replace("vnode ", '"$VNODE" ') + "\n")
        result = self.run_program("sh", script)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout.splitlines()[-1], '"hellohello"')

    def run_program(self, *command):
        import subprocess

        from support.vnode_program import TIME_LIMIT, VNODE

        return subprocess.run(command, cwd=self.folder, env=self.environment(VNODE=VNODE), capture_output=True,
                              text=True, timeout=TIME_LIMIT, check=False)

    def test_it_never_overwrites(self):
        self.write("mine.json", "precious")
        result = self.vnode("nodes", "new", "mine", "--python")
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        with open(self.path("mine.json")) as file:
            self.assertEqual(file.read(), "precious")

    def test_usage(self):
        for arguments in (["mine"], ["a b", "--python"], ["../mine", "--python"], ["--python"],
                          ["mine", "--python", "--dir", "absent"]):
            result = self.vnode("nodes", "new", *arguments)
            self.assertEqual((result.returncode, result.stdout), (2, ""), arguments)
        self.assertIn("'a_b'", self.vnode("nodes", "new", "a b", "--python").stderr)
        self.assertEqual(os.listdir(self.folder), [])

    def test_it_says_when_the_id_is_taken(self):
        result = self.vnode("nodes", "new", "console_print", "--python")
        self.assertEqual(result.returncode, 0)
        self.assertIn("already (native)", result.stderr)


class Runs(Definitions):
    def test_what_does_not_load_is_refused_like_an_invalid_workflow(self):
        self.define("mine", RAISES)
        workflow = self.write("w.txt", chain(node(1, "message_node"), node(2, "mine")))
        for format_ in ("ndjson", "quiet", "pretty"):
            result = self.vnode("run", workflow, "--nodes", ".", "--format", format_)
            self.assertEqual(result.returncode, 3, format_)
            self.assertIn("error[python_definition]", result.stderr)
            self.assertIn("division by zero", result.stderr)
            self.assertIn("#/nodes/1", result.stderr)
        events = self.events(self.vnode("run", workflow, "--nodes", ".").stdout)
        self.assertEqual(len(events), 2)
        self.assertEqual((events[1]["status"], events[1]["exit_code"]), ("invalid", 3))
        result = self.vnode("run", workflow, "--nodes", ".", "--output", uuid(2) + ".result")
        self.assertEqual((result.returncode, result.stdout), (3, ""))

    def test_outputs_that_only_the_class_has_can_be_printed(self):
        self.define("mine", CLASS)
        workflow = self.write("w.txt", {"nodes": [node(1, "mine")]})
        result = self.vnode("run", workflow, "--nodes", ".", "--output", "mine.real")
        self.assertEqual((result.returncode, result.stdout), (0, "30\n"), result.stderr)

    def test_the_interpreter_can_be_chosen(self):
        self.define("mine", GOOD)
        workflow = self.write("w.txt", {"nodes": [node(1, "mine")]})
        python = self.marking_python()
        for options, changes in ((["--python", python], {}), ([], {"VNODE_PYTHON": python}),
                                 (["--config", self.write("vnode.yaml", "python: ./mark-python")], {})):
            result = self.vnode("run", workflow, "--nodes", ".", *options, env=self.environment(**changes))
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertTrue(self.is_marked(), options)
            os.remove(self.path("mark"))

    def test_memory_is_limited(self):
        self.define("mine", "async def execute(self, inputs):\n    return {'size': len(bytearray(1 << 30))}\n")
        workflow = self.write("w.txt", {"nodes": [node(1, "mine")]})
        result = self.vnode("run", workflow, "--nodes", ".", "--memory", "200M", "--format", "quiet")
        self.assertEqual(result.returncode, 1)
        self.assertIn("memory", result.stderr.lower())


if __name__ == "__main__":
    unittest.main()
