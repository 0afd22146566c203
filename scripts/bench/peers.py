"""Programs that Debian has, on work that can be compared with vnode's, measured in turns with it.

Each row says what is not equal. None has a limit: they are for reading. A peer that is not installed has a row that
says where it is.
"""
import functools
import json
import os
import shutil
import subprocess
import tempfile
from typing import Callable, NamedTuple

from measuring import interleaved_medians, timed

BUILDS = 50
SUBMISSIONS = 100
FIRST, SECOND = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"
TWO_NODES = {
    "nodes": [{"instance_id": FIRST, "node_id": "message_node", "position": [0, 0], "parameters": {"msg": "hello"}},
              {"instance_id": SECOND, "node_id": "console_print", "position": [0, 0], "parameters": {"data": "x"}}],
    "connections": [{"from_node": FIRST, "from_port": "exec_out", "to_node": SECOND, "to_port": "exec_in", "is_exec": True}],
}


class BuildTool(NamedTuple):
    program: str
    package: str
    file: str
    text: Callable[[int], str]  # what is in `file`, for so many targets in a chain
    check: str  # the option with which it tells whether there is anything to do, and succeeds if not,
    words: str  # saying so
    reads: str


def ninja_file(targets):
    lines = ["rule make", "  command = : > $out"]
    lines += ["build t%d: make %s" % (i, "t%d" % (i - 1) if i else "") for i in range(targets)]
    return "\n".join(lines) + "\n"


def makefile(targets):
    last_first = reversed(range(targets))
    return "".join("t%d:%s\n\t@: > $@\n" % (i, " t%d" % (i - 1) if i else "") for i in last_first)


NINJA = BuildTool("ninja", "ninja-build", "build.ninja", ninja_file, "-n", "no work to do", "its build file and its log")
MAKE = BuildTool("make", "make", "Makefile", makefile, "-q", "", "its makefile")


def missing(table, what, package):
    table.row(what, "not installed: apt-get install " + package)


def beside(peer, own):
    return "%.2f ms; vnode %.2f ms = %.1f x" % (peer * 1e3, own * 1e3, own / peer)


# --- start: a graph that is read and walked ---


def build_up_to_date(tool, targets, folder):
    """The folder of a chain of files, each made after the one before it."""
    folder = folder / ("%s-%d" % (tool.program, targets))
    folder.mkdir()
    (folder / tool.file).write_text(tool.text(targets))
    subprocess.run([tool.program], cwd=folder, stdout=subprocess.DEVNULL, check=True)
    printed = subprocess.run([tool.program, tool.check], cwd=folder, stdout=subprocess.PIPE, encoding="utf-8", check=True).stdout
    if tool.words not in printed:
        raise SystemExit("peers: %s has still something to do: %s" % (tool.program, printed))
    return folder


def measure_start(vnode, workflow, nodes, folder, table):
    """A row for each build tool: nothing to do for a chain of so many targets, against a run of so many nodes."""
    tools = [tool for tool in (NINJA, MAKE) if shutil.which(tool.program)]
    folders = [build_up_to_date(tool, nodes, folder) for tool in tools]
    with open(folder / ("peers-%d.ndjson" % nodes), "w+b") as events:
        run = [vnode, "run", workflow, "--format", "ndjson"]
        timed(run, events)
        events.seek(0)
        written = sum(1 for _ in events)
        own, *times = interleaved_medians(
            [functools.partial(timed, run, events)]
            + [functools.partial(timed, [tool.program], cwd=place) for tool, place in zip(tools, folders)], BUILDS)
    times = dict(zip(tools, times))
    for tool in (NINJA, MAKE):
        what = "`%s`, a chain of %d targets, up to date" % (tool.program, nodes)
        if tool not in times:
            missing(table, what, tool.package)
            continue
        table.row("%s; not equal: it reads %s, compares the times of %d files, and runs nothing; `vnode run` of a chain of %d "
                  "nodes reads the editor's JSON, executes them, and writes %d events"
                  % (what, tool.reads, nodes, nodes, written), beside(times[tool], own))


# --- submissions ---


class Spooler:
    """A task-spooler server of its own."""

    def __init__(self, folder):
        self.environment = dict(os.environ, TS_SOCKET=str(folder / "tsp"), TMPDIR=str(folder))

    def __enter__(self):
        self.submit()  # starts the server
        return self

    def __exit__(self, *_):
        self.call("-K")

    def call(self, *words):
        subprocess.run(["tsp", *words], env=self.environment, stdout=subprocess.DEVNULL, check=True)

    def submit(self):
        took = timed(["tsp", "true"], env=self.environment)
        self.call("-w")  # what was submitted does not run into the next measurement
        return took


def submit(vnode, workflow, daemon):
    with tempfile.TemporaryFile() as answer:
        took = timed([vnode, "submit", workflow, "--socket", daemon.socket], answer)
        answer.seek(0)
        daemon.client.wait(answer.read().decode().strip())
    return took


def measure_submissions(vnode, daemon, table):
    """`tsp true` against `vnode submit` of two nodes, to a daemon that runs."""
    what = "`tsp true`"
    if not shutil.which("tsp"):
        return missing(table, what, "task-spooler")
    workflow = daemon.folder / "two.json"
    workflow.write_text(json.dumps(TWO_NODES))
    own = functools.partial(submit, vnode, workflow, daemon)
    with Spooler(daemon.folder) as spooler:
        own()
        ours, theirs = interleaved_medians([own, spooler.submit], SUBMISSIONS)
    table.row("%s, whole client process; not equal: its queue is in memory and ends with its server; `vnode submit` of 2 nodes "
              "reads and checks a workflow, and answers once the run is on the disk" % what, beside(theirs, ours))
