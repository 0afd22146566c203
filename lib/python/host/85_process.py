# The host as a process: its environment and limits, signals, forks by node code, the end.


def begin_run(host, settings):
    if settings.get("cwd"):
        os.chdir(settings["cwd"])
    for name, value in settings.get("env") or ():
        os.environ[name] = value
    host.is_recorded = bool(settings.get("recorded"))
    os.environ.pop("VNODE_REPEATED", None)
    tell_children_their_node(host)
    if settings.get("memory"):
        limit_memory(settings["memory"])


STARTS = frozenset(("subprocess.Popen", "os.posix_spawn", "os.system", "os.fork", "os.forkpty", "os.exec"))


def tell_children_their_node(host):
    """Sets VNODE_NODE_ID and VNODE_TRY for programs that node code starts: to the node whose code starts them, at that
    moment. Without audit hooks (Python 3.7) they are not told."""
    if not hasattr(sys, "addaudithook"):
        return

    def on_audit(event, arguments):
        if event in STARTS:
            execution = host.current_execution()
            if execution is not None and execution.instance is not None:
                os.environ["VNODE_NODE_ID"] = execution.instance.name
                os.environ["VNODE_TRY"] = str(execution.try_number)
                set_repeated(execution.is_repeated)

    sys.addaudithook(on_audit)


def tell_whether_repeated(host, execution):
    """As VNODE_REPEATED, which its code finds when it begins, and the programs that it starts find at any time."""
    execution.is_repeated = execution.number in host.repeated
    host.repeated.discard(execution.number)
    host.has_repeated = host.has_repeated or execution.is_repeated
    set_repeated(execution.is_repeated)


def set_repeated(is_repeated):
    if is_repeated:
        os.environ["VNODE_REPEATED"] = "1"
    else:
        os.environ.pop("VNODE_REPEATED", None)


def limit_memory(size):
    """RLIMIT_DATA, what is private and writable, and not RLIMIT_AS, which counts address space: each thread reserves
    128 MB of that for its heap, so that ten idle threads reach a limit of a gigabyte. Measured with a limit of 300 MB:
    11 threads under RLIMIT_AS and then no block of memory, 36 threads and a 200 MB block under RLIMIT_DATA. Both make
    an allocation that goes too far a MemoryError. Kernels before 4.7 count only the heap proper."""
    import resource

    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    if hard != resource.RLIM_INFINITY:
        size = min(size, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (size, hard))


# ---- signals

INTERRUPTED = "interrupted: it did not end in time when it was told to"


def on_interrupt(number, frame):
    """SIGINT: node code blocks the main thread, and nobody can wait any longer. Ignored if none runs there that has been
    told to end."""
    host = HOST
    if host is None or host.is_forked:
        raise KeyboardInterrupt
    if frame is not None and frame.f_globals is globals() and host.current is not None:
        # In the middle of this program's work, which has to end properly. Node code that has called it is interrupted
        # when it ends (`Host.interrupt_here`); in case it is none of these calls, the flusher tries again in a moment.
        host.channel.has_to_interrupt = True
        host.channel.call_flusher()
        host.channel.is_calm = True
        return
    if host.current is not None:
        if host.has_been_told_to_end(host.current):
            raise Interrupted(INTERRUPTED)
        return
    owner = EXECUTION.get(None)
    if is_in_definition(host, frame) and host.has_been_told_to_end(owner):
        host.has_cancelled = host.is_stopped
        raise cancellation()  # what those who wait for such a task expect


def is_in_definition(host, frame):
    """Is code of a definition on the stack? Tasks that node code has started run without a step of their own."""
    files = {definition.file for definition in host.definitions.values()}
    while frame is not None:
        if frame.f_code.co_filename in files:
            return True
        frame = frame.f_back
    return False


# ---- forks


def prepare_forks(host):
    """A process that node code forks has a copy of everything here. It must not speak for the host."""

    def in_child():
        if HOST is host:
            host.is_forked = True
            os.close(host.channel.descriptor)

    os.register_at_fork(after_in_child=in_child)


def leave_child(error):
    """Ends a forked process that would come back into the host's loop."""
    code = 0
    if isinstance(error, SystemExit):
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    elif error is not None:
        write_all(2, failure_traceback(error).encode("utf-8", "replace"))
        code = 1
    os._exit(code & 255)


# ---- beginning and end

START_MARK = b"\0vnode's host begins\0\n"  # what is written before is the interpreter's


def run_host(descriptor):
    """Serves a run on the channel. Never returns."""
    global HOST
    import faulthandler

    os.set_inheritable(descriptor, False)  # it is not for programs that node code starts
    HOST = host = Host(Channel(descriptor))
    faulthandler.enable(2)
    _signal.signal(_signal.SIGINT, on_interrupt)
    if hasattr(sys, "set_int_max_str_digits"):
        sys.set_int_max_str_digits(0)  # integers of any size cross
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(line_buffering=True)  # still there as sys.__stdout__ and sys.__stderr__
    host.streams = (NodeStream("stdout", "info", 1), NodeStream("stderr", "warning", 2))
    sys.stdout, sys.stderr = host.streams
    prepare_forks(host)
    for descriptor in (1, 2):
        write_all(descriptor, START_MARK)
    host.channel.pending.append('["hello",%s,%d]' % (quote(sys.executable or ""), os.getpid()))
    host.serve()


def end_run(host):
    """The run is over: as Python ends, but without waiting for threads."""
    import atexit

    host.current = None
    try:
        atexit._run_exitfuncs()
    except BaseException:
        pass  # it has been reported
    for stream in (sys.__stdout__, sys.__stderr__):
        try:
            stream.flush()
        except Exception:
            pass
    for stream in host.streams:
        for instance in list(stream.open_lines):
            stream.end_line(host, instance)
    host.channel.flush()
    host.channel.pending.append('["goodbye"]')
    host.channel.flush()
    os._exit(0)
