"""Text of a request as it may stand in a log or a body."""


def printable(text: str, limit: int = 64) -> str:
    """Give text of a request in a form that is safe in a log or a body: escaped, and cut where long."""
    cut = text if len(text) <= limit else f"{text[:limit]}…"
    return cut if cut.isprintable() else cut.encode("unicode_escape").decode()
