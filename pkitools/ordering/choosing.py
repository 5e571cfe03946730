"""What to order for a system: the profile, the key, the signature and the names, each with what it rests on.

Everything follows from the data of systems, profiles and TSPs; no system and no TSP is named here. Where no source says
which certificate a system takes, none is chosen: whoever orders has to ask. A TSP or a profile that was chosen already
is refused only where a text that binds makes it impossible; what is inferred or somebody else's word is told with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from pkitools.arguments import aware, choice, optional_choice
from pkitools.environment import Environment
from pkitools.errors import InvalidValueError
from pkitools.findings import Basis, Certainty, Severity
from pkitools.frozen import dataclass, field, replace
from pkitools.messages import CAUSE, Language, message
from pkitools.oin import OIN
from pkitools.ordering.fitness import fits, unmet
from pkitools.profiles import TSP, Permission, Presence, Profile, get_profile, profiles, trial, tsps
from pkitools.profiles.model import Acceptance, OINPlace
from pkitools.requests import SignatureScheme
from pkitools.systems import Stance, Statement, System, Topic

_FIRM: Final = frozenset({Certainty.STANDARD, Certainty.OFFICIAL})
_TAKEN: Final = (Stance.YES, Stance.DISCOURAGED)
_OTHER: Final = {SignatureScheme.PSS: SignatureScheme.PKCS1, SignatureScheme.PKCS1: SignatureScheme.PSS}
_WHOSE: Final = {
    frozenset({"service"}): "ordering.reason.oin_service",
    frozenset({"supplier"}): "ordering.reason.oin_supplier",
    frozenset({"holder"}): "ordering.reason.oin_holder",
    frozenset({"service", "supplier"}): "ordering.reason.oin_service_or_supplier",
}
_UNMET: Final = {Topic.OIN: "ordering.reason.unmet_oin", Topic.URA: "ordering.reason.unmet_ura"}
WANTED: Final[Mapping[str, str]] = {
    "O": "organization",
    "CN": "common_name",
    "L": "locality",
    "ST": "province",
    "organizationIdentifier": "kvk",
}
"""Short name of a subject attribute → the field of a request that fills it, of those nobody fills in by himself."""


class About(StrEnum):
    """What a reason is about."""

    PROFILE = "profile"
    TSP = "tsp"
    KEY = "key"
    SIGNATURE = "signature"
    NAMES = "names"
    OIN = "oin"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was chosen, or what asks attention.

    Args:
        about: what it is about.
        code: of its sentence.
        params: operands of it.
        statement: what a system says, on which it rests.
        basis: what it rests on where a profile or a TSP says it.
        attention: it is not simply so: it is discouraged, not published, or asks something of whoever orders.
    """

    about: About
    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    statement: Statement | None = None
    basis: Basis | None = None
    attention: bool = False

    def sentence(self, language: Language) -> str:
        """Return it in words; what the system says itself comes after it."""
        told = message(self.code, self.params, language).message
        return told if self.statement is None else f"{told} {self.statement.text[language]}"


class NoChoiceError(InvalidValueError):
    """For this system nothing can be chosen; ``statements`` is what stands in the way, or what is not known."""

    statements: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """What to order for a system.

    Args:
        system: the system.
        environment: where.
        profile: the certificate profile.
        tsp: who it goes to; ``None``: not said.
        key_type: as in :func:`pkitools.requests.generate_key`.
        signature: of the request.
        wanted: fields of a request that the TSP asks beside those of the profile, such as ``locality``.
        reasons: why, in the order people choose.
    """

    system: System
    environment: Environment
    profile: Profile
    tsp: TSP | None
    key_type: str
    signature: SignatureScheme
    wanted: tuple[str, ...]
    reasons: tuple[Reason, ...]

    def __repr__(self) -> str:
        return f"<Choice {self.profile.name} for {self.system.name}, {self.environment}>"

    def with_given_key(self) -> Choice:
        """Return the choice for who has a key already: of what key to make nothing is said."""
        return replace(self, reasons=tuple(each for each in self.reasons if each.about is not About.KEY))

    def trial_stance(self, moment: datetime) -> Stance:
        """Return what the system says of a test certificate (TRIAL) of the same kind: whether it can be rehearsed with.

        Args:
            moment: when: statements hold between days.
        """
        said = self.system.about_hierarchy(_trial_root(self.profile), "trial", self.environment, aware(moment))
        return Stance.UNKNOWN if said is None else said.answer


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A profile and who would issue it, with what the system says of the hierarchy it comes from."""

    profile: Profile
    tsp: TSP | None
    statement: Statement | None

    @property
    def stance(self) -> Stance:
        return Stance.UNKNOWN if self.statement is None else self.statement.answer

    def objections(self, said: Sequence[Statement]) -> list[Statement]:
        """Return what the system says against it: of the hierarchy, and of what such a certificate cannot be."""
        refused = [self.statement] if self.statement is not None and self.stance is Stance.NO else []
        return [*refused, *unmet(self.profile, said)]

    def is_impossible(self, said: Sequence[Statement]) -> bool:
        """Return whether a text that binds is against it."""
        return any(each.severity is Severity.ERROR for each in self.objections(said))

    def rank(self, said: Sequence[Statement]) -> tuple[int, ...]:
        """Return where it comes in the order of preference: as surely taken, and as early named, as can be."""
        statement = self.statement
        if statement is None:
            return (len(_TAKEN), 1, len(said), 0, self.tsp is not None)
        values = (self.profile.root, _trial_root(self.profile), "trial", "pkioverheid")
        places = [statement.values.index(value) for value in values if value in statement.values]
        return (
            _TAKEN.index(statement.answer) if statement.answer in _TAKEN else len(_TAKEN),
            statement.certainty not in _FIRM,
            said.index(statement),
            min(places, default=len(statement.values)),
            self.tsp is not None,
        )


def choose(
    system: System,
    environment: Environment | str,
    *,
    moment: datetime,
    tsp: TSP | None = None,
    profile: Profile | str | None = None,
    key_type: str | None = None,
    signature: SignatureScheme | str | None = None,
) -> Choice:
    """Return what to order for a system, and why.

    Args:
        system: what it is for.
        environment: where it is to be used.
        moment: when: statements hold between days.
        tsp: who it goes to; where a system wants test certificates of one place, that is chosen.
        profile, key_type, signature: chosen already; the rest is chosen to go with it.

    Raises:
        NoChoiceError: the system takes no PKIoverheid, it is not published what it takes, or a text that binds says
            that it does not take what was chosen already.
        InvalidValueError: the TSP does not issue the profile.
    """
    where = choice(Environment, environment, "environment")
    moment = aware(moment)
    signature = optional_choice(SignatureScheme, signature, "signature")
    given = get_profile(profile) if isinstance(profile, str) else profile
    asked = _Question(system, where, moment, tsp, given)
    if tsp is not None and given is not None:
        _require_issued(tsp, given)
    found = asked.best() or asked.nearest()
    if found is None:
        raise asked.refusal()
    types = _key_types(found, system.statements_at(where, moment, Topic.KEY_SIZE))
    scheme = signature or _signature(found)
    said = system.statements_at(where, moment)
    return Choice(
        system,
        where,
        found.profile,
        found.tsp,
        key_type or types[0],
        scheme,
        _wanted(found),
        tuple(
            _reasons(
                found,
                said,
                None if key_type else types[0],
                None if signature else scheme,
                given,
                instead=asked.instead(),
            )
        ),
    )


def require_issuer(tsp: TSP | None, profile: Profile, environment: Environment) -> None:
    """Refuse what the TSP does not issue, or not for there: it would be a request that nobody can grant.

    Raises:
        InvalidValueError: it issues test certificates only and this is production, or it does not issue the profile.
    """
    if tsp is None:
        return
    if _is_test_in_production(tsp, environment):
        raise InvalidValueError("ordering.error.trial_production", tsp=tsp.title)
    _require_issued(tsp, profile)


def _require_issued(tsp: TSP, profile: Profile) -> None:
    if not _issues(tsp, profile):
        raise InvalidValueError("ordering.error.tsp_profile", tsp=tsp.title, profile=profile.name)


def _is_test_in_production(tsp: TSP | None, where: Environment) -> bool:
    return tsp is not None and tsp.trial and where is Environment.PRODUCTION


def _issuers(tsp: TSP | None) -> Iterable[TSP | None]:
    return (tsp,) if tsp is not None else (None, *(each for each in tsps() if each.trial))


def _issues(tsp: TSP | None, profile: Profile) -> bool:
    """Return whether a TSP may issue a profile: who fills in the UZI number issues nothing else, TRIAL has its own."""
    if tsp is None:
        return True
    by_itself = profile.serial_number == "uzi"
    return by_itself is (tsp.oin is OINPlace.TSP) and (not tsp.trial or bool(profile.policies.trial))


def _trial_root(profile: Profile) -> str:
    return f"trial-{profile.root}"


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked: a certificate for a system, of a TSP and a profile where those were given."""

    system: System
    where: Environment
    moment: datetime
    tsp: TSP | None
    profile: Profile | None

    @property
    def said(self) -> list[Statement]:
        return self.system.statements_at(self.where, self.moment)

    def candidates(self) -> list[_Candidate]:
        """Return every profile that could be issued, with what the system says of it."""
        offered = [self.profile] if self.profile is not None else profiles()
        issued = [(each, issuer) for each in offered for issuer in _issuers(self.tsp) if _issues(issuer, each)]
        return [_Candidate(each, issuer, self._statement(each, issuer)) for each, issuer in issued]

    def _statement(self, profile: Profile, tsp: TSP | None) -> Statement | None:
        trial_one = tsp is not None and tsp.trial
        root, group = (_trial_root(profile), "trial") if trial_one else (profile.root, "pkioverheid")
        return self.system.about_hierarchy(root, group, self.where, self.moment)

    def best(self) -> _Candidate | None:
        """Return the candidate to choose; ``None`` where none will do."""
        taken = (*_TAKEN, Stance.UNKNOWN) if self.profile is not None else _TAKEN
        fitting = [each for each in self.candidates() if each.stance in taken and fits(each.profile, self.said)]
        hierarchies = [each for each in self.said if each.topic is Topic.HIERARCHY]
        return min(fitting, key=lambda each: each.rank(hierarchies), default=None)

    def nearest(self) -> _Candidate | None:
        """Return what comes nearest of the TSP or the profile that was given, where nothing that binds is against it.

        Where nobody says what the system takes of any TSP, a TSP alone does not say which certificate it is to be.
        """
        if self.profile is None and (self.tsp is None or self._usual() is None):
            return None
        said = self.said
        hierarchies = [each for each in said if each.topic is Topic.HIERARCHY]
        possible = [each for each in self.candidates() if not self._is_impossible(each)]
        return min(possible, key=lambda each: (len(each.objections(said)), *each.rank(hierarchies)), default=None)

    def _is_impossible(self, candidate: _Candidate) -> bool:
        return candidate.is_impossible(self.said) or _is_test_in_production(candidate.tsp, self.where)

    def _usual(self) -> _Candidate | None:
        """Return what would be chosen of any TSP."""
        return replace(self, tsp=None, profile=None).best()

    def instead(self) -> str:
        """Return what the system takes without an objection, and of whom; empty where nothing is or is known."""
        found = self._usual()
        if found is None or found.stance is not Stance.YES:
            return ""
        return found.profile.name if found.tsp is None else f"{found.profile.name} ({found.tsp.title})"

    def refusal(self) -> NoChoiceError:
        """Return why nothing can be chosen: of the TSP or the profile that was given, where others would do."""
        found = self.candidates()
        why = self._why(found)
        error = NoChoiceError(f"ordering.error.{why}", **self._operands())
        about = [each.statement for each in found if each.statement is not None]
        error.statements = tuple(dict.fromkeys(about if why == "not_published" else self._in_the_way(found)))
        return error

    def _in_the_way(self, found: Sequence[_Candidate]) -> list[Statement]:
        """Return what binds and is against all that could be issued; where no one thing is, what is against any."""
        said = self.said
        against = [[each for each in one.objections(said) if each.severity is Severity.ERROR] for one in found]
        every = [each for each in (against[0] if against else ()) if all(each in other for other in against)]
        return every or [each for one in against for each in one]

    def _why(self, found: Sequence[_Candidate]) -> str:
        if self._takes_none():
            return "no_pkioverheid"
        if _is_test_in_production(self.tsp, self.where):
            return "trial_production"
        without = replace(self, profile=None)
        if self.profile is not None and (without.best() or without.nearest()):
            return "profile_refused"
        if self.tsp is not None and self._usual() is not None:
            no_oin = all(each.profile.serial_number == "uzi" for each in found)
            return "tsp_no_oin" if no_oin else "tsp_refused"
        return "not_published" if self.profile is None else "profile_unfit"

    def _takes_none(self) -> bool:
        """Return whether no certificate of any TSP is taken."""
        return all(each.stance is Stance.NO for each in replace(self, tsp=None, profile=None).candidates())

    def _operands(self) -> dict[str, object]:
        chosen = {"tsp": self.tsp.title if self.tsp else "", "profile": self.profile.name if self.profile else ""}
        return {**chosen, "system": self.system.title, "owner": self.system.owner, CAUSE: f"ordering.in.{self.where}"}


def _key_types(found: _Candidate, asked: Sequence[Statement]) -> tuple[str, ...]:
    """Return the keys to make, the best first: one that profile, system and TSP all name, else the profile's own."""
    least = max((each.number or 0 for each in asked if each.answer is Stance.YES), default=0)
    sizes = found.tsp.key_sizes if found.tsp is not None else ()
    fitting = [key_type for key_type in found.profile.key.types if _bits(key_type) >= least]
    named = [key_type for key_type in fitting if not sizes or _bits(key_type) in sizes]
    return tuple(named or fitting or found.profile.key.types)


def _bits(key_type: str) -> int:
    size = key_type.partition(":")[2]
    return int(size) if size.isdigit() else 0


def _signature(found: _Candidate) -> SignatureScheme:
    """Return how to sign the request: as its profile does, unless the TSP says that it refuses that."""
    usual = SignatureScheme(found.profile.signature.request)
    said = {} if found.tsp is None else {SignatureScheme.PSS: found.tsp.pss, SignatureScheme.PKCS1: found.tsp.pkcs1}
    refused = said.get(usual) is Acceptance.REFUSED and said.get(_OTHER[usual]) is Acceptance.ACCEPTED
    return _OTHER[usual] if refused else usual


def _wanted(found: _Candidate) -> tuple[str, ...]:
    """Return the fields that the TSP asks and the profile allows."""
    asked = found.tsp.subject_required if found.tsp is not None else ()
    required = found.profile.subject.names(Presence.REQUIRED)
    allowed = [
        name
        for name in asked
        if (rule := found.profile.subject.attribute(name)) is not None
        and rule.presence is not Presence.FORBIDDEN
        and name not in required
    ]
    return tuple(WANTED[name] for name in allowed if name in WANTED)


# -- why --------------------------------------------------------------------------------------------------------------


def _reasons(
    found: _Candidate,
    said: Sequence[Statement],
    key_type: str | None,
    scheme: SignatureScheme | None,
    given: Profile | None,
    *,
    instead: str,
) -> Iterator[Reason]:
    yield _of_profile(found, given, instead)
    yield from _unmet(found, said)
    yield from _of_oin(found.profile, said)
    yield from _of_tsp(found)
    if key_type is not None:
        yield _of_key(found, key_type)
    if scheme is not None:
        yield _of_signature(found, scheme)
    yield from _of_names(found, said)


def _of_profile(found: _Candidate, given: Profile | None, instead: str) -> Reason:
    params = {"profile": found.profile.name, "hierarchy": found.profile.hierarchy}
    if found.stance is Stance.NO:
        return Reason(About.PROFILE, "ordering.reason.profile_doubted", params, found.statement, attention=True)
    if found.stance is Stance.UNKNOWN:
        return Reason(About.PROFILE, "ordering.reason.profile_unknown", params, found.statement, attention=True)
    if found.stance is Stance.DISCOURAGED:
        params["instead"] = instead
        return Reason(About.PROFILE, "ordering.reason.profile_discouraged", params, found.statement, attention=True)
    slug = "profile_given" if given is not None else "profile"
    return Reason(About.PROFILE, f"ordering.reason.{slug}", params, found.statement)


def _unmet(found: _Candidate, said: Sequence[Statement]) -> Iterator[Reason]:
    """Yield what the system asks and such a certificate cannot be, on no ground that binds."""
    for statement in unmet(found.profile, said):
        code = _UNMET.get(statement.topic, "ordering.reason.unmet")
        yield Reason(About.PROFILE, code, {"profile": found.profile.name}, statement, attention=True)


def _of_oin(profile: Profile, said: Sequence[Statement]) -> Iterator[Reason]:
    for statement in said:
        if statement.topic is Topic.OIN:
            whose = "ordering.reason.oin_uzi" if profile.serial_number == "uzi" else _whose(statement)
            yield Reason(About.OIN, whose, {}, statement, attention=statement.answer is Stance.UNKNOWN)


def _whose(statement: Statement) -> str:
    """Return the code that says whose OIN the certificate is to hold."""
    if statement.answer is Stance.UNKNOWN:
        return "ordering.reason.oin_unknown"
    return _WHOSE.get(frozenset(statement.values), "ordering.reason.oin_not_said")


def _of_tsp(found: _Candidate) -> Iterator[Reason]:
    tsp = found.tsp
    if tsp is None:
        yield Reason(About.TSP, "ordering.reason.tsp_open", attention=True)
        return
    wanted = ", ".join(name for name, into in WANTED.items() if into in _wanted(found))
    if tsp.is_unknown:
        yield Reason(About.TSP, "ordering.reason.tsp_unknown", {"tsp": tsp.title}, basis=tsp.basis, attention=True)
    elif wanted:
        yield Reason(About.TSP, "ordering.reason.tsp_wants", {"tsp": tsp.title, "wanted": wanted}, basis=tsp.basis)
    elif tsp.trial:
        yield Reason(About.TSP, "ordering.reason.tsp_trial", {"tsp": tsp.title}, basis=tsp.basis)
    else:
        yield Reason(About.TSP, "ordering.reason.tsp_plain", {"tsp": tsp.title}, basis=tsp.basis)


def _of_key(found: _Candidate, key_type: str) -> Reason:
    params: dict[str, object] = {"bits": _bits(key_type), "minimum": found.profile.key.recommended_bits}
    tsp = found.tsp
    if tsp is None or not tsp.key_sizes:
        return Reason(About.KEY, "ordering.reason.key", params, basis=found.profile.key.recommended_basis)
    params |= {"tsp": tsp.title, "sizes": ", ".join(map(str, tsp.key_sizes))}
    if _bits(key_type) in tsp.key_sizes:
        return Reason(About.KEY, "ordering.reason.key_tsp", params, basis=tsp.basis)
    return Reason(About.KEY, "ordering.reason.key_not_named", params, basis=tsp.basis, attention=True)


def _of_signature(found: _Candidate, scheme: SignatureScheme) -> Reason:
    name = "pss" if scheme is SignatureScheme.PSS else "pkcs1"
    if scheme.value == found.profile.signature.request:
        basis = found.profile.signature.basis
        return Reason(
            About.SIGNATURE, f"ordering.reason.signature_{name}", {"profile": found.profile.name}, basis=basis
        )
    assert found.tsp is not None, "only a TSP makes it another than the profile's"
    basis = found.tsp.basis
    return Reason(About.SIGNATURE, f"ordering.reason.signature_{name}_tsp", {"tsp": found.tsp.title}, basis=basis)


def _of_names(found: _Candidate, said: Sequence[Statement]) -> Iterator[Reason]:
    """Yield what names the certificate gets, and what the system asks of them."""
    profile = found.profile
    params = {"profile": profile.name}
    if found.tsp is not None and found.tsp.trial:
        yield Reason(About.NAMES, "ordering.reason.names_trial", {"prefix": trial().name_prefix}, basis=trial().basis)
    if profile.san.presence is Presence.FORBIDDEN:
        yield Reason(About.NAMES, "ordering.reason.names_none", params, basis=profile.san.basis)
    elif profile.san.common_name_listed:
        yield Reason(About.NAMES, "ordering.reason.names_common_name", params, basis=profile.san.basis)
    else:
        yield Reason(About.NAMES, "ordering.reason.names_dns", params, basis=profile.san.basis)
    for statement in said:
        if statement.topic in {Topic.FQDN, Topic.SINGLE_DOMAIN, Topic.NO_WILDCARD} and statement.answer is Stance.YES:
            yield Reason(About.NAMES, "ordering.reason.names_system", {}, statement)


def names_against(chosen: Choice, names: Sequence[str], moment: datetime) -> Iterator[Reason]:
    """Yield what a system says against the DNS names that are to be asked for.

    Args:
        chosen: what was chosen.
        names: the names.
        moment: when.
    """
    wild = [name for name in names if name.startswith("*.")]
    odd = {Topic.SINGLE_DOMAIN: len(names) > 1, Topic.NO_WILDCARD: bool(wild)}
    for statement in chosen.system.statements_at(chosen.environment, moment):
        if odd.get(statement.topic) and statement.answer is Stance.YES:
            params = {"names": ", ".join(names)}
            yield Reason(About.NAMES, "ordering.reason.names_against", params, statement, attention=True)
    if wild and chosen.profile.san.wildcard is Permission.UNKNOWN:
        params = {"names": ", ".join(wild)}
        basis = chosen.profile.san.basis
        yield Reason(About.NAMES, "ordering.reason.names_wildcard", params, basis=basis, attention=True)


def oin_against(chosen: Choice, number: OIN, moment: datetime) -> Iterator[Reason]:
    """Yield what a system says against the OIN that is to stand in the certificate.

    Args:
        chosen: what was chosen.
        number: the OIN.
        moment: when.
    """
    odd = {Topic.KVK_NUMBER: number.kvk is None, Topic.OIN_DIGITS: not str(number).isdecimal()}
    for statement in chosen.system.statements_at(chosen.environment, moment):
        if odd.get(statement.topic) and statement.answer is Stance.YES:
            yield Reason(About.OIN, "ordering.reason.oin_against", {"oin": str(number)}, statement, attention=True)
