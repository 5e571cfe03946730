"""From what an applicant asks to what the test PKI issues: it copies the subject, and holds it to the profile.

An applicant's request seldom says "TRIAL", and often says more than a profile allows. What can be mended is mended and
reported as a :class:`Change`: the TRIAL prefix put before O and CN, an organizationIdentifier derived from the OIN, an
attribute the profile does not know left out. What cannot be mended is refused: a weak key, a wildcard, a wrong OIN.
"""

from __future__ import annotations

import base64
import contextlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key

from pkitools.environment import Environment
from pkitools.errors import InputError, InvalidValueError
from pkitools.oin import OIN
from pkitools.profiles import AttributeRule, get_profile, profiles, trial
from pkitools.x509 import der
from pkitools_test_pki import names
from pkitools_test_pki.algorithms import PublicKey, verifies
from pkitools_test_pki.blueprint import Deviation
from pkitools_test_pki.content import FIELDS, host_names, subject_of
from pkitools_test_pki.shapes import Template

if TYPE_CHECKING:
    from pkitools.requests.reading import RequestFacts

_NAMES: Final = {oid: name for name, oid in names.OIDS.items()}
_PLAIN_PEM: Final = re.compile(
    rb"-----BEGIN CERTIFICATE REQUEST-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END CERTIFICATE REQUEST-----\s*"
)
_MAX_HOST_NAMES: Final = 100
_MAX_VALUE: Final = 64
_PRINTABLE: Final = re.compile(r"[A-Za-z0-9 '()+,\-./:=?]*\Z")


@dataclass(frozen=True, slots=True)
class Request:
    """What a certificate signing request asks.

    Args:
        subject: attribute (short name, else OID) and value, in encoded order.
        dns: the host names of its subjectAltName.
        other_names: kinds of the other names in it.
        public_key: the subject's key; the request proves possession of its private key.
    """

    subject: tuple[tuple[str, str], ...]
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


def read_request(data: bytes, name: str = "CSR") -> Request:
    """Read a PKCS#10 request in PEM or DER and verify its signature.

    Raises:
        InputError: not a request, or its signature is not made with its own key.
    """
    from pkitools.requests.reading import read_request as facts_of

    facts = facts_of(_only_request(data, name), name)
    return Request(
        subject=tuple((_NAMES.get(attribute.oid, attribute.oid), attribute.value) for attribute in facts.subject),
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
    template: Template, wishes: Deviation, request: Request | None = None
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


def _copy_subject(template: Template, subject: Iterable[tuple[str, str]], chosen: Deviation) -> list[Change]:
    left_out, seen = [], set()
    for kind, value in subject:
        if kind in seen:
            raise InvalidValueError("test_pki.error.attribute_twice", attribute=kind)
        seen.add(kind)
        if kind not in template.subject or kind not in FIELDS:
            left_out.append(Change("left_out", kind, value, ""))
        else:
            chosen.setdefault(FIELDS[kind], value)  # type: ignore[misc]  # FIELDS holds keys of Deviation only
    return left_out


def _invent_nothing(template: Template, chosen: Deviation) -> None:
    """Leave out what the profile could do without; refuse when it could not and we cannot know either."""
    for kind in template.subject:
        if kind in template.required and kind not in {"C", "organizationIdentifier"} and not chosen.get(FIELDS[kind]):
            raise InvalidValueError("test_pki.error.attribute_missing", attribute=kind, profile=template.name)
        if kind not in template.required and kind in FIELDS:
            chosen.setdefault(FIELDS[kind], "")  # type: ignore[misc]  # FIELDS holds keys of Deviation only


def _copy_names(template: Template, request: Request, chosen: Deviation) -> list[Change]:
    if template.san == "none":
        return [Change("left_out", "subjectAltName", host, "") for host in request.dns]
    if request.dns:
        chosen.setdefault("dns", request.dns)
    return [Change("left_out", "subjectAltName", kind, "") for kind in request.other_names]


def _mend(template: Template, chosen: Deviation) -> list[Change]:
    """Fill in and prefix; only what the certificate will have counts."""
    changes = []
    if "organizationIdentifier" in template.required and not chosen.get("organization_identifier"):
        chosen["organization_identifier"] = _organization_identifier(chosen.get("oin", ""))
        changes.append(Change("derived", "organizationIdentifier", "", chosen["organization_identifier"]))
    for attribute in subject_of(template, chosen):
        asked = chosen.get(FIELDS[attribute.type])
        if asked is not None and str(attribute.value) != asked:
            changes.append(Change("prefixed", attribute.type, str(asked), str(attribute.value)))
    return changes


def _organization_identifier(oin: str) -> str:
    """Return the KvK number inside the OIN, where there is one; else the one of the TRIAL examples."""
    kvk = re.fullmatch(r"000000(?:03|99)([0-9]{8})0000", oin)
    return f"NTRNL-{kvk[1]}" if kvk else trial().example_organization_identifier


def check_key(template: Template, key: PublicKey) -> None:
    """Hold a key to the profile: RSA, and large enough.

    Raises:
        InvalidValueError: it is not.
    """
    from cryptography.hazmat.primitives.asymmetric import rsa

    if not isinstance(key, rsa.RSAPublicKey):
        raise InvalidValueError("test_pki.error.key_not_rsa", profile=template.name, kind=type(key).__name__)
    if key.key_size < template.minimum_bits:
        bits, minimum = key.key_size, template.minimum_bits
        raise InvalidValueError("test_pki.error.key_too_small", profile=template.name, bits=bits, minimum=minimum)
    if key.public_numbers().e != 65537:
        raise InvalidValueError("test_pki.error.key_exponent", exponent=key.public_numbers().e)


def _check_subject(template: Template, chosen: Deviation) -> None:
    if chosen.get("oin") and "GN" not in template.subject and template.san != "uzi":
        OIN.parse(chosen["oin"])
    rules = _rules(template)
    for attribute in subject_of(template, chosen):
        _check_value(attribute.type, str(attribute.value), rules.get(attribute.type))


def _rules(template: Template) -> Mapping[str, AttributeRule]:
    if template.name not in {profile.name for profile in profiles()}:
        return {}
    return {rule.name: rule for rule in get_profile(template.name).subject.attributes}


def _check_value(kind: str, value: str, rule: AttributeRule | None) -> None:
    smallest, largest = (rule.minimum, rule.maximum) if rule else (1, _MAX_VALUE)
    if not smallest <= len(value) <= largest:
        operands = {"attribute": kind, "value": value, "length": len(value), "minimum": smallest, "maximum": largest}
        raise InvalidValueError("test_pki.error.value_length", **operands)
    from pkitools.requests.subject import text_fault

    printable = rule.string_type == "PrintableString" if rule else kind in {"C", "serialNumber"}
    if text_fault(value) or (printable and not _PRINTABLE.match(value)) or (rule and not rule.fits_pattern(value)):
        raise InvalidValueError("test_pki.error.value_form", attribute=kind, value=value)


def _check_host_names(template: Template, chosen: Deviation) -> None:
    if template.san == "none":
        if chosen.get("dns"):
            raise InvalidValueError("test_pki.error.names_not_allowed", profile=template.name)
        return
    hosts = host_names(template, chosen)
    most = 1 if template.san == "uzi" else _MAX_HOST_NAMES
    if len(hosts) > most:
        raise InvalidValueError("test_pki.error.too_many_names", profile=template.name, count=len(hosts), maximum=most)
    from pkitools.requests.names import dns_fault

    rule = get_profile("g4-tls").san  # the strictest: what it allows, the other profiles allow as well
    for host in hosts:
        if dns_fault(host, rule, Environment.PREPRODUCTION):
            raise InvalidValueError("test_pki.error.host_name", host=host)
