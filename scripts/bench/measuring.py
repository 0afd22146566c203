"""What the benchmarks share: figures taken in turns, and the table that they print."""
import pathlib
import statistics
import subprocess
import time

RELEASE_BUILD = pathlib.Path(__file__).resolve().parents[2] / "build" / "release"


class Table:
    """Rows of Markdown, printed as they come. `all_hold`: no limit has been missed."""

    def __init__(self):
        self.all_hold = True
        print("| what | measured | limit | holds |\n|---|---|---|---|", flush=True)

    def row(self, what, figure, limit="", holds=True):
        self.all_hold = self.all_hold and holds
        print("| %s | %s | %s | %s |" % (what, figure, limit, "" if not limit else "yes" if holds else "**NO**"), flush=True)


def timed(command, stdout=subprocess.DEVNULL, **options):
    """Seconds of a whole process."""
    begin = time.perf_counter()
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=stdout, check=True, **options)
    return time.perf_counter() - begin


def interleaved_medians(measures, rounds):
    """The median of what each function returns; they are called in turns, so that a busy moment meets all."""
    results = [[measure() for measure in measures] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*results)]


def check_rows(parser, chosen, known):
    """The rows to measure: those named on the command line, or all."""
    unknown = sorted(set(chosen) - set(known))
    if unknown:
        parser.error("no such row: %s; rows are: %s" % (", ".join(unknown), ", ".join(known)))
    return chosen or known
