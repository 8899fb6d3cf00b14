"""Values in words: what each field of a listing is called and how it is written, in one language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from creditshare.bundle import Event
from creditshare.clock import from_day_number
from creditshare.disclosure.language import Language
from creditshare.disclosure.texts import Texts
from creditshare.ledger import Delivered
from creditshare.model import Evidence, Listing, Money
from creditshare.rules import Citation, Measure

__all__ = [
    "bundle_words",
    "citation_words",
    "conduct_words",
    "event_words",
    "instant_words",
    "listing_words",
    "measure_words",
    "money_words",
]

_MINOR_DIGITS = dict.fromkeys(
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0
) | dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3)
"""Digits of the minor unit where they are not 2 (ISO 4217)."""


def listing_words(listing: Listing, t: Texts) -> Iterator[tuple[str, str]]:
    """Every field of a listing as recipients get it, by its name."""
    for name, value in _fields(listing, t):
        yield t(f"field.{name}"), value
    for number, item in enumerate(listing.evidence, 1):
        yield t("field.evidence", number=number), _evidence_words(item, t)


def _fields(listing: Listing, t: Texts) -> Iterator[tuple[str, str]]:
    borrower, owed = listing.borrower, listing.obligation
    conduct, basis, notice = listing.conduct, listing.basis, listing.notice
    missing = t("word.not_stated")
    yield "holder", t(f"holder.{borrower.holder}")
    yield "name", borrower.name or missing
    yield "birth_date", str(borrower.birth_date or missing)
    yield "role", t(f"borrower.{borrower.role}")
    if conduct is not None:
        yield "conduct", conduct_words(listing, t)
        yield "start", str(conduct.start)
        yield "end", str(conduct.end or t("word.open"))
    yield "creditor", owed.creditor
    yield "principal", money_words(owed.principal)
    yield "outstanding", money_words(owed.outstanding)
    yield "default_date", str(owed.default_date)
    rate = owed.annual_rate
    yield "annual_rate", missing if rate is None else f"{(rate * 100).normalize():f} %"
    if basis is not None:
        yield "basis_kind", t(f"basis.{basis.kind}")
        yield "instrument", basis.instrument
        yield "article", basis.article
        yield "version", basis.version
    if notice is not None:
        yield "served", str(notice.served)
        yield "method", t(f"service.{notice.method}")
        yield "remedy", notice.remedy or missing


def _evidence_words(item: Evidence, t: Texts) -> str:
    proves = t.join(t(f"proves.{what}") for what in item.proves)
    digest = item.digest.hex()
    return t("field.evidence_is", description=item.description, proves=proves, digest=digest)


def conduct_words(listing: Listing, t: Texts) -> str:
    """The conduct of a listing, with its code."""
    if listing.conduct is None:
        return t("word.not_stated")
    code = listing.conduct.code
    return t("word.term", term=t(f"conduct.{code}"), code=code)


def money_words(money: Money) -> str:
    """An amount with its decimals and groups of three digits."""
    digits = _MINOR_DIGITS.get(money.currency, 2)
    whole, rest = divmod(money.minor, 10**digits)
    fraction = f".{rest:0{digits}d}" if digits else ""
    return f"{money.currency} {whole:,}{fraction}"


def citation_words(citation: Citation, t: Texts, *, verified: bool) -> str:
    """A place in the law; one that was not read says so."""
    said = t(
        "word.citation",
        instrument=citation.instrument,
        article=citation.article,
        version=citation.version,
    )
    return said if verified else f"{said} [{t('word.unverified')}]"


def measure_words(measure: Measure, t: Texts) -> str:
    """A measure, with its code."""
    term = measure.term if t.language is Language.CHINESE else measure.meaning
    return t("word.term", term=term, code=measure.code)


def event_words(event: Event, t: Texts) -> str:
    """An event with its day."""
    day = from_day_number(event.day)
    return t("word.event", what=t(f"event.{event.type.name.lower()}"), day=day)


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
    return t("word.utc", time=at.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M"))
