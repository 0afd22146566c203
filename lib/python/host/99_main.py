# The command line: `supervise FD` (the control socket), or `serve FD` (the channel of a single host, for tests).


def main(argv=None):
    if argv is None:
        argv = sys.argv
    mode, descriptor = argv[-2:]
    leave_search_path()
    postpone_site()
    offer_modules()
    if mode == "supervise":
        Supervisor(int(descriptor)).serve()
    elif mode == "serve":
        run_host(int(descriptor), "serve-%d" % os.getpid())
    else:
        raise SystemExit("usage: supervise FD | serve FD")


def leave_search_path():
    """Node code must not find modules in the current folder, or this program, by chance of how it was started."""
    own_folder = os.path.dirname(PROGRAM_FILE)
    sys.path[:] = [folder for folder in sys.path if folder and folder != own_folder]
    sys.argv[:] = ["vnode"]


if __name__ == "__main__":
    main()
