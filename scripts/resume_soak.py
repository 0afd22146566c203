#!/usr/bin/env python3
"""Kills runs that write a journal, at each of their events, goes on from the journal, and checks its promise each time.

usage: VNODE_BIN=build/release/bin/vnode scripts/resume_soak.py [--short] [--rounds 3] [--seed N] [--only NAME] [--keep]

Workflows of all shapes: chains, loops, maps, groups, Python that pushes in the middle, hooks, variables of several chains,
retries, bypass, init nodes, files, data flow. Each leaves a line in a file for each thing that it does. A run is cut off
(kill -9) when it has told so many events; then it is resumed. Checked, of each cut:

- what had ended in the journal is not done again, and what had not ended at most once more for each time that it had begun;
- in the end all is done, and the outcome is that of a run that was not cut off;
- what the run tells of its nodes is, for workflows with one chain, what that one tells, in the same order;
- a second resumption does nothing at all but what is never taken.

Then (not with --short) the same with three cuts in one life, `--rounds` times a workflow, and with a journal that ends, or
has a bit that is wrong, at each of its bytes: the run goes on from what is whole, or refuses with the offset.

Exit status 0 when all of it holds; the last line sums up.
"""
import argparse
import collections
import difflib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

TIME_LIMIT = 60
VNODE = os.environ.get("VNODE_BIN", "vnode")


# ---- workflows


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


# ---- runs


class Failed(Exception):
    pass


class Life:
    """One run, perhaps in several parts, in a folder of its own."""

    def __init__(self, name, folder):
        self.name = name
        self.at = Place(folder)
        self.file = self.at.path("w.json")
        made = SHAPES[name][0](self.at)
        with open(self.file, "w", encoding="utf-8") as file:
            json.dump(made, file)
        self.journal = self.at.path("run.journal")
        self.begun = False
        self.unended = collections.Counter()  # of executions that had begun and not ended at a cut, by node

    def command(self):
        words = [VNODE, "run", self.file, "--format", "ndjson", "--seed", "7", "--grace", "100ms",
                 "--resume" if self.begun else "--journal", self.journal]
        if os.path.isdir(self.at.path("nodes")):
            words += ["--nodes", self.at.path("nodes")]
        return words

    def run(self, cut_at=None):
        """The events; the run is cut off when it has told so many."""
        environment = dict(os.environ, XDG_CONFIG_HOME=self.at.path(".config"))
        with open(self.at.path("stderr"), "wb") as errors:
            process = subprocess.Popen(self.command(), stdout=subprocess.PIPE, stderr=errors, cwd=self.at.folder, env=environment)
        events = []
        try:
            for line in process.stdout:
                events.append(json.loads(line))
                if cut_at is not None and len(events) >= cut_at:
                    process.kill()
                    break
            process.stdout.close()
            process.wait(TIME_LIMIT)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        self.begun = self.begun or os.path.exists(self.journal)
        self.code = process.returncode
        with open(self.at.path("stderr"), encoding="utf-8", errors="replace") as errors:
            self.errors = errors.read()
        return events

    def effects(self):
        try:
            with open(self.at.effects, encoding="utf-8") as file:
                return file.read().splitlines()
        except FileNotFoundError:
            return []

    def note_unended(self):
        """What the journal says after a cut: whatever has begun since and not ended may be done once more."""
        if not os.path.exists(self.journal):
            return
        shown = subprocess.run([VNODE, "journal", "show", self.journal, "-o", "json"], capture_output=True, check=False)
        if shown.returncode != 0:
            raise Failed("the journal cannot be read: " + shown.stderr.decode())
        begun, attempt = {}, 0
        for record in json.loads(shown.stdout)["records"]:
            kind = record["record"]
            if kind == "journal":
                attempt = record["attempt"]
            elif kind == "begin":
                begun[record["execution"]] = (attempt, int(record["node"][-12:]))
            elif kind == "last" or kind == "end" and record["status"] not in ("cancelled", "timeout"):
                begun.pop(record["execution"], None)
        for at, number in begun.values():
            if at == attempt:
                self.unended[number] += 1


def tells(events, is_ordered=False):
    """What is told of nodes, but for times and what is said of the resumption; which execution it is, where that is known."""
    told = []
    for event in events:
        if event["type"] not in ("node_started", "node_finished", "node_output", "node_error"):
            continue
        kept = {key: value for key, value in event.items() if key in ("type", "node_id", "path", "iteration", "reason", "status",
                                                                    "output", "code")}
        if is_ordered:
            kept["execution"] = event.get("execution")
        told.append(json.dumps(without_times(kept), sort_keys=True))
    return told


def without_times(event):
    output = event.get("output")
    if isinstance(output, dict):
        event["output"] = {name: value for name, value in output.items() if name != "duration"}
    return event


def expect(condition, life, text, *details):
    if not condition:
        raise Failed("%s: %s %s\n  in %s" % (life.name, text, " ".join(map(str, details)), life.at.folder))


def number_of(effect):
    return int(effect.split(":")[0].lstrip("nhi"))


def check_effects(life, whole):
    """D7: done once, and once more only for each time that it had begun and not ended."""
    done, wanted = collections.Counter(life.effects()), collections.Counter(whole.effects())
    expect(set(done) == set(wanted), life, "not the same was done:", sorted(set(done) ^ set(wanted)))
    more = collections.Counter()
    for effect, times in done.items():
        expect(times >= wanted[effect], life, "not done:", effect)
        if not effect.startswith("i"):  # init nodes: each time
            more[number_of(effect)] += times - wanted[effect]
    for number, times in more.items():
        steps = 3 if life.name == "pushes" and number == 1 else 1
        expect(times <= life.unended[number] * steps, life, "done again although it had ended:", number, times, life.unended)


def check_end(life, whole, events, whole_events):
    expect(life.code == whole.code, life, "exit code", life.code, "not", whole.code, life.errors)
    check_effects(life, whole)
    one_chain = SHAPES[life.name][1] == 1
    now, then = tells(events, one_chain), tells(whole_events, one_chain)
    if life.name == "retries":  # the tries of earlier lives are not told again
        return
    if not one_chain:
        now.sort()
        then.sort()
    different = "\n".join(difflib.unified_diff(then, now, "a whole run", "resumed", lineterm="", n=1))
    expect(now == then, life, "another trace:\n", different)


def check_second_resumption(life, whole_events):
    before = life.effects()
    events = life.run()
    expect(life.code == whole_events[-1]["exit_code"], life, "the second resumption", life.code, life.errors)
    if life.name in ("init", "handled_failure"):  # never taken; a run that has ended tries failures again
        return
    expect(life.effects() == before, life, "the second resumption has done something:", life.effects()[len(before):],
           [event for event in events if event.get("reason_detail")])


class Soak:
    def __init__(self, folder, generator):
        self.folder = folder
        self.random = generator
        self.cuts = 0
        self.lives = 0

    def life(self, name):
        self.lives += 1
        folder = os.path.join(self.folder, "%s_%d" % (name, self.lives))
        os.makedirs(folder)
        return Life(name, folder)

    def end(self, life):
        shutil.rmtree(life.at.folder)

    def whole(self, name):
        life = self.life(name)
        events = life.run()
        expect(events and events[-1]["type"] == "execution_finished", life, "no end", life.errors)
        return life, events

    def cut_once(self, name, cut_at, whole, whole_events):
        life = self.life(name)
        life.run(cut_at)
        life.note_unended()
        events = life.run()
        self.cuts += 1
        check_end(life, whole, events, whole_events)
        check_second_resumption(life, whole_events)
        self.end(life)

    def cut_thrice(self, name, whole, whole_events):
        life = self.life(name)
        for _ in range(3):
            life.run(self.random.randint(1, len(whole_events)))
            life.note_unended()
            self.cuts += 1
        check_end(life, whole, life.run(), whole_events)
        self.end(life)

    def each_byte(self, name, step):
        """The journal ends at each of its bytes, and has a wrong bit there."""
        whole, whole_events = self.whole(name)
        with open(whole.journal, "rb") as file:
            journal = file.read()
        effects = whole.effects()
        for at in range(0, len(journal), step):
            for is_cut in (True, False):
                changed = journal[:at] if is_cut else journal[:at] + bytes([journal[at] ^ 1 << self.random.randint(0, 7)]) + journal[at + 1:]
                with open(whole.journal, "wb") as file:
                    file.write(changed)
                with open(whole.at.effects, "w", encoding="utf-8") as file:
                    file.write("\n".join(effects) + "\n")
                events = whole.run()
                self.cuts += 1
                if whole.code == 3:
                    expect("offset" in whole.errors and not is_cut, whole, "refused", at, is_cut, whole.errors)
                    expect(whole.effects() == effects, whole, "refused, and all the same done", at)
                else:
                    expect(whole.code == whole_events[-1]["exit_code"], whole, "at byte", at, is_cut, whole.code, whole.errors)
                    expect(sorted(tells(events)) == sorted(tells(whole_events)), whole, "another outcome at byte", at, is_cut)
        self.end(whole)


def soak(options, folder):
    made = Soak(folder, random.Random(options.seed))
    names = [options.only] if options.only else SHORT if options.short else list(SHAPES)
    for name in names:
        began = time.monotonic()
        whole, whole_events = made.whole(name)
        places = range(1, len(whole_events) + 1)
        if options.short:
            places = sorted(made.random.sample(places, min(3, len(places))))
        for cut_at in places:
            made.cut_once(name, cut_at, whole, whole_events)
        if not options.short:
            for _ in range(options.rounds):
                made.cut_thrice(name, whole, whole_events)
        print("%-16s %3d events, %.1f s" % (name, len(whole_events), time.monotonic() - began), flush=True)
    if not options.short and not options.only:
        for name in ("loop", "last_firing"):
            made.each_byte(name, options.step)
    return made


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="a few cuts of a few workflows")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--step", type=int, default=1, help="of the bytes of a journal")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--only", choices=list(SHAPES))
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    if options.seed is None:
        options.seed = random.randrange(1 << 30)
    folder = tempfile.mkdtemp(prefix="vnode_resume_soak")
    try:
        made = soak(options, folder)
    except Failed as failure:
        print("FAILED (seed %d): %s" % (options.seed, failure))
        return 1
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    print("%d lives, %d cuts: all holds (seed %d)" % (made.lives, made.cuts, options.seed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
