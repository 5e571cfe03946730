"""Certificates by the hundred: real PKIoverheid ones, NIST PKITS, x509-limbo and cryptography's own vectors."""

from __future__ import annotations

import base64
import json
import re
from functools import cache
from pathlib import Path

import cryptography_vectors

from tests.support.shared import shared

_PEM = re.compile(rb"-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----([^-]+)-----END")
_VECTORS = Path(cryptography_vectors.__file__).parent


def ders(pem: bytes) -> list[bytes]:
    return [base64.b64decode(b"".join(match.split())) for match in _PEM.findall(pem)]


def _of_folder(folder: Path, pattern: str) -> dict[str, bytes]:
    found = {}
    for path in sorted(folder.glob(pattern)):
        for number, der in enumerate(ders(path.read_bytes())):
            found[f"{path.name}#{number}"] = der
    return found


@cache
def real() -> dict[str, bytes]:
    """The end-entity samples with their chains, and every anchor."""
    samples = _of_folder(shared("samples/certificates"), "*.pem")
    return {**samples, **_of_folder(shared("anchors"), "*.pem")}


@cache
def pkits() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((_VECTORS / "x509" / "PKITS_data" / "certs").glob("*.crt"))}


@cache
def limbo() -> dict[str, bytes]:
    found = {}
    for case in json.loads(shared("conformance/limbo.json").read_text())["testcases"]:
        presented = (*case["trusted_certs"], *case["untrusted_intermediates"], case["peer_certificate"])
        for number, pem in enumerate(presented):
            found[f"{case['id']}#{number}"] = ders(pem.encode())[0]
    return found


@cache
def vectors() -> dict[str, bytes]:
    """cryptography's certificates, malformed ones included."""
    folder = _VECTORS / "x509"
    found = {p.name: p.read_bytes() for p in sorted(folder.rglob("*.der")) if "PKITS" not in str(p)}
    return {**_of_folder(folder, "*.pem"), **_of_folder(folder / "custom", "*.pem"), **found}
