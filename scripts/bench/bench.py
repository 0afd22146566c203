#!/usr/bin/env python3
"""Measures vnode and prints the figures beside their limits, as a Markdown table.

usage: bench.py [--build FOLDER] [--quick] [ROW...]
       bench.py [--build FOLDER] --instructions [--output FILE]

Needs a release build (scripts/run-sample.sh makes one) with all targets. Every figure is of fresh processes: none is
measured twice in one. Figures that are compared with each other are interleaved (taken in turns, each the median of its
own), so that a busy moment meets all; the others, of loop and memory, are not, and a busy machine shows in them. ROW:

    start     a small workflow, whole process, and /bin/true
    loop      node executions and events a second
    map       a parallel map against a For Each
    growth    load and run, time a node in large workflows and in small ones
    memory    the most that a large workflow takes
    load      load and validate, and parsing the same text with nlohmann::json
    cores     one layer with one thread and with two
    peers     what Debian has beside vnode, on work that can be compared; no limits

Exit status 1 where a limit does not hold. --instructions counts the instructions of small works instead (needs valgrind),
which hardly depend on how busy the machine is; compare_instructions.py compares two such files.
"""
import argparse
import functools
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
import generate  # noqa: E402
import instructions  # noqa: E402
import peers  # noqa: E402
from measuring import RELEASE_BUILD, Table, check_rows, interleaved_medians, timed  # noqa: E402

MEGABYTE = 1 << 20
SMALL = 10_000
ROWS = ("start", "loop", "map", "growth", "memory", "load", "cores", "peers")


class Bench:
    def __init__(self, build, folder, quick):
        self.vnode = build / "bin" / "vnode"
        self.in_process = build / "bin" / "bench_in_process"
        self.folder = pathlib.Path(folder)
        self.large = 100_000 if quick else 1_000_000
        self.table = Table()
        self.report = self.table.row

    def workflow(self, shape, nodes):
        path = self.folder / ("%s-%d.json" % (shape, nodes))
        if not path.exists():
            # In a process of its own: a child's peak memory counts from what its parent holds when it starts.
            subprocess.run([sys.executable, generate.__file__, shape, str(nodes), path], check=True)
        return path

    def seconds(self, what, path, *steps):
        """Of these steps together, in a fresh process."""
        figures = json.loads(subprocess.run([self.in_process, what, path], stdout=subprocess.PIPE, check=True).stdout)
        return sum(figures[step] for step in steps)

    # --- the rows ---

    def start(self):
        hello = self.workflow("chain", 4)
        with open(self.folder / "events.ndjson", "wb") as events:
            commands = [[self.vnode, "run", hello, "--format", "ndjson"], ["/bin/true"]]
            own, floor = interleaved_medians([functools.partial(timed, command, events) for command in commands], 100)
        self.report("whole process, 4 nodes", "%.2f ms" % (own * 1e3), "< 6 ms", own < 6e-3)
        self.report("the same against /bin/true (%.2f ms)" % (floor * 1e3), "%.1f x" % (own / floor), "< 15 x", own / floor < 15)

    def loop(self):
        path = self.workflow("for_each", self.large)
        executions = 2 * self.large
        took = statistics.median(timed([self.vnode, "run", path, "--format", "quiet"]) for _ in range(3))
        self.report("For Each, %d items, quiet" % self.large, "%.2f M node executions/s" % (executions / took / 1e6),
                    ">= 1 M/s", executions / took >= 1e6)
        command = "'%s' run '%s' --format ndjson | wc -l" % (self.vnode, path)
        begin = time.perf_counter()
        events = int(subprocess.run(command, shell=True, capture_output=True, check=True).stdout)
        took = time.perf_counter() - begin
        self.report("the same, %.1f M events into wc -l" % (events / 1e6), "%.2f M events/s" % (events / took / 1e6),
                    ">= 1 M/s", events / took >= 1e6)

    def map(self):
        """In turns: the map's bodies are levels of their own."""
        items = self.large // 10
        loop, parallel = (self.workflow(shape, items) for shape in ("for_each", "parallel"))
        commands = [[self.vnode, "run", path, "--format", "quiet"] for path in (loop, parallel)]
        own, mapped = interleaved_medians([functools.partial(timed, command) for command in commands], 5)
        self.report("Parallel For Each, %d items, 8 at once, quiet, against For Each" % items, "%.2f x its rate" % (own / mapped),
                    ">= 0.5 x", own / mapped >= 0.5)

    def growth(self):
        for shape in ("chain", "layers", "fan", "pull"):
            sizes = (self.small_workflow, self.large_workflow)
            few, many = interleaved_medians([functools.partial(size, shape) for size in sizes], 3)
            ratio = many / few
            self.report("%s: load and run, %d nodes against %d (%.2f µs a node)" % (shape, self.large, SMALL, many * 1e6),
                        "%.2f x" % ratio, "< 1.5 x" if shape != "pull" else "", ratio < 1.5 or shape == "pull")

    def small_workflow(self, shape):
        """Seconds a node. A large workflow takes long enough to meet the quiet and the busy moments; one small one meets one."""
        path = self.workflow(shape, SMALL)
        return statistics.mean(self.seconds("run", path, "read", "plan", "run") for _ in range(20)) / SMALL

    def large_workflow(self, shape):
        return self.seconds("run", self.workflow(shape, self.large), "read", "plan", "run") / self.large

    def memory(self):
        chain = peak([self.vnode, "run", self.workflow("chain", self.large), "--format", "quiet"])
        a_node = chain / self.large
        self.report("peak memory, chain of %d nodes (%d MB)" % (self.large, chain / MEGABYTE), "%.2f KB a node" % (a_node / 1024),
                    "< 4 KB", a_node < 4096)

    def load(self):
        path = self.workflow("chain", 100_000)
        parse, check, plan = interleaved_medians([
            functools.partial(self.seconds, "parse", path, "parse"),
            functools.partial(self.seconds, "check", path, "read", "check"),
            functools.partial(self.seconds, "run", path, "read", "plan")], 9)
        self.report("load and validate 100,000 nodes (%.0f ms) against nlohmann parse (%.0f ms)" % (check * 1e3, parse * 1e3),
                    "%.2f x" % (check / parse), "< 2 x", check / parse < 2)
        self.report("the same as `run` does it (errors only, and the plan)", "%.2f x" % (plan / parse))

    def cores(self):
        paths = [self.folder / ("block-%d" % i) for i in range(16)]
        for path in paths:
            path.write_bytes(os.urandom(MEGABYTE) * 64)
        workflow = self.folder / "hashes.json"
        with open(workflow, "w", encoding="utf-8") as stream:
            generate.file_hashes(paths).write(stream)
        one, two = ([self.vnode, "run", workflow, "--format", "quiet", "-j", str(j)] for j in (1, 2))
        timed(two)  # the files get into the cache
        slow, fast = interleaved_medians([functools.partial(timed, one), functools.partial(timed, two)], 5)
        gain = slow / fast
        self.report("16 file_hash nodes on 64 MB each, 2 threads against 1", "%.2f x" % gain, "> 1.6 x", gain > 1.6)

    def peers(self):
        for nodes in (4, 1000):
            peers.measure_start(self.vnode, self.workflow("chain", nodes), nodes, self.folder, self.table)


def peak(command):
    """The most memory that the process had, in bytes."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit("%s: exit code %d" % (command, process.returncode))
    return usage.ru_maxrss * 1024


def read_options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=pathlib.Path, default=RELEASE_BUILD)
    parser.add_argument("--quick", action="store_true", help="100,000 nodes and items instead of 1,000,000")
    parser.add_argument("--instructions", action="store_true", help="count instructions of small works, as JSON")
    parser.add_argument("--output", metavar="FILE", type=pathlib.Path, help="of --instructions, instead of standard output")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(ROWS))
    options = parser.parse_args()
    if options.instructions and (options.rows or options.quick):
        parser.error("--instructions has no rows and no --quick")
    if options.output and not options.instructions:
        parser.error("--output goes with --instructions")
    options.build = options.build.resolve()
    options.rows = check_rows(parser, options.rows, ROWS)
    return options


def main():
    options = read_options()
    if options.instructions:
        return instructions.write_figures(options.build, options.output)
    with tempfile.TemporaryDirectory(prefix="vnode-bench-") as folder:
        bench = Bench(options.build, folder, options.quick)
        for row in options.rows:
            getattr(bench, row)()
    return 0 if bench.table.all_hold else 1


if __name__ == "__main__":
    sys.exit(main())
