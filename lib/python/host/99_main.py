# The command line: `serve FD`, the channel.


def main(argv=None):
    if argv is None:
        argv = sys.argv
    mode, descriptor = argv[-2:]
    if mode != "serve":
        raise SystemExit("usage: serve FD")
    leave_search_path()
    postpone_site()
    offer_modules()
    run_host(int(descriptor))


def leave_search_path():
    """Node code must not find modules in the current folder, or this program, by chance of how it was started."""
    own_folder = os.path.dirname(PROGRAM_FILE)
    sys.path[:] = [folder for folder in sys.path if folder and folder != own_folder]
    sys.argv[:] = ["vnode"]


if __name__ == "__main__":
    main()
