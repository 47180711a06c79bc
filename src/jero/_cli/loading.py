"""The app itself: its module imported, the object found in it."""

import difflib
import importlib
import sys
import traceback
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import jero
from jero._cli.location import Target, find_target, nothing_found, put_on_path
from jero._cli.stops import Exit, Stop
from jero.app import BaseApp
from jero.errors import WiringError


def load_app(argument: str | None, folder: Path) -> tuple[Target, BaseApp[Any]]:
    """Import the app that is named or found, the folder put on `sys.path`.

    Raises Stop where there is none, or its module fails; WiringError where constructing it does.
    """
    target = locate_app(argument, folder)
    return target, get_app(target)


def locate_app(argument: str | None, folder: Path) -> Target:
    """Give the place of the app that is named; where none is, the modules of the folder are imported to find one."""
    found = find_target(argument, folder)
    if isinstance(found, Target):
        put_on_path(folder, found.folder)
        if find_spec(found.module.partition(".")[0]) is None:
            raise _no_module(found, found.module.partition(".")[0])
        return found
    put_on_path(folder)
    return _search(found, folder)


def get_app(target: Target) -> BaseApp[Any]:
    """Import the module of an app and give the app. Raises as `load_app` does."""
    subject = target.said_by
    try:
        module = importlib.import_module(target.module)
    except WiringError:
        raise
    except ModuleNotFoundError as error:
        if error.name is None or not f"{target.module}.".startswith(f"{error.name}."):
            raise _import_failure(target.module, error) from error
        raise _no_module(target, error.name) from None
    except Exception as error:
        raise _import_failure(target.module, error) from error
    value: object = module
    for name in target.attribute.split("."):
        if not hasattr(value, name):
            raise Stop(subject, f"`{target.module}` has no `{target.attribute}`.{_hint(module)}", _remedy(module))
        value = getattr(value, name)
    if not isinstance(value, BaseApp):
        raise Stop(subject, f"`{target.attribute}` is {_kind(value)}", _remedy(module))
    return cast("BaseApp[Any]", value)  # of whatever factory


def _no_module(target: Target, name: str) -> Stop:
    remedy = f"run this in the folder that has `{name.partition('.')[0]}`, or correct the name"
    return Stop(target.said_by, f"there is no module `{name}` in {target.folder}", remedy)


def _search(candidates: list[str], folder: Path) -> Target:
    """Take the first module that holds an app; of packages there must be only one."""
    found: list[Target] = []
    for name in candidates:
        if found and ("." not in name or "." not in found[0].module):
            break
        try:
            module = importlib.import_module(name)
        except WiringError:
            raise
        except Exception as error:
            raise _import_failure(name, error) from error
        attributes = _apps(module)
        if len(attributes) > 1 and "app" not in attributes:
            apps = ", ".join(f"`{name}:{attribute}`" for attribute in attributes)
            raise Stop(f"the module `{name}`", "holds several apps", f"name one of {apps}")
        if attributes:
            attribute = "app" if "app" in attributes else attributes[0]
            found.append(Target(name, attribute, f"found in {folder}", folder))
    if not found:
        raise nothing_found(folder)
    if len(found) > 1:
        apps = ", ".join(f"`{target}`" for target in found)
        raise Stop(f"the folder {folder}", "has several packages with an app", f"name one of {apps}")
    return found[0]


def _apps(module: ModuleType) -> list[str]:
    return [name for name, value in vars(module).items() if isinstance(value, BaseApp)]


def _hint(module: ModuleType) -> str:
    names = [name for name in vars(module) if not name.startswith("__")]
    close = difflib.get_close_matches("app", names, n=1, cutoff=0.6)
    apps = _apps(module)
    meant = apps[0] if apps else (close[0] if close else None)
    return f" Did you mean `{module.__name__}:{meant}`?" if meant else ""


def _remedy(module: ModuleType) -> str:
    apps = _apps(module)
    if apps:
        return f"name one of {', '.join(f'`{module.__name__}:{name}`' for name in apps)}"
    return f"put an app there: `app = App()`, where App derives from BaseApp, and name `{module.__name__}:app`"


def _kind(value: object) -> str:
    if isinstance(value, type):
        return f"the class `{value.__name__}`, and an object of it is served"
    if callable(value):
        return "a function, and an app is served, not what makes one"
    return f"a `{type(value).__name__}`, not an app"


def _import_failure(module: str, error: Exception) -> Stop:
    """Tell an exception of the user's module with the frames of the user's code."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not _is_machinery(frame.filename)]
    if isinstance(error, SyntaxError):
        place = f"{error.filename}:{error.lineno}"
    else:
        place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else module
    details = "".join(["Traceback (most recent call last):\n", *traceback.format_list(frames)])
    details += "".join(traceback.format_exception_only(error))
    remedy = f"correct what {place} says; `{Path(sys.executable).name} -c 'import {module}'` fails as well"
    fault = f"it cannot be imported: {type(error).__name__}: {error}"
    return Stop(f"the module `{module}`", fault, remedy, code=Exit.FAILED, details=details)


def _is_machinery(file: str) -> bool:
    return file.startswith(("<frozen ", jero.__path__[0])) or file == importlib.__file__
