"""Apps as an RSGI server has them that calls no `__rsgi_init__`: `serving.uninitialised:apps__selfstarting__app`."""

from importlib import import_module

from jero import BaseApp


class Uninitialised:
    """An app of which the server sees `__rsgi__` alone."""

    def __init__(self, app: BaseApp) -> None:
        self.__rsgi__ = app.__rsgi__


def __getattr__(name: str) -> Uninitialised:
    module, _, attribute = name.rpartition("__")
    return Uninitialised(getattr(import_module(module.replace("__", ".")), attribute))
