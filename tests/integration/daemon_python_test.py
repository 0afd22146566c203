"""Python nodes in the daemon: its spare hosts, and runs that do not feel each other."""
import os
import pathlib
import signal
import sys
import tempfile
import unittest

from support.daemon_fixture import DaemonFixture
from support.fugitives import fork_twice
from support.vnode_program import TIME_LIMIT, chain, node
from support.waiting import is_alive, wait_until

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "scripts"))
from vnode_client import Client  # noqa: E402

PID = "import os\nresult = os.getpid()"
# Forks twice, leads a session and has an empty environment.
FUGITIVE = "import os\n" + fork_twice("echo $$ >&%d; exec /bin/sleep 600") + "result = fugitive\n"
BLOCKS = "import os, time\nprint('up', os.getpid())\ntime.sleep(600)"


def python(code):
    return chain(node(1, "python_script", python_code=code))


class DaemonPython(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.daemon = DaemonFixture(self.folder, "--grace", "300ms", VNODE_PYTHON="/usr/bin/python3")
        self.addCleanup(lambda: self.daemon.process and self.daemon.stop())
        self.daemon.start()
        self.client = Client(self.daemon.socket, timeout=TIME_LIMIT)
        self.addCleanup(self.client.close)

    def hosts(self):
        """The living hosts of this daemon, by their command line."""
        cache = os.path.join(self.folder, ".cache").encode()
        found = []
        for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            try:
                if cache in path.read_bytes():
                    found.append(int(path.parent.name))
            except OSError:
                pass
        return [pid for pid in found if is_alive(pid)]

    def one_host(self):
        return wait_until(lambda: self.hosts() if len(self.hosts()) == 1 else None, "one host is left")[0]

    def result_of(self, code, **params):
        return self.result(self.client.submit(python(code), **params))

    def result(self, run):
        self.assertEqual("completed", self.client.wait(run)["status"])
        outputs = [event["output"]["result"] for event in self.client.events(run)
                   if event["type"] == "node_output" and "result" in event["output"]]
        return outputs[0]

    def start_blocking(self):
        """A run whose node blocks, and the pid of its host."""
        run = self.client.submit(python(BLOCKS))
        follower = Client(self.daemon.socket, timeout=TIME_LIMIT)
        self.addCleanup(follower.close)
        for event in follower.events(run):
            if event.get("message", "").startswith("up "):
                return run, int(event["message"].split()[1])
        raise AssertionError("it did not block")

    def test_a_spare_host_goes_over_to_the_next_run(self):
        self.result_of(PID)
        spare = self.one_host()
        self.assertEqual(spare, self.result_of(PID))
        self.assertNotEqual(spare, self.one_host())

    def test_a_spare_host_keeps_no_folder_busy(self):
        folders = []
        for name in ("one", "two"):
            folders.append(os.path.realpath(os.path.join(self.folder, name)))
            os.mkdir(folders[-1])
        where = "import os\nresult = [os.getpid(), os.getcwd()]"
        self.result_of(where, directory=folders[0])
        spare = self.one_host()
        self.assertEqual("/", os.readlink("/proc/%d/cwd" % spare))
        self.assertEqual([spare, folders[1]], self.result_of(where, directory=folders[1]))
        # A run without a folder works in the daemon's, wherever its host has been.
        spare = self.one_host()
        run = self.client.call("run.submit", workflow=python(where))["id"]
        self.assertEqual([spare, os.readlink("/proc/%d/cwd" % self.daemon.process.pid)], self.result(run))

    def test_relative_python_folders_are_those_of_the_run(self):
        self.daemon.stop()
        self.daemon.environment["PYTHONPATH"] = "lib"
        self.daemon.start()
        self.client = Client(self.daemon.socket, timeout=TIME_LIMIT)
        self.addCleanup(self.client.close)
        for name in ("one", "two"):
            folder = os.path.join(self.folder, name)
            os.makedirs(os.path.join(folder, "lib"))
            pathlib.Path(folder, "lib", "mine.py").write_text("name = '%s'\n" % name)
            self.assertEqual(name, self.result_of("import mine\nresult = mine.name", directory=folder))

    def test_a_spare_host_that_somebody_has_ended_is_missed_by_nobody(self):
        self.result_of(PID)
        for number in (signal.SIGKILL, signal.SIGTERM):
            spare = self.one_host()
            os.kill(spare, number)
            wait_until(lambda pid=spare: not is_alive(pid), "it is gone")
            self.result_of(PID)

    def test_what_a_run_has_started_ends_with_it_whoever_else_is_there(self):
        run, host = self.start_blocking()
        self.assertFalse(is_alive(self.result_of(FUGITIVE)))
        self.assertTrue(is_alive(host))
        self.client.call("run.cancel", ids=[run])
        self.assertEqual("cancelled", self.client.wait(run)["status"])
        self.assertFalse(is_alive(host))

    def test_a_slow_interpreter_delays_nobody_else(self):
        slow = os.path.join(self.folder, "python3")
        pathlib.Path(slow).write_text("#!/bin/sh\nsleep 1000\n")
        os.chmod(slow, 0o755)
        code = "async def execute(self, inputs):\n    return {}\n"
        nodes = os.path.join(self.folder, "nodes")
        os.mkdir(nodes)
        pathlib.Path(nodes, "slow.json").write_text(
            '{"node_id": "slow", "name": "slow", "python_code": %s, "interpreter": "%s"}' % (repr_json(code), slow))
        self.daemon.stop()
        self.daemon.options += ("--nodes", nodes)
        self.daemon.start()
        client = self.client = Client(self.daemon.socket, timeout=TIME_LIMIT)
        self.addCleanup(client.close)
        run = client.submit(chain(node(1, "slow")))
        wait_until(lambda: client.call("run.get", id=run)["status"] == "running", "the slow one runs")
        self.result_of(PID)
        self.assertEqual("running", client.call("run.get", id=run)["status"])
        client.call("run.cancel", ids=[run])
        self.assertEqual("cancelled", client.wait(run)["status"])
        timed = client.submit(chain(node(1, "slow")), timeout=0.5)
        self.assertEqual("timeout", client.wait(timed)["status"])

    def test_a_killed_daemon_leaves_nothing_behind(self):
        fugitive_and_host = self.start_blocking()[1]
        self.assertTrue(wait_until(lambda: len(self.hosts()) == 2, "there is a spare one"))
        self.daemon.kill()
        wait_until(lambda: not self.hosts() and not is_alive(fugitive_and_host), "all hosts are gone")

    def test_the_end_of_the_daemon_is_the_end_of_its_spare_hosts(self):
        self.result_of(PID)
        self.one_host()
        self.assertEqual(0, self.daemon.stop())
        self.assertFalse(self.hosts())


def repr_json(text):
    return '"%s"' % text.replace("\n", "\\n")


if __name__ == "__main__":
    unittest.main()
