#!/usr/bin/env python3
"""Says which tests a change can touch.

usage: affected.py REV [ROOT]

The change is everything in the working tree that differs from the commit REV, new files included. Prints three lines:

    labels: a|b|c      of the CTest tests (scripts/test.sh passes it to ctest -L), "all", or nothing
    targets: x y z     what must be built for them; "all" likewise
    fuzz: yes          when what the fuzzers read has changed, else "no"

A unit test program is touched by the folders whose headers it includes, itself or through others, and by those that these may
include (scripts/check_layers.py); a test of the real program by everything that is linked into it, but that what only the
daemon has cannot change a test without one. What is not understood touches everything.
"""
import functools
import pathlib
import re
import subprocess
import sys

sys.dont_write_bytecode = True
from check_layers import INCLUDE, INCLUDES  # noqa: E402

ALL = "all"
# Folders that only the daemon, its clients and programs that embed tasks use.
DAEMON_ONLY = ("tasks", "store", "rpc", "client", "daemon")
# Tests of the real program, by label (tests/*/CMakeLists.txt); each also has the name of its script.
PROGRAM_LABELS = {"integration", "python_nodes", "golden"}
# What the fuzz targets are made of.
FUZZED = ("base", "model", "rpc", "yaml")


def main():
    if len(sys.argv) not in (2, 3):
        print(__doc__.split("\n\n")[1], file=sys.stderr)
        return 2
    root = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else pathlib.Path(__file__).parent.parent).resolve()
    try:
        paths = changed_paths(root, sys.argv[1])
    except subprocess.CalledProcessError as error:
        print("affected: %s" % error.stderr.strip(), file=sys.stderr)
        return 2
    labels = set()
    for path in paths:
        labels |= labels_of(root, pathlib.PurePath(path))
    print("labels: " + (ALL if ALL in labels else "|".join(sorted(labels))))
    print("targets: " + (ALL if ALL in labels else " ".join(targets_of(root, labels))))
    print("fuzz: " + ("yes" if any(touches_fuzzers(path) for path in paths) else "no"))
    return 0


def changed_paths(root, revision):
    def git(*arguments):
        return subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True, encoding="utf-8").stdout.split("\0")

    listed = git("diff", "--name-only", "--no-renames", "-z", revision, "--")
    return sorted({path for path in listed + git("ls-files", "--others", "--exclude-standard", "-z") if path})


def touches_fuzzers(path):
    parts = pathlib.PurePath(path).parts
    return parts[0] == "lib" and parts[1] in FUZZED or parts[:2] == ("tests", "fuzz") or is_about_building(pathlib.PurePath(path))


def is_about_building(path):
    return path.as_posix() in ("CMakeLists.txt", "CMakePresets.json", "lib/CMakeLists.txt", "tests/CMakeLists.txt",
                               "scripts/setup.sh", "scripts/test.sh") or path.suffix == ".cmake" or path.name == ".clang-tidy"


def labels_of(root, path):
    parts = path.parts
    if is_about_building(path):
        return {ALL}
    if path.suffix == ".md" or parts[0] in (".gitignore", ".dockerignore", "Dockerfile", ".ci", ".clang-format"):
        return {"tree"}
    if parts[0] == "lib" and parts[1] in INCLUDES or parts[0] in ("nodes", "apps"):
        return labels_of_product(root, parts[1] if parts[0] == "lib" else parts[0])
    if parts[0] == "tests" and len(parts) > 2:
        return labels_of_test(root, path)
    if parts[0] == "workflows":
        return {"tree", "golden", "readme_test"}
    if parts[0] == "examples":
        return {"tree", "examples_test"}
    if parts[0] == "scripts":
        used = {"golden.py": {"golden"}, "vnode_client.py": {"integration"}, "soak.py": {"soak_test"}}
        return {"tree"} | used.get(path.name, set())
    return {ALL}


def labels_of_product(root, folder):
    labels = {"tree"} | {name for name, used in test_programs(root).items() if folder in used}
    if folder in DAEMON_ONLY:
        return labels | {"daemon"}
    return labels | PROGRAM_LABELS


def labels_of_test(root, path):
    kind, stem = path.parts[1], path.stem
    if kind == "unit":
        return {"tree", path.parts[2] + "_test"}
    if kind == "integration" and path.name.endswith("_test.py"):
        return {"tree", stem}
    if kind in ("property", "golden"):
        return {"tree", {"property": "property_test", "golden": "golden"}[kind]}
    if kind == "python":
        return {"tree", "python_host"}
    if kind in ("scripts", "fuzz"):
        return {"tree"}
    if kind == "support" and path.suffix in (".h", ".cpp"):
        return {"tree"} | set(test_programs(root))
    return {"tree", "python_host"} | PROGRAM_LABELS


@functools.lru_cache(maxsize=None)
def test_programs(root):
    """Unit test program -> folders of the product that it depends on."""
    programs = {}
    for folder in [*sorted((root / "tests" / "unit").glob("*/")), root / "tests" / "property"]:
        sources = [*folder.glob("*.cpp"), *folder.glob("*.h")]
        if sources:
            programs[folder.name + "_test"] = with_included({name for file in reached(root, sources) for name in product_folders(file)})
    return programs


def reached(root, sources):
    """The sources, and the files of tests/ that they include, themselves or through others."""
    found, waiting = set(), list(sources)
    while waiting:
        file = waiting.pop()
        if file in found:
            continue
        found.add(file)
        for included in quoted_includes(file):
            candidates = [root / "tests" / included, file.parent / included]
            waiting += [path for header in candidates for path in (header, header.with_suffix(".cpp")) if path.exists()]
    return found


def product_folders(file):
    return [included.split("/")[0] for included in quoted_includes(file) if included.split("/")[0] in INCLUDES]


@functools.lru_cache(maxsize=None)
def quoted_includes(file):
    matches = (INCLUDE.match(line) for line in file.read_text(encoding="utf-8").splitlines())
    return [match[2] for match in matches if match and match[1] == '"']


def with_included(folders):
    """These folders, and all whose headers they may include."""
    closed = set(folders)
    for folder in folders:
        closed |= INCLUDES[folder]
    return closed


def targets_of(root, labels):
    """Of unit tests the program that has the label's name; all else is a script that needs the real program."""
    programs = labels & set(test_programs(root))
    scripts = labels - programs - {"tree", "python_host"}
    return sorted(programs) + (["vnode", "faulty_disk"] if scripts else [])


if __name__ == "__main__":
    sys.exit(main())
