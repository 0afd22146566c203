#!/usr/bin/env python3
"""Runs workflows through the real program and compares what it did with what is expected.

usage: golden.py --vnode BINARY [--update] [NAME...]     files of workflows/, all without NAME
       golden.py --vnode BINARY --samples                sample workflows with traces from outside the project

workflows/NAME.json is run in an empty folder with `--format ndjson`; its events, normalised, are tests/golden/NAME.ndjson,
and every line of them must satisfy `vnode schema events`. tests/golden/NAME.run.json says what else the run needs and
leaves behind; all keys are optional:
    args         further arguments of `vnode run`; `$WORKFLOWS` in them is the folder of the workflows
    environment  variable -> value
    files        path -> text, written before the run
    exit_code    the expected one, else 0
    leaves       path -> text that must be there after the run
    checks       commands that must succeed after the run
    needs        programs; where one is missing the workflow is left out, with exit status 77 if no other is asked for
    events       the types of events that are compared, else all: for programs that say something else in each version
    sorted       true: the order of events is not compared, for programs that go on at once
--update writes the event files anew; read the difference before committing it.
--samples looks for a folder `shared` beside the project, or at $VNODE_SHARED; exit status 77 where there is none.
"""
import argparse
import difflib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))
from schema_check import SchemaChecker  # noqa: E402

WORKFLOWS = ROOT / "workflows"
GOLDEN = ROOT / "tests" / "golden"
# Different each time, or in each place.
UNSTABLE = ("time", "duration", "waited", "run_id", "vnode")
NOT_HERE = 77


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--vnode", required=True, type=pathlib.Path)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--samples", action="store_true")
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args()
    options.vnode = options.vnode.resolve()
    if options.samples:
        return check_samples(options.vnode)
    checker = event_checker(options.vnode)
    names = options.names or sorted(path.stem for path in WORKFLOWS.glob("*.json"))
    missing = {name: missing_programs(name) for name in names}
    checked = [name for name in names if not missing[name]]
    complaints = [line for name in checked for line in check_workflow(options.vnode, checker, name, options.update)]
    for name in names:
        if missing[name]:
            print("%s: left out, there is no %s here" % (name, ", ".join(missing[name])))
    print("\n".join(complaints) if complaints else "golden: %d agree" % len(checked))
    return 1 if complaints else 0 if checked else NOT_HERE


def event_checker(vnode):
    printed = subprocess.run([vnode, "schema", "events"], capture_output=True, check=True)
    return SchemaChecker(json.loads(printed.stdout))


def setup_of(name):
    file = GOLDEN / (name + ".run.json")
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def missing_programs(name):
    return [program for program in setup_of(name).get("needs", []) if not shutil.which(program)]


def check_workflow(vnode, checker, name, update):
    """Complaints about one workflow."""
    setup = setup_of(name)
    with tempfile.TemporaryDirectory(prefix="vnode-golden-") as folder:
        write_files(folder, setup.get("files", {}))
        result = run(vnode, WORKFLOWS / (name + ".json"), setup, folder)
        left = setup.get("leaves", {})
        complaints = ["%s: left in %s: %r" % (name, path, text_of(pathlib.Path(folder, path)))
                      for path, text in left.items() if text_of(pathlib.Path(folder, path)) != text]
        complaints += ["%s: %s" % (name, line) for check in setup.get("checks", []) for line in failed_check(check, folder)]
    if result.returncode != setup.get("exit_code", 0):
        complaints.append("%s: exit code %d: %s" % (name, result.returncode, result.stderr.strip()))
    lines = result.stdout.splitlines()
    complaints += ["%s line %d: %s" % (name, i, fault) for i, line in enumerate(lines, 1)
                   for fault in checker.errors(json.loads(line))]
    actual = [normalised(line, folder) for line in lines]
    if "events" in setup:
        actual = chosen(actual, setup["events"])
    if setup.get("sorted"):
        actual.sort()
    golden = GOLDEN / (name + ".ndjson")
    if update:
        golden.write_text("\n".join(actual) + "\n", encoding="utf-8")
        return complaints
    expected = (text_of(golden) or "").splitlines()
    return complaints + list(difflib.unified_diff(expected, actual, str(golden), "this run", lineterm="", n=2))


def write_files(folder, files):
    for path, text in files.items():
        target = pathlib.Path(folder, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def failed_check(command, folder):
    result = subprocess.run(["sh", "-c", command], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, encoding="utf-8", timeout=60)
    return ["%s: exit code %d: %s" % (command, result.returncode, result.stdout)] if result.returncode else []


def text_of(path):
    return path.read_text(encoding="utf-8") if path.exists() else None


def run(vnode, workflow, setup, folder):
    # A definition of the user's own must not get into the comparison.
    environment = {k: v for k, v in os.environ.items() if k not in ("v_nodes_dir", "VNODE_PATH")}
    environment["XDG_CONFIG_HOME"] = "/nonexistent"  # nobody's settings
    environment.update(setup.get("environment", {}))
    # Nobody waits for a slot, however many cores there are.
    slots = [] if "-j" in setup.get("args", []) else ["-j", "64"]
    arguments = [argument.replace("$WORKFLOWS", str(WORKFLOWS)) for argument in setup.get("args", [])]
    command = [str(vnode), "run", str(workflow), "--format", "ndjson", *slots, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                          encoding="utf-8", timeout=120)


def normalised(line, folder):
    event = {key: value for key, value in json.loads(line.replace(folder, "$FOLDER").replace(str(WORKFLOWS), "$WORKFLOWS")).items() if key not in UNSTABLE}
    if "workflow" in event:
        event["workflow"]["path"] = pathlib.PurePath(event["workflow"]["path"]).name
    if "duration" in event.get("output", {}):  # of a command
        event["output"]["duration"] = "$DURATION"
    return json.dumps(event, ensure_ascii=False)


def chosen(lines, types):
    """Those of these types, without their places among the others."""
    events = [event for event in map(json.loads, lines) if event["type"] in types]
    return [json.dumps({key: value for key, value in event.items() if key != "seq"}, ensure_ascii=False) for event in events]


def check_samples(vnode):
    shared = pathlib.Path(os.environ.get("VNODE_SHARED", ROOT.parent / "shared"))
    traces = sorted((shared / "samples").glob("*.trace.ndjson"))
    compare = shared / "tools" / "compare_trace.py"
    if not traces or not compare.exists():
        print("no sample workflows at %s" % shared)
        return NOT_HERE
    checker = event_checker(vnode)
    failures = 0
    for trace in traces:
        workflow = trace.with_name(trace.name.replace(".trace.ndjson", ".json"))
        with tempfile.TemporaryDirectory(prefix="vnode-sample-") as folder:
            events = run(vnode, workflow, {}, folder).stdout
        faults = [fault for line in events.splitlines() for fault in checker.errors(json.loads(line))]
        compared = subprocess.run([sys.executable, compare, trace], input=events, encoding="utf-8", capture_output=True)
        failures += bool(faults or compared.returncode)
        print("\n".join([compared.stdout.strip(), *faults]))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
