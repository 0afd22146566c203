# The stop of a run: is_stopped(), cancelled waits, SIGINT for what blocks.

import os
import signal

from fake_engine import Gate, HostTest


LOOP = """
async def execute(self, inputs):
    open(inputs["gate"]).close()
    while not self.is_stopped(): pass
"""


class Stopping(HostTest):
    def stop(self):
        self.engine.send(["stop"])

    def assert_cancelled(self):
        self.assertEqual("cancelled", self.engine.expect("err")[4])

    def test_a_tight_loop_notices(self):
        for setup in ("", "import asyncio\n"):
            gate = Gate(self)
            execution = self.engine.start(self.engine.node(setup + LOOP + "    return {'out': 1}"), [("gate", gate.path)])
            gate.wait()
            self.stop()
            self.assertEqual(["ret", execution, [["out", 1]]], self.engine.receive())
            self.engine.close()
            self.setUp()

    def test_what_is_read_meanwhile_is_kept(self):
        for setup in ("", "import asyncio\n"):
            gate = Gate(self)
            looper = self.engine.node(setup + LOOP)
            other = self.engine.node("async def execute(self, inputs):\n    return {'out': 2}")
            first = self.engine.start(looper, [("gate", gate.path)])
            gate.wait()
            self.engine.start(other)
            self.stop()
            self.assertEqual(["ret", first, []], self.engine.receive())
            self.assertIn(self.engine.receive()[0], ("ret", "err"))
            self.engine.close()
            self.setUp()

    def test_a_loop_in_a_thread_notices(self):
        code = """
import threading, time
async def execute(self, inputs):
    def work():
        while not self.is_stopped(): time.sleep(0.0001)
        self.log_info("noticed")
    thread = threading.Thread(target=work)
    thread.start()
    open(inputs["gate"]).close()
    thread.join()
"""
        gate = Gate(self)
        self.engine.start(self.engine.node(code), [("gate", gate.path)])
        gate.wait()
        self.stop()
        self.engine.expect("ret")
        self.assertEqual("noticed", self.engine.logs[0][2])

    def test_waits_for_pushes_are_cancelled(self):
        for setup in ("", "import asyncio\n"):
            code = """
async def execute(self, inputs):
    try:
        await self.set_output("exec_out", True)
    except RuntimeError:
        pass
    finally:
        self.log_info("cleaning")
"""
            node = self.engine.node(setup + code)
            self.engine.send(["wire", node, [["exec_out", True, []]]])
            self.engine.start(node)
            self.engine.expect("push")
            self.stop()
            self.assert_cancelled()
            self.assertEqual("cleaning", self.engine.logs[-1][2])
            self.engine.close()
            self.setUp()

    def test_a_wait_from_before_asyncio_came(self):
        node = self.engine.node("async def execute(self, inputs):\n    await self.set_output('exec_out', True)")
        self.engine.send(["wire", node, [["exec_out", True, []]]])
        self.engine.start(node)
        self.engine.expect("push")
        self.engine.run(self.engine.node("import asyncio\nasync def execute(self, inputs): pass"))
        self.stop()
        self.assert_cancelled()

    def test_sleeps_are_cancelled(self):
        for setup in ("import asyncio\nasync def execute(self, inputs):\n", "async def execute(self, inputs):\n    import asyncio\n"):
            self.engine.start(self.engine.node(setup + "    await asyncio.sleep(60)"))
            self.engine.expect("wait")
            self.stop()
            self.assert_cancelled()
            self.engine.close()
            self.setUp()

    def test_new_waits_are_refused(self):
        code = """
async def execute(self, inputs):
    while not self.is_stopped(): pass
    await self.set_output("exec_out", True)
"""
        node = self.engine.node(code)
        self.engine.send(["wire", node, [["exec_out", True, []]]])
        self.engine.start(node)
        self.stop()
        self.assert_cancelled()


class Interrupting(HostTest):
    def test_blocking_code_ends(self):
        for setup in ("", "import asyncio\n"):
            code = """
import time
async def execute(self, inputs):
    self.log_info("at it")
    try:
        open(inputs["gate"]).close()
        time.sleep(60)
    except Exception:
        pass
"""
            gate = Gate(self)
            self.engine.start(self.engine.node(setup + code), [("gate", gate.path)])
            gate.wait()
            message = self.engine.interrupt_until("err")
            self.assertEqual("cancelled", message[4])

    def test_a_loop_of_calls_into_the_host_ends(self):
        code = """
async def execute(self, inputs):
    open(inputs["gate"]).close()
    while True:
        await self.set_output("exec_out", True)
"""
        gate = Gate(self)
        node = self.engine.node(code)
        self.engine.start(node, [("gate", gate.path)])
        gate.wait()
        self.engine.interrupt()
        while True:
            message = self.engine.receive()
            if message[0] not in ("out", "log"):  # Python may warn about a set_output that was never awaited
                break
        self.assertEqual(["err", "cancelled"], [message[0], message[4]])

    def test_a_task_of_the_nodes_own_ends(self):
        code = """
import asyncio, time
async def work(gate):
    open(gate).close()
    time.sleep(60)
async def execute(self, inputs):
    await asyncio.gather(work(inputs["gate"]))
"""
        gate = Gate(self)
        self.engine.start(self.engine.node(code), [("gate", gate.path)])
        self.engine.expect("wait")
        gate.wait()
        self.engine.interrupt()
        self.assertEqual("cancelled", self.engine.expect("err")[4])

    def test_an_idle_host_ignores_it(self):
        for setup in ("", "import asyncio\n"):
            node = self.engine.node(setup + "async def execute(self, inputs):\n    return {'out': 1}")
            self.engine.output(node)
            os.kill(self.engine.pid, signal.SIGINT)  # it has to arrive before what follows
            self.engine.sync()
            self.assertEqual(1, self.engine.output(node))
