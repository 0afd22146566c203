"""The clients that are not the program: the Python module, and the shell line of the README."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import unittest.mock

from support.daemon_fixture import DaemonFixture
from support.vnode_program import chain, node

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
from vnode_client import Client, DaemonError, Disconnected  # noqa: E402

WORKFLOW = chain(node(1, "message_node", msg="hello"), node(2, "console_print", data="x"))


class PythonClient(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.daemon = DaemonFixture(self.folder)
        self.daemon.__enter__()
        self.addCleanup(self.daemon.__exit__, None, None, None)
        self.client = Client(self.daemon.socket, timeout=60)
        self.addCleanup(self.client.close)

    def test_submit_follow_and_wait(self):
        run = self.client.submit(WORKFLOW, name="hello")
        events = list(self.client.events(run))
        self.assertEqual("execution_started", events[0]["type"])
        self.assertEqual("execution_finished", events[-1]["type"])
        self.assertEqual(list(range(1, len(events) + 1)), [event["seq"] for event in events])
        self.assertEqual("completed", self.client.wait(run)["status"])

    def test_submit_by_path(self):
        path = os.path.join(self.folder, "w.json")
        with open(path, "w") as file:
            json.dump(WORKFLOW, file)
        run = self.client.wait(self.client.submit(path))
        self.assertEqual((path, "completed"), (run["workflow"], run["status"]))

    def test_results(self):
        run = self.client.submit(WORKFLOW)
        self.client.wait(run)
        self.assertEqual({"message_node.out": "hello"}, self.client.results(run, "message_node.out"))
        self.assertEqual("hello", self.client.results(run)[WORKFLOW["nodes"][0]["instance_id"]]["out"])

    def test_it_finds_a_daemon_that_listens_elsewhere(self):
        places = {"VNODE_STATE_DIR": self.daemon.state, "HOME": self.folder, "XDG_RUNTIME_DIR": self.folder}
        with unittest.mock.patch.dict(os.environ, places):
            os.environ.pop("VNODE_SOCKET", None)
            with Client(timeout=60) as client:
                self.assertEqual(self.daemon.socket, client.call("daemon.info")["socket"])
        with unittest.mock.patch.dict(os.environ, places | {"VNODE_SOCKET": os.path.join(self.folder, "chosen")}):
            with self.assertRaises(Disconnected):
                Client(timeout=60)

    @unittest.skipIf(os.geteuid() != 0, "only root can give a socket away")
    def test_a_workflow_is_for_a_daemon_of_ones_own(self):
        os.chown(self.daemon.socket, 12345, 12345)
        self.client.call("daemon.info")
        with self.assertRaises(Disconnected):
            self.client.submit(WORKFLOW)

    def test_errors_have_a_code(self):
        with self.assertRaises(DaemonError) as caught:
            self.client.wait("none")
        self.assertEqual("unknown_run", caught.exception.code)

    def test_pages(self):
        runs = [self.client.submit(WORKFLOW) for _ in range(5)]
        self.assertEqual(runs[::-1], [run["id"] for run in self.client.runs(limit=2)])

    def test_no_daemon(self):
        with self.assertRaises(Disconnected):
            Client(os.path.join(self.folder, "nobody"))

    def test_as_a_program(self):
        run = self.client.submit(WORKFLOW)
        environment = dict(os.environ, VNODE_SOCKET=self.daemon.socket)

        def program(*words):
            return subprocess.run([sys.executable, ROOT / "scripts" / "vnode_client.py", *words], env=environment,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)

        lines = program("run.events", json.dumps({"id": run})).stdout.splitlines()
        self.assertEqual("execution_finished", json.loads(lines[-1])["type"])
        refused = program("run.get", '{"id": "none"}')
        self.assertEqual(1, refused.returncode)
        self.assertIn(b"unknown_run", refused.stderr)

    def test_the_shell_line_of_the_readme(self):
        text = (ROOT / "README.md").read_text()
        begin = text.index("    echo '{\"jsonrpc\"")
        line = text[begin:text.index("\n\n", begin)].replace("$XDG_RUNTIME_DIR/vnode/vnode.sock", self.daemon.socket)
        run = self.client.submit(WORKFLOW)
        self.client.wait(run)
        shown = subprocess.run(["sh", "-c", line], stdout=subprocess.PIPE, timeout=60, check=True)
        self.assertEqual("%s completed\n" % run, shown.stdout.decode())


if __name__ == "__main__":
    unittest.main()
