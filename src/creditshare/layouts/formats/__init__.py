"""The layouts that come with the library, one file each; a file here is a layout, nothing lists it.

A file's `LAYOUT` is found by the name of the file: ``court_list.py`` holds ``court-list``.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType

from creditshare.errors import MisuseError
from creditshare.layouts.base import Layout

__all__ = ["layout", "layouts"]


@functools.cache
def layouts() -> Mapping[str, Layout]:
    """Every layout of the library by its name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    found = (importlib.import_module(f"{__name__}.{name}").LAYOUT for name in names)
    return MappingProxyType({layout.name: layout for layout in found})


def layout(name: str) -> Layout:
    """A layout of the library.

    Raises:
        MisuseError: if there is none of that name; it tells the names there are.
    """
    found = layouts().get(name)
    if found is None:
        raise MisuseError(f"no such layout; there are {', '.join(layouts())}")
    return found
