"""From an organisation's particulars to a key and a request a PKIoverheid TSP accepts.

Two steps, so that many requests can be judged before the first key is made: :func:`plan_request` refuses whatever is
wrong, :meth:`RequestPlan.sign` cannot fail for a reason the caller could have known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.serialization import Encoding

from pkitools.arguments import choice, of_type, optional, optional_choice, several, text
from pkitools.environment import Environment
from pkitools.errors import InvalidValueError
from pkitools.files import Output
from pkitools.frozen import dataclass
from pkitools.messages.blanks import is_blank
from pkitools.oin import OIN, OrganizationIdentifier, oin_from_kvk
from pkitools.oin import organization_identifier as identifier_of
from pkitools.oin.errors import InvalidIdentifierError
from pkitools.profiles import ATTRIBUTE_OIDS, TSP, Presence, Profile, get_profile, get_tsp
from pkitools.profiles.conformance import Particulars
from pkitools.profiles.dns_names import a_label, dns_fault, more_than_a_name
from pkitools.requests.keys import PrivateKey, generate_key, private_key_of, to_pem
from pkitools.requests.reading import RequestFacts, read_request
from pkitools.requests.refusing import EACH_NAME, KEY, NAMES, is_indicative, refuse
from pkitools.requests.subject import RequestSubject, build_subject
from pkitools.x509.model import GeneralName
from pkitools.x509.oids import ATTRIBUTES

_FOR_PEOPLE: Final = frozenset({"syntax", "single_label", "idn"})  # faults of a name that is meant for people
_NAMES_NOBODY: Final = frozenset({"ip", *_FOR_PEOPLE})  # and those of what is no host's name at all
_OIDS: Final = {name: x509.ObjectIdentifier(dotted) for name, dotted in ATTRIBUTE_OIDS.items()}


class SignatureScheme(StrEnum):
    """How an RSA key signs the request."""

    PSS = "pss-sha512-salt64"
    PKCS1 = "pkcs1v15-sha256"


@dataclass(frozen=True, slots=True)
class RequestPlan:
    """A request that is right in everything but its key. :func:`plan_request` makes one.

    Args:
        profile: the profile it is for.
        environment: where the certificate is to be used.
        subject: the name.
        dns_names: the subjectAltName.
        key_type: the key to make for it, as in :func:`generate_key`.
        signature: how to sign.
        tsp: who it goes to; ``None``: not said.
    """

    profile: Profile
    environment: Environment
    subject: RequestSubject
    dns_names: tuple[str, ...]
    key_type: str
    signature: SignatureScheme
    tsp: TSP | None = None

    def __repr__(self) -> str:
        return f"<RequestPlan {self.profile.name}, {self.environment}, {self.subject.get('CN')!r}>"

    def differences(self, request: RequestFacts) -> tuple[str, ...]:
        """Return what a request says otherwise than planned: short names of subject attributes, then ``dns``.

        The key and the signature do not count: a request is as planned whatever key it was made with.
        """
        of_type(request, RequestFacts, "request")
        planned = {ATTRIBUTE_OIDS[name]: [value] for name, value in self.subject.attributes}
        found: dict[str, list[str]] = {}
        for attribute in request.subject:
            found.setdefault(attribute.oid, []).append(attribute.value)
        oids = [oid for oid in dict.fromkeys((*planned, *found)) if planned.get(oid) != found.get(oid)]
        named = [ATTRIBUTES.get(oid, oid) for oid in oids]
        same = sorted(name.lower() for name in self.dns_names) == sorted(name.lower() for name in request.dns_names)
        return tuple(named if same else [*named, "dns"])

    def make(self) -> SignedRequest:
        """Make the key and sign the request with it."""
        return self.sign(generate_key(self.key_type))

    def sign(self, key: PrivateKey | Any) -> SignedRequest:
        """Sign the request with a key that exists.

        Args:
            key: read by :func:`~pkitools.requests.load_key`, or a private key of ``cryptography``.

        Raises:
            InvalidValueError: the profile does not allow the key, or it is none.
        """
        key = private_key_of(key)
        self.refuse_unfit(key)
        builder = x509.CertificateSigningRequestBuilder(subject_name=subject_name(self))
        names = names_extension(self)
        if names is not None:
            builder = builder.add_extension(names, critical=False)
        der = sign_with(builder, key, self.signature).public_bytes(Encoding.DER)
        return SignedRequest(read_request(der), key, self)

    def refuse_unfit(self, key: PrivateKey) -> None:
        """Refuse a key that the profile does not allow.

        Raises:
            InvalidValueError: with what the profile asks.
        """
        refuse(KEY, self.profile, Particulars(key=key.public, trial=_is_trial(self.tsp)), passes=is_indicative)


def subject_name(plan: RequestPlan) -> x509.Name:
    """Return the name of a plan as ``cryptography`` has it, in the order it is encoded."""
    return x509.Name([x509.NameAttribute(_OIDS[name], value) for name, value in plan.subject.attributes])


def names_extension(plan: RequestPlan) -> x509.SubjectAlternativeName | None:
    """Return the DNS names of a plan as an extension; ``None`` where it has none."""
    names = [x509.DNSName(name) for name in plan.dns_names]
    return x509.SubjectAlternativeName(names) if names else None


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A signed request with its key and what was asked for."""

    facts: RequestFacts
    key: PrivateKey
    plan: RequestPlan

    @property
    def der(self) -> bytes:
        """The request in DER."""
        return self.facts.der

    @property
    def pem(self) -> bytes:
        """The request in PEM: what a TSP's form asks for."""
        return to_pem("CERTIFICATE REQUEST", self.facts.der)

    def outputs(self, prefix: str, passphrase: bytes | None) -> list[Output]:
        """Return the files to write with :func:`pkitools.files.write_set`: a key made for it, and the request.

        Args:
            prefix: what the names begin with; ``.key`` and ``.csr`` are added.
            passphrase: encrypts the key; ``None`` leaves it plain.
        """
        return [
            *([Output(f"{prefix}.key", self.key.pem(passphrase), secret=True)] if self.key.made_here else []),
            Output(f"{prefix}.csr", self.pem, secret=False),
        ]


def plan_request(
    profile: Profile | str,
    environment: Environment | str,
    *,
    common_name: str,
    organization: str | None = None,
    oin: str | None = None,
    kvk: str | None = None,
    organization_identifier: str | None = None,
    dns_names: str | Iterable[str] = (),
    country: str | None = None,
    locality: str | None = None,
    province: str | None = None,
    key_type: str | None = None,
    signature: SignatureScheme | str | None = None,
    tsp: TSP | str | None = None,
) -> RequestPlan:
    """Return the plan of a request, or refuse what is wrong with it.

    Refused is what a text demands. What is only inferred of a profile, such as what the schema of TRIAL lets expect of
    production, is let through; :func:`pkitools.requests.check_request` warns of it.

    Args:
        profile: by name, or as data.
        environment: a test OIN is refused in production, and ``localhost`` too.
        common_name: subject CN.
        organization: subject O, the registered name.
        oin: goes into subject.serialNumber.
        kvk: eight digits, for organizationIdentifier; where the profile requires one and the OIN is based on a KvK
            number, it may be left out. Of a SubOIN: that of the holder of the main OIN.
        organization_identifier: subject.organizationIdentifier itself, such as ``OI:NL-<OIN>`` of an organisation
            without a KvK number; instead of ``kvk``.
        dns_names: the subjectAltName, one name or several. None given: the common name, where the profile has DNS
            names and it is one.
        country: subject C. Default NL, where the profile requires a country.
        locality: subject L, where the profile allows it.
        province: subject ST, where the profile allows it.
        key_type: default the profile's.
        signature: default the profile's.
        tsp: who it goes to, by name or as data; one of TRIAL has its schema to keep to.

    Raises:
        InvalidValueError: with one sentence that says what to mend.
    """
    intake = get_tsp(tsp) if isinstance(tsp, str) else optional(tsp, TSP, "tsp")
    profile = get_profile(text(profile, "profile")) if not isinstance(profile, Profile) else profile
    environment = choice(Environment, environment, "environment")
    scheme = optional_choice(SignatureScheme, signature, "signature") or SignatureScheme(profile.signature.request)
    kvk, key_type = optional(kvk, str, "kvk"), optional(key_type, str, "key_type")
    number = _oin(oin, environment)
    values = {
        "C": country or ("NL" if "C" in profile.subject.names(Presence.REQUIRED) else None),
        "ST": province,
        "L": locality,
        "O": organization,
        "CN": common_name,
        "organizationIdentifier": _organization_identifier(profile, number, kvk, organization_identifier),
        "serialNumber": str(number) if number is not None else None,
    }
    given_values = {name: text(value, name) for name, value in values.items() if value is not None}
    _refuse_blanks(given_values)
    subject = build_subject(profile, given_values, trial=_is_trial(intake))
    given = tuple(text(name, "dns_names") for name in several(dns_names, str, "dns_names"))
    names = _dns_names(profile, _Names(environment, _is_trial(intake)), common_name, given)
    chosen = key_type.lower() if key_type else profile.key.types[0]
    _refuse_key_type(profile, chosen)
    return RequestPlan(profile, environment, subject, names, chosen, scheme, intake)


def _refuse_blanks(values: Mapping[str, str]) -> None:
    """Refuse what was left as it stood in a command that was told: no text forbids it, and nobody means it."""
    for name, value in values.items():
        if is_blank(value):
            raise InvalidValueError("requests.error.blank", attribute=name, value=value)


def _is_trial(tsp: TSP | None) -> bool:
    return tsp is not None and tsp.trial


def _oin(given: str | None, environment: Environment) -> OIN | None:
    if given is None:
        return None
    number = OIN.parse(text(given, "oin"))
    if number.is_test and environment is Environment.PRODUCTION:
        raise InvalidValueError("requests.error.test_oin", oin=number)
    return number


def _organization_identifier(profile: Profile, oin: OIN | None, kvk: str | None, given: str | None) -> str | None:
    if given is not None:
        if kvk is not None:
            raise InvalidValueError("requests.error.identifier_twice", kvk=kvk, identifier=given)
        if oin is not None and _names_another(given, oin):
            raise InvalidValueError("requests.error.identifier_differs", oin=oin, identifier=given)
        return given
    if kvk is not None:
        based = oin_from_kvk(kvk)
        if oin is not None and oin.kvk is not None and oin.kvk != based.kvk:
            raise InvalidValueError("requests.error.kvk_differs", kvk=kvk, oin=oin, other=oin.kvk)
        return identifier_of(based)
    rule = profile.subject.attribute("organizationIdentifier")
    if rule is not None and rule.presence is Presence.REQUIRED and oin is not None:
        return identifier_of(oin)
    return None


def _names_another(given: str, oin: OIN) -> bool:
    """Return whether an organizationIdentifier names another organisation than the OIN does.

    Of a SubOIN only the OIN register knows whose it is: the OIN of its organisation may stand beside it.
    """
    try:
        identifier = OrganizationIdentifier.parse(text(given, "organization_identifier"))
    except InvalidIdentifierError:
        return False  # what its form should be, the profile says
    if (identifier.scheme, identifier.country) == ("OI:", "NL") and not oin.is_sub_oin:
        return identifier.reference != oin
    return identifier.agrees_with(oin) is False


@dataclass(frozen=True, slots=True)
class _Names:
    """What decides which names may be, beside the profile: where they are used, and whether TRIAL issues them."""

    environment: Environment
    trial: bool

    def held(self, names: Iterable[str]) -> Particulars:
        """Return the names, to be held to a profile."""
        found = tuple(GeneralName("dns", name) for name in names)
        return Particulars(names=found or None, environment=self.environment, trial=self.trial)


def _dns_names(profile: Profile, at: _Names, common_name: str, given: tuple[str, ...]) -> tuple[str, ...]:
    rule = profile.san
    if rule.presence is not Presence.FORBIDDEN:
        _refuse_more_than_names(given if given and not rule.common_name_listed else (common_name, *given), profile)
        _refuse_common_name(common_name, profile, at)
        if not given and dns_fault(common_name, rule, at.environment) not in _NAMES_NOBODY:
            given = (common_name,)
        if rule.common_name_listed and common_name.lower() not in {name.lower() for name in given}:
            given = (common_name, *given)
    names = _distinct(given)
    refuse(NAMES, profile, at.held(names), passes=is_indicative)
    return names


def _refuse_more_than_names(names: Iterable[str], profile: Profile) -> None:
    """Refuse an address, a port and the like where a name is meant: that says more than that it is no DNS name."""
    for name in names:
        if found := more_than_a_name(name):
            fault, host = found
            raise InvalidValueError(f"requests.error.name_{fault}", name=name, host=host, profile=profile.name)
        if not name.isascii() and "." in name and " " not in name:
            raise InvalidValueError("requests.error.dns_idn", name=name, a_label=a_label(name), profile=profile.name)


def _distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(name.lower(), name)
    return tuple(first.values())


def _refuse_common_name(name: str, profile: Profile, at: _Names) -> None:
    """Refuse a common name that would be a wrong DNS name, unless it may be a name for people."""
    for_people = frozenset() if profile.san.common_name_listed else _FOR_PEOPLE
    refuse(
        EACH_NAME,
        profile,
        at.held((name,)),
        passes=lambda departure: departure.operands["fault"] in for_people or is_indicative(departure),
    )


def _refuse_key_type(profile: Profile, key_type: str) -> None:
    if key_type in profile.key.types:
        return
    operands = {"key_type": key_type, "profile": profile.name, "types": ", ".join(profile.key.types)}
    if not key_type.startswith(("rsa:", "ec:")):
        raise InvalidValueError("requests.error.key_type", key_type=key_type)
    if not key_type.startswith(f"{profile.key.algorithm.lower()}:"):
        raise InvalidValueError("requests.error.key_type_ec", **operands)
    raise InvalidValueError("requests.error.key_type_size", **operands)


def sign_with(builder: Any, key: PrivateKey, scheme: SignatureScheme) -> Any:
    """Return what a builder of ``cryptography`` makes, of a request or a certificate, signed with a key.

    Args:
        builder: the builder.
        key: the key; one on an elliptic curve signs with ECDSA, whatever the scheme.
        scheme: how an RSA key signs.
    """
    if isinstance(key.native, ec.EllipticCurvePrivateKey):
        return builder.sign(key.native, hashes.SHA384() if key.native.key_size > 256 else hashes.SHA256())
    if scheme is SignatureScheme.PSS:
        pss = padding.PSS(mgf=padding.MGF1(hashes.SHA512()), salt_length=64)
        return builder.sign(key.native, hashes.SHA512(), rsa_padding=pss)
    return builder.sign(key.native, hashes.SHA256(), rsa_padding=padding.PKCS1v15())
