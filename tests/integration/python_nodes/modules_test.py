"""The modules that node code imports from vnode, Prism, the bridge to Houdini, and the choice of interpreters."""

import glob
import json
import os
import subprocess
import sys
import unittest

from python_runs import ODD, SUPPORT, PythonRunTest, bare, data, node, then

OWN_CODE = """
async def execute(self, inputs):
    value = inputs.get("data")
    result = eval(self.get_parameter("question"), {"value": value, "self": self, "sys": __import__("sys")})
    await self.set_output("result", result)
    await self.set_output("exec_out", True)
    return {}
"""

PRISM_INIT = """
from src.utils.prism_core import bootstrap_prism_core, resolve_prism_core


async def execute(self, inputs):
    known = resolve_prism_core(inputs) is not None
    await self.set_output("known", known)
    if known:
        await self.set_output("result", bootstrap_prism_core())
    await self.set_output("exec_out", True)
    return {}
"""

PRISM_READER = """
from src.utils.prism_core import resolve_prism_core


async def execute(self, inputs):
    core = resolve_prism_core(inputs)
    result = None if core is None else [core.version, core.getPlugin("USD").pluginName]
    await self.set_output("result", result)
    await self.set_output("exec_out", True)
    return {}
"""

BRIDGE = """
async def execute(self, inputs):
    from src.utils.hou_bridge import get_bridge, is_available

    bridge = get_bridge()
    if not is_available():
        self.log_error("no Houdini")
        return {}
    created = bridge.create_node("/obj", "geo", name="box")
    bridge.set_parms("/obj/box", {"tx": 1.5})
    result = [created["path"], bridge.get_parm("/obj/box", "tx"), bridge.children(), get_bridge() is bridge]
    try:
        bridge.delete_node("/obj/none")
    except RuntimeError as error:
        result.append(str(error))
    await self.set_output("result", result)
    await self.set_output("exec_out", True)
    return {}
"""


class Prism(PythonRunTest):
    def setUp(self):
        super().setUp()
        init = bare("prism_core_init", PRISM_INIT)
        init["outputs"].append({"name": "known", "type": "bool"})
        self.define(init, bare("prism_reader", PRISM_READER))
        self.log = self.path("prism.log")

    def run_prism(self, *wires, init=None, is_there=True, **variables):
        """Node 1 is prism_core_init, 2 and 3 use the core. Whether it can be started at all."""
        nodes = [node(1, "prism_core_init", **(init or {})), node(2, "prism_odd_literal"), node(3, "prism_reader")]
        env = {"PYTHONPATH": str(SUPPORT / "prism"), "FAKE_PRISM_LOG": self.log, **variables}
        outcome = self.run_nodes(nodes, wires or then(1, 2, 3), env=env)
        return self.succeed(outcome) if is_there else self.log_errors(outcome, 1)

    def calls(self):
        if not os.path.exists(self.log):
            return []
        with open(self.log, encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def test_it_is_started_once_and_found_by_all(self):
        outcome = self.run_prism()
        self.assertEqual(self.calls(), [["create", ["noUI", "loadProject"]]])
        core = {"$object": "FakeCore", "repr": "<FakeCore without a project>"}
        self.assertEqual((outcome.pushes(1, "known"), outcome.pushes(1)), ([True], [core]))
        self.assertEqual(outcome.pushes(2)[0], "<FakeCore without a project>")
        self.assertEqual(outcome.pushes(3), [["v2.0.0-fake", "USD"]])

    def test_saved_parameters_count(self):
        self.run_prism(init={"load_project": False, "show_ui": True}, FAKE_PRISM_PROJECT="/tmp/project")
        self.assertEqual(self.calls(), [["show", []]])

    def test_the_path_of_the_node_is_used(self):
        self.run_prism(init={"prism_scripts_path": str(SUPPORT / "prism")}, PYTHONPATH=self.folder)
        self.assertEqual(len(self.calls()), 1)

    def test_a_node_that_is_not_wired_starts_it_too(self):
        outcome = self.run_prism(*then(2, 3))
        self.assertEqual(outcome.statuses(1), [])
        self.assertEqual(outcome.pushes(2)[0], "<FakeCore without a project>")

    def test_a_failure_is_an_error_log_of_that_node(self):
        outcome = self.run_prism(is_there=False, FAKE_PRISM_ERROR="no licence")
        errors = [e["message"] for e in outcome.of(1, "node_log") if e["level"] == "error"]
        self.assertEqual(len(errors), 1, outcome)
        self.assertIn("no licence", errors[0])
        self.assertLess(outcome.at(1, "node_log"), outcome.at(1, "node_started"))
        self.assertEqual((outcome.pushes(1, "known"), outcome.pushes(2)[0], outcome.pushes(3)),
                         ([False], "None", [None]))

    def test_without_prism(self):
        outcome = self.run_prism(is_there=False, PYTHONPATH=self.folder)
        errors = [e["message"] for e in outcome.of(1, "node_log") if e["level"] == "error"]
        self.assertEqual(["PrismCore" in error for error in errors], [True], outcome)

    def test_a_core_by_wire(self):
        nodes = [node(1, "prism_core_init"), node(2, "odd_own_name"), node(3, "prism_odd_literal")]
        env = {"PYTHONPATH": str(SUPPORT / "prism")}
        outcome = self.succeed(self.run_nodes(nodes, [*then(1, 2, 3), data((1, "result"), (3, "core"))], env=env))
        self.assertEqual(outcome.pushes(3)[0], "<FakeCore without a project>")


class Bridge(PythonRunTest):
    def setUp(self):
        super().setUp()
        self.define(bare("bridge", BRIDGE))

    def run_bridge(self, port):
        return self.run_nodes([node(1, "bridge"), node(2, "console_print")], then(1, 2),
                              env={"VIBRANTE_HOU_PORT": str(port)})

    def start_server(self):
        server = subprocess.Popen([sys.executable, str(SUPPORT / "hou_bridge_server.py")], stdout=subprocess.PIPE,
                                  text=True)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        return int(server.stdout.readline())

    def test_calls(self):
        outcome = self.succeed(self.run_bridge(self.start_server()))
        self.assertEqual(outcome.pushes(1), [["/obj/box", 1.5, ["/obj/box"], True, "no node /obj/none"]])

    def test_without_houdini(self):
        # Nothing listens on port 1.
        self.assertIn("no Houdini", self.log_errors(self.run_bridge(1), 1).logs(1))


class OwnPackages(PythonRunTest):
    """`src` and `vnode` are names that the user's own path may have too: then those come first."""

    def ask(self, code, **env):
        self.define(bare("asker", code))
        outcome = self.succeed(self.run_nodes([node(1, "asker"), node(2, "console_print")], then(1, 2), env=env))
        return outcome.pushes(1)[0]

    def write_package(self, *parts, text):
        folder = os.path.join(self.folder, "user", *parts[:-1])
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, parts[-1]), "w", encoding="utf-8") as file:
            file.write(text)

    def asking(self, imports, result):
        return "%s\n\nasync def execute(self, inputs):\n    await self.set_output('result', %s)\n    " \
            "await self.set_output('exec_out', True)\n" % (imports, result)

    def test_a_src_of_the_user_is_not_shadowed(self):
        self.write_package("src", "__init__.py", text="OWN = 'of the user'\n")
        self.write_package("src", "tools.py", text="def answer():\n    return 42\n")
        code = self.asking("import src\nfrom src import tools\nfrom src.nodes.base import BaseNode",
                           "[src.OWN, tools.answer(), isinstance(self, BaseNode)]")
        self.assertEqual(self.ask(code, PYTHONPATH=self.path("user")), ["of the user", 42, True])

    def test_a_src_utils_of_the_user_is_not_shadowed(self):
        self.write_package("src", "__init__.py", text="")
        self.write_package("src", "utils", "__init__.py", text="")
        self.write_package("src", "utils", "paths.py", text="ROOT = '/shows'\n")
        code = self.asking("from src.utils import paths\nfrom src.utils.prism_config import read_pipeline_json",
                           "[paths.ROOT, read_pipeline_json('/none')]")
        self.assertEqual(self.ask(code, PYTHONPATH=self.path("user")), ["/shows", {}])

    def test_a_src_without_init(self):
        self.write_package("src", "tools.py", text="VALUE = 'namespace package'\n")
        code = self.asking("from src.tools import VALUE\nfrom src.nodes.base import BaseNode",
                           "[VALUE, BaseNode.__name__]")
        self.assertEqual(self.ask(code, PYTHONPATH=self.path("user")), ["namespace package", "BaseNode"])

    def test_modules_beside_the_workflow_are_not_imported_by_chance(self):
        # A file json.py in the working directory must not replace the module of that name.
        self.write("json.py", "raise RuntimeError('the wrong json')\n")
        self.assertEqual(self.ask(self.asking("import json", "json.dumps([1])")), "[1]")

    def test_relative_paths_are_those_of_vnode(self):
        self.assertEqual(self.ask(self.asking("import os", "os.getcwd()")), os.path.realpath(self.folder))

    def test_the_environment_is_that_of_vnode(self):
        code = self.asking("import os", "[os.environ['SHOW'], len(os.environ['VNODE_RUN_ID'])]")
        self.assertEqual(self.ask(code, SHOW="café"), ["café", 36])


def other_interpreters():
    """Interpreters from 3.7 on, besides the first one, by path and version."""
    found = {}
    for path in ["/usr/bin/python3", *sorted(glob.glob(os.path.expanduser("~/.pyenv/versions/*/bin/python3")))]:
        if not os.path.exists(path):
            continue
        code = "import sys; print('%d.%d' % sys.version_info[:2])"
        version = subprocess.run([path, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
        if tuple(map(int, version.split("."))) >= (3, 7):
            found.setdefault(version, path)
    return found


INTERPRETERS = other_interpreters()


class Interpreters(PythonRunTest):
    VERSION = "'%d.%d' % sys.version_info[:2]"

    def versions(self, *definitions, env=None, options=()):
        """The versions that instances of these definitions run in."""
        nodes = [node(n, name, question=self.VERSION) for n, name in enumerate(definitions, 1)]
        outcome = self.succeed(self.run_nodes(nodes, then(*range(1, len(nodes) + 1)), *options, env=env))
        return [outcome.pushes(n)[0] for n in range(1, len(nodes) + 1)]

    def define_in(self, *versions):
        for version in versions:
            self.define(bare("in_" + version, OWN_CODE, interpreter=INTERPRETERS[version]))
        return ["in_" + version for version in versions]

    def two(self):
        if len(INTERPRETERS) < 2:
            self.skipTest("there is only one interpreter")
        return list(INTERPRETERS)[:1] + list(INTERPRETERS)[-1:]

    def test_every_version(self):
        versions = list(INTERPRETERS)
        self.assertEqual(self.versions(*self.define_in(*versions)), versions)

    def test_the_choice(self):
        """A definition's own interpreter, else --python, else VNODE_PYTHON, else python3."""
        first, second = self.two()
        self.define(bare("any", OWN_CODE), bare("own", OWN_CODE, interpreter=INTERPRETERS[first]))
        environment = {"VNODE_PYTHON": INTERPRETERS[second]}
        self.assertEqual(self.versions("any", "own", env=environment), [second, first])
        option = ("--python", INTERPRETERS[first])
        self.assertEqual(self.versions("any", env=environment, options=option), [first])

    def test_values_cross(self):
        definitions = self.define_in(*self.two())
        # Tuples reach another interpreter as lists: the engine between them has no tuples.
        made = "{'t': [1, [2.5]], 'big': 2 ** 70, 'b': b'x', 's': {1}, 5: float('inf')}"
        nodes = [node(1, definitions[0], question=made), node(2, definitions[1], question="value")]
        nodes.append(node(3, definitions[0], question="repr(value)"))
        wires = [*then(1, 2, 3), data((1, "result"), (2, "data")), data((2, "result"), (3, "data"))]
        outcome = self.succeed(self.run_nodes(nodes, wires))
        self.assertEqual(outcome.pushes(3), [repr(eval(made))])

    def test_an_object_is_known_where_it_lives_only(self):
        definitions = self.define_in(*self.two())
        nodes = [node(1, definitions[0], question="[object, 1 + 2j]"), node(2, definitions[1], question="repr(value)")]
        nodes.append(node(3, definitions[0], question="[value[0] is object, value[1] == 1 + 2j]"))
        wires = [*then(1, 2, 3), data((1, "result"), (2, "data")), data((1, "result"), (3, "data"))]
        outcome = self.succeed(self.run_nodes(nodes, wires))
        for word in ("(1+2j)", "<class 'object'>"):
            self.assertIn(word, outcome.pushes(2)[0])
        self.assertEqual(outcome.pushes(3), [[True, True]])

    def test_variables_are_shared(self):
        definitions = self.define_in(*self.two())
        store = "self.memory.update(shared=[1]) or self.memory['shared']"
        change = "self.memory['shared'].append(2) or self.memory['shared']"
        nodes = [node(1, definitions[0], question=store), node(2, definitions[1], question=change)]
        nodes.append(node(3, definitions[0], question="self.memory['shared']"))
        outcome = self.succeed(self.run_nodes(nodes, then(1, 2, 3)))
        self.assertEqual([outcome.pushes(n) for n in (1, 2, 3)], [[[1]], [[1, 2]], [[1, 2]]])

    def test_a_host_dies_alone(self):
        definitions = self.define_in(*self.two())
        nodes = [node(1, definitions[0], question="self.memory.update(a=1)"),
                 node(2, definitions[1], question="__import__('os')._exit(3)")]
        nodes += [node(3, definitions[0], question="1"), node(4, "For Each", collection=[0])]
        wires = [*then(1, 3), *then(4, 2, port="each_item")]
        outcome = self.fail_only(self.run_nodes(nodes, wires), 2)
        self.assertEqual(outcome.statuses(3), ["success"])
        self.assertFalse(any("started again" in message for message in outcome.logs(3)), outcome)

    def refused(self, interpreter):
        self.define(bare("lost", OWN_CODE, interpreter=interpreter))
        outcome = self.run_nodes([node(1, "lost"), node(2, "console_print")], then(1, 2))
        self.assertEqual((outcome.code, outcome.events[-1]["status"]), (3, "invalid"), outcome)
        for word in (interpreter, "lost"):
            self.assertIn(word, outcome.errors)
        self.check_gone(outcome.run_id)
        return outcome

    def test_an_unknown_interpreter(self):
        for interpreter in ("no-such-python", "/nowhere/python3"):
            self.assertIn("--python", self.refused(interpreter).errors)

    def test_a_program_that_is_no_interpreter(self):
        self.refused("/bin/true")

    def test_an_unknown_interpreter_that_nothing_needs(self):
        nodes = [node(1, "console_print"), node(2, "console_print")]
        self.succeed(self.run_nodes(nodes, then(1, 2), "--python", "no-such-python"))

    def test_the_default_interpreter_is_unknown(self):
        outcome = self.run_nodes([node(1, "odd_own_name"), node(2, "console_print")], then(1, 2), "--python",
                                 "no-such-python", "--nodes", str(ODD))
        self.assertEqual(outcome.code, 3, outcome)
        self.assertIn("no-such-python", outcome.errors)


if __name__ == "__main__":
    unittest.main()
