"""From the certificate that runs out to the request of the next: everything is taken over, and what changes is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from pkitools.arguments import aware
from pkitools.containers import Contents, ItemKind, items_of
from pkitools.containers.saml_names import is_of_provider
from pkitools.environment import Environment
from pkitools.errors import InputError, InvalidValueError
from pkitools.frozen import dataclass, field
from pkitools.messages import Language, message
from pkitools.ordering.choosing import Choice
from pkitools.ordering.orders import FOR
from pkitools.profiles import TSP, Presence, Profile, get_profile, profiles, trial, tsps
from pkitools.requests import PrivateKey, RequestPlan
from pkitools.rules import detect_profile
from pkitools.systems import System
from pkitools.trust import HierarchyKind, hierarchy_of, is_self_signed
from pkitools.x509 import CertificateFacts, oin_from_certificate, read_certificate
from pkitools.x509.oids import ATTRIBUTE_OIDS, ATTRIBUTES

SAME_SUBJECT: Final = "ordering.change.same_subject"
"""The code of what stays as it was, and may be refused for that."""
_FIELDS: Final[Mapping[str, str]] = {
    "C": "country",
    "ST": "province",
    "L": "locality",
    "O": "organization",
    "CN": "common_name",
    "organizationIdentifier": "organization_identifier",
}


@dataclass(frozen=True, slots=True)
class RequestChange:
    """One thing that is otherwise in the request than in the old certificate.

    Args:
        code: of its sentence.
        params: operands of it.
    """

    code: str
    params: Mapping[str, object] = field(default_factory=dict)

    def sentence(self, language: Language) -> str:
        """Return it in words."""
        return message(self.code, self.params, language).message


@dataclass(frozen=True, slots=True)
class Renewal:
    """What the next request takes from the old certificate.

    Args:
        name: the file of the old certificate.
        old: the old certificate.
        values: the fields of the order that it gives.
    """

    name: str
    old: CertificateFacts
    values: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"<Renewal of {self.old!r}>"

    @property
    def is_forged(self) -> bool:
        """Whether it names as its issuer an authority of PKIoverheid that is at hand, and none of that name signed it.

        Anybody can write what stands in a certificate; who orders by it takes that over.
        """
        from pkitools.trust import embedded_certificates
        from pkitools.x509.der import DERError
        from pkitools.x509.reader import signed_parts
        from pkitools.x509.signatures import signed_with

        held = [read_certificate(each.der) for each in embedded_certificates()]
        named = [each for each in held if each.subject.der == self.old.issuer.der]
        try:
            parts = signed_parts(self.old.der)
        except DERError:
            return bool(named)  # what cannot be taken apart, nobody signed
        said = [signed_with(each.public_key.spki, parts.algorithm, parts.signed, parts.signature) for each in named]
        return bool(said) and all(each is False for each in said)

    def wishes(self, given: Mapping[str, Any], chosen: Choice | None = None) -> dict[str, Any]:
        """Return the fields of the order: those given go before those of the old certificate.

        Args:
            given: fields of the order that were given.
            chosen: what was chosen for a system; what its profile does not have is not taken over.

        Raises:
            InvalidValueError: neither says for which environment or profile it is.
        """
        choosing = FOR in given or "profile" in given
        kept = {name: value for name, value in self.values.items() if name != "profile" or not choosing}
        if "common_name" in given:
            kept.pop("dns", None)  # those of the old name
        if {"kvk", "oin"} & set(given):
            kept.pop("organization_identifier", None)
        found = {**kept, **given}
        for name in ("environment", "profile"):
            if name not in found and not (name == "profile" and choosing):
                raise InvalidValueError(f"ordering.error.renew_{name}", name=self.name)
        return {**_fitted(kept, found, chosen), **given}

    def refuse_key(self, key: PrivateKey) -> None:
        """Refuse the key of the old certificate.

        Raises:
            InvalidValueError: it is that key: PKIoverheid asks a new pair at each renewal.
        """
        if key.public.spki_sha256 == self.old.public_key.spki_sha256:
            raise InvalidValueError("ordering.error.renew_same_key", name=self.name)

    def changes(self, plan: RequestPlan, refusing: System | None = None) -> tuple[RequestChange, ...]:
        """Return what is otherwise in the planned request.

        Args:
            plan: the request.
            refusing: a system that may refuse a second certificate with one name: that the name stays is told as well.
        """
        before = detect_profile(self.old)
        of_names = (*_of_subject(self.old, plan), *_of_names(self.old, plan))
        stays = refusing is not None and self.has_subject_of(plan)
        same = [RequestChange(SAME_SUBJECT, {"system": refusing.title})] if stays and refusing is not None else []
        return (*same, *_of_profile(before, plan.profile), *of_names, _of_key(self.old, plan))

    def has_subject_of(self, plan: RequestPlan) -> bool:
        """Return whether the next certificate would bear the same name, as an order in production would have it.

        Only that of a test has TRIAL in front of it, and its issuer adds that where a request does not.
        """
        before = sorted(
            (ATTRIBUTES.get(each.oid, each.oid), trial().without_prefix(each.value)) for each in self.old.subject
        )
        return before == sorted((name, trial().without_prefix(value)) for name, value in plan.subject.attributes)


def renewal_of(contents: Contents, *, moment: datetime) -> Renewal:
    """Return what the next request takes from a file with the old certificate.

    Args:
        contents: the file: one certificate, also with its chain, or a keystore.
        moment: when: a profile that is no longer issued is followed by the one that takes its place.

    Raises:
        InputError: there is not exactly one certificate of an end user in it.
    """
    old = _one(contents)
    profile = _next_profile(old, aware(moment))
    environment = _environment(old)
    numbers = oin_from_certificate(old)
    values: dict[str, Any] = {
        **dict(_subject(old)),
        "oin": str(numbers.oin) if numbers.oin is not None else None,
        "dns": tuple(name.value for name in old.subject_alternative_name or () if name.kind == "dns") or None,
        "profile": profile.name if profile is not None else None,
        "environment": str(environment) if environment is not None else None,
        "tsp": _tsp_of_trial(profile) if environment is not None and _is_trial(old) else None,
    }
    return Renewal(contents.name, old, {name: value for name, value in values.items() if value is not None})


def _one(contents: Contents) -> CertificateFacts:
    found = items_of(contents, ItemKind.CERTIFICATE)
    with_key = [item for item in found if item.has_key] or list(found)
    facts = {each.sha256: each for each in (read_certificate(item.der) for item in with_key)}
    users = [each for each in facts.values() if not each.is_ca]
    if len(users) != 1:
        slug = "renew_several" if users else "renew_authority"
        raise InputError(f"ordering.error.{slug}", name=contents.name, count=len(users))
    if is_of_provider(item.role for item in found if facts[users[0].sha256].der == item.der):
        raise InputError("ordering.error.renew_provider", name=contents.name)
    return users[0]


def _is_trial(old: CertificateFacts) -> bool:
    return hierarchy_of(old).kind is HierarchyKind.TRIAL


def _tsp_of_trial(profile: Profile | None) -> str | None:
    """Return who issues test certificates of a profile: of G1 nobody does but a test PKI."""
    if profile is None or not profile.policies.trial:
        return None
    return next((tsp.name for tsp in tsps() if tsp.trial), None)


def _environment(old: CertificateFacts) -> Environment | None:
    """Return where the old certificate is for, by the hierarchy it names; ``None`` where nobody lists that."""
    kind = hierarchy_of(old).kind
    if kind is not None:
        return kind.environment
    return Environment.PREPRODUCTION if is_self_signed(old) else None


def _next_profile(old: CertificateFacts, moment: datetime) -> Profile | None:
    """Return the profile to order: that of the old certificate while it is issued, else one that lasts, of its use.

    ``None`` of a certificate that PKIoverheid did not issue: what it was used for does not say what to order.
    """
    found = detect_profile(old)
    if found is not None and (found.validity.latest_end is None or moment.date() <= found.validity.latest_end):
        return found
    if hierarchy_of(old).kind is None:
        return None
    uses = set(old.extended_key_usage or ())
    has_names = any(name.kind == "dns" for name in old.subject_alternative_name or ())
    lasting = [each for each in profiles() if each.validity.latest_end is None and each.serial_number == "oin"]
    follows = [each for each in lasting if uses and uses <= set(each.usage.extended_key_usage)]
    return min(follows, key=lambda each: (each.san.presence is Presence.FORBIDDEN) is has_names, default=None)


def _subject(old: CertificateFacts) -> Iterator[tuple[str, str]]:
    named = {ATTRIBUTE_OIDS[name]: into for name, into in _FIELDS.items()}
    for attribute in old.subject:
        if attribute.oid in named:
            yield named[attribute.oid], attribute.value


def _fitted(kept: Mapping[str, Any], found: Mapping[str, Any], chosen: Choice | None) -> dict[str, Any]:
    """Return what is kept of the old certificate without what the new profile does not have."""
    if FOR in found and chosen is None:
        return dict(kept)
    profile = get_profile(found["profile"]) if chosen is None else chosen.profile
    is_trial = _says_trial(found) if chosen is None else _issues_trial(chosen.tsp)
    unwanted = _unwanted(profile, found.get("tsp") if chosen is None else chosen.tsp)
    gone = {*_unknown_to(profile, kept), *unwanted} | (set() if is_trial and profile.policies.trial else {"tsp"})
    named = kept if is_trial else {**kept, **_without_prefix(kept)}
    return {name: value for name, value in named.items() if name not in gone}


def _says_trial(found: Mapping[str, Any]) -> bool:
    """Return whether a test certificate is renewed as one: not for production, and not at a TSP that issues none."""
    issuing = {None, *(tsp.name for tsp in tsps() if tsp.trial)}
    return found["environment"] != Environment.PRODUCTION and found.get("tsp") in issuing


def _issues_trial(tsp: TSP | None) -> bool:
    return tsp is not None and tsp.trial


def _without_prefix(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the names that say TRIAL without it."""
    names = {name: values[name] for name in ("organization", "common_name") if name in values}
    return {name: trial().without_prefix(value) for name, value in names.items()}


def _unknown_to(profile: Profile, values: Mapping[str, Any]) -> Iterator[str]:
    """Yield the fields that a profile does not have, or not in this form."""
    for name, into in _FIELDS.items():
        rule = profile.subject.attribute(name)
        known = rule is not None and rule.presence is not Presence.FORBIDDEN
        if into in values and not (known and rule is not None and rule.fits_pattern(values[into])):
            yield into
    if profile.san.presence is Presence.FORBIDDEN:
        yield "dns"
    if profile.serial_number == "uzi":
        yield "oin"


def _unwanted(profile: Profile, tsp: TSP | str | None) -> Iterator[str]:
    """Yield the fields that a profile advises against, but for those that the TSP asks for all the same."""
    known = {each.name: each for each in tsps()}
    if isinstance(tsp, str) and tsp not in known:
        return  # what a TSP of one's own asks, is not known here
    asking = known[tsp] if isinstance(tsp, str) else tsp
    for name in profile.subject.names(Presence.DISCOURAGED):
        if name in _FIELDS and (asking is None or name not in asking.subject_required):
            yield _FIELDS[name]


# -- what changes -----------------------------------------------------------------------------------------------------


def _of_profile(before: Profile | None, now: Profile) -> Iterator[RequestChange]:
    if before is None:
        yield RequestChange("ordering.change.profile_new", {"profile": now.name, "hierarchy": now.hierarchy})
    elif before is not now:
        operands = {"before": before.name, "profile": now.name, "hierarchy": now.hierarchy}
        yield RequestChange("ordering.change.profile", operands)


def _of_subject(old: CertificateFacts, plan: RequestPlan) -> Iterator[RequestChange]:
    before: dict[str, list[str]] = {}
    for attribute in old.subject:
        before.setdefault(ATTRIBUTES.get(attribute.oid, attribute.oid), []).append(attribute.value)
    now = dict(plan.subject.attributes)
    for name in dict.fromkeys((*before, *now)):
        yield from _of_attribute(name, before.get(name, []), now.get(name), plan.profile)


def _of_attribute(name: str, before: list[str], now: str | None, profile: Profile) -> Iterator[RequestChange]:
    operands = {"attribute": name, "before": ", ".join(before), "now": now or ""}
    if now is None and name in profile.subject.names(Presence.DISCOURAGED):
        yield RequestChange("ordering.change.discouraged", {**operands, "profile": profile.name})
    elif now is None:
        yield RequestChange("ordering.change.dropped", operands)
    elif not before:
        yield RequestChange("ordering.change.added", operands)
    elif before != [now]:
        yield RequestChange("ordering.change.changed", operands)


def _of_names(old: CertificateFacts, plan: RequestPlan) -> Iterator[RequestChange]:
    """Yield the names that are not asked for again, of any kind, and those that are asked for as new."""
    before = [(name.kind, name.value) for name in old.subject_alternative_name or ()]
    now = {name.lower() for name in plan.dns_names}
    gone = [value for kind, value in before if kind != "dns" or value.lower() not in now]
    known = {value.lower() for kind, value in before if kind == "dns"}
    new = [name for name in plan.dns_names if name.lower() not in known]
    if gone:
        yield RequestChange("ordering.change.names_dropped", {"names": ", ".join(gone)})
    if new:
        yield RequestChange("ordering.change.names_added", {"names": ", ".join(new)})


def _of_key(old: CertificateFacts, plan: RequestPlan) -> RequestChange:
    kind, _, size = plan.key_type.partition(":")
    return RequestChange("ordering.change.key", {"before": old.public_key.label, "now": f"{kind.upper()} {size}"})
