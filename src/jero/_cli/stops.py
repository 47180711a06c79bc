"""How a command ends: its exit codes, and the error that ends one with a message."""

from enum import IntEnum


class Exit(IntEnum):
    """What the exit code of `jero` says."""

    FINE = 0
    FAILED = 1
    """The app has wiring faults, or cannot be imported, checked or served."""
    USAGE = 2
    """The command line, or what it names, is not right."""


class Stop(Exception):  # noqa: N818 - it ends a command; what went wrong is in its words
    """Ends a command with a message: what it is about, what is wrong, what to do, and `details` as they are."""

    def __init__(self, subject: str, fault: str, remedy: str, *, code: Exit = Exit.USAGE, details: str = "") -> None:
        super().__init__(f"{subject}: {fault}")
        self.subject = subject
        self.fault = fault
        self.remedy = remedy
        self.code = code
        self.details = details
