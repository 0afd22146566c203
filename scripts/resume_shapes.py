"""Workflows of all shapes for resume_soak.py: each leaves a line in a file for each thing that it does."""
import json
import os


def uuid(number):
    return "00000000-0000-0000-0000-%012d" % number


def node(number, node_id, **parameters):
    init = parameters.pop("init_priority", 0)
    bypassed = parameters.pop("bypassed", False)
    made = {"instance_id": uuid(number), "node_id": node_id, "position": [0, 0], "parameters": parameters}
    if init:
        made["init_priority"] = init
    if bypassed:
        made["bypassed"] = True
    return made


def wire(from_node, from_port, to_node, to_port, is_exec=False):
    return {"from_node": uuid(from_node), "from_port": from_port, "to_node": uuid(to_node), "to_port": to_port,
            "is_exec": is_exec}


def fire(from_node, to_node, port="exec_out"):
    return wire(from_node, port, to_node, "exec_in", True)


def chain_wires(*numbers):
    return [fire(a, b) for a, b in zip(numbers, numbers[1:])]


def workflow(nodes, wires):
    return {"nodes": nodes, "connections": wires}


class Place:
    """The folder of one workflow's runs."""

    def __init__(self, folder):
        self.folder = folder
        self.effects = os.path.join(folder, "effects")

    def path(self, name):
        return os.path.join(self.folder, name)

    def deed(self, number, name=None, script="", **parameters):
        """A command that leaves a line, with `item` in it where a wire brings one."""
        text = "%s echo '%s:{item}' >> '%s'" % (script, name or "n%d" % number, self.effects)
        return node(number, "run_command", command=["sh", "-c", text], item="", **parameters)

    def python(self, number, name, **parameters):
        code = "open(%r, 'a').write('%s:%%s\\n' %% (inputs.get('item') or ''))" % (self.effects, name)
        return node(number, "python_script", python_code=code, **parameters)

    def definition(self, node_id, body, inputs=(), outputs=(), more="", **members):
        """Python code with `leave(text)`."""
        code = "def leave(text):\n    open(%r, 'a').write('%%s\\n' %% text)\n\n" % self.effects
        code += "async def execute(self, inputs):\n" + "".join("    %s\n" % line for line in body.split("\n")) + more
        os.makedirs(self.path("nodes"), exist_ok=True)
        with open(self.path("nodes/%s.json" % node_id), "w", encoding="utf-8") as file:
            json.dump({"node_id": node_id, "name": node_id, "use_exec": True,
                       "inputs": [{"name": name, "type": "any"} for name in inputs],
                       "outputs": [{"name": name, "type": "any"} for name in outputs], "python_code": code, **members}, file)


def shape_chain(at):
    return workflow([at.deed(1), at.python(2, "n2"), at.deed(3), node(4, "delay_timer", delay=0.02), at.deed(5)],
                    chain_wires(1, 2, 3, 4, 5))


def shape_loop(at):
    nodes = [node(1, "For Each", collection=["a", "b", "c"]), at.deed(2), at.python(3, "n3"), at.deed(4)]
    return workflow(nodes, [fire(1, 2, "each_item"), fire(2, 3), fire(1, 4, "exec_on_finished"),
                            wire(1, "current_item", 2, "item")])


def shape_nested_loops(at):
    nodes = [node(1, "For Each", collection=["a", "b"]), node(2, "For Each", collection=[1, 2]), at.deed(3), at.deed(4),
             at.deed(5)]
    return workflow(nodes, [fire(1, 2, "each_item"), fire(2, 3, "each_item"), fire(2, 4, "exec_on_finished"),
                            fire(1, 5, "exec_on_finished"), wire(2, "current_item", 3, "item"),
                            wire(1, "current_item", 4, "item")])


def shape_map(at):
    nodes = [node(1, "Parallel For Each", collection=["a", "b", "c", "d"], max_concurrency=2), at.deed(2), at.deed(3),
             at.deed(4)]
    return workflow(nodes, [fire(1, 2, "each_item"), fire(2, 3), fire(1, 4, "exec_on_finished"),
                            wire(1, "current_item", 2, "item"), wire(2, "stdout", 3, "item")])


def shape_nested_maps(at):
    inner = node(2, "Parallel For Each", collection=[1, 2], max_concurrency=2)
    nodes = [node(1, "Parallel For Each", collection=["a", "b"], max_concurrency=2), inner, at.deed(3), at.deed(4), at.deed(5)]
    return workflow(nodes, [fire(1, 2, "each_item"), fire(2, 3, "each_item"), fire(2, 4, "exec_on_finished"),
                            fire(1, 5, "exec_on_finished"), wire(2, "current_item", 3, "item"),
                            wire(1, "current_item", 4, "item")])


def shape_group(at):
    inside = workflow([at.deed(11), at.python(12, "n12"), at.deed(13)], chain_wires(11, 12, 13))
    group = node(2, "group_node", __name__="Inside", __workflow__=inside)
    return workflow([at.deed(1), group, at.deed(3)], chain_wires(1, 2, 3))


def shape_group_in_loop(at):
    inside = workflow([at.deed(11), at.deed(12)], chain_wires(11, 12))
    group = node(2, "group_node", __name__="Inside", __workflow__=inside)
    nodes = [node(1, "For Each", collection=["a", "b"]), group, at.deed(3)]
    return workflow(nodes, [fire(1, 2, "each_item"), fire(1, 3, "exec_on_finished")])


def shape_pushes(at):
    """Its own work lies between firings, and is done again; what it fires is not."""
    at.definition("pushes", "for step in (1, 2, 3):\n    leave('n1:%d' % step)\n    await self.set_output('value', step)\n"
                  "    await self.set_output('exec_out', True)\nreturn {'value': 4}", outputs=("value",))
    nodes = [node(1, "pushes"), at.deed(2), at.deed(3)]
    return workflow(nodes, [fire(1, 2), fire(2, 3), wire(1, "value", 2, "item")])


def shape_last_firing(at):
    """Nothing but a return is left behind its firing: it has ended then."""
    at.definition("last", "leave('n1:')\nresult = {'value': 7, 'more': 'two'}\nfor name, value in result.items():\n"
                  "    await self.set_output(name, value)\nawait self.set_output('exec_out', True)\nreturn result",
                  outputs=("value", "more"))
    nodes = [node(1, "last"), at.deed(2), at.deed(3)]
    return workflow(nodes, [fire(1, 2), fire(2, 3), wire(1, "value", 2, "item"), wire(1, "more", 3, "item")])


def shape_hooks(at):
    hook = "\nasync def on_parameter_changed(self, name, value):\n    leave('h2:%s' % value)\n    await self.set_output('seen', value)\n"
    at.definition("hooked", "leave('n2:')\nawait self.set_output('exec_out', True)\nreturn {}", inputs=("item",),
                  outputs=("seen",), more=hook)
    nodes = [node(1, "For Each", collection=["a", "b"]), node(2, "hooked"), at.deed(3), at.deed(4)]
    return workflow(nodes, [fire(1, 2, "each_item"), fire(2, 3), fire(1, 4, "exec_on_finished"),
                            wire(1, "current_item", 2, "item"), wire(2, "seen", 3, "item")])


def shape_variables(at):
    """Two chains, of which each sets a variable that only it reads; Python and native nodes."""
    at.definition("count", "self.memory['n'] = (self.memory.get('n') or 0) + 1\n"
                  "leave('n3:%s' % self.memory['n'])\nawait self.set_output('exec_out', True)\nreturn {}")
    nodes = [node(1, "For Each", collection=[1, 2, 3]), at.deed(2), node(3, "count"),
             node(4, "Set Variable", name="x", value="set"), at.deed(5), node(6, "Get Variable", name="x"), at.deed(7),
             at.deed(8), node(9, "Get Variable", name="n")]
    return workflow(nodes, [fire(1, 2, "each_item"), fire(2, 3), fire(1, 8, "exec_on_finished"), fire(4, 5), fire(5, 7),
                            wire(6, "value", 7, "item"), wire(9, "value", 8, "item")])


def shape_retries(at):
    """Fails the first time that it is executed; its tries count over lives."""
    once = at.deed(2, script="if mkdir '%s' 2> /dev/null; then exit 1; fi;" % at.path("tried"))
    once["parameters"]["__vnode__"] = {"retries": 9, "backoff": "10ms"}
    return workflow([at.deed(1), once, at.deed(3)], chain_wires(1, 2, 3))


def shape_bypass(at):
    passed = at.deed(2, bypassed=True)
    return workflow([at.deed(1), passed, at.deed(3)], chain_wires(1, 2, 3))


def shape_init(at):
    first = at.deed(1, "i1", init_priority=1)
    return workflow([first, at.deed(2), at.deed(3)], chain_wires(2, 3))


def shape_files(at):
    """Commands and native nodes that make files, which later ones read."""
    made = at.path("made.txt")
    nodes = [node(1, "file_write", path=at.path("first.txt"), content="one"),
             at.deed(2, script="cp '%s' '%s' &&" % (at.path("first.txt"), made), expect_files=[made]),
             node(3, "file_append", path=at.path("sum.txt"), content="+"), at.deed(4), node(5, "create_folder", path=at.path("out"))]
    return workflow(nodes, chain_wires(1, 2, 3, 4, 5))


def shape_async(at):
    """Pushes beside each other, out of code that waits."""
    at.definition("beside", "import asyncio\nasync def later(port, seconds):\n    await asyncio.sleep(seconds)\n"
                  "    await self.set_output(port, True)\nleave('n1:')\nawait asyncio.gather(later('one', 0.03), later('two', 0.01))\n"
                  "return {}", outputs=())
    path = at.path("nodes/beside.json")
    with open(path, encoding="utf-8") as file:
        definition = json.load(file)
    definition["outputs"] = [{"name": "one", "type": "exec"}, {"name": "two", "type": "exec"}]
    with open(path, "w", encoding="utf-8") as file:
        json.dump(definition, file)
    nodes = [node(1, "beside"), at.deed(2), at.deed(3), at.deed(4)]
    return workflow(nodes, [fire(1, 2, "one"), fire(1, 3, "two"), fire(3, 4)])


def shape_chains(at):
    nodes, wires = [], []
    for first in (1, 11, 21):
        nodes += [at.deed(first, script="sleep 0.0%d;" % (first % 7)), node(first + 1, "delay_timer", delay=0.01),
                  at.python(first + 2, "n%d" % (first + 2)), at.deed(first + 3)]
        wires += chain_wires(first, first + 1, first + 2, first + 3)
    return workflow(nodes, wires)


def shape_data_flow(at):
    nodes = [at.deed(1), at.deed(2), at.deed(3)]
    return workflow(nodes, [wire(1, "stdout", 2, "item"), wire(1, "stdout", 3, "item")])


def shape_handled_failure(at):
    failing = at.deed(2, script="false &&")
    return workflow([at.deed(1), failing, at.deed(3), at.deed(4)], [fire(1, 2), fire(2, 3), fire(2, 4, "exec_fail")])


# Name: with how many chains, what is done each time (a name's beginning), and whether its own work is done again.
SHAPES = {
    "chain": (shape_chain, 1), "loop": (shape_loop, 1), "nested_loops": (shape_nested_loops, 1), "map": (shape_map, 2),
    "nested_maps": (shape_nested_maps, 2), "group": (shape_group, 1), "group_in_loop": (shape_group_in_loop, 1),
    "pushes": (shape_pushes, 1), "last_firing": (shape_last_firing, 1), "hooks": (shape_hooks, 1),
    "variables": (shape_variables, 2), "retries": (shape_retries, 1), "bypass": (shape_bypass, 1), "init": (shape_init, 1),
    "files": (shape_files, 1), "async": (shape_async, 2), "chains": (shape_chains, 3), "data_flow": (shape_data_flow, 3),
    "handled_failure": (shape_handled_failure, 1),
}
SHORT = ("loop", "group", "pushes", "last_firing", "hooks", "variables", "map", "files")
