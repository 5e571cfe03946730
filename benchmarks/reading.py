"""Reading a certificate into facts, and making a request, against those who read and sign as much."""

from __future__ import annotations

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from benchmarks.harness import Work
from benchmarks.inputs import world
from pkitools.environment import Environment
from pkitools.profiles import get_profile
from pkitools.requests import RequestPlan, check_request, generate_key, plan_request
from pkitools.x509 import oin_from_certificate, read_certificate


def facts() -> Work:
    return lambda n: read_certificate(world("g4-tls").leaf(n))


def oin() -> Work:
    known = [read_certificate(leaf.der) for leaf in world("g4-tls").leaves]
    return lambda n: oin_from_certificate(known[n % len(known)])


def by_cryptography() -> Work:
    def load(n: int) -> None:
        certificate = x509.load_der_x509_certificate(world("g4-tls").leaf(n))
        list(certificate.extensions)
        list(certificate.subject)
        list(certificate.issuer)
        certificate.public_key()

    return load


def by_asn1crypto() -> Work:
    def load(n: int) -> None:
        certificate = asn1.Certificate.load(world("g4-tls").leaf(n))
        _ = certificate.subject.native, certificate.issuer.native
        for extension in certificate["tbs_certificate"]["extensions"]:
            _ = extension["extn_value"].parsed.native

    return load


def plan(n: int) -> RequestPlan:
    return plan_request(
        get_profile("g4-tls"),
        Environment.PRODUCTION,
        common_name=f"api{n}.example.nl",
        organization="Stichting Zorg, Welzijn en Wonen",
        oin="00000003273229750000",
    )


def request() -> Work:
    key = generate_key("rsa:3072")
    return lambda n: plan(n).sign(key)


def signature() -> Work:
    key, scheme = generate_key("rsa:3072").native, padding.PSS(padding.MGF1(hashes.SHA512()), 64)
    assert isinstance(key, rsa.RSAPrivateKey)
    return lambda n: key.sign(b"%0700d" % n, scheme, hashes.SHA512())


def checked_request() -> Work:
    key, profile = generate_key("rsa:3072"), get_profile("g4-tls")
    ders = [plan(n).sign(key).der for n in range(50)]
    return lambda n: check_request(ders[n % len(ders)], profile)
