"""A file that cannot be read, or changes while it is read, is told once in one sentence, whichever command reads it."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from tests.cli.conftest import pem
from tests.connections.support import CHAIN, certificate, connection, written
from tests.support.cases import in_one_test
from tests.support.command import Command
from tests.support.requests import request

AT: Final = ("--moment", "2026-11-22T12:00:00Z")
READERS: Final[dict[str, tuple[str, ...]]] = {
    "cert show": ("cert", "show", "{bad}"),
    "cert check": ("cert", "check", "{bad}", "-e", "production", "--offline"),
    "cert check of a folder": ("cert", "check", "{folder}", "-e", "production", "--offline"),
    "cert check --chain": ("cert", "check", "{good}", "-e", "production", "--offline", "--chain", "{bad}"),
    "cert check --trust": ("cert", "check", "{good}", "-e", "production", "--offline", "--trust", "{bad}"),
    "cert check --key": ("cert", "check", "{good}", "-e", "production", "--offline", "--key", "{bad}"),
    "cert check --beside": ("cert", "check", "{good}", "-e", "production", "--offline", "--beside", "production={bad}"),
    "cert lint": ("cert", "lint", "{bad}"),
    "csr check": ("csr", "check", "{csr}"),
    "chain complete": ("chain", "complete", "{bad}"),
    "export": ("export", "public", "{bad}", "--out", "{folder}/out.pem"),
    "renewal diff": ("renewal", "diff", "{bad}", "{good}"),
    "g4 plan": ("g4", "plan", "{bad}"),
    "scan of the file": ("scan", "{bad}", *AT),
    "scan": ("scan", "{folder}", *AT),
    "scan --crl": ("scan", "{good}", "--crl", "{bad}", *AT),
    "expiry": ("expiry", "{folder}", *AT),
    "init": ("init", "{folder}", "--out", "{folder}/first.toml", *AT),
    "status": ("status", "--connections", "{connections}", *AT),
    "plan": ("plan", "--connections", "{connections}", *AT),
    "status of a file of connections": ("status", "--connections", "{bad}", *AT),
}
"""What reads ``bad``; with ``csr`` that is a request."""

Fault = Callable[[pytest.MonkeyPatch, Path], None]


def refused(number: int) -> Fault:
    """Nobody may open it."""

    def plant(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
        real = os.open

        def opening(name: Any, *given: Any, **named: Any) -> int:
            if isinstance(name, (str, os.PathLike)) and Path(name) == path:
                raise OSError(number, os.strerror(number), os.fspath(path))
            return real(name, *given, **named)

        monkeypatch.setattr(os, "open", opening)

    return plant


def reading(then: Callable[[Path, int], None]) -> Fault:
    """Something happens to it each time it is read from its beginning."""

    def plant(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
        real, node = os.read, path.stat().st_ino
        times = iter(range(1, 1000))

        def read(descriptor: int, size: int) -> bytes:
            if os.fstat(descriptor).st_ino == node and os.lseek(descriptor, 0, os.SEEK_CUR) == 0:
                then(path, next(times))
            return real(descriptor, size)

        monkeypatch.setattr(os, "read", read)

    return plant


def fail(path: Path, _time: int) -> None:
    raise OSError(errno.EIO, os.strerror(errno.EIO), os.fspath(path))


def grow(path: Path, time: int) -> None:
    with path.open("ab") as file:
        file.write(b"\n" * time)


def shrink(path: Path, _time: int) -> None:
    os.truncate(path, max(path.stat().st_size - 1, 1))


def rewrite(path: Path, time: int) -> None:
    """As long as it was, and at another moment."""
    os.utime(path, ns=(time, time))


SENTENCES: Final = {
    "no_permission": "You have no permission for {}, or for its folder.",
    "unreadable": "{} could not be read: ",
    "changing": "{} changed each time while it was read",
}
FAULTS: Final[dict[str, tuple[Fault, str]]] = {
    "not allowed": (refused(errno.EACCES), "no_permission"),
    "not permitted": (refused(errno.EPERM), "no_permission"),
    "a stale handle": (refused(errno.ESTALE), "unreadable"),
    "a bad disk": (reading(fail), "unreadable"),
    "grows": (reading(grow), "changing"),
    "is truncated": (reading(shrink), "changing"),
    "is rewritten": (reading(rewrite), "changing"),
}


@in_one_test
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_file_that_cannot_be_read_is_told_once(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reader: str, fault: str
) -> None:
    monkeypatch.chdir(tmp_path)  # a long path would be broken over lines
    folder, good = Path("f"), Path("good.pem")
    bad = folder / "bad.pem"
    folder.mkdir()
    is_request = "{csr}" in READERS[reader]
    bad.write_bytes(pem("CERTIFICATE REQUEST", request()) if is_request else certificate() + CHAIN)
    good.write_bytes(certificate() + CHAIN)
    places = {"bad": bad, "csr": bad, "good": good, "folder": folder}
    places["connections"] = written(Path(), connection(files='["f"]'))
    words = [word.format(**places) for word in READERS[reader]]
    plant, code = FAULTS[fault]
    plant(monkeypatch, bad)
    ran = run("--lang", "en", *words)
    assert ran.code in {1, 11}, ran
    said = " ".join(f"{ran.out} {ran.err}".split())
    assert "Traceback" not in said
    assert "did not foresee" not in said
    told = SENTENCES[code].format(bad)
    assert said.count(told) == 1, (told, said)
