"""``docs/how-to/pytest.md``: its examples run, with a server, a client and an application of this test's own."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from pkitools_test_pki.defects import Layer, get_defect
from tests.support.effort import PATIENCE

pytestmark = pytest.mark.slow

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "pytest.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)

YOURS = """
import base64
import http.client
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from pkitools.errors import PkitoolsError
from pkitools.oin import OIN
from pkitools.x509 import oin_from_certificate, read_certificate


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


class Server:
    def __init__(self, own, folder):
        self.own, self.folder, self.context = own, folder, own.server_context()
        self.http = None

    def trust(self, pem, crls=None, crls_from=()):
        (self.folder / "trust.pem").write_bytes(pem)
        self.context.load_verify_locations(self.folder / "trust.pem")
        lists = crls or b""
        for url in crls_from:
            with urlopen(url) as answer:
                der = base64.encodebytes(answer.read())
            lists += b"-----BEGIN X509 CRL-----\\n" + der + b"-----END X509 CRL-----\\n"
        if lists:
            (self.folder / "crls.pem").write_bytes(lists)
            self.context.load_verify_locations(self.folder / "crls.pem")
            self.context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF if crls_from else ssl.VERIFY_CRL_CHECK_CHAIN

    def start(self, chain, key):
        self.context.load_cert_chain(chain, key)
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.socket = self.context.wrap_socket(self.http.socket, server_side=True)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        return f"https://localhost:{self.http.server_port}/"

    def stop(self):
        if self.http:
            self.http.shutdown()
            self.http.server_close()

    def accepts(self, chain, key):
        (self.folder / "chain.pem").write_bytes(chain)
        (self.folder / "key.pem").write_bytes(key)
        context = ssl.create_default_context(cafile=self.own.trust_path)
        context.load_cert_chain(self.folder / "chain.pem", self.folder / "key.pem")
        to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
        client = context.wrap_bio(to_client, to_server, server_hostname=self.own.host)
        server = self.context.wrap_bio(to_server, to_client, server_side=True)
        waiting = [client, server]
        while waiting:
            side = waiting.pop(0)
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                waiting.append(side)
            except ssl.SSLError:
                return False
        return True


class Client:
    def trust(self, path):
        self.context = ssl.create_default_context(cafile=path)

    def get(self, url, cert, key):
        self.context.load_cert_chain(cert, key)
        parts = urlsplit(url)
        connection = http.client.HTTPSConnection(parts.hostname, parts.port, context=self.context)
        connection.request("GET", "/")
        try:
            return connection.getresponse().status
        finally:
            connection.close()


class Application:
    def organisation_of(self, der):
        try:
            return OIN.parse(oin_from_certificate(read_certificate(der)).value or "")
        except PkitoolsError:
            return None


@pytest.fixture
def my_server(pkio_server_certificate, tmp_path):
    server = Server(pkio_server_certificate, tmp_path)
    yield server
    server.stop()


@pytest.fixture
def my_client():
    return Client()


@pytest.fixture
def my_application():
    return Application()


@pytest.fixture
def sound(pkio_pki):
    return pkio_pki.issue()
"""
# the same server and application do take what is sound: else the examples would prove nothing
SOUND = """
def test_the_sound_one_is_accepted(pkio_pki, sound, my_server, my_application):
    my_server.trust(pkio_pki.trust_pem(), crls=None)
    assert my_server.accepts(sound.chain_pem, sound.key_pem)
    assert my_application.organisation_of(sound.der) == "00000099999999910000"

def test_with_its_crls_as_well(pkio_pki, sound, pkio_server, my_server):
    my_server.trust(pkio_pki.trust_pem(), crls_from=sound.facts.crl_uris)
    assert my_server.accepts(sound.chain_pem, sound.key_pem)

@pytest.mark.pkio_broken("two-oins", "wildcard", "rsa-2048")
def test_what_no_handshake_notices_is_accepted(pkio_broken, my_server):
    my_server.trust(pkio_broken.trust_pem, crls=pkio_broken.crls_pem)
    assert my_server.accepts(pkio_broken.chain_pem, pkio_broken.key_pem)
"""


def run(folder: Path, tests: str, conftest: str) -> str:
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers -p no:cacheprovider\n")
    (folder / "conftest.py").write_text(conftest)
    (folder / "test_it.py").write_text(tests)
    command = [sys.executable, "-m", "pytest", "-v", "--tb=line"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=5 * PATIENCE, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_examples_run(tmp_path: Path) -> None:
    pytest.importorskip("cheroot")
    examples = [block for block in BLOCKS if "def test_" in block]
    named = re.findall(r"^def (test_\w+)", "".join(examples), re.MULTILINE)
    assert len(named) == len(examples) == 6
    said = run(tmp_path, "\n\n".join([*examples, SOUND]), YOURS)
    for name in named:
        assert re.search(rf"::{name}(\[\S+\])? PASSED", said), name
    assert "SKIPPED" not in said


def test_the_fixtures_of_the_page_take_the_place_of_ours(tmp_path: Path) -> None:
    (conftest,) = (block for block in BLOCKS if "@pytest.fixture" in block)
    tests = """
def test_it(pkio_pki, pkio_client_certificate):
    assert [root.name for root in pkio_pki.roots] == ["g4-tls-root", "g1-private-root"]
    facts = pkio_client_certificate.certificate.facts
    assert (facts.not_before.year, facts.public_key.algorithm) == (2027, "RSA")
"""
    assert "1 passed" in run(tmp_path, tests, conftest)


def test_the_table_of_layers_names_what_is_of_that_layer() -> None:
    table = PAGE[PAGE.index("| layer |") :]
    rows = dict(re.findall(r"^\| `(\w+)` \| .* \| (.*) \|$", table, re.MULTILINE))
    assert set(rows) == set(Layer)
    for layer, row in rows.items():
        names = re.findall(r"`([a-z0-9-]+)`", row)
        assert names
        assert {get_defect(name).layer for name in names} == {layer}


@pytest.mark.parametrize("example", [block for block in BLOCKS if "pkio_broken(" in block])
def test_an_example_asks_no_layer_for_what_it_cannot_notice(example: str) -> None:
    names = re.findall(r'"([a-z0-9-]+)"', re.findall(r"pkio_broken\((.*)\)\n", example)[0])
    layers = {get_defect(name).layer for name in names if name not in set(Layer)}
    assert len(layers) <= 1
    if "my_application" not in example:
        assert layers <= {Layer.TLS}
