"""Judge a certificate by what a system asks in an environment: generic checks over the system's statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from functools import cache, lru_cache
from operator import attrgetter
from typing import Final, NamedTuple, TypeAlias

from pkitools.arguments import aware, choice
from pkitools.environment import Environment
from pkitools.findings import (
    MET,
    NOT_APPLICABLE,
    Answer,
    Basis,
    Certainty,
    CertificateRef,
    Evidence,
    Met,
    NotApplicable,
    NotChecked,
    Outcome,
    Rule,
    Severity,
    Violated,
    ask,
    outcome,
)
from pkitools.findings.considered import Block, Kind, Said, block_of, block_of_kind, said_in_common
from pkitools.frozen import dataclass, once, replace
from pkitools.messages import NOTHING
from pkitools.oin import OIN
from pkitools.oin.entity_schemes import ENTITIES, EntitySubject, environment_of, form_of, schemes
from pkitools.systems import rules
from pkitools.systems.model import Stance, Statement, System, Topic
from pkitools.systems.reading import SUPPLIER
from pkitools.trust import Hierarchy, HierarchyKind, hierarchies, hierarchy_of, hierarchy_of_root
from pkitools.x509 import uzi_name
from pkitools.x509.model import CertificateFacts
from pkitools.x509.oids import ANY_EXTENDED_KEY_USAGE, CLIENT_AUTH, SERVER_AUTH


class FoundHierarchy(NamedTuple):
    """The hierarchy a certificate is of, in the words that statements use.

    Args:
        name: its name.
        group: ``pkioverheid``, ``trial``, ``test`` or ``acceptance``.
        label: how people name it.
        proven: a path leads to its root; else only the name of the certificate's issuer says so.
    """

    name: str
    group: str
    label: str
    proven: bool


@dataclass(frozen=True)
class SystemContext:
    """One certificate before one system: what the checks of this room look at.

    Args:
        system: the system.
        environment: where the certificate is to be used.
        leaf: the certificate.
        moment: in UTC.
        hierarchy: the hierarchy it is of; ``None`` when nothing tells.
        self_signed: it is signed by its own key.
        oin: its OIN.
        entity_id: the entity ID it is to be used with.
    """

    system: System
    environment: Environment
    leaf: CertificateFacts
    moment: datetime
    hierarchy: FoundHierarchy | None
    self_signed: bool
    oin: OIN | None
    entity_id: str | None

    def statements(self, topic: Topic) -> list[Statement]:
        """Return what the system says of a topic, here and now."""
        return self.said.by_topic.get(topic, [])

    def asked(self, topic: Topic) -> list[Statement]:
        """Return the statements that ask what the topic is about, here and now."""
        return [statement for statement in self.statements(topic) if statement.answer is Stance.YES]

    @once
    def day(self) -> date:
        """The day of the moment, by which statements hold."""
        return self.moment.date()

    @once
    def said(self) -> _Said:
        """Everything the system says, here and now."""
        return _said_by(self.system, self.environment, self.day)

    def __reduce__(self) -> tuple[object, ...]:
        given = self.leaf, self.moment, self.hierarchy, self.self_signed, self.oin, self.entity_id
        return SystemContext, (self.system, self.environment, *given)

    @once
    def about_hierarchy(self) -> Statement | None:
        """What the system says of the hierarchy the certificate is of; nothing of a self-signed one."""
        found = self.hierarchy
        if found is None or self.self_signed:
            return None
        return _about_hierarchy_of(self.system, found.name, found.group, self.environment, self.day)

    @once
    def about_self_signed(self) -> Statement | None:
        """What the system says of certificates that are signed by their own key."""
        return next(iter(self.statements(Topic.SELF_SIGNED)), None)

    @once
    def parsed_entity_id(self) -> EntitySubject | None:
        """The entity ID, taken apart; ``None`` where none was given."""
        return None if self.entity_id is None else EntitySubject(self.entity_id, ENTITIES)

    @once
    def ref(self) -> CertificateRef:
        """The certificate, as outcomes name it."""
        return CertificateRef(self.leaf.sha256, "end_entity")


Check: TypeAlias = Callable[[SystemContext], Answer]
StatementCheck: TypeAlias = Callable[[SystemContext, Statement], Answer]


def evaluate(
    system: System,
    environment: Environment | str,
    leaf: CertificateFacts,
    *,
    moment: datetime,
    hierarchy: Hierarchy | None = None,
    root_sha256: str | None = None,
    self_signed: bool = False,
    oin: OIN | None = None,
    entity_id: str | None = None,
    raise_crashes: bool = False,
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
        raise_crashes: let a check that crashes raise instead of becoming NOT_CHECKED; for tests and bug reports.

    Raises:
        InvalidValueError: there is no such environment, or ``moment`` is not aware.
    """
    environment = choice(Environment, environment, "environment")
    found = found_hierarchy(leaf, hierarchy, root_sha256)
    context = SystemContext(system, environment, leaf, aware(moment), found, self_signed, oin, entity_id)
    return _Evaluation(context, raise_crashes=raise_crashes)()


def evaluated(
    system: System,
    environment: Environment,
    leaf: CertificateFacts,
    *,
    moment: datetime,
    found: FoundHierarchy | None,
    self_signed: bool,
    oin: OIN | None,
    entity_id: str | None,
    kind: Kind[CertificateFacts] | None = None,
    raise_crashes: bool,
) -> Block:
    """Return what :func:`evaluate` finds, as a group whose outcomes are made when they are asked for.

    Args: see there; ``moment`` in UTC, ``found`` of :func:`found_hierarchy`, which is the same for every system, and
        ``kind`` what the certificate has in common with others, of which most was asked before.
    """
    context = SystemContext(system, environment, leaf, moment, found, self_signed, oin, entity_id)
    asking = _Evaluation(context, raise_crashes=raise_crashes)
    if kind is None:
        return block_of(_to_ask(context).placed, context, asking.ask, asking, asking.told_as)
    around = _around(context)
    said = kind.said((system.name, environment, context.day, entity_id), around, lambda facts: _said_of(facts, around))
    return block_of_kind(said, context, asking.ask, asking, asking.told_as)


_AROUND: Final = ("system", "environment", "day", "hierarchy", "self_signed", "entity_id")
_around: Final = attrgetter(*_AROUND)
"""What the checks of this room look at and many certificates have in common: not the moment, and not the OIN."""


def _said_of(facts: CertificateFacts, around: Sequence[object]) -> Said:
    context = object.__new__(SystemContext)
    vars(context).update(zip(_AROUND, around, strict=True), leaf=facts)
    return said_in_common(_to_ask(context).placed, context)


class _Evaluation:
    """One certificate before one system, asked as often as somebody wants to know: always with the same answers."""

    __slots__ = ("_context", "_raise_crashes")

    def __init__(self, context: SystemContext, *, raise_crashes: bool = False) -> None:
        self._context, self._raise_crashes = context, raise_crashes

    def ask(self, rule: Rule, check: Check) -> list[Outcome]:
        """Return the outcome of one rule."""
        context = self._context
        return ask(rule, _titled, context, check, certificate=context.ref, raise_crashes=self._raise_crashes)

    def told_as(self, rule: Rule, answer: Violated | NotChecked) -> Outcome:
        """Return the outcome of an answer."""
        params = {"system": self._context.system.title, **answer.params}
        if isinstance(answer, Violated):
            titled: Answer = Violated(answer.evidence, params, answer.basis, answer.severity)
        else:
            titled = NotChecked(answer.reason, answer.detail, params, answer.evidence)
        return outcome(rule, titled, self._context.ref)

    def __call__(self) -> tuple[Outcome, ...]:
        return tuple([found for rule, check in _to_ask(self._context).every for found in self.ask(rule, check)])

    def __reduce__(self) -> tuple[object, ...]:
        return _Evaluation, (self._context,)


class _ToAsk:
    """What is asked before a system: each rule with its check.

    ``every`` is all of them; ``placed`` leaves out what the system says nothing of, each with its place among all.
    """

    __slots__ = ("every", "placed")

    def __init__(self, every: tuple[tuple[Rule, Check], ...]) -> None:
        self.every = every
        self.placed = tuple([(place, asked) for place, asked in enumerate(every) if asked[1] is not _not_asked])


def _to_ask(context: SystemContext) -> _ToAsk:
    """Return each rule with its check; of a rule that statements ask, once for each of them, as it asks it.

    Of what decides how a rule is asked only what is said of the hierarchy goes by the certificate.
    """
    said, about = context.said, context.about_hierarchy
    known = said.to_ask.get(about)
    if known is None:
        general = [
            (_as_asked(rule, statement_of(context), context.system), check)
            for rule, statement_of, check in _OF_EVERY_SYSTEM
        ]
        known = said.to_ask[about] = _ToAsk((*general, *said.asked))
    return known


class _Said:
    """What a system says in an environment on a day: the same for every certificate."""

    def __init__(self, system: System, statements: Sequence[Statement]) -> None:
        self.by_topic: dict[Topic, list[Statement]] = {}
        for statement in statements:
            self.by_topic.setdefault(statement.topic, []).append(statement)
        self.asked = tuple(self._asked(system))
        self.to_ask: dict[Statement | None, _ToAsk] = {}

    def _asked(self, system: System) -> Iterator[tuple[Rule, Check]]:
        for topic, rule, check_by in _OF_STATEMENTS:
            asked = [said for said in self.by_topic.get(topic, ()) if said.answer is Stance.YES]
            if not asked:
                yield rule, _not_asked
            for statement in asked:
                yield _as_asked(rule, statement, system), _with(check_by, statement)


@lru_cache(maxsize=256)
def _said_by(system: System, environment: Environment, day: date) -> _Said:
    """Return what a system says on a day; a statement holds for whole days."""
    noon = datetime.combine(day, time(12), UTC)
    return _Said(system, system.statements_at(environment, noon))


@lru_cache(maxsize=512)
def _about_hierarchy_of(system: System, name: str, group: str, environment: Environment, day: date) -> Statement | None:
    return system.about_hierarchy(name, group, environment, datetime.combine(day, time(12), UTC))


def _as_asked(rule: Rule, statement: Statement | None, system: System) -> Rule:
    if statement is None or statement.answer is Stance.UNKNOWN:
        return rule
    return rules.as_asked(rule, statement, system)


def _with(check: StatementCheck, statement: Statement) -> Check:
    return lambda context: check(context, statement)


def _titled(context: SystemContext, check: Check) -> Answer:
    """Return the answer with the system's title as an operand: every message of this room names it."""
    answer = check(context)
    if isinstance(answer, NotApplicable):
        return answer
    return replace(answer, params={"system": context.system.title, **answer.params})


def _not_asked(_: SystemContext) -> Answer:
    return NOT_APPLICABLE


def _met_if(good: bool, *evidence: Evidence, **operands: str) -> Met | Violated:
    """Return MET or a violation; both show what was seen."""
    return Met(evidence, operands) if good else Violated(evidence, operands)


# -- the hierarchy ----------------------------------------------------------------------------------------------------


def found_hierarchy(
    leaf: CertificateFacts, hierarchy: Hierarchy | None, root_sha256: str | None
) -> FoundHierarchy | None:
    """Return the hierarchy a certificate is of: that of its path, else the one its issuer's name points to."""
    found = hierarchy or (hierarchy_of_root(root_sha256) if root_sha256 else None)
    if found:
        return FoundHierarchy(found.name, _group(found.kind), found.label, proven=True)
    claimed = hierarchy_of(leaf)
    if root_sha256 is None:
        named = claimed.hierarchy
        return FoundHierarchy(named.name, _group(named.kind), named.label, proven=False) if named else None
    # a root the user trusts: it is a TRIAL hierarchy if it calls itself one, never a production one
    if claimed.kind is HierarchyKind.TRIAL:
        return FoundHierarchy(claimed.hierarchy.name if claimed.hierarchy else "trial", "trial", "TRIAL", proven=True)
    return FoundHierarchy("test", "test", "test", proven=True)


def _group(kind: HierarchyKind) -> str:
    return "pkioverheid" if kind is HierarchyKind.PRODUCTION else str(kind)


def _hierarchy(bad: Stance, *good: Stance) -> Check:
    """Return the check that the system does not take this stance on the hierarchy."""

    def check(context: SystemContext) -> Answer:
        if context.hierarchy is None or context.self_signed:
            return NOT_APPLICABLE
        stance = context.about_hierarchy.answer if context.about_hierarchy else Stance.UNKNOWN
        if stance is not bad and stance not in good:
            return NOT_APPLICABLE
        issuer = context.leaf.issuer
        return _met_if(
            stance is not bad,
            Evidence("issuer", issuer.called),
            sure=_sure(context.about_hierarchy),
            hierarchy=context.hierarchy.label,
            accepted=", ".join(_accepted(context)) or NOTHING,
        )

    return check


def _sure(said: Statement | None) -> str:
    """Return the operand that is empty where what is said is not firm enough to fail anything: it is not told as so."""
    return "yes" if said is None or said.severity is Severity.ERROR else NOTHING


_NOT_REFUSED: Final = _hierarchy(Stance.NO, Stance.YES, Stance.DISCOURAGED)


def _hierarchy_accepted(context: SystemContext) -> Answer:
    if context.hierarchy is None and not context.self_signed:
        return NotChecked("no_path")
    answer = _NOT_REFUSED(context)
    if isinstance(answer, Met) and context.hierarchy and not context.hierarchy.proven:
        return NotChecked("no_path", params=answer.params)  # a name may refuse, never accept
    return answer


@cache
def _labels() -> dict[str, str]:
    groups = {"trial": "TRIAL", "test": "test", "pkioverheid": "PKIoverheid"}
    return {h.name: h.label for h in hierarchies()} | groups


def _accepted(context: SystemContext) -> Iterator[str]:
    """Yield the labels of what is taken here, to name the anchor that would have matched."""
    labels = _labels()
    for statement in context.statements(Topic.HIERARCHY):
        if statement.answer in {Stance.YES, Stance.DISCOURAGED}:
            yield from (labels[value] for value in statement.values if value in labels)


def _hierarchy_heard(context: SystemContext) -> Answer:
    """Tell of a hierarchy that is taken who says so, where that is not the system itself."""
    said, found = context.about_hierarchy, context.hierarchy
    if said is None or found is None or said.answer is not Stance.YES:
        return NOT_APPLICABLE
    return _met_if(said.certainty not in _HEARD, hierarchy=found.label)


_HEARD: Final = frozenset({Certainty.THIRD_PARTY, Certainty.INFERRED, Certainty.OBSERVED})


# -- self-signed ------------------------------------------------------------------------------------------------------


def _stance_on_self_signed(context: SystemContext) -> Stance:
    return context.about_self_signed.answer if context.about_self_signed else Stance.UNKNOWN


def _self_signed_allowed(context: SystemContext) -> Answer:
    said = context.about_self_signed
    refused = context.self_signed and said is not None and said.answer is Stance.NO
    # what only a third party says is told as its word
    firm = "" if said is not None and said.certainty is Certainty.THIRD_PARTY else "yes"
    return _met_if(not refused, pkioverheid=_takes_pkioverheid(context), firm=firm, sure=_sure(said))


def _takes_pkioverheid(context: SystemContext) -> str:
    """Return the operand that is empty where the system says that PKIoverheid is not what it asks."""
    said = (each for each in context.statements(Topic.HIERARCHY) if "pkioverheid" in each.values)
    refused = any(each.answer is Stance.NO for each in said) and not any(_accepted(context))
    return NOTHING if refused else "yes"


def _self_signed_confirmed(context: SystemContext) -> Answer:
    return _met_if(not (context.self_signed and _stance_on_self_signed(context) is Stance.UNKNOWN))


def _self_signed_everywhere(context: SystemContext) -> Answer:
    here_only = _stance_on_self_signed(context) is Stance.YES and _refused_in_production(context)
    return _met_if(not (context.self_signed and here_only))


def _refused_in_production(context: SystemContext) -> bool:
    if context.environment is Environment.PRODUCTION:
        return False
    said = _said_by(context.system, Environment.PRODUCTION, context.day).by_topic.get(Topic.SELF_SIGNED, [])
    return any(s.answer is Stance.NO for s in said)


# -- who may register -------------------------------------------------------------------------------------------------


def _about_suppliers(context: SystemContext) -> Statement | None:
    said = context.statements(Topic.REGISTRATION)
    return next((statement for statement in said if SUPPLIER in statement.values), None)


def _registration_of_suppliers(context: SystemContext) -> Answer:
    """Remind of it: whose certificate it is, the organisation's or its supplier's, no certificate tells."""
    said = _about_suppliers(context)
    return _met_if(said is None or said.answer is not Stance.NO)


# -- the entity ID ----------------------------------------------------------------------------------------------------


def _entity_id_given(context: SystemContext) -> Answer:
    return _met_if(context.entity_id is not None) if context.asked(Topic.ENTITY_ID) else NOT_APPLICABLE


def _is_taken(entity_id: EntitySubject, about: Statement) -> bool:
    """Return whether it is of a scheme that the statement asks."""
    return entity_id.scheme is not None and entity_id.scheme.name in about.values


def takes_any(about: Statement) -> bool:
    """Return whether the statement about entity IDs lets people choose another text as well."""
    return "*" in about.values


_ABSOLUTE: Final = "://"


def _entity_id_scheme(context: SystemContext, about: Statement) -> Answer:
    entity_id = context.parsed_entity_id
    if entity_id is None:
        return NOT_APPLICABLE
    if _is_taken(entity_id, about) or (takes_any(about) and entity_id.scheme is None):
        return MET
    other = entity_id.is_parsed or _ABSOLUTE in entity_id.text  # it belongs somewhere else; what is neither, nowhere
    operands = {
        "text": entity_id.given,
        "wanted": _right_form(context, about),
        "form": "other" if other else NOTHING,
    }
    weighs = Severity.NOTICE if takes_any(about) else None
    return Violated((Evidence("entity_id", entity_id.given),), operands, severity=weighs)


def _right_form(context: SystemContext, about: Statement) -> str:
    """Return the form that is asked, with what the entity ID given and the certificate say filled in.

    Not the OIN where those two name different ones: which of them is right, the form cannot say.
    """
    entity_id = context.parsed_entity_id
    oin = str(context.oin or "")
    is_disputed = entity_id is not None and entity_id.is_parsed and entity_id.oin != oin
    role = entity_id.role.upper() if entity_id else ""
    name = next(value for value in about.values if value != "*")
    most = next(scheme.digits[1] for scheme in schemes().of_kind(ENTITIES) if scheme.name == name)
    return form_of(
        name,
        ENTITIES,
        role=role if role in about.roles else next(iter(about.roles), ""),
        oin="" if is_disputed else oin,
        index=_right_index(context.environment, entity_id.index if entity_id else "", most),
    )


def _right_index(environment: Environment, given: str, most: int) -> str:
    """Return the index that was given if it is one of this environment; before production else its second, as 9001."""
    if given.isdecimal() and len(given) <= most and environment_of(int(given)) is environment:
        return given
    return "" if environment is Environment.PRODUCTION else str(schemes().first_test_index + 1)


def _entity_id_role(context: SystemContext, about: Statement) -> Answer:
    """Say whether the role is one of who connects; one that the scheme does not know is another rule's."""
    entity_id = context.parsed_entity_id
    if entity_id is None or not about.roles or not _is_taken(entity_id, about) or not entity_id.has_known_role:
        return NOT_APPLICABLE
    if entity_id.role.upper() in about.roles:
        return MET
    operands = {"role": entity_id.role, "roles": ", ".join(about.roles), "wanted": _right_form(context, about)}
    # the documents say which roles there are; that who connects has one of these is our reading
    basis = Basis(about.source, Certainty.INFERRED)
    return Violated((Evidence("entity_id", entity_id.given),), operands, basis)


def _oin_equals_entity_id(context: SystemContext, statement: Statement) -> Answer:
    entity_id = context.parsed_entity_id
    if entity_id is None or (takes_any(statement) and not _is_taken(entity_id, statement)):
        return NOT_APPLICABLE  # chosen freely: an OIN in it is not held to anything
    oin = str(context.oin or NOTHING)
    if not entity_id.is_parsed:
        answer = NotChecked("undecodable", entity_id.given, {"oin": oin, "wanted": ""})
        return answer if _is_taken(entity_id, statement) else NOT_APPLICABLE
    evidence = Evidence("entity_id", entity_id.given), Evidence("oin", str(context.oin or ""))
    operands = {"oin": oin, "wanted": entity_id.oin, "detail": entity_id.given}
    if str(context.oin) == entity_id.oin:
        return Met(evidence, operands)
    return Violated(evidence, operands, severity=None if context.oin else _without_oin(context, statement))


def _without_oin(context: SystemContext, statement: Statement) -> Severity:
    """Return what it weighs that a certificate has no OIN to compare: no more than that it has none."""
    asked = [said.severity for said in context.asked(Topic.OIN)]
    return min([statement.severity, max(asked, default=statement.severity)])


# -- what is asked or not ---------------------------------------------------------------------------------------------


def _oin_required(context: SystemContext, statement: Statement) -> Answer:
    numbers = ", ".join(a.value for a in context.leaf.subject_serial_numbers) or NOTHING
    return _met_if(context.oin is not None, Evidence("subject.serialNumber", numbers), found=numbers)


def _kvk_number(context: SystemContext, statement: Statement) -> Answer:
    oin = context.oin
    return NOT_APPLICABLE if oin is None else _met_if(oin.kvk is not None, oin=str(oin), register=oin.register)


def _oin_digits(context: SystemContext, statement: Statement) -> Answer:
    oin = context.oin
    return NOT_APPLICABLE if oin is None else _met_if(oin.isdecimal(), oin=str(oin))


def _ura(context: SystemContext, statement: Statement) -> Answer:
    names = context.leaf.subject_alternative_name
    found = ", ".join(uzi_name.uzi_texts(names)) or NOTHING
    return _met_if(bool(uzi_name.uras(names)), Evidence("subjectAltName.otherName", found), found=found)


def _purpose(oid: str) -> StatementCheck:
    def check(context: SystemContext, statement: Statement) -> Answer:
        purposes = context.leaf.extended_key_usage
        found = NOTHING if purposes is None else ", ".join(purposes)
        # without the extension a certificate may serve every purpose (RFC 5280 4.2.1.12)
        good = purposes is None or bool({oid, ANY_EXTENDED_KEY_USAGE} & set(purposes))
        return _met_if(good, Evidence("extendedKeyUsage", found), found=found)

    return check


def _signing(context: SystemContext, statement: Statement) -> Answer:
    usage = context.leaf.key_usage
    found = NOTHING if usage is None else ", ".join(sorted(usage))
    good = usage is None or bool({"digitalSignature", "nonRepudiation"} & usage)
    return _met_if(good, Evidence("keyUsage", found), found=found)


def _key_size(context: SystemContext, statement: Statement) -> Answer:
    key = context.leaf.public_key
    good = key.algorithm.startswith("RSA") and (key.bits or 0) >= (statement.number or 0)
    return _met_if(good, Evidence("publicKey", key.label), found=key.label, bits=str(statement.number))


def _policy(context: SystemContext, statement: Statement) -> Answer:
    policies = [p.oid for p in context.leaf.certificate_policies or ()]
    found = ", ".join(policies) or NOTHING
    good = bool(set(policies) & set(statement.values))
    return _met_if(good, Evidence("certificatePolicies", found), found=found, wanted=", ".join(statement.values))


def _domains(good: Callable[[list[str]], bool]) -> StatementCheck:
    def check(context: SystemContext, statement: Statement) -> Answer:
        names = [n.value for n in context.leaf.subject_alternative_name or () if n.kind == "dns"]
        found = ", ".join(names) or NOTHING
        return _met_if(good(names), Evidence("subjectAltName.dNSName", found), found=found)

    return check


def _organization_name(context: SystemContext, statement: Statement) -> Answer:
    return _met_if(bool((context.leaf.subject.organization or "").strip()))


def _about_hierarchy(context: SystemContext) -> Statement | None:
    return context.about_hierarchy


def _about_self_signed(context: SystemContext) -> Statement | None:
    return context.about_self_signed


def _no_statement(_: SystemContext) -> None:
    return None


_OF_EVERY_SYSTEM: Final[tuple[tuple[Rule, Callable[[SystemContext], Statement | None], Check], ...]] = (
    (rules.HIERARCHY_ACCEPTED, _about_hierarchy, _hierarchy_accepted),
    (rules.HIERARCHY_DISCOURAGED, _about_hierarchy, _hierarchy(Stance.DISCOURAGED, Stance.YES)),
    (rules.HIERARCHY_UNCONFIRMED, _about_hierarchy, _hierarchy(Stance.UNKNOWN, Stance.YES, Stance.DISCOURAGED)),
    (rules.HIERARCHY_HEARD, _no_statement, _hierarchy_heard),
    (rules.SELF_SIGNED_NOT_ALLOWED, _about_self_signed, _self_signed_allowed),
    (rules.SELF_SIGNED_UNCONFIRMED, _no_statement, _self_signed_confirmed),
    (rules.SELF_SIGNED_PREPRODUCTION_ONLY, _no_statement, _self_signed_everywhere),
    (rules.REGISTRATION_SUPPLIER, _about_suppliers, _registration_of_suppliers),
    (rules.ENTITY_ID_GIVEN, _no_statement, _entity_id_given),
)
"""Asked before every system, each with the statement that decides, if one does."""

_OF_STATEMENTS: Final[tuple[tuple[Topic, Rule, StatementCheck], ...]] = (
    (Topic.ENTITY_ID, rules.ENTITY_ID_SCHEME, _entity_id_scheme),
    (Topic.ENTITY_ID, rules.ENTITY_ID_ROLE, _entity_id_role),
    (Topic.ENTITY_ID, rules.OIN_EQUALS_ENTITY_ID, _oin_equals_entity_id),
    (Topic.OIN, rules.OIN_REQUIRED, _oin_required),
    (Topic.KVK_NUMBER, rules.OIN_KVK_BASED, _kvk_number),
    (Topic.OIN_DIGITS, rules.OIN_DIGITS_ONLY, _oin_digits),
    (Topic.URA, rules.URA_IN_SAN, _ura),
    (Topic.CLIENT_AUTH, rules.CLIENT_AUTH, _purpose(CLIENT_AUTH)),
    (Topic.SERVER_AUTH, rules.SERVER_AUTH, _purpose(SERVER_AUTH)),
    (Topic.SIGNING, rules.SIGNING, _signing),
    (Topic.KEY_SIZE, rules.KEY_SIZE, _key_size),
    (Topic.POLICY, rules.POLICY_EXPECTED, _policy),
    (Topic.FQDN, rules.FQDN, _domains(lambda names: any("." in name.strip(".") for name in names))),
    (Topic.NO_WILDCARD, rules.NO_WILDCARD, _domains(lambda names: not any("*" in name for name in names))),
    (Topic.SINGLE_DOMAIN, rules.SINGLE_DOMAIN, _domains(lambda names: len({n.casefold() for n in names}) <= 1)),
    (Topic.ORGANIZATION_NAME, rules.ORGANIZATION_NAME, _organization_name),
)
"""Asked once for every statement that asks the topic."""
