#!/usr/bin/env python3
"""Tests of the functions that node code gets as src.utils.prism_core."""
import os
import pathlib
import sys
import unittest
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parents[2]
PART = ROOT / "lib" / "python" / "host" / "71_prism_core.py"
FAKE_PRISM = str(ROOT / "tests" / "support" / "prism")


class PrismCoreTest(unittest.TestCase):
    def setUp(self):
        path = list(sys.path)
        self.addCleanup(sys.path.__setitem__, slice(None), path)
        self.addCleanup(sys.modules.pop, "PrismCore", None)
        self.start_process()

    def start_process(self):
        """Begins anew, as a host of its own would."""
        sys.modules.pop("PrismCore", None)
        while FAKE_PRISM in sys.path:
            sys.path.remove(FAKE_PRISM)
        self.memory = {}
        self.names = {"__name__": "host", "current_memory": lambda: self.memory}
        exec(compile(PART.read_text(encoding="utf-8"), str(PART), "exec"), self.names)
        self.resolve = self.names["resolve_prism_core"]
        self.store = self.names["store_prism_core"]
        self.bootstrap = self.names["bootstrap_prism_core"]

    def started(self):
        return sys.modules["PrismCore"].calls

    def test_all_names_exist(self):
        for name in self.names["PRISM_CORE_NAMES"]:
            self.assertIn(name, self.names)

    def test_nothing_is_known_at_first(self):
        for inputs in (None, {}, {"core": None}, "not a dictionary"):
            self.assertIsNone(self.resolve(inputs))
        self.assertEqual(self.memory, {})

    def test_a_core_in_the_inputs_is_used_and_remembered(self):
        first, second = object(), object()
        self.assertIs(self.resolve({"core": first}), first)
        self.assertIs(self.memory["_prism_core"], first)
        self.assertIs(self.resolve({"core": second}), second)
        self.assertIs(self.resolve({}), second)

    def test_a_falsy_core_counts(self):
        self.assertEqual(self.resolve({"core": 0}), 0)
        self.assertEqual(self.resolve(), 0)

    def test_the_variables_come_before_the_process(self):
        first, second = object(), object()
        self.store(first)
        self.memory["_prism_core"] = second
        self.assertIs(self.resolve(), second)

    def test_a_core_survives_the_clearing_of_the_variables(self):
        core = self.store(object())
        self.memory.clear()
        self.assertIs(self.resolve(), core)
        self.assertIs(self.memory["_prism_core"], core)

    def test_the_main_module_is_asked_last_and_remembered(self):
        core = object()
        with mock.patch.object(sys.modules["__main__"], "pcore", core, create=True):
            self.assertIs(self.resolve(), core)
        self.memory.clear()
        self.assertIs(self.resolve(), core)

    def test_none_is_not_stored(self):
        core = self.store(object())
        self.assertIsNone(self.store(None))
        self.assertIs(self.resolve(), core)

    def test_bootstrap_passes_its_wishes_on(self):
        wishes = [
            ({}, ("create", ["noUI", "loadProject"])),
            ({"load_project": False}, ("create", ["noUI"])),
            ({"show_ui": True}, ("show", ["loadProject"])),
            ({"show_ui": True, "load_project": False}, ("show", [])),
        ]
        for options, call in wishes:
            with self.subTest(options):
                self.start_process()
                core = self.bootstrap(FAKE_PRISM, **options)
                self.assertEqual(self.started(), [call])
                self.assertIs(self.resolve(), core)
                self.assertIs(self.bootstrap(FAKE_PRISM), core)
                self.assertEqual(len(self.started()), 1)

    def test_bootstrap_takes_a_known_core(self):
        core = self.store(object())
        self.assertIs(self.bootstrap("/nowhere"), core)
        self.assertNotIn("PrismCore", sys.modules)

    def test_only_a_folder_is_put_on_the_path_and_once(self):
        self.bootstrap(FAKE_PRISM)
        self.assertEqual(sys.path.count(FAKE_PRISM), 1)
        self.assertEqual(sys.path[-1], FAKE_PRISM)
        self.start_process()
        with self.assertRaises(ImportError):
            self.bootstrap("/no/such/folder")
        self.assertNotIn("/no/such/folder", sys.path)

    def test_failures_of_prism_come_through(self):
        with mock.patch.dict(os.environ, {"FAKE_PRISM_ERROR": "no license"}):
            with self.assertRaisesRegex(RuntimeError, "no license"):
                self.bootstrap(FAKE_PRISM)
        self.assertIsNone(self.resolve())

    def test_an_instance_gets_what_it_saved_and_defaults_for_the_rest(self):
        start = self.names["bootstrap_prism_for_instance"]
        start({"prism_scripts_path": FAKE_PRISM, "show_ui": None, "load_project": False, "other": 1})
        self.assertEqual(self.started(), [("create", ["noUI"])])
        self.start_process()
        with self.assertRaises(ImportError):
            self.names["bootstrap_prism_for_instance"]({})


if __name__ == "__main__":
    unittest.main()
