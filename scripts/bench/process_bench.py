#!/usr/bin/env python3
"""Measures the process runtime (lib/process) and prints the figures beside their limits, as a Markdown table.

usage: process_bench.py [--build FOLDER] [--quick] [ROW...]

Needs a release build with the targets bench_processes and vnode, and ninja. Figures that are compared are taken in turns. ROW:

    starts    2,000 x /bin/true, two at once, with their streams, against ninja for the same
    nodes     2,000 x /bin/true as independent command nodes of `vnode run -j 2`, against ninja for the same
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

ROWS = ("starts", "nodes", "cancel", "many", "output")
GRACE = 2.0


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
        rules = "".join("build n%d: true\n" % i for i in range(count))
        (self.folder / "build.ninja").write_text("rule true\n  command = /bin/true\n" + rules, encoding="utf-8")
        nodes = [{"instance_id": str(uuid.UUID(int=i + 1)), "node_id": "run_command", "position": [0, 0],
                  "parameters": {"command": ["/bin/true"]}} for i in range(count)]
        workflow = self.folder / "nodes.json"
        workflow.write_text(json.dumps({"nodes": nodes, "connections": []}), encoding="utf-8")
        vnode = self.program.with_name("vnode")
        ninja = functools.partial(self.whole, ["ninja", "-C", self.folder, "-j2", "--quiet"])
        own = functools.partial(self.whole, [vnode, "run", workflow, "-j", "2", "--format", "ndjson"])
        theirs, ours = interleaved_medians([ninja, own], 5)
        self.table.row("%d x /bin/true as nodes, -j 2: %.0f/s (ninja %.0f/s)" % (count, count / ours, count / theirs),
                       "%.2f x ninja's rate" % (theirs / ours), ">= 1 x", theirs >= ours)

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
