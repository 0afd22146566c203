# Definitions that are marked `blocking`: a thread of their own, and nobody waits for their steps.

from fake_engine import Gate, HostTest

WAITER = "async def execute(self, inputs):\n    open(inputs['gate']).close()\n    return {'out': 1}"


class Blocking(HostTest):
    def test_others_go_on_meanwhile(self):
        gate = Gate(self)
        waiter = self.engine.node(WAITER, blocking=True)
        other = self.engine.node("async def execute(self, inputs):\n    return {'out': 2}")
        execution = self.engine.start(waiter, [("gate", gate.path)])
        self.assertEqual(2, self.engine.output(other))
        gate.open()
        self.assertEqual(["ret", execution, [["out", 1]]], self.engine.receive())

    def test_pushes(self):
        for setup in ("", "    import asyncio\n", "    import asyncio\n    await asyncio.sleep(0)\n"):
            code = "async def execute(self, inputs):\n    await self.set_output('exec_out', 1)\n" + setup
            code += "    await self.set_output('exec_out', 2)\n    print('x')\n    return {'out': 1}"
            node = self.engine.node(code, blocking=True)
            self.engine.send(["wire", node, [["exec_out", True, []]]])
            execution = self.engine.start(node)
            for value in (1, 2):
                push = self.engine.receive()
                self.assertEqual(["push", node, execution], push[:3])
                self.assertEqual(value, push[5])
                self.engine.send(["done", execution, push[3]])
            self.assertEqual(["log", node, "info", "x", "stdout"], self.engine.receive())
            self.assertEqual(["ret", execution, [["out", 1]]], self.engine.receive())

    def test_asyncio_in_the_thread(self):
        for setup in ("async def execute(self, inputs):\n    import asyncio\n", "import asyncio\nasync def execute(self, inputs):\n"):
            body = "    await asyncio.sleep(0)\n    await asyncio.wait_for(asyncio.sleep(0.001), 5)\n    return {'out': 1}"
            self.assertEqual(1, self.engine.output(self.engine.node(setup + body, blocking=True)))

    def test_failures(self):
        for body in ("1 / 0", "import asyncio; await asyncio.sleep(0); 1 / 0"):
            node = self.engine.node("async def execute(self, inputs):\n    " + body, blocking=True)
            self.assertEqual("division by zero", self.engine.fail(node)[0])
        node = self.engine.node("async def execute(self, inputs):\n    raise SystemExit(1)", blocking=True)
        self.assertEqual("system_exit", self.engine.fail(node)[2])

    def test_a_stop_ends_waits(self):
        for setup in ("", "    import asyncio\n"):
            code = "async def execute(self, inputs):\n%s    await self.set_output('exec_out', 1)" % setup
            node = self.engine.node(code, blocking=True)
            self.engine.send(["wire", node, [["exec_out", True, []]]])
            self.engine.start(node)
            self.engine.expect("push")
            self.engine.send(["stop"])
            self.assertEqual("cancelled", self.engine.expect("err")[4])
            self.engine.close()
            self.setUp()

    def test_memory_from_the_thread(self):
        code = (
            "from src.nodes.base import BaseNode\nasync def execute(self, inputs):\n"
            "    return {'out': BaseNode.memory['x']}"
        )
        node = self.engine.node(code, blocking=True)
        execution = self.engine.start(node)
        self.engine.expect("dirty")
        request = self.engine.expect("var")
        self.engine.send(["value", request[1], [5]])
        self.assertEqual(["ret", execution, [["out", 5]]], self.engine.receive())
