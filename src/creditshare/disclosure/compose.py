"""Reports and notices as documents in one language: which part follows which, in which words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

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
    event_words,
    ground_words,
    instant_words,
    listing_words,
    measure_words,
    step_words,
    when_words,
)
from creditshare.errors import MisuseError
from creditshare.ledger import Told
from creditshare.life import Deadline, Event
from creditshare.model import Listing
from creditshare.rules import Measure
from creditshare.screening import Applicant, Outcome

__all__ = ["Report", "compose", "expect_report", "unknown"]

Report = IssuerReport | RecipientReport | AdverseActionNotice
"""What is handed to a person."""


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
        bundles = {(told.bundle) for item in report.listings for told in item.told}
        live = sum(item.listing is not None for item in report.listings)
        counted = {"count": len(report.listings), "live": live, "bundles": len(bundles)}
        yield Paragraph(t("issuer.summary", **counted))
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
    told: Block = Paragraph(t("issuer.told_none"))
    if item.told:
        header = tuple(t(f"column.{name}") for name in ("when", "to", "bundle", "events"))
        rows = tuple(_told(row, versions, listing, t) for row in item.told)
        told = Table((*header, t("column.content")), rows, (5, 4, 4, 6, 5))
    if listing is None:
        title, why = ("hidden", "not_shown") if item.withheld else ("ended", "forgotten")
        yield Part(t(f"issuer.{title}", number=number), (facts, Paragraph(t(f"issuer.{why}"))))
        if item.steps:
            yield Part(t("issuer.steps"), (_steps(item.steps, t),), 3)
        yield Part(t("issuer.told"), (told,), 3)
        return
    yield Part(t("issuer.listing", number=number, conduct=conduct_words(listing, t)), (facts,))
    if item.terms:
        yield Part(t("issuer.terms"), (_terms(item.terms, t),), 3)
    if item.steps:
        yield Part(t("issuer.steps"), (_steps(item.steps, t),), 3)
    unsent = () if listing in versions else (Paragraph(t("issuer.unsent")),)
    yield Part(t("issuer.says"), (*unsent, Facts(tuple(listing_words(listing, t)))), 3)
    yield Part(t("issuer.told"), (told,), 3)
    for place, version in enumerate(versions, 1):
        if version != listing:
            title = t("issuer.version", number=place)
            yield Part(title, (_difference(place, version, listing, t),), 3)


def _standing(item: SaidListing, t: Texts) -> Iterator[tuple[str, str]]:
    yield t("field.id"), item.listing_id.hex()
    yield t("field.status"), t(f"status.{item.status}")
    if item.reason is not None:
        yield t("field.reason"), t(f"reason.{item.reason}")
    yield t("field.rulebook"), item.rulebook
    yield t("field.last_day"), str(item.last_day)
    for name in ("suspended_until", "exempted_until"):
        if (day := getattr(item, name)) is not None:
            yield t(f"field.{name}"), str(day)
    for scheme, value in item.found_by:
        yield t("field.found_by"), _identifier(scheme, value, t)
    if item.listing is not None:
        yield from ground_words(item.listing, t)


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
    rows = tuple((str(step.on), step_words(step, t), step.words) for step in steps)
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
    summary: list[Block] = [Paragraph(t(f"recipient.{report.outcome}", count=len(report.findings)))]
    if report.stale:
        names = t.join(item.origin for item in report.stale)
        summary.append(Paragraph(t("recipient.expired", names=names)))
    summary.append(Paragraph(t("recipient.consulted", names=t.join(report.consulted))))
    parts = [Part(t("part.summary"), tuple(summary))]
    for number, finding in enumerate(report.findings, 1):
        parts += _finding(number, finding, t)
    return _document(report, t("recipient.title"), (*parts, *_ending(report, t)), t)


def _finding(number: int, item: Finding, t: Texts) -> Iterator[Part]:
    facts = Facts(tuple(_found(item, t)))
    if item.listing is None:
        hidden = Paragraph(t("recipient.not_shown"))
        yield Part(t("recipient.hidden", number=number), (facts, hidden))
    else:
        conduct = conduct_words(item.listing, t)
        yield Part(t("recipient.finding", number=number, conduct=conduct), (facts,))
        yield Part(t("recipient.says"), (Facts(tuple(listing_words(item.listing, t))),), 3)
    measures: Block = Paragraph(t("recipient.no_measures"))
    if item.measures:
        measures = _measures(item.measures, t)
    yield Part(t("recipient.measures"), (measures,), 3)
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
    if item.disputed:
        yield t("field.disputed"), str(item.disputed_until or t("word.not_stated"))
    for name in ("last_day", "exempted_until"):
        if (day := getattr(item, name)) is not None:
            yield t(f"field.{name}"), str(day)
    if item.listing is not None:
        yield from ground_words(item.listing, t)


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
        yield t("head.date"), str(report.on)
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
        yield t("head.birth_date"), str(subject.birth_date)


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
    if isinstance(report, AdverseActionNotice) and report.issuer is not None:
        yield _office(report.issuer, report.match.origin, t)
    elif isinstance(report, AdverseActionNotice):
        yield report.match.origin, t("word.as_told")
    elif isinstance(report, RecipientReport):
        for origin in dict.fromkeys(finding.origin for finding in report.findings):
            yield origin, t("word.as_told")


def _office(contact: Contact, origin: str, t: Texts) -> tuple[str, str]:
    named = t("word.named", name=contact.name, origin=origin)
    return named, contact.address or t("word.not_stated")


def _right(right: Right, report: Report, t: Texts) -> tuple[str, ...]:
    ours = isinstance(report, IssuerReport)
    at = Addressee.US if ours and right.at is not Addressee.SUPERVISOR else right.at
    return (
        right.title.say(t.language),
        right.how.say(t.language),
        t(f"addressee.{at}"),
        citation_words(right.citation, t, verified=right.verified, source=right.source),
    )
