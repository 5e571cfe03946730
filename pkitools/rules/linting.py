"""Ask every rule about one certificate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, get_args

from pkitools.arguments import aware, of_type, one_of, optional, optional_choice, several, text
from pkitools.environment import Environment
from pkitools.findings import CertificateRef, Report
from pkitools.findings.considered import Block, Considered
from pkitools.oin import OIN
from pkitools.oin.number_rules import number_block
from pkitools.profiles import Profile, get_profile
from pkitools.rules.books import ENTRIES
from pkitools.rules.context import RuleContext, family_of, parse_oin
from pkitools.rules.engine import Entry, Statement
from pkitools.rules.in_common import Answered
from pkitools.rules.own import given_data
from pkitools.rules.plan import Asking, plan_of
from pkitools.rules.profile import detect_profile
from pkitools.systems import Stance, System, Topic, get_system
from pkitools.validation.ending import first_to_end
from pkitools.x509 import CertificateFacts, OINResult, oin_from_certificate, read_certificate
from pkitools.x509.above import Above
from pkitools.x509.given import Given
from pkitools.x509.oids import (
    ANY_EXTENDED_KEY_USAGE,
    CLIENT_AUTH,
    DOCUMENT_SIGNING,
    EMAIL_PROTECTION,
    MICROSOFT_DOCUMENT_SIGNING,
    SERVER_AUTH,
)

if TYPE_CHECKING:
    from pkitools.rules.own import OwnData

Role = Literal["end_entity", "intermediate", "trust_anchor", "crl_issuer", "ocsp_responder"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)


_SIDES: Final = {Topic.CLIENT_AUTH: CLIENT_AUTH, Topic.SERVER_AUTH: SERVER_AUTH}
_OF_SIGNATURES: Final = frozenset({EMAIL_PROTECTION, DOCUMENT_SIGNING, MICROSOFT_DOCUMENT_SIGNING})
_MOST_PROFILES: Final = 64
_SAID: Final[dict[int, tuple[Profile, frozenset[Statement]]]] = {}
_STATEMENTS: Final = frozenset(entry.scope.says for entry in ENTRIES if entry.scope.says is not None)


def lint(
    facts: CertificateFacts | Given,
    *,
    moment: datetime,
    profile: Profile | str | None = None,
    environment: Environment | str | None = None,
    system: str | System | None = None,
    role: Role | None = None,
    path: Sequence[CertificateFacts | Given] = (),
    others: Sequence[CertificateFacts | Given] = (),
    oin: OINResult | None = None,
    data: OwnData | None = None,
    raise_crashes: bool = False,
) -> Report:
    """Return the report of every rule on one certificate: an outcome for each, also for those not meant for it.

    Args:
        facts: the certificate, read or as people hold it.
        moment: validation time, aware UTC.
        profile: judge an end-entity certificate by this profile; ``None``: by the one its policies name.
        environment: where it is to be used.
        system: the connected system it is for, by name or as data; the rules of Digikoppeling and ST-SAML are asked
            only then.
        role: what it is in its path; ``None``: see :func:`role_of`, and an end entity with a profile or a system.
        path: the certificates of its path, itself first; the issuer is taken from it, and what of it ends first.
        others: other certificates in view, to find a key used twice.
        oin: its OIN, where that was read already.
        data: rules and systems of one's own, asked beside ours.
        raise_crashes: let a rule that crashes raise instead of becoming NOT_CHECKED.

    Raises:
        InvalidValueError: no profile, environment or role has this name, or ``moment`` is not aware.
        InputError: it is no certificate.
    """
    facts = _facts(facts)
    moment = aware(moment)
    environment = optional_choice(Environment, environment, "environment")
    data = given_data(data, "data")
    asking = None if system is None else _system(system, data)
    oin = optional(oin, OINResult, "oin")
    path, others = _all_facts(path, "path"), _all_facts(others, "others")
    by_default = role_of(facts) if profile is None and system is None else "end_entity"
    above = _above(facts, path)
    role = by_default if role is None else one_of(ROLES, role, "role")
    blocks = linted(
        facts,
        moment=moment,
        profile=profile,
        environment=environment,
        systems=() if asking is None else (asking,),
        role=role,
        issuer=next(iter(above), None),
        ends_by=first_to_end(facts.not_after, above),
        others=others,
        oin=oin,
        data=data,
        raise_crashes=raise_crashes,
    )
    if data is not None and isinstance(system, str):
        from pkitools.rules.own.data import SYSTEMS  # only who has facts of his own meets it

        blocks.append(Block.of(data.outcomes(SYSTEMS, system=system)))
    return Report.of(_subject(facts), Considered(blocks), moment, environment, asking.name if asking else None)


def linted(
    facts: CertificateFacts,
    *,
    moment: datetime,
    profile: Profile | str | None,
    environment: Environment | None,
    systems: Sequence[System],
    role: Role,
    issuer: CertificateFacts | None,
    ends_by: Above | None = None,
    others: Sequence[CertificateFacts] = (),
    oin: OINResult | None = None,
    data: OwnData | None = None,
    answered: Answered | None = None,
    raise_crashes: bool = False,
) -> list[Block]:
    """Return what :func:`lint` reports, in groups, for any number of systems.

    Of a system behind the first one only those rules are asked whose answer may be another: for whom a rule is meant,
    or what it looks at, depends on the system. Of equal outcomes the caller keeps one.

    Args: see :func:`lint`; all of them as it made them. ``ends_by`` is the first authority above it to end, where that
        is before it does; ``answered`` is what the rules said of other certificates.
    """
    kind = "ca" if role in {"intermediate", "trust_anchor"} else "end_entity"
    chosen = _chosen_profile(facts, profile) if kind == "end_entity" else None
    at = RuleContext(
        facts,
        kind=kind,
        profile=chosen,
        moment=moment,
        environment=environment,
        issuer=issuer,
        others=others,
        ends_by=ends_by,
    )
    family = at.family
    if profile is not None and chosen is not None and family != "trial":
        family = family_of(tuple(chosen.policies.production))  # judged as what it was ordered as, not as what it became
    said = _said_by(chosen)
    ref = CertificateRef(facts.sha256, role)
    blocks: list[Block] = []
    before: Asking | None = None
    for system in systems or (None,):
        named = None if system is None else system.name
        at.system, at.purposes_taken = named, frozenset() if system is None else _purposes_taken(system)
        plan = plan_of(kind, said, family, named)
        asking = Asking(plan, _own(data, kind, said, family, named), before, answered)
        blocks.append(asking.ask(at, ref, raise_crashes=raise_crashes))
        before = before or asking
        if data is not None:
            from pkitools.rules.own.data import RULES  # as above

            blocks.append(Block.of(data.outcomes(RULES)))
        if kind == "end_entity" and before is asking:
            blocks += _oin_blocks(oin or oin_from_certificate(facts), environment)
        blocks.append(plan.not_meant)
    return blocks


def _facts(given: CertificateFacts | Given) -> CertificateFacts:
    return given if isinstance(given, CertificateFacts) else read_certificate(given)


def _all_facts(given: object, parameter: str) -> tuple[CertificateFacts, ...]:
    return tuple(map(_facts, several(given, (CertificateFacts, bytes, bytearray, memoryview, str), parameter)))


def _system(system: str | System, data: OwnData | None) -> System:
    """Return a system that there is: a name nobody knows would leave its rules unasked."""
    if isinstance(system, System):
        return system
    return (get_system if data is None else data.system)(text(system, "system"))


@lru_cache(maxsize=256)
def _purposes_taken(system: System) -> frozenset[str]:
    """Return for which purposes a certificate may be that the system asks for TLS; none where it asks none, anywhere.

    Where messages are signed too, that may be done with a certificate of its own, and which of the two is meant is not
    known.
    """
    asked = {(said.topic, said.values) for said in system.statements if said.answer is Stance.YES}
    sides = {oid for topic, oid in _SIDES.items() if (topic, ()) in asked}
    signs = _OF_SIGNATURES if (Topic.SIGNING, ()) in asked else frozenset()
    return frozenset({ANY_EXTENDED_KEY_USAGE, *sides, *signs}) if sides else frozenset()


def _own(
    data: OwnData | None, kind: str, said: frozenset[Statement], family: str, system: str | None
) -> tuple[Entry, ...]:
    """Return the rules of one's own that are meant for such a certificate."""
    if data is None:
        return ()
    return tuple(entry for entry in data.entries if entry.scope.includes(kind, said, family, system))


def role_of(facts: CertificateFacts) -> Role:
    """Return the role a certificate has by what it says of itself."""
    if not facts.is_ca:
        return "end_entity"
    if not facts.is_self_issued:
        return "intermediate"
    # "openssl req -x509" marks what it makes as a CA; without the right to sign certificates it is nobody's issuer
    return "trust_anchor" if "keyCertSign" in (facts.key_usage or ()) else "end_entity"


def is_made_to_connect(facts: CertificateFacts) -> bool:
    """Return whether it holds an OIN or a domain name: what a certificate to connect with is made with."""
    has_name = any(name.kind == "dns" for name in facts.subject_alternative_name or ())
    return has_name or any(parse_oin(each.value) for each in facts.subject.attributes("2.5.4.5"))


def _subject(facts: CertificateFacts) -> str:
    return facts.subject.called or facts.sha256


def _chosen_profile(facts: CertificateFacts, profile: Profile | str | None) -> Profile | None:
    if profile is None:
        return detect_profile(facts)
    return get_profile(profile) if isinstance(profile, str) else of_type(profile, Profile, "profile")


def _above(facts: CertificateFacts, path: Sequence[CertificateFacts]) -> Sequence[CertificateFacts]:
    """Return the certificates behind this one in its path, its issuer first; all of a path it is not in."""
    position = next((n for n, found in enumerate(path, start=1) if found.sha256 == facts.sha256), 0)
    return path[position:]


def _said_by(profile: Profile | None) -> frozenset[Statement]:
    """Return what a profile says, of all that scopes ask."""
    if profile is None:
        return frozenset()
    known = _SAID.get(id(profile))  # a profile takes longer to hash than to ask
    if known is None or known[0] is not profile:
        if len(_SAID) >= _MOST_PROFILES:
            _SAID.clear()
        known = _SAID[id(profile)] = profile, frozenset(says for says in _STATEMENTS if says(profile))
    return known[1]


def _oin_blocks(found: OINResult, environment: Environment | None) -> Iterator[Block]:
    """Yield what reading the OIN told, and what there is to say about the number itself."""
    yield found.block
    if found.oin is not None:  # one that is no OIN has its outcome already: x509.oin.invalid
        yield _number(found.oin, environment)


@lru_cache(maxsize=1024)
def _number(oin: OIN, environment: Environment | None) -> Block:
    return number_block(oin, environment)
