"""The real daemon on a disk that is full or fails: a clear state, nothing lost that was accepted, recovery."""
import glob
import json
import os
import subprocess
import sys
import tempfile
import unittest

from support.daemon_fixture import DaemonFixture
from support.vnode_program import TIME_LIMIT, VNODE, chain, node
from support.waiting import wait_until

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "scripts"))
from vnode_client import Client, DaemonError  # noqa: E402

WORKFLOW = chain(node(1, "message_node", msg="hello"), node(2, "console_print", data="x"))
LONG = chain(node(1, "message_node", msg="hello"), node(2, "delay_timer", delay=0.5), node(3, "console_print", data="x"))
ENDED = ("completed", "failed", "cancelled", "timeout", "interrupted")
FAULTY_DISK = os.path.join(os.path.dirname(VNODE), "libfaulty_disk.so")


class DiskTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def check_events(self, state, gaps_allowed=False):
        """Every file: whole lines, numbered without gap (but for those that are told), one end, the last line."""
        for path in glob.glob(os.path.join(state, "events", "*", "*.ndjson")):
            with open(path, "rb") as file:
                text = file.read()
            self.assertTrue(text.endswith(b"\n"), path)
            last = 0
            events = [json.loads(line) for line in text.splitlines()]
            for event in events:
                if event["type"] == "stream_gap":
                    self.assertTrue(gaps_allowed)
                    self.assertEqual(last + 1, event["from"], path)
                    last = event["to"]
                else:
                    last += 1
                    self.assertEqual(last, event["seq"], path)
            ends = [event for event in events if event["type"] == "execution_finished"]
            self.assertLessEqual(len(ends), 1, path)


@unittest.skipUnless(os.path.exists(FAULTY_DISK), "not in sanitizer builds")
class InjectedFaults(DiskTest):
    def setUp(self):
        super().setUp()
        self.control = os.path.join(self.folder, "control")
        state = os.path.join(self.folder, "state")
        os.mkdir(state, 0o700)
        self.daemon = DaemonFixture(self.folder, LD_PRELOAD=FAULTY_DISK, FAULTY_DISK_FOLDER=state, FAULTY_DISK_CONTROL=self.control)
        self.daemon.start()
        self.addCleanup(lambda: self.daemon.process and self.daemon.stop())
        self.client = Client(self.daemon.socket, timeout=TIME_LIMIT)
        self.addCleanup(self.client.close)

    def fail(self, how):
        with open(self.control + ".new", "w") as file:
            file.write(how)
        os.rename(self.control + ".new", self.control)

    def mend(self):
        os.unlink(self.control)

    def store_is_ok(self):
        return self.client.call("daemon.info")["store"]["ok"]

    def test_nothing_is_accepted_that_cannot_be_kept(self):
        before = self.client.submit(WORKFLOW)
        self.client.wait(before)
        for how in ("ENOSPC", "EIO", "sync EIO"):
            self.fail(how)
            with self.assertRaises(DaemonError) as caught:
                self.client.submit(WORKFLOW)
            self.assertEqual("store_unavailable", caught.exception.code, how)
            self.assertFalse(self.store_is_ok())
            # What is there can be read meanwhile.
            self.assertEqual("completed", self.client.call("run.get", id=before)["status"])
            self.mend()
            wait_until(lambda: self.accepts(), "accepting again after " + how)
        self.assertEqual(0, self.daemon.stop())
        self.check_events(self.daemon.state)

    def accepts(self):
        try:
            return self.client.wait(self.client.submit(WORKFLOW))["status"] == "completed"
        except DaemonError as error:
            self.assertEqual("store_unavailable", error.code)
            return False

    def test_a_run_goes_on_and_its_end_is_kept_for_later(self):
        for how in ("ENOSPC", "EIO", "sync EIO"):
            run = self.client.submit(LONG)
            wait_until(lambda: self.client.call("run.get", id=run)["status"] == "running", "start")
            self.fail(how)
            with self.assertRaises(DaemonError):
                self.client.submit(WORKFLOW)
            early = self.client.call("run.wait", id=run, timeout=1.5)
            self.assertEqual("running", early["status"], "an end is told before it is durable")
            self.mend()
            self.assertEqual("completed", self.client.wait(run)["status"])
            *_, last = self.client.events(run)
            self.assertEqual("execution_finished", last["type"], "its end is in its events, too")
        self.assertEqual(0, self.daemon.stop())
        self.check_events(self.daemon.state, gaps_allowed=True)

    def test_killed_while_the_disk_was_full(self):
        done = self.client.submit(WORKFLOW)
        self.client.wait(done)
        run = self.client.submit(LONG)
        wait_until(lambda: self.client.call("run.get", id=run)["status"] == "running", "start")
        self.fail("ENOSPC")
        self.client.call("run.wait", id=run, timeout=1.0)
        self.daemon.kill()
        self.mend()
        self.daemon.start()
        with Client(self.daemon.socket, timeout=TIME_LIMIT) as client:
            self.assertEqual("completed", client.wait(done)["status"])
            self.assertIn(client.wait(run)["status"], ENDED)
            self.assertEqual("completed", client.wait(client.submit(WORKFLOW))["status"])
        self.assertEqual(0, self.daemon.stop())
        self.check_events(self.daemon.state, gaps_allowed=True)

    def test_the_disk_fills_up_at_every_point(self):
        """A little more space each time: the store stays whole, and what was accepted is there."""
        accepted = []
        for space in range(0, 60_000, 4_000):
            self.fail("ENOSPC after %d" % space)
            for _ in range(4):
                try:
                    accepted.append(self.client.submit(WORKFLOW))
                except DaemonError as error:
                    self.assertEqual("store_unavailable", error.code)
            self.mend()
            wait_until(lambda: self.accepts(), "accepting again")
        for run in accepted:
            self.assertEqual("completed", self.client.wait(run)["status"])
        self.assertEqual(0, self.daemon.stop())
        self.daemon.start()
        with Client(self.daemon.socket, timeout=TIME_LIMIT) as client:
            for run in accepted:
                self.assertEqual("completed", client.call("run.get", id=run)["status"])
        self.assertEqual(0, self.daemon.stop())

    def test_a_daemon_does_not_start_on_it(self):
        self.assertEqual(0, self.daemon.stop())
        self.fail("EIO")
        ended = subprocess.run([VNODE, "serve"], env=self.daemon.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=TIME_LIMIT)
        self.assertIn(ended.returncode, (4, 6), ended.stderr)
        self.assertIn(b"error", ended.stderr)
        self.mend()
        self.daemon.start()


@unittest.skipUnless(os.geteuid() == 0, "needs to mount")
class FullDisk(DiskTest):
    def test_a_small_tmpfs(self):
        state = os.path.join(self.folder, "state")
        os.mkdir(state, 0o700)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m,mode=0700", "tmpfs", state], stderr=subprocess.DEVNULL)
        if mounted.returncode != 0:
            self.skipTest("mounting is not allowed")
        self.addCleanup(subprocess.run, ["umount", "-l", state])
        with DaemonFixture(self.folder) as daemon, Client(daemon.socket, timeout=TIME_LIMIT) as client:
            first = client.submit(WORKFLOW)
            client.wait(first)
            filler = os.path.join(state, "filler")
            with open(filler, "wb", buffering=0) as file:
                try:
                    while True:
                        file.write(b"x" * 4096)
                except OSError:
                    pass
            with self.assertRaises(DaemonError) as caught:
                for _ in range(100):
                    client.submit(WORKFLOW, info={"x": "x" * 20_000})
            self.assertEqual("store_unavailable", caught.exception.code)
            os.unlink(filler)

            def accepts():
                try:
                    return client.wait(client.submit(WORKFLOW))["status"] == "completed"
                except DaemonError:
                    return False

            wait_until(accepts, "accepting again")
            for run in client.runs():
                self.assertEqual("completed", client.wait(run["id"])["status"])
        self.check_events(state, gaps_allowed=True)


if __name__ == "__main__":
    unittest.main()
