"""The main job: from a platform's report to a match at a lender, and away again.

A lending platform left the market; its custodian inherits a list of borrowers who evade their
debts. The custodian imports and reviews it, seals a bundle for a bank and an insurer, and both
screen applicants. One borrower pays; the withdrawal reaches everyone.

    python examples/main_job.py --out demo-out

Everything is generated; nobody in it exists.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Self, TypeVar

import attrs

import creditshare as cs
from creditshare.layouts import BatchFacts, Report, RowRefusal, read_online_lending
from creditshare.rules import Refused
from creditshare.screening import Match, Screening
from synthetic import make_applicants, make_facts, make_report

PLATFORM = "platform-x"
MEANING = {
    "mere-delay": "no conduct named: late payment alone is never listed",
    "creditor-differs": "another platform's claim",
    "identifier-digits-lost": "a spreadsheet stored the number and lost its last digits",
    "identifier-masked": "digits hidden by asterisks cannot be guessed",
    "identifier-check": "the check character does not fit: a typing error",
    "identifier-date": "the birth date in the number does not exist",
    "name-missing": "without a name nobody could be told apart",
    "date-form": "a date that can be read in two ways",
    "date-impossible": "a day that does not exist",
    "LEDGER-DUPLICATE": "this debt of this borrower is listed already",
    "CS-MINOR": "a minor when payment fell due",
}
DAY = dt.timedelta(days=1)
T = TypeVar("T")


def main() -> None:
    """Run the main job and leave its files in a folder."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--out", type=Path, default=Path("demo-out"), help="folder for the files")
    options.add_argument("--rows", type=int, default=20_000, help="rows in the report")
    options.add_argument("--applicants", type=int, default=50_000, help="applicants to screen")
    options.add_argument("--seed", type=int, default=7, help="of the generated data")
    chosen = options.parse_args()
    make_room(chosen.out)
    Demo(chosen.out, dt.datetime.now(dt.UTC)).run(chosen.rows, chosen.applicants, chosen.seed)


@attrs.define
class Member:
    """One member of the exchange, with a folder of its own."""

    agency: cs.Agency
    folder: Path
    tokens: cs.TokenKeyring = attrs.field(factory=cs.TokenKeyring)


class Demo:
    """The exchange of the demo: a steward, a custodian, a bank and an insurer."""

    def __init__(self, out: Path, now: dt.datetime) -> None:
        self.out, self.now = out, now
        self.members = {
            name: self.join(name) for name in ("steward", "custodian", "bank", "insurer")
        }
        self.roster = self.found()

    def run(self, rows: int, applicants: int, seed: int) -> None:
        """The whole way, step by step."""
        self.share_token_key()
        report = self.out / "custodian" / "report.csv"
        truth = make_report(report, rows, seed)
        facts = report.with_suffix(".toml")
        make_facts(facts, self.now.date() - 30 * DAY)
        ledger = self.import_report(report, facts)

        first = self.seal(ledger, "0001.csb", at=self.now)
        for name in ("bank", "insurer"):
            self.apply(name, first, at=self.now)
        people = list(make_applicants(applicants, seed, truth.evaders[:3]))
        found = self.screen("bank", people, role=cs.Role.LENDER, at=self.now)
        self.screen("insurer", people, role=cs.Role.INSURER, at=self.now)

        tomorrow = self.now + DAY
        self.settle(ledger, found[0].matches[0], at=tomorrow)
        second = self.seal(ledger, "0002.csb", at=tomorrow, since=1)
        for name in ("bank", "insurer"):
            self.apply(name, second, at=tomorrow)
        self.screen("bank", people, role=cs.Role.LENDER, at=tomorrow, show=False)
        self.screen("insurer", people, role=cs.Role.INSURER, at=tomorrow, show=False)
        self.who_knows_what()

    # -- setting up ---------------------------------------------------------------------------

    def join(self, name: str) -> Member:
        """A new member with fresh keys in a folder of its own."""
        folder = self.out / name
        folder.mkdir(parents=True)
        agency = cs.Agency.generate(name)
        agency.save(folder / "agency.key")
        return Member(agency, folder)

    def found(self) -> cs.Roster:
        """The signed roster, as every member reads it."""
        title("1. An exchange is founded")
        licence = cs.roster.Licence("demo-licence", dt.date(2020, 1, 1))
        custody = cs.roster.Licence("demo-custody-decision", dt.date(2020, 7, 1))
        keys = {name: member.agency.public.keys for name, member in self.members.items()}
        entry, role = cs.roster.RosterEntry, cs.Role
        entries = [
            entry("steward", keys["steward"], [role.STEWARD]),
            entry("custodian", keys["custodian"], [role.CUSTODIAN], licence),
            entry(PLATFORM, None, [role.ISSUER], licence, "custodian", custody),
            entry("bank", keys["bank"], [role.LENDER]),
            entry("insurer", keys["insurer"], [role.INSURER]),
        ]
        draft = cs.Roster("demo", 1, self.now - DAY, self.now + 365 * DAY, entries)
        steward = self.members["steward"].agency
        document = self.out / "roster.csr"
        document.write_bytes(draft.sign(steward))
        say(f"roster of {len(entries)}, signed by the steward", document)
        say(f"{PLATFORM} has left the market; the custodian speaks for it")
        return cs.Roster.open(document.read_bytes(), steward=keys["steward"], at=self.now)

    def share_token_key(self) -> None:
        """The steward makes the epoch's token key; each member receives it."""
        epoch = cs.Epoch(f"{self.now:%Y}-demo", self.now - DAY, self.now + 180 * DAY)
        sealed = self.out / "token-key.csb"
        users = [self.members[name] for name in ("custodian", "bank", "insurer")]
        cs.seal_token_key(
            sealed,
            cs.TokenKey.generate(epoch),
            by=self.members["steward"].agency,
            to=[user.agency.public for user in users],
        )
        for user in users:
            key = cs.receive_token_key(sealed, by=user.agency, roster=self.roster, at=self.now)
            user.tokens = user.tokens.add(key)
        say(f"token key of epoch {epoch.name}, sealed to {len(users)} members", sealed)

    # -- the issuer's side ----------------------------------------------------------------------

    def import_report(self, path: Path, facts: Path) -> cs.Ledger:
        """Read, review and record the platform's report; refusals go to a file to be mended."""
        title("2. The custodian imports the platform's report")
        report = read_online_lending(path, BatchFacts.load(facts))
        refusals: list[tuple[str, str, str, str]] = []
        reasons: Counter[str] = Counter()
        store = cs.LedgerStore(self.members["custodian"].folder / "ledger.db")
        ledger = cs.Ledger(store, origin=PLATFORM)
        with Clock() as clock:
            recorded = ledger.record(
                self.clear(report, refusals, reasons),
                tokens=self.members["custodian"].tokens,
                at=self.now,
            )
        for item in recorded.duplicates:
            row = item.listing.reference
            refusals.append((row, "", "LEDGER-DUPLICATE", "this debt of this borrower is listed"))
            reasons["LEDGER-DUPLICATE"] += 1
        refused_rows = len({row for row, *_ in refusals})
        say(f"{report.rows:,} rows in {report.encoding}, read, reviewed, recorded in {clock}", path)
        say(f"SHA-256 of what was read: {report.digest.hex()}")
        say(f"{recorded.listed:,} listed, {refused_rows:,} rows refused, none lost:")
        for reason, count in reasons.most_common():
            say(f"    {count:>6,}  {reason:<24} {MEANING.get(reason, '')}")
        if recorded.listed + refused_rows != report.rows:
            raise SystemExit("the rows do not add up")
        mend = path.with_name("refusals.csv")
        with mend.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("row", "field", "rule", "reason"), *refusals])
        say("each refusal with row, field and reason", mend)
        return ledger

    def clear(
        self, report: Report, refusals: list[tuple[str, str, str, str]], reasons: Counter[str]
    ) -> Iterator[cs.rules.ClearedListing]:
        """The report's cleared listings; what is refused is counted and kept."""
        rules, issuer = cs.rulebook("cn"), self.roster.entry(PLATFORM)
        for item in progress(report, "rows"):
            if isinstance(item, RowRefusal):
                for fault in item.faults:
                    row = f"report.csv:{item.row}"
                    refusals.append((row, fault.field, fault.kind, fault.reason))
                reasons[item.faults[0].kind] += 1
                continue
            result = rules.review_one(item, on=self.now.date(), issuer=issuer)
            if isinstance(result, Refused):
                refusals.extend(
                    (item.reference, "", reason.rule.id, str(reason)) for reason in result.reasons
                )
                reasons[result.reasons[0].rule.id] += 1
            else:
                yield result

    def seal(
        self, ledger: cs.Ledger, name: str, *, at: dt.datetime, since: int | None = None
    ) -> Path:
        """Seal the ledger for the bank and the insurer."""
        title(f"{'3' if since is None else '6'}. The custodian seals {name}")
        custodian = self.members["custodian"]
        to = [self.members[member].agency.public for member in ("bank", "insurer")]
        path = self.out / name
        with Clock() as clock:
            sealed = ledger.seal(path, by=custodian.agency, to=to, at=at, since=since)
        state = sealed.checkpoint
        say(f"{sealed.kind.name.lower()} bundle, {sealed.events:,} events, in {clock}", path)
        say(f"checkpoint {state.sequence}: {state.live:,} live listings, valid until "
            f"{state.expires_at:%Y-%m-%d}")  # fmt: skip
        if since is None:
            say(f"{path.stat().st_size / sealed.events:,.0f} bytes a listing, all told")
        return path

    def settle(self, ledger: cs.Ledger, match: Match, *, at: dt.datetime) -> None:
        """One borrower pays."""
        title("5. The next day one borrower pays")
        settled = cs.model.WithdrawalReason.SETTLED
        ledger.withdraw(cs.Withdrawal(match.listing_id, settled, at.date()), at=at)
        say(f"listing {match.listing_id.hex()[:8]} is withdrawn; the ledger forgot its record")

    # -- the recipients' side ---------------------------------------------------------------------

    def apply(self, name: str, path: Path, *, at: dt.datetime) -> None:
        """Open a bundle and apply it to a member's registry."""
        member = self.members[name]
        with (
            Clock() as clock,
            cs.RegistryStore(member.folder / "registry.db") as store,
            cs.open_bundle(path, by=member.agency, roster=self.roster, at=at) as bundle,
        ):
            applied = cs.Registry(store).apply(bundle, tokens=member.tokens, at=at)
        say(f"{name} opened and applied it in {clock}: {applied.live:,} live, "
            f"{applied.withdrawn:,} withdrawn")  # fmt: skip

    def screen(
        self,
        name: str,
        people: list[tuple[str, str, str, dt.date]],
        *,
        role: cs.Role,
        at: dt.datetime,
        show: bool = True,
    ) -> list[Screening]:
        """Screen applicants; returns those who are not clear."""
        if show and name == "bank":
            title("4. Both screen their applicants")
        elif name == "bank":
            title("7. Both screen again")
        member = self.members[name]
        applicants = (
            cs.Applicant([cs.ResidentID.parse(number)], person, born, reference)
            for reference, number, person, born in progress(people, "applicants")
        )
        with Clock() as clock, cs.RegistryStore(member.folder / "registry.db") as store:
            answers = list(
                cs.screen(
                    cs.Registry(store),
                    applicants,
                    tokens=member.tokens,
                    purpose=cs.Purpose.CREDIT_APPLICATION,
                    role=role,
                    measures=cs.measures("cn"),
                    at=at,
                )
            )
        outcomes = Counter(answer.outcome for answer in answers)
        told = ", ".join(f"{count:,} {outcome}" for outcome, count in outcomes.most_common())
        say(f"{name}: {len(answers):,} applicants in {clock}: {told}")
        found = [answer for answer in answers if answer.outcome is not cs.Outcome.CLEAR]
        for answer in found if show else ():
            for match in answer.matches:
                if name == "bank":
                    tell(answer.reference, match)
                else:
                    say(f"    {answer.reference}: the same listing; {permitted(match)}")
        return found

    def who_knows_what(self) -> None:
        """What each party could learn from these files."""
        title("8. Who knows what")
        knowledge = {
            "an outsider": "the origin, the number of recipients, the size of each bundle",
            "the steward": "who the members are, and the token key; no listing",
            "the custodian": "its own listings and who was sent them; no applicant",
            "bank, insurer": "how many listings, when each ends, which are of one unknown person, "
            "that some\n                  were withdrawn; what a listing says, only of those whose "
            "number they can name",
        }
        for who, what in knowledge.items():
            say(f"{who:<14} {what}")
        say("What this does not stop: a member can try every number with the shared token key.")
        say(f"All files are in {self.out}/")


def tell(reference: str, match: Match) -> None:
    """Show a match with its reasons."""
    listing = match.listing
    conduct, basis, notice, owed = (
        listing.conduct,
        listing.basis,
        listing.notice,
        listing.obligation,
    )
    if conduct is None or basis is None or notice is None:
        return
    say(f"    {reference}: {conduct.code} since {conduct.start}, {conduct.code.term}")
    say(f"        listed by {match.issuer} for {match.origin}; agree: number, "
        f"{', '.join(match.corroboration)}")  # fmt: skip
    say(f"        owes {owed.outstanding.minor / 100:,.2f} {owed.outstanding.currency} "
        f"to {owed.creditor}, in default since {owed.default_date}")  # fmt: skip
    say(f"        basis: {basis.kind}, {basis.instrument} art. {basis.article} ({basis.version})")
    say(f"        notice served {notice.served}, {notice.method}; remedy: {notice.remedy}")
    say(f"        {permitted(match)}")


def permitted(match: Match) -> str:
    """The measures that the asking role may rest on a match, each with where it stands."""
    measures = ", ".join(f"{item.code} ({item.citation})" for item in match.measures)
    return f"permitted: {measures or 'nothing'}"


def make_room(out: Path) -> None:
    """An empty folder: what an earlier demo left there goes, anything else is left alone."""
    if (out / "roster.csr").is_file() and (out / "0001.csb").is_file():
        shutil.rmtree(out)
    if out.exists() and any(out.iterdir()):
        raise SystemExit(f"{out} holds something else; name another folder with --out")


def title(text: str) -> None:
    """A step's heading."""
    print(f"\n{text}")


def say(text: str, file: Path | None = None) -> None:
    """One line, with the file it is about."""
    print(f"   {text}" + (f"  [{file}, {file.stat().st_size:,} bytes]" if file else ""), flush=True)


class Clock:
    """How long a block took."""

    def __enter__(self) -> Self:
        self._start, self._seconds = time.perf_counter(), 0.0
        return self

    def __exit__(self, *_: object) -> None:
        self._seconds = time.perf_counter() - self._start

    def __str__(self) -> str:
        return f"{self._seconds:.2f} s"


def progress(items: Iterable[T], what: str) -> Iterator[T]:
    """Count on a terminal; silent in a pipe."""
    shown = sys.stderr.isatty()
    for count, item in enumerate(items, 1):
        if shown and count % 1000 == 0:
            print(f"   {count:,} {what}\r", end="", file=sys.stderr, flush=True)
        yield item
    if shown:
        print(" " * 30, end="\r", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
