# A small engine for the tests: speaks the protocol with one host, message by message, and runs nothing by itself.

import json
import os
import shutil
import signal
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


class FakeEngine(Channel):
    """One host."""

    def __init__(self, memory=None, env=(), cwd=None, recorded=False):
        ours, theirs = socket.socketpair()
        super().__init__(ours)
        self.pipe = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            host_program.command("serve", theirs.fileno()), pass_fds=[theirs.fileno()], start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=self.pipe, stderr=self.pipe)
        theirs.close()
        self.pid = self.process.pid
        self.last_number = 0
        self.asks_for_variables = False
        self.has_told_to_stop = False
        self.gives_turns = True  # whoever asks for a step after a wait gets it at once
        self.shared = []
        self.logs = []
        env = [list(pair) for pair in env]
        self.send(["begin", {"run_id": "test", "cwd": cwd or os.getcwd(), "env": env, "memory": memory,
                             "recorded": recorded}])
        self.interpreter = self.expect("hello")[1]

    def close(self):
        self.socket.close()
        if self.process.returncode is None:
            os.killpg(self.pid, signal.SIGKILL)
            self.process.wait()
        self.pipe.close()

    def status(self):
        """How the process ended, once it has: its exit code, or minus the signal."""
        return self.process.wait(PATIENCE)

    def written(self):
        """What the process has written to its descriptors 1 and 2."""
        return os.pread(self.pipe.fileno(), 1 << 20, 0).decode("utf-8", "replace").replace("\0vnode's host begins\0\n", "")

    def number(self):
        self.last_number += 1
        return self.last_number

    def receive(self):
        """The next message, but for variables that are sent unasked, which are kept for `sync`, and for steps that are
        asked for, which are given."""
        while True:
            message = super().receive()
            if message[0] == "ready" and self.gives_turns:
                self.send(["go", message[1]])
                continue
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

    def expect_end(self, name="ret"):
        """The same, however often the execution gives way before."""
        while True:
            message = self.receive()
            if message[0] == "yield":
                self.send(["go", message[1]])
            elif message[0] == name:
                return message
            elif message[0] not in ("wait", "log"):
                raise AssertionError("expected %s, got %r" % (name, message))

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
        self.send(["exec", instance, number, 1, [list(pair) for pair in values]])
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
        """As after a stop: code that has not been told to end is not interrupted."""
        if not self.has_told_to_stop:
            self.has_told_to_stop = True
            self.send(["stop"])
        os.kill(self.pid, signal.SIGINT)

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
