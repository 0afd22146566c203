# The host as a process: its end, forks by node code, its environment.

import os
import signal
import tempfile
import sys
import unittest

from fake_engine import FakeEngine, HostTest


class Beginnings(HostTest):
    def test_it_names_its_interpreter(self):
        self.assertEqual(sys.executable, self.engine.interpreter)

    def test_signals_are_at_their_defaults(self):
        code = """
import signal
async def execute(self, inputs):
    return {"out": [int(signal.getsignal(n)) for n in (signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)]}
"""
        self.assertEqual([0, 0, 0], self.engine.output(self.engine.node(code))["$n"][1])

    def test_its_output_is_that_of_the_process(self):
        code = "import os\nasync def execute(self, inputs):\n    os.write(1, b'out'); os.write(2, b'err')\n    return {}"
        self.engine.run(self.engine.node(code))
        self.assertEqual("outerr", self.engine.written())


class Ends(HostTest):
    def test_bye(self):
        code = "import atexit, sys\natexit.register(lambda: print('bye', file=sys.__stdout__))\nasync def execute(self, inputs): pass"
        self.engine.load(code)
        self.engine.send(["bye"])
        self.assertEqual(0, self.engine.status())
        self.assertEqual("bye\n", self.engine.written())

    def test_bye_under_asyncio_and_with_threads(self):
        code = """
import asyncio, threading
threading.Thread(target=threading.Event().wait).start()
async def execute(self, inputs): await asyncio.sleep(60)
"""
        self.engine.start(self.engine.node(code))
        self.engine.expect("wait")
        self.engine.send(["bye"])
        self.assertEqual(0, self.engine.status())

    def test_a_closed_channel(self):
        for setup in ("", "import asyncio\n"):
            self.engine.load(setup + "async def execute(self, inputs): pass")
            self.engine.socket.close()
            self.assertEqual(70, self.engine.status())
            self.setUp()

    def test_node_code_ends_the_process(self):
        self.engine.start(self.engine.node("import os\nasync def execute(self, inputs): os._exit(9)"))
        self.assertEqual(9, self.engine.status())

    def test_a_crash_leaves_a_report(self):
        code = "import os, signal\nasync def execute(self, inputs): os.kill(os.getpid(), signal.SIGSEGV)"
        self.engine.start(self.engine.node(code))
        self.assertEqual(-signal.SIGSEGV, self.engine.status())
        self.assertIn("Segmentation fault", self.engine.written())


class Forks(HostTest):
    def test_a_child_cannot_come_back(self):
        for setup in ("async def execute(self, inputs):\n", "import asyncio\nasync def execute(self, inputs):\n    await asyncio.sleep(0.001)\n"):
            body = """
    import os
    pid = os.fork()
    self.log_info("from both")
    if pid == 0:
        print("printed by the child")
        await self.set_output("exec_out", True)
        return {"out": "child"}
    return {"out": os.waitpid(pid, 0)[1]}
"""
            node = self.engine.node(setup + body)
            self.engine.start(node)
            if "asyncio" in setup:
                self.engine.expect("wait")
            self.assertEqual([["out", 0]], self.engine.expect("ret")[2][:1])
            self.assertEqual(1, len([log for log in self.engine.logs if log[2] == "from both"]))
            self.engine.logs.clear()
        self.assertEqual(2, self.engine.written().count("printed by the child\n"))

    def test_a_childs_exit_code(self):
        code = """
import os, sys
async def execute(self, inputs):
    pid = os.fork()
    if pid == 0:
        sys.exit(3) if inputs["x"] else 1 / 0
    return {"out": os.WEXITSTATUS(os.waitpid(pid, 0)[1])}
"""
        node = self.engine.node(code)
        self.assertEqual(3, self.engine.output(node, [("x", True)]))
        self.assertEqual(1, self.engine.output(node, [("x", False)]))
        self.assertIn("ZeroDivisionError", self.engine.written())

    def test_multiprocessing(self):
        code = """
import multiprocessing
context = multiprocessing.get_context("fork")
async def execute(self, inputs):
    ours, theirs = context.Pipe()
    process = context.Process(target=lambda: theirs.send(42))
    process.start()
    value = ours.recv()
    process.join()
    return {"out": [value, process.exitcode]}
"""
        self.assertEqual([42, 0], self.engine.output(self.engine.node(code))["$n"][1])

    @unittest.skipUnless(hasattr(sys, "addaudithook"), "needs Python 3.8")
    def test_started_programs_know_their_node(self):
        for blocking in (False, True):
            code = """
import os, subprocess
async def execute(self, inputs):
    with os.popen("echo $VNODE_NODE_ID") as shown:
        return {"out": [shown.read().strip(), subprocess.getoutput("echo $VNODE_NODE_ID")]}
"""
            node = self.engine.node(code, blocking=blocking)
            self.assertEqual(["node", "node"], self.engine.output(node)["$n"][1])

    def test_subprocesses(self):
        code = """
import subprocess
async def execute(self, inputs):
    shown = subprocess.run(["sh", "-c", "echo $SAMPLE; ls /proc/self/fd"], stdout=subprocess.PIPE, close_fds=False).stdout.decode()
    subprocess.run(["echo", "to the pipe"], preexec_fn=lambda: None)
    return {"out": shown}
"""
        engine = FakeEngine(env=[("SAMPLE", "x")])
        self.addCleanup(engine.close)
        # The shell's three, and that of the folder: not the channel.
        self.assertEqual("x\n0\n1\n2\n3\n", engine.output(engine.node(code)))
        self.assertIn("to the pipe", engine.written())


class Settings(HostTest):
    CODE = """
import os
async def execute(self, inputs):
    return {"out": [os.getcwd(), os.environ.get("SAMPLE"), __import__("sys").argv, "" in __import__("sys").path]}
"""

    def test_folder_and_environment(self):
        with tempfile.TemporaryDirectory() as folder:
            engine = FakeEngine(cwd=folder, env=[("SAMPLE", "x")])
            self.addCleanup(engine.close)
            shown = engine.output(engine.node(self.CODE))["$n"][1]
            self.assertEqual([os.path.realpath(folder), "x", ["vnode"], False], shown)

    def test_the_memory_limit(self):
        engine = FakeEngine(memory=300 << 20)
        self.addCleanup(engine.close)
        node = engine.node("async def execute(self, inputs):\n    a = bytearray(400 << 20)")
        self.assertEqual("out_of_memory", engine.fail(node)[2])
        node = engine.node("async def execute(self, inputs):\n    return {'out': len(bytearray(100 << 20))}")
        self.assertEqual(100 << 20, engine.output(node))
