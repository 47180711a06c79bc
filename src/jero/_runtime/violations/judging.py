"""Letting msgspec judge values: one alone, or many at once with the wrong ones singled out."""

from collections.abc import Callable, Iterator

import msgspec

from jero._runtime.violations.shapes import Decode

type JudgePortion = Callable[[int, int], int | None]
"""Judges the members from one index to another: None where all are right, else where the first wrong one is, as an
index within the portion; `UNKNOWN` where msgspec does not say."""

UNKNOWN = -1
FEW = 16
"""So many members are looked at alone before any are judged together, where that is cheap: most arrays are short."""

_PORTION = 128
_FIRST_PORTION = 8
_LEAST = 4
_LONGEST_RUN = 64
_NEUTRAL: dict[type, object] = {dict: {}, list: [], tuple: []}

encode = msgspec.json.Encoder().encode


def judge(decode: Decode, value: object) -> object:
    """Give what msgspec makes of a JSON value (as builtins), or the exception that it raises."""
    try:
        return decode(encode(value))
    except Exception as error:  # noqa: BLE001  # a model's own check may raise anything: the caller looks closer
        # With its frames it would be in a cycle with whoever keeps it, which only the garbage collector ends.
        return error.with_traceback(None)


def neutral(value: object) -> object:
    """Give a value of the same kind with nothing in it: enough where no container is admitted."""
    return _NEUTRAL.get(type(value), value)


def suspects(size: int, few: int, judge_portion: JudgePortion) -> Iterator[int]:
    """Have `size` members judged in portions, but for the first `few`; give those to look at alone, in order.

    Portions shrink at a mistake and grow again, and where mistakes stand close together their neighbours are
    looked at alone. So each member is judged about three times, however many mistakes there are and however
    large the members.
    """
    at = min(few, size)
    yield from range(at)
    alone = FEW
    stride = _FIRST_PORTION
    while at < size:
        end = min(at + stride, size)
        index = judge_portion(at, end)
        if index is None:
            at, stride = end, min(2 * stride, _PORTION)
            continue
        stride = max(_LEAST, stride // 4)
        if index == UNKNOWN:
            if end - at > _LEAST:
                continue
            index = 0
        alone = min(2 * alone, _LONGEST_RUN) if index < _LEAST else 1
        end = min(at + index + max(alone, _LEAST), size)
        yield from range(at + index, end)
        at = end
