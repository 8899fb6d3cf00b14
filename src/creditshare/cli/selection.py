"""Options that say whom or what a command is about, without an identifier among the arguments."""

from __future__ import annotations

from typing import Any

import click

from creditshare.cli.command import choice
from creditshare.identifiers import SCHEMES
from creditshare.layouts import Encoding
from creditshare.model import LISTING_ID_SIZE

__all__ = ["encoding_option", "listing_option", "scheme_option"]


class _ListingId(click.ParamType[bytes]):
    name = "listing"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> bytes:
        if isinstance(value, bytes):
            return value
        try:
            found = bytes.fromhex(value)
        except ValueError:
            found = b""
        if len(found) != LISTING_ID_SIZE:
            # The value is not repeated: somebody may have typed an identity number.
            self.fail(f"must be {2 * LISTING_ID_SIZE} hexadecimal digits", param, ctx)
        return found


listing_option = click.option(
    "--listing", type=_ListingId(), multiple=True, metavar="ID",
    help="A listing's id, which names nobody; may be given again.",
)  # fmt: skip
scheme_option = click.option(
    "--scheme", type=choice(SCHEMES),
    help="The scheme of identifiers whose row does not say.",
)  # fmt: skip
encoding_option = click.option(
    "--encoding", type=choice(Encoding), default=str(Encoding.UTF_8), show_default=True,
    callback=lambda _ctx, _param, value: Encoding(value), help="Of the text that is read.",
)  # fmt: skip
