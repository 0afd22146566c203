# Message values to Python objects (protocol.md, "Values").


class LostObject:
    """Stands for an object that lived in another host, or in one that is gone. Whoever uses it is told."""

    type_name = text = ""

    def __init__(self, type_name, text):
        self.type_name = type_name
        self.text = text

    def __repr__(self):
        return self.text

    def __getattr__(self, name):
        raise AttributeError(self.describe_loss())  # what asks for an attribute to see whether there is one goes on

    def use(self, *arguments, **keywords):
        raise TypeError(self.describe_loss())

    __call__ = __getitem__ = __setitem__ = __iter__ = __enter__ = use
    del use

    def describe_loss(self):
        return "the object %s is lost: it lived in another Python process, or in one that has ended" % self.text


class Decoded:
    """Takes the place of content that has been decoded before its message was handled."""

    __slots__ = ("value",)

    def __init__(self, value):
        self.value = value


RAW_CONTAINERS = frozenset((list, dict, Decoded))


def decode(objects, raw):
    """The value where a message has one. `raw` is as it was parsed, and is changed."""
    if type(raw) not in RAW_CONTAINERS:
        return raw
    try:
        return decode_container(objects, raw)
    except RecursionError:
        raise ValueError(TOO_DEEP) from None


def decode_container(objects, raw):
    if type(raw) is Decoded:
        return raw.value
    if type(raw) is dict:
        if len(raw) == 1:
            if "$r" in raw:
                return find_content(objects, raw["$r"])
            if "$n" in raw:
                number, content = raw["$n"]
                parts = []
                value = convert(objects, content, parts)
                objects.from_engine[number] = (value, parts)
                return value
    return convert(objects, raw, [])


def decode_table(objects, pairs):
    """A table of names as a dict."""
    return {name: decode(objects, raw) if type(raw) in RAW_CONTAINERS else raw for name, raw in pairs}


def find_content(objects, reference):
    number = reference[0]
    part = reference[1] if len(reference) > 1 else None
    if number not in objects.from_engine and number not in objects.by_number:
        raise LookupError("a value refers to object %d, which is gone" % number)
    if number < 0:
        value, parts = objects.from_engine[number]
        return value if part is None else parts[part]
    entry = objects.by_number[number]
    if part is None:
        return entry.value
    return list_parts(entry.snapshot)[part]


def convert(objects, raw, parts):
    """Resolves the `$` forms in `raw`, in place where it can. Adds the containers to `parts` as they begin."""
    kind = type(raw)
    if kind is list:
        parts.append(raw)
        if not RAW_CONTAINERS.isdisjoint(map(type, raw)):
            for index, item in enumerate(raw):
                if type(item) in RAW_CONTAINERS:
                    raw[index] = convert(objects, item, parts)
        return raw
    if kind is not dict:
        return raw
    if len(raw) == 1:
        (key,) = raw
        if key.startswith("$"):
            return convert_form(objects, key, raw[key], parts)
    parts.append(raw)
    if not RAW_CONTAINERS.isdisjoint(map(type, raw.values())):
        for key, item in raw.items():
            if type(item) in RAW_CONTAINERS:
                raw[key] = convert(objects, item, parts)
    return raw


def convert_form(objects, form, content, parts):
    if form == "$t":
        place = len(parts)
        parts.append(None)
        parts[place] = tuple([convert(objects, item, parts) for item in content])
        return parts[place]
    if form == "$d":
        table = {}
        parts.append(table)
        for key, item in content:
            key = convert(objects, key, parts)
            table[key] = convert(objects, item, parts)
        return table
    if form == "$v":
        return convert_data(objects, content[0], content[3])
    if form == "$o":
        return objects.by_number[content[0]].value
    if form == "$x":
        return LostObject(content[0], content[1])
    if form == "$r":
        return find_content(objects, content)
    if form == DEEP_FORM:
        raise ValueError(TOO_DEEP)
    raise ValueError("a value has the unknown form %s" % form)


def convert_data(objects, kind, payload):
    if kind == "bytes" or kind == "bytearray":
        from binascii import a2b_base64

        data = a2b_base64(payload)
        return bytearray(data) if kind == "bytearray" else data
    items = [convert(objects, item, []) for item in payload]
    return frozenset(items) if kind == "frozenset" else set(items)
