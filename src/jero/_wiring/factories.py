"""The factory of an app: which class it is, and how it is built."""

import inspect
from typing import get_origin

from jero._wiring.annotations import describe, type_bindings, unalias
from jero._wiring.catalogue import FACTORY_PARAMETER, FACTORY_TYPE
from jero._wiring.faults import Faults, Place
from jero._wiring.locations import class_location, function_location
from jero._wiring.signatures import GATHERING, NAMED, parameters_of
from jero.lifecycle import BaseFactory, ResourceStack


def factory_class(app_class: type, parameter: object) -> type[BaseFactory] | None:
    """Give the class that an app names in `BaseApp[Factory]`, None where it names none.

    Raises WiringError where it names anything else.
    """
    named = unalias(type_bindings(app_class).get(parameter))
    factory = get_origin(named) or named
    if factory in (None, type(None)):
        return None
    if isinstance(factory, type) and issubclass(factory, BaseFactory):
        return factory
    faults = Faults()
    faults.add(FACTORY_TYPE, Place(app_class.__name__, class_location(app_class)), type=describe(named))
    raise faults.error()


def build_factory(cls: type[BaseFactory], stack: ResourceStack) -> BaseFactory:
    """Build a factory, injecting the exit stacks that its `__init__` names.

    Raises WiringError where it requires anything else.
    """
    stacks = {"es": stack.sync_door, "aes": stack.async_door}
    given: dict[str, object] = {name: stacks[name] for name in injected_stacks(cls)}
    factory = cls(**given)  # pyright: ignore[reportArgumentType] - the keys are parameters of this very class
    if not hasattr(factory, "_es"):  # an `__init__` of its own need not pass the stacks on
        BaseFactory.__init__(factory, stack.sync_door, stack.async_door)
    return factory


def injected_stacks(cls: type[BaseFactory]) -> list[str]:
    """Give which of the exit stacks, `es` and `aes`, the `__init__` of a factory names.

    Raises WiringError where it requires anything else.
    """
    faults = Faults()
    names: list[str] = []
    for parameter in parameters_of(cls):
        if parameter.name in _STACKS and parameter.kind in NAMED:
            names.append(parameter.name)
        elif parameter.default is inspect.Parameter.empty and parameter.kind not in GATHERING:
            init = inspect.getattr_static(cls, "__init__")
            location = function_location(init) if inspect.isfunction(init) else class_location(cls)
            place = Place(f"{describe(cls)}.__init__, argument `{parameter.name}`", location)
            faults.add(FACTORY_PARAMETER, place, name=parameter.name)
    faults.raise_if_any()
    return names


_STACKS = ("es", "aes")
