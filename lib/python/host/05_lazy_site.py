# With `-S`: runs `site` before the first import that may need it, instead of at the start.
#
# Until then sys.path lacks the site-packages folders. That makes no difference to the modules below: they come from the
# standard library in any case. `src` and `vnode` are this program's own (70_modules.py).

SITE_FREE_MODULES = frozenset(
    """
    __future__ _abc _ast _asyncio _bisect _blake2 _bootlocale _bz2 _codecs _collections _collections_abc _colorize
    _compat_pickle _compression _contextvars _csv _ctypes _curses _datetime _decimal _elementtree _functools
    _hashlib _heapq _interpchannels _io _json _locale _lsprof _lzma _markupbase _md5 _multiprocessing _opcode
    _opcode_metadata _operator _osx_support _pickle _posixshmem _posixsubprocess _py_abc _pydatetime _pydecimal
    _pyio _queue _random _sha1 _sha2 _sha256 _sha3 _sha512 _signal _sitebuiltins _socket _sqlite3 _sre _ssl _stat
    _statistics _string _strptime _struct _suggestions _sysconfig _thread _threading_local _tokenize _tracemalloc
    _typing _uuid _warnings _weakref _weakrefset _zoneinfo
    abc argparse array ast asyncio atexit base64 binascii bisect bz2 calendar cmath codecs collections colorsys
    concurrent configparser contextlib contextvars copy copyreg csv ctypes dataclasses datetime decimal difflib dis
    email encodings enum errno faulthandler fcntl filecmp fileinput fnmatch fractions functools gc genericpath
    getopt getpass gettext glob grp gzip hashlib heapq hmac html http importlib inspect io ipaddress itertools json
    keyword linecache locale logging lzma marshal math mimetypes mmap multiprocessing netrc ntpath numbers opcode
    operator os pathlib pickle platform posix posixpath pprint pwd pyexpat queue quopri random re reprlib resource
    sched secrets select selectors shelve shlex shutil signal smtplib socket socketserver sqlite3 sre_compile
    sre_constants sre_parse ssl stat statistics string stringprep struct subprocess sys tarfile tempfile
    termios textwrap this threading time timeit token tokenize traceback tracemalloc types typing unicodedata
    unittest urllib uuid warnings weakref webbrowser xml xmlrpc zipfile zipimport zlib zoneinfo
    _scproxy _winapi _wmi msvcrt nt winreg
    src vnode
    """.split()
)
if sys.version_info < (3, 13):
    SITE_FREE_MODULES |= {"uu"}  # later ones may have it installed
# Look at what is installed, or may be asked to.
SITE_BOUND_MODULES = frozenset(("importlib.metadata", "importlib.resources"))


class SiteOnDemand:
    """A finder that finds nothing: it notices what is looked for."""

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name.partition(".")[0] in SITE_FREE_MODULES and name not in SITE_BOUND_MODULES:
            return None
        if name == "org" and any(map(is_being_imported, ("copy", "pickle"))):
            return None  # they try whether this is Jython
        run_site()
        # The finders that `site` may have added are asked too: the search that called us started without them.
        return sys.modules["_frozen_importlib"]._find_spec(name, path, target)

    @classmethod
    def invalidate_caches(cls):
        pass


def is_being_imported(name):
    module = sys.modules.get(name)
    return module is not None and getattr(module.__spec__, "_initializing", False)


def run_site():
    if SiteOnDemand not in sys.meta_path:
        return
    sys.meta_path.remove(SiteOnDemand)
    import site

    try:
        site.main()
    except Exception as error:
        sys.stderr.write("site.main() failed: %r\n" % (error,))


class Quitter:
    """`exit` and `quit`, which `site` would provide."""

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return "Use %s() to end" % self.name

    def __call__(self, code=None):
        raise SystemExit(code)


def postpone_site():
    if not sys.flags.no_site:
        return
    sys.meta_path.insert(0, SiteOnDemand)
    import builtins

    for name in ("exit", "quit"):
        if not hasattr(builtins, name):
            setattr(builtins, name, Quitter(name))
