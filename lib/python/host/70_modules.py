# The importable modules that existing node code expects: src.nodes.base and others, and the same below `vnode`.
#
# They come last: a package `src` that the user's own path provides goes first, and only what it lacks comes from here.


def offered_modules():
    """Module name without its first part -> names of what it offers; None: a package."""
    return {
        "": None,
        "nodes": None,
        "nodes.base": ("BaseNode", "Port"),
        "utils": None,
        "utils.prism_core": PRISM_CORE_NAMES,
        "utils.prism_config": PRISM_CONFIG_NAMES,
        "utils.hou_bridge": HOU_BRIDGE_NAMES,
    }


class OfferedModules:
    """Finder and loader."""

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        top, _, rest = name.partition(".")
        if top != "src" and top != "vnode":
            return None
        offered = offered_modules()
        if rest not in offered:
            return None
        make_spec = sys.modules["_frozen_importlib"].ModuleSpec
        return make_spec(name, cls, origin="vnode", is_package=offered[rest] is None)

    @classmethod
    def create_module(cls, spec):
        return None

    @classmethod
    def exec_module(cls, module):
        names = offered_modules()[module.__name__.partition(".")[2]]
        for name in names or ():
            setattr(module, name, globals()[name])

    @classmethod
    def invalidate_caches(cls):
        pass


def offer_modules():
    sys.meta_path.append(OfferedModules)
