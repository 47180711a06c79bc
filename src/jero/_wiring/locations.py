"""Where things are written: `file:line` of functions, classes and calls, and the class of a method."""

import inspect
import sys
from collections.abc import Callable


def function_location(function: Callable[..., object]) -> str:
    """Give `file:line` of a function, of the innermost one where it is wrapped."""
    code = inspect.unwrap(function).__code__
    return f"{code.co_filename}:{code.co_firstlineno}"


def class_location(cls: type) -> str | None:
    """Give `file:line` of a class, None where it was not made from a file."""
    module = sys.modules.get(cls.__module__)
    line = getattr(cls, "__firstlineno__", None)
    file = getattr(module, "__file__", None)
    return f"{file}:{line}" if file and line else None


def caller_location(depth: int) -> str:
    """Give `file:line` of the call that many frames above the caller of this function."""
    frame = inspect.currentframe()
    for _ in range(depth + 1):
        frame = frame.f_back if frame is not None else None
    return f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame is not None else ""


def owner_of(cls: type, name: str) -> type:
    """Give the class in whose body the attribute `name` of `cls` is defined."""
    return next((base for base in cls.__mro__ if name in base.__dict__), cls)
