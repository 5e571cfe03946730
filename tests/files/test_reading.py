"""Reading: regular files, bounded, never blocking."""

from __future__ import annotations

import ast
import errno
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pkitools.errors import FileError, InputError, LimitError
from pkitools.files import is_private, read_bytes
from pkitools.files.common import said
from pkitools.messages import LANGUAGES, error_sentence, in_words
from pkitools.messages import template as message_template
from tests.support.cases import in_one_test


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def code_of(path: str | os.PathLike[str]) -> str:
    with pytest.raises(FileError) as caught:
        read_bytes(path)
    assert str(path)[:100].rstrip("\0byte") in str(caught.value)
    return caught.value.code


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"\x00abc\xff")
    assert read_bytes(tmp_path / "f") == b"\x00abc\xff"
    (tmp_path / "link").symlink_to("f")
    assert read_bytes(str(tmp_path / "link")) == b"\x00abc\xff"


@pytest.mark.parametrize(("size", "limit"), [(0, 5), (6, 5)])
def test_empty_and_too_large_are_refused(tmp_path: Path, size: int, limit: int) -> None:
    (tmp_path / "f").write_bytes(b"x" * size)
    with pytest.raises(InputError) as caught:
        read_bytes(tmp_path / "f", limit=limit)
    assert caught.value.code == ("files.error.too_large" if size else "files.error.empty")
    assert isinstance(caught.value, LimitError) == bool(size)


def test_the_limit_itself_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"x" * 5)
    assert read_bytes(tmp_path / "f", limit=5) == b"xxxxx"


def test_a_huge_sparse_file_is_refused_by_its_size(tmp_path: Path) -> None:
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(LimitError):
        read_bytes(tmp_path / "huge")


def test_a_file_that_says_it_is_empty_and_never_ends_is_bounded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As files of /proc do, and a log that grows."""
    (tmp_path / "f").write_bytes(b"x")
    monkeypatch.setattr("pkitools.files.reading.os.read", lambda _fd, size: b"y" * size)
    with pytest.raises(LimitError):
        read_bytes(tmp_path / "f", limit=3_000_000)


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    assert code_of(tmp_path / "fifo") == "files.error.is_fifo"
    assert code_of(tmp_path) == "files.error.is_folder"
    assert code_of("/dev/null") == "files.error.is_device"
    assert code_of(tmp_path / "absent") == "files.error.missing"
    assert code_of(tmp_path / "fifo" / "below") == "files.error.missing"
    assert code_of("nul\0byte") == "files.error.bad_name"
    assert code_of("x" * 300) == "files.error.bad_name"
    assert code_of("") == "files.error.missing"


def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket may be 107 bytes
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s")
        assert code_of("s") == "files.error.is_socket"


def test_a_fifo_with_a_writer_is_refused_too(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    writer = threading.Thread(target=lambda: (tmp_path / "fifo").open("wb").close())
    writer.start()
    assert code_of(tmp_path / "fifo") == "files.error.is_fifo"
    os.close(os.open(tmp_path / "fifo", os.O_RDONLY | os.O_NONBLOCK))
    while writer.is_alive():
        os.close(os.open(tmp_path / "fifo", os.O_RDONLY | os.O_NONBLOCK))
        writer.join(0.01)


def test_a_file_without_permission_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the file itself, and of a folder above it; root reads everything, so that it is somebody else who reads."""
    for folder, file in ((0o755, 0), (0, 0o644)):
        place = tmp_path / str(folder)
        place.mkdir()
        (place / "f").write_bytes(b"x")
        (place / "f").chmod(file)
        place.chmod(folder)
        monkeypatch.chdir(tmp_path)  # whatever is above it
        tmp_path.chmod(0o755)
        with as_somebody_else():
            assert code_of(Path(str(folder)) / "f") == "files.error.no_permission"
        place.chmod(0o755)


@contextmanager
def as_somebody_else() -> Iterator[None]:
    """Without the rights of root, where the tests have them."""
    own = os.geteuid()
    if own == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(own)


@in_one_test
@pytest.mark.parametrize(("times", "code"), [(0, None), (1, None), (2, "files.error.changing")])
@pytest.mark.parametrize("how", ["grows", "shrinks", "rewritten"])
def test_what_is_read_is_none_of_it_older_than_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int, code: str | None, how: str
) -> None:
    """Each part at another moment would be a file that nobody ever wrote."""
    path, real, done = tmp_path / "f", os.read, 0
    path.write_bytes(b"old" * 1000)

    def read(descriptor: int, size: int) -> bytes:
        nonlocal done
        data = real(descriptor, 1000)
        if os.lseek(descriptor, 0, os.SEEK_CUR) == 1000 and done < times:
            done += 1
            path.write_bytes({"grows": b"new" * 1500, "shrinks": b"new" * 700, "rewritten": b"new" * 1000}[how])
            os.utime(path, ns=(done, done))  # the clock of a file system may stand still for a moment
        return data

    monkeypatch.setattr(os, "read", read)
    if code is not None:
        assert code_of(path) == code
    else:
        assert set(read_bytes(path)) == set(b"new" if times else b"old")


def test_no_descriptor_stays_open(tmp_path: Path) -> None:
    before = descriptors()
    for path in (tmp_path, tmp_path / "absent", "/dev/null"):
        with pytest.raises(FileError):
            read_bytes(path)
    assert descriptors() == before


@pytest.mark.parametrize(("mode", "private"), [(0o600, True), (0o400, True), (0o640, False), (0o604, False)])
def test_private_is_what_only_its_owner_may_read(tmp_path: Path, mode: int, private: bool) -> None:
    (tmp_path / "f").write_bytes(b"x")
    (tmp_path / "f").chmod(mode)
    assert is_private(tmp_path / "f") is private


def test_an_error_of_the_system_is_named_in_both_languages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"x")

    def broken(_fd: int, _size: int) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("pkitools.files.reading.os.read", broken)
    with pytest.raises(FileError) as caught:
        read_bytes(tmp_path / "f")
    assert caught.value.code == "files.error.unreadable"
    for language in LANGUAGES:
        assert message_template(caught.value.code, language)
        assert {"nl": "fout bij lezen", "en": "failed to read"}[language] in error_sentence(caught.value, language)


def _asks_the_system_for_words(tree: ast.AST) -> bool:
    """Whether code takes the words of the operating system, which are in one language, and changes that of none."""
    return any(isinstance(node, ast.Attribute) and node.attr == "strerror" for node in ast.walk(tree))


WORDS_STAY = {"pkitools/files/common.py", "pkitools/files/platform.py"}
"""Where what it says is put in words of ours; where an error of it is made."""


def test_only_one_place_puts_what_the_operating_system_says_in_words() -> None:
    root = Path(__file__).parents[2]
    files = [path for folder in ("pkitools", "cli", "test_pki") for path in (root / folder).rglob("*.py")]
    found = {str(path.relative_to(root)) for path in files if _asks_the_system_for_words(ast.parse(path.read_text()))}
    assert found - {"test_pki/pkitools_test_pki/server/faulty_listener.py"} == WORDS_STAY


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (OSError(errno.ECONNREFUSED, "x"), "luistert niemand"),
        (socket.gaierror(socket.EAI_NONAME, "x"), "die naam bestaat niet"),
        (socket.gaierror(socket.EAI_AGAIN, "x"), "antwoordt niet"),
        (TimeoutError("x"), "TimeoutError"),
    ],
)
def test_what_is_said_of_a_connection_has_words_wherever_it_stands(error: OSError, word: str) -> None:
    told = {language: in_words(f"{said(error)}; kept: {said(error)}", language) for language in LANGUAGES}
    assert told["nl"].count(word) == 2
    assert "files.system" not in "".join(told.values())


def test_what_the_operating_system_says_is_said_in_both_languages() -> None:
    """Every refusal with words of ours has them twice; one without keeps the system's own."""
    from pkitools.files.common import _SAID, file_error

    for number in _SAID:
        error = file_error(OSError(number, os.strerror(number)), "naam", "unreadable")
        told = {language: error_sentence(error, language) for language in LANGUAGES}
        assert told["nl"] != told["en"]
        assert os.strerror(number) not in told["nl"]
        assert "files.system" not in " ".join(told.values())
    rare = error_sentence(file_error(OSError(errno.ECHILD, ""), "naam", "unreadable"), "nl")
    assert os.strerror(errno.ECHILD) in rare
