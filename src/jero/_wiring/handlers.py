"""A method under compilation: whose it is, what type parameters stand for in it, its annotations as types."""

from collections.abc import Callable
from dataclasses import dataclass

from jero._wiring.annotations import Bindings, UnresolvedError, owner_of_parameter, resolve, unbound_parameter
from jero._wiring.catalogue import UNBOUND_TYPE_PARAMETER, UNRESOLVED_ANNOTATION
from jero._wiring.faults import Faults, Place


@dataclass(frozen=True, slots=True)
class Handler:
    """The method under compilation: the function, its class, and what the type parameters stand for."""

    function: Callable[..., object]
    mounted: type
    owner: type
    name: str
    bindings: Bindings
    method: str
    alternatives: str
    place: Place

    @property
    def return_place(self) -> Place:
        """Where faults of the return annotation are."""
        return Place(f"{self.place.subject}, return", self.place.location)


def resolve_in(handler: Handler, annotation: object, place: Place, faults: Faults) -> object | None:
    """Resolve an annotation of a handler; None where it has faults."""
    try:
        resolved = resolve(annotation, handler.function, handler.owner, handler.bindings)
    except UnresolvedError as error:
        faults.add(UNRESOLVED_ANNOTATION, place, annotation=error.annotation, reason=error.reason)
        return None
    parameter = unbound_parameter(resolved)
    if parameter is not None:
        _add_unbound(parameter.__name__, owner_of_parameter(handler.mounted, parameter), place, faults)
        return None
    return resolved


def _add_unbound(name: str, owner: type | None, place: Place, faults: Faults) -> None:
    if owner is None:
        whose, remedy = "the method", "name the type itself, or make it a type parameter of the class"
    else:
        whose = f"`{owner.__name__}`"
        remedy = f"give it one where you subclass: `class ...({owner.__name__}[YourStruct])`"
    faults.add(UNBOUND_TYPE_PARAMETER, place, parameter=name, owner=whose, remedy=remedy)
