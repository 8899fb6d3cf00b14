"""Tokens: one person, one tag under one key; the right key an epoch; keys for members only."""

from __future__ import annotations

import datetime as dt
import hmac
import io
import json
import stat
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given, settings
from hypothesis import strategies as st

import creditshare as cs
from creditshare.crypto.container import (
    decrypt_body,
    encrypt_body,
    new_header,
    read_header,
    unwrap_key,
)
from creditshare.crypto.signing import SIGNATURE_SIZE, sign
from creditshare.crypto.suite import SUITE
from creditshare.errors import (
    BundleError,
    ExpiredEpochError,
    InvalidValueError,
    MalformedError,
    MisuseError,
    NotForUsError,
    ReplacedEpochError,
    RosterError,
    SignatureError,
    TokenError,
    TokenServiceError,
    UnauthorisedIssuerError,
    UnknownEpochError,
    WrongTokenKeyError,
)
from creditshare.identifiers import CANONICAL_FORM_VERSION, SCHEMES, restore
from creditshare.sealing import audience_of
from creditshare.tokens import TAG_SIZE, Token
from creditshare.wire import frame, pack
from world import DAY, EPOCH, NOW, World, applicant, cleared, listing, number, person

VECTORS = json.loads((Path(__file__).parent / "vectors" / "tokens.json").read_text("ascii"))
CASES: list[dict[str, str]] = VECTORS["cases"]
CONTENT = 2
KIND = "creditshare/token-key/1"


def epoch(name: str, begins: int = -10, ends: int = 10, replaces: str | None = None) -> cs.Epoch:
    """An epoch in force from `begins` to `ends` days from now."""
    return cs.Epoch(name, NOW + begins * DAY, NOW + ends * DAY, replaces)


def key(name: str = "A", master: int = 1, **about: Any) -> cs.TokenKey:
    """A key whose master is one byte repeated."""
    return cs.TokenKey(epoch(name, **about), bytes([master]) * 32)


def resident(serial: int) -> cs.ResidentID:
    """A generated resident number."""
    return cs.ResidentID.parse(number(serial))


def tag_of(source: cs.tokens.TokenSource, identifier: cs.identifiers.Identifier) -> bytes:
    """The tag of one identifier."""
    (token,) = source.evaluate([identifier])
    return token.tag


# -- The function ------------------------------------------------------------------------------


def independent(case: dict[str, str]) -> tuple[bytes, bytes, bytes]:
    """Tag, secret and check, from the written definition and with other libraries' code alone."""

    def hmac_key(label: bytes) -> bytes:
        salt = case["epoch"].encode("ascii")
        derivation = HKDF(SHA256(), length=32, salt=salt, info=label)
        derived: bytes = derivation.derive(bytes.fromhex(case["master"]))
        return derived.hex().encode("ascii")

    tag_key = hmac_key(b"creditshare/1/token-tag")
    text = case["token_text"].encode("ascii")
    return (
        hmac.new(tag_key, text, "sha256").digest()[:16],
        hmac.new(hmac_key(b"creditshare/1/token-secret"), text, "sha256").digest(),
        hmac.new(tag_key, b"creditshare/1/token-check", "sha256").digest()[:16],
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['epoch']}-{case['token_text']}")
def test_vectors(case: dict[str, str]) -> None:
    """The library and an independent derivation give the published tag, secret and check."""
    scheme, country, value = case["token_text"].split(":")[1:]
    identifier = restore(scheme, value, country)
    source = cs.TokenKey(epoch(case["epoch"]), bytes.fromhex(case["master"]))
    published = tuple(bytes.fromhex(case[name]) for name in ("tag", "secret", "check"))
    (token,) = source.evaluate([identifier])

    assert published == independent(case)
    assert published == (token.tag, token.secret, source.check)
    assert case["token_text"] == identifier.token_text


def test_the_vectors_have_every_strong_scheme_twice() -> None:
    """Every strong scheme has token vectors, two at least, and no weak one has any."""
    told = Counter(case["token_text"].split(":")[1] for case in CASES)

    assert {name for name, scheme in SCHEMES.items() if scheme.STRONG} == told.keys()
    assert 2 <= min(told.values())


def test_every_part_of_the_input_counts() -> None:
    """Another epoch name, master, scheme, country or value gives another tag and secret."""
    tags = [case["tag"] for case in CASES]
    secrets = [case["secret"] for case in CASES]

    assert len(CASES) == len(set(tags))
    assert len(CASES) == len(set(secrets))


def test_both_forms_of_a_number_give_one_token() -> None:
    """A 15-digit number and its 18-character form give the same token."""
    full = number(7)
    legacy = full[:6] + full[8:17]
    source = key()
    short, long = source.evaluate([cs.ResidentID.parse(legacy), cs.ResidentID.parse(full)])

    assert 15 == len(legacy)
    assert long == short


def test_the_same_text_in_two_schemes() -> None:
    """One value under two schemes gives two tags."""
    source = key()
    passport = cs.identifiers.Passport.parse("E12345670", "CN")
    abroad = cs.identifiers.Passport.parse("E12345670", "MY")
    permit = cs.identifiers.PermanentResidentID.parse("CAN110101198001")
    tags = {tag_of(source, item) for item in (passport, abroad, permit, resident(1))}

    assert 4 == len(tags)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 999), min_size=1, max_size=20, unique=True),
    st.binary(min_size=32, max_size=32),
)
def test_a_batch_is_its_items_in_order(serials: list[int], master: bytes) -> None:
    """A batch gives the tokens of its items, one by one, in their order, of fixed sizes."""
    source = cs.TokenKey(EPOCH, master)
    identifiers = [resident(serial) for serial in serials]
    tokens = source.evaluate(identifiers)

    assert [source.evaluate([item])[0] for item in identifiers] == tokens
    assert len(serials) == len({token.tag for token in tokens})
    assert {(TAG_SIZE, 32)} == {(len(token.tag), len(token.secret)) for token in tokens}
    assert source.check not in {token.tag for token in tokens}


def test_an_empty_batch() -> None:
    """No identifiers give no tokens."""
    assert [] == key().evaluate([])


def test_nothing_secret_shows() -> None:
    """Neither a key nor a token shows its bytes."""
    source = key(master=0xAB)
    (token,) = source.evaluate([resident(1)])
    shown = f"{source!r} {source} {token!r} {token} {cs.TokenKeyring([source])!r}"

    assert "ab" * 4 not in shown
    assert r"\xab" not in shown
    for secret in (token.tag, token.secret, source.check):
        assert repr(secret) not in shown
        assert secret.hex() not in shown


def test_generated_keys_differ() -> None:
    """Two generated keys of one epoch differ, and their checks tell it."""
    one, other = cs.TokenKey.generate(EPOCH), cs.TokenKey.generate(EPOCH)

    assert one.master != other.master
    assert one.check != other.check
    assert 32 == len(one.master)


@pytest.mark.parametrize("master", [b"", bytes(31), bytes(33), "a" * 32, None, bytearray(32)])
def test_a_master_of_another_form(master: Any) -> None:
    """A master that is not 32 bytes is refused."""
    with pytest.raises(InvalidValueError, match="master"):
        cs.TokenKey(EPOCH, master)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("name", {"name": ""}),
        ("name", {"name": "a" * 33}),
        ("name", {"name": "-a"}),
        ("name", {"name": "a b"}),
        ("name", {"name": "2026下"}),
        ("name", {"name": "a\n"}),
        ("name", {"name": 5}),
        ("replaces", {"replaces": "a b"}),
        ("replaces", {"replaces": "A"}),
        ("replaces", {"replaces": 7}),
        ("ends", {"ends": NOW}),
        ("ends", {"ends": NOW - DAY}),
        ("replaces", {"replaces": ""}),
    ],
)
def test_an_epoch_that_cannot_be(field: str, changes: dict[str, Any]) -> None:
    """An epoch with a strange name, that replaces itself, or ends before it begins, is refused."""
    values: dict[str, Any] = {"name": "A", "begins": NOW, "ends": NOW + DAY} | changes

    with pytest.raises(InvalidValueError) as caught:
        cs.Epoch(**values)

    assert field in [fault.field for fault in caught.value.faults]


def test_an_epoch_needs_time_zones() -> None:
    """An epoch with a naive time is refused."""
    naive = NOW.replace(tzinfo=None)

    with pytest.raises(MisuseError, match="time zone"):
        cs.Epoch("A", naive, naive + DAY)


@pytest.mark.parametrize(
    ("after", "current"),
    [
        (dt.timedelta(seconds=-1), False),
        (dt.timedelta(0), True),
        (DAY - dt.timedelta(seconds=1), True),
        (DAY, False),
    ],
)
def test_when_an_epoch_is_in_force(after: dt.timedelta, current: bool) -> None:
    """An epoch is in force from its beginning up to, and not including, its end."""
    source = key(begins=0, ends=1)
    keyring = cs.TokenKeyring([source])
    at = NOW + after

    if current:
        source.epoch.check_current(at)
        assert source is keyring.for_issuing(at)
        assert source is keyring.for_issuing(at, used="A")
        return
    with pytest.raises(ExpiredEpochError):
        source.epoch.check_current(at)
    with pytest.raises(ExpiredEpochError):
        keyring.for_issuing(at, used="A")
    with pytest.raises(UnknownEpochError, match="0 epochs"):
        keyring.for_issuing(at)


# -- The keyring -------------------------------------------------------------------------------


def keyring_of(*sources: cs.TokenKey) -> cs.TokenKeyring:
    """A keyring."""
    return cs.TokenKeyring(sources)


ASKED: dict[str, Any] = {
    "epoch": "A",
    "canonical_form": CANONICAL_FORM_VERSION,
    "check": key().check,
    "at": NOW,
}


def test_the_key_of_a_checkpoint() -> None:
    """The held key with the checkpoint's epoch, canonical form and check answers for it."""
    held = key()

    assert held is keyring_of(key("B", 2), held).for_checkpoint(**ASKED)


@pytest.mark.parametrize(
    ("held", "asked", "error"),
    [
        ([], {}, UnknownEpochError),
        ([key("B")], {}, UnknownEpochError),
        ([key()], {"epoch": "a"}, UnknownEpochError),
        ([key(master=2)], {}, WrongTokenKeyError),
        ([key()], {"check": bytes(16)}, WrongTokenKeyError),
        ([key()], {"check": b""}, WrongTokenKeyError),
        ([key()], {"canonical_form": CANONICAL_FORM_VERSION + 1}, WrongTokenKeyError),
        ([key()], {"canonical_form": 0}, WrongTokenKeyError),
        ([key()], {"at": NOW + 10 * DAY}, ExpiredEpochError),
        ([key()], {"at": NOW - 11 * DAY}, ExpiredEpochError),
    ],
)
def test_no_key_fits_a_checkpoint(
    held: list[cs.TokenKey], asked: dict[str, Any], error: type[TokenError]
) -> None:
    """An unknown epoch, a wrong key, another canonical form and a past epoch have named errors."""
    with pytest.raises(error):
        keyring_of(*held).for_checkpoint(**(ASKED | asked))


A, B, C = key("A"), key("B", 2, replaces="A"), key("C", 3, replaces="B")
B_LATER = key("B", 2, begins=5, replaces="A")
B_OVER = key("B", 2, ends=-5, replaces="A")
UNRELATED = key("Z", 9)


@pytest.mark.parametrize(
    ("held", "used", "expected"),
    [
        ([A], None, "A"),
        ([A], "A", "A"),
        ([A, B], None, "B"),
        ([B, A], None, "B"),
        ([A, B], "B", "B"),
        ([A, B], "A", ReplacedEpochError),
        ([A, B, C], None, "C"),
        ([A, B, C], "A", ReplacedEpochError),
        ([A, B, C], "B", ReplacedEpochError),
        ([A, C], "A", "A"),
        ([A, B_LATER], None, "A"),
        ([A, B_LATER], "A", "A"),
        ([A, B_OVER], "A", "A"),
        ([A], "B", UnknownEpochError),
        ([], "A", UnknownEpochError),
        ([], None, UnknownEpochError),
        ([A, UNRELATED], None, UnknownEpochError),
        ([A, UNRELATED], "A", "A"),
        ([B_OVER], "B", ExpiredEpochError),
        ([B_LATER], "B", ExpiredEpochError),
        ([B_LATER], None, UnknownEpochError),
    ],
)
def test_the_key_to_issue_under(
    held: list[cs.TokenKey], used: str | None, expected: str | type[TokenError]
) -> None:
    """Issuing takes the one epoch in force that nothing in force replaces, or the one in use."""
    keyring = keyring_of(*held)

    if isinstance(expected, str):
        assert expected == keyring.for_issuing(NOW, used=used).epoch.name
        return
    with pytest.raises(expected):
        keyring.for_issuing(NOW, used=used)


def test_two_keys_under_one_name() -> None:
    """Two keys under one epoch name are refused; the same key twice is one."""
    with pytest.raises(ReplacedEpochError):
        keyring_of(key(), key(master=2))
    with pytest.raises(ReplacedEpochError):
        keyring_of(key()).add(key(master=2))

    held = keyring_of(key())

    assert held is held.add(key())
    assert ["A", "B"] == [source.epoch.name for source in held.add(key("B", 2)).sources]


@pytest.mark.parametrize("source", [None, "A", bytes(32), A.epoch])
def test_a_keyring_of_something_else(source: Any) -> None:
    """A keyring holds token sources, and nothing else."""
    with pytest.raises(MisuseError, match="token sources"):
        cs.TokenKeyring([source])


def test_issuing_needs_a_time_zone() -> None:
    """A naive time is refused with the library's own error."""
    with pytest.raises(MisuseError):
        keyring_of(key()).for_issuing(NOW.replace(tzinfo=None))


def test_issuing_needs_a_time() -> None:
    """What is no time at all is refused with the library's own error."""
    at: Any = "2026-11-23"

    with pytest.raises(MisuseError, match="datetime"):
        keyring_of(key()).for_issuing(at)


# -- From the steward to the members -----------------------------------------------------------


def sent(world: World, *, by: cs.Agency | None = None, what: cs.TokenKey | None = None) -> Path:
    """The file with the exchange's key, sealed to the two readers."""
    path = world.folder / "epoch.cst"
    cs.seal_token_key(path, what or world.key, by=by or world.steward, to=world.recipients)
    return path


def receive(
    world: World, path: Path, *, by: cs.Agency | None = None, at: dt.datetime = NOW
) -> cs.TokenKey:
    """Receive a file as the lender."""
    return cs.receive_token_key(path, by=by or world.lender, roster=world.roster(), at=at)


def body_of(path: Path, reader: cs.Agency) -> bytes:
    """The decrypted body of a sealed file."""
    with path.open("rb") as file:
        header = read_header(file, path.stat().st_size, CONTENT)
        out = io.BytesIO()
        decrypt_body(header, unwrap_key(header, reader.keys), file, out)
    return out.getvalue()


def wrapped(path: Path, sender: str, body: bytes, to: Sequence[cs.PublicAgency]) -> Path:
    """A new file around a body, as anybody can make it."""
    header, file_key = new_header(CONTENT, sender, len(body), [agency.keys for agency in to])
    with path.open("wb") as file:
        encrypt_body(header, file_key, [body], file)
    return path


def test_every_member_receives(world: World) -> None:
    """Each member opens the steward's file and holds the very key."""
    path = sent(world)

    for member in (world.lender, world.insurer):
        assert world.key == receive(world, path, by=member)


def test_replaces_is_delivered(world: World) -> None:
    """An epoch's name, times and predecessor arrive as they were sent."""
    made = cs.TokenKey.generate(epoch("2027.H1_x-1", replaces="2026H2"))

    assert made == receive(world, sent(world, what=made))


def test_a_key_file_is_private(world: World) -> None:
    """A sealed key's file is for its owner alone, and the key does not stand in it."""
    path = sent(world)

    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert world.key.master not in path.read_bytes()


def test_not_a_member(world: World) -> None:
    """Whom the steward did not name cannot open the file, not even the steward."""
    path = sent(world)

    for outsider in (world.bank, world.steward, cs.Agency.generate("lender")):
        with pytest.raises(NotForUsError):
            receive(world, path, by=outsider)


@pytest.mark.parametrize("who", ["custodian", "bank", "insurer"])
def test_only_a_steward_sends_keys(world: World, who: str) -> None:
    """A key from a member that is no steward is refused."""
    path = sent(world, by=getattr(world, who))

    with pytest.raises(UnauthorisedIssuerError):
        receive(world, path)


def test_a_stranger_sends_a_key(world: World) -> None:
    """A key from an origin that the roster does not know is refused."""
    path = sent(world, by=cs.Agency.generate("nobody"))

    with pytest.raises(UnauthorisedIssuerError):
        receive(world, path)


def test_a_stranger_under_the_stewards_name(world: World) -> None:
    """A key under the steward's name with other keys is refused."""
    path = sent(world, by=cs.Agency.generate("steward"))

    with pytest.raises(SignatureError):
        receive(world, path)


def test_re_wrapped_for_a_third(world: World) -> None:
    """A member cannot pass the steward's signed key on to a third."""
    body = body_of(sent(world), world.lender)
    to_a_third = wrapped(world.folder / "third.cst", "steward", body, [world.bank.public])
    to_itself = wrapped(world.folder / "again.cst", "steward", body, world.recipients)

    with pytest.raises(NotForUsError):
        receive(world, to_a_third, by=world.bank)
    with pytest.raises(NotForUsError):
        receive(world, to_itself)


def test_every_changed_byte_is_refused(world: World) -> None:
    """A file with any one byte changed is refused."""
    path = world.folder / "one.cst"
    cs.seal_token_key(path, world.key, by=world.steward, to=[world.lender.public])
    data = path.read_bytes()
    roster = world.roster()
    refused = 0
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1 << (place % 8)
        path.write_bytes(changed)
        try:
            cs.receive_token_key(path, by=world.lender, roster=roster, at=NOW)
        except BundleError:
            refused += 1

    assert len(data) == refused


@pytest.mark.parametrize("length", [0, 1, 7, 11, 100, -1])
def test_a_truncated_file_is_refused(world: World, length: int) -> None:
    """A file that was cut short or extended is refused."""
    path = sent(world)
    data = path.read_bytes()
    for changed in (data[:length], data + data[:length] + b"\0"):
        path.write_bytes(changed)
        with pytest.raises(BundleError):
            receive(world, path)


def signed_body(world: World, fields: list[Any], **changes: Any) -> bytes:
    """A body the steward really signed, though its own software would never make it."""
    framed = frame(pack([changes.get("suite", SUITE), *fields]))
    return framed + sign(changes.get("kind", KIND), framed[4:], world.steward.keys)


def test_a_statement_of_another_kind(world: World) -> None:
    """What the steward signed as something else is no key."""
    fields: list[Any] = ["steward", bytes(32), [], "A", 1, 2, None, bytes(32)]
    body = signed_body(world, fields, kind="creditshare/roster/1")
    path = wrapped(world.folder / "x.cst", "steward", body, [world.lender.public])

    with pytest.raises(SignatureError):
        receive(world, path)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (3, "a b"),
        (3, ""),
        (4, -(2**63)),
        (5, 2**63),
        (4, 2**40),
        (5, 0),
        (6, "a b"),
        (7, bytes(31)),
        (7, "text"),
        (6, 5),
    ],
)
def test_a_signed_impossibility(world: World, place: int, value: Any) -> None:
    """A steward's statement with impossible values is malformed, whatever it signed."""
    fields: list[Any] = ["steward", bytes(32), [], "A", 1, 2**31, None, bytes(32)]
    fields[2] = audience_of([world.lender.public])
    fields[place] = value
    length = len(frame(pack([SUITE, *fields]))) + SIGNATURE_SIZE
    header, file_key = new_header(CONTENT, "steward", length, [world.lender.keys.public])
    fields[1] = header.digest
    path = world.folder / "x.cst"
    with path.open("wb") as file:
        encrypt_body(header, file_key, [signed_body(world, fields)], file)

    with pytest.raises(MalformedError):
        receive(world, path)


@pytest.mark.parametrize("body", [b"", bytes(4), frame(b"\x90"), bytes(5000), b"\xff" * 5000])
def test_a_body_without_a_statement(world: World, body: bytes) -> None:
    """A sealed file whose body is no statement is refused."""
    path = wrapped(world.folder / "x.cst", "steward", body, [world.lender.public])

    with pytest.raises(BundleError):
        receive(world, path)


def test_a_large_body_is_not_decrypted(world: World) -> None:
    """A key file with a body of more than 64 KiB is refused."""
    body = bytes(64 * 1024 + 1)
    path = wrapped(world.folder / "x.cst", "steward", body, [world.lender.public])

    with pytest.raises(MalformedError, match="larger"):
        receive(world, path)


def test_an_epoch_that_is_over(world: World) -> None:
    """The key of a past epoch is refused, that of a future one is not."""
    future = key("2027H1", begins=5, ends=50, replaces="2026H2")

    with pytest.raises(ExpiredEpochError):
        receive(world, sent(world), at=EPOCH.ends)
    assert future == receive(world, sent(world, what=future))


@pytest.mark.parametrize("at", [NOW - 2 * DAY, NOW + 366 * DAY])
def test_a_roster_that_is_not_in_force(world: World, at: dt.datetime) -> None:
    """A roster from the future, or past its expiry, names no steward."""
    lasting = key(begins=-500, ends=500)

    with pytest.raises(RosterError):
        receive(world, sent(world, what=lasting), at=at)


def test_a_bundle_is_no_key(world: World) -> None:
    """A bundle is not taken for a key file."""
    ledger = world.ledger()
    world.record(ledger, listing())
    path, _ = world.seal(ledger, "0001.csb")

    with pytest.raises(MalformedError, match="kind of content"):
        receive(world, path)


@pytest.mark.parametrize("to", [[], ["lender", "lender"]])
def test_nobody_or_twice(world: World, to: list[str]) -> None:
    """A key is sealed to one member or more, each once."""
    members = [getattr(world, name).public for name in to]
    path = world.folder / "epoch.cst"

    with pytest.raises(MisuseError):
        cs.seal_token_key(path, world.key, by=world.steward, to=members)
    assert not path.exists()


# -- The seam for a remote evaluation ----------------------------------------------------------


@attrs.define
class Server:
    """Stands in for a token service: holds the key, counts the questions, may be down."""

    key: cs.TokenKey
    quota: int = 1000
    down: bool = False
    asked: list[int] = attrs.field(factory=list)

    def answer(self, identifiers: Sequence[cs.identifiers.Identifier]) -> list[Token]:
        """Answer one request."""
        self.asked.append(len(identifiers))
        if self.down:
            raise TokenServiceError("the token service does not answer")
        self.quota -= len(identifiers)
        if self.quota < 0:
            raise TokenServiceError("the token service refuses: too many questions today")
        return self.key.evaluate(identifiers)


@attrs.define
class RemoteSource:
    """A token source without a key: it asks the server, a few identifiers a request."""

    server: Server
    most: int = 3
    lost: int = 0

    @property
    def epoch(self) -> cs.Epoch:
        return self.server.key.epoch

    @property
    def check(self) -> bytes:
        return self.server.key.check

    def evaluate(self, identifiers: Sequence[cs.identifiers.Identifier]) -> list[Token]:
        tokens: list[Token] = []
        for start in range(0, len(identifiers), self.most):
            tokens += self.server.answer(identifiers[start : start + self.most])
        return tokens[: len(tokens) - self.lost]


@pytest.fixture
def remote(world: World) -> RemoteSource:
    """A remote source that evaluates the exchange's key."""
    return RemoteSource(Server(world.key))


def test_recording_with_a_remote_source(world: World, remote: RemoteSource) -> None:
    """What is recorded with a remote source is found with the key itself, and the other way."""
    keyring = cs.TokenKeyring([remote])
    ledger, registry = world.ledger(), world.registry()
    recorded = ledger.record(cleared(*map(listing, range(1, 8))), tokens=keyring, at=NOW)
    path, _ = world.seal(ledger, "0001.csb")
    world.apply(registry, path, tokens=keyring)
    asked = [applicant(serial) for serial in range(5, 10)]
    with_key = world.screen(registry, *asked)

    assert 7 == recorded.listed
    assert [3, 3, 1] == remote.server.asked
    assert ["match", "match", "match", "clear", "clear"] == [found.outcome for found in with_key]
    assert with_key == world.screen(registry, *asked, tokens=keyring)


@pytest.mark.parametrize("trouble", ["down", "quota"])
def test_recording_fails_with_the_service(world: World, remote: RemoteSource, trouble: str) -> None:
    """If the service fails or refuses, nothing is recorded, and all of it can be tried again."""
    ledger = world.ledger()
    reviewed = cleared(*map(listing, range(1, 8)))
    keyring = cs.TokenKeyring([remote])
    if trouble == "down":
        remote.server.down = True
    else:
        remote.server.quota = 5

    with pytest.raises(TokenServiceError):
        ledger.record(reviewed, tokens=keyring, at=NOW)

    remote.server.down, remote.server.quota = False, 100

    assert () == ledger.live_listings_of(resident(1))
    assert 7 == ledger.record(reviewed, tokens=keyring, at=NOW).listed


@pytest.mark.parametrize("trouble", ["down", "quota"])
def test_screening_fails_with_the_service(world: World, remote: RemoteSource, trouble: str) -> None:
    """If the service fails or refuses, screening raises, and nobody is called clear."""
    ledger, registry = world.ledger(), world.registry()
    world.record(ledger, listing())
    world.apply(registry, world.seal(ledger, "0001.csb")[0])
    if trouble == "down":
        remote.server.down = True
    else:
        remote.server.quota = 4
    answers = cs.screen(
        registry,
        [applicant(serial) for serial in range(10, 16)],
        tokens=cs.TokenKeyring([remote]),
        purpose=cs.Purpose.CREDIT_APPLICATION,
        role=cs.Role.LENDER,
        measures=cs.measures("cn"),
        at=NOW,
    )

    with pytest.raises(TokenServiceError):
        next(answers)
    assert [] == list(answers)


def test_recording_with_a_short_answer(world: World, remote: RemoteSource) -> None:
    """If the service answers for fewer than it was asked, nothing is recorded."""
    remote.lost = 1
    ledger = world.ledger()
    two_numbers = (*person(1).identifiers, cs.identifiers.Passport.parse("500123450", "GB"))
    born = dt.date(1980, 5, 17)
    borrower = cs.Borrower.person(*two_numbers, name="测试1", birth_date=born)

    with pytest.raises(TokenServiceError):
        ledger.record(cleared(listing(borrower=borrower)), tokens=cs.TokenKeyring([remote]), at=NOW)


def test_screening_with_a_short_answer(world: World, remote: RemoteSource) -> None:
    """If the service answers for fewer than it was asked, screening raises the library's error."""
    ledger, registry = world.ledger(), world.registry()
    world.record(ledger, listing())
    world.apply(registry, world.seal(ledger, "0001.csb")[0])
    remote.lost = 1

    with pytest.raises(TokenServiceError):
        world.screen(registry, applicant(1), tokens=cs.TokenKeyring([remote]))


def test_a_remote_source_with_another_key(world: World) -> None:
    """A remote source whose check is another is refused before it is asked."""
    ledger, registry = world.ledger(), world.registry()
    world.record(ledger, listing())
    world.apply(registry, world.seal(ledger, "0001.csb")[0])
    server = Server(cs.TokenKey.generate(EPOCH))

    with pytest.raises(WrongTokenKeyError):
        world.screen(registry, applicant(1), tokens=cs.TokenKeyring([RemoteSource(server)]))
    assert [] == server.asked
