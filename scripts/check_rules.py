#!/usr/bin/env python3
"""Checks that every rule of the rules.md files in lib/ names the tests that pin it, and that those tests exist.

usage: check_rules.py [ROOT]

A rule begins with `**N.**`; a line `Tests: A, B` belongs to the rule above it. A test is named as
  Suite.Name          a TEST, TEST_F or TEST_P in tests/
  golden:NAME         tests/golden/NAME.ndjson
  file.py::name       a test function or method of a Python test in tests/
A rule that nothing here can test yet says so and why: `Tests: none yet (reason)`.
Prints one line for each violation; exit status 0 without any, 1 with some.
"""
import pathlib
import re
import sys

RULE = re.compile(r"^\s*\*\*(\d+)\.\*\*")
NO_TEST = re.compile(r"^\s*Tests:\s*none yet \(.+\)\s*$")
TESTS = re.compile(r"^\s*Tests:\s*(.*)$")
CPP_TEST = re.compile(r"\bTEST(?:_F|_P)?\(\s*(\w+)\s*,\s*(\w+)\s*\)")
PYTHON_TEST = re.compile(r"^\s*def (test_\w+)\(", re.MULTILINE)


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent).resolve()
    known = known_tests(root / "tests")
    rules, violations = [], []
    for path in sorted((root / "lib").glob("*/rules.md")):
        found = read_rules(path)
        rules += found
        violations += ["%s: %s" % (path.relative_to(root), line) for line in numbering(found) + unpinned(found, known)]
    if not rules:
        violations.append("no rules found")
    for line in violations:
        print(line)
    print("check_rules: %d rules, %d tests named, %d violations"
          % (len(rules), sum(len(tests or ()) for _, tests in rules), len(violations)))
    return 1 if violations else 0


def read_rules(path):
    """[(number, [test, ...]), ...] in the order of the file; None for the tests of a rule that says why it has none."""
    rules = []
    continued = False
    for line in path.read_text(encoding="utf-8").splitlines():
        rule, tests = RULE.match(line), TESTS.match(line)
        if rule:
            rules.append((int(rule[1]), []))
        if NO_TEST.match(line) and rules:
            rules[-1] = (rules[-1][0], None)
            continue
        listed = tests[1] if tests else line if continued else None
        if listed is not None and rules and rules[-1][1] is not None:
            rules[-1][1].extend(name.strip(" `") for name in listed.rstrip(".").split(",") if name.strip(" `"))
        # A list that ends with a comma goes on in the next line.
        continued = listed is not None and listed.rstrip().endswith(",")
    return rules


def known_tests(folder):
    known = set()
    for path in folder.rglob("*.cpp"):
        known.update("%s.%s" % match for match in CPP_TEST.findall(path.read_text(encoding="utf-8")))
    for path in folder.rglob("*.py"):
        known.update("%s::%s" % (path.name, name) for name in PYTHON_TEST.findall(path.read_text(encoding="utf-8")))
    known.update("golden:" + path.stem for path in (folder / "golden").glob("*.ndjson"))
    return known


def numbering(rules):
    numbers = [number for number, _ in rules]
    if not numbers:
        return ["no rules found"]
    expected = list(range(1, len(numbers) + 1))
    return [] if numbers == expected else ["rules are not numbered 1 to %d in order: %s" % (len(numbers), numbers)]


def unpinned(rules, known):
    violations = []
    for number, tests in rules:
        if tests == []:
            violations.append("rule %d names no test" % number)
        violations.extend("rule %d: there is no test %s" % (number, name) for name in tests or () if name not in known)
    return violations


if __name__ == "__main__":
    sys.exit(main())
