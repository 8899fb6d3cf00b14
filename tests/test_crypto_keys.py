"""Keys: published vectors, and every key that must not be used is refused when it is loaded."""

from __future__ import annotations

import copy
import json
import os
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cryptography_vectors
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from hypothesis import given, settings
from hypothesis import strategies as st

from creditshare.agency import Agency, PublicAgency
from creditshare.crypto.keys import PUBLIC_SIZE, SECRET_SIZE, PublicKeys, SecretKeys
from creditshare.errors import FileError, InvalidValueError, KeyMaterialError

P = 2**255 - 19
ED25519, MLDSA, MLKEM, X25519 = slice(0, 32), slice(32, 1984), slice(1984, 3168), slice(3168, 3200)
GOOD = SecretKeys(bytes(range(96)))
RAW = GOOD.public.raw
EDGE_KEYS = json.loads((Path(__file__).parent / "vectors" / "ed25519_keys.json").read_text("ascii"))


def _with(part: slice, replacement: bytes) -> bytes:
    return RAW[: part.start] + replacement + RAW[part.stop :]


def _load_error(raw: Any) -> str:
    """The text with which public keys are refused, which they must be."""
    with pytest.raises(KeyMaterialError) as refusal:
        PublicKeys(raw)
    return str(refusal.value)


# -- Published vectors ----------------------------------------------------------------------


def _published(name: str) -> str:
    with cryptography_vectors.open_vector_file(name, "r") as file:
        text: str = file.read()
    return text


def _ed25519_vectors() -> Iterator[tuple[bytes, bytes]]:
    for line in _published("asymmetric/Ed25519/sign.input").splitlines()[:16]:
        secret, public = line.split(":")[:2]
        yield bytes.fromhex(secret)[:32], bytes.fromhex(public)


def _mldsa_vectors() -> Iterator[tuple[bytes, bytes]]:
    text = _published("asymmetric/MLDSA/kat_MLDSA_65_det_pure.rsp")
    for seed, public in re.findall(r"^xi = (\w+)$.*?^pk = (\w+)$", text, re.MULTILINE | re.DOTALL):
        yield bytes.fromhex(seed), bytes.fromhex(public)


def _kem_vectors() -> Iterator[tuple[bytes, bytes]]:
    for vector in json.loads(_published("HPKE/hpke-pq-test-vectors.json")):
        if vector["kem_id"] == 0x647A:
            yield bytes.fromhex(vector["skRm"]), bytes.fromhex(vector["pkRm"])


@pytest.mark.parametrize(
    ("vectors", "seed_at", "public"),
    [
        (_ed25519_vectors, 0, ED25519),
        (_mldsa_vectors, 32, MLDSA),
        (_kem_vectors, 64, slice(1984, 3200)),
    ],
    ids=["ed25519", "ml-dsa-65", "x-wing"],
)
def test_published_seeds_give_the_published_keys(
    vectors: Callable[[], Iterator[tuple[bytes, bytes]]], seed_at: int, public: slice
) -> None:
    """Each published seed, at its place in the secret, gives the published key at its place."""
    pairs = list(vectors())
    for seed, expected in pairs:
        secret = bytes(seed_at) + seed + bytes(SECRET_SIZE - seed_at - len(seed))

        assert expected == SecretKeys(secret).public.raw[public]
    assert len(pairs) > 1


# -- Refused when loaded --------------------------------------------------------------------


@pytest.mark.parametrize("vector", EDGE_KEYS, ids=lambda v: v["key"][:8] + v["key"][-4:])
def test_ed25519_edge_cases(vector: dict[str, Any]) -> None:
    """Low-order and non-canonical Ed25519 keys are refused, though the backend loads them."""
    key = bytes.fromhex(vector["key"])
    Ed25519PublicKey.from_public_bytes(key)  # so the refusal is ours

    if {"low_order_A", "non_canonical_A"}.intersection(vector["flags"]):
        assert "Ed25519" in _load_error(_with(ED25519, key))
    else:
        assert key == PublicKeys(_with(ED25519, key)).raw[ED25519]


@pytest.mark.parametrize("sign", [0, 1])
@pytest.mark.parametrize("y", [*range(19), P - 1])
def test_every_non_canonical_ed25519_encoding_is_refused(y: int, sign: int) -> None:
    """Each of the 19 values of y from p to 2^255 - 1, and y = -1, is refused with either sign."""
    y = y + P if y < 19 else y
    key = (y | sign << 255).to_bytes(32, "little")

    assert "Ed25519" in _load_error(_with(ED25519, key))


def _off_the_curve() -> list[int]:
    d = -121665 * pow(121666, -1, P) % P
    fractions = ((y, (y * y - 1) * pow(d * y * y + 1, -1, P) % P) for y in range(2, 60))
    return [y for y, x_squared in fractions if pow(x_squared, (P - 1) // 2, P) == P - 1]


@pytest.mark.parametrize("y", _off_the_curve())
def test_what_is_not_a_point_is_refused(y: int) -> None:
    """A y to which no point of the curve belongs is refused as an Ed25519 key."""
    assert "Ed25519" in _load_error(_with(ED25519, y.to_bytes(32, "little")))


@pytest.mark.parametrize(
    "u",
    [
        0,
        1,
        325606250916557431795983626356110631294008115727848805560023387167927233504,
        39382357235489614581723060781553021112529911719440698176882885853963445705823,
        P - 1,
        P,
        P + 1,
        P + 2,
        P + 9,
        2**255 - 1,
        2**255,
        2**255 + 9,
        2**255 + P - 1,
        2**256 - 1,
    ],
)
def test_x25519_edge_cases(u: int) -> None:
    """Low-order and non-canonical X25519 keys are refused, though the backend loads them."""
    key = u.to_bytes(32, "little")
    X25519PublicKey.from_public_bytes(key)

    assert "X25519" in _load_error(_with(X25519, key))


def test_the_base_point_is_a_good_key() -> None:
    """The base points of both curves, one of them of full order and small, are accepted."""
    base_y = 4 * pow(5, -1, P) % P
    raw = base_y.to_bytes(32, "little") + RAW[32:3168] + (9).to_bytes(32, "little")

    assert raw == PublicKeys(raw).raw


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        RAW[:-1],
        RAW + b"\0",
        RAW[1:],
        RAW * 2,
        GOOD.raw,
        bytearray(RAW),
        memoryview(RAW),
        RAW.hex(),
        list(RAW),
        None,
        PUBLIC_SIZE,
    ],
    ids=lambda raw: f"{type(raw).__name__}-{raw if isinstance(raw, int) else raw and len(raw)}",
)
def test_public_keys_of_another_size_or_type_are_refused(raw: object) -> None:
    """Public keys that are not exactly 3,200 bytes are refused with our error."""
    assert str(PUBLIC_SIZE) in _load_error(raw)


@pytest.mark.parametrize(
    "raw",
    [b"", bytes(95), bytes(97), RAW, bytearray(96), "0" * 96, None, 96],
    ids=lambda r: str(r)[:9],
)
def test_secret_keys_of_another_size_or_type_are_refused(raw: Any) -> None:
    """Secret keys that are not exactly 96 bytes are refused with our error."""
    with pytest.raises(KeyMaterialError):
        SecretKeys(raw)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(RAW[1984:] + RAW[:1984], id="kem-before-signing"),
        pytest.param(RAW[:32] + RAW[MLKEM] + RAW[MLDSA] + RAW[3168:], id="ml-kem-before-ml-dsa"),
        pytest.param(RAW[32:] + RAW[:32], id="ed25519-last"),
        pytest.param(RAW[::-1], id="reversed"),
        pytest.param(RAW[:1984] + b"\xff" * 1184 + RAW[3168:], id="ml-kem-coefficients-above-q"),
        pytest.param(bytes(PUBLIC_SIZE), id="zeros"),
        pytest.param(b"\xff" * PUBLIC_SIZE, id="ones"),
    ],
)
def test_parts_in_the_wrong_places_are_refused(raw: bytes) -> None:
    """Keys whose parts stand in each other's places, or are no keys, are refused."""
    assert "key" in _load_error(raw)


@given(st.binary(min_size=PUBLIC_SIZE, max_size=PUBLIC_SIZE))
@settings(deadline=None, max_examples=50)
def test_any_bytes_load_or_raise_our_error(raw: bytes) -> None:
    """Any 3,200 bytes are keys that hold these bytes, or a KeyMaterialError."""
    try:
        keys = PublicKeys(raw)
    except KeyMaterialError:
        return

    assert raw == keys.raw


# -- Good keys ------------------------------------------------------------------------------


def test_generated_keys_differ() -> None:
    """Generated secret keys differ, and so do all four of their public parts."""
    one, other = SecretKeys.generate(), SecretKeys.generate()
    same = [
        part
        for part in (ED25519, MLDSA, MLKEM, X25519)
        if one.public.raw[part] == other.public.raw[part]
    ]

    assert one.raw != other.raw
    assert not same


@pytest.mark.parametrize("seed_at", [0, 32, 64])
def test_each_seed_makes_only_its_own_keys(seed_at: int) -> None:
    """A bit changed in one of the seeds changes the keys made from it and no others."""
    changed = bytearray(GOOD.raw)
    changed[seed_at] ^= 1
    public = SecretKeys(bytes(changed)).public.raw
    parts = {0: {"ed25519"}, 32: {"mldsa"}, 64: {"mlkem", "x25519"}}
    named = {"ed25519": ED25519, "mldsa": MLDSA, "mlkem": MLKEM, "x25519": X25519}

    assert parts[seed_at] == {name for name, part in named.items() if RAW[part] != public[part]}


def test_public_keys_are_values() -> None:
    """Public keys are equal, hash alike and have one fingerprint when their bytes are equal."""
    again = PublicKeys(bytes(bytearray(RAW)))

    assert GOOD.public == again
    assert {GOOD.public} == {again}
    assert GOOD.public.fingerprint == again.fingerprint
    assert GOOD.public.fingerprint != SecretKeys.generate().public.fingerprint


def test_hpke_round_trip() -> None:
    """What is encrypted to the public key opens with the secret one and with no other."""
    suite = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    public = PublicKeys(RAW)
    message = b"a file key"
    sealed = suite.encrypt(message, public.kem, info=b"header")

    assert message == suite.decrypt(sealed, GOOD.kem, info=b"header")
    with pytest.raises(InvalidTag):
        suite.decrypt(sealed, SecretKeys.generate().kem, info=b"header")


@pytest.mark.parametrize("shown", [GOOD, Agency("bank.example", GOOD), [GOOD]], ids=str)
def test_secrets_do_not_show(shown: object) -> None:
    """Neither `repr` nor `str` of secret keys, or of what holds them, shows a secret byte run."""
    text = f"{shown!r} {shown}"
    raw = GOOD.raw
    leaks = [
        i for i in range(93) if raw[i : i + 4].hex() in text or repr(raw[i : i + 4])[2:-1] in text
    ]

    assert not leaks


@pytest.mark.parametrize("name", ["raw", "ed25519", "public", "note"])
def test_keys_are_frozen(name: str) -> None:
    """No attribute of keys can be set."""
    keys = copy.copy(GOOD)
    with pytest.raises(AttributeError):
        setattr(keys, name, GOOD.raw)
    with pytest.raises(AttributeError):
        setattr(keys.public, name, RAW)


# -- An agency's key file -------------------------------------------------------------------


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A key file of GOOD."""
    path = tmp_path / "bank.key"
    Agency("bank.example", GOOD).save(path)
    return path


def test_an_agency_saved_is_the_agency_loaded(saved: Path) -> None:
    """An agency is loaded as it was saved."""
    assert Agency("bank.example", GOOD) == Agency.load(saved)


def test_only_the_owner_can_read_a_key_file(saved: Path) -> None:
    """A key file has mode 0600, and saving leaves nothing beside it."""
    assert 0o600 == stat.S_IMODE(saved.stat().st_mode)
    assert [saved.name] == os.listdir(saved.parent)


def test_saving_replaces_no_file(saved: Path) -> None:
    """Keys are not saved over a file that is there, whose own keys would be lost."""
    before = saved.read_bytes()
    with pytest.raises(FileError):
        Agency.generate("other").save(saved)

    assert before == saved.read_bytes()
    assert [saved.name] == os.listdir(saved.parent)


def test_saving_does_not_follow_a_link(saved: Path, tmp_path: Path) -> None:
    """Keys are not saved through a symbolic link, also one that leads nowhere."""
    link, elsewhere = tmp_path / "link.key", tmp_path / "nowhere"
    link.symlink_to(elsewhere)
    with pytest.raises(FileError):
        Agency("bank.example", GOOD).save(link)

    assert not elsewhere.exists()


def test_public_keys_are_carried_in_a_file(tmp_path: Path) -> None:
    """An agency's public keys come back from a file as they went, and no secret goes with them."""
    path = tmp_path / "bank.pub"
    agency = Agency("bank.example", GOOD)
    agency.public.save(path)

    assert agency.public == PublicAgency.load(path)
    assert agency.keys.raw not in path.read_bytes()


def test_public_and_secret_files_are_not_mistaken(saved: Path, tmp_path: Path) -> None:
    """A file of secret keys is no file of public ones, nor the other way round."""
    public = tmp_path / "bank.pub"
    Agency("bank.example", GOOD).public.save(public)

    with pytest.raises(KeyMaterialError):
        PublicAgency.load(saved)
    with pytest.raises(KeyMaterialError):
        Agency.load(public)


def test_loading_does_not_follow_a_link(saved: Path, tmp_path: Path) -> None:
    """Keys behind a symbolic link are refused."""
    link = tmp_path / "link.key"
    link.symlink_to(saved)

    with pytest.raises(FileError):
        Agency.load(link)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda data: data[:-1], id="truncated"),
        pytest.param(lambda data: data + b"\0", id="extended"),
        pytest.param(lambda data: data + b"\n", id="newline-added"),
        pytest.param(lambda data: data[1:], id="magic-cut"),
        pytest.param(lambda data: data.replace(b"1\n", b"2\n", 1), id="another-version"),
        pytest.param(lambda data: b"CSSECRET1\n" + data, id="magic-twice"),
        pytest.param(lambda data: data.replace(b"\n", b"\r\n"), id="text-mode"),
        pytest.param(lambda data: data.replace(b"bank.example\n", b""), id="no-origin"),
        pytest.param(lambda data: data.replace(b"bank", b"BANK"), id="origin-upper-case"),
        pytest.param(lambda data: data.replace(b"bank", b"b\xc3\xa4nk"), id="origin-not-ascii"),
        pytest.param(lambda data: data.replace(b"bank", b""), id="origin-begins-with-a-dot"),
        pytest.param(lambda _: bytes(300), id="zeros"),
    ],
)
def test_what_is_not_a_key_file_is_refused(saved: Path, damage: Any) -> None:
    """A key file damaged anywhere before its seeds, or of another length, is refused."""
    saved.write_bytes(damage(saved.read_bytes()))

    with pytest.raises(KeyMaterialError):
        Agency.load(saved)


@pytest.mark.parametrize(
    "make", [lambda _: None, Path.mkdir, os.mkfifo], ids=["none", "folder", "fifo"]
)
def test_a_key_file_is_a_file(tmp_path: Path, make: Any) -> None:
    """A missing key file, a folder and a pipe are refused, the last without waiting for it."""
    path = tmp_path / "bank.key"
    make(path)

    with pytest.raises(FileError):
        Agency.load(path)


def test_a_large_file_is_not_read_as_keys(saved: Path) -> None:
    """A file far larger than a key file is refused for its size."""
    with saved.open("ab") as file:
        file.truncate(1 << 40)

    with pytest.raises(FileError):
        Agency.load(saved)


@pytest.mark.parametrize(
    "origin",
    [
        "",
        ".",
        "-a",
        "a-",
        "a.",
        "A",
        "a b",
        "a/b",
        "../a",
        "a\n",
        "\u00e4",
        "a" * 65,
        "a\0b",
        None,
        1,
        b"a",
    ],
    ids=ascii,
)
def test_origins_that_no_agency_has(origin: Any) -> None:
    """An origin outside 1 to 64 of a-z, 0-9, dot and hyphen, or not a text, is refused."""
    with pytest.raises(InvalidValueError):
        Agency(origin, GOOD)
    with pytest.raises(InvalidValueError):
        PublicAgency(origin, GOOD.public)


@pytest.mark.parametrize("origin", ["a", "1", "a.b", "a-b", "x" * 64, "bank.example"])
def test_origins_that_an_agency_has(origin: str) -> None:
    """An origin of 1 to 64 of a-z, 0-9, dot and hyphen is an agency's, and its public half's."""
    agency = Agency(origin, GOOD)

    assert (origin, GOOD.public) == (agency.public.origin, agency.public.keys)
