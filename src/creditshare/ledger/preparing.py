"""Cases before they are listed: prepared, notice served, represented, decided. Nobody is told.

::

    ledger.prepare(draft, rulebook=book, on=today, at=now)
    ledger.serve(draft.id, notice, at=now)
    ledger.represent(draft.id, on=day, text=letter, at=now)
    ledger.decide(draft.id, decision, at=now)
    ledger.record(book.review([ledger.draft(draft.id)], ...).cleared, ...)
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence

import attrs

from creditshare.arguments import expect
from creditshare.clock import day_number, day_of, last_day_begun
from creditshare.codec import decode_draft, encode_draft
from creditshare.errors import MisuseError, NotListedError
from creditshare.ledger.base import LedgerBase
from creditshare.ledger.expiry import case_end
from creditshare.life import Event, Life
from creditshare.life.amending import is_another
from creditshare.model import Decision, Listing, Notice, Step
from creditshare.rules import ClearedListing, Rulebook

__all__ = ["Preparing"]


class Preparing(LedgerBase):
    """The part of a `Ledger` that prepares cases."""

    def prepare(
        self,
        draft: Listing,
        *,
        rulebook: Rulebook,
        on: dt.date,
        since: dt.date | None = None,
        at: dt.datetime,
    ) -> Life:
        """Begin a case. It stays private, and is forgotten when it is dropped or grows too old.

        Its last day is a year from now; once a notice was served, that on which it is still fresh.

        Args:
            draft: What is known of it; `put_draft` replaces it while more becomes known.
            rulebook: Whose terms run.
            on: The day on which it begins.
            since: From when the decision's term runs; by default the day on which the debt was
                classed as non-performing, as the draft says by then, or else `on`.
            at: Now.

        Returns:
            Its life.

        Raises:
            MisuseError: if a case or listing of that id is known; if that debt of this borrower is
                prepared, or was ever listed; or if the day has not come.
        """
        expect(Listing, draft=draft)
        expect(Rulebook, rulebook=rulebook)
        event = Event(Step.PREPARED, on, since=since)
        with self._stepping(at, on):
            if self._store.listing(draft.id) or self._store.life(draft.id):
                raise MisuseError("a case of that id is known")
            self._check_kept([rulebook])
            life = Life(rulebook, draft).then(event)
            number = self._store.rulebook(rulebook.name, rulebook.to_json())
            last_day, _ = case_end(life, began=day_of(at))
            self._store.add_prepared(draft.id, number, day_number(last_day))
            self._put(draft)
            self._note(draft.id, event, at=at)
        return life

    def draft(self, listing_id: bytes) -> Listing:
        """The draft of a prepared case, as it stands: what the review takes.

        Raises:
            NotListedError: if there is no such case.
        """
        expect(bytes, listing_id=listing_id)
        held = self._store.prepared(listing_id)
        if held is None:
            raise NotListedError("no case with that id is prepared")
        return decode_draft(held[1], listing_id)

    def fresh(self, drafts: Sequence[Listing]) -> tuple[Listing, ...]:
        """Those of some drafts whose debt is neither prepared yet nor was ever listed.

        Args:
            drafts: Such as the rows of a report; of two that are one case the first is fresh.
        """
        expect(Sequence, drafts=drafts)
        for draft in drafts:
            expect(Listing, drafts=draft)
        with self._store.snapshot():
            both = zip(drafts, self._cases.prepared(drafts), strict=True)
            known = set(self.drafts())
            free = [draft for draft, ids in both if not ids and draft.id not in known]
            fresh = self._cases.fresh([(draft, self._cases.of_listing(draft)) for draft in free])
        return tuple(itertools.compress(free, fresh))

    def drafts(self) -> tuple[bytes, ...]:
        """The ids of the cases that are prepared."""
        return tuple(self._store.all_prepared())

    def put_draft(self, draft: Listing) -> None:
        """Replace the draft of a prepared case: evidence was found, an amount corrected.

        Once the notice was served, it stays about whom and what the notice told of: the borrower,
        the creditor and the day of the default, the conduct and its begin; and it does not grow
        graver or larger.

        Raises:
            NotListedError: if there is no such case.
            MisuseError: if notice or decision differ: `serve` and `decide` tell those; if a case
                whose notice was served would be about something else; or if it would be about a
                debt that is another case's, or was ever listed.
        """
        expect(Listing, draft=draft)
        with self._store.transaction(forgetting=True):
            held = self.draft(draft.id)
            if (held.notice, held.decision) != (draft.notice, draft.decision):
                raise MisuseError("a notice is served and a decision taken, each on its day")
            _check_noticed(held, draft)
            self._put(draft)

    def serve(self, listing_id: bytes, notice: Notice, *, at: dt.datetime) -> Life:
        """Note that the notice reached the person.

        Args:
            listing_id: Which case.
            notice: What was served, when and how.
            at: Now.

        Raises:
            NotListedError: if there is no such case.
            IllegalMoveError: if it was decided already.
            MisuseError: if the day of service has not come; or is so long ago that nobody can be
                listed by that notice any more.
        """
        expect(Notice, notice=notice)
        event = Event(Step.NOTICE_SERVED, notice.served)
        return self._prepared_step(listing_id, event, {"notice": notice}, at)

    def represent(self, listing_id: bytes, *, on: dt.date, text: str, at: dt.datetime) -> Life:
        """Note what the person answered to the notice. What was decided before is decided anew.

        Args:
            listing_id: Which case.
            on: The day on which it came in.
            text: What the person says; it stays on the ledger until the listing ends.
            at: Now.

        Raises:
            NotListedError: if there is no such case.
            IllegalMoveError: if no notice was served.
            MisuseError: if the day has not come.
        """
        event = Event(Step.REPRESENTED, on, words=text)
        return self._prepared_step(listing_id, event, {"decision": None}, at)

    def decide(self, listing_id: bytes, decision: Decision, *, at: dt.datetime) -> Life:
        """Note the reasoned decision to list.

        Args:
            listing_id: Which case.
            decision: What was decided, when and why.
            at: Now.

        Raises:
            NotListedError: if there is no such case.
            IllegalMoveError: if no notice was served, or the person's time to answer runs.
            MisuseError: if the day of the decision has not come.
        """
        expect(Decision, decision=decision)
        event = Event(Step.DECIDED, decision.on, words=decision.reasons)
        return self._prepared_step(listing_id, event, {"decision": decision}, at)

    def drop(self, listing_id: bytes) -> None:
        """Give a prepared case up: what it said is forgotten, on which days it moved is not.

        Raises:
            NotListedError: if there is no such case.
        """
        with self._store.transaction(forgetting=True):
            self.draft(listing_id)
            self._forget_case(listing_id)

    def _prepared_step(
        self, listing_id: bytes, event: Event, changes: dict[str, object], at: dt.datetime
    ) -> Life:
        with self._stepping(at, event.on, forgetting=True):
            draft = self.draft(listing_id)
            life = self.life(listing_id).then(event)
            last_day, _ = case_end(life, began=event.on)
            if last_day < last_day_begun(at):
                raise MisuseError("that notice is too old to list anybody by it")
            self._store.end_prepared(listing_id, day_number(last_day))
            draft = attrs.evolve(draft, **changes)  # type: ignore[arg-type]
            self._put(draft)
            self._note(listing_id, event, at=at)
        return life.about(draft)

    def _put(self, draft: Listing) -> None:
        cases = self._cases.of_listing(draft)
        if self._cases.noted(cases):
            raise MisuseError("that debt of this borrower was listed before")
        others = self._cases.prepared([draft])[0] - {draft.id}
        if others or not self._store.put_draft(draft.id, encode_draft(draft), cases):
            raise MisuseError("that debt of this borrower is prepared as another case")

    def _take_over(self, recorded: Sequence[ClearedListing], at: dt.datetime) -> None:
        """Let prepared cases go on as the listings that were recorded of them.

        Raises:
            IllegalMoveError: if a case is not decided yet.
            MisuseError: if it was recorded with another notice or decision than its own, or about
                something else than its notice.
        """
        today = day_of(at)
        for item in recorded:
            listing = item.listing
            if self._store.prepared(listing.id) is None:
                continue
            life = self.life(listing.id)
            life.about(listing).then(Event(Step.LISTED, today))
            if (life.listing.notice, life.listing.decision) != (listing.notice, listing.decision):
                raise MisuseError("a prepared case was recorded with another notice or decision")
            _check_noticed(life.listing, listing)
            self._note(listing.id, Event(Step.LISTED, today), at=at)
            self._store.drop_prepared(listing.id)


def _check_noticed(held: Listing, newer: Listing) -> None:
    """Refuse to turn a notice that was served into one about somebody or something else, or more.

    What an amendment could not tell without a notice of its own, no case may tell either.
    """
    if held.notice is None:
        return
    if _subject(held) != _subject(newer) or is_another(held, newer, correcting=False):
        raise MisuseError("the notice was about another, or less: drop the case, prepare a new one")


def _subject(draft: Listing) -> tuple[object, ...]:
    """Whom and what a notice is about."""
    owed, conduct = draft.obligation, draft.conduct
    done = None if conduct is None else (conduct.code, conduct.start)
    return draft.borrower, owed.creditor, owed.default_date, done
