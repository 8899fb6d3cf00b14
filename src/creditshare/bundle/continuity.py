"""Whether a checkpoint continues the one a registry holds. State in, verdict out, no IO.

- a higher generation (the roster's word) begins anew, with a full bundle
- a lower generation or sequence, or an earlier `issued`, is a rollback
- the same sequence must be the same checkpoint, delivering the same sections
- the next sequence must name the held checkpoint as its previous
- a log never shrinks; of the same size it has the same root
- a delta starts from exactly the held checkpoint, and keeps its token epoch
- a full bundle's log must pass through the held root at the held size; that is compared while its
  events are read
"""

from __future__ import annotations

import attrs

from creditshare.bundle.statement import BundleKind, Checkpoint, Delivery
from creditshare.errors import ForkError, MalformedError, RollbackError, SequenceGapError

__all__ = ["Held", "check_continuity"]


@attrs.frozen
class Held:
    """What a registry holds of one issuer.

    Attributes:
        checkpoint: The latest applied.
        delivery: The delivery by which it came.
    """

    checkpoint: Checkpoint
    delivery: Delivery


def check_continuity(held: Held | None, new: Checkpoint, delivery: Delivery) -> bool:
    """Decide whether to apply.

    Returns:
        True to apply; False if this very state is held already.

    Raises:
        SequenceGapError: if a delta starts from a state not held yet.
        RollbackError: if it is older than what is held.
        ForkError: if it contradicts what is held.
    """
    if held is None or new.generation > held.checkpoint.generation:
        if delivery.kind is not BundleKind.FULL:
            raise SequenceGapError(held=0, needed=delivery.base.sequence)
        return True
    old = held.checkpoint
    if new.generation < old.generation or new.sequence < old.sequence:
        raise RollbackError("the bundle is older than what the registry holds")
    if new.sequence == old.sequence:
        return _check_same(held, new, delivery)
    if new.issued < old.issued:
        raise RollbackError("the checkpoint is dated before the one held")
    if new.size < old.size or (new.size == old.size and new.root != old.root):
        raise ForkError("the log shrank, or has another past of the same length")
    if new.sequence == old.sequence + 1 and new.previous != old.digest:
        raise ForkError("the checkpoint follows another one than the registry holds")
    if delivery.kind is BundleKind.DELTA:
        _check_base(old, new, delivery)
    return True


def _check_same(held: Held, new: Checkpoint, delivery: Delivery) -> bool:
    if new.digest != held.checkpoint.digest:
        raise ForkError("two checkpoints with one sequence number")
    before = held.delivery
    same_part = (before.kind, before.base) == (delivery.kind, delivery.base)
    same_sections = (before.events, before.records) == (delivery.events, delivery.records)
    if same_part and not same_sections:
        raise ForkError("one checkpoint was delivered with different sections")
    return False


def _check_base(old: Checkpoint, new: Checkpoint, delivery: Delivery) -> None:
    base = delivery.base
    if base.sequence > old.sequence:
        raise SequenceGapError(held=old.sequence, needed=base.sequence)
    if base.sequence < old.sequence:
        raise RollbackError(
            f"the delta starts from checkpoint {base.sequence}, before the {old.sequence} held; "
            "ask for one from there, or a full bundle"
        )
    if base.digest != old.digest:
        raise ForkError("the delta starts from another checkpoint of the same number")
    if old.tokenised_by != new.tokenised_by:
        raise MalformedError("a change of token key or canonical form needs a full bundle")
    if base.size != old.size:
        raise MalformedError("the delta's base has another size than its checkpoint")
