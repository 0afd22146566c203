#!/usr/bin/env python3
"""Measures the daemon and prints the figures beside their limits, as a Markdown table.

usage: daemon_bench.py [--build FOLDER] [--quick] [ROW...]

Needs a release build with all targets. Every row has a daemon of its own, started for it; `submit` and `throughput` have
done some runs before they are measured, since a daemon lives long. ROW: submit, throughput, fanout, history, restart, idle, groups,
neighbours: what one client costs the others; and peers: what Debian has beside it, measured in turns with it; no limits. Exit status 1 where a limit does not hold. --quick: a tenth
of the runs, events and subscribers.
"""
import argparse
import contextlib
import json
import os
import pathlib
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import daemon_groups  # noqa: E402
import daemon_neighbours  # noqa: E402
import peers  # noqa: E402
from measuring import RELEASE_BUILD, Table, check_rows  # noqa: E402
from vnode_client import Client, Disconnected  # noqa: E402


def uuid(number):
    return "00000000-0000-0000-0000-%012d" % number


def node(number, node_id, **parameters):
    return {"instance_id": uuid(number), "node_id": node_id, "position": [0, 0], "parameters": parameters}


def wire(source, target, is_exec=True):
    return {"from_node": uuid(source[0]), "from_port": source[1], "to_node": uuid(target[0]), "to_port": target[1], "is_exec": is_exec}


def paced(rounds, delay):
    """A loop whose body says something after each delay."""
    return {
        "nodes": [node(1, "for_loop", start=0, end=rounds), node(2, "loop_body", delay=delay), node(3, "console_print", data="tick")],
        "connections": [wire((1, "exec_out"), (2, "exec_in")), wire((1, "indices"), (2, "indices"), False), wire((2, "exec_out"), (3, "exec_in"))],
    }


class Daemon:
    def __init__(self, vnode, folder):
        self.folder = pathlib.Path(folder)
        self.socket = str(self.folder / "s")
        begin = time.perf_counter()
        self.process = subprocess.Popen([vnode, "serve", "--state-dir", self.folder / "state", "--socket", self.socket],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=open(self.folder / "log", "ab"),
                                        env=dict(os.environ, XDG_CONFIG_HOME=folder))
        while True:
            try:
                self.client = Client(self.socket)
                break
            except Disconnected:
                if self.process.poll() is not None:
                    raise SystemExit("daemon_bench: the daemon does not start")
                time.sleep(0.001)
        self.start_time = time.perf_counter() - begin

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.close()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)

    def status(self, name):
        for line in pathlib.Path("/proc/%d/status" % self.process.pid).read_text().splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1])
        return 0

    def megabytes(self, name="VmRSS"):
        return self.status(name) / 1024

    def wake_ups(self):
        """Voluntary switches of each thread: each is one wait that has ended."""
        waits = {}
        for task in pathlib.Path("/proc/%d/task" % self.process.pid).iterdir():
            for line in (task / "status").read_text().splitlines():
                if line.startswith("voluntary_ctxt_switches"):
                    waits[task.name] = int(line.split()[1])
        return waits


class Bench:
    def __init__(self, build, quick):
        self.vnode = build / "bin" / "vnode"
        self.load_program = build / "bin" / "bench_daemon"
        self.quick = quick
        self.table = Table()
        self.report = self.table.row

    def load(self, daemon, *words):
        output = subprocess.run([self.load_program, daemon.socket] + [str(word) for word in words], capture_output=True, check=True)
        return json.loads(output.stdout)

    def submit(self):
        with tempfile.TemporaryDirectory() as folder, Daemon(self.vnode, folder) as daemon:
            self.load(daemon, "submit", 50)
            figures = self.load(daemon, "submit", 100 if self.quick else 1000)
        self.report("submit to durable reply, p50", "%.2f ms" % figures["reply_p50"], "< 1 ms", figures["reply_p50"] < 1)
        self.report("the same, p99", "%.2f ms" % figures["reply_p99"], "< 5 ms", figures["reply_p99"] < 5)
        self.report("submit to `execution_finished` at a subscriber, p50", "%.2f ms" % figures["end_p50"], "< 3 ms", figures["end_p50"] < 3)

    def throughput(self):
        with tempfile.TemporaryDirectory() as folder, Daemon(self.vnode, folder) as daemon:
            self.load(daemon, "throughput", 8, 1)
            figures = self.load(daemon, "throughput", 8, 2 if self.quick else 10)
        self.report("runs a second, submitted, run and stored, 8 clients", "%.0f" % figures["per_second"], ">= 1,000", figures["per_second"] >= 1000)

    def fanout(self):
        reading, idle, rounds = (99, 1, 250) if self.quick else (990, 10, 1000)
        delay = 0.0005
        with tempfile.TemporaryDirectory() as folder, Daemon(self.vnode, folder) as daemon:
            alone = daemon.client.wait(daemon.client.submit(paced(rounds, delay)))
        # In a daemon of its own: the first run in one finds nothing prepared, and is compared with another first one.
        with tempfile.TemporaryDirectory() as folder, Daemon(self.vnode, folder) as daemon:
            daemon.client.call("queue.pause", name="default")
            run = daemon.client.submit(paced(rounds, delay))
            crowd = subprocess.Popen([self.load_program, daemon.socket, "fanout", run, str(reading), str(idle)], stdout=subprocess.PIPE)
            while daemon.client.call("daemon.info")["clients"] < reading + idle + 1:
                time.sleep(0.02)
            daemon.client.call("queue.resume", name="default")
            figures = json.loads(crowd.communicate()[0])
            ended = daemon.client.wait(run)
            peak = daemon.megabytes("VmHWM")
        what = "%d subscribers, %d not reading, %d events: " % (reading + idle, idle, figures["events"])
        self.report(what + "out of order, missing or twice", str(figures["wrong"]), "0", figures["wrong"] == 0)
        self.report(what + "all read after", "%.1f s (%.0f MB)" % (figures["seconds"], figures["megabytes"]), "< 30 s", figures["seconds"] < 30)
        self.report(what + "peak memory", "%.0f MB" % peak, "< 200 MB", peak < 200)
        later = ended["duration"] / alone["duration"]
        self.report(what + "the run's time against alone (%.1f s)" % alone["duration"], "%.2f x" % later, "<= 1.2 x", later <= 1.2)

    def history(self):
        count = 10_000 if self.quick else 100_000
        with tempfile.TemporaryDirectory() as folder:
            with Daemon(self.vnode, folder) as daemon:
                daemon.client.wait(daemon.client.submit(paced(1, 0)))
            self.fill(pathlib.Path(folder) / "state" / "runs.db", count)
            config = pathlib.Path(folder) / "vnode"
            config.mkdir(exist_ok=True)
            (config / "vnode.yaml").write_text("keep_runs: 1000000\n")
            with Daemon(self.vnode, folder) as daemon:
                command = [self.vnode, "ps", "--socket", daemon.socket]
                times = []
                for _ in range(20):
                    begin = time.perf_counter()
                    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
                    times.append(time.perf_counter() - begin)
                start, memory = daemon.start_time, daemon.megabytes()
        what = "%d finished runs: " % count
        ps = statistics.median(times) * 1e3
        self.report(what + "`ps`", "%.1f ms" % ps, "< 50 ms", ps < 50)
        self.report(what + "start-up", "%.2f s" % start, "< 1 s", start < 1)
        self.report(what + "memory", "%.1f MB" % memory, "< 60 MB", memory < 60)

    @staticmethod
    def fill(path, count):
        """Copies the one run there is."""
        with contextlib.closing(sqlite3.connect(path)) as store, store:
            columns = [row[1] for row in store.execute("PRAGMA table_info(runs)")]
            row = dict(zip(columns, store.execute("SELECT * FROM runs").fetchone()))
            first = row["number"]
            for number in range(first + 1, first + count):
                row["number"], row["id"], row["key"] = number, "260101-%06d" % number, None
                marks = ",".join("?" * len(columns))
                store.execute("INSERT INTO runs VALUES (%s)" % marks, [row[column] for column in columns])
            store.execute("UPDATE last SET number = ?", (first + count,))

    def idle(self):
        seconds = 10 if self.quick else 60
        with tempfile.TemporaryDirectory() as folder, Daemon(self.vnode, folder) as daemon:
            daemon.client.wait(daemon.client.submit(paced(1, 0)))
            daemon.client.close()
            time.sleep(1)
            before = daemon.wake_ups()
            time.sleep(seconds)
            after = daemon.wake_ups()  # threads that were idle for long have ended meanwhile
            woken = sum(waits - before.get(thread, 0) for thread, waits in after.items()) * 60 / seconds
            memory = daemon.megabytes()
        self.report("idle: wake-ups a minute", "%.0f" % woken, "<= 6", woken <= 6)
        self.report("idle: memory", "%.1f MB" % memory, "< 25 MB", memory < 25)

    def restart(self):
        count = 10_000 if self.quick else 100_000
        with tempfile.TemporaryDirectory() as folder:
            with Daemon(self.vnode, folder) as daemon:
                daemon_neighbours.fill_queue(daemon, count)
            with Daemon(self.vnode, folder) as daemon:
                start = daemon.start_time
        self.report("%d pending runs: start-up" % count, "%.2f s" % start, "< 2 s", start < 2)

    def neighbours(self):
        with tempfile.TemporaryDirectory() as folder, Daemon(self.vnode, folder) as daemon:
            daemon_neighbours.measure(daemon, self.load_program, self.table, 5_000 if self.quick else 50_000)

    def groups(self):
        with tempfile.TemporaryDirectory() as folder, Daemon(self.vnode, folder) as daemon:
            daemon_groups.measure(self.vnode, daemon, self.load_program, self.table, 1_000 if self.quick else 10_000)

    def peers(self):
        with tempfile.TemporaryDirectory() as folder, Daemon(self.vnode, folder) as daemon:
            peers.measure_submissions(self.vnode, daemon, self.table)


ROWS = ("submit", "throughput", "fanout", "history", "restart", "idle", "neighbours", "groups", "peers")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=RELEASE_BUILD)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(ROWS))
    arguments = parser.parse_args()
    rows = check_rows(parser, arguments.rows, ROWS)
    bench = Bench(arguments.build.resolve(), arguments.quick)
    for row in rows:
        getattr(bench, row)()
    return 0 if bench.table.all_hold else 1


if __name__ == "__main__":
    sys.exit(main())
