"""The roster: believed only from its steward and in its time; it decides who issues, and when."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditshare.agency import Agency
from creditshare.clock import unix
from creditshare.crypto.keys import PublicKeys, SecretKeys
from creditshare.crypto.signing import SIGNATURE_SIZE, sign
from creditshare.errors import InvalidValueError, MisuseError, RosterError, UnauthorisedIssuerError
from creditshare.model import Role
from creditshare.roster import Licence, Roster, RosterEntry
from creditshare.wire import pack

STEWARD = Agency("steward.example", SecretKeys(bytes([1]) * 96))
OTHER_STEWARD = Agency("other.example", SecretKeys(bytes([2]) * 96))
KEYS = [SecretKeys(bytes([n]) * 96).public for n in range(10, 18)]
KIND = "creditshare/roster/1"
MAGIC = b"CSROSTER1\n"
HALF_AT = len(MAGIC) + 64
BODY_AT = len(MAGIC) + SIGNATURE_SIZE

ISSUED = dt.datetime(2026, 3, 1, 8, tzinfo=dt.UTC)
EXPIRES = dt.datetime(2026, 6, 1, 8, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 4, 1, 8, tzinfo=dt.UTC)


def _licence(start: str = "2020-01-01", end: str | None = None) -> Licence:
    last = None if end is None else dt.date.fromisoformat(end)
    return Licence("P10000001", dt.date.fromisoformat(start), last)


BANK = RosterEntry("bank.example", KEYS[0], (Role.ISSUER, Role.LENDER), _licence())
INSURER = RosterEntry("insurer.example", KEYS[1], (Role.INSURER,), _licence())
CUSTODIAN = RosterEntry("custodian.example", KEYS[2], (Role.CUSTODIAN,), _licence())
GONE = RosterEntry(
    "gone.example",
    None,
    (Role.ISSUER,),
    custodian="custodian.example",
    custody=_licence("2026-01-15", "2026-12-31"),
    generation=3,
)
ENTRIES = (BANK, INSURER, CUSTODIAN, GONE)
ROSTER = Roster("示范交换", 5, ISSUED, EXPIRES, ENTRIES)
SIGNED = ROSTER.sign(STEWARD)
ANOTHER_KIND = sign("creditshare/roster/2", SIGNED[BODY_AT:], STEWARD.keys)


def _open(data: bytes, at: dt.datetime = NOW) -> Roster:
    return Roster.open(data, steward=STEWARD.keys.public, at=at)


# -- Signed and opened ----------------------------------------------------------------------


def test_round_trip() -> None:
    """A roster signed by the steward is opened as it was."""
    assert ROSTER == _open(SIGNED)
    assert ROSTER.entries == _open(SIGNED).entries


def test_signing_again_changes_only_the_signature() -> None:
    """A roster signed twice has one body, and both documents open."""
    again = ROSTER.sign(STEWARD)

    assert SIGNED[BODY_AT:] == again[BODY_AT:]
    assert again != SIGNED
    assert ROSTER == _open(again)


def _refused(data: bytes, at: dt.datetime = NOW) -> bool:
    try:
        _open(data, at)
    except RosterError:
        return True
    return False


@pytest.mark.parametrize("bit", [0, 7])
def test_a_changed_byte_is_refused(bit: int) -> None:
    """A signed roster with a byte changed is refused, wherever it stands."""
    sample = [*range(64), *range(64, len(SIGNED), 97), BODY_AT - 1, BODY_AT, len(SIGNED) - 1]
    accepted = []
    for at in sample:
        changed = bytearray(SIGNED)
        changed[at] ^= 1 << bit
        if not _refused(bytes(changed)):
            accepted.append(at)

    assert not accepted
    assert not _refused(SIGNED)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(MAGIC, id="magic-alone"),
        pytest.param(SIGNED[:-1], id="truncated"),
        pytest.param(SIGNED + b"\0", id="extended"),
        pytest.param(SIGNED[:BODY_AT], id="no-body"),
        pytest.param(SIGNED[: BODY_AT - 1], id="signature-cut"),
        pytest.param(MAGIC + SIGNED[BODY_AT:], id="no-signature"),
        pytest.param(MAGIC + bytes(SIGNATURE_SIZE) + SIGNED[BODY_AT:], id="signature-zeroed"),
        pytest.param(MAGIC + bytes(64) + SIGNED[HALF_AT:], id="Ed25519-zeroed"),
        pytest.param(SIGNED[:HALF_AT] + bytes(3309) + SIGNED[BODY_AT:], id="ML-DSA-zeroed"),
        pytest.param(b" " + SIGNED, id="magic-moved"),
        pytest.param(SIGNED.replace(b"ROSTER1", b"ROSTER2"), id="another-version"),
        pytest.param(SIGNED.replace(b"bank", b"bonk"), id="another-origin"),
        pytest.param(ROSTER.sign(OTHER_STEWARD), id="another-steward"),
        pytest.param(
            MAGIC
            + sign("creditshare/checkpoint/1", SIGNED[BODY_AT:], STEWARD.keys)
            + SIGNED[BODY_AT:],
            id="another-kind",
        ),
    ],
)
def test_what_the_steward_did_not_sign_is_refused(data: bytes) -> None:
    """A roster damaged, signed by another or signed as something else is refused."""
    assert _refused(data)


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_any_bytes_are_refused_with_our_error(junk: bytes) -> None:
    """Junk alone, behind the magic and behind a signature is refused with our error."""
    assert all(map(_refused, (junk, MAGIC + junk, SIGNED[:BODY_AT] + junk)))


SECOND = dt.timedelta(seconds=1)


@pytest.mark.parametrize(
    ("at", "refused"),
    [
        (ISSUED - dt.timedelta(days=400), True),
        (ISSUED - SECOND, True),
        (ISSUED, False),
        (NOW, False),
        (EXPIRES - SECOND, False),
        (EXPIRES, True),
        (EXPIRES + dt.timedelta(days=400), True),
        (ISSUED.astimezone(dt.timezone(dt.timedelta(hours=14))), False),
        (EXPIRES.astimezone(dt.timezone(dt.timedelta(hours=-12))), True),
    ],
    ids=str,
)
def test_a_roster_has_its_time(at: dt.datetime, refused: bool) -> None:
    """A roster is opened from the second it was issued until before the second it expires."""
    assert refused == _refused(SIGNED, at)


def test_now_needs_a_zone() -> None:
    """A time without a zone is the caller's mistake, not the roster's."""
    with pytest.raises(MisuseError):
        _open(SIGNED, NOW.replace(tzinfo=None))


# -- Bodies that a steward should not have signed ----------------------------------------------

ENTRY: list[Any] = ["bank.example", KEYS[0].raw, ["issuer"], ["P1", 18262, None], None, None, 1]
TIMES = [unix(ISSUED), unix(EXPIRES)]


def _signed(body: bytes) -> bytes:
    return MAGIC + sign(KIND, body, STEWARD.keys) + body


def _body(entries: Any = (ENTRY,), **changes: Any) -> bytes:
    named = {"suite": 1, "exchange": "x", "version": 1, "issued": TIMES[0], "expires": TIMES[1]}
    values: list[Any] = [*(named | changes).values(), entries]
    return pack(values)


def _entry(at: int, value: Any) -> bytes:
    return _body([[*ENTRY[:at], value, *ENTRY[at + 1 :]]])


def test_the_format_is_the_documented_one() -> None:
    """A body packed by hand, with every part in its place, is opened."""
    roster = _open(_signed(_body()))
    expected = RosterEntry(
        "bank.example", KEYS[0], (Role.ISSUER,), Licence("P1", dt.date(2020, 1, 1))
    )

    assert (expected,) == roster.entries
    assert ("x", ISSUED, EXPIRES) == (roster.exchange, roster.issued, roster.expires)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(pack(None), id="nil"),
        pytest.param(pack([]), id="no-fields"),
        pytest.param(_body() + b"\xc0", id="trailing"),
        pytest.param(b"\xdc\0\6" + _body()[1:], id="not-canonical"),
        pytest.param(_body(suite=0), id="suite-0"),
        pytest.param(_body(suite=2), id="suite-2"),
        pytest.param(_body(suite=True), id="suite-true"),
        pytest.param(_body(exchange=""), id="no-exchange"),
        pytest.param(_body(version=0), id="version-0"),
        pytest.param(_body(version=2**32), id="version-too-large"),
        pytest.param(_body(issued=TIMES[1], expires=TIMES[0]), id="expires-before-issued"),
        pytest.param(_body(expires=TIMES[0]), id="expires-as-issued"),
        pytest.param(_body(issued=-(2**63)), id="issued-impossible"),
        pytest.param(_body(expires=2**40), id="expires-in-the-year-36812"),
        pytest.param(_body(expires=2**64 - 1), id="expires-impossible"),
        pytest.param(_body(None), id="no-entries"),
        pytest.param(_body([None]), id="entry-nil"),
        pytest.param(_body([ENTRY[:-1]]), id="entry-short"),
        pytest.param(_body([ENTRY, ENTRY]), id="origin-twice"),
        pytest.param(_body([ENTRY, ["other.example", *ENTRY[1:]]]), id="keys-twice"),
        pytest.param(_entry(0, "BANK"), id="origin-upper-case"),
        pytest.param(_entry(0, "../bank"), id="origin-a-path"),
        pytest.param(_entry(1, b""), id="keys-empty"),
        pytest.param(_entry(1, KEYS[0].raw[:-1]), id="keys-short"),
        pytest.param(_entry(1, bytes(32) + KEYS[0].raw[32:]), id="keys-low-order"),
        pytest.param(_entry(1, KEYS[0].raw[:-32] + bytes(32)), id="kem-key-low-order"),
        pytest.param(_entry(2, ["emperor"]), id="role-unknown"),
        pytest.param(_entry(2, [None]), id="role-nil"),
        pytest.param(_entry(2, [["issuer"]]), id="role-an-array"),
        pytest.param(_entry(2, ["issuer"] * 99), id="roles-too-many"),
        pytest.param(_entry(2, ["lender", "issuer"]), id="roles-in-another-order"),
        pytest.param(_entry(2, ["issuer", "issuer"]), id="a-role-twice"),
        pytest.param(_entry(3, ["P1", 18262, 18261]), id="licence-over-before-it-begins"),
        pytest.param(_entry(3, []), id="licence-empty"),
        pytest.param(_entry(3, ["", 18262, None]), id="licence-without-number"),
        pytest.param(_entry(3, ["P1", 10**9, None]), id="licence-day-impossible"),
        pytest.param(_entry(3, ["P1", -(10**9), None]), id="licence-day-impossible-before"),
        pytest.param(_entry(3, ["P1", 2**64 - 1, None]), id="licence-day-enormous"),
        pytest.param(_entry(3, ["P1", -700000, None]), id="licence-day-in-the-year-53"),
        pytest.param(_entry(4, "custodian.example"), id="custodian-without-custody"),
        pytest.param(_entry(5, ["P1", 18262, None]), id="custody-without-custodian"),
        pytest.param(_entry(6, 0), id="generation-0"),
        pytest.param(_entry(6, -1), id="generation-negative"),
    ],
)
def test_a_signed_mistake_is_refused(body: bytes) -> None:
    """A body that is not a roster in its one form is refused, though the steward signed it."""
    assert _refused(_signed(body))


# -- Values ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"exchange": ""}, "exchange"),
        ({"exchange": None}, "exchange"),
        ({"version": 0}, "version"),
        ({"version": True}, "version"),
        ({"entries": None}, "entries"),
        ({"entries": (BANK, None)}, "entries"),
        ({"entries": (BANK, BANK)}, "entries"),
        ({"entries": (BANK, attrs.evolve(BANK, origin="twin.example"))}, "entries"),
        ({"entries": (BANK, attrs.evolve(BANK, keys=KEYS[5]))}, "entries"),
        ({"expires": ISSUED}, "expires"),
        ({"expires": ISSUED - SECOND}, "expires"),
    ],
)
def test_a_roster_that_contradicts_itself_is_refused(changes: dict[str, Any], field: str) -> None:
    """A roster with an origin or keys twice, or that expires before it begins, is not made."""
    with pytest.raises(InvalidValueError) as refusal:
        attrs.evolve(ROSTER, **changes)

    assert {field} == {fault.field for fault in refusal.value.faults}


@pytest.mark.parametrize("name", ["issued", "expires"])
@pytest.mark.parametrize("value", [None, 0, "2026-03-01", NOW.replace(tzinfo=None), NOW.date()])
def test_a_roster_needs_instants(name: str, value: Any) -> None:
    """A roster whose times are not instants with a zone is the caller's mistake."""
    with pytest.raises(MisuseError):
        attrs.evolve(ROSTER, **{name: value})


def test_several_entries_may_lack_keys() -> None:
    """Two institutions without keys do not share them."""
    roster = attrs.evolve(ROSTER, entries=(GONE, attrs.evolve(GONE, origin="far.example")))

    assert GONE == roster.entry("gone.example")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"origin": "BANK"}, "origin"),
        ({"origin": None}, "origin"),
        ({"keys": KEYS[0].raw}, "keys"),
        ({"roles": "issuer"}, "roles"),
        ({"roles": ("issuer",)}, "roles"),
        ({"roles": None}, "roles"),
        ({"licence": "P1"}, "licence"),
        ({"custodian": "custodian.example"}, "custody"),
        ({"custody": _licence()}, "custody"),
        ({"custodian": "a/b", "custody": _licence()}, "custodian"),
        ({"custodian": 7, "custody": _licence()}, "custodian"),
        ({"generation": 0}, "generation"),
        ({"generation": 2**32}, "generation"),
        ({"generation": None}, "generation"),
    ],
)
def test_entries_with_faults_are_refused(changes: dict[str, Any], field: str) -> None:
    """An entry with a wrong type, or a custodian without a decision, is not made."""
    with pytest.raises(InvalidValueError) as refusal:
        attrs.evolve(BANK, **changes)

    assert {field} == {fault.field for fault in refusal.value.faults}


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2019-12-31", False), ("2020-01-01", True), ("2026-06-30", True), ("2026-07-01", False)],
)
def test_a_licence_covers_its_first_and_its_last_day(day: str, expected: bool) -> None:
    """A licence covers the days from its first to its last, both included."""
    limited = _licence("2020-01-01", "2026-06-30")

    assert expected == limited.covers(dt.date.fromisoformat(day))
    assert _licence("2020-01-01").covers(dt.date(9000, 1, 1))


def test_who_is_in_the_roster() -> None:
    """A roster tells the entry, the agency and the holders of a role that it knows."""
    bank = ROSTER.agency("bank.example")

    assert BANK == ROSTER.entry("bank.example")
    assert ("bank.example", KEYS[0]) == (bank.origin, bank.keys)
    assert (bank,) == ROSTER.holders(Role.ISSUER)
    assert not ROSTER.holders(Role.COURT)


@pytest.mark.parametrize("origin", ["", "nobody.example", "BANK.EXAMPLE", "bank.example "])
def test_who_is_not_in_the_roster(origin: str) -> None:
    """An origin that the roster does not know exactly so is refused."""
    with pytest.raises(RosterError):
        ROSTER.entry(origin)
    with pytest.raises(RosterError):
        ROSTER.agency(origin)


def test_an_institution_without_keys_is_no_agency() -> None:
    """An institution that has no keys has an entry, but nothing can be sealed to it."""
    with pytest.raises(RosterError):
        ROSTER.agency("gone.example")


# -- Who may issue --------------------------------------------------------------------------

JUNE, JULY, AUGUST = (dt.datetime(2026, month, 15, 8, tzinfo=dt.UTC) for month in (6, 7, 8))
LICENCES = {
    "open": _licence(),
    "until June": _licence("2020-01-01", "2026-06-30"),
    "from July": _licence("2026-07-01"),
    "July alone": _licence("2026-07-01", "2026-07-31"),
    "long over": _licence("2010-01-01", "2015-12-31"),
    "none": None,
}


def _keys(
    entries: tuple[RosterEntry, ...],
    origin: str,
    issuer: str,
    issued: dt.datetime = JUNE,
    at: dt.datetime = AUGUST,
) -> PublicKeys | None:
    """The keys of who may have issued, or None when nobody may."""
    roster = Roster("x", 1, ISSUED, EXPIRES, entries)
    try:
        return roster.issuing_keys(origin=origin, issuer=issuer, issued=issued, at=at)
    except UnauthorisedIssuerError:
        return None


@pytest.mark.parametrize(
    ("licence", "issued", "at", "may"),
    [
        ("open", JUNE, JUNE, True),
        ("open", JUNE, AUGUST, True),
        ("none", JUNE, AUGUST, False),
        ("until June", JUNE, JUNE, True),
        ("until June", JUNE, JULY, False),
        ("until June", JULY, JUNE, False),
        ("from July", JUNE, JULY, False),
        ("from July", JULY, AUGUST, True),
        ("July alone", JULY, JULY, True),
        ("July alone", JULY, AUGUST, False),
        ("July alone", JUNE, JULY, False),
        ("July alone", JUNE, AUGUST, False),
        ("long over", JUNE, AUGUST, False),
    ],
)
def test_a_licence_is_needed_then_and_now(
    licence: str, issued: dt.datetime, at: dt.datetime, may: bool
) -> None:
    """An issuer needs a licence on the day it issued and on the day of receipt."""
    bank = attrs.evolve(BANK, licence=LICENCES[licence])
    expected = KEYS[0] if may else None

    assert expected == _keys((bank,), "bank.example", "bank.example", issued, at)


@pytest.mark.parametrize(
    ("roles", "may"),
    [((), False), ((Role.LENDER, Role.STEWARD, Role.AUDITOR), False), ((Role.CUSTODIAN,), False)]
    + [((role,), role is Role.ISSUER) for role in Role],
)
def test_the_role_of_an_issuer_is_needed(roles: tuple[Role, ...], may: bool) -> None:
    """Only an institution with the role of an issuer issues for itself."""
    bank = attrs.evolve(BANK, roles=roles)
    expected = KEYS[0] if may else None

    assert expected == _keys((bank,), "bank.example", "bank.example")


def test_an_institution_without_keys_issues_nothing() -> None:
    """An institution that can no longer sign has issued nothing, whoever asks."""
    bank = attrs.evolve(BANK, keys=None)

    assert _keys((bank,), "bank.example", "bank.example") is None


@pytest.mark.parametrize(
    ("origin", "issuer"),
    [
        ("nobody.example", "nobody.example"),
        ("nobody.example", "bank.example"),
        ("bank.example", "nobody.example"),
        ("bank.example", "insurer.example"),
        ("bank.example", "custodian.example"),
        ("gone.example", "bank.example"),
        ("gone.example", "gone.example"),
        ("custodian.example", "custodian.example"),
        ("custodian.example", "gone.example"),
        ("", ""),
    ],
)
def test_nobody_issues_for_others(origin: str, issuer: str) -> None:
    """Nobody issues for an institution that the roster does not know or give into its custody."""
    assert KEYS[0] == _keys(ENTRIES, "bank.example", "bank.example")
    assert _keys(ENTRIES, origin, issuer) is None


@pytest.mark.parametrize(
    ("custody", "issued", "at", "may"),
    [
        ("open", JUNE, AUGUST, True),
        ("until June", JUNE, JUNE, True),
        ("until June", JUNE, JULY, False),
        ("from July", JUNE, JULY, False),
        ("from July", JULY, AUGUST, True),
        ("July alone", JULY, JULY, True),
        ("July alone", JUNE, AUGUST, False),
        ("long over", JUNE, AUGUST, False),
    ],
)
def test_a_custodian_issues_within_its_custody(
    custody: str, issued: dt.datetime, at: dt.datetime, may: bool
) -> None:
    """A custodian issues for an institution if its custody covers both days, then and now."""
    gone = attrs.evolve(GONE, custody=LICENCES[custody])
    expected = KEYS[2] if may else None

    assert expected == _keys((gone, CUSTODIAN), "gone.example", "custodian.example", issued, at)


@pytest.mark.parametrize(
    "changes",
    [
        {"licence": None},
        {"licence": LICENCES["until June"]},
        {"licence": LICENCES["from July"]},
        {"roles": (Role.ISSUER,)},
        {"roles": ()},
        {"keys": None},
    ],
    ids=str,
)
def test_a_custodian_needs_role_licence_and_keys(changes: dict[str, Any]) -> None:
    """A custodian without the role, the keys or a licence on both days issues for nobody."""
    custodian = attrs.evolve(CUSTODIAN, **changes)

    assert KEYS[2] == _keys((GONE, CUSTODIAN), "gone.example", "custodian.example")
    assert _keys((GONE, custodian), "gone.example", "custodian.example") is None


@pytest.mark.parametrize(
    ("custody", "issued", "at", "may"),
    [
        ("open", JUNE, AUGUST, False),
        ("from July", JUNE, AUGUST, False),
        ("from July", JULY, AUGUST, False),
        ("July alone", JULY, JULY, False),
        ("July alone", JULY, AUGUST, False),
        ("July alone", JUNE, AUGUST, True),
        ("until June", JULY, AUGUST, True),
        ("long over", JUNE, AUGUST, True),
    ],
)
def test_in_custody_an_institution_does_not_issue_for_itself(
    custody: str, issued: dt.datetime, at: dt.datetime, may: bool
) -> None:
    """What an institution with keys signs is refused if it was, or is, in another's custody."""
    bank = attrs.evolve(BANK, custodian="custodian.example", custody=LICENCES[custody])
    expected = KEYS[0] if may else None

    assert expected == _keys((bank, CUSTODIAN), "bank.example", "bank.example", issued, at)


def test_a_custodian_may_be_an_issuer_too() -> None:
    """An institution that is both issues for itself and for the one in its custody."""
    both = attrs.evolve(CUSTODIAN, roles=(Role.CUSTODIAN, Role.ISSUER))
    origins = ("gone.example", "custodian.example")
    found = [_keys((GONE, both), origin, "custodian.example") for origin in origins]

    assert [KEYS[2], KEYS[2]] == found
