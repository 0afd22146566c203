# A small engine for the tests: speaks the protocol with one host, message by message, and runs nothing by itself.

import array
import atexit
import json
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import unittest

import host_program

PATIENCE = 10  # seconds until a test fails that waits for a message


class Channel:
    """The engine's end of the channel."""

    def __init__(self, connection):
        self.socket = connection
        self.socket.settimeout(PATIENCE)
        self.arrived = []

    def send(self, *messages):
        text = json.dumps(messages).encode("utf-8")
        self.socket.sendall(struct.pack("<I", len(text)) + text)

    def receive(self):
        """The next message."""
        while not self.arrived:
            size = struct.unpack("<I", self.read(4))[0]
            self.arrived = json.loads(self.read(size).decode("utf-8"))
        return self.arrived.pop(0)

    def read(self, size):
        parts = []
        while size:
            part = self.socket.recv(min(size, 1 << 20))
            if not part:
                raise EOFError("the host has closed the channel")
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


class Supervisor:
    """The supervisor process, from the side of vnode."""

    def __init__(self):
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.control.settimeout(PATIENCE)
        self.process = subprocess.Popen(
            host_program.command("supervise", theirs.fileno()), pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
        )
        theirs.close()
        self.last_host = 0
        self.exits = {}  # host -> status
        if self.receive() != {"op": "ready"}:
            raise AssertionError("not ready")

    def send(self, request, descriptors=()):
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
        self.control.sendmsg([json.dumps(request).encode()], rights)

    def receive(self):
        return json.loads(self.control.recv(65536).decode())

    def fork(self, descriptors):
        """Number and pid of a new host."""
        self.last_host += 1
        self.send({"op": "fork", "host": self.last_host}, descriptors)
        while True:
            message = self.receive()
            if message["op"] == "forked":
                return self.last_host, message["pid"]
            self.exits[message["host"]] = message["status"]

    def wait(self, host):
        """The host's status, when it has ended."""
        while host not in self.exits:
            message = self.receive()
            self.exits[message["host"]] = message["status"]
        return self.exits[host]

    def close(self):
        self.control.close()
        self.process.wait(PATIENCE)


_supervisor = None


def shared_supervisor():
    """One for all tests that do not care: a fork is much quicker than a start."""
    global _supervisor
    if _supervisor is None or _supervisor.process.poll() is not None:
        _supervisor = Supervisor()
        atexit.register(_supervisor.close)
    return _supervisor


class FakeEngine(Channel):
    """One host."""

    def __init__(self, memory=None, env=(), cwd=None, supervisor=None):
        self.supervisor = supervisor or shared_supervisor()
        ours, theirs = socket.socketpair()
        super().__init__(ours)
        self.pipe = tempfile.TemporaryFile()
        self.host, self.pid = self.supervisor.fork([theirs.fileno(), self.pipe.fileno(), self.pipe.fileno()])
        theirs.close()
        self.last_number = 0
        self.asks_for_variables = False
        self.shared = []
        self.logs = []
        env = [list(pair) for pair in env]
        self.send(["begin", {"run_id": "test", "cwd": cwd or os.getcwd(), "env": env, "memory": memory}])

    def close(self):
        self.socket.close()
        if not self.supervisor.control._closed and self.host not in self.supervisor.exits:
            self.supervisor.send({"op": "kill", "host": self.host})
            self.supervisor.wait(self.host)
        self.pipe.close()

    def status(self):
        """How the process ended, once it has."""
        return self.supervisor.wait(self.host)

    def written(self):
        """What the process has written to its descriptors 1 and 2."""
        return os.pread(self.pipe.fileno(), 1 << 20, 0).decode("utf-8", "replace")

    def number(self):
        self.last_number += 1
        return self.last_number

    def receive(self):
        """The next message, but for variables that are sent unasked: they are kept for `sync`."""
        while True:
            message = super().receive()
            if message[0] != "vars" or self.asks_for_variables:
                return message
            self.shared.append(message[1:])

    def sync(self, level=0):
        """[level, table, removed]: every change since the last time, sorted by name."""
        self.asks_for_variables = True
        self.send(["sync", level])
        self.shared.append(self.expect("vars")[1:])
        self.asks_for_variables = False
        table, removed = {}, set()
        for _, pairs, gone in [shared for shared in self.shared if shared[0] == level]:
            removed |= set(gone)
            for name in gone:
                table.pop(name, None)
            for name, value in pairs:
                table[name] = value
                removed.discard(name)
        self.shared = [shared for shared in self.shared if shared[0] != level]
        return [level, [[name, table[name]] for name in sorted(table)], sorted(removed)]

    def expect(self, name):
        """The next message that is no log, which has to have this name. Logs are kept in `logs`."""
        while True:
            message = self.receive()
            if message[0] == "log":
                self.logs.append(message[1:])
                continue
            if message[0] != name:
                raise AssertionError("expected %s, got %r" % (name, message))
            return message

    def load(self, code, node_id="test", **keys):
        """Sends a definition; returns its number and what `loaded` says."""
        number = self.number()
        description = {"node_id": node_id, "name": node_id, "python_code": code, "file": "/nodes/%s.json" % node_id}
        description.update(keys)
        self.send(["load", number, description])
        return number, self.expect("loaded")[2]

    def make(self, definition, saved=(), wired=(), level=0, name="node"):
        """Makes an instance; returns its number and what `made` says."""
        number = self.number()
        self.send(["new", number, definition, level, name, [list(pair) for pair in saved], list(wired)])
        return number, self.expect("made")[2]

    def node(self, code, saved=(), wired=(), level=0, **keys):
        """An instance of a new definition, which must load."""
        keys.setdefault("node_id", "test%d" % self.last_number)
        definition, problem = self.load(code, **keys)
        if problem is not None:
            raise AssertionError(problem)
        number, made = self.make(definition, saved, wired, level)
        if len(made) != 3:
            raise AssertionError(made)
        return number

    def start(self, instance, values=()):
        """Executes; returns the number of the execution."""
        number = self.number()
        self.send(["exec", instance, number, [list(pair) for pair in values]])
        return number

    def run(self, instance, values=()):
        """Executes to the end; returns the returned table and what was pushed meanwhile."""
        number = self.start(instance, values)
        pushed = []
        while True:
            message = self.receive()
            if message[0] == "out":
                pushed.append(message[3:])
            elif message[0] == "log":
                self.logs.append(message[1:])
            elif message[0] == "ret" and message[1] == number:
                return dict((name, value) for name, value in message[2]), pushed
            else:
                raise AssertionError("unexpected %r" % message)

    def output(self, instance, values=(), port="out"):
        """Executes; returns one value of the returned table."""
        return self.run(instance, values)[0][port]

    def fail(self, instance, values=()):
        """Executes a node that has to fail; returns message, traceback and code."""
        number = self.start(instance, values)
        message = self.expect("err")
        if message[1] != number:
            raise AssertionError(message)
        return message[2:]

    def interrupt(self):
        self.supervisor.send({"op": "interrupt", "host": self.host})

    def interrupt_until(self, name):
        """Interrupts code that blocks, and returns the message of that name that comes of it. A signal that arrives between
        Python's last look and the system call does not end that call, so it is sent again."""
        self.socket.settimeout(2)
        try:
            for _ in range(PATIENCE):
                self.interrupt()
                try:
                    return self.expect(name)
                except TimeoutError:
                    continue
            raise AssertionError("no interrupt ended it")
        finally:
            self.socket.settimeout(PATIENCE)


class Gate:
    """A file that node code opens for reading, which blocks it until the test opens the gate."""

    def __init__(self, test):
        folder = tempfile.mkdtemp()
        test.addCleanup(shutil.rmtree, folder)
        self.path = os.path.join(folder, "gate")
        os.mkfifo(self.path)

    def wait(self):
        """Until the node is at the gate. It goes on then."""
        with open(self.path, "w"):
            pass

    open = wait


class HostTest(unittest.TestCase):
    """With a fresh host as `self.engine`."""

    def setUp(self):
        self.engine = FakeEngine()
        self.addCleanup(self.engine.close)
