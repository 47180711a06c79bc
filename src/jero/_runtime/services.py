"""What the routes of one app share while it runs."""

from dataclasses import dataclass, field

from jero._runtime.deadlines import Deadlines
from jero._runtime.failures import Failures
from jero._runtime.links.urls import URLs
from jero._runtime.streams.open_streams import OpenStreams


@dataclass(frozen=True, slots=True)
class Services:
    """Made anew at each start of the app."""

    failures: Failures = field(default_factory=Failures)
    deadlines: Deadlines = field(default_factory=Deadlines)
    open_streams: OpenStreams = field(default_factory=OpenStreams)
    urls: URLs = field(default_factory=URLs)
