"""The recipient's book: what this agency applied and lifted, and what it says of that."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

import attrs

from creditshare.agency import Agency
from creditshare.arguments import expect, expect_day
from creditshare.bundle import Checkpoint
from creditshare.clock import (
    day_number,
    day_of,
    from_day_number,
    last_day_begun,
    unix,
)
from creditshare.errors import MisuseError, NothingNewError, NotListedError, RosterError
from creditshare.feedback.execution import Action, Execution, from_row, to_row
from creditshare.feedback.held import Held, held_listing
from creditshare.feedback.pause import Pause
from creditshare.feedback.seal import prepare_feedback
from creditshare.feedback.speaker import speaker_of
from creditshare.files import PathLike
from creditshare.model import ListingStatus
from creditshare.roster import Roster
from creditshare.rules import Measure, MeasureCatalogue
from creditshare.rules.lifting import lifted_by
from creditshare.screening import Match
from creditshare.stores.feedback import ExecutionRow, FeedbackRow
from creditshare.stores.registry import RegistryStore

__all__ = ["ExecutionBook", "SealedFeedback", "ToLift", "ToPause"]


@attrs.frozen
class ToLift:
    """A measure that is applied on a listing that has ended.

    Attributes:
        execution: That it was applied.
        ended: The listing's end: the day of its withdrawal, or its last day.
        due: By which day it must be lifted; later than the end only where the measure's own rule
            says that it outlasts the listing, and never if the listing was void; or where it was
            applied after a day of the end that was told later.
        void: Whether its issuer said that the listing should never have been.
    """

    execution: Execution
    ended: dt.date
    due: dt.date
    void: bool = False


@attrs.frozen
class ToPause:
    """A measure that is applied on a listing on which nothing may rest now.

    Attributes:
        execution: That it was applied.
        why: SUSPENDED, also by a dispute that nobody answered, EXEMPTED, or STALE.
        until: The last day on which nothing may rest on it; None if only the issuer ends that.
    """

    execution: Execution
    why: Pause
    until: dt.date | None


@attrs.frozen
class SealedFeedback:
    """What a feedback file says, and to whom.

    Attributes:
        origin: Whose log it is about.
        recipient: Who speaks for that log, and can open the file.
        number: Its number among this agency's for that log.
        applied: How many measures it tells of as applied now.
        lifted: How many as lifted.
    """

    origin: str
    recipient: str
    number: int
    applied: int
    lifted: int


class ExecutionBook:
    """What an agency did because of listings; it stands in the registry's database.

    Nothing in it is ever changed or erased: listing ids are random, and name nobody.

    ::

        book = ExecutionBook(store)
        book.record_applied(match, *match.measures, on=today, at=now)
        ...
        for item in book.due_to_lift(catalogue, at=now):
            ...  # lift it, then:
            book.record_lifted(item.execution, on=today, at=now)
        book.seal("feedback.csf", origin="bank-a", by=agency, roster=roster, at=now)

    Args:
        store: The registry's database.
    """

    def __init__(self, store: RegistryStore) -> None:
        expect(RegistryStore, store=store)
        self._store = store

    # -- recording -----------------------------------------------------------------------------

    def record_applied(
        self,
        match: Match,
        *measures: Measure,
        on: dt.date,
        at: dt.datetime,
        reference: str = "",
    ) -> tuple[Execution, ...]:
        """Record that measures were applied on a listing, all or none.

        Args:
            match: What screening answered; only what it permits can be recorded.
            measures: Which of the match's measures.
            on: The day on which they were applied.
            at: Now.
            reference: Under which authority or file.

        Returns:
            What was recorded. A measure that is applied already is left as it is; if the listing
            was amended since, it is recorded with its old day that it was found permitted anew.

        Raises:
            MisuseError: if the match does not permit a measure; the listing was amended since the
                screening, is disputed, suspended or exempted by now, or its issuer's word has
                expired; or the day has not come, or lies before what was recorded last.
            NotListedError: if the listing is no longer live here.
            InvalidValueError: for a reference that cannot be one.
        """
        new = _executions(match, measures, on, reference)
        with self._store.transaction():
            return self._record(self._applicable(match, new, at), at, match.wording)

    def record_each(
        self,
        wanted: Iterable[tuple[Match, Sequence[Measure]]],
        *,
        on: dt.date,
        at: dt.datetime,
        reference: str = "",
    ) -> tuple[tuple[Execution, ...] | MisuseError | NotListedError, ...]:
        """Record measures on many listings at once, in one transaction, each by itself.

        Args:
            wanted: What screening answered, each with those of its measures that were applied.
            on: The day on which they were applied.
            at: Now.
            reference: Under which authority or file.

        Returns:
            For each what was recorded, or why nothing was; the rest is recorded all the same.

        Raises:
            MisuseError: if the day has not come.
            InvalidValueError: for a reference that cannot be one.
        """
        expect(Iterable, wanted=wanted)
        expect_day(on=on)
        pairs = tuple(wanted)
        if not all(isinstance(pair, tuple) and len(pair) == 2 for pair in pairs):
            raise MisuseError("wanted must be pairs: a match, and measures of it")
        if on > last_day_begun(at):
            raise MisuseError("that day has not come")
        done: list[tuple[Execution, ...] | MisuseError | NotListedError] = []
        with self._store.transaction():
            for match, measures in pairs:
                try:
                    new = _executions(match, measures, on, reference)
                    done.append(self._record(self._applicable(match, new, at), at, match.wording))
                except (MisuseError, NotListedError) as error:
                    done.append(error)
        return tuple(done)

    def record_lifted(
        self, *applied: Execution, on: dt.date, at: dt.datetime, reference: str = ""
    ) -> tuple[Execution, ...]:
        """Record that measures were lifted, all or none.

        Args:
            applied: What was applied: from `executions` or `due_to_lift`.
            on: The day on which it was lifted.
            at: Now.
            reference: Under which authority or file.

        Returns:
            What was recorded.

        Raises:
            MisuseError: if one is not applied, or the day has not come or lies before that on which
                it was applied.
            InvalidValueError: for a reference that cannot be one.
        """
        for item in applied:
            expect(Execution, applied=item)
        lifted = (
            attrs.evolve(item, action=Action.LIFTED, on=on, reference=reference) for item in applied
        )
        new = list(dict.fromkeys(lifted))
        with self._store.transaction():
            if not all(map(self._applied, new)):
                raise MisuseError("what is to be lifted is not applied")
            return self._record(new, at)

    def executions(self, origin: str, listing_id: bytes | None = None) -> tuple[Execution, ...]:
        """The latest action of each measure on each listing of a log.

        Args:
            origin: Whose log.
            listing_id: Of this listing alone; None for all.
        """
        expect(str, origin=origin)
        if listing_id is None:
            return tuple(from_row(row, origin) for row in self._store.executions_by(origin))
        expect(bytes, listing_id=listing_id)
        rows = self._store.executions_on(listing_id)
        return tuple(from_row(row, origin) for row in rows if row.party == origin)

    def applied_on(self, listing_id: bytes) -> tuple[Execution, ...]:
        """What is applied on a listing, and not lifted; of several origins, if ids are equal.

        Args:
            listing_id: Which listing, live or not.
        """
        expect(bytes, listing_id=listing_id)
        rows = self._store.executions_on(listing_id)
        return tuple(from_row(row, row.party) for row in rows if row.action == Action.APPLIED)

    def due_to_lift(self, catalogue: MeasureCatalogue, *, at: dt.datetime) -> tuple[ToLift, ...]:
        """What is applied on listings that have ended here, the most urgent first.

        A listing has ended when it was withdrawn, its last day has passed, or it is gone with an
        issuer that was forgotten or began its log anew without it; of the last it is taken to have
        ended when that issuer last signed.

        Args:
            catalogue: Says which measures outlast their listing.
            at: Now.
        """
        expect(MeasureCatalogue, catalogue=catalogue)
        found = []
        with self._store.snapshot():
            for row, end, void in self._store.applied_past_end(day_number(last_day_begun(at))):
                ended = self._last_signed(row) if end is None else from_day_number(end)
                execution = from_row(row, row.party)
                due = lifted_by(execution.measure, execution.on, ended, catalogue, void=void)
                found.append(ToLift(execution, ended, due, void=void))
        return tuple(sorted(found, key=lambda item: (item.due, item.execution.listing_id)))

    def due_to_pause(self, *, at: dt.datetime) -> tuple[ToPause, ...]:
        """What is applied on live listings on which nothing may rest now.

        A listing is suspended or exempted, or its issuer's word has expired.

        Args:
            at: Now.
        """
        return tuple(
            ToPause(from_row(row, row.party), *held.pause)
            for row, held in self._applied_on_live(at)
            if held.pause is not None
        )

    def due_to_screen(self, *, at: dt.datetime) -> tuple[Execution, ...]:
        """What is applied on live listings that were amended since: screen their borrowers again.

        Only a new match tells whether a listing still carries a measure. Record it as applied by
        that match, or as lifted. What is to be paused is not repeated here. A log that began anew
        tells every listing anew, so what rests on them is due too.

        Args:
            at: Now.
        """
        return tuple(
            from_row(row, row.party)
            for row, held in self._applied_on_live(at)
            if held.pause is None and row.wording != held.wording
        )

    # -- telling it ----------------------------------------------------------------------------

    def seal(
        self,
        path: PathLike,
        *,
        origin: str,
        by: Agency,
        roster: Roster,
        at: dt.datetime,
        after: int = 0,
    ) -> SealedFeedback:
        """Seal all that this agency did on the listings of one log, for whoever speaks for it.

        Each feedback stands for all before it. Its number is committed before the file appears:
        after a crash in between, seal again.

        Args:
            path: The file to write.
            origin: Whose log.
            by: This agency.
            roster: Says who speaks for the log.
            at: Now.
            after: The last number that the recipient holds, if this database was restored from a
                backup and gives out numbers a second time.

        Returns:
            What the file says, and to whom.

        Raises:
            NothingNewError: if nothing was ever applied on that log.
            MisuseError: if the last feedback was signed later than now, or it is too large.
            RosterError: if the roster is not in force, does not know this agency by these keys, or
                knows nobody who speaks for the log.
            FileError: if the file cannot be written.
        """
        expect(Agency, by=by)
        expect(Roster, roster=roster)
        expect(int, after=after)
        roster.check_current(at)
        if roster.agency(by.origin) != by.public:
            raise RosterError("the roster holds other keys of this agency")
        to = speaker_of(origin, roster=roster, at=at)
        with self._store.transaction():
            state = self.executions(origin)
            if not state:
                raise NothingNewError("nothing was ever applied on the listings of that log")
            last = self._store.last_feedback(origin)
            if last is not None and unix(at) < last.issued:
                raise MisuseError("the last feedback was signed later than now")
            number = max(after, last.number if last else 0) + 1
            prepared = prepare_feedback(
                state, origin=origin, number=number, issued=unix(at), by=by, to=to
            )
            self._store.put_feedback(
                origin, FeedbackRow(number, unix(at), prepared.body, prepared.signature)
            )
        prepared.write(path)
        applied = sum(item.action is Action.APPLIED for item in state)
        return SealedFeedback(origin, to.origin, number, applied, len(state) - applied)

    # -- parts ---------------------------------------------------------------------------------

    def _applicable(
        self, match: Match, new: Iterable[Execution], at: dt.datetime
    ) -> list[Execution]:
        """What is to be recorded of a match: what is new, and what an amendment left permitted."""
        held = held_listing(self._store, match.origin, match.listing_id, at)
        if held is None:
            raise NotListedError("this registry holds no live listing with that id")
        if held.pause is not None:
            raise MisuseError(f"no measure may rest on the listing now: it is {held.pause[0]}")
        if match.wording != held.wording:
            raise MisuseError("the listing was amended since the screening: screen again")
        fresh, again = [], []
        for item in new:
            row = self._latest(item)
            if row is None or row.action != Action.APPLIED:
                fresh.append(item)
            elif row.wording != match.wording:
                again.append(from_row(row, row.party))
        if fresh and held.marks.status is ListingStatus.DISPUTED:
            raise MisuseError("the listing is disputed: nothing new is applied on it")
        return [*fresh, *again]

    def _applied_on_live(self, at: dt.datetime) -> Iterator[tuple[ExecutionRow, Held]]:
        """What is applied on live listings, with where each stands."""
        with self._store.snapshot():
            applied = [row for row in self._store.executions() if row.action == Action.APPLIED]
            listings = {
                listing: held_listing(self._store, *listing, at)
                for listing in {(row.party, row.listing) for row in applied}
            }
        for row in applied:
            held = listings[row.party, row.listing]
            if held is not None:
                yield row, held

    def _latest(self, item: Execution) -> ExecutionRow | None:
        rows = self._store.executions_on(item.listing_id)
        same = (row for row in rows if (row.party, row.measure) == (item.origin, item.measure))
        return next(same, None)

    def _applied(self, item: Execution) -> bool:
        latest = self._latest(item)
        return latest is not None and latest.action == Action.APPLIED

    def _record(
        self, new: list[Execution], at: dt.datetime, wording: bytes | None = None
    ) -> tuple[Execution, ...]:
        for item in new:
            latest = self._latest(item)
            if item.on > last_day_begun(at):
                raise MisuseError("that day has not come")
            if latest is not None and day_number(item.on) < latest.day:
                raise MisuseError("that day lies before what was recorded last")
        self._store.add_executions(
            attrs.evolve(to_row(item, item.origin), wording=wording) for item in new
        )
        return tuple(new)

    def _last_signed(self, row: ExecutionRow) -> dt.date:
        issuer = self._store.issuer(row.party)
        if issuer is None:
            return from_day_number(row.day)
        return day_of(Checkpoint.from_bytes(issuer.checkpoint).issued_at)


def _executions(
    match: Match, measures: Iterable[Measure], on: dt.date, reference: str
) -> list[Execution]:
    """That measures are applied because of a match.

    Raises:
        MisuseError: if it does not permit one.
    """
    expect(Match, match=match)
    expect(Iterable, measures=measures)
    for measure in measures:
        expect(Measure, measure=measure)
        if measure not in match.measures:
            raise MisuseError("the listing does not permit that measure to this agency")
    return [
        Execution(match.origin, match.listing_id, measure.code, Action.APPLIED, on, reference)
        for measure in dict.fromkeys(measures)
    ]
