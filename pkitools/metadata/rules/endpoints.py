"""The addresses: where messages go, how, and which of several is meant."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import SplitResult, urlsplit

from pkitools.documents import cite
from pkitools.environment import Environment
from pkitools.findings import NOT_APPLICABLE, Answers, Severity, Violated, violated
from pkitools.metadata.consumers import Topic
from pkitools.metadata.rules.book import MetadataBook, SamlCase, against
from pkitools.metadata.saml import SERVICE, Endpoint, Role
from pkitools.text import pattern

ENDPOINTS: Final[MetadataBook[SamlCase]] = MetadataBook("endpoints")

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING
_ST_SAML: Final = cite("st-saml", "metadata_dv_rd")
_CONSUMER: Final = "AssertionConsumerService"
_INDEXED: Final = (_CONSUMER, "ArtifactResolutionService")
_BINDINGS: Final = frozenset(
    f"urn:oasis:names:tc:SAML:2.0:bindings:{name}"
    for name in ("HTTP-Artifact", "HTTP-POST", "HTTP-Redirect", "SOAP", "PAOS", "HTTP-POST-SimpleSign", "URI")
)
_NUMBER: Final = pattern(r"\s*\+?0*([0-9]{1,5})\s*", re.ASCII)
_LARGEST: Final = 65535
_INSIDE: Final = (
    "localhost",
    ".localhost",
    ".local",
    ".internal",
    ".lan",
    ".test",
    ".example",
    ".invalid",
    ".home.arpa",
)


def _addresses(at: SamlCase) -> Iterator[tuple[str, str]]:
    """Yield every address, with the place it stands."""
    for place, role in at.each_role():
        for endpoint in role.endpoints:
            yield f"{place}/{endpoint.kind}", endpoint.location
            if endpoint.response_location is not None:
                yield f"{place}/{endpoint.kind}/@ResponseLocation", endpoint.response_location


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        return parts if parts.hostname and (parts.port is None or parts.port > 0) else None
    except ValueError:  # of a port that is no number as well
        return None


@ENDPOINTS.rule("address", _ERROR, cite("saml-metadata", "2.2.2"))
def _address(at: SamlCase) -> Iterator[Violated]:
    for place, address in _addresses(at):
        parts = _split(address)
        # an address with a name and a password before the host looks like one of somebody else
        if parts is None or parts.username is not None or parts.fragment or any(sign.isspace() for sign in address):
            yield violated(place, address, place=place)


@ENDPOINTS.rule("https", _ERROR, cite("st-saml", "requirements"))
def _https(at: SamlCase) -> Iterator[Violated]:
    asked = at.asked(Topic.HTTPS)
    for place, address in _addresses(at):
        parts = _split(address)
        if parts is None or parts.scheme.lower() == "https":
            continue
        if asked is not None:
            yield against(asked, place, address, place=place)
        else:
            yield violated(place, address, severity=_WARNING, place=place)


@ENDPOINTS.rule("public_host", _WARNING)
def _public(at: SamlCase) -> Answers:
    """In production an address is one that others can reach."""
    if at.environment is not Environment.PRODUCTION:
        return NOT_APPLICABLE
    hosts = ((place, parts.hostname or "") for place, address in _addresses(at) if (parts := _split(address)))
    return [violated(place, host, place=place) for place, host in hosts if _is_inside(host)]


def _is_inside(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        name = host.lower().rstrip(".")
        return "." not in name or name.endswith(_INSIDE)


@ENDPOINTS.rule("binding", _ERROR, cite("saml-metadata", "2.2.2"))
def _binding(at: SamlCase) -> Iterator[Violated]:
    for place, role in at.each_role():
        for endpoint in role.endpoints:
            if endpoint.binding not in _BINDINGS and not endpoint.binding.startswith("urn:oasis:names:tc:SAML:1."):
                yield violated(f"{place}/{endpoint.kind}/@Binding", endpoint.binding, place=f"{place}/{endpoint.kind}")


@ENDPOINTS.rule("consumer", _ERROR, cite("saml-metadata", "2.4.4"))
def _consumer(at: SamlCase) -> Answers:
    services = _services(at)
    if not services:
        return NOT_APPLICABLE
    return [violated(place, "", place=place) for place, role in services if not _of_kind(role, _CONSUMER)]


@ENDPOINTS.rule("consumer_binding", _WARNING, _ST_SAML)
def _consumer_binding(at: SamlCase) -> Answers:
    asked, services = at.asked(Topic.CONSUMER_BINDINGS), _services(at)
    if asked is None or not services:
        return NOT_APPLICABLE
    wanted = ", ".join(asked.values)
    return [
        against(asked, f"{place}/{_CONSUMER}", endpoint.binding, place=place, wanted=wanted)
        for place, role in services
        for endpoint in _of_kind(role, _CONSUMER)
        if endpoint.binding not in asked.values
    ]


@ENDPOINTS.rule("index", _ERROR, cite("saml-metadata", "2.2.3"))
def _index(at: SamlCase) -> Iterator[Violated]:
    """Of several addresses of one kind each has a number of its own, by which messages name it."""
    for place, role in at.each_role():
        for kind in _INDEXED:
            seen: set[int] = set()
            for endpoint in _of_kind(role, kind):
                number = _number(endpoint.index)
                if number is None or number in seen:
                    yield violated(f"{place}/{kind}/@index", endpoint.index or "", place=f"{place}/{kind}")
                else:
                    seen.add(number)


def _number(text: str | None) -> int | None:
    found = _NUMBER.fullmatch(text or "")
    return int(found[1]) if found and int(found[1]) <= _LARGEST else None


@ENDPOINTS.rule("default", _ERROR, _ST_SAML)
def _default(at: SamlCase) -> Answers:
    asked = at.asked(Topic.ONE_DEFAULT)
    several = [(place, found) for place, role in _services(at) if len(found := _of_kind(role, _CONSUMER)) > 1]
    if asked is None or not several:
        return NOT_APPLICABLE
    counts = (
        (place, sum((each.is_default or "").strip() in {"true", "1"} for each in found)) for place, found in several
    )
    return [
        against(asked, f"{place}/{_CONSUMER}/@isDefault", count, place=place) for place, count in counts if count != 1
    ]


def _services(at: SamlCase) -> list[tuple[str, Role]]:
    return [(place, role) for place, role in at.each_role() if role.kind == SERVICE]


def _of_kind(role: Role, kind: str) -> list[Endpoint]:
    return [endpoint for endpoint in role.endpoints if endpoint.kind == kind]
