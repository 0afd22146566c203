#!/usr/bin/env python3
"""Tests of the functions that node code gets as src.utils.prism_config."""
import json
import os
import pathlib
import tempfile
import unittest
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parents[2]
PART = ROOT / "lib" / "python" / "host" / "72_prism_config.py"

ANIMATION = {"name": "Animation", "abbreviation": "anm", "defaultTasks": ["blocking"]}


class Core:
    """What a PrismCore may look like; settings by key of the section `globals`."""

    def __init__(self, settings=None, **attributes):
        self.settings = settings or {}
        self.__dict__.update(attributes)

    def getConfig(self, cat, param, config=None):
        return self.settings.get(param) if cat == "globals" else None


class BrokenCore:
    def __getattr__(self, name):
        raise RuntimeError("no %s for you" % name)


class PrismConfigTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.project = os.path.join(os.path.realpath(scratch.name), "show")
        self.config = os.path.join(self.project, "00_Pipeline", "pipeline.json")
        self.names = {"__name__": "host"}
        exec(compile(PART.read_text(encoding="utf-8"), str(PART), "exec"), self.names)

    def __getattr__(self, name):
        if name in self.__dict__.get("names", {}):
            return self.names[name]
        raise AttributeError(name)

    def write_config(self, content):
        os.makedirs(os.path.dirname(self.config), exist_ok=True)
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(content if isinstance(content, str) else json.dumps(content))
        return self.config

    def folder(self, *parts):
        path = os.path.join(self.project, *parts)
        os.makedirs(path, exist_ok=True)
        return path


class FindTest(PrismConfigTest):
    def test_all_names_exist(self):
        for name in self.names["PRISM_CONFIG_NAMES"]:
            self.assertTrue(callable(self.names[name]), name)

    def test_the_nearest_config_at_or_above(self):
        self.write_config({})
        shot = self.folder("03_Production", "Shots", "sq010", "sh020")
        self.assertEqual(self.find_pipeline_cfg(shot), self.config)
        self.assertEqual(self.find_pipeline_cfg(self.project), self.config)
        self.assertEqual(self.find_pipeline_cfg(os.path.join(shot, "not", "yet", "there")), self.config)
        self.assertEqual(self.cfg_from_entity({"path": shot}), self.config)

    def test_twelve_levels_are_looked_at(self):
        self.write_config({})
        self.assertEqual(self.find_pipeline_cfg(os.path.join(self.project, *"abcdefghijk")), self.config)
        self.assertIsNone(self.find_pipeline_cfg(os.path.join(self.project, *"abcdefghijkl")))

    def test_nothing_to_find(self):
        for path in (None, "", 5, "/", self.project):
            self.assertIsNone(self.find_pipeline_cfg(path))
        for entity in (None, {}, {"path": None}, "text"):
            self.assertIsNone(self.cfg_from_entity(entity))

    def test_a_project_names_its_config_whether_or_not_it_exists(self):
        self.assertEqual(self.cfg_from_project({"configPath": "/no/such.json"}), "/no/such.json")
        for project in (None, {}, {"configPath": None}):
            self.assertEqual(self.cfg_from_project(project), "")

    def test_the_config_of_a_core(self):
        self.assertIsNone(self.cfg_from_core(Core(projectPath=self.project)))
        self.write_config({})
        for core in (
            Core(projectPath=self.project),
            Core(prismIni=self.config),
            Core(config_path=self.config),
            Core({"config_path": self.config}),
            Core({"recent_project_path": self.project}),
        ):
            self.assertEqual(self.cfg_from_core(core), self.config)
        for core in (None, object(), BrokenCore(), mock.MagicMock()):
            self.assertIsNone(self.cfg_from_core(core))

    def test_the_order_of_sources(self):
        self.write_config({})
        other = os.path.join(self.folder("other"), "other.json")
        with open(other, "w"):
            pass
        entity, project, core = {"path": self.project}, {"configPath": other}, Core(projectPath=self.project)
        self.assertEqual(self.resolve_cfg(core, entity, project, other), other)
        self.assertEqual(self.resolve_cfg(core, entity, project, "/missing"), self.config)
        self.assertEqual(self.resolve_cfg(core, None, project), other)
        self.assertEqual(self.resolve_cfg(core, {"path": "/"}, {"configPath": "/missing"}), self.config)
        self.assertIsNone(self.resolve_cfg())

    def test_reading(self):
        self.assertEqual(self.read_pipeline_json(self.write_config({"é": 1})), {"é": 1})
        self.assertEqual(self.read_pipeline_json(self.write_config("{oops")), {})
        self.assertEqual(self.read_pipeline_json(self.write_config("[1]")), {})
        for path in (None, "", "/missing", self.project):
            self.assertEqual(self.read_pipeline_json(path), {})


class DepartmentsTest(PrismConfigTest):
    def test_departments_are_made_alike(self):
        entries = [ANIMATION, {"name": "FX", "abbreviation": "FX"}, "Lighting", {"abbreviation": "cmp"}, {}, 5, None]
        config = self.write_config({"globals": {"departments_shot": entries}})
        self.assertEqual(
            self.get_departments(None, config),
            [
                ANIMATION,
                {"name": "FX", "abbreviation": "fx", "defaultTasks": []},
                {"name": "Lighting", "abbreviation": "lighting", "defaultTasks": []},
                {"name": "cmp", "abbreviation": "cmp", "defaultTasks": []},
            ],
        )
        self.assertEqual(self.get_departments(None, config, "asset"), [])

    def test_the_file_comes_before_the_core(self):
        core = Core({"departments_shot": ["Core"], "departments_asset": ["Modeling"]})
        config = self.write_config({"globals": {"departments_shot": ["File"]}})
        self.assertEqual(self.get_departments(core, config)[0]["name"], "File")
        self.assertEqual(self.get_departments(core, config, "asset")[0]["name"], "Modeling")
        self.assertEqual(self.get_departments(core, None)[0]["name"], "Core")

    def test_no_departments(self):
        for content in ({}, {"globals": None}, {"globals": {"departments_shot": "text"}}, "no JSON"):
            self.assertEqual(self.get_departments(BrokenCore(), self.write_config(content)), [])

    def test_looking_one_up(self):
        departments = self.get_departments(Core({"departments_shot": [ANIMATION]}), None)
        self.assertEqual(sorted(self.build_abbrev_map(departments)), ["animation", "anm"])
        for text in ("anm", "ANM", "Animation", "animation"):
            self.assertEqual(self.resolve_dept_folder(text, departments), "anm")
            self.assertEqual(self.resolve_dept_name(text, departments), "Animation")
        self.assertEqual(self.resolve_dept_name("matte paint", departments), "Matte Paint")
        for text in ("none", "", None, 5):
            self.assertIsNone(self.resolve_dept_folder(text, departments))
        self.assertIsNone(self.resolve_dept_folder("anm", None))
        self.assertEqual(self.resolve_dept_name(None, None), "")


class FoldersTest(PrismConfigTest):
    def test_the_name_of_the_scene_folder(self):
        core = Core({"scenefilesFolder": "FromCore"})
        self.assertEqual(self.get_scenefiles_folder_name(core, "/missing"), "Scenefiles")
        self.assertEqual(self.get_scenefiles_folder_name(core, self.write_config({})), "FromCore")
        config = self.write_config({"globals": {"scenesFolder": "", "sceneFolder": "FromFile"}})
        self.assertEqual(self.get_scenefiles_folder_name(core, config), "FromFile")
        self.assertEqual(self.get_scenefiles_folder_name(None, self.write_config({})), "Scenefiles")

    def test_the_scene_folder_of_an_entity(self):
        entity = {"path": self.folder("shot")}
        self.assertIsNone(self.get_entity_scenefiles_root(entity))
        lower = self.folder("shot", "scenefiles")
        self.assertEqual(self.get_entity_scenefiles_root(entity), lower)
        exact = self.folder("shot", "Scenefiles")
        self.assertEqual(self.get_entity_scenefiles_root(entity), exact)
        scenes = self.folder("shot", "Work")
        config = self.write_config({"globals": {"scenesFolder": "work"}})
        self.assertEqual(self.get_entity_scenefiles_root(entity, cfg_path=config), scenes)
        self.assertEqual(self.get_entity_scenefiles_root(entity), scenes)  # the config found from the entity
        for missing in (None, {}, {"path": "/no/such/shot"}):
            self.assertIsNone(self.get_entity_scenefiles_root(missing))

    def test_the_asset_folder_from_least_to_most_telling(self):
        self.assertEqual(self.get_asset_folder_path(self.project), "")
        nested = self.folder("03_Production", "Assets")
        self.assertEqual(self.get_asset_folder_path(self.project), nested)
        usual = self.folder("04_Assets")
        self.assertEqual(self.get_asset_folder_path(self.project), usual)
        configured = self.folder("lib", "things")
        self.write_config({"globals": {"assetFolder": "missing", "assetsPath": "lib/things"}})
        self.assertEqual(self.get_asset_folder_path(self.project), configured)
        known = self.folder("known")
        self.assertEqual(self.get_asset_folder_path(self.project, Core(assetPath=known)), known)
        self.assertEqual(self.get_asset_folder_path(self.project, Core(assetPath="/missing")), configured)
        self.write_config({"assetPath": usual})
        self.assertEqual(self.get_asset_folder_path(self.project, BrokenCore()), usual)
        for project in (None, "", 5, "/no/such/project"):
            self.assertEqual(self.get_asset_folder_path(project), "")

    def test_the_folder_of_an_asset(self):
        asset = {"asset_path": "Characters/Robot", "name": "Robot"}
        usual = os.path.join(self.project, "04_Assets")
        self.assertEqual(self.get_asset_entity_path(asset, self.project), os.path.join(usual, "Characters", "Robot"))
        self.assertEqual(self.get_asset_entity_path({"name": "Robot"}, self.project), os.path.join(usual, "Robot"))
        windows = {"asset_path": "Characters\\Robot"}
        self.assertEqual(self.get_asset_entity_path(windows, self.project), os.path.join(usual, "Characters", "Robot"))
        assets = self.folder("Assets")
        self.assertEqual(self.get_asset_entity_path({"name": "Robot"}, self.project), os.path.join(assets, "Robot"))
        for unknown in (None, {}, {"name": ""}):
            self.assertEqual(self.get_asset_entity_path(unknown, self.project), "")
        self.assertEqual(self.get_asset_entity_path(asset, ""), "")

    def test_the_user_folder(self):
        with mock.patch.dict(os.environ, {"PRISM_LAUNCHER_CONFIG": "/settings/launcher.json"}):
            self.assertEqual(self.get_prism_user_dir(), "/settings")
        with mock.patch.dict(os.environ, {"PRISM_LAUNCHER_CONFIG": "", "HOME": "/home/ann"}):
            self.assertEqual(self.get_prism_user_dir(), "/home/ann/Prism2")


if __name__ == "__main__":
    unittest.main()
