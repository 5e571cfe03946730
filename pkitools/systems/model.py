"""What a connected system says about the certificates it takes: statements, each with its source and its certainty."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from pkitools.arguments import aware, choice, optional_choice
from pkitools.environment import Environment
from pkitools.findings import Certainty, Severity, Source
from pkitools.frozen import dataclass


class Topic(StrEnum):
    """What a statement is about. The first group is checked, the second is for people to read."""

    HIERARCHY = "hierarchy"  # values: names of hierarchies, or groups (see Statement)
    SELF_SIGNED = "self_signed"
    OIN = "oin"
    ENTITY_ID = "entity_id"  # the OIN equals the one in the entity ID; values: schemes of entity IDs
    KVK_NUMBER = "kvk_number"  # the OIN is made of a KvK number
    OIN_DIGITS = "oin_digits"  # readers of the system take digits only
    URA = "ura"  # the URA stands in the SAN, as in UZI server certificates
    CLIENT_AUTH = "client_auth"
    SERVER_AUTH = "server_auth"
    SIGNING = "signing"
    KEY_SIZE = "key_size"  # number: least bits of an RSA key
    POLICY = "policy"  # values: policy OIDs, one of which is expected
    FQDN = "fqdn"  # a domain name in the SAN
    NO_WILDCARD = "no_wildcard"
    SINGLE_DOMAIN = "single_domain"
    ORGANIZATION_NAME = "organization_name"
    SEPARATE_CERTIFICATE = "separate_certificate"  # another one per environment
    UNIQUE_NAME = "unique_name"  # two certificates may not bear one subject
    MAXIMUM = "maximum"  # number: most certificates at a time

    DELIVERY = "delivery"  # where the public part goes, and in what form
    LEAD_TIME = "lead_time"
    REGISTRATION = "registration"
    REVOCATION = "revocation"
    TLS = "tls"
    NOTE = "note"


class Stance(StrEnum):
    """What the statement says of its topic. Of a topic that asks something, YES asks it."""

    YES = "yes"
    NO = "no"
    DISCOURAGED = "discouraged"  # it works, but a document advises against it
    UNKNOWN = "unknown"  # looked for and not found


@dataclass(frozen=True, slots=True, eq=False)  # one per entry of the data: compared and hashed by identity
class Statement:
    """One statement of one document about one system.

    Args:
        topic: what it is about.
        environments: where it holds.
        answer: what it says.
        text: the statement in words, by language.
        source: the document; of an unknown answer, where was looked.
        certainty: how well it is founded; ``None`` for an unknown answer.
        severity: what a certificate weighs that does not meet it: ERROR only for binding and official sources.
        values: operands. For hierarchies: their names, or the groups ``pkioverheid``, ``trial``, ``test`` (also a root
            nobody lists), ``acceptance``, or ``*`` for all not named. For who may register: ``supplier``. For the
            OIN: whose it is (``service``, ``supplier``, ``holder``). For signing: ``tls`` where no more is signed than
            the connection.
        number: an operand.
        roles: of an entity ID, the roles it may have of who connects; empty where any will do.
        since, until: the days between which it holds, where the source says so.
    """

    topic: Topic
    environments: frozenset[Environment]
    answer: Stance
    text: Mapping[str, str]
    source: Source
    certainty: Certainty | None
    severity: Severity
    values: tuple[str, ...] = ()
    number: int | None = None
    roles: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    @property
    def weighs(self) -> bool:
        """A certificate can fall short of it: it asks something, or refuses something."""
        if self.topic in READ_ONLY:
            return False
        if self.topic is Topic.HIERARCHY:
            return self.answer in {Stance.NO, Stance.DISCOURAGED}
        return self.answer is (Stance.NO if self.topic is Topic.SELF_SIGNED else Stance.YES)

    def holds(self, environment: Environment | str, moment: datetime) -> bool:
        """Return whether it holds there and then."""
        if choice(Environment, environment, "environment") not in self.environments:
            return False
        day = aware(moment).date()
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def overlaps(self, other: Statement) -> bool:
        """Return whether there is a day on which both hold."""
        ends, begins = (self.until, other.until), (self.since, other.since)
        first = max((day for day in begins if day is not None), default=None)
        last = min((day for day in ends if day is not None), default=None)
        return first is None or last is None or first <= last


READ_ONLY: frozenset[Topic] = frozenset(
    {Topic.DELIVERY, Topic.LEAD_TIME, Topic.REGISTRATION, Topic.REVOCATION, Topic.TLS, Topic.NOTE}
)
"""Topics for people to read: nothing in a certificate to check them by."""

ANSWERED: frozenset[Topic] = frozenset(
    {
        Topic.HIERARCHY,
        Topic.SELF_SIGNED,
        Topic.OIN,
        Topic.CLIENT_AUTH,
        Topic.SEPARATE_CERTIFICATE,
        Topic.MAXIMUM,
        Topic.DELIVERY,
        Topic.LEAD_TIME,
    }
)
"""The questions every system is asked. One that no statement answers is shown as unknown."""


@dataclass(frozen=True, slots=True, eq=False)  # one per name: compared and hashed by identity
class System:
    """One connected system.

    Args:
        name: how options name it: ``digid-machtigen``.
        title: how people name it.
        owner: who runs it.
        about: what it is and what the certificate does there, by language.
        retrieved: the day its sources were read.
        statements: all, in the order they are shown.
    """

    name: str
    title: str
    owner: str
    about: Mapping[str, str]
    retrieved: date
    statements: tuple[Statement, ...]

    def __repr__(self) -> str:
        return f"<System {self.name}>"

    def __reduce__(self) -> tuple[object, ...]:
        from pkitools.systems.loading import known_system

        if known_system(self.name) is self:  # there is one of each name, in another process too
            return known_system, (self.name,)
        return System, (self.name, self.title, self.owner, self.about, self.retrieved, self.statements)

    def statements_at(
        self, environment: Environment | str, moment: datetime, topic: Topic | str | None = None
    ) -> list[Statement]:
        """Return the statements that hold in this environment at this moment, of one topic or of all."""
        wanted, where = optional_choice(Topic, topic, "topic"), choice(Environment, environment, "environment")
        said = [s for s in self.statements if wanted is None or s.topic is wanted]
        return [s for s in said if s.holds(where, aware(moment))]

    def about_hierarchy(
        self, name: str, group: str, environment: Environment | str, moment: datetime
    ) -> Statement | None:
        """Return the statement about a hierarchy: the one that names it, else its group, else all others."""
        said = self.statements_at(environment, moment, Topic.HIERARCHY)
        for key in (name, group, "*"):
            for statement in said:
                if key in statement.values:
                    return statement
        return None

    def self_signed_allowed(self, environment: Environment | str, moment: datetime) -> bool | None:
        """Return whether a self-signed certificate is taken; ``None`` when no source says so firmly."""
        for statement in self.statements_at(environment, moment, Topic.SELF_SIGNED):
            if statement.answer is Stance.YES:
                return True
            if statement.answer is Stance.NO and statement.severity is Severity.ERROR:
                return False
        return None
