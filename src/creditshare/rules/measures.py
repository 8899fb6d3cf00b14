"""The catalogue of joint-punishment measures, and which of them a listing permits.

What comes out is permission, never a command: creditshare applies nothing.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Self

import attrs

from creditshare.arguments import expect
from creditshare.errors import RulebookError
from creditshare.model import Listing, Role
from creditshare.model.faults import Faults, as_tuple
from creditshare.rules.citation import Citation
from creditshare.rules.digest import digest_of
from creditshare.rules.measure import Measure, read_measure
from creditshare.rules.packaged import packaged, read_text
from creditshare.toml import Section, refuse_twice

__all__ = ["MEASURES", "MeasureCatalogue", "measures"]

MEASURES: Mapping[str, str] = MappingProxyType({"cn": "cn-measures", "in": "in-measures"})
"""The catalogues that come with the library, each by its short name."""


@attrs.frozen
class MeasureCatalogue:
    """The measures of one jurisdiction, in one version.

    Attributes:
        id: Such as ``"cn-measures"``.
        version: Of the catalogue, not of the law.
        measures: In the order in which they are told.
    """

    id: str
    version: str
    measures: tuple[Measure, ...] = attrs.field(converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        faults = Faults("catalogue")
        faults.text("id", self.id, limit=100)
        faults.text("version", self.version, limit=100)
        faults.items("measures", self.measures, Measure, 1000)
        faults.raise_any()
        codes = {measure.code for measure in self.measures}
        faults.check("measure", len(codes) == len(self.measures), "a code stands twice")
        faults.check("measure", bool(codes), "there must be one at least")
        faults.raise_any()

    @property
    def digest(self) -> bytes:
        """SHA-256 of all that it says."""
        return digest_of(self.id, self.version, self.measures)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a catalogue of your own from a file: UTF-8, at most 256 KiB.

        Raises:
            FileError: if it is not there, no regular file, or larger.
            RulebookError: as `from_toml`.
        """
        return cls.from_toml(read_text(path))

    @classmethod
    def from_toml(cls, text: str) -> Self:
        """Read a catalogue.

        Raises:
            RulebookError: naming the place; also for a measure that reduces rights and would rest
                on less than a decision.
        """
        document = Section.of(text)
        head = document.needed("catalogue")
        names = head.take("id", str), head.take("version", str)
        head.end()
        tables = document.sections("measure")
        found = tuple(map(read_measure, tables))
        refuse_twice(tables, "code", (measure.code for measure in found))
        document.end()
        return document.make(lambda: cls(*names, found))

    def measure(self, code: str) -> Measure:
        """The measure of a code.

        Raises:
            RulebookError: if the catalogue has none of that code.
        """
        for measure in self.measures:
            if measure.code == code:
                return measure
        raise RulebookError("the catalogue has no measure of that code")

    def turned_on(self, by: Mapping[str, Citation]) -> Self:
        """The same catalogue with some measures enabled that are doubtful or unverified.

        Args:
            by: For the code of each, the citation that allows it; it goes with the measure.

        Raises:
            RulebookError: if the catalogue has no measure of such a code.
        """
        expect(Mapping, by=by)
        for code, citation in by.items():
            self.measure(code)
            expect(Citation, citation=citation)
        found = (
            attrs.evolve(one, enabled_by=by[one.code]) if one.code in by else one
            for one in self.measures
        )
        return attrs.evolve(self, measures=found)

    def permitted(
        self, listing: Listing, *, role: Role, issuer: Iterable[Role] = ()
    ) -> tuple[Measure, ...]:
        """The measures that may rest on a listing.

        Args:
            listing: The listing.
            role: Of the agency that would apply them.
            issuer: The roles of the listing's issuer, from the roster.
        """
        expect(Listing, listing=listing)
        expect(Role, role=role)
        roles = frozenset(issuer)
        return tuple(
            measure for measure in self.measures if measure.permitted(listing, role, roles)
        )


def measures(name: str) -> MeasureCatalogue:
    """A catalogue that comes with the library: ``"cn"`` or ``"in"``.

    Raises:
        RulebookError: if there is none of that name.
    """
    expect(str, name=name)
    return _packaged(MEASURES.get(name, name))


@functools.cache  # the files do not change, and a catalogue is frozen
def _packaged(name: str) -> MeasureCatalogue:
    return MeasureCatalogue.from_toml(packaged(name))
