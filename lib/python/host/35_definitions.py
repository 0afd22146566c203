# Node definitions: python_code to a node class.
#
# The code runs once per host, as a module body in a namespace of its own. `register_node`, a function that returns the
# class, wins over `execute`, around which a class is built.

PRISM_IMPORT = "from src.utils.prism_core import resolve_prism_core"
PRISM_FORBIDDEN = ("core = inputs.get('core')", 'core = inputs.get("core")')
BARE_HOOKS = ("execute", "on_parameter_changed", "on_plug_sync")


class BadDefinition(Exception):
    """A definition that cannot be used; the message tells why."""


class Definition:
    def __init__(self, number, description):
        self.number = number
        self.node_id = description["node_id"]
        self.name = description.get("name") or self.node_id
        self.category = description.get("category") or "General"
        self.description = description.get("description") or ""
        self.icon_path = description.get("icon_path")
        self.use_exec = description.get("use_exec", True)
        self.is_blocking = bool(description.get("blocking"))
        self.inputs = description.get("inputs") or []
        self.outputs = description.get("outputs") or []
        self.file = description.get("file") or "<%s>" % self.node_id
        self.source = description["python_code"]
        self.node_class = None
        self.has_hook = False
        self.firing_ends = None  # what `returns_behind_firings` says, once it is asked

    def find_firing_end(self, frame):
        """What `execute` returns when it has fired there, its code; None: something else is left to do, or may be."""
        if frame.f_code.co_name != "execute" or frame.f_code.co_filename != self.file:
            return None
        if self.firing_ends is None:
            try:
                self.firing_ends = returns_behind_firings(self.source, self.outputs)
            except (SyntaxError, ValueError, RecursionError):
                self.firing_ends = {}
        return self.firing_ends.get(frame.f_lineno)

    def load(self):
        """Raises whatever the code raises, BadDefinition when it defines no node."""
        namespace = {}
        source = self.source
        if self.node_id.startswith("prism_") and self.node_id != "prism_core_init":
            if "resolve_prism_core" not in source:
                # Not as a line of the code: its line numbers, and `from __future__`, stay what they are.
                exec(PRISM_IMPORT, namespace)
            for text in PRISM_FORBIDDEN:
                source = source.replace(text, "core = resolve_prism_core(inputs)")
        try:
            code = compile(source, self.file, "exec", dont_inherit=True)
        except SyntaxError as error:
            lines = source.splitlines()
            if error.lineno and error.lineno <= len(lines):
                error.text = lines[error.lineno - 1]  # Python has quoted the definition's file, which is JSON
            raise
        exec(code, namespace)
        if "register_node" in namespace:
            self.node_class = self.adopt_class(namespace["register_node"])
        elif "execute" in namespace:
            self.node_class = self.build_class(namespace)
        else:
            raise BadDefinition("python_code defines neither register_node nor execute")

    def adopt_class(self, register_node):
        node_class = register_node()
        if not isinstance(node_class, type):
            raise BadDefinition("register_node returned %s, not a class" % short_repr(node_class))
        if not issubclass(node_class, BaseNode):
            raise BadDefinition(self.explain_wrong_base(node_class))
        for name in ("name", "node_id", "category", "description", "icon_path"):
            setattr(node_class, name, getattr(self, name))
        return node_class

    @staticmethod
    def explain_wrong_base(node_class):
        message = "register_node returned %s, which does not derive from BaseNode" % node_class.__name__
        for base in node_class.__mro__:
            module = sys.modules.get(getattr(base, "__module__", None))
            file = getattr(module, "__file__", None)
            if base.__name__ == "BaseNode" and file:
                message += " of vnode but from that in %s, which comes first on sys.path" % file
        return message

    def build_class(self, namespace):
        """A class around the functions of a bare definition."""
        definition = self

        def __init__(self):
            BaseNode.__init__(self, use_exec=definition.use_exec)
            for name in ("name", "node_id", "category", "description", "icon_path"):
                setattr(self, name, getattr(definition, name))
            for port in definition.inputs:
                if port["name"] not in self.inputs:
                    self.add_input(
                        port["name"],
                        port.get("type", "any"),
                        widget_type=port.get("widget_type"),
                        options=port.get("options"),
                        default=port.get("default"),
                    )
            for port in definition.outputs:
                if port["name"] not in self.outputs:
                    self.add_output(port["name"], port.get("type", "any"))

        members = {}
        for name, value in namespace.items():
            if name.startswith("_") and not (name.startswith("__") and name.endswith("__")) and callable(value):
                members[name] = value
        for name in BARE_HOOKS:
            if name in namespace:
                members[name] = as_method(namespace[name])
        members["__init__"] = __init__
        class_name = "".join([c if c.isalnum() else "_" for c in self.node_id]) or "Node"
        return type(class_name, (BaseNode,), members)


def as_method(function):
    """Something that gets `self` when it is called on an instance, whatever kind of callable it is."""
    if type(function) is type(as_method):
        return function
    return lambda self, *args: function(self, *args)
