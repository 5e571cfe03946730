"""What is held to a profile, what a profile can ask of it, and what is found to differ."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final, TypeAlias

from pkitools.documents import cite
from pkitools.environment import Environment
from pkitools.findings import Basis, Certainty
from pkitools.frozen import dataclass, field
from pkitools.profiles.model import Profile
from pkitools.x509.model import GeneralName, NameAttribute, PublicKey


class Requirement(StrEnum):
    """What a profile can ask, in the order in which a refusal names it."""

    SUBJECT_ALLOWED = "subject.allowed"
    SUBJECT_REQUIRED = "subject.required"
    SUBJECT_DISCOURAGED = "subject.discouraged"
    SUBJECT_ONCE = "subject.once"
    SUBJECT_LENGTH = "subject.length"
    SUBJECT_TEXT = "subject.text"
    SUBJECT_ALPHABET = "subject.alphabet"
    SUBJECT_FORM = "subject.form"
    SUBJECT_STRING_TYPE = "subject.string_type"
    SAN_ABSENT = "san.absent"
    SAN_KINDS = "san.kinds"
    SAN_NAME = "san.name"
    SAN_WILDCARD = "san.wildcard"
    SAN_WILDCARD_UNKNOWN = "san.wildcard_unknown"
    SAN_LOCALHOST = "san.localhost"
    SAN_PRESENT = "san.present"
    SAN_COUNT = "san.count"
    SAN_COMMON_NAME = "san.common_name"
    KEY_ALGORITHM = "key.algorithm"
    KEY_SIZE = "key.size"
    KEY_RECOMMENDED = "key.recommended"
    KEY_EXPONENT = "key.exponent"
    KEY_USAGE = "usage.key_usage"
    KEY_USAGE_CRITICAL = "usage.key_usage_critical"
    EXTENDED_KEY_USAGE = "usage.extended_key_usage"
    EXTENDED_KEY_USAGE_NOT_CRITICAL = "usage.extended_key_usage_not_critical"
    POLICIES = "policies"
    QC_STATEMENTS = "qc_statements"
    TRIAL_PREFIX = "trial.prefix"
    TRIAL_SERIAL_NUMBER = "trial.serial_number"


@dataclass(frozen=True, slots=True)
class Extensions:
    """What a certificate says in the extensions that a profile prescribes; a request has none of them.

    Args:
        key_usage: names of RFC 5280; empty when the extension is absent.
        extended_key_usage: OIDs; empty when the extension is absent.
        policies: OIDs.
        qc_statements: OID of a statement → the values inside.
        critical: OID of an extension → whether it is critical.
    """

    key_usage: frozenset[str] = frozenset()
    extended_key_usage: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    qc_statements: Mapping[str, Collection[str]] = field(default_factory=dict)
    critical: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Particulars:
    """What is held to a profile: as much of a request or certificate as there is.

    Args:
        subject: the attributes of the name.
        names: the subjectAltName; ``None``: there is none.
        key: ``None``: not known yet, and nothing is said of it.
        extensions: ``None``: it is no certificate, and nothing is said of them.
        environment: where the certificate is to be used.
        trial: it comes from the TRIAL hierarchy, or is to.
    """

    subject: Sequence[NameAttribute] = ()
    names: Sequence[GeneralName] | None = None
    key: PublicKey | None = None
    extensions: Extensions | None = None
    environment: Environment | None = None
    trial: bool = False

    @property
    def dns_names(self) -> list[str]:
        """The DNS names of the subjectAltName."""
        return [name.value for name in self.names or () if name.kind == "dns"]

    @property
    def dns_count(self) -> int:
        """How many DNS names there are, whatever they are."""
        return [name.kind for name in self.names or ()].count("dns")


@dataclass(frozen=True, slots=True)
class Departure:
    """One way in which the particulars depart from the profile.

    Args:
        path: where.
        value: what stands there; empty when it is missing.
        operands: what else there is to say, by the names that messages have for it.
        basis: what the profile's statement rests on; ``None``: it is no statement of this profile, it holds for all.
    """

    path: str
    value: str
    operands: Mapping[str, object]
    basis: Basis | None = None


SCHEMA: Final = Basis(cite("g4-trial-profiles"), Certainty.OFFICIAL, of_trial=True)
"""What holds for every profile and stands in no text but the schema of TRIAL."""

SYNTAX: Final = Basis(cite("rfc-5280", "Appendix A.1"), Certainty.STANDARD)
"""What no certificate can do without: how long the attributes of a name are, and of which characters."""

HOST_NAMES: Final = Basis(cite("rfc-5280", "4.2.1.6"), Certainty.STANDARD)
"""What a DNS name is in any certificate."""

Found: TypeAlias = Iterable[Departure] | None
"""The departures from one requirement; ``None`` where it has nothing to say."""

Look: TypeAlias = Callable[[Profile | None, Particulars], Found]
LookOfProfile: TypeAlias = Callable[[Profile, Particulars], Found]


class Looks:
    """The functions that look at the requirements of one part, each declared by its requirement."""

    def __init__(self) -> None:
        self.by_requirement: dict[Requirement, Look] = {}

    def of_any(self, requirement: Requirement) -> Callable[[Look], Look]:
        """Declare what looks at a requirement that holds without a profile too."""

        def declare(look: Look) -> Look:
            self.by_requirement[requirement] = look
            return look

        return declare

    def of_profile(self, requirement: Requirement) -> Callable[[LookOfProfile], LookOfProfile]:
        """Declare what looks at a requirement that only a profile makes."""

        def declare(look: LookOfProfile) -> LookOfProfile:
            self.by_requirement[requirement] = lambda profile, of: None if profile is None else look(profile, of)
            return look

        return declare
