"""A certificate of the other side is told as theirs, also where it is judged again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate, load_pem_x509_certificates

from tests.connections.support import certificate
from tests.portfolio.support import CHAIN, scanned
from tests.support.chains import MOMENT
from tests.support.deliveries import metadata_of, pkcs12_of


def test_it_is_theirs_whatever_its_chain_lies_in(tmp_path: Path) -> None:
    """What is judged again once all authorities are known, is asked as before."""
    own = load_pem_x509_certificate(certificate(end=MOMENT + timedelta(days=20))).public_bytes(Encoding.DER)
    chain = [each.public_bytes(Encoding.DER) for each in load_pem_x509_certificates(CHAIN)]
    told = []
    for name, data in {"ca.pem": CHAIN, "ca.p12": pkcs12_of(*(("ca", each, None) for each in chain))}.items():
        folder = tmp_path / name.replace(".", "-")
        folder.mkdir()
        (folder / "idp.xml").write_bytes(metadata_of((None, own), kind="IDPSSODescriptor"))
        (folder / name).write_bytes(data)
        (judged,) = scanned(folder).judged
        found = [(one.rule.code, one.certificate and one.certificate.of_provider) for one in judged.findings]
        assert all(whose for _, whose in found if whose is not None)
        told.append([each for each in found if not each[0].startswith("delivery.")])
    assert told[0] == told[1]
    assert any(whose for _, whose in told[0])
