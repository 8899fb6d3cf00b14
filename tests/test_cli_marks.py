"""The issuer's duties on the command line: retoken, confirm, suspend, resume, exempt; and purge."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

import attrs
import pytest

import creditshare as cs
from creditshare.model import ConductCode, ServiceMethod
from regimes import RULEBOOKS, draft
from terminal import NEXT_DAY, WHY, Ended, Exchange
from world import DAY, LICENCE, NOW, TODAY, decided, listing

PERSON = "888888198405170053"
PEOPLE = f"scheme,identifier\ncn-rid,{PERSON}\n"
STRANGER = "scheme,identifier\ncn-rid,888888198005178013\n"
ASKED_ABOUT = f"scheme,identifier,name\ncn-rid,{PERSON},陈静\n"
IN_150_DAYS = ("--at", (NOW + 150 * DAY).isoformat())


def told(text: str) -> dict[str, Any]:
    """A result as JSON."""
    found: dict[str, Any] = json.loads(text)
    return found


def marked(exchange: Exchange, *words: str | dt.date, people: str = PEOPLE) -> dict[str, Any]:
    """What the lender's command on the person's listing says."""
    return told(exchange.done("lender", *map(str, words), "--json", stdin=people))


def due(exchange: Exchange, *at: str) -> dict[str, dt.date]:
    """The last day of each of the lender's listings."""
    words = ["due-to-expire", "--within", "3000", "--ledger", "lender/ledger.db", "--json", *at]
    rows = map(told, exchange.done("lender", *words).splitlines())
    return {row["listing"]: dt.date.fromisoformat(row["last_day"]) for row in rows}


def told_bank(exchange: Exchange, name: str, *at: str) -> dict[str, Any]:
    """The lender seals what is new, the bank applies it; what the seal says."""
    sealed = told(exchange.sealed(name, "--since", "last", "--json", *at))
    exchange.done("bank", "apply", name, *at)
    return sealed


def screened(exchange: Exchange, *at: str) -> dict[str, Any]:
    """What the bank answers about the person, who states the listed name."""
    return told(exchange.done("bank", "screen", *WHY, "--json", *at, stdin=ASKED_ABOUT))


def with_next_epoch(exchange: Exchange) -> Exchange:
    """The steward issues the key of the next epoch, which begins in 140 days; all receive it."""
    begins = str(TODAY + 140 * DAY)
    words = ["2027H1", "next.csb", "--replaces", "2026H2", "--begins", begins]
    exchange.done("steward", "tokens", "issue", *words)
    for name in ("lender", "bank"):
        exchange.done(name, "tokens", "receive", "next.csb")
    return exchange


# -- retoken ------------------------------------------------------------


def test_an_exchange_goes_on_in_the_next_epoch(exchange: Exchange) -> None:
    """Across a change of epoch commands alone keep the issuer listing, the recipient finding."""
    with_next_epoch(exchange.with_bundle())
    words = ["import", "report.csv", "--batch", "batch.toml", *IN_150_DAYS]
    held_up = exchange.run("lender", *words)
    moved = told(exchange.done("lender", "retoken", "--json", *IN_150_DAYS))
    imported = exchange.run("lender", *words, "--json")
    sealed = exchange.run(
        "lender", "seal", "2.csb", "--to", "bank", "--since", "last", "--json", *IN_150_DAYS
    )
    exchange.done("bank", "apply", "2.csb", *IN_150_DAYS)
    seen = told(exchange.done("bank", "inspect", "2.csb", "--open", "--json", *IN_150_DAYS))

    assert 9 == held_up.code
    assert "creditshare retoken" in held_up.err
    assert (6, "2026H2", "2027H1") == (moved["retokened"], moved["from"], moved["to"])
    assert (3, 6) == (imported.code, told(imported.out)["duplicates"])
    assert (0, "full", 6) == (sealed.code, told(sealed.out)["kind"], told(sealed.out)["live"])
    assert "the token epoch changed" in sealed.err
    assert ("full", "2027H1") == (seen["bundle"], seen["epoch"])
    assert "match" == screened(exchange, *IN_150_DAYS)["outcome"]


def test_after_the_full_bundle_deltas_go_on(exchange: Exchange) -> None:
    """Who was sent the new epoch gets deltas again; who was not is sent all of it, later too."""
    with_next_epoch(exchange.with_bundle())
    exchange.done("lender", "seal", "s1.csb", "--to", "steward")
    exchange.done("lender", "retoken", *IN_150_DAYS)
    last = ("--since", "last", "--json", *IN_150_DAYS)
    exchange.run("lender", "seal", "2.csb", "--to", "bank", *last)
    exchange.done("bank", "apply", "2.csb", *IN_150_DAYS)
    marked(exchange, "suspend", "--until", TODAY + 160 * DAY, *IN_150_DAYS)
    delta = told_bank(exchange, "3.csb", *IN_150_DAYS)
    steward = exchange.run("lender", "seal", "s2.csb", "--to", "steward", *last)

    assert ("delta", 1) == (delta["kind"], delta["events"])
    assert ("full", 13) == (told(steward.out)["kind"], told(steward.out)["events"])
    assert "the token epoch changed" in told(steward.err)["note"]


def test_a_ledger_that_need_not_move_stays(exchange: Exchange) -> None:
    """Before the next epoch begins, and after the move, nothing is done, with the code for it."""
    with_next_epoch(exchange.with_bundle())
    early = exchange.run("lender", "retoken")
    exchange.done("lender", "retoken", *IN_150_DAYS)
    twice = exchange.run("lender", "retoken", *IN_150_DAYS)

    assert [(14, ""), (14, "")] == [(early.code, early.out), (twice.code, twice.out)]
    assert "epoch 2026H2 is in force" in early.err
    assert "nothing was sealed" not in twice.err


def test_two_epochs_of_which_none_replaces_the_other(exchange: Exchange) -> None:
    """While both are in force nothing is moved, and the hint names the list and the steward."""
    exchange.with_bundle()
    exchange.done("steward", "tokens", "issue", "2027H1", "next.csb")
    exchange.done("lender", "tokens", "receive", "next.csb")
    ended = exchange.run("lender", "retoken")

    assert (9, "") == (ended.code, ended.out)
    assert "creditshare tokens list" in ended.err


def test_an_epoch_that_replaces_nothing_is_not_moved_to(exchange: Exchange) -> None:
    """A key that does not name the ledger's epoch moves nothing, and the hint says what does."""
    exchange.with_bundle()
    exchange.done("steward", "tokens", "issue", "2028", "next.csb", "--begins", "2027-08-01")
    exchange.done("lender", "tokens", "receive", "next.csb")
    later = ("--at", "2027-08-02T00:00:00Z")
    ended = exchange.run("lender", "retoken", *later)
    sealed = exchange.run("lender", "seal", "2.csb", "--to", "bank", *later)

    assert (9, "") == (ended.code, ended.out)
    assert "does not replace" in ended.err
    assert 9 == sealed.code
    assert "creditshare retoken" in sealed.err


# -- confirm ------------------------------------------------------------


def test_confirmed_conduct_does_not_lapse(exchange: Exchange) -> None:
    """What was confirmed is a match after its first last day; what was not has lapsed."""
    with_next_epoch(exchange.with_bundle())
    before = due(exchange)
    exchange.done("lender", "retoken", *IN_150_DAYS)
    told_of = marked(exchange, "confirm", *IN_150_DAYS)
    (confirmed,) = told_of["confirmed"]
    after = due(exchange, *IN_150_DAYS)
    late = ("--at", (NOW + 190 * DAY).isoformat())
    sealed = exchange.run("lender", "seal", "2.csb", "--to", "bank", "--json", *late)
    exchange.run("bank", "apply", "2.csb", *late)  # with a note that an epoch is over
    asked = exchange.run("bank", "screen", *WHY, "--json", *late, stdin=ASKED_ABOUT)

    assert {confirmed["listing"]} == {item for item, day in after.items() if day != before[item]}
    assert str(TODAY + 330 * DAY) == str(after[confirmed["listing"]]) == confirmed["last_day"]
    assert [] == told_of["refused_listings"]
    assert (5, 1) == (told(sealed.out)["lapsed"], told(sealed.out)["live"])
    assert "match" == told(asked.out)["outcome"]


def held_keys(exchange: Exchange) -> cs.TokenKeyring:
    """The token key that the lender holds."""
    steward = cs.PublicAgency.load(exchange.home("lender") / "steward.pub").keys
    data = (exchange.home("lender") / "roster.csr").read_bytes()
    roster = cs.Roster.open(data, steward=steward, at=NOW)
    by = cs.Agency.load(exchange.home("lender") / "agency.key")
    file = exchange.folder / "token-key.csb"
    return cs.TokenKeyring([cs.receive_token_key(file, by=by, roster=roster, at=NOW)])


def test_what_the_rulebook_refuses_is_not_confirmed(exchange: Exchange) -> None:
    """What would not be cleared now, or has ended, is refused with every reason, and no other."""
    book = RULEBOOKS["cn-credit-reporting"]
    rules = [
        attrs.evolve(rule, value=1) if rule.id in {"CN-CR-WAITING", "CN-CR-ANSWER-TIME"} else rule
        for rule in book.rules
    ]
    lax = attrs.evolve(book, version="2026.1", rules=rules)
    hasty = cs.Notice(TODAY - 5 * DAY, ServiceMethod.POST, "Object to the lender in 15 days.")
    over = cs.Conduct(ConductCode.ASSET_TRANSFER, TODAY - 300 * DAY, TODAY - 30 * DAY)
    drafts = [
        listing(1),
        listing(2, notice=hasty, decision=decided(TODAY - 3 * DAY)),
        listing(3, conduct=over),
    ]
    issuer = cs.roster.RosterEntry("lender", None, [cs.Role.ISSUER], LICENCE)
    review = lax.review(drafts, on=TODAY, issuer=issuer)
    with cs.LedgerStore(exchange.home("lender") / "ledger.db") as store:
        ledger = cs.Ledger(store, origin="lender")
        ledger.record(review.cleared, tokens=held_keys(exchange), at=NOW)
    before = due(exchange)
    words = [word for item in drafts for word in ("--listing", item.id.hex())]
    ended = exchange.run("lender", "confirm", *words, "--json", "--at", NEXT_DAY)
    chinese = exchange.run("lender", "confirm", *words[2:4], "--language", "zh", "--json")
    after = due(exchange)
    reasons = {item["listing"]: item["reason"] for item in told(ended.out)["refused_listings"]}

    assert (3, [drafts[0].id.hex()]) == (
        ended.code, [item["listing"] for item in told(ended.out)["confirmed"]]
    )  # fmt: skip
    assert {item.id.hex() for item in drafts[1:]} == set(reasons)
    assert "CN-CR-WAITING" in reasons[drafts[1].id.hex()]
    assert re.search("[\u4e00-\u9fff]", told(chinese.out)["refused_listings"][0]["reason"])
    assert reasons[drafts[1].id.hex()] != told(chinese.out)["refused_listings"][0]["reason"]
    assert "nothing to confirm" in reasons[drafts[2].id.hex()]
    assert [DAY, 0 * DAY, 0 * DAY] == [after[i.id.hex()] - before[i.id.hex()] for i in drafts]


def test_what_always_goes_on_is_confirmed_though_the_conduct_has_ended(exchange: Exchange) -> None:
    """India's list is confirmed every month as long as it stands, and is told as to confirm."""
    diverted = cs.Conduct(ConductCode.FUND_DIVERSION, dt.date(2026, 1, 5), dt.date(2026, 2, 1))
    wilful = draft("in-rbi", conduct=diverted)
    review = RULEBOOKS["in-rbi"].review(
        [wilful], on=TODAY, issuer=cs.roster.RosterEntry("lender", None, [cs.Role.ISSUER], LICENCE)
    )
    with cs.LedgerStore(exchange.home("lender") / "ledger.db") as store:
        ledger = cs.Ledger(store, origin="lender")
        ledger.record(review.cleared, tokens=held_keys(exchange), at=NOW)
    (row,) = map(told, exchange.done("lender", "due-to-expire", "--json").splitlines())
    words = ("--listing", wilful.id.hex(), "--json", "--at", NEXT_DAY)
    (confirmed,) = told(exchange.done("lender", "confirm", *words))["confirmed"]

    assert ("to-confirm", "2026-12-23") == (row["why"], row["last_day"])
    assert (wilful.id.hex(), "2026-12-24") == (confirmed["listing"], confirmed["last_day"])
    assert confirmed["rulebook"].startswith("in-rbi@")


def test_what_a_house_rulebook_cleared_is_confirmed_by_it(exchange: Exchange) -> None:
    """Without --rules the rulebook that the ledger keeps is used, though its file is gone."""
    head = 'id = "house"\nextends = "cn"\nversion = "1"\njurisdiction = "CN"\n'
    house = exchange.folder / "house.toml"
    house.write_text(f'[rulebook]\n{head}title = "Ours"\ntitle_zh = "我们的"\n', "utf-8")
    words = ("import", "report.csv", "--batch", "batch.toml", "--rules", "house.toml")
    exchange.run("lender", *words)
    house.unlink()
    (confirmed,) = marked(exchange, "confirm", "--at", NEXT_DAY)["confirmed"]
    (another,) = marked(exchange, "confirm", "--rules", "cn", "--at", NEXT_DAY)["confirmed"]

    assert confirmed["rulebook"].startswith("house@1#")
    assert another["rulebook"].startswith("cn-credit-reporting@")


def test_what_has_ended_is_not_counted_as_live(exchange: Exchange) -> None:
    """After their last day listings are none on the ledger, also before anybody purges it."""
    exchange.imported()
    late = ("--at", (NOW + 190 * DAY).isoformat())
    shown = told(exchange.done("lender", "inspect", "lender/ledger.db", "--json", *late))

    assert (0, {"withdrawn": 6}) == (shown["live"], shown["status"])


def test_what_lapsed_is_not_confirmed(exchange: Exchange) -> None:
    """After its last day a listing is refused: it ends at the next seal."""
    with_next_epoch(exchange.with_bundle())
    late = ("--at", (NOW + 190 * DAY).isoformat())
    exchange.done("lender", "retoken", *IN_150_DAYS)
    ended = exchange.run("lender", "confirm", "--json", *late, stdin=PEOPLE)

    assert (3, []) == (ended.code, told(ended.out)["confirmed"])
    assert "last day" in told(ended.out)["refused_listings"][0]["reason"]


def test_nobody_is_confirmed_unnamed(exchange: Exchange) -> None:
    """No option confirms what nobody named, and who is not listed is refused by the row."""
    exchange.with_bundle()
    before = due(exchange)
    nobody = exchange.run("lender", "confirm", "--at", NEXT_DAY)
    stranger = exchange.run("lender", "confirm", "--at", NEXT_DAY, "--json", stdin=STRANGER)

    assert [14, 3] == [nobody.code, stranger.code]
    assert [2] == [row["row"] for row in told(stranger.out)["refused"]]
    assert before == due(exchange)


# -- marks ------------------------------------------------------------


def test_a_suspension_from_its_mark_to_its_end(exchange: Exchange) -> None:
    """A suspended listing needs review at the recipient, and is a match once it is resumed."""
    exchange.with_bundle()
    disputed_id = marked(exchange, "suspend", "--until", TODAY + 20 * DAY)["suspended"]
    before = screened(exchange)
    first = told_bank(exchange, "2.csb")
    disputed = screened(exchange)
    resumed = told(exchange.done("lender", "resume", "--listing", disputed_id[0], "--json"))
    second = told_bank(exchange, "3.csb")

    assert "match" == before["outcome"]  # the bank was not told yet
    assert ("needs-review", ["suspended"]) == (
        disputed["outcome"], disputed["reviews"][0]["reasons"]
    )  # fmt: skip
    assert disputed_id == resumed["resumed"]
    assert [1, 1] == [first["events"], second["events"]]
    assert "match" == screened(exchange)["outcome"]


def test_hardship_leaves_the_match_without_measures(exchange: Exchange) -> None:
    """An exempted listing stays a match, no measure rests on it, and a day that is over ends it."""
    exchange.with_bundle()
    until = TODAY + 20 * DAY
    exempted = marked(exchange, "exempt", "--until", until, "--cause", "illness")
    told_bank(exchange, "2.csb")
    spared = screened(exchange)
    ended = marked(exchange, "exempt", "--until", TODAY - 3 * DAY, "--cause", "illness")
    told_bank(exchange, "3.csb")
    after = screened(exchange)
    (match,), (later,) = spared["matches"], after["matches"]

    assert exempted["exempted"] == ended["no_longer_exempted"]
    assert ("match", [], str(until)) == (
        spared["outcome"], match["measures"], match["exempted_until"]
    )  # fmt: skip
    assert None is later["exempted_until"]
    assert later["measures"]


@pytest.mark.parametrize(
    "words",
    [("suspend", "--until"), ("exempt", "--cause", "duty", "--until"), ("resume", "--on")],
)
def test_marks_name_their_listings_as_withdraw_does(
    exchange: Exchange, words: tuple[str, ...]
) -> None:
    """Who has no listing is refused by the row; an unknown id, or nobody at all, is code 14."""
    exchange.imported()
    command = [*words, str(TODAY)]
    both = exchange.run("lender", *command, "--json", stdin=f"{PEOPLE}cn-rid,888888198005178013\n")
    unknown = exchange.run("lender", *command, "--listing", "00" * 16)
    nobody = exchange.run("lender", *command)

    assert 3 == both.code
    assert [3] == [row["row"] for row in told(both.out)["refused"]]
    assert 1 == len(next(iter(told(both.out).values())))
    assert [14, 14] == [unknown.code, nobody.code]


def test_a_suspension_that_is_over_is_not_begun(exchange: Exchange) -> None:
    """A day that has passed suspends nobody, so it is refused, and resume is named."""
    exchange.imported()
    ended = exchange.run("lender", "suspend", "--until", str(TODAY - 3 * DAY), stdin=PEOPLE)

    assert 2 == ended.code
    assert "creditshare resume" in ended.err


# -- purge, and hints ------------------------------------------------------------


def test_a_registry_forgets_what_is_over(exchange: Exchange) -> None:
    """Records whose last day has passed are deleted without a bundle, once."""
    exchange.with_bundle()
    late = ("--at", (NOW + 200 * DAY).isoformat())

    assert [0, 6, 0] == [
        told(exchange.done("bank", "purge", "--json", *at))["deleted"] for at in ((), late, late)
    ]


def test_a_broken_ledger_keeps_no_registry_from_forgetting(exchange: Exchange) -> None:
    """Where the ledger cannot be purged the registry is, and the command fails all the same."""
    exchange.with_bundle()
    late = ("--at", (NOW + 200 * DAY).isoformat())
    broken = exchange.home("bank") / "ledger.db"
    broken.write_bytes(b"no database " * 99)
    failed = exchange.run("bank", "purge", *late)
    broken.unlink()

    assert 0 != failed.code
    assert 0 == told(exchange.done("bank", "purge", "--json", *late))["deleted"]


def hints(exchange: Exchange) -> list[tuple[Ended, str]]:
    """Commands that fail, and what their hints must name."""
    home = exchange.home("bank")
    exchange.sealed("2.csb", "--at", (NOW + 20 * DAY).isoformat())
    seal = exchange.run("lender", "seal", "3.csb", "--to", "bank")
    shown = exchange.run("bank", "inspect", "bank/roster.csr")
    (home / "roster.csr").unlink()
    missing = exchange.run("bank", "apply", "0001.csb")
    return [(seal, "clock"), (shown, "roster show"), (missing, "roster receive")]


def test_hints_name_what_helps(exchange: Exchange) -> None:
    """A clock gone back, a roster that is inspected, no roster: each hint names what to do."""
    for ended, what in hints(exchange.with_bundle()):
        hint = ended.err.splitlines()[-1]

        assert ended.code in (4, 11, 13), ended
        assert hint.startswith("hint: ")
        assert what in hint
