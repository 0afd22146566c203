#!/usr/bin/env python3
"""Measures what a journal costs, and how fast a run goes on from one, beside the limits, as a Markdown table.

usage: journal_bench.py [--build FOLDER] [--folder FOLDER] [--quick] [ROW...]

--folder: on the disk that is meant; a folder of its own is made in it. Figures that are compared are interleaved. ROW:

    control   100,000 executions of native control and math nodes, with a journal and without
    append    a recorded execution in one chain, against an append of the same bytes with fdatasync
    chains    recorded executions a second of eight chains, against one
    resume    how many recorded executions a second are taken from a journal
    memory    the most that it takes to go on from a journal of 1 GB

Exit status 1 where a limit does not hold.
"""
import argparse
import functools
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
import generate  # noqa: E402
from measuring import RELEASE_BUILD, Table, check_rows, interleaved_medians, timed  # noqa: E402

ROWS = ("control", "append", "chains", "resume", "memory")
MEGABYTE = 1 << 20
KEEP_SIZE = 60_000  # of a value that stands in its record


def uuid(number):
    return "00000000-0000-0000-0000-%012d" % number


def node(number, node_id, **parameters):
    return {"instance_id": uuid(number), "node_id": node_id, "position": [0, 0], "parameters": parameters}


def fire(source, target, port):
    return {"from_node": uuid(source), "from_port": port, "to_node": uuid(target), "to_port": "exec_in", "is_exec": True}


class Bench:
    def __init__(self, build, folder, quick):
        self.vnode = build / "bin" / "vnode"
        self.folder = pathlib.Path(folder)
        self.quick = quick
        self.table = Table()
        self.report = self.table.row

    def loops(self, loops, items, node_id="file_info", **parameters):
        """So many chains, each with a loop over a recorded node."""
        nodes, wires = [], []
        for loop in range(loops):
            nodes += [node(2 * loop + 1, "For Each", collection=list(range(items))), node(2 * loop + 2, node_id, **parameters)]
            wires.append(fire(2 * loop + 1, 2 * loop + 2, "each_item"))
        path = self.folder / "loops.json"
        path.write_text(json.dumps({"nodes": nodes, "connections": wires}))
        return path

    def run(self, path, *options):
        return timed([self.vnode, "run", path, "--format", "quiet", *options])

    def with_journal(self, path, folder=None):
        journal = pathlib.Path(folder or self.folder) / "run.journal"
        journal.unlink(missing_ok=True)
        return self.run(path, "--journal", journal)

    def control(self):
        path = self.folder / "for_each.json"
        subprocess.run([sys.executable, generate.__file__, "for_each", "50000", path], check=True)
        measures = [functools.partial(self.run, path), functools.partial(self.with_journal, path)]
        without, recorded = interleaved_medians(measures, 5 if self.quick else 15)
        more = recorded / without - 1
        self.report("--journal, 100,000 executions of control and math nodes (%.0f ms)" % (without * 1e3), "%+.1f %%" % (more * 100), "< 3 %",
                    more < 0.03)

    def append(self):
        items = 300 if self.quick else 2000
        path = self.loops(1, items, path=str(self.folder))
        self.with_journal(path)
        size = (self.folder / "run.journal").stat().st_size // items
        measures = [functools.partial(self.run, path), functools.partial(self.with_journal, path),
                    functools.partial(self.append_bytes, size, items)]
        without, recorded, appended = interleaved_medians(measures, 5)
        ratio = (recorded - without) / appended
        self.report("a recorded execution in one chain (%.0f µs), against %d bytes with fdatasync (%.0f µs)"
                    % ((recorded - without) / items * 1e6, size, appended / items * 1e6), "%.2f x" % ratio, "< 1.5 x", ratio < 1.5)

    def append_bytes(self, size, times):
        begin = time.perf_counter()
        fd = os.open(self.folder / "appended", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        for _ in range(times):
            os.write(fd, b"x" * size)
            os.fdatasync(fd)
        os.close(fd)
        return time.perf_counter() - begin

    def chains(self):
        items = 300 if self.quick else 1500
        # A chain that has waited once gives way while the disk works; a timer in front of the loop makes it so.
        rates = []
        for loops in (1, 8):
            nodes, wires = [], []
            for loop in range(loops):
                first = 10 * loop
                nodes += [node(first + 1, "delay_timer", delay=0.001), node(first + 2, "For Each", collection=list(range(items))),
                          node(first + 3, "file_info", path=str(self.folder))]
                wires += [fire(first + 1, first + 2, "exec_out"), fire(first + 2, first + 3, "each_item")]
            path = self.folder / ("chains-%d.json" % loops)
            path.write_text(json.dumps({"nodes": nodes, "connections": wires}))
            rates.append(functools.partial(self.rate, path, loops * items))
        one, eight = interleaved_medians(rates, 3 if self.quick else 5)
        self.report("recorded executions of 8 chains (%.0f/s) against one (%.0f/s)" % (eight, one), "%.1f x" % (eight / one), ">= 4 x",
                    eight / one >= 4)

    def rate(self, path, executions):
        return executions / self.with_journal(path)

    def resume(self):
        items = 20_000 if self.quick else 100_000
        memory = "/dev/shm" if os.path.isdir("/dev/shm") else self.folder
        with tempfile.TemporaryDirectory(dir=memory) as folder:
            small, large = self.journal_of(folder, 10), self.journal_of(folder, items)
            few, many = interleaved_medians([functools.partial(self.resumption, *journal) for journal in (small, large)], 3)
        rate = (items - 10) / (many - few)
        self.report("executions taken from a journal of %d" % items, "%.0f/s" % rate, ">= 200,000/s", rate >= 200_000)

    def journal_of(self, folder, items):
        path = self.loops(1, items, path="/").rename(self.folder / ("resume-%d.json" % items))
        self.with_journal(path, folder)
        return path, (pathlib.Path(folder) / "run.journal").rename(pathlib.Path(folder) / ("journal-%d" % items))

    def resumption(self, path, journal):
        """Of a copy: going on writes it."""
        copy = journal.with_suffix(".copy")
        copy.write_bytes(journal.read_bytes())
        return self.run(path, "--resume", copy)

    def memory(self):
        size = 100 * MEGABYTE if self.quick else 1024 * MEGABYTE
        text = self.folder / "text"
        text.write_text("x" * KEEP_SIZE)
        path = self.loops(1, size // KEEP_SIZE, "File Loader", file_path=str(text))
        self.with_journal(path)
        journal = self.folder / "run.journal"
        script = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        command = [sys.executable, "-c", script, self.vnode, "run", path, "--format", "quiet", "--resume", journal]
        peak = int(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout) * 1024
        self.report("most memory, going on from a journal of %d MB" % (journal.stat().st_size // MEGABYTE), "%d MB" % (peak // MEGABYTE), "< 200 MB",
                    peak < 200 * MEGABYTE)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=RELEASE_BUILD)
    parser.add_argument("--folder", default=None)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("rows", nargs="*", metavar="ROW")
    options = parser.parse_args()
    rows = check_rows(parser, options.rows, ROWS)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        bench = Bench(options.build, folder, options.quick)
        for row in rows:
            getattr(bench, row)()
    return 0 if bench.table.all_hold else 1


if __name__ == "__main__":
    sys.exit(main())
