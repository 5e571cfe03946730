"""What scanned files say of revocation counts for every certificate, as it does where each is checked by itself."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pkitools import TrustStore
from pkitools.checking import Revocation, workers
from pkitools.checking.workers import Judges
from pkitools.findings import Verdict
from pkitools.portfolio import Gap, HeldCertificate, Judging, known, scanning, working
from pkitools.portfolio.judging import Judge
from pkitools.portfolio.known import Collecting
from pkitools.portfolio.risk import Risks, risks_of
from pkitools.reports import Telling
from pkitools.reports.portfolio.telling import judged_how, lists_unused, said_of
from pkitools.requests.keys import to_pem
from pkitools_cli.commands.scan.text import first_step, scan_told
from pkitools_cli.i18n import set_language, tr
from pkitools_test_pki.pki import build
from tests.cli.test_delivered_lists import CONTAINERS, CRL, JUDGED, MOMENT, OCSP, World, judged
from tests.portfolio.support import CHAIN, LEAF, judging, scanned
from tests.support.chains import crl, good_chain
from tests.support.deliveries import pem
from tests.support.keys import SHARED_KEYS


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def asked(world: World, policy: str = "require", **more: Any) -> Judging:
    given = {"moment": JUDGED, "environment": "preproduction", "trust": TrustStore.from_der([world.pki.trust_pem()])}
    return Judging(**{**given, "revocation": Revocation(policy=policy), "raise_crashes": True, **more})


def chain(folder: Path, world: World) -> None:
    (folder / "chain.pem").write_bytes(b"".join(pem(der) for der in world.intermediates))


def _cases(folder: Path, world: World) -> Iterator[tuple[str, Path, bytes, Any]]:
    """Each container with a good and a revoked certificate, and what is said of it: in its file, and in another."""
    for container, wrap in CONTAINERS.items():
        for kind in (CRL, OCSP):
            for name, leaf in (("good", world.good), ("revoked", world.revoked)):
                said = world.said(kind, leaf)
                for where in ("inside", "beside"):
                    at = folder / container.replace(" ", "") / kind[:4].strip() / name / where
                    at.mkdir(parents=True)
                    chain(at, world)
                    (at / "said").write_bytes(wrap([leaf.der if where == "inside" else world.good.der], said))
                    if where == "beside":
                        (at / "leaf.pem").write_bytes(leaf.pem)
                    yield f"{container} {kind} {name} {where}", at, wrap([leaf.der], said), leaf


def _said(said: Sequence[tuple[str, bytes]]) -> bytes:
    return b"".join(to_pem(label, der) for label, der in said)


def _one(certificates: Sequence[HeldCertificate], serial: int) -> HeldCertificate:
    return next(one for one in certificates if int(one.serial_number.replace(":", ""), 16) == serial)


@pytest.mark.slow
def test_a_scan_says_what_a_check_of_the_same_says(tmp_path: Path, world: World) -> None:
    count = 0
    for where, folder, whole, leaf in _cases(tmp_path, world):
        for policy in ("require", "prefer", "off") if where.startswith(("PEM X509", "PEM OCSP")) else ("require",):
            found = scanned(folder, asked=asked(world, policy))
            one = _one(found.judged, leaf.serial_number)
            check = judged(world, whole, policy)
            assert one.verdict is check.verdict, (where, policy, one.findings)
            codes = {outcome.rule.code for outcome in check.report.findings}
            assert {each.rule.code for each in one.findings if "revocation" in each.rule.code} == {
                code for code in codes if "revocation" in code
            }, (where, policy)
            assert found.lists_found == 3, where
            assert found.revocation_asked is (policy != "off")
            assert not found.unread, where
            count += 1
    assert count == (len(CONTAINERS) + 2) * 2 * 2 * 2


def _executors() -> list[Any]:
    return [
        pytest.param(lambda: nullcontext(None), id="none"),
        pytest.param(lambda: ProcessPoolExecutor(2), id="processes", marks=pytest.mark.slow),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("means", _executors())
@pytest.mark.parametrize("last", [False, True], ids=["lists first", "lists last"])
def test_where_among_many_files_the_lists_lie_makes_no_difference(
    tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch, means: Any, last: bool
) -> None:
    """Some of many files are told of before the lists are known: they are told of again, and nothing counts twice."""
    monkeypatch.setattr(scanning, "_FEW", 6)
    monkeypatch.setattr(scanning, "_EARLY", 3)
    chain(tmp_path, world)
    for number, leaf in enumerate([world.revoked, world.good] * 5):
        (tmp_path / f"{number}.pem").write_bytes(leaf.pem)
    lists = tmp_path / ("z.crl" if last else "0.crl")
    lists.write_bytes(_said(world.said(CRL, world.good)))
    with means() as executor:
        found = scanned(tmp_path, asked=asked(world), executor=executor)
    assert str(_one(found.judged, world.revoked.serial_number).verdict) == "failed"
    assert str(_one(found.judged, world.good.serial_number).verdict) == "passed"
    assert (found.looked_at, found.lists_found, len(found.judged)) == (12, 3, 2)
    assert [len(one.places) for one in found.judged] == [5, 5]


@pytest.mark.slow
def test_what_a_configuration_points_to_counts_as_well(tmp_path: Path, world: World) -> None:
    inside, beside = tmp_path / "inside", tmp_path / "beside"
    inside.mkdir()
    beside.mkdir()
    chain(inside, world)
    (inside / "a.pem").write_bytes(world.revoked.pem)
    (beside / "lists.pem").write_bytes(_said(world.said(CRL, world.revoked)))
    assert str(_one(scanned(inside, asked=asked(world)).judged, world.revoked.serial_number).verdict) == "indeterminate"
    (inside / "nginx.conf").write_text("ssl_crl ../beside/lists.pem;\n")
    found = scanned(inside, asked=asked(world))
    assert not found.unread
    assert str(_one(found.judged, world.revoked.serial_number).verdict) == "failed"


@pytest.mark.slow
def test_a_list_that_a_stranger_signed_proves_nothing(tmp_path: Path, world: World) -> None:
    chain(tmp_path, world)
    (tmp_path / "a.pem").write_bytes(world.good.pem)
    theirs = build("g1-private", moment=MOMENT, keys=SHARED_KEYS).issuer_of("g1-server")  # the same names, other keys
    said = [(CRL, theirs.crl(moment=MOMENT, revocations=[])), *world.above]
    (tmp_path / "l.pem").write_bytes(_said(said))
    one = _one(scanned(tmp_path, asked=asked(world)).judged, world.good.serial_number)
    check = judged(world, world.good.pem, "require", crls=[der for _, der in said])
    assert one.verdict is check.verdict is not Verdict.PASSED


def _lists(world: World) -> dict[str, list[bytes]]:
    """What lies beside a good certificate: only the first tells that it is not revoked."""
    above = [der for _, der in world.above]
    ours, theirs = (
        pki.issuer_of("g1-server") for pki in (world.pki, build("g1-private", moment=MOMENT, keys=SHARED_KEYS))
    )
    return {
        "of now": [world.crl, *above],
        "none": [],
        "of those above alone": above,
        "of another key": [theirs.crl(moment=MOMENT, revocations=[]), *above],
        "broken": [world.crl[:-1] + bytes([world.crl[-1] ^ 1]), *above],
        "of long ago": [ours.crl(moment=MOMENT - timedelta(days=60), revocations=[], number=1), *above],
        "about nothing here": [crl(good_chain().tsp)],
    }


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["require", "prefer", "off"])
def test_that_a_list_lies_there_is_not_that_it_told_anything(tmp_path: Path, world: World, policy: str) -> None:
    """Every use of lists with every kind of them: what is not known is counted, and what to do is to give lists."""
    for kind, lists in _lists(world).items():
        folder = tmp_path / kind
        folder.mkdir()
        chain(folder, world)
        (folder / "a.pem").write_bytes(world.good.pem)
        for number, der in enumerate(lists):
            (folder / f"{number}.crl").write_bytes(der)
        found = scanned(folder, asked=asked(world, policy))
        is_known = (policy, kind) in {("require", "of now"), ("prefer", "of now")}
        assert not found.unread
        assert found.lists_found == len(lists)
        assert found.revocation_asked is (policy != "off" and kind != "none"), kind
        assert [one.is_revocation_unknown for one in found.judged] == [not is_known], kind
        assert bool(list(judged_how(found, Telling("en")))[1:]) is not is_known, kind  # beside for what it was judged
        assert (first_step(found, Risks()).sentence == tr("cli.scan.now.passed")) is is_known, kind
        if found.verdict is not Verdict.FAILED:  # of what fails the whole answer is to be read first
            assert ("--crl" in first_step(found, Risks()).sentence) is not is_known, kind


@pytest.mark.slow
def test_of_what_is_revoked_it_is_known(tmp_path: Path, world: World) -> None:
    chain(tmp_path, world)
    (tmp_path / "a.pem").write_bytes(world.revoked.pem)
    (tmp_path / "a.crl").write_bytes(world.crl)  # and of those above it nothing is known
    (one,) = scanned(tmp_path, asked=asked(world)).judged
    assert one.verdict is Verdict.FAILED
    assert not one.is_revocation_unknown


@pytest.mark.slow
def test_a_list_that_cannot_be_read_is_told_once(tmp_path: Path, world: World) -> None:
    chain(tmp_path, world)
    (tmp_path / "a.pem").write_bytes(world.good.pem)
    for label, der in (world.said(CRL, world.good)[0], world.said(OCSP, world.good)[0]):
        (tmp_path / f"cut {label}").write_bytes(to_pem(label, der[:4] + b"\0" + der[5:]))
    found = scanned(tmp_path, asked=asked(world, "prefer"))
    assert len(found.unread) == 2
    assert not found.is_whole
    assert found.lists_found == 0


class _Counting(Executor):
    """Does the work here, by what went over the wire, and counts how often the question was in it."""

    def __init__(self) -> None:
        self.questions = 0
        self.judges: Judges[Judge] = Judges()

    def submit(self, work: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        self.questions += given[1] is not None
        work, given, named = pickle.loads(pickle.dumps((work, given, named)))
        future: Future[Any] = Future()
        here, working._JUDGES = working._JUDGES, self.judges  # type: ignore[misc]  # the worker has its own
        try:
            future.set_result(work(*given, **named))
        finally:
            working._JUDGES = here  # type: ignore[misc]  # as above
        return future


@pytest.mark.parametrize("count", [30, 120])
def test_the_lists_go_to_a_worker_once_however_many_files_there_are(
    tmp_path: Path, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are sent with the question, and not with a unit of work."""
    monkeypatch.setattr(workers, "_SMALL", 0)  # as of large ones
    for number in range(count):
        (tmp_path / f"{number:03}.pem").write_bytes(LEAF)
    (tmp_path / "chain.pem").write_bytes(CHAIN)
    executor = _Counting()
    assert [one.verdict for one in scanned(tmp_path, executor=executor).judged] == [Verdict.PASSED]
    assert executor.questions == 1


def test_what_there_is_no_room_for_is_told_of_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "chain.pem").write_bytes(CHAIN)
    assert not scanned(tmp_path).unread
    monkeypatch.setattr(known, "MAX_FOUND_AUTHORITIES", 1)
    (told,) = scanned(tmp_path).unread
    assert (told.name, told.code, told.gap) == (str(tmp_path / "chain.pem"), "portfolio.error.not_kept", Gap.UNREADABLE)
    assert told.error.params["count"] == 1
    assert Collecting().known() == known.Known()


def test_what_is_taken_for_one_leaf_says_nothing_of_other_files(world: World) -> None:
    """What is passed over at a glance gives nothing when it is read either."""
    leaf, above = world.good.der, world.intermediates[0]
    assert known.holds_one_leaf(leaf)
    assert known.holds_one_leaf(pem(leaf))
    more = (above, pem(above), pem(leaf, leaf), pem(leaf, above), b"", b"\x30", pem(leaf)[:40], pem(b"\x30"))
    wrapped = [wrap([leaf], world.said(kind, world.good)) for wrap in CONTAINERS.values() for kind in (CRL, OCSP)]
    labelled = [to_pem("CERTIFICATE", der) for der in (*more[:1], world.crl, wrapped[2], wrapped[3])]
    for data in (*more, *wrapped, *labelled):
        assert not known.holds_one_leaf(data), data[:80]


def test_why_a_list_did_not_count_is_told_in_terminal_and_reports(tmp_path: Path) -> None:
    """That lists were read and nothing is confirmed left the reader to guess which of them was at fault."""
    set_language("en")
    (tmp_path / "a.pem").write_bytes(LEAF + CHAIN)
    chain = good_chain()
    for name, lists, unused in (
        ("good", [crl(each) for each in (chain.tsp, chain.domain, chain.root)], False),
        ("of another", [crl(replace(chain.domain, subject=chain.tsp.subject))], True),
        ("none", [], False),
    ):
        asked = judging(revocation=Revocation(policy="prefer", crls=lists))
        found = scanned(tmp_path, asked=asked)
        (one,) = found.judged
        told = lists_unused(one, found, Telling())
        assert bool(told) is unused, name
        said = " ".join(" ".join(map(str, scan_told(found, None, risks_of(found), ()))).split())
        for report in (said, said_of(one, found, Telling())):
            assert all(sentence in report for sentence in told)
        soon = replace(found, moment=one.not_after - timedelta(days=3))
        assert all(sentence in said_of(one, soon, Telling()) for sentence in told)
        assert "Order the next one now" in said_of(one, soon, Telling())


@pytest.mark.parametrize("verbose", [False, True])
def test_why_a_list_did_not_count_is_told_once_in_a_terminal_however_many_it_is_about(
    tmp_path: Path, *, verbose: bool
) -> None:
    """Under each kind stood "(see above)", and the same sentences about the same lists again."""
    set_language("en")
    chain = good_chain()
    (tmp_path / "a.pem").write_bytes(LEAF + CHAIN)
    asked = judging(
        revocation=Revocation(policy="prefer", crls=[crl(replace(chain.domain, subject=chain.tsp.subject))])
    )
    found = scanned(tmp_path, asked=asked)
    (one,) = found.judged
    soon = found.moment + timedelta(days=3)
    others = (replace(one, sha256="ab" * 32, not_after=soon), replace(one, sha256="cd" * 32, common_name="c"))
    several = replace(found, certificates=(*others, *found.certificates))
    (sentence,) = lists_unused(one, several, Telling())
    said = " ".join(" ".join(map(str, scan_told(several, None, risks_of(several), (), verbose=verbose))).split())
    assert "(see above)" in said
    assert said.count(sentence) == 1
    assert all(sentence in said_of(each, several, Telling()) for each in several.judged), "a report is read by each"


@pytest.mark.parametrize("given", range(4))
def test_a_path_goes_through_what_was_given_and_what_lies_there_alike(tmp_path: Path, given: int) -> None:
    """With its issuer given and the next one up in a file, a good certificate was said to have no path."""
    above = (good_chain().tsp.der, good_chain().domain.der)
    (tmp_path / "leaf.pem").write_bytes(LEAF)
    for number, der in enumerate(above):
        if not given >> number & 1:
            (tmp_path / f"{number}.pem").write_bytes(pem(der))
    intermediates = tuple(der for number, der in enumerate(above) if given >> number & 1)
    (one,) = scanned(tmp_path, asked=judging(intermediates=intermediates)).judged
    assert one.verdict is Verdict.PASSED
