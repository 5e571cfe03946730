"""What a scan keeps from the first reading of a file to the second: certificates alone, and only while they are so."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pkitools.portfolio import opening
from pkitools.portfolio.foreseeing import gathered_from
from pkitools.portfolio.known import Collecting
from pkitools.portfolio.opening import KeptContent, ToRead, content_of
from pkitools.portfolio.walking import FoundFile
from tests.portfolio.support import CHAIN, LEAF, WHOLE, other_leaf, scanned
from tests.support.cases import in_one_test
from tests.support.chains import good_chain
from tests.support.requests import pooled_key, request

LATER = 2_000_000_000


def kept_of(path: Path) -> KeptContent:
    kept = KeptContent()
    list(gathered_from([FoundFile(str(path), in_folder=True)], Collecting(), kept))
    return kept


def read_again(path: Path, kept: KeptContent) -> bytes:
    return content_of(ToRead(str(path), in_folder=True), kept)[0]


@pytest.mark.parametrize("content", [LEAF, good_chain().leaf.der], ids=["PEM", "DER"])
def test_of_one_certificate_the_content_is_kept_and_given_once(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.pem"
    path.write_bytes(content)
    kept, opened = kept_of(path), []
    before = opening.read_bytes
    monkeypatch.setattr(opening, "read_bytes", lambda name, limit: opened.append(name) or before(name, limit=limit))
    assert read_again(path, kept) == content
    assert not opened
    assert read_again(path, kept) == content
    assert opened == [str(path)], "who took it has it"


def set_back(path: Path) -> None:
    """Write as much of something else, and set the time back: again until the clock of the disk has moved on."""
    before = path.stat()
    while path.stat().st_ctime_ns == before.st_ctime_ns:
        path.write_bytes(LEAF.swapcase())
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


CHANGES: dict[str, Callable[[Path], object]] = {
    "as much else, as of that time": set_back,
    "another certificate": lambda path: path.write_bytes(other_leaf()),
    "at another time": lambda path: os.utime(path, (LATER, LATER)),
    "other permissions": lambda path: path.chmod(0o600),
    "another file": lambda path: (path.rename(path.with_suffix(".old")), path.write_bytes(LEAF)),
}


@in_one_test
@pytest.mark.parametrize("change", CHANGES)
def test_what_was_changed_since_is_read_anew(change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.pem"
    path.write_bytes(LEAF)
    path.chmod(0o644)
    kept, opened = kept_of(path), []
    CHANGES[change](path)
    before = opening.read_bytes
    monkeypatch.setattr(opening, "read_bytes", lambda name, limit: opened.append(name) or before(name, limit=limit))
    assert read_again(path, kept) == path.read_bytes()
    assert opened == [str(path)]


@in_one_test
@pytest.mark.parametrize(
    "content",
    [WHOLE, CHAIN, pooled_key().pem(None), LEAF + pooled_key().pem(None), pooled_key().pem(None) + LEAF, request()],
    ids=["with its chain", "chain", "key", "before its key", "behind its key", "request"],
)
def test_nothing_else_is_kept(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.pem"
    path.write_bytes(content)
    assert not kept_of(path)._held


def test_no_more_is_kept_than_there_is_room_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "MAX_KEPT_BYTES", 3 * len(LEAF))
    kept, names = KeptContent(), [f"{number}.pem" for number in range(5)]
    for name in names:
        (tmp_path / name).write_bytes(LEAF)
    found = [FoundFile(str(tmp_path / name), in_folder=True) for name in names]
    list(gathered_from(found, Collecting(), kept))
    assert len(kept._held) == 3
    assert [read_again(tmp_path / name, kept) for name in names] == [LEAF] * 5
    assert not kept._held
    list(gathered_from(found, Collecting(), kept))
    assert len(kept._held) == 3, "what is taken leaves its room"
    assert len(scanned(tmp_path).judged[0].places) == 5
