"""Source text to the function that it defines, in a file of its own that tracebacks and debuggers can show."""

import linecache
from collections.abc import Callable
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any

from jero._runtime.emit.source_text import SourceText


def make_function(text: SourceText, filename: str, name: str) -> Callable[..., Any]:  # Any: its dialect says
    """Make the one function that a text defines; tracebacks call it by `name`.

    Operations of the same shape have the same text, which is compiled once.
    """
    source = str(text)
    code = _compile(source).replace(co_filename=filename, co_name=name, co_qualname=name)
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    return FunctionType(code, {"__builtins__": __builtins__, "__name__": "jero", **text.names})


@lru_cache(maxsize=256)
def _compile(source: str) -> CodeType:
    module = compile(source, "<jero>", "exec")
    return next(constant for constant in module.co_consts if isinstance(constant, CodeType))
