"""Secrets of a run: how it is given them, who has them, and that nothing that the program writes shows one."""

import base64
import glob
import json
import os
import stat
import unittest
import urllib.parse

from support.daemon_test_case import DaemonTest
from support.vnode_program import ProgramTest, chain, node, uuid, wire

TOKEN = "hunter2/\"x\" y?>\u00e4"
KEY = "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQ==x\n-----END KEY-----"
# Every way in which a program would show it.
SHAPES = [TOKEN, json.dumps(TOKEN)[1:-1], json.dumps(TOKEN, ensure_ascii=False)[1:-1], urllib.parse.quote(TOKEN, safe=""),
          urllib.parse.quote(TOKEN), urllib.parse.quote_plus(TOKEN), repr(TOKEN)[1:-1]]
SHAPES += [base64.b64encode(b"-" * n + TOKEN.encode())[4 * bool(n):-4].decode() for n in range(3)]

SHOW_ALL = r"""
import base64, json, os, sys, urllib.parse
t = os.environ["TOKEN"]
shapes = [t, json.dumps(t), json.dumps(t, ensure_ascii=False), urllib.parse.quote(t, safe=""), urllib.parse.quote(t), repr(t)]
for before in (b"", b"-", b"--"):
    shapes.append(base64.b64encode(before + t.encode()).decode())
for shape in shapes:
    print("out", shape)
    print("err", shape, file=sys.stderr)
print(os.environ.get("KEY"))
print("x" * 8189 + t)
sys.stdout.flush()
for c in "split " + t + "\n":
    sys.stdout.buffer.write(c.encode()); sys.stdout.flush()
"""


def command(number=1, **parameters):
    return node(number, "run_command", **parameters)


class SecretsTest(ProgramTest):
    def secrets_environment(self, **changes):
        return self.environment(**{"TOKEN": TOKEN, "KEY": KEY} | changes)

    def run_it(self, workflow, *options, code=0, env=None):
        """The program's output with nothing secret in it; both streams, and the events."""
        if isinstance(workflow, dict):
            workflow = self.write("w.json", workflow)
        done = self.vnode("run", workflow, "--format", "ndjson", *options, env=env or self.secrets_environment())
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assert_clean(done.stdout)
        self.assert_clean(done.stderr)
        return self.events(done.stdout)

    def assert_clean(self, text):
        for shape in SHAPES:
            self.assertNotIn(shape, text)
        for line in KEY.split("\n"):
            self.assertNotIn(line, text)

    def private(self, name, content):
        path = self.write(name, content)
        os.chmod(path, 0o600)
        return path

    @staticmethod
    def logs(events):
        return [event["message"] for event in events if event["type"] == "node_log"]

    @staticmethod
    def result(events, port, number=1):
        return [event["output"][port] for event in events if event["type"] == "node_output"
                and event["node_id"] == uuid(number) and port in event["output"]][-1]


class Given(SecretsTest):
    def test_commands_and_python_nodes_have_them_as_variables(self):
        check = "import os; assert os.environ['TOKEN'] == %r and os.environ['KEY'] == %r; result = 'same'" % (TOKEN, KEY)
        self.write("check.py", check)
        workflow = chain(command(command=["python3", "check.py"]), node(2, "python_script", python_code=check))
        env = self.environment()  # neither is inherited
        path = self.private("s.json", {"TOKEN": TOKEN, "KEY": KEY})
        events = self.run_it(workflow, "--secret-file", path, env=env)
        self.assertEqual(self.result(events, "result", 2), "same")

    def test_placeholders_in_environment_and_stdin(self):
        self.write("check.py", "import os, sys\nassert os.environ['A'] == 'is ' + %r and sys.stdin.read() == %r + '!'" % (TOKEN, TOKEN))
        self.run_it({"nodes": [command(command=["python3", "check.py"], stdin="{secret.TOKEN}!",
                                       environment={"A": "is {secret.TOKEN}"})]}, "--secret", "TOKEN")
        definition = {"node_id": "mine", "name": "Mine", "command": ["python3", "check.py"], "stdin": "{secret.TOKEN}!",
                      "environment": {"A": "is {secret.TOKEN}"}}
        os.mkdir(self.path("nodes"))
        self.write("nodes/mine.json", definition)
        self.run_it({"nodes": [node(1, "mine")]}, "--secret", "TOKEN", "--nodes", self.path("nodes"))
        events = self.run_it({"nodes": [node(1, "mine")]}, "--secret", "KEY", "--nodes", self.path("nodes"), code=1)
        self.assertIn("given no secret 'TOKEN'", events[-1]["error"])

    def test_argv_is_refused(self):
        broken = {"node_id": "mine", "name": "Mine", "command": ["echo", "{secret.TOKEN}"], "directory": "{secret.TOKEN}"}
        self.write("mine.json", broken)
        checked = self.vnode("nodes", "check", self.folder, "-o", "json")
        self.assertIn("/command/1", checked.stdout)
        self.assertIn("/directory", checked.stdout)
        for parameters, pointer in ((dict(command="echo {secret.TOKEN}"), "command"),
                                    (dict(command=["echo", "{secret.TOKEN}"]), "command/1"),
                                    (dict(command="echo \"${secret.TOKEN}\"", shell=True), "command"),
                                    (dict(command="echo", directory="{secret.TOKEN}"), "directory")):
            workflow = self.write("w.json", {"nodes": [command(**parameters)]})
            validated = self.vnode("validate", workflow, "-o", "json")
            self.assertEqual(validated.returncode, 3, validated.stdout)
            self.assertIn('"/nodes/0/parameters/%s"' % pointer, validated.stdout)
            self.assertEqual(self.vnode("run", workflow, "--secret", "TOKEN", env=self.secrets_environment()).returncode, 3)

    def test_argv_is_refused_when_a_value_brings_it(self):
        workflow = chain(node(1, "python_script", python_code="import os; result = os.environ['TOKEN']"),
                         command(2, command=["touch", "{name}"]))
        workflow["connections"].append(wire((1, "result"), (2, "name")))
        events = self.run_it(workflow, "--secret", "TOKEN", code=1)
        self.assertIn("word 1 of the command has the secret 'TOKEN' in it", events[-1]["error"])
        self.assertEqual(glob.glob(self.path("hunter*")), [])

    def test_what_is_wrong_with_an_option(self):
        workflow = self.write("w.json", {"nodes": []})

        def complaint(*options, **environment):
            done = self.vnode("run", workflow, *options, env=self.environment(**environment))
            self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
            return done.stderr

        self.assertIn("--secret NOT_THERE: there is no such variable here", complaint("--secret", "NOT_THERE"))
        self.assertIn("fewer than 6 characters", complaint("--secret", "PIN", PIN="12345"))
        self.assertNotIn("hunter2", complaint("--secret", "TOKEN=hunter2"))
        shown = self.write("shown.env", "TOKEN=hunter2\n")
        os.chmod(shown, 0o644)
        self.assertIn("others can read the secrets file", complaint("--secret-file", shown))
        for number, text in enumerate(("TOKEN=hunter2\nrest of hunter2\n", "TOKEN=\"hunter2", "TOKEN=hunt", "{\"TOKEN\": hunter2}",
                                       "{\"TOKEN\": 1234567}", "TOKEN=hunter2 # or not")):
            said = complaint("--secret-file", self.private("bad%d.env" % number, text))
            self.assertIn("bad%d.env" % number, said)
            self.assertNotIn("hunt", said)
            self.assertNotIn("1234567", said)
        self.assertIn("secrets.env", complaint("--secret-file", self.path("secrets.env")))

    def test_files_of_all_forms(self):
        check = "import os; result = list(map(os.environ.get, ('FIRST', 'SECOND', 'THIRD'))) == ['one one', 'two\\ntwo', 'three \"3\"']"
        workflow = {"nodes": [node(1, "python_script", python_code=check)]}
        dotenv = "# a comment\n\nexport FIRST=one one \r\nSECOND='two\ntwo' # another\nTHIRD=\"three \\\"3\\\"\"\n"
        data = {"FIRST": "one one", "SECOND": "two\ntwo", "THIRD": "three \"3\""}
        for name, content in (("a.env", dotenv), ("b", json.dumps(data, indent=1)), ("c.json", data),
                              ("d.yaml", "FIRST: one one\nSECOND: |-\n  two\n  two\nTHIRD: three \"3\"\n")):
            events = self.run_it(workflow, "--secret-file", self.private(name, content))
            self.assertIs(self.result(events, "result"), True, name)
        reader, writer = os.pipe()
        os.write(writer, dotenv.encode())
        os.close(writer)
        done = self.vnode("run", self.write("w.json", workflow), "--secret-file", "/dev/fd/%d" % reader, "--format", "ndjson",
                          pass_fds=(reader,))
        os.close(reader)
        self.assertIs(self.result(self.events(done.stdout), "result"), True)

    def test_files_of_the_settings(self):
        os.makedirs(self.path(".config/vnode"))
        self.private(".config/vnode/all.env", "TOKEN=from the settings\nOTHER=only there")
        self.write(".config/vnode/vnode.yaml", "secrets: [all.env]\n")
        workflow = {"nodes": [node(1, "python_script", python_code="import os; result = [os.environ['TOKEN'][:4], os.environ['OTHER'][:4]]")]}
        self.assertEqual(self.result(self.run_it(workflow), "result"), ["from", "only"])
        self.assertEqual(self.result(self.run_it(workflow, "--secret", "TOKEN"), "result"), ["hunt", "only"])
        os.chmod(self.path(".config/vnode/all.env"), 0o640)
        self.assertEqual(self.vnode("run", self.write("w.json", workflow)).returncode, 2)


class Hidden(SecretsTest):
    def test_whatever_a_command_writes(self):
        self.write("show.py", SHOW_ALL)
        workflow = {"nodes": [command(command=["python3", "show.py"])]}
        events = self.run_it(workflow, "--secret", "TOKEN", "--secret", "KEY", "--logs", self.path("logs"),
                             "--events", self.path("events.ndjson"))
        logs = self.logs(events)
        for expected in ("out ***", "err ***", "out \"***\"", "***", "split ***"):
            self.assertIn(expected, logs)
        self.assertIn("x" * 8189 + "***", self.result(events, "stdout").split("\n"))
        for path in (self.path("events.ndjson"), *glob.glob(self.path("logs/*"))):
            with open(path, encoding="utf-8") as file:
                self.assert_clean(file.read())
            self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600, path)
        with open(glob.glob(self.path("logs/*"))[0], encoding="utf-8") as file:
            self.assertIn("split ***\n", file.read())

    def test_whatever_a_python_node_does(self):
        code = SHOW_ALL + r"""
os.write(1, ("stray " + t + "\n").encode())
for c in "bytewise " + t + "\n": os.write(2, c.encode())
Odd = type("Odd", (), {"__repr__": lambda self, t=t: "Odd " + t})
result = {"text": t, t: [1, {"deep": "a " + t}], "object": Odd(), "cut": "x" * 100000 + t}
"""
        events = self.run_it({"nodes": [node(1, "python_script", python_code=code)]}, "--secret", "TOKEN", "--secret", "KEY")
        for expected in ("out ***", "split ***", "stray ***", "bytewise ***"):
            self.assertTrue(any(expected in line for line in self.logs(events)), expected)
        small = {"nodes": [node(1, "python_script", python_code="import os; t = os.environ['TOKEN']; result = {'text': t, t: [1, {'deep': 'a ' + t}]}")]}
        events = self.run_it(small, "--secret", "TOKEN")
        self.assertEqual(self.result(events, "result"), {"text": "***", "***": [1, {"deep": "a ***"}]})

    def test_the_traceback_of_a_node_that_shows_its_environment(self):
        os.mkdir(self.path("nodes"))
        code = "import os\nasync def execute(self, inputs):\n    raise ValueError(os.environ)\n"
        self.write("nodes/mine.json", {"node_id": "mine", "name": "Mine", "python_code": code})
        events = self.run_it({"nodes": [node(1, "mine")]}, "--secret", "TOKEN", "--secret", "KEY", "--nodes", self.path("nodes"),
                             code=1)
        errors = [event for event in events if event["type"] == "node_error"]
        self.assertIn("'TOKEN': '***'", json.dumps(errors))
        self.assertIn("'KEY': '***'", json.dumps(errors))

    def test_a_definition_that_shows_it_while_it_is_loaded(self):
        os.mkdir(self.path("nodes"))
        self.write("nodes/mine.json", {"node_id": "mine", "name": "Mine", "python_code": "import os\nraise ValueError(os.environ['TOKEN'])\n"})
        self.run_it({"nodes": [node(1, "mine")]}, "--secret", "TOKEN", "--nodes", self.path("nodes"), code=3)

    def test_the_message_of_a_command_that_fails(self):
        script = "import os, sys; sys.stderr.write('x' * 1020 + os.environ['TOKEN']); sys.exit(3)"
        events = self.run_it({"nodes": [command(command=["python3", "-c", script])]}, "--secret", "TOKEN", code=1)
        self.assertIn("***", events[-1]["error"])

    def test_a_number(self):
        code = "import os; result = [int(os.environ['PIN']), 5, float(os.environ['PIN'])]"
        events = self.run_it({"nodes": [node(1, "python_script", python_code=code)]}, "--secret", "PIN",
                             env=self.environment(PIN="12345678"))
        self.assertEqual(self.result(events, "result"), ["***", 5, "***.0"])

    def test_what_is_written_to_the_terminal_and_results(self):
        workflow = self.write("w.json", {"nodes": [node(1, "python_script", python_code="import os; print(os.environ['TOKEN']); result = os.environ['TOKEN']")]})
        for options in (("--format", "pretty"), ("--format", "quiet"), ("--format", "quiet", "--output", "python_script.result")):
            done = self.vnode("run", workflow, "--secret", "TOKEN", *options, env=self.secrets_environment())
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assert_clean(done.stdout + done.stderr)
        self.assertEqual(done.stdout, '"***"\n')

    def test_without_secrets_nothing_is_replaced(self):
        code = "import os; result = os.environ['TOKEN']"
        done = self.vnode("run", self.write("w.json", {"nodes": [node(1, "python_script", python_code=code)]}), "--format", "ndjson",
                          env=self.secrets_environment())
        self.assertEqual(self.result(self.events(done.stdout), "result"), TOKEN)


class InTheDaemon(DaemonTest):
    """The state directory, the socket's answers and the log, all of it."""

    SHOW = "import os; print(os.environ['TOKEN']); result = os.environ['TOKEN']"
    assert_clean = SecretsTest.assert_clean
    private = SecretsTest.private

    def environment(self, **changes):
        return super().environment(**{"TOKEN": TOKEN} | changes)

    def stored(self):
        """All that the daemon has on its disk, as text."""
        text = self.daemon.log_text()
        for folder, _, names in os.walk(self.daemon.state):
            for name in names:
                path = os.path.join(folder, name)
                self.assertEqual(stat.S_IMODE(os.stat(path).st_mode) & 0o077, 0, path)
                with open(path, "rb") as file:
                    text += file.read().decode("utf-8", "replace")
        return text

    def test_they_are_nowhere_but_in_its_memory(self):
        workflow = {"nodes": [node(1, "python_script", python_code=self.SHOW)]}
        run = self.submit(workflow, "--secret", "TOKEN", "--wait", "--env-all", "--env", "URL=db://me:" + TOKEN + "@host")
        events = self.ok("events", run)
        self.assertIn('"message":"***"', events)
        for text in (events, self.ok("show", run), self.ok("show", run, "--results"), self.ok("show", run, "-o", "json"),
                     self.ok("explain", run), self.ok("result", run, "python_script.result"), self.ok("ps", "--all", "-o", "json"),
                     self.stored()):
            self.assert_clean(text)
        self.assertEqual(self.ok("result", run, "python_script.result"), '"***"\n')

    def test_a_variable_that_has_one_in_it_is_one(self):
        code = "import os; assert os.environ['URL'] == 'db://' + os.environ['TOKEN'] and os.environ['PLAIN'] == 'x'"
        run = self.submit({"nodes": [node(1, "python_script", python_code=code)]}, "--secret", "TOKEN", "--wait",
                          "--env", "URL=db://" + TOKEN, "--env", "PLAIN=x")
        self.assertEqual(self.json("show", run)["status"], "completed")
        self.assert_clean(self.stored())

    def test_a_large_workflow_has_them_and_so_has_each_attempt(self):
        code = "import os\nif os.environ['VNODE_ATTEMPT'] == '1': raise ValueError(os.environ['TOKEN'])\nresult = len(os.environ['TOKEN'])\n# " + "x" * 100_000
        run = self.submit({"nodes": [node(1, "python_script", python_code=code)]}, "--secret-file",
                          self.private("s.env", "TOKEN='" + TOKEN + "'\n"), "--retries", "1", "--wait")
        shown = self.json("show", run)
        self.assertEqual((shown["status"], shown["attempt"]), ("completed", 2))
        self.assert_clean(self.stored())

    def test_a_restart_loses_them(self):
        self.ok("queue", "pause", "default")
        waiting = self.submit({"nodes": [node(1, "message_node", msg="x")]}, "--secret", "TOKEN", "--on-interrupt", "retry",
                              "--retries", "3")
        plain = self.submit({"nodes": [node(1, "message_node", msg="x")]})
        self.daemon.kill()
        self.daemon.start()
        self.ok("queue", "resume", "default")
        self.assertEqual(self.vnode("wait", waiting).returncode, 5)
        shown = self.json("show", waiting)
        self.assertEqual((shown["status"], shown["exit_code"], shown["attempt"]), ("interrupted", 5, 1))
        self.assertRegex(shown["error"], r"\Asecrets_lost: .*\(TOKEN\)")
        last = json.loads(self.ok("events", waiting).splitlines()[-1])
        self.assertEqual((last["status"], last["error"]), ("interrupted", shown["error"]))
        self.assertEqual(self.vnode("wait", plain).returncode, 0)
        self.daemon.kill()
        self.daemon.start()
        self.assertEqual(self.json("show", waiting)["error"], shown["error"])

    def test_one_that_was_running_is_not_run_without_them(self):
        run = self.running("--secret", "TOKEN", "--on-interrupt", "retry")
        self.daemon.kill()
        self.daemon.start()
        self.assertEqual(self.vnode("wait", run).returncode, 5)
        shown = self.json("show", run)
        self.assertEqual((shown["status"], shown["attempt"]), ("interrupted", 2))
        self.assertIn("secrets_lost", shown["error"])

    def test_those_of_its_settings_outlive_it(self):
        os.makedirs(self.path(".config/vnode"))
        secrets = self.private("all.env", "TOKEN=of all runs\n")
        self.write(".config/vnode/vnode.yaml", "secrets: %s\n" % secrets)
        self.daemon.stop()
        self.daemon.start()
        workflow = {"nodes": [node(1, "python_script", python_code="import os; print(os.environ['TOKEN']); result = len(os.environ['TOKEN'])")]}
        run = self.submit(workflow, "--wait")
        self.assertEqual(self.ok("result", run, "python_script.result"), "11\n")
        self.assertNotIn("of all runs", self.stored())
        self.private("all.env", "TOKEN=others\n")
        self.assertEqual(self.ok("result", self.submit(workflow, "--wait"), "python_script.result"), "6\n")
        os.chmod(secrets, 0o644)
        run = self.vnode("submit", self.path("w.json"), "--wait").stdout.strip()
        self.assertIn("others can read", self.json("show", run)["error"])

    def test_a_key_knows_a_submission_by_the_names_of_its_secrets(self):
        workflow = {"nodes": [node(1, "message_node", msg="x")]}
        run = self.submit(workflow, "--secret", "TOKEN", "--key", "k", "--wait")
        other = self.vnode("submit", self.path("w.json"), "--secret", "TOKEN", "--key", "k", env=self.environment(TOKEN="another one"))
        self.assertEqual(other.stdout.strip(), run)

    def test_what_cannot_be_one_is_refused(self):
        self.write("w.json", {"nodes": []})
        self.refused(2, "submit", self.path("w.json"), "--secret", "NOT_THERE")
        self.refused(2, "submit", self.path("w.json"), "--secret", "TOKEN", env=self.environment(TOKEN="short"))


if __name__ == "__main__":
    unittest.main()
