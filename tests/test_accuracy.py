"""Accuracy: the figures in the documentation are those that the code gives."""

from __future__ import annotations

import pytest

from accuracy import generated
from accuracy.report import FIGURES, PAGE, dump, load, measure_generated, tables, written_into
from accuracy.tally import Tally, Verdict, interval, total, verdict
from creditshare.screening.agreement import Agreement
from creditshare.screening.factors import SecondFactors


def test_the_generated_figures_are_todays() -> None:
    """The figures that are kept for generated names are what the comparers say today."""
    kept = load(FIGURES.read_text("utf-8"))

    assert measure_generated() == {name: kept[name] for name in ("plain", "chinese")}


def test_the_page_shows_the_figures() -> None:
    """The tables in the documentation are those of the figures that are kept."""
    figures = load(FIGURES.read_text("utf-8"))
    page = PAGE.read_text("utf-8")

    assert tables(figures) in page
    assert page == written_into(page, figures)


def test_figures_survive_being_kept() -> None:
    """Figures are the same after they were written and read."""
    text = FIGURES.read_text("utf-8")

    assert text == dump(load(text))


def test_there_are_enough_pairs() -> None:
    """At least 20,000 generated pairs and 10,000 FEBRL duplicates stand behind the figures."""
    figures = load(FIGURES.read_text("utf-8"))

    assert 20_000 <= sum(tally.pairs for tally in figures["plain"])
    assert 10_000 <= total(figures["febrl"], same=True).pairs


@pytest.mark.parametrize("name", ["plain", "chinese"])
def test_no_stranger_matches_but_a_namesake(name: str) -> None:
    """Of two generated persons only those match who have the same name by chance."""
    kept = load(FIGURES.read_text("utf-8"))[name]
    namesakes = {
        kind.words: sum(one == other for one, other in generated.pairs(kind, 1500))
        for kind in generated.KINDS
        if not kind.same
    }

    assert namesakes == {tally.kind: tally.match for tally in kept if not tally.same}


def test_the_same_seed_gives_the_same_pairs() -> None:
    """Pairs depend on the seed and the kind alone."""
    for kind in generated.KINDS:
        first, again, other = (list(generated.pairs(kind, 20, seed)) for seed in (1, 1, 2))

        assert first == again != other


@pytest.mark.parametrize(
    ("factors", "expected"),
    [
        ([Agreement.AGREES], Verdict.MATCH),
        ([Agreement.AGREES, Agreement.UNKNOWN], Verdict.MATCH),
        ([Agreement.AGREES, Agreement.SIMILAR], Verdict.NEAR),
        ([Agreement.UNKNOWN, Agreement.PARTIAL], Verdict.NEAR),
        ([Agreement.AGREES, Agreement.CONFLICTS], Verdict.CONFLICT),
        ([Agreement.SIMILAR, Agreement.CONFLICTS], Verdict.CONFLICT),
        ([Agreement.UNKNOWN, Agreement.UNKNOWN], Verdict.NOTHING),
    ],
)
def test_verdicts(factors: list[Agreement], expected: Verdict) -> None:
    """The worst factor decides, and without one that agrees there is no match."""
    assert expected is verdict(*factors)


@pytest.mark.parametrize("birth_date", ["agrees", "similar", "conflicts", "unknown"])
@pytest.mark.parametrize("name", Agreement)
def test_what_counts_as_a_match_is_a_match(name: Agreement, birth_date: str) -> None:
    """A verdict is MATCH exactly if screening finds no reason against a match."""
    factors = SecondFactors(name, Agreement(birth_date))

    assert (not factors.reasons) is (verdict(name, factors.birth_date) is Verdict.MATCH)


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (0, 0, 0.0, 1.0)],
)
def test_intervals(part: int, whole: int, low: float, high: float) -> None:
    """The interval is Wilson's."""
    assert (low, high) == pytest.approx(interval(part, whole), abs=1e-4)


def test_a_tally() -> None:
    """A tally counts every verdict once."""
    tally = Tally.of("some", True, [Verdict.MATCH, Verdict.MATCH, Verdict.NOTHING])

    assert Tally("some", True, 2, 0, 0, 1) == tally
    assert 3 == tally.pairs
    assert Tally("all", True, 4, 0, 0, 2) == total([tally, tally], same=True)
    assert Tally("all", False, 0, 0, 0, 0) == total([tally], same=False)
