"""The arguments of a method: its signature behind decorators, without `self`."""

import inspect
import sys
from collections.abc import Callable

from jero._plan import SourceKind

GATHERING = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
"""The kinds of `*args` and `**kwargs`."""
NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
"""The kinds of what can be passed by its name."""
_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def arguments_of(method: Callable[..., object]) -> list[inspect.Parameter]:
    """Give what a method takes besides `self`; all of it where `*args` take `self` too."""
    parameters = parameters_of(method)
    return parameters[1:] if parameters and parameters[0].kind in _POSITIONAL else parameters


def takes_self(method: Callable[..., object]) -> bool:
    """Say whether a method has a first argument for its object; one named after a source is none."""
    parameters = parameters_of(method)
    if not parameters or parameters[0].kind is inspect.Parameter.VAR_POSITIONAL:
        return bool(parameters)
    return parameters[0].kind in _POSITIONAL and parameters[0].name not in set(SourceKind)


def parameters_of(function: Callable[..., object]) -> list[inspect.Parameter]:
    """Give the parameters of a function or class, its annotations not evaluated."""
    if sys.version_info >= (3, 14):
        from annotationlib import Format  # noqa: PLC0415 - there only from 3.14

        signature = inspect.signature(function, annotation_format=Format.FORWARDREF)
    else:
        signature = inspect.signature(function)
    return list(signature.parameters.values())


def is_positional(parameter: inspect.Parameter) -> bool:
    """Say whether an argument can be passed by its position."""
    return parameter.kind in _POSITIONAL


def is_async(function: Callable[..., object]) -> bool:
    """Say whether a call gives a coroutine, also where a plain decorator stands before an `async def`."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(inspect.unwrap(function))
