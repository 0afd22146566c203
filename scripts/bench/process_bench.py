#!/usr/bin/env python3
"""Measures the process runtime (lib/process) and prints the figures beside their limits, as a Markdown table.

usage: process_bench.py [--build FOLDER] [--quick] [ROW...]

Needs a release build with the targets bench_processes and vnode, and ninja. Figures that are compared are taken in turns. ROW:

    starts    2,000 x /bin/true, two at once, with their streams, against ninja for the same
    nodes     2,000 x /bin/true as independent command nodes of `vnode run -j 2`, against ninja for the same
    chain     the same one after the other
    mapped    the same as bodies of a parallel map
    single    a run with one command node, against one without
    limits    limits and retries that are set and not needed
    cancel    500 running processes, of which half ignore SIGTERM, until all are confirmed gone
    many      100,000 starts in one run: what is left of them
    output    1 GB written by a process, cut into lines and not kept, against cat into wc -l

Exit status 1 where a limit does not hold.
"""
import argparse
import functools
import json
import pathlib
import subprocess
import sys
import tempfile
import time
import uuid

sys.dont_write_bytecode = True
from measuring import RELEASE_BUILD, Table, check_rows, interleaved_medians  # noqa: E402

ROWS = ("starts", "nodes", "chain", "mapped", "single", "limits", "cancel", "many", "output")
GRACE = 2.0


def node(number, node_id, **parameters):
    return {"instance_id": str(uuid.UUID(int=number)), "node_id": node_id, "position": [0, 0], "parameters": parameters}


def wire(source, output, target, input_port):
    """An exec wire."""
    return {"from_node": str(uuid.UUID(int=source)), "from_port": output, "to_node": str(uuid.UUID(int=target)),
            "to_port": input_port, "is_exec": True}


class ProcessBench:
    def __init__(self, build, folder, quick):
        self.program = build / "bin" / "bench_processes"
        self.folder = pathlib.Path(folder)
        self.quick = quick
        self.table = Table()

    def load(self, *words):
        output = subprocess.run([self.program, *map(str, words)], stdout=subprocess.PIPE, check=True).stdout
        return json.loads(output)

    def starts(self):
        count = 500 if self.quick else 2000
        rules = "".join("build o%d: true\n" % i for i in range(count))
        (self.folder / "build.ninja").write_text("rule true\n  command = /bin/true\n" + rules, encoding="utf-8")
        ninja = functools.partial(self.whole, ["ninja", "-C", self.folder, "-j2", "--quiet"])
        own = functools.partial(self.whole, [self.program, "starts", str(count), "2", "/bin/true"])
        theirs, ours = interleaved_medians([ninja, own], 5)
        self.table.row("%d x /bin/true, 2 at once: %.0f/s (ninja %.0f/s)" % (count, count / ours, count / theirs),
                       "%.2f x ninja's rate" % (theirs / ours), ">= 1.3 x", theirs / ours >= 1.3)

    def nodes(self):
        count = 500 if self.quick else 2000
        commands = [node(i + 1, "run_command", command=["/bin/true"]) for i in range(count)]
        self.compare(count, "independent nodes", commands, [], chained=False)

    def chain(self):
        count = 500 if self.quick else 2000
        commands = [node(i + 1, "run_command", command=["/bin/true"]) for i in range(count)]
        wires = [wire(i, "exec_out", i + 1, "exec_in") for i in range(1, count)]
        self.compare(count, "a chain of nodes", commands, wires, chained=True, limit=1.2)

    def mapped(self):
        count = 500 if self.quick else 2000
        nodes = [node(1, "Parallel For Each", collection=list(range(count))),
                 node(2, "run_command", command=["/bin/true"])]
        self.compare(count, "bodies of a map", nodes, [wire(1, "each_item", 2, "exec_in")], chained=False)

    def limits(self):
        """Limits that are set and not needed, in a run of native nodes, where they would show."""
        count = 20_000
        wires = [wire(i, "exec_out", i + 1, "exec_in") for i in range(1, count)]
        limits = {"timeout": "1h", "idle_timeout": "1h", "retries": 2}
        plain = self.run_of("plain", [node(i + 1, "math_add") for i in range(count)], wires, "quiet")
        limited = self.run_of("limited", [node(i + 1, "math_add", __vnode__=limits) for i in range(count)], wires, "quiet")
        without, with_limits = interleaved_medians([plain, limited], 9)
        cost = (with_limits - without) / count * 1e6
        self.table.row("limits and retries that are set and not needed, a native node in a chain of %d" % count,
                       "%.2f us more (%.2f x)" % (cost, with_limits / without), "< 5 us", cost < 5)

    def single(self):
        with_one = self.run_of("one", [node(1, "run_command", command=["/bin/true"])], [], "ndjson")
        without = self.run_of("none", [node(1, "math_add")], [], "ndjson")
        true = functools.partial(self.whole, ["/bin/true"])
        one, none, alone = interleaved_medians([with_one, without, true], 40)
        self.table.row("a run with one command node, whole process, more than without (/bin/true: %.2f ms)" % (alone * 1e3),
                       "%.2f ms = %.1f x /bin/true" % ((one - none) * 1e3, (one - none) / alone), "< 3 x", one - none < 3 * alone)

    def run_of(self, name, nodes, wires, output):
        workflow = self.folder / (name + ".json")
        workflow.write_text(json.dumps({"nodes": nodes, "connections": wires}), encoding="utf-8")
        vnode = self.program.with_name("vnode")
        return functools.partial(self.whole, [vnode, "run", workflow, "-j", "2", "--format", output])

    def compare(self, count, what, nodes, wires, chained, limit=1.3):
        after = "build n%d: true" + (" | n%d" if chained else "") + "\n"
        rules = "build n0: true\n" + "".join(after % ((i, i - 1) if chained else i) for i in range(1, count))
        (self.folder / "build.ninja").write_text("rule true\n  command = /bin/true\n" + rules, encoding="utf-8")
        ninja = functools.partial(self.whole, ["ninja", "-C", self.folder, "-j2", "--quiet"])
        theirs, ours = interleaved_medians([ninja, self.run_of("nodes", nodes, wires, "ndjson")], 5)
        self.table.row("%d x /bin/true as %s, -j 2: %.0f/s (ninja %.0f/s)" % (count, what, count / ours, count / theirs),
                       "%.2f x ninja's rate" % (theirs / ours), ">= %.1f x" % limit, theirs / ours >= limit)

    @staticmethod
    def whole(command):
        begin = time.perf_counter()
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
        return time.perf_counter() - begin

    def cancel(self):
        count = 100 if self.quick else 500
        result = self.load("cancel", count, int(GRACE * 1000))
        holds = result["gone"] and result["seconds"] < GRACE + 1
        self.table.row("cancel of %d processes, grace %.0f s, all confirmed gone" % (count, GRACE), "%.2f s" % result["seconds"],
                       "< grace + 1 s", holds)

    def many(self):
        count = 10_000 if self.quick else 100_000
        few = self.load("starts", 2000, 2, "/bin/true")
        result = self.load("starts", count, 2, "/bin/true")
        growth = result["resident_kb"] - few["resident_kb"]
        self.table.row("%d starts in one run (%.0f/s): descriptors left" % (count, count / result["seconds"]),
                       "%d" % result["descriptors"], "0", result["descriptors"] == 0)
        self.table.row("the same: memory, against 2,000 starts", "%d KB more" % growth, "< 2 MB", growth < 2048)

    def output(self):
        size = 64 if self.quick else 256
        text = self.folder / "text"
        with open(text, "wb") as file:
            line = b"a line of output as programs write it, not too long and not too short, number 12345\n"
            file.write(line * (size * (1 << 20) // len(line)))
        files = [str(text)] * 4
        cat = functools.partial(self.whole, ["sh", "-c", 'cat "$@" | wc -l', "sh", *files])
        own = functools.partial(self.whole, [self.program, "output", "cat", *files])
        theirs, ours = interleaved_medians([cat, own], 5)
        self.table.row("%d MB of output (%.2f s; cat into wc -l %.2f s)" % (4 * size, ours, theirs), "%.2f x" % (ours / theirs),
                       "< 3 x", ours / theirs < 3)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=RELEASE_BUILD)
    parser.add_argument("--quick", action="store_true", help="smaller, for a first look")
    parser.add_argument("rows", metavar="ROW", nargs="*")
    options = parser.parse_args()
    rows = check_rows(parser, options.rows, ROWS)
    with tempfile.TemporaryDirectory() as folder:
        bench = ProcessBench(options.build, folder, options.quick)
        for row in rows:
            getattr(bench, row)()
    return 0 if bench.table.all_hold else 1


if __name__ == "__main__":
    sys.exit(main())
