"""The registry: what a recipient was told, kept current, and never more than that."""

from __future__ import annotations

import datetime as dt

import attrs

from creditshare.arguments import expect
from creditshare.bundle import BundleKind, Checkpoint, Delivery, OpenedBundle
from creditshare.bundle.continuity import Held, check_continuity
from creditshare.bundle.open import check_in_force
from creditshare.clock import day_number, from_unix, last_day_begun, unix
from creditshare.crypto.tree import Frontier
from creditshare.errors import (
    ExpiredError,
    ForkError,
    MalformedError,
    MisuseError,
    SequenceGapError,
)
from creditshare.registry.issuers import IssuerCache
from creditshare.registry.replay import replay_events, replay_records
from creditshare.registry.view import RegistryView
from creditshare.stores.registry import IssuerRow, RegistryStore
from creditshare.tokens import TokenKeyring
from creditshare.wire import frame

__all__ = ["Applied", "Registry"]


@attrs.frozen
class Applied:
    """What applying a bundle changed.

    Attributes:
        checkpoint: The state now held.
        already_held: True if this very state was held before; a full bundle of it still mends what
            the registry lost.
        skipped: How many checkpoints of this issuer were never seen; a full bundle may skip some,
            a delta never.
        live: How many listings of this issuer are live now.
        withdrawn: How many of this issuer's were withdrawn, ever.
    """

    checkpoint: Checkpoint
    already_held: bool
    skipped: int
    live: int
    withdrawn: int


class Registry:
    """A recipient's registry.

    Bundles are applied in sequence, each all or nothing. A withdrawn listing stays withdrawn. What
    contradicts an issuer's earlier signature is refused and both signatures are kept.

    ::

        with RegistryStore("registry.db") as store, open_bundle(...) as bundle:
            Registry(store).apply(bundle, tokens=keyring, at=now)

    Args:
        store: Its database.
    """

    def __init__(self, store: RegistryStore) -> None:
        expect(RegistryStore, store=store)
        self._store = store
        self._issuers = IssuerCache(store)

    def apply(self, bundle: OpenedBundle, *, tokens: TokenKeyring, at: dt.datetime) -> Applied:
        """Apply an opened bundle.

        Args:
            bundle: From `open_bundle`.
            tokens: Must hold the key of the bundle's epoch: under a wrong one a listed person
                would look clear, so the bundle is refused instead.
            at: Now.

        Returns:
            The state now held; `already_held` if nothing changed.

        Raises:
            BundleError: if the bundle does not continue what is held; nothing changes.
            TokenError: if the token key does not fit; nothing changes.
        """
        expect(OpenedBundle, bundle=bundle)
        expect(TokenKeyring, tokens=tokens)
        check_in_force(bundle.checkpoint, at)
        _check_tokens(bundle.checkpoint, tokens, at)
        try:
            with self._store.transaction(forgetting=True):
                return self._apply(bundle, at)
        except ForkError as fork:
            self._keep_fork(bundle, fork, at)
            raise

    def reading(self, at: dt.datetime) -> RegistryView:
        """A view of one moment, for screening; use it as a context manager.

        Args:
            at: Now; listings whose last day has passed are no longer found.
        """
        return RegistryView(self._store, self._issuers, at)

    def checkpoints(self) -> tuple[Checkpoint, ...]:
        """The latest checkpoint of each issuer."""
        return tuple(Checkpoint.from_bytes(row.checkpoint) for row in self._store.issuers())

    def evidence(self) -> tuple[tuple[str, str, dt.datetime, bytes], ...]:
        """What issuers will have to answer for: origin, what, when, and the bytes that show it."""
        return tuple(
            (origin, what, from_unix(noted), body)
            for origin, what, noted, body in self._store.evidence()
        )

    def forget(self, origin: str) -> None:
        """Forget an issuer that is no longer heard: its listings, not its withdrawals.

        Nobody is screened against it any more, and its silence makes nobody *stale*. A full bundle,
        not older than what was held, brings it back.

        Raises:
            MisuseError: if nothing is held of that origin.
        """
        expect(str, origin=origin)
        with self._store.transaction(forgetting=True):
            row = self._store.issuer(origin)
            if row is None or row.forgotten:
                raise MisuseError("nothing is held of that origin")
            self._store.forget(row.id)

    def purge(self, at: dt.datetime) -> int:
        """Delete the records whose last day has passed, and rewrite the database.

        Screening never finds them, and every `apply` deletes them too; call this every night. It
        takes as long as copying the database, for SQLite may leave copies of what is deleted in
        the gaps of its pages.

        Args:
            at: Now.

        Returns:
            How many records were deleted.

        Raises:
            StoreError: if there is no room to rewrite it, or somebody still reads an earlier state
                of it, which its files hold until then; what was deleted stays deleted.
        """
        with self._store.transaction(forgetting=True):
            deleted = self._store.purge(day_number(last_day_begun(at)))
        self._store.compact()
        return deleted

    # -- applying ------------------------------------------------------------------------------

    def _apply(self, bundle: OpenedBundle, at: dt.datetime) -> Applied:
        new, delivery = bundle.checkpoint, bundle.delivery
        row = self._store.issuer(new.origin)
        held = None if row is None else _held(row)
        news = check_continuity(held, new, delivery)
        full = delivery.kind is BundleKind.FULL
        if row is not None and row.forgotten and not full:
            raise SequenceGapError(held=0, needed=delivery.base.sequence)
        if row is not None and not news and not full:
            return self._applied(row.id, new, already_held=True, skipped=0)
        # A full bundle of the state already held is applied all the same: it mends a registry
        # that purged under a clock gone wrong, or forgot the issuer.
        issuer = row.id if row else self._put(bundle, Frontier())
        frontier, passes = _start(row, held, new, delivery)
        if full:
            self._store.begin_full(issuer)
        frontier = replay_events(self._store, issuer, bundle.event_pieces(), frontier, passes)
        if (frontier.size, frontier.root()) != (new.size, new.root):
            raise MalformedError("the events do not lead to the signed root")
        if self._store.live_count(issuer) != new.live:
            raise MalformedError("the events do not leave the signed number of live listings")
        _check_retokened(self._store, issuer, held, new)
        replay_records(self._store, issuer, bundle.records(), delivery.base.size)
        if full and self._store.end_full(issuer):
            raise MalformedError("the log lists again what was withdrawn")
        if news or (row is not None and row.forgotten):
            self._put(bundle, frontier)
        self._store.purge(day_number(last_day_begun(at)))
        same_log = held is not None and held.checkpoint.generation == new.generation
        before = held.checkpoint.sequence if held is not None and same_log else 0
        skipped = new.sequence - before - 1 if news else 0
        return self._applied(issuer, new, already_held=not news, skipped=skipped)

    def _applied(
        self, issuer: int, checkpoint: Checkpoint, *, already_held: bool, skipped: int
    ) -> Applied:
        live, withdrawn = self._store.counts(issuer)
        return Applied(checkpoint, already_held, skipped, live, withdrawn)

    def _put(self, bundle: OpenedBundle, frontier: Frontier) -> int:
        return self._store.put_issuer(
            bundle.checkpoint.origin, _statements(bundle), frontier.to_bytes()
        )

    def _keep_fork(self, bundle: OpenedBundle, fork: ForkError, at: dt.datetime) -> None:
        row = self._store.issuer(bundle.checkpoint.origin)
        held = () if row is None else _signed(row)
        body = b"".join(map(frame, (*held, *_statements(bundle))))
        with self._store.transaction():
            self._store.add_evidence(bundle.checkpoint.origin, f"fork: {fork}", unix(at), body)


def _check_tokens(checkpoint: Checkpoint, tokens: TokenKeyring, at: dt.datetime) -> None:
    source = tokens.for_checkpoint(
        epoch=checkpoint.epoch,
        canonical_form=checkpoint.canonical_form,
        check=checkpoint.token_check,
        at=at,
    )
    if checkpoint.expires > unix(source.epoch.ends):
        raise ExpiredError("the checkpoint claims to outlive its token epoch")


def _statements(bundle: OpenedBundle) -> tuple[bytes, ...]:
    return (
        bundle.checkpoint_body,
        bundle.checkpoint_signature,
        bundle.delivery_body,
        bundle.delivery_signature,
    )


def _signed(row: IssuerRow) -> tuple[bytes, ...]:
    return row.checkpoint, row.signature, row.delivery, row.delivery_signature


def _held(row: IssuerRow) -> Held:
    return Held(Checkpoint.from_bytes(row.checkpoint), Delivery.from_bytes(row.delivery))


def _start(
    row: IssuerRow | None, held: Held | None, new: Checkpoint, delivery: Delivery
) -> tuple[Frontier, tuple[int, bytes] | None]:
    """Where the replay starts, and which size and root it must pass through."""
    if row is None or held is None or held.checkpoint.generation != new.generation:
        return Frontier(), None
    if delivery.kind is BundleKind.DELTA:
        return Frontier.from_bytes(held.checkpoint.size, row.frontier), None
    return Frontier(), (held.checkpoint.size, held.checkpoint.root)


def _check_retokened(store: RegistryStore, issuer: int, held: Held | None, new: Checkpoint) -> None:
    """After a change of epoch every live listing rests on a newer event than before it."""
    if held is None or held.checkpoint.generation != new.generation:
        return
    if held.checkpoint.tokenised_by != new.tokenised_by and store.live_before(
        issuer, held.checkpoint.size
    ):
        raise MalformedError("the token epoch changed, but not for every live listing")
