"""Reports and notices as documents in one language: which part follows which, in which words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence

from creditshare.disclosure.document import (
    Block,
    Bullets,
    Document,
    Facts,
    Paragraph,
    Part,
    Signatures,
    Table,
)
from creditshare.disclosure.language import Language
from creditshare.disclosure.report import (
    AdverseActionNotice,
    Finding,
    IssuerReport,
    RecipientReport,
    SaidListing,
)
from creditshare.disclosure.rights import Addressee, Contact, Right
from creditshare.disclosure.texts import Texts, phrases
from creditshare.disclosure.words import (
    bundle_words,
    citation_words,
    conduct_words,
    day_words,
    event_words,
    execution_words,
    ground_words,
    instant_words,
    listing_words,
    measure_words,
    rulebook_words,
    step_words,
    when_words,
)
from creditshare.errors import MisuseError
from creditshare.feedback import Execution
from creditshare.ledger import Told
from creditshare.life import Deadline, Event
from creditshare.model import Listing
from creditshare.rules import Measure
from creditshare.screening import Applicant, Match, Outcome

__all__ = ["Report", "compose", "expect_report", "unknown"]

Report = IssuerReport | RecipientReport | AdverseActionNotice
"""What is handed to a person."""

_DONE = ("measure", "done", "on", "reference")
"""The columns of what was applied or lifted."""


def expect_report(report: object) -> None:
    """Refuse what is neither a report nor a notice.

    Raises:
        MisuseError: if it is none.
    """
    if not isinstance(report, Report):
        raise MisuseError("report must be a report or a notice")


def compose(report: Report, language: Language) -> Document:
    """A report as a document.

    Args:
        report: Or a notice.
        language: Of the document; what agencies wrote stays in theirs.
    """
    t = Texts(language)
    if isinstance(report, IssuerReport):
        return _issuer(report, t)
    if isinstance(report, RecipientReport):
        return _recipient(report, t)
    return _adverse(report, t)


def unknown(report: Report) -> tuple[str, ...]:
    """The names of the phrases that say what the agency cannot know."""
    tables = {IssuerReport: "issuer_unknown.", RecipientReport: "recipient_unknown."}
    table = tables.get(type(report))
    return tuple(name for name in phrases() if table and name.startswith(table))


# -- the issuer's --------------------------------------------------------------------------------


def _issuer(report: IssuerReport, t: Texts) -> Document:
    parts = [Part(t("part.summary"), tuple(_issuer_summary(report, t)))]
    for number, item in enumerate(report.listings, 1):
        parts += _said(number, item, t)
    return _document(report, t("issuer.title"), (*parts, *_ending(report, t)), t)


def _issuer_summary(report: IssuerReport, t: Texts) -> Iterator[Block]:
    if report.listings:
        bundles = {told.bundle for item in report.listings for told in item.told}
        live = sum(item.listing is not None for item in report.listings)
        hidden = sum(item.withheld for item in report.listings)
        ended = len(report.listings) - live - hidden
        yield Paragraph(t("issuer.summary", live=live, ended=ended, bundles=len(bundles)))
        if hidden:
            yield Paragraph(t("issuer.withheld", count=hidden))
        told_to = sorted({origin for bundle in bundles for origin in bundle.recipients})
        yield Paragraph(
            t("issuer.recipients", names=t.join(told_to)) if told_to else t("issuer.never")
        )
    else:
        yield Paragraph(t("issuer.none"))
    if report.earlier:
        names = t.join(sorted({name for item in report.earlier for name in item.recipients}))
        yield Paragraph(t("issuer.earlier", count=len(report.earlier), names=names))


def _said(number: int, item: SaidListing, t: Texts) -> Iterator[Part]:
    listing, versions = item.listing, item.versions
    facts = Facts(tuple(_standing(item, t)))
    if item.withheld:
        yield Part(t("issuer.hidden", number=number), (facts, Paragraph(t("issuer.not_shown"))))
        return
    told: Block = Paragraph(t("issuer.told_none"))
    if item.told:
        header = tuple(t(f"column.{name}") for name in ("when", "to", "bundle", "events"))
        rows = tuple(_told(row, versions, listing, t) for row in item.told)
        told = Table((*header, t("column.content")), rows, (5, 4, 4, 6, 5))
    if listing is None:
        yield Part(t("issuer.ended", number=number), (facts, Paragraph(t("issuer.forgotten"))))
        if item.steps:
            yield Part(t("issuer.steps"), (_steps(item.steps, t),), 3)
        yield Part(t("issuer.told"), (told,), 3)
        yield Part(t("issuer.reported"), (_reported(item, t),), 3)
        return
    yield Part(t("issuer.listing", number=number, conduct=conduct_words(listing, t)), (facts,))
    if item.terms:
        yield Part(t("issuer.terms"), (_terms(item.terms, t),), 3)
    if item.steps:
        yield Part(t("issuer.steps"), (_steps(item.steps, t),), 3)
    unsent = () if listing in versions else (Paragraph(t("issuer.unsent")),)
    yield Part(t("issuer.says"), (*unsent, Facts(tuple(listing_words(listing, t)))), 3)
    yield Part(t("issuer.told"), (told,), 3)
    yield Part(t("issuer.reported"), (_reported(item, t),), 3)
    for place, version in enumerate(versions, 1):
        if version != listing:
            title = t("issuer.version", number=place)
            yield Part(title, (_difference(place, version, listing, t),), 3)


def _standing(item: SaidListing, t: Texts) -> Iterator[tuple[str, str]]:
    yield t("field.id"), item.listing_id.hex()
    if item.status is not None:
        yield t("field.status"), t(f"status.{item.status}")
    if item.reason is not None:
        yield t("field.reason"), t(f"reason.{item.reason}")
    if item.rulebook:
        yield t("field.rulebook"), rulebook_words(item.rulebook, t)
    days = {
        "confirm_by" if item.to_confirm else "last_day": item.last_day,
        "suspended_until": item.suspended_until,
        "exempted_until": item.exempted_until,
    }
    yield from _days(days, t)
    for scheme, value in item.found_by:
        yield t("field.found_by"), _identifier(scheme, value, t)
    if item.listing is not None:
        yield from ground_words(item.listing, t)


def _days(days: Mapping[str, dt.date | None], t: Texts) -> Iterator[tuple[str, str]]:
    for name, day in days.items():
        if day is not None:
            yield t(f"field.{name}"), day_words(day, t)


def _reported(item: SaidListing, t: Texts) -> Block:
    if not item.reported:
        return Paragraph(t("issuer.reported_none"))
    header = tuple(t(f"column.{name}") for name in ("agency", *_DONE))
    rows = tuple((row.agency, *execution_words(row.execution, t)) for row in item.reported)
    return Table(header, rows, (4, 8, 3, 4, 5))


def _terms(terms: Iterable[Deadline], t: Texts) -> Table:
    header = tuple(t(f"column.{name}") for name in ("when", "party", "right", "basis"))
    return Table(header, tuple(_term(item, t) for item in terms), (3, 2, 4, 6))


def _term(item: Deadline, t: Texts) -> tuple[str, ...]:
    what = item.term.zh if t.language is Language.CHINESE else item.term.en
    rule = item.rule
    law = citation_words(rule.citation, t, verified=rule.verified, source=rule.source)
    return when_words(item, t), t(f"party.{item.party}"), what, law


def _steps(steps: Iterable[Event], t: Texts) -> Table:
    header = (t("column.when"), t("column.step"), t("column.words"))
    rows = tuple((day_words(step.on, t), step_words(step, t), step.words) for step in steps)
    return Table(header, rows, (2, 4, 6))


def _told(
    told: Told, versions: Sequence[Listing], now: Listing | None, t: Texts
) -> tuple[str, ...]:
    if not told.content:
        content = t("issuer.no_version")
    elif told.listing is None:
        content = t("issuer.lost_version")
    else:
        name = "now_version" if told.listing == now else "old_version"
        content = t(f"issuer.{name}", number=versions.index(told.listing) + 1)
    return (
        instant_words(told.bundle.sealed, t),
        t.join(told.bundle.recipients),
        bundle_words(told.bundle, t),
        "\n".join(event_words(event, t) for event in told.events),
        content,
    )


def _difference(number: int, then: Listing, now: Listing, t: Texts) -> Table:
    """What a version said otherwise; a field that only one of the two has is empty in the other."""
    before, after = dict(listing_words(then, t)), dict(listing_words(now, t))
    rows = tuple(
        (field, before.get(field, ""), after.get(field, ""))
        for field in before | after
        if before.get(field) != after.get(field)
    )
    header = (t("column.field"), t("column.then", number=number), t("column.now"))
    return Table(header, rows, (2, 4, 4))


# -- the recipient's -----------------------------------------------------------------------------


def _recipient(report: RecipientReport, t: Texts) -> Document:
    summary: list[Block] = [Paragraph(text) for text in _recipient_summary(report, t)]
    if report.stale:
        names = t.join(item.origin for item in report.stale)
        summary.append(Paragraph(t("recipient.expired", names=names)))
    summary.append(Paragraph(t("recipient.consulted", names=t.join(report.consulted))))
    parts = [Part(t("part.summary"), tuple(summary))]
    for number, finding in enumerate(report.findings, 1):
        parts += _finding(number, finding, t)
    return _document(report, t("recipient.title"), (*parts, *_ending(report, t)), t)


def _recipient_summary(report: RecipientReport, t: Texts) -> Iterator[str]:
    """What was found, of each kind apart; or that nothing was."""
    matches = sum(item.outcome is Outcome.MATCH for item in report.findings)
    hidden = sum(item.listing is None for item in report.findings)
    if matches:
        yield t("recipient.match", count=matches)
    if reviews := len(report.findings) - matches - hidden:
        yield t("recipient.needs-review", count=reviews)
    if hidden:
        yield t("recipient.withheld", count=hidden)
    if not report.findings:
        yield t(f"recipient.{report.outcome}")


def _finding(number: int, item: Finding, t: Texts) -> Iterator[Part]:
    facts = Facts(tuple(_found(item, t)))
    if item.listing is None:
        hidden = Paragraph(t("recipient.not_shown"))
        yield Part(t("recipient.hidden", number=number), (facts, hidden))
        return
    conduct = conduct_words(item.listing, t)
    yield Part(t("recipient.finding", number=number, conduct=conduct), (facts,))
    yield Part(t("recipient.says"), (Facts(tuple(listing_words(item.listing, t))),), 3)
    measures: Block = Paragraph(t("recipient.no_measures"))
    if item.measures:
        measures = _measures(item.measures, t)
    yield Part(t("recipient.measures"), (measures,), 3)
    yield Part(t("recipient.applied"), (_applied(item.applied, t),), 3)
    header = tuple(t(f"column.{name}") for name in ("when", "who", "purpose", "role", "consent"))
    rows = tuple(
        (
            instant_words(query.at, t),
            query.caller,
            t(f"purpose.{query.purpose}"),
            t(f"role.{query.role}"),
            query.consent,
            t.join(dict.fromkeys(t(f"outcome.{hit.outcome}") for hit in query.hits)),
        )
        for query in item.queries
    )
    yield Part(
        t("recipient.asked"), (Table((*header, t("column.result")), rows, (5, 4, 5, 4, 5, 4)),), 3
    )


def _applied(applied: tuple[Execution, ...] | None, t: Texts) -> Block:
    if not applied:
        name = "applied_unknown" if applied is None else "applied_none"
        return Paragraph(t(f"recipient.{name}"))
    header = tuple(t(f"column.{name}") for name in _DONE)
    return Table(header, tuple(execution_words(item, t) for item in applied), (9, 3, 4, 5))


def _found(item: Finding, t: Texts) -> Iterator[tuple[str, str]]:
    yield t("field.id"), item.listing_id.hex()
    yield t("field.issuer"), item.origin
    if item.issuer != item.origin:
        yield t("field.signer"), item.issuer
    if item.outcome is Outcome.MATCH:
        factors = ("identifier", *item.agree)
        yield t("field.agree"), t.join(t(f"factor.{factor}") for factor in factors)
    else:
        yield t("field.reasons"), "\n".join(t(f"review.{reason}") for reason in item.reasons)
    yield from _in_force(item, t)
    if item.listing is not None:
        yield from ground_words(item.listing, t)


def _in_force(item: Finding | Match, t: Texts) -> Iterator[tuple[str, str]]:
    """Whether a listing is disputed, and until when it stands, as its recipients know it."""
    if item.disputed:
        until = item.disputed_until
        yield t("field.disputed"), day_words(until, t) if until else t("word.not_stated")
    yield from _days({"stands_until": item.last_day, "exempted_until": item.exempted_until}, t)


# -- the notice ----------------------------------------------------------------------------------


def _adverse(notice: AdverseActionNotice, t: Texts) -> Document:
    match, origin = notice.match, notice.match.origin
    issuer = origin
    if notice.issuer is not None:
        issuer = t("word.named", name=notice.issuer.name, origin=origin)
    factors = t.join(t(f"factor.{factor}") for factor in ("identifier", *match.corroboration))
    facts = (
        (t("field.id"), match.listing_id.hex()),
        (t("field.issuer"), issuer),
        *_in_force(match, t),
        *ground_words(match.listing, t),
        *listing_words(match.listing, t),
    )
    parts = (
        Part(
            t("adverse.decision"),
            (Paragraph(t("adverse.opening")), Facts(((t("adverse.decided"), notice.decision),))),
        ),
        Part(t("adverse.measures"), (_measures(notice.measures, t),)),
        Part(t("adverse.who"), (Paragraph(t("adverse.we", issuer=issuer)),)),
        Part(t("adverse.listing"), (Paragraph(t("adverse.agree", factors=factors)), Facts(facts))),
    )
    return _document(notice, t("adverse.title"), (*parts, *_ending(notice, t)), t)


# -- what all have -------------------------------------------------------------------------------


def _document(report: Report, title: str, parts: tuple[Part, ...], t: Texts) -> Document:
    return Document(t.language, title, report.contact.name, Facts(tuple(_head(report, t))), parts)


def _head(report: Report, t: Texts) -> Iterator[tuple[str, str]]:
    yield t("head.agency"), t("word.named", name=report.contact.name, origin=report.origin)
    if isinstance(report, AdverseActionNotice):
        yield t("head.date"), day_words(report.on, t)
    else:
        yield t("head.made"), instant_words(report.at, t)
    if report.subject is not None:
        yield from _subject(report.subject, t)
    if isinstance(report, IssuerReport):
        for listing_id in report.asked:
            yield t("head.listings"), listing_id.hex()


def _subject(subject: Applicant, t: Texts) -> Iterator[tuple[str, str]]:
    for identifier in subject.identifiers:
        value = f"{identifier.country} {identifier.value}".lstrip()
        yield t("head.shown"), _identifier(identifier.SCHEME, value, t)
    if subject.name is not None:
        yield t("head.name"), subject.name
    if subject.birth_date is not None:
        yield t("head.birth_date"), day_words(subject.birth_date, t)


def _identifier(scheme: str, value: str, t: Texts) -> str:
    return t("word.identifier", scheme=t(f"scheme.{scheme}"), value=value)


def _measures(measures: Iterable[Measure], t: Texts) -> Table:
    rows = tuple(
        (measure_words(item, t), citation_words(item.citation, t, verified=item.verified))
        for item in measures
    )
    return Table((t("column.measure"), t("column.basis")), rows, (1, 1))


def _ending(report: Report, t: Texts) -> Iterator[Part]:
    """What can be done and where, what is not known, and the lines to sign."""
    if report.rights:
        header = tuple(t(f"column.{name}") for name in ("right", "how", "at", "basis"))
        rows = tuple(_right(right, report, t) for right in report.rights)
        yield Part(t("part.rights"), (Table(header, rows, (4, 10, 3, 5)),))
    where = Facts(tuple(_offices(report, t)))
    yield Part(t("part.where"), (where,))
    if names := unknown(report):
        yield Part(t("part.unknown"), (Bullets(tuple(map(t, names))),))
    lines = (t("part.signed"), t("part.received"))
    yield Part(t("part.signature"), (Signatures(lines),))


def _offices(report: Report, t: Texts) -> Iterator[tuple[str, str]]:
    """Where to turn: to us, and to whoever said it."""
    yield _office(report.contact, report.origin, t)
    listings: tuple[tuple[str, Listing | None], ...] = ()
    known: Mapping[str, Contact] = {}
    if isinstance(report, AdverseActionNotice):
        origin = report.match.origin
        listings = ((origin, report.match.listing),)
        known = {} if report.issuer is None else {origin: report.issuer}
    elif isinstance(report, RecipientReport):
        listings = tuple((item.origin, item.listing) for item in report.findings)
        known = report.issuers
    for origin in dict.fromkeys(origin for origin, _ in listings):
        shown = (listing for one, listing in listings if one == origin)
        if origin in known:
            yield _office(known[origin], origin, t)
        elif any(listing is not None and listing.notice is not None for listing in shown):
            yield origin, t("word.as_told")
        else:
            yield origin, t("word.through_us")


def _office(contact: Contact, origin: str, t: Texts) -> tuple[str, str]:
    named = t("word.named", name=contact.name, origin=origin)
    return named, contact.address or t("word.not_stated")


def _right(right: Right, report: Report, t: Texts) -> tuple[str, ...]:
    ours = isinstance(report, IssuerReport)
    by_us = ours and right.at in (Addressee.ISSUER, Addressee.BOTH)
    at = Addressee.US if by_us else right.at
    return (
        right.title.say(t.language),
        right.how.say(t.language),
        t(f"addressee.{at}"),
        citation_words(right.citation, t, verified=right.verified, source=right.source),
    )
