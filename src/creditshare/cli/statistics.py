"""``creditshare statistics``: figures for a supervisor, none of which gives a single case away."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from creditshare.cli.command import FILE, Answer, at_option, choice, command, shared_option
from creditshare.cli.databases import open_ledger
from creditshare.cli.show import track
from creditshare.clock import first_day_unended
from creditshare.disclosure import Language
from creditshare.errors import InputError, InvalidValueError, MisuseError
from creditshare.files import read_regular, replacing
from creditshare.ledger import case_facts
from creditshare.statistics import (
    CaseFact,
    Dimension,
    Period,
    Statistics,
    change_sentence,
    chart,
    read_statistics,
    summarise,
    table_rows,
)

__all__ = ["register"]

_EARLIER_MAX = 16 * 1024 * 1024


def register(app: click.Group) -> None:
    """Add the command."""

    @command(app, "statistics")
    @click.argument("period")
    @click.option("--earlier", type=FILE,
                  help="The JSON that was published for the period before.")  # fmt: skip
    @click.option("--also", type=FILE, multiple=True,
                  help="Another issuer's ledger to count; may be given again.")  # fmt: skip
    @click.option("--language", type=choice(Language), default=str(Language.ENGLISH),
                  show_default=True, help="Of tables and chart.")  # fmt: skip
    @click.option("--chart", "picture", type=FILE, help="A new file for a chart, SVG.")
    @click.option("--chart-by", type=choice(Dimension), default=str(Dimension.CONDUCT),
                  show_default=True, help="What the chart shows.")  # fmt: skip
    @shared_option("ledger", type=FILE)
    @at_option
    def statistics(
        *,
        period: str,
        earlier: Path | None,
        also: tuple[Path, ...],
        language: str,
        picture: Path | None,
        chart_by: str,
        ledger: Path,
        at: dt.datetime,
    ) -> Answer:
        """Count listings, amounts, ends, disputes, late answers of PERIOD, such as 2026Q3.

        PERIOD is a year 2026, a quarter 2026Q3, a month 2026-09, or from one to another of them:
        2026-09/2026-11.

        By conduct and by issuer, with the change against the period before. What is so small that
        it would tell of a person is closed, shown as `c`, so that neither totals nor the earlier
        table give it away: keep what you publish (--json), and name it next time with --earlier. A
        period is counted once its last day has ended everywhere on Earth.
        """
        asked = _asked(period)
        if asked.last >= first_day_unended(at):
            raise MisuseError("the period is not over: its table, made again, would tell who came")
        before = None if earlier is None else _read(earlier)
        facts = track(_facts(at, ledger, *also), "cases")
        found = summarise(facts, asked, earlier=before)
        if picture is not None:
            drawn = chart(found, Dimension(chart_by), language=language)
            with replacing(picture, 0o644, overwrite=False) as file:
                file.write(drawn.encode())
        as_json = click.get_current_context().ensure_object(dict).get("json")
        return Answer(found.to_dict() if as_json else _told(found, language))


def _asked(period: str) -> Period:
    try:
        return Period.parse(period)
    except InvalidValueError as error:
        raise click.BadParameter(error.faults[0].problem, param_hint="PERIOD") from None


def _facts(at: dt.datetime, *ledgers: Path) -> Iterator[CaseFact]:
    origins = set[str]()
    for path in ledgers:
        with open_ledger(path) as held:
            if held.ledger.origin in origins:
                raise MisuseError("two of these ledgers are of one issuer: cases would count twice")
            origins.add(held.ledger.origin)
            yield from case_facts(held.store, at=at)


def _read(path: Path) -> Statistics:
    try:
        return read_statistics(json.loads(read_regular(path, _EARLIER_MAX)))
    except (ValueError, RecursionError):
        raise InputError("the earlier statistics are not a JSON document") from None


def _told(found: Statistics, language: str) -> dict[str, Any]:
    told: dict[str, Any] = {"period": f"{found.period.first} to {found.period.last}"}
    if found.total is None:
        longer = f"{found.period.first:%Y-%m}/{found.period.last + dt.timedelta(days=1):%Y-%m}"
        said = f"too few cases came or went: report on a longer period, such as {longer}"
        return told | {"closed": said}
    told["summary"] = change_sentence(found.total, language=language)
    for dimension in found.dimensions:
        names, *rows = table_rows(found, dimension, language=language)
        told[f"by_{dimension}"] = [dict(zip(names, row, strict=True)) for row in rows]
    return told
