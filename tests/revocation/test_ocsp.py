"""OCSP: messages that other programs make and read, and who may answer for whom."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509 import ocsp

from pkitools.errors import InputError, LimitError
from pkitools.revocation import RevocationOptions, SourceKind, StatusKind
from pkitools.revocation.codes import Note
from pkitools.revocation.ocsp import build_request, read_response
from pkitools.x509.model import Extension
from pkitools.x509.path_certificate import load
from pkitools_test_pki import der
from pkitools_test_pki.algorithms import SignatureScheme
from pkitools_test_pki.faults.crls import full_name, idp
from pkitools_test_pki.faults.http import answer, good
from pkitools_test_pki.faults.responses import NONCE, OCSP_FAULTS, OcspCase, Single, nonce_of
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.keys import elliptic_keys
from tests.revocation.material import MOMENT, World, loopback_fetcher
from tests.support.cases import in_one_test
from tests.support.fault_server import OCSP_TYPE, FaultServer
from tests.support.judges import judge

DAY = timedelta(days=1)


def status(
    world: World, response: bytes, leaf: IssuedCertificate | None = None, **arguments: Any
) -> tuple[StatusKind, str]:
    found = world.check(leaf or world.plain, ocsp_responses=[response], **arguments).statuses[0]
    return found.kind, found.code


GOOD, REVOKED = (StatusKind.GOOD, ""), (StatusKind.REVOKED, "")


def unknown(code: str) -> tuple[StatusKind, str]:
    return StatusKind.UNKNOWN, code


# --- requests


@pytest.mark.parametrize("nonce", [None, b"\x00", bytes(range(32)), bytes(128)])
def test_another_library_reads_our_request(world: World, nonce: bytes | None) -> None:
    leaf, issuer = load(world.plain.der), load(world.tsp.certificate.der)
    request = build_request(leaf, issuer, nonce)
    read = ocsp.load_der_ocsp_request(request)
    same = (
        ocsp.OCSPRequestBuilder()
        .add_certificate(world.plain.load(), world.tsp.certificate.load(), hashes.SHA1())
        .build()
    )
    assert read.serial_number == world.plain.serial_number
    assert (read.issuer_name_hash, read.issuer_key_hash) == (same.issuer_name_hash, same.issuer_key_hash)
    assert [extension.value.nonce for extension in read.extensions] == ([] if nonce is None else [nonce])  # type: ignore[attr-defined]  # only a nonce is there
    assert nonce_of(request) == nonce
    if nonce is None:
        assert request == same.public_bytes(serialization.Encoding.DER)


def test_openssl_answers_our_request_and_we_believe_it(world: World, tmp_path: Path) -> None:
    """OpenSSL reads the request and makes the response, for a good and a revoked certificate."""
    openssl = judge("openssl")
    leaf, issuer = load(world.plain.der), load(world.tsp.certificate.der)
    (tmp_path / "request").write_bytes(build_request(leaf, issuer, bytes(32)))
    (tmp_path / "ca.pem").write_bytes(world.tsp.certificate.pem)
    assert world.tsp.key is not None
    private = world.tsp.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "ca.key").write_bytes(private)
    for line, kind in (("V\t361122000000Z\t\t", "good"), ("R\t361122000000Z\t200101000000Z,superseded\t", "revoked")):
        (tmp_path / "index").write_text(f"{line}{leaf.serial_number:040X}\tunknown\t/CN=x\n")
        command = [openssl, "ocsp", "-index", "index", "-CA", "ca.pem", "-rsigner", "ca.pem", "-rkey", "ca.key"]
        command += ["-reqin", "request", "-respout", "response", "-ndays", "7"]
        subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
        data = (tmp_path / "response").read_bytes()
        read = read_response(data)
        assert read.nonce == bytes(32)
        assert [single.status for single in read.responses] == [kind]
        produced = read.responses[0].this_update
        found = world.check(world.plain, ocsp_responses=[data], moment=produced).certificates[0]
        # OpenSSL signs for now, which may lie outside our material's validity: the signature is what is looked at
        assert "signature" in found.attempts[0].passed
        assert "no-match" in found.attempts[0].passed


# --- responses of another library


def made_elsewhere(
    world: World,
    *,
    digest: Any = None,
    by_key: bool = False,
    responder: IssuedCertificate | None = None,
    said: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD,
    nonce: bytes | None = None,
) -> bytes:
    signer = responder.load() if responder else world.tsp.certificate.load()
    key: Any = responder.key if responder else world.tsp.key
    revoked = said is ocsp.OCSPCertStatus.REVOKED
    builder = ocsp.OCSPResponseBuilder().add_response(
        world.plain.load(),
        world.tsp.certificate.load(),
        digest or hashes.SHA1(),
        said,
        MOMENT - timedelta(hours=1),
        MOMENT + DAY,
        MOMENT - DAY if revoked else None,
        None,
    )
    builder = builder.responder_id(
        ocsp.OCSPResponderEncoding.HASH if by_key else ocsp.OCSPResponderEncoding.NAME, signer
    )
    if responder:
        builder = builder.certificates([signer])
    if nonce:
        from cryptography.x509 import OCSPNonce

        builder = builder.add_extension(OCSPNonce(nonce), False)
    return builder.sign(key, hashes.SHA384()).public_bytes(serialization.Encoding.DER)


def signed_today() -> RevocationOptions:
    """That library signs for the day of the test and no other: producedAt may lie so far from the moment."""
    return RevocationOptions(skew=abs(datetime.now(UTC) - MOMENT) + DAY)


@pytest.mark.parametrize("by_key", [False, True])
@pytest.mark.parametrize("digest", [hashes.SHA1(), hashes.SHA256(), hashes.SHA384(), hashes.SHA512()])
@pytest.mark.parametrize("delegated", [False, True])
def test_responses_made_by_another_library(world: World, digest: Any, by_key: bool, delegated: bool) -> None:
    responder = world.tsp.ocsp_responder(moment=MOMENT - DAY) if delegated else None
    made = made_elsewhere(world, digest=digest, by_key=by_key, responder=responder)
    assert status(world, made, options=signed_today()) == GOOD


def test_a_revocation_by_another_library(world: World) -> None:
    found = world.check(world.plain, ocsp_responses=[made_elsewhere(world, said=ocsp.OCSPCertStatus.REVOKED)])
    assert found.statuses[0].kind is StatusKind.REVOKED
    assert found.statuses[0].revoked_at == MOMENT - DAY
    assert found.statuses[0].reason is None


def test_a_hash_nobody_knows_matches_nothing(world: World) -> None:
    made = made_elsewhere(world, digest=hashes.SHA224())
    assert status(world, made) == unknown("no-match")


# --- who may answer


def delegated(world: World, certificate: IssuedCertificate, key: Any = None) -> bytes:
    return world.ocsp_case(world.plain).delegated(world.tsp, certificate, key)


FORGERIES: dict[str, Callable[[World], bytes]] = {
    "issued in the authority's name by another key": lambda w: delegated(
        w, w.tsp.ocsp_responder(moment=MOMENT - DAY, signing_key=w.stranger.key)
    ),
    "another key than the certificate's": lambda w: delegated(
        w, w.tsp.ocsp_responder(moment=MOMENT - DAY), elliptic_keys("ec:P-256")
    ),
    "keyUsage without digitalSignature": lambda w: delegated(
        w, w.tsp.ocsp_responder(moment=MOMENT - DAY, key_usage=["keyEncipherment"])
    ),
    "not yet valid": lambda w: delegated(w, w.tsp.ocsp_responder(moment=MOMENT + DAY)),
    "an unknown critical extension": lambda w: delegated(
        w, w.tsp.ocsp_responder(moment=MOMENT - DAY, extensions=[Extension("2.999", True, der.NULL)])
    ),
    "the authority's name, a stranger's key": lambda w: w.ocsp_case(w.plain).signed(key=w.stranger.key),
    "the name of an authority above": lambda w: w.ocsp_case(w.plain).signed(
        responder=w.domain.subject, key=w.domain.key
    ),
    "an authority above, sent along": lambda w: w.ocsp_case(w.plain).signed(
        responder=w.domain.subject, key=w.domain.key, certificates=[w.domain.certificate.der]
    ),
    "the certificate itself": lambda w: delegated(w, w.plain),
    "no certificate sent along": lambda w: w.ocsp_case(w.plain).signed(responder=der.sequence(), key=w.stranger.key),
    "a certificate that is none": lambda w: w.ocsp_case(w.plain).signed(
        responder=der.sequence(), key=w.stranger.key, certificates=[der.sequence()]
    ),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_nobody_else_may_answer(world: World, forgery: str) -> None:
    kind, code = status(world, FORGERIES[forgery](world))
    assert kind is StatusKind.UNKNOWN
    assert code in {"responder", "signature"}


def test_a_responder_without_nocheck_is_looked_up_itself(world: World) -> None:
    """Its own list must say good; without one its word counts for nothing, with ocsp-nocheck it does."""
    url = "http://crl.example/responders.crl"
    responder = world.tsp.issue(
        moment=MOMENT - DAY, key_usage=["digitalSignature"], extended_key_usage=["OCSPSigning"], crl_urls=[url]
    )
    response = delegated(world, responder)
    assert status(world, response) == unknown("responder")
    partition = world.crl_case(world.plain).crl(extensions=[idp(full_name(url))])
    found = world.check(world.plain, ocsp_responses=[response], crls=[partition])
    assert found.statuses[0].is_good
    assert {attempt.certificate.role for attempt in found.attempts} >= {"ocsp_responder", "end_entity"}
    assert status(world, delegated(world, world.tsp.ocsp_responder(moment=MOMENT - DAY))) == GOOD


def test_a_responder_with_nocheck_that_a_list_at_hand_revokes(world: World) -> None:
    url = "http://crl.example/responders.crl"
    responder = world.tsp.ocsp_responder(moment=MOMENT - DAY, crl_urls=[url])
    case = world.crl_case(responder)
    partition = case.crl(extensions=[idp(full_name(url))], revocations=[case.entry("keyCompromise")])
    assert status(world, delegated(world, responder)) == GOOD
    found = world.check(world.plain, ocsp_responses=[delegated(world, responder)], crls=[partition]).certificates[0]
    assert found.status.kind is StatusKind.UNKNOWN
    assert "responder" in {attempt.code for attempt in found.attempts}


# --- reading


BROKEN = {
    "not der": (b"<html>", "ocsp_not_der"),
    "empty": (b"", "ocsp_not_der"),
    "truncated": (b"\x30\x20\x0a\x01\x00", "ocsp_truncated"),
    "unknown status": (b"\x30\x03\x0a\x01\x04", "ocsp_malformed"),
    "no parts": (b"\x30\x00", "ocsp_malformed"),
    "another type": (
        der.sequence(der.integer(0, 0x0A), der.context(0, der.sequence(der.oid("2.999"), der.octets(b"")))),
        "ocsp_malformed",
    ),
    "nothing inside": (
        der.sequence(
            der.integer(0, 0x0A), der.context(0, der.sequence(der.oid("1.3.6.1.5.5.7.48.1.1"), der.octets(b"")))
        ),
        "ocsp_malformed",
    ),
}


@in_one_test
@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_response(name: str) -> None:
    data, code = BROKEN[name]
    with pytest.raises(InputError) as error:
        read_response(data)
    assert error.value.code == f"revocation.error.{code}"


@pytest.mark.slow
def test_limits_on_what_a_response_holds(world: World) -> None:
    case = world.ocsp_case(world.plain)
    assert len(read_response(case.signed(*(case.single(serial_number=n) for n in range(100)))).responses) == 100
    with pytest.raises(LimitError):
        read_response(case.signed(*(case.single(serial_number=n) for n in range(101))))
    with pytest.raises(LimitError):
        read_response(OCSP_FAULTS["O10.ten-thousand"](case))
    with pytest.raises(LimitError):
        read_response(case.signed(certificates=[world.plain.der] * 11))
    data = case.signed()
    assert read_response(data, limit=len(data))
    with pytest.raises(LimitError):
        read_response(data, limit=len(data) - 1)


@pytest.mark.parametrize("octets", [0, 129])
def test_a_nonce_of_a_size_that_is_none(world: World, octets: int) -> None:
    extra = [Extension(NONCE, False, der.octets(bytes(octets)))]
    with pytest.raises(InputError):
        read_response(world.ocsp_case(world.plain).signed(extra=extra, nonce=None))


@pytest.mark.slow
def test_no_bit_of_a_response_can_be_turned(world: World) -> None:
    """All bits of the signature and every fifth of the rest; a good answer never stays one by chance."""
    data = world.ocsp_case(world.plain).signed()
    size = 8 * len(data)
    for bit in [*range(0, size - 900, 5), *range(size - 900, size)]:
        flipped = bytearray(data)
        flipped[bit >> 3] ^= 0x80 >> (bit & 7)
        kind, _ = status(world, bytes(flipped))
        assert kind is StatusKind.UNKNOWN, bit


# --- time and nonce


def test_a_revocation_counts_from_a_stale_response_and_a_hold_does_not(world: World) -> None:
    case = world.ocsp_case(world.plain)
    old: dict[str, Any] = {"this_update": MOMENT - 9 * DAY, "next_update": MOMENT - 8 * DAY, "status": "revoked"}
    for reason, expected in ((None, REVOKED), ("keyCompromise", REVOKED), ("certificateHold", unknown("stale"))):
        made = case.signed(case.single(reason=reason, revoked_at=MOMENT - 10 * DAY, **old))
        assert status(world, made) == expected


@pytest.mark.parametrize(("seconds", "expected"), [(299, GOOD), (301, unknown("not-yet"))])
def test_the_skew_ahead(world: World, seconds: int, expected: tuple[StatusKind, str]) -> None:
    case = world.ocsp_case(world.plain)
    made = case.signed(case.single(this_update=MOMENT + timedelta(seconds=seconds)), produced_at=MOMENT)
    assert status(world, made) == expected


@pytest.mark.parametrize(("seconds", "expected"), [(299, GOOD), (301, unknown("stale"))])
def test_the_skew_behind(world: World, seconds: int, expected: tuple[StatusKind, str]) -> None:
    case = world.ocsp_case(world.plain)
    made = case.signed(case.single(next_update=MOMENT - timedelta(seconds=seconds)))
    assert status(world, made) == expected


def test_of_several_answers_the_one_that_holds_shortest_decides(world: World) -> None:
    case = world.ocsp_case(world.plain)
    assert status(world, case.signed(case.single(), case.single(next_update=MOMENT - DAY))) == unknown("stale")
    assert status(world, case.signed(case.single(), case.single(status="unknown"))) == unknown("ocsp-unknown")


def test_a_handed_in_response_cannot_answer_a_required_nonce(world: World) -> None:
    made = made_elsewhere(world, nonce=bytes(32))
    assert status(world, made, options=signed_today()) == GOOD
    assert status(world, made, options=RevocationOptions(require_nonce=True)) == unknown("nonce")


def test_a_fresh_nonce_is_sent_each_time(world: World, server: FaultServer) -> None:
    seen: list[bytes | None] = []
    leaf = world.leaf(ocsp=(server.base_url + "/ocsp",))

    def make(request: bytes) -> bytes:
        seen.append(nonce_of(request))
        return OCSP_FAULTS["O1.issuer"](OcspCase(world.tsp, leaf.serial_number, MOMENT, request))

    server.serve_made("/ocsp", make)
    for nonce in (True, True, False):
        options = RevocationOptions(nonce=nonce)
        assert world.check(leaf, fetcher=loopback_fetcher(server.port), options=options).statuses[0].is_good
    assert len(set(seen)) == 3
    assert {len(nonce) for nonce in seen if nonce} == {32}
    assert seen[2] is None


# --- falling back


def test_when_the_responder_does_not_know_the_list_decides(world: World, server: FaultServer) -> None:
    leaf = world.leaf(ocsp=(server.base_url + "/ocsp",), crl=(server.base_url + "/list.crl",))
    for fault in ("O2.unknown", "O3.try-later", "O5.bit", "O4.self-signed"):
        case = world.ocsp_case(leaf)
        made = OCSP_FAULTS[fault](case)
        server.serve("/ocsp", lambda exchange, made=made: answer(exchange, made, OCSP_TYPE))  # type: ignore[misc]  # a default binds it
        server.serve("/list.crl", good, world.crl_case(leaf).crl())
        found = world.check(leaf, fetcher=loopback_fetcher(server.port)).certificates[0]
        assert found.status.is_good
        assert [attempt.source for attempt in found.attempts] == [SourceKind.OCSP, SourceKind.CRL]
        assert found.attempts[0].code
        server.serve("/list.crl", good, world.crl_case(leaf).listing())
        assert world.check(leaf, fetcher=loopback_fetcher(server.port)).statuses[0].kind is StatusKind.REVOKED


def test_a_response_about_an_authority_is_used_for_it(world: World) -> None:
    """G3 authorities had OCSP: the response is about the certificate one level up."""
    single = Single(
        world.tsp.certificate.serial_number,
        world.domain.subject,
        world.domain.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        ),
        MOMENT - DAY,
        MOMENT + DAY,
    )
    made = OcspCase(world.domain, 0, MOMENT).signed(single)
    from pkitools.revocation import check_revocation

    path = [link.der for link in world.plain.path]
    found = check_revocation(path, moment=MOMENT, ocsp_responses=[made]).statuses
    assert [one.kind for one in found] == [StatusKind.UNKNOWN, StatusKind.GOOD, StatusKind.UNKNOWN]


def rebuilt(world: World, *, version: bytes = b"", single: bytes | None = None, certificates: bytes = b"") -> bytes:
    """A response that is signed and structured by hand."""
    tsp = world.tsp
    answers = world.ocsp_case(world.plain).single().encoded() if single is None else single
    tbs = der.sequence(version, der.context(1, tsp.subject), der.generalized_time(MOMENT), der.sequence(answers))
    signature = der.bits(tsp.signature.sign(tsp.key, tbs))
    basic = der.sequence(tbs, tsp.signature.algorithm_identifier, signature, certificates)
    body = der.sequence(der.oid("1.3.6.1.5.5.7.48.1.1"), der.octets(basic))
    return der.sequence(der.integer(0, 0x0A), der.context(0, body))


def test_a_version_spelled_out_is_the_first(world: World) -> None:
    assert status(world, rebuilt(world)) == GOOD
    assert status(world, rebuilt(world, version=der.context(0, der.integer(0)))) == GOOD
    assert status(world, rebuilt(world, version=der.context(0, der.integer(1)))) == unknown("malformed")


def parts_of_single(world: World, status_part: bytes, *more: bytes) -> bytes:
    from pkitools.x509.der import children, encoded, root

    good_one = world.ocsp_case(world.plain).single().encoded()
    identifier, _status, this_update, *rest = (
        encoded(good_one, node) for node in children(good_one, root(good_one, 0x30))
    )
    return der.sequence(identifier, status_part, this_update, *rest, *more)


@pytest.mark.parametrize(
    ("status_part", "more"),
    [
        (b"\x80\x01\x00", ()),
        (b"\x83\x00", ()),
        (b"\xa1\x00", ()),
        (der.context(1, der.generalized_time(MOMENT), der.context(0, der.integer(7, 0x0A))), ()),
        (der.context(1, der.generalized_time(MOMENT), der.context(0, der.integer(1))), ()),
        (der.context(1, der.time(MOMENT)), ()),
        (b"\x80\x00", (b"\x05\x00",)),
        (b"\x80\x00", (b"\x05\x00", b"\x05\x00")),
    ],
)
def test_answers_that_are_none(world: World, status_part: bytes, more: tuple[bytes, ...]) -> None:
    assert status(world, rebuilt(world, single=parts_of_single(world, b"\x80\x00"))) == GOOD
    assert status(world, rebuilt(world, single=parts_of_single(world, status_part, *more))) == unknown("malformed")


def test_the_responder_among_other_certificates(world: World) -> None:
    responder = world.tsp.ocsp_responder(moment=MOMENT - DAY)
    case = world.ocsp_case(world.plain)
    assert responder.key is not None
    others = [der.sequence(), world.plain.der, responder.der]
    made = case.signed(responder=responder.facts.subject.der, key=responder.key, certificates=others)
    assert status(world, made) == GOOD


def test_the_budget_ends_responses_too(world: World) -> None:
    forged = FORGERIES["the authority's name, a stranger's key"](world)
    responses = [forged] * 120
    found = world.check(world.plain, ocsp_responses=[*responses, world.ocsp_case(world.plain).signed()])
    assert found.statuses[0].code == "limit"
    delegate = FORGERIES["issued in the authority's name by another key"](world)
    found = world.check(world.plain, ocsp_responses=[*([delegate] * 120), world.ocsp_case(world.plain).signed()])
    assert not found.statuses[0].is_good


YEARS = timedelta(days=3650)


@pytest.mark.parametrize(
    ("produced", "expected"),
    [
        (timedelta(seconds=299), GOOD),
        (timedelta(seconds=301), unknown("produced-at")),
        (YEARS, unknown("produced-at")),
        (-timedelta(hours=2, seconds=299), GOOD),
        (-timedelta(hours=2, seconds=301), unknown("produced-at")),
        (-YEARS, unknown("produced-at")),
    ],
)
def test_a_response_is_signed_after_what_it_says_and_before_it_is_used(
    world: World, produced: timedelta, expected: tuple[StatusKind, str]
) -> None:
    case = world.ocsp_case(world.plain)  # it says what was known two hours ago
    assert status(world, case.signed(produced_at=MOMENT + produced)) == expected
    # revoked is revoked
    made = case.signed(case.single(status="revoked", revoked_at=MOMENT - DAY), produced_at=MOMENT + produced)
    assert status(world, made) == REVOKED


@pytest.mark.parametrize(("bits", "expected"), [(1024, unknown("weak-key")), (2047, unknown("weak-key")), (2048, GOOD)])
def test_a_short_rsa_key_signs_no_response(world: World, bits: int, expected: tuple[StatusKind, str]) -> None:
    key = rsa.generate_private_key(65537, bits)
    responder = world.tsp.ocsp_responder(moment=MOMENT - DAY, key=key)
    made = world.ocsp_case(world.plain).signed(
        responder=responder.facts.subject.der,
        key=key,
        scheme=SignatureScheme("pkcs1", "sha256"),
        certificates=[responder.der],
    )
    assert status(world, made) == expected


@pytest.mark.parametrize("days", [1, 9, 10, 11, 40, 366, 367, 400])
@pytest.mark.parametrize("of_authority", [False, True])
def test_a_response_that_is_older_than_any_may_be_is_told_and_used(world: World, days: int, of_authority: bool) -> None:
    """Whatever it says of how long it holds; about an authority it may be a year old."""
    asked, issuer = (world.tsp.certificate, world.domain) if of_authority else (world.plain, world.tsp)
    case = world.ocsp_case(asked, authority=issuer) if of_authority else world.ocsp_case(asked)
    single = case.single(this_update=MOMENT - timedelta(days=days), next_update=MOMENT + timedelta(days=3650))
    found = world.check(world.plain, ocsp_responses=[case.signed(single)])
    (attempt,) = [a for a in found.attempts if a.source is SourceKind.OCSP]
    assert (attempt.code, attempt.status.kind) == ("", StatusKind.GOOD)
    assert (Note.OLD in attempt.notes) is (days > (366 if of_authority else 10))
