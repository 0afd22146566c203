"""Journals of the daemon's runs: what is done is not done again, after kill -9 and with `vnode retry`."""

import json
import os
import unittest

from support.daemon_fixture import DaemonFixture
from support.daemon_test_case import DaemonTest
from support.vnode_program import ProgramTest, chain, node
from support.waiting import wait_until


class Nodes(DaemonTest):
    """Nodes that leave a line in a file each time they are really executed."""

    def setUp(self):
        ProgramTest.setUp(self)
        os.makedirs(self.path("nodes"))
        self.done_file = self.path("done")
        self.daemon = DaemonFixture(self.folder, *self.make_options())
        self.daemon.start()
        self.addCleanup(self.daemon.__exit__)

    def make_options(self):
        return "--grace", "100ms", "--nodes", self.path("nodes")

    def command(self, number, **parameters):
        """Hangs while there is a file hang<number>, and fails while there is a file fail<number>."""
        script = ("test -e '{0}/hang{1}' && echo x >> '{0}/hangs{1}' && sleep 600; ! test -e '{0}/fail{1}' && "
                  "echo {1} >> '{2}'").format(self.folder, number, self.done_file)
        return node(number, "run_command", command=["sh", "-c", script], **parameters)

    def python(self, number):
        body = ("import os, time\n"
                "if os.path.exists({0!r}):\n"
                "    open({1!r}, 'w').close()\n"
                "    time.sleep(600)\n"
                "open({2!r}, 'a').write('{3}\\n')\n").format(self.path("hang%d" % number), self.path("hangs%d" % number),
                                                           self.done_file, number)
        code = ("from src.nodes.base import BaseNode\n"
                "class Sample(BaseNode):\n    name = 'Sample'\n    def __init__(self):\n        super().__init__()\n"
                "    async def execute(self, inputs):\n        %s\n"
                "def register_node():\n    return Sample\n") % (body + "return {'exec_out': True}").replace("\n", "\n        ")
        definition = {"node_id": "python%d" % number, "name": "Python", "python_code": code}
        self.write("nodes/python%d.json" % number, definition)
        return node(number, "python%d" % number)

    def count(self, name):
        try:
            with open(self.path(name), encoding="utf-8") as file:
                return len(file.readlines())
        except FileNotFoundError:
            return 0

    def done(self):
        try:
            with open(self.done_file, encoding="utf-8") as file:
                return file.read().split()
        except FileNotFoundError:
            return []

    def kill_at(self, number):
        """Kills the daemon while that node hangs, and starts another one."""
        wait_until(lambda: os.path.exists(self.path("hangs%d" % number)), "it hangs")
        self.daemon.kill()
        os.remove(self.path("hang%d" % number))
        os.remove(self.path("hangs%d" % number))

    def events(self, run):
        return [json.loads(line) for line in self.ok("events", run, "-o", "ndjson").splitlines()]

    def journal(self, run):
        return os.path.join(self.daemon.state, "events", run[:6], run[7:] + ".journal")


class DaemonResume(Nodes):
    def test_kill_9_three_times(self):
        self.write("hang2", "")
        nodes = [self.command(1), self.command(2), self.python(3), self.command(4), self.python(5), self.command(6)]
        run = self.submit(chain(*nodes), "--on-interrupt", "resume")
        for number, following in ((2, 3), (3, 6), (6, None)):
            self.kill_at(number)
            if following:
                self.write("hang%d" % following, "")
            self.daemon.start()
        self.assertEqual(self.vnode("wait", run).returncode, 0)
        self.assertEqual(self.done(), list("123456"))
        shown = self.json("show", run)
        self.assertEqual((shown["attempt"], shown["resumes"]), (4, True))
        self.assertIn("4, which goes on from the journal of the one before", self.ok("show", run))
        events = self.events(run)
        self.assertEqual([event["seq"] for event in events], list(range(1, len(events) + 1)))
        self.assertEqual([event["attempt"] for event in events if event["type"] == "execution_started"], [1, 2, 3, 4])
        last = events[max(i for i, event in enumerate(events) if event["type"] == "execution_started"):]
        self.assertEqual([event.get("resumed", event.get("reason_detail")) for event in last if event["type"] == "node_started"],
                         [True] * 5 + ["not ended"])
        first = nodes[0]["instance_id"]
        self.assertIn("executed once, taken from the journal 3 times; ", self.ok("explain", run, first))

    def test_many_runs_at_once(self):
        """Several are in the middle when the daemon is killed; nothing of any is done twice."""
        self.ok("queue", "set", "default", "3")
        self.write("hang3", "")
        runs = [self.submit(chain(self.command(1), self.command(2), self.command(3)), "--on-interrupt", "resume")
                for _ in range(3)]
        wait_until(lambda: self.count("hangs3") == 3, "all hang")
        self.daemon.kill()
        os.remove(self.path("hang3"))
        self.daemon.start()
        for run in runs:
            self.assertEqual(self.vnode("wait", run).returncode, 0)
        self.assertEqual(sorted(self.done()), sorted("123" * 3))

    def test_retry_does_what_is_not_done(self):
        self.write("fail2", "")
        run = self.submit(chain(self.command(1), self.command(2), self.command(3)), "--info", "shot=010")
        self.assertEqual(self.vnode("wait", run).returncode, 1)
        os.remove(self.path("fail2"))
        self.assertEqual(self.ok("retry", "--failed", "--info", "shot=010"), run + "\n")
        self.assertEqual(self.vnode("wait", run).returncode, 0)
        self.assertEqual(self.done(), ["1", "2", "3"])
        self.ok("retry", run, "--no-resume")
        self.ok("wait", run)
        self.assertEqual(self.done(), ["1", "2", "3"] * 2)

    def test_retry_with_other_parameters(self):
        workflow = chain(self.command(1), node(2, "run_command", command=["sh", "-c", "cat >> '%s'" % self.done_file], stdin="a\n"),
                         self.command(3))
        run = self.submit(workflow)
        self.ok("wait", run)
        instance = workflow["nodes"][1]["instance_id"]
        self.ok("retry", run, "-p", instance + ".stdin=\"b\\n\"")
        self.ok("wait", run)
        self.assertEqual(self.done(), ["1", "a", "3", "b"])
        self.assertIn("nobody", self.refused(2, "retry", run, "-p", "nobody.stdin=1"))

    def test_without_a_journal(self):
        self.assertIn("cannot be resumed", self.refused(2, "submit", self.write("w.json", chain(self.command(1))), "--no-journal",
                                                        "--on-interrupt", "resume"))
        run = self.submit(chain(self.command(1)), "--no-journal")
        self.ok("wait", run)
        self.assertFalse(os.path.exists(self.journal(run)))
        self.ok("retry", run)
        self.ok("wait", run)
        self.assertEqual(self.done(), ["1", "1"])

    def test_its_file(self):
        run = self.submit(chain(self.command(1)))
        self.ok("wait", run)
        self.assertEqual(os.stat(self.journal(run)).st_mode & 0o777, 0o600)
        records = json.loads(self.ok("journal", "show", self.journal(run), "-o", "json"))["records"]
        self.assertEqual((records[0]["run_id"], records[-1]["record"]), (run, "run_end"))
        pure = self.submit(chain(node(1, "message_node", msg="x"), node(2, "console_print", data="y")))
        self.ok("wait", pure)
        self.assertFalse(os.path.exists(self.journal(pure)))
        self.ok("clear", run)
        self.assertFalse(os.path.exists(self.journal(run)))


class Configured(Nodes):
    """What the settings say of them."""

    def make_options(self):
        self.write("vnode.yaml", "on_interrupt: resume\nkeep_runs: 1\nmax_journal_bytes: 64K\n")
        return *super().make_options(), "--config", self.path("vnode.yaml")

    def test_kill_9(self):
        self.write("hang2", "")
        run = self.submit(chain(self.command(1), self.command(2)))
        self.kill_at(2)
        self.daemon.start()
        self.assertEqual(self.vnode("wait", run).returncode, 0)
        self.assertEqual(self.done(), ["1", "2"])

    def test_they_go_with_retention(self):
        runs = [self.submit(chain(self.command(1))) for _ in range(3)]
        self.ok("wait", runs[-1])
        wait_until(lambda: len([run for run in runs if os.path.exists(self.journal(run))]) == 1, "they are removed")

    def test_one_that_is_too_large(self):
        large = node(2, "run_command", command=["sh", "-c", "head -c 100000 /dev/zero | tr '\\0' x"])
        run = self.submit(chain(self.command(1), large, self.command(3)))
        self.assertEqual(self.vnode("wait", run).returncode, 0)
        self.assertFalse(os.path.exists(self.journal(run)))
        self.assertIn("max_journal_bytes", self.daemon.log_text())


if __name__ == "__main__":
    unittest.main()
