"""Judge a certificate by what a system asks in an environment: generic checks over the system's statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Final, NamedTuple

from pkitools.environment import Environment
from pkitools.errors import PkitoolsError
from pkitools.findings import CertificateRef, Evidence, Outcome, Rule, Status
from pkitools.oin import OIN, EntityID
from pkitools.systems import rules
from pkitools.systems.model import Stance, Statement, System, Topic
from pkitools.trust import Hierarchy, HierarchyKind, hierarchies, hierarchy_of, hierarchy_of_root
from pkitools.x509.model import CertificateFacts
from pkitools.x509.oids import ANY_EXTENDED_KEY_USAGE, CLIENT_AUTH, SERVER_AUTH, UZI_NAME


@dataclass(frozen=True)
class SystemContext:
    """One certificate before one system."""

    system: System
    environment: Environment
    leaf: CertificateFacts
    moment: datetime
    oin: OIN | None
    entity_id: str | None

    def outcome(
        self,
        rule: Rule,
        status: Status,
        *,
        statement: Statement | None = None,
        evidence: tuple[Evidence, ...] = (),
        params: Mapping[str, str] = MappingProxyType({}),
        reason: str = "",
    ) -> Outcome:
        """Return an outcome of ``rule``, as the system asks it where there is a statement."""
        asked = rules.as_asked(rule, statement, self.system) if statement else rule
        return Outcome(asked, status, self._ref, evidence, {"system": self.system.title, **params}, reason)

    def statements(self, topic: Topic) -> list[Statement]:
        """Return what the system says of a topic, here and now."""
        return [statement for statement in self._said if statement.topic is topic]

    @cached_property
    def _said(self) -> list[Statement]:
        return self.system.statements_at(self.environment, self.moment)

    @cached_property
    def _ref(self) -> CertificateRef:
        return CertificateRef(self.leaf.sha256, "end_entity")


def evaluate(
    system: System,
    environment: Environment,
    leaf: CertificateFacts,
    *,
    moment: datetime,
    hierarchy: Hierarchy | None = None,
    root_sha256: str | None = None,
    self_signed: bool = False,
    oin: OIN | None = None,
    entity_id: str | None = None,
) -> tuple[Outcome, ...]:
    """Return an outcome for every rule about systems.

    Args:
        system: the connected system.
        environment: where the certificate is to be used.
        leaf: the certificate.
        moment: aware UTC; statements may hold from or until a day.
        hierarchy: the hierarchy its path ends in.
        root_sha256: fingerprint of the root its path ends in; enough where ``hierarchy`` is not given. A root nobody
            lists counts as a test hierarchy. With neither there is no path, and its issuer's name only advises.
        self_signed: the certificate is signed by its own key.
        oin: the OIN in the certificate.
        entity_id: the entity ID it is to be used with.
    """
    subject = SystemContext(system, environment, leaf, moment, oin, entity_id)
    outcomes = [
        *_hierarchy(subject, _standing(leaf, hierarchy, root_sha256), self_signed),
        *_self_signed(subject, self_signed),
        *_entity_id(subject),
    ]
    for topic, rule, check in _CHECKS:
        outcomes += _asked(subject, topic, rule, check)
    return tuple(outcomes)


# -- the hierarchy ----------------------------------------------------------------------------------------------------


class _Standing(NamedTuple):
    name: str
    group: str
    label: str
    proven: bool  # by a path; else only its issuer's name says so


def _standing(leaf: CertificateFacts, hierarchy: Hierarchy | None, root_sha256: str | None) -> _Standing | None:
    found = hierarchy or (hierarchy_of_root(root_sha256) if root_sha256 else None)
    if found:
        return _Standing(found.name, _group(found.kind), found.label, proven=True)
    claimed = hierarchy_of(leaf)
    if root_sha256 is None:
        named = claimed.hierarchy
        return _Standing(named.name, _group(named.kind), named.label, proven=False) if named else None
    # a root the user trusts: it is a TRIAL hierarchy if it calls itself one, never a production one
    if claimed.kind is HierarchyKind.TRIAL:
        return _Standing(claimed.hierarchy.name if claimed.hierarchy else "trial", "trial", "TRIAL", proven=True)
    return _Standing("test", "test", "test", proven=True)


def _group(kind: HierarchyKind) -> str:
    return "pkioverheid" if kind is HierarchyKind.PRODUCTION else str(kind)


def _hierarchy(subject: SystemContext, standing: _Standing | None, self_signed: bool) -> Iterator[Outcome]:
    if self_signed or standing is None:
        absent = Status.NOT_APPLICABLE if self_signed else Status.NOT_CHECKED
        reason = "" if self_signed else "no_path"
        yield subject.outcome(rules.HIERARCHY_ACCEPTED, absent, reason=reason)
        yield subject.outcome(rules.HIERARCHY_DISCOURAGED, Status.NOT_APPLICABLE)
        yield subject.outcome(rules.HIERARCHY_UNCONFIRMED, Status.NOT_APPLICABLE)
        return
    said = subject.system.about_hierarchy(standing.name, standing.group, subject.environment, subject.moment)
    answer = said.answer if said else Stance.UNKNOWN
    params = {"hierarchy": standing.label, "accepted": ", ".join(_accepted(subject)) or "-"}
    evidence = (Evidence("issuer", subject.leaf.issuer.common_name or subject.leaf.issuer.text),)

    def outcome(rule: Rule, bad: Stance, *good: Stance) -> Outcome:
        status = Status.VIOLATED if answer is bad else Status.MET if answer in good else Status.NOT_APPLICABLE
        reason = ""
        if status is Status.MET and not standing.proven and rule is rules.HIERARCHY_ACCEPTED:
            status, reason = Status.NOT_CHECKED, "no_path"
        statement = None if answer is Stance.UNKNOWN else said
        return subject.outcome(rule, status, statement=statement, evidence=evidence, params=params, reason=reason)

    yield outcome(rules.HIERARCHY_ACCEPTED, Stance.NO, Stance.YES, Stance.DISCOURAGED)
    yield outcome(rules.HIERARCHY_DISCOURAGED, Stance.DISCOURAGED, Stance.YES)
    yield outcome(rules.HIERARCHY_UNCONFIRMED, Stance.UNKNOWN, Stance.YES, Stance.DISCOURAGED)


def _accepted(subject: SystemContext) -> Iterator[str]:
    """Yield the labels of what is taken here, to name the anchor that would have matched."""
    labels = {h.name: h.label for h in hierarchies()} | {"trial": "TRIAL", "test": "test", "pkioverheid": "PKIoverheid"}
    for statement in subject.statements(Topic.HIERARCHY):
        if statement.answer in {Stance.YES, Stance.DISCOURAGED}:
            yield from (labels[value] for value in statement.values if value in labels)


# -- self-signed ------------------------------------------------------------------------------------------------------


def _self_signed(subject: SystemContext, self_signed: bool) -> Iterator[Outcome]:
    said = subject.statements(Topic.SELF_SIGNED)
    first = said[0] if said else None
    answer = first.answer if first else Stance.UNKNOWN
    stated = first if first and answer is not Stance.UNKNOWN else None
    refused, unknown = answer is Stance.NO, answer is Stance.UNKNOWN
    here_only = answer is Stance.YES and _refused_in_production(subject)
    yield subject.outcome(rules.SELF_SIGNED_NOT_ALLOWED, _bad_if(self_signed and refused), statement=stated)
    yield subject.outcome(rules.SELF_SIGNED_UNCONFIRMED, _bad_if(self_signed and unknown))
    yield subject.outcome(rules.SELF_SIGNED_PREPRODUCTION_ONLY, _bad_if(self_signed and here_only))


def _refused_in_production(subject: SystemContext) -> bool:
    if subject.environment is Environment.PRODUCTION:
        return False
    said = subject.system.statements_at(Environment.PRODUCTION, subject.moment, Topic.SELF_SIGNED)
    return any(s.answer is Stance.NO for s in said)


def _bad_if(condition: bool) -> Status:
    return Status.VIOLATED if condition else Status.MET


# -- the entity ID ----------------------------------------------------------------------------------------------------


def _entity_id(subject: SystemContext) -> Iterator[Outcome]:
    asked = [s for s in subject.statements(Topic.ENTITY_ID) if s.answer is Stance.YES]
    if not asked:
        yield subject.outcome(rules.ENTITY_ID_GIVEN, Status.NOT_APPLICABLE)
        yield subject.outcome(rules.OIN_EQUALS_ENTITY_ID, Status.NOT_APPLICABLE)
        return
    given = subject.entity_id is not None
    yield subject.outcome(rules.ENTITY_ID_GIVEN, _bad_if(not given))
    for statement in asked:
        status, reason, wanted = _compare(subject, statement)
        yield subject.outcome(
            rules.OIN_EQUALS_ENTITY_ID,
            status,
            statement=statement,
            evidence=(Evidence("entity_id", subject.entity_id or ""), Evidence("oin", str(subject.oin or ""))),
            params={"oin": str(subject.oin or "-"), "wanted": wanted, "detail": subject.entity_id or ""},
            reason=reason,
        )


def _compare(subject: SystemContext, statement: Statement) -> tuple[Status, str, str]:
    if subject.entity_id is None:
        return Status.NOT_APPLICABLE, "", ""
    try:
        parsed = EntityID.parse(subject.entity_id)
    except PkitoolsError:
        # a system that takes any entity ID asks nothing of one without an OIN
        free = "*" in statement.values
        return (Status.NOT_APPLICABLE, "", "") if free else (Status.NOT_CHECKED, "undecodable", "")
    if parsed.scheme not in statement.values:
        return (Status.NOT_APPLICABLE, "", "") if "*" in statement.values else (Status.VIOLATED, "", str(parsed.oin))
    return _bad_if(subject.oin != parsed.oin), "", str(parsed.oin)


# -- what is asked or not ---------------------------------------------------------------------------------------------


class Seen(NamedTuple):
    """What a check saw: whether it is well, and the operands of the message."""

    well: bool | None  # None: does not apply
    params: Mapping[str, str] = MappingProxyType({})
    evidence: tuple[Evidence, ...] = ()


Check = Callable[[SystemContext, Statement], Seen]


def _asked(subject: SystemContext, topic: Topic, rule: Rule, check: Check) -> Iterator[Outcome]:
    asked = [s for s in subject.statements(topic) if s.answer is Stance.YES]
    if not asked:
        yield subject.outcome(rule, Status.NOT_APPLICABLE)
    for statement in asked:
        seen = check(subject, statement)
        status = Status.NOT_APPLICABLE if seen.well is None else _bad_if(not seen.well)
        yield subject.outcome(rule, status, statement=statement, evidence=seen.evidence, params=seen.params)


def _oin_required(subject: SystemContext, _: Statement) -> Seen:
    numbers = ", ".join(a.value for a in subject.leaf.subject_serial_numbers) or "-"
    return Seen(subject.oin is not None, {"found": numbers}, (Evidence("subject.serialNumber", numbers),))


def _kvk_number(subject: SystemContext, _: Statement) -> Seen:
    if subject.oin is None:
        return Seen(None)
    return Seen(subject.oin.kvk is not None, {"oin": str(subject.oin), "register": subject.oin.register})


def _oin_digits(subject: SystemContext, _: Statement) -> Seen:
    if subject.oin is None:
        return Seen(None)
    return Seen(str(subject.oin).isdecimal(), {"oin": str(subject.oin)})


def _ura(subject: SystemContext, _: Statement) -> Seen:
    names = [
        n.value for n in subject.leaf.subject_alternative_name or () if n.kind == "other" and n.type_id == UZI_NAME
    ]
    found = ", ".join(names) or "-"
    well = any(_has_ura(name) for name in names)
    return Seen(well, {"found": found}, (Evidence("subjectAltName.otherName", found),))


def _has_ura(name: str) -> bool:
    """Return whether a UZI name ``<OID>-<version>-<UZI number>-<kind>-<URA>-<role>-<AGB>`` holds a URA."""
    parts = name.split("-")
    return len(parts) >= 5 and len(parts[4]) == 8 and parts[4].isascii() and parts[4].isdecimal()


def _purpose(oid: str) -> Check:
    def check(subject: SystemContext, _: Statement) -> Seen:
        purposes = subject.leaf.extended_key_usage
        found = "-" if purposes is None else ", ".join(purposes)
        # without the extension a certificate may serve every purpose (RFC 5280 4.2.1.12)
        well = purposes is None or bool({oid, ANY_EXTENDED_KEY_USAGE} & set(purposes))
        return Seen(well, {"found": found}, (Evidence("extendedKeyUsage", found),))

    return check


def _signing(subject: SystemContext, _: Statement) -> Seen:
    usage = subject.leaf.key_usage
    found = "-" if usage is None else ", ".join(sorted(usage))
    well = usage is None or bool({"digitalSignature", "nonRepudiation"} & usage)
    return Seen(well, {"found": found}, (Evidence("keyUsage", found),))


def _key_size(subject: SystemContext, statement: Statement) -> Seen:
    key = subject.leaf.public_key
    well = key.algorithm.startswith("RSA") and (key.bits or 0) >= (statement.number or 0)
    return Seen(well, {"found": key.label, "bits": str(statement.number)}, (Evidence("publicKey", key.label),))


def _policy(subject: SystemContext, statement: Statement) -> Seen:
    found = [p.oid for p in subject.leaf.certificate_policies or ()]
    params = {"found": ", ".join(found) or "-", "wanted": ", ".join(statement.values)}
    return Seen(bool(set(found) & set(statement.values)), params, (Evidence("certificatePolicies", params["found"]),))


def _domains(subject: SystemContext) -> tuple[list[str], Seen]:
    names = [n.value for n in subject.leaf.subject_alternative_name or () if n.kind == "dns"]
    found = ", ".join(names) or "-"
    return names, Seen(None, {"found": found}, (Evidence("subjectAltName.dNSName", found),))


def _fqdn(subject: SystemContext, _: Statement) -> Seen:
    names, seen = _domains(subject)
    return seen._replace(well=any("." in name.strip(".") for name in names))


def _no_wildcard(subject: SystemContext, _: Statement) -> Seen:
    names, seen = _domains(subject)
    return seen._replace(well=not any("*" in name for name in names))


def _single_domain(subject: SystemContext, _: Statement) -> Seen:
    names, seen = _domains(subject)
    return seen._replace(well=len({name.casefold() for name in names}) <= 1)


def _organization_name(subject: SystemContext, _: Statement) -> Seen:
    return Seen(bool((subject.leaf.subject.organization or "").strip()))


_CHECKS: Final[tuple[tuple[Topic, Rule, Check], ...]] = (
    (Topic.OIN, rules.OIN_REQUIRED, _oin_required),
    (Topic.KVK_NUMBER, rules.OIN_KVK_BASED, _kvk_number),
    (Topic.OIN_DIGITS, rules.OIN_DIGITS_ONLY, _oin_digits),
    (Topic.URA, rules.URA_IN_SAN, _ura),
    (Topic.CLIENT_AUTH, rules.CLIENT_AUTH, _purpose(CLIENT_AUTH)),
    (Topic.SERVER_AUTH, rules.SERVER_AUTH, _purpose(SERVER_AUTH)),
    (Topic.SIGNING, rules.SIGNING, _signing),
    (Topic.KEY_SIZE, rules.KEY_SIZE, _key_size),
    (Topic.POLICY, rules.POLICY_EXPECTED, _policy),
    (Topic.FQDN, rules.FQDN, _fqdn),
    (Topic.NO_WILDCARD, rules.NO_WILDCARD, _no_wildcard),
    (Topic.SINGLE_DOMAIN, rules.SINGLE_DOMAIN, _single_domain),
    (Topic.ORGANIZATION_NAME, rules.ORGANIZATION_NAME, _organization_name),
)
