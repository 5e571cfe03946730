"""Recognition: a fingerprint identifies, a name suggests, a known name with another key is a look-alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from pkitools.errors import InputError
from pkitools.findings import Certainty
from pkitools.trust import (
    CAStatus,
    HierarchyKind,
    Match,
    TrustStore,
    embedded_certificates,
    get_hierarchy,
    hierarchy_of,
    is_self_signed,
    recognise,
)
from pkitools.trust.policies import decode_policy
from pkitools.x509 import read_certificate
from pkitools.x509.model import CertificateFacts
from tests.support import der as writer
from tests.support.cases import in_one_test
from tests.support.effort import bounded
from tests.support.shared import shared

START = datetime(2026, 1, 1, tzinfo=UTC)
KEYS = [ec.generate_private_key(ec.SECP256R1()) for _ in range(3)]
G4_ROOT = "Staat der Nederlanden - G4 Root Priv G-TLS - 2024"


def name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])


def make(
    subject: str,
    issuer: str | None = None,
    *,
    key: int = 0,
    signer: int | None = None,
    ca: bool = True,
    extensions: tuple[x509.ExtensionType, ...] = (),
) -> bytes:
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(subject if issuer is None else issuer))
        .public_key(KEYS[key].public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(START)
        .not_valid_after(START + timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(KEYS[key if signer is None else signer], hashes.SHA256()).public_bytes(Encoding.DER)


def facts(subject: str, issuer: str | None = None, **how: object) -> CertificateFacts:
    return read_certificate(make(subject, issuer, **how))  # type: ignore[arg-type]  # options passed through as given


def policies(*oids: str) -> x509.CertificatePolicies:
    return x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(oid), None) for oid in oids])


@in_one_test
@pytest.mark.parametrize("held", embedded_certificates(), ids=lambda c: c.common_name)
def test_an_embedded_certificate_is_recognised_by_its_fingerprint(held: object) -> None:
    certificate = next(c for c in embedded_certificates() if c is held)
    found = recognise(read_certificate(certificate.der))
    assert found.match is Match.FINGERPRINT
    assert found.match.is_proof
    assert found.hierarchy == certificate.hierarchy
    assert found.authority == certificate.entry


@pytest.mark.parametrize(
    "common_name", [G4_ROOT, "Staat der Nederlanden Root CA - G3", "staat der nederlanden  EV Root CA"]
)
def test_a_known_name_with_another_key_is_a_look_alike_of_no_hierarchy(common_name: str) -> None:
    found = recognise(facts(common_name))
    assert found.match is Match.LOOK_ALIKE
    assert found.hierarchy is None
    assert found.authority is not None
    assert found.authority.level == "root"


def test_a_copied_key_identifier_does_not_make_a_look_alike_real() -> None:
    real = get_hierarchy("g4-tls").root_sha256
    held = next(c for c in embedded_certificates() if c.sha256 == real)
    ski = read_certificate(held.der).subject_key_identifier
    assert ski
    found = recognise(facts(G4_ROOT, extensions=(x509.SubjectKeyIdentifier(bytes.fromhex(ski)),)))
    assert found.match is Match.LOOK_ALIKE


def test_a_leaf_that_names_another_key_of_a_known_ca_is_told_apart() -> None:
    issuer = "KPN - G4 PKIo Priv G-TLS SYS - 2025"
    aki = x509.AuthorityKeyIdentifier(b"\x01" * 20, None, None)
    found = hierarchy_of(facts("example.nl", issuer, ca=False, extensions=(aki,)))
    assert (found.match, found.hierarchy, found.tsp) == (Match.LOOK_ALIKE, None, issuer)


def test_an_issuer_at_hand_is_recognised_itself_if_it_bears_the_name() -> None:
    issuer = facts(G4_ROOT, key=1)
    leaf = facts("example.nl", G4_ROOT, signer=1, ca=False)
    assert hierarchy_of(leaf).match is Match.NAME  # no key identifier in the leaf to compare
    assert hierarchy_of(leaf, issuer).match is Match.LOOK_ALIKE
    assert hierarchy_of(leaf, facts("Another CA")).match is Match.NAME


@in_one_test
@pytest.mark.parametrize(
    ("issuer", "match", "hierarchy", "generation", "kind"),
    [
        ("TRIAL My TSP - G4 PKIo Priv G-TLS SYS - 2025", Match.NAME, "trial-g4-tls", "G4", HierarchyKind.TRIAL),
        ("TRIAL Acme - G4 PKIo Priv G-Other LP - 2026", Match.NAMING_RULE, "trial-g4-other", "G4", HierarchyKind.TRIAL),
        ("ZOVAR - G4 PKIo Priv G-TLS SYS - 2025", Match.NAMING_RULE, "g4-tls", "G4", HierarchyKind.PRODUCTION),
        ("Acme - G4 PKIo Priv X-New - 2027", Match.NONE, None, None, None),
        ("Acme - G4 PKIo EUTL G-Sigs LP - 2027", Match.NAMING_RULE, "g4-eutl", "G4", HierarchyKind.PRODUCTION),
        ("TEST Acme PKIoverheid Organisatie Services CA - G3", Match.NAMING_RULE, None, "G3", HierarchyKind.TEST),
        (
            "Acme PKIoverheid Private Services CA - G1",
            Match.NAMING_RULE,
            "g1-private",
            "G1-private",
            HierarchyKind.PRODUCTION,
        ),
        ("TEST KPN BV PKIoverheid Organisatie Services CA - G3", Match.NAME, "kpn-test", "G3", HierarchyKind.TEST),
        ("Let's Encrypt R11", Match.NONE, None, None, None),
    ],
)
def test_an_issuer_is_recognised_by_its_name(
    issuer: str, match: Match, hierarchy: str | None, generation: str | None, kind: HierarchyKind | None
) -> None:
    found = hierarchy_of(facts("example.nl", issuer, ca=False))
    assert (found.match, found.hierarchy and found.hierarchy.name, found.generation, found.kind) == (
        match,
        hierarchy,
        generation,
        kind,
    )
    assert not found.match.is_proof


def test_a_hostile_name_costs_no_time() -> None:
    certificate = read_certificate(
        writer.certificate(issuer=writer.name(writer.common_name("PKIoverheid - G4 " * 12_000)))
    )
    with bounded(0.5):
        assert hierarchy_of(certificate).match is Match.NONE


def test_an_unknown_issuer_leaves_the_policy_to_speak() -> None:
    oid = "2.16.528.1.1003.1.2.41.15.35.11"
    leaf = facts("example.nl", "My own CA", ca=False, extensions=(policies("1.2.3", "0.4.0.2042.1.1", oid),))
    found = hierarchy_of(leaf)
    assert (found.match, found.generation, found.kind, found.hierarchy) == (
        Match.POLICY,
        "G4",
        HierarchyKind.TRIAL,
        None,
    )
    info = decode_policy(oid)
    assert info is not None
    assert info.certainty is Certainty.OFFICIAL


@pytest.mark.parametrize(
    ("file", "hierarchy"),
    [
        ("PrivateG1_lab.api.mijniconnect.nl_20251009.pem", "g1-private"),
        ("PrivateG1_api.kvk.nl_20210408.pem", "g1-private"),
        ("EV_acc-waardepapieren.hoorn.nl_20210622.pem", "ev"),
        ("G3_eh01.staging.iwelcome.nl_20190521.pem", "g3"),
    ],
)
def test_real_certificates_point_to_their_hierarchy(file: str, hierarchy: str) -> None:
    pem = shared(f"samples/certificates/{file}").read_bytes()
    der = x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)
    found = hierarchy_of(read_certificate(der))
    assert (found.match, found.hierarchy and found.hierarchy.name) == (Match.NAME_AND_KEY, hierarchy)
    assert recognise(read_certificate(der)).match is Match.NONE


def test_a_store_of_the_user_trusts_the_roots_and_carries_the_rest() -> None:
    root, other = make("Test Root"), make("Test TSP", "Test Root", key=1, signer=0)
    store = TrustStore.from_der([other, root, root], "test.pem")
    (anchor,) = store.anchors
    assert (anchor.der, anchor.common_name, anchor.source, anchor.hierarchy) == (root, "Test Root", "test.pem", None)
    assert store.intermediates == (other,)
    assert store.at(START) == (anchor,)
    assert store.at(START - timedelta(seconds=1)) == ()
    assert anchor.status(START + timedelta(days=366)) is CAStatus.EXPIRED
    assert anchor.basis is None


def test_a_pkioverheid_root_given_by_the_user_is_known_for_what_it_is() -> None:
    held = next(c for c in embedded_certificates() if c.level == "root")
    (anchor,) = TrustStore.from_der([held.der], "root.cer").anchors
    assert (anchor.hierarchy, anchor.second_source) == (held.hierarchy, held.second_source)


def test_a_self_signed_end_entity_is_no_anchor() -> None:
    with pytest.raises(InputError, match="does not say that it is a CA"):
        TrustStore.from_der([make("example.nl", ca=False)], "leaf.pem")


def test_without_a_root_there_is_nothing_to_trust() -> None:
    for der in (make("TSP", "Root", signer=1), make("Root", signer=1)):  # the second only says it is self-signed
        assert not is_self_signed(read_certificate(der))
        with pytest.raises(InputError, match="no root to trust"):
            TrustStore.from_der([der], "ca.pem")


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, bytes], str]:
    def writer(file: str, data: bytes) -> str:
        (tmp_path / file).write_bytes(data)
        return str(tmp_path / file)

    return writer


def test_files_and_folders_are_read_whatever_their_form(write: Callable[[str, bytes], str], tmp_path: Path) -> None:
    roots = [make(f"Root {n}", key=n) for n in range(3)]
    loaded = [x509.load_der_x509_certificate(der) for der in roots]
    paths = [
        write("one.pem", loaded[0].public_bytes(Encoding.PEM)),
        write("two.der", roots[1]),
        write("three.p7b", pkcs7.serialize_certificates([loaded[2]], Encoding.DER)),
    ]
    write("notes.txt", b"not a certificate")
    assert [a.der for a in TrustStore.from_files(paths).anchors] == roots
    assert {a.der for a in TrustStore.from_files([tmp_path]).anchors} == set(roots)


def test_a_folder_with_intermediates_only_goes_along_with_a_root(
    write: Callable[[str, bytes], str], tmp_path: Path
) -> None:
    above, between = make("Root", key=0), make("Between", key=1, issuer="Root", signer=0)
    root = write("root.der", above)
    (tmp_path / "between").mkdir()
    (tmp_path / "between" / "1.der").write_bytes(between)
    for order in ([root, tmp_path / "between"], [tmp_path / "between", root]):
        store = TrustStore.from_files(order)
        assert ([anchor.der for anchor in store.anchors], store.intermediates) == ([above], (between,))
    with pytest.raises(InputError) as refused:
        TrustStore.from_files([tmp_path / "between"])
    assert (refused.value.code, refused.value.file) == ("trust.error.no_root", str(tmp_path / "between"))


def test_a_folder_without_certificates_is_refused(write: Callable[[str, bytes], str], tmp_path: Path) -> None:
    write("notes.txt", b"not a certificate")
    with pytest.raises(InputError, match="holds no certificate"):
        TrustStore.from_files([tmp_path])
