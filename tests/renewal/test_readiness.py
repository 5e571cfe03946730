"""Whether a peer is ready for G4: what the difference between two clients proves, and what nothing proves."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

pytest.importorskip("OpenSSL", reason="pyOpenSSL is not installed")

from OpenSSL import SSL

from pkitools.frozen import replace
from pkitools.messages import LANGUAGES
from pkitools.probing import Alert, AskedSignatures, Handshake, Observation, Offered, Taken
from pkitools.renewal import Readiness
from pkitools_test_pki.clients import TwinClients, twin_clients
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.pki import PKI, build
from tests.support.answers import commands, parse
from tests.support.cases import in_one_test
from tests.support.command import Command
from tests.support.keys import SHARED_KEYS
from tests.support.peers import TLS, Behave, listening, says
from tests.support.schemas import assert_valid

NOW = datetime.now(UTC).replace(microsecond=0)
PSS_OID = "1.2.840.113549.1.1.10"

# -- what is proven ---------------------------------------------------------------------------------------------------

ALERTS = (None, Alert(48, "unknown_ca"), Alert(43, "unsupported_certificate"), Alert(42, "bad_certificate"))
SHOWN = [taken for taken in Taken if taken is not Taken.NOT_GIVEN]


def observed(taken: Taken, alert: Alert | None, asked: tuple[str, ...] = ()) -> Observation:
    handshake = Handshake(asks=taken is not Taken.NOT_ASKED, version="TLSv1.3", alert=alert)
    signatures = AskedSignatures(asked) if asked else None
    return Observation("localhost", 1, "127.0.0.1", "", handshake, {}, taken=taken, signatures=signatures)


def test_only_a_difference_proves_that_it_does_not_work() -> None:
    took = {Taken.YES, Taken.WITH_CHAIN}
    for taken, alert, other, control_alert in product(SHOWN, ALERTS, (None, *SHOWN), ALERTS):
        control = None if other is None else observed(other, control_alert)
        found = Readiness(observed(taken, alert), control).certificate
        if taken in took:
            assert found is Offered.YES
        elif taken not in {Taken.REFUSED, Taken.NOT_SENT} or other is None:
            assert found is Offered.UNKNOWN
        elif other in took:
            assert found is Offered.NO
        else:
            differs = alert is not None and alert.name != "unknown_ca"
            trusted = control_alert is not None and control_alert.name == "unknown_ca"
            assert found is (Offered.NO if differs and trusted else Offered.UNKNOWN)
        unknown_root = Readiness(observed(taken, alert), control, strangers=True)
        assert unknown_root.certificate is (Offered.UNKNOWN if taken in took else found), "who takes it verifies nobody"
        assert unknown_root.answer is not Offered.YES
        if taken is other and alert == control_alert:
            assert found is not Offered.NO, "the same twice"


@in_one_test
@pytest.mark.parametrize(
    ("asked", "taken", "answer"),
    [
        (("RSA-PSS+SHA512", "RSA+SHA256"), Taken.REFUSED, Offered.UNKNOWN),
        (("RSA+SHA256",), Taken.REFUSED, Offered.NO),
        (("RSA+SHA256",), Taken.YES, Offered.YES),
        (("RSA-PSS+SHA256",), Taken.YES, Offered.YES),
        ((), Taken.YES, Offered.YES),
        ((), Taken.REFUSED, Offered.UNKNOWN),
    ],
)
def test_what_is_asked_of_signatures_counts(asked: tuple[str, ...], taken: Taken, answer: Offered) -> None:
    assert Readiness(observed(taken, None, asked), None).answer is answer
    stranger = Readiness(observed(taken, None, asked), None, strangers=True)
    assert stranger.answer is (Offered.UNKNOWN if answer is Offered.YES else answer)


# -- the two clients --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def twins() -> TwinClients:
    return twin_clients(NOW, keys=SHARED_KEYS)


def test_the_clients_differ_in_nothing_but_the_signatures(twins: TwinClients) -> None:
    for mine, other in zip(twins.pss.path, twins.pkcs1.path, strict=True):
        assert mine.facts.signature_algorithm.oid == PSS_OID
        assert other.facts.signature_algorithm.name == "sha256WithRSAEncryption"
        for part in ("subject", "issuer", "public_key", "not_before", "not_after", "key_usage", "extended_key_usage"):
            assert getattr(mine.facts, part) == getattr(other.facts, part)
    assert twins.pss.facts.public_key.label == "RSA 3072"


@pytest.mark.slow
def test_each_run_has_keys_of_its_own() -> None:
    first, second = (twin_clients(NOW).pss.facts.public_key.spki_sha256 for _ in range(2))
    assert first != second


# -- peers ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Judging(TLS):
    """A server that takes a client by what its certificate looks like, and trusts nobody."""

    takes: Callable[[Any], bool] = field(default=lambda _certificate: True)

    def _ask(self, context: SSL.Context) -> None:
        super()._ask(context)
        mode = SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT
        context.set_verify(mode, lambda _connection, shown, *_: self.takes(shown.to_cryptography()))


@pytest.fixture(scope="module")
def pki() -> PKI:
    return build("g4-tls", "g1-private", moment=NOW, keys=SHARED_KEYS)


@pytest.fixture(scope="module")
def server(pki: PKI) -> IssuedCertificate:
    return pki.issue("g4-tls", moment=NOW, dns=["localhost"])


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("PKITOOLS_LANG", "nl")
    return Command(capsys, monkeypatch)


def is_pkcs1(certificate: Any) -> bool:
    return bool(certificate.signature_algorithm_oid.dotted_string != PSS_OID)


def peers(pki: PKI, server: IssuedCertificate) -> Iterator[tuple[str, Behave, int, str]]:
    """Yield what a peer is, the peer, the exit code, and words of the answer."""
    roots = [authority.certificate for authority in pki.roots]
    yield (
        "asks nothing",
        TLS(identity=server),
        11,
        "Nu: Vraag de beheerder van de andere kant of tweezijdige TLS op dit",
    )
    unknown_name = says(b"\x15\x03\x03\x00\x02\x02\x70")
    yield "stops at once", unknown_name, 11, "er komt geen verbinding. Nu: Kijk eerst waarom er geen verbinding komt:"
    yield "trusts others", TLS(identity=server, trusts=roots), 11, "(unknown_ca): de root is er niet bekend"
    anyone = "het neemt een clientcertificaat waarvan het de uitgever niet kan kennen."
    yield "takes all", Judging(identity=server, trusts=roots), 11, anyone
    old = (SSL.TLS1_2_VERSION, SSL.TLS1_2_VERSION)
    yield "takes all, 1.2", Judging(identity=server, trusts=roots, versions=old), 11, anyone
    yield "takes no pss", Judging(identity=server, trusts=roots, takes=is_pkcs1), 10, "NIET klaar"
    newest = (SSL.TLS1_2_VERSION, SSL.TLS1_2_VERSION)
    yield "takes no pss, 1.2", Judging(identity=server, trusts=roots, takes=is_pkcs1, versions=newest), 10, "NIET klaar"
    for shape, words in (("g4-tls", "ja: TRIAL PKIoverheid - G4 Root"), ("g1-private", "geen van G4")):
        named = [root for root in roots if ("G4" in root.facts.subject.text) is (shape == "g4-tls")]
        yield f"names {shape}", Judging(identity=server, trusts=roots, names=named), 11, words


@pytest.mark.slow
def test_each_peer_gets_its_answer(
    run: Command, pki: PKI, server: IssuedCertificate, twins: TwinClients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pkitools_test_pki.clients.twin_clients", lambda _moment: twins)  # keys take a second
    for name, peer, code, words in peers(pki, server):
        with listening(peer) as port:
            asked = ("g4", "probe", f"localhost:{port}", "--allow-net", "127.0.0.0/8")
            ran = run(*asked)
            assert (name, ran.code) == (name, code), ran.told + ran.err
            assert words in ran.told, name
            assert ("dat hoort zo" in ran.told) is (name == "trusts others"), (
                "where one is taken it is no matter of trust"
            )
            for step in commands(ran.out):
                parse(step)
            assert [row for row in ran.out.splitlines() if len(row) > 80 and " " in row.strip()] == []
            if name in {"asks nothing", "takes no pss", "takes all"}:
                document = run(*asked, "--json").document
                assert_valid(document, "g4-probe-v1")
                assert document["ready"] == {10: "no", 11: "unknown"}[code]


@pytest.mark.slow
def test_what_is_no_tls_or_not_to_be_asked_is_said(
    run: Command, twins: TwinClients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pkitools_test_pki.clients.twin_clients", lambda _moment: twins)
    with listening(says(b"SSH-2.0-OpenSSH_9\r\n", heard=False)) as port:
        for language in LANGUAGES:
            ran = run("--lang", language, "g4", "probe", f"localhost:{port}", "--allow-net", "127.0.0.0/8")
            assert (ran.code, ran.out) == (1, "")
        assert run("g4", "probe", f"localhost:{port}").code == 1
        assert run("g4", "probe", f"localhost:{port}", "--offline").code == 1
        with socket.create_server(("127.0.0.1", 0)) as closed:
            nobody = closed.getsockname()[1]
        assert run("g4", "probe", f"localhost:{nobody}", "--allow-net", "127.0.0.0/8").code == 1
    assert run("g4", "probe", "https://user@host").code == 2
    assert run("g4", "probe", "localhost:1", "--starttls", "gopher").code == 2


def test_a_readiness_is_a_value() -> None:
    found = Readiness(observed(Taken.REFUSED, ALERTS[1]), None)
    assert found == replace(found)
