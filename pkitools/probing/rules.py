"""The rules about a connection, and the checks that ask them of what was seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from pkitools.documents import cite
from pkitools.environment import Environment
from pkitools.errors import InputError
from pkitools.findings import (
    MET,
    NOT_APPLICABLE,
    Answer,
    Certainty,
    Evidence,
    NotChecked,
    Report,
    Rule,
    Severity,
    Violated,
    ask,
    met_if,
    violated,
)
from pkitools.messages import CAUSE
from pkitools.probing.model import Handshake, Observation, Offered, Taken, TLSVersion
from pkitools.text import joined
from pkitools.trust import is_self_signed
from pkitools.x509 import CertificateFacts, SignatureAlgorithm, read_certificate

_OWN: Final = cite("pkitools")
_OBSOLETE: Final = cite("rfc-8996", "4, 5")
SILENT: Final = "peer_silent"
"""The reason of what only the peer could have told."""
DENIED_PAGE: Final = "page_denied"
"""The reason of what a refusal of a page leaves open."""
FAILED_PAGE: Final = "page_failed"
"""The reason of what a page that could not be given leaves open."""
SILENT_PAGE: Final = "page_silent"
"""The reason of what a page that never came leaves open."""
NOT_TRIED: Final = "client_not_tried"
"""The reason of what only a client certificate would show."""
NOT_ASKED: Final = "client_not_asked"
"""The reason of what is not known of a client certificate that nobody asked for."""
UNTOLD: Final = "not_told"
"""The reason of what no program at hand tells."""

HANDSHAKE: Final = Rule("probe.handshake.completed", Severity.ERROR, cite("rfc-8446", "6.2"))
CURRENT: Final = Rule("probe.version.current", Severity.ERROR, _OBSOLETE)
OBSOLETE: Final = Rule("probe.version.obsolete", Severity.WARNING, _OBSOLETE)
ACCEPTED: Final = Rule("probe.client.accepted", Severity.ERROR, cite("rfc-8446", "4.4.2.4"))
CHAIN: Final = Rule("probe.client.chain", Severity.ERROR, cite("rfc-8446", "4.4.2"))
GIVEN: Final = Rule("probe.client.given", Severity.WARNING, _OWN, Certainty.ADVICE)
ASKED: Final = Rule("probe.client.asked", Severity.WARNING, _OWN, Certainty.ADVICE)
SELF_SIGNED: Final = Rule("probe.server.self_signed", Severity.ERROR, cite("rfc-5280", "6.1"))
SERVER_CHAIN: Final = Rule("probe.server.chain", Severity.ERROR, cite("rfc-8446", "4.4.2"))
SERVER_ORDER: Final = Rule("probe.server.order", Severity.WARNING, cite("rfc-5246", "7.4.2"))
SERVER_EXTRA: Final = Rule("probe.server.extra", Severity.NOTICE, cite("rfc-8446", "4.4.2"))
ISSUERS: Final = Rule("probe.client.issuers", Severity.WARNING, cite("rfc-8446", "4.2.4"))
SIGNATURE: Final = Rule("probe.client.signature", Severity.WARNING, cite("rfc-8446", "4.2.3"))
PSS: Final = Rule("probe.signature.pss", Severity.WARNING, cite("rfc-8446", "9.1"))

RULES: Final[tuple[Rule, ...]] = (
    HANDSHAKE,
    CURRENT,
    OBSOLETE,
    ACCEPTED,
    CHAIN,
    SELF_SIGNED,
    SERVER_CHAIN,
    SERVER_ORDER,
    SERVER_EXTRA,
    GIVEN,
    ASKED,
    ISSUERS,
    SIGNATURE,
    PSS,
)

_IN_WORDS: Final = frozenset(
    {
        "closed",
        "unusable",
        "page",
        "not_sent",
        "handshake_failure",
        "bad_certificate",
        "unsupported_certificate",
        "certificate_revoked",
        "certificate_expired",
        "certificate_unknown",
        "unknown_ca",
        "access_denied",
        "decode_error",
        "decrypt_error",
        "protocol_version",
        "insufficient_security",
        "internal_error",
        "unrecognized_name",
        "certificate_required",
        "no_application_protocol",
    }
)
"""What a peer says or does when it stops that has words of its own: ``probing.refusal.<name>``."""
_CURRENT: Final = (TLSVersion.TLS_1_2, TLSVersion.TLS_1_3)


def check_connection(
    seen: Observation, *, moment: datetime, environment: Environment | None = None, raise_crashes: bool = False
) -> Report:
    """Return what the rules say of what was seen of a peer.

    Args:
        seen: all of it.
        moment: of looking, aware UTC.
        environment: where the connection is for.
        raise_crashes: let a check that crashes raise instead of becoming NOT_CHECKED; for tests and bug reports.
    """
    found = [outcome for rule, check in _CHECKS for outcome in ask(rule, check, seen, raise_crashes=raise_crashes)]
    return Report(seen.peer, tuple(found), moment, environment)


def refusal(handshake: Handshake) -> str:
    """Return how a peer said that it stops: the name of its alert, or what it did instead."""
    if handshake.alert is not None:
        return handshake.alert.name
    return "page" if handshake.answer else "closed"


def _refused(how: str, **params: object) -> Violated:
    known = how if how in _IN_WORDS else "other"
    operands = {"value": how, CAUSE: f"probing.refusal.{known}", **{name: str(value) for name, value in params.items()}}
    return Violated((Evidence("alert", how),), operands)


def _completed(seen: Observation) -> Answer:
    shaken = seen.handshake
    if shaken.completed:
        return MET
    if shaken.is_stopped_here:
        return _refused("unusable", detail=shaken.detail)
    if shaken.asks:  # then it is about the client: the rules below
        return NOT_APPLICABLE
    return _refused(refusal(shaken))


def _current(seen: Observation) -> Answer:
    offered = [seen.versions.get(version, Offered.UNKNOWN) for version in _CURRENT]
    if Offered.YES in offered:
        return MET
    if Offered.UNKNOWN in offered or not seen.handshake.version:
        return NotChecked(SILENT) if seen.handshake.version else NOT_APPLICABLE
    return violated("version", seen.handshake.version)


def _obsolete(seen: Observation) -> Answer:
    old = [version for version in TLSVersion if version not in _CURRENT]
    offered = [version for version in old if seen.versions.get(version) is Offered.YES]
    if offered:
        return violated("version", ", ".join(offered))
    return MET if all(seen.versions.get(version) is Offered.NO for version in old) else NotChecked(SILENT)


def _accepted(seen: Observation) -> Answer:
    if seen.taken is Taken.NOT_GIVEN and seen.handshake.asks and seen.handshake.is_refused:
        return NotChecked(NOT_TRIED)  # nobody gets in without one: of the connection as it is to be, nothing is known
    if seen.taken is Taken.NOT_GIVEN:
        return NOT_APPLICABLE
    if seen.taken in {Taken.NOT_ASKED, Taken.UNKNOWN}:
        return NotChecked(_why_unknown(seen))
    if seen.taken is Taken.NOT_SENT:
        return _refused("not_sent", sent=0)
    if seen.taken is Taken.REFUSED:
        return _refused(refusal(seen.because or seen.handshake), sent=len(seen.client))
    return MET


def _why_unknown(seen: Observation) -> str:
    if seen.taken is Taken.NOT_ASKED:
        return NOT_ASKED
    if seen.is_page_denied:
        return DENIED_PAGE
    if seen.is_page_failed:
        return FAILED_PAGE
    return SILENT_PAGE if seen.is_page_silent else SILENT


def _chain(seen: Observation) -> Answer:
    if seen.taken is Taken.WITH_CHAIN:
        issuer = seen.client[-1].issuer
        return violated("certificates", len(seen.client), missing=issuer.called)
    return MET if seen.taken is Taken.YES else NOT_APPLICABLE


def _self_signed(seen: Observation) -> Answer:
    if not seen.handshake.certificates:
        return NOT_APPLICABLE
    try:
        facts = read_certificate(seen.handshake.certificates[0])
    except InputError:
        return NOT_APPLICABLE  # that it cannot be read is said elsewhere
    name = facts.subject.called
    trusted = facts.sha256 in seen.trusted or not is_self_signed(facts)
    return met_if(trusted, "issuer", name, sha256=facts.sha256)


def _server_chain(seen: Observation) -> Answer:
    if not seen.handshake.certificates:
        return NOT_APPLICABLE
    # who has them at hand finds the way all the same; who has not does not
    severity = Severity.WARNING if seen.is_trusted else Severity.ERROR
    names = joined(seen.lacking)
    return met_if(not seen.lacking, "missing", names, severity=severity, sent=len(seen.handshake.certificates))


def _server_order(seen: Observation) -> Answer:
    if len(seen.handshake.certificates) < 2:
        return NOT_APPLICABLE
    return violated("order", seen.disordered[0], wanted=seen.disordered[1]) if seen.disordered else MET


def _server_extra(seen: Observation) -> Answer:
    if len(seen.handshake.certificates) < 2:
        return NOT_APPLICABLE
    return met_if(not seen.strangers, "certificate", joined(seen.strangers))


def _given(seen: Observation) -> Answer:
    if not seen.handshake.asks:
        return NOT_APPLICABLE
    if seen.taken is not Taken.NOT_GIVEN:
        return MET
    if seen.handshake.is_refused:
        return violated("alert", refusal(seen.handshake))
    return violated("alert", "", severity=Severity.NOTICE)


def _asked(seen: Observation) -> Answer:
    if seen.taken is Taken.NOT_GIVEN:
        return NOT_APPLICABLE
    if not seen.handshake.asks and not seen.handshake.completed:
        return NotChecked(SILENT)
    return violated("CertificateRequest", "") if seen.taken is Taken.NOT_ASKED else MET


def _issuers(seen: Observation) -> Answer:
    named = seen.handshake.issuers
    if not seen.client or not named:
        return NOT_APPLICABLE
    wanted = {name.text for name in named}
    if any(facts.issuer.text in wanted or facts.subject.text in wanted for facts in seen.client):
        return MET
    issuer = seen.client[-1].issuer
    return violated("issuer", issuer.called, named=joined([n.called for n in named]))


def _signature(seen: Observation) -> Answer:
    if not seen.client or not seen.handshake.asks:
        return NOT_APPLICABLE
    if seen.signatures is None or not seen.signatures.asked:
        return NotChecked(UNTOLD)
    unfit = [facts for facts in seen.client if not _is_asked(facts, seen.signatures.asked)]
    if not unfit:
        return MET
    name = unfit[0].subject.called
    return violated("signatureAlgorithm", _in_tls(unfit[0].signature_algorithm), name=name)


def _is_asked(facts: CertificateFacts, asked: Sequence[str]) -> bool:
    return facts.is_self_issued or _in_tls(facts.signature_algorithm) in asked


def _in_tls(algorithm: SignatureAlgorithm) -> str:
    """Return a signature algorithm as OpenSSL names it in TLS."""
    if algorithm.hash is None:
        return algorithm.name  # of Ed25519
    family = next((family for part, family in _FAMILIES if part in algorithm.name.lower()), algorithm.name)
    return f"{family}+{algorithm.hash.upper()}"


def _pss(seen: Observation) -> Answer:
    if not seen.handshake.asks:
        return NOT_APPLICABLE
    if seen.takes_pss is Offered.UNKNOWN:
        return NotChecked(UNTOLD)
    return MET if seen.takes_pss is Offered.YES else violated("signature_algorithms", joined(_asked_of(seen)))


def _asked_of(seen: Observation) -> Sequence[str]:
    return seen.signatures.asked if seen.signatures else ()


_FAMILIES: Final = (("pss", "RSA-PSS"), ("rsa", "RSA"), ("ecdsa", "ECDSA"))
_CHECKS: Final[tuple[tuple[Rule, Callable[[Observation], Answer]], ...]] = (
    (HANDSHAKE, _completed),
    (ACCEPTED, _accepted),
    (CHAIN, _chain),
    (SELF_SIGNED, _self_signed),
    (SERVER_CHAIN, _server_chain),
    (SERVER_ORDER, _server_order),
    (CURRENT, _current),
    (GIVEN, _given),
    (ASKED, _asked),
    (ISSUERS, _issuers),
    (SIGNATURE, _signature),
    (PSS, _pss),
    (OBSOLETE, _obsolete),
    (SERVER_EXTRA, _server_extra),
)
