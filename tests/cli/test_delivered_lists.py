"""A CRL or an OCSP response in what is delivered counts as one that is given beside it: a law for every container."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import chdir
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ReasonFlags
from cryptography.x509.ocsp import OCSPCertStatus, OCSPResponderEncoding, OCSPResponseBuilder

import pkitools
from pkitools.requests.keys import to_pem
from pkitools.x509.der import encoded, iterate, node_at
from pkitools_test_pki.authority import Authority
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.pki import PKI, build
from tests.support.command import Command
from tests.support.der import tlv
from tests.support.keys import SHARED_KEYS

# a response is made at the moment of the clock, however long after this module was imported
MOMENT: Final = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
JUDGED: Final = MOMENT + timedelta(hours=3)
CRL, OCSP = "X509 CRL", "OCSP RESPONSE"

Said = list[tuple[str, bytes]]
"""What a delivery says of revocation: label and DER."""


class World:
    """A good and a revoked certificate with what their authority says of each, and what a stranger says."""

    def __init__(self) -> None:
        self.pki = build("g1-private", moment=MOMENT, keys=SHARED_KEYS)
        tsp = self.pki.issuer_of("g1-server")
        self.good = self._issued("goed.voorbeeld.nl")
        self.revoked = self._issued("ingetrokken.voorbeeld.nl")
        self.above = [(CRL, authority.crl(moment=MOMENT)) for authority in self.pki if authority is not tsp]
        self.old = tsp.crl(moment=MOMENT - timedelta(hours=2), revocations=[], number=1)
        tsp.revoke(self.revoked.serial_number, moment=MOMENT)
        self.crl = tsp.crl(moment=MOMENT, number=9)
        self.intermediates = [link.der for link in self.good.intermediates]
        self.answers = {
            leaf.serial_number: _answer(leaf, tsp, revoked=leaf is self.revoked) for leaf in (self.good, self.revoked)
        }

    def _issued(self, host: str) -> IssuedCertificate:
        return self.pki.issue("g1-server", common_name=host, dns=[host])

    def said(self, kind: str, leaf: IssuedCertificate) -> Said:
        own = (CRL, self.crl) if kind == CRL else (OCSP, self.answers[leaf.serial_number])
        return [own, *self.above]


def _answer(leaf: IssuedCertificate, tsp: Authority, *, revoked: bool) -> bytes:
    key = tsp.key
    assert isinstance(key, RSAPrivateKey)
    status = (OCSPCertStatus.REVOKED, MOMENT - timedelta(hours=1), ReasonFlags.key_compromise)
    state, at, why = status if revoked else (OCSPCertStatus.GOOD, None, None)
    issuer = tsp.certificate.load()
    until = MOMENT + timedelta(days=1)
    told = OCSPResponseBuilder().add_response(leaf.load(), issuer, SHA1(), state, MOMENT, until, at, why)
    return told.responder_id(OCSPResponderEncoding.NAME, issuer).sign(key, SHA256()).public_bytes(Encoding.DER)


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def _pem(ders: list[bytes], said: Said) -> bytes:
    return b"".join([*(to_pem("CERTIFICATE", der) for der in ders), *(to_pem(label, der) for label, der in said)])


def _oid(text: str) -> bytes:
    return tlv(6, bytes.fromhex(text))


def _pkcs7(ders: list[bytes], said: Said) -> bytes:
    other = _oid("2b06010505071002")  # id-ri-ocsp-response, RFC 5940
    lists = b"".join(der if label == CRL else tlv(0xA1, other, der) for label, der in said)
    data = tlv(0x30, _oid("2a864886f70d010701"))
    fields = tlv(2, b"\x01"), tlv(0x31), data, tlv(0xA0, *ders), tlv(0xA1, lists), tlv(0x31)
    return tlv(0x30, _oid("2a864886f70d010702"), tlv(0xA0, tlv(0x30, *fields)))


def _ber(ders: list[bytes], said: Said, depth: int = 4) -> bytes:
    """The same with indefinite lengths, as programs stream it: around everything that is signed."""
    return _indefinite(_pkcs7(ders, said), depth)


def _indefinite(der: bytes, depth: int) -> bytes:
    if not depth or not der[0] & 0x20:
        return der
    node = node_at(der, 0, len(der))
    inside = b"".join(_indefinite(encoded(der, each), depth - 1) for each in iterate(der, node))
    return der[:1] + b"\x80" + inside + b"\x00\x00"


def _mail(ders: list[bytes], said: Said) -> bytes:
    message = EmailMessage()
    message["Subject"] = "Uw certificaat"
    message.set_content("Hierbij.\n")
    for number, der in enumerate([*ders, *(der for _, der in said)]):
        message.add_attachment(der, maintype="application", subtype="octet-stream", filename=f"{number}.bin")
    return message.as_bytes()


def _secret(ders: list[bytes], said: Said) -> bytes:
    values = {"tls.crt": _pem(ders, []), "ca.crl": _pem([], said)}
    lines = "".join(f"  {key}: {base64.b64encode(value).decode()}\n" for key, value in values.items())
    return f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\ndata:\n{lines}".encode()


def _element(name: str, der: bytes) -> str:
    return f"<ds:{name}>{base64.b64encode(der).decode()}</ds:{name}>"


def _metadata(ders: list[bytes], said: Said) -> bytes:
    held = "".join(_element("X509Certificate", der) for der in ders)
    held += "".join(_element("X509CRL" if label == CRL else "EncapsulatedOCSPValue", der) for label, der in said)
    return (
        '<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" '
        'xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="urn:x"><md:SPSSODescriptor><md:KeyDescriptor '
        f'use="signing"><ds:KeyInfo><ds:X509Data>{held}</ds:X509Data></ds:KeyInfo></md:KeyDescriptor>'
        "</md:SPSSODescriptor></md:EntityDescriptor>"
    ).encode()


CONTAINERS: Final[dict[str, Callable[[list[bytes], Said], bytes]]] = {
    "PEM": _pem,
    "PKCS#7": _pkcs7,
    "base64 of PKCS#7": lambda ders, said: base64.b64encode(_pkcs7(ders, said)),
    "BER": _ber,
    "BER under its lists": lambda ders, said: _ber(ders, said, 5),
    "BER, the outermost only": lambda ders, said: _ber(ders, said, 1),
    "base64 of BER": lambda ders, said: base64.b64encode(_ber(ders, said)),
    "PEM of BER": lambda ders, said: to_pem("PKCS7", _ber(ders, said)),
    "mail with BER": lambda ders, said: _mail([_ber(ders, said)], []),
    "mail": _mail,
    "Secret": _secret,
    "metadata": _metadata,
}


def judged(world: World, file: bytes, policy: str, **more: object) -> pkitools.FileCheck:
    revocation = pkitools.Revocation(policy=policy, **more)  # type: ignore[arg-type]  # as a caller would
    return pkitools.check_file(
        file,
        moment=JUDGED,
        environment="preproduction",
        trust=world.pki.trust_pem(),
        intermediates=world.intermediates,
        revocation=revocation,
        raise_crashes=True,
    )


def _revoked(found: pkitools.FileCheck) -> bool:
    return str(found.results[0].revocation.statuses[0].kind) == "revoked"


def _product() -> Iterator[tuple[str, str, str]]:
    for container in CONTAINERS:
        for kind in (CRL, OCSP):
            yield from ((container, kind, policy) for policy in ("prefer", "require"))


@pytest.mark.slow
def test_what_is_delivered_with_a_certificate_tells_of_it_in_every_container(world: World) -> None:
    for container, kind, policy in _product():
        where = (container, kind, policy)
        wrap = CONTAINERS[container]
        bad = judged(world, wrap([world.revoked.der], world.said(kind, world.revoked)), policy)
        assert _revoked(bad), where
        assert str(bad.verdict) == "failed", where
        good = judged(world, wrap([world.good.der], world.said(kind, world.good)), policy)
        assert str(good.verdict) == "passed", (where, good.report.findings)
        assert good.is_complete, where
        assert not [each for each in good.report.findings if "revocation" in each.rule.code], where


@pytest.mark.slow
def test_an_older_list_beside_it_changes_nothing(world: World) -> None:
    lists = [world.old, *(der for _, der in world.above)]
    for container, wrap in CONTAINERS.items():
        found = judged(world, wrap([world.revoked.der], [(CRL, world.crl)]), "require", crls=lists)
        assert _revoked(found), container


@pytest.mark.slow
def test_a_list_that_a_stranger_signed_proves_nothing(world: World) -> None:
    stranger: PKI = build("g1-private", moment=MOMENT, keys=SHARED_KEYS)  # the same names, and other keys
    theirs = stranger.issuer_of("g1-server").crl(moment=MOMENT, revocations=[])
    own = pkitools.read_certificate(stranger.issuer_of("g1-server").certificate.der)
    assert own.public_key.spki_sha256 != world.pki.issuer_of("g1-server").certificate.facts.public_key.spki_sha256
    for container, wrap in CONTAINERS.items():
        found = judged(world, wrap([world.good.der], [(CRL, theirs), *world.above]), "require")
        given = judged(world, _pem([world.good.der], []), "require", crls=[theirs, *(der for _, der in world.above)])
        assert (
            found.verdict
            is given.verdict
            is not judged(world, wrap([world.good.der], world.said(CRL, world.good)), "require").verdict
        ), container
        assert not _revoked(found)


@pytest.mark.slow
def test_what_cannot_be_read_of_it_is_told(world: World) -> None:
    cut = world.crl[:-9]
    for container in ("PEM", "metadata", "Secret", "mail"):
        found = judged(world, CONTAINERS[container]([world.good.der], [(CRL, cut), *world.above]), "prefer")
        assert not found.is_complete, container


@pytest.mark.slow
def test_a_list_of_one_file_counts_for_the_certificates_of_the_others(
    run: Command, world: World, tmp_path: Path
) -> None:
    """In a folder, and among the files named; a good certificate is told of nothing but its list."""
    trust, chain = tmp_path / "trust.pem", tmp_path / "chain.pem"
    trust.write_bytes(world.pki.trust_pem())
    chain.write_bytes(_pem(world.intermediates, []))
    given = ("-e", "pre", "--trust", trust, "--chain", chain, "--offline", "--moment", JUDGED.isoformat())
    for kind in (CRL, OCSP):
        for leaf, code in ((world.revoked, 10), (world.good, 0)):
            folder = tmp_path / f"{kind[:4]}{code}"
            folder.mkdir()
            (folder / "a.pem").write_bytes(leaf.pem)
            for number, (_, der) in enumerate(world.said(kind, leaf)):
                (folder / f"{number}.der").write_bytes(der)
            with chdir(folder):
                names = sorted(path.name for path in folder.iterdir())
                for inputs in ([folder], names):
                    ran = run("--lang", "en", "cert", "check", *inputs, *given, "--revocation", "require", "--quiet")
                    assert ran.code == code, (kind, code, ran.out, ran.err)


@pytest.mark.slow
@pytest.mark.parametrize("where", ["chain", "trust", "folder of trust"])
def test_what_the_files_of_another_option_say_counts_as_well(
    run: Command, world: World, tmp_path: Path, where: str
) -> None:
    for kind in (CRL, OCSP):
        for leaf, code in ((world.revoked, 10), (world.good, 0)):
            folder = tmp_path / f"{kind[:4]}{code}"
            trusted = folder / "trusted"
            trusted.mkdir(parents=True)
            (folder / "a.pem").write_bytes(leaf.pem)
            said = _pem([], world.said(kind, leaf))
            chain, trust = _pem(world.intermediates, []), world.pki.trust_pem()
            (folder / "chain.pem").write_bytes(chain + (said if where == "chain" else b""))
            (trusted / "roots.pem").write_bytes(trust + (said if where == "trust" else b""))
            if where == "folder of trust":
                (trusted / "lists.pem").write_bytes(said)
            given = (
                "--chain",
                folder / "chain.pem",
                "--trust",
                trusted if "folder" in where else trusted / "roots.pem",
            )
            asked = ("-e", "pre", "--offline", "--moment", JUDGED.isoformat(), "--revocation", "require", "--quiet")
            ran = run("--lang", "en", "cert", "check", folder / "a.pem", *given, *asked)
            assert ran.code == code, (kind, code, ran.out, ran.err)


@pytest.mark.slow
def test_the_document_tells_the_whole_verdict_and_the_exit_code(run: Command, world: World, tmp_path: Path) -> None:
    """Beside a file that could not be read the only verdict in it was that of the good one."""
    trust, good, cut = (tmp_path / name for name in ("trust.pem", "good.pem", "cut.pem"))
    trust.write_bytes(world.pki.trust_pem())
    lists = world.said(CRL, world.good)
    good.write_bytes(_pem([world.good.der, *world.intermediates], lists))
    bad = tmp_path / "bad.pem"
    bad.write_bytes(_pem([world.revoked.der, *world.intermediates], lists))
    cut.write_bytes(_pem([world.good.der], [])[:-200])
    given = ("-e", "pre", "--trust", trust, "--offline", "--moment", JUDGED.isoformat(), "--json")
    for files, verdict, code in (
        ((good,), "passed", 0),
        ((good, cut), "indeterminate", 1),
        ((bad, cut), "failed", 10),
        ((good, bad), "failed", 10),
    ):
        ran = run("cert", "check", *files, *given)
        assert (ran.document["verdict"], ran.document["exit_code"], ran.code) == (verdict, code, code), files


def test_a_certificate_of_a_cpa_that_holds_none_is_told(world: World) -> None:
    def cpa(more: str) -> bytes:
        held = f'<tp:Certificate tp:certId="A"><ds:KeyInfo>{_element("X509Certificate", world.good.der)}</ds:KeyInfo>'
        return f"<tp:CPA>{held}</tp:Certificate>{more}</tp:CPA>".encode()

    for inside in ("<ds:KeyInfo><ds:KeyName>a</ds:KeyName></ds:KeyInfo>", "<ds:KeyInfo/>", ""):
        found = judged(world, cpa(f'<tp:Certificate tp:certId="B">{inside}</tp:Certificate>'), "off")
        assert not found.is_complete, inside
    assert judged(world, cpa(""), "off").is_complete
    assert not judged(world, cpa('<tp:Certificate tp:certId="B"/>'), "off").is_complete
