"""Places in code as commands show them: relative to the current folder where they are in it."""

from pathlib import Path


def split_location(location: str | None) -> tuple[str | None, int | None]:
    """Take `file:line` apart, the file relative to the current folder where it is below it."""
    if not location:
        return None, None
    file, _, line = location.rpartition(":")
    path = Path(file)
    folder = Path.cwd()
    shown = path.relative_to(folder) if path.is_relative_to(folder) else path
    return str(shown), int(line)


def shown(location: str | None) -> str:
    """Give `file:line` as it is shown, nothing where it is not known."""
    file, line = split_location(location)
    return "" if file is None else f"{file}:{line}"
