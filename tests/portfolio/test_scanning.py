"""A scan of whatever lies in folders: everything is found or told once, and nothing ends or hangs it."""

from __future__ import annotations

import gc
import json
import os
import pickle
import socket
import sqlite3
import sys
import threading
import tracemalloc
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from pkitools.containers import read_source
from pkitools.environment import Environment
from pkitools.errors import FileError, InvalidValueError
from pkitools.files import read_bytes
from pkitools.findings import Outcome, Verdict
from pkitools.limits import MAX_SCANNED_BYTES
from pkitools.messages import LANGUAGES, error_sentence
from pkitools.portfolio import (
    EnvironmentBasis,
    Gap,
    Gathering,
    HeldKey,
    Judgement,
    Judging,
    Place,
    Portfolio,
    Reading,
    Standing,
    Unread,
    count_files,
    gathering,
    opening,
    scan,
)
from pkitools.portfolio.judging import Judge
from pkitools.portfolio.keeping import Kept
from pkitools.portfolio.opening import ToRead, unit_of
from pkitools.portfolio.reading import Unit, examine, held_certificate
from pkitools.reports import portfolio_report, report_suffixes
from pkitools.x509 import read_certificate
from tests.portfolio.support import CHAIN, LEAF, WHOLE, gaps, judging, other_leaf, scanned, something_of_everything
from tests.support.cases import in_one_test
from tests.support.chains import MOMENT, good_chain
from tests.support.deliveries import corrupt, metadata_of, pem, pkcs12_of
from tests.support.effort import bounded
from tests.support.requests import pooled_key, request
from tests.support.shared import shared


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[Path]:
    """A folder with one good certificate, and everything that lies in folders beside certificates."""
    (tmp_path / "good.pem").write_bytes(WHOLE)
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "up").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    (tmp_path / "dead").symlink_to("nowhere")
    (tmp_path / ".#good.pem").symlink_to("me@host.1:2")
    (tmp_path / "null").symlink_to("/dev/null")
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(10 * 1024**3)
    (tmp_path / "torn.pem").write_bytes(corrupt())
    (tmp_path / "empty").touch()
    (tmp_path / "note.txt").write_text("hallo")
    (tmp_path / "package.json").write_text('{"name": "a"}')
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "sock"))
        yield tmp_path


HOSTILE = {
    "deep/er/up": "portfolio.error.entered_before",
    "pipe": "files.error.is_fifo",
    "sock": "files.error.is_socket",
    "null": "files.error.is_device",
    "one": "files.error.unreadable",
    "two": "files.error.unreadable",
    "dead": "files.error.missing",
    "sparse": "files.error.too_large",
    "torn.pem": "sources.error.pem_not_base64",
}


def test_each_hostile_file_is_told_once_and_the_good_one_is_found(hostile: Path) -> None:
    with bounded(2):
        found = scanned(hostile)
    assert gaps(found, hostile) == HOSTILE
    assert len(found.unread) == len(HOSTILE)
    assert [one.name for one in found.judged] == ["host.example.nl"]
    assert found.passed_over == 3
    assert not found.is_whole
    for unread in found.unread:
        assert unread.error.file == unread.name
        assert all(error_sentence(unread.error, language).endswith(".") for language in LANGUAGES)


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_what_is_named_itself_is_told_as_well(hostile: Path, name: str) -> None:
    if name == "deep/er/up":
        pytest.skip("a link to a folder is a folder")
    found = scanned(hostile / name)
    assert len(found.unread) == 1
    assert not found.is_whole or found.unread[0].gap is Gap.SKIPPED
    assert found.verdict is Verdict.INDETERMINATE


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "shut").mkdir(mode=0)
    (tmp_path / "shut.pem").touch(mode=0)
    assert gaps(scanned(tmp_path), tmp_path) == dict.fromkeys(("shut", "shut.pem"), "files.error.no_permission")


def test_of_many_files_the_first_is_told_before_the_others_are_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(80):
        (tmp_path / f"{number:02}.pem").write_bytes(LEAF)
    opened: list[str] = []

    def read(name: str, *, limit: int) -> bytes:
        opened.append(name)
        return read_bytes(name, limit=limit)

    monkeypatch.setattr(opening, "read_bytes", read)
    readings = scan([tmp_path], judging())
    assert opened == []
    next(readings)
    assert len(opened) == 1


def test_a_certificate_is_one_wherever_it_lies(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "leaf.pem").write_bytes(LEAF)
    (tmp_path / "whole.pem").write_bytes(WHOLE)
    (tmp_path / "leaf.der").write_bytes(good_chain().leaf.der)
    (tmp_path / "store.p12").write_bytes(pkcs12_of(("mine", good_chain().leaf.der, None)))
    found = scanned(tmp_path, tmp_path / "a")
    (one,) = found.judged
    assert {os.path.relpath(place.name, tmp_path): place.container for place in one.places} == {
        "a/leaf.pem": "pem",
        "whole.pem": "pem",
        "leaf.der": "der",
        "store.p12": "pkcs12",
    }
    assert len(one.places) == 4
    assert len(one.judgements) == 1
    assert {authority.name for authority in found.authorities} == {"TSP", "Domain"}


def test_the_authority_may_lie_in_another_file(tmp_path: Path) -> None:
    (tmp_path / "1-leaf.pem").write_bytes(LEAF)
    alone = scanned(tmp_path)
    (tmp_path / "2-chain.pem").write_bytes(CHAIN)
    together = scanned(tmp_path)
    assert [one.judgements[0].has_path for one in (*alone.judged, *together.judged)] == [False, True]
    assert together.judged[0].judgements == scanned(tmp_path / "2-chain.pem", tmp_path).judged[0].judgements
    (tmp_path / "whole.pem").write_bytes(WHOLE)
    whole = scanned(tmp_path / "whole.pem").judged[0]
    assert {one.rule.code for one in together.judged[0].findings} == {one.rule.code for one in whole.findings}
    assert together.looked_at == 2


def test_without_an_environment_each_has_that_of_its_hierarchy() -> None:
    samples = shared("samples/certificates")
    found = scanned(samples, asked=Judging(moment=MOMENT, raise_crashes=True))
    placed = {one.name: one.judgements[0] for one in found.judged}
    kvk = placed["api.kvk.nl"]
    assert (kvk.environment, kvk.basis) == (Environment.PRODUCTION, EnvironmentBasis.HIERARCHY)
    asked = scanned(samples, asked=Judging(moment=MOMENT, environment="preproduction", raise_crashes=True))
    kvk = next(one for one in asked.judged if one.name == "api.kvk.nl").judgements[0]
    assert (kvk.environment, kvk.basis) == (Environment.PREPRODUCTION, EnvironmentBasis.ASKED)
    assert asked.environment is Environment.PREPRODUCTION


@pytest.mark.parametrize(("trusted", "environment"), [(True, "preproduction"), (False, "production")])
def test_of_no_hierarchy_the_roots_that_are_given_decide(tmp_path: Path, trusted: bool, environment: str) -> None:
    (tmp_path / "a.pem").write_bytes(WHOLE)
    asked = judging() if trusted else judging(trust=None)
    (judgement,) = scanned(tmp_path, asked=asked).judged[0].judgements
    assert (judgement.environment, judgement.basis) == (environment, EnvironmentBasis.UNKNOWN)


def test_a_key_beside_its_certificate_a_request_and_what_is_locked(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
    from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

    key = pooled_key()
    (tmp_path / "open.key").write_bytes(key.pem(None))
    (tmp_path / "open.key").chmod(0o640)
    (tmp_path / "locked.key").write_bytes(key.pem(b"geheim"))
    (tmp_path / "locked.key").chmod(0o600)
    (tmp_path / "new.csr").write_bytes(request())
    store = serialize_key_and_certificates(b"mine", key.native, None, None, BestAvailableEncryption(b"geheim"))
    (tmp_path / "store.p12").write_bytes(store)
    found = scanned(tmp_path)
    keys = {Path(one.place.name).name: one for one in found.keys}
    assert keys["open.key"].readable_by_others is True
    assert (keys["locked.key"].encrypted, keys["locked.key"].spki_sha256) == (True, None)
    assert keys["locked.key"].readable_by_others is False
    assert [one.spki_sha256 for one in found.requests] == [keys["open.key"].spki_sha256]
    assert [(Path(one.name).name, one.gap) for one in found.unread] == [("store.p12", Gap.ENCRYPTED)]
    opened = scanned(tmp_path, asked=judging(passphrase=b"geheim"))
    assert not opened.unread
    assert {one.spki_sha256 for one in opened.keys} == {keys["open.key"].spki_sha256}


def test_metadata_gives_the_entity_it_is_judged_for(tmp_path: Path) -> None:
    (tmp_path / "metadata.xml").write_bytes(metadata_of(("signing", good_chain().leaf.der)))
    (tmp_path / "a.pem").write_bytes(WHOLE)
    (one,) = scanned(tmp_path).judged
    assert {place.use for place in one.places} == {None, "SPSSODescriptor signing"}
    assert {judgement.entity_id for judgement in one.judgements} == {None, one.places[-1].entity_id}


@pytest.mark.parametrize(("changes", "code"), [(0, None), (1, None), (2, "files.error.changing")])
def test_a_file_that_changes_is_read_again_and_then_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: int, code: str | None
) -> None:
    path, times = tmp_path / "a.pem", 0
    path.write_bytes(LEAF)

    def read(name: str, *, limit: int) -> bytes:
        nonlocal times
        times += 1
        if times <= changes:
            path.write_bytes(LEAF + b"\n" * times)
        return read_bytes(name, limit=limit)

    monkeypatch.setattr(opening, "read_bytes", read)
    unit = unit_of(ToRead(str(path), in_folder=True))
    assert isinstance(unit, Unit if code is None else Reading)
    assert isinstance(unit, Unit) or [one.code for one in unit.unread] == [code]


def test_a_crash_is_told_of_that_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.pem").write_bytes(LEAF)
    (tmp_path / "b.pem").write_bytes(other_leaf())

    def crash(self: Judge, facts: Any, *_: object, **__: object) -> Any:
        if facts.subject.common_name == "host.example.nl":
            raise RuntimeError("planted")
        return judge(self, facts, *_)

    judge: Any = Judge.judge
    monkeypatch.setattr(Judge, "judge", crash)
    found = scanned(tmp_path, asked=judging(raise_crashes=False))
    assert gaps(found, tmp_path) == {"a.pem": "portfolio.error.crashed"}
    assert [one.name for one in found.judged] == ["other1.example.nl"]
    with pytest.raises(RuntimeError, match="planted"):
        scanned(tmp_path)


def _executors() -> list[Any]:
    return [
        pytest.param(lambda: nullcontext(None), id="none"),
        pytest.param(lambda: ThreadPoolExecutor(3), id="threads"),
        pytest.param(lambda: ProcessPoolExecutor(2), id="processes", marks=pytest.mark.slow),
    ]


@pytest.mark.parametrize("means", _executors())
def test_any_executor_gives_the_same(tmp_path: Path, means: Any) -> None:
    (tmp_path / "0-torn.pem").write_bytes(corrupt())
    for number in range(20):
        (tmp_path / f"{number:02}.pem").write_bytes(other_leaf(number % 5) + CHAIN)
    (tmp_path / "big").write_bytes(b"\0" * (MAX_SCANNED_BYTES + 1))
    executor: Executor | None
    with means() as executor:
        found = scanned(tmp_path, executor=executor)
    assert found == scanned(tmp_path)
    assert len(found.judged) == 5


def test_a_unit_of_work_is_a_pure_function_of_bytes_that_pickles(tmp_path: Path) -> None:
    unit: Unit = pickle.loads(pickle.dumps(Unit("a.pem", WHOLE)))
    asked: Judging = pickle.loads(pickle.dumps(judging().travelling()))
    reading = examine(unit, Judge(asked))
    assert reading == examine(Unit("a.pem", WHOLE), Judge(judging()))
    again: Reading = pickle.loads(pickle.dumps(reading))
    assert again == reading
    found: Portfolio = pickle.loads(pickle.dumps(scanned(tmp_path)))
    assert found == scanned(tmp_path)


def test_what_is_kept_of_a_file_without_certificates_is_nothing(tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"{number}.txt").write_text("niets")
    found = scanned(tmp_path)
    assert (found.passed_over, found.looked_at, found.unread) == (30, 30, ())
    assert len(pickle.dumps(found)) < len(pickle.dumps(scanned(tmp_path / "0.txt"))) + 200


def test_what_one_more_finding_costs_does_not_grow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An authority lies in every file with a chain: to make it anew each time took the square of them."""
    asked: list[int] = []
    for name in ("_first", "_run"):
        plain: Any = getattr(Kept, name)

        def counted(kept: Kept, *given: Any, plain: Any = plain) -> Any:
            asked.append(sum(len(each) for each in given if isinstance(each, bytes)))
            return plain(kept, *given)

        monkeypatch.setattr(Kept, name, counted)
    costs = []
    for count in (10, 20, 30):
        for number in range(count):
            (tmp_path / f"{number:02}.pem").write_bytes(WHOLE)
        asked.clear()
        assert len(scanned(tmp_path).judged[0].places) == count
        costs.append((len(asked), sum(asked)))
    (first, octets), (second, more), (third, most) = costs
    assert second - first == third - second > 0
    assert most - more == more - octets  # and as much is written for the thirtieth as for the eleventh


def test_what_many_are_told_alike_is_kept_once(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"{number}.pem").write_bytes(other_leaf(number) + CHAIN)
    told = [one.judgements[0].told for one in scanned(tmp_path).judged]
    assert {outcome.rule.code for outcome in told[0]} == {outcome.rule.code for outcome in told[3]}
    assert len({id(outcome) for each in told for outcome in each}) < 2 * len(told[0])


def _found(number: int, told: tuple[Outcome, ...]) -> Reading:
    facts = read_certificate(good_chain().leaf.der)
    place = Place(f"/a/folder/of/some/length/{number}.pem")
    judgement = Judgement(Environment.PRODUCTION, EnvironmentBasis.ASKED, Verdict.FAILED, told)
    one = replace(held_certificate(facts, (place,), (judgement,)), sha256=f"{number:064}", common_name=f"{number}.nl")
    key = HeldKey(place, f"{number:064}", encrypted=False)
    gap = Unread(place.name, Gap.UNREADABLE, "files.error.missing", {"name": place.name})
    return Reading(place.name, (one,), keys=(key,), unread=(gap,))


def _ours_held() -> int:
    """The octets that lines of the library hold: what else the process does meanwhile is not counted."""
    ours = tracemalloc.Filter(inclusive=True, filename_pattern="*/pkitools/*")
    held = tracemalloc.take_snapshot().filter_traces([ours])
    return sum(each.size for each in held.statistics("filename"))


def test_a_record_that_was_added_takes_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 100,000 certificates the memory ran out: what one more takes is counted at n and at 4 n."""
    monkeypatch.setattr(gathering, "_MOST_IN_MEMORY", 20)
    told = examine(Unit("a", LEAF), Judge(judging())).certificates[0].judgements[0].told
    gathered = Gathering(["a"], judging())
    sizes = []
    for upto in (30, 100, 400):  # what is imported on the way is there after the first
        if upto == 100:
            tracemalloc.start()
        for number in range(gathered.looked_at, upto):
            gathered.add(_found(number, told))
        found = gathered.portfolio()
        assert sum(1 for _ in found.judged) == len(found.certificates) == len(found.keys) == len(found.unread) == upto
        gc.collect()
        sizes.append(_ours_held() if tracemalloc.is_tracing() else 0)
    tracemalloc.stop()
    assert (sizes[2] - sizes[1]) / 300 < 100  # octets; as objects it were 5,000


def test_what_lies_on_disk_reads_as_what_is_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = something_of_everything(tmp_path)
    monkeypatch.setattr(gathering, "_MOST_IN_MEMORY", 0)
    kept = scanned(tmp_path)
    for name in ("certificates", "keys", "requests", "unread", "judged", "authorities"):
        there, here = getattr(kept, name), getattr(plain, name)
        assert not isinstance(there, tuple)
        assert isinstance(here, tuple)
        assert (tuple(there), len(there), there[0], tuple(there[:2])) == (here, len(here), here[0], here[:2]), name
        assert (pickle.loads(pickle.dumps(there)), there[-1]) == (here, here[-1])
        assert (tuple(reversed(there)), there[::-2], there[5:5]) == (here[::-1], here[::-2], ())
        assert there == here == getattr(kept, name)
        assert (hash(there), there != here[1:], there != [*here]) == (hash(here), True, True)
        assert str(len(here)) in repr(there)
    assert [*kept.in_order()] == [*plain.in_order()]
    assert (kept.verdict, kept.worst, kept.is_whole) == (plain.verdict, plain.worst, plain.is_whole)
    for form in report_suffixes():
        assert portfolio_report(kept, form) == portfolio_report(plain, form), form


def test_whoever_is_stopped_has_the_whole_of_a_certificate_or_nothing_of_it() -> None:
    """Wherever an interrupt comes: an end entity without its verdict looked like an authority."""
    reading = examine(Unit("a.pem", WHOLE), Judge(judging()))
    (whole,) = (one for one in reading.certificates if not one.is_authority)
    kept = {one.sha256: one for one in reading.certificates}
    counts = []
    for number in range(10_000):
        gathered = Gathering(["a"], judging())
        with _interrupted(number) as interrupt:
            gathered.add(reading)
        found = gathered.portfolio(complete=False)
        for one in found.certificates:
            assert (one.is_authority, one.places) == (kept[one.sha256].is_authority, kept[one.sha256].places), number
        counts.append(len(found.judged))
        if not interrupt.came:
            break
    assert whole.judgements
    assert (set(counts), counts[0], counts[-1], interrupt.came) == ({0, 1}, 0, 1, False)


class _interrupted:  # noqa: N801  it is written as contextlib's are
    """An interrupt before one of the lines that keep a record, by its number; ``came`` says whether there was such."""

    def __init__(self, number: int) -> None:
        self._left, self.came = number, False

    def __enter__(self) -> _interrupted:
        self._before = sys.gettrace()
        sys.settrace(self._called)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        sys.settrace(self._before)
        return kind is KeyboardInterrupt

    def _called(self, frame: FrameType, _event: str, _: object) -> Any:
        return self._lines if frame.f_code.co_filename.endswith("keeping.py") else None

    def _lines(self, _frame: FrameType, event: str, _: object) -> Any:
        if event == "line":
            self._left -= 1
            if self._left < 0 and not self.came:
                self.came = True
                raise KeyboardInterrupt
        return self._lines


def test_a_disk_that_is_full_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    gathered = Gathering(["a"], judging())
    gathered._kept._file.execute("PRAGMA max_page_count = 1")
    readings = [_found(number, ()) for number in range(1000)]
    with pytest.raises(FileError) as told:
        list(map(gathered.add, readings))
    assert told.value.code == "portfolio.error.no_room"
    assert all("full" in error_sentence(told.value, language) for language in LANGUAGES)


def test_files_are_counted_without_being_opened(hostile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "open", lambda *_: pytest.fail("opened"))
    assert count_files([str(hostile), "localhost:1"]) == 7


def test_peers_are_asked_by_the_means_given_alone(tmp_path: Path) -> None:
    asked: list[tuple[str, int]] = []

    def fetch(host: str, port: int, /) -> tuple[bytes, ...]:
        asked.append((host, port))
        if host == "silent.example.nl":
            raise FileError("files.error.missing", name=host)
        return good_chain().leaf.der, good_chain().tsp.der, good_chain().domain.der

    (tmp_path / "list.csv").write_text("naam,endpoint\na,host.example.nl:443\nb,silent.example.nl:8443\n")
    found = scanned("host.example.nl:443", tmp_path / "list.csv", "wrong.example.nl:443", fetch=fetch)
    assert sorted(asked) == [("host.example.nl", 443), ("silent.example.nl", 8443), ("wrong.example.nl", 443)]
    (one,) = found.judged
    places = {place.name: place for place in one.places}
    assert places["host.example.nl:443"].named_by == (f"{tmp_path / 'list.csv'}:2",)
    assert {place.container for place in one.places} == {"tls"}
    hosts = {judgement.host: "path.name.host" in str(judgement.told) for judgement in one.judgements}
    assert set(hosts) == {"host.example.nl", "wrong.example.nl"}
    by_host = {judgement.host: judgement.verdict for judgement in one.judgements}
    assert by_host["wrong.example.nl"] is Verdict.FAILED
    assert [(one.name, one.gap) for one in found.unread] == [("silent.example.nl:8443", Gap.UNREACHABLE)]
    offline = scanned("host.example.nl:443")
    assert [one.code for one in offline.unread] == ["probing.error.offline"]
    in_folder = scanned(tmp_path)  # what is only found there opens no connection
    assert not in_folder.unread
    assert not in_folder.judged


def test_who_stops_waits_for_no_peer_and_asks_no_other() -> None:
    asked: list[str] = []
    let_go = threading.Event()

    def fetch(host: str, _port: int, /) -> tuple[bytes, ...]:
        asked.append(host)
        if host != "a0.example.nl":
            let_go.wait()
        return (good_chain().leaf.der,)

    readings: Any = scan([f"a{number}.example.nl:443" for number in range(40)], judging(), fetch=fetch)
    next(readings)
    with bounded(2):
        readings.close()
    let_go.set()
    assert len(asked) <= 10


def test_means_that_fail_as_they_did_not_say_end_no_scan(tmp_path: Path) -> None:
    """As a socket that runs out of time inside somebody else's means."""

    def fetch(host: str, _port: int, /) -> tuple[bytes, ...]:
        raise TimeoutError if host.startswith("slow") else ZeroDivisionError

    (tmp_path / "a.pem").write_bytes(WHOLE)
    asked = judging(raise_crashes=False)
    found = scanned("slow.example.nl:443", "odd.example.nl:443", tmp_path, fetch=fetch, asked=asked)
    assert [each.code for each in found.unread] == ["portfolio.error.fetch_crashed"] * 2
    assert [each.params["detail"] for each in found.unread] == ["TimeoutError", "ZeroDivisionError"]
    assert (len(found.judged), found.is_whole) == (1, False)
    with pytest.raises(TimeoutError):
        scanned("slow.example.nl:443", fetch=fetch)


def test_the_worst_stands_first(tmp_path: Path) -> None:
    (tmp_path / "a.pem").write_bytes(pem(good_chain().leaf.der) + CHAIN)
    (tmp_path / "expired.pem").write_bytes(other_leaf())
    found = scanned(tmp_path, asked=judging(moment=MOMENT.replace(year=2031)))
    standings = [standing for standing, _ in found.in_order()]
    assert (standings[0], standings[-1]) == (Standing.EXPIRED, Standing.NOT_JUDGED)


def test_what_was_kept_is_read_in_any_thread_and_goes_with_its_reader() -> None:
    """Whoever scans in the background reads the answer elsewhere; and no file of a scan stays open."""
    kept = Kept(MOMENT)
    kept.put("noted", "there", "found")
    read: list[str] = []
    reader = threading.Thread(target=read.extend, args=(kept.others("noted"),))
    reader.start()
    reader.join()
    assert read == ["found"]
    file = kept._file
    let_go = threading.Thread(target=lambda held: held.clear(), args=([kept],))
    del kept
    let_go.start()
    let_go.join()
    gc.collect()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        file.execute("SELECT 1")


def test_a_key_that_is_stated_beside_a_certificate_weighs_in_a_scan_as_in_a_check(tmp_path: Path) -> None:
    """Of two certificates of one JWKS: the one whose JWK states another's thumbprint fails, and the other does not."""
    leaf, other = (read_source(text, "x").certificates[0] for text in (LEAF, other_leaf()))
    fit, foreign = (urlsafe_b64encode(sha256(der).digest()).decode().rstrip("=") for der in (leaf, other))
    for stated in (fit, foreign):
        keys = [
            {"kty": "RSA", "x5c": [b64encode(der).decode()], "x5t#S256": thumbprint}
            for der, thumbprint in ((leaf, stated), (other, foreign))
        ]
        (tmp_path / "jwks.json").write_text(json.dumps({"keys": keys}))
        found = {
            one.sha256: {each.rule.code for told in one.judgements for each in told.findings}
            for one in scanned(tmp_path, asked=judging(intermediates=read_source(CHAIN, "x").certificates)).certificates
        }
        wrong = {sha for sha, codes in found.items() if "file.jwk.thumbprint" in codes}
        assert wrong == (set() if stated == fit else {sha256(leaf).hexdigest()})
        verdicts = {
            one.sha256: {told.verdict for told in one.judgements}
            for one in scanned(tmp_path, asked=judging(intermediates=read_source(CHAIN, "x").certificates)).certificates
        }
        assert all(verdicts[sha] == {Verdict.FAILED} for sha in wrong)


def test_where_a_file_system_numbers_no_folders_none_is_taken_for_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b/c"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "host.pem").write_bytes(WHOLE)
    (tmp_path / "b" / "again").symlink_to(tmp_path)
    plain = Path.stat

    def numbered(path: Path, **given: Any) -> os.stat_result:
        found = plain(path, **given)
        return os.stat_result((found.st_mode, 0, *found[2:]))

    monkeypatch.setattr(Path, "stat", numbered)
    found = scanned(tmp_path)
    assert len(found.judged[0].places) == 2
    assert [each.code for each in found.unread] == ["portfolio.error.entered_before"]


def test_one_system_is_one_system_and_not_its_letters() -> None:
    one, several = judging(systems="digid-machtigen"), judging(systems=iter(["digid-machtigen"]))
    assert one.systems == several.systems == ("digid-machtigen",)
    assert Gathering(["a"], one).portfolio().systems == ("digid-machtigen",)
    for wrong in ({"systems": 1}, {"claims": "a"}):
        with pytest.raises(InvalidValueError):
            judging(**wrong)


@in_one_test
@pytest.mark.parametrize("given", [["certs", "{0}/certs/a.pem"], ["{0}/certs/a.pem", "./certs"], ["n.conf", "certs"],
                                   ["certs/a.pem", "./certs/a.pem"], ["."]])  # fmt: skip
@pytest.mark.parametrize("named", ["{0}/certs/a.pem", "certs/a.pem", "./certs/../certs/a.pem"])
def test_a_file_that_is_reached_by_several_names_is_one_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: list[str], named: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "certs").mkdir()
    (tmp_path / "certs/a.pem").write_bytes(WHOLE)
    (tmp_path / "n.conf").write_text(f"ssl_certificate {named.format(tmp_path)};\n")
    names = [each.format(tmp_path) for each in given]
    (one,) = scanned(*names, *(["n.conf"] if given != ["."] else [])).judged
    assert len(one.places) == 1
    assert [os.path.abspath(place.name) for place in one.places] == [str(tmp_path / "certs/a.pem")]  # noqa: PTH100  no link is followed
    assert any("n.conf:1" in each for each in one.places[0].named_by)
