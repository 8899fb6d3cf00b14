"""The audit: no answer without a row, whoever asks, whatever fails, whoever is killed."""

from __future__ import annotations

import datetime as dt
import hmac
import multiprocessing
import os
import signal
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import creditshare as cs
from creditshare.audit import AuditedBy, AuditKey, AuditLog, AuditStore, Head, LoggedHit, Query
from creditshare.errors import (
    FileError,
    InvalidValueError,
    KeyMaterialError,
    MisuseError,
    StoreError,
    WrongTokenKeyError,
)
from creditshare.screening import ReviewCase, ReviewReason, Screening
from world import DAY, EPOCH, NOW, TODAY, World, applicant, listing, number

KEY = AuditKey(bytes(range(32)))
ASKED: dict[str, Any] = {"purpose": cs.Purpose.GUARANTEE, "role": cs.Role.LENDER, "at": NOW}
SPAWN = multiprocessing.get_context("spawn")
CLEAR = Screening("", cs.Outcome.CLEAR, (), (), (), ())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[AuditStore]:
    """An audit's database, in a file."""
    with AuditStore(tmp_path / "audit.db") as store:
        yield store


@pytest.fixture
def log(store: AuditStore) -> AuditLog:
    """A new log of queries."""
    return AuditLog(store, key=KEY)


def desk(log: AuditLog, caller: str = "desk-7") -> AuditedBy:
    """Somebody who asks with a consent."""
    return AuditedBy(log, caller=caller, consent="consent 2026-0815")


def told(world: World, *listings: cs.Listing) -> cs.Registry:
    """A registry that was told of these listings."""
    ledger, registry = world.ledger(), world.registry()
    world.record(ledger, *listings)
    world.apply(registry, world.seal(ledger, "0001.csb")[0])
    return registry


def stream(world: World, registry: cs.Registry, log: AuditLog, serials: range) -> Any:
    """Answers for these people, as they come."""
    return cs.screen(
        registry,
        map(applicant, serials),
        tokens=world.tokens,
        measures=cs.measures("cn"),
        audit=desk(log),
        **ASKED,
    )


# -- What is written down ------------------------------------------------------------------------


def test_a_query_is_written_down(world: World, log: AuditLog) -> None:
    """The log tells who asked, when, in which role, why, by whose leave, and what was found."""
    first = listing(1)
    registry = told(world, first, listing(2))
    asked = [applicant(3), applicant(1), applicant(2, name="别人")]
    answers = world.screen(registry, *asked, audit=desk(log))
    (query,) = log.queries()
    hit, other = query.hits

    assert ["clear", "match", "needs-review"] == [answer.outcome for answer in answers]
    assert ("desk-7", "consent 2026-0815", NOW) == (query.caller, query.consent, query.at)
    assert (cs.Purpose.CREDIT_APPLICATION, cs.Role.LENDER) == (query.purpose, query.role)
    assert (1, 1, 3) == (query.number, query.part, query.asked)
    assert (1, 1, 0, 1) == (query.matches, query.reviews, query.stale, query.clear)
    assert LoggedHit(1, "platform", first.id, cs.Outcome.MATCH, ()) == hit
    assert (2, cs.Outcome.NEEDS_REVIEW) == (other.applicant, other.outcome)
    assert answers[2].reviews[0].reasons == other.reasons


def test_stale_answers_are_counted(world: World, log: AuditLog) -> None:
    """An answer that nobody vouches for is counted as stale."""
    registry = told(world, listing(1))
    world.screen(registry, applicant(2), at=NOW + 60 * DAY, audit=desk(log))
    (query,) = log.queries()

    assert (1, 1, 0) == (query.asked, query.stale, query.clear)


def test_answers_are_the_same_with_an_audit(world: World, log: AuditLog) -> None:
    """Writing a query down changes no answer."""
    registry = told(world, listing(1), listing(2))
    asked = [applicant(serial) for serial in range(1, 5)]

    assert world.screen(registry, *asked) == world.screen(registry, *asked, audit=desk(log))


def test_a_long_call(world: World, log: AuditLog) -> None:
    """A call of more than a batch has a row a batch, numbered, under one id of the call."""
    registry = told(world, listing(1), listing(600))
    list(stream(world, registry, log, range(1, 701)))
    list(stream(world, registry, log, range(1, 2)))
    one, two, other = log.queries()

    assert [(1, 500), (2, 200), (1, 1)] == [(q.part, q.asked) for q in (one, two, other)]
    assert one.call == two.call != other.call
    assert [[0], [99]] == [[hit.applicant for hit in query.hits] for query in (one, two)]


def test_the_row_stands_before_the_answer(world: World, log: AuditLog) -> None:
    """When the first answer of a batch is given, the batch is in the log; the next is not yet."""
    answers = stream(world, told(world, listing(1)), log, range(1, 701))

    assert 0 == log.head().count
    for position, _ in enumerate(answers):
        assert log.head().count == 1 + position // 500


def test_what_is_not_answered_is_not_in_the_log(world: World, log: AuditLog) -> None:
    """Asking about nobody, and a call that fails, leave no row: no answer was given."""
    registry = told(world, listing(1))
    wrong = cs.TokenKeyring([cs.TokenKey.generate(EPOCH)])
    world.screen(registry, audit=desk(log))
    with pytest.raises(WrongTokenKeyError):
        world.screen(registry, applicant(1), tokens=wrong, audit=desk(log))
    with pytest.raises(MisuseError):
        world.screen(world.registry("empty"), applicant(1), audit=desk(log))

    assert 0 == log.verify().count


def test_no_personal_data_in_the_clear(world: World, log: AuditLog) -> None:
    """Neither the database nor its write-ahead log holds an identifier, a name or a token."""
    who = applicant(1, birth_date=dt.date(1980, 5, 17))
    world.screen(told(world, listing(1)), who, applicant(2), audit=desk(log))
    files = [path.read_bytes() for path in world.folder.glob("audit.db*")]
    (token,) = world.key.evaluate(who.identifiers)

    assert 3 == len(files)
    assert any(b"consent 2026-0815" in data for data in files)
    for secret in (number(1).encode(), "测试1".encode(), b"1980", token.tag, token.secret, KEY.raw):
        assert not any(secret in data for data in files)


def test_who_asked_about_a_listing(world: World, log: AuditLog) -> None:
    """The queries that found a listing come back in order, with the hits of that listing alone."""
    first, second = listing(1), listing(2)
    registry = told(world, first, second)
    world.screen(registry, applicant(1), applicant(2), audit=desk(log, "desk-1"))
    world.screen(registry, applicant(2), audit=desk(log, "desk-2"))
    world.screen(registry, applicant(3), applicant(1, name="别人"), audit=desk(log, "desk-3"))
    found = list(log.queries_about("platform", first.id))

    assert ["desk-1", "desk-3"] == [query.caller for query in found]
    assert [[("match", 0)], [("needs-review", 1)]] == [
        [(hit.outcome, hit.applicant) for hit in query.hits] for query in found
    ]
    assert [] == list(log.queries_about("bank", first.id))
    assert [] == list(log.queries_about("platform", bytes(16)))


# -- The digest of a batch -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("serials", "same"),
    [
        ([1, 2], True),
        ([2, 1], False),
        ([1], False),
        ([1, 2, 3], False),
        ([], False),
        ([1, 3], False),
    ],
)
def test_whether_a_batch_was_asked_about(
    world: World, log: AuditLog, serials: list[int], same: bool
) -> None:
    """A query is recognised by exactly its people in their order; names and references are free."""
    world.screen(told(world, listing(1)), applicant(1), applicant(2), audit=desk(log))
    (query,) = log.queries()
    batch = [applicant(serial, name=None, reference="") for serial in serials]

    assert same is log.is_batch_of(query, batch)


def test_digests_do_not_tell_that_two_batches_are_one(world: World, log: AuditLog) -> None:
    """Asking about the same person twice gives two digests."""
    registry = told(world, listing(1))
    for _ in range(2):
        world.screen(registry, applicant(1), audit=desk(log))
    one, two = log.queries()

    assert one.digest != two.digest
    assert log.is_batch_of(one, [applicant(1)])
    assert log.is_batch_of(two, [applicant(1)])


def test_two_people_are_not_one_person_with_two_numbers(world: World, log: AuditLog) -> None:
    """Which numbers are one applicant's is part of the digest."""
    numbers = [cs.ResidentID.parse(number(serial)) for serial in (1, 2)]
    registry = told(world, listing(1))
    world.screen(registry, applicant(1, identifiers=numbers), audit=desk(log))
    (query,) = log.queries()

    assert log.is_batch_of(query, [applicant(1, identifiers=numbers)])
    assert not log.is_batch_of(query, [applicant(1), applicant(2)])


# -- The construction ------------------------------------------------------------------------------


def derived(label: bytes) -> bytes:
    """HKDF-SHA-256 of the key, written out from RFC 5869."""
    extracted = hmac.digest(bytes(32), KEY.raw, "sha256")
    return hmac.digest(extracted, label + b"\x01", "sha256")


def test_the_chain_is_what_the_decision_says(log: AuditLog, store: AuditStore) -> None:
    """Links and digests are the HMACs that the documentation gives, computed here anew."""
    case = ReviewCase("bank", "bank", bytes(16), (ReviewReason.SUSPENDED,), None, None, TODAY)
    hit = Screening("", cs.Outcome.NEEDS_REVIEW, (), (case,), (), ())
    desk(log).begin(**ASKED)([applicant(1), applicant(2)], [CLEAR, hit])
    (query,) = log.queries()
    chain = derived(b"creditshare/1/audit-chain")
    beginning = hmac.digest(chain, b"creditshare/1/audit-beginning", "sha256")
    texts = [[f"1:cn-rid::{number(serial)}"] for serial in (1, 2)]
    batch = msgpack.packb([query.call, 1, texts], use_bin_type=True)
    digest = hmac.digest(derived(b"creditshare/1/audit-batch"), batch, "sha256")
    asker = [int(NOW.timestamp()), b"desk-7", b"guarantee", b"lender", b"consent 2026-0815"]
    hits = [[0, 1, b"bank", bytes(16), b"needs-review", b"suspended"]]
    row = [beginning, [query.call, 1, *asker, 2, 0, 1, 0, 1, digest], hits]
    link = hmac.digest(chain, msgpack.packb(row, use_bin_type=True), "sha256")

    assert [beginning] == store.beginning()
    assert digest == query.digest
    assert Head(1, link) == log.head()


texts = st.text(
    st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=100
).filter(str.strip)
instants = st.integers(0, 2**33).map(lambda seconds: dt.datetime.fromtimestamp(seconds, dt.UTC))
cases = st.builds(
    ReviewCase,
    origin=st.sampled_from(["bank", "platform"]),
    issuer=st.just("bank"),
    listing_id=st.binary(min_size=16, max_size=16),
    reasons=st.lists(st.sampled_from(ReviewReason), min_size=1, unique=True).map(tuple),
    listing=st.none(),
    age=st.none(),
    last_day=st.just(TODAY),
)
answered = st.builds(
    Screening,
    reference=st.just(""),
    outcome=st.sampled_from(cs.Outcome),
    matches=st.just(()),
    reviews=st.lists(cases, max_size=3).map(tuple),
    stale=st.just(()),
    consulted=st.just(()),
)
calls = st.fixed_dictionaries(
    {
        "caller": texts,
        "consent": texts,
        "purpose": st.sampled_from(cs.Purpose),
        "role": st.sampled_from(cs.Role),
        "at": instants,
        "answers": st.lists(answered, min_size=1, max_size=4),
    }
)


@settings(max_examples=60, deadline=None)
@given(st.lists(calls, max_size=5))
def test_what_is_read_back_is_what_was_written(asked: list[dict[str, Any]]) -> None:
    """Whatever is asked and answered verifies, and comes back as it was."""
    with AuditStore(":memory:") as store:
        log = AuditLog(store, key=KEY)
        for call in asked:
            audited = AuditedBy(log, caller=call["caller"], consent=call["consent"])
            record = audited.begin(purpose=call["purpose"], role=call["role"], at=call["at"])
            record([applicant(1)] * len(call["answers"]), call["answers"])
        queries = list(log.queries())

        assert len(asked) == log.verify().count
        assert list(map(as_asked, asked)) == list(map(as_logged, queries))


def as_asked(call: dict[str, Any]) -> tuple[Any, ...]:
    outcomes = [answer.outcome for answer in call["answers"]]
    hits = [
        (position, case.origin, case.listing_id, case.reasons)
        for position, answer in enumerate(call["answers"])
        for case in answer.reviews
    ]
    fields = (call["caller"], call["consent"], call["purpose"], call["role"], call["at"])
    return (*fields, len(outcomes), [outcomes.count(outcome) for outcome in cs.Outcome], hits)


def as_logged(query: Query) -> tuple[Any, ...]:
    hits = [(hit.applicant, hit.origin, hit.listing_id, hit.reasons) for hit in query.hits]
    fields = (query.caller, query.consent, query.purpose, query.role, query.at)
    outcomes = [query.matches, query.reviews, query.stale, query.clear]
    return (*fields, query.asked, outcomes, hits)


# -- No row, no answer ---------------------------------------------------------------------------


def _read_only(store: AuditStore) -> None:
    store.execute("PRAGMA query_only = ON")


def _trigger(store: AuditStore) -> None:
    with closing(sqlite3.connect(path_of(store))) as other:
        other.execute(
            "CREATE TRIGGER hide AFTER INSERT ON query"
            " BEGIN DELETE FROM query WHERE number = NEW.number; END"
        )


def _conflict_clause(store: AuditStore) -> None:
    with closing(sqlite3.connect(path_of(store))) as other:
        (sql,) = other.execute("SELECT sql FROM sqlite_schema WHERE name = 'query'").fetchone()
        other.execute("DROP TABLE query")
        other.execute(sql.replace("caller TEXT", "caller TEXT UNIQUE ON CONFLICT IGNORE"))


def _moved(store: AuditStore) -> None:
    path_of(store).rename(path_of(store).with_name("moved.db"))


def _replaced(store: AuditStore) -> None:
    _moved(store)
    path_of(store).write_bytes(path_of(store).with_name("moved.db").read_bytes())


def _closed(store: AuditStore) -> None:
    store.close()


def _overflowing(store: AuditStore) -> None:
    store.execute("UPDATE query SET number = 9223372036854775807")


def path_of(store: AuditStore) -> Path:
    """Where a database lies."""
    for _, name, file in store.rows("PRAGMA database_list"):
        if name == b"main" and file:
            return Path(file.decode())
    raise AssertionError


FAILURES = [
    _read_only,
    _trigger,
    _conflict_clause,
    _moved,
    _replaced,
    _closed,
    _overflowing,
]


@pytest.mark.parametrize("fail", FAILURES)
def test_no_answer_that_is_not_in_the_log(
    world: World, log: AuditLog, store: AuditStore, fail: Callable[[AuditStore], None]
) -> None:
    """Where the log cannot be written, or would not keep what is written, nobody is answered."""
    registry = told(world, listing(1))
    world.screen(registry, applicant(1), audit=desk(log))
    fail(store)
    given_away: list[Screening] = []

    with pytest.raises(StoreError):
        given_away.extend(stream(world, registry, log, range(1, 501)))
    assert [] == given_away


def test_a_disk_that_fills_up(world: World, log: AuditLog, store: AuditStore) -> None:
    """When the disk is full in the middle, every answer given is in the log, which is whole."""
    registry = told(world, listing(1))
    store.execute("PRAGMA max_page_count = 6")
    answers = (
        world.screen(registry, applicant(1), audit=desk(log))[0].outcome for _ in range(1000)
    )
    given_away: list[cs.Outcome] = []

    with pytest.raises(StoreError, match="SQLITE_FULL"):
        given_away.extend(answers)
    assert len(given_away) == log.verify().count
    assert given_away


def test_a_log_that_somebody_holds(world: World, log: AuditLog, store: AuditStore) -> None:
    """While somebody else keeps the log locked for too long, nobody is answered."""
    registry = told(world, listing(1))
    store.execute("PRAGMA busy_timeout = 10")
    with (
        AuditStore(world.folder / "audit.db") as other,
        other.transaction(),
        pytest.raises(StoreError, match="SQLITE_BUSY"),
    ):
        world.screen(registry, applicant(1), audit=desk(log))

    assert 0 == log.verify().count


def test_a_batch_is_written_whole_or_not_at_all(log: AuditLog, store: AuditStore) -> None:
    """A row whose hits cannot be written leaves nothing behind."""
    case = ReviewCase("bank", "bank", None, (), None, None, TODAY)  # type: ignore[arg-type]
    record = desk(log).begin(**ASKED)
    with pytest.raises(StoreError):
        record([applicant(1)], [Screening("", cs.Outcome.NEEDS_REVIEW, (), (case,), (), ())])

    assert 0 == log.verify().count
    assert [] == list(store.rows("SELECT * FROM hit"))


# -- Several at once ---------------------------------------------------------------------------


def test_calls_that_interleave(world: World, log: AuditLog) -> None:
    """Two calls whose answers are taken in turn share one whole chain."""
    registry = told(world, listing(1))
    one = stream(world, registry, log, range(1, 601))
    two = stream(world, registry, log, range(301, 901))
    taken = list(zip(one, two, strict=True))
    parts = [(query.call, query.part) for query in log.queries()]

    assert 600 == len(taken)
    assert 4 == log.verify().count
    assert [1, 1, 2, 2] == [part for _, part in parts]
    assert parts[0][0] == parts[2][0] != parts[1][0] == parts[3][0]


def test_applying_and_screening_do_not_wait_for_each_other(world: World, log: AuditLog) -> None:
    """A bundle is applied while answers are taken, and while somebody holds the audit."""
    ledger, registry = world.ledger(), world.registry()
    world.record(ledger, listing(1))
    world.apply(registry, world.seal(ledger, "0001.csb")[0])
    answers = stream(world, registry, log, range(1, 701))
    first = next(answers)
    world.record(ledger, listing(600))
    path, _ = world.seal(ledger, "0002.csb", since=1)
    with cs.RegistryStore(world.folder / "registry.db") as store:
        store.execute("PRAGMA busy_timeout = 0")
        with AuditStore(world.folder / "audit.db") as held, held.transaction():
            world.apply(cs.Registry(store), path)
        with store.transaction():  # what an apply that takes long would hold
            rest = list(answers)

    assert cs.Outcome.MATCH is first.outcome
    assert ["a600"] == [answer.reference for answer in rest if answer.matches]
    assert 2 == log.verify().count


def _ask(path: str, caller: str, times: int) -> None:
    with AuditStore(path, durable=False) as store:
        audited = desk(AuditLog(store, key=KEY), caller)
        for _ in range(times):
            audited.begin(**ASKED)([applicant(1)], [CLEAR])


def test_processes_that_ask_at_once(tmp_path: Path) -> None:
    """Processes that write one log at the same time leave one whole chain with every row."""
    path = str(tmp_path / "audit.db")
    askers = [SPAWN.Process(target=_ask, args=(path, f"p{each}", 60)) for each in range(2)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    with AuditStore(path) as store:
        log = AuditLog(store, key=KEY)
        callers = [query.caller for query in log.queries()]

        assert [0, 0] == [asker.exitcode for asker in askers]
        assert 120 == log.verify().count
        assert [60, 60] == [callers.count(f"p{each}") for each in range(2)]


def _screen_for_ever(folder: str, master: bytes, durable: bool, told_to: Connection) -> None:
    """Screens one applicant after the other, and says so after each answer."""
    here, key = Path(folder), cs.TokenKey(EPOCH, master)
    with (
        cs.RegistryStore(here / "registry.db") as registry,
        AuditStore(here / "audit.db", durable=durable) as store,
    ):
        audited = desk(AuditLog(store, key=KEY), str(os.getpid()))
        while True:
            (answer,) = cs.screen(
                cs.Registry(registry),
                [applicant(1)],
                tokens=cs.TokenKeyring([key]),
                measures=cs.measures("cn"),
                audit=audited,
                **ASKED,
            )
            told_to.send_bytes(answer.outcome.encode())


@pytest.mark.parametrize("durable", [True, False])
def test_a_killed_process_loses_no_row(world: World, durable: bool) -> None:
    """After each of two SIGKILLs the chain is whole and holds every answer that was heard."""
    told(world, listing(1))
    heard = 0
    for answers in (1, 40):
        hear, tell = SPAWN.Pipe(duplex=False)
        arguments = (str(world.folder), world.key.master, durable, tell)
        asker = SPAWN.Process(target=_screen_for_ever, args=arguments)
        asker.start()
        tell.close()
        for _ in range(answers):
            assert b"match" == hear.recv_bytes()
            heard += 1
        asker.kill()
        asker.join()
        heard += drained(hear)
        with AuditStore(world.folder / "audit.db") as store:
            log = AuditLog(store, key=KEY)
            rows = list(log.queries())

            assert -signal.SIGKILL == asker.exitcode
            assert len(rows) == log.verify().count
            assert heard <= len(rows) <= heard + 1
            heard = len(rows)


def drained(pipe: Connection) -> int:
    """How many whole messages were still in the pipe."""
    count = 0
    try:
        while pipe.recv_bytes():
            count += 1
    except (EOFError, OSError):
        return count
    return count


# -- Keys, heads and arguments -------------------------------------------------------------------


def test_a_key_is_kept_in_a_private_file(tmp_path: Path) -> None:
    """A key comes back from its file, which only its owner reads and nothing overwrites."""
    path = tmp_path / "audit.key"
    key = AuditKey.generate()
    key.save(path)

    assert key == AuditKey.load(path)
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    with pytest.raises(FileError):
        AuditKey.generate().save(path)
    assert key == AuditKey.load(path)
    assert AuditKey.generate() != key
    assert "AuditKey()" == repr(key)


@pytest.mark.parametrize(
    "data", [b"", b"CSAUDITKEY1\n", b"CSAUDITKEY1\n" + bytes(31), b"CSSECRET1\nx\n" + bytes(32)]
)
def test_another_file_is_no_key(tmp_path: Path, data: bytes) -> None:
    """A file that `save` did not write is refused."""
    (tmp_path / "audit.key").write_bytes(data)

    with pytest.raises(KeyMaterialError):
        AuditKey.load(tmp_path / "audit.key")


@pytest.mark.parametrize("raw", [b"", bytes(31), bytes(33), "x" * 32, None])
def test_a_key_of_another_length(raw: Any) -> None:
    """A key is 32 bytes."""
    with pytest.raises(KeyMaterialError):
        AuditKey(raw)


@given(st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32))
def test_a_head_as_text(count: int, link: bytes) -> None:
    """A head comes back from its text."""
    head = Head(count, link)

    assert head == Head.parse(str(head))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        f"01:{'0' * 64}",
        f"-1:{'0' * 64}",
        f"1:{'0' * 63}",
        f"1:{'A' * 64}",
        f"１:{'0' * 64}",
        f"1:{'0' * 64}\n",
        f"9999999999999999999:{'0' * 64}",
        None,
    ],
)
def test_a_text_that_is_no_head(text: Any) -> None:
    """A head has one spelling."""
    with pytest.raises(InvalidValueError):
        Head.parse(text)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("caller", ""),
        ("caller", " "),
        ("caller", "desk\n7"),
        ("caller", "x" * 101),
        ("caller", None),
        ("consent", ""),
        ("consent", "c\u202e"),
        ("consent", "x" * 201),
        ("consent", None),
    ],
)
def test_nobody_asks_without_a_name_and_a_consent(log: AuditLog, field: str, value: Any) -> None:
    """A caller and a consent reference are texts that say something."""
    values: dict[str, Any] = {"caller": "desk-7", "consent": "consent 2026-0815"}
    with pytest.raises(InvalidValueError) as caught:
        AuditedBy(log, **(values | {field: value}))

    assert {field} == {fault.field for fault in caught.value.faults}


def test_arguments_of_another_type(world: World, log: AuditLog, store: AuditStore) -> None:
    """What is no audit, store, key or log is refused before anything is asked."""
    registry, head = told(world, listing(1)), log.head()
    wrong: list[Callable[[], object]] = [
        lambda: world.screen(registry, applicant(1), audit=head),
        lambda: AuditLog(world.folder / "audit.db", key=KEY),  # type: ignore[arg-type]
        lambda: AuditLog(store, key=KEY.raw),  # type: ignore[arg-type]
        lambda: AuditedBy(store, caller="desk", consent="c"),  # type: ignore[arg-type]
    ]
    for call in wrong:
        with pytest.raises(MisuseError):
            call()


@pytest.mark.parametrize(("durable", "level"), [(True, 2), (False, 1)])
def test_what_survives_a_power_cut_is_a_setting(tmp_path: Path, durable: bool, level: int) -> None:
    """A durable log is flushed to the disk with each row; the other one leaves it to the system."""
    with AuditStore(tmp_path / "audit.db", durable=durable) as store:
        assert (level,) == store.row("PRAGMA synchronous")
        assert (b"wal",) == store.row("PRAGMA journal_mode")


@pytest.mark.parametrize("other", [cs.RegistryStore, cs.LedgerStore])
def test_another_kind_of_database(tmp_path: Path, other: Any) -> None:
    """A registry or a ledger is not opened as an audit, nor an audit as one of them."""
    other(tmp_path / "other.db").close()
    AuditStore(tmp_path / "audit.db").close()

    with pytest.raises(StoreError, match="another kind"):
        AuditStore(tmp_path / "other.db")
    with pytest.raises(StoreError, match="another kind"):
        other(tmp_path / "audit.db")


def test_another_thread(world: World, log: AuditLog) -> None:
    """A log used in another thread than its own raises our error, and nobody is answered."""
    audited, caught = desk(log), []

    def ask() -> None:
        try:
            audited.begin(**ASKED)([applicant(1)], [CLEAR])
        except StoreError as error:
            caught.append(str(error))

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()

    assert ["a store is used closed, or in another thread than it was opened in"] == caught
    assert 0 == log.verify().count
