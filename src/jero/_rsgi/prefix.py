"""The prefix that granian mounts an app under: RSGI has no word for it, so it is read where granian itself reads it."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath

_OPTION = "--url-path-prefix"
_VARIABLE = "GRANIAN_URL_PATH_PREFIX"


def url_path_prefix(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """Give what granian's command line says, or else its environment; empty where neither does.

    `arguments` are those of the process (`sys.argv`), which granian's workers keep. A granian that is started by a
    program of one's own can say it in the environment.
    """
    given = environment.get(_VARIABLE, "")
    if arguments and "granian" in PurePath(arguments[0]).parts[-2:]:
        for at, argument in enumerate(arguments):
            if argument == _OPTION and at + 1 < len(arguments):
                given = arguments[at + 1]
            elif argument.startswith(_OPTION + "="):
                given = argument[len(_OPTION) + 1 :]
    return given.rstrip("/")


def below(prefix: str, path: str) -> str:
    """Give the path below the prefix; one that does not begin with it is the app's as it is."""
    if path == prefix:
        return "/"
    return path[len(prefix) :] if path.startswith(prefix + "/") else path
