"""Whether something evaluates a rule, with the number and options it has; and the safeguards."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from creditshare.calendars import Unit
from creditshare.rules.checks import CHECKS, ENDINGS, FLOORS, SAFEGUARDS
from creditshare.rules.checks.days import read_day
from creditshare.rules.deadlines import DEADLINES, TermKind
from creditshare.rules.measures import MEASURES, measures
from creditshare.rules.rule import UNITS, Rule, When

__all__ = ["missing_safeguards", "takes_the_place", "unfit"]

_SPAN_MAX: Mapping[str, int] = MappingProxyType(
    {Unit.DAYS: 36_500, Unit.WORKING_DAYS: 36_500, Unit.MONTHS: 1_200, Unit.YEARS: 100}
)
"""A hundred years: a longer term would end on no day that a listing can carry."""
_CALENDAR_UNITS = tuple(unit for unit in UNITS if unit is not Unit.WORKING_DAYS)
"""Of a day before or after which a step is refused: no step asks a calendar."""
_DATES = ("date", "date", "date")


def unfit(rule: Rule) -> Iterator[tuple[str, str]]:
    """What nothing can evaluate about a rule: field and problem, none if all is well."""
    if rule.enables:
        yield from _number(rule, (), 1)
        yield from _options(rule, (), required=False)
        if rule.enables not in _packaged_measures():
            yield "enables", "no packaged catalogue has a measure of that code"
        if rule.when != When():
            yield "when", "must be left out: a measure is turned on for every listing"
    elif rule.deadline:
        if rule.deadline not in DEADLINES:
            yield "deadline", f"must be one of {', '.join(DEADLINES)}"
            return
        term = DEADLINES[rule.deadline]
        due = term.kind in (TermKind.DUTY, TermKind.OPPORTUNITY)
        yield from _number(rule, UNITS if due else _CALENDAR_UNITS, 0)
        yield from _options(rule, term.options, required=False)
    elif rule.check not in CHECKS:
        yield "check", "nothing evaluates that"
    else:
        check = CHECKS[rule.check]
        yield from _number(rule, check.units, 1)
        yield from _options(rule, check.options, required=True, one=check.one)


def missing_safeguards(rules: Iterable[Rule]) -> str:
    """The checks that a rulebook of these rules does not ask for; empty if all is well.

    A safeguard is asked for always, of everybody, and for no less than its floor. What ends a
    listing may depend on listing and day: a listing that no rule ends is refused at its review.
    """
    found = tuple(rules)
    always = {rule.check for rule in found if rule.is_unconditional and _reaches_floor(rule)}
    groups = [group for group in SAFEGUARDS if not group & always]
    if ENDINGS.isdisjoint(rule.check for rule in found):
        groups.append(ENDINGS)
    return ", ".join(" or ".join(map(_with_floor, sorted(group))) for group in groups)


def takes_the_place(rule: Rule, old: Rule) -> bool:
    """Whether a rule may replace another: one evaluates both, or both are one safeguard."""
    same = (rule.check, rule.deadline, rule.enables) == (old.check, old.deadline, old.enables)
    return same or any({rule.check, old.check} <= group for group in SAFEGUARDS)


def _reaches_floor(rule: Rule) -> bool:
    least, options = FLOORS.get(rule.check, (0, frozenset()))
    return rule.value >= least and options <= set(rule.options)


def _with_floor(check: str) -> str:
    """The name of a check, with the least that it has to ask for."""
    least, options = FLOORS.get(check, (0, ()))
    floor = [str(least)] * bool(least) + sorted(options)
    return f"{check} (at least {', '.join(floor)})" if floor else check


@functools.cache  # the files do not change
def _packaged_measures() -> frozenset[str]:
    return frozenset(one.code for name in MEASURES for one in measures(name).measures)


def _number(rule: Rule, units: tuple[str, ...], least: int) -> Iterator[tuple[str, str]]:
    if not units:
        for field in ("unit", "value"):
            if getattr(rule, field):
                yield field, "must be left out"
        return
    money = "money" in units
    if money != rule.is_money or not (money or rule.unit in units):
        named = "a currency, such as CNY" if money else f"one of {', '.join(units)}"
        yield "unit", f"must be {named}"
    most = _SPAN_MAX.get(rule.unit, rule.value)
    if not least <= rule.value <= most:
        yield "value", f"must be at least {least}" + (f" and at most {most}" if most else "")


def _options(
    rule: Rule, known: tuple[str, ...], *, required: bool, one: bool = False
) -> Iterator[tuple[str, str]]:
    if known == _DATES:
        days = [day for day in map(read_day, rule.options) if day is not None]
        if not len(days) == len(rule.options) == len(_DATES):
            yield "options", "must be three dates, such as 2026-03-31"
        elif days != sorted(days):
            yield "options", "must be in order: first and last default, last repayment"
    elif not known:
        if rule.options:
            yield "options", "must be left out"
    elif not set(rule.options) <= set(known):
        yield "options", f"each must be one of {', '.join(known)}"
    elif len(set(rule.options)) != len(rule.options):
        yield "options", "the same one stands twice"
    elif (required and not rule.options) or (one and len(rule.options) != 1):
        yield "options", "must be one" if one else "must not be empty"
