"""Counts the instructions of small works: figures that a busy machine hardly changes.

Each work is a whole process of the program under callgrind, with fixed inputs and a fixed environment. Works whose counts
would depend on time are not among them: Python nodes (processes that wait for each other), the daemon, delays, layers on
several threads, --format pretty. Nor is what loads libcrypto, which has code of its own for every processor.
"""
import json
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile

import generate

# A work is counted until the two lowest counts are as near as that, and the lowest one is taken. Most are the same to 0.01 %.
# But the thread that writes events wakes by the clock too, and how often the buffer grows anew depends on when that was: with
# many events a count may be 0.5 % higher while the machine is busy.
SPREAD = 0.001
FEWEST, MOST = 3, 10
# `rep movsb` would count as an instruction for each byte that it copies.
WITHOUT_REP_MOVSB = "glibc.cpu.hwcaps=-ERMS"
INPUTS = (("chain", 4),) + tuple((shape, 1000) for shape in ("chain", "fan", "pull", "layers", "for_each", "while_loop"))


def run(workflow, output):
    return ["run", workflow + ".json", "--format", output, "--seed", "1", "-j", "1"]


WORKS = {
    "vnode --version": ["--version"],
    "vnode run --help": ["run", "--help"],
    "vnode schema events": ["schema", "events"],
    "vnode nodes list": ["nodes", "list"],
    "validate a chain of 1,000 nodes": ["validate", "chain-1000.json"],
    "run 4 nodes, events": run("chain-4", "ndjson"),
    "run a chain of 1,000 nodes": run("chain-1000", "quiet"),
    "run chains of 10 nodes, 1,000 in all": run("fan-1000", "quiet"),
    "run a node that pulls 1,000": run("pull-1000", "quiet"),
    "run layers of 100 nodes, 1,000 in all, events": run("layers-1000", "ndjson"),
    "run For Each, 1,000 items": run("for_each-1000", "quiet"),
    "run For Each, 1,000 items, events": run("for_each-1000", "ndjson"),
    "run While Loop, 1,000 rounds, events": run("while_loop-1000", "ndjson"),
}


def write_figures(build, output):
    """The exit status. `output`: a file, or None for standard output."""
    if not shutil.which("valgrind"):
        sys.exit("instructions: valgrind is missing: apt-get install valgrind")
    vnode = build / "bin" / "vnode"
    if not vnode.exists():
        sys.exit("instructions: no program at %s" % vnode)
    # Of the same length everywhere: paths are copied too.
    with tempfile.TemporaryDirectory(prefix="vnode-bench-", dir="/tmp") as folder:
        write_inputs(pathlib.Path(folder))
        works = {work: steady_count(work, vnode, words, folder) for work, words in WORKS.items()}
    text = json.dumps({**describe(build, vnode), "works": works}, indent=2) + "\n"
    if output:
        output.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


def write_inputs(folder):
    for shape, size in INPUTS:
        with open(folder / ("%s-%d.json" % (shape, size)), "w", encoding="utf-8") as stream:
            generate.SHAPES[shape](size).write(stream)


def steady_count(work, vnode, words, folder):
    counts = []
    while len(counts) < MOST:
        counts = sorted(counts + [count(vnode, words, folder)])
        if len(counts) >= FEWEST and counts[1] <= counts[0] * (1 + SPREAD):
            return counts[0]
    sys.exit("instructions: the counts of this work do not repeat: %s: %s" % (work, counts))


def count(vnode, words, folder):
    """Instructions of all threads, from the first one of the dynamic linker to the exit."""
    log = pathlib.Path(folder) / "callgrind.log"
    environment = {"PATH": "/usr/bin:/bin", "HOME": folder, "LANG": "C.UTF-8", "TZ": "UTC", "GLIBC_TUNABLES": WITHOUT_REP_MOVSB}
    # Fair: a thread that has something to do gets its turn, as it would on a second core.
    callgrind = [shutil.which("valgrind"), "--tool=callgrind", "--fair-sched=yes", "--callgrind-out-file=/dev/null",
                 "--log-file=%s" % log]
    subprocess.run([*callgrind, vnode, *words], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, check=True)
    found = re.search(r"Collected : (\d+)", log.read_text())
    if not found:
        sys.exit("instructions: no count in what callgrind says:\n" + log.read_text())
    return int(found[1])


# --- what the counts depend on ---


def describe(build, vnode):
    return {
        "vnode": first_line([vnode, "--version"]).split()[-1],
        "build": found_in(build / "CMakeCache.txt", r"^CMAKE_BUILD_TYPE:\w+=(.+)$"),
        "compiler": compiler(build),
        "system": system(),
        "libc": " ".join(platform.libc_ver()),
        "cpu": cpu(),  # libc has its text routines in several forms, and takes that for the processor
        "valgrind": first_line(["valgrind", "--version"]),
    }


def first_line(command):
    return subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=True).stdout.splitlines()[0]


def found_in(path, pattern, default="unknown"):
    try:
        found = re.search(pattern, path.read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        return default
    return found[1] if found else default


def compiler(build):
    for file in build.glob("CMakeFiles/*/CMakeCXXCompiler.cmake"):
        return " ".join(found_in(file, r'^set\(CMAKE_CXX_COMPILER_%s "(.+)"\)$' % part) for part in ("ID", "VERSION"))
    return "unknown"


def system():
    name = found_in(pathlib.Path("/etc/os-release"), r'^PRETTY_NAME="?(.+?)"?$')
    point_release = found_in(pathlib.Path("/etc/debian_version"), r"^(.+)$", "")
    return "%s, %s" % (name, point_release) if point_release else name


def cpu():
    parts = [found_in(pathlib.Path("/proc/cpuinfo"), r"^%s\s*: (.+)$" % key) for key in ("model name", "cpu family", "model")]
    return "%s %s, family %s, model %s" % (platform.machine(), *parts)
