"""Finding the daemon: from another environment, and when its socket is gone (rule 8)."""

import json
import os
import shutil
import signal
import unittest

from support.daemon_fixture import DaemonFixture, private_environment
from support.vnode_program import ProgramTest, chain, node
from support.waiting import wait_until

GOOD = chain(node(1, "message_node", msg="hello"), node(2, "console_print", data="x"))


class FindingTest(ProgramTest):
    """A daemon of a login session: its socket is in XDG_RUNTIME_DIR."""

    def setUp(self):
        super().setUp()
        os.mkdir(self.path("run"), mode=0o700)
        self.daemon = DaemonFixture(self.folder, XDG_RUNTIME_DIR=self.path("run"))
        del self.daemon.environment["VNODE_SOCKET"]
        self.daemon.start()
        self.addCleanup(lambda: self.daemon.process and self.daemon.stop())
        self.socket = self.path("run/vnode/vnode.sock")

    def environment(self, **changes):
        """Of cron, or of `ssh HOST COMMAND`."""
        environment = private_environment(self.folder, **changes)
        if "VNODE_SOCKET" not in changes:
            del environment["VNODE_SOCKET"]
        return environment

    def in_session(self):
        return self.environment(XDG_RUNTIME_DIR=self.path("run"))


class OtherEnvironments(FindingTest):
    def test_it_is_used_where_it_listens(self):
        result = self.vnode("info", "-o", "json")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(json.loads(result.stdout)["socket"], self.socket)
        result = self.vnode("submit", self.write("w.json", GOOD), "--start", "--wait")
        self.assertEqual((result.returncode, result.stderr), (0, ""), "none is started")

    def test_a_socket_that_was_chosen_is_the_only_one(self):
        for options, changes in ((["--socket", self.path("chosen")], {}), ([], {"VNODE_SOCKET": self.path("chosen")})):
            for command in (["ps"], ["submit", self.write("w.json", GOOD), "--start"]):
                result = self.vnode(*command, *options, env=self.environment(**changes))
                self.assertEqual((result.returncode, result.stdout), (4, ""))
                self.assertIn(self.socket, result.stderr)
                self.assertIn("pid %d" % self.daemon.pid, result.stderr)

    def test_a_second_one_is_told_where_the_first_listens(self):
        result = self.vnode("serve")
        self.assertEqual(result.returncode, 4)
        self.assertIn(self.socket, result.stderr)

    def test_one_that_was_killed_is_not_looked_for(self):
        self.daemon.kill()
        result = self.vnode("ps")
        self.assertEqual(result.returncode, 4)
        self.assertIn("vnode serve --detach", result.stderr)


class RemovedSockets(FindingTest):
    def test_a_client_waits_until_it_is_there_again(self):
        os.unlink(self.socket)
        result = self.vnode("submit", self.write("w.json", GOOD), "--start", "--wait", env=self.in_session())
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_it_is_there_again_after_sighup(self):
        shutil.rmtree(self.path("run/vnode"))
        os.kill(self.daemon.pid, signal.SIGHUP)
        wait_until(lambda: os.path.exists(self.socket), "the socket's file is made again")
        result = self.vnode("ps", env=self.in_session())
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(os.stat(self.path("run/vnode")).st_mode & 0o777, 0o700)
        self.assertEqual(os.stat(self.socket).st_mode & 0o777, 0o600)

    def test_a_daemon_that_cannot_make_it_is_found_in_its_state_directory(self):
        shutil.rmtree(self.path("run"))
        self.write("run", "in the way")
        os.kill(self.daemon.pid, signal.SIGHUP)
        wait_until(lambda: os.path.exists(self.path("state/vnode.sock")), "a socket in the state directory")
        result = self.vnode("info", "-o", "json", env=self.in_session())
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(json.loads(result.stdout)["socket"], self.path("state/vnode.sock"))


if __name__ == "__main__":
    unittest.main()
