#!/usr/bin/env python3
"""Measures vnode and prints the figures beside their limits, as a Markdown table.

usage: bench.py [--build FOLDER] [--quick] [ROW...]

Needs a release build (scripts/run-sample.sh makes one) with all targets. Every limit on a time is a ratio to something
measured in the same run where the machine would decide otherwise; a busy machine still shows. ROW: start, loop, growth,
memory, load, cores. Exit status 1 where a limit does not hold.
"""
import argparse
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

MEGABYTE = 1 << 20


class Bench:
    def __init__(self, build, folder, quick):
        self.vnode = build / "bin" / "vnode"
        self.in_process = build / "bin" / "bench_in_process"
        self.folder = pathlib.Path(folder)
        self.large = 100_000 if quick else 1_000_000
        self.rows = []

    def report(self, what, figure, limit="", holds=True):
        self.rows.append(holds)
        print("| %s | %s | %s | %s |" % (what, figure, limit, "" if not limit else "yes" if holds else "**NO**"), flush=True)

    def workflow(self, shape, nodes):
        path = self.folder / ("%s-%d.json" % (shape, nodes))
        if not path.exists():
            # In a process of its own: a child's peak memory counts from what its parent holds when it starts.
            subprocess.run([sys.executable, generate.__file__, shape, str(nodes), path], check=True)
        return path

    def steps(self, path, repeat=3):
        """Seconds of each step in one process."""
        return json.loads(subprocess.run([self.in_process, path, str(repeat)], capture_output=True, check=True).stdout)

    # --- the rows ---

    def start(self):
        hello = self.folder / "four.json"
        with open(hello, "w", encoding="utf-8") as stream:
            generate.chain(4).write(stream)
        with open(self.folder / "events.ndjson", "wb") as events:
            own, floor = interleaved_medians([[self.vnode, "run", hello, "--format", "ndjson"], ["/bin/true"]], 100, events)
        self.report("whole process, 4 nodes", "%.2f ms" % (own * 1e3), "< 6 ms", own < 6e-3)
        self.report("the same against /bin/true (%.2f ms)" % (floor * 1e3), "%.1f x" % (own / floor), "< 15 x", own / floor < 15)

    def loop(self):
        path = self.workflow("for_each", self.large)
        executions = 2 * self.large
        took = statistics.median(timed([self.vnode, "run", path, "--format", "quiet"]) for _ in range(3))
        self.report("For Each, %d items, quiet" % self.large, "%.2f M node executions/s" % (executions / took / 1e6), ">= 1 M/s",
                    executions / took >= 1e6)
        command = "'%s' run '%s' --format ndjson | wc -l" % (self.vnode, path)
        begin = time.perf_counter()
        events = int(subprocess.run(command, shell=True, capture_output=True, check=True).stdout)
        took = time.perf_counter() - begin
        self.report("the same, %.1f M events into wc -l" % (events / 1e6), "%.2f M events/s" % (events / took / 1e6), ">= 1 M/s",
                    events / took >= 1e6)

    def growth(self):
        small = 10_000
        for shape in ("chain", "layers", "fan", "pull"):
            few, many = (self.steps(self.workflow(shape, n), 9 if n == small else 3) for n in (small, self.large))
            per_node = [sum(s[k] for k in ("read", "plan", "run")) / n for s, n in ((few, small), (many, self.large))]
            ratio = per_node[1] / per_node[0]
            self.report("%s: load and run, %d nodes against %d (%.2f µs a node)" % (shape, self.large, small, per_node[1] * 1e6),
                        "%.2f x" % ratio, "< 1.5 x" if shape != "pull" else "", ratio < 1.5 or shape == "pull")

    def memory(self):
        chain = peak([self.vnode, "run", self.workflow("chain", self.large), "--format", "quiet"])
        a_node = chain / self.large
        self.report("peak memory, chain of %d nodes (%d MB)" % (self.large, chain / MEGABYTE), "%.2f KB a node" % (a_node / 1024),
                    "< 4 KB", a_node < 4096)

    def load(self):
        steps = self.steps(self.workflow("chain", 100_000), 9)
        ratio = (steps["read"] + steps["check"]) / steps["parse"]
        self.report("load and validate 100,000 nodes (%.0f ms) against nlohmann parse" % ((steps["read"] + steps["check"]) * 1e3),
                    "%.2f x" % ratio, "< 2 x", ratio < 2)
        self.report("the same as `run` does it (errors only, and the plan)", "%.2f x" % ((steps["read"] + steps["plan"]) / steps["parse"]))

    def cores(self):
        paths = [self.folder / ("block-%d" % i) for i in range(16)]
        for path in paths:
            path.write_bytes(os.urandom(MEGABYTE) * 64)
        workflow = self.folder / "hashes.json"
        with open(workflow, "w", encoding="utf-8") as stream:
            generate.file_hashes(paths).write(stream)
        one, two = ([self.vnode, "run", workflow, "--format", "quiet", "-j", str(j)] for j in (1, 2))
        timed(two)  # the files get into the cache
        gain = statistics.median(timed(one) / timed(two) for _ in range(5))
        self.report("16 file_hash nodes on 64 MB each, 2 threads against 1", "%.2f x" % gain, "> 1.6 x", gain > 1.6)


def timed(command, stdout=subprocess.DEVNULL):
    begin = time.perf_counter()
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=stdout, check=True)
    return time.perf_counter() - begin


def interleaved_medians(commands, rounds, stdout):
    """The median time of each, taken in turns, so that a busy moment meets all."""
    times = [[timed(command, stdout) for command in commands] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*times)]


def peak(command):
    """The most memory that the process had, in bytes."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit("%s: exit code %d" % (command, process.returncode))
    return usage.ru_maxrss * 1024


def main():
    rows = ("start", "loop", "growth", "memory", "load", "cores")
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path(__file__).parents[2] / "build" / "release")
    parser.add_argument("--quick", action="store_true", help="100,000 nodes and items instead of 1,000,000")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(rows))
    options = parser.parse_args()
    if not set(options.rows) <= set(rows):
        parser.error("rows are: " + ", ".join(rows))
    with tempfile.TemporaryDirectory(prefix="vnode-bench-") as folder:
        bench = Bench(options.build.resolve(), folder, options.quick)
        print("| what | measured | limit | holds |\n| --- | --- | --- | --- |")
        for row in options.rows or rows:
            getattr(bench, row)()
    return 0 if all(bench.rows) else 1


if __name__ == "__main__":
    sys.exit(main())
