"""Pauses: of the daemon's runs, and of one in the foreground by Ctrl-Z."""

import json
import os
import pathlib
import re
import select
import signal
import unittest

from support.daemon_test_case import DaemonTest
from support.terminal_shell import TerminalShell
from support.vnode_program import TIME_LIMIT, VNODE, ProgramTest, chain, node
from support.waiting import is_alive, wait_until


def shell(number, script, **parameters):
    return node(number, "run_command", command=["sh", "-c", script], **parameters)


# Says its number, and works until the file "go" is there; cleans up when it is told to end. In the background, since a shell
# that waits for what it has vforked is not seen as stopped.
WORKS = "trap 'echo cleaned > cleaned; exit 3' TERM; echo pid=$$; until [ -e go ]; do sleep 0.05 & wait $!; done"
PYTHON_WORKS = """import os, time
print("pid=%d" % os.getpid(), flush=True)
while not os.path.exists("go"):
    time.sleep(0.05)
"""


def state(pid):
    """T: it is stopped."""
    try:
        stat = pathlib.Path("/proc/%d/stat" % pid).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "-"
    return stat.rpartition(")")[2].split()[0]


def until_stopped(pid):
    wait_until(lambda: state(pid) == "T", "the process is stopped")


def pid_in(stream):
    """From the lines of a pipe that is not buffered, as far as one has it."""
    said = b""
    while select.select([stream], [], [], TIME_LIMIT)[0]:
        line = stream.readline()
        said += line
        found = re.search(rb"pid=(\d+)", line)
        if found:
            return int(found.group(1))
        if not line:
            break
    raise AssertionError("no process has said its number: %r" % said)


def types(events):
    return [event["type"] for event in events]


class InTheDaemon(DaemonTest):
    def begin(self, workflow, *options):
        """A run, and the process that it has started."""
        run = self.submit(workflow, *options)
        follower = self.start("events", run, "-f")
        pid = pid_in(follower.stdout)
        follower.kill()
        return run, pid

    def test_processes_are_stopped_and_continued(self):
        run, pid = self.begin(chain(shell(1, WORKS), shell(2, "echo behind")))
        self.assertEqual(self.ok("pause", "--stop", run), run + "\n")
        until_stopped(pid)
        self.assertRegex(self.ok("ps"), r"running .*paused since .*, processes stopped")
        self.assertRegex(self.ok("show", run), r"paused +since .*, with its processes stopped")
        self.assertRegex(self.ok("explain", run), r"\Apaused since [0-9: -]+ UTC, with its processes stopped\n\Z")
        self.write("go", "")
        self.assertEqual(state(pid), "T")
        self.assertEqual(self.ok("unpause", run[:-1]), run + "\n")
        self.assertEqual(self.vnode("wait", run).returncode, 0)
        events = [json.loads(line) for line in self.ok("events", run).splitlines()]
        told = [event for event in events if event["type"] in ("execution_paused", "execution_unpaused")]
        self.assertEqual(types(told), ["execution_paused", "execution_unpaused"])
        self.assertTrue(told[0]["processes_stopped"])
        self.assertGreaterEqual(told[1]["duration"], 0)

    def test_python_stands_still_too(self):
        run, pid = self.begin(chain(node(1, "python_script", python_code=PYTHON_WORKS)))
        self.ok("pause", "--stop", run)
        until_stopped(pid)
        self.write("go", "")
        self.ok("unpause", run)
        self.assertEqual(self.vnode("wait", run).returncode, 0)

    def test_a_cancel_ends_what_is_stopped(self):
        for workflow in (chain(shell(1, WORKS)), chain(node(1, "python_script", python_code=PYTHON_WORKS))):
            run, pid = self.begin(workflow)
            self.ok("pause", "--stop", run)
            until_stopped(pid)
            self.ok("cancel", run)
            self.assertEqual(self.vnode("wait", run).returncode, 130)
            self.assertFalse(is_alive(pid))
        # SIGTERM came before SIGCONT, and then it had its time.
        self.assertEqual(pathlib.Path(self.path("cleaned")).read_text(encoding="utf-8"), "cleaned\n")

    def test_without_stop_processes_go_on_and_no_node_starts(self):
        run, pid = self.begin(chain(shell(1, WORKS), shell(2, "echo behind > behind")))
        self.ok("pause", run)
        self.write("go", "")
        wait_until(lambda: not is_alive(pid), "the command ends")
        self.assertRegex(self.ok("ps"), r"running .*paused since [^,]*\n")
        follower = self.start("events", run, "-f")
        while b'"exec_out":true' not in follower.stdout.readline():
            pass
        follower.kill()
        self.assertFalse(os.path.exists(self.path("behind")))
        self.ok("unpause", run)
        self.assertEqual(self.vnode("wait", run).returncode, 0)
        self.assertTrue(os.path.exists(self.path("behind")))

    def test_what_cannot_be_paused(self):
        run = self.submit(chain(shell(1, "true")), "--wait")
        for command in ("pause", "unpause"):
            result = self.vnode(command, run)
            self.assertEqual((result.returncode, result.stdout), (0, ""))
            self.assertEqual(result.stderr, f"vnode: warning: {run} had ended before\n")
            self.assertIn("there is no run", self.refused(2, command, "990101-00001"))
            self.refused(2, command)
        self.refused(2, "unpause", "--stop", run)


class InTheForeground(ProgramTest):
    def begin(self, workflow, *options):
        """In a process group of its own, as a shell starts it."""
        process = self.start("run", self.write("w.json", workflow), *options, process_group=0)
        return process, pid_in(process.stdout)

    def stop(self, process):
        os.killpg(process.pid, signal.SIGTSTP)
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        self.assertTrue(os.WIFSTOPPED(status), status)

    def test_sigtstp_stops_everything_and_sigcont_continues_it(self):
        process, pid = self.begin(chain(shell(1, WORKS), shell(2, "true")), "--timeout", "1h")
        for _ in range(2):
            self.stop(process)
            until_stopped(pid)
            os.killpg(process.pid, signal.SIGCONT)
            wait_until(lambda: state(pid) not in "T-", "the process goes on")
        self.write("go", "")
        events = [json.loads(line) for line in process.stdout]
        self.assertEqual(process.wait(timeout=TIME_LIMIT), 0)
        told = [event for event in types(events) if event.startswith("execution")]
        self.assertEqual(told, ["execution_paused", "execution_unpaused"] * 2 + ["execution_finished"])

    def test_one_that_is_taken_back_at_once_stops_nothing(self):
        process, _ = self.begin(chain(shell(1, WORKS)))
        os.killpg(process.pid, signal.SIGTSTP)
        os.killpg(process.pid, signal.SIGCONT)
        self.write("go", "")
        process.stdout.read()
        self.assertEqual(process.wait(timeout=TIME_LIMIT), 0)

    def test_what_is_stopped_can_be_ended(self):
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            process, pid = self.begin(chain(shell(1, WORKS)))
            self.stop(process)
            until_stopped(pid)
            os.kill(process.pid, number)
            os.kill(process.pid, signal.SIGCONT)
            process.stdout.read()
            self.assertEqual(process.wait(timeout=TIME_LIMIT), code)
            self.assertFalse(is_alive(pid))
            os.remove(self.path("cleaned"))

    def test_where_nobody_would_continue_it_sigcont_is_waited_for(self):
        # A group without a shell: the system throws the signal away.
        process = self.start("run", self.write("w.json", chain(shell(1, WORKS))),
                             start_new_session=True)
        pid = pid_in(process.stdout)
        os.kill(process.pid, signal.SIGTSTP)
        until_stopped(pid)
        os.kill(process.pid, signal.SIGCONT)
        self.write("go", "")
        process.stdout.read()
        self.assertEqual(process.wait(timeout=TIME_LIMIT), 0)


class OnATerminal(ProgramTest):
    def test_ctrl_z_gives_it_back(self):
        terminal = TerminalShell(self)
        terminal.until(b"ready> ")
        file = self.write("w.json", chain(shell(1, WORKS)))
        terminal.type(f"cd {self.folder}; {VNODE} run {file}\n".encode())
        pid = int(re.search(rb"pid=(\d+)", terminal.until(b"pid=", b"nodes, 1 running")).group(1))
        terminal.type(b"\x1a")
        shown = terminal.until(b"paused", b"Stopped", b"ready> ")
        until_stopped(pid)
        self.assertNotIn(b"nodes, 1 running", shown.partition(b"paused")[2])
        terminal.type(b"fg\n")
        terminal.until(b"unpaused", b"nodes, 1 running")
        self.write("go", "")
        terminal.until(b"completed", b"ready> ")
        terminal.type(b"echo code=$?\n")
        terminal.until(b"code=0")


if __name__ == "__main__":
    unittest.main()
