"""Real certificates of PKIoverheid: accepted while valid, refused before and after, by OpenSSL too."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificates

from pkitools.findings import Verdict
from pkitools.trust import anchors as trusted
from pkitools.trust import embedded_certificates, embedded_intermediates
from pkitools.validation import validate_many, validate_path
from pkitools.x509.path_certificate import load
from tests.support.cases import in_one_test
from tests.support.shared import shared
from tests.validation.openssl import openssl_says

FOLDER = shared("samples/certificates")
CHAINS = sorted(FOLDER.glob("*.chain.pem"))
ALL_ROOTS = [c.der for c in embedded_certificates() if c.level == "root"]
SECOND = timedelta(seconds=1)


def chain(path: Path) -> list[bytes]:
    return [c.public_bytes(Encoding.DER) for c in load_pem_x509_certificates(path.read_bytes())]


@in_one_test
@pytest.mark.parametrize("path", CHAINS, ids=lambda p: p.stem)
def test_a_real_chain_is_accepted_within_its_validity_only(path: Path) -> None:
    leaf, *given = chain(path)
    held = load(leaf)
    for moment, valid in (
        (held.not_before, True),
        (held.not_after, True),
        (held.not_before - SECOND, False),
        (held.not_after + SECOND, False),
    ):
        result = validate_path(leaf, intermediates=given, anchors=ALL_ROOTS, moment=moment)
        assert (result.path is not None) == valid, sorted(result.report.codes())
        assert result.report.verdict is (Verdict.PASSED if valid else Verdict.FAILED)
        if not valid:
            assert result.report.codes() <= {"path.validity.expired", "path.validity.not_yet_valid"}


@in_one_test
@pytest.mark.parametrize("path", CHAINS, ids=lambda p: p.stem)
def test_both_engines_agree_on_a_real_chain(path: Path) -> None:
    leaf, *given = chain(path)
    moment = load(leaf).not_before + timedelta(days=1)
    result = validate_path(leaf, intermediates=given, anchors=ALL_ROOTS, moment=moment, cross_check=True)
    assert result.path is not None


@in_one_test
@pytest.mark.interop
@pytest.mark.parametrize("path", CHAINS, ids=lambda p: p.stem)
def test_openssl_accepts_the_path_we_accept(path: Path, tmp_path: Path) -> None:
    leaf, *given = chain(path)
    moment = load(leaf).not_before + timedelta(days=1)
    verified = validate_path(leaf, intermediates=given, anchors=ALL_ROOTS, moment=moment).path
    assert verified is not None
    assert openssl_says(verified.certificates, moment, tmp_path) == ""


@pytest.mark.parametrize("path", [p for p in CHAINS if p.name.startswith("PrivateG1")], ids=lambda p: p.stem)
def test_the_embedded_certificates_complete_a_chain_of_private_g1(path: Path) -> None:
    leaf = chain(path)[0]
    moment = load(leaf).not_before + timedelta(days=1)
    roots = [anchor.der for anchor in trusted(["g1-private"]).anchors]
    result = validate_path(leaf, intermediates=embedded_intermediates(), anchors=roots, moment=moment)
    assert result.path is not None, sorted(result.report.codes())


def test_another_hierarchy_is_named_not_trusted() -> None:
    path = next(p for p in CHAINS if p.name.startswith("G3"))
    leaf, *given = chain(path)
    moment = load(leaf).not_before + timedelta(days=1)
    roots = [anchor.der for anchor in trusted(["g1-private"]).anchors]
    result = validate_path(leaf, intermediates=given, anchors=roots, moment=moment, other_anchors=ALL_ROOTS)
    assert result.path is None
    assert result.report.codes() == {"path.anchor.in_scope"}
    assert "Root CA - G3" in result.report.findings[0].params["anchor"]


@in_one_test
@pytest.mark.parametrize(
    "anchor", [c for c in embedded_certificates() if c.level != "root"], ids=lambda c: c.common_name
)
def test_every_embedded_authority_leads_to_an_embedded_root(anchor: object) -> None:
    der = anchor.der  # type: ignore[attr-defined]  # a CACertificate; parametrize tells mypy nothing
    moment = load(der).not_before + timedelta(days=1)
    result = validate_path(
        der, intermediates=embedded_intermediates(), anchors=ALL_ROOTS, moment=moment, cross_check=True
    )
    assert result.path is not None, sorted(result.report.codes())


def test_many_gives_each_the_verdict_it_has_alone() -> None:
    leaves = [chain(path)[0] for path in CHAINS] * 2
    given = sorted({der for path in CHAINS for der in chain(path)[1:]})
    moment = load(chain(next(p for p in CHAINS if "saml-sign" in p.name))[0]).not_after
    together = list(validate_many(leaves, intermediates=given, anchors=ALL_ROOTS, moment=moment))
    for leaf, result in zip(leaves, together, strict=True):
        alone = validate_path(leaf, intermediates=given, anchors=ALL_ROOTS, moment=moment)
        assert not isinstance(result, Exception)
        assert (result.path is None) == (alone.path is None)
        assert result.report.codes() == alone.report.codes()
        assert result.report.verdict is alone.report.verdict
