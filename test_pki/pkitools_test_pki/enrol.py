"""From what an applicant asks to what the test PKI issues: it copies the subject, and holds it to the profile.

An applicant's request seldom says "TRIAL", and often says more than a profile allows. What can be mended is mended and
reported as a :class:`Change`: the TRIAL prefix put before O and CN, an organizationIdentifier derived from the OIN, an
attribute the profile does not know left out. What cannot be mended is refused: a weak key, a wildcard, a wrong OIN.
"""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Final, cast

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from pkitools.environment import Environment
from pkitools.errors import InputError
from pkitools.findings import Basis
from pkitools.frozen import dataclass, replace
from pkitools.oin import OIN
from pkitools.profiles import AttributeRule, Permission, Presence, Profile, SANRule, SubjectRule, profiles
from pkitools.profiles.conformance import Particulars, Requirement
from pkitools.requests.refusing import Refusals, refuse
from pkitools.text import pattern
from pkitools.x509 import der
from pkitools.x509.keys import read_public_key
from pkitools.x509.model import GeneralName, NameAttribute
from pkitools_test_pki import names
from pkitools_test_pki.algorithms import PublicKey, verifies
from pkitools_test_pki.blueprint import Deviation
from pkitools_test_pki.content import FIELDS, host_names, organization_identifier, subject_of
from pkitools_test_pki.shapes import Template

if TYPE_CHECKING:
    from pkitools.requests.reading import RequestFacts

_PLAIN_PEM: Final = pattern(
    rb"-----BEGIN CERTIFICATE REQUEST-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END CERTIFICATE REQUEST-----\s*"
)
_MAX_HOST_NAMES: Final = 100
_MAX_VALUE: Final = 64
_FILLED_IN: Final = frozenset({"C", "organizationIdentifier"})

_R: Final = Requirement
_SUBJECT: Final[Refusals] = {
    _R.SUBJECT_LENGTH: "test_pki.error.value_length",
    _R.SUBJECT_TEXT: "test_pki.error.value_form",
    _R.SUBJECT_ALPHABET: "test_pki.error.value_form",
    _R.SUBJECT_FORM: "test_pki.error.value_form",
}
_HOST_NAMES: Final[Refusals] = {
    _R.SAN_ABSENT: "test_pki.error.names_not_allowed",
    _R.SAN_COUNT: "test_pki.error.too_many_names",
    _R.SAN_NAME: "test_pki.error.host_name",
    _R.SAN_WILDCARD: "test_pki.error.host_name",
}
_KEY: Final[Refusals] = {
    _R.KEY_ALGORITHM: "test_pki.error.key_not_rsa",
    _R.KEY_SIZE: "test_pki.error.key_too_small",
    _R.KEY_EXPONENT: "test_pki.error.key_exponent",
}


@dataclass(frozen=True, slots=True)
class Application:
    """What a certificate signing request asks of the test PKI.

    Args:
        subject: its attributes, in encoded order.
        dns: the host names of its subjectAltName.
        other_names: kinds of the other names in it.
        public_key: the subject's key; the request proves possession of its private key.
    """

    subject: tuple[NameAttribute, ...]
    dns: tuple[str, ...]
    other_names: tuple[str, ...]
    public_key: PublicKey


@dataclass(frozen=True, slots=True)
class Change:
    """Something the certificate says otherwise than the request: what happened, to which field, from what, to what.

    Args:
        kind: ``prefixed``, ``derived``, ``left_out``.
        field: attribute or name.
        before: value in the request, empty when absent.
        after: value in the certificate, empty when left out.
    """

    kind: str
    field: str
    before: str
    after: str


def read_request(data: bytes, name: str = "CSR") -> Application:
    """Read a PKCS#10 request in PEM or DER and verify its signature.

    Raises:
        InputError: not a request, or its signature is not made with its own key.
    """
    from pkitools.requests.reading import read_request as facts_of

    facts = facts_of(_only_request(data, name), name)
    return Application(
        subject=tuple(facts.subject),
        dns=facts.dns_names,
        other_names=tuple(n.kind for n in facts.subject_alternative_name or () if n.kind != "dns"),
        public_key=_proven_key(facts, name),
    )


def _only_request(data: bytes, name: str) -> bytes:
    """Return the DER of the one request in a file, whatever its form."""
    plain = _PLAIN_PEM.fullmatch(data)
    if plain:  # what nearly every file is: it need not pay for recognising all that it could be
        with contextlib.suppress(ValueError):
            return base64.b64decode(plain[1])
    from pkitools.containers import ItemKind, items_of, read_source

    found = items_of(read_source(data, name), ItemKind.REQUEST)
    if len(found) != 1:
        raise InputError("test_pki.error.many_requests", name=name, count=len(found))
    return found[0].der


def _proven_key(facts: RequestFacts, name: str) -> PublicKey:
    """Return the key of a request that is signed with it: so the applicant has the private half."""
    body, _, signature = der.children(facts.der, der.root(facts.der, der.SEQUENCE))
    encoded_key = der.encoded(facts.der, der.children(facts.der, body)[2])
    try:
        key = load_der_public_key(encoded_key)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InputError("test_pki.error.request_key", name=name, kind=facts.public_key.label) from error
    value, _ = der.bit_string(facts.der, signature)
    if not verifies(key, facts.signature_algorithm, value, der.encoded(facts.der, body)):
        raise InputError("test_pki.error.request_signature", name=name)
    return cast("PublicKey", key)


def enrol(
    template: Template, wishes: Deviation, request: Application | None = None
) -> tuple[Deviation, tuple[Change, ...]]:
    """Return what to issue, and how that differs from what was asked.

    Args:
        template: the profile.
        wishes: what the applicant says beside the request; goes before it.
        request: the request, if there is one.

    Raises:
        InvalidValueError: something the profile does not allow and that cannot be mended.
    """
    chosen: Deviation = {**wishes}
    changes: list[Change] = []
    if request is not None:
        check_key(template, request.public_key)
        chosen["public_key"] = request.public_key
        changes += _copy_subject(template, request.subject, chosen)
        changes += _copy_names(template, request, chosen)
        _invent_nothing(template, chosen)
    changes += _mend(template, chosen)
    _check_subject(template, chosen)
    _check_host_names(template, chosen)
    return chosen, tuple(changes)


def _copy_subject(template: Template, subject: Sequence[NameAttribute], chosen: Deviation) -> list[Change]:
    refuse({_R.SUBJECT_ONCE: "test_pki.error.attribute_twice"}, profile_of(template), Particulars(subject))
    left_out = []
    for attribute in subject:
        if attribute.name not in template.subject or attribute.name not in FIELDS:
            left_out.append(Change("left_out", attribute.name, attribute.value, ""))
        else:
            chosen.setdefault(FIELDS[attribute.name], attribute.value)  # type: ignore[misc]  # FIELDS holds keys of Deviation only
    return left_out


def _invent_nothing(template: Template, chosen: Deviation) -> None:
    """Leave out what the profile could do without; refuse when it could not and we cannot know either."""
    given = [_attribute(kind, "") for kind in template.subject if kind in FIELDS and chosen.get(FIELDS[kind])]
    refuse(
        {_R.SUBJECT_REQUIRED: "test_pki.error.attribute_missing"},
        profile_of(template),
        Particulars(given),
        passes=lambda departure: departure.operands["attribute"] in _FILLED_IN,
    )
    for kind in template.subject:
        if kind not in template.required and kind in FIELDS:
            chosen.setdefault(FIELDS[kind], "")  # type: ignore[misc]  # FIELDS holds keys of Deviation only


def _attribute(kind: str, value: str) -> NameAttribute:
    return NameAttribute(names.OIDS[kind], kind, value, names.string_type(kind))


def _copy_names(template: Template, request: Application, chosen: Deviation) -> list[Change]:
    if template.san == "none":
        return [Change("left_out", "subjectAltName", host, "") for host in request.dns]
    if request.dns:
        chosen.setdefault("dns", request.dns)
    return [Change("left_out", "subjectAltName", kind, "") for kind in request.other_names]


def _mend(template: Template, chosen: Deviation) -> list[Change]:
    """Fill in and prefix; only what the certificate will have counts."""
    changes = []
    if "organizationIdentifier" in template.required and not chosen.get("organization_identifier"):
        chosen["organization_identifier"] = organization_identifier(chosen.get("oin", ""))
        changes.append(Change("derived", "organizationIdentifier", "", chosen["organization_identifier"]))
    for attribute in subject_of(template, chosen):
        asked = chosen.get(FIELDS[attribute.type])
        if asked is not None and str(attribute.value) != asked:
            changes.append(Change("prefixed", attribute.type, str(asked), str(attribute.value)))
    return changes


def check_key(template: Template, key: PublicKey) -> None:
    """Hold a key to the profile: RSA, and large enough.

    Raises:
        InvalidValueError: it is not.
    """
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    facts = read_public_key(spki, der.root(spki, der.SEQUENCE), note=lambda problem: None)
    refuse(_KEY, profile_of(template), Particulars(key=facts))


def _check_subject(template: Template, chosen: Deviation) -> None:
    if chosen.get("oin") and "GN" not in template.subject and template.san != "uzi":
        OIN.parse(chosen["oin"])
    found = [_attribute(attribute.type, str(attribute.value)) for attribute in subject_of(template, chosen)]
    refuse(_SUBJECT, profile_of(template), Particulars(found))


def _check_host_names(template: Template, chosen: Deviation) -> None:
    hosts = chosen.get("dns", ()) if template.san == "none" else host_names(template, chosen)
    found = [GeneralName("dns", host) for host in hosts] or None
    refuse(_HOST_NAMES, profile_of(template), Particulars(names=found, environment=Environment.PREPRODUCTION))


@cache
def profile_of(template: Template) -> Profile:
    """Return what requests for a template are held to.

    That is the library's profile of this name, as far as it speaks of the subject. Key and names are the template's
    own: host names by the strictest profile, for what that allows, all of them do.
    """
    library = next((profile for profile in profiles() if profile.name == template.name), None)
    base = library or profiles()[0]
    known = {rule.name: rule for rule in library.subject.attributes} if library else {}
    attributes = tuple(known.get(kind) or _rule(template, kind, base.subject.basis) for kind in template.subject)
    return replace(
        base,
        name=template.name,
        subject=SubjectRule(attributes, base.subject.basis),
        san=SANRule(
            Presence.FORBIDDEN if template.san == "none" else Presence.REQUIRED,
            frozenset({"dns"}),
            minimum=1,
            maximum=1 if template.san == "uzi" else _MAX_HOST_NAMES,
            wildcard=Permission.FORBIDDEN,
            localhost=Permission.TRIAL,
            common_name_listed=False,
            basis=base.san.basis,
            address_basis=base.san.address_basis,
        ),
        key=replace(base.key, minimum_bits=template.minimum_bits),
    )


def _rule(template: Template, kind: str, basis: Basis) -> AttributeRule:
    presence = Presence.REQUIRED if kind in template.required else Presence.ALLOWED
    return AttributeRule(kind, presence, names.string_type(kind), 1, _MAX_VALUE, None, basis, basis)
