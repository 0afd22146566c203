"""What Python nodes have started, and the processes that see to it: nothing survives the run, and all of it may clean up."""

import contextlib
import os
import pathlib
import random
import signal
import time
import unittest

from python_runs import DEADLINE, PythonRunTest, bare, hosts, is_alive, node, processes_of, then, wait_until
from support.fugitives import fork_twice  # noqa: E402 (python_runs says where it is)

# Forks twice, leads a session, has an empty environment, and ignores what it can; tells its number.
FORKED = ("import os\nasync def execute(self, inputs):\n"
          + fork_twice("trap '' TERM INT HUP; echo $$ >&%d; while :; do /bin/sleep 1; done", indentation=4)
          + '    return {"result": fugitive, "exec_out": True}\n')
BY_A_SHELL = """
import subprocess
async def execute(self, inputs):
    script = "env -i sh -c 'setsid sh -c \\"echo \\\\$\\\\$; exec sleep 600\\" &'"
    with subprocess.Popen(script, shell=True, stdout=subprocess.PIPE) as shell:
        return {"result": int(shell.stdout.readline()), "exec_out": True}
"""
# Cleans up for a while after SIGTERM, and tells a file how often it got that.
CAREFUL = "trap 'echo TERM >> %s; sleep 0.5; echo cleaned >> %s; exit 1' TERM; echo up; while :; do sleep 0.05; done"
WAITS = {
    "awaits": """
import asyncio, subprocess
async def execute(self, inputs):
    process = await asyncio.create_subprocess_exec("sh", "-c", inputs["data"], stdout=subprocess.PIPE)
    await process.stdout.readline()
    self.log_info("up")
    await process.wait()
""",
    "waits_in_a_thread": """
import asyncio, subprocess
async def execute(self, inputs):
    process = subprocess.Popen(["sh", "-c", inputs["data"]], stdout=subprocess.PIPE)
    process.stdout.readline()
    self.log_info("up")
    await asyncio.to_thread(process.wait)
""",
    "blocks": """
import subprocess
async def execute(self, inputs):
    process = subprocess.Popen(["sh", "-c", inputs["data"]], stdout=subprocess.PIPE)
    process.stdout.readline()
    self.log_info("up")
    process.wait()
""",
}
LEAVES = """
import subprocess
async def execute(self, inputs):
    process = subprocess.Popen(["sh", "-c", inputs["data"]], stdout=subprocess.PIPE)
    process.stdout.readline()
    return {"result": process.pid}
"""
TELLS = """
import os, subprocess, time
async def execute(self, inputs):
    process = subprocess.Popen(["sleep", "600"], start_new_session=True, env={})
    await self.set_output("result", [os.getppid(), process.pid])
    self.log_info("up")
    time.sleep(600)
"""
# Tells a file of its signals, and of its end, after a program that it has waited for.
STAYS = """
import signal, subprocess, time
async def execute(self, inputs):
    with open(inputs["told"], "a", buffering=1) as told:
        signal.signal(signal.SIGTERM, lambda *_: told.write("wrong\\n"))
        process = subprocess.Popen(["sh", "-c", inputs["data"]], stdout=subprocess.PIPE)
        process.stdout.readline()
        self.log_info("up")
        process.wait()
        try:
            time.sleep(600)
        except BaseException as error:
            told.write(type(error).__name__ + "\\n")
            raise
"""
SAYS = "import os\nasync def execute(self, inputs):\n    return {'result': os.environ.get('WHICH')}\n"


def parent_of(pid):
    return int(pathlib.Path("/proc/%d/stat" % pid).read_text().rpartition(")")[2].split()[1])


def children_of(pid):
    try:
        return [int(word) for word in pathlib.Path("/proc/%d/task/%d/children" % (pid, pid)).read_text().split()]
    except OSError:
        return []


class StartedPrograms(PythonRunTest):
    GRACE = ("--grace", "300ms")

    def start_up(self, definition, *options, **parameters):
        self.define(definition)
        process = self.start_nodes([node(1, definition["node_id"], **parameters)], [], *options)
        return process, self.read_until(process, lambda event: event.get("message") == "up")

    def test_nothing_survives_the_run(self):
        for name, code in (("forked", FORKED), ("by_a_shell", BY_A_SHELL)):
            self.define(bare(name, code))
            outcome = self.succeed(self.run_nodes([node(1, name), node(2, "console_print")], then(1, 2), *self.GRACE))
            self.assertFalse(is_alive(outcome.pushes(1)[0]), name)  # the run has waited for that

    def test_what_a_stopped_node_waits_for_may_clean_up(self):
        for name, code in WAITS.items():
            told = self.path(name + ".told")
            process, events = self.start_up(bare(name, code), "--grace", "30s", data=CAREFUL % (told, told))
            process.send_signal(signal.SIGTERM)
            outcome = self.finish(process, events)
            self.assertEqual(143, outcome.code, outcome)
            self.assertEqual("TERM\ncleaned\n", pathlib.Path(told).read_text(), name)

    def test_what_a_node_leaves_behind_may_clean_up(self):
        told = self.path("told")
        self.define(bare("leaves", LEAVES))
        outcome = self.succeed(self.run_nodes([node(1, "leaves", data=CAREFUL % (told, told))], [], "--grace", "30s"))
        self.assertEqual("TERM\ncleaned\n", pathlib.Path(told).read_text())
        self.assertFalse(is_alive(outcome.pushes(1)[0]))

    def test_the_death_of_a_supervisor_or_its_keeper_fails_the_node(self):
        for is_keeper in (False, True):
            process, events = self.start_up(bare("tells", TELLS), *self.GRACE)
            supervisor, child = events[-2]["output"]["result"]
            os.kill(parent_of(supervisor) if is_keeper else supervisor, signal.SIGKILL)
            outcome = self.finish(process, events)
            self.fail_only(outcome, 1)
            self.assertIn("Python process of this node was ended", outcome.error(1))
            self.assertFalse(is_alive(child))

    def test_supervisors_that_die_at_any_moment(self):
        self.define(bare("leaves", LEAVES))
        chance = random.Random(1)
        codes = set()
        for i in range(12):
            process = self.start_nodes([node(1, "leaves", data="echo up; exec sleep 600")], [], *self.GRACE)
            keepers = wait_until(lambda p=process: children_of(p.pid) or p.poll() is not None, "it starts its keeper")
            time.sleep(chance.random() * 0.15)
            for keeper in keepers if keepers is not True else ():
                for pid in children_of(keeper) if i % 2 else [keeper]:
                    with contextlib.suppress(ProcessLookupError):  # the run was quicker
                        os.kill(pid, signal.SIGKILL)
            outcome = self.finish(process, [])
            codes.add(outcome.code)
            self.assertIn(outcome.code, (0, 1, 3), outcome)
            if outcome.code != 0:
                # One that outlives its keeper ends what it holds, and tells how.
                self.assertRegex(repr(outcome), "supervisor|SIG(KILL|TERM)")
            self.check_gone(outcome.run_id)

    def test_a_slow_interpreter_delays_no_stop(self):
        slow = self.write("python3", "#!/bin/sh\nsleep 1000\nexec /usr/bin/python3 \"$@\"\n")
        os.chmod(slow, 0o755)
        self.define(bare("slow", SAYS, interpreter=slow))
        began = time.monotonic()
        outcome = self.run_nodes([node(1, "slow")], [], "--timeout", "500ms", *self.GRACE)
        self.assertLess(time.monotonic() - began, DEADLINE / 2)
        self.assertEqual((124, "timeout"), (outcome.code, outcome.events[-1]["status"]), outcome)
        self.assertFalse(hosts())

    def test_a_launcher_is_gone_through_once(self):
        asked = self.path("asked")
        launcher = self.write("python3", "#!/bin/sh\necho noise\necho x >> %s\nexec /usr/bin/python3 \"$@\"\n" % asked)
        os.chmod(launcher, 0o755)
        self.define(bare("by_a_launcher", SAYS, interpreter=launcher))
        for _ in range(3):
            outcome = self.succeed(self.run_nodes([node(1, "by_a_launcher")], []))
            self.assertEqual([], outcome.logs(1))  # what it says is no node's
        self.assertEqual("x\n", pathlib.Path(asked).read_text())

    def stays(self):
        """A launcher that does not become the interpreter, as mayapy."""
        launcher = self.write("mayapy", "#!/bin/sh\n/usr/bin/python3 \"$@\"\nexit $?\n")
        os.chmod(launcher, 0o755)
        return launcher

    def test_a_stop_reaches_python_behind_a_launcher(self):
        told = self.path("told")
        began = time.monotonic()
        process, events = self.start_up(bare("stays", STAYS, interpreter=self.stays()), "--grace", "1h",
                                        data=CAREFUL % (told, told), told=told)
        process.send_signal(signal.SIGTERM)
        outcome = self.finish(process, events)
        self.assertEqual(143, outcome.code, outcome)
        self.assertEqual("TERM\ncleaned\nInterrupted\n", pathlib.Path(told).read_text())
        self.assertLess(time.monotonic() - began, DEADLINE)

    def test_how_python_behind_a_launcher_has_died(self):
        self.define(bare("killed", "import os\nasync def execute(self, inputs):\n    os.kill(os.getpid(), 9)\n",
                         interpreter=self.stays()))
        outcome = self.run_nodes([node(1, "killed")], [])
        self.fail_only(outcome, 1)
        self.assertIn("was killed (SIGKILL)", outcome.error(1))

    def test_what_is_no_interpreter_says_so(self):
        broken = self.write("mayapy", "#!/bin/sh\necho no licence >&2\nexit 7\n")
        os.chmod(broken, 0o755)
        self.define(bare("one", SAYS, interpreter=broken), bare("two", SAYS, interpreter=broken))
        outcome = self.run_nodes([node(1, "one"), node(2, "two")], [])
        self.assertEqual(3, outcome.code, outcome)
        for word in ("there is no Python to run it", "mayapy does not work as a Python interpreter: no licence", "exit code 7"):
            self.assertIn(word, outcome.errors)

    def test_programs_know_their_run(self):
        self.define(bare("knows", """
import subprocess
async def execute(self, inputs):
    return {"result": subprocess.getoutput("echo $VNODE_RUN_ID $VNODE_NODE_ID $VNODE_ATTEMPT $VNODE_TRY $NOTIFY_SOCKET")}
"""))
        outcome = self.succeed(self.run_nodes([node(1, "knows")], [], env={"NOTIFY_SOCKET": "/not/for/them"}))
        self.assertEqual(["%s %s 1 1" % (outcome.run_id, outcome.of(1)[0]["node_id"])], outcome.pushes(1))
        self.assertFalse(processes_of(outcome.run_id))


if __name__ == "__main__":
    unittest.main()
