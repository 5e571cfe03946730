"""What changed since the last time: each certificate in no more than one of the lists."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from itertools import chain, combinations, product
from pathlib import Path
from typing import Any

import pytest

from pkitools.errors import InputError
from pkitools.findings import Verdict
from pkitools.portfolio import Earlier, EarlierCertificate, Gap, Portfolio, Unread, changes_since, read_earlier
from pkitools.reports import Telling, portfolio_report
from pkitools.reports.portfolio.telling import changes_told
from tests.portfolio.support import CHAIN, WHOLE, judging, other_leaf, scanned
from tests.support.cases import in_one_test
from tests.support.chains import MOMENT, end_entity, good_chain
from tests.support.deliveries import corrupt, pem
from tests.support.operations import growing
from tests.support.portfolios import digest, held
from tests.support.schemas import assert_valid


def earlier(folder: Path, **question: Any) -> Earlier:
    return read_earlier(portfolio_report(scanned(folder, asked=judging(**question)), ".json"), "last.json")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.pem").write_bytes(WHOLE)
    (tmp_path / "b.pem").write_bytes(other_leaf() + CHAIN)
    return tmp_path


def test_nothing_changed(folder: Path) -> None:
    changes = changes_since(scanned(folder), earlier(folder))
    assert not changes
    assert changes.is_certain
    assert changes.since == MOMENT


def test_new_and_gone(folder: Path) -> None:
    last = earlier(folder)
    (folder / "b.pem").unlink()
    (folder / "c.pem").write_bytes(other_leaf(2) + CHAIN)
    changes = changes_since(scanned(folder), last)
    assert [one.name for one in changes.new] == ["other2.example.nl"]
    assert [one.name for one in changes.gone] == ["other1.example.nl"]
    assert (changes.replaced, changes.judged_otherwise) == ((), ())


def test_what_a_narrower_scan_did_not_look_at_is_not_gone(folder: Path) -> None:
    last = earlier(folder)
    (folder / "a").mkdir()
    changes = changes_since(scanned(folder / "a"), last)  # a folder of it
    assert (changes.gone, {one.name for one in changes.unseen} >= {"other1.example.nl"}) == ((), True)
    (folder / "b.pem").unlink()
    of_file = changes_since(scanned(folder / "a.pem", folder / "b.pem"), last)  # its own place was looked at
    assert ([one.name for one in of_file.gone], of_file.unseen) == (["other1.example.nl"], ())
    wider = changes_since(scanned(folder, folder / "a"), last)
    assert ([one.name for one in wider.gone], wider.unseen) == (["other1.example.nl"], ())


def test_what_lay_in_a_file_that_cannot_be_read_now_is_not_gone(folder: Path) -> None:
    """Nor what a peer does not send; what its file no longer holds is, and so is what an absent file held."""
    last = earlier(folder)
    (folder / "b.pem").write_bytes(corrupt())
    damaged = changes_since(scanned(folder), last)
    assert [one.name for one in damaged.unseen] == ["other1.example.nl"]
    assert damaged.gone == ()
    assert damaged
    (folder / "b.pem").unlink()
    (folder / "nginx.conf").write_text("ssl_certificate b.pem;\n")
    assert [one.name for one in changes_since(scanned(folder), last).gone] == ["other1.example.nl"]
    of_all = scanned(folder)
    below = replace(of_all, unread=[Unread(str(folder), Gap.UNREADABLE, "files.error.no_permission", {"name": "x"})])
    assert [one.name for one in changes_since(below, last).unseen] == ["other1.example.nl"]
    document = json.loads(portfolio_report(of_all, ".json", Telling("nl", damaged)))
    assert_valid(document, "scan-v1")
    assert [one["name"] for one in document["changes"]["unseen"]] == ["other1.example.nl"]
    assert "niet bekend of dit er nog is" in "".join(changes_told(damaged, "nl"))


def test_what_lies_where_nobody_looked_the_last_time_is_not_told_as_new(folder: Path) -> None:
    """However the places of both were named: new is what that scan would have found."""
    (folder / "b").mkdir()
    (folder / "b" / "d.pem").write_bytes(other_leaf(2) + CHAIN)
    a, b, d = str(folder / "a.pem"), str(folder / "b.pem"), str(folder / "b")
    every = [str(folder), a, b, d, f"{d}/d.pem"]
    scans = {places: scanned(*places) for places in chain(combinations(every, 1), combinations(every, 2))}
    lasts = {places: read_earlier(portfolio_report(one, ".json"), "last.json") for places, one in scans.items()}
    for then, now in product(scans, repeat=2):
        last, changes = lasts[then], changes_since(scans[now], lasts[then])
        # nothing changed meanwhile: what is not in the last one lay where it did not look
        assert changes.new == (), (then, now)
        found = {one.sha256 for one in scans[now].certificates} - set(last.certificates)
        assert {one.sha256 for one in changes.first_seen} == found, (then, now)
        assert bool(changes.added) >= bool(found)
    last = read_earlier(portfolio_report(scanned(a), ".json"), "last.json")
    (folder / "a.pem").write_bytes(WHOLE + other_leaf(3))
    changes = changes_since(scanned(folder), last)
    assert [one.name for one in changes.new] == ["other3.example.nl"]
    assert [one.name for one in changes.first_seen] == ["other1.example.nl", "other2.example.nl"]
    assert changes.added == (str(folder),)
    told = "\n".join(changes_told(changes, "nl"))
    assert "nieuw: other3.example.nl" in told
    assert f"de vorige keer niet bekeken: {folder}. Certificaten die alleen daar liggen: 2. Of die nieuw zijn" in told
    document = json.loads(portfolio_report(scanned(folder), ".json", Telling("nl", changes)))
    assert_valid(document, "scan-v1")
    assert (len(document["changes"]["first_seen"]), document["changes"]["added"]) == (2, [str(folder)])


def test_what_could_not_be_read_the_last_time_is_not_told_as_new(folder: Path) -> None:
    whole = (folder / "b.pem").read_bytes()
    (folder / "b.pem").write_bytes(corrupt())
    last = earlier(folder)
    (folder / "b.pem").write_bytes(whole)
    (folder / "c.pem").write_bytes(other_leaf(2) + CHAIN)
    changes = changes_since(scanned(folder), last)
    assert [one.name for one in changes.new] == ["other2.example.nl"]
    assert [one.name for one in changes.first_seen] == ["other1.example.nl"]
    assert changes.added == (str(folder / "b.pem"),)


@pytest.mark.parametrize("same_key", [True, False])
@pytest.mark.parametrize("file", ["b.pem", "new.pem"])
def test_another_of_the_same_subject_or_in_the_same_file_took_its_place(
    folder: Path, same_key: bool, file: str
) -> None:
    last = earlier(folder)
    (folder / "b.pem").unlink()
    own_key = None if same_key else good_chain().root.key
    again = end_entity("other1.example.nl", good_chain().tsp, own_key=own_key, serial=b"\x02\x01\x07")
    (folder / file).write_bytes(pem(again.der) + CHAIN)
    changes = changes_since(scanned(folder), last)
    assert [(one.old.name, one.new.name, one.same_key) for one in changes.replaced] == [
        ("other1.example.nl", "other1.example.nl", same_key)
    ]
    assert (changes.new, changes.gone, changes.judged_otherwise) == ((), (), ())


def test_another_verdict(folder: Path) -> None:
    last = earlier(folder)
    later = scanned(folder, asked=judging(moment=MOMENT.replace(year=2031)))
    changes = changes_since(later, last)
    assert {new.verdict for _, new in changes.judged_otherwise} == {Verdict.FAILED}
    assert len(changes.judged_otherwise) == 2


@pytest.mark.parametrize("stopped", ["now", "then"])
def test_what_was_stopped_makes_it_uncertain(folder: Path, stopped: str) -> None:
    now, then = scanned(folder), earlier(folder)
    if stopped == "now":
        now = replace(now, complete=False)
    else:
        then = replace(then, complete=False)
    assert not changes_since(now, then).is_certain


def test_the_document_has_the_changes(folder: Path) -> None:
    last = earlier(folder)
    (folder / "b.pem").unlink()
    now = scanned(folder)
    document = json.loads(portfolio_report(now, ".json", Telling("nl", changes_since(now, last))))
    assert [one["name"] for one in document["changes"]["gone"]] == ["other1.example.nl"]


@in_one_test
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'"a"',
        b"[" * 100_000,
        b'{"schema": "pkitools.cert-check/v2"}',
        b'{"schema": "pkitools.scan/v1", "moment": "x", "complete": true, "certificates": []}',
        b'{"schema": "pkitools.scan/v1", "moment": "2026-01-01T00:00:00", "complete": true, "certificates": []}',
        b'{"schema": "pkitools.scan/v1", "moment": "2026-01-01T00:00:00Z", "complete": true, "certificates": [1]}',
        b'{"schema": "pkitools.scan/v1", "moment": "0001-01-01T00:00:00+14:00", "complete": true, "certificates": []}',
        b'{"schema": "pkitools.scan/v1", "moment": "9999-12-31T23:59:59-10:00", "complete": true, "certificates": []}',
    ],
)
def test_what_is_no_earlier_report_is_refused(data: bytes) -> None:
    with pytest.raises(InputError) as refused:
        read_earlier(data, "last.json")
    assert refused.value.code == "portfolio.error.not_earlier"


@pytest.mark.parametrize(
    ("hours", "is_later"), [(-24 * 365, False), (0, False), (23, False), (25, True), (24 * 400, True)]
)
def test_a_report_of_a_later_day_is_no_earlier_one(folder: Path, hours: int, is_later: bool) -> None:
    """Clocks of two machines may differ; nothing changed since a day that has not been."""
    data = portfolio_report(scanned(folder, asked=judging(moment=MOMENT + timedelta(hours=hours))), ".json")
    assert read_earlier(data, "last.json").moment == MOMENT + timedelta(hours=hours)
    if not is_later:
        assert read_earlier(data, "last.json", MOMENT).complete
        return
    with pytest.raises(InputError) as refused:
        read_earlier(data, "last.json", MOMENT)
    assert refused.value.code == "portfolio.error.later"


@pytest.mark.parametrize("is_replaced", [False, True])
def test_of_very_many_that_are_others_now_none_is_looked_for_among_all(*, is_replaced: bool) -> None:
    """As after a folder got another name, or after a whole organisation was renewed."""

    def compared(count: int) -> None:
        then = {digest(f"old{number}"): _told(f"old{number}", f"a/{number}.pem") for number in range(count)}
        folder = "a" if is_replaced else "b"
        now = tuple(held(f"new{number}", f"{folder}/{number}.pem") for number in range(count))
        portfolio = Portfolio(MOMENT, ("a", "b"), certificates=now, complete=True)
        changes = changes_since(portfolio, Earlier(MOMENT, True, then, ("a", "b")))
        told = len(changes.replaced), len(changes.new), len(changes.gone)
        assert told == ((count, 0, 0) if is_replaced else (0, count, count))

    assert growing(compared, 40) == []


def _told(label: str, *files: str) -> EarlierCertificate:
    return EarlierCertificate(digest(label), label, f"CN={label}", MOMENT, Verdict.PASSED, digest(f"k{label}"), files)
