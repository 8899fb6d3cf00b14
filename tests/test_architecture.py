"""The house's order: which room may import which, and which libraries each may touch."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import creditshare

SOURCE = Path(creditshare.__file__).parent

GROUND = {"errors", "arguments", "clock", "files", "wire", "closed", "toml"}
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "arguments": {"errors"},
    "clock": {"errors"},
    "files": {"errors"},
    "wire": {"errors"},
    "closed": {"errors"},
    "toml": {"errors", "arguments"},
    "crypto": {"errors"},
    "identifiers": {"errors"},
    "model": {"errors", "identifiers"},
    "codec": GROUND | {"identifiers", "model"},
    "agency": GROUND | {"crypto"},
    "roster": GROUND | {"crypto", "model", "agency"},
    "sealing": GROUND | {"crypto", "agency"},
    "tokens": GROUND | {"crypto", "identifiers", "model", "agency", "roster", "sealing"},
    "calendars": {"errors", "arguments", "model"},
    "rules": GROUND | {"crypto", "identifiers", "model", "roster", "calendars"},
    "life": GROUND | {"model", "calendars", "rules"},
    "bundle": GROUND | {"crypto", "model", "agency", "roster", "sealing", "tokens"},
    "stores": {"errors"},
    "statistics": {"errors", "arguments", "model"},
    "ledger": GROUND
    | {"roster"}
    | {"crypto", "identifiers", "model", "codec", "agency", "sealing", "tokens", "rules"}
    | {"calendars", "life", "bundle", "stores", "statistics"},
    "registry": GROUND | {"crypto", "model", "codec", "tokens", "bundle", "stores"},
    "screening": GROUND
    | {"identifiers", "model", "roster", "tokens", "rules", "bundle", "registry"},
    "feedback": GROUND
    | {"crypto", "model", "agency", "roster", "sealing", "rules", "bundle", "stores"}
    | {"ledger", "screening"},
    "joint": GROUND | {"model", "roster", "rules", "screening"},
    "audit": GROUND | {"crypto", "identifiers", "model", "screening", "stores"},
    "disclosure": GROUND
    | {"crypto", "identifiers", "model", "codec", "rules", "life", "bundle", "stores", "ledger"}
    | {"screening", "feedback", "audit", "calendars"},
    "layouts": GROUND | {"identifiers", "model"},
}
FRONT_DOOR = {"creditshare"}
MAY_IMPORT["cli"] = set(MAY_IMPORT) | FRONT_DOOR  # it stands outside, and tells the version
ONLY_IN = {
    "cryptography": {"crypto"},
    "msgpack": {"wire"},
    "sqlite3": {"stores"},
    "csv": {"layouts", "cli"},
    "python_calamine": {"layouts"},
    "subprocess": {"layouts"},
    "click": {"cli"},
    "rich": {"cli"},
    "holidays": {"calendars"},
}
THIRD_PARTY = {"attrs", "cryptography", "msgpack"}
EXTRAS = {"click", "holidays", "python_calamine", "rich"}


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(SOURCE.rglob("*.py")):
        inside = path.relative_to(SOURCE)
        if inside.name != "__init__.py" or len(inside.parts) > 1:
            yield inside.parts[0].removesuffix(".py"), path


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert 0 == node.level, f"{path} imports relatively"
            yield node.module or ""


def test_every_room_has_its_place() -> None:
    """Every module of the package belongs to a room that the table names, and no room is empty."""
    assert set(MAY_IMPORT) == {room for room, _ in modules()}


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_a_room_imports_only_what_it_may(room: str) -> None:
    """A room imports itself and the rooms its row names; the front door only from outside."""
    found = {
        name.split(".")[1] if "." in name else "creditshare"
        for own, path in modules()
        if own == room
        for name in imports(path)
        if name.split(".")[0] == "creditshare"
    }

    assert found - {room} <= MAY_IMPORT[room]


def test_every_room_says_what_is_in_it() -> None:
    """Every folder of the package has a docstring that tells its parts."""
    for folder in {path.parent for _, path in modules()}:
        assert ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8")))


def test_the_rooms_form_no_cycle() -> None:
    """The table can be read from top to bottom: a room imports only rooms above it."""
    above: set[str] = set()
    for room, allowed in MAY_IMPORT.items():
        assert allowed - FRONT_DOOR <= above
        above.add(room)


@pytest.mark.parametrize("library", sorted(ONLY_IN))
def test_a_library_is_imported_in_its_rooms(library: str) -> None:
    """A library with a room of its own is imported nowhere else."""
    rooms = {
        room for room, path in modules() for name in imports(path) if name.split(".")[0] == library
    }

    assert ONLY_IN[library] == rooms


def test_nothing_but_the_three_dependencies_is_imported() -> None:
    """The runtime stands on the standard library and three others; extras are extras."""
    import sys

    roots = {name.split(".")[0] for _, path in modules() for name in imports(path)}

    assert roots - set(sys.stdlib_module_names) - FRONT_DOOR == THIRD_PARTY | EXTRAS


def test_private_names_stay_in_their_room() -> None:
    """No module imports an underscore name from another module."""
    for _, path in modules():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert not [alias.name for alias in node.names if alias.name.startswith("_")], path


def test_no_module_reads_a_clock() -> None:
    """Time comes in as an argument: nothing calls now(), today() or time() but the command line."""
    for _, path in (item for item in modules() if item[0] != "cli"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr not in {"now", "today", "utcnow", "time", "monotonic"}, path
