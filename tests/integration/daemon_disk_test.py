"""The real daemon on a disk that is full or fails: a clear state, nothing lost that was accepted, recovery."""
import glob
import json
import os
import shutil
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
            run = self.client.submit(LONG, journal=False)
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
            self.assertTrue(self.client.results(run), "its results are there, too")
        self.assertEqual(0, self.daemon.stop())
        self.check_events(self.daemon.state, gaps_allowed=True)

    def test_a_journal_that_cannot_be_written_fails_its_run(self):
        begun = os.path.join(self.folder, "begun")
        run = self.client.submit(chain(node(1, "python_script", python_code="open(%r, 'w').close()\nresult = 1" % begun),
                                       node(2, "delay_timer", delay=0.5), node(3, "console_print", data="x")))
        wait_until(lambda: os.path.exists(begun), "start")
        self.fail("ENOSPC")
        self.client.call("run.wait", id=run, timeout=0.8)
        self.mend()
        ended = self.client.wait(run)
        self.assertEqual(("failed", 6), (ended["status"], ended["exit_code"]))
        self.assertIn("the journal: ", ended["error"])
        self.client.call("run.retry", ids=[run])
        self.assertEqual("completed", self.client.wait(run)["status"])
        self.assertEqual(0, self.daemon.stop())

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


def chatty(count):
    """A workflow whose events take about 150 bytes for each of `count` lines."""
    return chain(node(1, "python_script", python_code="for i in range(%d): print('line', i)\nresult = 1" % count))


@unittest.skipUnless(os.geteuid() == 0, "needs to mount")
class FullDisk(DiskTest):
    def setUp(self):
        super().setUp()
        self.state = os.path.join(self.folder, "state")
        os.mkdir(self.state, 0o700)

    def mount(self, size):
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%s,mode=0700" % size, "tmpfs", self.state], stderr=subprocess.DEVNULL)
        if mounted.returncode != 0:
            self.skipTest("mounting is not allowed")
        self.addCleanup(subprocess.run, ["umount", "-l", self.state])

    def configure(self, text):
        os.makedirs(os.path.join(self.folder, ".config", "vnode"), exist_ok=True)
        with open(os.path.join(self.folder, ".config", "vnode", "vnode.yaml"), "w") as file:
            file.write(text)

    def fill(self):
        with open(os.path.join(self.state, "filler"), "ab", buffering=0) as file:
            for size in (4096, 1):
                try:
                    while True:
                        file.write(b"x" * size)
                except OSError:
                    pass

    def make_space(self):
        os.unlink(os.path.join(self.state, "filler"))

    def accepts(self, client):
        try:
            return client.wait(client.submit(WORKFLOW))["status"] == "completed"
        except DaemonError as error:
            self.assertEqual("store_unavailable", error.code)
            return False

    def refuse(self, client):
        """Submits until nothing is accepted any more."""
        def is_refused():
            self.fill()
            try:
                client.submit(WORKFLOW, info={"x": "x" * 20_000})
            except DaemonError as error:
                self.assertEqual("store_unavailable", error.code)
                return True
            return False
        wait_until(is_refused, "a disk that is full")

    def test_a_small_tmpfs(self):
        self.mount("2m")
        with DaemonFixture(self.folder) as daemon, Client(daemon.socket, timeout=TIME_LIMIT) as client:
            first = client.submit(WORKFLOW)
            client.wait(first)
            self.refuse(client)
            self.make_space()
            wait_until(lambda: self.accepts(client), "accepting again")
            for run in client.runs():
                self.assertEqual("completed", client.wait(run["id"])["status"])
        self.check_events(self.state, gaps_allowed=True)

    def test_events_of_ended_runs_do_not_keep_it_full(self):
        """They fill the disk; the limits, and `clear`, make space again without a restart."""
        self.mount("10m")
        self.configure("keep_runs: 2\nkeep_event_bytes: 1MiB\n")
        with DaemonFixture(self.folder) as daemon, Client(daemon.socket, timeout=TIME_LIMIT) as client:
            for _ in range(6):
                try:
                    client.wait(client.submit(chatty(12000)))
                except DaemonError as error:
                    self.assertEqual("store_unavailable", error.code)
            wait_until(lambda: len(list(client.runs())) <= 1, "the limits are kept")
            wait_until(lambda: self.accepts(client), "accepting again")

    def test_clear_cancel_and_shutdown_work_on_it(self):
        self.mount("4m")
        with DaemonFixture(self.folder) as daemon, Client(daemon.socket, timeout=TIME_LIMIT) as client:
            for _ in range(5):
                client.wait(client.submit(WORKFLOW))
            client.call("queue.pause", name="default")
            pending = [client.submit(WORKFLOW) for _ in range(5)]
            client.call("queue.set", name="other", concurrency=1)
            # (With a journal it would fail if the disk is full when its node begins.)
            running = client.submit(chain(node(1, "delay_timer", delay=1000)), queue="other", journal=False)
            wait_until(lambda: client.call("run.get", id=running)["status"] == "running", "start")
            self.refuse(client)
            client.call("run.cancel", ids=[pending[0]])
            self.assertEqual("cancelled", client.call("run.get", id=pending[0])["status"])
            client.call("run.cancel", ids=[running])
            self.assertEqual("cancelled", client.wait(running)["status"])
            self.assertGreaterEqual(client.call("run.clear")["removed"], 7)
            self.assertEqual(0, daemon.stop())
            self.fill()
            # Nor does it keep the next one from starting.
            daemon.start()
            with Client(daemon.socket, timeout=TIME_LIMIT) as again:
                again.call("run.cancel", ids=pending[1:])
                self.assertEqual({"cancelled"}, {again.call("run.get", id=run)["status"] for run in pending[1:]})
                self.make_space()
                again.call("queue.resume", name="default")
                wait_until(lambda: self.accepts(again), "accepting again")


class ManyEvents(DiskTest):
    def test_of_one_run_take_no_more_than_allowed(self):
        os.makedirs(os.path.join(self.folder, ".config", "vnode"))
        with open(os.path.join(self.folder, ".config", "vnode", "vnode.yaml"), "w") as file:
            file.write("max_event_bytes: 64KiB\n")
        with DaemonFixture(self.folder) as daemon, Client(daemon.socket, timeout=TIME_LIMIT) as client:
            run = client.submit(chatty(5000), journal=False)
            self.assertEqual("completed", client.wait(run)["status"])
            *_, gap, last = client.events(run)
            self.assertEqual(["stream_gap", "execution_finished"], [gap["type"], last["type"]])
            self.assertGreater(gap["to"] - gap["from"], 3000)
            self.assertLess(client.call("run.get", id=run)["event_bytes"], 66 * 1024)
        with open(daemon.log) as log:
            self.assertIn("%d more were counted and not kept" % (gap["to"] - gap["from"] + 1), log.read())
        self.check_events(daemon.state, gaps_allowed=True)


class LostStore(DiskTest):
    def check_lost(self, lose):
        """Nothing is accepted any more, the daemon ends, and the next one gives other ids."""
        daemon = DaemonFixture(self.folder)
        daemon.start()
        with Client(daemon.socket, timeout=TIME_LIMIT) as client:
            ids = [client.submit(WORKFLOW) for _ in range(3)]
            for run in ids:
                client.wait(run)
            lose(daemon.state)
            with self.assertRaises(DaemonError) as caught:
                client.submit(WORKFLOW)
            self.assertEqual("store_unavailable", caught.exception.code)
        self.assertEqual(6, daemon.process.wait(timeout=TIME_LIMIT))
        return daemon, ids

    def test_a_folder_that_is_removed(self):
        daemon, ids = self.check_lost(shutil.rmtree)
        self.assertFalse(os.path.exists(daemon.state))
        daemon.start()
        with Client(daemon.socket, timeout=TIME_LIMIT) as client:
            self.assertNotIn(client.submit(WORKFLOW), ids)
        self.assertEqual(0, daemon.stop())

    def test_a_file_that_is_replaced(self):
        def replace(state):
            shutil.copyfile(os.path.join(state, "runs.db"), os.path.join(state, "copy"))
            os.rename(os.path.join(state, "copy"), os.path.join(state, "runs.db"))

        daemon, ids = self.check_lost(replace)
        os.unlink(os.path.join(daemon.state, "runs.db-wal"))  # of the other file
        daemon.start()
        with Client(daemon.socket, timeout=TIME_LIMIT) as client:
            self.assertGreater(client.submit(WORKFLOW), max(ids))
        self.assertEqual(0, daemon.stop())

    def test_a_run_that_is_running_ends_first(self):
        daemon = DaemonFixture(self.folder)
        daemon.start()
        begun, done = (os.path.join(self.folder, name) for name in ("begun", "done"))
        touch = "open(%r, 'w').close()\nresult = 1"
        with Client(daemon.socket, timeout=TIME_LIMIT) as client:
            client.submit(chain(node(1, "python_script", python_code=touch % begun), node(2, "delay_timer", delay=8),
                                node(3, "python_script", python_code=touch % done)))
            wait_until(lambda: os.path.exists(begun), "start")
            shutil.rmtree(daemon.state)
        self.assertEqual(6, daemon.process.wait(timeout=TIME_LIMIT))
        self.assertTrue(os.path.exists(done))


if __name__ == "__main__":
    unittest.main()
