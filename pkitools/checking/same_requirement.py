"""One requirement gives one finding: where several documents ask the same, the reader is told once.

Digikoppeling, ST-SAML and the system all ask for an OIN; a certificate without one has one fault, not four. Each line
of :data:`SAME_REQUIREMENT` names rules that ask exactly the same: whatever violates two of them does so by one and the
same property of the certificate, and mending it for one mends it for all. Rules that only overlap (no OIN, and one that
is no OIN; a key that is too short for one document and long enough for the other) do not belong in one line.

:data:`FOLLOWS` names what needs no telling of its own once its cause is told: nobody trusts the root of a test
hierarchy in production, so that the certificate is none of production's and no system takes it is the same fact.

``lint`` is not touched: it goes by document, and shows what each of them says.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pkitools.findings import Outcome, Status, Verdict
from pkitools.messages import NOTHING
from pkitools.oin import OIN, check_oin

_CLIENT_SIDE: Final = ("system.eku.client_auth", "st_saml.certificate.may_connect", "digikoppeling.tls002.both_sides")

SAME_REQUIREMENT: Final[tuple[tuple[str, ...], ...]] = (
    # an OIN in the subject
    ("system.oin.required", "digikoppeling.pki001.oin", "st_saml.certificate.oin", "x509.oin.missing"),
    # an entity ID of the scheme that the system asks, where it is one of no scheme at all
    ("system.entity_id.scheme", "oin.entity_id.syntax"),
    # what looks like an OIN is one
    ("x509.oin.invalid", "por.subject.serial_number_of_twenty"),
    # valid at this moment
    ("path.validity.expired", "digikoppeling.pki002.in_time"),
    ("path.validity.not_yet_valid", "digikoppeling.pki002.in_time"),
    # a private root of PKIoverheid: PKI005, which the statement of the system cites too
    ("system.hierarchy.accepted", "digikoppeling.pki005.private_root"),
    ("system.self_signed.not_allowed", "digikoppeling.pki005.private_root"),
    # the type of certificate agreed for Digikoppeling
    ("system.policy.expected", "digikoppeling.certificate.type"),
    # a policy of PKIoverheid, without which nothing says which profile it has
    ("environment.policy.profile", "por.policy.present"),
    # no authority's certificate where an end entity's is asked
    ("rfc5280.basic_constraints.end_entity", "environment.holder.authority"),
    # an imitation of an authority, where it stands at the top of the chain
    ("path.anchor.look_alike", "trust.authority.impersonation"),
    # the client's side of TLS, and the server's; TLS002 asks both, and so do the systems it is asked for
    _CLIENT_SIDE,
    ("system.eku.server_auth", "digikoppeling.tls002.both_sides"),
    # a key that may sign
    ("system.key_usage.signing", "st_saml.certificate.may_sign"),
    # an RSA key
    ("system.key.rsa_size", "st_saml.certificate.rsa", "por.key.rsa"),
    # of at least 2048 bits
    (
        "system.key.rsa_size",
        "st_saml.certificate.key_size",
        "digikoppeling.tlsciph001.key",
        "por.key.size_2048",
        "advice.key.weak",
    ),
    # with the usual exponent
    ("trial.key.exponent", "g4.key.exponent", "advice.key.exponent"),
    # a signature with SHA-2
    ("digikoppeling.sign001.sha2", "advice.signature.weak_hash"),
    # the name of the organisation
    ("system.subject.organization", "por.subject.organization"),
    # no wildcard
    ("system.san.no_wildcard", "trial.san.no_wildcard", "g4.san.no_wildcard", "advice.names.wildcard"),
    # addresses of the issuer's certificate and of revocation
    (
        "trial.authority_information_access.ca_issuers",
        "etsi.ca_issuers.present",
        "g4.authority_information_access.ca_issuers",
    ),
    ("etsi.revocation.present", "advice.revocation.none"),
    ("digikoppeling.pki003.crl", "advice.revocation.ocsp_only"),
    # critical, or not
    (
        "trial.usage.key_usage_critical",
        "g4.usage.key_usage_critical",
        "por.g1.key_usage_critical",
        "rfc5280.key_usage.critical",
    ),
    (
        "trial.usage.extended_key_usage_not_critical",
        "etsi.extended_key_usage.not_critical",
        "g4.usage.extended_key_usage_not_critical",
    ),
    ("etsi.crl_distribution_points.not_critical", "rfc5280.crl_distribution_points.not_critical"),
    # name constraints are for authorities
    ("path.name_constraints.place", "rfc5280.name_constraints.only_on_ca"),
)
"""Codes of rules that ask the same, the one to be shown first: the system's, else the one that says most."""

_EQUAL: Final = ("system.oin.equals_entity_id", "oin.entity_id.certificate")

FOLLOWS: Final[tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]] = (
    # what stands where the OIN belongs is none, or not one: then no OIN can be read either, nor be equal to another
    (
        ("x509.oin.ambiguous", "x509.oin.invalid", "x509.oin.uzi_conflict"),
        (*SAME_REQUIREMENT[0], *_EQUAL),
    ),
    # what is not there is not equal to anything
    (SAME_REQUIREMENT[0], _EQUAL),
    # of a test hierarchy, in production
    (
        ("environment.production.no_test",),
        (
            "environment.production.root",
            "path.anchor.in_scope",
            "path.anchor.found",
            "system.hierarchy.accepted",
            "digikoppeling.pki005.private_root",
        ),
    ),
    # made by its holder, in production
    (
        ("environment.self_signed.not_allowed",),
        (
            "system.self_signed.not_allowed",
            "digikoppeling.pki005.private_root",
            "st_saml.certificate.pkioverheid",
            "path.anchor.found",
        ),
    ),
    # what stands in the entity ID is not written as an OIN: another certificate would not mend that
    (tuple(f"oin.syntax.{slug}" for slug in ("surrounding_space", "length", "characters", "upper_case")), _EQUAL),
    # the request belongs to another key: what else it asks, was asked of another certificate
    (
        ("received.request.key",),
        tuple(
            f"received.request.{slug}"
            for slug in (
                "oin",
                "common_name",
                "dns_missing",
                "organization",
                "organization_spelling",
                "dropped",
                "organization_identifier",
                "subject",
                "names",
                "key_usage",
            )
        ),
    ),
    # for no side of TLS at all: then for neither
    (
        ("rfc5280.extended_key_usage.connects",),
        (*_CLIENT_SIDE, "system.eku.server_auth"),
    ),
    # of another profile than asked: then it has not its policy
    (
        ("environment.policy.as_asked",),
        ("por.g1.policy", "g4.policies.required", "trial.policies.required"),
    ),
)
"""Codes of causes, any of which makes that the codes beside it are violated as well."""

_CODES: Final = frozenset(code for line in SAME_REQUIREMENT for code in line)
_CODES_OF_CAUSES: Final = frozenset(code for causes, following in FOLLOWS for code in (*causes, *following))
_ALL_CODES: Final = _CODES | _CODES_OF_CAUSES


def repeats(outcomes: Sequence[Outcome]) -> set[int]:
    """Return which violations only repeat or follow from another, by identity.

    Of each line the most severe violation stays, of equals the one that stands first; all outcomes of that rule stay,
    for two systems may each ask it. Of a cause and what follows from it likewise, if the cause is violated. So neither
    the verdict nor the worst severity can change.
    """
    violated = Status.VIOLATED  # an enum looks its members up each time
    told = [found for found in outcomes if found.status is violated and found.rule.code in _ALL_CODES]
    if len(told) < 2:
        return set()
    repeated = _following(told)
    for line in SAME_REQUIREMENT:
        repeated |= _repeated([found for found in told if found.rule.code in line and id(found) not in repeated], line)
    return repeated


def _following(told: Sequence[Outcome]) -> set[int]:
    """Return which violations only follow from another, by identity."""
    found: set[int] = set()
    for causes, following in FOLLOWS:
        left = [o for o in told if id(o) not in found]
        cause = max((o for o in left if o.rule.code in causes), key=lambda o: o.rule.severity, default=None)
        after = [o for o in left if o.rule.code in following and o.rule.code not in causes and not _says_more(o)]
        if cause is None or not after:
            continue
        gravest = max(after, key=lambda o: o.rule.severity)
        if gravest.rule.severity <= cause.rule.severity:
            found |= {id(o) for o in after}
        elif causes is SAME_REQUIREMENT[0]:  # a system that asks an OIN less firmly than that the two are equal
            found |= {id(o) for o in left if o.rule.code in causes}
    return found


def _says_more(found: Outcome) -> bool:
    """Return whether mending the cause would leave it.

    A system takes no hierarchy that we know of: what the cause advises to order is no use then. An entity ID has the
    OIN of another organisation, however it is written.
    """
    if found.rule.code == "system.hierarchy.accepted":
        return found.params.get("accepted") == NOTHING
    return found.rule.code in _EQUAL and _has_another_oin(found)


def _has_another_oin(found: Outcome) -> bool:
    numbers = [found.params.get(name, "") for name in ("oin", "wanted", "certificate_oin")]
    oins = [OIN.compact(number) for number in numbers if number and number != NOTHING]
    return len(oins) == 2 and oins[0] != oins[1] and all(check_oin(oin).verdict is Verdict.PASSED for oin in oins)


def _repeated(told: Sequence[Outcome], line: Sequence[str]) -> set[int]:
    """Return which violations of one line only repeat another, by identity."""
    found: set[int] = set()
    for subject in dict.fromkeys(map(_subject, told)):
        about_it = [o for o in told if _subject(o) == subject]
        shown = min(about_it, key=lambda o: (-o.rule.severity, line.index(o.rule.code)))
        found |= {id(o) for o in about_it if o.rule.code != shown.rule.code}
    return found


def _subject(found: Outcome) -> str:
    """Return the fingerprint of the authority an outcome is about; nothing for the end entity, and for its OIN."""
    return found.certificate.sha256 if found.certificate and found.certificate.role != "end_entity" else ""
