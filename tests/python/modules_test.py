# The modules that node code may import, and `site` on demand.

import os
import tempfile
import unittest

import host_program
from fake_engine import HostTest

IMPORTS = """
%s
async def execute(self, inputs):
    return {"out": eval(inputs["x"])}
"""


class Modules(HostTest):
    def test_base(self):
        node = self.engine.node(IMPORTS % "import src.nodes.base, vnode.nodes.base, vnode")
        self.assertTrue(self.engine.output(node, [("x", "src.nodes.base.BaseNode is vnode.nodes.base.BaseNode")]))
        self.assertTrue(self.engine.output(node, [("x", "isinstance(self, vnode.nodes.base.BaseNode)")]))

    @unittest.skipUnless(host_program.part_exists("71") and host_program.part_exists("73"), "needs the parts 71 to 73")
    def test_utilities(self):
        for top in ("src", "vnode"):
            self.engine.node(
                "from %s.utils.prism_core import resolve_prism_core, store_prism_core, bootstrap_prism_core\n"
                "from %s.utils.prism_config import resolve_cfg, get_departments\n"
                "from %s.utils.hou_bridge import get_bridge, is_available\n"
                "async def execute(self, inputs): pass" % (top, top, top)
            )

    def test_what_is_not_there(self):
        _, problem = self.engine.load("import src.gui")
        self.assertIn("src.gui", problem[0])

    def test_a_package_of_the_users_own_goes_first(self):
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, "src"))
            for name in ("__init__.py", "own.py"):
                with open(os.path.join(folder, "src", name), "w") as file:
                    file.write("mine = True\n")
            head = "import sys\nsys.path.insert(0, %r)\n" % folder
            code = IMPORTS % (head + "import src.own\nfrom src.nodes.base import BaseNode")
            node = self.engine.node(code)
            self.assertTrue(self.engine.output(node, [("x", "src.mine and src.own.mine and isinstance(self, BaseNode)")]))

    def test_a_base_class_of_somebody_else_is_explained(self):
        with tempfile.TemporaryDirectory() as folder:
            os.makedirs(os.path.join(folder, "src", "nodes"))
            with open(os.path.join(folder, "src", "nodes", "base.py"), "w") as file:
                file.write("class BaseNode: pass\n")
            code = (
                "import sys\nsys.path.insert(0, %r)\nfrom src.nodes.base import BaseNode\n"
                "def register_node(): return type('Sample', (BaseNode,), {})" % folder
            )
            _, problem = self.engine.load(code)
            self.assertIn(os.path.join(folder, "src", "nodes", "base.py"), problem[0])


class SiteOnDemand(HostTest):
    def test_it_runs_before_the_first_import_that_may_need_it(self):
        code = """
import sys
async def execute(self, inputs):
    before = "site" in sys.modules and any("packages" in folder for folder in sys.path)
    import json, asyncio, threading, subprocess, tempfile, pathlib, datetime, urllib.request, sqlite3, re, random
    between = any("packages" in folder for folder in sys.path)
    try:
        import surely_no_such_module
    except ImportError:
        pass
    return {"out": [before, between, any("packages" in folder for folder in sys.path)]}
"""
        self.assertEqual([False, False, True], self.engine.output(self.engine.node(code))["$n"][1])

    def test_exit_is_there(self):
        node = self.engine.node("async def execute(self, inputs):\n    quit()")
        self.assertEqual("system_exit", self.engine.fail(node)[2])


@unittest.skipUnless(host_program.part_exists("71"), "needs part 71")
class Prism(HostTest):
    CORE = """
import sys, types
module = types.ModuleType("PrismCore")
module.create = lambda prismArgs: ("core", prismArgs)
sys.modules["PrismCore"] = module
async def execute(self, inputs):
    from src.utils.prism_core import resolve_prism_core
    return {"out": repr(resolve_prism_core(inputs))}
"""

    def test_bootstrap(self):
        node = self.engine.node(self.CORE)
        self.engine.send(["prism", node, [["load_project", False], ["other", 1]]])
        self.engine.expect("dirty")
        request = self.engine.expect("var")
        self.engine.send(["value", request[1], []])
        self.assertEqual(["prismed", node, None], self.engine.receive())
        self.assertEqual("('core', ['noUI'])", self.engine.output(node))

    def test_bootstrap_that_fails(self):
        node = self.engine.node("async def execute(self, inputs): pass")
        self.engine.send(["prism", node, []])
        self.engine.expect("dirty")
        request = self.engine.expect("var")
        self.engine.send(["value", request[1], []])
        message, traceback = self.engine.expect("prismed")[2]
        self.assertIn("PrismCore", message)
