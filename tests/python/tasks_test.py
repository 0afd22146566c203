# Executions with asyncio: imported by the definition, or in the middle of an execution.

import time

from fake_engine import HostTest

SETUPS = (
    "import asyncio\nasync def execute(self, inputs):\n",
    "async def execute(self, inputs):\n    import asyncio\n",
)
# More ways for asyncio to come in late.
LATE_SETUPS = (
    "async def execute(self, inputs):\n    import importlib\n    asyncio = importlib.import_module('asyncio')\n"
    "    import os\n",
    "async def execute(self, inputs):\n    import concurrent.futures, asyncio.tasks\n",
)


class Waiting(HostTest):
    def test_sleep_is_a_wait_and_sleep_zero_a_turn(self):
        for setup in SETUPS + LATE_SETUPS:
            body = "    await asyncio.sleep(0)\n    await asyncio.sleep(0.001)\n    await asyncio.sleep(0)\n"
            node = self.engine.node(setup + body + "    return {'out': 1}")
            execution = self.engine.start(node)
            self.assertEqual(["yield", execution], self.engine.receive())
            self.engine.send(["go", execution])
            self.assertEqual(["wait", execution], self.engine.receive())
            self.assertEqual(["yield", execution], self.engine.receive())
            self.engine.send(["go", execution])
            self.assertEqual(["ret", execution, [["out", 1]]], self.engine.receive())
            self.engine.close()
            self.setUp()

    def test_code_that_goes_on_after_a_wait_asks_for_its_turn(self):
        body = "    self.log_info('before')\n    await asyncio.sleep(0.001)\n    self.log_info('after')\n"
        for setup in SETUPS:
            node = self.engine.node(setup + body + "    await asyncio.sleep(0.001)\n    return {'out': 1}")
            self.engine.gives_turns = False
            execution = self.engine.start(node)
            self.engine.expect("wait")
            for logs in (1, 2):
                self.assertEqual(["ready", execution], self.engine.receive())
                self.engine.sync()  # the host has looked at it: nothing has gone on
                self.assertEqual(logs, len(self.engine.logs))
                self.engine.send(["go", execution])
                self.engine.expect("wait" if logs == 1 else "ret")
            self.engine.close()
            self.setUp()

    def test_a_wait_that_times_out_while_it_asks_for_its_turn(self):
        body = """
    try:
        await asyncio.wait_for(asyncio.sleep(0.001), 60)
        asyncio.get_running_loop().call_later(0.01, asyncio.current_task().cancel)
        await asyncio.sleep(0.001)
    except asyncio.CancelledError:
        return {"out": 1}
"""
        node = self.engine.node(SETUPS[0] + body)
        execution = self.engine.start(node)
        self.engine.expect("wait")
        self.engine.gives_turns = False
        self.assertEqual(["ready", execution], self.engine.receive())
        self.engine.send(["go", execution])
        self.engine.expect("wait")
        self.assertEqual(["ready", execution], self.engine.receive())
        time.sleep(0.05)  # it is cancelled now, and does not ask again
        self.engine.send(["go", execution])
        self.assertEqual(["ret", execution, [["out", 1]]], self.engine.receive())

    def test_the_loop_is_there_at_once(self):
        body = """
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    await asyncio.sleep(0.001)
    again = asyncio.current_task() is task and asyncio.get_running_loop() is loop
    return {"out": [task is not None, again]}
"""
        for setup in SETUPS:
            node = self.engine.node(setup + body)
            execution = self.engine.start(node)
            self.engine.expect("wait")
            self.assertEqual([True, True], self.engine.expect("ret")[2][0][1]["$n"][1])

    def test_an_execution_that_imports_and_does_not_wait(self):
        node = self.engine.node(SETUPS[1] + "    return {'out': asyncio.get_running_loop().is_running()}")
        self.assertTrue(self.engine.output(node))
        self.assertTrue(self.engine.output(node))

    def test_failures_after_the_import(self):
        node = self.engine.node(SETUPS[1] + "    raise ValueError('x')")
        self.assertEqual("x", self.engine.fail(node)[0])
        message, traceback, _ = self.engine.fail(node)
        self.assertNotIn("vnode_host", traceback)
        self.assertIn("line 3, in execute", traceback)

    def test_timeouts(self):
        body = """
    try:
        await asyncio.wait_for(asyncio.sleep(60), 0.001)
    except asyncio.TimeoutError:
        pass
    try:
        async with asyncio.timeout(0.001):
            await asyncio.sleep(60)
    except (AttributeError, TimeoutError):
        pass
    return {"out": 1}
"""
        for setup in SETUPS:
            node = self.engine.node(setup + body)
            self.engine.start(node)
            self.engine.expect("wait")
            self.assertEqual([["out", 1]], self.engine.expect_end()[2])

    def test_a_task_that_cancels_itself_before_its_first_wait(self):
        body = """
    asyncio.current_task().cancel()
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        return {"out": 1}
"""
        for setup in SETUPS:
            self.engine.start(self.engine.node(setup + body))
            self.engine.expect("wait")
            self.assertEqual([["out", 1]], self.engine.expect("ret")[2])

    def test_threads_processes_and_executors(self):
        body = """
    loop = asyncio.get_running_loop()
    first = await loop.run_in_executor(None, lambda: 1)
    process = await asyncio.create_subprocess_exec("echo", "two", stdout=asyncio.subprocess.PIPE)
    second, _ = await process.communicate()
    return {"out": [first, second.decode()]}
"""
        self.engine.start(self.engine.node(SETUPS[1] + body))
        self.engine.expect("wait")
        self.assertEqual([1, "two\n"], self.engine.expect_end()[2][0][1]["$n"][1])

    def test_exits_in_tasks_of_the_nodes_own(self):
        body = """
    async def leave():
        raise SystemExit(5)
    try:
        await asyncio.get_running_loop().create_task(leave())
    except SystemExit as error:
        return {"out": error.code}
"""
        self.engine.start(self.engine.node(SETUPS[0] + body))
        self.engine.expect("wait")
        self.assertEqual([["out", 5]], self.engine.expect("ret")[2])
        self.assertEqual(1, self.engine.output(self.engine.node(SETUPS[0] + "    return {'out': 1}")))


class Pushing(HostTest):
    def pushing_node(self, code):
        node = self.engine.node(code, outputs=[{"name": "a"}, {"name": "b", "type": "exec"}])
        self.engine.send(["wire", node, [["exec_out", True, []], ["b", True, []]]])
        return node

    def test_a_push_is_the_end_of_its_step(self):
        for setup in SETUPS:
            node = self.pushing_node(setup + "    await self.set_output('b', 1)\n    return {'out': 1}")
            execution = self.engine.start(node)
            push = self.engine.receive()
            self.assertEqual(["push", node, execution], push[:3])
            self.engine.send(["done", execution, push[3]])
            self.assertEqual(["ret", execution, [["out", 1]]], self.engine.receive())

    def test_gather(self):
        body = "    await asyncio.gather(self.set_output('b', 1), self.set_output('exec_out', 2))\n"
        for setup in SETUPS:
            node = self.pushing_node(setup + body + "    return {'out': 1}")
            execution = self.engine.start(node)
            self.assertEqual(["wait", execution], self.engine.receive())
            pushes = [self.engine.receive(), self.engine.receive()]
            self.assertEqual(["b", "exec_out"], [push[4] for push in pushes])
            self.engine.send(["done", execution, pushes[1][3]])
            self.assertEqual(["wait", execution], self.engine.receive())
            self.engine.send(["done", execution, pushes[0][3]])
            self.assertEqual(["ret", execution, [["out", 1]]], self.engine.receive())

    def test_a_push_that_times_out(self):
        body = """
    try:
        await asyncio.wait_for(self.set_output("b", 1), 0.001)
    except asyncio.TimeoutError:
        pass
    await self.set_output("exec_out", 1)
    return {"out": 1}
"""
        node = self.pushing_node(SETUPS[0] + body)
        execution = self.engine.start(node)
        # Whether the first push has a task of its own, so that the execution waits for that, depends on the version.
        first = self.engine.receive()
        if first[0] == "wait":
            first = self.engine.receive()
        second = self.engine.receive()
        self.assertEqual(["push", "push"], [first[0], second[0]])
        self.engine.send(["done", execution, first[3]])
        self.assertEqual(["wait", execution], self.engine.receive())
        self.engine.send(["done", execution, second[3]])
        self.assertEqual(["ret", execution, [["out", 1]]], self.engine.receive())

    def test_a_coroutine_that_waits_while_asyncio_comes(self):
        upper = self.pushing_node(
            "async def execute(self, inputs):\n    await self.set_output('b', 1)\n    import asyncio\n"
            "    await asyncio.sleep(0.001)\n    return {'out': asyncio.current_task() is not None}"
        )
        first = self.engine.start(upper)
        push = self.engine.expect("push")
        lower = self.engine.node("import asyncio\nasync def execute(self, inputs): pass")
        self.engine.run(lower)
        self.engine.send(["done", first, push[3]])
        self.assertEqual(["wait", first], self.engine.receive())
        self.assertEqual(["ret", first, [["out", True]]], self.engine.receive())

    def test_from_a_foreign_thread_after_execute_has_returned(self):
        code = """
import asyncio, threading
started = threading.Event()
go = threading.Event()
async def execute(self, inputs):
    if inputs.get("x"):
        go.set()
        return
    loop = asyncio.get_running_loop()
    def later():
        go.wait()
        asyncio.run_coroutine_threadsafe(self.set_output("a", 1), loop).result()
        asyncio.run_coroutine_threadsafe(self.set_output("b", True), loop).result()
        self.log_info("through")
    threading.Thread(target=later, daemon=True).start()
"""
        node = self.pushing_node(code)
        self.engine.run(node)
        starter = self.engine.start(node, [("x", True)])
        self.engine.expect("ret")
        out = self.engine.receive()
        self.assertEqual(["out", node, 0, "a", 1], out)
        push = self.engine.receive()
        self.assertEqual(["push", node, 0], push[:3])
        self.engine.send(["done", 0, push[3]])
        self.assertEqual(["log", node, "info", "through", None], self.engine.receive())

    def test_from_a_loop_of_another_thread(self):
        code = """
import asyncio
async def execute(self, inputs):
    def work():
        asyncio.run(push())
    async def push():
        await self.set_output("b", True)
        await self.set_output("a", 5)
    await asyncio.get_running_loop().run_in_executor(None, work)
    return {"out": 1}
"""
        node = self.pushing_node(code)
        execution = self.engine.start(node)
        seen = [self.engine.receive(), self.engine.receive()]
        self.assertEqual({"wait", "push"}, {message[0] for message in seen})
        push = [message for message in seen if message[0] == "push"][0]
        self.assertEqual(execution, push[2])
        self.engine.send(["done", execution, push[3]])
        rest = [self.engine.receive() for _ in range(3)]
        self.assertEqual({"wait", "out", "ret"}, {message[0] for message in rest})
        self.assertEqual("ret", rest[-1][0])

    def test_executions_side_by_side(self):
        code = """
import asyncio
async def execute(self, inputs):
    await asyncio.sleep(0.001)
    print(inputs["x"])
    await asyncio.sleep(0.001)
    await self.set_output("a", inputs["x"])
"""
        nodes = [self.pushing_node(code), self.pushing_node(code)]
        executions = {self.engine.start(node, [("x", node)]): node for node in nodes}
        seen = [self.engine.receive() for _ in range(10)]
        for message in seen:
            if message[0] == "out":
                self.assertEqual(executions[message[2]], message[1])
                self.assertEqual(message[1], message[4])
            if message[0] == "log":
                self.assertEqual(str(message[1]), message[3])
        self.assertEqual(2, len([message for message in seen if message[0] == "ret"]))


class Hooks(HostTest):
    def test_a_hook_that_waits(self):
        code = """
import asyncio
async def execute(self, inputs): pass
async def on_parameter_changed(self, name, value):
    await asyncio.sleep(0.001)
    await self.set_output("exec_out", value)
"""
        node = self.engine.node(code)
        self.engine.send(["hook", node, 900, "x", [["x", 5]]])
        self.assertEqual(["wait", 900], self.engine.receive())
        self.assertEqual(["out", node, 900, "exec_out", 5], self.engine.receive())
        self.assertEqual(["ret", 900, []], self.engine.receive())
