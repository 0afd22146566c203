"""The native nodes and their equivalents in Python behave the same: each workflow's event stream is equal with both."""

import difflib
import itertools
import json
import os
import pathlib
import re
import sys
import tempfile
import unittest

from python_runs import DEADLINE, EQUIVALENTS, PROJECT, hosts, wait_until

sys.path.insert(0, str(PROJECT / "scripts"))
import golden  # noqa: E402

VNODE = pathlib.Path(os.environ["VNODE"])
SAMPLES = pathlib.Path(os.environ.get("VNODE_SHARED", PROJECT.parent / "shared")) / "samples"

# Workflows whose streams cannot be equal, and why.
KNOWN_DIFFERENCES = {
    "for_each_skip_break": "rule 27: only native loops pull the sources of their conditions",
    "while_feedback": "rule 27: only native loops pull the sources of their conditions",
}

# Workflows where only the order between nodes differs, and why.
# Commands only: nothing is replaced, and what git leaves is never the same.
ONLY_COMMANDS = ("ci", "ci_failing", "media", "render", "render_chunk")
OTHER_ORDER = {"checksums": "rule 8: native file nodes of a layer are all started first, and work on threads"}

# Of a difference: the rest follows from the beginning, as a rule.
SHOWN_LINES = 30
# When it has to wait for a slot is a matter of time.
WAITS = re.compile(r'"type":"node_(waiting|resumed)"')

# Different in each run. `vnode` is the version.
UNSTABLE = ("time", "run_id", "seq", "duration", "vnode")


class Traces(unittest.TestCase):
    def check(self, workflow):
        setup_file = golden.GOLDEN / (workflow.stem + ".run.json")
        is_own = workflow.parent == golden.WORKFLOWS
        setup = json.loads(setup_file.read_text(encoding="utf-8")) if is_own and setup_file.exists() else {}
        native, native_files = self.trace(workflow, setup, [])
        python, python_files = self.trace(workflow, setup, ["--nodes", str(EQUIVALENTS)])
        if workflow.stem in KNOWN_DIFFERENCES:
            self.assertNotEqual(native, python, "no difference any more: " + KNOWN_DIFFERENCES[workflow.stem])
            return
        if workflow.stem in OTHER_ORDER:
            native, python = by_node(native), by_node(python)
        if native != python:
            difference = difflib.unified_diff(native, python, "native", "python", lineterm="", n=2)
            self.fail("\n".join(line[:300] for line in itertools.islice(difference, SHOWN_LINES)))
        self.assertEqual(native_files, python_files)

    def trace(self, workflow, setup, options):
        """The normalised events of a run in an empty folder, and the files that it has left there."""
        setup = {**setup, "args": [*setup.get("args", []), *options]}
        with tempfile.TemporaryDirectory(prefix="vnode-trace-") as folder:
            golden.write_files(folder, setup.get("files", {}))
            result = golden.run(VNODE, workflow, setup, folder)
            files = {str(p.relative_to(folder)): p.read_bytes() for p in pathlib.Path(folder).rglob("*") if p.is_file()}
        self.assertEqual(result.returncode, setup.get("exit_code", 0), result.stderr)
        lines = [line for line in result.stdout.split("\n") if line and not WAITS.search(line)]
        return [normalised(line, folder) for line in lines], files

    def tearDown(self):
        wait_until(lambda: not hosts(), "no process is left", DEADLINE)


def by_node(lines):
    """The lines with those of each node together."""
    return sorted(lines, key=lambda line: json.loads(line).get("node_id", ""))


def normalised(line, folder):
    event = json.loads(line.replace(folder, "$FOLDER"))
    event = {key: value for key, value in event.items() if key not in UNSTABLE}
    if event["type"] == "node_error":
        # The exceptions of Python and C++ differ in their words; that there is one does not.
        event = {"type": "node_error", "node_id": event["node_id"]}
    if event["type"] == "node_log" and event["node_type"] == "group_node" and event["level"] == "error":
        event["message"] = event["message"].partition("): ")[0]
    if event["type"] == "execution_finished":
        event["error"] = bool(event.get("error"))
    return json.dumps(event, ensure_ascii=False, sort_keys=True)


def add_tests():
    """One test a workflow."""
    for folder in (golden.WORKFLOWS, SAMPLES):
        for path in sorted(folder.glob("*.json")):
            name = "test_%s_%s" % (folder.name, path.stem.lower())
            if path.stem in ONLY_COMMANDS:
                continue
            setattr(Traces, name, lambda self, path=path: self.check(path))


add_tests()

if __name__ == "__main__":
    unittest.main()
