#!/usr/bin/env python3
"""Kills the daemon at random moments under load, again and again, and checks its promise each time.

usage: VNODE_BIN=build/release/bin/vnode scripts/soak.py [--rounds 200] [--seed N] [--keep]

Several clients submit runs (nothing, waiting, failing, Python with a child process that ignores signals) to an ordered
and to a wide queue: alone, as groups, waiting for others (`after`, `after_any`), with further attempts; and try ended ones
again. After a random time the daemon gets kill -9, and a new one is started on the same folder. Checked:

- nothing that was accepted is lost, and nothing is there twice (idempotency keys);
- of a group all runs are there, or none is, with numbers that follow one another, and its counts are those of its runs;
- a terminal state, once seen, never changes, but for runs that somebody tries again; in the end every run has exactly one;
- a run that waits for others begins after they have ended, as it wants them to, and else ends as `dependency_failed`;
- the ordered queue starts its runs in the order in which they were accepted;
- the events of every run are whole lines, numbered without gap, with one `execution_finished`, the last line (of one that
  was tried again with one for each time);
- interrupted runs are told so, or run again as the next attempt;
- no process that the daemon or its nodes have started outlives it.

Exit status 0 when all of it holds; the last line sums up.
"""
import argparse
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from vnode_client import Client, DaemonError, Disconnected  # noqa: E402

TIME_LIMIT = 60
# What its children ignore: without it most of the time would go by in waiting for them.
GRACE = "300ms"
# All of them are asked for in the end.
SETTINGS = "keep_runs: unlimited\nkeep_age: unlimited\nkeep_event_bytes: unlimited\nretry_delay: 50ms\n"
ENDED = {"completed", "failed", "cancelled", "timeout", "interrupted"}
CHILD_NODE = {
    "node_id": "soak_child",
    "name": "Child",
    "use_exec": True,
    "inputs": [],
    "outputs": [],
    "python_code": (
        "import asyncio, signal, subprocess\n\n"
        "async def execute(self, inputs):\n"
        "    subprocess.Popen(['sh', '-c', \"trap '' TERM INT HUP; sleep 1000\"], start_new_session=True)\n"
        "    await asyncio.sleep(0.2)\n"
        "    await self.set_output('exec_out', True)\n"
        "    return {}\n"
    ),
}


def uuid(number):
    return "00000000-0000-0000-0000-%012d" % number


def node(number, node_id, **parameters):
    return {"instance_id": uuid(number), "node_id": node_id, "position": [0, 0], "parameters": parameters}


def exec_wire(first, second):
    return {"from_node": uuid(first), "from_port": "exec_out", "to_node": uuid(second), "to_port": "exec_in", "is_exec": True}


WORKFLOWS = {
    "nothing": {"nodes": [], "connections": []},
    "print": {"nodes": [node(1, "message_node", msg="x"), node(2, "console_print", data="y")], "connections": [exec_wire(1, 2)]},
    "wait": {"nodes": [node(1, "message_node", msg="x"), node(2, "delay_timer", delay=0.15)], "connections": [exec_wire(1, 2)]},
    "fail": {"nodes": [node(1, "delay_timer", delay="soon")], "connections": []},
    "again": {"nodes": [node(1, "delay_timer", delay="soon")], "connections": []},
    "group": {"nodes": [node(1, "delay_timer", delay="${delay}")], "connections": [],
              "metadata": {"parameters": {"delay": {"type": "text", "default": "0"}}}},
    "child": {"nodes": [node(1, "message_node", msg="x"), node(2, "soak_child")], "connections": [exec_wire(1, 2)]},
}


class Failure(Exception):
    pass


class Daemon:
    """The real program on one folder, started as often as needed."""

    def __init__(self, folder, token):
        self.folder = folder
        self.socket = os.path.join(folder, "s")
        self.token = token
        self.process = None
        nodes = os.path.join(folder, "nodes")
        os.makedirs(nodes, exist_ok=True)
        with open(os.path.join(nodes, "soak_child.json"), "w") as file:
            json.dump(CHILD_NODE, file)
        self.environment = dict(os.environ, VNODE_PATH=nodes, VNODE_SOAK=token, XDG_CONFIG_HOME=folder)
        self.log = open(os.path.join(folder, "log"), "ab")
        os.mkdir(os.path.join(folder, "vnode"))
        with open(os.path.join(folder, "vnode", "vnode.yaml"), "w", encoding="utf-8") as settings:
            settings.write(SETTINGS)

    def start(self):
        self.process = subprocess.Popen(
            [os.environ["VNODE_BIN"], "serve", "--state-dir", os.path.join(self.folder, "state"), "--socket", self.socket,
             "--grace", GRACE],
            env=self.environment, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def connect(self):
        """A client, as soon as the daemon serves."""
        end = time.monotonic() + TIME_LIMIT
        while True:
            try:
                return Client(self.socket, timeout=TIME_LIMIT)
            except Disconnected:
                if self.process.poll() is not None:
                    raise Failure("the daemon has ended by itself with %s" % self.process.returncode)
                if time.monotonic() > end:
                    raise Failure("the daemon does not serve")
                time.sleep(0.005)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(TIME_LIMIT)


def descendants(token):
    """The processes that have the token in their environment, zombies not counted."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit() or int(entry) == os.getpid():
            continue
        try:
            with open("/proc/%s/environ" % entry, "rb") as file:
                has_token = ("VNODE_SOAK=" + token).encode() in file.read().split(b"\0")
        except OSError:
            continue
        if has_token:
            found.append(int(entry))
    return found


def number_of(run):
    """Ids have it in base 32, without the letters that people mistake."""
    number = 0
    for digit in run.split("-")[1]:
        number = number * 32 + "0123456789abcdefghjkmnpqrstvwxyz".index(digit)
    return number


# What is submitted, and how often; "again" is what is tried again by hand, and nothing waits for that.
KINDS = {"nothing": 35, "print": 35, "wait": 10, "child": 5, "fail": 5, "again": 6, "group": 6}


class Submitter(threading.Thread):
    """Submits until the daemon is gone; remembers what was accepted, in order."""

    def __init__(self, daemon, number, seed):
        super().__init__(daemon=True)
        self.daemon_process = daemon
        self.random = random.Random(seed)
        self.number = number
        self.accepted = []  # (id, key, what)
        self.unsure = []  # (key, what, params): asked for, not answered
        self.cancelled = set()  # ids that the daemon was asked to cancel
        self.retried = []  # ids that it was asked to try again
        self.error = None
        self.count = 0

    def run(self):
        try:
            with Client(self.daemon_process.socket, timeout=TIME_LIMIT) as client:
                while True:
                    self.submit_one(client)
        except (Disconnected, OSError, ValueError):
            pass  # killed: what was not answered stays unsure
        except DaemonError as error:
            self.error = error

    def submit_one(self, client):
        self.count += 1
        what = self.random.choices(list(KINDS), list(KINDS.values()))[0]
        key = "%d-%d-%d" % (os.getpid(), self.number, self.count)
        # (In the ordered queue it would not have ended soon enough to be tried again.)
        params = {"queue": "default" if what == "again" else self.random.choice(["ordered", "default"]), "name": what, "key": key}
        if self.random.random() < 0.3:
            params["on_interrupt"] = "retry"
        if what == "group":
            values = ["0"] * self.random.randint(2, 6) + self.random.choice([[], ["0.05"], ["soon"]])
            params["map"] = {"target": "delay", "values": values}
        if self.random.random() < 0.2:
            params["retries"] = self.random.randint(1, 2)
        others = [run for run, _, other in self.accepted[-20:] if other != "again"]
        if others and what != "again" and self.random.random() < 0.15:
            params[self.random.choice(["after", "after_any"])] = self.random.sample(others, min(len(others), 2))
        self.unsure.append((key, what, params))
        run = client.submit(WORKFLOWS[what], **params)
        self.unsure.pop()
        self.accepted.append((run, key, what))
        if self.random.random() < 0.05:
            self.cancelled.add(run)
            client.call("run.cancel", ids=[run])
        if what == "again" and client.call("run.wait", id=run, timeout=0.2)["status"] in ENDED:
            self.retried.append(run)
            client.call("run.retry", ids=[run])
        time.sleep(self.random.uniform(0, 0.02))


class Soak:
    def __init__(self, folder, rounds, seed):
        self.random = random.Random(seed)
        self.rounds = rounds
        self.token = "%d-%d" % (os.getpid(), seed)
        self.daemon = Daemon(folder, self.token)
        self.known = {}  # id -> status, as last seen
        self.accepted = {}  # id of a run or group -> key
        self.groups = {}  # id -> ids of its runs
        self.cancelled = set()
        self.retried = {}  # id -> how often somebody has tried it again, or has begun to
        self.waited = 0
        self.submitters = 0
        self.interrupted = 0
        self.attempts = 0

    def run(self):
        self.daemon.start()
        with self.daemon.connect() as client:
            client.call("queue.set", name="ordered", concurrency=1)
        for number in range(self.rounds):
            self.round()
            if (number + 1) % 20 == 0:
                print("%d rounds, %d runs" % (number + 1, len(self.accepted)), file=sys.stderr)
        self.finish()

    def round(self):
        with self.daemon.connect() as client:
            self.check(client)
        submitters = []
        for _ in range(4):
            self.submitters += 1
            submitters.append(Submitter(self.daemon, self.submitters, self.random.random()))
        for submitter in submitters:
            submitter.start()
        time.sleep(self.random.uniform(0.0, 0.4))  # the random moment itself
        self.daemon.kill()
        for submitter in submitters:
            submitter.join(TIME_LIMIT)
            if submitter.error:
                raise Failure("a submission was refused: %s" % submitter.error)
        self.check_no_process_left()
        self.daemon.start()
        with self.daemon.connect() as client:
            self.take_over(client, submitters)

    def take_over(self, client, submitters):
        """Everything that was accepted is there; what was not answered may be there, once."""
        for submitter in submitters:
            for run, key, what in submitter.accepted:
                if run in self.accepted:
                    raise Failure("the id %s was given twice" % run)
                self.accepted[run] = key
                self.look_at(client, run, key)
            self.cancelled |= submitter.cancelled
            for run in submitter.retried:
                self.retried[run] = self.retried.get(run, 0) + 1
            for key, what, params in submitter.unsure:
                # The same again: either the first one made it, or this one does.
                run = client.submit(WORKFLOWS[what], **params)
                if self.accepted.get(run, key) != key:
                    raise Failure("the key %s gave run %s of another key" % (key, run))
                self.accepted[run] = key
                size = self.look_at(client, run, key)
                if "map" in params and size != len(params["map"]["values"]):
                    raise Failure("group %s has %d runs" % (run, size))

    def look_at(self, client, run, key):
        """What was accepted is there, a group in whole. Returns how many runs it is."""
        try:
            if not run.startswith("g"):
                found = client.call("run.get", id=run)
                runs = [found]
            else:
                found = client.call("group.get", id=run)
                runs = sorted(client.runs(limit=1000, group=run), key=lambda one: one["id"])
                if found["size"] != len(runs) or sum(found["counts"].values()) != len(runs):
                    raise Failure("group %s of %d has %d runs: %s" % (run, found["size"], len(runs), found["counts"]))
                numbers = [number_of(one["id"]) for one in runs]
                if numbers != list(range(numbers[0], numbers[0] + len(runs))) or "g" + runs[0]["id"] != run:
                    raise Failure("group %s has the runs %s" % (run, [one["id"] for one in runs]))
                self.groups[run] = [one["id"] for one in runs]
        except DaemonError as error:
            raise Failure("%s was accepted and is lost: %s" % (run, error))
        if runs[0]["key"] != key:
            raise Failure("run %s has the key %s instead of %s" % (run, runs[0]["key"], key))
        return len(runs)

    def check(self, client):
        """No terminal state changes, and none is invented."""
        for run in client.runs(limit=1000):
            before = self.known.get(run["id"])
            if before in ENDED and run["status"] != before and run["id"] not in self.retried:
                raise Failure("run %s was %s and is %s now" % (run["id"], before, run["status"]))
            self.known[run["id"]] = run["status"]

    def check_no_process_left(self):
        end = time.monotonic() + TIME_LIMIT
        left = descendants(self.token)
        while left and time.monotonic() < end:
            time.sleep(0.01)
            left = descendants(self.token)
        if left:
            raise Failure("processes outlive the daemon: %s" % left)

    def finish(self):
        with self.daemon.connect() as client:
            for run in self.accepted:
                status = (client.call("group.wait", id=run) if run in self.groups else client.wait(run))["status"]
                if status not in ENDED:
                    raise Failure("run %s is %s in the end" % (run, status))
            self.check(client)
            runs = sorted(client.runs(limit=1000), key=lambda run: run["id"])
        for run in runs:
            self.check_events(run)
        self.check_order([run for run in runs if run["queue"] == "ordered" and not run["dependencies"]])
        self.check_dependencies({run["id"]: run for run in runs})
        known = set(self.accepted) | {run for group in self.groups.values() for run in group}
        unknown = {run["id"] for run in runs} - known
        if unknown:
            raise Failure("runs that nobody has submitted: %s" % sorted(unknown)[:5])
        if self.daemon.stop() != 0:
            raise Failure("the daemon has ended with %s" % self.daemon.process.returncode)
        self.check_no_process_left()

    def check_order(self, runs):
        """Those of the first attempt: a later one starts again after the next daemon has."""
        started = [(run["started_at"], run["id"]) for run in runs if run["started_at"] and run["attempt"] == 1]
        for (earlier, first), (later, second) in zip(started, started[1:]):
            if later < earlier:
                raise Failure("run %s was started before %s, which was accepted before it" % (second, first))

    def check_dependencies(self, runs):
        for run in runs.values():
            waited = {kind: self.ends_of(run, kind, runs) for kind in ("after", "after_any")}
            has_failed = run["error"].startswith("dependency_failed")
            self.waited += any(waited.values())
            went_well = all(one["status"] == "completed" for one in waited["after"])
            if has_failed and went_well:
                raise Failure("run %s says %r, and all has ended well" % (run["id"], run["error"]))
            was_cancelled = run["id"] in self.cancelled or run["group"] in self.cancelled
            if not went_well and not has_failed and not (was_cancelled and run["status"] == "cancelled"):
                raise Failure("run %s is %s, and what it waits for has not ended well" % (run["id"], run["status"]))
            if has_failed and (run["status"], run["exit_code"]) != ("cancelled", 1):
                raise Failure("run %s is %s with %s" % (run["id"], run["status"], run["exit_code"]))
            for one in waited["after"] + waited["after_any"]:
                if run["started_at"] and run["started_at"] < one["completed_at"]:
                    raise Failure("run %s has begun before %s has ended" % (run["id"], one["id"]))

    def ends_of(self, run, kind, runs):
        return [runs[one] for other in run["dependencies"].get(kind, []) for one in self.groups.get(other, [other])]

    def check_events(self, run):
        day, number = run["id"].split("-")
        path = os.path.join(self.daemon.folder, "state", "events", day, number + ".ndjson")
        with open(path, "rb") as file:
            text = file.read()
        if not text.endswith(b"\n"):
            raise Failure("%s ends in the middle of a line" % path)
        events = [json.loads(line) for line in text.splitlines()]
        if [event["seq"] for event in events] != list(range(1, len(events) + 1)):
            raise Failure("%s is not numbered without gap: %s" % (path, [event["seq"] for event in events]))
        ends = [event for event in events if event["type"] == "execution_finished"]
        if not 1 <= len(ends) <= 1 + self.retried.get(run["id"], 0) or events[-1] is not ends[-1]:
            raise Failure("%s has %d ends" % (path, len(ends)))
        if ends[-1]["status"] != run["status"]:
            raise Failure("run %s is %s, its events say %s" % (run["id"], run["status"], ends[-1]["status"]))
        attempts = [event["attempt"] for event in events if event["type"] == "execution_started"]
        if attempts != sorted(set(attempts)) or attempts[-1] != run["attempt"]:
            raise Failure("run %s: attempts %s, the last one %d" % (run["id"], attempts, run["attempt"]))
        self.interrupted += run["status"] == "interrupted"
        self.attempts += run["attempt"] > 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--keep", action="store_true", help="leave the folder behind")
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="vnode-soak-")
    print("seed %d, folder %s" % (arguments.seed, folder), file=sys.stderr)
    soak = Soak(folder, arguments.rounds, arguments.seed)
    try:
        soak.run()
    except Failure as failure:
        print("FAILED in %s (seed %d): %s" % (folder, arguments.seed, failure))
        return 1
    finally:
        if soak.daemon.process and soak.daemon.process.poll() is None:
            soak.daemon.kill()
    print("ok: %d kills, %d runs and %d groups accepted, %d interrupted, %d run again, %d waited for others, %d tried again" % (
        arguments.rounds, len(soak.accepted) - len(soak.groups), len(soak.groups), soak.interrupted, soak.attempts, soak.waited,
        len(soak.retried)))
    if not arguments.keep:
        import shutil

        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
