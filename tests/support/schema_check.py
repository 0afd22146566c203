"""Checks JSON documents against the subset of JSON Schema (draft 2020-12) that the project's schemas use.

A keyword that is not known here is an error, so that no schema passes because half of it was not looked at.
"""

import re

_ANNOTATIONS = {"$schema", "$id", "$defs", "title", "description", "default", "format"}
_TYPES = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "boolean": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
    "number": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
}


class SchemaChecker:
    def __init__(self, schema):
        self._root = schema

    def errors(self, value):
        """All violations as texts "place: what"; empty when the value fits."""
        return list(self._check(self._root, value, ""))

    def _resolve(self, reference):
        schema = self._root
        for step in reference.removeprefix("#/").split("/"):
            schema = schema[step]
        return schema

    def _check(self, schema, value, place):
        if schema is True:
            return
        if schema is False:
            yield f"{place}: must not be there"
            return
        for keyword, argument in schema.items():
            if keyword in _ANNOTATIONS or keyword in ("then", "else"):
                continue
            method = getattr(self, "_check_" + keyword.lstrip("$"), None)
            if method is None:
                raise ValueError(f"unknown schema keyword {keyword}")
            yield from method(argument, value, place, schema)

    def _fits(self, schema, value):
        return not any(True for _ in self._check(schema, value, ""))

    def _check_ref(self, reference, value, place, _):
        yield from self._check(self._resolve(reference), value, place)

    def _check_type(self, names, value, place, _):
        names = [names] if isinstance(names, str) else names
        if not any(_TYPES[name](value) for name in names):
            yield f"{place}: {value!r} is not of type {names}"

    def _check_const(self, constant, value, place, _):
        if value != constant or type(value) is not type(constant):
            yield f"{place}: {value!r} is not {constant!r}"

    def _check_enum(self, values, value, place, _):
        if value not in values:
            yield f"{place}: {value!r} is none of {values}"

    def _check_required(self, names, value, place, _):
        if isinstance(value, dict):
            yield from (f"{place}: {name} is missing" for name in names if name not in value)

    def _check_properties(self, properties, value, place, _):
        if isinstance(value, dict):
            for name, schema in properties.items():
                if name in value:
                    yield from self._check(schema, value[name], f"{place}/{name}")

    def _check_additionalProperties(self, schema, value, place, parent):
        if isinstance(value, dict):
            for name in value.keys() - parent.get("properties", {}).keys():
                yield from self._check(schema, value[name], f"{place}/{name}")

    def _check_items(self, schema, value, place, _):
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from self._check(schema, item, f"{place}/{index}")

    def _check_minItems(self, limit, value, place, _):
        if isinstance(value, list) and len(value) < limit:
            yield f"{place}: fewer than {limit} items"

    def _check_maxItems(self, limit, value, place, _):
        if isinstance(value, list) and len(value) > limit:
            yield f"{place}: more than {limit} items"

    def _check_minimum(self, limit, value, place, _):
        if _TYPES["number"](value) and value < limit:
            yield f"{place}: {value} is below {limit}"

    def _check_maximum(self, limit, value, place, _):
        if _TYPES["number"](value) and value > limit:
            yield f"{place}: {value} is above {limit}"

    def _check_minLength(self, limit, value, place, _):
        if isinstance(value, str) and len(value) < limit:
            yield f"{place}: shorter than {limit}"

    def _check_pattern(self, pattern, value, place, _):
        if isinstance(value, str) and not re.search(pattern, value):
            yield f"{place}: {value!r} does not match {pattern}"

    def _check_allOf(self, schemas, value, place, _):
        for schema in schemas:
            yield from self._check(schema, value, place)

    def _check_anyOf(self, schemas, value, place, _):
        if not any(self._fits(schema, value) for schema in schemas):
            yield f"{place}: fits none of anyOf"

    def _check_oneOf(self, schemas, value, place, _):
        fits = sum(self._fits(schema, value) for schema in schemas)
        if fits != 1:
            yield f"{place}: fits {fits} of oneOf"

    def _check_not(self, schema, value, place, _):
        if self._fits(schema, value):
            yield f"{place}: fits what it must not"

    def _check_if(self, schema, value, place, parent):
        branch = "then" if self._fits(schema, value) else "else"
        yield from self._check(parent.get(branch, True), value, place)
