"""The journal of a run: run --journal, journal show, validate --journal."""

import fcntl
import json
import os
import stat
import unittest

from support.vnode_program import VNODE, ProgramTest, chain, node, wire
from support.waiting import wait_until

FAULTY_DISK = os.path.join(os.path.dirname(VNODE), "libfaulty_disk.so")


class JournalTest(ProgramTest):
    def definition(self, content):
        os.makedirs(self.path("nodes"), exist_ok=True)
        self.write("nodes/definition.json", content)

    def journal(self, name="run.journal", *options):
        shown = self.vnode("journal", "show", self.path(name), "-o", "json", *options)
        self.assertEqual((shown.returncode, shown.stderr), (0, ""))
        return json.loads(shown.stdout)

    def run_with_journal(self, workflow, *options, name="run.journal"):
        file = self.write("w.json", workflow)
        return self.vnode("run", file, "--format", "ndjson", "--journal", self.path(name), *options)

    def records(self, kind, name="run.journal"):
        return [record for record in self.journal(name)["records"] if record["record"] == kind]


class Recording(JournalTest):
    def test_it_has_what_the_run_has_done(self):
        result = self.run_with_journal(
            chain(node(1, "file_write", path=self.path("out.txt"), content="hello"), node(2, "console_print"),
                  node(3, "run_command", command=["sh", "-c", "echo said"])))
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        journal = self.journal()
        self.assertEqual(journal["end"]["how"], "whole")
        kinds = [record["record"] for record in journal["records"]]
        self.assertEqual((kinds[0], kinds[-1]), ("journal", "run_end"))
        begins = self.records("begin")
        self.assertEqual([begin["type"] for begin in begins], ["file_write", "run_command"])
        self.assertEqual([end["status"] for end in self.records("end")], ["success"] * 2)
        pushed = {record["port"]: record["value"] for record in self.records("push") if record["execution"] == 2}
        self.assertEqual((pushed["stdout"], pushed["exit_code"]), ("said", 0))
        written = [file for end in self.records("last") for file in end.get("files", [])]
        self.assertEqual([(file["path"], file["size"]) for file in written], [(self.path("out.txt"), 5)])
        # What it has written stands before what it fires.
        execution = [record for record in journal["records"] if record.get("execution") == 1]
        last = [record["record"] for record in execution].index("last")
        self.assertEqual(execution[last + 1]["port"], "exec_out")

    def test_it_is_private_and_a_new_file(self):
        workflow = chain(node(1, "message_node", msg="hello"), node(2, "console_print"))
        self.assertEqual(self.run_with_journal(workflow).returncode, 0)
        self.assertEqual(stat.S_IMODE(os.stat(self.path("run.journal")).st_mode), 0o600)
        again = self.run_with_journal(workflow)
        self.assertEqual(again.returncode, 2)
        self.assertIn("there is a file already", again.stderr)
        self.assertEqual(self.run_with_journal(workflow, name="nowhere/at.all").returncode, 6)

    def test_the_events_are_those_without(self):
        workflow = chain(node(1, "file_write", path=self.path("out.txt"), content="x"), node(2, "console_print"))

        def trace(result):
            return [(event["type"], event.get("node_id"), event.get("output")) for event in self.events(result.stdout)]

        plain = self.vnode("run", self.write("w.json", workflow), "--format", "ndjson")
        self.assertEqual(trace(self.run_with_journal(workflow)), trace(plain))

    def test_python_nodes_with_their_variables(self):
        code = ("from src.nodes.base import BaseNode\n"
                "class Count(BaseNode):\n    name = 'Count'\n    def __init__(self):\n        super().__init__()\n"
                "        self.add_output('count', 'int')\n"
                "    async def execute(self, inputs):\n"
                "        BaseNode.memory['count'] = BaseNode.memory.get('count', 0) + 1\n"
                "        self.log_info('counted')\n"
                "        await self.set_output('count', BaseNode.memory['count'])\n"
                "        return {'count': BaseNode.memory['count'], 'exec_out': True}\n"
                "def register_node():\n    return Count\n")
        self.definition({"node_id": "count", "name": "Count", "python_code": code})
        result = self.run_with_journal(chain(node(1, "count"), node(2, "count")), "--nodes", self.path("nodes"))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual([(record["name"], record["value"]) for record in self.records("variable")],
                         [("count", 1), ("count", 2)])
        self.assertEqual([end["outputs"]["count"] for end in self.records("end")], [1, 2])
        self.assertEqual(len(self.records("log")), 2)
        self.assertEqual(self.records("begin")[1]["cause"]["by"], "return")

    def test_variables_are_those_of_who_has_changed_them(self):
        code = ("from src.nodes.base import BaseNode\n"
                "class Step(BaseNode):\n    name = 'Step'\n    def __init__(self):\n        super().__init__()\n"
                "        self.add_input('value', 'any')\n        self.add_output('out', 'any')\n"
                "    async def execute(self, inputs):\n"
                "        BaseNode.memory['by %s' % inputs['value']] = 1\n"
                "        await self.set_output('out', 'pushed')\n"
                "        await self.set_output('exec_out', True)\n"
                "    async def on_parameter_changed(self, name, value):\n"
                "        BaseNode.memory['by hook'] = 1\n"
                "def register_node():\n    return Step\n")
        self.definition({"node_id": "step", "name": "Step", "python_code": code})
        workflow = {"nodes": [node(1, "step", value="first"), node(2, "file_write", path=self.path("out"), content="x"),
                              node(3, "step")],
                    "connections": [wire((1, "exec_out"), (2, "exec_in"), True), wire((2, "exec_out"), (3, "exec_in"), True),
                                    wire((1, "out"), (3, "value"))]}
        self.assertEqual(self.run_with_journal(workflow, "--nodes", self.path("nodes")).returncode, 0)
        who = {}
        for begin in self.records("begin"):
            who[begin["execution"]] = begin["type"] + (" hook" if "hook" in begin else "")
        changes = [(who[record["execution"]], record["name"]) for record in self.records("variable")]
        self.assertEqual(changes, [("step", "by first"), ("step hook", "by hook"), ("step", "by pushed")])

    def test_what_a_command_goes_by(self):
        def command(number, words):
            return node(number, "run_command", command=words, directory=self.path("."), environment={"A": "{value}"},
                        stdin="{value}", value="text")

        def parts(first, words, name):
            result = self.run_with_journal(chain(first, command(2, words)), "--nodes", self.path("nodes"), name=name)
            self.assertEqual(result.returncode, 0, result.stderr)
            return [begin["command"] for begin in self.records("begin", name)]

        def changed(before, after):
            return [name for name in before if before[name] != after[name]]

        self.definition({"node_id": "says", "name": "Says", "command": ["echo", "openjd_env: B=1"], "speaks": ["env"]})
        first, second = parts(command(1, ["true"]), ["true", "{value}"], "first.journal")
        self.assertEqual(set(first), {"words", "stdin", "directory", "environment"})
        self.assertEqual(changed(first, second), ["words"])
        # What the first one sets is there for the second.
        again = parts(node(1, "says"), ["true", "{value}"], "second.journal")
        self.assertEqual(changed(second, again[1]), ["environment"])
        self.assertEqual([(mark["execution"], mark["detail"]) for mark in self.records("mark", "second.journal")],
                         [(1, "variable B")])

    def run_class(self, body, *options, head="", attributes="", nodes=1, name="run.journal", wires=()):
        code = ("%sfrom src.nodes.base import BaseNode\n"
                "class Sample(BaseNode):\n    def __init__(self):\n        super().__init__()\n        %s\n"
                "    async def execute(self, inputs):\n        %s\n"
                "def register_node():\n    return Sample\n") % (head, attributes or "pass", body.replace("\n", "\n        "))
        self.definition({"node_id": "sample", "name": "Sample", "python_code": code})
        workflow = chain(*(node(i + 1, "sample") for i in range(nodes)))
        workflow["connections"] += wires
        result = self.run_with_journal(workflow, "--nodes", self.path("nodes"), *options, name=name)
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_variables_that_code_has_read(self):
        self.run_class("BaseNode.memory['n'] = BaseNode.memory.get('n', 0) + 1\nlist(BaseNode.memory)\n"
                       "await self.set_output('exec_out', True)\nBaseNode.memory.get('late')", nodes=2)
        reads = self.records("read")
        # The last one's firing leads nowhere.
        self.assertEqual([(read["execution"], read["name"], "digest" in read) for read in reads],
                         [(1, "n", False), (2, "n", True), (2, "late", False)])
        self.assertEqual([list(read["variables"]) for read in self.records("reads_all")], [[], []])
        self.assertEqual([(mark["why"], mark["detail"]) for mark in self.records("mark")], [("late_read", "late")])

    def test_what_instances_keep(self):
        self.run_class("self.count += 1", attributes="self.count = 0")
        self.assertEqual([(mark["why"], mark["detail"]) for mark in self.records("mark")], [("stateful", "attribute count")])

    def test_modules_of_the_users_own(self):
        os.makedirs(self.path("nodes"))
        helper = self.write("nodes/own_helper.py", "import json\nVALUE = 1\n")
        self.run_class("own_helper.VALUE", head="import sys\nsys.path.insert(0, %r)\nimport own_helper\n" % self.path("nodes"))
        [modules] = [record["modules"] for record in self.records("modules")]
        self.assertEqual({name: module["path"] for name, module in modules.items()}, {"own_helper": helper})
        self.assertEqual(len(modules["own_helper"]["digest"]), 32)

    def test_files_that_change_meanwhile(self):
        read = self.write("read", "before")
        self.definition({"node_id": "reader", "name": "Reader", "inputs": [{"name": "read", "type": "path"}],
                         "command": ["sh", "-c", "echo more >> \"$0\"", "{read}"]})
        result = self.run_with_journal(chain(node(1, "reader", read=read), node(2, "console_print")),
                                       "--nodes", self.path("nodes"))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual([last.get("changed") for last in self.records("last")], [[read]])

    def test_objects_count_by_their_origin(self):
        def inputs(name):
            self.run_class("value = inputs.get('value') or object()\nawait self.set_output('value', value)\n"
                           "return {'value': value, 'data': {b'x', b'y'}, 'exec_out': True}",
                           attributes="self.add_input('value', 'any'); self.add_output('value', 'any')", nodes=3, name=name,
                           wires=[wire((1, "value"), (2, "value")), wire((2, "value"), (3, "value"))])
            self.assertEqual({push["execution"] for push in self.records("push", name) if push.get("opaque")}, {1, 2, 3})
            return [begin["inputs"]["value"] for begin in self.records("begin", name) if "value" in begin["inputs"]]

        first = inputs("first.journal")
        self.assertEqual(len(first), 2)
        self.assertEqual(first[0], first[1])  # it is the same one
        self.assertEqual(first, inputs("second.journal"))

    def test_large_values_stand_once(self):
        size = 200_000
        command = ["sh", "-c", "head -c %d /dev/zero | tr '\\\\0' x" % size]
        workflow = {"nodes": [node(1, "run_command", command=command), node(2, "file_write", path=self.path("a")),
                              node(3, "file_write", path=self.path("b"))],
                    "connections": [wire((1, "exec_out"), (2, "exec_in"), True), wire((2, "exec_out"), (3, "exec_in"), True),
                                    wire((1, "stdout"), (2, "content")), wire((1, "stdout"), (3, "content"))]}
        self.assertEqual(self.run_with_journal(workflow).returncode, 0)
        self.assertEqual([len(record["value"]) for record in self.records("value")], [size])
        # Besides it there are the log's lines of the command.
        self.assertLess(os.path.getsize(self.path("run.journal")), 2.1 * size)

    def test_after_kill_9_what_was_done_is_there(self):
        go_on = self.path("go_on")
        workflow = chain(node(1, "run_command", command=["sh", "-c", "echo first"]),
                         node(2, "run_command", command=["sh", "-c", "touch '%s'; sleep 600" % go_on]))
        run = self.start("run", self.write("w.json", workflow), "--format", "quiet", "--grace", "300ms", "--journal",
                         self.path("run.journal"))
        wait_until(lambda: os.path.exists(go_on), "the command runs")
        run.kill()
        run.wait()
        journal = self.journal()
        begun = [record["execution"] for record in journal["records"] if record["record"] == "begin"]
        ended = [record["execution"] for record in journal["records"] if record["record"] == "last"]
        self.assertEqual((begun, ended), ([1, 2], [1]))

    def test_it_stays_locked_until_its_processes_are_gone(self):
        go_on = self.path("go_on")
        command = ["sh", "-c", "trap '' TERM; touch '%s'; while :; do sleep 0.05; done" % go_on]
        workflow = chain(node(1, "run_command", command=command), node(2, "console_print"))
        run = self.start("run", self.write("w.json", workflow), "--format", "quiet", "--grace", "500ms", "--journal",
                         self.path("run.journal"))
        wait_until(lambda: os.path.exists(go_on), "the command runs")
        run.kill()
        run.wait()
        with open(self.path("run.journal"), "rb") as file:
            with self.assertRaises(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.flock(file, fcntl.LOCK_EX)  # within the grace period and a second


class Kills(JournalTest):
    """kill -9 after each step of workflows of several shapes: what has been done is known, and so is what had begun."""

    done_file = ""

    def write_down(self, number, *, python=False):
        """A node that adds its number to the file of what was really done."""
        if python:
            return node(number, "python_script", python_code="open(%r, 'a').write('%d\\n')" % (self.done_file, number))
        return node(number, "run_command", command=["sh", "-c", "echo %d >> '%s'" % (number, self.done_file)])

    def done(self):
        try:
            with open(self.done_file, encoding="utf-8") as file:
                return file.read().split()
        except FileNotFoundError:
            return []

    def kill_after(self, workflow, steps, name):
        run = self.start("run", self.write("w.json", workflow), "--format", "quiet", "--grace", "100ms", "--journal",
                         self.path(name))
        wait_until(lambda: len(self.done()) >= steps or run.poll() is not None, "%d steps" % steps)
        run.kill()
        run.wait()
        return self.done()

    def check(self, make_workflow, followers, steps):
        """`followers`: node number -> numbers of those that it fires directly."""
        for step in range(1, steps + 1):
            name = "run%d.journal" % step
            # A file of its own: what was killed may still be writing into the last one.
            self.done_file = self.path("done%d" % step)
            done = self.kill_after(make_workflow(), step, name)
            records = self.journal(name)["records"]
            numbers = {record["execution"]: int(record["node"][-12:]) for record in records if record["record"] == "begin"}
            begun = list(numbers.values())
            ended = [numbers[record["execution"]] for record in records
                     if record["record"] == "last" or (record["record"] == "end" and record["status"] == "success")]
            for number in map(int, done):
                self.assertGreaterEqual(begun.count(number), done.count(str(number)), (step, number, done, begun))
            for number, fired in followers.items():
                for follower in fired:
                    # What a node has fired has begun: its own end had been written before.
                    self.assertLessEqual(begun.count(follower), ended.count(number), (step, number, follower))

    def test_in_a_chain(self):
        self.check(lambda: chain(*(self.write_down(i, python=i == 3) for i in (1, 2, 3, 4))), {1: [2], 2: [3]}, 4)

    def test_in_chains_beside_each_other(self):
        def make():
            one = chain(*(self.write_down(i) for i in (1, 2, 3)))
            other = chain(*(self.write_down(i) for i in (4, 5, 6)))
            return {key: one[key] + other[key] for key in one}

        self.check(make, {1: [2], 2: [3], 4: [5], 5: [6]}, 6)

    def test_in_a_loop(self):
        def make():
            workflow = chain(self.write_down(3), self.write_down(4))
            workflow["nodes"] += [node(1, "for_loop", start=0, end=3), node(2, "For Each")]
            workflow["connections"] += [wire((1, "exec_out"), (2, "exec_in"), True), wire((1, "indices"), (2, "collection")),
                                        wire((2, "each_item"), (3, "exec_in"), True)]
            return workflow

        self.check(make, {3: [4]}, 5)


@unittest.skipIf(os.environ.get("VNODE_SANITIZE"), "the preloaded library and a sanitizer's runtime both want to be first")
class FaultyDisk(JournalTest):
    """A failure of the disk ends the run before what its nodes have set off."""

    def run_on(self, fault):
        os.makedirs(self.path("disk"))
        self.write("disk_control", fault)
        marks = [self.path("first"), self.path("second")]
        workflow = chain(*(node(i + 1, "run_command", command=["touch", mark]) for i, mark in enumerate(marks)))
        environment = self.environment(LD_PRELOAD=FAULTY_DISK, FAULTY_DISK_FOLDER=self.path("disk"),
                                       FAULTY_DISK_CONTROL=self.path("disk_control"))
        result = self.vnode("run", self.write("w.json", workflow), "--format", "ndjson", "--journal",
                            self.path("disk/run.journal"), env=environment)
        self.assertEqual(result.returncode, 6, result.stderr)
        return result, [os.path.exists(mark) for mark in marks]

    def test_full_before_anything_has_begun(self):
        self.assertEqual(self.run_on("ENOSPC")[1], [False, False])

    def test_full_when_a_node_begins(self):
        result, done = self.run_on("ENOSPC after 500")
        self.assertEqual(done, [False, False])
        last = self.events(result.stdout)[-1]
        self.assertEqual((last["status"], last["exit_code"]), ("failed", 6))
        self.assertIn("No space left", last["error"])

    def test_a_failed_sync(self):
        result, done = self.run_on("sync EIO")
        self.assertFalse(done[1])


class Showing(JournalTest):
    def setUp(self):
        super().setUp()
        self.run_with_journal(chain(node(1, "file_write", path=self.path("out.txt"), content="x"), node(2, "console_print")))

    def test_for_people(self):
        shown = self.vnode("journal", "show", self.path("run.journal"))
        self.assertEqual(shown.returncode, 0)
        lines = shown.stdout.splitlines()
        self.assertRegex(lines[0], r"^16  journal run_id=")
        self.assertIn("the last record ends with the file", lines[-1])

    def test_what_is_torn_is_told(self):
        with open(self.path("run.journal"), "r+b") as file:
            file.truncate(os.path.getsize(self.path("run.journal")) - 3)
        self.assertEqual(self.journal()["end"]["how"], "torn")

    def test_damage_is_an_error_that_says_where(self):
        with open(self.path("run.journal"), "r+b") as file:
            file.seek(40)
            file.write(b"?")
        shown = self.vnode("journal", "show", self.path("run.journal"), "-o", "json")
        self.assertEqual(shown.returncode, 3)
        self.assertIn("damaged at offset 16", shown.stderr)
        json.loads(shown.stdout)

    def test_other_files(self):
        self.assertEqual(self.vnode("journal", "show", self.write("x", "{}")).returncode, 3)
        self.assertEqual(self.vnode("journal", "show", self.path("absent")).returncode, 2)


class Validating(JournalTest):
    def notes(self, body, **members):
        code = ("from src.nodes.base import BaseNode\n"
                "class Sample(BaseNode):\n    name = 'Sample'\n    def __init__(self):\n        super().__init__()\n"
                "    async def execute(self, inputs):\n        %s\n"
                "def register_node():\n    return Sample\n") % body.replace("\n", "\n        ")
        definition = {"node_id": "sample", "name": "Sample", "python_code": code, **members}
        self.definition(definition)
        file = self.write("w.json", chain(node(1, "sample"), node(2, "console_print")))
        result = self.vnode("validate", file, "--journal", "-o", "json", "--nodes", self.path("nodes"))
        problems = json.loads(result.stdout)["files"][0]["problems"]
        return [problem["code"] for problem in problems if problem["code"] in ("repeats_work", "python_definition")]

    def test_work_behind_a_firing_is_named(self):
        self.assertEqual(self.notes("await self.set_output('exec_out', True)\nprint('more')\nreturn {}"), ["repeats_work"])
        self.assertEqual(self.notes("await self.set_output('exec_out', True)\nreturn {'a': 1}"), [])
        self.assertEqual(self.notes("return {'exec_out': True}"), [])

    def test_who_knows_better_says_so(self):
        body = "for item in [1]:\n    await self.set_output('exec_out', True)\nreturn {}"
        self.assertEqual(self.notes(body), ["repeats_work"])
        self.assertEqual(self.notes(body, fires_last=True), [])
        self.assertEqual(self.notes(body, recorded=False), [])


if __name__ == "__main__":
    unittest.main()
