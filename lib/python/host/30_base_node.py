# What node classes derive from, as existing node code knows it: src.nodes.base.
#
# `_vnode` is the only attribute of the host's own: node code uses many private names, and must find them free.


class Port:
    def __init__(self, name, data_type="any", widget_type=None, options=None, default=None):
        self.name = name
        self.data_type = data_type
        self.widget_type = widget_type
        self.options = options
        self.default = default


def default_for(data_type, default):
    """The default that a port has: the declared one, else that of its type."""
    if default is not None:
        return default
    if data_type == "string":
        return ""
    if data_type == "list":
        return []
    if data_type == "bool":
        return False
    if data_type in ("int", "float", "number"):
        return 0
    return None


class BaseNode:
    name = "Node"
    node_id = None
    category = "General"
    description = ""
    icon_path = None
    init_first = False
    memory = None  # the run's variables (65_memory.py)

    _vnode = None  # its Instance, once the engine knows it

    def __init__(self, use_exec=True):
        self.inputs = {}
        self.outputs = {}
        self.parameters = {}
        self.parameter_types = {}
        if use_exec:
            self.add_exec_input("exec_in")
            self.add_exec_output("exec_out")

    # ---- ports and parameters

    def add_input(self, name, data_type="any", widget_type=None, options=None, default=None):
        default = default_for(data_type, default)
        self.inputs[name] = Port(name, data_type, widget_type, options, default)
        self.parameters.setdefault(name, default)

    def add_output(self, name, data_type="any", default=None):
        default = default_for(data_type, default)
        self.outputs[name] = Port(name, data_type, None, None, default)
        self.parameters.setdefault(name, default)

    def add_exec_input(self, name="exec_in"):
        self.add_input(name, "exec")

    def add_exec_output(self, name="exec_out"):
        self.add_output(name, "exec")

    def add_parameter(self, name, param_type="any", default=None):
        self.parameters[name] = default
        self.parameter_types[name] = param_type

    def get_parameter(self, name, default=None):
        return self.parameters.get(name, default)

    def set_parameter(self, name, value):
        port = self.inputs.get(name)
        if isinstance(value, list) and port is not None and port.widget_type == "dropdown":
            port.options = value
            current = self.parameters.get(name)
            if not (current and current in value):
                current = value[0] if value else ""
            self.parameters[name] = current
        else:
            self.parameters[name] = value

    def __getitem__(self, name):
        return self.parameters[name]

    def __setitem__(self, name, value):
        self.set_parameter(name, value)

    def clear_outputs(self):
        for name, port in self.outputs.items():
            self.parameters[name] = port.default

    # ---- what node code asks of the engine

    async def set_output(self, name, value):
        instance = self._vnode
        if name not in self.outputs:
            return
        self.parameters[name] = value
        if instance is not None:
            push = push_output(instance, name, value)
            if push is not None:
                await push

    def log_info(self, text):
        log_from_node(self, "info", text)

    def log_success(self, text):
        log_from_node(self, "success", text)

    def log_warning(self, text):
        log_from_node(self, "warning", text)

    def log_error(self, text):
        log_from_node(self, "error", text)

    def is_stopped(self):
        host = attached_host()
        return host is not None and host.look_for_stop()

    # ---- what node classes override

    async def execute(self, inputs):
        raise NotImplementedError("%s has no execute" % type(self).__name__)

    async def on_parameter_changed(self, name, value):
        pass

    def restore_from_parameters(self, parameters):
        pass

    # ---- for the editor: nothing happens here

    def rebuild_ports(self, *args, **kwargs):
        pass

    def is_port_connected(self, name, is_input=True):
        """True when a wire leads to that input (a data wire), or leaves that output."""
        instance = self._vnode
        if instance is None:
            return False
        return name in (instance.fed_inputs if is_input else instance.wires)

    async def on_plug(self, *args, **kwargs):
        pass

    async def on_unplug(self, *args, **kwargs):
        pass

    def on_plug_sync(self, *args, **kwargs):
        pass

    def on_unplug_sync(self, *args, **kwargs):
        pass
