"""What a ledger signs and sends: its checkpoint, and the bundle that delivers it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from creditshare.agency import Agency, PublicAgency
from creditshare.bundle import LIFETIME_MAX, Base, BundleKind, Checkpoint
from creditshare.bundle.seal import PreparedBundle, prepare_bundle
from creditshare.bundle.statement import CHECKPOINT_KIND, NO_BASE
from creditshare.clock import unix
from creditshare.crypto.signing import sign, verify
from creditshare.crypto.suite import DIGEST_SIZE
from creditshare.crypto.tree import Frontier
from creditshare.errors import ExpiredEpochError, MisuseError, NothingNewError, SignatureError
from creditshare.identifiers import CANONICAL_FORM_VERSION
from creditshare.ledger.log import read_events
from creditshare.stores.ledger import LedgerMeta, LedgerStore

__all__ = ["current_checkpoint", "prepare"]


def current_checkpoint(
    store: LedgerStore, meta: LedgerMeta, *, by: Agency, at: dt.datetime, valid_for: dt.timedelta
) -> tuple[Checkpoint, bytes]:
    """The checkpoint of the ledger's state, signed now unless one still speaks.

    A state that was signed already and has lived less than half its time keeps its checkpoint, so
    that recipients served one by one hold the same.

    Returns:
        The checkpoint and its signature.

    Raises:
        MisuseError: if nothing was recorded, the lifetime is not allowed, or time ran backwards.
        ExpiredEpochError: if the token epoch is over; a checkpoint never outlives it.
    """
    if not dt.timedelta(seconds=1) <= valid_for <= LIFETIME_MAX:
        raise MisuseError(f"a checkpoint vouches for a second to {LIFETIME_MAX.days} days")
    if meta.epoch is None or meta.token_check is None or meta.epoch_ends is None:
        raise MisuseError("nothing was recorded on this ledger yet")
    if unix(at) >= meta.epoch_ends:
        raise ExpiredEpochError(f"token epoch {meta.epoch} is over; re-tokenise the ledger")
    held = store.checkpoint()
    last = None if held is None else Checkpoint.from_bytes(held[0])
    if held is not None and last is not None:
        if unix(at) < last.issued:
            raise MisuseError("the last checkpoint was signed later than now")
        short_enough = last.expires <= unix(at + valid_for)
        if short_enough and _still_speaks(last, meta, by, at) and _signed_by(by, *held):
            return last, held[1]
    checkpoint = Checkpoint(
        origin=meta.origin,
        issuer=by.origin,
        generation=meta.generation,
        sequence=1 if last is None else last.sequence + 1,
        size=meta.size,
        root=Frontier.from_bytes(meta.size, meta.frontier).root(),
        live=store.live_count(),
        epoch=meta.epoch,
        canonical_form=CANONICAL_FORM_VERSION,
        token_check=meta.token_check,
        previous=bytes(DIGEST_SIZE) if last is None else last.digest,
        issued=unix(at),
        expires=min(unix(at + valid_for), meta.epoch_ends),
    )
    body = checkpoint.to_bytes()
    signature = sign(CHECKPOINT_KIND, body, by.keys)
    store.add_checkpoint(checkpoint.sequence, body, signature)
    return checkpoint, signature


def prepare(
    store: LedgerStore,
    checkpoint: Checkpoint,
    signature: bytes,
    *,
    since: int | None,
    by: Agency,
    to: Sequence[PublicAgency],
) -> PreparedBundle:
    """Lay out the bundle that delivers a checkpoint.

    Raises:
        MisuseError: if `since` is no checkpoint of this ledger, or of another token epoch.
    """
    base = NO_BASE if since is None else _base(store, since, checkpoint)
    return prepare_bundle(
        checkpoint,
        signature,
        base=base,
        kind=BundleKind.FULL if since is None else BundleKind.DELTA,
        events=read_events(store, base.size, checkpoint.size),
        records=store.records(base.size, checkpoint.size),
        by=by,
        to=to,
    )


def _base(store: LedgerStore, since: int, new: Checkpoint) -> Base:
    held = store.checkpoint(since)
    if held is None:
        raise MisuseError("no checkpoint with that sequence number was signed")
    base = Checkpoint.from_bytes(held[0])
    if base.epoch != new.epoch:
        raise MisuseError("the token epoch changed since then: seal a full bundle")
    if base.sequence == new.sequence:
        raise NothingNewError("nothing was said since then")
    return Base(base.sequence, base.size, base.digest)


def _signed_by(by: Agency, body: bytes, signature: bytes) -> bool:
    """Whether the signer's keys are still those of an earlier signature."""
    try:
        verify(CHECKPOINT_KIND, body, signature, by.keys.public)
    except SignatureError:
        return False
    return True


def _still_speaks(last: Checkpoint, meta: LedgerMeta, by: Agency, at: dt.datetime) -> bool:
    young = unix(at) - last.issued < last.expires - unix(at)
    same = (last.size, last.epoch, last.issuer) == (meta.size, meta.epoch, by.origin)
    return young and same
