"""NIST PKITS: all 246 cases, with CRLs from files and through the fetcher from a server on this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import Any

import pytest

from pkitools.errors import InputError
from pkitools.fetching.fetcher import HttpFetcher
from pkitools.findings import Verdict
from pkitools.revocation import FetchRequest, check_revocation
from pkitools.revocation.full_engine import check_crls_full
from pkitools.validation import PathResult, validate_path
from tests.conformance.ledger import exceptions
from tests.conformance.pkits import DATA, MOMENT, Case, cases, file
from tests.support.cases import in_one_test

pytestmark = pytest.mark.conformance

ROOT_CRL = "TrustAnchorRootCRL.crl"


def path_of(case: Case, **asked: Any) -> PathResult:
    return validate_path(
        file("certs", case.cert),
        intermediates=[file("certs", name) for name in case.other_certs],
        anchors=[file("certs", "TrustAnchorRootCertificate.crt")],
        moment=MOMENT,
        policies=case.policies,
        raise_crashes=True,
        dangerously_accept_weak_algorithms=True,  # a DSA key of 1024 bits, and SHA-1
        **asked,
    )


def others(case: Case) -> list[bytes]:
    return [file("certs", name) for name in case.other_certs]


def not_revoked(case: Case, result: PathResult, crls: list[bytes]) -> bool:
    assert result.path is not None
    if not case.revocation:
        return True
    found = check_revocation(result.path.certificates, moment=MOMENT, crls=crls, other_certificates=others(case))
    return all(status.is_good for status in found.statuses)


@in_one_test
@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.id}-{case.name}")
def test_a_case_comes_out_as_nist_says_or_is_in_the_ledger(case: Case) -> None:
    if case.id in exceptions("pkits"):
        with pytest.raises(InputError):  # red once the certificate can be read: the exception is no longer needed
            path_of(case)
        return
    result = path_of(case)
    if result.path is None:
        assert not case.valid, sorted(result.report.codes())
        assert result.report.verdict is Verdict.FAILED
        assert result.report.findings, "a refusal has its reason"
        return
    crls = [file("crls", name) for name in (*case.crls, ROOT_CRL)]
    assert not_revoked(case, result, crls) == case.valid


@in_one_test
@pytest.mark.slow
@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.id}-{case.name}")
def test_the_full_engine_alone_says_the_same_of_crls(case: Case) -> None:
    if case.id in exceptions("pkits") or not case.revocation:
        return
    result = path_of(case)
    if result.path is None:
        return
    crls = [file("crls", name) for name in (*case.crls, ROOT_CRL)]
    statuses = check_crls_full(result.path.certificates, crls, MOMENT, other_certificates=others(case))
    assert all(status.status == "good" for status in statuses) == case.valid


def test_the_suite_is_whole_and_the_ledger_holds_inherited_dsa_parameters_only() -> None:
    assert len(cases()) == 246
    assert set(exceptions("pkits")) <= {case.id for case in cases()}
    assert all("DSA" in reason for reason in exceptions("pkits").values())


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name is the base class's
        """A test's standard error is no place for an access log."""


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    handler = partial(_Quiet, directory=str(DATA / "crls"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, daemon=True)
        thread.start()
        yield httpd.server_port
        httpd.shutdown()
        thread.join()


@pytest.mark.slow
def test_crls_fetched_from_a_loopback_server_decide_the_same(server: int) -> None:
    """Every CRL the suite names comes through our fetcher once; then every case is judged with what came."""
    fetcher = HttpFetcher(allow_net=[ip_network("127.0.0.0/8")], allow_ports=frozenset({server}))
    names = {ROOT_CRL} | {name for case in cases() for name in case.crls}
    fetched = {name: _fetch(fetcher, f"http://127.0.0.1:{server}/{name}") for name in sorted(names)}
    wrong = []
    for case in cases():
        if case.id in exceptions("pkits"):
            continue
        result = path_of(case)
        if result.path is not None:
            crls = [fetched[name] for name in (*case.crls, ROOT_CRL)]
            if not_revoked(case, result, crls) != case.valid:
                wrong.append(case.id)
    assert wrong == []


def _fetch(fetcher: HttpFetcher, url: str) -> bytes:
    return fetcher.fetch(FetchRequest(url, limit=100_000)).body
