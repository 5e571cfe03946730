"""Where broken certificates are made: one sound test PKI that they all deviate from.

The defects share its authorities and one end entity key, so that the whole catalogue costs a few RSA keys. The keys
must be RSA: what PKIoverheid asks of keys and signatures cannot be seen with others.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Final, Unpack

from cryptography.hazmat.primitives.asymmetric import rsa

from pkitools.x509.model import Extension
from pkitools_test_pki import content, der, extensions
from pkitools_test_pki.algorithms import PrivateKey
from pkitools_test_pki.authority import Authority
from pkitools_test_pki.blueprint import Deviation
from pkitools_test_pki.crl import RevokedEntry
from pkitools_test_pki.folder import PKIFolder
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.keys import KeySource, fresh_keys
from pkitools_test_pki.ledger import MemoryLedger
from pkitools_test_pki.names import Attribute
from pkitools_test_pki.pki import build
from pkitools_test_pki.roots import create_root
from pkitools_test_pki.shapes import authority_spec, template

PROFILE: Final = "g4-tls"
PRODUCTION_POLICIES: Final = ("0.4.0.2042.1.1", "2.16.528.1.1003.1.2.44.15.35.11")
_REAL_OIN: Final = "00000001123456782000"  # of no organisation: a made-up RSIN that passes the eleven-test
_PATH: Final = ("g4-tls-root", "g4-tls-domain", "g4-tls-tsp")


class KeyRing:
    """Keys by the part they play: made when first asked for, the same ever after.

    Args:
        source: makes them.
    """

    def __init__(self, source: KeySource = fresh_keys) -> None:
        self._source = source
        self._keys: dict[tuple[str, str], PrivateKey] = {}

    def __call__(self, key_type: str, role: str) -> PrivateKey:
        """Return the key of this type for this part."""
        if (key_type, role) not in self._keys:
            self._keys[key_type, role] = self._source(key_type)
        return self._keys[key_type, role]

    @cached_property
    def low_exponent(self) -> PrivateKey:
        """An RSA key with public exponent 3."""
        return rsa.generate_private_key(3, 3072)


class Laboratory:
    """A sound test PKI, and the means to deviate from it.

    Args:
        moment: when the certificates are made and looked at, aware UTC.
        folder: take the authorities of this test PKI instead of new ones. It is left as it is, but for the revoked
            certificate, which is issued and revoked in it so that its server says so too.
        keys: keep a ring to make the next laboratory of a process without new keys.
    """

    def __init__(self, moment: datetime, *, folder: PKIFolder | None = None, keys: KeyRing | None = None) -> None:
        self.moment = moment.replace(microsecond=0)
        self.keys = keys or KeyRing()
        self._folder = folder
        self._authorities = self._of_folder(folder) if folder else self._new()
        self._by_certificate = {a.certificate.der: a for a in self._authorities.values()}
        self._crls: dict[bytes, bytes] = {}

    def _new(self) -> dict[str, Authority]:
        roles = iter(_PATH)
        pki = build(PROFILE, moment=self.moment, keys=lambda _: self.keys("rsa:2048", next(roles)))
        return {authority.name: authority for authority in pki}

    def _of_folder(self, folder: PKIFolder) -> dict[str, Authority]:
        found = {}
        for name in _PATH:
            held = folder.pki[name]
            # a ledger of its own: what is broken on purpose has no place in the database
            found[name] = Authority(
                held.spec,
                held.certificate,
                lambda held=held: held.key,  # type: ignore[misc]  # mypy infers no type for a lambda's default
                moment=self.moment,
                base_url=held.base_url,
                ledger=MemoryLedger(),
            )
        return found

    # -- the sound part ----------------------------------------------------------------------------------------------

    @property
    def root(self) -> Authority:
        """The root, which the system under test trusts."""
        return self._authorities["g4-tls-root"]

    @property
    def domain(self) -> Authority:
        """The authority below the root."""
        return self._authorities["g4-tls-domain"]

    @property
    def tsp(self) -> Authority:
        """The authority that issues certificates to organisations."""
        return self._authorities["g4-tls-tsp"]

    @property
    def key(self) -> PrivateKey:
        """The key of every certificate that needs no other."""
        return self.keys("rsa:3072", "end entity")

    def crls(self, certificate: IssuedCertificate) -> tuple[bytes, ...]:
        """Return a fresh CRL of every authority above a certificate, its own issuer's first."""
        issuers = [self._by_certificate.get(link.der) for link in certificate.path[1:]]
        return tuple(self._crl(issuer) for issuer in issuers if issuer is not None)

    def _crl(self, issuer: Authority) -> bytes:
        return self._crls.setdefault(issuer.certificate.der, issuer.crl())

    # -- to deviate --------------------------------------------------------------------------------------------------

    def leaf(
        self,
        profile: str = PROFILE,
        *,
        issuer: Authority | None = None,
        key: PrivateKey | None = None,
        **deviation: Unpack[Deviation],
    ) -> IssuedCertificate:
        """Issue an end entity certificate; without a deviation a sound one."""
        return (issuer or self.tsp).issue(profile, key=key or self.key, moment=self.moment, **deviation)

    def authority(
        self,
        name: str = "g4-tls-tsp",
        *,
        issuer: Authority | None = None,
        key: PrivateKey | None = None,
        **deviation: Unpack[Deviation],
    ) -> Authority:
        """Create an authority that takes the place of the sound one with this name, under a key of its own."""
        spec = authority_spec(name)
        above = issuer or self._authorities[spec.issuer or ""]
        made = above.create_subordinate(spec, key=key or self.other_key, moment=self.moment, **deviation)
        return self._known(made)

    def other_root(self, name: str = "g4-tls-root", **deviation: Unpack[Deviation]) -> Authority:
        """Create a root that nobody trusts."""
        key = self.keys("rsa:2048", "other root")
        spec = authority_spec(name)
        return self._known(create_root(spec, moment=self.moment, key=key, base_url=self.root.base_url, **deviation))

    def below(self, root: Authority, *, domain: str = "g4-tls-domain", tsp: str = "g4-tls-tsp") -> Authority:
        """Create the authorities below another root; return the lowest."""
        above = self.authority(domain, issuer=root)
        return self.authority(tsp, issuer=above, key=self.keys("rsa:2048", "other tsp"))

    def _known(self, authority: Authority) -> Authority:
        self._by_certificate[authority.certificate.der] = authority
        return authority

    @property
    def other_key(self) -> PrivateKey:
        """A key of an authority, and not of a sound one."""
        return self.keys("rsa:2048", "other authority")

    def subject(
        self,
        *,
        change: Iterable[Attribute] = (),
        without: Iterable[str] = (),
        add: Iterable[Attribute] = (),
    ) -> list[Attribute]:
        """Return the subject of a sound certificate, but for some attributes."""
        instead = {attribute.type: attribute for attribute in change}
        left_out = set(without)
        sound = content.subject_of(template(PROFILE), {})
        return [instead.get(a.type, a) for a in sound if a.type not in left_out] + list(add)

    def name_constraints(self, permitted: str) -> Extension:
        """Return nameConstraints that permit host names in one domain."""
        subtree = der.sequence(extensions.dns_name(permitted))
        return extensions.extension("name_constraints", der.sequence(der.context(0, subtree)))

    # -- a certificate of the production type, below the test root ----------------------------------------------------

    def production_leaf(self, **deviation: Unpack[Deviation]) -> IssuedCertificate:
        """Issue a certificate that looks like one of production, by an authority with the policies of production."""
        subject = self.subject(
            change=[
                Attribute("O", "Gemeente Voorbeeld"),
                Attribute("CN", content.DEFAULT_DNS_NAME),
                Attribute("serialNumber", _REAL_OIN),
            ]
        )
        issuer = self.authority(policies=PRODUCTION_POLICIES)
        wanted: Deviation = {"subject": subject, "policies": PRODUCTION_POLICIES, **deviation}
        return self.leaf(issuer=issuer, **wanted)

    # -- UZI ----------------------------------------------------------------------------------------------------------

    def uzi_leaf(self, **deviation: Unpack[Deviation]) -> IssuedCertificate:
        """Issue a UZI server certificate."""
        issuer = self.authority("uzi-server-tsp")
        return self.leaf("uzi-server", issuer=issuer, key=self.keys("rsa:4096", "uzi"), **deviation)

    def uzi_name(self, subscriber: str) -> bytes:
        """Return the otherName of a UZI server certificate, for this subscriber."""
        text = f"2.16.528.1.1007.99.2110-1-990000001-S-{subscriber}-00.000-00000000"
        return extensions.other_name("2.5.5.5", der.string(text, "IA5String"))

    # -- revocation ---------------------------------------------------------------------------------------------------

    def revoked_leaf(self) -> tuple[IssuedCertificate, bytes]:
        """Issue a certificate and revoke it; return the CRL that says so as well."""
        if self._folder is None:
            issued = self.leaf()
            return issued, self.tsp.crl(revocations=[RevokedEntry(issued.serial_number, self.moment, "keyCompromise")])
        issued = self._folder.pki[self.tsp.name].issue(PROFILE, key=self.key, moment=self.moment)
        _, path = self._folder.revoke(issued.serial_number, "keyCompromise", moment=self.moment)
        return issued, path.read_bytes()
