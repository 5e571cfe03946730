"""What a scan finds, as values: certificates with every place they lie, keys, requests, and what could not be read.

Everything here is frozen, small and fit for pickling. Of a certificate its DER is not kept. The only value that others
build on is :class:`Portfolio`; reports, a list of connections and a plan of dates are made from it, and from nothing
else. How a certificate was judged stands in :mod:`~pkitools.portfolio.judgements`, and what a configuration points to
in :mod:`~pkitools.portfolio.pointing`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final, Protocol, runtime_checkable

from pkitools.arguments import aware, text
from pkitools.containers.saml_names import is_of_provider
from pkitools.environment import Environment
from pkitools.errors import PkitoolsError
from pkitools.findings import Outcome, Severity, Status, Verdict
from pkitools.frozen import Frozen, dataclass, field
from pkitools.messages.days import days_left
from pkitools.portfolio.judgements import VERDICTS, Judgement, Mend
from pkitools.portfolio.pointing import Pointer
from pkitools.rules.order_day import counted_span, is_order_late, order_by
from pkitools.x509.above import Above

_REVOKED: Final = "revocation.status.revoked"  # pkitools.revocation.rules.REVOKED, which a portfolio does without


class Standing(StrEnum):
    """How a certificate stands, the worst first: one word for a table, derived and never stored."""

    EXPIRED = "expired"
    FAILED = "failed"
    ENDS_SOON = "ends_soon"
    """The last day to order another has gone by, whether or not everything could be checked."""
    INDETERMINATE = "indeterminate"
    PASSED = "passed"
    NOT_JUDGED = "not_judged"
    """The certificate of an authority: it is listed, with its dates."""


OF_PEER: Final = "tls"
"""The container of what a server sends."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something lies.

    Args:
        name: the file as it was reached from what was given, or the peer as ``HOST:PORT``.
        position: its number there, from 1: of PEM that of its block.
        container: how it lies there: a :class:`~pkitools.containers.ContainerFormat`, or ``tls`` of a peer.
        alias: the name that a keystore or a Secret gives it.
        use: of SAML metadata, role and use, such as ``SPSSODescriptor signing``.
        entity_id: of SAML metadata, whose it is.
        with_key: a private key that fits it lies in the same file.
        named_by: what points to this file: a configuration, an inventory, each with its line, as ``FILE:LINE``.
        out_of_date: of SAML metadata that may not be used any more the code of the rule that says so:
            ``file.metadata.expired``, or ``file.metadata.until`` where what they end at is no moment.
        within: in a text the sections around it, as :class:`~pkitools.containers.Item` has them.
        is_sent: a configuration says that a program sends it to others.
        with_chain: the certificate of its issuer lies in the same file.
        idle_by: those of ``named_by`` that put nothing into use: in a configuration of before, or not in force.
    """

    name: str
    position: int = 1
    container: str = "pem"
    alias: str | None = None
    use: str | None = None
    entity_id: str | None = None
    with_key: bool = False
    named_by: tuple[str, ...] = ()
    out_of_date: str | None = None
    within: tuple[tuple[int, str], ...] = ()
    is_sent: bool = False
    with_chain: bool = False
    idle_by: tuple[str, ...] = ()

    @property
    def is_in_force(self) -> bool:
        """Whether something that is in force names it, or a server sends it."""
        return self.is_of_peer or not set(self.named_by) <= set(self.idle_by)

    @property
    def is_of_peer(self) -> bool:
        """Whether a server sends it, and no file is meant."""
        return self.container == OF_PEER

    @property
    def names(self) -> tuple[str, ...]:
        """Where it lies, and the files that point there."""
        return self.name, *(each.rpartition(":")[0] for each in self.named_by)

    @property
    def is_alone_for_its_holder(self) -> bool:
        """Whether it lies as somebody has his own: not in metadata, nor in a keystore of what is trusted."""
        return self.entity_id is None and self.container in {"pem", "der", "pkcs7"}

    @property
    def role(self) -> str | None:
        """The role in SAML metadata; ``None`` elsewhere."""
        return None if self.use is None else self.use.partition(" ")[0]


def _end(one: Above) -> datetime:
    return one.not_after


_NOT_KNOWN: Final = frozenset({"revocation.status.unknown", "revocation.status.unconfirmed", "revocation.policy.off"})


@dataclass(frozen=True, slots=True)
class Successor:
    """The certificate that comes after another, of the same holder, name and use: it needs not be ordered.

    Args:
        sha256: its thumbprint, hex.
        not_after: its end, aware UTC.
        place: the first place it was found at that is not called a copy; not made safe for a terminal.
        has_replaced: it is in the place of the other, which has ended and is kept as a copy: see
            :func:`~pkitools.portfolio.succeeding.is_in_place`; or it is in use, and the other has ended.
        is_named: something names it, or a peer sends it: it is in use.
        is_in_place: it lies where the other lay, which is called a copy: as in ``has_replaced``, but that the other may
            be named and needs not have ended.
        lacks_key: the private key of the other is there, and its own is not.
        lacks: the names of the other that it has not.
        is_live: something shows that it is in use in place of the other: see
            :func:`~pkitools.portfolio.succeeding.is_live`.
        begins: its beginning, aware UTC, where that is still to come; else ``None``.
    """

    sha256: str
    not_after: datetime
    place: str
    has_replaced: bool = False
    is_named: bool = False
    is_in_place: bool = False
    lacks_key: bool = False
    lacks: tuple[str, ...] = ()
    is_live: bool = False
    begins: datetime | None = None

    @property
    def is_partial(self) -> bool:
        """It does the work of the other but for some names: where the other may be in use, it is not the next."""
        return bool(self.lacks) and not self.has_replaced


@dataclass(frozen=True, slots=True)
class HeldCertificate:
    """One certificate, however often it was found.

    Args:
        sha256, sha1: its thumbprints, hex.
        serial_number: hex pairs, as most screens write it.
        subject, issuer: one line each, not made safe for a terminal.
        common_name, organization: of the subject.
        oin: as twenty characters; ``None`` where there is none, or more than one.
        dns_names: of the subjectAltName.
        not_before, not_after: aware UTC.
        key: such as ``RSA 4096``.
        spki_sha256: SHA-256 of its public key, hex: the same in a request and a private key that fit it.
        hierarchy: the name of the hierarchy it says to stand under; ``None`` where it is none we know.
        generation: such as ``G4``; empty where that is not known.
        is_authority: it issues others: it is listed and not judged.
        judgements: one for each use of it; none of an authority.
        places: every place it was found at: the one to name first, of those that are as good in the order found (see
            :func:`~pkitools.portfolio.where.in_order_to_name`).
        uses: what its key may be used for, in the names of RFC 5280 and as OIDs, sorted.
        successor: the next of the same line, where it lies among what was found; ``None`` where none does.
        partial: what would be the next, but for names that it lacks; ``None`` where nothing is.
    """

    sha256: str
    sha1: str
    serial_number: str
    subject: str
    issuer: str
    common_name: str | None
    organization: str | None
    oin: str | None
    dns_names: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    key: str
    spki_sha256: str
    hierarchy: str | None
    generation: str
    is_authority: bool
    judgements: tuple[Judgement, ...] = ()
    places: tuple[Place, ...] = ()
    uses: tuple[str, ...] = ()
    successor: Successor | None = None
    partial: Successor | None = None

    @property
    def is_of_provider(self) -> bool:
        """It is of an identity provider, the other side: it stands nowhere but in metadata, in that role."""
        return is_of_provider(place.role for place in self.places)

    @property
    def name(self) -> str:
        """What to call it: its common name, its organisation, or else its thumbprint."""
        return self.common_name or self.organization or self.sha256

    @property
    def is_self_issued(self) -> bool:
        """Subject and issuer are the same name: a root, or what an organisation made itself."""
        return self.subject == self.issuer

    @property
    def is_set_aside(self) -> bool:
        """Whether it has ended and is kept as a copy alone: what came after it is in its place, or is in use."""
        return self.successor is not None and self.successor.has_replaced

    @property
    def is_done_with(self) -> bool:
        """Whether nobody needs it any more: it is set aside, or before its end what came after it is in use."""
        return self.successor is not None and (self.successor.has_replaced or self.successor.is_live)

    @property
    def named_by(self) -> tuple[str, ...]:
        """What names a file that it lies in, each with its line as ``FILE:LINE``."""
        return tuple(dict.fromkeys(name for place in self.places for name in place.named_by))

    @property
    def ends_by(self) -> Above | None:
        """The first authority above it to end, where that is before it does; ``None`` where it lasts its own time."""
        above = (one for each in self.judgements for one in each.above if one.not_after < self.not_after)
        return min(above, key=_end, default=None)

    @property
    def ends(self) -> datetime:
        """The last moment at which it works: its own end, or that of an authority above it where that is before."""
        by = self.ends_by
        return self.not_after if by is None else by.not_after

    @property
    def mend(self) -> Mend | None:
        """By what it lasts longer, where only the chain that its file brings cuts it short: no other is ordered then.

        ``None`` where it is cut short anyhow, and where it lasts its own time.
        """
        if self.ends_by is None:
            return None
        short = (one for one in self.judgements if any(each.not_after < self.not_after for each in one.above))
        mends = [one.mend for one in short]
        return mends[0] if all(mends) else None

    @property
    def lies_in(self) -> str:
        """The file with what its chain lacks, by which there is a path; empty where none is known."""
        return next((one.lies_in for one in self.judgements if one.lies_in), "")

    @property
    def lasts_by(self) -> Above | None:
        """The first authority above it to end before it does, when its chain is mended where it can be."""
        mend = self.mend
        if mend is None:
            return self.ends_by
        return min((one for one in mend.above if one.not_after < self.not_after), key=_end, default=None)

    @property
    def lasts(self) -> datetime:
        """The last moment at which it works, when its chain is mended where it can be: after that another is needed."""
        by = self.lasts_by
        return self.not_after if by is None else by.not_after

    @property
    def span(self) -> tuple[date, date]:
        """The days between which it counts for the day to order the next one, in UTC."""
        return counted_span(self.not_before.date(), self.not_after.date(), self.lasts.date())

    @property
    def order_by(self) -> date:
        """The last day to order the next one, as is advised, in UTC."""
        return order_by(*self.span)

    @property
    def verdict(self) -> Verdict | None:
        """The worst verdict; ``None`` of an authority."""
        found = {one.verdict for one in self.judgements}
        return next((verdict for verdict in VERDICTS if verdict in found), None)

    @property
    def own_verdict(self) -> Verdict | None:
        """The worst verdict on the certificate itself, whatever the places say it lies at; ``None`` of an authority."""
        found = {one.own_verdict for one in self.judgements}
        return next((verdict for verdict in VERDICTS if verdict in found), None)

    @property
    def findings(self) -> tuple[Outcome, ...]:
        """What is violated in any of its judgements, each once, worst first."""
        every = {(one.rule.code, tuple(one.params.items())): one for each in self.judgements for one in each.findings}
        return tuple(sorted(every.values(), key=lambda one: -one.rule.severity))

    @property
    def not_checked(self) -> tuple[Outcome, ...]:
        """What could not be looked at, each rule once."""
        told = (one for each in self.judgements for one in each.told if one.status is Status.NOT_CHECKED)
        return tuple({one.rule.code: one for one in told}.values())

    @property
    def is_revoked(self) -> bool:
        """Whether a list or a responder that was asked says that it is revoked, or an authority above it."""
        return any(one.rule.code == _REVOKED for one in self.findings)

    @property
    def is_revocation_unknown(self) -> bool:
        """Its path was proved, and nothing tells whether it, or an authority in that path, is revoked."""
        told = [outcome for each in self.judgements if each.has_path for outcome in each.told]
        return not self.is_revoked and any(one.rule.code in _NOT_KNOWN for one in told)

    @property
    def worst(self) -> Severity | None:
        """The severity of the worst that is violated in any of its judgements; ``None`` where nothing is."""
        return max((one.worst for one in self.judgements if one.worst is not None), default=None)

    @property
    def environments(self) -> tuple[Environment, ...]:
        """For which it was judged."""
        return tuple(dict.fromkeys(one.environment for one in self.judgements))

    def standing(self, moment: datetime) -> Standing:
        """Return how it stands at a moment (aware)."""
        moment, verdict = aware(moment), self.verdict
        if verdict is None:
            return Standing.NOT_JUDGED
        if self.not_after < moment:
            return Standing.EXPIRED
        if verdict is Verdict.FAILED:
            return Standing.FAILED
        if self.is_due(moment):
            return Standing.ENDS_SOON
        return Standing(verdict.value)

    def is_due(self, moment: datetime) -> bool:
        """Return whether the last day to order the next one has gone by, or to mend its chain, at a moment (aware)."""
        span = counted_span(self.not_before.date(), self.not_after.date(), self.ends.date())
        return is_order_late(*span, aware(moment).astimezone(UTC).date())

    def days_left(self, moment: datetime) -> int:
        """Return the days until it works no longer, as a calendar has them; below 0, and never 0, when it is past."""
        return days_left(self.ends, aware(moment))


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A private key that was found. Nothing of it is kept but which one it is.

    Args:
        place: where.
        spki_sha256: SHA-256 of its public half, hex; ``None`` where it is encrypted and could not be opened.
        encrypted: it needs a passphrase.
        readable_by_others: others than its owner may read its file; ``None`` where that is not known.
        key: its algorithm and size or curve; empty where it could not be opened.
        is_apart: it stands under a name in a text with certificates, and with none of these.
        is_passed_over: only a program would load it that has the key in the file of the certificate.
    """

    place: Place
    spki_sha256: str | None
    encrypted: bool
    readable_by_others: bool | None = None
    key: str = ""
    is_apart: bool = False
    is_passed_over: bool = False


@dataclass(frozen=True, slots=True)
class HeldRequest:
    """A certificate signing request that was found.

    Args:
        place: where.
        subject: one line, not made safe for a terminal.
        common_name: of the subject.
        oin: as twenty characters, where one stands in the subject.
        spki_sha256: SHA-256 of its public key, hex.
        dns_names: of the subjectAltName that it asks for.
    """

    place: Place
    subject: str
    common_name: str | None
    oin: str | None
    spki_sha256: str
    dns_names: tuple[str, ...] = ()


class Gap(StrEnum):
    """Why something was not looked at."""

    UNREADABLE = "unreadable"
    ENCRYPTED = "encrypted"
    """It needs a passphrase that was not given, or another one."""
    UNREACHABLE = "unreachable"
    """A peer that did not answer as one of TLS, or was not to be asked."""
    MISSING = "missing"
    """Something points to it, and it is not there."""
    SKIPPED = "skipped"
    """It is reached a second time, by a link, or there is more than is looked at."""


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that was not looked at, and why: each once.

    Args:
        name: the file, folder or peer.
        gap: what kind of gap that leaves.
        code: the code of the error, whose sentence says it: :attr:`error`.
        params: its operands.
        position: the part of a file, from 1; ``None`` where it is all of it.
        named_by: what points to it, as ``FILE:LINE``.
    """

    name: str
    gap: Gap
    code: str
    params: Mapping[str, object] = field(default_factory=dict, hash=False)
    position: int | None = None
    named_by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "params", Frozen(self.params))

    @property
    def error(self) -> PkitoolsError:
        """The error, which renders itself in either language."""
        error = PkitoolsError(self.code, **self.params)
        error.file = self.name
        return error


@dataclass(frozen=True, slots=True)
class Pending:
    """A certificate without a path, of which the issuer may still be found elsewhere.

    Args:
        name: the file or peer.
        der: the certificate.
        entity_id, host: what it was judged for.
        claims: the numbers of the connections it was judged by; ``None`` is what is asked of what nobody claims.
        of_provider: it was judged as that of an identity provider, the other side.
    """

    name: str
    der: bytes = field(repr=False)
    entity_id: str | None = None
    host: str | None = None
    claims: tuple[int | None, ...] = ()
    of_provider: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What one file or peer gave: the unit in which a scan's results stream.

    Args:
        name: the file or peer.
        certificates, keys, requests: what is in it.
        unread: what of it could not be read.
        holds_nothing: it lay in a folder, could be read and holds nothing of the kind: it is counted, and not told.
        points_to: of a configuration or an inventory, what it points to.
        authorities: DER of those in it that are not among the embedded ones, where nothing else is in it: another file
            may need them.
        pending: what could be judged better by the authorities of another file.
        is_again: it adds to the reading of a file that came before.
        is_anew: more was known this time: its judgements take the place of the earlier ones.
        lists: how many lists of revoked certificates and OCSP responses are in it: they are used for all files.
        is_by_folder: whether a root in it is somebody's own depends on what else lies in its folder.
        reached: of a scan of places of connections, the numbers of those from whose places it was reached: it lies
            there, or what lies there names it, or names what names it.
        is_list: it lay in a folder, and names peers or files to whoever hands it in itself.
        idle: lines of configurations that put nothing into use, as ``FILE:LINE``: told last, of the whole scan.
    """

    name: str
    certificates: tuple[HeldCertificate, ...] = ()
    keys: tuple[HeldKey, ...] = ()
    requests: tuple[HeldRequest, ...] = ()
    unread: tuple[Unread, ...] = ()
    holds_nothing: bool = False
    points_to: tuple[Pointer, ...] = ()
    authorities: tuple[bytes, ...] = field(default=(), repr=False)
    pending: tuple[Pending, ...] = ()
    is_again: bool = False
    is_anew: bool = False
    lists: int = 0
    is_by_folder: bool = False
    reached: tuple[int, ...] = ()
    is_list: bool = False
    idle: tuple[str, ...] = ()

    @property
    def named_by(self) -> tuple[str, ...]:
        """What points to what is in it, as ``FILE:LINE``."""
        places = [place for one in self.certificates for place in one.places]
        places += (one.place for one in self.keys)
        places += (one.place for one in self.requests)
        told = (*(one.named_by for one in places), *(one.named_by for one in self.unread))
        return tuple(dict.fromkeys(name for names in told for name in names))


@runtime_checkable
class Divided(Protocol):
    """Certificates of which it is known beforehand which are those of authorities."""

    def only(self, *, is_authority: bool) -> Sequence[HeldCertificate]:
        """Return those of authorities alone, or the others."""


@dataclass(frozen=True, slots=True)
class Portfolio:
    """All that was found: what every report, comparison and plan is made from.

    Args:
        moment: when it was looked at, aware UTC; every standing and every number of days is as of then.
        asked: the places as they were given.
        environment: for which all was judged; ``None``: each certificate in the environment of its hierarchy.
        systems: the names of the systems it was judged for; none: for no system.
        certificates: each once, the worst standing first, then by end date, then by name; of what has ended the last
            to end first, as what ended years ago is missed by nobody. Of thousands they lie on disk, as do the
            following, and each is read when it is come to: go over them, and keep none of them.
        keys, requests: in the order found.
        requests_of: by the names of connections the requests at their places for which there is no certificate, also
            at those that nobody asked to look at.
        unread: what was not looked at; a verdict of ``certificates`` says nothing of it.
        looked_at: how many files and peers were read.
        passed_over: how many of those hold nothing of the kind.
        complete: the scan came to its end; otherwise it was stopped, and this is a part.
        revocation_asked: there was something to ask: lists of revoked certificates, or a network, were given, or lists
            were found. Whether that told anything of a certificate is in its judgements.
        connections: the names of the connections by which certificates were judged.
        lists_found: how many lists and OCSP responses could be read in the files; whether one is about a certificate,
            and counts, is judged with that certificate.
        revocation_off: it was said to be left out, so that lists were not asked, also where there were any.
        list_folders: the folders that those lists lie in: whoever checks one certificate again has to give them.
        peer_lists: lists of peers or files that lay in a folder: one is followed only where it is handed in itself.
    """

    moment: datetime
    asked: tuple[str, ...]
    environment: Environment | None = None
    systems: tuple[str, ...] = ()
    certificates: Sequence[HeldCertificate] = ()
    keys: Sequence[HeldKey] = ()
    requests: Sequence[HeldRequest] = ()
    unread: Sequence[Unread] = ()
    looked_at: int = 0
    passed_over: int = 0
    complete: bool = True
    revocation_asked: bool = False
    lists_found: int = 0
    revocation_off: bool = False
    connections: tuple[str, ...] = ()
    list_folders: tuple[str, ...] = ()
    peer_lists: tuple[str, ...] = ()
    requests_of: Mapping[str, tuple[HeldRequest, ...]] = field(default_factory=dict, hash=False)

    def __repr__(self) -> str:
        return f"<Portfolio: {len(self.certificates)} certificates, {len(self.unread)} unread, {self.looked_at} files>"

    @property
    def judged(self) -> Sequence[HeldCertificate]:
        """The certificates but for those of authorities."""
        return _only(self.certificates, is_authority=False)

    @property
    def authorities(self) -> Sequence[HeldCertificate]:
        """The certificates of authorities."""
        return _only(self.certificates, is_authority=True)

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all but copies that have ended.

        INDETERMINATE at best where nothing was judged, or not all could be looked at.
        """
        found = {one.verdict for one in self.judged if not one.is_set_aside}
        if not found or not self.is_whole:
            found.add(Verdict.INDETERMINATE)
        return next(verdict for verdict in VERDICTS if verdict in found)

    @property
    def worst(self) -> Severity | None:
        """The severity of the worst that is violated; ``None`` where nothing is."""
        counting = (one for one in self.certificates if not one.is_set_aside)
        found = (judgement.worst for one in counting for judgement in one.judgements)
        return max((worst for worst in found if worst is not None), default=None)

    @property
    def is_whole(self) -> bool:
        """Whether the scan came to its end and everything that should hold something could be read."""
        return self.complete and all(one.gap is Gap.SKIPPED for one in self.unread)

    def having(self, spki_sha256: str) -> tuple[HeldCertificate, ...]:
        """Return the certificates for one public key, by its SHA-256 (hex)."""
        spki_sha256 = text(spki_sha256, "spki_sha256")
        return tuple(one for one in self.certificates if one.spki_sha256 == spki_sha256)

    def in_order(self) -> Iterator[tuple[Standing, HeldCertificate]]:
        """Yield each certificate with how it stands, the worst first."""
        return ((one.standing(self.moment), one) for one in self.certificates)


def _only(certificates: Sequence[HeldCertificate], *, is_authority: bool) -> Sequence[HeldCertificate]:
    """Return those of authorities alone, or the others: of what lies on disk without reading the rest."""
    if isinstance(certificates, Divided):
        return certificates.only(is_authority=is_authority)
    return tuple(one for one in certificates if one.is_authority is is_authority)
