"""Files on a system without what only POSIX has: nothing overwritten, nothing half-written, nothing led astray.

Each test is a program for an interpreter of its own, from which ``tests/support/other_system.py`` takes things away.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import other_system

ROOT = Path(__file__).parents[2]
SYSTEMS = {"windows": (other_system.WINDOWS, True), "bare": (other_system.EVERYTHING, False)}
"""Windows; and a system without hard links and locks as well."""

PRELUDE = """
import os, sys
from pathlib import Path
from tests.support import other_system
other_system.take_away({names!r}, msvcrt={msvcrt!r})
from pkitools.errors import *
from pkitools.files import *
os.chdir(sys.argv[1])

def pair(data, overwrite=False):
    key = Output("x.key", b"key\\n" + data, secret=True)
    return write_set([key, Output("x.csr", b"csr\\n" + data, secret=False)], overwrite=overwrite)

def content():
    return {{name: Path(name).read_bytes() for name in os.listdir(".")}}

def written(data):
    return {{"x.key": b"key\\n" + data, "x.csr": b"csr\\n" + data}}

def code(call, *arguments, **options):
    try:
        call(*arguments, **options)
    except PkitoolsError as error:
        return error.code
    return None
"""


def run(folder: Path, program: str, names: tuple[str, ...], msvcrt: bool = False) -> None:
    text = PRELUDE.format(names=names, msvcrt=msvcrt) + program
    command = [sys.executable, "-B", "-c", text, str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 0, done.stderr


@pytest.fixture(params=SYSTEMS)
def system(request: pytest.FixtureRequest) -> tuple[tuple[str, ...], bool]:
    return SYSTEMS[request.param]


WRITING = """
assert pair(b"1") == ()
assert content() == written(b"1"), content()
assert code(pair, b"2") == "files.error.exists"
assert content() == written(b"1")
assert [str(path) for path in pair(b"2", overwrite=True)] == ["x.key.bak-1"]
assert [str(path) for path in pair(b"3", overwrite=True)] == ["x.key.bak-2"]
kept = {"x.key.bak-1": b"key\\n1", "x.key.bak-2": b"key\\n2"}
assert content() == {**written(b"3"), **kept}, content()
write_public("c", b"1")
write_public("c", b"2", overwrite=True)
assert read_bytes("c") == b"2"
make_folder("folder")
make_folder("folder")
assert code(write_secret, "folder", b"1") == "files.error.is_folder"
assert code(write_secret, "c", b"1") == code(make_folder, "c") == "files.error.exists"
assert code(write_secret, "absent/k", b"1") == code(write_secret, "c/k", b"1") == "files.error.no_folder"
assert code(write_secret, "nul\\0", b"1") == code(write_secret, "n\\0l/k", b"1") == "files.error.bad_name"
twice = [Output("k", b"1", secret=True), Output("./k", b"2", secret=False)]
assert code(write_set, twice) == "files.error.named_twice"
os.makedirs("other")
os.chdir("other")
write_secret("k", b"\\r\\n\\n")
assert read_bytes("k") == b"\\r\\n\\n"
"""


def test_what_is_written_is_whole_and_nothing_is_overwritten_unasked(
    tmp_path: Path, system: tuple[tuple[str, ...], bool]
) -> None:
    run(tmp_path, WRITING, *system)


@pytest.mark.slow
@pytest.mark.parametrize("name", other_system.USED_FOR_FILES)
def test_each_thing_may_be_absent_by_itself(tmp_path: Path, name: str) -> None:
    run(tmp_path, WRITING, (name,))


READING = """
Path("f").write_bytes(b"\\x00\\r\\n\\x1a\\xff")
assert read_bytes("f") == b"\\x00\\r\\n\\x1a\\xff"
assert is_private("f") and not has_permissions()
other_system.mkfifo("fifo")
assert code(read_bytes, "fifo") == "files.error.is_fifo"
os.mkdir("d")
assert code(read_bytes, "d") == "files.error.is_folder"
assert code(read_bytes, "absent") == code(read_bytes, "f/below") == "files.error.missing"
assert code(read_bytes, "n\\0l") == "files.error.bad_name"
assert code(read_bytes, "f", limit=4) == "files.error.too_large"
"""


def test_only_files_are_read_and_as_they_are(tmp_path: Path, system: tuple[tuple[str, ...], bool]) -> None:
    run(tmp_path, READING, *system)


ASTRAY = """
Path("victim").write_bytes(b"untouched")
for name, expected in ((".k.partial", "in_the_way"), ("k", "exists")):
    for target in ("victim", "nowhere"):
        os.symlink(target, name)
        assert code(write_secret, "k", b"1") == "files.error." + expected, (name, target)
        os.unlink(name)
other_system.mkfifo(".k.partial")
assert code(write_secret, "k", b"1") == "files.error.in_the_way"
os.unlink(".k.partial")
os.symlink("victim", "k")
write_secret("k", b"new", overwrite=True)
assert not Path("k").is_symlink() and Path("k").read_bytes() == b"new"
assert Path("victim").read_bytes() == b"untouched" and not Path("nowhere").exists()
"""


def test_no_link_is_followed(tmp_path: Path, system: tuple[tuple[str, ...], bool]) -> None:
    run(tmp_path, ASTRAY, *system)


STOPPING = """
CALLS = ("write", "fsync", "link", "open", "replace", "unlink")

def stopping(name, when, stop):
    # let the call of this number be the one at which it stops
    real, calls = getattr(os, name), iter(range(1, 1000))

    def call(*arguments, **options):
        if next(calls) == when:
            stop()
        return real(*arguments, **options)

    setattr(os, name, call)
    return lambda: setattr(os, name, real)

def every_call(body):
    # body answers whether the call of that number was made
    for name in CALLS:
        number = 1
        while hasattr(os, name) and body(name, number):
            number += 1
        assert number > 1 or name in {"link", "replace", "unlink"}, name

def begin(overwrite):
    for name in os.listdir("."):
        os.unlink(name)
    if overwrite:
        pair(b"0")

def named():
    return {name: data for name, data in content().items() if name in written(b"")}
"""

FAILURES = (
    STOPPING
    + """
def failing(name, number, overwrite):
    begin(overwrite)
    reached = []

    def fail():
        reached.append(True)
        raise OSError(5, "Input/output error")

    restore = stopping(name, number, fail)
    failed = code(pair, b"1", overwrite)
    restore()
    if name != "unlink":  # a name that cannot be taken away stays
        before = written(b"0") if overwrite else {}
        assert (content() == before) if failed else (named() == written(b"1")), (name, number, failed, content())
    assert not overwrite or b"key\\n0" in content().values(), (name, number)
    return bool(reached)

for overwrite in (False, True):
    every_call(lambda name, number: failing(name, number, overwrite))
"""
)


@pytest.mark.slow
def test_a_failure_leaves_what_was(tmp_path: Path, system: tuple[tuple[str, ...], bool]) -> None:
    run(tmp_path, FAILURES, *system)


KILLS = (
    STOPPING
    + """
def killed(name, number, overwrite):
    begin(overwrite)
    child = other_system.fork()
    if not child:
        stopping(name, number, lambda: os._exit(9))
        os._exit(1 if code(pair, b"1", overwrite) else 0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in {0, 9}, (name, number, status)
    found, left = content(), named()
    # where there are no hard links a name is claimed by an empty file; nothing else is less than whole
    whole = {name: data for name, data in left.items() if data or hasattr(os, "link")}
    assert all(data in {written(b"0")[name], written(b"1")[name]} for name, data in whole.items()), (name, number, left)
    assert len({data[4:] for data in whole.values()}) <= 1, (name, number, left)
    assert not overwrite or b"key\\n0" in found.values(), (name, number, found)
    assert overwrite or "x.csr" not in whole or "x.key" in whole, (name, number, left)
    refused = code(pair, b"1", overwrite)
    if hasattr(os, "link"):
        assert bool(refused) == (not overwrite and left == written(b"1")), (name, number, refused)
    else:
        assert refused in {None, "files.error.exists"} and not (refused and overwrite), (name, number, refused)
    assert refused or named() == written(b"1"), (name, number, named())
    assert not refused or {*whole.values()} <= {*content().values()}, (name, number)
    return status == 9

for overwrite in (False, True):
    every_call(lambda name, number: killed(name, number, overwrite))
"""
)


@pytest.mark.slow
def test_a_kill_leaves_all_or_a_set_that_can_be_made_again(
    tmp_path: Path, system: tuple[tuple[str, ...], bool]
) -> None:
    run(tmp_path, KILLS, *system)


def test_a_run_that_still_writes_is_left_alone(tmp_path: Path) -> None:
    """By the lock of ``msvcrt``, and because an open file cannot be removed."""
    names, msvcrt = SYSTEMS["windows"]
    program = """
from pkitools.files import platform
fd = os.open(".x.key.partial", os.O_WRONLY | os.O_CREAT | os.O_BINARY, 0o600)
platform.lock(fd)
os.write(fd, b"half")
assert code(pair, b"1") == code(pair, b"1", overwrite=True) == "files.error.in_the_way"
assert code(check_outputs, [Output("x.key", b"", secret=True)]) == "files.error.in_the_way"
assert content() == {".x.key.partial": b"half"}
os.close(fd)
pair(b"1")
assert content() == written(b"1")
"""
    run(tmp_path, program, names, msvcrt)


def test_a_folder_is_had_by_one_at_a_time_where_the_system_has_locks(
    tmp_path: Path, system: tuple[tuple[str, ...], bool]
) -> None:
    program = f"""
from pkitools.files import platform
assert code(lambda: locked_folder("none").__enter__()) == "files.error.missing"
with locked_folder("."):
    fd = os.open(".lock", os.O_RDWR | os.O_BINARY)
    assert platform.nobody_else_has(fd) is {not system[1]}
    os.close(fd)
with locked_folder("."):
    pass
"""
    run(tmp_path, program, *system)


KEEPING = """
from datetime import UTC, datetime
from pkitools.fetching.cache import DiskCache
from pkitools.fetching.model import CacheEntry
entry = CacheEntry(b"document\\r\\n", datetime(2026, 1, 1, tzinfo=UTC))
cache = DiskCache(Path("a/cache"), limit=1000)
assert cache.load("u", b"k") is None
cache.store("u", b"k", entry)
assert cache.load("u", b"k") == entry
cache.store("u", b"k", entry)
for number in range(10):
    cache.store(f"u{number}", b"k", entry)
assert cache.load("u9", b"k") == entry and cache.load("u", b"k") is None
assert sum(path.stat().st_size for path in Path("a/cache").iterdir()) <= 1000
assert cache.take_notes() == ()
for path in Path("a/cache").iterdir():
    path.unlink()
    path.symlink_to(Path("elsewhere").absolute())
assert cache.load("u9", b"k") is None and len(cache.take_notes()) == 1
os.symlink("a", "link")
cache = DiskCache(Path("link"))
cache.store("u", b"k", entry)
assert len(cache.take_notes()) == 1 and os.listdir("a") == ["cache"]
"""


def test_documents_are_kept_between_runs(tmp_path: Path, system: tuple[tuple[str, ...], bool]) -> None:
    run(tmp_path, KEEPING, *system)
