# What the journal of a run has to know of an execution besides what it pushes, returns and sets: the variables that it has
# read, whether it has changed something that its instance keeps, and which modules of the users' own its code uses. Only in
# runs that have a journal (`host.is_recorded`).
#
# It is told as it happens, so that it is known before whatever follows from it.


def recorded_executions(host):
    """Those that the running code may belong to: of a thread that nobody knows all that go on."""
    execution = host.current_execution()
    if execution is None:
        return [other for other in list(host.executions.values()) if not other.is_over]
    return [execution] if execution.number and not execution.is_over else []


def tell_record(host, execution, name, *items):
    """`items`: JSON texts."""
    if not host.is_forked:
        host.channel.pending.append('["%s",%s]' % (name, ",".join([str(execution.number), *items])))


def tell_stateful(host, execution, detail):
    if not execution.is_stateful:
        execution.is_stateful = True
        tell_record(host, execution, "stateful", quote(detail))


# ---- variables


def note_read(variables, name):
    """Code is about to read that variable. Hold the lock of `variables`."""
    host = variables.host
    for execution in recorded_executions(host):
        if name in execution.known_variables:
            continue
        share_changes(variables)  # the engine has to know what is read
        execution.know_variable(name)
        tell_record(host, execution, "read", quote(name))


def note_all_read(variables):
    """Code is about to go through all variables. Hold the lock of `variables`."""
    host = variables.host
    for execution in recorded_executions(host):
        if execution.knows_all_variables:
            continue
        share_changes(variables)
        execution.knows_all_variables = True
        known = ",".join([quote(name) for name in sorted(execution.known_variables)])
        tell_record(host, execution, "reads", "[%s]" % known)


def note_written(variables, name):
    """What it reads of it from now on is its own."""
    for execution in recorded_executions(variables.host):
        execution.know_variable(name)


def note_local_variable(variables):
    """One whose name is no text lives in this process alone."""
    for execution in recorded_executions(variables.host):
        tell_stateful(variables.host, execution, "a variable whose name is no text")


def share_changes(variables):
    """Those of code that has not ended, too."""
    is_shared = not variables.changed and not variables.removed and all(map(is_unchanged, variables.snapshots.values()))
    if not is_shared:
        variables.send_changes()


# ---- what instances keep

BASE_ATTRIBUTES = frozenset(("inputs", "outputs", "parameters", "parameter_types", "_vnode"))


class Contents:
    """What a table of attributes or parameters held."""

    def __init__(self, table):
        self.table = table
        self.snapshots = {}
        for name, value in table.items():
            if isinstance(value, MUTABLE_TYPES):
                try:
                    self.snapshots[name] = SnapshotTaker().take(value)
                except (ValueError, RecursionError):
                    self.snapshots[name] = None  # it contains itself: nobody can tell

    def find_change(self, now):
        """The name of something that is not as it was, or None."""
        for name, value in now.items():
            if name not in self.table or not is_same_value(self.table[name], value):
                return name
        for name, snapshot in self.snapshots.items():
            if snapshot is None or not is_unchanged(snapshot):
                return name
        for name in self.table:
            if name not in now:
                return name
        return None


def is_same_value(before, now):
    if before is now:
        return True
    kind = type(now)
    return kind is type(before) and kind in SCALAR_TYPES and before == now


def kept_attributes(node):
    return {name: value for name, value in node.__dict__.items() if name not in BASE_ATTRIBUTES}


def kept_parameters(instance):
    """Those that neither wires nor its own pushes set."""
    node = instance.node
    return {
        name: value
        for name, value in node.parameters.items()
        if name not in node.outputs and name not in instance.fed_inputs and name not in instance.wired
    }


def remember_kept(execution):
    """Before its code runs."""
    instance = execution.instance
    try:
        execution.kept = (Contents(kept_attributes(instance.node)), Contents(kept_parameters(instance)))
    except Exception as error:  # out of classes of the node's
        execution.kept = error


def tell_kept_changes(host, execution):
    """After it has run."""
    if execution.kept is None or execution.is_stateful:
        return
    what = "what cannot be compared"
    try:
        attributes, parameters = execution.kept
        name = attributes.find_change(kept_attributes(execution.instance.node))
        if name is not None:
            what = "attribute " + str(name)
        else:
            name = parameters.find_change(kept_parameters(execution.instance))
            if name is None:
                return
            what = "parameter " + str(name)
    except Exception:
        pass
    tell_stateful(host, execution, what)


# ---- modules


class UsersModules:
    """The modules in the folders that users keep their own code in, and which of them a definition uses, as far as import
    statements tell: code that imports in other ways uses all of them."""

    def __init__(self, host):
        self.host = host
        self.count = -1  # of sys.modules when it was last looked at
        self.definitions = -1
        self.files = {}  # name -> file
        self.imports = {}  # file, or definition -> names, or None for all
        self.texts = {}  # definition -> what its executions tell

    def text_of(self, definition):
        """JSON of [[name, file], ...], empty where there is none."""
        if self.count != len(sys.modules) or self.definitions != len(self.host.definitions):
            self.look()
        if not self.files:
            return ""
        text = self.texts.get(definition.number)
        if text is None:
            names = sorted(self.used_by(definition))
            pairs = ["[%s,%s]" % (quote(name), quote(self.files[name])) for name in names]
            text = self.texts[definition.number] = "[%s]" % ",".join(pairs) if pairs else ""
        return text

    def look(self):
        self.count = len(sys.modules)
        self.definitions = len(self.host.definitions)
        folders = tuple([folder + os.sep for folder in self.folders()])
        own = os.path.dirname(os.path.abspath(os.__file__)) + os.sep  # Python's
        files = {}
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if isinstance(file, str):
                file = os.path.abspath(file)
                if file.startswith(folders) and not file.startswith(own):
                    files[name] = file
        if files != self.files:
            self.files = files
            self.texts.clear()

    def folders(self):
        files = [definition.file for definition in self.host.definitions.values()]
        found = {os.path.dirname(file) for file in files if os.path.isabs(file)}
        for variable in ("v_nodes_dir", "VIBRANTE_PYTHONPATH", "PYTHONPATH"):
            for folder in os.environ.get(variable, "").split(os.pathsep):
                if folder.strip():
                    found.add(os.path.abspath(folder.strip()))
        return [folder for folder in sorted(found) if folder != os.sep]

    def used_by(self, definition):
        used = set()
        pending = [self.imports_of(definition.number, definition.source, "")]
        while pending:
            names = pending.pop()
            if names is None:
                return set(self.files)
            for name in names:
                if name in self.files and name not in used:
                    used.add(name)
                    pending.append(self.imports_of_module(name))
        return used

    def imports_of_module(self, name):
        file = self.files[name]
        if not file.endswith(".py"):
            return ()
        is_package = os.path.basename(file) == "__init__.py"
        try:
            with open(file, "rb") as source:
                return self.imports_of(file, source.read(), name if is_package else name.rpartition(".")[0])
        except OSError:
            return None

    def imports_of(self, key, source, package):
        if key not in self.imports:
            try:
                self.imports[key] = imported_names(source, package)
            except (SyntaxError, ValueError, RecursionError):
                self.imports[key] = None
        return self.imports[key]


# Names of what imports, or runs code that may.
IMPORTERS = frozenset(("__import__", "importlib", "runpy", "exec", "eval", "compile"))


def imported_names(source, package):
    """Names that its import statements may mean, None if it may import in other ways. `package`: the one it is in."""
    import ast

    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                add_with_packages(names, alias.name)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                around = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join(around + ([base] if base else []))
            for alias in node.names:
                add_with_packages(names, base + "." + alias.name if base else alias.name)
        elif isinstance(node, ast.Name) and node.id in IMPORTERS:
            return None
    return None if not names.isdisjoint(IMPORTERS) else names


def add_with_packages(names, name):
    while name:
        names.add(name)
        name = name.rpartition(".")[0]


def tell_modules(host, execution):
    """Before anything follows from what its code has done."""
    text = host.users_modules.text_of(execution.instance.definition)
    if text and text != execution.told_modules:
        execution.told_modules = text
        tell_record(host, execution, "modules", text)


def begin_record(host, execution):
    if host.is_recorded:
        remember_kept(execution)


def end_record(host, execution):
    """At its end, before that is told."""
    tell_kept_changes(host, execution)
    tell_modules(host, execution)
