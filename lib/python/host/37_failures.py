# What is reported when node code fails: message, traceback, line.


def failure_message(error):
    try:
        text = str(error)
    except Exception:
        text = ""
    return text or type(error).__name__


def failure_traceback(error):
    """As Python shows it, without the frames of this program. Never raises."""
    try:
        import traceback

        provide_sources()
        report = traceback.TracebackException(type(error), error, error.__traceback__)
        trim_report(report, set())
        return "".join(report.format())
    except BaseException as problem:
        return "%s: %s\n(no traceback: %r)\n" % (type(error).__name__, failure_message(error), problem)


def trim_report(report, seen):
    if report is None or id(report) in seen:
        return
    seen.add(id(report))
    report.stack[:] = [frame for frame in report.stack if frame.filename != PROGRAM_FILE]
    trim_report(report.__cause__, seen)
    trim_report(report.__context__, seen)
    for part in getattr(report, "exceptions", None) or ():
        trim_report(part, seen)


def failure_line(error, file):
    """The line in the definition's code where it went wrong, or None."""
    if isinstance(error, SyntaxError) and error.filename == file:
        return error.lineno
    line = None
    step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == file:
            line = step.tb_lineno
        step = step.tb_next
    return line


def provide_sources():
    """Lets `linecache` know the code of the definitions: their files hold it as part of something else."""
    linecache = sys.modules.get("linecache")
    if linecache is None or HOST is None:
        return
    for definition in HOST.definitions.values():
        if definition.file not in linecache.cache:
            source = definition.source
            lines = source.splitlines(True)
            linecache.cache[definition.file] = (len(source), None, lines, definition.file)
