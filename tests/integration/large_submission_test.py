"""Submissions of any size up to the limit, over every way in: by standard input, by name, over the socket and over TCP."""

import json
import os
import re
import socket
import sys
import threading
import time
import unittest

from support.daemon_fixture import DaemonFixture, private_environment
from support.vnode_program import TIME_LIMIT, ProgramTest, node

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "scripts"))
from vnode_client import Client, DaemonError  # noqa: E402

TOKEN = "0123456789abcdef"
MEGABYTE = 1 << 20


def workflow(megabytes):
    return {"nodes": [node(i + 1, "message_node", msg="m" * MEGABYTE) for i in range(megabytes)], "connections": []}


class LargeSubmission(ProgramTest):
    def setUp(self):
        super().setUp()
        token = self.write("token", TOKEN)
        os.chmod(token, 0o600)
        self.token = token
        self.daemon = DaemonFixture(self.folder, "--listen", "127.0.0.1:0", "--token-file", token)
        self.daemon.start()
        self.addCleanup(self.daemon.__exit__)
        self.address = "127.0.0.1:" + re.search(r"serving at [^/]*:([0-9]+)", self.daemon.log_text())[1]
        self.good = Client(self.daemon.socket, timeout=TIME_LIMIT)
        self.addCleanup(self.good.close)
        self.good.call("queue.pause", name="default")

    def run_program(self, code, *words, text=""):
        done = self.vnode(*words, input=text.encode())
        self.assertEqual(code, done.returncode, done.stderr)
        return done

    def environment(self, **changes):
        return private_environment(self.folder, **changes)

    def accepted(self):
        return len(self.good.call("run.list")["runs"])

    def test_every_way_in(self):
        document = workflow(20)
        text = json.dumps(document)
        path = self.write("large.json", text)
        self.run_program(0, "submit", "-", text=text)
        self.run_program(0, "submit", path)
        self.run_program(0, "submit", path, "--connect", self.address, "--token-file", self.token)
        self.run_program(0, "submit", "-", "--connect", self.address, "--token-file", self.token, text=text)
        self.good.submit(document)
        with Client(self.address, timeout=TIME_LIMIT, token=TOKEN) as remote:
            remote.submit(document)
        self.assertEqual(6, self.accepted())

    def test_beyond_the_limit(self):
        self.good.close()
        self.daemon.stop()
        os.makedirs(os.path.join(self.folder, ".config", "vnode"), exist_ok=True)
        self.write(".config/vnode/vnode.yaml", "max_submission_bytes: 8M\n")
        self.daemon.start()
        text = json.dumps(workflow(9))
        path = self.write("large.json", text)
        for name in ("-", path):
            self.assertIn("max_submission_bytes", self.run_program(3, "submit", name, text=text).stderr)

    def test_nobody_waits_for_it(self):
        # How long others wait is measured (scripts/bench/daemon_bench.py); here only: not for the whole of it.
        line = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "run.submit", "params": {"workflow": workflow(60)}}).encode() + b"\n"
        with socket.socket(socket.AF_UNIX) as large:
            large.settimeout(TIME_LIMIT)
            large.connect(self.daemon.socket)
            answers = large.makefile("rb")
            answers.readline()
            over = threading.Event()
            sending = threading.Thread(target=lambda: (large.sendall(line), answers.readline(), over.set()))
            begin = time.monotonic()
            sending.start()
            longest, asked = 0, 0
            while not over.is_set():
                before = time.monotonic()
                self.good.call("daemon.info")
                longest, asked = max(longest, time.monotonic() - before), asked + 1
            took = time.monotonic() - begin
            sending.join()
        self.assertGreater(asked, 10)
        self.assertLess(longest, took / 2)
        self.assertEqual(1, self.accepted())

    def test_long_names_are_refused(self):
        for method, params in (("queue.set", {"name": "q" * 257, "concurrency": 1}), ("run.get", {"id": "1" * 5000}), ("run.list", {"queue": "q" * 5000}),
                               ("run.submit", {"workflow": {"nodes": []}, "key": "k" * 5000}), ("run.cancel", {"ids": ["1"] * 1001}),
                               ("run.submit", {"workflow": {"nodes": []}, "resources": {"r" * 300: 1}})):
            with self.assertRaises(DaemonError) as refused:
                self.good.call(method, **params)
            self.assertEqual("invalid_params", refused.exception.code)
            self.assertLess(len(str(refused.exception)), 200)


if __name__ == "__main__":
    unittest.main()
