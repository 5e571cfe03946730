"""A certificate that its holder signs himself, for a system whose preproduction takes one. Never for production."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from pkitools.arguments import aware
from pkitools.environment import Environment
from pkitools.errors import InvalidValueError
from pkitools.files import Output
from pkitools.frozen import dataclass, field, replace
from pkitools.ordering.choosing import About, Choice, Reason
from pkitools.ordering.orders import FOR, Order, OrderingKnowledge, plan_order
from pkitools.requests import PrivateKey, generate_key
from pkitools.requests.keys import to_pem
from pkitools.requests.making import names_extension, sign_with, subject_name
from pkitools.systems import Stance, Topic
from pkitools.x509 import CertificateFacts, read_certificate

DEFAULT_DAYS: Final = 397
"""How long it is valid: as long as one of TRIAL usually is. Nobody can revoke one that is lost, so not longer."""
MOST_DAYS: Final = 1096
"""As long as a certificate of PKIoverheid may be valid, and no longer."""

_USAGES: Final = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


@dataclass(frozen=True, slots=True)
class SelfSigned:
    """A certificate that its holder signed.

    Args:
        facts: the certificate.
        key: its key.
        order: what was asked.
        days: how long it is valid.
    """

    facts: CertificateFacts
    key: PrivateKey
    order: Order
    days: int

    @property
    def pem(self) -> bytes:
        """The certificate in PEM."""
        return to_pem("CERTIFICATE", self.facts.der)

    def outputs(self, prefix: str, passphrase: bytes | None) -> list[Output]:
        """Return the files to write with :func:`pkitools.files.write_set`: a key made for it, and the certificate.

        Args:
            prefix: what the names begin with; ``.key`` and ``.pem`` are added.
            passphrase: encrypts the key; ``None`` leaves it plain.
        """
        key = [Output(f"{prefix}.key", self.key.pem(passphrase), secret=True)] if self.key.made_here else []
        return [*key, Output(f"{prefix}.pem", self.pem, secret=False)]


@dataclass(frozen=True, slots=True)
class SelfSignedPlan:
    """A self-signed certificate that is right in everything but its key. :func:`plan_self_signed` makes one."""

    order: Order
    choice: Choice
    moment: datetime = field(repr=False)
    days: int

    def make(self) -> SelfSigned:
        """Make the key and sign the certificate with it."""
        return self.sign(generate_key(self.order.plan.key_type))

    def sign(self, key: PrivateKey) -> SelfSigned:
        """Sign the certificate with a key that exists."""
        self.order.plan.refuse_unfit(key)
        builder = _signable(self, key)
        der = sign_with(builder, key, self.order.plan.signature).public_bytes(Encoding.DER)
        return SelfSigned(read_certificate(der), key, self.order, self.days)


def plan_self_signed(
    values: Mapping[str, Any], *, moment: datetime, days: int = DEFAULT_DAYS, knowledge: OrderingKnowledge | None = None
) -> SelfSignedPlan:
    """Return the plan of a self-signed certificate.

    Args:
        values: the fields of an order; ``for`` names the system.
        moment: when it begins to be valid.
        days: how long it is to be valid.
        knowledge: where systems are looked up.

    Raises:
        InvalidValueError: it is for production, the system takes no such certificate or does not say so, or something
            of the order is wrong.
    """
    moment = aware(moment).replace(microsecond=0)
    if not 1 <= days <= MOST_DAYS:
        raise InvalidValueError("ordering.error.self_signed_days", days=days, most=MOST_DAYS)
    if FOR not in values:
        raise InvalidValueError("ordering.error.self_signed_system")
    order = plan_order(
        {name: value for name, value in values.items() if name != "tsp"}, moment=moment, knowledge=knowledge
    )
    chosen = order.choice
    assert chosen is not None, "a system is named"
    _refuse_system(chosen, moment)
    chosen = replace(chosen, tsp=None, reasons=tuple(_reasons(chosen, moment)))
    return SelfSignedPlan(replace(order, choice=chosen), chosen, moment, days)


def _reasons(chosen: Choice, moment: datetime) -> Iterator[Reason]:
    """Yield why: that it may be self-signed in the place of which profile it would be; no TSP is asked."""
    for statement in chosen.system.statements_at(chosen.environment, moment, Topic.SELF_SIGNED):
        yield Reason(About.PROFILE, "ordering.reason.self_signed", {}, statement)
    yield from (reason for reason in chosen.reasons if reason.about not in {About.PROFILE, About.TSP})


def _refuse_system(chosen: Choice, moment: datetime) -> None:
    system, where = chosen.system, chosen.environment
    if where is Environment.PRODUCTION:
        raise InvalidValueError("ordering.error.self_signed_production", system=system.title)
    if system.self_signed_allowed(where, moment) is not True:
        said = {each.answer for each in system.statements_at(where, moment, Topic.SELF_SIGNED)}
        slug = "self_signed_refused" if Stance.NO in said else "self_signed_unknown"
        raise InvalidValueError(f"ordering.error.{slug}", system=system.title, owner=system.owner)


def _signable(plan: SelfSignedPlan, key: PrivateKey) -> x509.CertificateBuilder:
    asked, public = plan.order.plan, key.native.public_key()
    name = subject_name(asked)
    builder = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=public,
        serial_number=x509.random_serial_number(),
        not_valid_before=plan.moment,
        not_valid_after=plan.moment + timedelta(days=plan.days),
    )
    identifier = x509.SubjectKeyIdentifier.from_public_key(public)
    builder = (
        builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(isinstance(public, rsa.RSAPublicKey)), critical=True)
        .add_extension(x509.ExtendedKeyUsage(_purposes(plan.choice, plan.moment)), critical=False)
        .add_extension(identifier, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
    )
    names = names_extension(asked)
    return builder if names is None else builder.add_extension(names, critical=False)


def _key_usage(is_rsa: bool) -> x509.KeyUsage:
    used = {"digital_signature", *(("key_encipherment",) if is_rsa else ())}
    return x509.KeyUsage(**{name: name in used for name in _USAGES})


def _purposes(chosen: Choice, moment: datetime) -> list[x509.ObjectIdentifier]:
    """Return what it may be used for: as a client, and as a server where the system asks that."""
    asked = chosen.system.statements_at(chosen.environment, moment, Topic.SERVER_AUTH)
    server = [ExtendedKeyUsageOID.SERVER_AUTH] if any(each.answer is Stance.YES for each in asked) else []
    return [ExtendedKeyUsageOID.CLIENT_AUTH, *server]
