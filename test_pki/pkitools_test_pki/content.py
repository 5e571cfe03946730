"""What goes into a certificate by its profile: subject, names and extensions, as far as a case does not deviate."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from pkitools.frozen import dataclass
from pkitools.profiles import trial
from pkitools.x509.model import Extension
from pkitools_test_pki import der, extensions, names
from pkitools_test_pki.algorithms import PublicKey
from pkitools_test_pki.blueprint import Deviation
from pkitools_test_pki.extensions import extension
from pkitools_test_pki.names import Attribute
from pkitools_test_pki.shapes import AuthoritySpec, Template

DEFAULT_DNS_NAME: Final = "koppeling.voorbeeld.test"

FIELDS: Final = {
    "C": "country",
    "ST": "province",
    "L": "locality",
    "O": "organization",
    "SN": "surname",
    "GN": "given_name",
    "CN": "common_name",
    "organizationIdentifier": "organization_identifier",
    "serialNumber": "oin",
    "title": "title",
}
_ORGANIZATION: Final = "TRIAL Gemeente Voorbeeld"
_PERSON: Final = {"surname": "Jansen", "given_name": "Jan", "common_name": "TRIAL Jan Jansen", "oin": "A123456789"}
_UZI: Final = {"oin": "990000001", "province": "Zuid-Holland", "locality": "Den Haag"}
_UZI_SUBJECT_ID: Final = "2.16.528.1.1007.99.2110"  # the prefix CIBG's acceptance environment uses for servers
_UZI_ASSIGNER: Final = "2.16.528.1.1007.3.3"


@dataclass(frozen=True, slots=True)
class Issuer:
    """What a certificate says about who issued it. The addresses are where a relying party looks."""

    subject: bytes
    key_identifier: bytes
    ca_issuers_url: str
    crl_url: str
    ocsp_url: str
    disclosure_url: str


def subject_of(template: Template, deviation: Deviation) -> tuple[Attribute, ...]:
    """Return the subject attributes of an end entity, those not given filled in, in the order of its profile."""
    return tuple(
        Attribute(kind, _with_prefix(template, kind, value))
        for kind in template.subject
        if (value := _value(template, kind, deviation))
    )


def _value(template: Template, kind: str, deviation: Deviation) -> str | None:
    given = deviation.get(FIELDS.get(kind, ""))
    return str(given) if given is not None else _default(template, kind, deviation)


def _default(template: Template, kind: str, deviation: Deviation) -> str | None:
    if kind == "C":
        return "NL"
    if kind == "title":
        return "Arts"
    if "GN" in template.subject and FIELDS[kind] in _PERSON:
        return _PERSON[FIELDS[kind]]
    if template.san == "uzi" and FIELDS.get(kind) in _UZI:
        return _UZI[FIELDS[kind]]
    defaults = {
        "O": _ORGANIZATION,
        "CN": host_names(template, deviation)[0]
        if template.san != "none"
        else deviation.get("organization", _ORGANIZATION),
        "organizationIdentifier": organization_identifier(deviation.get("oin", "")),
        "serialNumber": trial().example_oin,
    }
    return defaults.get(kind)


def organization_identifier(oin: str) -> str:
    """Return one with the KvK number inside the OIN, where there is one; else that of the TRIAL examples."""
    kvk = re.fullmatch(r"000000(?:03|99)([0-9]{8})0000", oin)
    return f"NTRNL-{kvk[1]}" if kvk else trial().example_organization_identifier


def _with_prefix(template: Template, kind: str, value: str) -> str:
    prefix = trial().name_prefix
    return prefix + value if kind in template.trial and not value.startswith(prefix) else value


def host_names(template: Template, deviation: Deviation) -> tuple[str, ...]:
    """Return the host names of an end entity: those given, else the CN where it is one, else a default."""
    if "dns" in deviation:
        return tuple(deviation["dns"]) or ("",)
    common_name = trial().without_prefix(deviation.get("common_name", ""))
    usable = "." in common_name and " " not in common_name
    return (common_name if usable else DEFAULT_DNS_NAME,)


def alternative_names(template: Template, deviation: Deviation) -> tuple[bytes, ...]:
    """Return the GeneralNames of an end entity."""
    hosts: Sequence[str] = deviation.get("dns", host_names(template, deviation) if template.san != "none" else ())
    encoded = [extensions.dns_name(host) for host in hosts]
    encoded += [extensions.ip_name(address) for address in deviation.get("ip", ())]
    encoded += [extensions.email_name(address) for address in deviation.get("email", ())]
    others = deviation.get("other_names", _uzi_names(deviation) if template.san == "uzi" else ())
    return (*encoded, *others)


def _uzi_names(deviation: Deviation) -> tuple[bytes, ...]:
    """The UZI number, subscriber and AGB code, in the two forms CIBG writes."""
    number, subscriber = deviation.get("oin", _UZI["oin"]), "99000001"
    text = f"{_UZI_SUBJECT_ID}-1-{number}-S-{subscriber}-00.000-00000000"
    return (
        extensions.other_name("2.5.5.5", der.string(text, "IA5String")),
        extensions.permanent_identifier(f"{number}-S-{subscriber}", _UZI_ASSIGNER),
    )


def end_entity_extensions(
    template: Template, issuer: Issuer, public_key: PublicKey, deviation: Deviation
) -> tuple[Extension, ...]:
    """Return the extensions of an end entity, in the order of the G4 TRIAL generator."""
    ca = deviation.get("ca", False)
    constraints: Iterable[Extension] = ()
    if template.basic_constraints or "ca" in deviation:
        constraints = (_basic_constraints(ca, deviation.get("path_length")),)
    alternatives = alternative_names(template, deviation)
    return (
        *constraints,
        *_issuer_extensions(issuer, deviation, ocsp=template.ocsp),
        *_policies(deviation.get("policies", template.policies), template.cps),
        *_extended_key_usage(deviation.get("extended_key_usage", template.extended_key_usage)),
        *_qc_statements(template.qc, issuer.disclosure_url),
        *_crl_points(issuer, deviation),
        extension("subject_key_identifier", extensions.subject_key_identifier(public_key)),
        *_key_usage(deviation.get("key_usage", template.key_usage)),
        *(
            [extension("subject_alternative_name", extensions.subject_alternative_name(alternatives))]
            if alternatives
            else []
        ),
    )


def authority_extensions(
    spec: AuthoritySpec, issuer: Issuer, public_key: PublicKey, deviation: Deviation
) -> tuple[Extension, ...]:
    """Return the extensions of an authority; ``issuer`` of a root is itself."""
    is_root = spec.issuer is None
    path_length = deviation.get("path_length", 0 if spec.level == "tsp" else None)
    above: tuple[Extension, ...] = ()
    if not is_root:
        above = _issuer_extensions(issuer, deviation, ocsp=spec.ocsp)
    elif spec.generation.root_has_authority_key_identifier:
        above = (_authority_key_identifier(issuer),)
    return (
        _basic_constraints(deviation.get("ca", True), path_length),
        *above,
        *_policies(deviation.get("policies", spec.policies), spec.generation.cps),
        *_extended_key_usage(deviation.get("extended_key_usage", spec.extended_key_usage)),
        *_qc_statements(spec.qc, issuer.disclosure_url),
        *(() if is_root and "crl_urls" not in deviation else _crl_points(issuer, deviation)),
        extension("subject_key_identifier", extensions.subject_key_identifier(public_key)),
        *_key_usage(deviation.get("key_usage", spec.generation.ca_key_usage)),
    )


def _basic_constraints(ca: bool, path_length: int | None) -> Extension:
    return extension("basic_constraints", extensions.basic_constraints(ca, path_length))


def _authority_key_identifier(issuer: Issuer) -> Extension:
    return extension("authority_key_identifier", extensions.authority_key_identifier(issuer.key_identifier))


def _issuer_extensions(issuer: Issuer, deviation: Deviation, *, ocsp: bool) -> tuple[Extension, ...]:
    responders = deviation.get("ocsp_urls", (issuer.ocsp_url,) if deviation.get("ocsp", ocsp) else ())
    issuers = deviation.get("ca_issuer_urls", (issuer.ca_issuers_url,))
    access = extensions.authority_information_access(issuers, responders)
    return (
        _authority_key_identifier(issuer),
        *([extension("authority_information_access", access)] if issuers or responders else []),
    )


def _policies(policies: Collection[str], cps: str | None) -> tuple[Extension, ...]:
    return (extension("certificate_policies", extensions.certificate_policies(policies, cps)),) if policies else ()


def _extended_key_usage(purposes: Collection[str]) -> tuple[Extension, ...]:
    return (extension("extended_key_usage", extensions.extended_key_usage(purposes)),) if purposes else ()


def _qc_statements(statements: Sequence[Sequence[str]], disclosure_url: str) -> tuple[Extension, ...]:
    if not statements:
        return ()
    return (extension("qc_statements", extensions.qc_statements(statements, [(disclosure_url, "en")])),)


def _crl_points(issuer: Issuer, deviation: Deviation) -> tuple[Extension, ...]:
    addresses = deviation.get("crl_urls", (issuer.crl_url,))
    return (extension("crl_distribution_points", extensions.crl_distribution_points(addresses)),) if addresses else ()


def _key_usage(usages: Collection[str]) -> tuple[Extension, ...]:
    return (extension("key_usage", extensions.key_usage(usages)),) if usages else ()


def encoded_subject(template: Template, deviation: Deviation) -> bytes:
    """Return the subject of an end entity in DER."""
    return (
        encoded_name(deviation["subject"]) if "subject" in deviation else names.encode(subject_of(template, deviation))
    )


def encoded_name(name: Sequence[names.Rdn] | bytes) -> bytes:
    """Return a name in DER, given so or as attributes."""
    return name if isinstance(name, bytes) else names.encode(name)
