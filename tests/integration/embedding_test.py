"""What is installed serves other programs: the package, the units, and the examples of the README."""
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

BUILD = pathlib.Path(os.environ["VNODE_BIN"]).resolve().parent.parent
README = pathlib.Path(__file__).resolve().parents[2] / "README.md"
HOST_PROJECT = """cmake_minimum_required(VERSION 3.25)
project(host CXX)
find_package(vnode REQUIRED)
add_executable(host host.cpp)
target_link_libraries(host vnode::vnode)
"""


def run(*words, **options):
    return subprocess.run(words, check=True, capture_output=True, encoding="utf-8", **options).stdout


def install(prefix, **environment):
    run("cmake", "--install", BUILD, "--prefix", prefix, env=os.environ | environment)


def cache_entry(name):
    """How the build under test was set up."""
    cache = (BUILD / "CMakeCache.txt").read_text(encoding="utf-8")
    return re.search(r"(?m)^%s:\w+=(.*)$" % name, cache)[1]


class Installed(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_units_name_the_prefix_of_the_installation(self):
        for prefix, root in ((self.folder / "one", ""), (pathlib.Path("/opt/two"), str(self.folder / "root"))):
            install(prefix, DESTDIR=root)
            units = pathlib.Path(root + str(prefix), "lib/systemd/user")
            service = (units / "vnode.service").read_text(encoding="utf-8")
            self.assertIn("ExecStart=%s/bin/vnode serve\n" % prefix, service)
            self.assertTrue((units / "vnode.socket").exists())

    def test_a_host_program_needs_the_package_alone_and_the_examples_of_the_readme_compile(self):
        blocks = re.findall(r"(?ms)^```cpp\n(.*?)^```$", README.read_text(encoding="utf-8"))
        self.assertGreaterEqual(len(blocks), 3)
        install(self.folder / "installed")
        source = self.folder / "host"
        source.mkdir()
        (source / "CMakeLists.txt").write_text(HOST_PROJECT, encoding="utf-8")
        (source / "host.cpp").write_text("".join(blocks), encoding="utf-8")
        # Nothing says which C++ it is: the package does.
        run("cmake", "-S", source, "-B", self.folder / "build", "-DCMAKE_PREFIX_PATH=%s" % (self.folder / "installed"),
            "-DCMAKE_CXX_COMPILER=" + cache_entry("CMAKE_CXX_COMPILER"))
        run("cmake", "--build", self.folder / "build")
        events = [json.loads(line) for line in run(self.folder / "build" / "host", cwd=self.folder).splitlines()]
        self.assertEqual([event["type"] for event in events], ["execution_started", "execution_finished"] * 2)


if __name__ == "__main__":
    unittest.main()
