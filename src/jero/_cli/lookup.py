"""The operation that a command line means: `POST /widgets`, a path with values in it, or `Widgets.create`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from jero._cli.catalogue import is_code
from jero._cli.stops import Stop
from jero._plan import OperationPlan
from jero._wiring.faults import did_you_mean

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_SUBJECT = re.compile(r"\w+\.\w+")
_USAGE = "write `jero explain POST /widgets`, `jero explain Widgets.create` or `jero explain JERO-W101`"


@dataclass(slots=True)
class Question:
    """What is to be explained, and the app if it was named: the words, told apart by their shape."""

    app: str | None = None
    method: str | None = None
    path: str | None = None
    subject: str | None = None
    code: str | None = None


def read_question(words: Sequence[str]) -> Question:
    """Tell the words apart, in whatever order they stand. Raises Stop for a word too many, or one that is nothing."""
    question = Question()
    for word in words:
        name, value = _kind_of(word)
        if getattr(question, name) is not None:
            raise Stop(f"`{word}`", f"is the second {name} on this command line", _USAGE)
        setattr(question, name, value)
    asked = [question.path or question.method, question.subject, question.code]
    if len([it for it in asked if it]) != 1:
        fault = "asks for nothing" if not any(asked) else "asks for several things"
        raise Stop("`jero explain`", fault, _USAGE)
    if question.path is None and question.method is not None:
        raise Stop(f"`{question.method}`", "has no path behind it", _USAGE)
    return question


def find_operations(question: Question, plans: Sequence[OperationPlan]) -> list[OperationPlan]:
    """Give the operations that are asked for: one, or without a method all of a path. Raises Stop for none."""
    if question.subject is not None:
        found = [plan for plan in plans if plan.subject == question.subject]
        if not found:
            raise _unknown(question.subject, [plan.subject for plan in plans])
        return found
    path = question.path or "/"
    here = _at_path(path, plans)
    if not here:
        raise _unknown(path, [plan.template for plan in plans])
    method = "GET" if question.method == "HEAD" else question.method
    found = [plan for plan in here if method in {None, plan.method}]
    if not found:
        methods = ", ".join(plan.method for plan in here)
        raise Stop(f"`{question.method} {path}`", f"is not served: the path has {methods}", "ask for one of these")
    return found


def _kind_of(word: str) -> tuple[str, str]:
    if word.startswith("/"):
        return "path", word.partition("?")[0]
    if word.upper() in METHODS:
        return "method", word.upper()
    if is_code(word):
        return "code", word
    if ":" in word:
        return "app", word
    if _SUBJECT.fullmatch(word):
        return "subject", word
    raise Stop(f"`{word}`", "is no method, path, operation, app or code of a fault", _USAGE)


def _at_path(path: str, plans: Sequence[OperationPlan]) -> list[OperationPlan]:
    """Give the operations of a template, or of the most specific one that a concrete path matches."""
    exact = [plan for plan in plans if plan.template == path]
    if exact:
        return exact
    parts = [unquote(part) for part in path[1:].split("/")] if path != "/" else []
    matching = [plan for plan in plans if _matches(plan, parts)]
    if not matching:
        return []
    best = max(matching, key=_specificity)
    return [plan for plan in matching if plan.segments == best.segments]


def _matches(plan: OperationPlan, parts: list[str]) -> bool:
    return len(plan.segments) == len(parts) and all(
        bool(part) if segment.is_slot else part == segment.text
        for segment, part in zip(plan.segments, parts, strict=True)
    )


def _specificity(plan: OperationPlan) -> tuple[bool, ...]:
    return tuple(not segment.is_slot for segment in plan.segments)


def _unknown(asked: str, known: list[str]) -> Stop:
    return Stop(f"`{asked}`", f"is not served.{did_you_mean(asked, known)}", "`jero routes` lists all operations")
