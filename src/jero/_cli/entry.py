"""The door of the command `jero`: runs the command line, or says which install brings it."""

import sys
from collections.abc import Sequence
from importlib.util import find_spec

from jero._cli.stops import Exit, Stop

_NEEDS = ("cyclopts", "rich")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line, `sys.argv` if none is given; give the exit code."""
    missing = [name for name in _NEEDS if find_spec(name) is None]
    if missing:
        line = f"jero: the command line needs {missing[0]}, which is not installed: pip install 'jero[cli]'"
        print(line, file=sys.stderr)  # noqa: T201 - there is no console library to print with
        return Exit.USAGE
    from cyclopts import CycloptsError  # noqa: PLC0415 - the extra has been looked for

    from jero._cli.commands import make_command_line  # noqa: PLC0415 - the same
    from jero._cli.console import print_stop  # noqa: PLC0415 - the same

    try:
        return int(make_command_line()(arguments) or Exit.FINE)
    except CycloptsError as error:
        remedy = "`jero --help` and `jero COMMAND --help` say what there is"
        print_stop(Stop("the command line", " ".join(str(error).split()), remedy))
        return Exit.USAGE
    except Stop as stop:
        print_stop(stop)
        return stop.code
    except BrokenPipeError:  # whoever read the output has enough: `jero routes | head`
        sys.stdout = None
        return Exit.FINE
