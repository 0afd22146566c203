#!/usr/bin/env python3
"""Measures what Python nodes cost, as ratios within one run, and prints a table.

usage: python_bench.py [BUILD_FOLDER]      (default build/release)

Figures that are compared with each other are interleaved (taken in turns, each in a fresh process, the median of its own), so
that a slow minute of the machine hits both. Only the last two rows are of one process: they are there for what a warm one takes.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
from functools import partial

sys.dont_write_bytecode = True
from measuring import RELEASE_BUILD, interleaved_medians, timed  # noqa: E402

LOOP = 10_000
BIG_LIST = """async def execute(self, inputs):
    values = list(range(7_000_000))  # 50 MB as text
    self.log_info('made')
    await self.set_output('big', values)
    await self.set_output('exec_out', True)
    return {'big': values}
"""
TAKE = """async def execute(self, inputs):
    await self.set_output('seen', id(inputs['big']))
    await self.set_output('exec_out', True)
    return {}
"""
DUMPS = """import json, time
values = list(range(7_000_000))
begin = time.perf_counter()
json.dumps(values)
print(time.perf_counter() - begin)
"""
BUSY = """
def execute(self, inputs):
    total = 0
    for i in range(16_000_000):
        total += i * i
    return {"y": total, "exec_out": True}
"""
STEP = """async def execute(self, inputs):
    x = inputs.get('x')
    await self.set_output('y', x)
    await self.set_output('exec_out', True)
    return {'y': x}
"""


def instance_id(number):
    return "%08d-0000-4000-8000-000000000000" % number


def workflow(nodes, wires):
    """nodes: (node_id, parameters); wires: (from, port, to, port, is_exec)."""
    return {
        "nodes": [{"instance_id": instance_id(i), "node_id": node_id, "parameters": parameters, "position": [0, 0]}
                  for i, (node_id, parameters) in enumerate(nodes)],
        "connections": [{"from_node": instance_id(a), "from_port": p, "to_node": instance_id(b), "to_port": q,
                         "is_exec": is_exec} for a, p, b, q, is_exec in wires],
    }


def definition(folder, node_id, code, inputs=(), outputs=()):
    (folder / (node_id + ".json")).write_text(json.dumps({
        "node_id": node_id, "name": node_id, "python_code": code,
        "inputs": [{"name": name} for name in inputs], "outputs": [{"name": name} for name in outputs]}))


def write_files(folder):
    definition(folder, "step_a", STEP, ["x"], ["y"])
    definition(folder, "step_b", STEP, ["x"], ["y"])
    definition(folder, "big_list", BIG_LIST, [], ["big"])
    for i in range(10):
        definition(folder, "take_%d" % i, TAKE, ["big"], ["seen"])
    definition(folder, "busy", BUSY, ["x"], ["y"])
    files = {
        "map": workflow([("Parallel For Each", {"collection": list(range(8)), "max_concurrency": 8}), ("busy", {})],
                        [(0, "each_item", 1, "exec_in", True)]),
        "native": workflow([("console_print", {}), ("console_print", {})], [(0, "exec_out", 1, "exec_in", True)]),
        "python": workflow([("step_a", {}), ("console_print", {})], [(0, "exec_out", 1, "exec_in", True)]),
        "loop": workflow([("For Each", {"collection": list(range(LOOP))}), ("step_a", {}), ("step_b", {})],
                         [(0, "each_item", 1, "exec_in", True), (0, "current_item", 1, "x", False),
                          (1, "exec_out", 2, "exec_in", True), (1, "y", 2, "x", False)]),
        "big": workflow([("big_list", {})] + [("take_%d" % i, {}) for i in range(10)],
                        [(i, "exec_out", i + 1, "exec_in", True) for i in range(10)]
                        + [(0, "big", i + 1, "big", False) for i in range(10)]),
    }
    for name, document in files.items():
        (folder / (name + ".workflow")).write_text(json.dumps(document))


class Bench:
    def __init__(self, build, folder):
        self.vnode = [str(build / "bin" / "vnode"), "run"]
        self.in_process = str(build / "bin" / "bench_python")
        self.folder = folder
        self.python = the_python()

    def command(self, name, *options):
        return self.vnode + [str(self.folder / (name + ".workflow")), "--nodes", str(self.folder), *options]

    def seconds(self, name):
        with open(self.folder / "events", "wb") as events:
            return timed(self.command(name), events)

    def events(self, name):
        return [json.loads(line) for line in subprocess.run(
            self.command(name), stdout=subprocess.PIPE, check=True).stdout.splitlines()]

    def more_with_python(self):
        with_python, without = interleaved_medians([partial(self.seconds, "python"), partial(self.seconds, "native")], 20)
        return with_python - without

    def round_trip(self):
        return float(subprocess.run([self.in_process, "round_trip", self.python, str(2 * LOOP)], stdout=subprocess.PIPE,
                                    check=True).stdout)

    def node_in_loop(self):
        """Of the run itself, with the start of its Python process."""
        events = self.events("loop")
        started = next(e for e in events if e["type"] == "node_started")["time"]
        return (parse_time(events[-1]["time"]) - parse_time(started)) / (2 * LOOP)

    def big_list(self):
        """Time behind the list's making."""
        events = self.events("big")
        made = next(e for e in events if e["type"] == "node_log" and e["message"] == "made")
        seen = {e["output"]["seen"] for e in events if e["type"] == "node_output" and "seen" in e["output"]}
        assert len(seen) == 1, "the ten nodes have not seen the same list"
        return parse_time(events[-1]["time"]) - parse_time(made["time"])

    def dumps(self):
        """What one json.dumps of the same list takes."""
        return float(subprocess.run([self.python, "-c", DUMPS], stdout=subprocess.PIPE, check=True).stdout)

    def mapped(self, slots):
        return timed(self.command("map", "-j", str(slots), "--format", "quiet"))

    def warm_runs(self, pause):
        text = subprocess.run([self.in_process, "runs", str(self.folder / "python.workflow"), str(self.folder), "100", pause],
                              stdout=subprocess.PIPE, check=True).stdout
        return [float(word) * 1e3 for word in text.split()]


def the_python():
    """For all that is measured here: what stands on PATH may be a script that looks for an interpreter first."""
    return os.environ.setdefault("VNODE_PYTHON", shutil.which("python3", path="/usr/bin:/bin") or sys.executable)


def parse_time(text):
    date, clock = text.rstrip("Z").split("T")
    hours, minutes, seconds = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def main():
    build = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else RELEASE_BUILD
    with tempfile.TemporaryDirectory(prefix="vnode-bench-") as name:
        folder = pathlib.Path(name)
        write_files(folder)
        bench = Bench(build, folder)
        bench.seconds("python")  # installs the host program and finds the interpreter
        rows = [("one Python node, whole process, more than without", "%.1f ms" % (bench.more_with_python() * 1e3),
                 "< 40 ms")]
        node, trip = interleaved_medians([bench.node_in_loop, bench.round_trip], 5)
        rows.append(("Python node in For Each over %d, NDJSON" % LOOP,
                     "%.1f us = %.2f x a round trip (%.1f us)" % (node * 1e6, node / trip, trip * 1e6), "< 2 x"))
        passing, once = interleaved_medians([bench.big_list, bench.dumps], 3)
        rows.append(("50 MB list to ten nodes, from its making to the run's end",
                     "%.2f s = %.1f x json.dumps of it (%.2f s)" % (passing, passing / once, once), "serialised once"))
        alone, together = interleaved_medians([partial(bench.mapped, 1), partial(bench.mapped, 2)], 3)
        rows.append(("8 Python bodies of a map that only compute, -j 2 against -j 1", "%.2f x" % (alone / together), ">= 1.8 x"))
        # In the pause the next host is started.
        rows.append(("100 runs in one process, 0.1 s apart, warm: median, worst", "%.2f ms, %.2f ms" % tuple(bench.warm_runs("0.1")),
                     "< 5 ms"))
        rows.append(("the same without a pause, when each waits for its host", "%.2f ms, %.2f ms" % tuple(bench.warm_runs("0")), ""))
    for row in rows:
        print("| %s | %s | %s |" % row)


if __name__ == "__main__":
    main()
