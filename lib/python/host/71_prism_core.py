# src.utils.prism_core: finds, remembers and starts the PrismCore object of the run.
#
# The object is remembered in two places: in the run's variables, where node code may look for it, and in this process,
# which survives a clearing of the variables (each group starts with empty ones). `current_memory` is the host's.

import os
import sys

PRISM_CORE_NAMES = ("resolve_prism_core", "store_prism_core", "bootstrap_prism_core")

_PRISM_MEMORY_KEY = "_prism_core"
_PRISM_SCRIPTS_PATH = "C:/Program Files/Prism2/Scripts"
_prism_known_core = None


def resolve_prism_core(inputs=None):
    """The PrismCore to use: the one in `inputs`, else the one that is known, else None."""
    given = inputs.get("core") if isinstance(inputs, dict) else None
    if given is not None and not _is_lost(given):
        return store_prism_core(given)
    in_memory = current_memory().get(_PRISM_MEMORY_KEY)
    if in_memory is not None and not _is_lost(in_memory):
        return in_memory
    if _prism_known_core is not None:
        return store_prism_core(_prism_known_core)
    return store_prism_core(getattr(sys.modules.get("__main__"), "pcore", None))


def _is_lost(core):
    """It lives in another process, or in one that is gone."""
    return type(core).__name__ == "LostObject"


def store_prism_core(core):
    """Remembers `core` unless it is None; returns it."""
    global _prism_known_core
    if core is not None:
        _prism_known_core = core
        current_memory()[_PRISM_MEMORY_KEY] = core
    return core


def bootstrap_prism_core(prism_scripts_path=_PRISM_SCRIPTS_PATH, load_project=True, show_ui=False):
    """The known PrismCore, or a new one made by the package `PrismCore`. ImportError where there is no such package."""
    core = resolve_prism_core()
    if core is not None:
        return core
    if prism_scripts_path and os.path.isdir(prism_scripts_path) and prism_scripts_path not in sys.path:
        sys.path.append(prism_scripts_path)
    import PrismCore

    arguments = [] if show_ui else ["noUI"]
    if load_project:
        arguments.append("loadProject")
    start = PrismCore.show if show_ui else PrismCore.create
    return store_prism_core(start(prismArgs=arguments))


def bootstrap_prism_for_instance(saved):
    """Starts Prism as the saved parameters of a `prism_core_init` node ask for; absent or null ones have defaults."""
    names = ("prism_scripts_path", "load_project", "show_ui")
    chosen = {name: saved[name] for name in names if saved.get(name) is not None}
    return bootstrap_prism_core(**chosen)
