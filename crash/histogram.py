"""Where the kills fell and how they ended, as text: one character a kill."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from crash.campaign import Campaign, Kill
from crash.checker import Outcome

__all__ = ["histogram"]

_BUCKETS = 10
_MARKS = {Outcome.BEFORE: ".", Outcome.EXPIRED: "-", Outcome.UNSENT: "~", Outcome.AFTER: "+"}


def histogram(campaigns: Iterable[Campaign]) -> Iterator[str]:
    """The lines of a histogram for each operation, and what they add up to."""
    kills: list[Kill] = []
    for campaign in campaigns:
        yield from _lines(campaign)
        yield ""
        kills += campaign.kills
    faults = [kill for kill in kills if kill.fault is not None]
    yield ". the interrupted step never happened      + it had happened, nobody was told"
    yield "- what was over is withdrawn, nothing is sealed yet"
    yield "~ the ledger remembers the seal, the file was not there yet    X fault"
    yield ""
    yield f"{len(kills)} kills, {len(faults)} faults"
    yield from (f"  {kill.fault}" for kill in faults)


def _lines(campaign: Campaign) -> Iterator[str]:
    kills = campaign.kills
    found = [kill.verdict for kill in kills if kill.verdict is not None]
    logs = sum(verdict.unfinished_log for verdict in found)
    temporary = sum(verdict.temporary for verdict in found)
    yield (
        f"{campaign.operation}: {len(kills)} kills in the {campaign.window * 1000:.0f} ms between"
        f" first and last write ({campaign.late} too late, repeated)"
    )
    yield f"  left behind: {logs} unfinished write-ahead logs, {temporary} temporary files"
    for bucket in range(_BUCKETS):
        here = [kill for kill in kills if int(kill.position * _BUCKETS) == bucket]
        marks = "".join(
            sorted(_MARKS[kill.verdict.outcome] if kill.verdict else "X" for kill in here)
        )
        acknowledged = [kill.acknowledged for kill in here]
        steps = f"{min(acknowledged)}-{max(acknowledged)} of {campaign.steps} steps" if here else ""
        range_ = f"{bucket * 100 // _BUCKETS:3}-{(bucket + 1) * 100 // _BUCKETS:3} %"
        yield f"  {range_}  {len(here):3}  {marks:24} {steps}".rstrip()
