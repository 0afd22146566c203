"""The real daemon as a process: who else is there, what was left behind, and being ended at any moment."""
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

from support.daemon_fixture import DaemonFixture
from support.vnode_program import TIME_LIMIT, VNODE, chain, node

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "scripts"))
from vnode_client import Client, DaemonError, Disconnected  # noqa: E402

WORKFLOW = chain(node(1, "message_node", msg="hello"), node(2, "console_print", data="x"))
HOOK_GRACE = 2
SLOW = chain(node(1, "message_node", msg="hello"), node(2, "delay_timer", delay=600))


def open_files(pid):
    try:
        return os.listdir("/proc/%d/fd" % pid)
    except FileNotFoundError:
        return []


class DaemonProcess(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.daemon = DaemonFixture(self.folder)
        self.addCleanup(lambda: self.daemon.process and self.daemon.stop())

    def connect(self):
        client = Client(self.daemon.socket, timeout=TIME_LIMIT)
        self.addCleanup(client.close)
        return client

    def refused(self, **environment):
        """Another one, which must not start: what it says."""
        ended = subprocess.run([VNODE, "serve"], env=self.daemon.environment | environment, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=TIME_LIMIT)
        self.assertNotEqual(0, ended.returncode)
        return ended.stderr.decode()

    def test_two_on_one_directory(self):
        self.daemon.start()
        client = self.connect()
        run = client.submit(SLOW)
        said = self.refused(VNODE_SOCKET=os.path.join(self.folder, "other.sock"))
        self.assertIn("another daemon (pid %d)" % self.daemon.pid, said)
        self.assertFalse(os.path.exists(os.path.join(self.folder, "other.sock")))
        # The one that was there has not noticed.
        self.assertIn(client.call("run.get", id=run)["status"], ("pending", "running"))

    def test_two_at_one_socket(self):
        self.daemon.start()
        said = self.refused(VNODE_STATE_DIR=os.path.join(self.folder, "other"))
        self.assertIn("already listening", said)
        self.assertEqual("completed", self.connect().wait(self.connect().submit(WORKFLOW))["status"])

    def test_a_stale_socket(self):
        self.daemon.start()
        self.daemon.kill()
        self.assertTrue(os.path.exists(self.daemon.socket))
        self.daemon.start()
        self.connect().call("daemon.info")

    def test_something_else_in_the_place_of_the_socket(self):
        with open(self.daemon.socket, "w") as file:
            file.write("precious")
        self.refused()
        with open(self.daemon.socket) as file:
            self.assertEqual("precious", file.read())

    def test_the_pid_of_somebody_else_in_the_lock(self):
        self.daemon.start()
        self.daemon.kill()
        # The number has been given to another process since: only the lock itself counts.
        with open(os.path.join(self.daemon.state, "lock"), "w") as file:
            file.write("%d\n" % os.getpid())
        self.daemon.start()

    def test_an_idle_one_sleeps(self):
        """Six times a minute it may wake at most, in all its threads."""
        with DaemonFixture(self.folder) as daemon:
            with Client(daemon.socket) as client:
                client.wait(client.submit({"nodes": [], "connections": []}))
            before, rest_since = self.wakes(daemon.pid), time.monotonic()
            end = rest_since + TIME_LIMIT
            while time.monotonic() < min(rest_since + 1.5, end):  # what follows a run (retention) is over then
                time.sleep(0.1)
                if self.wakes(daemon.pid) != before:
                    before, rest_since = self.wakes(daemon.pid), time.monotonic()
            time.sleep(4)
            self.assertLess(self.wakes(daemon.pid) - before, 5, "one look of each at most, and what that wakes")
            os.unlink(daemon.socket)
            begin = time.monotonic()
            while not os.path.exists(daemon.socket):
                self.assertLess(time.monotonic() - begin, TIME_LIMIT)
                time.sleep(0.005)
            self.assertLess(time.monotonic() - begin, 2, "it has noticed all the same")

    def wakes(self, pid):
        """How often one of its threads has waited for something, and that has come."""
        count = 0
        for task in os.listdir("/proc/%d/task" % pid):
            with contextlib.suppress(OSError), open("/proc/%d/task/%s/status" % (pid, task), encoding="ascii") as file:
                count += sum(int(line.split()[1]) for line in file if line.startswith("voluntary_ctxt_switches"))
        return count

    def test_modes(self):
        self.daemon.start()
        self.connect().submit(WORKFLOW)
        self.assertEqual(0o600, os.stat(self.daemon.socket).st_mode & 0o777)
        for folder, _, files in os.walk(self.daemon.state):
            self.assertEqual(0, os.stat(folder).st_mode & 0o022, folder)
            for name in files:
                self.assertEqual(0, os.stat(os.path.join(folder, name)).st_mode & 0o077, name)

    def test_term_lets_runs_interrupt_and_answers_who_waits(self):
        os.makedirs(os.path.join(self.folder, ".config", "vnode"))
        with open(os.path.join(self.folder, ".config", "vnode", "vnode.yaml"), "w") as file:
            file.write("shutdown_grace: 0s\nqueues: {default: 2}\n")
        self.daemon.start()
        client = self.connect()
        failing, again = client.submit(SLOW), client.submit(SLOW, on_interrupt="retry")
        queued = client.submit(WORKFLOW, queue="default", priority=-1)
        while [client.call("run.get", id=run)["status"] for run in (failing, again)] != ["running"] * 2:
            pass
        self.daemon.process.send_signal(signal.SIGTERM)
        self.assertEqual("interrupted", client.wait(failing)["status"])
        self.assertEqual(0, self.daemon.stop())
        self.daemon.start()
        client = self.connect()
        self.assertEqual(("interrupted", 5), tuple(client.call("run.get", id=failing)[name] for name in ("status", "exit_code")))
        run = client.call("run.get", id=again)
        self.assertEqual(2, run["attempt"])
        self.assertIn(run["status"], ("pending", "running"))
        self.assertEqual("completed", client.wait(queued)["status"])

    def test_the_grace_period(self):
        self.daemon.start()
        client = self.connect()
        run = client.submit(chain(node(1, "message_node", msg="x"), node(2, "delay_timer", delay=0.5)))
        while client.call("run.get", id=run)["status"] != "running":
            pass
        self.daemon.process.send_signal(signal.SIGTERM)
        self.assertEqual("completed", client.wait(run)["status"])
        self.assertEqual(0, self.daemon.stop())

    def test_nothing_is_accepted_while_it_ends(self):
        self.daemon.start()
        client, other, watcher = self.connect(), self.connect(), self.connect()
        run = client.submit(SLOW)
        self.assertEqual("execution_started", next(watcher.events(run))["type"])  # its start is durable
        client.call("daemon.shutdown", grace="600s")
        with self.assertRaises(DaemonError) as caught:
            other.submit(WORKFLOW)
        self.assertEqual("shutting_down", caught.exception.code)
        with self.assertRaises(Disconnected):
            Client(self.daemon.socket)
        # A second signal: now.
        for _ in range(2):
            self.daemon.process.send_signal(signal.SIGTERM)
        self.assertEqual("interrupted", client.wait(run)["status"])
        self.assertEqual(0, self.daemon.stop())

    def test_term_at_any_moment_of_the_start(self):
        self.daemon.start()
        client = self.connect()
        client.call("queue.pause", name="default")
        runs = [client.submit(WORKFLOW) for _ in range(200)]
        self.daemon.kill()
        # How far it has come shows in what it has open.
        self.daemon.start()
        most = len(open_files(self.daemon.pid))
        self.daemon.kill()
        for count in range(most):
            process = subprocess.Popen([VNODE, "serve"], env=self.daemon.environment, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            while len(open_files(process.pid)) < count and process.poll() is None:
                pass
            process.send_signal(signal.SIGTERM)
            # Before it has taken over the signal it just ends.
            self.assertIn(process.wait(TIME_LIMIT), (0, -signal.SIGTERM))
        self.daemon.start()
        client = self.connect()
        self.assertEqual({"pending"}, {client.call("run.get", id=run)["status"] for run in runs})
        client.call("queue.resume", name="default")
        for run in runs:
            self.assertEqual("completed", client.wait(run)["status"])

    def test_term_while_events_are_replayed(self):
        self.daemon.start()
        client = self.connect()
        many = chain(node(1, "for_loop", start=0, end=200), node(2, "loop_body"), node(3, "console_print", data="x" * 30000))
        many["connections"].append({"from_node": many["nodes"][0]["instance_id"], "from_port": "indices",
                                    "to_node": many["nodes"][1]["instance_id"], "to_port": "indices", "is_exec": False})
        run = client.submit(many)
        client.wait(run)
        reader = socket.socket(socket.AF_UNIX)
        self.addCleanup(reader.close)
        reader.connect(self.daemon.socket)
        reader.sendall(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "run.events", "params": {"id": run}}).encode() + b"\n")
        reader.recv(1000)
        begin = time.monotonic()
        self.assertEqual(0, self.daemon.stop())
        self.assertLess(time.monotonic() - begin, 30)

    def test_killed_with_runs_of_all_kinds(self):
        self.daemon.start()
        client = self.connect()
        client.call("queue.set", name="one", concurrency=1)
        done = client.submit(WORKFLOW)
        client.wait(done)
        running = client.submit(SLOW, queue="one")
        pending = [client.submit(WORKFLOW, queue="one", priority=priority) for priority in (0, 5, 1)]
        while client.call("run.get", id=running)["status"] != "running":
            pass
        client.call("queue.pause", name="one")
        self.daemon.kill()
        self.daemon.start()
        client = self.connect()
        self.assertEqual("completed", client.call("run.get", id=done)["status"])
        ended = client.call("run.get", id=running)
        self.assertEqual(("interrupted", 5), (ended["status"], ended["exit_code"]))
        self.assertIn("daemon", ended["error"])
        last = list(client.events(running))[-1]
        self.assertEqual(("execution_finished", "interrupted"), (last["type"], last["status"]))
        # Still paused, still in their order.
        self.assertEqual({"queue_paused"}, {client.call("run.get", id=run)["reason"]["code"] for run in pending})
        client.call("queue.resume", name="one")
        started = sorted((client.wait(run)["started_at"], run) for run in pending)
        self.assertEqual([pending[1], pending[2], pending[0]], [run for _, run in started])

    def test_hooks_do_not_outlive_a_killed_daemon(self):
        # All that the hook has started holds the pipe's writing end: at its end nothing is left.
        pipe = os.path.join(self.folder, "held")
        os.mkfifo(pipe)
        hidden = "setsid env -i /bin/sh -c 'trap \"\" TERM; echo up >&3; while :; do /bin/sleep 1; done' & trap '' TERM"
        hook = "exec 3>held; %s; echo up >&3; while :; do sleep 1; done" % hidden
        self.daemon.start()
        client = self.connect()
        client.submit(WORKFLOW, hooks=[{"command": ["/bin/sh", "-c", hook]}], directory=self.folder)
        with open(pipe, "rb") as held:
            self.assertEqual([b"up\n", b"up\n"], [held.readline(), held.readline()])
            self.daemon.kill()
            begin = time.monotonic()
            self.assertEqual(b"", held.read())
            self.assertLess(time.monotonic() - begin, HOOK_GRACE + 1)


if __name__ == "__main__":
    unittest.main()
