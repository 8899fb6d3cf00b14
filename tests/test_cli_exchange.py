"""The commands of an exchange: keys, roster, token keys, import, seal, apply, withdraw, explain."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import io
import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from creditshare.agency import Agency, PublicAgency
from terminal import (
    ASKED,
    AT,
    COMMAND,
    NEXT_DAY,
    WHY,
    Ended,
    Exchange,
    call,
    environment,
    process,
    variables,
)
from world import number

LISTED = "888888198205170032"  # in the made-up report
HEADER = "scheme,identifier\n"
SECRET, WRONG = "correct horse", "battery staple"


def told(text: str) -> dict[str, Any]:
    """A result as JSON."""
    found: dict[str, Any] = json.loads(text)
    return found


# -- keys ------------------------------------------------------------


def test_keys_are_made_once(tmp_path: Path) -> None:
    """Both files and their folder are made, the fingerprint is told, nothing is written over."""
    made = call("--home", tmp_path / "home", "keygen", "bank-a", "--json")
    again = call("--home", tmp_path / "home", "keygen", "bank-a")
    public = PublicAgency.load(tmp_path / "home" / "agency.pub")

    assert public == Agency.load(tmp_path / "home" / "agency.key").public
    assert public.keys.fingerprint.hex() == told(made.out)["fingerprint"]
    assert (4, "") == (again.code, again.out)


@pytest.mark.parametrize("origin", ["Bank A", "../bank", "bank/a", "", "x" * 65])
def test_a_name_is_never_a_path(tmp_path: Path, origin: str) -> None:
    """An origin that could lead elsewhere is refused, and nothing is written."""
    ended = call("--home", tmp_path, "keygen", origin)

    assert 4 == ended.code
    assert [] == list(tmp_path.iterdir())


def test_a_passphrase_from_the_environment(exchange: Exchange) -> None:
    """Locked keys open with the variable's passphrase, another is told, and none is asked for."""
    home = exchange.home("new")
    with variables(CREDITSHARE_PASSPHRASE=SECRET):
        made = exchange.run("new", "keygen", "new", "--passphrase", "--json")
        (home / "steward.pub").write_bytes((exchange.folder / "bank/steward.pub").read_bytes())
        (home / "roster.csr").write_bytes((exchange.folder / "bank/roster.csr").read_bytes())
        opened = exchange.run("new", "tokens", "receive", "token-key.csb")
    with variables(CREDITSHARE_PASSPHRASE=WRONG):
        wrong = exchange.run("new", "tokens", "receive", "token-key.csb")
    missing = exchange.run("new", "tokens", "receive", "token-key.csb")

    assert told(made.out)["locked"]
    assert 5 == opened.code  # the keys open, but the file is not sealed to them
    assert [10, 10] == [wrong.code, missing.code]
    assert "passphrase is wrong" in wrong.err
    assert "CREDITSHARE_PASSPHRASE" in missing.err
    assert SECRET not in repr((made, opened, wrong, missing))


@contextlib.contextmanager
def descriptor(data: bytes) -> Iterator[int]:
    """A pipe that gives some bytes."""
    read, write = os.pipe()
    os.write(write, data)
    os.close(write)
    try:
        yield read
    finally:
        os.close(read)


def test_secrets_from_descriptors(exchange: Exchange) -> None:
    """A script hands keys and passphrase over on descriptors, to a process that has no other."""
    home = exchange.home("new")
    with descriptor(SECRET.encode() + b"\n") as given:
        locked = process(
            "--home", home, "keygen", "new", "--passphrase-fd", str(given), pass_fds=[given]
        )
    key = (home / "agency.key").read_bytes()
    (home / "agency.key").unlink()
    with descriptor(key) as keys, descriptor(SECRET.encode() + b"\r\n") as words:
        shown = process(
            "--home", exchange.home("bank"), "tokens", "list", "--at", AT,
            "--key-fd", str(keys), "--passphrase-fd", str(words), pass_fds=[keys, words],
        )  # fmt: skip
    with descriptor(bytes(5000)) as endless:
        refused = process(
            "--home", home, "roster", "sign", exchange.folder / "draft.toml",
            "--key-fd", str(endless), pass_fds=[endless],
        )  # fmt: skip

    assert 0 == locked.code
    assert key.startswith(b"CSLOCKED1\n")
    assert 9 == shown.code, shown.err  # opened with the keys of another agency: not for it
    assert 4 == refused.code


def test_a_broken_token_key_is_named(exchange: Exchange) -> None:
    """A file of the keyring that cannot be opened is told as such: the bundle is not to blame."""
    exchange.with_bundle()
    (exchange.home("bank") / "tokens" / "junk.csb").write_bytes(b"junk")
    ended = exchange.run("bank", "apply", "0001.csb")

    assert 9 == ended.code
    assert "junk.csb in the keyring" in ended.err


def test_epochs_that_are_over_are_listed_beside_others(exchange: Exchange) -> None:
    """Every epoch of the list has the same columns, whichever is over, in text and as JSON."""
    for n in range(4):
        words = ["--begins", f"2027-04-{n + 1:02}", "--days", "90" if n % 2 else "10"]
        exchange.done("steward", "tokens", "issue", f"e{n}", f"{n}.csb", *words)
    late = ["--at", "2027-05-01T00:00:00Z"]
    rows = told(exchange.done("steward", "tokens", "list", "--json", *late))["epochs"]
    shown = exchange.done("steward", "tokens", "list", *late)

    assert 5 == len(rows)
    assert {False, True} == {row["over"] for row in rows}
    assert 1 == len({tuple(row) for row in rows})
    assert {6} == {line.count("\t") + 1 for line in shown.splitlines()[2:]}


@pytest.mark.parametrize("flag", ["--key-fd", "--passphrase-fd"])
def test_a_closed_descriptor_is_told(exchange: Exchange, flag: str) -> None:
    """A descriptor that is not open is an error of the input, not a traceback."""
    with variables(CREDITSHARE_PASSPHRASE=SECRET):
        exchange.run("new", "keygen", "new", "--passphrase")
    ended = exchange.run("new", "roster", "sign", "draft.toml", flag, "97")

    assert 4 == ended.code
    assert "descriptor 97" in ended.err


def test_a_device_is_no_key_file(exchange: Exchange) -> None:
    """--key takes regular files only; pipes have an option of their own."""
    ended = exchange.run("bank", "tokens", "list", "--key", "/dev/stdin", stdin=b"key")

    assert 4 == ended.code


def test_no_secret_is_ever_shown(exchange: Exchange) -> None:
    """No command writes the agency's secret keys, also when it fails."""
    raw = Agency.load(exchange.home("lender") / "agency.key").keys.raw
    exchange.imported()
    shown = [
        exchange.run("lender", *words)
        for words in (
            ("tokens", "list"),
            ("roster", "show", "--json"),
            ("inspect", "lender/ledger.db"),
            ("inspect", "lender/agency.key"),
            ("apply", "lender/agency.key"),
            ("seal", "1.csb", "--to", "nobody"),
        )
    ]
    for ended in shown:
        for form in (raw.hex(), repr(raw)[2:-1], raw.decode("latin-1")):
            assert form[:16] not in ended.out + ended.err


# -- roster and token keys ------------------------------------------------------------


def test_a_steward_is_trusted_by_fingerprint_alone(exchange: Exchange) -> None:
    """Without a fingerprint it is only shown; another's is refused; a second steward too."""
    home, file = exchange.home("fourth"), "steward/agency.pub"
    home.mkdir()
    fingerprint = PublicAgency.load(exchange.folder / file).keys.fingerprint.hex()
    shown = exchange.run("fourth", "roster", "trust", file, "--json")
    wrong = exchange.run("fourth", "roster", "trust", file, "--fingerprint", fingerprint[:-1])
    grouped = " ".join(re.findall("....", fingerprint.upper()))
    exchange.done("fourth", "roster", "trust", file, "--fingerprint", grouped)
    other = "bank/agency.pub"
    its_own = PublicAgency.load(exchange.folder / other).keys.fingerprint.hex()
    second = exchange.run("fourth", "roster", "trust", other, "--fingerprint", its_own)

    assert (0, None) == (shown.code, told(shown.out)["trusted"])
    assert fingerprint == told(shown.out)["fingerprint"]
    assert "run this again with --fingerprint" in shown.err
    assert [11, 11] == [wrong.code, second.code]
    assert (exchange.folder / file).read_bytes() == (home / "steward.pub").read_bytes()


def test_a_roster_never_goes_back(exchange: Exchange) -> None:
    """An older roster, a second one of its version, and a changed one are refused."""
    first = (exchange.folder / "steward/roster.csr").read_bytes()
    second = told(exchange.done("steward", "roster", "sign", "draft.toml", "--json"))
    exchange.done("bank", "roster", "receive", "steward/roster.csr")
    old = exchange.run("bank", "roster", "receive", "-", stdin=first)
    (exchange.folder / "steward/roster.csr").write_bytes(first)
    exchange.done("steward", "roster", "sign", "draft.toml", "--days", "9")
    forked = exchange.run("bank", "roster", "receive", "steward/roster.csr")
    damaged = exchange.run("bank", "roster", "receive", "-", stdin=first[:-1] + b"x")

    assert 2 == second["version"]
    assert [11, 11, 11] == [old.code, forked.code, damaged.code]
    assert 2 == told(exchange.done("bank", "roster", "show", "--json"))["version"]


def test_an_expired_roster_is_replaced_and_still_not_by_an_older_one(exchange: Exchange) -> None:
    """Once the roster has expired, a newer one helps, and an older one does not."""
    exchange.done("steward", "roster", "sign", "draft.toml", "--days", "2000")
    long_lived = (exchange.folder / "steward/roster.csr").read_bytes()
    exchange.done("steward", "roster", "sign", "draft.toml", "--days", "10")
    exchange.done("bank", "roster", "receive", "steward/roster.csr")
    later = ("--at", "2027-03-01T00:00:00Z")
    old = exchange.run("bank", "roster", "receive", "-", *later, stdin=long_lived)
    exchange.done("steward", "roster", "sign", "draft.toml", *later)
    exchange.done("bank", "roster", "receive", "steward/roster.csr", *later)

    assert 11 == old.code


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (('roles = ["lender"]', 'roles = ["lander"]'), "agency[3].roles"),
        (('keys = "bank/agency.pub"', 'keys = "lender/agency.pub"'), "agency[3].keys"),
        (('number = "demo licence 1"\n', ""), "agency[2].licence.number"),
        (('origin = "bank"', 'origin = "bank"\ncolour = "red"'), "agency[3].colour"),
        (('exchange = "demo"', "exchange = 7"), "exchange"),
    ],
)
def test_a_mistake_in_a_draft_is_told(
    exchange: Exchange, change: tuple[str, str], place: str
) -> None:
    """A draft with a mistake is not signed; the place is told."""
    draft = exchange.folder / "draft.toml"
    draft.write_text(draft.read_text("utf-8").replace(*change), "utf-8")
    ended = exchange.run("steward", "roster", "sign", "draft.toml")

    assert 4 == ended.code
    assert place in ended.err


def in_custody(exchange: Exchange) -> None:
    """The lender is a custodian from now on, and speaks for a platform that left."""
    draft = exchange.folder / "draft.toml"
    text = draft.read_text("utf-8").replace('roles = ["issuer", ', 'roles = ["custodian", ')
    draft.write_text(
        f'{text}\n[[agency]]\norigin = "platform-x"\nroles = ["issuer"]\ncustodian = "lender"\n'
        '[agency.licence]\nnumber = "L-3"\nfrom = 2015-01-01\n'
        '[agency.custody]\nnumber = "decision 4"\nfrom = 2020-07-01\n'
    )
    exchange.done("steward", "roster", "sign", "draft.toml")
    for name in ("lender", "bank"):
        exchange.done(name, "roster", "receive", "steward/roster.csr")


def test_an_institution_that_left_has_a_custodian(exchange: Exchange) -> None:
    """A draft without keys but with custody lets the custodian import, seal and be believed."""
    in_custody(exchange)
    exchange.run(
        "lender", "import", "report.csv", "--batch", "batch.toml", "--origin", "platform-x"
    )
    exchange.sealed()
    applied = told(exchange.done("bank", "apply", "0001.csb", "--json"))

    assert ("platform-x", "lender", 6) == (applied["origin"], applied["issuer"], applied["live"])


def test_a_custodian_lists_nobody_in_its_own_name(exchange: Exchange) -> None:
    """A custodian that forgets whose listings these are is told so before anything is recorded."""
    in_custody(exchange)
    words = ["report.csv", "--batch", "batch.toml"]
    refused = [exchange.run("lender", *verb, *words) for verb in (["import"], ["case", "prepare"])]

    for ended in refused:
        assert 6 == ended.code
        assert "error: a custodian issues only for others\n" in ended.err
        assert "--origin" in ended.err
    assert not (exchange.home("lender") / "ledger.db").exists()


def test_a_ledger_is_of_one_log(exchange: Exchange) -> None:
    """Listings of another log are not put on a ledger; whose it is is told."""
    in_custody(exchange)
    words = ["import", "report.csv", "--batch", "batch.toml"]
    exchange.run("lender", *words, "--origin", "platform-x")
    draft = exchange.folder / "draft.toml"
    draft.write_text(draft.read_text("utf-8").replace('"custodian", ', '"issuer", '), "utf-8")
    exchange.done("steward", "roster", "sign", "draft.toml")
    exchange.done("lender", "roster", "receive", "steward/roster.csr")
    ended = exchange.run("lender", *words)

    assert 13 == ended.code
    assert "that of another log: platform-x, generation 1\nhint: --origin says whose" in ended.err


def test_a_token_key_stays_sealed_on_the_disk(exchange: Exchange) -> None:
    """The keyring holds the file as it was sent, under its digest, and the key works from there."""
    (kept,) = (exchange.home("bank") / "tokens").iterdir()
    epochs = told(exchange.done("bank", "tokens", "list", "--json"))["epochs"]

    assert (exchange.folder / "token-key.csb").read_bytes() == kept.read_bytes()
    assert re.fullmatch(r"[0-9a-f]{64}\.csb", kept.name)
    assert [("2026H2", False)] == [(item["epoch"], item["over"]) for item in epochs]


def test_a_token_key_for_who_joins_later(exchange: Exchange) -> None:
    """Sharing seals the same key again, for one member; another key of that epoch is refused."""
    (exchange.home("bank") / "tokens").rename(exchange.folder / "lost")
    exchange.done("steward", "tokens", "share", "2026H2", "again.csb", "--to", "bank")
    exchange.done("bank", "tokens", "receive", "again.csb")
    exchange.with_bundle()
    not_for = exchange.run("lender", "tokens", "receive", "again.csb")
    exchange.home("steward").joinpath("tokens").rename(exchange.folder / "forgotten")
    exchange.done("steward", "tokens", "issue", "2026H2", "other.csb")
    other = exchange.run("bank", "tokens", "receive", "other.csb")
    unknown = exchange.run("steward", "tokens", "share", "2031", "x.csb")

    assert [5, 9, 9] == [not_for.code, other.code, unknown.code]


def test_a_key_of_an_epoch_that_is_over_is_told_and_deleted(exchange: Exchange) -> None:
    """After its end a key is passed over with a note, and purge deletes its file."""
    later = ("--at", "2027-08-01T00:00:00Z")
    listed = told(exchange.done("bank", "tokens", "list", "--json", *later))
    with contextlib.suppress(FileNotFoundError):
        exchange.run("bank", "screen", "applicants.csv", *WHY, *later)
    purged = told(exchange.done("bank", "tokens", "purge", "--json", *later))
    refused = exchange.run("bank", "tokens", "receive", "token-key.csb", *later)

    assert [True] == [item["over"] for item in listed["epochs"]]
    assert 1 == len(purged["deleted"])
    assert [] == list((exchange.home("bank") / "tokens").iterdir())
    assert 9 == refused.code


# -- import ------------------------------------------------------------


def test_import_counts_every_row(exchange: Exchange) -> None:
    """Listed, refused and duplicate rows add up, and each refusal is in the CSV with its reason."""
    words = ["import", "report.csv", "--batch", "batch.toml", "--refusals", "r.csv", "--json"]
    first, again = exchange.run("lender", *words), exchange.run("lender", *words, "--force")
    counts, repeated = told(first.out), told(again.out)
    text = (exchange.folder / "r.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))

    assert [3, 3] == [first.code, again.code]
    assert (8, 6, 2, 0) == tuple(counts[k] for k in ("rows", "listed", "refused", "duplicates"))
    assert (8, 0, 2, 6) == tuple(repeated[k] for k in ("rows", "listed", "refused", "duplicates"))
    assert {"identifier-masked": 1, "mere-delay": 1} == counts["reasons"]
    assert ["8", "9"] == [row["creditshare:row"] for row in rows]
    assert all(row["creditshare:reason"] for row in rows)


def test_refused_rows_can_be_mended_and_sent_again(exchange: Exchange) -> None:
    """What was refused, by its reading or by the review, is listed once its CSV was mended."""
    report = exchange.folder / "report.csv"
    minor = number(41, dt.date(2002, 5, 17))
    text = report.read_text("utf-8")
    report.write_text(text + f"周杰,{minor},,演示网贷,50000元,4.2,2018-08-08,是,\n", "utf-8")
    words = ["--batch", "batch.toml", "--refusals", "refusals.csv", "--json"]
    first = told(exchange.run("lender", "import", "report.csv", *words).out)
    refusals = exchange.folder / "refusals.csv"
    refused = refusals.read_text("utf-8-sig")
    mended = refused.replace(",否,", ",是,").replace(minor, number(41, dt.date(1982, 5, 17)))
    (exchange.folder / "mended.csv").write_text(mended, "utf-8")
    second = told(exchange.run("lender", "import", "mended.csv", *words, "--force").out)

    assert {"identifier-masked": 1, "mere-delay": 1, "CS-MINOR": 1} == first["reasons"]
    assert "CS-MINOR" in refused
    assert (3, 2, 0, 1) == tuple(second[k] for k in ("rows", "listed", "duplicates", "refused"))


@pytest.mark.parametrize(("language", "cure"), [("en", "to cure it:"), ("zh", "补正：")])
def test_refusals_tell_the_cure_in_either_language(
    exchange: Exchange, language: str, cure: str
) -> None:
    """What the review refuses is told with what would cure it, in English or in Chinese."""
    report = exchange.folder / "report.csv"
    minor = f"周杰,{number(41, dt.date(2002, 5, 17))},,演示网贷,50000元,4.2,2018-08-08,是,\n"
    report.write_text(report.read_text("utf-8") + minor, "utf-8")
    words = ["--batch", "batch.toml", "--refusals", "r.csv", "--language", language]
    exchange.run("lender", "import", "report.csv", *words)
    rows = csv.DictReader(io.StringIO((exchange.folder / "r.csv").read_text("utf-8-sig")))
    reasons = [row["creditshare:reason"] for row in rows]

    assert 3 == len(reasons)
    assert "CS-MINOR" in reasons[-1]
    for why in reasons:
        assert cure in why
        assert (language == "zh") == ("to cure it" not in why)


def test_what_no_case_can_be_prepared_of_is_told_in_chinese(exchange: Exchange) -> None:
    """A row that gives no draft is told in Chinese with its cure, whoever reads the report."""
    for verb in (["import"], ["case", "prepare"]):
        words = ["report.csv", "--batch", "bare.toml", "--language", "zh", "--refusals", "-"]
        bare = (exchange.folder / "batch.toml").read_text("utf-8")
        bare = re.sub(r"\[(notice|decision)\]\n(?:.+\n)+", "", bare)
        (exchange.folder / "bare.toml").write_text(bare, "utf-8")
        ended = exchange.run("lender", *verb, *words)

        assert 3 == ended.code
        assert "身份证号：证件号码被遮盖，须填写完整号码；补正：向名单提供方索取" in ended.out
        assert "是否失联：单纯逾期不是逃废债；补正：不可补正：不得列入" in ended.out


def test_another_layout_is_named(exchange: Exchange) -> None:
    """A report of another layout is read by its name, and one that is not of it is refused."""
    words = ["import", "report.csv", "--batch", "batch.toml", "--layout"]
    wrong = exchange.run("lender", *words, "court-list")
    unknown = exchange.run("lender", *words, "no-such")

    assert (4, 2) == (wrong.code, unknown.code)


def test_a_dry_run_records_nothing_and_needs_no_keys(exchange: Exchange) -> None:
    """--dry-run reviews in an empty home, and tells what would be listed; no ledger is made."""
    (exchange.folder / "empty").mkdir()
    words = ["import", "report.csv", "--batch", "batch.toml", "--dry-run", "--json"]
    ended = exchange.run("empty", *words)

    assert (3, 6, 2) == (ended.code, told(ended.out)["would_be_listed"], told(ended.out)["refused"])
    assert [] == list((exchange.folder / "empty").iterdir())


def test_a_rulebook_of_ones_own_is_a_file(exchange: Exchange) -> None:
    """--rules takes a path that ends in .toml; a mistake in it is told with its place."""
    rule = """
[[rule]]
id = "CN-CR-WAITING"
check = "waiting-over"
requires = "years of waiting"
requires_zh = "等待多年"
value = 20
unit = "years"
source = "policy"
verified = true
citation = { instrument = "house rules", article = "1", version = "1" }
"""
    head = 'id = "house"\nextends = "cn"\nversion = "1"\njurisdiction = "CN"\n'
    text = f'[rulebook]\n{head}title = "Ours"\ntitle_zh = "我们的"\n{rule}'
    words = ["import", "report.csv", "--batch", "batch.toml", "--dry-run", "--json", "--rules"]
    (exchange.folder / "house.toml").write_text(text, "utf-8")
    stricter = exchange.run("lender", *words, "house.toml")
    (exchange.folder / "house.toml").write_text(text.replace("= 20", "= 0"), "utf-8")
    mistaken = exchange.run("lender", *words, "house.toml")
    missing = exchange.run("lender", *words, "nowhere.toml")
    abroad = text.replace('"cn"', '"cn-court-list"').replace('"CN"', '"FR"')
    (exchange.folder / "house.toml").write_text(abroad, "utf-8")
    uncounted = exchange.run("lender", *words, "house.toml")
    (exchange.folder / "house.toml").write_bytes(text.encode("gbk"))
    other = exchange.run("lender", *words, "house.toml")

    assert 6 == told(stricter.out)["reasons"]["CN-CR-WAITING"]
    assert told(stricter.out)["rulebook"].startswith("house@1#")
    assert "house.toml: rule[1].value: must be at least 1" in mistaken.err
    assert "house.toml: rulebook.jurisdiction: working days need one of CN, EU" in uncounted.err
    assert "house.toml: not UTF-8: byte " in other.err
    assert {4} == {ended.code for ended in (mistaken, missing, uncounted, other)}


def test_a_dry_run_asks_for_no_role(exchange: Exchange) -> None:
    """Where only members of a role may list, a trial tells what one of them could list."""
    rule = """
[[rule]]
id = "HOUSE-ROLE"
check = "issuer-capable"
requires = "a court"
requires_zh = "法院"
options = ["court"]
source = "policy"
verified = true
citation = { instrument = "house rules", article = "2", version = "1" }
"""
    head = 'id = "house"\nextends = "cn"\nversion = "1"\njurisdiction = "CN"\n'
    text = f'[rulebook]\n{head}title = "Ours"\ntitle_zh = "我们的"\n{rule}'
    words = ["import", "report.csv", "--batch", "batch.toml", "--json", "--rules", "house.toml"]
    (exchange.folder / "house.toml").write_text(text, "utf-8")
    trial = told(exchange.run("lender", *words, "--dry-run").out)
    real = told(exchange.run("lender", *words).out)

    assert (6, 0) == (trial["would_be_listed"], trial["reasons"].get("HOUSE-ROLE", 0))
    assert (0, 6) == (real["listed"], real["reasons"]["HOUSE-ROLE"])


def test_a_report_from_a_pipe_and_refusals_into_one(exchange: Exchange) -> None:
    """A report may come from standard input, and refusals go to standard output."""
    report = (exchange.folder / "report.csv").read_bytes()
    words = ["import", "-", "--batch", "batch.toml", "--refusals", "-"]
    ended = exchange.run("lender", *words, stdin=report)

    assert 3 == ended.code
    assert "creditshare:reason" in ended.out.splitlines()[0]
    assert "listed: 6" in ended.err


def test_a_failed_import_leaves_nothing(exchange: Exchange) -> None:
    """A report that cannot be read to its end records no row, and writes no refusals."""
    report = exchange.folder / "report.csv"
    report.write_bytes(report.read_bytes() + "姓名,身份证号\n".encode() + b"\xff\xfe,\n")
    words = ["import", "report.csv", "--batch", "batch.toml", "--refusals", "refusals.csv"]
    ended = exchange.run("lender", *words)
    sealed = exchange.run("lender", "seal", "1.csb", "--to", "bank")

    assert 4 == ended.code
    assert not (exchange.folder / "refusals.csv").exists()
    assert 0 != sealed.code


# -- seal and apply ------------------------------------------------------------


def test_since_last_seals_what_the_recipients_lack(exchange: Exchange) -> None:
    """The first bundle is full, the next holds what is new, and none is made if nothing is."""
    exchange.imported()
    first = told(exchange.sealed("1.csb", "--since", "last", "--json"))
    nothing = exchange.run("lender", "seal", "2.csb", "--to", "bank", "--since", "last")
    exchange.done("lender", "withdraw", "paid.csv", "--reason", "settled")
    second = told(exchange.sealed("2.csb", "--since", "last", "--json"))
    both = ["seal", "3.csb", "--to", "bank", "--to", "steward", "--since", "last"]
    different = exchange.run("lender", *both)

    assert ("full", 6, "delta", 1) == (
        first["kind"], first["events"], second["kind"], second["events"]
    )  # fmt: skip
    assert [14, 13] == [nothing.code, different.code]
    assert not (exchange.folder / "3.csb").exists()


def test_a_bundle_through_a_pipe(exchange: Exchange) -> None:
    """A bundle goes from standard output to standard input, as real processes, and is the same."""
    exchange.imported()
    sealed = process_bytes(exchange, "lender", "seal", "-", "--to", "bank")
    applied = exchange.run("bank", "apply", "-", "--json", stdin=sealed)
    seen = told(exchange.run("bank", "inspect", "-", "--json", stdin=sealed).out)
    cut = exchange.run("bank", "apply", "-", stdin=sealed[:-1])

    assert (0, 6) == (applied.code, told(applied.out)["live"])
    assert ("bundle", len(sealed)) == (seen["kind"], seen["file_bytes"])
    assert 5 == cut.code


def process_bytes(exchange: Exchange, home: str, *words: str) -> bytes:
    """Standard output of a real process, as bytes."""
    command = [*COMMAND, "--home", str(exchange.home(home)), *words, "--at", AT]
    done = subprocess.run(command, capture_output=True, env=environment())
    assert 0 == done.returncode, done.stderr
    assert b"checkpoint: 1" in done.stderr
    return done.stdout


def test_nothing_spooled_stays(exchange: Exchange, tmp_path: Path) -> None:
    """What came through a pipe lies nowhere afterwards, also when it was refused."""
    spool = tmp_path / "spool"
    spool.mkdir()
    report = (exchange.folder / "report.csv").read_bytes()
    for data in (report, b"\xff\xfe"):
        process(
            "--home", exchange.home("lender"), "import", "-",
            "--batch", exchange.folder / "batch.toml", "--at", AT,
            stdin=data, env={"TMPDIR": str(spool)},
        )  # fmt: skip

    assert [] == list(spool.iterdir())


def swapped(exchange: Exchange) -> Iterator[tuple[str, list[str]]]:
    """Commands that would write over something else, and what."""
    report = ["lender", "import", "report.csv", "--batch", "batch.toml", "--refusals"]
    for name in ("lender/ledger.db", "lender/agency.key", "lender/agency.pub", "report.csv"):
        yield name, ["lender", "seal", name, "--to", "bank"]
        yield name, ["steward", "tokens", "issue", "e2", name]
        yield name, ["steward", "tokens", "share", "2026H2", name]
        yield name, [*report, name]
    yield "1.csb", [*report, "1.csb"]


def test_nothing_of_another_kind_is_written_over(exchange: Exchange) -> None:
    """Paths in the wrong order cost no key, no ledger and no report."""
    exchange.imported()
    exchange.sealed("1.csb")
    for name, words in swapped(exchange):
        before = (exchange.folder / name).read_bytes()
        ended = exchange.run(*words)

        assert (4, "", words) == (ended.code, ended.out, words)
        assert before == (exchange.folder / name).read_bytes()


def test_what_a_command_wrote_it_may_write_again(exchange: Exchange) -> None:
    """A bundle and an empty file that a script made are written over; refused rows by --force."""
    words = ["lender", "import", "report.csv", "--batch", "batch.toml", "--refusals", "r.csv"]
    (exchange.folder / "r.csv").touch()
    (exchange.folder / "1.csb").touch()

    first, again, forced = (exchange.run(*words, *more) for more in ((), (), ("--force",)))

    assert [3, 4, 3] == [first.code, again.code, forced.code]
    assert "--force" in again.err
    assert exchange.sealed("1.csb") == exchange.sealed("1.csb")


@pytest.mark.parametrize("link", ["gone", "agency.key"])
def test_no_link_is_written_over(exchange: Exchange, link: str) -> None:
    """A link where a bundle is to be stays what it is."""
    exchange.imported()
    (exchange.folder / "1.csb").symlink_to(exchange.home("lender") / link)
    ended = exchange.run("lender", "seal", "1.csb", "--to", "bank")

    assert 4 == ended.code
    assert (exchange.folder / "1.csb").is_symlink()


def test_secret_and_public_keys_are_two_files(tmp_path: Path) -> None:
    """Secret keys are not made whose public ones could not be written."""
    path = tmp_path / "new" / "agency.key"
    ended = call("keygen", "new", "--key", path, "--public", path)

    assert 4 == ended.code
    assert not path.exists()


# -- withdraw ------------------------------------------------------------


def test_withdraw_by_people_or_by_listing(exchange: Exchange) -> None:
    """A borrower's listing ends by an identifier from a pipe, or by its id, and once only."""
    exchange.imported()
    piped = told(
        exchange.done(
            "lender",
            "withdraw",
            "--reason",
            "settled",
            "--json",
            stdin=f"{HEADER}cn-rid,{LISTED}\n",
        )
    )
    again = exchange.run(
        "lender", "withdraw", "--reason", "settled", stdin=f"{HEADER}cn-rid,{LISTED}\n"
    )
    due = exchange.done("lender", "due-to-expire", "--within", "3000", "--json")
    listing = told(due.splitlines()[0])["listing"]
    named = told(
        exchange.done("lender", "withdraw", "--reason", "repaired", "--listing", listing, "--json")
    )
    twice = exchange.run("lender", "withdraw", "--reason", "repaired", "--listing", listing)

    assert 1 == len(piped["withdrawn"])
    assert (3, 14) == (again.code, twice.code)
    assert [listing] == named["withdrawn"]
    assert 4 == len(exchange.done("lender", "due-to-expire", "--within", "3000").splitlines()) - 1


@pytest.mark.parametrize("reason", ["lapsed", "retention-ended"])
def test_the_clock_s_reasons_are_the_ledger_s_own(exchange: Exchange, reason: str) -> None:
    """Nobody says by command that a listing lapsed, for a lapsed one may be listed again."""
    exchange.imported()
    ended = exchange.run("lender", "withdraw", "paid.csv", "--reason", reason)

    assert (2, True) == (ended.code, "is not one of" in ended.err)


def test_a_borrower_with_several_listings_is_asked_about(exchange: Exchange) -> None:
    """Who owes twice is withdrawn once by its id, or wholly by --every, never by accident."""
    report = exchange.folder / "report.csv"
    text = report.read_text("utf-8")
    second_debt = text.splitlines()[3].replace("2018-08-08", "2018-05-05")
    report.write_text(f"{text}{second_debt}\n", "utf-8")
    exchange.imported()
    people = f"{HEADER}cn-rid,{LISTED}\n"
    asked = exchange.run("lender", "withdraw", "--reason", "settled", "--json", stdin=people)
    every = exchange.run(
        "lender", "withdraw", "--reason", "settled", "--every", "--json", stdin=people
    )

    assert (3, []) == (asked.code, told(asked.out)["withdrawn"])
    assert "--every" in told(asked.out)["refused"][0]["reason"]
    assert (0, 2) == (every.code, len(told(every.out)["withdrawn"]))


def test_one_listing_is_named_where_a_command_is_about_one(exchange: Exchange) -> None:
    """A command about one listing knows no --every, and does not speak of it."""
    report = exchange.folder / "report.csv"
    text = report.read_text("utf-8")
    second_debt = text.splitlines()[3].replace("2018-08-08", "2018-05-05")
    report.write_text(f"{text}{second_debt}\n", "utf-8")
    exchange.imported()
    people = f"{HEADER}cn-rid,{LISTED}\n"
    asked = exchange.run("lender", "dispute", stdin=people)
    every = exchange.run("lender", "dispute", "--every", stdin=people)

    assert 14 == asked.code
    assert "several live listings; name one by --listing: " in asked.err
    assert "every" not in asked.err
    assert 2 == every.code


def test_an_identifier_among_the_arguments_is_not_repeated(exchange: Exchange) -> None:
    """Whoever types a number as a listing's id or a file is refused without an echo."""
    exchange.imported()
    for words in (
        ["withdraw", "--reason", "settled", "--listing", LISTED],
        ["withdraw", "--reason", "settled", LISTED],
        ["explain", "issuer", LISTED],
    ):
        ended = exchange.run("lender", *words)

        assert 0 != ended.code
        assert LISTED not in ended.out + ended.err


# -- inspect, due, explain ------------------------------------------------------------


def test_an_outsider_sees_the_header_alone(exchange: Exchange) -> None:
    """Without keys a bundle shows sizes and a claimed origin, and says what that leaves open."""
    exchange.with_bundle()
    (exchange.folder / "outsider").mkdir()
    seen = told(exchange.done("outsider", "inspect", "0001.csb", "--json"))
    token = told(exchange.done("outsider", "inspect", "token-key.csb", "--json"))

    assert ("bundle", 1, 1, "lender", 1) == tuple(
        seen[k] for k in ("kind", "format", "suite", "origin_claimed", "recipients")
    )
    assert ("token key", 3) == (token["kind"], token["recipients"])
    assert {"events", "live", "checkpoint"}.isdisjoint(seen)
    assert seen["cannot_know"]


def test_a_recipient_sees_the_state_and_counts(exchange: Exchange) -> None:
    """With --open the recipient sees the checkpoint and counts, never conduct or basis."""
    exchange.with_bundle()
    exchange.done("lender", "withdraw", "paid.csv", "--reason", "settled")
    exchange.sealed("2.csb", "--since", "last")
    full = told(exchange.done("bank", "inspect", "0001.csb", "--open", "--json"))
    delta = told(exchange.done("bank", "inspect", "2.csb", "--open", "--json"))
    stranger = exchange.run("steward", "inspect", "0001.csb", "--open")

    assert ({"list": 6}, 6, 6, None) == tuple(
        full[k] for k in ("events", "records", "live", "since")
    )
    assert ({"withdraw": 1}, 0, 5, 1) == tuple(
        delta[k] for k in ("events", "records", "live", "since")
    )
    assert "conduct" not in full
    assert 5 == stranger.code


def test_a_ledger_counts_by_conduct_basis_status_and_year(exchange: Exchange) -> None:
    """The ledger counts what it can open; the registry counts days and marks alone."""
    exchange.with_bundle()
    ledger = told(exchange.done("lender", "inspect", "lender/ledger.db", "--json"))
    registry = told(exchange.done("bank", "inspect", "bank/registry.db", "--json"))

    assert ({"ABSCOND": 6}, {"working-group-notice": 6}, {"listed": 6}, {"2027": 6}) == tuple(
        ledger[k] for k in ("conduct", "basis", "status", "last_days_by_year")
    )
    assert ({"listed": 6}, {"2027": 6}) == (registry["status"], registry["last_days_by_year"])
    assert "conduct" not in registry


@pytest.mark.parametrize("name", ["draft.toml", "bank/agency.key", "bank/audit.db", "none"])
def test_what_is_no_such_file_is_refused(exchange: Exchange, name: str) -> None:
    """What creditshare did not seal or keep is refused, and nothing of it is shown."""
    ended = exchange.run("bank", "inspect", name)

    assert (4, "") == (ended.code, ended.out)


def test_what_ends_soon(exchange: Exchange) -> None:
    """Listings that end within the days are told on both sides, the others are not."""
    exchange.with_bundle()
    (exchange.home("bank") / "ledger.db").symlink_to(exchange.home("lender") / "ledger.db")
    near = exchange.run("bank", "due-to-expire", "--ledger", "lender/ledger.db", "--json")
    far = exchange.done(
        "bank", "due-to-expire", "--ledger", "lender/ledger.db", "--within", "400", "--json"
    )
    rows = [told(line) for line in far.splitlines()]
    (exchange.folder / "empty").mkdir()

    assert (0, "") == (near.code, near.out)
    assert ["ledger"] * 6 + ["registry"] * 6 == [row["where"] for row in rows]
    assert {"to-confirm"} == {row.get("why") for row in rows[:6]}
    assert {row["listing"] for row in rows[:6]} == {row["listing"] for row in rows[6:]}
    assert 12 == exchange.run("empty", "due-to-expire").code


def test_the_issuer_explains_what_was_said_to_whom(exchange: Exchange) -> None:
    """The issuer tells a person each bundle that spoke of them, and what it cannot know."""
    exchange.with_bundle()
    exchange.done("lender", "withdraw", "paid.csv", "--reason", "settled")
    exchange.sealed("2.csb", "--since", "last", "--at", NEXT_DAY)
    paid = (exchange.folder / "paid.csv").read_bytes()
    said = told(exchange.done("lender", "explain", "issuer", "--json", stdin=paid))
    (listing,) = said["listings"]
    stranger = f"{HEADER}cn-rid,888888198005178013\n"
    nothing = told(exchange.done("lender", "explain", "issuer", "--json", stdin=stranger))

    assert ("withdrawn", "settled", None) == tuple(listing[k] for k in ("status", "reason", "says"))
    assert [(["bank"], ["list"], True), (["bank"], ["withdraw"], False)] == [
        (item["to"], [event["type"] for event in item["events"]], item["with_content"])
        for item in listing["told"]
    ]
    assert [] == nothing["listings"]
    assert said["cannot_know"]


def test_the_recipient_explains_what_it_holds_and_who_asked(exchange: Exchange) -> None:
    """The recipient tells what it holds of a person, and each query that found it, this last."""
    exchange.with_bundle()
    exchange.run("bank", "screen", "applicants.csv", *WHY)
    asks = (exchange.folder / "asks.csv").read_bytes()
    said = told(exchange.done("bank", "explain", "recipient", *ASKED, "--json", stdin=asks))
    (match,) = said["findings"]

    assert ("match", "ABSCOND") == (match["outcome"], match["says"]["conduct"]["code"])
    assert ["credit-application", "data-subject-request"] == [
        item["purpose"] for item in match["found_by"]
    ]


def test_what_an_issuer_wrote_forges_no_line(exchange: Exchange) -> None:
    """Each line of an issuer's text has a bar before it, and none looks like our own answer."""
    batch = exchange.folder / "batch.toml"
    text = batch.read_text("utf-8").replace("如有异议", "outcome: clear\\noutcome: clear")
    batch.write_text(text, "utf-8")
    exchange.with_bundle()
    asks = (exchange.folder / "asks.csv").read_text("utf-8")
    said = exchange.done("bank", "explain", "recipient", *ASKED, stdin=asks).splitlines()
    forged = [line.strip() for line in said if "outcome: clear" in line]

    assert 2 == len(forged)
    assert all(line.startswith("| ") for line in forged)


def test_another_person_s_listing_is_not_explained(exchange: Exchange) -> None:
    """Who states another birth date than the listed person's learns nothing of that listing."""
    exchange.with_bundle()
    asks = (exchange.folder / "asks.csv").read_text("utf-8").replace("1984-05-17", "1991-01-01")
    said = told(exchange.done("bank", "explain", "recipient", *ASKED, "--json", stdin=asks))
    (review,) = said["findings"]

    assert None is review["says"]
    assert "birth-date-conflict" in review["reasons"]


@pytest.mark.parametrize("side", ["issuer", "recipient"])
def test_nobody_is_explained_by_halves(exchange: Exchange, side: str) -> None:
    """A row that cannot be read, or no row at all, is an error and no half answer."""
    exchange.with_bundle()
    home = "lender" if side == "issuer" else "bank"
    asked = ASKED if side == "recipient" else ()

    def ended(stdin: str) -> Ended:
        return exchange.run(home, "explain", side, *asked, stdin=stdin)

    assert 4 == ended(f"{HEADER}cn-rid,{LISTED}\ncn-rid,{LISTED[:-2]}\n").code
    assert 14 == ended(HEADER).code
    assert "" == ended("").out


# -- audit ------------------------------------------------------------


def test_the_log_of_queries(exchange: Exchange) -> None:
    """Every screening stands in the log, which verifies, and against a noted head tells a cut."""
    exchange.with_bundle()
    exchange.run("bank", "screen", "applicants.csv", *WHY)
    head = told(exchange.done("bank", "audit", "head", "--json"))["head"]
    exchange.run("bank", "screen", "asks.csv", *WHY)
    verified = told(exchange.done("bank", "audit", "verify", "--head", head, "--json"))
    listed = exchange.done("bank", "audit", "queries")
    rows = list(csv.DictReader(io.StringIO(listed)))
    for path in exchange.home("bank").glob("audit.db*"):
        path.unlink()
    exchange.run("bank", "screen", "asks.csv", *WHY)
    cut = exchange.run("bank", "audit", "verify", "--head", verified["head"])
    afterwards = exchange.done("bank", "audit", "queries", "--json")

    assert 2 == verified["queries"]
    assert ["4", "1"] == [row["asked"] for row in rows]
    assert {"desk-7"} == {row["caller"] for row in rows}
    assert 16 == cut.code
    assert 1 == len(afterwards.splitlines())


def test_nobody_is_screened_without_the_log(exchange: Exchange) -> None:
    """Without the log's key, or with another one, no answer is given."""
    exchange.with_bundle()
    exchange.run("bank", "screen", "asks.csv", *WHY)
    (exchange.home("bank") / "audit.key").unlink()
    missing = exchange.run("bank", "screen", "asks.csv", *WHY)
    exchange.done("bank", "audit", "key")
    other = exchange.run("bank", "screen", "asks.csv", *WHY)

    assert [(4, ""), (10, "")] == [(missing.code, missing.out), (other.code, other.out)]
