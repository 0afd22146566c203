"""What the tests of Python nodes share: workflows in a few words, runs of the real program, and what came of them."""

import contextlib
import json
import os
import pathlib
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parent.parent.parent
PROJECT = TESTS.parent
SUPPORT = TESTS / "support"
ODD = SUPPORT / "odd_definitions"
HOSTILE = SUPPORT / "hostile_definitions"
EQUIVALENTS = SUPPORT / "python_equivalents"

# The shared helper of the integration tests reads VNODE_BIN.
os.environ["VNODE_BIN"] = os.environ["VNODE"]
sys.path.insert(0, str(TESTS))
from support.vnode_program import ProgramTest, node, uuid, wire  # noqa: E402
from support.waiting import DEADLINE, is_alive, wait_until  # noqa: E402

__all__ = [
    "DEADLINE", "EQUIVALENTS", "HOSTILE", "ODD", "PROJECT", "SUPPORT", "Outcome", "PythonRunTest", "bare", "data", "hosts",
    "is_alive", "node", "processes_of", "then", "uuid", "wait_until", "wire",
]


def data(from_, to):
    """data((1, "out"), (2, "in"))"""
    return wire(from_, to)


def then(*numbers, port="exec_out"):
    """Exec wires from each node to the next; `port` is the first one's output."""
    ports = [port] + ["exec_out"] * len(numbers)
    return [wire((a, p), (b, "exec_in"), True) for a, b, p in zip(numbers, numbers[1:], ports)]


def bare(node_id, code, **keys):
    """A definition in the bare style, with one output `result` and one input `data`."""
    definition = {
        "node_id": node_id,
        "name": node_id,
        "use_exec": True,
        "inputs": [{"name": "data", "type": "any"}],
        "outputs": [{"name": "result", "type": "any"}],
        "python_code": code,
    }
    return {**definition, **keys}


def processes_with(entry):
    """The ids of the living processes that have this entry in their environment."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if entry.encode() in path.read_bytes().split(b"\0"):
                found.append(int(path.parent.name))
    return [pid for pid in found if is_alive(pid)]


def hosts():
    """The supervisors and hosts of this program's runs: their command line names the cache folder."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if cache_folder().encode() in path.read_bytes():
                found.append(int(path.parent.name))
    return [pid for pid in found if is_alive(pid)]


def processes_of(run_id):
    """What nodes of the run have started. Hosts themselves are not seen: they have that entry from their own hand."""
    return processes_with("VNODE_RUN_ID=" + run_id)


class Outcome:
    """What came of a run."""

    def __init__(self, code, events, errors):
        self.code = code
        self.events = events
        self.errors = errors

    def __repr__(self):
        lines = [json.dumps(event)[:600] for event in self.events]
        return "\n".join(["exit code %d" % self.code, *lines[-60:], self.errors[-4000:]])

    @property
    def run_id(self):
        return self.events[0]["run_id"]

    def of(self, number, *types):
        """The events of a node."""
        return [e for e in self.events if e.get("node_id") == uuid(number) and (not types or e["type"] in types)]

    def pushes(self, number, port="result"):
        """The values of this port in all of the node's events, the returned tables among them."""
        return [e["output"][port] for e in self.of(number, "node_output") if port in e["output"]]

    def logs(self, number):
        return [e["message"] for e in self.of(number, "node_log")]

    def statuses(self, number):
        return [e["status"] for e in self.of(number, "node_finished")]

    def error(self, number):
        """All that the node's errors say, as one text."""
        return "\n".join(e["message"] + "\n" + (e.get("detail") or "") for e in self.of(number, "node_error"))

    def order(self, *types):
        """Pairs of node and event type, in the order of the stream."""
        events = [e for e in self.events if "node_id" in e and (not types or e["type"] in types)]
        return [(int(e["node_id"][-12:]), e["type"]) for e in events]

    def at(self, number, type_, index=0):
        """The place of a node's event in the stream."""
        return self.of(number, type_)[index]["seq"]


class PythonRunTest(ProgramTest):
    """Tests in a folder of their own, with definitions of the tests or their own ones."""

    definitions = ODD

    def setUp(self):
        super().setUp()
        self.nodes_folder = os.path.join(self.folder, "nodes")
        os.mkdir(self.nodes_folder)

    def define(self, *definitions):
        """Writes definitions that this test alone has."""
        for definition in definitions:
            self.write(os.path.join("nodes", definition["node_id"] + ".json"), definition)

    def environment(self, **changes):
        # The host's program is compiled once, not in every test.
        return super().environment(**{"XDG_CACHE_HOME": cache_folder(), **changes})

    def command(self, nodes, wires, options):
        folders = [str(self.definitions), self.nodes_folder]
        workflow = self.write("workflow.json", {"nodes": nodes, "connections": wires})
        return ["run", workflow, "--format", "ndjson", *[o for f in folders for o in ("--nodes", f)], *options]

    def run_nodes(self, nodes, wires=(), *options, env=None, **more):
        """Runs a workflow of these nodes to its end."""
        command = self.command(nodes, list(wires), options)
        result = self.vnode(*command, env=self.environment(**(env or {})), **more)
        return Outcome(result.returncode, self.events(result.stdout), result.stderr)

    def start_nodes(self, nodes, wires=(), *options, env=None, **more):
        """Starts a workflow of these nodes; events are read with `read_until`."""
        command = self.command(nodes, list(wires), options)
        return self.start(*command, env=self.environment(**(env or {})), **more)

    def read_until(self, process, found):
        """Reads events up to the first one for which `found` is true."""
        events = []
        while not events or not found(events[-1]):
            line = process.stdout.readline()
            self.assertTrue(line, "the stream ended early: %s" % events)
            events.append(json.loads(line))
        return events

    def finish(self, process, events):
        """Reads the rest of a started run."""
        rest, errors = process.communicate(timeout=DEADLINE)
        text = "".join(json.dumps(event) + "\n" for event in events) + rest.decode()
        return Outcome(process.returncode, self.events(text), errors.decode("utf-8", "replace"))

    def succeed(self, outcome):
        self.assertEqual(outcome.code, 0, outcome)
        self.assertTrue(outcome.events[-1]["success"], outcome)
        self.check_ends(outcome)
        return outcome

    def fail_only(self, outcome, *numbers):
        """Exactly these nodes failed, each with an error; everything else that started succeeded."""
        self.assertEqual(outcome.code, 1, outcome)
        failed = {e["node_id"] for e in outcome.events if e.get("status") == "failed" and "node_id" in e}
        self.assertEqual(failed, {uuid(number) for number in numbers}, outcome)
        blamed = {e["node_id"] for e in outcome.events if e["type"] == "node_error"}
        self.assertEqual(blamed, failed, outcome)
        self.check_ends(outcome)
        return outcome

    def log_errors(self, outcome, *numbers):
        """No node failed, and exactly these have logged errors, over which the run has failed (engine rule 22)."""
        logged = {e["node_id"] for e in outcome.events if e["type"] == "node_log" and e["level"] == "error"}
        self.assertEqual(logged, {uuid(number) for number in numbers}, outcome)
        self.assertEqual((outcome.code, outcome.events[-1]["nodes"]["with_errors"]), (1, len(numbers)), outcome)
        self.assertEqual(outcome.events[-1]["nodes"]["failed"], 0, outcome)
        self.check_ends(outcome)
        return outcome

    def check_ends(self, outcome):
        """Each start has its end, and no process is left."""
        started = sorted(e["node_id"] for e in outcome.events if e["type"] == "node_started")
        ended = sorted(
            e["node_id"] for e in outcome.events if e["type"] == "node_finished" and e["status"] != "skipped"
        )
        self.assertEqual(started, ended, outcome)
        self.check_gone(outcome.run_id)

    def check_gone(self, run_id):
        wait_until(lambda: not processes_of(run_id) and not hosts(), "no process of the run is left")


def cache_folder():
    """One for all tests of this process."""
    if not _cache:
        folder = tempfile.TemporaryDirectory(prefix="vnode-cache-")
        _cache.append(folder)
    return _cache[0].name


_cache = []
