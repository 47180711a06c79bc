"""Letting msgspec judge values: one alone, or many at once with the wrong ones singled out."""

from collections.abc import Callable, Iterator, Sized
from typing import cast

import msgspec

from jero._runtime.violations.shapes import Decode, Leaf, Shape
from jero._runtime.violations.words import first_index

type JudgePortion = Callable[[int, int], Exception | None]

_PORTION = 128
_NEUTRAL: dict[type, object] = {dict: {}, list: [], tuple: []}
_encode = msgspec.json.Encoder().encode


def judge(decode: Decode, value: object) -> object:
    """Give what msgspec makes of a JSON value (as builtins), or the exception that it raises."""
    try:
        return decode(_encode(value))
    except Exception as error:  # noqa: BLE001  # a model's own check may raise anything: the caller looks closer
        return error


def is_native(shape: Shape, value: object) -> bool:
    """Tell whether a value is right as it is, without asking msgspec: plain text, a number, a truth value.

    Text that is not ASCII is left to msgspec: it may hold a lone surrogate, which is no Unicode.
    """
    if type(shape) is not Leaf or type(value) is not shape.native:
        return False
    return shape.native is not str or cast("str", value).isascii()


def neutral(value: object) -> object:
    """Give a value of the same kind with nothing in it: enough where no container is admitted."""
    return _NEUTRAL.get(type(value), value)


def is_small(value: object) -> bool:
    """Tell whether a value is cheap to judge as a whole before, maybe, judging it in portions."""
    return not isinstance(value, list | dict) or len(cast("Sized", value)) <= _PORTION


def doubtful(size: int, judge_portion: JudgePortion | None) -> Iterator[tuple[int, bool]]:
    """Have `size` members judged in portions (from, to); give those to look at alone, in order.

    `judge_portion` keeps what it made of a right portion, or gives the error. With each member goes whether
    it is surely wrong. Portions shrink at a mistake and grow again, so that each member is judged about three
    times, however many mistakes there are and however large the members.
    """
    if judge_portion is None:
        yield from ((at, False) for at in range(size))
        return
    at, stride = 0, _PORTION
    while at < size:
        end = min(at + stride, size)
        if end - at == 1:
            yield at, False
            at, stride = end, 2
            continue
        error = judge_portion(at, end)
        if error is None:
            at, stride = end, min(2 * stride, _PORTION)
            continue
        stride = max(1, stride // 4)
        index = first_index(error)
        # The index is a hint: it counts only if what stands before it proves to be right.
        if index is None or at + index >= end or (index and judge_portion(at, at + index)):
            continue
        yield at + index, True
        at += index + 1
