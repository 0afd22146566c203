"""What groups of runs cost: submitting and cancelling a large one, and listing many, while another client asks."""
import os
import statistics
import subprocess
import time

from daemon_neighbours import LIMIT, Neighbour

WORKFLOW = {"nodes": [{"instance_id": "00000000-0000-4000-8000-000000000001", "node_id": "frame_range", "position": [0, 0],
                       "parameters": {"text": "${frames}"}}], "connections": [],
            "metadata": {"parameters": {"frames": {"type": "text", "default": "1"}}}}


def measure(vnode, daemon, program, table, count):
    """Rows of the table. `count`: the runs of the large group; ten times as many stand in fifty others for `ps`."""
    call = daemon.client.call

    def submit(runs):
        return call("run.submit", workflow=WORKFLOW, map={"target": "frames", "text": "1-%d" % runs})["id"]

    def timed(act):
        with Neighbour(program, daemon.socket) as neighbour:
            begin = time.perf_counter()
            act()
            seconds = time.perf_counter() - begin
        return seconds, neighbour.figures["p99"]

    call("queue.pause", name="default")
    groups = []
    seconds, p99 = timed(lambda: groups.append(submit(count)))
    what = "a group of %d runs: " % count
    table.row(what + "submitted; p99 of `daemon.info` meanwhile", "%.2f s; %.1f ms" % (seconds, p99),
              "< 3 s; < %d ms" % LIMIT, seconds < 3 and p99 < LIMIT)
    seconds, p99 = timed(lambda: call("run.cancel", ids=groups))
    table.row(what + "cancelled; the same", "%.2f s; %.1f ms" % (seconds, p99), "< 2 s; < %d ms" % LIMIT,
              seconds < 2 and p99 < LIMIT)
    call("run.clear", ids=groups)
    for _ in range(50):
        submit(count // 5 - 20)  # there may be 100,000 pending ones
    times = []
    for _ in range(10):
        begin = time.perf_counter()
        subprocess.run([vnode, "ps", "--socket", daemon.socket], stdout=subprocess.DEVNULL, check=True, env=os.environ)
        times.append(time.perf_counter() - begin)
    milliseconds = statistics.median(times) * 1e3
    table.row("`ps` of %d runs in 50 groups" % (50 * (count // 5 - 20)), "%.1f ms" % milliseconds, "< 50 ms", milliseconds < 50)
