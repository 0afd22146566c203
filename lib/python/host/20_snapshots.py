# Has a container changed since it was sent, anywhere inside?
#
# With each sent container its *snapshot* is kept: (container, keys, items, inner), where `keys` and `items` are what
# it held (keys only for dicts), and `inner` the snapshots of the containers in it, in the order in which they begin in
# the JSON text. Elements are compared by identity, at the speed of C: an equal element in the place of another counts
# as a change, which costs a message too many and nothing else.

COUNTED_TYPES = (list, tuple, dict)  # those that `$r [id, part]` counts
MUTABLE_TYPES = (list, tuple, dict, set, bytearray)  # those that snapshots look into


class SnapshotTaker:
    """Takes the snapshot of one container. `is_plain` then tells whether all of it is JSON as it is, except perhaps
    for keys that start with '$'."""

    def __init__(self):
        self.is_plain = True
        self.path = set()  # ids of the containers around the one that is looked at

    def take(self, container):
        identity = id(container)
        if identity in self.path:
            raise ValueError("a %s contains itself: such a value cannot be passed on" % type(container).__name__)
        self.path.add(identity)
        try:
            return self.take_new(container)
        finally:
            self.path.discard(identity)

    def take_new(self, container):
        if isinstance(container, dict):
            keys = tuple(container)
            items = tuple(container.values())
            if not TEXT_ONLY.issuperset(map(type, keys)):
                self.is_plain = False
                return (container, keys, items, self.take_inner(interleave(keys, items)))
        elif isinstance(container, list):
            keys = None
            items = tuple(container)
        elif isinstance(container, tuple):
            self.is_plain = False
            keys = None
            items = container
        else:
            self.is_plain = False
            frozen = frozenset(container) if isinstance(container, set) else bytes(container)
            return (container, None, frozen, ())
        if SCALAR_TYPES.issuperset(map(type, items)):
            return (container, keys, items, ())
        return (container, keys, items, self.take_inner(items))

    def take_inner(self, items):
        inner = []
        for item in items:
            if type(item) in SCALAR_TYPES:
                continue
            if isinstance(item, MUTABLE_TYPES):
                inner.append(self.take(item))
            elif not isinstance(item, (str, int, float)):
                self.is_plain = False
        return tuple(inner)


TEXT_ONLY = frozenset((str,))


def interleave(keys, items):
    """key, item, key, item, ..."""
    return itertools.chain.from_iterable(zip(keys, items))


def is_unchanged(snapshot):
    container, keys, items, inner = snapshot
    if isinstance(container, tuple):
        pass
    elif isinstance(container, dict):
        if len(container) != len(items) or not all(map(is_, container, keys)):
            return False
        if not all(map(is_, container.values(), items)):
            return False
    elif isinstance(container, list):
        if len(container) != len(items) or not all(map(is_, container, items)):
            return False
    elif container != items:
        return False
    for part in inner:
        if not is_unchanged(part):
            return False
    return True


def list_parts(snapshot):
    """The containers that a part number can mean, number 0 first."""
    parts = []
    add_parts(snapshot, parts)
    return parts


def add_parts(snapshot, parts):
    if isinstance(snapshot[0], COUNTED_TYPES):
        parts.append(snapshot[0])
        for inner in snapshot[3]:
            add_parts(inner, parts)
