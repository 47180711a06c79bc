"""What to answer when sources do not bind: each is asked again, so that one answer names every fault."""

from collections.abc import Sequence

import msgspec

from jero._plan import SourceKind
from jero._runtime.malformed import MALFORMED, malformed_detail
from jero._runtime.readers import Reader
from jero._runtime.request import Request
from jero._runtime.violations.search import Violation, Violations
from jero.errors import HTTPError, InvalidInput, MalformedRequestError, ValidationFailedError

MAX_ERRORS = 100
_BODIES = frozenset({SourceKind.JSON, SourceKind.FORM})


def binding_failure(request: Request, readers: Sequence[Reader], fault: Exception | None = None) -> HTTPError | None:
    """Give the error of a request whose sources do not bind; None where they all do.

    A query or a header at fault makes it a 400, a body alone a 422, a body that is not JSON a 400. `fault` is what
    reading the sources has raised, where that is known: then the only source that can be wrong is not read again.
    """
    errors: list[InvalidInput] = []
    malformed: MalformedRequestError | None = None
    truncated = False
    failed: list[SourceKind] = []
    known = _of_the_only_source(readers, fault)
    for reader in readers:
        try:
            found = _find_mistakes(request, reader, known)
        except HTTPError as error:
            return error
        except MALFORMED as error:
            failed.append(reader.source)
            malformed = MalformedRequestError(malformed_detail(error))
            errors.append(InvalidInput(reader.source, "#", malformed.detail or ""))
        else:
            if found is not None:
                source = reader.source
                failed.append(source)
                truncated = truncated or found.truncated
                errors += [InvalidInput(source, entry.pointer, entry.detail) for entry in found.entries]
    if malformed is not None and len(errors) == 1:
        return malformed
    if not errors:
        return None
    return _validation_failure(errors, failed, truncated=truncated, is_malformed=malformed is not None)


def _of_the_only_source(readers: Sequence[Reader], fault: Exception | None) -> msgspec.ValidationError | None:
    """Give the fault if it says that a source is wrong, and only one source can be."""
    if not isinstance(fault, msgspec.ValidationError) or len([1 for reader in readers if reader.explain]) != 1:
        return None
    return fault


def _find_mistakes(request: Request, reader: Reader, known: msgspec.ValidationError | None) -> Violations | None:
    """Give what keeps a source from binding; None where it binds.

    Raises HTTPError, or one of `MALFORMED` where a body is no JSON, if only behind its first mistake.
    """
    if known is None or reader.explain is None:
        try:
            reader.read(request)
        except msgspec.ValidationError as error:
            words = str(error)
        else:
            return None
    else:
        words = str(known)
    found = reader.explain(request) if reader.explain else Violations((), truncated=False)
    # msgspec's own words are never lost.
    return found if found.entries else Violations((Violation("#", words),), truncated=found.truncated)


def _validation_failure(
    errors: list[InvalidInput], failed: list[SourceKind], *, truncated: bool, is_malformed: bool
) -> ValidationFailedError:
    if len(failed) > 1:
        failed = [source for source in SourceKind if source in failed]
    sources = ", ".join([f"`{source}`" for source in failed])
    count = "1 error" if len(errors) == 1 else f"{min(len(errors), MAX_ERRORS)} errors"
    failure = ValidationFailedError(
        f"{count} in {sources}", errors=errors[:MAX_ERRORS], truncated=truncated or len(errors) > MAX_ERRORS
    )
    if is_malformed or not _BODIES.issuperset(failed):
        failure.status = 400
    return failure
