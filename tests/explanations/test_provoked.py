"""The error texts of the programs that are installed, provoked: each is recognised for what it is.

What ``program-errors`` has and no program here shows turns the last test red, so that nothing is claimed of it.
"""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from pkitools.explanations import explain, explanations
from pkitools_cli.main import main
from tests.support.effort import PATIENCE
from tests.support.judges import JAVA as SOON
from tests.support.judges import KEYTOOL, judge
from tests.support.nginx import nginx

pytestmark = pytest.mark.slow

SAID: list[str] = []  # everything that any program said


@dataclass
class World:
    """A test PKI, and certificates of it for localhost."""

    folder: Path
    trust: Path = field(init=False)

    def __post_init__(self) -> None:
        self.trust = self.folder / "pki" / "trust.pem"

    def __truediv__(self, name: str) -> Path:
        return self.folder / name

    def issue(self, name: str, *more: str, dns: str = "localhost") -> None:
        words = ["test-pki", "issue", str(self.folder / "pki"), "--oin", "00000003273229750000", "--dns", dns]
        quietly(*words, "--common-name", dns, "--out", str(self.folder / name), *more)


def quietly(*words: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    assert ended.value.code == 0


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("provoked"))
    world.folder.chmod(0o700)
    quietly("test-pki", "create", str(world / "pki"), "--shape", "g1-private", "--fast")
    world.issue("a")
    world.issue("b")
    world.issue("old", "--days", "1", "--moment", "2025-11-01")
    world.issue("later", "--moment", "2035-01-01", "--days", "10")
    world.issue("other", dns="www.example.nl")
    (world / "all.pem").write_bytes((world / "a.chain.pem").read_bytes() + world.trust.read_bytes())
    (world / "cut.pem").write_bytes((world / "a.pem").read_bytes()[:300])
    (world / "noise").write_bytes(b"<html>404</html>\n")
    (world / "cut.der").write_bytes(b"\x30\x05\x04\x03abc")
    run("openssl", "req", "-x509", "-newkey", "rsa:1024", "-nodes", "-subj", "/CN=localhost",
        "-keyout", world / "weak.key", "-out", world / "weak.pem")  # fmt: skip
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-addext",
        "extendedKeyUsage=codeSigning", "-keyout", world / "self.key", "-out", world / "self.pem")  # fmt: skip
    run("openssl", "pkcs12", "-export", "-in", world / "a.pem", "-inkey", world / "a.key",
        "-passout", "pass:geheim", "-out", world / "a.p12")  # fmt: skip
    locked = world / "locked.key"
    for _ in range(8):  # of 256 keys one is opened by any passphrase as far as its padding tells, and is then no key
        run("openssl", "rsa", "-aes256", "-in", world / "a.key", "-passout", "pass:geheim", "-out", locked)
        if "bad decrypt" in run("openssl", "rsa", "-noout", "-in", locked, "-passin", "pass:fout"):
            break
    run("openssl", "pkcs12", "-export", "-legacy", "-certpbe", "PBE-SHA1-RC2-40", "-keypbe", "PBE-SHA1-RC2-40",
        "-in", world / "a.pem", "-inkey", world / "a.key", "-passout", "pass:geheim",
        "-out", world / "old.p12")  # fmt: skip
    return world


def run(program: str, *arguments: object, stdin: bytes = b"") -> str:
    command = [judge(program), *map(str, arguments)]
    ran = subprocess.run(command, input=stdin, capture_output=True, timeout=PATIENCE, check=False)
    said = (ran.stdout + ran.stderr).decode(errors="replace")
    SAID.append(said)
    return said


def plain(text: str) -> str:
    return re.sub(r"[\s_-]+", " ", text).lower()


def assert_explained(said: str, *expected: str) -> None:
    found = [one.explanation.code for one in explain(said).found]
    assert set(expected) <= set(found), (said, found)


OPENSSL: list[tuple[str, str]] = [
    ("verify {a.pem}", "issuer_unknown"),
    ("verify -CAfile {trust} -partial_chain {a.chain.pem}", "issuer_unknown"),
    ("verify -CAfile {trust} -untrusted {all.pem} {old.pem}", "expired"),
    ("verify -CAfile {trust} -untrusted {all.pem} {later.pem}", "not_yet_valid"),
    ("verify -CAfile {trust} -untrusted {all.pem} -crl_check {a.pem}", "revocation_unknown"),
    ("verify -CAfile {trust} -untrusted {all.pem} -verify_hostname www.voorbeeld.nl {a.pem}", "host_name"),
    ("verify -CAfile {trust} -untrusted {all.pem} -purpose timestampsign {a.pem}", "unsupported_certificate"),
    ("verify -CAfile {a.chain.pem} {a.pem}", "issuer_unknown"),
    ("verify {self.pem}", "self_signed"),
    ("verify -untrusted {all.pem} {a.pem}", "self_signed"),
    ("verify -CAfile {a.pem} -partial_chain -untrusted {b.pem} {other.pem}", "issuer_unknown"),
    ("verify -CAfile {weak.pem} -purpose sslclient -auth_level 3 {weak.pem}", "weak"),
    ("x509 -noout -in {a.key}", "not_pem"),
    ("x509 -noout -in {noise}", "not_pem"),
    ("asn1parse -inform DER -in {noise}", "not_der"),
    ("pkcs12 -export -in {a.pem} -inkey {b.key} -passout pass:x -out /dev/null", "key_mismatch"),
    ("pkcs12 -noout -in {a.p12} -passin pass:fout", "keystore_password"),
    ("pkcs12 -noout -in {old.p12} -passin pass:geheim", "legacy_keystore"),
    ("rsa -noout -in {locked.key} -passin pass:fout", "key_password"),
    ("pkcs12 -noout -in {cut.der} -passin pass:x", "not_der"),
]  # fmt: skip


def filled(line: str, world: World) -> list[str]:
    places = {f"{{{path.name}}}": str(path) for path in world.folder.iterdir()} | {"{trust}": str(world.trust)}
    return [places.get(word, word) for word in line.split()]


@pytest.mark.parametrize(("line", "code"), OPENSSL, ids=[line for line, _ in OPENSSL])
def test_openssl(world: World, line: str, code: str) -> None:
    said = run("openssl", *filled(line, world))
    assert_explained(said, code)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("--verify --load-ca-certificate {trust} --infile {a.pem}", "issuer_unknown"),
        ("--verify --load-ca-certificate {trust} --infile {old.pem}", "expired"),
        ("--verify --load-ca-certificate {trust} --infile {later.pem}", "not_yet_valid"),
        (
            "--verify --load-ca-certificate {trust} --verify-hostname www.voorbeeld.nl --infile {a.chain.pem}",
            "host_name",
        ),
        ("-i --infile {a.key}", "not_pem"),
        ("-i --infile {noise}", "not_pem"),
        ("-i --infile {cut.pem}", "not_pem"),
    ],
)
def test_certtool(world: World, line: str, code: str) -> None:
    assert_explained(run("certtool", *filled(line, world)), code)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("-list -keystore {a.p12} -storepass foutfout", "keystore_password"),
        ("-list -keystore {a.jks} -storepass foutfout", "keystore_password"),
        ("-list -keystore {a.p12} -storepass geheim -alias nobody", "alias"),
        ("-certreq -keystore {key.jks} -alias a -storepass geheim1 -keypass geheim3", "keystore_key_password"),
        ("-list -keystore {a.key} -storepass geheim1", "no_keystore"),
        ("-list -keystore {a.key} -storetype PKCS12 -storepass geheim1", "no_keystore"),
        ("-list -keystore {a.key} -storetype JKS -storepass geheim1", "no_keystore"),
        ("-printcert -file {a.key}", "not_pem"),
        ("-importcert -noprompt -file {a.key} -keystore {none.jks} -storepass geheim1 -alias x", "not_pem"),
    ],
)
def test_keytool(world: World, line: str, code: str) -> None:
    if not (world / "a.jks").exists():
        run("keytool", *KEYTOOL, "-importcert", "-noprompt", "-file", world / "a.pem", "-alias", "a",
            "-storetype", "JKS", "-storepass", "geheim1", "-keystore", world / "a.jks")  # fmt: skip
        run("keytool", *KEYTOOL, "-genkeypair", "-keyalg", "EC", "-alias", "a", "-dname", "CN=a",
            "-storetype", "JKS", "-storepass", "geheim1", "-keypass", "geheim2",
            "-keystore", world / "key.jks")  # fmt: skip
    assert_explained(run("keytool", *KEYTOOL, "-J-Duser.language=en", *filled(line, world)), code)


# -- TLS --------------------------------------------------------------------------------------------------------------


def server_side(
    world: World, name: str = "a.chain.pem", key: str = "a.key", *, clients: bool = False, most: Any = None
) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(world / name, world / key)
    if clients:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(world.trust)
    if most is not None:
        context.maximum_version = most
    return context


def client_side(world: World, name: str = "", key: str = "", *, trust: bool = True) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if trust:
        context.load_verify_locations(world.trust)
    if name:
        context.load_cert_chain(world / name, world / key)
    return context


class Server:
    """A server for one handshake, and what it said of it."""

    def __init__(self, context: ssl.SSLContext, times: int = 1) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(PATIENCE)
        self.port = self._listening.getsockname()[1]
        self.said: list[str] = []
        self._thread = threading.Thread(target=self._serve, args=(context, times), daemon=True)

    def _serve(self, context: ssl.SSLContext, times: int) -> None:
        for _ in range(times):
            connection, _ = self._listening.accept()
            connection.settimeout(PATIENCE)
            try:
                with context.wrap_socket(connection, server_side=True) as tls:
                    tls.recv(10)
            except OSError as error:
                self.said.append(str(error))

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join(PATIENCE)
        self._listening.close()
        SAID.extend(self.said)


def handshake(server: ssl.SSLContext, client: ssl.SSLContext, name: str = "localhost") -> tuple[str, str]:
    """What client and server say of one handshake."""
    said = ""
    with Server(server) as served:
        try:
            with (
                socket.create_connection(("127.0.0.1", served.port), PATIENCE) as plain,
                client.wrap_socket(plain, server_hostname=name) as tls,
            ):
                tls.recv(1)  # not sending first: of TLS 1.3 the refusal comes after the handshake
        except OSError as error:
            said = str(error)
    SAID.append(said)
    return said, " ".join(served.said)


OLD = ssl.TLSVersion.TLSv1_2
HANDSHAKES: dict[str, tuple[Callable[[World], tuple[str, str]], str, str]] = {
    "no root": (lambda w: handshake(server_side(w), client_side(w, trust=False)), "issuer_unknown", "unknown_ca"),
    "leaf only": (lambda w: handshake(server_side(w, "a.pem"), client_side(w)), "issuer_unknown", "unknown_ca"),
    "name": (lambda w: handshake(server_side(w), client_side(w), "x.nl"), "host_name", "bad_certificate"),
    "expired": (lambda w: handshake(server_side(w, "old.chain.pem", "old.key"), client_side(w)), "expired", "expired"),
    "no client": (
        lambda w: handshake(server_side(w, clients=True), client_side(w)),
        "certificate_required",
        "certificate_required",
    ),
    "no client 1.2": (
        lambda w: handshake(server_side(w, clients=True, most=OLD), client_side(w)),
        "handshake_failure",
        "certificate_required",
    ),
    "client leaf": (
        lambda w: handshake(server_side(w, clients=True), client_side(w, "a.pem", "a.key")),
        "unknown_ca",
        "issuer_unknown",
    ),
    "client expired": (
        lambda w: handshake(server_side(w, clients=True), client_side(w, "old.chain.pem", "old.key")),
        "expired",
        "expired",
    ),
}


@pytest.mark.parametrize("case", HANDSHAKES)
def test_python(world: World, case: str) -> None:
    provoke, client, server = HANDSHAKES[case]
    said = provoke(world)
    assert_explained(said[0], client)
    assert_explained(said[1], server)


def test_python_with_files(world: World) -> None:
    for name, key, code in (
        ("a.pem", "b.key", "key_mismatch"),
        ("a.key", "a.key", "not_pem"),
        ("weak.pem", "weak.key", "weak"),
    ):
        with pytest.raises(ssl.SSLError) as refused:
            client_side(world, name, key)
        SAID.append(str(refused.value))
        assert_explained(str(refused.value), code)
    with pytest.raises(ssl.SSLError) as refused:
        ssl.create_default_context(cafile=world / "a.key")
    SAID.append(str(refused.value))
    assert_explained(str(refused.value), "not_pem")


def alert(number: int) -> bytes:
    """A server that answers with this fatal alert, whatever it is asked."""
    return bytes([21, 3, 3, 0, 2, 2, number])


@pytest.fixture
def answering() -> Iterator[Callable[[bytes], int]]:
    sockets: list[socket.socket] = []

    def serve(answer: bytes) -> int:
        listening = socket.create_server(("127.0.0.1", 0))
        sockets.append(listening)

        def once() -> None:
            connection, _ = listening.accept()
            with connection, suppress(OSError):  # the program may hang up first
                connection.recv(4096)
                connection.sendall(answer)
                connection.recv(4096)

        threading.Thread(target=once, daemon=True).start()
        port: int = listening.getsockname()[1]
        return port

    yield serve
    for each in sockets:
        each.close()


ALERTS = {
    40: "handshake_failure",
    42: "bad_certificate",
    44: "revoked",
    45: "expired",
    46: "certificate_unknown",
    48: "unknown_ca",
    70: "protocol_version",
    116: "certificate_required",
}


@pytest.mark.parametrize("number", ALERTS)
def test_alerts_of_a_server(world: World, answering: Callable[[bytes], int], number: int) -> None:
    """As curl and s_client show them."""
    port = answering(alert(number))
    # curl has a sentence of its own for an expired one, which says less
    assert_explained(
        run("curl", "-sS", "-k", f"https://localhost:{port}"), "verify_failed" if number == 45 else ALERTS[number]
    )
    port = answering(alert(number))
    assert_explained(run("openssl", "s_client", "-connect", f"localhost:{port}"), ALERTS[number])


def test_a_server_without_tls(answering: Callable[[bytes], int]) -> None:
    port = answering(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    assert_explained(run("curl", "-sS", f"https://localhost:{port}"), "protocol_version")


@pytest.mark.parametrize(
    ("more", "host", "code"),
    [
        ("", "localhost", "issuer_unknown"),
        ("--cacert {trust}", "127.0.0.1", "host_name"),
        ("--cacert {trust} --cert {a.pem} --key {b.key}", "localhost", "client_files"),
        ("--cacert {trust} --cert {a.pem} --key {absent.key}", "localhost", "client_files"),
        ("--cacert {trust} --cert {a.pem} --key {locked.key} --pass fout", "localhost", "client_files"),
        ("--cacert {trust} --cert {a.key} --key {a.key}", "localhost", "client_files"),
        ("--cacert {trust} --cert-type P12 --cert {old.p12}:geheim", "localhost", "legacy_keystore"),
    ],
)
def test_curl(world: World, more: str, host: str, code: str) -> None:
    line = more.replace("{old.p12}:geheim", f"{world / 'old.p12'}:geheim")
    with Server(server_side(world)) as server:
        said = run("curl", "-sS", *filled(line, world), f"https://{host}:{server.port}")
        with socket.create_connection(("127.0.0.1", server.port), PATIENCE):
            pass  # where curl did not get as far as asking
    assert_explained(said, code)
    assert "key_mismatch" not in [one.explanation.code for one in explain(said).found]  # curl does not say that


def test_gnutls(world: World) -> None:
    with Server(server_side(world, clients=True)) as server:
        said = run("gnutls-cli", "--x509cafile", world.trust, "-p", server.port, "localhost", stdin=b"x\n")
    assert_explained(said, "certificate_required")


JAVA = """
import javax.net.ssl.*; import java.security.KeyStore; import java.io.*;
public class Ask {
  public static void main(String[] a) throws Exception {
    for (String each : a) {
      System.err.println("== " + each);
      String[] asked = each.split("=", 2); ask(Integer.parseInt(asked[0]), asked[1]);
    }
  }
  static void ask(int port, String root) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12"); store.load(null, null);
    var factory = java.security.cert.CertificateFactory.getInstance("X.509");
    if (!root.isEmpty()) try (var in = new FileInputStream(root)) {
      store.setCertificateEntry("root", factory.generateCertificate(in));
    }
    var trust = TrustManagerFactory.getInstance("PKIX");
    if (!root.isEmpty()) trust.init(store);
    var context = SSLContext.getInstance("TLS");
    context.init(null, root.isEmpty() ? null : trust.getTrustManagers(), null);
    try (var socket = (SSLSocket) context.getSocketFactory().createSocket("localhost", port)) {
      var parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS"); socket.setSSLParameters(parameters);
      socket.getOutputStream().write(1); socket.getInputStream().read();
    } catch (Exception error) { error.printStackTrace(); }
  }
}
"""


def test_java(world: World, answering: Callable[[bytes], int]) -> None:
    """One Java asks all of them: to start it and to compile takes longer than what is asked."""
    source = world / "Ask.java"
    source.write_text(JAVA, encoding="utf-8")
    root = sorted((world / "pki" / "certs").glob("*Root*"))[0]
    cases = (
        ("a", "", ("issuer_unknown", "certificate_unknown")),
        ("other", root, ("host_name", "certificate_unknown")),
        ("old", root, ("expired", "certificate_unknown")),
    )
    alerts = (40, 42, 45, 46, 48)
    with ExitStack() as open_ones:
        servers = [
            open_ones.enter_context(Server(server_side(world, f"{name}.chain.pem", f"{name}.key")))
            for name, _, _ in cases
        ]
        asked = [f"{server.port}={trusted}" for server, (_, trusted, _) in zip(servers, cases, strict=True)]
        asked += [f"{answering(alert(number))}={root}" for number in alerts]
        _, *said = re.split("^== .*$", run("java", *SOON, source, *asked), flags=re.MULTILINE)
    codes = [*(both[0] for _, _, both in cases), *(ALERTS[number] for number in alerts)]
    for text, code in zip(said, codes, strict=True):
        assert_explained(text, code)
    for server, (_, _, both) in zip(servers, cases, strict=True):
        assert_explained(" ".join(server.said), both[1])


def test_nginx(world: World, tmp_path: Path) -> None:
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not installed")
    read = {name: (world / name).read_bytes() for name in ("a.chain.pem", "a.key", "b.key")}
    with nginx(
        tmp_path,
        certificate=read["a.chain.pem"],
        key=read["a.key"],
        client_authorities=world.trust.read_bytes(),
        crls={"localhost": b""},
    ) as server:
        config = tmp_path / "nginx.conf"
        assert "@refused" in config.read_text()
        run("curl", "-sS", "--cacert", world.trust, f"https://localhost:{server.port}")
        run("curl", "-sS", "--cacert", world.trust, "--cert", world / "a.pem", "--key", world / "a.key",
            f"https://localhost:{server.port}")  # fmt: skip
        log = (tmp_path / "error.log").read_text()
        SAID.append(log)
        assert_explained(log, "certificate_required", "client_refused")
    pages = config.read_text().replace("    error_page 495 496 = @refused;\n", "")
    config.write_text(pages)
    with started_nginx(config, tmp_path) as running:
        running.wait_for(server.port)
        page = run("curl", "-sS", "--cacert", world.trust, f"https://localhost:{server.port}")
        assert_explained(page, "certificate_required")
        page = run("curl", "-sS", "--cacert", world.trust, "--cert", world / "a.pem", "--key", world / "a.key",
                   f"https://localhost:{server.port}")  # fmt: skip
        assert_explained(page, "client_refused")
    asked = ("nginx", "-t", "-e", tmp_path / "e.log", "-p", tmp_path, "-c", config)
    (tmp_path / "server.key").write_bytes(read["b.key"])
    assert_explained(run(*asked), "key_mismatch")
    (tmp_path / "server.key").write_bytes(read["a.chain.pem"])
    assert_explained(run(*asked), "server_files")


@dataclass
class Running:
    """An nginx that was started with a configuration of its own."""

    process: subprocess.Popen[bytes]

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)

    def wait_for(self, port: int) -> None:
        for _ in range(200):
            try:
                with socket.create_connection(("127.0.0.1", port), 1):
                    return
            except OSError:
                threading.Event().wait(0.05)
        pytest.fail("nginx does not listen")


def started_nginx(config: Path, folder: Path) -> Running:
    command = [judge("nginx"), "-e", str(folder / "again.log"), "-p", str(folder), "-c", str(config)]
    return Running(subprocess.Popen(command))


def test_every_text_that_is_said_to_be_provoked_was(request: pytest.FixtureRequest) -> None:
    """It looks back at what the programs said in this module: skipped only where one is absent or some were not run."""
    programs = ("openssl", "curl", "certtool", "gnutls-cli", "keytool", "java", "nginx")
    if absent := [program for program in programs if shutil.which(program) is None]:
        pytest.skip(f"not installed: {', '.join(absent)}")
    here = [item for item in request.session.items if item.path == request.path]
    every = {name for name in globals() if name.startswith("test_")}
    if every != {item.name.partition("[")[0] for item in here}:
        pytest.skip("not every test of this module was asked for")
    said = plain(" ".join(SAID))
    claimed = {text.text for each in explanations() for text in each.texts if text.source.key == "program-errors"}
    assert claimed
    assert not sorted(text for text in claimed if plain(text) not in said)
