"""The whole judgement of one certificate: path, CRLs at hand, environment, OIN, all rules and a system."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from benchmarks._timing import interleaved, rows
from pkitools.checking import Revocation, check
from pkitools.environment import Environment
from pkitools.revocation import RevocationPolicy, read_crl
from pkitools.trust import TrustStore
from pkitools_test_pki.keys import KeyPool
from pkitools_test_pki.pki import build

MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def run() -> list[tuple[str, str]]:
    """Return the time of a whole check against the three signature checks of its path."""
    pki = build("g4-tls", moment=MOMENT, keys=KeyPool())
    issued = pki.issue(dns=["koppeling.voorbeeld.nl"])
    path = [issued, *issued.intermediates, issued.root]
    crls = tuple(read_crl(authority.crl()) for authority in pki)
    trust = TrustStore.from_der([issued.root.der])
    loaded = [x509.load_der_x509_certificate(part.der) for part in path]

    def signatures() -> None:
        for child, parent in pairwise(loaded):
            key = parent.public_key()
            assert isinstance(key, rsa.RSAPublicKey)
            parameters, hash_algorithm = child.signature_algorithm_parameters, child.signature_hash_algorithm
            key.verify(child.signature, child.tbs_certificate_bytes, parameters, hash_algorithm)  # type: ignore[arg-type]  # RSA always has both

    def whole() -> None:
        check(
            issued.der,
            moment=MOMENT,
            environment=Environment.PREPRODUCTION,
            systems=("digid-machtigen",),
            intermediates=[part.der for part in issued.intermediates],
            trust=trust,
            revocation=Revocation(policy=RevocationPolicy.REQUIRE, crls=crls),
        )

    measured = interleaved({"three bare signature checks (RSA-4096)": signatures, "check: everything": whole})
    return rows(measured, "three bare signature checks (RSA-4096)")
