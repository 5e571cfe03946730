"""One certification authority of the test PKI."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import cached_property
from typing import Unpack

from pkitools.errors import InvalidValueError, StateError
from pkitools.x509.model import Extension
from pkitools_test_pki import content, crl, extensions
from pkitools_test_pki.algorithms import SCHEMES, PrivateKey, PublicKey, SignatureScheme, scheme_for
from pkitools_test_pki.blueprint import Blueprint, Deviation, validity
from pkitools_test_pki.content import Issuer
from pkitools_test_pki.crl import RevokedEntry
from pkitools_test_pki.enrol import Change, enrol, read_request
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.keys import KeySource, fresh_keys, spki
from pkitools_test_pki.ledger import CrlState, Ledger, MemoryLedger, Status
from pkitools_test_pki.names import encode, file_name
from pkitools_test_pki.publishing import CrlDeviation, publish
from pkitools_test_pki.shapes import AuthoritySpec, Template, ocsp_responder_template, template, templates

DEFAULT_BASE_URL = "http://127.0.0.1:8080"


class Authority:
    """A certification authority: it issues, revokes, and publishes CRLs.

    Every method works in memory. The moment of an action is an argument; left out, it is the moment the authority was
    made or opened at.

    Args:
        spec: its data.
        certificate: its certificate, with its issuers.
        private_key: its key, or a function that fetches it when first needed.
        moment: aware UTC, the default for all it does.
        base_url: where its CRL, certificate and OCSP responder are said to be.
        ledger: what it remembers by.
        keys: makes the keys of what it issues.
    """

    def __init__(
        self,
        spec: AuthoritySpec,
        certificate: IssuedCertificate,
        private_key: PrivateKey | Callable[[], PrivateKey],
        *,
        moment: datetime,
        base_url: str = DEFAULT_BASE_URL,
        ledger: Ledger | None = None,
        keys: KeySource = fresh_keys,
    ) -> None:
        self.spec = spec
        self.certificate = certificate
        self.moment = moment
        self.base_url = base_url
        self.ledger = MemoryLedger() if ledger is None else ledger
        self.keys = keys
        self._private_key = private_key

    def __repr__(self) -> str:
        return f"<Authority {self.name}: {self.spec.common_name}>"

    # -- what it is --------------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Its name in the shape, such as ``g4-tls-tsp``."""
        return self.spec.name

    @cached_property
    def key(self) -> PrivateKey:
        """Its private key."""
        return self._private_key() if callable(self._private_key) else self._private_key

    @cached_property
    def signature(self) -> SignatureScheme:
        """How it signs: as its generation does, when its key can."""
        return scheme_for(self.key, SCHEMES[self.spec.generation.signature])

    @cached_property
    def subject(self) -> bytes:
        """Its name in DER, as its certificate has it."""
        return self.certificate.facts.subject.der

    @property
    def ends(self) -> datetime:
        """Its notAfter."""
        return self.certificate.facts.not_after

    @property
    def file_name(self) -> str:
        """Base name of its files, ``TRIALPKIoverheidG4RootPrivGTLS2024``."""
        return file_name(self.spec.common_name)

    @property
    def certificate_url(self) -> str:
        """Where its certificate is, in DER (RFC 5280 4.2.2.1)."""
        return f"{self.base_url}/cert/{self.file_name}.cer"

    @property
    def crl_url(self) -> str:
        """Where its CRL is."""
        return f"{self.base_url}/crl/{self.file_name}.crl"

    @property
    def ocsp_url(self) -> str:
        """Where its OCSP responder is."""
        return f"{self.base_url}/ocsp/{self.file_name}"

    @cached_property
    def key_identifier(self) -> bytes:
        """The identifier of its key, by which certificates and CRLs name it."""
        return extensions.key_identifier(self.key.public_key())

    def as_issuer(self) -> Issuer:
        """Return what the certificates it issues say about it."""
        return issuer_of(self.spec, self.base_url, self.key.public_key())

    # -- issuing -----------------------------------------------------------------------------------------------------

    def issue(
        self,
        profile: str | Template | None = None,
        *,
        key: PrivateKey | None = None,
        moment: datetime | None = None,
        **deviation: Unpack[Deviation],
    ) -> IssuedCertificate:
        """Issue an end entity certificate: by its profile, but for what the deviation says.

        Args:
            profile: name or template; the first one this authority signs when left out. Any authority can issue any.
            key: the subject's key; a new one when neither this nor ``public_key`` is given.
            moment: of issuing, and notBefore.
            **deviation: see :class:`~pkitools_test_pki.blueprint.Deviation`.
        """
        chosen = self._template(profile)
        moment = moment or self.moment
        if key is None and "public_key" not in deviation:
            key = self.keys(chosen.key)
        public_key = deviation.get("public_key") or _public_key_of(key)
        return self._issue(
            content.encoded_subject(chosen, deviation),
            public_key,
            content.end_entity_extensions(chosen, self.as_issuer(), public_key, deviation),
            period=validity(deviation, moment, chosen.days, self.ends),
            profile=chosen.name,
            key=key,
            deviation=deviation,
            moment=moment,
        )

    def issue_from_csr(
        self,
        csr: bytes,
        profile: str | Template | None = None,
        *,
        moment: datetime | None = None,
        **wishes: Unpack[Deviation],
    ) -> tuple[IssuedCertificate, tuple[Change, ...]]:
        """Issue what a certificate signing request (PEM or DER) asks, held to the profile.

        Returns:
            The certificate, and how it differs from what was asked.

        Raises:
            InputError: no request, or one not signed with its own key.
            InvalidValueError: it asks what the profile does not allow, or has too weak a key.
        """
        chosen = self._template(profile)
        deviation, changes = enrol(chosen, wishes, read_request(csr))
        return self.issue(chosen, moment=moment, **deviation), changes

    def create_subordinate(
        self,
        spec: AuthoritySpec,
        *,
        key: PrivateKey | None = None,
        moment: datetime | None = None,
        **deviation: Unpack[Deviation],
    ) -> Authority:
        """Create the authority ``spec`` below this one; a deviation makes it a bad one."""
        moment = moment or self.moment
        key = key or self.keys(spec.generation.key)
        starts = min(spec.generation.starts[spec.level], moment)
        not_before, not_after = deviation.get("not_before", starts), deviation.get("not_after")
        certificate = self._issue(
            content.encoded_name(deviation.get("subject", spec.subject)),
            deviation.get("public_key") or key.public_key(),
            content.authority_extensions(spec, self.as_issuer(), key.public_key(), deviation),
            period=(not_before, not_after or self.ends - timedelta(days=1)),
            profile=spec.level,
            key=key,
            deviation=deviation,
            moment=moment,
        )
        return Authority(
            spec, certificate, key, moment=moment, base_url=self.base_url, ledger=self.ledger, keys=self.keys
        )

    def ocsp_responder(self, *, moment: datetime | None = None, **deviation: Unpack[Deviation]) -> IssuedCertificate:
        """Issue a certificate that may sign OCSP responses in this authority's name (RFC 6960 4.2.2.2).

        It starts an hour before the moment: a client that asks has read the clock a little earlier.
        """
        moment = moment or self.moment
        deviation.setdefault("not_before", moment - timedelta(hours=1))
        no_check = extensions.extension("ocsp_no_check", b"\x05\x00")
        deviation["extensions"] = [no_check, *deviation.get("extensions", ())]
        deviation.setdefault("organization", next(str(a.value) for a in self.spec.subject if a.type == "O"))
        deviation.setdefault("common_name", "TRIAL OCSP responder")
        return self.issue(ocsp_responder_template(self.name), moment=moment, **deviation)

    def _template(self, profile: str | Template | None) -> Template:
        if isinstance(profile, Template):
            return profile
        if profile is not None:
            return template(profile)
        own = next((chosen for chosen in templates().values() if chosen.issuer == self.name), None)
        if own is None:
            raise InvalidValueError("test_pki.error.no_profile", authority=self.name)
        return own

    def _issue(
        self,
        subject: bytes,
        public_key: PublicKey,
        listed: tuple[Extension, ...],
        *,
        period: tuple[datetime, datetime],
        profile: str,
        key: PrivateKey | None,
        deviation: Deviation,
        moment: datetime,
    ) -> IssuedCertificate:
        serial_number = self.ledger.reserve(self.name, moment, deviation.get("serial_number"))
        signing_key = deviation.get("signing_key", self.key)
        blueprint = Blueprint(
            serial_number=serial_number,
            signature=scheme_for(signing_key, self.signature) if "signing_key" in deviation else self.signature,
            issuer=self.subject,
            not_before=period[0],
            not_after=period[1],
            subject=subject,
            spki=spki(public_key),
            extensions=listed,
        ).deviating(deviation)
        issued = IssuedCertificate(blueprint.signed(signing_key), serial_number, profile, self.certificate, key)
        self.ledger.record(self.name, issued)
        return issued

    # -- revoking ----------------------------------------------------------------------------------------------------

    def revoke(
        self,
        certificate: IssuedCertificate | int,
        reason: str | None = "cessationOfOperation",
        *,
        moment: datetime | None = None,
    ) -> RevokedEntry:
        """Revoke what this authority issued, given as a certificate or its serial number.

        Raises:
            InvalidValueError: not issued here, revoked before, or no such reason.
        """
        if reason is not None and reason not in crl.REASONS:
            raise InvalidValueError("test_pki.error.reason", reason=reason, known=", ".join(crl.PKIOVERHEID_REASONS))
        number = certificate if isinstance(certificate, int) else certificate.serial_number
        revocation = RevokedEntry(number, moment or self.moment, reason)
        self.ledger.revoke(self.name, revocation)
        return revocation

    def status(self, serial_number: int) -> tuple[Status, RevokedEntry | None]:
        """Return what an OCSP responder would say of a serial number."""
        return self.ledger.status(self.name, serial_number)

    def crl(
        self, *, moment: datetime | None = None, hours: float | None = None, **deviation: Unpack[CrlDeviation]
    ) -> bytes:
        """Publish the next complete CRL and return it in DER.

        Args:
            moment: thisUpdate.
            hours: from thisUpdate to nextUpdate; 48 by PKIoverheid's rule.
            **deviation: see :class:`~pkitools_test_pki.publishing.CrlDeviation`.
        """
        return publish(self, "full", lambda state: ((), state.revocations), deviation, moment=moment, hours=hours)

    def delta_crl(
        self, *, moment: datetime | None = None, hours: float | None = None, **deviation: Unpack[CrlDeviation]
    ) -> bytes:
        """Publish a delta CRL: what was revoked since the last complete one.

        Raises:
            StateError: no complete CRL was published yet.
        """

        def added(state: CrlState) -> tuple[tuple[Extension, ...], Iterable[RevokedEntry]]:
            if state.base_number is None:
                raise StateError("test_pki.error.no_base_crl", authority=self.name)
            return (crl.delta_indicator(state.base_number),), state.revocations[state.base_count :]

        return publish(self, "delta", added, deviation, moment=moment, hours=hours)

    def partition_url(self, partition: int) -> str:
        """Where this partition of its CRL is."""
        return f"{self.base_url}/crl/{self.file_name}-{partition}.crl"

    def partition_of(self, serial_number: int, count: int) -> int:
        """Return which of ``count`` partitions a serial number belongs to."""
        return serial_number % count

    def partitioned_crl(
        self,
        partition: int,
        count: int,
        *,
        moment: datetime | None = None,
        hours: float | None = None,
        **deviation: Unpack[CrlDeviation],
    ) -> bytes:
        """Publish partition ``partition`` of ``count``: a CRL for part of the serial numbers, which it says of itself.

        A certificate that relies on it names :meth:`partition_url` in its ``crl_urls``.
        """
        point = crl.issuing_distribution_point(self.partition_url(partition))

        def part(state: CrlState) -> tuple[tuple[Extension, ...], Iterable[RevokedEntry]]:
            return (point,), (r for r in state.revocations if self.partition_of(r.serial_number, count) == partition)

        return publish(self, f"partition-{partition}-of-{count}", part, deviation, moment=moment, hours=hours)


def issuer_of(spec: AuthoritySpec, base_url: str, public_key: PublicKey) -> Issuer:
    """Return what the certificates of an authority say about it."""
    name = file_name(spec.common_name)
    return Issuer(
        subject=encode(spec.subject),
        key_identifier=extensions.key_identifier(public_key),
        ca_issuers_url=f"{base_url}/cert/{name}.cer",
        crl_url=f"{base_url}/crl/{name}.crl",
        ocsp_url=f"{base_url}/ocsp/{name}",
        disclosure_url=f"{base_url}/pds".replace("http://", "https://", 1),  # ETSI EN 319 412-5 4.3.4 asks https
    )


def _public_key_of(key: PrivateKey | None) -> PublicKey:
    if key is None:
        raise InvalidValueError("test_pki.error.no_key")
    return key.public_key()
