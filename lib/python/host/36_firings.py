# Where the code of a definition fires: whether something is left to do behind its last firing. What an execution that was
# cut off inside a branch had still to do is done again when the run is resumed, unless that is nothing but a return.
#
# It looks at the syntax tree alone, and says that something is left wherever it is not sure.


def has_work_behind_firings(source, outputs):
    """`outputs`: those of the definition, as it declares them."""
    import ast

    tree = ast.parse(source)
    search = _FiringSearch(ast, _data_ports(outputs))
    is_alone = not search.has_others_at_work(tree)
    for node in ast.walk(tree):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        # Who calls a function that fires may have something left to do.
        fires = any(search.may_fire(statement) for statement in node.body)
        if fires and (not is_alone or node.name != "execute" or search.has_work_behind(node.body)):
            return True
    return False


def _data_ports(outputs):
    exec_ports = {port.get("name") for port in outputs if port.get("type") == "exec"} | {"exec_out"}
    return {port.get("name") for port in outputs} - exec_ports


NO_RETURN = object()  # nothing is left, not even a `return`


def returns_behind_firings(source, outputs):
    """{line: code of what `execute` returns, or NO_RETURN} of each line with a firing behind which nothing is left to do but
    to return that: names and constants."""
    import ast

    tree = ast.parse(source)
    search = _FiringSearch(ast, _data_ports(outputs))
    if search.has_others_at_work(tree):
        return {}
    ends = {}
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == "execute":
            search.find_ends(node.body, NO_RETURN, ends)
    return {line: end if end is NO_RETURN else search.code_of(end) for line, end in ends.items() if end is not None}


class _FiringSearch:
    def __init__(self, ast, data_ports):
        self.ast = ast
        self.data_ports = data_ports

    def may_fire(self, node):
        """Some call in it may be a firing, functions inside of it aside."""
        pending = [node]
        while pending:
            node = pending.pop()
            if isinstance(node, (self.ast.FunctionDef, self.ast.AsyncFunctionDef, self.ast.Lambda)):
                continue
            if isinstance(node, self.ast.Call) and self.is_firing(node):
                return True
            pending.extend(self.ast.iter_child_nodes(node))
        return False

    def is_firing(self, call):
        function = call.func
        name = function.attr if isinstance(function, self.ast.Attribute) else getattr(function, "id", None)
        if name != "set_output":
            return False
        arguments = list(call.args) + [keyword.value for keyword in call.keywords]
        constants = [argument.value if isinstance(argument, self.ast.Constant) else self for argument in arguments]
        is_of_data = any(isinstance(value, str) and value in self.data_ports for value in constants[:1])
        is_false = len(constants) > 1 and constants[1] is not self and not constants[1]
        return not is_of_data and not is_false

    # What goes on by itself, whatever the code that has started it waits for.
    STARTERS = frozenset(("create_task", "ensure_future", "run_in_executor", "submit", "Thread", "start_new_thread"))

    def has_others_at_work(self, tree):
        """The code may start what goes on beside it."""
        for node in self.ast.walk(tree):
            name = getattr(node, "attr", None) or getattr(node, "id", None) or getattr(node, "name", None)
            if isinstance(name, str) and name in self.STARTERS:
                return True
        return False

    def find_ends(self, body, behind, ends):
        """`behind`: what the function returns where `body` is left at its end; None: there is something left to do. Into
        `ends`: the same behind each line with a firing of `body`."""
        for index, statement in enumerate(body):
            end = self.end_of(body[index + 1 :], behind)
            if isinstance(statement, self.ast.If) and not self.may_fire(statement.test):
                self.find_ends(statement.body, end, ends)
                self.find_ends(statement.orelse, end, ends)
            elif self.may_fire(statement):
                self.add_end(statement, None if self.statement_has_work(statement) else end, ends)

    def end_of(self, statements, behind):
        for statement in statements:
            if isinstance(statement, self.ast.Return):
                value = statement.value
                return NO_RETURN if value is None else value if self.is_plain(value) else None
            if not isinstance(statement, self.ast.Pass):
                return None
        return behind

    def add_end(self, statement, end, ends):
        """Of several firings in a line nobody can tell which one it is."""
        for line in range(statement.lineno, (getattr(statement, "end_lineno", None) or statement.lineno) + 1):
            ends[line] = None if line in ends else end

    def code_of(self, value):
        return compile(self.ast.Expression(value), "<return>", "eval")

    def has_work_behind(self, body):
        """In one list of statements, with nothing but a return behind it."""
        for index, statement in enumerate(body):
            if isinstance(statement, (self.ast.FunctionDef, self.ast.AsyncFunctionDef, self.ast.ClassDef)):
                continue
            if not self.may_fire(statement):
                continue
            rest = body[index + 1 :]
            # What stands behind a return is never reached.
            if not self.is_end(rest) and not self.returns_itself(statement, rest):
                return True
            if self.statement_has_work(statement):
                return True
        return False

    def returns_itself(self, statement, rest):
        """Each of its branches that may fire ends with a return of its own."""
        if not isinstance(statement, self.ast.If) or not rest:
            return False
        branches = [branch for branch in (statement.body, statement.orelse) if branch]
        firing = [branch for branch in branches if any(self.may_fire(part) for part in branch)]
        return not self.may_fire(statement.test) and all(isinstance(branch[-1], self.ast.Return) for branch in firing)

    def is_end(self, statements):
        """Nothing, or a return of names and constants, or what does nothing."""
        for statement in statements:
            if isinstance(statement, self.ast.Return):
                return statement.value is None or self.is_plain(statement.value)
            if not isinstance(statement, self.ast.Pass):
                return False
        return True

    def is_plain(self, value):
        if isinstance(value, (self.ast.Name, self.ast.Constant)):
            return True
        if isinstance(value, (self.ast.Tuple, self.ast.List)):
            return all(self.is_plain(item) for item in value.elts)
        if isinstance(value, self.ast.Dict):
            return all(key is not None and self.is_plain(key) for key in value.keys) and all(
                self.is_plain(item) for item in value.values
            )
        return False

    def statement_has_work(self, statement):
        if isinstance(statement, self.ast.Expr):
            value = statement.value
            call = value.value if isinstance(value, self.ast.Await) else value
            # A firing inside of an expression: the rest of that comes behind it.
            return not (isinstance(call, self.ast.Call) and self.is_firing(call)) or any(
                self.may_fire(argument) for argument in call.args
            )
        if isinstance(statement, self.ast.If):
            if self.may_fire(statement.test):
                return True
            return self.has_work_behind(statement.body) or self.has_work_behind(statement.orelse)
        return True  # loops go on, `with` and `try` have ends of their own
