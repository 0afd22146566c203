#!/usr/bin/env python3
"""Compares two files of `bench.py --instructions`, and prints a Markdown table.

usage: compare_instructions.py OLD NEW [--limit PERCENT]

Exit status 1 when a work has grown by more than the limit (default: 3 %), 2 when a file cannot be used. Works that only one
of the files has are named, and do not count. Counts depend on the compiler, the libraries and the processor: where the two
files differ in these, a warning on standard error says so.
"""
import argparse
import json
import sys

MADE_WITH = ("build", "compiler", "system", "libc", "cpu", "valgrind")


def read(path):
    try:
        with open(path, encoding="utf-8") as stream:
            figures = json.load(stream)
        if not all(isinstance(count, int) and count > 0 for count in figures["works"].values()):
            raise ValueError("a count is no positive number")
        return figures
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        print("compare_instructions: %s: not a file of figures: %s" % (path, error), file=sys.stderr)
        sys.exit(2)


def warn_of_differences(old, new):
    for key in MADE_WITH:
        if old.get(key) != new.get(key):
            print("warning: measured with another %s, so that counts differ without a change of the code: %s; %s"
                  % (key, old.get(key), new.get(key)), file=sys.stderr)


def table(old, new, limit):
    """The lines, and whether a work has grown by more than the limit."""
    lines = ["| work | old | new | ratio |", "|---|---|---|---|"]
    has_grown = False
    for work in list(old) + [work for work in new if work not in old]:
        if work not in old or work not in new:
            lines.append("| %s | %s | %s | only in %s |" % (
                work, thousands(old.get(work)), thousands(new.get(work)), "OLD" if work in old else "NEW"))
            continue
        ratio = new[work] / old[work]
        is_too_much = ratio > 1 + limit / 100
        has_grown = has_grown or is_too_much
        lines.append("| %s | %s | %s | %.3f%s |" % (
            work, thousands(old[work]), thousands(new[work]), ratio, " **more than %g %%**" % limit if is_too_much else ""))
    return lines, has_grown


def thousands(count):
    return "" if count is None else format(count, ",d")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("old", metavar="OLD")
    parser.add_argument("new", metavar="NEW")
    parser.add_argument("--limit", metavar="PERCENT", type=float, default=3, help="default: 3")
    options = parser.parse_args()
    old, new = read(options.old), read(options.new)
    warn_of_differences(old, new)
    lines, has_grown = table(old["works"], new["works"], options.limit)
    print("\n".join(lines))
    return 1 if has_grown else 0


if __name__ == "__main__":
    sys.exit(main())
