"""Routes that claim the same URLs: the same template twice, or two that only name their slots differently."""

from jero._plan import OperationPlan
from jero._wiring.catalogue import AMBIGUOUS_TEMPLATES, ROUTE_TWICE
from jero._wiring.faults import Faults, Place


def check_overlaps(plans: list[OperationPlan], faults: Faults) -> None:
    """Compare every plan with those before it, by method and shape; a static segment always beats a slot."""
    seen: dict[tuple[str, tuple[str | None, ...]], OperationPlan] = {}
    for plan in plans:
        shape = tuple(None if segment.is_slot else segment.text for segment in plan.segments)
        first = seen.setdefault((plan.method, shape), plan)
        if first is plan:
            continue
        kind = ROUTE_TWICE if first.template == plan.template else AMBIGUOUS_TEMPLATES
        other = f"{first.subject} ({first.location})"
        place = Place(plan.subject, plan.location)
        faults.add(
            kind,
            place,
            method=plan.method,
            template=plan.template,
            other=other,
            other_template=first.template,
        )
