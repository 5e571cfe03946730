"""Peers that are wrong in one way each: the sentence a reader gets first, in both languages; and the good ones."""

from __future__ import annotations

import base64
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st
from OpenSSL import SSL

from pkitools.checking import Revocation
from pkitools.errors import InvalidValueError, PkitoolsError
from pkitools.findings import Severity, Verdict
from pkitools.messages import LANGUAGES, Language
from pkitools.probing import (
    Handshake,
    Offered,
    ProbeError,
    ProbeFault,
    Taken,
    TLSVersion,
    fetch_chain,
    starttls_protocols,
)
from pkitools.probing.channel import Channel, spoken
from pkitools.probing.handshake import shake_hands
from pkitools.probing.observing import taken_by
from pkitools.probing.signatures import asked_signatures, read_s_client
from pkitools.probing.starttls import ask_for_tls
from pkitools.reports import error_sentence, probe_document
from pkitools.reports.text import why
from pkitools.text import visible
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.self_signed import self_signed
from tests.probing.world import HOST, NOW, World, first, shown, tried
from tests.support.cases import in_one_test
from tests.support.effort import PATIENCE, examples
from tests.support.judges import judge
from tests.support.keys import SHARED_KEYS
from tests.support.peers import (
    LOOPBACK,
    REFUSES,
    TLS,
    Behave,
    certificate_then,
    dialog,
    drips,
    floods,
    listening,
    resets,
    says,
)
from tests.support.schemas import assert_valid

pytestmark = pytest.mark.slow

FAILED = Verdict.FAILED
OLD = (SSL.TLS1_VERSION, SSL.TLS1_1_VERSION)


@dataclass(frozen=True)
class Case:
    """A peer that is wrong in one way.

    Args:
        peer: makes it.
        code: of the rule that says so, or of the error.
        nl, en: how the sentence begins.
        verdict: of everything.
        how: other arguments of ``probe``.
    """

    peer: Callable[[World], Behave]
    code: str
    nl: str
    en: str
    verdict: Verdict = Verdict.FAILED
    how: Callable[[World], dict[str, Any]] = field(default=lambda _: {})


def serving(**deviation: Any) -> Callable[[World], Behave]:
    """A server with a certificate that deviates."""
    return lambda world: TLS(identity=world.issue(**deviation))


def showing(make: Callable[[World], IssuedCertificate], *, whole: bool = True) -> Callable[[World], dict[str, Any]]:
    """Show this client certificate."""
    return lambda world: {"client": shown(make(world), whole=whole)}


def revoked(world: World) -> Behave:
    certificate = world.issue()
    world.pki["g4-tls-tsp"].revoke(certificate, moment=NOW)
    return TLS(identity=certificate)


def small_key(world: World) -> Behave:
    key = rsa.generate_private_key(65537, 1024)
    return TLS(identity=world.issue(key=key))


def with_crls(world: World) -> dict[str, Any]:
    return {"revocation": Revocation(crls=tuple(world.pki.crls(moment=NOW).values()))}


CASES: dict[str, Case] = {
    "missing intermediate": Case(
        lambda w: TLS(identity=w.server, chain=[]),
        "probe.server.chain",
        "De ander stuurt het certificaat van TRIAL My TSP - G4 PKIo Priv G-TLS SYS - 2025 niet mee.",
        "The other side does not send the certificate of TRIAL My TSP - G4 PKIo Priv G-TLS SYS - 2025.",
    ),
    "missing intermediate that is at hand": Case(
        lambda w: TLS(identity=w.server, chain=w.server.intermediates[:1]),
        "probe.server.chain",
        "De ander stuurt het certificaat van TRIAL PKIoverheid - G4 Intm Priv G-TLS SYS - 2024 niet mee.",
        "The other side does not send the certificate of TRIAL PKIoverheid - G4 Intm Priv G-TLS SYS - 2024.",
        Verdict.PASSED,
        how=lambda w: {"trust": [authority.certificate.der for authority in w.pki]},
    ),
    "wrong order": Case(
        lambda w: TLS(identity=w.server, chain=w.server.intermediates[::-1]),
        "probe.server.order",
        "De ander stuurt zijn certificaten in een verkeerde volgorde.",
        "The other side sends its certificates in a wrong order.",
        Verdict.PASSED,
    ),
    "expired": Case(
        serving(not_before=NOW - timedelta(days=9), not_after=NOW - timedelta(days=1)),
        "path.validity.expired",
        "Verlopen",
        "Expired",
    ),
    "not yet valid": Case(
        serving(not_before=NOW + timedelta(days=1)),
        "path.validity.not_yet_valid",
        "Pas geldig vanaf ",
        "Not valid before ",
    ),
    "wrong host": Case(
        serving(dns=["api.example.nl"], common_name="api.example.nl"),
        "path.host.name",
        "Het certificaat is niet voor deze host. TRIAL api.example.nl is niet voor localhost",
        "The certificate does not name this host. TRIAL api.example.nl is not for localhost",
    ),
    "self-signed": Case(
        lambda _: TLS(identity=self_signed(moment=NOW, dns=[HOST], keys=SHARED_KEYS)),
        "probe.server.self_signed",
        "Het certificaat van de ander is zelfondertekend, dus niemand staat ervoor in.",
        "The certificate of the other side is self-signed, so that nobody stands for it.",
    ),
    "other CA": Case(
        lambda w: TLS(identity=w.other.issue(moment=NOW, dns=[HOST])),
        "path.anchor.found",
        "Het certificaat van TRIAL PKIoverheid - G4 Root Priv G-TLS - 2024 ontbreekt, of wordt",
        "The certificate of TRIAL PKIoverheid - G4 Root Priv G-TLS - 2024 is missing, or not trusted",
    ),
    "TRIAL in production": Case(
        lambda w: TLS(identity=w.server),
        "environment.production.no_test",
        "",
        "",
        how=lambda _: {"environment": "production"},
    ),
    "old TLS only": Case(
        lambda w: TLS(identity=w.server, versions=OLD),
        "probe.version.current",
        "De ander kan alleen TLSv1.1, en dat is verouderd.",
        "The other side has TLSv1.1 only, which is obsolete.",
    ),
    "old TLS as well": Case(
        lambda w: TLS(identity=w.server, versions=(SSL.TLS1_1_VERSION, SSL.TLS1_3_VERSION)),
        "probe.version.obsolete",
        "De ander biedt ook verouderde TLS aan. Ook met TLSv1.1 komt er een verbinding.",
        "The other side offers obsolete TLS as well. With TLSv1.1 there is a connection too.",
        Verdict.PASSED,
    ),
    "client certificate required and absent": Case(
        lambda w: w.asking(),
        "probe.client.accepted",
        "De ander laat niemand toe zonder clientcertificaat",
        "The other side lets nobody in without a client certificate",
        Verdict.INDETERMINATE,
    ),
    "the same in TLS 1.2": Case(
        lambda w: w.asking(versions=(SSL.TLS1_2_VERSION, SSL.TLS1_2_VERSION)),
        "probe.client.accepted",
        "De ander laat niemand toe zonder clientcertificaat",
        "The other side lets nobody in without a client certificate",
        Verdict.INDETERMINATE,
    ),
    "client certificate of another CA": Case(
        lambda w: w.asking(),
        "probe.client.accepted",
        "De ander weigert uw certificaat: ",
        "The other side refuses your certificate: ",
        how=showing(lambda w: w.other.issue(moment=NOW)),
    ),
    "client certificate expired": Case(
        lambda w: w.asking(),
        "probe.client.accepted",
        "De ander weigert uw certificaat: het certificaat is volgens hem verlopen of nog niet geldig.",
        "The other side refuses your certificate: the certificate has expired or is not valid yet, it says.",
        how=showing(lambda w: w.pki.issue(not_before=NOW - timedelta(days=9), not_after=NOW - timedelta(days=1))),
    ),
    "client certificate without its chain": Case(
        lambda w: w.asking(),
        "probe.client.chain",
        "De ander neemt uw certificaat pas aan als de tussenliggende certificaten meegaan.",
        "The other side takes your certificate only when the intermediate certificates go along.",
        how=showing(lambda w: w.client, whole=False),
    ),
    "client certificate refused on the page": Case(
        lambda w: w.asking(page=REFUSES),
        "probe.client.accepted",
        "De ander weigert uw certificaat: zijn webserver zegt op de pagina dat hij dit certificaat niet aanneemt.",
        "The other side refuses your certificate: its web server says on the page that it does not take this",
        how=showing(lambda w: w.client),
    ),
    "client certificate not asked for": Case(
        lambda w: TLS(identity=w.server),
        "probe.client.accepted",
        "De ander vroeg in de handshake niet om een clientcertificaat, dus het uwe is niet gestuurd",
        "The other side asked for no client certificate in the handshake, so yours was not sent",
        Verdict.INDETERMINATE,
        how=showing(lambda w: w.client),
    ),
    "only other issuers named": Case(
        lambda w: w.asking(names=[w.server]),
        "probe.client.issuers",
        "De ander noemt uw uitgever niet.",
        "The other side does not name your issuer.",
        Verdict.PASSED,
        how=showing(lambda w: w.client),
    ),
    "unknown name asked for": Case(
        lambda _: says(b"\x15\x03\x03\x00\x02\x02\x70"),
        "probe.handshake.completed",
        "Geen verbinding met de ander: hij kent de naam niet die gevraagd werd.",
        "No connection with the other side: it does not know the name that was asked for.",
    ),
    "revoked": Case(revoked, "revocation.status.revoked", "Ingetrokken", "Revoked", how=with_crls),
    "RSA of 1024 bits": Case(
        small_key,
        "path.key.strength",
        "Een te zwakke of ongebruikelijke sleutel. De sleutel van TRIAL localhost is RSA 1024.",
        "A key too weak, or too odd, to trust. The key of TRIAL localhost is RSA 1024.",
    ),
    "HTTP on the port": Case(
        lambda _: says(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        "probing.error.http",
        "{peer} spreekt op deze poort HTTP zonder TLS (HTTP/1.1 400 Bad Request",
        "{peer} speaks HTTP without TLS on this port (HTTP/1.1 400 Bad Request",
    ),
    "SSH on the port": Case(
        lambda _: says(b"SSH-2.0-OpenSSH_9.2p1\r\n", heard=False),
        "probing.error.ssh",
        "{peer} spreekt op deze poort SSH (SSH-2.0-OpenSSH_9.2p1).",
        "{peer} speaks SSH on this port (SSH-2.0-OpenSSH_9.2p1).",
    ),
    "a mail server": Case(
        lambda _: says(b"220 mail.example.nl ESMTP\r\n", heard=False),
        "probing.error.greeting",
        "{peer} begint zonder TLS en groet zelf: 220 mail.example.nl ESMTP",
        "{peer} begins without TLS, with a greeting of its own: 220 mail.example.nl ESMTP",
    ),
    "STARTTLS refused": Case(
        lambda _: dialog((b"EHLO", b"250 mail\r\n"), (b"STARTTLS", b"454 no TLS today\r\n"), greeting=b"220 mail\r\n"),
        "probing.error.starttls",
        "{peer} gaat niet over op TLS. Het antwoordde: 454 no TLS today",
        "{peer} does not go over to TLS. It answered: 454 no TLS today",
        how=lambda _: {"starttls": "smtp"},
    ),
    "something behind STARTTLS": Case(
        lambda _: dialog((b"STLS", b"+OK\r\n+OK injected\r\n"), greeting=b"+OK\r\n"),
        "probing.error.injected",
        "{peer} gaat over op TLS, maar stuurt daarachter nog iets zonder TLS: +OK injected",
        "{peer} goes over to TLS, but sends something without TLS behind that: +OK injected",
        how=lambda _: {"starttls": "pop3"},
    ),
    "STARTTLS refused by a directory": Case(
        lambda _: dialog((b"0", bytes.fromhex("300c02010178070a010204000400"))),
        "probing.error.starttls",
        "{peer} gaat niet over op TLS. Het antwoordde: resultCode 2",
        "{peer} does not go over to TLS. It answered: resultCode 2",
        how=lambda _: {"starttls": "ldap"},
    ),
    "STARTTLS refused by a database": Case(
        lambda _: dialog((b"\0", b"N")),
        "probing.error.starttls",
        "{peer} gaat niet over op TLS. Het antwoordde: N",
        "{peer} does not go over to TLS. It answered: N",
        how=lambda _: {"starttls": "postgres"},
    ),
    "STARTTLS asked of who waits for TLS": Case(
        lambda w: TLS(identity=w.server),
        "probing.error.silent",
        "{peer} zei niets in het protocol smtp, waarin om TLS gevraagd zou worden.",
        "{peer} said nothing in the protocol smtp, in which TLS was to be asked for.",
        how=lambda _: {"starttls": "smtp", "seconds": 0.5},
    ),
    "STARTTLS answered with TLS": Case(
        lambda _: says(b"\x15\x03\x01\x00\x02\x02\x28"),
        "probing.error.tls_at_once",
        "{peer} begint meteen met TLS: daar hoeft niet in ldap om gevraagd te worden.",
        "{peer} begins with TLS at once: it need not be asked for in ldap.",
        how=lambda _: {"starttls": "ldap"},
    ),
    "reset behind its certificate": Case(
        lambda w: certificate_then(w.server.der, reset=True),
        "probe.handshake.completed",
        "Geen verbinding met de ander: hij verbreekt de verbinding zonder te zeggen waarom.",
        "No connection with the other side: it ends the connection and does not say why.",
    ),
    "nonsense behind its certificate": Case(
        lambda w: certificate_then(w.server.der, b"\x0c\x00\x00\x04\xff\xff\xff\xff"),
        "probe.handshake.completed",
        "Geen verbinding met de ander: van wat hij stuurt is geen verbinding te maken (OpenSSL zegt: ",
        "No connection with the other side: of what it sends no connection can be made (OpenSSL says: ",
    ),
    "drips": Case(
        lambda _: drips,
        "probing.error.timeout",
        "{peer} antwoordde niet, of zo langzaam dat de tijd om was.",
        "{peer} did not answer, or so slowly that the time was over.",
        how=lambda _: {"seconds": 0.5},
    ),
    "never answers": Case(
        lambda _: says(),
        "probing.error.timeout",
        "{peer} antwoordde niet, of zo langzaam dat de tijd om was.",
        "{peer} did not answer, or so slowly that the time was over.",
        how=lambda _: {"seconds": 0.5},
    ),
    "reset in the handshake": Case(
        lambda _: resets,
        "probing.error.closed",
        "De verbinding met {peer} is midden in de TLS-handshake verbroken, zonder dat gezegd werd waarom.",
        "The connection with {peer} ended in the middle of the TLS handshake, and it was not said why.",
    ),
    "ten megabytes of certificates": Case(
        lambda _: floods,
        "probing.error.too_large",
        "{peer} stuurt meer dan een handshake groot is: er is gestopt met lezen.",
        "{peer} sends more than a handshake holds: reading was stopped.",
    ),
    "noise": Case(
        lambda _: says(b"\xff" * 40),
        "probing.error.not_tls",
        "{peer} spreekt op deze poort geen TLS.",
        "{peer} speaks no TLS on this port.",
    ),
    "noise in a record": Case(
        lambda _: says(b"\x16\x03\x03\x00\x04\xff\xff\xff\xff"),
        "probing.error.protocol",
        "Van wat {peer} stuurt is geen TLS-verbinding te maken (OpenSSL zegt: unexpected message).",
        "Of what {peer} sends no TLS connection can be made (OpenSSL says: unexpected message).",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_wrong_peer_gets_the_right_sentence(world: World, name: str) -> None:
    case = CASES[name]
    with listening(case.peer(world)) as port:
        told, code = _told(case, world, port)
    assert code == case.code, told
    for language in LANGUAGES:
        wanted = getattr(case, language).format(peer=f"{HOST}:{port}")
        assert told[language].startswith(wanted), told[language]


def _told(case: Case, world: World, port: int) -> tuple[dict[Language, str], str]:
    try:
        result = tried(port, world, **case.how(world))
    except PkitoolsError as error:
        return {language: error_sentence(error, language) for language in LANGUAGES}, error.code
    outcome = first(result)
    assert outcome is not None, result.report
    assert result.report.verdict is case.verdict, result.report
    assert_valid(probe_document(result), "probe-v1")
    return {language: why(outcome, language, NOW) for language in LANGUAGES}, outcome.rule.code


# -- good ones ---------------------------------------------------------------------------------------------------------


def test_a_good_server_raises_no_alarm(world: World) -> None:
    with listening(TLS(identity=world.server)) as port:
        result = tried(port, world)
        assert fetch_chain(HOST, port, allow_net=LOOPBACK) == result.seen.handshake.certificates
    assert result.report.verdict is Verdict.PASSED
    assert result.report.worst is not None
    assert result.report.worst < Severity.WARNING, result.report
    assert result.seen.handshake.certificates == (world.server.der, *(one.der for one in world.server.intermediates))
    assert result.seen.versions == {
        TLSVersion.TLS_1_0: Offered.NO,
        TLSVersion.TLS_1_1: Offered.NO,
        TLSVersion.TLS_1_2: Offered.YES,
        TLSVersion.TLS_1_3: Offered.YES,
    }


@pytest.mark.parametrize("newest", [SSL.TLS1_2_VERSION, SSL.TLS1_3_VERSION])
@pytest.mark.parametrize("named", [True, False], ids=["issuers named", "no issuer named"])
def test_a_good_client_is_taken_and_raises_no_alarm(world: World, newest: int, named: bool) -> None:
    names = [authority.certificate for authority in world.pki] if named else []
    server = world.asking(names=names, versions=(SSL.TLS1_2_VERSION, newest))
    with listening(server) as port:
        result = tried(port, world, client=shown(world.client))
    assert result.seen.taken is Taken.YES
    assert result.seen.handshake.sent
    assert len(result.seen.handshake.issuers) == len(names)
    assert result.report.verdict is Verdict.PASSED
    assert result.report.worst is not None
    assert result.report.worst < Severity.WARNING, result.report
    document = probe_document(result)
    assert_valid(document, "probe-v1")
    assert "PRIVATE KEY" not in str(document) + repr(result)


def page(status: str, told: str = "") -> bytes:
    """What a web server answers when it is asked for a page."""
    return f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\n\r\n<html><h2>{told}</h2></html>".encode()


PAGES: dict[str, tuple[bytes, Taken, Verdict]] = {
    "403.7": (page("403 Forbidden", "HTTP Error 403.7 - Client certificate required."), Taken.REFUSED, FAILED),
    "403.12": (
        page("403 Forbidden", "HTTP Error 403.12 - Mapper denied access."),
        Taken.REFUSED,
        FAILED,
    ),
    "403.13": (
        page("403 Forbidden", "HTTP Error 403.13 - Client certificate revoked."),
        Taken.REFUSED,
        FAILED,
    ),
    "403.16": (
        page("403 Forbidden", "403.16 - Forbidden: Client certificate is ill-formed or is not trusted by the server."),
        Taken.REFUSED,
        FAILED,
    ),
    "403.17": (
        page("403 Forbidden", "HTTP Error 403.17 - Client certificate has expired or is not yet valid."),
        Taken.REFUSED,
        FAILED,
    ),
    "495": (page("495 SSL Certificate Error"), Taken.REFUSED, FAILED),
    "403 of what nobody says": (page("403 Forbidden"), Taken.UNKNOWN, Verdict.INDETERMINATE),
    "401": (page("401 Unauthorized"), Taken.UNKNOWN, Verdict.INDETERMINATE),
    "400 of what nobody says": (page("400 Bad Request"), Taken.UNKNOWN, Verdict.INDETERMINATE),
    "500": (page("500 Internal Server Error"), Taken.UNKNOWN, Verdict.INDETERMINATE),
    "503 that names the certificate": (
        page("503 Service Unavailable", "Client certificate revoked"),
        Taken.REFUSED,
        FAILED,
    ),
    "403 behind an early answer": (
        b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n" + page("403 Forbidden"),
        Taken.UNKNOWN,
        Verdict.INDETERMINATE,
    ),
    "403 behind a line too many": (b"\r\n" + page("403 Forbidden"), Taken.UNKNOWN, Verdict.INDETERMINATE),
    "421": (page("421 Misdirected Request"), Taken.UNKNOWN, Verdict.INDETERMINATE),
    "200 behind an early answer": (b"HTTP/1.1 100 Continue\r\n\r\n" + page("200 OK"), Taken.YES, Verdict.PASSED),
    "no HTTP": (b"220 mail\r\n", Taken.YES, Verdict.PASSED),
    "404": (page("404 Not Found"), Taken.YES, Verdict.PASSED),
    "302": (page("302 Found"), Taken.YES, Verdict.PASSED),
    "a page about it": (page("200 OK", "Client certificate revoked"), Taken.YES, Verdict.PASSED),
}


@pytest.mark.parametrize("name", PAGES)
def test_what_the_page_says_of_the_certificate(world: World, name: str) -> None:
    """A web server may refuse only there; of a page that is refused to who knows whom nothing follows."""
    told, taken, verdict = PAGES[name]
    with listening(world.asking(page=told)) as port:
        result = tried(port, world, client=shown(world.client))
    assert (result.seen.taken, result.report.verdict) == (taken, verdict)
    said = {
        "is_page_denied": "Of dat om het certificaat is of voor iedereen geldt",
        "is_page_failed": "er is daar een storing",
    }
    open_left = [said[each] for each in said if getattr(result.seen, each)]
    assert len(open_left) == (verdict is Verdict.INDETERMINATE)
    if open_left:
        assert (outcome := first(result)) is not None
        assert open_left[0] in why(outcome, "nl", NOW)


@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
def test_every_status_of_a_page_has_its_meaning(version: str) -> None:
    """Who could not answer took nobody: of the statuses only success, a way on and what is not there are a yes."""
    shaken = Handshake(completed=True, version=version, asks=True, sent=True, settled=True, asked=True)
    told = {status: taken_by(replace(shaken, answer=page(f"{status} X").decode())) for status in range(200, 600)}
    there = {404, 405, 406, 410}
    assert {told[status] for status in (*range(200, 400), *there)} == {Taken.YES}
    assert {told[status] for status in {*range(400, 600)} - there - {495, 496}} == {Taken.UNKNOWN}
    assert {told[status] for status in (495, 496)} == {Taken.REFUSED}


SILENCE: dict[str, dict[str, Any]] = {
    "it never answers": {"after": None},
    "it goes away": {"leaves": True},
    "it breaks off in the status": {"page": b"HTTP/1.1 40"},
    "it says only that it goes on": {"page": b"HTTP/1.1 100 Continue\r\n\r\n"},
}


@pytest.mark.parametrize("version", [SSL.TLS1_2_VERSION, SSL.TLS1_3_VERSION], ids=["TLS 1.2", "TLS 1.3"])
@pytest.mark.parametrize("name", SILENCE)
def test_who_gives_no_answer_is_not_said_to_take_the_certificate(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str, version: int
) -> None:
    """A server may refuse after the handshake: later than anybody waits, or without a word."""
    monkeypatch.setattr("pkitools.probing.handshake.PAGE_SECONDS", 0.2)
    with listening(world.asking(versions=(SSL.TLS1_2_VERSION, version), **SILENCE[name])) as port:
        result = tried(port, world, client=shown(world.client))
    assert (result.seen.taken, result.report.verdict) == (Taken.UNKNOWN, Verdict.INDETERMINATE)
    assert result.seen.is_page_silent
    assert (outcome := first(result)) is not None
    assert "Of de ander uw certificaat aannam, is daarom niet bekend" in why(outcome, "nl", NOW)


def test_a_refusal_that_comes_late_is_waited_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Longer than for what comes behind it."""
    monkeypatch.setattr("pkitools.probing.handshake._HEARD_SECONDS", 0.05)
    with listening(world.asking(page=REFUSES, after=0.3)) as port:
        result = tried(port, world, client=shown(world.client))
    assert (result.seen.taken, result.report.verdict) == (Taken.REFUSED, FAILED)


def warning_of(world: World, alert: int) -> TLS:
    """A peer of TLS 1.2 that warns with an alert, and goes on with the handshake."""
    return world.asking(
        versions=(SSL.TLS1_2_VERSION, SSL.TLS1_2_VERSION),
        before=lambda connected: connected.sendall(bytes([21, 3, 3, 0, 2, 1, alert])),
    )


def test_a_peer_that_only_warns_refuses_nobody(world: World) -> None:
    """Java and Apache say so that they do not know the name that was asked for, and go on with the handshake."""
    with listening(warning_of(world, 112)) as port:
        result = tried(port, world, client=shown(world.client))
    assert (result.seen.taken, result.report.verdict) == (Taken.YES, Verdict.PASSED)
    assert result.seen.handshake.alert is None


def test_a_peer_that_warns_of_the_certificate_does_not_take_it(world: World) -> None:
    """It serves the page nevertheless, as to who has none."""
    with listening(warning_of(world, 48)) as port:
        result = tried(port, world, client=shown(world.client))
    assert (result.seen.taken, result.report.verdict) == (Taken.REFUSED, Verdict.FAILED)
    assert result.seen.handshake.completed


def test_a_warning_with_which_a_peer_stops_is_its_reason(world: World) -> None:
    def stops(connected: socket.socket) -> None:
        connected.recv(4096)
        connected.sendall(bytes([21, 3, 3, 0, 2, 1, 112]))
        connected.shutdown(socket.SHUT_WR)
        connected.recv(4096)

    with listening(stops) as port:
        result = tried(port, world)
    assert result.seen.handshake.alert is not None
    assert result.seen.handshake.alert.name == "unrecognized_name"


def test_who_stops_before_that_is_not_said_to_ask_for_no_certificate(world: World) -> None:
    with listening(says(b"\x15\x03\x03\x00\x02\x02\x70")) as port:
        result = tried(port, world, client=shown(world.client))
    assert result.seen.taken is Taken.UNKNOWN
    assert "probe.client.asked" not in result.report.codes()
    assert {"probe.client.asked", "probe.client.accepted"} <= {o.rule.code for o in result.report.not_checked}


def test_only_the_first_certificate_is_that_of_the_other_side(world: World) -> None:
    """What stands behind it and belongs to no chain is told, and judged for no host."""
    stranger = world.other.issue(moment=NOW, common_name="elders.example", dns=["elders.example"])
    with listening(TLS(identity=world.server, chain=[*world.server.intermediates, stranger])) as port:
        result = tried(port, world)
    assert result.report.verdict is Verdict.PASSED, result.report
    assert result.seen.lacking == ()
    (found,) = (o for o in result.report.findings if o.rule.code == "probe.server.extra")
    assert "TRIAL elders.example" in why(found, "nl", NOW)


def test_a_server_that_shows_an_authority_is_judged_by_that(world: World) -> None:
    tsp = world.pki["g4-tls-tsp"].certificate
    with listening(certificate_then(tsp.der, b"\x0c\x00\x00\x04\xff\xff\xff\xff")) as port:
        theirs = tried(port, world).theirs
    assert theirs is not None
    assert [one.facts.der for one in theirs.results] == [tsp.der]


def test_a_page_that_drips_keeps_nothing_from_being_known(world: World) -> None:
    with listening(world.asking(page=b"HTTP/1.1 200 OK\r\n\r\n", drips=True)) as port:
        result = tried(port, world, client=shown(world.client))
    assert (result.seen.taken, result.report.verdict) == (Taken.YES, Verdict.PASSED)


def test_a_program_that_never_ends_its_answer_is_ended(tmp_path: Path) -> None:
    """A peer may send what it likes behind the handshake, and the program that is asked passes it on."""
    endless = tmp_path / "openssl"
    endless.write_text("#!/bin/sh\nexec yes 'Requested Signature Algorithms: RSA+SHA256'\n")
    endless.chmod(0o700)
    found = asked_signatures(ip_address("127.0.0.1"), 9, HOST, seconds=PATIENCE, program=str(endless))
    assert found is not None
    assert found.asked == ("RSA+SHA256",)


def test_of_a_server_only_those_systems_ask_that_speak_of_servers(world: World) -> None:
    with listening(TLS(identity=world.server)) as port:
        result = tried(port, world, systems=["digid-machtigen", "digikoppeling"])
    assert result.for_systems == ("digikoppeling",)
    assert result.theirs is not None
    assert "system.eku.client_auth" not in {outcome.rule.code for outcome in result.theirs.report.outcomes}
    assert "system.eku.server_auth" in {outcome.rule.code for outcome in result.theirs.report.outcomes}


def test_where_nobody_said_it_the_hierarchy_says_the_environment(world: World) -> None:
    with listening(TLS(identity=world.server)) as port:
        result = tried(port, world, environment=None)
    assert (result.environment, result.is_guessed) == ("preproduction", True)


DIALOGS: dict[str, Behave] = {
    "smtp": dialog(
        (b"EHLO ", b"250-mail\r\n250 STARTTLS\r\n"), (b"STARTTLS\r\n", b"220 go\r\n"), greeting=b"220-a\r\n220 b\r\n"
    ),
    "imap": dialog((b"a1 STARTTLS\r\n", b"* note\r\na1 OK begin\r\n"), greeting=b"* OK ready\r\n"),
    "pop3": dialog((b"STLS\r\n", b"+OK begin\r\n"), greeting=b"+OK ready\r\n"),
    "ftp": dialog((b"AUTH TLS\r\n", b"234 begin\r\n"), greeting=b"220 ready\r\n"),
    "ldap": dialog((b"0\x1d\x02\x01\x01w", bytes.fromhex("300c02010178070a010004000400"))),
    "postgres": dialog((b"\x00\x00\x00\x08\x04\xd2\x16\x2f", b"S")),
}


@pytest.mark.parametrize("protocol", DIALOGS)
def test_tls_is_asked_for_as_each_protocol_does(world: World, protocol: str) -> None:
    with listening(TLS(identity=world.server, before=DIALOGS[protocol])) as port:
        assert fetch_chain(HOST, port, starttls=protocol, allow_net=LOOPBACK)[0] == world.server.der


def test_every_protocol_is_tried_here() -> None:
    assert set(DIALOGS) == set(starttls_protocols())


# -- a second judge ----------------------------------------------------------------------------------------------------


@contextmanager
def s_server(*words: str) -> Iterator[int]:
    """A server of ``openssl``, which says when it listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert process.stdout is not None
        while (line := process.stdout.readline()) and not line.startswith(b"ACCEPT"):
            pass
        yield port
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def files(world: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("peers")
    contents = {
        "server.pem": world.server.pem,
        "chain.pem": b"".join(one.pem for one in world.server.intermediates),
        "server.key": world.server.key_pem,
        "roots.pem": world.pki.trust_pem(),
    }
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    return {name: folder / name for name in contents}


needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


def server_words(files: dict[str, Path], *more: str) -> list[str]:
    words = ["-cert", "server.pem", "-cert_chain", "chain.pem", "-key", "server.key", "-CAfile", "roots.pem"]
    return [str(files.get(word, word)) for word in words] + ["-Verify", "3", *more]


@needs_openssl
@pytest.mark.interop
@pytest.mark.parametrize(
    ("asked", "takes"),
    [("RSA+SHA256:RSA+SHA512", Offered.NO), ("RSA-PSS+SHA512:RSA+SHA256", Offered.YES)],
)
def test_what_signatures_are_asked_is_known_from_openssl(
    world: World, files: dict[str, Path], asked: str, takes: Offered
) -> None:
    with s_server(*server_words(files, "-tls1_2", "-client_sigalgs", asked)) as port:
        result = tried(port, world)
    assert result.seen.signatures is not None
    assert list(result.seen.signatures.asked) == asked.split(":")
    assert result.seen.takes_pss is takes
    codes = result.report.codes()
    assert ("probe.signature.pss" in codes) == (takes is Offered.NO)
    if takes is Offered.NO:
        (found,) = [o for o in result.report.findings if o.rule.code == "probe.signature.pss"]
        assert why(found, "nl", NOW).startswith(
            "De ander neemt geen RSASSA-PSS aan. De ander noemt voor clients alleen: RSA"
        )
        assert why(found, "en", NOW).startswith(
            "The other side takes no RSASSA-PSS. Of clients the other side names only"
        )


@needs_openssl
@pytest.mark.interop
@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_openssl_sees_what_we_see(world: World, files: dict[str, Path], version: str) -> None:
    """The certificates, the version, the cipher and the issuers named, asked of openssl s_client."""
    with s_server(*server_words(files, version)) as port:
        result = tried(port, world)
        told = subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-servername", HOST, "-showcerts"],
            input=b"",
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        ).stdout.decode()
    shaken = result.seen.handshake
    blocks = [block.partition("-----END")[0] for block in told.split("-----BEGIN CERTIFICATE-----")[1:]]
    chain = [base64.b64decode("".join(block.split())) for block in blocks]
    assert tuple(chain[: len(shaken.certificates)]) == shaken.certificates
    assert f"{shaken.version}, Cipher is {shaken.cipher}" in told
    assert shaken.asks
    assert ("Acceptable client certificate CA names" in told) == bool(shaken.issuers)
    for name in shaken.issuers:
        assert name.common_name is not None
        assert name.common_name in told


def test_without_openssl_what_is_asked_is_not_known(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with listening(world.asking()) as port:
        result = tried(port, world)
    assert result.seen.signatures is None
    assert result.seen.takes_pss is Offered.UNKNOWN
    assert "probe.signature.pss" in {outcome.rule.code for outcome in result.report.not_checked}


NGINX = """\
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/tmp; proxy_temp_path {folder}/tmp; fastcgi_temp_path {folder}/tmp;
    uwsgi_temp_path {folder}/tmp; scgi_temp_path {folder}/tmp;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {folder}/server.pem; ssl_certificate_key {folder}/server.key;
        ssl_verify_client on; ssl_verify_depth 5; ssl_client_certificate {folder}/clients.pem;
        location / {{ return 200 "in"; }}
    }}
}}
"""


@pytest.fixture(scope="module")
def nginx_port(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """nginx as its manual sets it up: it completes each handshake, and refuses a client on its page."""
    program = judge("nginx")
    folder = tmp_path_factory.mktemp("nginx")
    (folder / "tmp").mkdir()
    (folder / "server.pem").write_bytes(world.server.chain_pem)
    (folder / "server.key").write_bytes(world.server.key_pem)
    (folder / "clients.pem").write_bytes(world.pki.trust_pem())
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port))
    process = subprocess.Popen([program, "-e", f"{folder}/start.log", "-p", str(folder), "-c", f"{folder}/nginx.conf"])
    try:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.02)
        yield port
    finally:
        process.terminate()
        process.wait()


@pytest.mark.interop
def test_nginx_refuses_on_its_page_and_that_is_told(world: World, nginx_port: int) -> None:
    good = tried(nginx_port, world, client=shown(world.client))
    assert (good.seen.taken, good.report.verdict) == (Taken.YES, Verdict.PASSED)
    nobody = tried(nginx_port, world)
    assert nobody.seen.handshake.asks
    assert not nobody.seen.handshake.is_refused
    stranger = tried(nginx_port, world, client=shown(world.other.issue(moment=NOW)))
    assert stranger.seen.handshake.completed
    assert stranger.seen.taken is Taken.REFUSED
    assert first(stranger) is not None
    without = tried(nginx_port, world, client=shown(world.client, whole=False))
    assert without.seen.taken is Taken.WITH_CHAIN


# -- anything ----------------------------------------------------------------------------------------------------------


class Scripted(Channel):
    """A peer that has said all of it before."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.peer, self.received, self._pieces = "peer:1", 0, pieces

    def send(self, data: bytes) -> None:
        """Nobody listens."""

    def receive(self, seconds: float | None = None) -> bytes:
        return self._pieces.pop(0) if self._pieces else b""


HELLO = bytes.fromhex("1603030030 0200002c 0303") + bytes(32) + bytes.fromhex("00 c02f 00 0004 ff01 0001 00")[:8]


@given(st.lists(st.binary(min_size=1, max_size=300), max_size=6), st.booleans())
def test_whatever_a_peer_sends_gives_a_handshake_or_an_error_of_ours(pieces: list[bytes], begun: bool) -> None:
    records = [b"\x16\x03\x03" + len(piece).to_bytes(2, "big") + piece for piece in pieces] if begun else pieces
    said = ""
    try:
        seen = shake_hands(Scripted(([HELLO] if begun else []) + records), HOST, listen=True, page=HOST)
        assert not seen.completed
        assert seen.is_refused
    except ProbeError as error:
        said = str(error)
    assert visible(said) == said


@given(st.lists(st.binary(min_size=1, max_size=60), max_size=6), st.sampled_from(starttls_protocols()))
def test_whatever_is_said_before_tls_gives_an_error_of_ours(pieces: list[bytes], protocol: str) -> None:
    with suppress(ProbeError):
        ask_for_tls(Scripted(list(pieces)), protocol)


@examples(20)
@given(st.text(max_size=200))
def test_whatever_openssl_says_is_read(told: str) -> None:
    found = read_s_client(told)
    assert found is None or isinstance(found.asked, tuple)


# -- who is not asked --------------------------------------------------------------------------------------------------


def test_a_private_address_is_asked_only_when_it_is_allowed(world: World) -> None:
    asked: list[socket.socket] = []
    with listening(asked.append) as port, pytest.raises(ProbeError) as caught:
        tried(port, world, allow_net=())
    assert caught.value.fault is ProbeFault.ADDRESS
    assert not asked


def test_nobody_listens(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(ProbeError) as caught:
        tried(port, world)
    assert caught.value.fault is ProbeFault.CONNECT


@in_one_test
@pytest.mark.parametrize(
    "host", ["", " ", "a b", "-a.nl", "0x7f.1", "2130706433", "a" * 300, "a\r\nb", "exa_mple..nl", "é" * 80]
)
def test_what_is_no_host_is_asked_of_nobody(host: str) -> None:
    with pytest.raises(InvalidValueError, match="no host name"):
        fetch_chain(host, 443)


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_what_is_no_port_is_asked_of_nobody(port: int) -> None:
    with pytest.raises(InvalidValueError, match="is no port"):
        fetch_chain(HOST, port)


def test_no_first_byte_is_taken_for_tls_but_those_of_a_record() -> None:
    taken = [first for first in range(256) if spoken(bytes([first]) + b"\x03\x03") is None]
    assert taken == [0x14, 0x15, 0x16, 0x17]
