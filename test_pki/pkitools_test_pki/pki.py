"""A whole test PKI: the authorities of one or more shapes, built in one call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final, Unpack

from pkitools.errors import InvalidValueError
from pkitools.text import pattern
from pkitools_test_pki.algorithms import PrivateKey
from pkitools_test_pki.authority import DEFAULT_BASE_URL, Authority
from pkitools_test_pki.blueprint import Deviation
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.keys import KeySource, fresh_keys
from pkitools_test_pki.ledger import Ledger, MemoryLedger
from pkitools_test_pki.roots import create_root
from pkitools_test_pki.shapes import AuthoritySpec, Template, authorities_of, template, templates

# no https: a CRL behind TLS cannot be fetched before the CRL is known (RFC 5280 4.2.1.13, 8)
_BASE_URL: Final = pattern(
    r"http://(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:]{2,45}\])(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/-]{0,200})?"
)


class PKI:
    """The authorities of a test PKI by name, roots first.

    >>> pki = build("g4-tls", moment=..., keys=elliptic_keys)  # doctest: +SKIP
    >>> pki.issue("g4-tls", dns=["koppeling.voorbeeld.test"]).chain_pem  # doctest: +SKIP
    """

    def __init__(self, authorities: Mapping[str, Authority]) -> None:
        self._authorities = dict(authorities)

    def __iter__(self) -> Iterator[Authority]:
        return iter(self._authorities.values())

    def __getitem__(self, name: str) -> Authority:
        """Return an authority.

        Raises:
            InvalidValueError: this PKI has no such authority.
        """
        try:
            return self._authorities[name]
        except KeyError:
            known = ", ".join(self._authorities)
            raise InvalidValueError("test_pki.error.authority", authority=name, known=known) from None

    @property
    def roots(self) -> tuple[Authority, ...]:
        """The trust anchors."""
        return tuple(authority for authority in self if authority.spec.issuer is None)

    @property
    def profiles(self) -> tuple[str, ...]:
        """The end entity profiles that an authority of this PKI signs."""
        return tuple(name for name, row in templates().items() if row.issuer in self._authorities)

    def issuer_of(self, profile: str | Template | None) -> Authority:
        """Return the authority that signs a profile.

        Raises:
            InvalidValueError: no such profile, or its authority is of a shape this PKI does not have.
        """
        chosen = self.template(profile)
        if chosen.issuer not in self._authorities:
            known = ", ".join(self.profiles)
            raise InvalidValueError("test_pki.error.profile_not_here", profile=chosen.name, known=known)
        return self[chosen.issuer]

    def template(self, profile: str | Template | None = None) -> Template:
        """Return a profile by name; the default one when none is named."""
        return profile if isinstance(profile, Template) else template(profile or self.default_profile)

    @property
    def default_profile(self) -> str:
        """The profile meant when none is named: the first one of the shape built first."""
        first: dict[str, str] = {}
        for name, row in templates().items():
            first.setdefault(row.issuer, name)
        return next(first[name] for name in self._authorities if name in first)

    def issue(
        self,
        profile: str | Template | None = None,
        *,
        key: PrivateKey | None = None,
        moment: datetime | None = None,
        **deviation: Unpack[Deviation],
    ) -> IssuedCertificate:
        """Issue an end entity certificate with the authority its profile names. See :meth:`Authority.issue`."""
        chosen = profile or self.default_profile
        return self.issuer_of(chosen).issue(chosen, key=key, moment=moment, **deviation)

    def crls(self, *, moment: datetime | None = None) -> dict[str, bytes]:
        """Publish the next CRL of every authority; return them by the authority's name."""
        return {authority.name: authority.crl(moment=moment) for authority in self}

    def trust_pem(self) -> bytes:
        """Return the roots in PEM: what a relying party trusts."""
        return b"".join(root.certificate.pem for root in self.roots)


def build(
    *shapes: str,
    moment: datetime,
    keys: KeySource = fresh_keys,
    base_url: str = DEFAULT_BASE_URL,
    ledger: Ledger | None = None,
) -> PKI:
    """Build the authorities of one or more shapes, in memory. What shapes have in common is built once.

    Args:
        *shapes: names, see :func:`~pkitools_test_pki.shapes.shape_names`.
        moment: now, aware UTC: the default moment of all that the PKI does.
        keys: where the keys come from; fresh RSA keys of 4096 bits when left out, which takes seconds.
        base_url: where the certificates say that CRLs, authorities' certificates and OCSP are.
        ledger: memory when left out.

    Raises:
        InvalidValueError: no such shape, its hierarchy has ended, or ``base_url`` is no address.
    """
    if moment.tzinfo is None:
        raise ValueError("moment must be an aware datetime")
    ledger = MemoryLedger() if ledger is None else ledger
    base_url = checked_base_url(base_url)
    return built_of(authorities_of(shapes), moment=moment, keys=keys, base_url=base_url, ledger=ledger)


def built_of(
    specs: Iterable[AuthoritySpec], *, moment: datetime, keys: KeySource, base_url: str, ledger: Ledger
) -> PKI:
    """Build authorities, each after its issuer; what is handed in is not checked."""
    built: dict[str, Authority] = {}
    for spec in specs:
        built[spec.name] = (
            create_root(spec, moment=moment, base_url=base_url, ledger=ledger, keys=keys)
            if spec.issuer is None
            else built[spec.issuer].create_subordinate(spec)
        )
    return PKI(built)


def checked_base_url(text: str) -> str:
    """Return the address without a slash at its end.

    Raises:
        InvalidValueError: not ``http://HOST[:PORT][/PATH]`` in the characters a certificate can hold.
    """
    if not _BASE_URL.fullmatch(text):
        raise InvalidValueError("test_pki.error.base_url", url=text)
    return text.rstrip("/")
