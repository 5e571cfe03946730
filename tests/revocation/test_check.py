"""The whole check: which source is asked when, what is asked twice, and what the report says of it."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from pkitools.fetching.model import FetchFault, HttpStatus, fault_of
from pkitools.findings import Report, Severity, Status, Verdict
from pkitools.messages import LANGUAGES, outcome_message
from pkitools.revocation import (
    Fetched,
    FetchError,
    FetchRequest,
    Origin,
    RevocationOptions,
    RevocationPolicy,
    SourceKind,
    StatusKind,
    check_revocation,
    read_crl,
)
from pkitools.revocation.codes import AttemptCode, AttemptStep, Note, code_of_fault
from pkitools.revocation.rules import NOTE_RULES, RULES, STEP_RULES, rule_of_code
from pkitools.x509.path_certificate import load_cached
from pkitools_test_pki.faults import faults
from pkitools_test_pki.issued import IssuedCertificate
from tests.revocation.material import MOMENT, World, one_point

CRL_URL, OCSP_URL = "http://crl.example/list.crl", "http://ocsp.example/"


class Recording:
    """A network that answers by address, and remembers what was asked."""

    def __init__(self, answers: dict[str, Callable[[FetchRequest], bytes]]) -> None:
        self.answers, self.asked = answers, list[FetchRequest]()

    def fetch(self, request: FetchRequest) -> Fetched:
        self.asked.append(request)
        if request.url not in self.answers:
            raise FetchError("connect", request.url)
        kind = "application/pkix-crl" if request.body is None else "application/ocsp-response"
        return Fetched(self.answers[request.url](request), kind, request.url)

    @property
    def urls(self) -> list[str]:
        return [request.url for request in self.asked]


@pytest.fixture
def leaf(world: World) -> IssuedCertificate:
    return world.leaf(crl=(CRL_URL,), ocsp=(OCSP_URL,))


@pytest.fixture
def network(world: World, leaf: IssuedCertificate) -> Recording:
    made = world.crl_case(leaf).crl()
    case = world.ocsp_case(leaf)
    return Recording({CRL_URL: lambda _r: made, OCSP_URL: lambda r: replace(case, request=r.body or b"").signed()})


# --- the order


def test_ocsp_first_for_the_end_entity(world: World, leaf: IssuedCertificate, network: Recording) -> None:
    assert world.check(leaf, fetcher=network).statuses[0].is_good
    assert network.urls == [OCSP_URL]


def test_the_order_can_be_chosen(world: World, leaf: IssuedCertificate, network: Recording) -> None:
    options = RevocationOptions(end_entity_sources=(SourceKind.CRL, SourceKind.OCSP))
    assert world.check(leaf, fetcher=network, options=options).statuses[0].is_good
    assert network.urls == [CRL_URL]
    only = RevocationOptions(end_entity_sources=(SourceKind.OCSP,))
    del network.answers[OCSP_URL]
    assert world.check(leaf, fetcher=network, options=only).statuses[0].code == "connect"
    assert network.urls == [CRL_URL, OCSP_URL]


def test_what_is_handed_in_comes_before_the_network(world: World, leaf: IssuedCertificate, network: Recording) -> None:
    assert world.check(leaf, fetcher=network, crls=[world.crl_case(leaf).crl()]).statuses[0].is_good
    assert world.check(leaf, fetcher=network, ocsp_responses=[world.ocsp_case(leaf).signed()]).statuses[0].is_good
    assert network.asked == []


def test_a_handed_in_list_that_revokes_beats_a_response_that_says_good(world: World, leaf: IssuedCertificate) -> None:
    good, revoking = world.ocsp_case(leaf).signed(), world.crl_case(leaf).listing()
    found = world.check(leaf, crls=[revoking], ocsp_responses=[good]).statuses[0]
    assert found.kind is StatusKind.REVOKED
    assert found.reason == "superseded"
    assert found.revoked_at == MOMENT - timedelta(days=1)


def test_lists_first_for_authorities_and_no_ocsp_is_no_fault(world: World) -> None:
    """Authorities of G4 have none."""
    urls = [link.facts.crl_uris[0] for link in world.plain.path[1:-1]]
    lists = dict(zip(urls, reversed(world.upper_crls), strict=True))
    network = Recording({url: lambda _request, crl=crl: crl for url, crl in lists.items()})  # type: ignore[misc]  # a default binds it
    path = [link.der for link in world.plain.path]
    result = check_revocation(path, moment=MOMENT, crls=[world.crl_case(world.plain).crl()], fetcher=network)
    assert all(status.is_good for status in result.statuses)
    assert network.urls == urls
    assert Report("x", result.outcomes).findings == ()


def test_every_point_is_asked_though_the_first_is_good(world: World) -> None:
    """RUSTSEC-2026-0049: the list of the second point revokes."""
    leaf = world.leaf(crl=(CRL_URL, CRL_URL + "2"))
    good, revoking = world.crl_case(leaf).crl(), world.crl_case(leaf).listing()
    network = Recording({CRL_URL: lambda _r: good, CRL_URL + "2": lambda _r: revoking})
    assert world.check(leaf, fetcher=network).statuses[0].kind is StatusKind.REVOKED
    network.answers[CRL_URL + "2"] = lambda _r: b"<html>"
    found = world.check(leaf, fetcher=network).certificates[0]
    assert found.status.is_good  # the first is the complete list
    assert [attempt.code for attempt in found.attempts] == ["", "not-der"]


def test_addresses_of_one_point_are_one_list(world: World) -> None:
    leaf = world.leaf(extensions=[one_point(CRL_URL, CRL_URL + "2")])
    made = world.crl_case(leaf).crl()
    network = Recording({CRL_URL: lambda _r: made, CRL_URL + "2": lambda _r: made})
    assert world.check(leaf, fetcher=network).statuses[0].is_good
    assert network.urls == [CRL_URL]


def test_no_more_than_five_addresses_of_a_point(world: World) -> None:
    leaf = world.leaf(extensions=[one_point(*(f"{CRL_URL}{number}" for number in range(9)))])
    network = Recording({})
    assert world.check(leaf, fetcher=network).statuses[0].code == "connect"
    assert len(network.asked) == 5


def test_the_same_address_is_asked_once(world: World) -> None:
    leaf = world.leaf(crl=(CRL_URL,) * 3)
    network = Recording({})
    world.check(leaf, fetcher=network)
    assert len(network.asked) == 1


def test_the_total_time_is_shared(world: World) -> None:
    leaf = world.leaf(crl=(CRL_URL, CRL_URL + "2"))
    network = Recording({})
    options = RevocationOptions(total_seconds=7)
    world.check(leaf, fetcher=network, options=options)
    assert all(request.seconds is not None and request.seconds <= 7 for request in network.asked)
    used_up = world.check(leaf, fetcher=network, options=RevocationOptions(total_seconds=0))
    assert used_up.statuses[0].code == "timeout"
    assert len(network.asked) == 2


def test_the_limits_asked_for(world: World, leaf: IssuedCertificate) -> None:
    network = Recording({})
    world.check(leaf, fetcher=network)
    limits = {request.url: request.limit for request in network.asked}
    assert limits == {OCSP_URL: 64 * 1024, CRL_URL: 32 * 1024 * 1024}


# --- attempts


def test_every_attempt_is_told(world: World, leaf: IssuedCertificate, network: Recording) -> None:
    network.answers[OCSP_URL] = lambda _r: b"<html>"
    result = world.check(leaf, fetcher=network, crls=[world.crl_case(leaf).crl(next_update=None)])
    told = [(a.source, a.origin, a.url, a.code) for a in result.certificates[0].attempts]
    assert told == [
        (SourceKind.CRL, Origin.SUPPLIED, "", "no-next-update"),
        (SourceKind.OCSP, Origin.NETWORK, OCSP_URL, "not-der"),
        (SourceKind.CRL, Origin.NETWORK, CRL_URL, ""),
    ]
    assert all(attempt.seconds >= 0 for attempt in result.attempts)
    assert result.attempts[2].produced == MOMENT - timedelta(hours=2)
    assert pickle.loads(pickle.dumps(result.outcomes)) == result.outcomes


def test_what_was_handed_in_and_cannot_be_used_is_told(world: World) -> None:
    result = world.check(world.plain, crls=[b"<html>", world.crl_case(world.plain).crl()], ocsp_responses=[b"\x30"])
    assert result.statuses[0].is_good
    codes = [attempt.code for attempt in result.certificates[0].attempts]
    assert codes == ["not-der", "truncated", ""]
    report = Report("x", result.outcomes)
    assert report.verdict is Verdict.PASSED
    assert report.codes() == {"revocation.source.readable"}


def test_a_list_read_before_serves_many_certificates(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its index and its signature are kept with it."""
    leaves = [world.leaf() for _ in range(3)]
    case = world.crl_case(leaves[2])
    kept = read_crl(case.listing())
    kinds = [world.check(leaf, crls=[kept]).statuses[0].kind for leaf in leaves]
    assert kinds == [StatusKind.GOOD, StatusKind.GOOD, StatusKind.REVOKED]
    assert kept.was_checked_with(load_cached(leaves[0].path[1].der).spki)


@pytest.mark.slow
def test_many_attempts_of_a_flooded_check_stay_bounded(world: World) -> None:
    lists = [world.crl_case(world.plain).crl()] * 1500
    result = world.check(world.plain, crls=lists)
    assert len(result.attempts) < 1100
    assert result.statuses[0].is_good


# --- policies and the report


@pytest.mark.parametrize(
    ("policy", "unknown", "revoked"),
    [
        (RevocationPolicy.REQUIRE, Verdict.FAILED, Verdict.FAILED),
        (RevocationPolicy.PREFER, Verdict.PASSED, Verdict.FAILED),
    ],
)
def test_policies(world: World, policy: RevocationPolicy, unknown: Verdict, revoked: Verdict) -> None:
    case = world.crl_case(world.plain)

    def verdict(crl: bytes) -> Verdict:
        return Report("x", world.check(world.plain, crls=[crl], policy=policy).outcomes).verdict

    assert verdict(case.crl()) is Verdict.PASSED
    assert verdict(case.crl(next_update=None)) is unknown
    assert verdict(case.listing()) is revoked


def test_off_looks_at_nothing_and_says_so(world: World, leaf: IssuedCertificate, network: Recording) -> None:
    result = world.check(leaf, fetcher=network, crls=[world.crl_case(leaf).listing()], policy=RevocationPolicy.OFF)
    assert {status.kind for status in result.statuses} == {StatusKind.NOT_CHECKED}
    assert network.asked == []
    report = Report("x", result.outcomes)
    assert report.codes() == {"revocation.policy.off"}
    assert report.worst is Severity.NOTICE


def test_could_not_check_is_never_valid(world: World) -> None:
    """Offline, with nothing at hand, in every role of the path."""
    path = [link.der for link in world.plain.path]
    result = check_revocation(path, moment=MOMENT)
    assert [status.kind for status in result.statuses] == [StatusKind.UNKNOWN] * 3
    assert [status.code for status in result.statuses] == ["no-source", "offline", "offline"]
    report = Report("x", result.outcomes)
    assert report.verdict is Verdict.INDETERMINATE  # nobody was heard: not valid, and not invalid either
    assert {"revocation.status.revoked", "revocation.status.unknown"} <= report.codes(Status.NOT_CHECKED)


def test_every_code_of_the_matrix_has_its_rule_and_its_sentences() -> None:
    codes = {fault.code for fault in faults().values() if fault.code and fault.kind != "aia"}
    as_codes = [fault_of(code) if code.startswith("http-") else AttemptCode(code) for code in codes]
    assert {rule_of_code(code) for code in as_codes} <= set(RULES)


def test_every_code_step_and_note_has_its_rule_and_every_rule_is_reached() -> None:
    of_codes = {rule_of_code(code) for code in AttemptCode}
    assert set(STEP_RULES) == set(AttemptStep)
    assert set(NOTE_RULES) == set(Note)
    assert rule_of_code(HttpStatus(503)) in of_codes
    of_status = {"revocation.status.revoked", "revocation.status.unknown", "revocation.status.unconfirmed"}
    reached = {rule.code for rule in of_codes | set(STEP_RULES.values()) | set(NOTE_RULES.values())}
    assert reached | of_status == {rule.code for rule in RULES}
    with pytest.raises(KeyError):
        rule_of_code("stalle")  # type: ignore[arg-type]  # that is the test


def test_every_fault_of_a_fetcher_has_its_code() -> None:
    for fault in FetchFault:
        assert code_of_fault(fault) is AttemptCode(fault.value)
    assert code_of_fault(HttpStatus(404)) == "http-404"


def test_every_finding_names_the_certificate_and_reads_in_both_languages(world: World, leaf: IssuedCertificate) -> None:
    forged = world.crl_case(leaf).crl(signing_key=world.stranger.key)
    network = Recording({CRL_URL: lambda _request: forged})
    result = world.check(leaf, fetcher=network)
    told = Report("x", result.outcomes).findings
    assert {outcome.rule.code for outcome in told} == {
        "revocation.status.unknown",
        "revocation.crl.signature",
        "revocation.source.reachable",
    }
    for outcome in told:
        assert outcome.certificate is not None
        for language in LANGUAGES:
            text = outcome_message(outcome, language)
            assert "?" not in text.message
            assert "{" not in text.message + text.remedy


def test_what_the_limit_cuts_off_is_said(world: World) -> None:
    """Of a thousand and two, two are not looked at: the report says so, whatever the others prove."""
    case = world.crl_case(world.plain)
    good, elsewhere = read_crl(case.crl()), read_crl(world.stranger.crl(moment=MOMENT))
    for kind, crls, responses in (("CRL", [good, *[elsewhere] * 1001], []), ("OCSP", [good], [b"<html>"] * 1002)):
        found = world.check(world.plain, crls=crls, ocsp_responses=responses)
        told = [o for o in found.outcomes if o.rule.code == "revocation.source.limit" and o.status == "violated"]
        assert [o.params["source"] for o in told] == [kind]
        count = 1002 if kind == "OCSP" else len(crls) + len(world.upper_crls)
        assert told[0].params["detail"] == f"1000/{count}"
        assert found.statuses[0].is_good
