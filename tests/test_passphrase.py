"""Secrets under a passphrase: the published construction, and key files locked with it."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import cryptography_vectors
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import creditshare as cs
from creditshare.crypto.passphrase import Parameters, derive_key, lock_secret, unlock_secret
from creditshare.errors import KeyMaterialError, PassphraseError
from terminal import environment

CHEAP = Parameters(iterations=1, memory=8, lanes=1)
RIGHT, WRONG = "correct horse", "battery staple"


def published() -> list[dict[str, str]]:
    """The Argon2id vectors of pyca, from RFC 9106, OpenSSL and the reference program."""
    file = Path(cryptography_vectors.__file__).parent / "KDF" / "argon2id.txt"
    blocks = file.read_text("utf-8").split("COUNT = ")[1:]
    return [
        dict(line.split(" =", 1) for line in block.splitlines() if " =" in line) for block in blocks
    ]


PLAIN = [
    vector
    for vector in published()
    if not {"secret", "ad"} & set(vector)
    and int(vector["length"]) == 32
    and vector["pass"].strip()
    and bytes.fromhex(vector["pass"]).isascii()
]


@pytest.mark.parametrize("vector", PLAIN, ids=range(len(PLAIN)))
def test_the_key_is_argon2id_as_published(vector: dict[str, str]) -> None:
    """A key is what the published vectors without a secret or associated data say."""
    parameters = Parameters(int(vector["iter"]), int(vector["memcost"]), int(vector["lanes"]))
    passphrase = bytes.fromhex(vector["pass"].strip()).decode()
    key = derive_key(passphrase, bytes.fromhex(vector["salt"].strip()), parameters)

    assert vector["output"].strip() == key.hex()


def test_there_are_published_vectors() -> None:
    """The table above is not empty."""
    assert PLAIN


def test_the_reference_program_gives_the_same_key() -> None:
    """The key of the reference implementation's own test (test.c, Argon2id, 64 MiB) comes out."""
    key = derive_key("password", b"somesalt", Parameters(2, 65536, 1))

    assert "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7" == key.hex()


@settings(deadline=None, max_examples=20)
@given(st.binary(max_size=200), st.text(min_size=1, max_size=30), st.binary(max_size=70))
def test_what_was_locked_opens_again(secret: bytes, passphrase: str, context: bytes) -> None:
    """A secret comes back under its passphrase and context, and never the same way twice."""
    try:
        locked = lock_secret(secret, passphrase, context=context, parameters=CHEAP)
    except PassphraseError:
        return  # a lone surrogate
    again = lock_secret(secret, passphrase, context=context, parameters=CHEAP)

    assert secret == unlock_secret(locked, passphrase, context=context)
    assert locked != again


def test_a_passphrase_is_one_however_it_is_typed() -> None:
    """A composed and a decomposed letter are one passphrase."""
    locked = lock_secret(b"secret", "caf\u00e9", context=b"", parameters=CHEAP)

    assert b"secret" == unlock_secret(locked, "cafe\u0301", context=b"")


def test_every_changed_byte_is_found() -> None:
    """No byte of what was locked can be changed, and nothing can be cut off."""
    locked = lock_secret(b"secret", "right", context=b"name", parameters=CHEAP)
    for byte in range(9, len(locked)):
        changed = bytearray(locked)
        changed[byte] ^= 1
        with pytest.raises(PassphraseError):
            unlock_secret(bytes(changed), "right", context=b"name")
    for length in range(len(locked)):
        with pytest.raises(KeyMaterialError):
            unlock_secret(locked[:length], "right", context=b"name")


def test_another_context_does_not_open() -> None:
    """Keys moved under another agency's name do not open."""
    locked = lock_secret(b"secret", "right", context=b"bank-a", parameters=CHEAP)
    with pytest.raises(PassphraseError):
        unlock_secret(locked, "right", context=b"bank-b")


GREEDY = [
    (0, 64, 1),
    (17, 64, 1),
    (2**32 - 1, 64, 1),
    (1, 7, 1),
    (1, (1 << 20) + 1, 1),
    (1, 2**32 - 1, 1),
    (1, 64, 0),
    (1, 1 << 10, 17),
    (1, 31, 4),
]


@pytest.mark.parametrize("parameters", GREEDY)
def test_a_file_cannot_ask_for_unbounded_work(parameters: tuple[int, int, int]) -> None:
    """What a file says of the work is bounded before any of it is done."""
    iterations, memory, lanes = parameters
    head = iterations.to_bytes(4, "big") + memory.to_bytes(4, "big") + bytes([lanes])
    with pytest.raises(KeyMaterialError, match="work"):
        unlock_secret(head + bytes(60), "right", context=b"")


def test_a_machine_without_the_memory_is_told() -> None:
    """Where a guess takes more memory than there is, the keys cannot be used, and it says why."""
    code = (
        "import resource\n"
        "from creditshare.crypto.passphrase import Parameters, derive_key\n"
        "from creditshare.errors import KeyMaterialError\n"
        "resource.setrlimit(resource.RLIMIT_AS, (512 << 20, 512 << 20))\n"
        "try: derive_key('right', bytes(16), Parameters(1, 1 << 20, 1))\n"
        "except KeyMaterialError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment()
    )

    assert (0, "") == (done.returncode, done.stderr)
    assert "memory" in done.stdout


@pytest.mark.parametrize("passphrase", ["", "x" * 1025, "\ud800", None, b"bytes"])
def test_what_is_no_passphrase_is_refused(passphrase: str) -> None:
    """Nothing is locked under an empty, endless or unwritable passphrase."""
    with pytest.raises(PassphraseError):
        lock_secret(b"secret", passphrase, context=b"", parameters=CHEAP)


def test_a_locked_key_file(tmp_path: Path) -> None:
    """A key file locked under a passphrase has mode 0600, opens with it alone, and tells nobody."""
    agency, path = cs.Agency.generate("bank-a"), tmp_path / "agency.key"
    agency.save(path, passphrase=RIGHT)
    data = path.read_bytes()

    assert agency == cs.Agency.load(path, passphrase=RIGHT)
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert agency.keys.raw not in data
    assert data.startswith(b"CSLOCKED1\nbank-a\n" + bytes.fromhex("00000003 00010000 04"))
    with pytest.raises(PassphraseError, match="wrong"):
        cs.Agency.load(path, passphrase=WRONG)
    with pytest.raises(PassphraseError, match="locked"):
        cs.Agency.load(path)
    renamed = data.replace(b"bank-a", b"bank-b")
    with pytest.raises(PassphraseError):
        cs.Agency.from_bytes(renamed, passphrase=RIGHT)


def test_an_unlocked_key_file_takes_no_passphrase(tmp_path: Path) -> None:
    """Whoever gives a passphrase learns that the file has none."""
    agency, path = cs.Agency.generate("bank-a"), tmp_path / "agency.key"
    agency.save(path)

    assert agency == cs.Agency.from_bytes(path.read_bytes())
    with pytest.raises(PassphraseError, match="not locked"):
        cs.Agency.load(path, passphrase=WRONG)
