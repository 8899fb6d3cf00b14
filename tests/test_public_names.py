"""The public names: few, exported where they say, documented, and complete with their types."""

from __future__ import annotations

import ast
import inspect
import itertools
import re
import typing
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import attrs
import pytest

import creditshare
import creditshare.errors

FRONT_DOOR_MOST = 36
# What may be made, closed and handed on; no more.
STORES = (creditshare.LedgerStore, creditshare.RegistryStore, creditshare.audit.AuditStore)
MADE_BY = re.compile(r"[Mm]ade by `")  # a class that callers meet but do not call
SECTION = re.compile(r"(Args|Attributes|Returns|Yields|Raises):")
TELLS_ITS_RESULT = re.compile(
    r"(The|A|An|Every|Whether|What|Where|Those|How) |.*; returns ", re.DOTALL
)


def rooms() -> dict[str, ModuleType]:
    """The public rooms: the modules that the front door imports by name."""
    tree = ast.parse(Path(creditshare.__file__).read_text("utf-8"))
    names = [
        alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module == "creditshare"
        for alias in node.names
    ]
    return {name: getattr(creditshare, name) for name in names}


ROOMS = rooms()
EXPORTED = {
    f"{room}.{name}": getattr(module, name, None)
    for room, module in ROOMS.items()
    for name in module.__all__
}


def functions_of(value: object) -> Iterator[tuple[str, FunctionType]]:
    """A public function itself, or what a public class adds: its own methods and properties."""
    if isinstance(value, FunctionType):
        yield value.__name__, value
    if not inspect.isclass(value) or value in STORES:
        return
    for name, member in vars(value).items():
        plain = getattr(member, "__func__", getattr(member, "fget", member))
        told_above = any(hasattr(base, name) for base in value.__mro__[1:-1])
        if isinstance(plain, FunctionType) and not name.startswith("_") and not told_above:
            yield f"{value.__name__}.{name}", plain


FUNCTIONS = {
    f"{where.split('.')[0]}.{name}": function
    for where, value in EXPORTED.items()
    for name, function in functions_of(value)
}
CLASSES = {where: value for where, value in EXPORTED.items() if inspect.isclass(value)}
VALUES: dict[str, Any] = {where: found for where, found in CLASSES.items() if attrs.has(found)}


def sections(documented: Any) -> dict[str, list[str]]:
    """The sections of a Google-style docstring, each with the names that it tells of."""
    found: dict[str, list[str]] = {}
    section = None
    for line in inspect.cleandoc(documented.__doc__ or "").splitlines():
        if line and not line.startswith(" "):
            heading = SECTION.fullmatch(line)
            section = heading[1] if heading else None
            if section:
                found[section] = []
        elif section and (entry := re.match(r" {4}(\w+): ", line)):
            found[section].append(entry[1])
    return found


def types_in(annotation: Any) -> Iterator[type]:
    """The classes of this library in an annotation, however deep."""
    if isinstance(annotation, list):
        for item in annotation:
            yield from types_in(item)
    for argument in typing.get_args(annotation):
        yield from types_in(argument)
    if inspect.isclass(annotation) and annotation.__module__.startswith("creditshare"):
        yield annotation


def test_the_front_door_holds_what_it_says() -> None:
    """`creditshare.__all__` is sorted, small, and all that is public there beside the rooms."""
    there = {
        name
        for name, value in vars(creditshare).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    } - {"annotations"}

    assert sorted(there) == creditshare.__all__
    assert len(there) <= FRONT_DOOR_MOST


def test_the_front_door_leads_into_the_rooms() -> None:
    """Every name of the front door is a room's name too, and the same thing."""
    inside = {where.split(".")[1]: value for where, value in EXPORTED.items()}

    for name in creditshare.__all__:
        assert getattr(creditshare, name) is inside[name]


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_room_exports_what_it_has(room: str) -> None:
    """A room's `__all__` names each public thing of the room once, and nothing else."""
    module = ROOMS[room]
    own = {
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and str(getattr(value, "__module__", "")).startswith(module.__name__)
    }

    assert len(set(module.__all__)) == len(module.__all__)
    assert own <= set(module.__all__) <= set(vars(module))


@pytest.mark.parametrize("where", sorted(FUNCTIONS | VALUES))
def test_every_type_in_a_signature_can_be_named(where: str) -> None:
    """A public signature or field speaks only of types that are public themselves."""
    hints = typing.get_type_hints(FUNCTIONS.get(where) or VALUES[where])
    spoken_of = {
        found
        for name, annotation in hints.items()
        if not name.startswith("_")
        for found in types_in(annotation)
    }

    assert set() == spoken_of - set(CLASSES.values())


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_constant_tells_what_it_is(room: str) -> None:
    """A public constant has a docstring below it, in the file of its room that makes it."""
    where = Path(ROOMS[room].__file__ or "")
    told = set()
    for file in where.parent.rglob("*.py") if where.name == "__init__.py" else [where]:
        body = ast.parse(file.read_text("utf-8")).body
        for made, below in itertools.pairwise(body):
            if isinstance(made, (ast.Assign, ast.AnnAssign)) and isinstance(below, ast.Expr):
                told |= {node.id for node in ast.walk(made) if isinstance(node, ast.Name)}
    constants = {
        name
        for name in ROOMS[room].__all__
        if name.isupper() and not inspect.isclass(getattr(ROOMS[room], name))
    }

    assert set() == constants - told


@pytest.mark.parametrize("where", sorted(CLASSES))
def test_a_class_tells_what_it_is(where: str) -> None:
    """A public class tells each field or argument it is made of, or that another thing makes it."""
    documented = CLASSES[where]
    told = [entry for base in documented.__mro__ for entry in sections(base).get("Attributes", [])]
    told += [] if where in VALUES else sections(documented).get("Args", [])
    if where in VALUES:
        fields = [field.name for field in attrs.fields(VALUES[where]) if field.init]
    else:
        made = not getattr(documented, "_is_protocol", False) and vars(documented).get("__init__")
        ours = MADE_BY.search(documented.__doc__ or "")
        fields = list(inspect.signature(made).parameters)[1:] if made and not ours else []

    assert (documented.__doc__ or "").strip()
    assert [] == [name for name in fields if not name.startswith("_") and name not in told]


@pytest.mark.parametrize("where", sorted(FUNCTIONS))
def test_a_function_tells_what_it_takes_gives_and_raises(where: str) -> None:
    """A docstring tells each of several arguments, the result, and each error raised there."""
    function = FUNCTIONS[where]
    told = sections(function)
    signature = inspect.signature(function)
    arguments = [name for name in signature.parameters if name not in ("self", "cls")]
    raised = {
        node.exc.func.id
        for node in ast.walk(ast.parse(inspect.cleandoc("\n" + inspect.getsource(function))))
        if isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and isinstance(node.exc.func, ast.Name)
    }
    covered = {
        base.__name__
        for name in told.get("Raises", [])
        for base in [
            getattr(creditshare.errors, name),
            *subclasses(getattr(creditshare.errors, name)),
        ]
    }

    assert (function.__doc__ or "").strip()
    if len(arguments) > 1 or "Args" in told:
        assert arguments == told.get("Args", [])
    if signature.return_annotation not in ("None", "Self") and not told_by_name(where):
        summary = (function.__doc__ or "").split("\n\n")[0]
        assert "Returns" in told or "Yields" in told or TELLS_ITS_RESULT.match(summary)
    assert raised <= covered


def told_by_name(where: str) -> bool:
    """Whether it is a property: what it gives is what it is."""
    owner, _, name = where.rpartition(".")
    return isinstance(vars(CLASSES.get(owner, object)).get(name), property)


def subclasses(error: type[Exception]) -> Iterator[type[Exception]]:
    """Every error below this one."""
    for below in error.__subclasses__():
        yield below
        yield from subclasses(below)


def test_the_error_tree_is_as_drawn() -> None:
    """The tree in the docstring of `errors` has each error once, below the one it derives from."""
    drawn: dict[str, str] = {}
    above: list[str] = []
    for line in (creditshare.errors.__doc__ or "").splitlines():
        entry = re.match(r" {4}([│├└─ ]*)(\w+Error)\b", line)
        if entry:
            depth = len(entry[1]) // 4
            above = [*above[:depth], entry[2]]
            drawn[entry[2]] = above[depth - 1] if depth else "Exception"
    root: type[Exception] = creditshare.CreditshareError
    real = {error.__name__: error.__bases__[0].__name__ for error in (root, *subclasses(root))}

    assert real == drawn
    assert set(real) <= set(creditshare.errors.__all__)


def test_every_error_of_ours_is_in_the_tree() -> None:
    """No room defines an error of its own: all of them stand in `errors`."""
    rooms_of = {error.__module__ for error in subclasses(creditshare.CreditshareError)}

    assert {"creditshare.errors"} == rooms_of
