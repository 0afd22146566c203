"""`vnode completion`: what real shells make of it."""

import os
import socket
import unittest

from support.daemon_test_case import GOOD, DaemonTest
from support.typing import TypingShell
from support.vnode_program import ProgramTest, node

WORKFLOW = """parameters:
  frames: {type: text, default: 1-10}
  quality: {type: choice, options: [preview, final], default: final}
nodes:
  range: {type: frame_range, text: 1-3}
  my node: {type: message_node, msg: hello}
"""


class Shells:
    """The same for each shell."""

    def setUp(self):
        super().setUp()
        self.write("shots.yaml", WORKFLOW)
        self.write("a file.json", {"nodes": [], "connections": []})
        os.mkdir(self.path("renders"))
        self.typing = TypingShell(self, self.shell)

    def check(self, line, *words):
        self.assertEqual(self.typing.completed(line), list(words), line)

    def test_what_the_tab_key_does(self):
        self.check("vnode vali", "validate")
        self.check("vnode run --fail-f", "run", "--fail-fast")
        self.check("vnode run --format pre", "run", "--format", "pretty")
        self.check("vnode run --format=pre", "run", "--format=pretty")
        self.check("vnode run sho", "run", "shots.yaml")
        self.check("vnode run a", "run", "a file.json")
        # zsh takes the slash away again when the line ends there.
        self.check("vnode run --logs ren", "run", "--logs", "renders" if self.shell == "zsh" else "renders/")
        self.check("vnode graph shots.yaml --to=sho", "graph", "shots.yaml", "--to=shots.yaml")
        self.check("vnode run shots.yaml --target ra", "run", "shots.yaml", "--target", "range")
        self.check("vnode run shots.yaml -p qu", "run", "shots.yaml", "-p", "quality=")
        self.check("vnode run shots.yaml -p quality=f", "run", "shots.yaml", "-p", "quality=final")
        self.check("vnode run shots.yaml --param=quality=f", "run", "shots.yaml", "--param=quality=final")
        self.check("vnode run shots.yaml -p range.te", "run", "shots.yaml", "-p", "range.text=")
        self.check("vnode run shots.yaml -p frames=@sho", "run", "shots.yaml", "-p", "frames=@shots.yaml")
        self.check("vnode run ./shots.yaml --only my", "run", "./shots.yaml", "--only", "my node")
        self.check("vnode run shots.yaml --only 'my", "run", "shots.yaml", "--only", "my node")
        self.check("vnode queue pau", "queue", "pause")
        self.check("vnode no_such_command x", "no_such_command", "x")


class Bash(Shells, ProgramTest):
    shell = "bash"


class Zsh(Shells, ProgramTest):
    shell = "zsh"


class Fish(Shells, ProgramTest):
    shell = "fish"


class Program(ProgramTest):
    """What the scripts ask the program."""

    def complete(self, *words, **options):
        result = self.vnode("__complete", *words, **options)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return [line.partition("\t")[0] for line in result.stdout.splitlines()]

    def test_nothing_is_read_from_a_pipe(self):
        """It would be lost for the command."""
        os.mkfifo(self.path("pipe"))
        self.assertEqual(self.complete("run", "pipe", "--only", ""), ["words"])

    def test_no_daemon_is_started_for_runs(self):
        environment = self.environment(XDG_STATE_HOME=self.path("state"), XDG_RUNTIME_DIR=self.path("run"))
        self.assertEqual(self.complete("show", "", env=environment), ["words"])
        self.assertEqual(self.complete("submit", "--queue", "", env=environment), ["words"])
        self.assertFalse(os.path.exists(self.path("state")) or os.path.exists(self.path("run")))

    def test_nobody_waits_for_a_daemon_that_does_not_answer(self):
        with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as first:
            listener.bind(self.path("silent.sock"))
            listener.listen(0)
            first.connect(self.path("silent.sock"))  # who comes next waits in connect
            self.assertIn(self.complete("show", "--socket", "silent.sock", ""), ([], ["words"]))


class Daemon(DaemonTest):
    complete = Program.complete

    def test_runs_and_queues(self):
        self.ok("queue", "set", "night", "1")
        run = self.submit(GOOD)
        self.assertEqual(self.complete("show", ""), ["words", run])
        self.assertEqual(self.complete("wait", run[:4]), ["words", run])
        self.assertEqual(self.complete("wait", run, ""), ["words"])
        self.assertEqual(self.complete("queue", "pause", "ni"), ["words", "night"])
        self.assertEqual(self.complete("ps", "--queue="), ["words", "--queue=default", "--queue=night"])
        self.ok("wait", run)
        self.assertEqual(self.complete("explain", run, "cons"), ["words", "console_print"])
        self.assertEqual(self.complete("result", run, "message_node.o"), ["words", "message_node.out"])

    def test_groups(self):
        frames = {"nodes": [node(1, "frame_range", text="${frames}")], "connections": [],
                  "metadata": {"parameters": {"frames": {"type": "text", "default": "1"}}}}
        group = self.ok("submit", self.write("w.json", frames), "--map", "frames=1-2", "--wait").strip()
        for command in ("show", "logs", "cancel"):
            self.assertEqual(self.complete(command, "g"), ["words", group], command)
        self.assertEqual(self.complete("ps", "--group="), ["words", "--group=" + group])
        self.assertEqual(self.complete("events", "g"), ["words"], "which takes no groups")


if __name__ == "__main__":
    unittest.main()
