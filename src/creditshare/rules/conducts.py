"""The catalogue of conduct: what each code stands on, what proves it, and what never has a code.

The codes themselves are `ConductCode`, which the format carries. What is known about them is data:
sources, proof, and the reasons that a user is told who looks for a code that there is not.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Self

import attrs

from creditshare.arguments import expect
from creditshare.model import BasisLevel, ConductCode, Evidence, Listing, Proves
from creditshare.model.faults import Faults, as_tuple
from creditshare.rules.citation import Citation, read_citations
from creditshare.rules.digest import digest_of
from creditshare.rules.packaged import packaged
from creditshare.toml import Section, refuse_twice

__all__ = ["ConductCatalogue", "ConductKind", "NeverConduct", "Proof", "conducts"]


@attrs.frozen
class Proof:
    """What a conduct asks to be proved by.

    Attributes:
        proves: What the evidence must show at least, all of it together; the conduct is among it.
        instrument: Whether it can only be done where an effective legal instrument stands. If not,
            proof of ability to pay will do instead of one.
        words: What proves it, in English.
        words_zh: The same in Chinese.
    """

    proves: tuple[Proves, ...] = attrs.field(converter=as_tuple)
    instrument: bool
    words: str
    words_zh: str

    def __attrs_post_init__(self) -> None:
        faults = Faults("proof")
        faults.items("proves", self.proves, Proves, len(Proves))
        faults.check("proves", Proves.CONDUCT in self.proves, "must hold the conduct")
        faults.kind("instrument", self.instrument, bool)
        faults.text("proof", self.words, limit=300)
        faults.text("proof_zh", self.words_zh, limit=300)
        faults.raise_any()

    def missing(self, evidence: Iterable[Evidence]) -> tuple[Proves, ...]:
        """What no document of a manifest proves, in order; empty if nothing is missing."""
        shown = {what for item in evidence for what in item.proves}
        return tuple(what for what in self.proves if what not in shown)

    def grounded(self, listing: Listing) -> bool:
        """Whether an effective instrument stands, or ability is proved where that will do."""
        basis = listing.basis
        if basis is not None and basis.level >= BasisLevel.EFFECTIVE_INSTRUMENT:
            return True
        able = any(Proves.ABILITY_TO_PAY in item.proves for item in listing.evidence)
        return able and not self.instrument


@attrs.frozen
class ConductKind:
    """One kind of evasion.

    Attributes:
        code: As listings carry it.
        term: In Chinese.
        meaning: In English.
        proof: What proves it.
        citations: Where it stands; the first is the one to show.
        verified: Whether the citations were read in a stored source.
    """

    code: ConductCode
    term: str
    meaning: str
    proof: Proof
    citations: tuple[Citation, ...] = attrs.field(converter=as_tuple)
    verified: bool

    def __attrs_post_init__(self) -> None:
        faults = Faults("conduct")
        faults.kind("code", self.code, ConductCode)
        faults.kind("proof", self.proof, Proof)
        _check_told(faults, self)


@attrs.frozen
class NeverConduct:
    """What is no evasion, has no code and never gets one.

    Attributes:
        id: Stable, such as ``"mere-delay"``.
        term: In Chinese.
        meaning: In English.
        reason: Why it has no code, in English; what a user may be told.
        reason_zh: The same in Chinese.
        citations: Where that stands.
        verified: Whether the citations were read in a stored source.
    """

    id: str
    term: str
    meaning: str
    reason: str
    reason_zh: str
    citations: tuple[Citation, ...] = attrs.field(converter=as_tuple)
    verified: bool

    def __attrs_post_init__(self) -> None:
        faults = Faults("never")
        for field in ("id", "reason", "reason_zh"):
            faults.text(field, getattr(self, field), limit=300)
        _check_told(faults, self)


@attrs.frozen
class ConductCatalogue:
    """Every conduct that has a code, each once, and what never has one.

    Attributes:
        id: Such as ``"conducts"``.
        version: Of the catalogue, not of the law.
        conducts: In the order in which they are told.
        never: What has no code.
    """

    id: str
    version: str
    conducts: tuple[ConductKind, ...] = attrs.field(converter=as_tuple)
    never: tuple[NeverConduct, ...] = attrs.field(converter=as_tuple)
    _by_code: dict[ConductCode, ConductKind] = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        faults = Faults("catalogue")
        faults.text("id", self.id, limit=100)
        faults.text("version", self.version, limit=100)
        faults.items("conducts", self.conducts, ConductKind, len(ConductCode))
        faults.items("never", self.never, NeverConduct, 100)
        faults.raise_any()
        by_code = {kind.code: kind for kind in self.conducts}
        missing = [code for code in ConductCode if code not in by_code]
        faults.check("conduct", not missing, f"nothing tells of {', '.join(missing)}")
        faults.check("conduct", len(by_code) == len(self.conducts), "a code stands twice")
        ids = {item.id for item in self.never}
        faults.check("never", len(ids) == len(self.never), "an id stands twice")
        faults.raise_any()
        object.__setattr__(self, "_by_code", by_code)

    @property
    def digest(self) -> bytes:
        """SHA-256 of all that it says."""
        return digest_of(self.id, self.version, self.conducts, self.never)

    @functools.cached_property
    def name(self) -> str:
        """``id@version#digest``: what a rulebook remembers, for its reviews depend on it."""
        return f"{self.id}@{self.version}#{self.digest.hex()}"

    @classmethod
    def from_toml(cls, text: str) -> Self:
        """Read a catalogue.

        Raises:
            RulebookError: naming the place; also if a code is missing or stands twice.
        """
        document = Section.of(text)
        head = document.needed("catalogue")
        names = head.take("id", str), head.take("version", str)
        head.end()
        told, untold = document.sections("conduct"), document.sections("never")
        kinds, never = tuple(map(_read_kind, told)), tuple(map(_read_never, untold))
        refuse_twice(told, "code", (kind.code for kind in kinds))
        refuse_twice(untold, "id", (item.id for item in never))
        document.end()
        return document.make(lambda: cls(*names, kinds, never))

    def kind(self, code: ConductCode) -> ConductKind:
        """The entry of a code."""
        expect(ConductCode, code=code)
        return self._by_code[code]

    def proof_of(self, code: ConductCode) -> Proof:
        """The proof that a code asks for."""
        return self.kind(code).proof


def conducts() -> ConductCatalogue:
    """The catalogue that comes with the library."""
    return _packaged()


@functools.cache  # a review asks for each listing, and the file does not change
def _packaged() -> ConductCatalogue:
    return ConductCatalogue.from_toml(packaged("conducts"))


def _check_told(faults: Faults, told: ConductKind | NeverConduct) -> None:
    for field in ("term", "meaning"):
        faults.text(field, getattr(told, field), limit=200)
    faults.items("citations", told.citations, Citation, 10)
    faults.check("citations", bool(told.citations), "must not be empty")
    faults.kind("verified", told.verified, bool)
    faults.raise_any()


def _read_kind(table: Section) -> ConductKind:
    kind = table.make(
        lambda: ConductKind(
            code=table.choice("code", ConductCode),
            term=table.take("term", str),
            meaning=table.take("meaning", str),
            proof=Proof(
                proves=table.choices("proves", Proves),
                instrument=table.find("instrument", bool) or False,
                words=table.take("proof", str),
                words_zh=table.take("proof_zh", str),
            ),
            citations=read_citations(table),
            verified=table.take("verified", bool),
        )
    )
    table.end()
    return kind


def _read_never(table: Section) -> NeverConduct:
    never = table.make(
        lambda: NeverConduct(
            id=table.take("id", str),
            term=table.take("term", str),
            meaning=table.take("meaning", str),
            reason=table.take("reason", str),
            reason_zh=table.take("reason_zh", str),
            citations=read_citations(table),
            verified=table.take("verified", bool),
        )
    )
    table.end()
    return never
