"""The folder of kept documents: whose it is, what is left out of it, and that nothing half-written is ever read."""

from __future__ import annotations

import os
import stat
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pkitools.crl import reading
from pkitools.fetching.cache import DiskCache
from pkitools.messages import Detail
from pkitools.revocation import (
    CacheEntry,
    CertificateRevocationList,
    Origin,
    RevocationOptions,
    SourceKind,
    StatusKind,
)
from pkitools.x509.path_certificate import load
from pkitools_test_pki.faults.http import good
from tests.revocation.material import MOMENT, World, loopback_fetcher
from tests.support.cases import in_one_test
from tests.support.fault_server import FaultServer

URL, KEY = "http://crl.example/list.crl", b"key"
ENTRY = CacheEntry(b"document", MOMENT)
READ, PARSE = reading._read, DiskCache._parse


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_what_is_kept_comes_back_and_is_the_users_own(tmp_path: Path, mask: int) -> None:
    folder = tmp_path / "a" / "cache"
    before = os.umask(mask)
    try:
        cache = DiskCache(folder)
        assert cache.load(URL, KEY) is None
        cache.store(URL, KEY, ENTRY)
    finally:
        os.umask(before)
    assert cache.load(URL, KEY) == ENTRY
    assert cache.take_notes() == ()
    assert mode(folder) == 0o700
    (file,) = files(folder)
    assert mode(file) == 0o600


def test_another_url_or_key_is_another_document(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path / "cache")
    cache.store(URL, KEY, ENTRY)
    assert cache.load(URL + "2", KEY) is None
    assert cache.load(URL, KEY + b"2") is None
    # moved to the place of another one it is not taken for it
    (file,) = files(tmp_path / "cache")
    cache.store(URL + "2", KEY, replace(ENTRY, body=b"other"))
    (other,) = [each for each in files(tmp_path / "cache") if each != file]
    other.write_bytes(file.read_bytes())
    assert cache.load(URL + "2", KEY) is None
    assert len(cache.take_notes()) == 1


@in_one_test
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"document",
        b"{}\ndocument",
        b"[]\ndocument",
        b"null\ndocument",
        b'{"format": 1, "stored_at": 5, "sha256": [], "url": {}, "issuer_key": null}\n',
        b"[" * 5000 + b"\n",
        b"\xff\xfe\n",
        b'{"stored_at": "2026-11-22T12:00:00"}\n',
    ],
)
def test_what_is_no_document_of_ours(tmp_path: Path, content: bytes) -> None:
    cache = DiskCache(tmp_path / "cache")
    cache.store(URL, KEY, ENTRY)
    (file,) = files(tmp_path / "cache")
    file.write_bytes(content)
    assert cache.load(URL, KEY) is None
    assert len(cache.take_notes()) == 1


@pytest.mark.slow
def test_no_byte_can_change_unnoticed(tmp_path: Path) -> None:
    """But those of the moment, which only decide when it is asked again."""
    cache = DiskCache(tmp_path / "cache")
    cache.store(URL, KEY, ENTRY)
    (file,) = files(tmp_path / "cache")
    whole = file.read_bytes()
    for at in range(len(whole)):
        file.write_bytes(whole[:at] + bytes((whole[at] ^ 1,)) + whole[at + 1 :])
        found = cache.load(URL, KEY)
        assert found is None or found.body == ENTRY.body
    for at in range(len(whole)):
        file.write_bytes(whole[:at])
        assert cache.load(URL, KEY) is None


def test_a_folder_others_can_write_in_is_not_used(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    cache = DiskCache(folder)
    cache.store(URL, KEY, ENTRY)
    for bits in (0o770, 0o707, 0o777):
        folder.chmod(bits)
        assert cache.load(URL, KEY) is None
        cache.store(URL + "2", KEY, ENTRY)
        assert len(cache.take_notes()) == 2
    folder.chmod(0o700)
    assert len(files(folder)) == 1
    assert cache.load(URL, KEY) == ENTRY


def test_a_file_others_can_write_is_not_used(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path / "cache")
    cache.store(URL, KEY, ENTRY)
    (file,) = files(tmp_path / "cache")
    file.chmod(0o622)
    assert cache.load(URL, KEY) is None


@pytest.mark.parametrize("kind", ["folder link", "file", "pipe", "directory"])
def test_what_stands_in_the_way_is_left_alone(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "cache"
    cache = DiskCache(folder)
    cache.store(URL, KEY, ENTRY)
    (file,) = files(folder)
    if kind == "folder link":
        folder.rename(tmp_path / "real")
        folder.symlink_to(tmp_path / "real")
    elif kind == "file":
        file.unlink()
        folder.rmdir()
        folder.write_bytes(b"")
    else:
        file.unlink()
        os.mkfifo(file) if kind == "pipe" else file.mkdir()
    assert cache.load(URL, KEY) is None
    assert cache.take_notes()
    cache.store(URL, KEY, ENTRY)  # no error either


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    cache = DiskCache(tmp_path / "file" / "cache")
    cache.store(URL, KEY, ENTRY)
    assert cache.load(URL, KEY) is None


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = DiskCache(tmp_path / "cache")
    cache.store(URL, KEY, ENTRY)

    def full(*_arguments: object, **_named: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", full)
        cache.store(URL + "2", KEY, ENTRY)
    assert len(files(tmp_path / "cache")) == 1
    (note,) = cache.take_notes()
    assert isinstance(note, Detail)
    assert note.operands == {"problem": "files.system.enospc"}


def test_what_was_used_longest_ago_makes_room(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path / "cache", limit=4000)
    for number in range(4):
        cache.store(f"{URL}{number}", KEY, replace(ENTRY, body=bytes(500)))
    for number, file in enumerate(files(tmp_path / "cache")):
        os.utime(file, (number, number))
    oldest, *_ = files(tmp_path / "cache")
    kept = [number for number in range(4) if cache.load(f"{URL}{number}", KEY)]  # all of them: used now
    assert kept == [0, 1, 2, 3]
    os.utime(oldest, (0, 0))
    cache.store(f"{URL}5", KEY, replace(ENTRY, body=bytes(1200)))
    assert not oldest.exists()
    assert sum(file.stat().st_size for file in files(tmp_path / "cache")) <= 4000
    assert cache.load(f"{URL}5", KEY)
    cache.store(f"{URL}6", KEY, replace(ENTRY, body=bytes(5000)))  # more than all there may be
    assert cache.load(f"{URL}6", KEY) is None


def test_writers_and_readers_at_once_see_whole_documents(tmp_path: Path) -> None:
    bodies = [bytes((number,)) * 20_000 for number in range(8)]
    torn: list[object] = []

    def write(number: int) -> None:
        cache = DiskCache(tmp_path / "cache")
        for _ in range(25):
            cache.store(URL, KEY, replace(ENTRY, body=bodies[number]))

    def read() -> None:
        cache = DiskCache(tmp_path / "cache")
        for _ in range(100):
            found = cache.load(URL, KEY)
            if found is not None and found.body not in bodies:
                torn.append(found)
        torn.extend(cache.take_notes())

    DiskCache(tmp_path / "cache").store(URL, KEY, ENTRY)
    bodies.append(ENTRY.body)
    threads = [threading.Thread(target=write, args=(n,)) for n in range(3)] + [threading.Thread(target=read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert torn == []
    assert len(files(tmp_path / "cache")) == 1


# --- in a check


def test_a_kept_list_is_asked_again_after_four_hours(world: World, server: FaultServer, tmp_path: Path) -> None:
    cache = DiskCache(tmp_path / "cache")
    leaf = world.leaf(crl=(server.base_url + "/list.crl",))
    server.serve("/list.crl", good, world.crl_case(leaf).crl())
    asked = []
    for hours in (0, 1, 3.9, 4.1, 5):
        found = world.check(
            leaf, cache=cache, fetcher=loopback_fetcher(server.port), moment=MOMENT + timedelta(hours=hours)
        ).certificates[0]
        assert found.status.is_good
        asked.append(found.attempts[0].origin)
    assert asked == [Origin.NETWORK, Origin.CACHE, Origin.CACHE, Origin.NETWORK, Origin.CACHE]


def test_a_kept_list_serves_when_the_network_does_not(world: World, server: FaultServer, tmp_path: Path) -> None:
    cache = DiskCache(tmp_path / "cache")
    leaf = world.leaf(crl=(server.base_url + "/list.crl",))
    server.serve("/list.crl", good, world.crl_case(leaf).crl())
    world.check(leaf, cache=cache, fetcher=loopback_fetcher(server.port))
    server.routes.clear()
    later = MOMENT + timedelta(hours=6)
    found = world.check(leaf, cache=cache, fetcher=loopback_fetcher(server.port), moment=later).certificates[0]
    assert found.status.is_good
    assert [attempt.code for attempt in found.attempts] == ["connect", ""]
    assert found.attempts[1].notes == ("from-cache",)
    assert world.check(leaf, cache=cache, moment=later).statuses[0].is_good  # offline
    assert not world.check(leaf, cache=cache, moment=MOMENT + timedelta(days=3)).statuses[0].is_good


def test_a_kept_revocation_stays_when_its_list_is_stale(world: World, server: FaultServer, tmp_path: Path) -> None:
    cache = DiskCache(tmp_path / "cache")
    leaf = world.leaf(crl=(server.base_url + "/list.crl",))
    server.serve("/list.crl", good, world.crl_case(leaf).listing())
    assert world.check(leaf, cache=cache, fetcher=loopback_fetcher(server.port)).statuses[0].kind is StatusKind.REVOKED
    server.routes.clear()
    for fetcher in (None, loopback_fetcher(server.port)):
        found = world.check(leaf, cache=cache, fetcher=fetcher, moment=MOMENT + timedelta(days=9))
        assert found.statuses[0].kind is StatusKind.REVOKED


def test_what_proved_useless_is_not_kept(world: World, server: FaultServer, tmp_path: Path) -> None:
    cache = DiskCache(tmp_path / "cache")
    leaf = world.leaf(crl=(server.base_url + "/list.crl",))
    for made in (
        b"<html>",
        world.crl_case(leaf).crl(signing_key=world.stranger.key),
        world.crl_case(leaf).crl(next_update=None),
    ):
        server.serve("/list.crl", good, made)
        assert not world.check(leaf, cache=cache, fetcher=loopback_fetcher(server.port)).statuses[0].is_good
    assert not (tmp_path / "cache").exists()


def test_a_kept_response_is_for_one_certificate(world: World, server: FaultServer, tmp_path: Path) -> None:
    cache = DiskCache(tmp_path / "cache")
    url = server.base_url + "/ocsp"
    leaf, other = world.leaf(ocsp=(url,)), world.leaf(ocsp=(url,))
    asked: list[bytes] = []

    def make(request: bytes) -> bytes:
        asked.append(request)
        return replace(world.ocsp_case(leaf if len(asked) == 1 else other), request=request).signed()

    server.serve_made("/ocsp", make)
    for each in (leaf, leaf, other, other, leaf):
        assert world.check(each, cache=cache, fetcher=loopback_fetcher(server.port)).statuses[0].is_good
    assert len(asked) == 2
    # what was kept answers no new nonce
    strict = RevocationOptions(require_nonce=True)
    assert world.check(leaf, cache=cache, options=strict).statuses[0].code == "offline"


def test_what_was_kept_at_a_later_moment_is_not_recent_at_an_earlier_one(
    world: World, server: FaultServer, tmp_path: Path
) -> None:
    """A check for the day after tomorrow fills the cache; what is revoked after it is seen by a check for tomorrow."""
    leaf = world.leaf(crl=(server.base_url + "/list.crl",))
    case, fetcher = world.crl_case(leaf), loopback_fetcher(server.port)
    cache, days = DiskCache(tmp_path / "cache"), {"next_update": MOMENT + timedelta(days=3)}

    def status(hours: int) -> StatusKind:
        moment = MOMENT + timedelta(hours=hours)
        return world.check(leaf, fetcher=fetcher, cache=cache, moment=moment).statuses[0].kind

    server.serve("/list.crl", good, case.crl(**days))
    assert status(40) is StatusKind.GOOD
    server.serve("/list.crl", good, case.crl(revocations=[case.entry()], this_update=MOMENT, **days))
    assert status(20) is StatusKind.REVOKED
    assert server.connections == 2


def test_a_kept_list_is_read_once_for_many_certificates(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not a file again, nor its entries and its signature, for each certificate of one issuer."""
    url = "http://crl.example/list.crl"
    leaves = [world.leaf(crl=(url,)) for _ in range(4)]
    kept = DiskCache(tmp_path / "cache")
    kept.store(url, load(leaves[0].path[1].der).spki, CacheEntry(world.tsp.crl(moment=MOMENT), MOMENT))
    read: list[bytes] = []
    opened: list[str] = []

    def reading_one(der: bytes, pem: bool) -> CertificateRevocationList:
        read.append(der)
        return READ(der, pem)

    def parsing_one(self: DiskCache, name: str, *given: Any) -> CacheEntry | None:
        opened.append(name)
        return PARSE(self, name, *given)

    monkeypatch.setattr(reading, "_read", reading_one)
    monkeypatch.setattr(DiskCache, "_parse", parsing_one)
    options = RevocationOptions(end_entity_sources=(SourceKind.CRL,))
    for leaf in leaves:
        found = world.check(leaf, cache=kept, options=options)
        assert found.certificates[0].status.is_good
        assert Origin.CACHE in {each.origin for each in found.attempts}
    assert len(opened) == 1
    assert len([der for der in read if der not in world.upper_crls]) == 1


def test_a_file_that_changed_is_read_again(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path / "cache")
    cache.store(URL, KEY, ENTRY)
    assert cache.load(URL, KEY) is cache.load(URL, KEY)
    (file,) = files(tmp_path / "cache")
    other = DiskCache(tmp_path / "cache")
    other.store(URL, KEY, replace(ENTRY, body=b"Document"))  # as long as the other
    assert cache.load(URL, KEY) == replace(ENTRY, body=b"Document")
    file.write_bytes(file.read_bytes()[:-1] + b"!")
    assert cache.load(URL, KEY) is None
    file.unlink()
    assert cache.load(URL, KEY) is None


def test_what_is_held_in_memory_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pkitools.fetching.cache.MAX_HELD_BYTES", 1000)
    cache = DiskCache(tmp_path / "cache")
    for number in range(4):
        cache.store(f"{URL}{number}", KEY, replace(ENTRY, body=bytes(400)))
    first = [cache.load(f"{URL}{number}", KEY) for number in range(4)]
    again = [cache.load(f"{URL}{number}", KEY) for number in (3, 2, 1, 0)]
    assert [one is other for one, other in zip(first, reversed(again), strict=True)] == [False, False, True, True]
