"""A request that waits for its certificate is told where the next one is to be ordered, and where nothing else is."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Final

import pytest

from pkitools.connections import hold, read_connections
from pkitools.portfolio.waiting import request_for_next
from pkitools_test_pki.pki import build
from tests.cli.conftest import run
from tests.connections.support import CHAIN, OIN, certificate, connection, written
from tests.portfolio.support import judging, scanned
from tests.support.cases import in_one_test
from tests.support.chains import good_chain
from tests.support.command import Command
from tests.support.deliveries import pem
from tests.support.keys import SHARED_KEYS
from tests.support.portfolios import day
from tests.support.requests import attribute as requested
from tests.support.requests import dns, pooled_key, request

__all__ = ["run"]  # a fixture

_NAME: Final = "a.example.nl"
_OTHER: Final = "00000099999999910000"
_ENDING: Final = certificate(OIN, _NAME, day("2027-01-14"), start=day("2026-01-14")) + CHAIN


def _request(oin: str | None = OIN, name: str | None = _NAME) -> bytes:
    told = [requested(short, value) for short, value in (("CN", name), ("serialNumber", oin)) if value is not None]
    return request([requested("C", "NL"), *told], *(() if name is None else (dns(name),)))


def _told(run: Command, folder: Path) -> tuple[int, str]:
    (folder / "roots").mkdir()
    (folder / "roots" / "root.pem").write_bytes(pem(good_chain().root.der))
    words = ("--trust", folder / "roots", "--revocation", "off", "--moment", "2026-12-15")
    ran = run("--lang", "en", "scan", folder / "held", *words)
    return ran.code, " ".join(ran.told.split())


@pytest.mark.parametrize(
    ("file", "oin", "name", "is_next"),
    [
        ("next.csr", OIN, _NAME, True),
        ("next.csr", OIN, _NAME.upper(), True),
        ("next.csr", OIN, "b.example.nl", False),
        ("next.csr", _OTHER, _NAME, False),
        ("next.csr", None, _NAME, True),
        ("next.csr", OIN, None, False),
        ("other/next.csr", OIN, _NAME, False),
    ],
)
def test_the_next_is_ordered_with_the_request_that_is_there(
    run: Command, tmp_path: Path, file: str, oin: str | None, name: str | None, is_next: bool
) -> None:
    (tmp_path / "held" / "other").mkdir(parents=True)
    (tmp_path / "held" / "old.pem").write_bytes(_ENDING)
    (tmp_path / "held" / file).write_bytes(_request(oin, name))
    _, told = _told(run, tmp_path)
    assert ("Order the next one now, with the request that is there already" in told) == is_next, told
    assert ("csr create" in told) != is_next, told


@in_one_test
@pytest.mark.parametrize(("oin", "name"), [*product((OIN, None, _OTHER), (_NAME, None, "b.example.nl"))])
@pytest.mark.parametrize("stated", ["", _NAME])
def test_a_scan_and_a_status_take_the_same_request_for_the_next(
    tmp_path: Path, oin: str | None, name: str | None, stated: str
) -> None:
    """But one without a name: in a folder it may be for anything, and at the place of a connection it is for that."""
    (tmp_path / "old.pem").write_bytes(_ENDING)
    (tmp_path / "next.csr").write_bytes(_request(oin, name))
    found = scanned(tmp_path / "old.pem", tmp_path / "next.csr")
    fields = {"dns": f'["{stated}"]'} if stated else {}
    file = written(tmp_path, connection(files='["old.pem", "next.csr"]', **fields))
    (status,) = hold(read_connections(file.read_bytes(), str(file)), judging()).statuses
    in_scan = request_for_next(found.judged[0], found)
    assert (in_scan is not None) == (oin != _OTHER and name == _NAME)
    assert (status.request is not None) == (oin != _OTHER and name in {_NAME, None})


@pytest.mark.parametrize("count", [0, 1, 2])
def test_without_a_certificate_the_request_is_told(run: Command, tmp_path: Path, count: int) -> None:
    (tmp_path / "held").mkdir()
    (tmp_path / "held" / "a.key").write_bytes(pooled_key().pem(None))
    (tmp_path / "held" / "a.key").chmod(0o600)
    for number in range(count):
        (tmp_path / "held" / f"{number}.csr").write_bytes(_request(name=f"{number}.example.nl"))
    code, told = _told(run, tmp_path)
    assert code == 11
    assert ("Look where your certificates are" in told) == (count == 0)
    assert ("Order the certificate with the request" in told) == (count > 0)
    assert ("a request waits" in told, "2 requests wait" in told) == (count == 1, count == 2)


@pytest.mark.parametrize(("name", "is_next"), [(_NAME, True), ("b.example.nl", False)])
def test_a_check_says_the_same_of_a_request_that_is_handed_in_with_it(
    run: Command, tmp_path: Path, name: str, is_next: bool
) -> None:
    pki = build("g4-tls", moment=day("2026-01-14"), keys=SHARED_KEYS)
    made = pki.issue("g4-tls", dns=[_NAME], oin=OIN, not_after=day("2027-01-14"))
    (tmp_path / "root.pem").write_bytes(pem(made.root.der))
    (tmp_path / "held").mkdir()
    (tmp_path / "held" / "old.pem").write_bytes(made.chain_pem)
    (tmp_path / "held" / "next.csr").write_bytes(_request(name=name))
    words = ("--trust", tmp_path / "root.pem", "--revocation", "off", "--moment", "2026-12-15")
    ran = run("--lang", "en", "cert", "check", tmp_path / "held", *words, "-e", "preproduction")
    told = " ".join(ran.told.split())
    assert ("Order the next one now, with the request that is there already" in told) == is_next, told
    assert ("Order the next one now from your trust service provider" in told) != is_next, told
