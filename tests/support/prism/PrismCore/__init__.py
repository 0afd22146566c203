"""A stand-in for the package PrismCore: what nodes use of it, kept in memory.

Put the folder above this one on sys.path, or name it as `prism_scripts_path`. `calls` records how it was started, and
every call of the core. The environment says what to pretend:

    FAKE_PRISM_PROJECT   the folder of the project that is open
    FAKE_PRISM_ERROR     create() and show() raise RuntimeError with this text
    FAKE_PRISM_LOG       a file that gets one JSON line [name, arguments] a call, for tests in another process
"""
import json
import os

calls = []


def record(name, arguments):
    calls.append((name, arguments))
    path = os.environ.get("FAKE_PRISM_LOG")
    if path:
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps([name, arguments], default=repr) + "\n")


def create(prismArgs=None):
    return start("create", prismArgs)


def show(prismArgs=None):
    return start("show", prismArgs)


def start(name, arguments):
    record(name, arguments)
    error = os.environ.get("FAKE_PRISM_ERROR")
    if error:
        raise RuntimeError(error)
    return FakeCore(arguments, os.environ.get("FAKE_PRISM_PROJECT", ""))


class FakeCore:
    """The object that nodes get as `core`. Settings are a dictionary by (section, key)."""

    def __init__(self, arguments, project):
        self.arguments = arguments
        self.version = "v2.0.0-fake"
        self.settings = {}
        self.messages = []
        self.opened_scenes = []
        self.entities = FakeEntities(self)
        self.plugins = FakePlugins()
        self.products = FakeProducts()
        self.projects = FakeProjects(self)
        self.configs = FakeConfigs(self)
        self.callbacks = FakeCallbacks()
        self.integration = FakeIntegration()
        self.appPlugin = self.plugins.plugins["Standalone"]
        self.open_project(project)

    def __repr__(self):
        return "<FakeCore %s>" % (self.projectPath or "without a project")

    def open_project(self, path):
        self.projectPath = path
        self.projectName = os.path.basename(path)
        self.prismIni = os.path.join(path, "00_Pipeline", "pipeline.json") if path else ""
        self.assetPath = os.path.join(path, "03_Production", "Assets") if path else ""

    def changeProject(self, path):
        record("changeProject", path)
        self.open_project(path)
        return path

    def getPlugin(self, name):
        return self.plugins.plugins.get(name)

    def getConfig(self, cat=None, param=None, configPath=None, config=None):
        return self.settings.get((cat, param))

    def setConfig(self, cat=None, param=None, val=None, configPath=None, config=None):
        record("setConfig", [cat, param, val])
        self.settings[(cat, param)] = val

    def popup(self, text, title=None, severity=None):
        record("popup", text)
        self.messages.append(text)

    def openScene(self, path=""):
        record("openScene", path)
        self.opened_scenes.append(path)
        return True


class FakeEntities:
    """One asset and one shot below the open project, and those that nodes create."""

    def __init__(self, core):
        self.core = core
        self.assets = [{"type": "asset", "asset_path": "Characters/Robot", "asset": "Robot"}]
        self.shots = [{"type": "shot", "sequence": "sq010", "shot": "sh020"}]

    def getAssets(self):
        return [dict(asset, path=self.getEntityPath(asset)) for asset in self.assets]

    def getShots(self, sequence=None):
        shots = [shot for shot in self.shots if sequence in (None, shot["sequence"])]
        return [dict(shot, path=self.getEntityPath(shot)) for shot in shots]

    def getSequences(self):
        return sorted({shot["sequence"] for shot in self.shots})

    def getEntityPath(self, entity):
        if entity["type"] == "asset":
            return os.path.join(self.core.assetPath, *entity["asset_path"].split("/"))
        return os.path.join(self.core.projectPath, "03_Production", "Shots", entity["sequence"], entity["shot"])

    def createEntity(self, entity):
        record("createEntity", entity)
        (self.assets if entity["type"] == "asset" else self.shots).append(dict(entity))
        return {"entity": entity, "entityPath": self.getEntityPath(entity), "existed": False}


class FakePlugin:
    def __init__(self, name):
        self.pluginName = name

    def __repr__(self):
        return "<FakePlugin %s>" % self.pluginName


class FakePlugins:
    def __init__(self):
        self.plugins = {name: FakePlugin(name) for name in ("Standalone", "USD")}

    def getPlugins(self):
        return {"inactive": {}, "active": dict(self.plugins)}

    def getPlugin(self, name):
        return self.plugins.get(name)


class FakeProducts:
    def getProductsFromEntity(self, entity):
        return [{"product": "model", "path": os.path.join(entity.get("path", ""), "Export", "model")}]

    def getVersionsFromProduct(self, entity, product):
        return ["v0001", "v0002"]

    def getLatestVersionpathFromProduct(self, product, entity=None):
        return os.path.join((entity or {}).get("path", ""), "Export", product, "v0002", product + ".abc")


class FakeProjects:
    def __init__(self, core):
        self.core = core
        self.recent = []

    def getRecentProjects(self):
        return list(self.recent)

    def createProject(self, name, path):
        record("createProject", [name, path])
        self.recent.insert(0, {"name": name, "configPath": os.path.join(path, "00_Pipeline", "pipeline.json")})
        return True


class FakeConfigs:
    def __init__(self, core):
        self.core = core

    def getConfig(self, cat=None, param=None, configPath=None, config=None):
        return self.core.getConfig(cat, param)


class FakeCallbacks:
    """Calls the registered functions at once, on the thread that triggers."""

    def __init__(self):
        self.registered = {}

    def registerCallback(self, name, function, priority=50):
        record("registerCallback", name)
        self.registered.setdefault(name, []).append(function)
        return {"callbackName": name, "function": function}

    def unregisterCallback(self, registration):
        self.registered[registration["callbackName"]].remove(registration["function"])

    def callback(self, name, *args, **kwargs):
        record("callback", name)
        return [function(*args, **kwargs) for function in self.registered.get(name, [])]


class FakeIntegration:
    def addIntegration(self, app, path=None):
        record("addIntegration", app)
        return True
