"""A working folder as g4-trial leaves it, made with cryptography's own builders: nothing of ours writes it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

MADE = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
TLS_POLICY = "2.16.528.1.1003.1.2.41.15.35.11"
_PSS = padding.PSS(padding.MGF1(hashes.SHA512()), 64)
_OWNER = "TRIAL PKIoverheid"
_LAYERS = ("G4 Root Priv G-TLS", "G4 Intm Priv G-TLS SYS", "G4 PKIo Priv G-TLS SYS")


class G4TrialFolder:
    """The TLS hierarchy with end entities, CRLs, log and revocation files.

    Args:
        folder: an empty folder.
        keys: three RSA keys for the authorities, and one for every end entity.
        tsp: owner in the name of the issuing authority.
        passphrase: encrypts the authorities' keys.
        base: address in the certificates; g4-trial's default when left out.
    """

    def __init__(
        self,
        folder: Path,
        keys: list[rsa.RSAPrivateKey],
        *,
        tsp: str = "TRIAL My TSP",
        passphrase: bytes | None = None,
        base: tuple[str, str] = ("http://cert.pkioverheid.nl", "http://crl.pkioverheid.nl"),
    ) -> None:
        self.folder, self._passphrase, self._base = folder, passphrase, base
        for name in ("ca/certs", "ca/private", "ca/crl", "revocations"):
            (folder / name).mkdir(parents=True)
        self._leaf_key = keys[3]
        self._events: list[str] = []
        self.bases: list[str] = []
        self.certificates: dict[str, x509.Certificate] = {}
        self._keys: dict[str, rsa.RSAPrivateKey] = {}
        for layer, key, owner, year in zip(_LAYERS, keys, (_OWNER, _OWNER, tsp), (2024, 2024, 2025), strict=False):
            self._authority(f"{owner} - {layer} - {year}", owner, key)

    @property
    def issuer(self) -> str:
        """The base name of the issuing authority's files."""
        return self.bases[-1]

    def _authority(self, common_name: str, owner: str, key: rsa.RSAPrivateKey) -> None:
        base = "".join(char for char in common_name if char.isalnum())
        parts = {"C": "NL", "O": f"{owner} - not for Production use", "CN": common_name}
        if len(self.bases) == 2:
            parts["2.5.4.97"] = "NTRNL-99999990"
        above = self.bases[-1] if self.bases else base
        self._keys[base] = key
        ends = datetime(2039, 5, 20 - len(self.bases), tzinfo=UTC)
        usage = {"key_cert_sign": True, "crl_sign": True, "digital_signature": True}
        extra = [(x509.BasicConstraints(True, 0 if len(self.bases) == 2 else None), True), (key_usage(**usage), True)]
        self._sign(base, above, parts, key, ends, extra)
        self._write_key(base, key, self._passphrase)
        self.bases.append(base)
        self.write_crl(base, 1, {})
        (self.folder / "revocations" / f"{base}.yaml").write_text("---\nrevocations: []\n")

    def leaf(self, base: str, common_name: str = "TRIAL Company", *, with_key: bool = True) -> x509.Certificate:
        """Issue a TLS certificate, its files named after the enrolment."""
        names = x509.SubjectAlternativeName([x509.DNSName("example.com")])
        policies = [x509.PolicyInformation(x509.ObjectIdentifier(oid), None) for oid in ("0.4.0.2042.1.1", TLS_POLICY)]
        extra: list[tuple[x509.ExtensionType, bool]] = [
            (x509.BasicConstraints(False, None), True),
            (key_usage(digital_signature=True, key_encipherment=True), True),
            (x509.CertificatePolicies(policies), False),
            (names, False),
        ]
        parts = {"C": "NL", "O": common_name, "CN": common_name, "2.5.4.97": "NTRNL-99999991"}
        self._sign(base, self.issuer, parts, self._leaf_key, MADE + timedelta(days=397, seconds=-1), extra)
        if with_key:
            self._write_key(base, self._leaf_key, None)
        return self.certificates[base]

    def _sign(
        self,
        base: str,
        issuer: str,
        subject: dict[str, str],
        key: rsa.RSAPrivateKey,
        ends: datetime,
        extra: list[tuple[x509.ExtensionType, bool]],
    ) -> None:
        text = ",".join(f"{kind}={value}" for kind, value in reversed(subject.items()))
        above = self.certificates.get(issuer)
        name = x509.Name.from_rfc4514_string(text)
        signer = self._keys[issuer]
        builder = (
            x509.CertificateBuilder(name if above is None else above.subject, name, key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(MADE)
            .not_valid_after(ends)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        )
        if above is not None:
            extra = [*extra, *self._addresses(issuer)]
        for value, critical in extra:
            builder = builder.add_extension(value, critical)
        certificate = builder.sign(signer, hashes.SHA512(), rsa_padding=_PSS)
        self.certificates[base] = certificate
        (self.folder / "ca" / "certs" / f"{base}.cer").write_bytes(certificate.public_bytes(Encoding.DER))
        aki = x509.SubjectKeyIdentifier.from_public_key(signer.public_key()).digest.hex()
        dn = (above or certificate).subject.rfc4514_string()
        self._log(f"issued;{issuer};{dn};{aki};{certificate.serial_number};{base}")

    def _addresses(self, issuer: str) -> list[tuple[x509.ExtensionType, bool]]:
        where = [x509.UniformResourceIdentifier(f"{self._base[1]}/{issuer}.crl")]
        access = x509.AccessDescription(
            x509.AuthorityInformationAccessOID.CA_ISSUERS,
            x509.UniformResourceIdentifier(f"{self._base[0]}/{issuer}.cer"),
        )
        points = x509.CRLDistributionPoints([x509.DistributionPoint(where, None, None, None)])
        return [(points, False), (x509.AuthorityInformationAccess([access]), False)]

    def _write_key(self, base: str, key: rsa.RSAPrivateKey, passphrase: bytes | None) -> None:
        encryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
        path = self.folder / "ca" / "private" / f"{base}.key"
        path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))
        path.chmod(0o644)  # as it comes

    def write_crl(self, base: str, number: int, revoked: dict[int, x509.ReasonFlags]) -> None:
        """Sign a CRL of an authority."""
        key = self._keys[base]
        builder = (
            x509.CertificateRevocationListBuilder(self.certificates[base].subject, MADE, MADE + timedelta(hours=48))
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), False)
            .add_extension(x509.CRLNumber(number), False)
        )
        for serial, reason in revoked.items():
            entry = x509.RevokedCertificateBuilder(serial, MADE).add_extension(x509.CRLReason(reason), False).build()
            builder = builder.add_revoked_certificate(entry)
        crl = builder.sign(key, hashes.SHA512(), rsa_padding=_PSS)
        (self.folder / "ca" / "crl" / f"{base}.crl").write_bytes(crl.public_bytes(Encoding.DER))
        aki = x509.SubjectKeyIdentifier.from_public_key(key.public_key()).digest.hex()
        self._log(f"crl;{aki};{number}")

    def _log(self, text: str) -> None:
        line = f"2026-11-01 10:00:00,123;events;INFO;{text}\n"
        self._events += [line, line]  # every event comes twice
        (self.folder / "ca" / "events.txt").write_text("".join(self._events), encoding="utf-8")


def key_usage(**flags: bool) -> x509.KeyUsage:
    names = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    names += ("key_cert_sign", "crl_sign", "encipher_only", "decipher_only")
    return x509.KeyUsage(**{name: flags.get(name, False) for name in names})
