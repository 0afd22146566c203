# Instances of node classes: made and prepared in the order that existing node code was written for.


class Instance:
    """What the host keeps for one node of the workflow."""

    __slots__ = ("number", "name", "definition", "level", "node", "wired", "fed_inputs", "wires", "executions", "held_logs", "is_blocking")

    def __init__(self, number, definition, level):
        self.number = number
        self.name = ""  # its id in the file
        self.definition = definition
        self.level = level
        self.node = None
        self.wired = {}  # name -> what the engine has delivered last
        self.fed_inputs = frozenset()  # names with a data wire
        self.wires = {}  # output port -> (has to be awaited, Python instances that data wires lead to)
        self.executions = []  # those that have not ended, the newest last
        self.held_logs = None  # a list as long as messages are kept back

    def make(self, name, saved, wired):
        """Creates and prepares the node. Raises what its code raises."""
        self.name = name
        node = self.definition.node_class()
        if not isinstance(getattr(node, "parameters", None), dict):
            raise BadDefinition("the constructor of %s does not call super().__init__()" % type(node).__name__)
        self.node = node
        self.fed_inputs = frozenset(wired)
        node._vnode = self
        node.name = self.definition.node_id
        node.restore_from_parameters(saved)
        for key, value in saved.items():
            if key in wired and key in node.inputs:
                value = node.inputs[key].default
            node.parameters[key] = value
        for key in wired:
            if key in node.inputs:
                node.parameters[key] = node.inputs[key].default
        node.clear_outputs()

    def has_hook(self):
        hook = getattr(self.node, "on_parameter_changed", None)
        return getattr(hook, "__func__", hook) is not BaseNode.on_parameter_changed

    def describe_ports(self, encode):
        """The text of [inputs, outputs, has_hook]."""
        inputs = ",".join([describe_port(name, port, encode) for name, port in self.node.inputs.items()])
        outputs = ",".join([describe_port(name, port, encode) for name, port in self.node.outputs.items()])
        return "[[%s],[%s],%s]" % (inputs, outputs, "true" if self.has_hook() else "false")

    def apply(self, delivered):
        """Values that the engine delivers, outside of an execution's start."""
        self.wired.update(delivered)
        self.node.parameters.update(delivered)

    def prepare_execution(self):
        """Brings the parameters up to date; returns the snapshot that `execute` gets."""
        node = self.node
        parameters = node.parameters
        for name, port in node.outputs.items():
            if port.data_type == "exec":
                parameters[name] = None
        parameters.update(self.wired)
        return dict(parameters)


def describe_port(name, port, encode):
    options = port.options
    if options is None:
        options = "null"
    else:
        try:
            options = "[%s]" % ",".join([quote(text if type(text) is str else str(text)) for text in options])
        except Exception:
            options = "null"
    widget = "null" if port.widget_type is None else quote(str(port.widget_type))
    return "[%s,%s,%s,%s,%s]" % (quote(str(name)), quote(str(port.data_type)), encode(port.default), widget, options)
