"""Files are not what an attacker put at a path; instants and days are nobody's local guess."""

from __future__ import annotations

import datetime as dt
import os
import signal
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from creditshare.clock import (
    day_number,
    day_of,
    first_day_unended,
    from_day_number,
    from_unix,
    last_day_begun,
    unix,
)
from creditshare.errors import FileError, MisuseError
from creditshare.files import open_regular, read_regular, replacing

SHANGHAI, KIRITIMATI, LATEST = (dt.timezone(dt.timedelta(hours=h)) for h in (8, 14, -12))
OLD, NEW = b"the old content", b"the new content"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A file with the old content, alone in its folder."""
    path = tmp_path / "target"
    path.write_bytes(OLD)
    return path


@pytest.fixture
def in_time() -> Iterator[None]:
    """Fails a test that waits for more than 10 seconds."""

    def give_up(*_: object) -> None:
        pytest.fail("waited for more than 10 seconds")

    previous = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(10)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, previous)


# -- Reading --------------------------------------------------------------------------------


def test_a_regular_file_is_opened(target: Path) -> None:
    """A regular file is opened with its size, from a text as from a path."""
    for path in (target, str(target)):
        with open_regular(path) as (file, size):
            found = (file.read(), size)

        assert (OLD, len(OLD)) == found
    assert OLD == read_regular(target, len(OLD))


def _link(path: Path) -> None:
    (path.parent / "real").write_bytes(OLD)
    path.symlink_to("real")


def _dangling_link(path: Path) -> None:
    path.symlink_to("nowhere")


def _link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


def _socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # a socket's path has at most 107 characters
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path.name)
    finally:
        os.chdir(here)


def _nothing(_: Path) -> None:
    pass


NOT_REGULAR = [_nothing, _link, _dangling_link, _link_to_itself, Path.mkdir, os.mkfifo, _socket]


@pytest.mark.usefixtures("in_time")
@pytest.mark.parametrize("make", NOT_REGULAR, ids=lambda make: make.__name__)
def test_what_is_not_a_regular_file_is_refused(tmp_path: Path, make: Any) -> None:
    """A link, folder, pipe, socket or nothing at a path is refused at once."""
    path = tmp_path / "file"
    make(path)

    with pytest.raises(FileError), open_regular(path):
        pass
    with pytest.raises(FileError):
        read_regular(path, 1000)


@pytest.mark.usefixtures("in_time")
@pytest.mark.parametrize("make", NOT_REGULAR, ids=lambda make: make.__name__)
def test_refusals_leave_nothing_open(tmp_path: Path, make: Any) -> None:
    """A refused path leaves no descriptor open."""
    path = tmp_path / "file"
    make(path)
    before = os.listdir("/dev/fd")
    with pytest.raises(FileError):
        read_regular(path, 1000)

    assert before == os.listdir("/dev/fd")


@pytest.mark.parametrize(
    "path",
    ["", "a\0b", "/dev/null", "/dev/zero", "x" * 5000, "/dev/null/x", None, 7.5, b"\0"],
    ids=ascii,
)
def test_paths_that_name_no_file_are_refused(path: Any) -> None:
    """A path that cannot name a regular file is refused with our error."""
    with pytest.raises(FileError), open_regular(path):
        pass


@pytest.mark.parametrize("size", [0, 1, 15])
def test_the_limit_is_exact(target: Path, size: int) -> None:
    """A file of its limit's length is read, one a byte longer is refused."""
    target.write_bytes(bytes(size))

    assert bytes(size) == read_regular(target, size)
    target.write_bytes(bytes(size + 1))
    with pytest.raises(FileError):
        read_regular(target, size)


def test_a_huge_file_is_not_read(target: Path) -> None:
    """A sparse file of a terabyte is refused for its size without reading it."""
    os.truncate(target, 1 << 40)

    with pytest.raises(FileError):
        read_regular(target, 1000)


def test_what_was_opened_is_what_is_read(target: Path) -> None:
    """A file replaced by a link after it was opened is read as it was opened."""
    with open_regular(target) as (file, size):
        target.unlink()
        target.symlink_to("/dev/zero")
        found = (file.read(), size)

    assert (OLD, len(OLD)) == found


# -- Writing --------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o400])
def test_a_file_is_replaced(target: Path, mode: int) -> None:
    """What was written replaces the old content with the mode asked for, and nothing else stays."""
    previous = os.umask(0)
    try:
        with replacing(target, mode=mode) as file:
            file.write(NEW)
    finally:
        os.umask(previous)

    assert NEW == target.read_bytes()
    assert mode == stat.S_IMODE(target.stat().st_mode)
    assert [target.name] == os.listdir(target.parent)


def test_the_temporary_file_is_as_secret_as_the_new_one(target: Path) -> None:
    """While it is written, the new content can be read by nobody whom the mode excludes."""
    expected = {0o600}
    target.chmod(0o600)
    with replacing(target, mode=0o600) as file:
        file.write(NEW)
        file.flush()
        modes = {stat.S_IMODE(path.stat().st_mode) for path in target.parent.iterdir()}

    assert expected == modes


def test_a_new_file_is_made(tmp_path: Path) -> None:
    """A file that did not exist is made, from a text as from a path."""
    for path in (tmp_path / "new", str(tmp_path / "newer")):
        with replacing(path) as file:
            file.write(NEW)

        assert NEW == Path(path).read_bytes()


def test_a_reader_sees_the_old_file_until_the_end(target: Path) -> None:
    """Until the last byte is written, the old content stands at the path."""
    with replacing(target) as file:
        file.write(NEW)
        file.flush()
        seen = target.read_bytes()

    assert (OLD, NEW) == (seen, target.read_bytes())


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, GeneratorExit, SystemExit])
def test_an_interrupted_write_leaves_the_old_file(target: Path, error: type[BaseException]) -> None:
    """When writing is interrupted the old content stays, and no temporary file."""

    def write() -> None:
        with replacing(target) as file:
            file.write(NEW)
            raise error

    with pytest.raises(error):
        write()

    assert OLD == target.read_bytes()
    assert [target.name] == os.listdir(target.parent)


def test_a_full_disk_leaves_the_old_file(target: Path) -> None:
    """When the disk is full our error is raised, the old content stays, and no temporary file."""

    def write() -> None:
        with replacing(target) as file:
            file.write(NEW)
            raise OSError(28, "No space left on device")

    with pytest.raises(FileError, match="No space left"):
        write()

    assert OLD == target.read_bytes()
    assert [target.name] == os.listdir(target.parent)


def test_a_link_is_replaced_and_not_followed(target: Path) -> None:
    """Writing over a symbolic link replaces the link and leaves what it pointed to alone."""
    link = target.with_name("link")
    link.symlink_to(target)
    with replacing(link) as file:
        file.write(NEW)

    assert (OLD, NEW) == (target.read_bytes(), link.read_bytes())
    assert not link.is_symlink()


def test_a_folder_is_not_replaced(tmp_path: Path) -> None:
    """Writing over a folder is refused, and leaves no temporary file."""
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(FileError), replacing(folder) as file:
        file.write(NEW)

    assert [folder.name] == os.listdir(tmp_path)


@pytest.mark.parametrize(
    "path", ["", ".", "/", "a\0b", "/nowhere/file", "/dev/null/file", "x" * 5000, None, 7]
)
def test_paths_that_cannot_be_written_are_refused(path: Any) -> None:
    """A path at which no file can be written is refused with our error."""
    with pytest.raises(FileError), replacing(path):
        pass


# -- Instants and days ----------------------------------------------------------------------

_ZONES = st.integers(-14 * 60, 14 * 60).map(lambda m: dt.timezone(dt.timedelta(minutes=m)))
_INSTANTS = st.datetimes(dt.datetime(1971, 1, 1), dt.datetime(4000, 1, 1), timezones=_ZONES)  # noqa: DTZ001


@given(_INSTANTS)
@example(dt.datetime(2515, 1, 1, 0, 0, 0, 999999, tzinfo=dt.UTC))  # more than a float can hold
def test_unix_drops_the_fraction_alone(at: dt.datetime) -> None:
    """An instant is its whole UTC seconds, wherever it was written down."""
    back = from_unix(unix(at))

    assert at.astimezone(dt.UTC).replace(microsecond=0) == back
    assert back.tzinfo is dt.UTC


@given(_INSTANTS)
def test_days_are_utc_days(at: dt.datetime) -> None:
    """The day of an instant is its day in UTC."""
    assert at.astimezone(dt.UTC).date() == day_of(at)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (dt.datetime(1970, 1, 1, tzinfo=dt.UTC), 0),
        (dt.datetime(1970, 1, 1, 0, 0, 0, 999999, tzinfo=dt.UTC), 0),
        (dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC), 1772366400),
        (dt.datetime(2026, 3, 1, 20, tzinfo=SHANGHAI), 1772366400),
        (dt.datetime(1970, 1, 1, 8, tzinfo=SHANGHAI), 0),
        (dt.datetime(9000, 12, 31, 23, 59, 59, tzinfo=dt.UTC), 221876927999),
        (dt.datetime(4147, 8, 20, 7, 32, 15, tzinfo=dt.UTC), 2**36 - 1),
    ],
)
def test_unix_of_known_instants(at: dt.datetime, expected: int) -> None:
    """Known instants have their known numbers."""
    assert expected == unix(at)


@pytest.mark.parametrize(
    "at",
    [
        dt.datetime(1969, 12, 31, 23, 59, 59, tzinfo=dt.UTC),
        dt.datetime(1970, 1, 1, 7, 59, 59, tzinfo=SHANGHAI),
        dt.datetime(9001, 1, 1, tzinfo=dt.UTC),
        dt.datetime(9000, 12, 31, 12, tzinfo=LATEST),
        dt.datetime.min.replace(tzinfo=SHANGHAI),
        dt.datetime.max.replace(tzinfo=LATEST),
    ],
    ids=str,
)
@pytest.mark.parametrize("function", [unix, day_of, last_day_begun, first_day_unended])
def test_a_time_outside_the_years_is_refused(function: Any, at: dt.datetime) -> None:
    """An instant before 1970 or after 9000 in UTC is refused by every function of instants."""
    with pytest.raises(MisuseError, match="1970 to 9000"):
        function(at)


class _NoZone(dt.tzinfo):
    """A zone that does not know its offset: a datetime in it is as naive as one without."""

    def utcoffset(self, _: dt.datetime | None, /) -> None:
        return None

    dst = tzname = utcoffset


@pytest.mark.parametrize(
    "at",
    [
        dt.datetime(2026, 3, 1, 12),  # noqa: DTZ001
        dt.datetime(2026, 3, 1, 12, tzinfo=_NoZone()),
        dt.date(2026, 3, 1),
        1772366400,
        1772366400.0,
        "2026-03-01T12:00:00Z",
        None,
    ],
    ids=repr,
)
@pytest.mark.parametrize("function", [unix, day_of, last_day_begun, first_day_unended])
def test_a_time_without_a_zone_is_refused(function: Any, at: object) -> None:
    """What is not a datetime with a zone is refused by every function of instants."""
    with pytest.raises(MisuseError):
        function(at)


@pytest.mark.parametrize(
    ("at", "utc", "last"),
    [
        (dt.datetime(2026, 3, 1, 0, tzinfo=dt.UTC), (3, 1), (3, 1)),
        (dt.datetime(2026, 3, 1, 9, 59, 59, tzinfo=dt.UTC), (3, 1), (3, 1)),
        (dt.datetime(2026, 3, 1, 10, tzinfo=dt.UTC), (3, 1), (3, 2)),
        (dt.datetime(2026, 3, 1, 23, 59, 59, tzinfo=dt.UTC), (3, 1), (3, 2)),
        (dt.datetime(2026, 2, 28, 10, tzinfo=dt.UTC), (2, 28), (3, 1)),
        (dt.datetime(2026, 3, 1, 0, tzinfo=SHANGHAI), (2, 28), (3, 1)),
        (dt.datetime(2026, 3, 2, 0, tzinfo=KIRITIMATI), (3, 1), (3, 2)),
        (dt.datetime(2026, 3, 1, 23, tzinfo=KIRITIMATI), (3, 1), (3, 1)),
        (dt.datetime(2026, 3, 1, 0, tzinfo=LATEST), (3, 1), (3, 2)),
    ],
    ids=str,
)
def test_days_around_the_earth(
    at: dt.datetime, utc: tuple[int, int], last: tuple[int, int]
) -> None:
    """At 10:00 UTC the next day begins in the earliest zone, and only there."""
    assert dt.date(2026, *utc) == day_of(at)
    assert dt.date(2026, *last) == last_day_begun(at)


@given(_INSTANTS)
def test_the_last_day_begun_is_that_of_the_earliest_zone(at: dt.datetime) -> None:
    """The last day begun is the day in UTC+14, today or tomorrow, and in no zone later."""
    last = last_day_begun(at)

    assert at.astimezone(dt.timezone(dt.timedelta(hours=14))).date() == last
    assert at.date() <= last
    assert last - day_of(at) in (dt.timedelta(0), dt.timedelta(1))


@given(_INSTANTS)
def test_the_first_day_unended_is_that_of_the_latest_zone(at: dt.datetime) -> None:
    """The first day unended is the day in UTC-12, today or yesterday."""
    first = first_day_unended(at)

    assert at.astimezone(dt.timezone(dt.timedelta(hours=-12))).date() == first
    assert day_of(at) - first in (dt.timedelta(0), dt.timedelta(1))


@given(st.dates())
def test_day_numbers_count_from_1970(day: dt.date) -> None:
    """A day's number is the days since 1970-01-01, and leads back to the day."""
    assert (day - dt.date(1970, 1, 1)).days == day_number(day)
    assert day == from_day_number(day_number(day))
