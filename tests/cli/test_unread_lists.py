"""A list of which nothing, or not everything, can be read: a scan of a folder says what a check of that folder says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from pkitools.requests.keys import to_pem
from pkitools.x509 import read_certificate
from pkitools.x509.der import children, encoded, root
from pkitools_test_pki import der
from pkitools_test_pki.authority import Authority
from pkitools_test_pki.crl import RevokedEntry, crl_number, entry
from tests.cli.test_delivered_lists import CRL, JUDGED, MOMENT, OCSP, World
from tests.support.command import Command

_STATUS: Final = "revocation.status"
NEWER: Final = MOMENT + timedelta(hours=2)


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def _twice(authority: Authority, entries: list[RevokedEntry]) -> bytes:
    number = crl_number(77)
    written = [der.sequence(der.oid(number.oid), der.octets(number.value))] * 2
    return authority.crl(moment=NEWER, revocations=entries, raw={"extensions": der.context(0, der.sequence(*written))})


def _version(authority: Authority, entries: list[RevokedEntry]) -> bytes:
    return authority.crl(moment=NEWER, revocations=entries, raw={"version": der.integer(2)})


def _frame(authority: Authority, entries: list[RevokedEntry]) -> bytes:
    """A signed list with a field behind its end."""
    whole = der.context(0, der.sequence()) + der.sequence()
    return authority.crl(moment=NEWER, revocations=entries, raw={"extensions": whole})


def _entry(authority: Authority, entries: list[RevokedEntry]) -> bytes:
    """Entries with lengths longer than need be, signed so."""
    bodies = [_inside(entry(each)) for each in entries]
    written = b"".join(b"\x30\x82" + len(body).to_bytes(2, "big") + body for body in bodies)
    return authority.crl(moment=NEWER, raw={"revoked_certificates": der.sequence(written)})


def _ber(authority: Authority, entries: list[RevokedEntry]) -> bytes:
    return b"\x30\x80" + _inside(authority.crl(moment=NEWER, revocations=entries)) + b"\x00\x00"


def _inside(value: bytes) -> bytes:
    return b"".join(encoded(value, part) for part in children(value, root(value, der.SEQUENCE)))


KINDS: Final[dict[str, Callable[[Authority, list[RevokedEntry]], bytes]]] = {
    "an extension twice": _twice,
    "version 3": _version,
    "a field too many": _frame,
    "entries that are not DER": _entry,
    "indefinite length": _ber,
}


READ_AS_A_LIST: Final = KINDS.keys() - {"indefinite length"}  # which is not known for a list


def _lists(world: World) -> Iterator[tuple[str, str, bytes]]:
    """Each kind of list, newer than the good ones: of the certificate, of an authority above it, of neither."""
    tsp = world.pki.issuer_of("g1-server")
    above = next(each for each in world.pki if each.subject == read_certificate(tsp.certificate.der).issuer.der)
    named = {
        "the certificate": (tsp, world.good.serial_number),
        "its authority": (above, tsp.certificate.facts.serial_number),
        "another": (tsp, 0x1234567890ABCDEF1234567890ABCDEF),
    }
    for kind, write in KINDS.items():
        for whom, (authority, serial) in named.items():
            yield kind, whom, write(authority, [RevokedEntry(serial, MOMENT, "keyCompromise")])


def _told(document: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """Of each certificate its verdict, and what is told of whether it is revoked."""
    told = [one for each in document["certificates"] for one in each.get("judgements", [each.get("report")])]
    return sorted(
        (one["verdict"], sorted(code for code in map(_code, one["findings"]) if _STATUS in code)) for one in told
    )


def _code(finding: dict[str, Any]) -> str:
    return str(finding["code"])


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["require", "prefer"])
@pytest.mark.parametrize("place", ["in its file", "beside it", "given"])
def test_a_scan_says_of_each_certificate_what_a_check_says(
    run: Command, world: World, tmp_path: Path, policy: str, place: str
) -> None:
    trust = tmp_path / "trust.pem"
    trust.write_bytes(world.pki.trust_pem())
    chain = b"".join(to_pem("CERTIFICATE", each) for each in (world.good.der, *world.intermediates))
    lists = [each for _, each in world.said(CRL, world.good)]
    common = ("-e", "pre", "--trust", trust, "--moment", JUDGED.isoformat(), "--revocation", policy, "--json")
    for number, (kind, whom, list_) in enumerate(_lists(world)):
        where = kind, whom
        folder, given = tmp_path / f"{number}", tmp_path / f"{number} lists"
        folder.mkdir()
        given.mkdir()
        inside = to_pem(CRL, list_) if place == "in its file" else b""
        (folder / "a.pem").write_bytes(chain + inside)
        at = given if place == "given" else folder
        for index, each in enumerate(lists):
            (at / f"{index}.crl").write_bytes(each)
        if place != "in its file":
            (at / "newer.crl").write_bytes(list_)
        options = (*common, *(("--crl", given) if place == "given" else ()))
        check = run("cert", "check", folder, *options, "--offline")
        scan = run("scan", folder, *options)
        assert _told(scan.document) == _told(check.document), where
        is_named = whom != "another" and kind != "indefinite length"
        assert [bool(codes) for _, codes in _told(scan.document)] == [is_named], where
        if place == "beside it":  # a list by itself: read to its end by both, or told by both as what could not be read
            assert f"{folder}/newer.crl: read for" not in check.err, where
            assert f"{folder}/0.crl: read for" in check.err, where
            assert [each["name"] for each in scan.document["unread"]] == [f"{folder}/newer.crl"], where
            assert scan.code == check.code != 0, where
        if place == "given":
            # the scan came to its end: what could not be read of what was given is told as what lies in its places
            assert scan.document["complete"], where
            names = [each["name"] for each in scan.document["unread"]]
            assert names == ([f"{given}/newer.crl"] if kind == "indefinite length" else []), where
            assert scan.code == check.code, where


def _damaged_response(world: World) -> bytes:
    """A response whose parts are there, and of which the status is none that exists."""
    (_, whole), *_ = world.said(OCSP, world.good)
    return whole.replace(b"\x0a\x01\x00", b"\x0a\x01\x63", 1)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_list_that_was_given_and_cannot_be_read_is_named_where_it_is_told(
    run: Command, world: World, tmp_path: Path, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its file stands on the line of the finding, in the next step, and nowhere is an address blamed for it."""
    monkeypatch.chdir(tmp_path)  # a name of any length would not leave room for what is held here
    (tmp_path / "trust.pem").write_bytes(world.pki.trust_pem())
    (tmp_path / "a.pem").write_bytes(
        b"".join(to_pem("CERTIFICATE", each) for each in (world.good.der, *world.intermediates))
    )
    given = {kind: list_ for kind, whom, list_ in _lists(world) if whom == "the certificate" and kind in READ_AS_A_LIST}
    given["OCSP"] = _damaged_response(world)
    for number, (kind, data) in enumerate(given.items()):
        name = f"given {number}.bin"
        Path(name).write_bytes(data)
        asked = ("-e", "pre", "--trust", tmp_path / "trust.pem", "--moment", JUDGED.isoformat(), "--offline")
        option = "--ocsp" if kind == "OCSP" else "--crl"
        command = ("--lang", language, "cert", "check", tmp_path / "a.pem", *asked, option, name)
        (judged,) = run(*command, "--json").document["certificates"]
        found = [each for each in judged["report"]["findings"] if each["code"] == "revocation.source.readable"]
        assert [name in each[language]["title"] for each in found] == [True], kind
        assert [name in each[language]["message"] for each in found] == [True], kind
        assert "browser" not in found[0][language]["remedy"], kind
        told = " ".join(run(*command).out.split())
        # what to do next is about a CRL, whatever was wrong with the response
        assert name in (told if kind == "OCSP" else told.partition("Ook " if language == "nl" else "Also ")[0]), kind
