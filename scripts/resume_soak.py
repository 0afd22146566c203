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

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from resume_shapes import SHAPES, SHORT, Place  # noqa: E402

TIME_LIMIT = 60
VNODE = os.environ.get("VNODE_BIN", "vnode")


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
