"""What one notice says of a whole batch of rows: a small TOML file beside the report.

::

    [batch]
    creditor = "某某网贷"            # rows of another platform are another's claims

    [basis]                          # kind, instrument, article, version: see `LegalBasis`
    [notice]                         # served, method, remedy: see `Notice`

    [[evidence]]                     # any number of documents: see `Evidence`
    id = "contact-log"               # only if something below names it
    digest = "9f86…"                 # SHA-256, 64 hexadecimal digits
    description = "contact attempts"
    proves = ["conduct"]

    [abscond]                        # for rows that say the borrower cannot be reached
    proof = "contact-log"
    established = 2019-03-01         # and optionally ended

    [conduct]                        # for the other rows
    code = "ASSET_TRANSFER"          # or column = "逃废债情形", whose cells hold codes or terms
    start = 2019-01-01               # and optionally end

Only ``[batch]`` must be there. What is left out is not made up; review refuses what lacks it.
"""

from __future__ import annotations

import datetime as dt
import os
from typing import Self

import attrs

from creditshare.errors import RulebookError
from creditshare.files import read_regular
from creditshare.layouts.values import conduct_code, squeeze
from creditshare.model import (
    BasisKind,
    Conduct,
    ConductCode,
    Evidence,
    LegalBasis,
    Notice,
    Proves,
    ServiceMethod,
)
from creditshare.model.faults import Faults, as_tuple
from creditshare.toml import Section

__all__ = ["AbscondFacts", "BatchFacts", "ConductFacts"]

_LIMIT = 256 * 1024
_EVIDENCE_MAX = 32


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
        start: The first day.
        end: The last day, or None while it goes on.
        column: The column whose cells tell the conduct.
        code: The conduct of every such row.
    """

    start: dt.date
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
        self.of(self.code or ConductCode.ABSCOND)  # the days are checked where they are used

    def of(self, code: ConductCode) -> Conduct:
        """The conduct of a row with that code."""
        return Conduct(code, self.start, self.end)


@attrs.frozen
class BatchFacts:
    """What holds for every row of a report.

    Attributes:
        creditor: To whom all of it is owed.
        basis: The legal basis, if it is known.
        notice: The notice served, if one was.
        evidence: At most 32 documents.
        abscond: For rows whose borrower cannot be reached.
        conduct: For the others; without it they are mere delay.
    """

    creditor: str
    basis: LegalBasis | None = None
    notice: Notice | None = None
    evidence: tuple[Evidence, ...] = attrs.field(default=(), converter=as_tuple)
    abscond: AbscondFacts | None = None
    conduct: ConductFacts | None = None

    def __attrs_post_init__(self) -> None:
        faults = Faults("batch")
        faults.text("creditor", self.creditor, limit=200)
        faults.kind("basis", self.basis, LegalBasis, optional=True)
        faults.kind("notice", self.notice, Notice, optional=True)
        faults.items("evidence", self.evidence, Evidence, _EVIDENCE_MAX)
        faults.kind("conduct", self.conduct, ConductFacts, optional=True)
        if faults.kind("abscond", self.abscond, AbscondFacts, optional=True) and self.abscond:
            known = self.abscond.proof in self.evidence
            faults.check("abscond", known, "its proof is not among the evidence")
        faults.raise_any()

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
        abscond = _abscond(top.section("abscond"), _by_id(evidence))
        conduct = _conduct(top.section("conduct"))
        top.end()
        items = tuple(item for _, item in evidence)
        return batch.make(lambda: cls(creditor, basis, notice, items, abscond, conduct))


def _basis(section: Section | None) -> LegalBasis | None:
    if section is None:
        return None
    kind = section.choice("kind", BasisKind)
    instrument, article, version = (
        section.take(key, str) for key in ("instrument", "article", "version")
    )
    section.end()
    return section.make(lambda: LegalBasis(kind, instrument, article, version))


def _notice(section: Section | None) -> Notice | None:
    if section is None:
        return None
    served = section.take("served", dt.date)
    method = section.choice("method", ServiceMethod)
    remedy = section.find("remedy", str)
    section.end()
    return section.make(lambda: Notice(served, method, remedy))


def _evidence(section: Section) -> tuple[str | None, Evidence]:
    name = section.find("id", str)
    digest = section.take("digest", str)
    description = section.take("description", str)
    proves = section.choices("proves", Proves)
    section.end()
    try:
        raw = bytes.fromhex(digest)
    except ValueError:
        raise section.refuse("digest", "must be 64 hexadecimal digits") from None
    return name, section.make(lambda: Evidence(raw, description, proves))


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
    start = section.take("start", dt.date)
    end = section.find("end", dt.date)
    column = section.find("column", str)
    named = section.find("code", str)
    section.end()
    code = None if named is None else conduct_code(named)
    if named is not None and code is None:
        raise section.refuse("code", "not in the vocabulary of conduct")
    return section.make(lambda: ConductFacts(start, end, column and squeeze(column), code))
