"""What one client of the daemon costs the others: daemon.info of one client while another does something large."""
import contextlib
import json
import socket
import subprocess
import time

LIMIT = 50  # ms, of the 99th percentile


class Neighbour:
    """A client in a process of its own that asks all the time; `figures` once its block has ended."""

    def __init__(self, program, path):
        self.command = [str(program), path, "latency", "daemon.info"]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self

    def __exit__(self, *_):
        self.figures = json.loads(self.process.communicate()[0])


def large_call(megabytes):
    """A line with a submission of about that size, as text."""
    nodes = [{"instance_id": "%08x-0000-4000-8000-000000000000" % i, "node_id": "message_node", "position": [0, 0], "parameters": {"msg": "m" * 1000}}
             for i in range(1, megabytes * 900)]
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": "run.submit", "params": {"workflow": {"nodes": nodes, "connections": []}}}).encode() + b"\n"


def call_raw(path, lines, replies):
    """Sends lines as they are, and waits for so many replies."""
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as connection:
        connection.connect(path)
        reader = connection.makefile("rb")
        reader.readline()
        connection.sendall(lines)
        for _ in range(replies):
            if b'"result"' not in reader.readline():
                raise SystemExit("daemon_neighbours: a call was refused")


def fill_queue(daemon, count):
    daemon.client.call("queue.pause", name="default")
    line = b'{"jsonrpc":"2.0","id":1,"method":"run.submit","params":{"workflow":{"nodes":[],"connections":[]}}}\n'
    for _ in range(count // 1000):
        call_raw(daemon.socket, line * 1000, 1000)


def watch(call):
    return {"subscription": call("run.watch")["subscription"]}


def measure(daemon, program, table, pending):
    """Rows of the table: what a neighbour of each of these waits for its answers."""
    def row(what, act):
        with Neighbour(program, daemon.socket) as neighbour:
            act()
        figures = neighbour.figures
        table.row("`daemon.info` while another client %s: p99, worst of %d" % (what, figures["count"]),
                  "%.1f ms, %.1f ms" % (figures["p99"], figures["worst"]), "< %d ms" % LIMIT, figures["p99"] < LIMIT)

    call = daemon.client.call
    row("does nothing for 2 seconds", lambda: time.sleep(2))
    for megabytes in (20, 70):
        line = large_call(megabytes)
        row("submits %d MB" % (len(line) // 1_000_000), lambda line=line: call_raw(daemon.socket, line, 1))
    fill_queue(daemon, pending)
    row("lists 1,000 runs, 20 times", lambda: [call("run.list", limit=1000) for _ in range(20)])
    row("watches %d live runs, 20 times" % pending, lambda: [call("run.unsubscribe", **watch(call)) for _ in range(20)])
    row("cancels %d pending runs" % pending, lambda: call("run.cancel", all=True))
    row("clears them", lambda: call("run.clear"))
