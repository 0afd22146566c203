# src.utils.prism_config: what a Prism project's `00_Pipeline/pipeline.json` and its folders tell.
#
# Functions of files and dictionaries only. Nothing here raises because something is missing, of another type or
# unreadable: the answer is then None, '', {} or [] as each function says. `cfg` and `cfg_path` are paths of a
# pipeline.json; `core` is a PrismCore or None.

import os
import sys

PRISM_CONFIG_NAMES = (
    "find_pipeline_cfg",
    "cfg_from_entity",
    "cfg_from_project",
    "cfg_from_core",
    "resolve_cfg",
    "read_pipeline_json",
    "get_departments",
    "build_abbrev_map",
    "resolve_dept_folder",
    "resolve_dept_name",
    "get_scenefiles_folder_name",
    "get_entity_scenefiles_root",
    "get_asset_folder_path",
    "get_asset_entity_path",
    "get_prism_user_dir",
)

_PRISM_MOST_LEVELS = 12
_PRISM_SCENE_FOLDER_KEYS = ("scenesFolder", "scenefilesFolder", "sceneFolder", "pipeline_folder")
_PRISM_ASSET_FOLDER_KEYS = ("assetFolder", "assetsFolder", "asset_folder", "assetsPath", "assetPath")
_PRISM_ASSET_FOLDERS = ("04_Assets", "03_Assets", "Assets", "assets")
_PRISM_NESTED_ASSET_FOLDERS = ("Assets", "assets", "ASSETS", "Asset")


# ---- helpers


def _prism_text(value):
    """`value` if it is a text, '' otherwise."""
    return value if isinstance(value, str) else ""


def _prism_entry(mapping, key):
    return mapping.get(key) if isinstance(mapping, dict) else None


def _prism_attribute(owner, name):
    """An attribute of an object that may be missing, or a property that fails: None then."""
    try:
        return getattr(owner, name, None)
    except Exception:
        return None


def _prism_setting(core, section, key):
    """A setting that the core knows: of the project, else of the user. None where it does not."""
    read = _prism_attribute(core, "getConfig")
    if not callable(read):
        return None
    for options in ({"config": "project"}, {}):
        try:
            value = read(section, key, **options)
        except Exception:
            continue
        if value:
            return value
    return None


def _prism_is_file(path):
    return isinstance(path, str) and os.path.isfile(path)


def _prism_is_folder(path):
    return isinstance(path, str) and os.path.isdir(path)


def _prism_subfolders(folder):
    """The names of the folders in `folder`, sorted."""
    try:
        return sorted(name for name in os.listdir(folder) if os.path.isdir(os.path.join(folder, name)))
    except OSError:
        return []


def _prism_config_near(path):
    """The config that a path stands for: the file itself, or the nearest one at or above a folder. None without."""
    return path if _prism_is_file(path) else find_pipeline_cfg(path)


# ---- finding and reading pipeline.json


def find_pipeline_cfg(path):
    """The nearest 00_Pipeline/pipeline.json at or above `path`, looking at 12 levels at most; else None."""
    if not _prism_text(path):
        return None
    folder = os.path.abspath(path)
    for _ in range(_PRISM_MOST_LEVELS):
        candidate = os.path.join(folder, "00_Pipeline", "pipeline.json")
        if os.path.isfile(candidate):
            return candidate
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return None


def cfg_from_entity(entity):
    """The config of the project that an entity's `path` lies in; else None."""
    return find_pipeline_cfg(_prism_entry(entity, "path"))


def cfg_from_project(project):
    """A project's `configPath`, or ''. It need not exist."""
    return _prism_text(_prism_entry(project, "configPath"))


def cfg_from_core(core):
    """The config of the core's recent project, else what its setting `config_path` names; else None."""
    if core is None:
        return None
    for path in _prism_recent_projects(core):
        config = _prism_config_near(path)
        if config:
            return config
    for path in (_prism_attribute(core, "config_path"), _prism_setting(core, "globals", "config_path")):
        if _prism_is_file(path):
            return path
    return None


def _prism_recent_projects(core):
    """Paths of the project that the core has open, or had open last: the surest first. Some may be missing."""
    projects = _prism_attribute(core, "projects")
    for owner in (core, projects):
        for name in ("recentProjectPath", "recent_project_path", "prismIni", "projectPath"):
            yield _prism_text(_prism_attribute(owner, name))
    yield _prism_text(_prism_setting(core, "globals", "recent_project_path"))
    try:
        recent = list(projects.getRecentProjects())
    except Exception:
        recent = []
    for project in recent:
        yield project if isinstance(project, str) else cfg_from_project(project)


def resolve_cfg(core=None, entity=None, project=None, cfg_path=None):
    """The first of `cfg_path` if it exists, the entity's config, the project's if it exists, the core's; else None."""
    if _prism_is_file(cfg_path):
        return cfg_path
    config = cfg_from_entity(entity)
    if config:
        return config
    config = cfg_from_project(project)
    if _prism_is_file(config):
        return config
    return cfg_from_core(core)


def read_pipeline_json(path):
    """The content of a config file; {} where it cannot be read or is no JSON object."""
    import json

    try:
        with open(path, encoding="utf-8-sig") as file:
            content = json.load(file)
    except Exception:
        return {}
    return content if isinstance(content, dict) else {}


def _prism_globals(cfg):
    """The section `globals` of a config, given as a path or as what was read from one."""
    section = _prism_entry(cfg if isinstance(cfg, dict) else read_pipeline_json(cfg), "globals")
    return section if isinstance(section, dict) else {}


# ---- departments


def get_departments(core, cfg, entity_type="shot"):
    """The departments for shots or assets, each as {name, abbreviation (lower case), defaultTasks}; [] if none."""
    key = "departments_" + str(entity_type)
    entries = _prism_globals(cfg).get(key) or _prism_setting(core, "globals", key)
    if not isinstance(entries, (list, tuple)):
        return []
    departments = [_prism_department(entry) for entry in entries]
    return [department for department in departments if department["name"]]


def _prism_department(entry):
    if isinstance(entry, str):
        entry = {"name": entry}
    name = _prism_text(_prism_entry(entry, "name"))
    abbreviation = _prism_text(_prism_entry(entry, "abbreviation"))
    tasks = _prism_entry(entry, "defaultTasks")
    return {
        "name": name or abbreviation,
        "abbreviation": (abbreviation or name).lower(),
        "defaultTasks": list(tasks) if isinstance(tasks, (list, tuple)) else [],
    }


def build_abbrev_map(depts):
    """Departments by lower-case abbreviation and by lower-case name."""
    by_text = {}
    for department in depts or ():
        for key in ("abbreviation", "name"):
            text = _prism_text(_prism_entry(department, key)).lower()
            if text:
                by_text.setdefault(text, department)
    return by_text


def resolve_dept_folder(text, depts):
    """The abbreviation of the department of that name or abbreviation, in any case; None for an unknown one."""
    department = build_abbrev_map(depts).get(_prism_text(text).strip().lower())
    return _prism_entry(department, "abbreviation")


def resolve_dept_name(folder, depts):
    """The full name of the department that a folder stands for; for an unknown one the folder's name in title case."""
    department = build_abbrev_map(depts).get(_prism_text(folder).strip().lower())
    return _prism_text(_prism_entry(department, "name")) or _prism_text(folder).title()


# ---- folders


def get_scenefiles_folder_name(core, cfg):
    """The name of the folder that an entity's scene files are in."""
    if _prism_is_file(cfg):
        section = _prism_globals(cfg)
        for key in _PRISM_SCENE_FOLDER_KEYS:
            if _prism_text(section.get(key)):
                return section[key]
        for key in _PRISM_SCENE_FOLDER_KEYS:
            name = _prism_text(_prism_setting(core, "globals", key))
            if name:
                return name
    return "Scenefiles"


def get_entity_scenefiles_root(entity, core=None, cfg_path=None):
    """The folder with an entity's scene files, its name taken exactly, else in any case; None where there is none."""
    path = _prism_text(_prism_entry(entity, "path"))
    if not path:
        return None
    wanted = get_scenefiles_folder_name(core, resolve_cfg(core=core, entity=entity, cfg_path=cfg_path))
    exact = os.path.join(path, wanted)
    if os.path.isdir(exact):
        return exact
    for name in _prism_subfolders(path):
        if name.lower() == wanted.lower():
            return os.path.join(path, name)
    return None


def get_asset_folder_path(project_path, core=None, cfg_path=None):
    """The folder with a project's assets, as the core, the config or the usual names tell; '' where there is none."""
    path = _prism_attribute(core, "assetPath")
    if _prism_is_folder(path):
        return path
    project_path = _prism_text(project_path)
    if not project_path:
        return ""
    for path in _prism_configured_asset_folders(project_path, core, cfg_path):
        if os.path.isdir(path):
            return path
    for name in _PRISM_ASSET_FOLDERS:
        path = os.path.join(project_path, name)
        if os.path.isdir(path):
            return path
    for between in _prism_subfolders(project_path):
        for name in _PRISM_NESTED_ASSET_FOLDERS:
            path = os.path.join(project_path, between, name)
            if os.path.isdir(path):
                return path
    return ""


def _prism_configured_asset_folders(project_path, core, cfg_path):
    if not _prism_is_file(cfg_path):
        cfg_path = find_pipeline_cfg(project_path) or cfg_from_core(core)
    content = read_pipeline_json(cfg_path)
    for section in (_prism_globals(content), content):
        for key in _PRISM_ASSET_FOLDER_KEYS:
            folder = _prism_text(section.get(key))
            if folder:
                yield os.path.join(project_path, folder)


def get_asset_entity_path(asset, project_path, core=None, cfg_path=None):
    """The folder of one asset, which need not exist; '' where asset or project are unknown."""
    inner = _prism_text(_prism_entry(asset, "asset_path")) or _prism_text(_prism_entry(asset, "name"))
    if not inner:
        return ""
    assets = get_asset_folder_path(project_path, core, cfg_path)
    if not assets and _prism_text(project_path):
        assets = os.path.join(project_path, "04_Assets")
    return os.path.join(assets, inner.replace("\\", "/")) if assets else ""


def get_prism_user_dir():
    """The folder with the user's Prism settings, which need not exist: next to the file that PRISM_LAUNCHER_CONFIG
    names, else where Prism keeps it on this system."""
    launcher_config = os.environ.get("PRISM_LAUNCHER_CONFIG")
    if launcher_config:
        return launcher_config if os.path.isdir(launcher_config) else os.path.dirname(launcher_config)
    home = os.path.expanduser("~")
    if sys.platform == "win32":
        return os.path.join(home, "Documents", "Prism2")
    if sys.platform == "darwin":
        return os.path.join(home, "Library", "Preferences", "Prism2")
    return os.path.join(home, "Prism2")
