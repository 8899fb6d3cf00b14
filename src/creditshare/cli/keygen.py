"""``creditshare keygen``: an agency's keys, once."""

from __future__ import annotations

from pathlib import Path

import click

from creditshare.agency import Agency
from creditshare.cli.command import DESCRIPTOR, FILE, Answer, command, shared_option
from creditshare.cli.secrets import new_passphrase
from creditshare.errors import FileError

__all__ = ["register"]


def register(app: click.Group) -> None:
    """Add the command."""

    @command(app, "keygen")
    @click.argument("origin")
    @shared_option("key", type=FILE)
    @click.option(
        "--public", type=FILE, help="The public keys. Default: agency.pub beside the secret ones."
    )
    @click.option("--passphrase", is_flag=True, help="Lock the secret keys under a passphrase.")
    @shared_option("passphrase_fd", type=DESCRIPTOR)
    def keygen(
        origin: str, key: Path, public: Path | None, passphrase: bool, passphrase_fd: int | None
    ) -> Answer:
        """Make fresh keys for the agency ORIGIN.

        The secret keys go to a file of mode 0600, never over one that is there. The public keys go
        to the steward, by a way on which nobody can exchange them; compare the fingerprint.
        """
        agency = Agency.generate(origin)
        public = public or key.with_name("agency.pub")
        if public.exists():
            raise FileError("there is a file of public keys already; it stays")
        if public == key:
            raise FileError("the secret and the public keys are two files")
        locked = passphrase or passphrase_fd is not None
        secret = new_passphrase(passphrase_fd) if locked else None
        try:
            key.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise FileError(f"cannot make the home: {error.strerror}") from None
        agency.save(key, passphrase=secret)
        agency.public.save(public)
        return Answer(
            {
                "origin": origin,
                "fingerprint": agency.public.keys.fingerprint.hex(),
                "secret_keys": str(key),
                "public_keys": str(public),
                "locked": locked,
            }
        )
