# The host program as the build makes it, in a temporary folder, for the tests.

import atexit
import glob
import os
import shutil
import sys
import tempfile

PARTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lib", "python", "host", "*.py")
# Compiled once for all processes, also where PYTHONDONTWRITEBYTECODE is set: compiling takes longer than all the rest.
BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]); keep = sys.dont_write_bytecode; sys.dont_write_bytecode = False; "
    "import vnode_host; sys.dont_write_bytecode = keep; vnode_host.main()"
)

_folder = None


def part_exists(prefix):
    return any(os.path.basename(path).startswith(prefix) for path in glob.glob(PARTS))


def program_folder():
    """The folder with vnode_host.py in it."""
    global _folder
    if _folder is None:
        _folder = tempfile.mkdtemp(prefix="vnode-host-")
        atexit.register(shutil.rmtree, _folder, ignore_errors=True)
        with open(os.path.join(_folder, "vnode_host.py"), "w", encoding="utf-8") as file:
            for path in sorted(glob.glob(PARTS)):
                with open(path, encoding="utf-8") as part:
                    file.write(part.read() + "\n")
            if not part_exists("71"):
                file.write("PRISM_CORE_NAMES = PRISM_CONFIG_NAMES = HOU_BRIDGE_NAMES = ()\nmain_done = None\n")
    return _folder


def command(mode, descriptor):
    return [sys.executable, "-S", "-c", BOOT, program_folder(), mode, str(descriptor)]
