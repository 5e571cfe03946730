"""A peer tried: the handshakes that tell what there is to know, and the judgement of what was seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from pkitools.arguments import aware, of_type, optional, optional_choice, several, text
from pkitools.checking import FileCheck, Revocation, check_file
from pkitools.checking.question import given_trust
from pkitools.containers import BadItem, ItemKind
from pkitools.environment import Environment
from pkitools.errors import InputError, InvalidValueError
from pkitools.fetching import Proxies
from pkitools.fetching.addresses import Networks
from pkitools.findings import Report
from pkitools.frozen import dataclass, replace
from pkitools.probing.line import SECONDS, Line
from pkitools.probing.model import Observation
from pkitools.probing.observing import ClientMaterial, observed
from pkitools.probing.rules import check_connection
from pkitools.requests.keys import to_pem
from pkitools.systems import Stance, System, Topic, get_system
from pkitools.trust import TrustStore, hierarchy_of
from pkitools.x509 import read_certificate
from pkitools.x509.given import Given
from pkitools.x509.reader import read_if_readable

if TYPE_CHECKING:
    from pkitools.rules.own import OwnData

CLIENT: Final = "client"
"""What the client certificate is called in messages."""
_COMPLETE: Final = "delivery.chain.complete"
_ORDERED: Final = "delivery.chain.order"
_CLIENT_ONLY: Final = frozenset({"system.eku.client_auth"})
_SERVER_ONLY: Final = frozenset({"system.eku.server_auth"})


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What :func:`probe` found.

    Args:
        seen: what was seen of the connection.
        connection: what the rules say of that.
        theirs: the judgement of the certificates that the peer sent; ``None`` when it sent none.
        mine: the judgement of the client certificate; ``None`` when none was given.
        environment: for which the peer's was judged.
        is_guessed: nobody said which environment: it is that of the hierarchy.
        for_systems: the systems for which the peer's certificates were judged: those that ask something of a server.
    """

    seen: Observation
    connection: Report
    theirs: FileCheck | None
    mine: FileCheck | None
    environment: Environment
    is_guessed: bool
    for_systems: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether everything that was sent and given could be read."""
        return all(judged.is_complete for judged in (self.theirs, self.mine) if judged is not None)

    @property
    def report(self) -> Report:
        """Everything together: the connection, the peer's certificates as it delivers them, and the client's."""
        whole = self.connection
        for judged in (self.theirs, self.mine):
            if judged is not None:
                whole += judged.report + judged.delivery
        return Report(self.connection.subject, whole.outcomes, self.connection.moment, self.environment, whole.system)


def probe(
    host: str,
    port: int = 443,
    *,
    moment: datetime,
    environment: Environment | str | None = None,
    systems: str | Sequence[str] = (),
    client: ClientMaterial | None = None,
    trust: TrustStore | Given | Iterable[Given] | None = None,
    revocation: Revocation | None = None,
    starttls: str = "",
    allow_net: Networks = (),
    proxies: Proxies | None = None,
    seconds: float = SECONDS,
    data: OwnData | None = None,
    unread: Sequence[BadItem] = (),
    raise_crashes: bool = False,
) -> ProbeResult:
    """Connect to a peer as a client of TLS would, and judge what it sends and what it says.

    Several connections are made: one with the client certificate, one for each version of TLS, one to learn what
    signatures are asked. With a client certificate the page ``/`` is asked for, because some servers refuse only there.

    Args:
        host, port: whom to ask.
        moment: validation time, aware UTC.
        environment: where the connection is for; by default the one that the certificate's hierarchy is of.
        systems: connected systems by name. What they ask of who connects is asked of the client certificate, what
            they ask of a server of the peer's.
        client: what to show when the peer asks for it.
        trust, revocation, data, unread, raise_crashes: as for :func:`~pkitools.checking.check_file`.
        starttls: the protocol in which TLS has to be asked for.
        allow_net: networks that may be connected to though they are not public.
        proxies: where they name one for this host (that of HTTPS), all connections go through it, and it looks up the
            name. What signatures are asked is not known then where the proxy wants to know who asks.
        seconds: for everything that is asked of the peer; revocation has a time of its own.

    Raises:
        InvalidValueError: no such host name, port, protocol, system or environment.
        ProbeError: there was no TLS to look at.
        InputError: none of the certificates that the peer sent can be read.
        StateError: the extra ``pkitools-nl[probe]`` is not installed.
    """
    moment = aware(moment)
    optional(client, ClientMaterial, "client")
    optional(revocation, Revocation, "revocation")
    if data is not None:
        from pkitools.rules.own import OwnData  # who has none does without

        of_type(data, OwnData, "data")
    asked = optional_choice(Environment, environment, "environment")
    names = tuple(text(name, "systems") for name in several(systems, str, "systems"))
    found = [get_system(name) if data is None else data.system(name) for name in names]
    not_read = tuple(of_type(each, BadItem, "unread") for each in several(unread, BadItem, "unread"))
    lists = None if revocation is None else revocation.for_several()  # of the server, and of one's own
    judge = _Judge(asked, moment, given_trust(trust), lists, data, not_read, raise_crashes)
    line = Line(host, port, starttls, allow_net=allow_net, seconds=seconds, proxies=proxies)
    seen = replace(observed(line, client), trusted=judge.thumbprints)
    servers = tuple(each.name for each in found if _asks_of_servers(each, asked, moment))
    theirs = mine = None
    sent = seen.handshake.certificates
    if sent:
        chain, strangers = _apart(sent)
        seen = replace(seen, strangers=strangers)
        judged = judge(chain, seen.peer, servers, _CLIENT_ONLY, host=line.host)
        seen, theirs = _delivered(seen, judged), _without(judged, frozenset({_COMPLETE, _ORDERED}))
    if client is not None:
        mine = judge(client.identity.ders, CLIENT, names, _SERVER_ONLY)
    where = judge.environment(sent[0]) if sent else asked or Environment.PRODUCTION
    report = check_connection(seen, moment=moment, environment=where, raise_crashes=raise_crashes)
    return ProbeResult(seen, report, theirs, mine, where, asked is None, servers)


def _apart(sent: Sequence[bytes]) -> tuple[tuple[bytes, ...], tuple[str, ...]]:
    """Return what a peer sends without the certificates that can be in no chain of its own, and the names of those.

    What cannot be read stays: that is told where it is judged.
    """
    read = {der: read_if_readable(der) for der in dict.fromkeys(sent)}
    issuers = {facts.issuer for facts in read.values() if facts is not None}
    strangers = {
        der: facts.subject.called
        for der, facts in read.items()
        if facts is not None and der != sent[0] and not facts.is_ca and facts.subject not in issuers
    }
    return tuple(der for der in sent if der not in strangers), tuple(strangers.values())


def _delivered(seen: Observation, theirs: FileCheck) -> Observation:
    """Return what was seen, with how the peer delivers its chain: of a file other rules tell that."""
    found = {each.rule.code: each.params for each in theirs.delivery.findings}
    lacking = tuple(each.params["missing"] for each in theirs.delivery.findings if each.rule.code == _COMPLETE)
    order = found.get(_ORDERED)
    is_trusted = all(result.path is not None for result in theirs.results)
    return replace(
        seen,
        lacking=lacking if is_trusted or _sends_no_authority(theirs) else (),
        disordered=(order["found"], order["wanted"]) if order else (),
        is_trusted=is_trusted,
    )


def _sends_no_authority(theirs: FileCheck) -> bool:
    """Return whether something between is missing for sure: what has no path may lack a root that nobody sends.

    No root of PKIoverheid issues to an end user, so that one who sends nothing else lacks at least its issuer.
    """
    alone = len(theirs.contents.of_kind(ItemKind.CERTIFICATE)) == 1
    return alone and all(result.recognition.hierarchy is not None for result in theirs.results)


@dataclass(frozen=True, slots=True)
class _Judge:
    """Judges the certificates of one side, as a file that holds them in the order they are sent in."""

    asked: Environment | None
    moment: datetime
    trust: TrustStore | None
    revocation: Revocation | None
    data: OwnData | None
    unread: tuple[BadItem, ...]
    raise_crashes: bool

    @property
    def thumbprints(self) -> frozenset[str]:
        """SHA-256 of each certificate that is trusted by itself."""
        return frozenset(anchor.sha256 for anchor in self.trust.anchors) if self.trust else frozenset()

    def environment(self, certificate: bytes) -> Environment:
        """Return where a certificate is to be used."""
        return self.asked or environment_of(certificate, self.trust)

    def __call__(
        self, ders: Sequence[bytes], name: str, systems: Sequence[str], drop: frozenset[str], host: str | None = None
    ) -> FileCheck:
        """Return the judgement, without the rules ``drop``, which are for the other side of a connection.

        The first is the side's own, whatever stands behind it: only with the key of that one is the handshake signed.
        """
        try:
            file = self._judged(ders, name, systems, host, certificate=sha256(ders[0]).hexdigest())
        except InvalidValueError:  # as one of the others it would be an authority: then it is judged alone
            file = self._judged(ders[:1], name, systems, host, intermediates=ders[1:])
        return _without(file, drop)

    def _judged(
        self, ders: Sequence[bytes], name: str, systems: Sequence[str], host: str | None, **which: Any
    ) -> FileCheck:
        return check_file(
            b"".join(to_pem("CERTIFICATE", der) for der in ders),
            moment=self.moment,
            environment=self.environment(ders[0]),
            systems=systems,
            trust=self.trust,
            host=host,
            revocation=self.revocation,
            name=name,
            data=self.data,
            unread=self.unread,
            raise_crashes=self.raise_crashes,
            **which,
        )


def environment_of(certificate: bytes, trust: TrustStore | None = None) -> Environment:
    """Return for which environment a certificate seems to be: that of its hierarchy.

    Of one that says nothing it is production, unless roots of a test hierarchy were given.
    """
    try:
        known = hierarchy_of(read_certificate(certificate))
    except InputError:
        return Environment.PRODUCTION  # that it cannot be read is said elsewhere
    if known.kind is not None:
        return known.kind.environment
    return Environment.PRODUCTION if trust is None else Environment.PREPRODUCTION


def _asks_of_servers(system: System, environment: Environment | None, moment: datetime) -> bool:
    environments = [environment] if environment else list(Environment)
    said = (one for each in environments for one in system.statements_at(each, moment, Topic.SERVER_AUTH))
    return any(one.answer is Stance.YES for one in said)


def _without(file: FileCheck, codes: frozenset[str]) -> FileCheck:
    """Return a judgement without what is asked of the other side of a connection."""

    def kept(report: Report) -> Report:
        return replace(report, outcomes=tuple(o for o in report.outcomes if o.rule.code not in codes))

    judged = tuple(replace(one, result=replace(one.result, report=kept(one.result.report))) for one in file.judged)
    return replace(file, report=kept(file.report), judged=judged, delivery=kept(file.delivery))
