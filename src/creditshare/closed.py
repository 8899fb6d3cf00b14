"""Values that only this library can make: an opened bundle, a cleared listing.

A type checker cannot stop a caller from building a value that claims to have been checked, so
these classes refuse every public way of making, changing or storing one: the constructor,
`attrs.evolve`, `copy.replace`, subclassing, pickling. Copying gives the same object.
"""

from __future__ import annotations

from typing import Any, NoReturn, Self, TypeVar

from creditshare.errors import ForgedValueError

__all__ = ["Closed", "make"]


class Closed:
    """A value without a public constructor; `make` is for its own module alone."""

    __slots__ = ()

    def __init__(self, *_: Any, **__: Any) -> None:
        raise ForgedValueError(f"only creditshare itself makes a {type(self).__name__}")

    def __getattr__(self, name: str) -> NoReturn:
        # Reached only for a slot that was never filled: an instance that `make` did not make.
        if name in type(self).__slots__:
            raise ForgedValueError(f"only creditshare itself makes a {type(self).__name__}")
        raise AttributeError(name)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise ForgedValueError(f"a {type(self).__name__} does not change")

    def __delattr__(self, name: str) -> NoReturn:
        raise ForgedValueError(f"a {type(self).__name__} does not change")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __replace__(self, **_: Any) -> NoReturn:
        raise ForgedValueError(f"a {type(self).__name__} does not change")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise ForgedValueError(f"a {type(self).__name__} is never stored")

    def __setstate__(self, state: object) -> NoReturn:
        raise ForgedValueError(f"a {type(self).__name__} is never stored")


_T = TypeVar("_T", bound=Closed)


def make(cls: type[_T], **values: object) -> _T:
    """A closed value with these attributes."""
    made = object.__new__(cls)
    for name, value in values.items():
        object.__setattr__(made, name, value)
    return made
