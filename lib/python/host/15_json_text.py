# JSON by the C functions of the `_json` module alone: the `json` package costs as much as the rest of the start.
# Importing a private module is no risk here: all versions of CPython that are in use have it.

from _json import encode_basestring_ascii as quote
from _json import make_encoder, make_scanner


class JsonReading:
    """What `make_scanner` wants to know."""

    strict = False
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = float  # NaN, Infinity, -Infinity
    memo = {}


scan_json = make_scanner(JsonReading)

NON_FINITE = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


def parse_json(text):
    try:
        return scan_json(text, 0)[0]
    except RecursionError:
        return scan_json(cut_depths(text), 0)[0]


MOST_LEVELS = 400
DEEP_FORM = "$deep"  # stands for what was cut off; cannot be decoded


def cut_depths(text):
    """The JSON text without what is nested deeper than MOST_LEVELS: C code and Python code here recurse."""
    import re

    kept = []
    begin = 0
    depth = 0
    for token in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', text):
        sign = token.group()
        if sign == "[" or sign == "{":
            depth += 1
            if depth == MOST_LEVELS:
                kept.append(text[begin : token.start()])
        elif sign == "]" or sign == "}":
            if depth == MOST_LEVELS:
                kept.append('{"%s":0}' % DEEP_FORM)
                begin = token.end()
            depth -= 1
    kept.append(text[begin:])
    return "".join(kept)


def refuse_to_encode(value):
    raise TypeError("%s is not JSON" % type(value).__name__)


# Arguments: markers, default, encoder, indent, key separator, item separator, sort keys, skip keys, allow NaN.
encode_json = make_encoder(None, refuse_to_encode, quote, None, ":", ",", False, False, True)


def json_text(value):
    """The text of a value that is JSON all through, without looking for cycles."""
    return "".join(encode_json(value, 0))


def float_text(value):
    text = float.__repr__(value)
    return NON_FINITE.get(text, text)


# The text of the scalars, by type. Long texts have another form where a message has a value (22_encoding.py).
SCALAR_TEXT = {
    str: quote,
    int: int.__repr__,
    float: float_text,
    bool: {True: "true", False: "false"}.__getitem__,
    type(None): {None: "null"}.__getitem__,
}
SCALAR_TYPES = frozenset(SCALAR_TEXT)
