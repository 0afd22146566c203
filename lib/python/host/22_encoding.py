# Values to message text (protocol.md, "Values"), and the table of the objects that the engine knows by number.
#
# Thread rule: texts with numbers must reach the channel in the order in which they were made, so whoever encodes
# anything but scalars holds `ObjectTable.lock` until the message is in `Channel.pending`.

LONG_TEXT = 1000  # characters; longer ones get a number
LONGEST_REPR = 200
LONGEST_STR = 4000
DATA_TYPES = (bytes, bytearray, set, frozenset)
NUMBERED_TYPES = MUTABLE_TYPES


class Entry:
    """An object that the engine knows by number."""

    __slots__ = ("number", "value", "snapshot", "sent")

    def __init__(self, number, value):
        self.number = number
        self.value = value
        self.snapshot = None  # None for what cannot change: texts, and objects that only the number stands for
        self.sent = 0  # how often the engine has received the number and not given it back


class ObjectTable:
    def __init__(self):
        self.lock = _thread.RLock()
        self.by_identity = {}
        self.by_number = {}
        self.from_engine = {}  # number -> (value, parts)
        self.next_number = itertools.count(1)

    def encode(self, value):
        """The text of a value where a message has one. Hold the lock. ValueError for what cannot cross."""
        kind = type(value)
        if kind in SCALAR_TYPES and not (kind is str and len(value) >= LONG_TEXT):
            return SCALAR_TEXT[kind](value)
        if isinstance(value, NUMBERED_TYPES) or (isinstance(value, str) and len(value) >= LONG_TEXT):
            return self.encode_content(value)
        return self.encode_with(ValueWriter(self), value, None)

    def encode_content(self, value):
        entry = self.by_identity.get(id(value))
        if entry is not None and (entry.snapshot is None or is_unchanged(entry.snapshot)):
            entry.sent += 1
            return '{"$r":[%d]}' % entry.number
        snapshot = None
        writer = ValueWriter(self)
        if isinstance(value, str):
            text = quote(value)
        else:
            taker = SnapshotTaker()
            try:
                snapshot = taker.take(value)
            except RecursionError:
                raise ValueError(TOO_DEEP) from None
            text = self.encode_with(writer, value, taker)
        if entry is None:
            entry = self.add(value)
        entry.snapshot = snapshot
        entry.sent += 1
        return '{"$n":[%d,%s]}' % (entry.number, text)

    def encode_with(self, writer, value, taker):
        try:
            if taker is not None and taker.is_plain:
                text = json_text(value)
                if '"$' not in text:
                    return text
            return writer.write(value)
        except BaseException as error:
            writer.take_back()
            if isinstance(error, RecursionError):
                raise ValueError(TOO_DEEP) from None
            raise

    def add(self, value):
        entry = Entry(next(self.next_number), value)
        self.by_identity[id(value)] = entry
        self.by_number[entry.number] = entry
        return entry

    def drop(self, entry):
        del self.by_identity[id(entry.value)]
        del self.by_number[entry.number]

    def free(self, counts):
        with self.lock:
            for number, count in counts:
                if number < 0:
                    self.from_engine.pop(number, None)
                    continue
                entry = self.by_number.get(number)
                if entry is None:
                    continue
                entry.sent -= count
                if entry.sent <= 0:
                    self.drop(entry)


TOO_DEEP = "a value is nested too deeply to be passed on"


class ValueWriter:
    """Writes one value that is not JSON as it is."""

    def __init__(self, objects):
        self.objects = objects
        self.touched = []  # entries that have been counted as sent

    def take_back(self):
        """The text will not be sent after all."""
        for entry in self.touched:
            entry.sent -= 1
            if entry.sent == 0:
                self.objects.drop(entry)

    def write(self, value):
        kind = type(value)
        if kind in SCALAR_TYPES:
            return SCALAR_TEXT[kind](value)
        if isinstance(value, list):
            return "[%s]" % self.write_items(value)
        if isinstance(value, dict):
            return self.write_dict(value)
        if isinstance(value, tuple):
            return '{"$t":[%s]}' % self.write_items(value)
        if isinstance(value, DATA_TYPES):
            return self.write_data(value)
        # Subclasses of scalars (enumerations, numpy's floats) cross as what they are made of: native nodes count on it.
        if isinstance(value, str):
            return quote(value)
        if isinstance(value, int):
            return int.__repr__(value)
        if isinstance(value, float):
            return float_text(value)
        return self.write_object(value)

    def write_items(self, items):
        items = list(items)
        if SCALAR_TYPES.issuperset(map(type, items)):
            return json_text(items)[1:-1]
        return ",".join([self.write(item) for item in items])

    def write_set_items(self, items):
        if HOST is None or not HOST.is_recorded:
            return self.write_items(items)
        return ",".join(sorted([self.write(item) for item in items]))  # for a digest that is the same in each run

    def write_dict(self, table):
        pairs = list(table.items())
        if all([isinstance(key, str) and not key.startswith("$") for key, _ in pairs]):
            return "{%s}" % ",".join([quote(key) + ":" + self.write(item) for key, item in pairs])
        return '{"$d":[%s]}' % ",".join(["[%s,%s]" % (self.write(key), self.write(item)) for key, item in pairs])

    def write_data(self, value):
        if isinstance(value, (bytes, bytearray)):
            from binascii import b2a_base64

            kind = "bytearray" if isinstance(value, bytearray) else "bytes"
            payload = quote(b2a_base64(value, newline=False).decode("ascii"))
            shown = value[:LONGEST_REPR]
        else:
            kind = "frozenset" if isinstance(value, frozenset) else "set"
            payload = "[%s]" % self.write_set_items(value)
            shown = value if len(value) <= LONGEST_REPR else type(value)(itertools.islice(value, LONGEST_REPR))
        truth = "true" if len(value) else "false"
        return '{"$v":[%s,%s,%s,%s]}' % (quote(kind), quote(short_repr(shown)), truth, payload)

    def write_object(self, value):
        objects = self.objects
        if isinstance(value, LostObject):
            described = (quote(value.type_name), quote(value.text), "null", "true")
        else:
            described = describe_object(value)
        entry = objects.by_identity.get(id(value)) or objects.add(value)
        entry.sent += 1
        self.touched.append(entry)
        return '{"$o":[%d,%s,%s,%s,%s]}' % ((entry.number,) + described)


def describe_object(value):
    """JSON texts of: type name, repr, str unless it is the repr, truth. Survives classes whose methods fail or exit."""
    kind = type(value)
    if kind.__str__ is object.__str__:
        text = "null"
    else:
        try:
            text = quote(shorten(str(value), LONGEST_STR))
        except (Exception, SystemExit):
            text = "null"
    try:
        truth = "true" if value else "false"
    except (Exception, SystemExit):
        truth = "true"
    shown = quote(short_repr(value))
    return quote(str(kind.__name__)), shown, "null" if text == shown else text, truth


def short_repr(value):
    try:
        text = repr(value)
    except (Exception, SystemExit):
        text = "<%s object whose repr fails>" % type(value).__name__
    return shorten(text, LONGEST_REPR)


def shorten(text, length):
    return text if len(text) <= length else text[: length - 3] + "..."


def is_true(value):
    """bool(), with true for objects that refuse to tell."""
    try:
        return bool(value)
    except (Exception, SystemExit):
        return True
