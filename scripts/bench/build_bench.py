#!/usr/bin/env python3
"""Measures what building vnode costs, and prints a Markdown table.

usage: build_bench.py [ROW...]

In a folder of its own, without ccache and mold. ROW:
    full      the CPU seconds of building the target vnode from nothing, over those of compiling one file that includes
              CLI11, nlohmann/json, asio and regex. Copies of that file are compiled on all cores at once, before and after:
              a core that shares its units with another one takes longer for the same work.
    rebuild   the same for a change of one command's file and of engine/run.h, with and without VNODE_UNITY. Builds twice.
"""
import argparse
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from measuring import Table, check_rows  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
REFERENCE = "#include <CLI/CLI.hpp>\n#include <asio.hpp>\n#include <nlohmann/json.hpp>\n#include <regex>\nint main() {}\n"
CHANGED = ("apps/vnode/commands/show_command.cpp", "lib/engine/run.h")
LIMIT = 23


def cpu_seconds(action):
    """Of all processes that the action starts and waits for."""
    def used():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    begin = used()
    action()
    return used() - begin


def compile_reference(folder):
    """CPU seconds of one of as many copies as there are cores."""
    source = folder / "reference.cpp"
    source.write_text(REFERENCE)
    copies = os.cpu_count() or 1
    compiler = ["c++", "-std=c++20", "-O2", "-c", source, "-o"]

    def compile_all():
        started = [subprocess.Popen([*compiler, folder / ("reference-%d.o" % i)]) for i in range(copies)]
        if any([process.wait() for process in started]):
            sys.exit("build_bench: the reference does not compile")

    return cpu_seconds(compile_all) / copies


def configure(build, unity):
    subprocess.run(["cmake", "--preset", "release", "-B", build, "-DVNODE_FAST_TOOLS=OFF", "-DVNODE_UNITY=%s" % unity], cwd=ROOT,
                   check=True, stdout=subprocess.DEVNULL)


def build_vnode(build):
    return cpu_seconds(lambda: subprocess.run(["cmake", "--build", build, "--target", "vnode"], check=True, stdout=subprocess.DEVNULL))


def rebuild(build, file):
    """CPU seconds after a change of that file, which the build sees by its time only."""
    os.utime(ROOT / file)
    return build_vnode(build)


def measure_full(folder, table):
    references = [compile_reference(folder)]
    build = folder / "full"
    configure(build, "ON")
    took = build_vnode(build)
    references.append(compile_reference(folder))
    reference = statistics.mean(references)
    table.row("building vnode from nothing, CPU, against one file with CLI11, nlohmann/json, asio and regex (%.1f s)" % reference,
              "%.0f s = %.1f x" % (took, took / reference), "< %d x" % LIMIT, took / reference < LIMIT)


def measure_rebuild(folder, table):
    for unity in ("ON", "OFF"):
        build = folder / ("rebuild-" + unity)
        configure(build, unity)
        build_vnode(build)
        for file in CHANGED:
            table.row("rebuilding vnode after a change of %s, VNODE_UNITY=%s" % (file, unity), "%.1f s CPU" % rebuild(build, file))


def main():
    rows = {"full": measure_full, "rebuild": measure_rebuild}
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(rows))
    chosen = check_rows(parser, parser.parse_args().rows, tuple(rows))
    with tempfile.TemporaryDirectory(prefix="vnode-build-") as folder:
        table = Table()
        for row in chosen:
            rows[row](pathlib.Path(folder), table)
    return 0 if table.all_hold else 1


if __name__ == "__main__":
    sys.exit(main())
