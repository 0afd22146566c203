"""Tests of client commands against a daemon."""

import json

from support.daemon_fixture import DaemonFixture, private_environment
from support.vnode_program import ProgramTest, chain, node

GOOD = chain(node(1, "message_node", msg="hello"), node(2, "console_print", data="x"))
FAILING = chain(node(1, "delay_timer", delay="soon"), node(2, "console_print"))
SLEEPING = chain(node(1, "delay_timer", delay=600), node(2, "console_print"))
INVALID = chain(node(1, "no_such_node"))


class DaemonTest(ProgramTest):
    """Tests against a daemon of their own."""

    options = ()

    def setUp(self):
        super().setUp()
        self.daemon = DaemonFixture(self.folder, *self.options)
        self.daemon.start()
        self.addCleanup(self.daemon.__exit__)

    def environment(self, **changes):
        return private_environment(self.folder, **changes)

    def submit(self, workflow, *options):
        """The run's id."""
        result = self.vnode("submit", self.write("w.json", workflow), *options)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertRegex(result.stdout, r"\A[0-9]{6}-[0-9a-z]{5,}\n\Z")
        return result.stdout.strip()

    def ok(self, *arguments, **options):
        result = self.vnode(*arguments, **options)
        self.assertEqual((result.returncode, result.stderr), (0, ""), arguments)
        return result.stdout

    def json(self, *arguments):
        return json.loads(self.ok(*arguments, "-o", "json"))

    def running(self, *options):
        """A run that has begun to sleep."""
        run = self.submit(SLEEPING, *options)
        follower = self.start("events", run, "-f")
        while json.loads(follower.stdout.readline())["type"] != "node_started":
            pass
        follower.kill()
        return run

    def refused(self, code, *arguments, **options):
        """What the program says on standard error."""
        result = self.vnode(*arguments, **options)
        self.assertEqual((result.returncode, result.stdout), (code, ""), (arguments, result.stderr))
        return result.stderr
