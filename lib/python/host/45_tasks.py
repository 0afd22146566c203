# Driving coroutines with asyncio, from the moment that the module is there.
#
# One loop for all executions of the host, to the end of the run; each execution is a task. The task's coroutine is a
# `Driver`, which passes everything through to the node's own coroutine and back, and notices when that gives way.
#
# When node code imports asyncio in the middle of a step, it may use the loop at once. So `import` is watched until
# then: the loop is made and set running, with a task entered for the execution whose step it is; when the step ends,
# that task goes on with the coroutine (`Driver.adopt`).


def asyncio_module():
    """asyncio, if it has been imported completely."""
    module = sys.modules.get("asyncio")
    if module is None or getattr(module.__spec__, "_initializing", False):
        return None
    return module


class Driver:
    """A coroutine, as far as tasks are concerned, around the coroutine of an execution."""

    def __init__(self, execution):
        self.execution = execution
        self.is_adopting = False
        self.adopted = None
        self.resumption = None  # what it goes on with once it has been given a step

    def adopt(self, yielded):
        """The coroutine has given way before the task's first step, with `yielded`."""
        self.is_adopting = True
        self.adopted = yielded

    def send(self, value):
        if self.is_adopting:
            self.is_adopting = False
            EXECUTION.set(self.execution)
            return self.give_way(self.adopted)
        if self.resumption is not None:
            return self.go_on(*self.resumption)
        return self.go_on(self.execution.coroutine.send, None)

    def throw(self, kind, value=None, traceback=None):
        self.is_adopting = False
        error = kind if value is None else value
        if isinstance(error, type):
            error = error()
        return self.go_on(self.execution.coroutine.throw, error)

    def go_on(self, resume, argument):
        """Steps, or asks for a step first and returns what the task is to wait for."""
        if has_to_ask(HOST, self.execution):
            self.resumption = (resume, argument)
            return ask_for_turn(HOST, self.execution)
        self.resumption = None
        return self.step(resume, argument)

    def close(self):
        self.execution.coroutine.close()

    def __await__(self):
        raise TypeError("for tasks only")

    def step(self, resume, argument):
        host = HOST
        execution = self.execution
        if execution.is_over:
            raise StopIteration
        EXECUTION.set(execution)
        if not execution.is_blocking:
            host.current = execution
        try:
            yielded = resume(argument)
        except StopIteration as end:
            finish(host, execution, end.value)
        except BaseException as error:
            fail(host, execution, error)
        else:
            return self.give_way(yielded)
        finally:
            if not execution.is_blocking:
                host.current = None
            if host.is_forked:
                host.end_code()
        host.channel.flush()
        raise StopIteration

    def give_way(self, yielded):
        """The coroutine waits for `yielded`. Returns what the task is to wait for."""
        host = HOST
        execution = self.execution
        if execution.owes:
            execution.owes = False
            if yielded is None:
                return ask_for_turn(host, execution, "yield")
            host.channel.pending.append('["wait",%d]' % execution.number)
        host.channel.flush()
        return yielded


def has_to_ask(host, execution):
    """Something outside of the engine that the code has waited for has ended: other chains may be at work. While one of
    its own pushes is under way its chain is busy with that, and what it does beside it (a timeout) cannot wait."""
    return not (
        execution.owes
        or execution.is_blocking
        or execution.is_over
        or execution.pushing
        or host.is_stopped
        or host.is_forked
    )


def ask_for_turn(host, execution, word="ready"):
    """A future for `go`."""
    if not execution.has_asked:
        execution.has_asked = True
        host.channel.pending.append('["%s",%d]' % (word, execution.number))
        host.channel.flush()
    turn = host.turns[execution.number] = execution.loop.create_future()
    turn._asyncio_future_blocking = True  # as `await` would
    return turn


def make_task(loop, execution):
    """A task that goes on with the execution's coroutine as soon as the loop gets to it."""
    asyncio = sys.modules["asyncio"]
    execution.loop = loop
    execution.driver = Driver(execution)
    execution.task = asyncio.Task(execution.driver, loop=loop)


async def call_coroutine(call, arguments):
    result = call(*arguments)
    if hasattr(result, "__await__"):
        return await result
    return result


def start_task(host, execution, call, arguments):
    execution.coroutine = call_coroutine(call, arguments)
    make_task(host.loop, execution)


def give_turn(host, execution):
    """After `go`."""
    execution.has_asked = False
    turn = host.turns.pop(execution.number, None)
    if turn is None:
        if execution.waits_for is TURN:
            resume_execution(host, execution)
        return
    execution.owes = True
    if turn.done():
        settle_step(host, execution, SETTLING_ROUNDS)  # it was cancelled: the task is about to go on
    else:
        turn.set_result(None)


# ---- from the one way of driving to the other


def keep_context_in_executors(loop):
    """A thread of an executor works for the execution that has given it the work."""
    run_in_executor = loop.run_in_executor

    def run_in_context(executor, function, *arguments):
        if executor is not None and not hasattr(executor, "_threads"):
            return run_in_executor(executor, function, *arguments)  # processes have executions of their own
        return run_in_executor(executor, _contextvars.copy_context().run, function, *arguments)

    loop.run_in_executor = run_in_context


def enter_asyncio(host):
    """Main thread. From here on executions are tasks; the one whose step it is, if any, becomes one."""
    asyncio = sys.modules["asyncio"]
    stop_watching_imports(host)
    provide_sources()
    host.loop = loop = asyncio.new_event_loop()
    keep_context_in_executors(loop)
    asyncio.set_event_loop(loop)
    loop.add_reader(host.channel.descriptor, host.on_readable)
    if host.current is None:
        return
    # The running code finds the loop running, and itself in a task of it.
    host.is_code_in_loop = True
    set_running(loop, True)
    execution = host.current
    host.context_token = EXECUTION.set(execution)
    if execution.coroutine is not None:
        make_task(loop, execution)
        asyncio.tasks._enter_task(loop, execution.task)


def leave_entered_loop(host, execution):
    """The step in which asyncio was imported has ended; the loop will now be run properly."""
    asyncio = sys.modules["asyncio"]
    host.is_code_in_loop = False
    if execution is not None and execution.task is not None:
        asyncio.tasks._leave_task(host.loop, execution.task)
    set_running(host.loop, False)
    EXECUTION.reset(host.context_token)


def set_running(loop, is_running):
    """Makes asyncio take the loop for running in this thread, which it will be in a moment."""
    loop._thread_id = get_ident() if is_running else None
    sys.modules["asyncio"]._set_running_loop(loop if is_running else None)


def watch_imports(host):
    """Makes `import asyncio` in node code call `enter_asyncio` (or `enter_own_loop` in a blocking execution)."""
    import builtins

    import_module = host.import_module = builtins.__import__

    entering = set()  # threads that are about to enter: they import too

    def import_and_look(name, globals=None, locals=None, fromlist=(), level=0):
        module = import_module(name, globals, locals, fromlist, level)
        if name == "linecache":
            provide_sources()  # somebody is about to quote code: `warnings`, say
        if "asyncio" in sys.modules and asyncio_module() is not None and not host.is_forked:
            thread = get_ident()
            if thread not in entering:
                entering.add(thread)
                try:
                    enter_asyncio_here(host, thread)
                finally:
                    entering.discard(thread)
        return module

    builtins.__import__ = host.watching_import = import_and_look


def enter_asyncio_here(host, thread):
    if thread == host.main_thread:
        if host.loop is None:
            enter_asyncio(host)
        return
    execution = EXECUTION.get(None)
    if execution is not None and execution.is_blocking and execution.loop is None:
        enter_own_loop(execution)


def stop_watching_imports(host):
    """Node code may have put something of its own in the place: then nothing happens."""
    import builtins

    if builtins.__import__ is host.watching_import and not host.light_threads:
        builtins.__import__ = host.import_module
