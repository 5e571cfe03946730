"""Path validation, as ratios to what cannot be avoided: the bare signature checks, keys loaded beforehand.

Chains as PKIoverheid has them: root, domain and TSP with RSA 4096, a hundred end entities of one TSP; G1 signed with
PKCS #1 v1.5 and SHA-256, G4 with RSASSA-PSS and SHA-512. All candidates run in turn, everything from DER.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from pyhanko_certvalidator import CertificateValidator, ValidationContext

from pkitools.validation import validate_many, validate_path

MOMENT = datetime(2026, 11, 22, tzinfo=UTC)
LEAVES, ROUNDS = 100, 15
POLICY = x509.ObjectIdentifier("2.16.528.1.1003.1.2.44.15.35.11")

Sample = Callable[[int], object]


@dataclass(frozen=True)
class Chain:
    root: bytes
    domain: bytes
    tsp: bytes
    leaves: list[bytes]


@cache
def keys() -> tuple[list[rsa.RSAPrivateKey], rsa.RSAPrivateKey, rsa.RSAPrivateKey]:
    authorities = [rsa.generate_private_key(65537, 4096) for _ in range(3)]
    return authorities, rsa.generate_private_key(65537, 2048), rsa.generate_private_key(65537, 3072)


def chain(pss: bool) -> Chain:
    authorities, small, large = keys()
    digest: hashes.HashAlgorithm = hashes.SHA512() if pss else hashes.SHA256()
    scheme = padding.PSS(padding.MGF1(digest), 64) if pss else None
    key = large if pss else small
    names = [name(f"Level {n}") for n in range(3)]

    def issue(
        subject: x509.Name, holder: rsa.RSAPrivateKey, level: int, *extensions: tuple[x509.ExtensionType, bool]
    ) -> bytes:
        signer = authorities[level]
        builder = (
            x509.CertificateBuilder(names[level], subject, holder.public_key(), x509.random_serial_number())
            .not_valid_before(MOMENT - timedelta(days=30))
            .not_valid_after(MOMENT + timedelta(days=30))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(holder.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
            .add_extension(policies(), critical=False)
            .add_extension(access(), critical=False)
            .add_extension(points(), critical=False)
        )
        for value, critical in extensions:
            builder = builder.add_extension(value, critical)
        return builder.sign(signer, digest, rsa_padding=scheme).public_bytes(Encoding.DER)

    ca = ((x509.BasicConstraints(ca=True, path_length=None), True), (usage(ca=True), True))
    leaves = [
        issue(
            name(f"host{n}.example.nl"),
            key,
            2,
            (usage(ca=False), True),
            (
                x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.CLIENT_AUTH, x509.ExtendedKeyUsageOID.SERVER_AUTH]),
                False,
            ),
            (x509.SubjectAlternativeName([x509.DNSName(f"host{n}.example.nl")]), False),
        )
        for n in range(LEAVES)
    ]
    root, domain, tsp = (issue(names[n], authorities[n], max(0, n - 1), *ca) for n in range(3))
    return Chain(root, domain, tsp, leaves)


def name(common_name: str) -> x509.Name:
    """As PKIoverheid has it: country, organisation, place, OIN and common name."""
    parts = (
        (NameOID.COUNTRY_NAME, "NL"),
        (NameOID.ORGANIZATION_NAME, "Gemeente Voorbeeld"),
        (NameOID.LOCALITY_NAME, "Voorbeeld"),
        (NameOID.SERIAL_NUMBER, "00000001001516814000"),
        (NameOID.COMMON_NAME, common_name),
    )
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def usage(ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(not ca, False, not ca, False, False, ca, ca, False, False)


def policies() -> x509.CertificatePolicies:
    return x509.CertificatePolicies([x509.PolicyInformation(POLICY, ["https://cps.example.nl"])])


def access() -> x509.AuthorityInformationAccess:
    methods = x509.AuthorityInformationAccessOID
    pairs = (methods.OCSP, "http://ocsp.example.nl"), (methods.CA_ISSUERS, "http://cert.example.nl/issuer.cer")
    addresses = [x509.AccessDescription(oid, x509.UniformResourceIdentifier(url)) for oid, url in pairs]
    return x509.AuthorityInformationAccess(addresses)


def points() -> x509.CRLDistributionPoints:
    address = x509.UniformResourceIdentifier("http://crl.example.nl/list.crl")
    return x509.CRLDistributionPoints([x509.DistributionPoint([address], None, None, None)])


def bare(issuer: bytes, der: bytes) -> Callable[[], None]:
    """One signature check with everything at hand."""
    certificate = x509.load_der_x509_certificate(der)
    key = x509.load_der_x509_certificate(issuer).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    scheme, digest = certificate.signature_algorithm_parameters, certificate.signature_hash_algorithm
    assert isinstance(scheme, (padding.PKCS1v15, padding.PSS))
    assert digest is not None
    return partial(key.verify, certificate.signature, certificate.tbs_certificate_bytes, scheme, digest)


def samples(of: Chain) -> dict[str, tuple[int, Sample]]:
    """Name → how many calls make one sample, and the call."""
    above = bare(of.domain, of.tsp), bare(of.root, of.domain)
    below = [bare(of.tsp, leaf) for leaf in of.leaves]
    intermediates, anchors = (of.tsp, of.domain), (of.root,)

    def three(n: int) -> None:
        below[n]()
        for check in above:
            check()

    def ours(n: int) -> None:
        result = validate_path(of.leaves[n], intermediates=intermediates, anchors=anchors, moment=MOMENT)
        assert result.path is not None

    def many(_n: int) -> None:
        found = validate_many(of.leaves, intermediates=intermediates, anchors=anchors, moment=MOMENT)
        assert all(not isinstance(result, Exception) and result.path is not None for result in found)

    def pyhanko(n: int) -> None:
        load = asn1_x509.Certificate.load
        context = ValidationContext(trust_roots=[load(of.root)], moment=MOMENT, allow_fetching=False)
        validator = CertificateValidator(
            load(of.leaves[n]), [load(of.tsp), load(of.domain)], validation_context=context
        )
        asyncio.run(validator.async_validate_usage(set()))

    return {
        "one": (LEAVES, lambda n: below[n]()),
        "three": (LEAVES, three),
        "ours": (LEAVES, ours),
        "many": (1, many),
        "pyhanko": (10, pyhanko),
    }


def medians(of: Chain) -> dict[str, float]:
    """Seconds per call, the median of interleaved rounds."""
    candidates = samples(of)
    seconds: dict[str, list[float]] = {label: [] for label in candidates}
    for _ in range(ROUNDS):
        for label, (calls, call) in candidates.items():
            started = time.perf_counter()
            for n in range(calls):
                call(n)
            seconds[label].append((time.perf_counter() - started) / calls)
    return {label: statistics.median(values) for label, values in seconds.items()}


def run() -> list[tuple[str, str]]:
    rows = []
    for label, pss in (("G1", False), ("G4", True)):
        took = medians(chain(pss))
        many = took["many"] / LEAVES
        rows += [
            (f"{label} path from DER / its three signature checks", f"{took['ours'] / took['three']:.2f}x (goal 2.0)"),
            (f"{label} path from DER, times faster than pyhanko", f"{took['pyhanko'] / took['ours']:.1f}x (goal 12)"),
            (f"{label} validate_many per leaf / one signature check", f"{many / took['one']:.2f}x (goal 2.0)"),
            (f"{label} path from DER", f"{took['ours'] * 1e6:.0f} us"),
        ]
    return rows + pathological()


def pathological() -> list[tuple[str, str]]:
    """The slowest case of x509-limbo, where its file is beside the project."""
    from tests.support.shared import SHARED

    if not (SHARED / "conformance" / "limbo.json").exists():
        return [("slowest case of x509-limbo", "its file is not beside the project")]
    from tests.conformance.limbo import accepts, cases

    slowest, which = 0.0, ""
    for case in cases():
        started = time.perf_counter()
        accepts(case)
        seconds = time.perf_counter() - started
        if seconds > slowest:
            slowest, which = seconds, case.id
    return [(f"slowest case of x509-limbo ({which.rpartition('::')[2]})", f"{slowest * 1e3:.0f} ms (goal 100)")]


if __name__ == "__main__":
    print(json.dumps(run(), indent=1))
