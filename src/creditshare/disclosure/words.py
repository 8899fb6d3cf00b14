"""Values in words: what each field of a listing is called and how it is written."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Iterator, Mapping

from creditshare.bundle import Event
from creditshare.bundle.event import DAY_MAX
from creditshare.clock import from_day_number
from creditshare.disclosure.language import Language
from creditshare.disclosure.texts import Texts
from creditshare.errors import RulebookError
from creditshare.feedback import Execution
from creditshare.ledger import Delivered
from creditshare.life import Deadline
from creditshare.life import Event as StepEvent
from creditshare.model import Evidence, Listing, Money, Step
from creditshare.model.currency import in_units
from creditshare.rules import Citation, Measure, Source, TermKind, conducts, measures, rulebook

__all__ = [
    "bundle_words",
    "citation_words",
    "conduct_words",
    "day_words",
    "event_day",
    "event_words",
    "execution_words",
    "ground_words",
    "instant_words",
    "listing_words",
    "measure_words",
    "money_words",
    "rulebook_words",
    "step_words",
    "when_words",
]

_UNSTATED = "unstated"
"""What a citation says where its source did not tell."""


def listing_words(listing: Listing, t: Texts) -> Iterator[tuple[str, str]]:
    """Every field of a listing as recipients get it, by its name."""
    for name, value in _fields(listing, t):
        if value is not None:
            yield t(f"field.{name}"), _shown(value, t)
    for number, item in enumerate(listing.evidence, 1):
        yield t("field.evidence", number=number), _evidence_words(item, t)
    for fact in listing.particulars:
        kind, consent = t(f"particular.{fact.kind}"), fact.consent or t("word.none")
        told = t("field.particular_is", text=fact.text, consent=_shown(consent, t))
        yield t("field.particular", kind=kind), told
    if listing.statement is not None:
        day = day_words(listing.statement.on, t)
        yield t("field.statement", day=day), listing.statement.text


def _shown(value: object, t: Texts) -> str:
    return day_words(value, t) if isinstance(value, dt.date) else str(value)


def _fields(listing: Listing, t: Texts) -> Iterator[tuple[str, object]]:
    borrower, owed = listing.borrower, listing.obligation
    missing = t("word.not_stated")
    yield "holder", t(f"holder.{borrower.holder}")
    yield "name", borrower.name or missing
    yield "birth_date", borrower.birth_date or missing
    yield "role", t(f"borrower.{borrower.role}")
    if (conduct := listing.conduct) is not None:
        yield "conduct", conduct_words(listing, t)
        yield "start", conduct.start
        yield "end", conduct.end or t("word.open")
    yield "severity", t(f"severity.{listing.severity}")
    yield "circumstances", _several("circumstance", listing.circumstances, t)
    yield "creditor", owed.creditor
    yield "principal", money_words(owed.principal, t)
    yield "outstanding", money_words(owed.outstanding, t)
    yield "default_date", owed.default_date or missing
    yield "non_performing", owed.non_performing
    yield "settled", owed.settled
    rate = owed.annual_rate
    yield "annual_rate", missing if rate is None else f"{(rate * 100).normalize():f} %"
    yield from _grounds(listing, t)


def _grounds(listing: Listing, t: Texts) -> Iterator[tuple[str, object]]:
    if (basis := listing.basis) is not None:
        yield "basis_kind", t(f"basis.{basis.kind}")
        yield "instrument", basis.instrument
        yield "article", basis.article
        yield "version", basis.version
        yield "parties", basis.parties and basis.parties.as_of
        yield "register_until", basis.register_until
    if (notice := listing.notice) is not None:
        yield "served", notice.served
        yield "method", t(f"service.{notice.method}")
        yield "remedy", notice.remedy
    if (decision := listing.decision) is not None:
        yield "proposed", decision.proposed
        yield "heard", decision.heard
        yield "decided", decision.on
        yield "decided_by", decision.by
        yield "reasons_given", decision.reasons
        yield "decision_ends", decision.ends
    yield "measures", t.join(_measure_named(code, t) for code in listing.measures) or None
    yield "rulebook", rulebook_words(listing.cleared_by, t) or None


def _several(table: str, codes: Iterable[str], t: Texts) -> str | None:
    return t.join(t(f"{table}.{code}") for code in codes) or None


def _evidence_words(item: Evidence, t: Texts) -> str:
    return t(
        "field.evidence_is",
        description=item.description,
        proves=_several("proves", item.proves, t),
        disclosed=_shown(item.disclosed or t("word.not_stated"), t),
        digest=item.digest.hex(),
    )


def conduct_words(listing: Listing, t: Texts) -> str:
    """The conduct of a listing, with its code."""
    if listing.conduct is None:
        return t("word.not_stated")
    kind = conducts().kind(listing.conduct.code)
    term = kind.term if t.language is Language.CHINESE else kind.meaning
    return t("word.term", term=term, code=kind.code)


def ground_words(listing: Listing, t: Texts) -> Iterator[tuple[str, str]]:
    """Where the conduct stands in the law, and what must prove it, by the catalogue."""
    if listing.conduct is None:
        return
    kind = conducts().kind(listing.conduct.code)
    cited = citation_words(kind.citations[0], t, verified=kind.verified)
    proof = kind.proof.words_zh if t.language is Language.CHINESE else kind.proof.words
    yield t("field.conduct_basis"), cited
    yield t("field.proof"), proof


def rulebook_words(name: str, t: Texts) -> str:
    """A rulebook as a listing names it, after its title if it comes with the library."""
    try:
        book = rulebook(name.partition("@")[0])
    except RulebookError:
        return name
    title = book.title_zh if t.language is Language.CHINESE else book.title
    return t("word.named", name=title, origin=name)


def money_words(money: Money, t: Texts) -> str:
    """An amount with its decimals and groups of three digits."""
    amount = in_units(money.minor, money.currency)
    if t.language is Language.CHINESE and money.currency == "CNY":
        return f"人民币{amount}元"
    return f"{money.currency} {amount}"


def day_words(day: dt.date, t: Texts) -> str:
    """A day as people write it."""
    if t.language is Language.CHINESE:
        return f"{day.year}年{day.month}月{day.day}日"
    return day.isoformat()


def citation_words(
    citation: Citation, t: Texts, *, verified: bool, source: Source = Source.LAW
) -> str:
    """A place in the law; what was not read, or does not stand there, says so."""
    said = citation.in_chinese() if t.language is Language.CHINESE else _cited(citation, t)
    notes = [] if source is Source.LAW else [t("word.policy")]
    notes += [] if verified else [t("word.unverified")]
    return f"{said} [{t.join(notes)}]" if notes else said


def _cited(citation: Citation, t: Texts) -> str:
    """Without what its source did not tell."""
    said, article = citation.instrument, citation.article
    if article.isdigit():
        article = t("word.article", article=article)
    if citation.article != _UNSTATED:
        said = t("word.article_of", instrument=said, article=article)
    if citation.version != _UNSTATED:
        said = t("word.version_of", instrument=said, version=citation.version)
    return said


def measure_words(measure: Measure, t: Texts) -> str:
    """A measure, with its code."""
    term = measure.term if t.language is Language.CHINESE else measure.meaning
    return t("word.term", term=term, code=measure.code)


@functools.cache
def _packaged_measures() -> Mapping[str, Measure]:
    return {item.code: item for name in ("cn", "in") for item in measures(name).measures}


def _measure_named(code: str, t: Texts) -> str:
    """A measure by its code alone, in words if a catalogue of the library has it."""
    measure = _packaged_measures().get(code)
    return code if measure is None else measure_words(measure, t)


def execution_words(execution: Execution, t: Texts) -> tuple[str, ...]:
    """What was done: which measure, what, on which day, under which authority."""
    return (
        _measure_named(execution.measure, t),
        t(f"action.{execution.action}"),
        day_words(execution.on, t),
        execution.reference,
    )


def event_words(event: Event, t: Texts) -> str:
    """An event with its day, if it has one."""
    what, day = t(f"event.{event.type.name.lower()}"), event_day(event)
    return what if day is None else t("word.event", what=what, day=day_words(day, t))


def event_day(event: Event) -> dt.date | None:
    """The day that an event carries; None for a mark that no day ends."""
    return None if event.day == DAY_MAX else from_day_number(event.day)


def when_words(term: Deadline, t: Texts) -> str:
    """By when, or from when; and whether a calendar that is published later may move it."""
    open_from = term.kind is TermKind.EARLIEST
    day = t("word.from" if open_from else "word.until", day=day_words(term.due.day, t))
    return t("word.provisional", day=day) if term.due.provisional else day


def step_words(step: StepEvent, t: Texts) -> str:
    """A step of a case, with what it says beside its day."""
    own = step.step is Step.MARKED and step.until is not None  # a dispute's mark has no last day
    said = t("word.suspended" if own else f"step.{step.step}")
    if step.cause is not None:
        said = t("word.because", what=said, why=t(f"cause.{step.cause}"))
    if step.upheld is not None:
        said = t("word.and", what=said, more=t("word.upheld" if step.upheld else "word.rejected"))
    if step.reason is not None:
        said = t("word.because", what=said, why=t(f"reason.{step.reason}"))
    if step.until is not None:
        said = t("word.and", what=said, more=t("word.until", day=day_words(step.until, t)))
    return said


def bundle_words(bundle: Delivered, t: Texts) -> str:
    """Which bundle: generation and checkpoint, and since which."""
    name = "bundle_full" if bundle.since is None else "bundle_delta"
    return t(
        f"word.{name}",
        generation=bundle.generation,
        sequence=bundle.sequence,
        since=bundle.since,
    )


def instant_words(at: dt.datetime, t: Texts) -> str:
    """An instant, to the minute, in UTC."""
    utc = at.astimezone(dt.UTC)
    return t("word.utc", day=day_words(utc.date(), t), time=f"{utc:%H:%M}")
