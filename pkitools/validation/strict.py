"""The rules of RFC 5280 and of the public web PKI that PKIoverheid's own documents do not ask: ``strict=True``.

Sources: RFC 5280 section 4; CA/Browser Forum Baseline Requirements for TLS server certificates, sections 6.1.5 and
7.1.2 to 7.1.4. A private hierarchy need not follow them; a verifier that judges public certificates should.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from socket import inet_aton
from typing import Final, Protocol

from pkitools.errors import InputError
from pkitools.findings import NotChecked, Rule
from pkitools.messages import Detail
from pkitools.validation import algorithms, rules
from pkitools.validation.checks import Refusal, ask_rules, violates
from pkitools.validation.host import DNS_NAME, alternative_names, shown_name
from pkitools.x509 import der as asn1
from pkitools.x509.der import DERError
from pkitools.x509.extensions import authority_information_access
from pkitools.x509.names import DNS, IP
from pkitools.x509.oids import (
    ANY_EXTENDED_KEY_USAGE,
    AUTHORITY_INFORMATION_ACCESS,
    AUTHORITY_KEY_IDENTIFIER,
    BASIC_CONSTRAINTS,
    CRL_NUMBER,
    EXTENDED_KEY_USAGE,
    INHIBIT_ANY_POLICY,
    NAME_CONSTRAINTS,
    POLICY_CONSTRAINTS,
    SUBJECT_ALTERNATIVE_NAME,
    SUBJECT_KEY_IDENTIFIER,
)
from pkitools.x509.path_certificate import KEY_CERT_SIGN, PathCertificate

Path = Sequence[PathCertificate]

_COMMON_NAME: Final = "2.5.4.3"
_MUST_BE_CRITICAL: Final = (NAME_CONSTRAINTS, POLICY_CONSTRAINTS, INHIBIT_ANY_POLICY)
_MUST_NOT_BE_CRITICAL: Final = (AUTHORITY_KEY_IDENTIFIER, SUBJECT_KEY_IDENTIFIER, AUTHORITY_INFORMATION_ACCESS)

Details = Iterator[tuple[Rule, str]]
Check = Callable[[PathCertificate], Details]


def check_strict(
    path: Path, host: str | None, crls: Sequence[bytes] = (), *, raise_crashes: bool = False
) -> list[Refusal]:
    """Return what the strict rules find wrong with a path.

    Args:
        path: end entity first, trust anchor last.
        host: the TLS host asked for; a wildcard is only looked at when it is what matches.
        crls: lists beside the path, DER or PEM; those of its authorities are held to the rules too.
        raise_crashes: let a fault of a check itself through instead of reporting it as NOT_CHECKED; for tests.
    """
    found: list[Refusal] = []

    def ask(asked: tuple[Rule, ...], check: Callable[..., Iterator[Refusal]], *subject: object, index: int) -> None:
        ask_rules(found, asked, check, *subject, index=index, raise_crashes=raise_crashes)

    leaf, last = path[0], len(path) - 1
    for rules_of, check in _OF_END_ENTITY:
        ask(rules_of, _told, check, 0, leaf, index=0)
    ask((rules.STRICT_PUBLIC_SUFFIX,), _public_suffixes, leaf, host, index=0)
    ask((rules.STRICT_CRL_NUMBER,), _crl_numbers, path, crls, index=0)
    for index, certificate in enumerate(path):
        for rules_of, check in _OF_EACH:
            ask(rules_of, _told, check, index, certificate, index=index)
        if index < last or not last:
            ask((rules.STRICT_SERIAL, rules.STRICT_TIMES), _told, _numbers, index, certificate, index=index)
        elif certificate.issuer == certificate.subject:
            ask((rules.STRICT_EKU, rules.STRICT_AKI), _told, _root, index, certificate, index=index)
    return found


def _told(check: Check, index: int, certificate: PathCertificate) -> Iterator[Refusal]:
    return (_violation(rule, index, certificate, detail) for rule, detail in check(certificate))


def _violation(rule: Rule, index: int, certificate: PathCertificate, detail: str) -> Refusal:
    return violates(rule, index, name=certificate.subject_text, detail=detail)


def _subject_alternative_name(leaf: PathCertificate) -> Details:
    try:
        names = alternative_names(leaf)
    except DERError as error:
        yield rules.STRICT_SAN, error.detail
        return
    empty_subject = leaf.subject == b"\x30\x00"
    if not names:
        yield rules.STRICT_SAN, Detail("path.detail.absent")
    elif leaf.extensions[SUBJECT_ALTERNATIVE_NAME][0] != empty_subject:
        code = "not_critical_beside_an_empty_subject" if empty_subject else "critical"
        yield rules.STRICT_SAN, Detail(f"path.detail.{code}")
    for tag, value in names:
        if tag == DNS and not _is_host_name(value):
            yield rules.STRICT_SAN, shown_name(tag, value)
            break


def _is_host_name(value: bytes) -> bool:
    name = value.decode("ascii", "replace").lower()
    if not DNS_NAME.fullmatch(name) or len(name) > 253:
        return False
    return not name.rpartition(".")[2].isdigit()  # an address is no host name


def _common_name(leaf: PathCertificate) -> Details:
    """A common name in the form of a host or an address must be one of the names of that kind, letter for letter."""
    try:
        names = alternative_names(leaf)
        common_names = list(_attributes(leaf.subject, _COMMON_NAME))
    except (DERError, ValueError):
        return  # the encoding rules say so
    for common_name in common_names:
        kind = IP if _is_address(common_name) else DNS if "." in common_name else None
        held = [shown_name(tag, value) for tag, value in names if tag == kind]
        if held and common_name not in held:
            yield rules.STRICT_COMMON_NAME, common_name


def _is_address(text: str) -> bool:
    if ":" in text:
        return True
    try:
        inet_aton(text)  # takes what resolvers take: 0xC0A80101 and 192.168.001.001 too
    except (OSError, UnicodeEncodeError, ValueError):
        return False
    return True


def _attributes(name: bytes, wanted: str) -> Iterator[str]:
    for rdn in asn1.children(name, asn1.root(name, asn1.SEQUENCE)):
        for pair in asn1.children(name, rdn):
            kind, value = asn1.children(name, pair)
            if asn1.oid(name, kind) == wanted:
                yield asn1.string(name, value)[0]


def _extended_key_usage(leaf: PathCertificate) -> Details:
    if leaf.extended_key_usage is None:
        yield rules.STRICT_EKU, Detail("path.detail.absent")
    elif ANY_EXTENDED_KEY_USAGE in leaf.extended_key_usage:
        yield rules.STRICT_EKU, "anyExtendedKeyUsage"
    elif leaf.extensions[EXTENDED_KEY_USAGE][0]:
        yield rules.STRICT_EKU, Detail("path.detail.critical")


def _end_entity(leaf: PathCertificate) -> Details:
    if leaf.ca:
        yield rules.STRICT_END_ENTITY, "basicConstraints cA"
    elif leaf.key_usage is not None and leaf.key_usage & KEY_CERT_SIGN:
        yield rules.STRICT_END_ENTITY, "keyUsage keyCertSign"


def _crl_numbers(path: Path, crls: Sequence[bytes]) -> Iterator[Refusal]:
    from pkitools.crl import read_crl

    for given in crls:
        try:
            crl = read_crl(given)
        except InputError:
            continue  # revocation checking says so
        place = next((index for index, c in enumerate(path) if index and c.subject == crl.issuer), None)
        critical = crl.extensions.get(CRL_NUMBER, (False, b""))[0]
        if place is not None and (critical or crl.number is None):
            detail = Detail(f"path.detail.{'field_critical' if critical else 'no_field'}", field="cRLNumber")
            yield _violation(rules.STRICT_CRL_NUMBER, place, path[place], detail)


class _SuffixList(Protocol):
    def publicsuffix(self, domain: str) -> str | None: ...


@cache
def suffix_list() -> _SuffixList | None:
    """Return the Public Suffix List, or ``None`` when the optional package that carries it is not there."""
    try:
        from publicsuffixlist import PublicSuffixList
    except ImportError:
        return None
    found: _SuffixList = PublicSuffixList()
    return found


def _public_suffixes(leaf: PathCertificate, host: str | None) -> Iterator[Refusal]:
    for domain in _wildcard_domains(leaf, host):
        suffixes = suffix_list()
        if "." not in domain or (suffixes is not None and suffixes.publicsuffix(domain) == domain):
            yield _violation(rules.STRICT_PUBLIC_SUFFIX, 0, leaf, f"*.{domain}")
        elif suffixes is None:
            params = {"name": leaf.subject_text, "detail": f"*.{domain}"}
            yield Refusal(rules.STRICT_PUBLIC_SUFFIX, NotChecked("no_suffix_list", params=params), 0)


def _wildcard_domains(leaf: PathCertificate, host: str | None) -> list[str]:
    try:
        names = [value.decode("ascii", "replace").lower() for tag, value in alternative_names(leaf) if tag == DNS]
    except DERError:
        return []
    domains = [name[2:] for name in names if name.startswith("*.")]
    if host is None:
        return domains
    plain = host.lower().removesuffix(".")
    return [] if plain in names else [domain for domain in domains if domain == plain.partition(".")[2]]


def _key_identifiers(certificate: PathCertificate) -> Details:
    if AUTHORITY_KEY_IDENTIFIER in certificate.extensions:
        if certificate.authority_key_identifier is None:
            yield rules.STRICT_AKI, Detail("path.detail.no_field", field="keyIdentifier")
    elif certificate.issuer != certificate.subject:
        yield rules.STRICT_AKI, Detail("path.detail.absent")
    if certificate.ca and certificate.subject_key_identifier is None:
        yield rules.STRICT_SKI, Detail("path.detail.absent")


def _root(anchor: PathCertificate) -> Details:
    if anchor.extended_key_usage is not None:
        yield rules.STRICT_EKU, Detail("path.detail.in_a_root", field="extendedKeyUsage")
    _critical, value = anchor.extensions.get(AUTHORITY_KEY_IDENTIFIER, (False, b""))
    if not value:
        return
    try:
        fields = {node[0] for node in asn1.children(value, asn1.root(value, asn1.SEQUENCE))}
    except DERError:
        return  # the encoding rules say so
    if fields != {asn1.context(0)}:
        yield rules.STRICT_AKI, Detail("path.detail.in_a_root", field="authorityCertIssuer")
    elif anchor.authority_key_identifier != anchor.subject_key_identifier:
        yield rules.STRICT_AKI, Detail("path.detail.another_key_in_a_root")


def _criticality(certificate: PathCertificate) -> Details:
    extensions = certificate.extensions
    for oid in _MUST_BE_CRITICAL:
        if oid in extensions and not extensions[oid][0]:
            yield rules.STRICT_CRITICALITY, Detail("path.detail.field_not_critical", field=oid)
    for oid in _MUST_NOT_BE_CRITICAL:
        if oid in extensions and extensions[oid][0]:
            yield rules.STRICT_CRITICALITY, Detail("path.detail.field_critical", field=oid)
    if certificate.ca and not extensions[BASIC_CONSTRAINTS][0]:
        yield rules.STRICT_CRITICALITY, Detail("path.detail.field_not_critical", field=BASIC_CONSTRAINTS)


def _numbers(certificate: PathCertificate) -> Details:
    if certificate.has_odd_serial_number:
        yield rules.STRICT_SERIAL, str(certificate.serial_number)
    if certificate.odd_times:
        yield rules.STRICT_TIMES, "GeneralizedTime"


def _keys(certificate: PathCertificate) -> Details:
    key = algorithms.public_key(certificate.spki)
    if key is not None and key.algorithm == "RSA" and (key.bits or 0) % 8:
        yield rules.STRICT_KEY_SIZE, key.label


def _information_access(certificate: PathCertificate) -> Details:
    _critical, value = certificate.extensions.get(AUTHORITY_INFORMATION_ACCESS, (False, b"\x30"))
    if AUTHORITY_INFORMATION_ACCESS not in certificate.extensions:
        return
    try:
        if not asn1.children(value, asn1.root(value, asn1.SEQUENCE)):
            yield rules.STRICT_AIA, Detail("path.detail.empty")
        authority_information_access(value)
    except DERError as error:
        yield rules.STRICT_AIA, error.detail


_OF_END_ENTITY: Final[tuple[tuple[tuple[Rule, ...], Check], ...]] = (
    ((rules.STRICT_SAN,), _subject_alternative_name),
    ((rules.STRICT_COMMON_NAME,), _common_name),
    ((rules.STRICT_EKU,), _extended_key_usage),
    ((rules.STRICT_END_ENTITY,), _end_entity),
)
_OF_EACH: Final[tuple[tuple[tuple[Rule, ...], Check], ...]] = (
    ((rules.STRICT_AKI, rules.STRICT_SKI), _key_identifiers),
    ((rules.STRICT_CRITICALITY,), _criticality),
    ((rules.STRICT_KEY_SIZE,), _keys),
    ((rules.STRICT_AIA,), _information_access),
)
