#!/usr/bin/env python3
"""Counts what CTest ran, from the file that its --output-junit wrote.

usage: ctest_totals.py JUNIT

Prints "PASSED FAILED SKIPPED", then a line for each test that was skipped, with the reason where one was given. CTest itself
counts skipped tests as passed ones, and knows nothing of those that a Python script skips while the rest of it passes.
Exit status 2 where there is no such file, or no test in it.
"""
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

# How unittest ends a script that skipped tests: "OK (skipped=2)", "FAILED (failures=1, skipped=2)".
SKIPPED_INSIDE = re.compile(r"^(?:OK|FAILED) \(.*\bskipped=(\d+)", re.MULTILINE)


def main():
    path = pathlib.Path(sys.argv[1]) if len(sys.argv) == 2 else None
    if path is None or not path.is_file():
        print("usage: ctest_totals.py JUNIT", file=sys.stderr)
        return 2
    cases = list(ElementTree.parse(path).getroot().iter("testcase"))
    if not cases:
        print("ctest_totals: no test in %s" % path, file=sys.stderr)
        return 2
    passed, failed, skipped = totals(cases)
    print(passed, failed, sum(count for _, count, _ in skipped))
    for name, count, reason in skipped:
        print("skipped: %s%s%s" % (name, " (%d of its tests)" % count if count > 1 else "", ": " + reason if reason else ""))
    return 0


def totals(cases):
    """(passed, failed, [(name, how many, reason)])"""
    passed = failed = 0
    skipped = []
    for case in cases:
        name, output = case.get("name"), case.findtext("system-out") or ""
        if case.find("skipped") is not None:
            skipped.append((name, 1, case.find("skipped").get("message", "")))
            continue
        if case.find("failure") is not None:
            failed += 1
        else:
            passed += 1
        inside = sum(int(count) for count in SKIPPED_INSIDE.findall(output))
        if inside:
            skipped.append((name, inside, "inside the script"))
    return passed, failed, skipped


if __name__ == "__main__":
    sys.exit(main())
