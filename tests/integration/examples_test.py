"""The examples: what each has vnode do is done, with what it stands in for in the surroundings."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest
import xml.etree.ElementTree

from support.vnode_program import TIME_LIMIT, VNODE, ProgramTest

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"


class Examples(ProgramTest):
    def setUp(self):
        super().setUp()
        shutil.copytree(EXAMPLES, self.path("examples"))

    def text(self, name):
        return (EXAMPLES / name).read_text(encoding="utf-8")

    def needs(self, *programs):
        for program in programs:
            if not shutil.which(program):
                self.skipTest(f"there is no {program} here")

    def sh(self, command, cwd=".", **variables):
        environment = self.environment(**variables)
        environment["PATH"] = os.path.dirname(VNODE) + ":" + environment["PATH"]
        return subprocess.run(["bash", "-ec", command], cwd=self.path(cwd), env=environment, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=TIME_LIMIT, check=False)

    def ok(self, command, cwd=".", **variables):
        result = self.sh(command, cwd, **variables)
        self.assertEqual(result.returncode, 0, (command, result.stdout, result.stderr))
        return result.stdout

    def test_are_all_named_in_the_readme(self):
        readme = (EXAMPLES.parent / "README.md").read_text(encoding="utf-8")
        for path in EXAMPLES.iterdir():
            self.assertIn(f"examples/{path.name}", readme)

    def test_github_actions(self):
        text = self.text("github-actions.yml")
        steps = re.findall(r"(?m)^        run: (?:\|\n((?:          .*\n)+)|(.*)\n)", text)
        commands = [re.sub(r"(?m)^ {10}", "", block) or line for block, line in steps]
        self.assertEqual(len(commands), 3)
        surroundings = {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": self.folder,
                        "GITHUB_STEP_SUMMARY": self.path("step_summary")}
        shown = "".join(self.ok(command, **surroundings) for command in commands)
        self.assertIn("rendered frame 4 of shot_010", shown)
        self.assertNotIn("::error", shown)
        with open(self.path("step_summary"), encoding="utf-8") as file:
            self.assertIn("dailies: completed", file.read())
        for file in re.search(r"path: \|\n((?: {12}.*\n)+)", text)[1].split():
            self.assertTrue(os.path.getsize(self.path(file)), file)

    def test_gitlab_ci(self):
        text = self.text("gitlab-ci.yml")
        commands = re.findall(r"(?m)^    - (.*)$", text)
        self.assertEqual(len(commands), 2)
        shown = "".join(self.ok(command, GITLAB_CI="true", CI_PROJECT_DIR=self.folder) for command in commands)
        self.assertIn("section_start:", shown)
        with open(self.path(re.search(r"codequality: (.*)", text)[1]), encoding="utf-8") as file:
            self.assertEqual(json.load(file), [])
        xml.etree.ElementTree.parse(self.path(re.search(r"junit: (.*)", text)[1]))

    def test_jenkins(self):
        text = self.text("Jenkinsfile")
        commands = re.findall(r"(?m)^ +sh '(.*)'$", text)
        self.assertEqual(len(commands), 2)
        for command in commands:
            self.ok(command, JENKINS_URL="http://jenkins.example/")
        xml.etree.ElementTree.parse(self.path(re.search(r"junit '(.*)'", text)[1]))
        self.assertTrue(os.path.exists(self.path(re.search(r"archiveArtifacts '(.*)'", text)[1])))

    def test_deadline(self):
        """A task of the job: its frames stand for <STARTFRAME> and <ENDFRAME>."""
        info = dict(line.split("=", 1) for line in self.text("deadline/plugin_info.job").splitlines())
        job = dict(line.split("=", 1) for line in self.text("deadline/job_info.job").splitlines())
        self.assertEqual(job["Plugin"], "CommandLine")
        arguments = info["Arguments"].replace("<STARTFRAME>", "11").replace("<ENDFRAME>", "20")
        self.assertIn("rendered frame 20 of", self.ok(f"{info['Executable']} {arguments}"))

    def test_opencue(self):
        command = xml.etree.ElementTree.fromstring(self.text("opencue.xml")).find("job/layers/layer/cmd").text
        command = command.replace("#FRAME_START#", "3").replace("#FRAME_END#", "4")
        shown = self.ok(command)
        self.assertIn("rendered frame 3 of", shown)
        self.assertNotIn("rendered frame 1 of", shown)

    def test_slurm(self):
        shown = self.ok("bash examples/slurm.sbatch", SLURM_ARRAY_TASK_ID="2", SLURM_CPUS_PER_TASK="2")
        self.assertIn("rendered frame 11 of", shown)
        self.assertIn("rendered frame 20 of", shown)
        self.assertTrue(os.path.exists(self.path("run-2.ndjson")))

    def test_systemd(self):
        service = self.text("systemd/vnode-dailies.service")
        command = re.search(r"(?m)^ExecStart=(.*)$", service)[1].replace("%h", self.folder)
        self.assertIn("rendered frame 4 of", self.ok(command))
        self.needs("systemd-analyze")
        result = self.sh("systemd-analyze --user verify examples/systemd/vnode-dailies.timer "
                         "examples/systemd/vnode-dailies.service", XDG_RUNTIME_DIR=self.folder)
        if "Failed to initialize manager" in result.stderr or "Operation not permitted" in result.stderr:
            self.skipTest("systemd cannot verify units here")
        self.assertEqual((result.returncode, result.stdout), (0, ""), result.stderr)
        self.ok("systemd-analyze calendar '%s'" % re.search(r"OnCalendar=(.*)", self.text("systemd/vnode-dailies.timer"))[1])

    def test_shell_pipe(self):
        self.needs("jq")
        self.assertIn("render: rendered frame 4 of shot_010\n",
                      self.ok("examples/failed-nodes.sh examples/dailies.yaml"))
        failing = "examples/failed-nodes.sh examples/dailies.yaml -p 'render.command=[\"false\"]' --retries 0"
        result = self.sh(failing)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("FAILED render: ", result.stderr)

    def test_makefile(self):
        self.needs("make")
        self.ok("make -j2", cwd="examples")
        with open(self.path("examples/shot_020.log"), encoding="utf-8") as file:
            self.assertIn("rendered frame 4 of shot_020", file.read())
        self.assertIn("Nothing to be done", self.ok("make", cwd="examples"))
        self.ok("make clean", cwd="examples")


if __name__ == "__main__":
    unittest.main()
