"""What one notice says of a whole batch of rows: a small TOML file beside the report.

::

    [batch]
    creditor = "某某网贷"            # rows of another platform are another's claims

    [basis]                          # kind, instrument, article, version: see `LegalBasis`
                                     # and, of an instrument that names parties, whom it obliges:
    parties = ["某某"]               # the names, and parties_as_of = 2026-10-01
    [parties]                        # for layouts whose rows tell the basis: names, and as_of
    [notice]                         # served, method, remedy: see `Notice`
    [decision]                       # on, reasons, by; proposed, heard, ends: see `Decision`

    [[evidence]]                     # any number of documents: see `Evidence`
    id = "contact-log"               # only if something below names it
    digest = "9f86…"                 # SHA-256, 64 hexadecimal digits
    description = "contact attempts"
    proves = ["conduct", "contact-attempts"]
    disclosed = 2026-10-01           # when the borrowers could read it

    [abscond]                        # for rows that say the borrower cannot be reached
    proof = "contact-log"
    established = 2019-03-01         # and optionally ended

    [conduct]                        # for the other rows
    code = "ASSET_TRANSFER"          # or column = "逃废债情形", whose cells hold codes or terms
    start = 2019-01-01               # and optionally end

    [obligation]                     # for layouts whose rows do not tell the debt; any of these,
    principal = "50000.00"           # each for all rows, or as principal_column = "本金"
    outstanding = "42000.00"
    default_date = 2018-03-01

    [terms]                          # what the report calls a conduct, if not by our codes or terms
    "违反财产报告制度" = "REPORT_REFUSED"

Only ``[batch]`` must be there. What is left out is not made up; review refuses what lacks it.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Self

import attrs

from creditshare.errors import RulebookError
from creditshare.files import read_regular
from creditshare.layouts.text import squeeze
from creditshare.layouts.values import conduct_code
from creditshare.model import (
    BasisKind,
    Conduct,
    ConductCode,
    Decision,
    Evidence,
    LegalBasis,
    Notice,
    Parties,
    Proves,
    ServiceMethod,
)
from creditshare.model.faults import Faults, as_tuple
from creditshare.toml import Section

__all__ = ["AbscondFacts", "BatchFacts", "ConductFacts", "ObligationFacts"]

_LIMIT = 256 * 1024
_EVIDENCE_MAX = 32
_TERMS_MAX = 500
_DEBT = ("principal", "outstanding", "default_date")


@attrs.frozen
class AbscondFacts:
    """For rows whose borrower cannot be reached: what proves it, and since when.

    Attributes:
        proof: One of the batch's evidence; it proves conduct.
        established: The day on which it was established that the borrower had absconded.
        ended: The day on which the borrower was found again; None while that lasts.
    """

    proof: Evidence
    established: dt.date
    ended: dt.date | None = None

    def __attrs_post_init__(self) -> None:
        faults = Faults("abscond")
        if faults.kind("proof", self.proof, Evidence):
            faults.check("proof", Proves.CONDUCT in self.proof.proves, "does not prove conduct")
        faults.day("established", self.established)
        faults.day("ended", self.ended, optional=True)
        faults.raise_any()
        in_order = self.ended is None or self.established <= self.ended
        faults.check("ended", in_order, "before it was established")
        faults.raise_any()

    @property
    def conduct(self) -> Conduct:
        """What such a row's listing says."""
        return Conduct(ConductCode.ABSCOND, self.established, self.ended)


@attrs.frozen
class ConductFacts:
    """For rows whose borrower can be reached: what was done, in one of two ways.

    Attributes:
        start: The first day; None only where the layout's rows tell when it was established.
        end: The last day, or None while it goes on.
        column: The column whose cells tell the conduct.
        code: The conduct of every such row.
    """

    start: dt.date | None = None
    end: dt.date | None = None
    column: str | None = None
    code: ConductCode | None = None

    def __attrs_post_init__(self) -> None:
        faults = Faults("conduct")
        faults.text("column", self.column, limit=100, optional=True)
        faults.kind("code", self.code, ConductCode, optional=True)
        one = (self.column is None) != (self.code is None)
        faults.check("code", one, "either a column or a code must be given, and not both")
        faults.raise_any()
        # The days are checked where they are used.
        self.of(self.code or ConductCode.ABSCOND, self.start or self.end or dt.date(2000, 1, 1))

    def of(self, code: ConductCode, established: dt.date | None = None) -> Conduct:
        """The conduct of a row with that code.

        Args:
            code: What was done.
            established: The day on which that was established, if the row tells it; used where
                the batch gives no start.

        Raises:
            RulebookError: if neither tells a start.
            InvalidValueError: if it was established after it ended.
        """
        start = self.start or established
        if start is None:
            raise RulebookError("conduct.start: is missing")
        return Conduct(code, start, self.end)


def _fixed(values: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType(dict(values))


@attrs.frozen
class ObligationFacts:
    """What is owed, for layouts whose rows do not tell it: each part for all rows, or in a column.

    Attributes:
        values: Of ``principal``, ``outstanding`` and ``default_date``, as a cell would tell them.
        columns: Of the same, in which column each stands instead.
    """

    values: Mapping[str, str] = attrs.field(factory=dict, converter=_fixed)
    columns: Mapping[str, str] = attrs.field(factory=dict, converter=_fixed)

    def __attrs_post_init__(self) -> None:
        faults = Faults("obligation")
        for part in (*self.values, *self.columns):
            faults.check(str(part), part in _DEBT, "no part of an obligation")
        for part, text in (*self.values.items(), *self.columns.items()):
            faults.text(str(part), text, limit=100)
        for part in set(self.values) & set(self.columns):
            faults.add(part, "either a value or a column must be given, and not both")
        faults.raise_any()


def _squeezed_terms(terms: Mapping[str, ConductCode]) -> Mapping[str, ConductCode]:
    return MappingProxyType({squeeze(str(term)): code for term, code in dict(terms).items()})


@attrs.frozen
class BatchFacts:
    """What holds for every row of a report.

    Attributes:
        creditor: To whom all of it is owed.
        basis: The legal basis, if it is known.
        notice: The notice served, if one was.
        decision: The reasoned decision to list, if it was made.
        evidence: At most 32 documents.
        abscond: For rows whose borrower cannot be reached.
        conduct: For the others; without it they are mere delay.
        obligation: What is owed, where the rows do not tell it.
        terms: What the report calls some codes of conduct, beside their names and Chinese terms.
        parties: Whom the instruments oblige as they stand now, where the rows tell the basis and
            not that.
    """

    creditor: str
    basis: LegalBasis | None = None
    notice: Notice | None = None
    decision: Decision | None = None
    evidence: tuple[Evidence, ...] = attrs.field(default=(), converter=as_tuple)
    abscond: AbscondFacts | None = None
    conduct: ConductFacts | None = None
    obligation: ObligationFacts | None = None
    terms: Mapping[str, ConductCode] = attrs.field(factory=dict, converter=_squeezed_terms)
    parties: Parties | None = None

    def __attrs_post_init__(self) -> None:
        faults = Faults("batch")
        faults.text("creditor", self.creditor, limit=200)
        faults.kind("basis", self.basis, LegalBasis, optional=True)
        faults.kind("notice", self.notice, Notice, optional=True)
        faults.kind("decision", self.decision, Decision, optional=True)
        faults.items("evidence", self.evidence, Evidence, _EVIDENCE_MAX)
        faults.kind("conduct", self.conduct, ConductFacts, optional=True)
        faults.kind("obligation", self.obligation, ObligationFacts, optional=True)
        faults.kind("parties", self.parties, Parties, optional=True)
        for code in self.terms.values():
            faults.kind("terms", code, ConductCode)
        if faults.kind("abscond", self.abscond, AbscondFacts, optional=True) and self.abscond:
            known = self.abscond.proof in self.evidence
            faults.check("abscond", known, "its proof is not among the evidence")
        faults.raise_any()

    @cached_property
    def columns(self) -> tuple[tuple[str, str, bool], ...]:
        """The columns that it names: where it does so, the name, and whether they are amounts."""
        named = []
        if self.conduct is not None and self.conduct.column is not None:
            named.append(("conduct.column", squeeze(self.conduct.column), False))
        if self.obligation is not None:
            for part, name in self.obligation.columns.items():
                amount = part != "default_date"
                named.append((f"obligation.{part}_column", squeeze(name), amount))
        return tuple(named)

    @cached_property
    def sections(self) -> frozenset[str]:
        """What it says something of: ``basis``, ``notice``, ``obligation.principal`` and so on."""
        parts = (
            *("basis", "parties", "notice", "decision", "evidence"),
            *("abscond", "conduct", "terms"),
        )
        debt = self.obligation
        owed = () if debt is None else (*debt.values, *debt.columns)
        return frozenset(part for part in parts if getattr(self, part)) | {
            f"obligation.{part}" for part in owed
        }

    @cached_property
    def evidence_without_abscond(self) -> tuple[Evidence, ...]:
        """What proves that a borrower absconded proves nothing of another conduct."""
        return tuple(self._without_abscond())

    def _without_abscond(self) -> Iterator[Evidence]:
        proof = self.abscond.proof if self.abscond else None
        for item in self.evidence:
            proves = tuple(what for what in item.proves if what is not Proves.CONDUCT)
            if item != proof:
                yield item
            elif proves:
                yield attrs.evolve(item, proves=proves)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a batch description of at most 256 KiB.

        Raises:
            FileError: if the file cannot be read or is larger.
            RulebookError: as `from_toml`.
        """
        try:
            text = read_regular(path, _LIMIT).decode("utf-8-sig")
        except UnicodeDecodeError:
            raise RulebookError("batch description: must be in UTF-8") from None
        return cls.from_toml(text)

    @classmethod
    def from_toml(cls, text: str) -> Self:
        """Read a batch description; see the head of this module.

        Raises:
            RulebookError: for any mistake, naming its place as ``table.key``.
        """
        top = Section.of(text)
        batch = top.needed("batch")
        evidence = [_evidence(section) for section in top.sections("evidence")]
        creditor = batch.take("creditor", str)
        batch.end()
        basis = _basis(top.section("basis"))
        notice = _notice(top.section("notice"))
        decision = _decision(top.section("decision"))
        abscond = _abscond(top.section("abscond"), _by_id(evidence))
        conduct = _conduct(top.section("conduct"))
        obligation = _obligation(top.section("obligation"))
        terms = _terms(top, top.find("terms", dict))
        parties = _parties(top.section("parties"))
        top.end()
        items = tuple(item for _, item in evidence)
        return batch.make(
            lambda: cls(
                creditor,
                basis,
                notice,
                decision,
                items,
                abscond,
                conduct,
                obligation,
                terms,
                parties,
            )
        )


def _basis(section: Section | None) -> LegalBasis | None:
    if section is None:
        return None
    kind = section.choice("kind", BasisKind)
    instrument, article, version = (
        section.take(key, str) for key in ("instrument", "article", "version")
    )
    names, as_of = section.find("parties", list), section.find("parties_as_of", dt.date)
    until = section.find("register_until", dt.date)
    section.end()
    if (names is None) != (as_of is None):
        raise section.refuse("parties", "parties and parties_as_of go together")
    parties = None if as_of is None else section.make(lambda: Parties(names or (), as_of))
    return section.make(lambda: LegalBasis(kind, instrument, article, version, parties, until))


def _parties(section: Section | None) -> Parties | None:
    if section is None:
        return None
    names, as_of = section.take("names", list), section.take("as_of", dt.date)
    section.end()
    return section.make(lambda: Parties(names, as_of))


def _notice(section: Section | None) -> Notice | None:
    if section is None:
        return None
    served = section.take("served", dt.date)
    method = section.choice("method", ServiceMethod)
    remedy = section.find("remedy", str)
    section.end()
    return section.make(lambda: Notice(served, method, remedy))


def _decision(section: Section | None) -> Decision | None:
    if section is None:
        return None
    on = section.take("on", dt.date)
    reasons, by = section.take("reasons", str), section.take("by", str)
    later = [section.find(key, dt.date) for key in ("proposed", "heard", "ends")]
    section.end()
    return section.make(lambda: Decision(on, reasons, by, *later))


def _evidence(section: Section) -> tuple[str | None, Evidence]:
    name = section.find("id", str)
    digest = section.take("digest", str)
    description = section.take("description", str)
    proves = section.choices("proves", Proves)
    disclosed = section.find("disclosed", dt.date)
    section.end()
    try:
        raw = bytes.fromhex(digest)
    except ValueError:
        raise section.refuse("digest", "must be 64 hexadecimal digits") from None
    return name, section.make(lambda: Evidence(raw, description, proves, disclosed))


def _by_id(evidence: list[tuple[str | None, Evidence]]) -> dict[str, Evidence]:
    named: dict[str, Evidence] = {}
    for number, (name, item) in enumerate(evidence, start=1):
        if name in named:
            raise RulebookError(f"evidence[{number}].id: the same one stands above")
        if name is not None:
            named[name] = item
    return named


def _abscond(section: Section | None, evidence: dict[str, Evidence]) -> AbscondFacts | None:
    if section is None:
        return None
    proof = evidence.get(section.take("proof", str))
    established = section.take("established", dt.date)
    ended = section.find("ended", dt.date)
    section.end()
    if proof is None:
        raise section.refuse("proof", "no evidence has that id")
    return section.make(lambda: AbscondFacts(proof, established, ended))


def _conduct(section: Section | None) -> ConductFacts | None:
    if section is None:
        return None
    start = section.find("start", dt.date)
    end = section.find("end", dt.date)
    column = section.find("column", str)
    named = section.find("code", str)
    section.end()
    code = None if named is None else conduct_code(named)
    if named is not None and code is None:
        raise section.refuse("code", "not in the vocabulary of conduct")
    return section.make(lambda: ConductFacts(start, end, column and squeeze(column), code))


def _obligation(section: Section | None) -> ObligationFacts | None:
    if section is None:
        return None
    values: dict[str, str] = {}
    columns: dict[str, str] = {}
    for part in _DEBT:
        if part == "default_date":
            day = section.find(part, dt.date)
            value = None if day is None else day.isoformat()
        else:
            value = section.find(part, str)
        column = section.find(f"{part}_column", str)
        values |= {} if value is None else {part: value}
        columns |= {} if column is None else {part: squeeze(column)}
    section.end()
    return section.make(lambda: ObligationFacts(values, columns))


def _terms(top: Section, table: dict[str, object] | None) -> dict[str, ConductCode]:
    terms: dict[str, ConductCode] = {}
    if len(table or ()) > _TERMS_MAX:
        raise top.refuse("terms", f"must be at most {_TERMS_MAX}")
    for number, (term, named) in enumerate((table or {}).items(), start=1):
        code = conduct_code(named) if isinstance(named, str) else None
        if code is None:
            raise top.refuse("terms", f"entry {number}: not in the vocabulary of conduct")
        if conduct_code(term) not in (None, code):
            raise top.refuse("terms", f"entry {number}: the term of another code")
        terms[term] = code
    return terms
