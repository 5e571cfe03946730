"""What a check is asked, beside the certificate: every argument made what the library means, once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Self

from pkitools.arguments import aware, choice, each_of, of_type, optional, optional_choice, several, text, wrong_type
from pkitools.environment import Environment
from pkitools.frozen import dataclass, field, replace
from pkitools.revocation import Cache, CertificateRevocationList, Fetcher, RevocationOptions, RevocationPolicy
from pkitools.revocation.check import Material, given_crls, given_responses
from pkitools.rules.own import given_data
from pkitools.systems import System, get_system
from pkitools.trust import TrustStore
from pkitools.validation import PolicyInput
from pkitools.validation.policy import DEFAULT_POLICIES
from pkitools.x509.given import CERTIFICATE, Given, several_ders

if TYPE_CHECKING:
    from pkitools.checking.expectation import Expectation
    from pkitools.profiles import Profile
    from pkitools.rules.own import OwnData


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """How revocation is to be checked.

    Args:
        policy: what an unknown status means; ``None`` takes ``require`` in production and ``prefer`` in preproduction.
        crls: CRLs at hand, one or several, DER or PEM; or read before, which saves that for the next certificate.
        ocsp_responses: DER of OCSP responses at hand, one or several.
        fetcher: the means to use the network; ``None`` stays offline.
        cache: documents kept between runs.
        options: order of sources, freshness, limits.
        names: what CRLs and responses are called, by their DER (a file's name): told of one that is of no use.
        beside: DER of the CRLs and responses that nobody gave for this certificate, as those that lie with a trust
            anchor: they count like the others, but of one that is for other certificates nothing is told.

    Raises:
        InvalidValueError: a value is none of those.
    """

    policy: RevocationPolicy | str | None = None
    crls: Given | CertificateRevocationList | Iterable[Given | CertificateRevocationList] = ()
    ocsp_responses: bytes | Iterable[bytes] = ()
    fetcher: Fetcher | None = None
    cache: Cache | None = None
    options: RevocationOptions = field(default_factory=RevocationOptions)
    names: Mapping[bytes, str] = field(default_factory=dict, repr=False)
    beside: Iterable[bytes] = field(default=frozenset(), repr=False)

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "policy", optional_choice(RevocationPolicy, self.policy, "policy"))
        put(self, "crls", given_crls(self.crls))
        put(self, "ocsp_responses", given_responses(self.ocsp_responses))
        put(self, "names", _names(self.names))
        put(self, "beside", frozenset(each_of(self.beside, bytes, "beside")))

    @property
    def material(self) -> Material:
        """What a status may be learned from."""
        return Material(
            self.crls,  # type: ignore[arg-type]  # made so when it was made
            self.ocsp_responses,  # type: ignore[arg-type]  # as the lists
            self.fetcher,
            self.cache,
            names=self.names,
            beside=frozenset(self.beside),
        )

    def for_several(self) -> Self:
        """Return the same for several certificates: that a list is not for one of them is nothing to tell there."""
        return replace(self, beside=self.material.for_several().beside)

    def policy_in(self, environment: Environment | str) -> RevocationPolicy:
        """Return the policy that holds in this environment."""
        if self.policy is not None:
            return choice(RevocationPolicy, self.policy, "policy")
        production = choice(Environment, environment, "environment") is Environment.PRODUCTION
        return RevocationPolicy.REQUIRE if production else RevocationPolicy.PREFER


def _names(given: Mapping[bytes, str]) -> Mapping[bytes, str]:
    if not isinstance(given, Mapping):
        raise wrong_type("names", given, "Mapping")
    for der, name in given.items():
        of_type(der, bytes, "names")
        text(name, "names")
    return given


@dataclass(frozen=True, slots=True)
class Question:
    """All that :func:`~pkitools.checking.check` is asked beside the certificate, as the rooms below take it.

    ``elsewhere`` are those of ``intermediates`` that did not come with the certificate: a path may be made with them,
    and nothing is said of the certificate by the name that one of them bears.
    """

    environment: Environment
    moment: datetime
    systems: tuple[System, ...]
    untold: tuple[str, ...]
    intermediates: tuple[bytes, ...]
    store: TrustStore | None
    entity_id: str | None
    profile: Profile | str | None
    host: str | None
    policy: RevocationPolicy
    material: Material
    options: RevocationOptions
    expected: Expectation | None
    cross_check: bool
    strict: bool
    policies: PolicyInput
    data: OwnData | None
    raise_crashes: bool
    elsewhere: frozenset[bytes] = frozenset()

    @property
    def named_systems(self) -> str | None:
        """The names of the systems, for the report."""
        return ", ".join(system.name for system in self.systems) or None

    @property
    def meant_for_use(self) -> bool:
        """It was said what the certificate is for, or whose it is."""
        named = bool(self.systems or self.untold)
        return named or any(each is not None for each in (self.profile, self.host, self.expected, self.entity_id))


def question(
    *,
    moment: datetime,
    environment: Environment | str,
    systems: str | System | Iterable[str | System] = (),
    intermediates: Given | Iterable[Given] = (),
    trust: TrustStore | Given | Iterable[Given] | None = None,
    entity_id: str | None = None,
    profile: Profile | str | None = None,
    host: str | None = None,
    revocation: Revocation | None = None,
    expected: Expectation | None = None,
    cross_check: bool = False,
    strict: bool = False,
    policies: PolicyInput | None = None,
    data: OwnData | None = None,
    raise_crashes: bool = False,
) -> Question:
    """Return what was asked, every argument made what the library means.

    Args: see :func:`~pkitools.checking.check`.

    Raises:
        InvalidValueError: one is nothing that could be it.
    """
    moment = aware(moment)
    environment = choice(Environment, environment, "environment")
    data = given_data(data, "data")
    store = trusted_with(given_trust(trust), data)
    revocation = optional(revocation, Revocation, "revocation") or Revocation()
    if expected is not None:
        from pkitools.checking.expectation import Expectation

        expected = of_type(expected, Expectation, "expected")
    policies = optional(policies, PolicyInput, "policies")
    entity_id = optional(entity_id, str, "entity_id")
    host = None if host is None else text(host, "host")
    asked = several(systems, (str, System), "systems")  # once: an iterator would be empty the second time
    return Question(
        environment,
        moment,
        given_systems(asked, data),
        _untold(asked, data),
        several_ders(intermediates, CERTIFICATE, "intermediates"),
        store,
        entity_id,
        profile,
        host,
        revocation.policy_in(environment),
        revocation.material,
        revocation.options,
        expected,
        cross_check,
        strict,
        policies or DEFAULT_POLICIES,
        data,
        raise_crashes,
    )


def given_trust(trust: TrustStore | Given | Iterable[Given] | None) -> TrustStore | None:
    """Return what was given as trusted roots, as a store."""
    return trust if trust is None or isinstance(trust, TrustStore) else TrustStore.from_der(trust, "trust")


def trusted_with(store: TrustStore | None, data: OwnData | None) -> TrustStore | None:
    """Return the roots that are trusted, with those of one's own."""
    if data is None:
        return store
    return data.trust if store is None else store + data.trust


def given_systems(systems: str | System | Iterable[str | System], data: OwnData | None = None) -> tuple[System, ...]:
    """Return each system that was asked for, but for one whose own file could not be used: see :func:`_untold`.

    Raises:
        InvalidValueError: one is unknown, or is neither a name nor a system.
    """
    find = get_system if data is None else data.system
    return tuple(
        each if isinstance(each, System) else find(text(each, "systems"))
        for each in several(systems, (str, System), "systems")
        if not (data is not None and isinstance(each, str) and data.cannot_tell(each))
    )


def _untold(systems: object, data: OwnData | None) -> tuple[str, ...]:
    """Return the names of the systems that were asked for and whose own file could not be used.

    Also of one of ours, when a file that should have described it was refused: who wrote that expects it to be asked.
    """
    if data is None:
        return ()
    asked = several(systems, (str, System), "systems")
    return tuple(each for each in asked if isinstance(each, str) and data.refused_for(each))
