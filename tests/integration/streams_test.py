"""Standard streams: formats, files, broken pipes, full disks, closed descriptors."""

import json
import os
import pty
import subprocess
import unittest

from support.vnode_program import ProgramTest, chain, node, uuid

GOOD = chain(node(1, "message_node", msg="hello \x1b[31m"), node(2, "console_print", data="printed"))
FAILING = chain(node(1, "delay_timer", delay="soon"), node(2, "console_print"))
SLEEPING = chain(node(1, "delay_timer", delay=600), node(2, "console_print"))
LONG = {"nodes": [node(1, "While Loop", condition=True, max_iterations=5000),
                  node(2, "console_print", data="x" * 50)],
        "connections": [{"from_node": uuid(1), "from_port": "each_iteration", "to_node": uuid(2), "to_port": "exec_in",
                         "is_exec": True}]}


class Formats(ProgramTest):
    def test_ndjson_is_the_default_without_a_terminal(self):
        result = self.vnode("run", self.write("w.json", GOOD))
        self.assertEqual(self.events(result.stdout)[0]["workflow"]["name"], "w")
        self.assertEqual(result.stderr, "")

    def test_quiet_prints_errors_only(self):
        self.assertEqual(self.quiet(GOOD), (0, "", ""))
        code, out, errors = self.quiet(FAILING)
        self.assertEqual((code, out), (1, ""))
        self.assertIn("delay_timer", errors)

    def quiet(self, workflow):
        result = self.vnode("run", self.write("w.json", workflow), "--format", "quiet")
        return result.returncode, result.stdout, result.stderr

    def test_pretty_without_a_terminal_is_plain(self):
        result = self.vnode("run", self.write("w.json", GOOD), "--format", "pretty")
        self.assertNotIn("\x1b", result.stdout)
        self.assertIn("completed", result.stdout)
        result = self.vnode("run", self.write("w.json", FAILING), "--format", "pretty")
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stdout, r"(?m)^failed: .*1 failed")

    def on_terminal(self, *arguments, **variables):
        master, slave = pty.openpty()
        process = self.start(*arguments, stdout=slave, env=self.environment(**variables))
        os.close(slave)
        output = b""
        while True:
            try:
                chunk = os.read(master, 65536)
            except OSError:  # the other end is closed
                break
            if not chunk:
                break
            output += chunk
        os.close(master)
        process.wait(timeout=60)
        return output.decode()

    def test_a_terminal_gets_the_live_view(self):
        file = self.write("w.json", GOOD)
        text = self.on_terminal("run", file, TERM="xterm")
        self.assertIn("\x1b[32mcompleted", text)
        self.assertNotIn("hello \x1b[31m", text)
        self.assertNotIn("\x1b[32m", self.on_terminal("run", file, TERM="xterm", NO_COLOR="1"))
        self.assertNotIn("\x1b", self.on_terminal("run", file, TERM="dumb"))

    def test_the_workflow_comes_from_stdin(self):
        result = self.vnode("run", "-", stdin=json.dumps(GOOD).encode())
        self.assertEqual(result.returncode, 0)
        self.assertEqual(self.events(result.stdout)[0]["workflow"]["path"], "-")
        self.assertEqual(self.vnode("run", "-").returncode, 3)
        self.assertEqual(self.vnode("validate", "-", stdin=b"{}").returncode, 0)


class EventFiles(ProgramTest):
    def test_the_same_stream_in_a_file(self):
        result = self.vnode("run", self.write("w.json", GOOD), "--events", "events.ndjson")
        with open(self.path("events.ndjson"), encoding="utf-8") as file:
            self.assertEqual(file.read(), result.stdout)

    def test_a_descriptor(self):
        reader, writer = os.pipe()
        result = self.vnode("run", self.write("w.json", GOOD), "--format", "quiet", "--events", f"fd:{writer}",
                            pass_fds=[writer])
        os.close(writer)
        with os.fdopen(reader, encoding="utf-8") as file:
            events = self.events(file.read())
        self.assertEqual((result.returncode, result.stdout), (0, ""))
        self.assertGreater(len(events), 4)

    def test_a_refused_workflow_gives_two_lines_there_as_well(self):
        self.vnode("run", "absent.json", "--events", "events.ndjson", "--format", "quiet")
        with open(self.path("events.ndjson"), encoding="utf-8") as file:
            self.assertEqual(len(self.events(file.read())), 2)

    def test_a_file_that_cannot_be_made(self):
        result = self.vnode("run", self.write("w.json", GOOD), "--events", "no/such/folder")
        self.assertEqual(result.returncode, 6)
        self.assertIn("no/such/folder", result.stderr)

    def test_a_folder_of_logs_that_cannot_be_made(self):
        self.write("file", "")
        result = self.vnode("run", self.write("w.json", GOOD), "--logs", "file/logs")
        self.assertEqual((result.returncode, result.stdout), (6, ""))
        self.assertIn("file/logs", result.stderr)

    def test_it_is_no_file_that_the_run_reads(self):
        file = self.write("w.json", GOOD)
        os.link(file, self.path("hard"))
        parameters = self.write("p.json", {})
        value = self.write("value", "x")
        definition = self.write("definition.json", {"node_id": "mine", "name": "mine", "inputs": [], "outputs": [], "command": ["true"]})
        self.write("broken.json", {"node_id": 5})
        inputs = [(file, []), ("w.json", []), ("hard", []), (parameters, ["--params-file", parameters]),
                  (value, ["-p", f"message_node.msg=@{value}"]), (definition, ["--nodes", self.folder]),
                  ("broken.json", ["--nodes", self.folder])]
        for target, options in inputs:
            with open(self.path(target), "rb") as kept:
                before = kept.read()
            result = self.vnode("run", file, *options, "--events", target)
            self.assertEqual((result.returncode, result.stdout), (2, ""), target)
            self.assertIn("--events " + target, result.stderr)
            with open(self.path(target), "rb") as kept:
                self.assertEqual(kept.read(), before)
        with open(file, "ab") as output:
            self.assertEqual(self.vnode("run", file, stdout=output).returncode, 2)
            self.assertEqual(self.vnode("run", file, "--events", f"fd:{output.fileno()}", pass_fds=[output.fileno()]).returncode, 2)
        with open(file, "rb") as document:
            result = self.vnode("run", "-", "--events", file, stdin_file=document)
            self.assertEqual(result.returncode, 2)
            self.assertIn("standard input", result.stderr)
        self.assertEqual(self.vnode("run", file).returncode, 0)


class Promptness(ProgramTest):
    def test_lines_come_out_while_a_node_waits(self):
        process = self.start("run", self.write("w.json", SLEEPING))
        types = [json.loads(process.stdout.readline())["type"] for _ in range(2)]
        self.assertEqual(types, ["execution_started", "node_started"])


class BrokenPipes(ProgramTest):
    def head(self, *options):
        """Reads one line, then closes the pipe."""
        process = self.start("run", self.write("w.json", LONG), *options)
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read().decode()
        process.wait(timeout=60)
        return process.returncode, errors

    def test_the_run_goes_on(self):
        code, errors = self.head("--events", "events.ndjson", "--format", "ndjson")
        self.assertEqual((code, errors), (0, ""))
        with open(self.path("events.ndjson"), encoding="utf-8") as file:
            self.assertTrue(self.events(file.read())[-1]["success"])

    def test_unless_it_was_asked_to_stop(self):
        code, errors = self.head("--exit-on-broken-pipe", "--events", "events.ndjson", "--format", "ndjson")
        self.assertEqual((code, errors), (130, ""))
        with open(self.path("events.ndjson"), encoding="utf-8") as file:
            self.assertEqual(self.events(file.read())[-1]["status"], "cancelled")

    def test_other_commands_end_quietly(self):
        reader, writer = os.pipe()
        os.close(reader)
        for arguments in (["nodes", "list"], ["schema", "events"], ["--help"]):
            result = self.vnode(*arguments, stdout=writer)
            self.assertEqual((result.returncode, result.stderr), (0, ""))
        os.close(writer)


class OutputThatCannotBeWritten(ProgramTest):
    def test_a_full_disk_is_6(self):
        file = self.write("w.json", GOOD)
        commands = (["run", file], ["run", file, "--format", "pretty"], ["run", "absent.json"],
                    ["run", file, "--output", "message_node.out"], ["schema", "events"], ["nodes", "list"],
                    ["validate", file], ["--help"], ["--version"], ["run", "--help"])
        for arguments in commands:
            with open("/dev/full", "wb") as full:
                result = self.vnode(*arguments, stdout=full)
            self.assertEqual(result.returncode, 6, arguments)
            self.assertIn("No space left on device", result.stderr)
        result = self.vnode("run", file, "--events", "/dev/full", "--format", "quiet")
        self.assertEqual(result.returncode, 6)

    def closed(self, *descriptors):
        def close():
            for descriptor in descriptors:
                os.close(descriptor)
        return close

    def test_closed_streams(self):
        file = self.write("w.json", GOOD)
        for descriptors in ([1], [0, 1], [0, 1, 2]):
            result = self.vnode("run", file, preexec_fn=self.closed(*descriptors), stdin_file=subprocess.DEVNULL)
            self.assertEqual(result.returncode, 6, descriptors)
        for descriptors in ([0], [2], [0, 2]):
            result = self.vnode("run", file, preexec_fn=self.closed(*descriptors), stdin_file=subprocess.DEVNULL)
            self.assertEqual(result.returncode, 0, descriptors)
            self.events(result.stdout)
        result = self.vnode("run", file, "--format", "quiet", preexec_fn=self.closed(0, 1, 2),
                            stdin_file=subprocess.DEVNULL)
        self.assertEqual(result.returncode, 0)
        result = self.vnode("run", "-", preexec_fn=self.closed(0), stdin_file=subprocess.DEVNULL)
        self.assertEqual(result.returncode, 3)

    def test_a_nodes_file_never_becomes_the_output(self):
        writing = chain(node(1, "file_write", path=self.path("out.txt"), content="mine"), node(2, "console_print"))
        self.vnode("run", self.write("w.json", writing), preexec_fn=self.closed(0, 1, 2),
                   stdin_file=subprocess.DEVNULL)
        with open(self.path("out.txt"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "mine")


class NonBlockingPipes(ProgramTest):
    def test_nothing_is_lost(self):
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        process = self.start("run", self.write("w.json", LONG), stdout=writer)
        os.close(writer)
        chunks = []
        while not chunks or chunks[-1]:
            chunks.append(os.read(reader, 4096))
        os.close(reader)
        self.assertEqual(process.wait(timeout=60), 0)
        self.assertGreater(len(self.events(b"".join(chunks).decode())), 10000)


if __name__ == "__main__":
    unittest.main()
