"""``creditshare audit``: the log of who asked about whom, made, shown and verified."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from creditshare.audit import AuditKey, AuditLog, AuditStore, Head, Query
from creditshare.cli.command import FILE, Answer, command, json_option, shared_option
from creditshare.cli.show import busy
from creditshare.cli.tables import CsvTable
from creditshare.errors import StoreError

__all__ = ["register"]


def register(app: click.Group) -> None:
    """Add the commands."""

    @app.group("audit")
    def group() -> None:
        """Keep the log of queries: every command that asks about a person writes it."""

    for add in (_key, _head, _verify, _queries):
        add(group)


def _key(group: click.Group) -> None:
    @command(group, "key")
    @shared_option("audit_key", type=FILE)
    def key(*, audit_key: Path) -> Answer:
        """Make the key of a new log; keep it where whoever has the database cannot read it."""
        AuditKey.generate().save(audit_key)
        return Answer({"audit_key": str(audit_key)})


def _head(group: click.Group) -> None:
    @command(group, "head")
    @shared_option("audit_log", type=FILE)
    @shared_option("audit_key", type=FILE)
    def head(*, audit_log: Path, audit_key: Path) -> Answer:
        """Show where the log stands, unverified: note it where the log cannot be changed."""
        with _log(audit_log, audit_key) as log:
            return Answer({"head": str(log.head())})


def _verify(group: click.Group) -> None:
    @command(group, "verify")
    @click.option("--head", "noted", help="A head noted earlier: the log must still stand on it.")
    @shared_option("audit_log", type=FILE)
    @shared_option("audit_key", type=FILE)
    def verify(*, noted: str | None, audit_log: Path, audit_key: Path) -> Answer:
        """Check every row of the log, and show the head to be noted."""
        earlier = None if noted is None else Head.parse(noted)
        with _log(audit_log, audit_key) as log, busy("verifying"):
            found = log.verify(expect=earlier)
        unknown = ["queries that no creditshare wrote down", "whether callers said the truth"]
        if earlier is None:
            unknown.insert(0, "whether rows at the end are missing: --head would tell")
        return Answer({"queries": found.count, "head": str(found), "cannot_know": unknown})


def _queries(group: click.Group) -> None:
    @group.command("queries")
    @shared_option("audit_log", type=FILE)
    @shared_option("audit_key", type=FILE)
    @json_option
    def queries(*, audit_log: Path, audit_key: Path, as_json: bool) -> None:
        """List every query of the log, as CSV, or JSON lines with --json."""
        with _log(audit_log, audit_key) as log:
            table: CsvTable | None = None
            for query in log.queries():
                row = {"number": query.number, **_asked(query), "asked": query.asked} | {
                    name: getattr(query, name) for name in ("matches", "reviews", "stale", "clear")
                }
                if as_json:
                    sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
                    continue
                table = table or CsvTable(sys.stdout, [*row])
                table.write(row)


def _asked(query: Query) -> dict[str, Any]:
    """Who asked, when, why and by whose leave."""
    return {
        "when": query.at.isoformat(),
        "caller": query.caller,
        "purpose": str(query.purpose),
        "role": str(query.role),
        "consent": query.consent,
    }


@contextlib.contextmanager
def _log(path: Path, key: Path) -> Iterator[AuditLog]:
    if not path.is_file():
        raise StoreError("there is no log of queries at that path")
    loaded = AuditKey.load(key)
    with AuditStore(path) as store:
        yield AuditLog(store, key=loaded)
