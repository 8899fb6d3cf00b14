"""Checks of arguments where another type would fail late, or with somebody else's error."""

from __future__ import annotations

from creditshare.errors import MisuseError

__all__ = ["expect"]


def expect(kind: type, **arguments: object) -> None:
    """Refuse arguments of another type.

    Args:
        kind: What each argument must be.
        arguments: The arguments by name.

    Raises:
        MisuseError: naming the argument and what it must be.
    """
    for name, value in arguments.items():
        if not isinstance(value, kind):
            raise MisuseError(f"{name} must be {kind.__name__}, not {type(value).__name__}")
