"""The OCSP responder, judged by cryptography's reader and by our own."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from hypothesis import given
from hypothesis import strategies as st

from pkitools.errors import InputError
from pkitools.revocation.ocsp import build_request
from pkitools.x509.path_certificate import load_cached
from pkitools_test_pki import der
from pkitools_test_pki.authority import Authority
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.keys import elliptic_keys
from pkitools_test_pki.pki import PKI, build
from pkitools_test_pki.server.ocsp import read_request
from pkitools_test_pki.server.responder import Mode, Responder
from pkitools_test_pki.server.routing import Router
from pkitools_test_pki.server.served_pki import ServedMemoryPKI
from tests.support.effort import examples
from tests.support.serving import MOMENT, Clock, ask

HASHES = (hashes.SHA1(), hashes.SHA256(), hashes.SHA384(), hashes.SHA512())
NONCE = bytes(range(32))


@pytest.fixture
def tsp(pki: PKI) -> Authority:
    return pki["g3-server-tsp"]


@pytest.fixture
def leaf(tsp: Authority) -> IssuedCertificate:
    return tsp.issue()


@pytest.fixture
def responder(pki: PKI) -> Responder:
    return Responder(ServedMemoryPKI(pki))


def request(
    leaf: IssuedCertificate, nonce: bytes | None = None, algorithm: hashes.HashAlgorithm | None = None
) -> bytes:
    assert leaf.issuer is not None
    builder = ocsp.OCSPRequestBuilder().add_certificate(leaf.load(), leaf.issuer.load(), algorithm or hashes.SHA1())
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(Encoding.DER)


def answer(
    responder: Responder, tsp: Authority, asked: bytes, *, mode: Mode = "delegated", at: timedelta = timedelta()
) -> ocsp.OCSPResponse:
    return ocsp.load_der_ocsp_response(responder.answer(tsp, asked, mode=mode, moment=MOMENT + at))


def verify(response: ocsp.OCSPResponse, key: object) -> None:
    assert isinstance(key, ec.EllipticCurvePublicKey)
    algorithm = response.signature_hash_algorithm
    assert algorithm is not None
    key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(algorithm))


@pytest.mark.parametrize("algorithm", HASHES, ids=lambda a: a.name)
def test_good_by_the_authority_itself(
    responder: Responder, tsp: Authority, leaf: IssuedCertificate, algorithm: hashes.HashAlgorithm
) -> None:
    response = answer(responder, tsp, request(leaf, algorithm=algorithm), mode="issuer")
    assert response.certificate_status is ocsp.OCSPCertStatus.GOOD
    assert response.serial_number == leaf.serial_number
    assert (response.this_update_utc, response.produced_at_utc) == (MOMENT, MOMENT)
    assert response.next_update_utc == MOMENT + timedelta(hours=1)
    assert response.responder_key_hash == tsp.key_identifier
    assert not response.certificates
    verify(response, tsp.key.public_key())


def test_good_by_a_delegated_responder(responder: Responder, tsp: Authority, leaf: IssuedCertificate) -> None:
    response = answer(responder, tsp, request(leaf))
    (delegate,) = response.certificates
    delegate.verify_directly_issued_by(tsp.certificate.load())
    purposes = delegate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(purposes) == [x509.ExtendedKeyUsageOID.OCSP_SIGNING]
    assert delegate.extensions.get_extension_for_class(x509.OCSPNoCheck)
    verify(response, delegate.public_key())


def test_the_responder_is_certified_again_before_it_expires(
    responder: Responder, tsp: Authority, leaf: IssuedCertificate
) -> None:
    first = answer(responder, tsp, request(leaf)).certificates[0]
    assert answer(responder, tsp, request(leaf), at=timedelta(days=100)).certificates[0] == first
    later = answer(responder, tsp, request(leaf), at=timedelta(days=397)).certificates[0]
    assert later.not_valid_after_utc > MOMENT + timedelta(days=397)


def test_revoked_with_moment_and_reason_at_once(responder: Responder, tsp: Authority, leaf: IssuedCertificate) -> None:
    asked = request(leaf)
    assert answer(responder, tsp, asked).certificate_status is ocsp.OCSPCertStatus.GOOD
    tsp.revoke(leaf, "keyCompromise", moment=MOMENT - timedelta(days=1))
    response = answer(responder, tsp, asked)
    assert response.certificate_status is ocsp.OCSPCertStatus.REVOKED
    assert response.revocation_time_utc == MOMENT - timedelta(days=1)
    assert response.revocation_reason is x509.ReasonFlags.key_compromise


def test_a_number_never_issued_is_unknown(responder: Responder, tsp: Authority) -> None:
    elsewhere = build("g3", moment=MOMENT, keys=elliptic_keys)["g3-server-tsp"].issue()
    forged = IssuedCertificate(elsewhere.der, elsewhere.serial_number, "g3-server", tsp.certificate)
    named = (
        ocsp.OCSPRequestBuilder()
        .add_certificate_by_hash(*hashes_of(tsp), forged.serial_number, hashes.SHA1())
        .build()
        .public_bytes(Encoding.DER)
    )
    assert answer(responder, tsp, named).certificate_status is ocsp.OCSPCertStatus.UNKNOWN


def hashes_of(authority: Authority) -> tuple[bytes, bytes]:
    return hashlib.sha1(authority.subject).digest(), authority.key_identifier


def test_of_another_issuer_it_knows_nothing(responder: Responder, pki: PKI, tsp: Authority) -> None:
    """Also of one with the same name and another key."""
    other = build("g3", moment=MOMENT, keys=elliptic_keys)["g3-server-tsp"].issue()
    for stranger in (other, pki["g1-private-tsp"].issue()):
        response = answer(responder, tsp, request(stranger))
        assert response.response_status is ocsp.OCSPResponseStatus.UNAUTHORIZED


def test_several_certificates_in_one_request(responder: Responder, tsp: Authority) -> None:
    leaves = [tsp.issue() for _ in range(3)]
    tsp.revoke(leaves[1])
    single = [read_request(request(leaf)).certificates[0].der for leaf in leaves]
    asked = der.sequence(der.sequence(der.sequence(*(der.sequence(one) for one in single))))
    response = answer(responder, tsp, asked)
    statuses = [one.certificate_status.name for one in response.responses]
    assert statuses == ["GOOD", "REVOKED", "GOOD"]


def test_the_nonce_comes_back_and_such_a_response_is_never_given_twice(
    responder: Responder, tsp: Authority, leaf: IssuedCertificate
) -> None:
    asked = request(leaf, NONCE)
    first = answer(responder, tsp, asked)
    assert first.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == NONCE
    assert answer(responder, tsp, asked).signature != first.signature
    without = answer(responder, tsp, request(leaf))
    assert not list(without.extensions)


@pytest.mark.parametrize(("length", "accepted"), [(0, False), (1, True), (128, True), (129, False)])
def test_a_nonce_of_1_to_128_octets(
    responder: Responder, tsp: Authority, leaf: IssuedCertificate, length: int, accepted: bool
) -> None:
    status = answer(responder, tsp, request(leaf, bytes(length))).response_status
    assert (status is ocsp.OCSPResponseStatus.SUCCESSFUL) is accepted
    assert accepted or status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


def test_responses_are_kept_for_half_their_time(responder: Responder, tsp: Authority, leaf: IssuedCertificate) -> None:
    asked = request(leaf)
    first = responder.answer(tsp, asked, mode="issuer", moment=MOMENT)
    kept = responder.answer(tsp, asked, mode="issuer", moment=MOMENT + timedelta(minutes=29))
    assert kept is first
    assert responder.answer(tsp, asked, mode="issuer", moment=MOMENT + timedelta(minutes=30)) != first
    # a clock that went back: nothing may come from the future
    early = ocsp.load_der_ocsp_response(
        responder.answer(tsp, asked, mode="issuer", moment=MOMENT - timedelta(minutes=1))
    )
    assert early.this_update_utc == MOMENT - timedelta(minutes=1)


def test_the_cache_is_bounded(pki: PKI, tsp: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pkitools_test_pki.server.responder._MAX_KEPT", 5)
    responder = Responder(ServedMemoryPKI(pki))
    leaves = [request(tsp.issue()) for _ in range(8)]
    first = [responder.answer(tsp, asked, mode="issuer", moment=MOMENT) for asked in leaves]
    again = [responder.answer(tsp, asked, mode="issuer", moment=MOMENT) for asked in reversed(leaves)]
    assert [new is old for new, old in zip(again, reversed(first), strict=True)] == [True] * 5 + [False] * 3


# -- what is no request ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [b"", b"\x30", b"\x30\x00", b"GET / HTTP/1.1", b"\x30\x80\x00\x00", bytes(70_000)],
    ids=["empty", "cut", "hollow", "text", "indefinite", "large"],
)
def test_what_is_no_request_is_answered_as_malformed(responder: Responder, tsp: Authority, data: bytes) -> None:
    assert answer(responder, tsp, data).response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


@pytest.fixture(scope="module")
def seed() -> bytes:
    leaf = build("g3", moment=MOMENT, keys=elliptic_keys)["g3-server-tsp"].issue()
    return request(leaf, NONCE)


@examples(300)
@given(data=st.data())
def test_any_bytes_give_a_request_or_our_error(seed: bytes, data: st.DataObject) -> None:
    octets = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(octets) - 1))
        octets[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(octets)))
    try:
        read = read_request(bytes(octets[:cut] if data.draw(st.booleans()) else octets))
    except InputError:
        return
    assert read.certificates


def test_our_own_client_reads_what_it_asked(seed: bytes, tsp: Authority, leaf: IssuedCertificate) -> None:
    ours = build_request(load_cached(leaf.der), load_cached(tsp.certificate.der), NONCE)
    read = read_request(ours)
    assert [asked.serial_number for asked in read.certificates] == [leaf.serial_number]
    assert read.nonce == NONCE


# -- over the addresses ----------------------------------------------------------------------------------------------


def test_by_get_and_by_post_and_by_either_signer(pki: PKI, tsp: Authority, leaf: IssuedCertificate) -> None:
    router = Router(ServedMemoryPKI(pki), clock=Clock(), mode="issuer")
    asked = request(leaf)
    posted = ask(router, f"/ocsp/{tsp.file_name}", method="POST", body=asked)
    assert (posted.status, posted.content_type) == (200, "application/ocsp-response")
    encoded = base64.b64encode(asked).decode()
    for written in (encoded, quote(encoded, safe=""), encoded.replace("/", "%2f"), encoded.rstrip("=")):
        assert ask(router, f"/ocsp/{tsp.file_name}/{written}").body == posted.body
    for room, certificates in (("ocsp-issuer", 0), ("ocsp-delegated", 1)):
        got = ask(router, f"/{room}/{tsp.file_name}", method="POST", body=asked)
        assert len(ocsp.load_der_ocsp_response(got.body).certificates) == certificates
    for nonsense in ("", "/", "/%%%", "/AAAA", "/" + "A" * 100_000):
        said = ask(router, f"/ocsp/{tsp.file_name}{nonsense}")
        status = ocsp.load_der_ocsp_response(said.body).response_status
        assert status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST
    assert ask(router, f"/ocsp/{tsp.file_name}", method="PUT").status == 405
    assert ask(router, "/ocsp/Nobody", method="POST", body=asked).status == 404
