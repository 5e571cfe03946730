"""A certificate beside whose name another's key lies is wrong in a scan too, and no other is."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pkitools.checking import Revocation
from pkitools.checking.private_keys import NAMED
from pkitools.findings import Severity, Verdict
from pkitools.portfolio import Gathering, scan
from pkitools.reports.portfolio.telling import deciding
from tests.checking.test_beside import FOLDERS, content
from tests.checking.test_beside import NAMED as NAMED_CODE
from tests.checking.test_named_in_text import JOINED, NAMES
from tests.portfolio.support import CHAIN, judging, other_leaf, scanned
from tests.support.cases import in_one_test
from tests.support.chains import end_entity, good_chain
from tests.support.deliveries import pem

KEYS: Final = {"a": "root", "b": "domain"}


@cache
def certificate(host: str) -> bytes:
    own = getattr(good_chain(), KEYS[host]).key
    return pem(end_entity(f"{host}.example.nl", good_chain().tsp, own_key=own).der) + CHAIN


def key(host: str) -> bytes:
    made: bytes = getattr(good_chain(), KEYS[host]).key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return made


PLACES: Final = {
    **{name: tuple(f"x/{each}" for each in style) for name, style in JOINED.items()},
    "kinds in folders": ("certs/{h}.crt", "private/{h}.key"),
    "a folder each": ("{h}/fullchain.pem", "{h}/privkey.pem"),
    "no ends": ("{h}_cert", "{h}_key"),
}


def laid(folder: Path, style: tuple[str, ...], hosts: str) -> None:
    for host, other in hosts.split():
        named = [each.format(n=1 + "ab".index(host), h=NAMES[host], H=NAMES[host].capitalize()) for each in style]
        for name, held in zip(named, (certificate(host), key(other)), strict=True):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(held)


@in_one_test
@pytest.mark.parametrize("place", PLACES)
def test_exchanged_keys_fail_a_scan_and_fitting_ones_do_not(tmp_path: Path, place: str) -> None:
    for hosts, verdict in (("aa bb", Verdict.PASSED), ("ab ba", Verdict.FAILED)):
        laid(tmp_path, PLACES[place], hosts)
        found = scanned(tmp_path)
        assert [one.verdict for one in found.judged] == [verdict] * 2, hosts
        told = [(each, one) for each in found.judged for one in each.findings if one.rule.code == NAMED.code]
        assert len(told) == (2 if verdict is Verdict.FAILED else 0), hosts
        for each, one in told:
            assert [seen.value for seen in one.evidence] == [place.name for place in each.places]
            assert one.params["beside"] in {seen.value for seen in one.evidence}
            assert b"PRIVATE KEY" in Path(one.params["file"]).read_bytes()


@in_one_test
@pytest.mark.slow
@pytest.mark.parametrize("folder", FOLDERS)
def test_a_scan_fails_the_folders_that_a_check_of_their_files_does(tmp_path: Path, folder: str) -> None:
    files, wanted = FOLDERS[folder]
    for name, what in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content(what))
    told = {(each.rule.code, each.rule.severity) for one in scanned(tmp_path).judged for each in one.findings}
    assert {one for one in told if one[0] == NAMED_CODE} == {one for one in wanted if one[0] == NAMED_CODE}


def test_what_was_not_read_yet_is_held_against_nothing(tmp_path: Path) -> None:
    """In the midst of a scan a key may fit none of what is there: when the rest has come nothing of that is left."""
    given = {"cert.pem": certificate("a"), "fullchain.pem": certificate("b"), "privkey.pem": key("a")}
    for name, held in {**given, "other.pem": other_leaf() + CHAIN}.items():
        (tmp_path / name).write_bytes(held)
    gathering = Gathering(["x"], judging())
    for reading in sorted(scan(tmp_path, judging()), key=lambda each: each.name.endswith("cert.pem")):
        if reading.name.endswith("cert.pem"):
            midway = [[(one.common_name, one.verdict) for one in gathering.portfolio().judged] for _ in range(2)]
        gathering.add(reading)
    wrong, good = ("b.example.nl", Verdict.FAILED), ("other1.example.nl", Verdict.PASSED)
    assert midway == [[wrong, good]] * 2
    found = gathering.portfolio().judged
    names = ["a.example.nl", "b.example.nl", "other1.example.nl"]
    assert [(one.common_name, one.verdict) for one in found] == [(name, Verdict.PASSED) for name in names]


def test_a_certificate_that_is_wrong_by_its_key_comes_first(tmp_path: Path) -> None:
    given = {"a.pem": certificate("a"), "a.key": key("a"), "b.pem": certificate("b"), "b.key": key("a")}
    for name, held in given.items():
        (tmp_path / name).write_bytes(held)
    gathering = Gathering(["x"], judging())
    for reading in scan(tmp_path, judging()):
        gathering.add(reading)
    assert [one.common_name for one in gathering.portfolio().judged] == ["b.example.nl", "a.example.nl"]


def test_a_warning_by_its_key_is_told_first(tmp_path: Path) -> None:
    for name, what in {"a.pem": certificate("a"), "a.key": key("b"), "b.pem": certificate("b")}.items():
        (tmp_path / name).write_bytes(what)
    found = scanned(tmp_path, asked=judging(revocation=Revocation(policy="off")))
    told = {one.common_name: deciding(one) for one in found.judged}
    assert {one.verdict for one in found.judged} == {Verdict.PASSED}
    assert {name: each and each.rule.code for name, each in told.items()} == {
        "a.example.nl": NAMED.code,
        "b.example.nl": "rfc5280.subject_key_identifier.present",
    }


def test_of_a_certificate_that_lies_twice_the_place_is_told(tmp_path: Path) -> None:
    given = {"a.crt": certificate("a"), "a.key": key("b"), "z.crt": certificate("a"), "z.key": key("a")}
    for name, held in given.items():
        (tmp_path / name).write_bytes(held)
    (one,) = scanned(tmp_path).judged
    assert one.verdict is Verdict.FAILED
    assert [each.value for found in one.findings for each in found.evidence] == [str(tmp_path / "a.crt")]


def test_a_request_that_waits_says_that_the_key_is_of_the_next(tmp_path: Path) -> None:
    for name, what in (("s.crt", "cert a"), ("s.key", "key b"), ("s.csr", "csr b")):
        (tmp_path / name).write_bytes(content(what))
    for weighs in (Severity.WARNING, Severity.ERROR):
        told = [each.rule for one in scanned(tmp_path).judged for each in one.findings]
        assert {each.severity for each in told if each.code == NAMED.code} == {weighs}
        (tmp_path / "s.csr").unlink(missing_ok=True)
