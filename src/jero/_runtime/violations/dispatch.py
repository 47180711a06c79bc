"""Any value to the check of its shape: by its class alone, if that tells enough."""

from collections.abc import Callable
from typing import Any, Final, cast

from jero._runtime.violations.findings import Findings
from jero._runtime.violations.leaves import WRONG
from jero._runtime.violations.shapes import Choice, Shape
from jero._runtime.violations.verdicts import LONGEST_INT, SHORTEST_INT

type Check = Callable[[Findings, Any, Any, str, str], object]
"""Checks a value against a shape. It gives what decoding would make of the value (where that is wanted, else
anything), or `WRONG`. The value stands at the pointer that the last two make together: they are put together only
where there is something to say.

Values are made on the way up, so that a model's own check runs once its fields are right, at a cost that does not
grow with the depth at which the model stands.
"""

# Typed so, they leave what a JSON value holds open.
AN_OBJECT: Final[type[Any]] = dict
AN_ARRAY: Final[type[Any]] = list


class _Checks(dict[type[Shape], Check]):
    """The check of each kind of shape."""

    def __missing__(self, kind: type[Shape]) -> Check:
        raise TypeError(f"{kind.__name__} is no shape that the walk knows; add it to `CHECKS`")


CHECKS: Final = _Checks()
"""Filled by the walk, since the checks of containers come back here for what they hold."""


def check(found: Findings, shape: Shape, value: object, parent: str, step: str) -> object:
    """Check any value."""
    kind = type(value)
    if kind in shape.natives:
        return value
    words = shape.refusals.get(kind)
    if words is not None and (kind is not int or SHORTEST_INT <= cast("int", value) <= LONGEST_INT):
        found.note(parent + step, words)
        return WRONG
    if isinstance(shape, Choice):  # the member of a union that takes this kind of value
        if isinstance(value, AN_OBJECT):
            shape = shape.of_object or shape.scalar
        else:
            shape = (shape.of_array if isinstance(value, AN_ARRAY) else None) or shape.scalar
    return CHECKS[type(shape)](found, shape, value, parent, step)
