"""The real program for tests: where it is, how to run it, and workflows in a few words."""

import json
import os
import subprocess
import tempfile
import unittest

VNODE = os.environ["VNODE_BIN"]
# A program that hangs must fail its test, not the whole suite.
TIME_LIMIT = 60


def uuid(number):
    return f"00000000-0000-0000-0000-{number:012d}"


def node(number, node_id, **parameters):
    return {"instance_id": uuid(number), "node_id": node_id, "position": [0, 0], "parameters": parameters}


def wire(from_, to, is_exec=False):
    """wire((1, "out"), (2, "in"))"""
    return {
        "from_node": uuid(from_[0]),
        "from_port": from_[1],
        "to_node": uuid(to[0]),
        "to_port": to[1],
        "is_exec": is_exec,
    }


def chain(*nodes):
    """The nodes one after the other, by exec wires."""
    ids = [int(n["instance_id"][-12:]) for n in nodes]
    wires = [wire((a, "exec_out"), (b, "exec_in"), True) for a, b in zip(ids, ids[1:])]
    return {"nodes": list(nodes), "connections": wires}


class ProgramTest(unittest.TestCase):
    """Tests in a folder of their own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, content):
        """Writes bytes as they are, text as UTF-8, everything else as JSON."""
        if not isinstance(content, (bytes, str)):
            content = json.dumps(content)
        if isinstance(content, str):
            content = content.encode()
        with open(self.path(name), "wb") as file:
            file.write(content)
        return self.path(name)

    def environment(self, **changes):
        keep = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS")
        kept = {name: os.environ[name] for name in keep if name in os.environ}
        # The settings of whoever runs the tests are none of theirs.
        return kept | {"XDG_CONFIG_HOME": self.path(".config")} | changes

    def vnode(self, *arguments, stdin=b"", **options):
        """Runs the program to its end; stdout and stderr as text."""
        options.setdefault("env", self.environment())
        options.setdefault("cwd", self.folder)
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        if "input" not in options and "stdin_file" not in options:
            options["input"] = stdin
        if "stdin_file" in options:
            options["stdin"] = options.pop("stdin_file")
        result = subprocess.run([VNODE, *arguments], timeout=TIME_LIMIT, check=False, **options)
        result.stdout = (result.stdout or b"").decode("utf-8", "strict")
        result.stderr = (result.stderr or b"").decode("utf-8", "replace")
        return result

    def start(self, *arguments, **options):
        """Starts the program; it is killed when the test ends before it."""
        options.setdefault("env", self.environment())
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        # Unbuffered, so that reading a line and then all the rest loses nothing in between.
        process = subprocess.Popen([VNODE, *arguments], cwd=self.folder, bufsize=0, **options)

        def stop():
            if process.poll() is None:
                process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream:
                    stream.close()

        self.addCleanup(stop)
        return process

    def events(self, text):
        """The lines of a stream as objects; checks what holds for every stream."""
        # Not splitlines: a text may hold other line breaks, such as U+2028.
        events = [json.loads(line) for line in text.split("\n") if line]
        self.assertEqual([event["seq"] for event in events], list(range(1, len(events) + 1)))
        self.assertEqual(events[0]["type"], "execution_started")
        self.assertEqual([e["type"] for e in events].count("execution_finished"), 1)
        self.assertEqual(events[-1]["type"], "execution_finished")
        return events
