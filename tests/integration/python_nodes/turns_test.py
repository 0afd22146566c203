"""`await set_output` and the like are no suspensions (engine rule 28): only what really waits lets other chains go on."""

import json
import os
import random
import unittest

from python_runs import PythonRunTest, bare, data, node, then

ROUNDS = 50
SEEDS = [int(seed) for seed in os.environ.get("VNODE_SEEDS", "1 2 3 4 5 6").split()]

COUNT = """
import asyncio
from src.nodes.base import BaseNode

async def execute(self, inputs):
    for i in range(%d):
        await asyncio.sleep(0.001 * (i %% 3))
        count = BaseNode.memory.get("count", 0)
        await self.set_output("result", i)
        self.log_info("at %%d" %% count)
        await self.set_output("exec_out", True)
        BaseNode.memory["count"] = count + 1
""" % ROUNDS

# Carries out a program: a list of slices, each a list of steps between two sleeps. At any time it is checked that no other
# chain has been at work since the slice began; what is told is compared with the model.
PROGRAM = """
import asyncio
from src.nodes.base import BaseNode

async def execute(self, inputs):
    me = inputs["data"]["name"]
    memory = BaseNode.memory
    for number, (pause, steps) in enumerate(inputs["data"]["slices"]):
        if number:
            await asyncio.sleep(pause)
        memory["owner"] = me
        for step in steps:
            if step == "read":
                value = memory.get("count", 0)
            elif step == "write":
                memory["count"] = value + 1
            elif step == "push":
                await self.set_output("result", number)
            elif step == "fire":
                await self.set_output("exec_out", True)
            elif step == "log":
                self.log_info("slice %d" % number)
            elif step == "wait_for":
                await asyncio.wait_for(self.set_output("result", number), 60)
            if memory["owner"] != me:
                raise RuntimeError("%s was at work in slice %d of %s, after %s" % (memory["owner"], number, me, step))
    memory["ended"] = memory.get("ended", 0) + 1
    return {"result": None}
"""

# Waits until the programs have ended.
REPORT = """
import asyncio
from src.nodes.base import BaseNode

async def execute(self, inputs):
    memory = BaseNode.memory
    while memory.get("ended", 0) < inputs["data"]:
        await asyncio.sleep(0.01)
    self.log_info("%d, %d" % (memory.get("count", 0), memory.get("fired", 0)))
"""

# Behind every chain: a hook, and a node that is fired. Both look at variables, and wait for nothing.
BEHIND = """
from src.nodes.base import BaseNode

async def on_parameter_changed(self, name, value):
    BaseNode.memory["hooks"] = BaseNode.memory.get("hooks", 0) + 1
    await self.set_output("result", value)

async def execute(self, inputs):
    fired = BaseNode.memory.get("fired", 0)
    await self.set_output("result", fired)
    BaseNode.memory["fired"] = fired + 1
"""


def random_slices(rng):
    """The slices of one chain; a read is followed by its write in the same slice."""
    slices = []
    for _ in range(rng.randint(3, 12)):
        steps = []
        for _ in range(rng.randint(0, 3)):
            steps += ["read", *rng.choices(["push", "fire", "log"], k=rng.randint(0, 3)), "write"]
        steps += rng.choices(["push", "fire", "log"], k=rng.randint(0, 2))
        slices.append([rng.choice([0, 0, 0.001, 0.002, 0.005]), steps])
    return slices


class Turns(PythonRunTest):
    def test_chains_that_sleep_lose_no_update(self):
        """Three chains that read a variable, push, and write it back."""
        self.define(bare("count", COUNT))
        nodes, wires = [], []
        for chain in (1, 2, 3):
            nodes += [node(chain * 10, "count"), node(chain * 10 + 1, "math_add")]
            wires += [*then(chain * 10, chain * 10 + 1), data((chain * 10, "result"), (chain * 10 + 1, "a"))]
        outcome = self.succeed(self.run_nodes(nodes, wires))
        counts = [message for chain in (1, 2, 3) for message in outcome.logs(chain * 10)]
        self.assertEqual(sorted(counts), sorted("at %d" % i for i in range(3 * ROUNDS)))

    def test_between_two_sleeps_a_chain_is_alone(self):
        """Random programs against the model: what a chain does from one sleep to the next happens in one piece."""
        self.define(bare("program", PROGRAM), bare("behind", BEHIND), bare("report", REPORT))
        for seed in SEEDS:
            rng = random.Random(seed)
            programs = [random_slices(rng) for _ in range(rng.randint(2, 4))]
            nodes, wires = [], []
            for chain, slices in enumerate(programs, 1):
                nodes += [node(chain * 10, "program", data={"name": "chain %d" % chain, "slices": slices})]
                nodes += [node(chain * 10 + 1, "behind"), node(chain * 10 + 2, rng.choice(["console_print", "behind"]))]
                wires += [*then(chain * 10, chain * 10 + 1), data((chain * 10, "result"), (chain * 10 + 1, "data"))]
                wires += [*then(chain * 10 + 1, chain * 10 + 2), data((chain * 10 + 1, "result"), (chain * 10 + 2, "data"))]
            nodes += [node(90, "report", data=len(programs)), node(91, "console_print")]
            wires += then(90, 91)
            with self.subTest(seed=seed, programs=json.dumps(programs)):
                outcome = self.succeed(self.run_nodes(nodes, wires))
                steps = [step for slices in programs for _, slice_steps in slices for step in slice_steps]
                expected = "%d, %d" % (steps.count("write"), steps.count("fire"))
                self.assertEqual(outcome.logs(90), [expected], outcome)
                for chain, slices in enumerate(programs, 1):
                    told = ["slice %d" % number for number, (_, s) in enumerate(slices) for step in s if step == "log"]
                    self.assertEqual(outcome.logs(chain * 10), told, outcome)

    def test_a_native_chain_waits_too(self):
        """The other chain's native nodes write the variable that a Python node is about to write back."""
        code = ("import asyncio\nfrom src.nodes.base import BaseNode\nasync def execute(self, inputs):\n"
                "    for i in range(30):\n        await asyncio.sleep(0.002)\n        x = BaseNode.memory.get('x')\n"
                "        await self.set_output('exec_out', True)\n"
                "        if BaseNode.memory.get('x') != x:\n            raise RuntimeError('somebody else was at work')\n")
        self.define(bare("careful", code))
        nodes = [node(1, "careful"), node(2, "console_print"), node(3, "While Loop", condition=True, max_iterations=3000)]
        nodes += [node(4, "Set Variable", name="x")]
        wires = [*then(1, 2), *then(3, 4, port="each_iteration"), data((3, "current_index"), (4, "value"))]
        self.succeed(self.run_nodes(nodes, wires))

    def test_what_waits_behind_a_push_lets_others_go_on(self):
        code = "async def execute(self, inputs):\n    await self.set_output('exec_out', True)\n"
        self.define(bare("pusher", code))
        nodes = [node(1, "pusher"), node(2, "delay_timer", delay=0.2), node(3, "delay_timer", delay=0), node(4, "console_print")]
        outcome = self.succeed(self.run_nodes(nodes, [*then(1, 2), *then(3, 4)]))
        self.assertLess(outcome.at(4, "node_finished"), outcome.at(2, "node_finished"), outcome)


class Blocking(PythonRunTest):
    definitions_code = """
import time
async def execute(self, inputs):
    with open("log", "a") as file:
        file.write("+")
    time.sleep(0.05)
    with open("log", "a") as file:
        file.write("-")
    await self.set_output("exec_out", True)
    return {"result": 1}
"""

    def most_at_once(self, text):
        most = now = 0
        for mark in text:
            now += 1 if mark == "+" else -1
            most = max(most, now)
        return most

    def test_jobs_bound_how_many_are_at_work(self):
        self.define(bare("block", self.definitions_code, blocking=True))
        for jobs in (1, 2):
            with open(self.path("log"), "w"):
                pass
            self.succeed(self.run_nodes([node(i, "block") for i in range(1, 13)], [], "-j", str(jobs)))
            with open(self.path("log")) as file:
                text = file.read()
            self.assertEqual(len(text), 24)
            self.assertLessEqual(self.most_at_once(text), jobs)

    def test_who_waits_for_its_push_holds_up_nobody(self):
        """Each one fires the next while it is executing: with one slot that would never end."""
        self.define(bare("block", self.definitions_code, blocking=True))
        gather = ("import asyncio\nasync def execute(self, inputs):\n"
                  "    await asyncio.gather(self.set_output('exec_out', True), self.set_output('other', True))\n")
        definition = bare("both", gather, blocking=True)
        definition["outputs"].append({"name": "other", "type": "exec"})
        self.define(definition)
        nodes = [node(i, "block") for i in range(1, 6)] + [node(7, "both"), node(8, "block"), node(9, "block")]
        wires = [*then(1, 2, 3, 4, 5, 7), *then(7, 8), *then(7, 9, port="other")]
        self.succeed(self.run_nodes(nodes, wires, "-j", "1"))


class Names(PythonRunTest):
    def test_self_name_is_the_definitions_id(self):
        tell = "    async def execute(self, inputs):\n        self.log_info(self.name)\n"
        self.define(bare("bare one", "async def execute(self, inputs):\n    self.log_info(self.name)\n", name="Bare One"))
        self.define(bare("class one", "from src.nodes.base import BaseNode\nclass C(BaseNode):\n" + tell
                         + "def register_node():\n    return C\n", name="Class One"))
        outcome = self.succeed(self.run_nodes([node(1, "bare one"), node(2, "class one")]))
        self.assertEqual(outcome.logs(1) + outcome.logs(2), ["bare one", "class one"])


if __name__ == "__main__":
    unittest.main()
