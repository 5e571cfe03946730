"""Vectors of the rules about certificate signing requests."""

from __future__ import annotations

from collections.abc import Callable

from pkitools.environment import Environment
from pkitools.findings import Report
from pkitools.frozen import replace
from pkitools.profiles import Acceptance, get_profile, get_tsp
from pkitools.requests import check_request
from pkitools.x509.model import PublicKey
from tests.support.der import UTF8, oid, sequence, tlv
from tests.support.requests import attribute, dns, extension, pooled_key, request, san, small_key, subject
from tests.vectors import Vector

Make = Callable[[], bytes]
TLS, LEGAL, G1, UZI = "g4-tls", "g4-authentication", "g1-server", "uzi-server"
PRODUCTION = Environment.PRODUCTION
LEGAL_SUBJECT = subject(CN="Gemeente Voorbeeld")


def check(
    make: Make,
    profile: str | None = TLS,
    tsp: str | None = None,
    key: Callable[[], PublicKey] | None = None,
    environment: Environment | None = None,
) -> Callable[[], Report]:
    return lambda: check_request(
        make(),
        get_profile(profile) if profile else None,
        tsp=get_tsp(tsp) if tsp else None,
        key=key() if key else None,
        environment=environment,
        raise_crashes=True,
    )


def with_subject(profile: str = TLS, *names: str, **values: str | None) -> Callable[[], Report]:
    return check(lambda: request(subject(**values), *([dns(*names)] if names else [])), profile)


def with_names(*names: str, profile: str = TLS, environment: Environment | None = None) -> Callable[[], Report]:
    return check(lambda: request(subject(), dns(*names)), profile, environment=environment)


def refusing(pss: Acceptance) -> Callable[[], Report]:
    tsp = replace(get_tsp("digicert"), pss=pss)
    return lambda: check_request(request(), get_profile(TLS), tsp=tsp, raise_crashes=True)


good = check(request)
g1 = check(lambda: request(key=pooled_key("rsa:4096"), scheme="pkcs1"), G1)
legal = check(lambda: request(LEGAL_SUBJECT), LEGAL)
CHALLENGE = sequence(oid("1.2.840.113549.1.9.7"), tlv(0x31, tlv(UTF8, b"geheim")))
CA = extension("2.5.29.19", sequence(b"\x01\x01\xff"))
KEY_USAGE = extension("2.5.29.15", b"\x03\x02\x05\xa0")

PAIRS: dict[str, tuple[Callable[[], Report], Callable[[], Report]]] = {
    "csr.signature.valid": (check(lambda: request(spoilt=True)), good),
    "csr.signature.hash": (check(lambda: request(scheme="pkcs1", digest="sha1")), good),
    "csr.signature.scheme": (check(lambda: request(scheme="pkcs1")), good),
    "csr.signature.pss_parameters": (check(lambda: request(salt=32)), good),
    "csr.structure.decodable": (
        check(lambda: request([*subject(CN=None), ("2.5.4.3", UTF8, b"caf\xe9")])),
        good,
    ),
    "csr.structure.challenge_password": (check(lambda: request(attributes=[CHALLENGE])), good),
    "csr.structure.ca": (check(lambda: request(subject(), dns("a.example.nl"), CA)), good),
    "csr.structure.extensions": (check(lambda: request(subject(), dns("a.example.nl"), KEY_USAGE)), good),
    "csr.subject.required": (with_subject(O=None), good),
    "csr.subject.not_allowed": (with_subject(OU="Afdeling"), good),
    "csr.subject.discouraged": (with_subject(G1, "api.example.nl", L="Den Haag"), g1),
    "csr.subject.repeated": (check(lambda: request([*subject(), attribute("O", "Andere")])), good),
    "csr.subject.length": (with_subject(O="x" * 65), good),
    "csr.subject.oin_identifier": (with_subject(organizationIdentifier="OI:NL-00000001822477348000"), good),
    "csr.subject.form": (with_subject(organizationIdentifier="NTRNL-1234"), good),
    "csr.subject.string_type": (check(lambda: request([*subject(O=None), attribute("O", "Oud", 0x14)])), good),
    "csr.subject.text": (with_subject(O="Voor\u202ebeeld"), good),
    "csr.subject.blank": (with_subject(L="PLAATS"), good),
    "csr.oin.missing": (with_subject(serialNumber=None), good),
    "csr.oin.ambiguous": (
        check(lambda: request([*subject(), attribute("serialNumber", "00000003520354760000")])),
        good,
    ),
    "csr.oin.invalid": (with_subject(serialNumber="00000001123456789000"), good),
    "csr.oin.encoding": (
        check(lambda: request([*subject(serialNumber=None), attribute("serialNumber", "00000003273229750000", UTF8)])),
        good,
    ),
    "csr.oin.misplaced": (with_subject(CN="00000003273229750000 api"), good),
    "csr.subject.organization_identifier": (with_subject(organizationIdentifier=None), good),
    "csr.organization.trade_register": (good, with_subject(serialNumber="00000004194049711000")),
    "csr.organization.source_register": (with_subject(serialNumber="00000001822477348000"), good),
    "csr.organization.holder": (with_subject(serialNumber="00000004194049711000"), good),
    "csr.organization.school_register": (with_subject(serialNumber="0000000700025BE00000"), good),
    "csr.organization.care_register": (with_subject(serialNumber="00000009900003800000"), good),
    "csr.oin.organization_identifier": (with_subject(organizationIdentifier="NTRNL-52035476"), good),
    "csr.key.algorithm": (check(lambda: request(key=pooled_key("ec:p-256"))), good),
    "csr.key.size": (check(lambda: request(key=pooled_key("rsa:2048"))), good),
    "csr.key.recommended_size": (check(lambda: request(key=pooled_key("rsa:2048"), scheme="pkcs1"), G1), g1),
    "csr.key.exponent": (check(lambda: request(key=small_key(2048, 3))), good),
    "csr.key.match": (
        check(request, key=lambda: pooled_key("rsa:2048").public),
        check(request, key=lambda: pooled_key().public),
    ),
    "csr.san.required": (check(lambda: request(subject())), good),
    "csr.san.forbidden": (check(lambda: request(LEGAL_SUBJECT, dns("a.example.nl")), LEGAL), legal),
    "csr.san.kind": (
        check(lambda: request(subject(), san(tlv(0x82, b"a.example.nl"), tlv(0x87, b"\x0a\x00\x00\x01")))),
        good,
    ),
    "csr.san.count": (with_names(*(f"n{n}.example.nl" for n in range(101))), good),
    "csr.san.name": (with_names("intern"), good),
    "csr.san.wildcard": (with_names("*.example.nl"), good),
    "csr.san.wildcard_unknown": (with_names("*.example.nl", "api.example.nl", profile=G1), g1),
    "csr.san.localhost": (
        with_names("localhost", environment=PRODUCTION),
        with_names("api.example.nl", environment=PRODUCTION),
    ),
    "csr.san.common_name": (with_names("anders.example.nl", profile=G1), g1),
    "csr.tsp.domain": (
        check(lambda: request(subject(), dns("srv01.gemeente.local")), TLS, "kpn"),
        check(lambda: request(subject(), dns("srv01.gemeente.nl")), TLS, "kpn"),
    ),
    "csr.tsp.known": (check(request, TLS, "cleverbase"), check(request, TLS, "g4-trial")),
    "csr.tsp.own": (
        lambda: check_request(request(), TLS, tsp=replace(get_tsp("kpn"), key_sizes=(3072,)), raise_crashes=True),
        check(request, TLS, "kpn"),
    ),
    "csr.tsp.key_size": (check(request, TLS, "kpn"), check(request, TLS, "digicert")),
    "csr.tsp.signature": (check(request, TLS, "digicert"), check(lambda: request(scheme="pkcs1"), TLS, "digicert")),
    "csr.tsp.hash": (
        check(lambda: request(scheme="pkcs1", digest="sha512"), TLS, "digicert"),
        check(lambda: request(scheme="pkcs1"), TLS, "digicert"),
    ),
    "csr.tsp.subject": (
        check(lambda: request(key=pooled_key("rsa:4096"), scheme="pkcs1"), G1, "kpn"),
        check(
            lambda: request(
                subject(L="Den Haag", ST="Zuid-Holland"),
                dns("api.example.nl"),
                key=pooled_key("rsa:4096"),
                scheme="pkcs1",
            ),
            G1,
            "kpn",
        ),
    ),
    "csr.tsp.oin": (check(request, TLS, "digicert"), check(request, TLS, "g4-trial")),
    "csr.trial.prefix": (
        check(request, TLS, "g4-trial"),
        check(
            lambda: request(subject(CN="TRIAL api", O="TRIAL Gemeente"), dns("api.example.nl")),
            TLS,
            "g4-trial",
        ),
    ),
    "csr.tsp.signature_refused": (refusing(Acceptance.REFUSED), refusing(Acceptance.ACCEPTED)),
    "csr.trial.production": (
        check(request, tsp="g4-trial", environment=PRODUCTION),
        check(request, tsp="g4-trial", environment=Environment.PREPRODUCTION),
    ),
    "csr.trial.oin": (
        check(lambda: request(subject(serialNumber="0000000700025BE00000")), TLS, "g4-trial"),
        check(lambda: request(subject(serialNumber="00000099999999910000")), TLS, "g4-trial"),
    ),
}

VECTORS = [Vector(code, *pair) for code, pair in PAIRS.items()]
