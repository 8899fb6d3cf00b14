"""The tables of docs/reference/rulebooks.md and rulebook-format.md, made from data and code.

``python tests/rulebook_page.py`` writes them into the pages; a test compares.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from creditshare.rules import Rule
from creditshare.rules.checks import CHECKS, PROBLEMS, Check
from creditshare.rules.deadlines import DEADLINES
from creditshare.rules.packaged import packaged
from creditshare.rules.rule import read_rule
from creditshare.toml import Section
from regimes import RULEBOOKS

REFERENCE = Path(__file__).parent.parent / "docs" / "reference"
PAGES = (REFERENCE / "rulebooks.md", REFERENCE / "rulebook-format.md")
_SAME = {
    "retention": "the rule's time since its anchor; of several anchors, the first that is known",
    "register-holds": "no longer than the public register holds it, if the basis tells",
    "decision-ends": "an end that the decision sets is kept",
}
"""Checks that one function evaluates, so that its docstring cannot tell them apart."""


def tables() -> Iterator[tuple[str, list[str]]]:
    """Each table by the heading above it, as lines."""
    for name in ("common", *RULEBOOKS):
        yield name, _rules(own_rules(name))
    yield "Checks", [*_head("check", "what it asks", "unit", "options", "problems"), *_checks()]
    yield "Terms", [*_head("deadline", "what is due", "期限", "runs from", "kind", "of"), *_terms()]
    yield (
        "Problems",
        [
            *_head("code", "problem", "问题", "to cure it", "补正"),
            *(_row(f"`{it.code}`", it.en, it.zh, it.cure, it.cure_zh) for it in PROBLEMS.values()),
        ],
    )


def own_rules(name: str) -> list[Rule]:
    """The rules that stand in a packaged file itself."""
    return [read_rule(table) for table in Section.of(packaged(name)).sections("rule")]


def written(text: str) -> str:
    """A page with those tables in it whose headings it has."""
    for heading, lines in tables():
        before, told, after = text.partition(f"\n## {heading}\n")
        if told:
            section, following, rest = after.partition("\n## ")
            prose = re.sub(r"^\|.*\n?", "", section, flags=re.MULTILINE).strip("\n")
            text = "\n".join([f"{before}{told}", prose, "", *lines, f"{following}{rest}"])
    return text.rstrip("\n") + "\n"


def _rules(rules: Iterable[Rule]) -> list[str]:
    return [
        *_head("rule", "requires", "要求", "by", "number", "stands on", "is"),
        *(
            _row(
                f"`{rule.id}`",
                rule.requires,
                rule.requires_zh,
                _by(rule),
                _number(rule),
                str(rule.citation),
                rule.source + ("" if rule.verified else ", **unverified**"),
            )
            for rule in rules
        ),
    ]


def _by(rule: Rule) -> str:
    by = f"`{rule.check or rule.deadline}`" + ("" if rule.check else " (term)")
    when = ["not every listing"] if rule.when.to_dict() else []
    since = [f"from {rule.begins}"] if rule.begins else []
    until = [f"to {rule.ends}"] if rule.ends else []
    return ", ".join([by, *when, *since, *until])


def _number(rule: Rule) -> str:
    told = f"{rule.value:,} {rule.unit}" if rule.unit else ""
    options = ", ".join(f"`{option}`" for option in rule.options)
    return (" since " if rule.check == "retention" else "; ").join(filter(None, (told, options)))


def _checks() -> Iterator[str]:
    for name, check in CHECKS.items():
        asks = _SAME.get(name) or (inspect.getdoc(check.evaluate) or "").rstrip(".")
        units = ", ".join(check.units).replace("money", "a currency, in whole units")
        options = ", ".join(f"`{option}`" for option in check.options)
        if check.options[:1] == ("date",):
            options = "three dates: first and last default, last repayment"
        if check.one:
            options = f"one of {options}"
        problems = ", ".join(f"`{code}`" for code in problems_of(check))
        yield _row(f"`{name}`", asks[0].lower() + asks[1:], units, options, problems)


def problems_of(check: Check) -> list[str]:
    """The codes of what a check can find wrong, read from its code."""
    source = inspect.getsource(check.evaluate)
    named = [code for code in PROBLEMS if f'"{code}"' in source]
    return list(dict.fromkeys(named + [code for code in check.outside if code]))


def _terms() -> Iterator[str]:
    for name, term in DEADLINES.items():
        options = f"; may take `{'`, `'.join(term.options)}`" if term.options else ""
        kind = f"{term.kind}{options}"
        yield _row(f"`{name}`", term.en, term.zh, f"`{term.starts}`", kind, term.party)


def _head(*names: str) -> tuple[str, str]:
    return _row(*names), "|" + "---|" * len(names)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(written(page.read_text("utf-8")), "utf-8")
