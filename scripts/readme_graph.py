#!/usr/bin/env python3
"""Makes the picture of the README with the real program, or says whether it is the one that the program makes.

usage: readme_graph.py --vnode PROGRAM [--check]
"""
import argparse
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORKFLOW = ROOT / "workflows/while_feedback.json"
PICTURE = ROOT / "lib/picture/example.svg"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--vnode", required=True, help="the program")
    parser.add_argument("--check", action="store_true", help="change nothing; exit status 1 if the picture is another")
    options = parser.parse_args()
    drawn = subprocess.run([options.vnode, "graph", WORKFLOW, "--format", "svg"], check=True, capture_output=True).stdout
    if not options.check:
        PICTURE.write_bytes(drawn)
        return 0
    if PICTURE.exists() and PICTURE.read_bytes() == drawn:
        return 0
    print("%s is not what the program draws; run scripts/readme_graph.py" % PICTURE.relative_to(ROOT))
    return 1


if __name__ == "__main__":
    sys.exit(main())
