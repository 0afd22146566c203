"""The program finds its library beside itself, and loads nothing from the folder that it is started in."""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

VNODE = pathlib.Path(os.environ["VNODE_BIN"]).resolve()
BUILD = VNODE.parent.parent


def runpath(path):
    """The folders that a program or library names for what it needs."""
    dynamic = subprocess.run(["readelf", "--dynamic", "--wide", path], capture_output=True, encoding="utf-8", check=True).stdout
    entries = re.findall(r"\((?:RUNPATH|RPATH)\).*\[(.*)\]", dynamic)
    return [folder for entry in entries for folder in entry.split(":")]


class RunpathTest(unittest.TestCase):
    def check(self, root):
        program = root / "bin" / "vnode"
        library = next(root.glob("lib*/**/libvnode.so.0"))
        self.assertEqual(runpath(program), ["$ORIGIN/" + os.path.relpath(library.parent, program.parent)])
        self.assertEqual(runpath(library), [])

    def test_the_build_tree_names_the_library_s_folder_only(self):
        self.check(BUILD)

    def test_so_does_what_is_installed_and_it_starts_wherever_it_is_moved_to(self):
        with tempfile.TemporaryDirectory() as folder:
            installed = pathlib.Path(folder, "installed")
            subprocess.run(["cmake", "--install", BUILD, "--prefix", installed], check=True, capture_output=True)
            self.check(installed)
            moved = installed.rename(pathlib.Path(folder, "moved"))
            subprocess.run([moved / "bin" / "vnode", "--version"], check=True, capture_output=True)

    def test_libraries_of_the_current_folder_are_not_loaded(self):
        with tempfile.TemporaryDirectory() as folder:
            for library in BUILD.glob("lib*/**/libvnode.so.0"):
                pathlib.Path(folder, library.name).write_bytes(b"not a library")
            for name in ("libstdc++.so.6", "libc.so.6", "libyaml-cpp.so.0.7"):
                pathlib.Path(folder, name).write_bytes(b"not a library")
            started = subprocess.run([VNODE, "--version"], cwd=folder, capture_output=True, encoding="utf-8")
            self.assertEqual((started.returncode, started.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
