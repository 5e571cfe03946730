"""``pkitools probe``: exit codes, both languages, JSON, and what it is given."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from pkitools_test_pki.issued import IssuedCertificate, pem
from pkitools_test_pki.pki import PKI, build
from pkitools_test_pki.self_signed import self_signed
from tests.support.command import Command
from tests.support.effort import PATIENCE
from tests.support.keys import SHARED_KEYS
from tests.support.peers import TLS, Proxy, listening, says, sends
from tests.support.schemas import assert_valid

NOW = datetime.now(UTC).replace(microsecond=0)
ANSWER_ROWS = 12
MESSAGES = Path(__file__).parents[2] / "cli" / "pkitools_cli" / "messages"


def locked(issued: IssuedCertificate) -> bytes:
    """The key of a certificate, encrypted."""
    assert issued.key is not None
    return issued.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"geheim123"))


class World:
    """A server that asks for a client certificate, and the files of its clients."""

    def __init__(self, folder: Path, pki: PKI, server: IssuedCertificate, port: int, other: int) -> None:
        self.folder, self.pki, self.port, self.other = folder, pki, port, other
        self.server = server
        self.client = pki.issue(moment=NOW)
        files = {
            "roots.pem": pki.trust_pem(),
            "client.chain.pem": self.client.chain_pem,
            "client.pem": self.client.pem,
            "client.key": self.client.key_pem,
            "locked.key": locked(self.client),
            "phrase": b"geheim123\n",
            "both.pem": self.client.chain_pem + self.client.key_pem,
            "stranger.key": pki.issue(moment=NOW).key_pem,
        }
        for name, data in files.items():
            (folder / name).write_bytes(data)
            (folder / name).chmod(0o600)
        for name, der in pki.crls(moment=NOW).items():
            (folder / "crl").mkdir(exist_ok=True)
            (folder / "crl" / f"{name}.crl").write_bytes(der)

    def words(self, *more: object, port: int | None = None, environment: str = "preproduction") -> list[object]:
        asked = ["probe", f"localhost:{port or self.port}", "--allow-net", "127.0.0.0/8"]
        return [*asked, "--trust", "roots.pem", "--crl", "crl", "-e", environment, *more]

    def client_words(self, certificate: str = "client.chain.pem", key: str | None = "client.key") -> list[object]:
        words: list[object] = ["--client-cert", certificate]
        return [*words, "--client-key", key] if key else words


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    pki = build("g4-tls", moment=NOW, keys=SHARED_KEYS)
    server: IssuedCertificate = pki.issue(moment=NOW, dns=["localhost"])
    asking = TLS(identity=server, trusts=[pki.roots[0].certificate])
    with listening(asking) as port, listening(TLS(identity=server)) as other:
        yield World(tmp_path_factory.mktemp("probe"), pki, server, port, other)


@pytest.fixture(autouse=True)
def beside_its_files(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(world.folder)


@pytest.mark.parametrize(
    ("language", "yes", "verdict"),
    [
        ("nl", "ja, de handshake is gelukt", "GESLAAGD voor preproductie   localhost:"),
        ("en", "yes, the handshake was completed", "PASSED for preproduction   localhost:"),
    ],
)
def test_the_answer_stands_first(run: Command, world: World, language: str, yes: str, verdict: str) -> None:
    ran = run("--lang", language, *world.words(*world.client_words()))
    assert ran.code == 0, ran.out + ran.err
    assert ran.out.startswith(verdict)
    assert yes in ran.out
    assert all(len(line) <= 80 for line in ran.out.splitlines())
    head = ran.out.split("\n\n")[0].splitlines()
    assert len(head) <= ANSWER_ROWS
    assert any(line.startswith(("  Nu ", "  Now ")) for line in head)


@pytest.mark.parametrize(
    ("page", "told"), [("", False), ("/", False), ("/api/v1", True), ("/a?b=c", True), ("/#x", False)]
)
def test_a_page_that_was_named_is_not_passed_over_in_silence(run: Command, world: World, page: str, told: bool) -> None:
    _, _, *rest = world.words()
    ran = run("--lang", "en", "probe", f"https://localhost:{world.other}{page}", *rest)
    assert ran.code == 0, ran.out + ran.err
    assert (f"not {page.partition('?')[0]}" in ran.err) is told
    assert "b=c" not in ran.err
    assert ("were used" in ran.err) is told


def test_who_shows_nothing_is_told_how_to(run: Command, world: World) -> None:
    ran = run("--lang", "nl", *world.words())
    assert ran.code == 11, "of the connection as it is to be nothing was seen"
    assert ran.out.startswith("NIET TE BEPALEN")
    assert "verplicht: zonder certificaat breekt de ander af" in ran.out
    assert "Probeer het met uw certificaat en zijn sleutel:" in ran.out
    assert "--client-cert BESTAND --client-key BESTAND" in " ".join(ran.out.replace("\\", " ").split())


def test_who_shows_nothing_where_all_has_failed_is_not_told_to_show_something(run: Command, world: World) -> None:
    """No certificate of one's own mends that theirs is not trusted: pasted, the command gave the same answer again."""
    words = [word for word in world.words() if word not in {"--trust", "roots.pem"}]
    ran = run("--lang", "nl", *words)
    assert ran.code == 10, ran.out + ran.err
    assert "Nu Kent en vertrouwt u de root van de ander, geef hem dan met --trust" in ran.told
    assert "Probeer het met uw certificaat" not in ran.out.split("\n\n")[0]


@pytest.mark.slow
def test_who_signed_itself_is_not_said_to_be_taken(run: Command) -> None:
    """Also where a system takes such certificates of clients: nobody stands for this one."""
    with listening(TLS(identity=self_signed(moment=NOW, dns=["localhost"], keys=SHARED_KEYS))) as port:
        target = f"localhost:{port}"
        ran = run("--lang", "nl", "probe", target, "--allow-net", "127.0.0.0/8", "-e", "preproduction", "--for", "fsc")
    assert ran.code == 10, ran.out + ran.err
    assert "Neemt u dat van de ander? nee: Het certificaat van de ander is zelfondertekend" in ran.told


@pytest.mark.slow
def test_a_page_that_is_refused_is_no_yes(run: Command, world: World) -> None:
    denies = b"HTTP/1.1 403 Forbidden\r\n\r\n<html></html>"
    with listening(TLS(identity=world.server, trusts=[world.pki.roots[0].certificate], page=denies)) as port:
        ran = run("--lang", "nl", *world.words(*world.client_words(), port=port))
    assert ran.code == 11, ran.out + ran.err
    assert "niet bekend: de handshake is gelukt, maar de pagina / werd geweigerd" in ran.told


@pytest.mark.slow
def test_who_forgets_the_intermediates_is_told_so(run: Command, world: World) -> None:
    ran = run("--lang", "nl", *world.words(*world.client_words("client.pem")))
    # the peer's own root is no PKIoverheid, so that nothing but what was given can complete the chain
    assert ran.code == 10, ran.out + ran.err
    assert "De ander weigert uw certificaat" in ran.out
    ran = run("--lang", "nl", *world.words(*world.client_words("client.pem"), "--chain", "client.chain.pem"))
    assert ran.code == 0, ran.out + ran.err
    # what is trusted may hold them: then it is tried, and known
    (world.folder / "authorities.pem").write_bytes(b"".join(authority.certificate.pem for authority in world.pki))
    ran = run("--lang", "nl", *world.words(*world.client_words("client.pem"), "--trust", "authorities.pem"))
    assert ran.code == 10, ran.out + ran.err
    told = " ".join(ran.out.split())
    assert "De ander neemt uw certificaat pas aan als de tussenliggende certificaten meegaan." in told
    # the command that stands there, pasted, makes the file with which it is taken
    step = re.search(r"pkitools (chain complete client\.pem .* --out (\S+))", told.replace("\\ ", ""))
    assert step, told
    assert run(*shlex.split(step[1])).code == 0
    assert run(*world.words(*world.client_words(step[2]))).code == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "begins", "ends", "told"),
    [
        ("expired", -90, -2, ("Uw certificaat", "is verlopen op", "pkitools csr create --renew")),
        ("not_yet", 30, 90, ("Uw certificaat", "geldt pas vanaf", "de klok")),
        ("alone", -1, 90, ("Zet de tussenliggende certificaten achter uw certificaat", "pkitools chain complete")),
    ],
)
def test_what_is_known_of_ones_own_certificate_comes_before_what_the_alert_may_mean(
    run: Command, world: World, what: str, begins: int, ends: int, told: tuple[str, ...]
) -> None:
    own = world.pki.issue(moment=NOW, not_before=NOW + timedelta(days=begins), not_after=NOW + timedelta(days=ends))
    (world.folder / f"{what}.pem").write_bytes(own.pem if what == "alone" else own.chain_pem)
    (world.folder / f"{what}.key").write_bytes(own.key_pem)
    (world.folder / f"{what}.key").chmod(0o600)
    ran = run("--lang", "nl", *world.words(*world.client_words(f"{what}.pem", f"{what}.key")))
    assert ran.code == 10, ran.out + ran.err
    now = ran.told.partition(" Nu ")[2].partition(" Ook ")[0]
    assert [words for words in told if words not in now] == [], ran.out
    assert "aangemeld" not in now, ran.out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("certificate", "key", "more"),
    [
        ("both.pem", None, ()),
        ("client.chain.pem", "locked.key", ("--passphrase-file", "phrase")),
        ("both.pem", "client.key", ()),
    ],
)
def test_the_key_comes_from_where_it_is(
    run: Command, world: World, certificate: str, key: str | None, more: tuple[str, ...]
) -> None:
    ran = run(*world.words(*world.client_words(certificate, key), *more, "--json"))
    assert ran.code == 0, ran.err
    assert ran.document["client_certificate"]["taken"] == "yes"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cut.crl", ("--crl", "{name}")),
        ("cut.pem", ("--client-cert", "{name}", "--client-key", "client.key")),
        ("cut.chain", ("--client-cert", "client.pem", "--client-key", "client.key", "--chain", "{name}")),
    ],
)
def test_what_cannot_be_read_is_not_passed_over(run: Command, world: World, name: str, words: tuple[str, ...]) -> None:
    """Good beside something unreadable is no more than that."""
    crl = next(iter((world.folder / "crl").iterdir())).read_bytes()
    broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    whole = pem("X509 CRL", crl) if name == "cut.crl" else world.client.chain_pem
    (world.folder / name).write_bytes(
        whole + broken.replace(b"CERTIFICATE", b"X509 CRL" if "crl" in name else b"CERTIFICATE")
    )
    port = world.other if name == "cut.crl" else world.port
    ran = run(*world.words(*(word.format(name=name) for word in words), port=port))
    assert ran.code == 1, ran.out + ran.err


def test_what_was_not_tried_stands_beside_the_verdict(run: Command, world: World) -> None:
    """Of who does without a client certificate, that yours was not tried is beside a connection that is right."""
    asking = TLS(identity=world.server, trusts=[world.pki.roots[0].certificate], required=False)
    with listening(asking) as port:
        ran = run("--lang", "nl", *world.words("--revocation", "off", port=port))
    head = " ".join(ran.out.split("\n\n")[0].split())
    assert head.startswith("GESLAAGD (intrekking niet bekeken; uw certificaat is niet geprobeerd) voor preproductie ")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_what_the_other_side_sends_and_nobody_can_read_is_no_reason_for_calm(
    run: Command, world: World, tmp_path: Path, language: str
) -> None:
    """Every row is told, and nobody hears that there is nothing to do beside a verdict that says nothing."""
    der = world.server.intermediates[0].der
    start = der.index(b"\x17\x0d") + 2  # notBefore
    with listening(sends(tmp_path, world.server, der[:start] + b"9" * 13 + der[start + 13 :])) as port:
        ran = run("--lang", language, *world.words(port=port))
    assert ran.code == 1, ran.out + ran.err
    texts = tomllib.loads((MESSAGES / language / "probe.toml").read_text(encoding="utf-8"))
    assert texts["now.indeterminate"] in ran.told
    assert texts["now.passed"] not in ran.told
    assert texts["unreadable"] in ran.told
    assert texts["row.address"] in ran.told, "what stands last"


@pytest.mark.slow
def test_who_goes_away_after_the_handshake_is_told_of(run: Command, world: World) -> None:
    with listening(TLS(identity=world.server, trusts=[world.pki.roots[0].certificate], leaves=True)) as port:
        ran = run("--lang", "nl", *world.words(*world.client_words(), port=port))
    assert ran.code == 11, ran.out + ran.err
    assert "niet bekend: de handshake is gelukt, maar op de vraag om de pagina / kwam geen antwoord" in ran.told
    assert "Nu Vraag de beheerder van de andere kant wat zijn log zegt, of probeer met uw programma" in ran.told


THEIRS = {
    "expired": (
        {"not_before": NOW - timedelta(days=9), "not_after": NOW - timedelta(days=1)},
        "Aan wie de andere kant",
    ),
    "other host": ({"dns": ["api.example.nl"], "common_name": "api.example.nl"}, "Kijk of dit het adres is dat u"),
    "future": ({"not_before": NOW + timedelta(days=1)}, "Kijk of de klok hier goed staat."),
    "hostile": ({"common_name": "a\x1b[31m"}, "Vertrouw dit certificaat niet, en vraag"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", THEIRS)
def test_nobody_is_told_to_mend_the_certificate_of_another(run: Command, world: World, name: str) -> None:
    deviation, now = THEIRS[name]
    server = world.pki.issue(**{"moment": NOW, "dns": ["localhost"], **deviation})
    with listening(TLS(identity=server)) as port:
        ran = run("--lang", "nl", *world.words(port=port))
    assert ran.code == 10, ran.out + ran.err
    assert f" Nu {now}" in ran.told
    assert "Certificaat van de ander (wat eraan te doen is, is aan wie het beheert)" in ran.told


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_no_secret_reaches_the_program_that_is_asked(
    run: Command, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spy = tmp_path / "openssl"
    spy.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/words\nexec {shutil.which("openssl")} "$@"\n')
    spy.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    words = world.words(*world.client_words("client.chain.pem", "locked.key"), "--passphrase-file", "phrase", "--json")
    ran = run(*words)
    assert ran.code == 0, ran.err
    assert ran.document["client_certificate"]["takes_pss"] == "yes"
    asked = (tmp_path / "words").read_text()
    assert asked.startswith(f"s_client -connect 127.0.0.1:{world.port} ")
    assert not {"client", "key", "phrase", "geheim123", "-cert", "-key", "-pass"} & set(asked.replace(".", " ").split())


def test_a_password_goes_to_the_proxy_and_nowhere_else(
    run: Command, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor to the program that is asked for the signatures: what that is told, others on the machine can read."""
    spy = tmp_path / "openssl"
    spy.write_text(f"#!/bin/sh\ntouch {tmp_path}/asked\n")
    spy.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    asked: list[bytes] = []
    with listening(Proxy(world.port, asked)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:hunter2@127.0.0.1:{proxy}")
        ran = run("--lang", "nl", *world.words())
    assert ran.code == 11, ran.out + ran.err
    assert f"via de proxy 127.0.0.1:{proxy}, die het adres zelf opzoekt" in " ".join(ran.out.split())
    assert all(b"Proxy-Authorization: Basic dXNlcjpodW50ZXIy\r\n" in head for head in asked)
    assert asked
    assert not (tmp_path / "asked").exists()
    assert not any(secret in ran.out + ran.err for secret in ("hunter2", "dXNlcjpodW50ZXIy", "user:"))


def test_the_document(run: Command, world: World) -> None:
    ran = run(*world.words(*world.client_words(), "--json"))
    assert_valid(ran.document, "probe-v1")
    assert ran.document["verdict"] == "passed"
    assert ran.document["client_certificate"]["sent"] == 3
    assert ran.document["connection"]["versions"] == {
        "TLSv1": "no",
        "TLSv1.1": "no",
        "TLSv1.2": "yes",
        "TLSv1.3": "yes",
    }
    assert ran.document["theirs"]["report"]["verdict"] == ran.document["mine"]["report"]["verdict"] == "passed"
    assert "PRIVATE KEY" not in ran.out


@pytest.mark.slow
def test_in_production_a_trial_server_fails(run: Command, world: World) -> None:
    ran = run("--lang", "nl", *world.words(port=world.other, environment="production"))
    assert ran.code == 10
    assert "Certificaat van de ander: " in ran.out


@pytest.mark.slow
def test_without_an_environment_that_of_the_hierarchy_is_taken(run: Command, world: World) -> None:
    words = [word for word in world.words(port=world.other) if word not in {"-e", "preproduction"}]
    ran = run(*words, "--json")
    assert (ran.document["environment"], ran.document["environment_given"]) == ("preproduction", False)
    assert "not given; that of the hierarchy was taken" in run(*words).out


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["http://localhost:1"], 2, "is no HOST:PORT, such as example.nl:443."),
        (["localhost:99999"], 2, "is no HOST:PORT, such as example.nl:443."),
        (["user@localhost:1"], 2, "is no HOST:PORT, such as example.nl:443."),
        (["localhost:{port}", "--client-key", "x"], 2, "--client-key belongs to a certificate"),
        (["localhost:{port}", "--chain", "x"], 2, "--chain belongs to a certificate"),
        (["localhost:{port}", "--starttls", "gopher"], 2, "smtp, imap"),
        (["localhost:{port}", "--for", "nothing"], 2, "nothing"),
        (["localhost:{port}"], 1, "was not asked: its address is not public (localhost is 127.0.0.1)"),
        (["localhost:{port}", "--offline"], 1, "was not asked: the network is off."),
        (["localhost:{port}", "--client-cert", "{folder}/client.pem"], 1, "is not here"),
        (
            ["localhost:{port}", "--client-cert", "{folder}/client.pem", "--client-key", "{folder}/stranger.key"],
            1,
            "does not belong to",
        ),
        (
            ["localhost:{port}", "--client-cert", "{folder}/client.pem", "--client-key", "{folder}/stranger.key"],
            1,
            "Give the key that this certificate was requested with.",  # no option of another command
        ),
    ],
)
def test_what_is_wrong_is_told_before_anybody_is_asked(
    run: Command, world: World, words: list[str], code: int, told: str
) -> None:
    ran = run("probe", *(word.format(port=world.port, folder=world.folder) for word in words))
    assert ran.code == code, ran.out + ran.err
    assert told in " ".join(ran.err.split())
    assert not ran.out


def test_what_a_peer_says_reaches_no_terminal_raw(run: Command) -> None:
    with listening(says(b"\x1b[2J\x07evil\r\n" * 3, heard=False)) as port:
        ran = run("probe", f"localhost:{port}", "--allow-net", "127.0.0.0/8")
    assert ran.code == 1
    assert "\x1b" not in ran.err + ran.out
    assert "\x07" not in ran.err + ran.out


@pytest.mark.slow
def test_offline_opens_no_socket(world: World) -> None:
    program = (
        "import socket, sys\n"
        "def refuse(*a, **k): raise SystemExit(99)\n"
        "socket.socket.__init__ = refuse\nsocket.getaddrinfo = refuse\n"
        "from pkitools_cli.main import main\n"
        f"main(['probe', 'localhost:{world.port}', '--allow-net', '127.0.0.0/8'])\n"
    )
    environment = {**os.environ, "PKITOOLS_OFFLINE": "1"}
    ran = subprocess.run([sys.executable, "-c", program], env=environment, timeout=PATIENCE, check=False)
    assert ran.returncode == 1
