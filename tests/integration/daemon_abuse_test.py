"""Clients that do what they should not, against the real daemon: each costs itself, nobody else, and bounded memory."""
import json
import os
import random
import resource
import socket
import struct
import sys
import tempfile
import threading
import unittest

from support.daemon_fixture import DaemonFixture
from support.vnode_program import TIME_LIMIT, chain, node
from support.waiting import wait_until

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "scripts"))
from vnode_client import Client, DaemonError  # noqa: E402

WORKFLOW = chain(node(1, "message_node", msg="hello"), node(2, "console_print", data="x"))
MEGABYTE = 1 << 20
# What the address sanitizer keeps of freed memory is not the daemon's.
ALLOWED = MEGABYTE * (10 if "ASAN_OPTIONS" in os.environ else 1)


class Raw:
    """A connection that can send anything."""

    def __init__(self, path, greets=True):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(TIME_LIMIT)
        self.socket.connect(path)
        self.lines = self.socket.makefile("rb")
        if greets:
            self.hello = json.loads(self.lines.readline())

    def send(self, data):
        self.socket.sendall(data)

    def read(self):
        return json.loads(self.lines.readline())

    def code(self):
        """What the next error is called."""
        return self.read()["error"]["data"]["code"]

    def is_ended(self):
        return self.lines.readline() == b""

    def close(self):
        self.lines.close()
        self.socket.close()

    def reset(self):
        """Goes away without a word, with what it has not read."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()


class DaemonAbuse(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.daemon = DaemonFixture(self.folder)
        self.daemon.start()
        self.addCleanup(lambda: self.daemon.process and self.daemon.stop())
        self.good = Client(self.daemon.socket, timeout=TIME_LIMIT)
        self.addCleanup(self.good.close)

    def tearDown(self):
        # Whatever was done to it: it serves, and ends as it should.
        run = self.good.submit(WORKFLOW)
        self.assertEqual("completed", self.good.wait(run)["status"])
        self.assertEqual(0, self.daemon.stop())

    def connect(self):
        raw = Raw(self.daemon.socket)
        self.addCleanup(raw.close)
        return raw

    def resident(self):
        with open("/proc/%d/statm" % self.daemon.pid) as file:
            return int(file.read().split()[1]) * resource.getpagesize()

    def test_random_bytes(self):
        numbers = random.Random(1)
        for _ in range(50):
            raw = Raw(self.daemon.socket)
            raw.send(numbers.randbytes(numbers.randrange(1, 5000)) + b"\n")
            self.assertIn(raw.code(), ("bad_utf8", "bad_json", "invalid_request"))
            raw.close()

    def test_mutated_calls(self):
        numbers = random.Random(2)
        call = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "run.list", "params": {"limit": 5, "statuses": ["failed"]}}).encode()
        raw = self.connect()
        for _ in range(500):
            changed = bytearray(call)
            for _ in range(numbers.randrange(1, 4)):
                changed[numbers.randrange(len(changed))] = numbers.choice(b'{}[]",:0aZ\x00\xff ')
            raw.send(bytes(changed).replace(b"\n", b" ") + b"\n")
        raw.send(b'{"jsonrpc":"2.0","id":"end","method":"daemon.info"}\n')
        while raw.read().get("id") != "end":
            pass

    def test_half_a_line_and_gone(self):
        for ending in ("close", "reset"):
            for _ in range(20):
                raw = Raw(self.daemon.socket)
                raw.send(b'{"jsonrpc":"2.0","id":1,"method":"run.submit","params":{"workf')
                getattr(raw, ending)()

    def test_gone_in_the_middle_of_everything(self):
        submit = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "run.submit", "params": {"workflow": WORKFLOW}}).encode() + b"\n"
        for calls in (submit, submit * 20, submit + b'{"jsonrpc":"2.0","id":2,"method":"run.watch"}\n' + submit * 5,
                      b'{"jsonrpc":"2.0","id":3,"method":"run.list","params":{"limit":1000}}\n' * 50):
            for ending in ("close", "reset"):
                raw = Raw(self.daemon.socket, greets=False)
                raw.send(calls)
                getattr(raw, ending)()
        # What was accepted before its client left is carried out.
        for run in list(self.good.runs()):
            self.assertEqual("completed", self.good.wait(run["id"])["status"])

    def test_a_subscriber_that_goes_in_the_middle(self):
        run = self.good.submit(chain(node(1, "message_node", msg="x"), node(2, "delay_timer", delay=0.3)))
        for ending in ("close", "reset"):
            raw = Raw(self.daemon.socket)
            raw.send(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "run.events", "params": {"id": run}}).encode() + b"\n")
            raw.read()
            getattr(raw, ending)()
        self.assertEqual("completed", self.good.wait(run)["status"])

    def configure(self, text):
        """A daemon with that configuration from now on."""
        os.makedirs(os.path.join(self.folder, ".config", "vnode"), exist_ok=True)
        with open(os.path.join(self.folder, ".config", "vnode", "vnode.yaml"), "w", encoding="utf-8") as file:
            file.write(text)
        self.good.close()
        self.daemon.stop()
        self.daemon.start()
        self.good = Client(self.daemon.socket, timeout=TIME_LIMIT)
        self.addCleanup(self.good.close)

    def wait_for_memory(self, most):
        """What came of a large line is let go of behind its answer."""
        wait_until(lambda: self.resident() < most, "less than %d MB" % (most // MEGABYTE), deadline=TIME_LIMIT)

    def test_lines_of_a_hundred_megabytes_leave_nothing_behind(self):
        before = self.resident()
        junk = b"x" * (100 * MEGABYTE)
        nodes = {"nodes": [node(i, "message_node", msg="m" * 1000) for i in range(1, 40_000)], "connections": []}
        self.good.call("queue.pause", name="default")
        for line, code in ((junk, "bad_json"), (b"[" + b"[]," * (5 * MEGABYTE) + b"1]", "invalid_request"),
                           (json.dumps({"jsonrpc": "2.0", "id": 1, "method": "run.submit", "params": {"workflow": nodes}}).encode(), None)):
            raw = self.connect()
            raw.send(line + b"\n")
            answer = raw.read()
            self.assertEqual(code, answer.get("error", {}).get("data", {}).get("code"))
            raw.send(b'{"jsonrpc":"2.0","id":1,"method":"queue.list"}\n')
            self.assertEqual(1, raw.read()["id"])
        self.good.call("run.cancel", all=True)
        self.good.call("queue.resume", name="default")
        self.wait_for_memory(before + (64 if ALLOWED == MEGABYTE else 100) * ALLOWED)

    def test_a_line_beyond_the_limit(self):
        self.configure("max_submission_bytes: 1M\n")
        raw = self.connect()
        raw.send(b"x" * (2 * MEGABYTE) + b"\n")
        self.assertEqual("line_too_long", raw.code())
        raw.send(b'{"jsonrpc":"2.0","id":1,"method":"queue.list"}\n')
        self.assertEqual(1, raw.read()["id"])

    @unittest.skipIf("ASAN_OPTIONS" in os.environ or "TSAN_OPTIONS" in os.environ, "sanitizers take address space for themselves")
    def test_what_there_is_no_memory_for_costs_only_its_call(self):
        with open("/proc/%d/statm" % self.daemon.pid) as file:
            size = int(file.read().split()[0]) * resource.getpagesize()
        resource.prlimit(self.daemon.pid, resource.RLIMIT_AS, (size + 300 * MEGABYTE, resource.RLIM_INFINITY))
        for line in (b"[" + b"1," * (30 * MEGABYTE) + b"1]", b'{"a":"' + b"x" * (150 * MEGABYTE) + b'"}', b"x" * (250 * MEGABYTE) + b"y" * (200 * MEGABYTE),
                     b'{"jsonrpc":"2.0","id":1,"method":"run.submit","params":{"workflow":{"nodes":[' + b"{}," * (20 * MEGABYTE) + b"{}]}}}"):
            raw = self.connect()
            raw.send(line + b"\n")
            self.assertIn(raw.code(), ("out_of_memory", "line_too_long"))
            raw.send(b'{"jsonrpc":"2.0","id":"next","method":"queue.list"}\n')
            self.assertEqual("next", raw.read()["id"], "the same client goes on")
            self.assertEqual("serving", self.good.call("daemon.info")["state"])
        resource.prlimit(self.daemon.pid, resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def test_slow_writers(self):
        raws = [self.connect() for _ in range(20)]
        call = b'{"jsonrpc":"2.0","id":7,"method":"queue.list"}\n'
        for at in range(len(call)):
            for raw in raws:
                raw.send(call[at:at + 1])
        for raw in raws:
            self.assertEqual(7, raw.read()["id"])

    def test_many_unfinished_lines_have_a_bound(self):
        self.configure("max_submission_bytes: 16M\n")
        before = self.resident()
        raws = [Raw(self.daemon.socket) for _ in range(20)]
        block = b"x" * (15 * MEGABYTE)
        threads = [threading.Thread(target=self.send_or_fail, args=(raw, block)) for raw in raws]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(TIME_LIMIT)
        # The largest are told to go until the rest is within bounds.
        gone = 0
        for raw in raws:
            raw.socket.settimeout(0.5)
            try:
                gone += raw.code() == "too_busy"
            except (OSError, ValueError):
                pass
        self.assertGreater(gone, 5)
        for raw in raws:
            raw.close()
        self.assertLess(self.resident() - before, 400 * ALLOWED)

    @staticmethod
    def send_or_fail(raw, block):
        try:
            raw.send(block)
        except OSError:
            pass  # closed in the middle

    def test_a_client_that_does_not_read_its_replies(self):
        before = self.resident()
        for _ in range(30):
            self.good.submit(WORKFLOW, info={"x": "x" * 10_000})
        raw = Raw(self.daemon.socket)
        raw.socket.settimeout(2)
        sent = 0
        call = b'{"jsonrpc":"2.0","id":1,"method":"run.list","params":{"limit":1000}}\n' * 100
        try:
            while sent < 50 * MEGABYTE:
                raw.send(call)
                sent += len(call)
        except socket.timeout:
            pass  # it is not read from any more
        self.assertLess(sent, 50 * MEGABYTE)
        self.assertLess(self.resident() - before, 64 * ALLOWED)
        raw.close()

    def test_ten_thousand_connections(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = min(10_000, hard - 100)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted + 100, hard))
        before = self.resident()
        connections = []
        try:
            for _ in range(wanted):
                connection = socket.socket(socket.AF_UNIX)
                connections.append(connection)
                connection.connect(self.daemon.socket)
                connection.settimeout(TIME_LIMIT)
            # Those beyond the limit are told so and closed; the others are served.
            greeting = connections[0].recv(4096)
            self.assertIn(b'"hello"', greeting)
            last = b""
            while b"\n" not in last.replace(b"}\n", b"", 1):
                more = connections[-1].recv(4096)
                last += more
                if not more:
                    break
            self.assertIn(b"too_many_clients", last)
            self.assertEqual([], self.good.call("run.list")["runs"])
            self.assertLess(self.resident() - before, 128 * ALLOWED)
        finally:
            for connection in connections:
                connection.close()
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    def test_deep_json(self):
        raw = self.connect()
        raw.send(b'{"jsonrpc":"2.0","id":1,"method":"run.submit","params":{"workflow":' + b"[" * 200_000 + b"]" * 200_000 + b"}}\n")
        self.assertIn(raw.code(), ("bad_json", "invalid_request", "invalid_params", "invalid_workflow"))

    def test_batches(self):
        raw = self.connect()
        raw.send(b"[]\n")
        self.assertEqual("invalid_request", raw.code())
        raw.send(json.dumps([{"jsonrpc": "2.0", "id": i, "method": "queue.list"} for i in range(1001)]).encode() + b"\n")
        self.assertEqual("invalid_request", raw.code())
        raw.send(b'[1, {"jsonrpc":"2.0","id":2,"method":"queue.list"}, {"jsonrpc":"2.0","method":"queue.list"}]\n')
        answers = raw.read()
        self.assertEqual({None, 2}, {answer["id"] for answer in answers})

    @unittest.skipUnless(os.geteuid() == 0, "needs to become another user")
    def test_another_user(self):
        os.chmod(self.folder, 0o755)
        os.chmod(self.daemon.socket, 0o666)  # as if somebody had opened it up
        ours, theirs = socket.socketpair()
        self.addCleanup(ours.close)
        self.addCleanup(theirs.close)
        child = os.fork()
        if child == 0:
            try:
                os.setgid(65534)
                os.setuid(65534)
                raw = socket.socket(socket.AF_UNIX)
                raw.settimeout(TIME_LIMIT)
                raw.connect(self.daemon.socket)
                try:
                    raw.send(b'{"jsonrpc":"2.0","id":1,"method":"daemon.shutdown"}\n')
                except BrokenPipeError:
                    pass  # turned away already
                text = b""
                while True:
                    more = raw.recv(4096)
                    if not more:
                        break
                    text += more
                theirs.sendall(text)
            except OSError as error:
                theirs.sendall(str(error).encode())
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        self.assertIn(b'"not_allowed"', ours.recv(65536))

    def test_numbers_beyond_everything(self):
        for params in ({"priority": 1 << 40}, {"retries": 1 << 40}, {"timeout": 1e300}, {"timeout": -1}, {"resources": {"x": 1 << 62}}):
            try:
                self.good.wait(self.good.submit(WORKFLOW, **params))
            except DaemonError as error:
                self.assertIn(error.code, ("invalid_params", "unknown_resource"))


if __name__ == "__main__":
    unittest.main()
