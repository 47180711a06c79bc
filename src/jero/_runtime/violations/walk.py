"""The walk: a document along the shapes of its type, noting every mistake, within a budget."""

from jero._runtime.violations.arrays import check_items, check_row
from jero._runtime.violations.dispatch import CHECKS, check
from jero._runtime.violations.findings import EnoughError, Findings
from jero._runtime.violations.leaves import check_leaf
from jero._runtime.violations.mappings import check_mapping
from jero._runtime.violations.records import check_record, check_tagged
from jero._runtime.violations.shapes import Hidden, Items, Leaf, Mapping, Record, Row, Shape, Tagged


def walk(shape: Shape, document: object, *, limit: int, work: int, is_exact: bool = True) -> Findings:
    """Walk a JSON document (as builtins) along `shape`: at most `limit` mistakes and `work` visits.

    Finds nothing exactly where msgspec decodes the document as that type, unless it stopped early. `is_exact`: the
    document may hold numbers, or other things, that no field can take.
    """
    found = Findings(limit, work, is_exact=is_exact)
    try:
        check(found, shape, document, "#", "")
    except (EnoughError, RecursionError):
        found.is_partial = True
    return found


def _check_hidden(found: Findings, shape: Hidden, value: object, parent: str, step: str) -> object:
    was_secret, found.is_secret = found.is_secret, True
    made = check(found, shape.inner, value, parent, step)
    found.is_secret = was_secret
    return made


CHECKS.update(
    {
        Record: check_record,
        Row: check_row,
        Items: check_items,
        Mapping: check_mapping,
        Tagged: check_tagged,
        Hidden: _check_hidden,
        Leaf: check_leaf,
    }
)
