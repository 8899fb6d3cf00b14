"""What the site's reference needs to know of our docstrings; griffe loads it."""

from __future__ import annotations

import re
from typing import Any

import griffe

_MARK = re.compile(r"^::\n|(?<=\w):(?=:$)", re.MULTILINE)  # Markdown needs none


class House(griffe.Extension):
    """Drawings without the mark of another markup; the methods of stores as the library's own."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Called for each module, class, function and attribute that was read."""
        if obj.docstring:
            obj.docstring.value = _MARK.sub("", obj.docstring.value)
        if obj.is_class and obj.path.startswith("creditshare.stores."):
            for name in set(obj.members) - {"__init__", "close"}:
                obj.del_member(name)
