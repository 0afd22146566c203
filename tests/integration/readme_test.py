"""The command lines of the README are ones that the program takes."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest

from support.daemon_fixture import private_environment
from support.vnode_program import VNODE, ProgramTest

README = pathlib.Path(__file__).resolve().parents[2] / "README.md"


class Readme(ProgramTest):
    def command_lines(self):
        """The words of each line that begins with the program's name; what it does stands behind two blanks."""
        text = README.read_text(encoding="utf-8")
        for line in re.findall(r"(?m)^    (?:\$ )?vnode (.*)$", text):
            yield re.split(r" {2,}| #|\|(?= )", line)[0]

    def commands_of(self, line):
        """`vnode nodes reload, info, shutdown` and `vnode queue list|pause` stand for several."""
        first = line.split()[0]
        for part in line.split(", "):
            words = part.split()
            if words[0] == "queue" and len(words) > 1:
                yield from (["queue", name] for name in words[1].split("|"))
            elif first == "nodes" or words[0] in ("nodes", "config"):
                yield words[:2] if words[0] in ("nodes", "config") else words[:1]
            else:
                yield words[:1]

    def test_names_commands_and_options_that_there_are(self):
        checked = 0
        for line in self.command_lines():
            options = re.findall(r"(?<![\w-])(--[a-z][a-z-]*|-[a-z])\b", line)
            helps = []
            for command in self.commands_of(line):
                result = self.vnode(*command, "--help")
                self.assertEqual(result.returncode, 0, line)
                helps.append(result.stdout)
            for option in options:
                self.assertTrue(any(re.search(r"(?<![\w-])%s\b" % option, text) for text in helps), (line, option))
                checked += 1
        self.assertGreater(checked, 20)

    def test_the_group_runs_as_it_says(self):
        block = re.search(r"(?m)^\*\*Groups\.\*\*.*\n\n((?:    .*\n)+)", README.read_text(encoding="utf-8"))
        os.symlink(README.parent / "workflows", self.path("workflows"))
        environment = private_environment(self.folder, PATH=os.path.dirname(VNODE) + ":" + os.environ["PATH"])
        self.addCleanup(subprocess.run, [VNODE, "shutdown"], env=environment, capture_output=True, timeout=60)
        lines = [re.fullmatch(r"    (.*?) +# exit code (\d+): (.*)", line).groups() for line in block[1].splitlines()]
        # One shell, which has the group's id in a variable; what each command says stands before its code.
        script = "".join("%s 2>&1\necho \"<$?>\"\n" % command for command, _, _ in lines)
        result = subprocess.run(["sh", "-c", script], cwd=self.folder, env=environment, capture_output=True, text=True,
                                stdin=subprocess.DEVNULL, timeout=60)
        said = re.split(r"<(\d+)>\n", result.stdout)
        self.assertEqual(said[1::2], [code for _, code, _ in lines], result.stdout + result.stderr)
        for (command, _, promise), output in zip(lines, said[::2]):
            for part in re.findall(r"\d+ (?:completed|failed)|\"[^\"]+\"", promise):
                if "running" not in promise:  # (How far it is at that moment nobody knows.)
                    self.assertIn(part.strip('"'), output, command)

    def test_the_jobs_that_come_with_it_run_as_it_says(self):
        for program in ("git", "ffmpeg", "ffprobe"):
            if not shutil.which(program):
                self.skipTest("no %s here" % program)
        block = re.search(r"(?m)^From the folder of this file.*\n\n((?:    .*\n)+)", README.read_text(encoding="utf-8"))
        os.symlink(README.parent / "workflows", self.path("workflows"))
        environment = self.environment(PATH=os.path.dirname(VNODE) + ":" + os.environ["PATH"])
        for line in block[1].splitlines():
            command, code = re.fullmatch(r"    (.*?) +# exit code (\d+).*", line).groups()
            result = subprocess.run(["sh", "-c", command], cwd=self.folder, env=environment, capture_output=True, text=True,
                                    stdin=subprocess.DEVNULL, timeout=60)
            self.assertEqual(result.returncode, int(code), (command, result.stdout, result.stderr))
            if code == "1":
                self.assertIn("the test step has failed", result.stderr)

    def test_a_killed_job_goes_on_and_makes_one_frame_anew(self):
        if not shutil.which("ffmpeg"):
            self.skipTest("no ffmpeg here")
        text = README.read_text(encoding="utf-8")
        block = re.search(r"(?m)^The render job, killed.*\n\n((?:    .*\n)+)", text)
        kill, go_on, remove, again = [line.strip() for line in block[1].splitlines()]
        os.symlink(README.parent / "workflows", self.path("workflows"))
        environment = self.environment(PATH=os.path.dirname(VNODE) + ":" + os.environ["PATH"])

        def call(line):
            return subprocess.run(["sh", "-c", line], cwd=self.folder, env=environment, capture_output=True, text=True,
                                  stdin=subprocess.DEVNULL, timeout=60)

        for _ in range(20):  # a busy machine may not even have begun
            call(kill)
            if os.path.exists(self.path("render.journal")):
                break
        self.assertEqual(call(go_on).returncode, 0)
        self.assertEqual(call(remove).returncode, 0)
        shown = call(again)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertTrue(os.path.exists(self.path("render_job/frames/beauty.0012.ppm")))
        # The commands that it has really run.
        journal = subprocess.run([VNODE, "journal", "show", self.path("render.journal"), "-o", "json"], capture_output=True, check=True)
        records = json.loads(journal.stdout)["records"]
        last = max(i for i, record in enumerate(records) if record["record"] == "journal")
        begun = [record["type"] for record in records[last:] if record["record"] == "begin"]
        self.assertEqual(begun.count("run_command"), 1, begun)
        self.assertEqual(begun.count("shell_script"), 0)


if __name__ == "__main__":
    unittest.main()
