"""The link from one page of a list to the next."""

from urllib.parse import urlencode

from msgspec.structs import asdict

from demo_app.models import PageQuery
from jero import Link


def next_links(path: str, query: PageQuery, after: int | None) -> list[Link]:
    """Give the link to the page that follows number `after` with the same query; none without a number."""
    if after is None:
        return []
    fields = {name: value for name, value in {**asdict(query), "after": after}.items() if value is not None}
    return [Link.from_path(f"{path}?{urlencode(fields, doseq=True)}", rel="next")]
