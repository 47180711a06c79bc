"""Limits given as keywords, checked and laid over those in force."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from jero._wiring.catalogue import WRONG_LIMIT
from jero._wiring.faults import Faults, Place, did_you_mean
from jero.limits import Limits

_TIMES = frozenset({"body_timeout"})
_OF_APP = ("factory", "shutdown_timeout")


def apply_limits(
    limits: Limits, overrides: Mapping[str, object], place: Place, faults: Faults, *, others: tuple[str, ...] = _OF_APP
) -> Limits:
    """Give `limits` with the overrides applied; those with faults are left out.

    `others` are the keywords that the same call takes, for the words on one that is misspelt.
    """
    known = [field.name for field in fields(Limits)]
    valid: dict[str, Any] = {}  # `replace` takes the keywords of any dataclass; each is checked here
    for name, value in overrides.items():
        if name not in known:
            keywords = [*others, *known]
            what, fault = "keyword", f"is unknown.{did_you_mean(name, keywords)}"
            remedy = f"use one of {', '.join(keywords)}"
        elif value is None or _is_above_zero(value, allow_float=name in _TIMES):
            valid[name] = value
            continue
        else:
            unit = "a number of seconds" if name in _TIMES else "an int"
            what, fault = "limit", "is not a positive number"
            remedy = f"give {unit} above 0, or None for no limit"
        faults.add(WRONG_LIMIT, place, what=what, name=name, value=value, fault=fault, remedy=remedy)
    return replace(limits, **valid)


def check_shutdown_timeout(value: object, place: Place, faults: Faults) -> None:
    """Check the seconds that closing one resource may take."""
    if value is not None and not _is_above_zero(value, allow_float=True):
        fault, remedy = "is not a positive number", "give a number of seconds above 0, or None for no limit"
        faults.add(WRONG_LIMIT, place, what="limit", name="shutdown_timeout", value=value, fault=fault, remedy=remedy)


def _is_above_zero(value: object, *, allow_float: bool) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return value > 0 and (allow_float or isinstance(value, int))
