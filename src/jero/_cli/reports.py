"""What `jero check` found: as text for people, as JSON for programs, as annotations for GitHub."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from jero._cli.console import print_lines
from jero._cli.places import shown, split_location
from jero._cli.rehearsal import Obstacle
from jero.errors import WiringFault


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a check: how many operations there are, unless something was found."""

    app: str
    operations: int | None
    faults: tuple[WiringFault, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()

    @property
    def is_fine(self) -> bool:
        """Whether nothing was found."""
        return not self.faults and not self.obstacles


def print_report(report: Report, form: str, console: Console) -> None:
    """Print a report as `text`, `json` or `github`."""
    _FORMS[form](report, console)


def print_faults(faults: tuple[WiringFault, ...], console: Console) -> None:
    """Print wiring faults as people read them, each with the command that shows its page."""
    console.print(Text("1 wiring fault" if len(faults) == 1 else f"{len(faults)} wiring faults", style="bold red"))
    for fault in faults:
        console.print(Text.assemble("\n", (fault.code, "bold red"), " ", (fault.subject, "bold")), soft_wrap=True)
        if fault.location:
            console.print(Text.assemble(("  at ", "dim"), (shown(fault.location), "cyan")), soft_wrap=True)
        words = {"fault": fault.problem, "remedy": fault.remedy, "page": f"jero explain {fault.code}"}
        print_lines(console, words)


def _print_text(report: Report, console: Console) -> None:
    if report.faults:
        print_faults(report.faults, console)
    for obstacle in report.obstacles:
        console.print(Text.assemble("" if not report.faults else "\n", ("cannot be checked", "bold yellow")))
        if obstacle.location:
            console.print(Text.assemble(("  at ", "dim"), (shown(obstacle.location), "cyan")), soft_wrap=True)
        print_lines(console, {"fault": obstacle.problem, "remedy": obstacle.remedy})
    if report.is_fine:
        console.print(Text.assemble((report.app, "bold"), f": {operations(report.operations)}, no wiring faults"))


def _print_json(report: Report, console: Console) -> None:
    faults = [
        {
            "code": fault.code,
            "subject": fault.subject,
            **_place(fault.location),
            "problem": fault.problem,
            "remedy": fault.remedy,
        }
        for fault in report.faults
    ]
    obstacles = [
        {**_place(obstacle.location), "problem": obstacle.problem, "remedy": obstacle.remedy}
        for obstacle in report.obstacles
    ]
    found = {"app": report.app, "operations": report.operations, "faults": faults, "obstacles": obstacles}
    console.print(json.dumps(found, indent=2, ensure_ascii=False), soft_wrap=True)


def _print_github(report: Report, console: Console) -> None:
    """Print workflow commands, one a line, which GitHub shows at the lines of the code."""
    for fault in report.faults:
        title = f"{fault.code} {fault.subject}"
        console.print(_annotation(fault.location, title, fault.problem, fault.remedy), soft_wrap=True)
    for obstacle in report.obstacles:
        console.print(
            _annotation(obstacle.location, "cannot be checked", obstacle.problem, obstacle.remedy), soft_wrap=True
        )
    if report.is_fine:
        _print_text(report, console)


def _annotation(location: str | None, title: str, problem: str, remedy: str) -> str:
    file, line = split_location(location)
    place = "" if file is None else f"file={_property(file)},line={line},"
    message = f"{problem}\nremedy: {remedy}".replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::error {place}title={_property(title)}::{message}"


def _property(text: str) -> str:
    for char, code in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"), (":", "%3A"), (",", "%2C")):
        text = text.replace(char, code)
    return text


def _place(location: str | None) -> dict[str, object]:
    file, line = split_location(location)
    return {"file": file, "line": line}


def operations(count: int | None) -> str:
    """Give how many operations there are in words."""
    return "1 operation" if count == 1 else f"{count} operations"


_FORMS: dict[str, Callable[[Report, Console], None]] = {
    "text": _print_text,
    "json": _print_json,
    "github": _print_github,
}
