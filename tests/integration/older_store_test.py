"""A store and event files that an earlier version left behind when it was killed (older_store/): what they hold is read,
and the runs in them go on or end as was promised.

Of that version: 00001 completed, 00002 failed after two attempts, 00003 was cancelled while it was pending, 00004 is pending
in a queue that is paused, 00005 was running, and so was 00006, which is to be run again after an interruption.
"""
import os
import shutil
import sys
import tempfile
import unittest

from support.daemon_fixture import DaemonFixture
from support.vnode_program import TIME_LIMIT

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "scripts"))
from vnode_client import Client, DaemonError  # noqa: E402

STORE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "older_store")
DAY = "261129-"
ID = "00000000-0000-0000-0000-%012d"


class OlderStore(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.daemon = DaemonFixture(folder.name)
        shutil.copytree(STORE, self.daemon.state)
        # What ended long ago is not to be removed.
        configuration = os.path.join(self.daemon.environment["XDG_CONFIG_HOME"], "vnode")
        os.makedirs(configuration)
        with open(os.path.join(configuration, "vnode.yaml"), "w") as file:
            file.write("keep_age: unlimited\n")
        os.chmod(self.daemon.state, 0o700)
        self.daemon.start()
        self.addCleanup(self.daemon.stop)
        self.client = Client(self.daemon.socket, timeout=TIME_LIMIT)
        self.addCleanup(self.client.close)

    def run_of(self, number):
        return self.client.call("run.get", id=DAY + number)

    def events_of(self, number):
        events = list(self.client.events(DAY + number, follow=False))
        self.assertEqual(list(range(1, len(events) + 1)), [event["seq"] for event in events])
        return events

    def test_what_had_ended_is_as_it_was(self):
        completed = self.run_of("00001")
        self.assertEqual(("completed", 0, {"shot": "010"}, "done"),
                         tuple(completed[name] for name in ("status", "exit_code", "info", "description")))
        failed = self.run_of("00002")
        self.assertEqual(("failed", 1, 2), tuple(failed[name] for name in ("status", "exit_code", "attempt")))
        self.assertIn("No such file", failed["error"])
        self.assertEqual(("cancelled", 130), tuple(self.run_of("00003")[name] for name in ("status", "exit_code")))
        for number, status in (("00001", "completed"), ("00002", "failed"), ("00003", "cancelled")):
            self.assertEqual(status, self.events_of(number)[-1]["status"])

    def test_a_key_stands_for_what_it_stood_for(self):
        nodes = [{"instance_id": ID % 1, "node_id": "message_node", "position": [0, 0], "parameters": {"msg": "hello"}},
                 {"instance_id": ID % 2, "node_id": "console_print", "position": [0, 0], "parameters": {"data": "x"}}]
        wire = {"from_node": ID % 1, "from_port": "exec_out", "to_node": ID % 2, "to_port": "exec_in", "is_exec": True}
        first = {"description": "done", "info": {"shot": "010"}, "key": "k1", "directory": "/tmp",
                 "workflow": {"nodes": nodes, "connections": [wire]}}
        self.assertEqual({"id": DAY + "00001", "duplicate": True}, self.client.call("run.submit", **first))
        with self.assertRaises(DaemonError) as refused:
            self.client.call("run.submit", **{**first, "description": "other"})
        self.assertEqual("key_conflict", refused.exception.code)

    def test_what_was_pending_is_pending_and_runs(self):
        pending = self.run_of("00004")
        self.assertEqual(("pending", "held", 3, 90.0), tuple(pending[name] for name in ("status", "queue", "priority", "timeout")))
        self.client.call("queue.resume", name="held")
        self.assertEqual("completed", self.client.call("run.wait", id=DAY + "00004")["status"])
        self.assertEqual("execution_finished", self.events_of("00004")[-1]["type"])

    def test_what_was_running_was_interrupted(self):
        interrupted = self.run_of("00005")
        self.assertEqual(("interrupted", 5), tuple(interrupted[name] for name in ("status", "exit_code")))
        last = self.events_of("00005")[-1]
        self.assertEqual(("execution_finished", "interrupted"), (last["type"], last["status"]))

    def test_what_was_to_be_run_again_is(self):
        self.assertEqual(2, self.run_of("00006")["attempt"])
        self.client.call("run.cancel", ids=[DAY + "00006"])
        self.assertEqual("cancelled", self.client.call("run.wait", id=DAY + "00006")["status"])
        events = self.events_of("00006")
        self.assertEqual(1, [event["type"] for event in events].count("execution_finished"))


if __name__ == "__main__":
    unittest.main()
