"""What nginx, HAProxy and Apache write in the header is what is read, whatever the client sends beside it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest

from pkitools.errors import InputError
from pkitools.http import TrustedProxies, client_certificate
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.keys import private_pem
from pkitools_test_pki.pki import PKI, build
from tests.interop.test_export_forms import free_port, run, running
from tests.support.judges import judge
from tests.support.keys import SHARED_KEYS

pytestmark = [pytest.mark.interop, pytest.mark.slow]

OIN, OTHER = "00000003273229750000", "00000003520354760000"
MODULES = Path("/usr/lib/apache2/modules")

NGINX = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/tmp; proxy_temp_path {folder}/tmp; fastcgi_temp_path {folder}/tmp;
    uwsgi_temp_path {folder}/tmp; scgi_temp_path {folder}/tmp;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {folder}/server.pem; ssl_certificate_key {folder}/server.pem;
        ssl_verify_client optional_no_ca;
        location / {{
            proxy_pass http://127.0.0.1:{inside};
            proxy_set_header X-SSL-Client-Cert $ssl_client_escaped_cert;
        }}
    }}
}}
"""
HAPROXY = """
defaults
    mode http
    timeout connect 10s
    timeout client 10s
    timeout server 10s
frontend front
    bind 127.0.0.1:{port} ssl crt {folder}/server.pem verify optional ca-file {folder}/roots.pem
    http-request set-header X-SSL-Client-Cert %[ssl_c_der,base64]
    default_backend behind
backend behind
    server inside 127.0.0.1:{inside}
"""
APACHE = """
ServerRoot "{folder}"
ServerName localhost
PidFile "{folder}/pid"
ErrorLog "{folder}/error.log"
Listen 127.0.0.1:{port}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule ssl_module {modules}/mod_ssl.so
LoadModule headers_module {modules}/mod_headers.so
LoadModule proxy_module {modules}/mod_proxy.so
LoadModule proxy_http_module {modules}/mod_proxy_http.so
<VirtualHost 127.0.0.1:{port}>
    SSLEngine on
    SSLCertificateFile "{folder}/server.pem"
    SSLVerifyClient optional_no_ca
    SSLVerifyDepth 5
    RequestHeader set X-SSL-Client-Cert "%{{SSL_CLIENT_CERT}}s"
    ProxyPass "/" "http://127.0.0.1:{inside}/"
</VirtualHost>
"""
PROXIES = {
    "nginx": (NGINX, "nginx", ("-p", "{folder}", "-c", "{folder}/proxy.conf")),
    "haproxy": (HAPROXY, "haproxy", ("-db", "-f", "{folder}/proxy.conf")),
    "apache": (APACHE, "apache2", ("-DFOREGROUND", "-f", "{folder}/proxy.conf")),
}


@pytest.fixture(scope="module")
def pki() -> PKI:
    return build("g4-tls", moment=datetime.now(UTC), keys=SHARED_KEYS)


@pytest.fixture(scope="module")
def client(pki: PKI) -> IssuedCertificate:
    return pki.issue("g4-tls", oin=OIN)


class Inside:
    """The application: it keeps the headers it was sent."""

    def __init__(self) -> None:
        self.headers: list[tuple[str, str]] = []
        keep = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                keep.headers = list(self.headers.items())
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def inside() -> Iterator[Inside]:
    made = Inside()
    yield made
    made.server.shutdown()
    made.server.server_close()


def bundle(issued: IssuedCertificate) -> bytes:
    assert issued.key is not None
    return issued.chain_pem + private_pem(issued.key)


@pytest.mark.parametrize("kind", PROXIES)
def test_what_the_proxy_writes_is_what_the_client_used(
    kind: str, pki: PKI, client: IssuedCertificate, inside: Inside, tmp_path: Path
) -> None:
    text, name, words = PROXIES[kind]
    program, port = judge(name), free_port()
    if kind == "apache" and not MODULES.is_dir():
        pytest.skip("the modules of Apache are not where Debian has them")
    (tmp_path / "tmp").mkdir()
    for file, issued in (("server.pem", pki.issue("g4-tls")), ("client.pem", client)):
        (tmp_path / file).write_bytes(bundle(issued))
        (tmp_path / file).chmod(0o600)
    (tmp_path / "roots.pem").write_bytes(pki.trust_pem())
    places = {"folder": tmp_path, "port": port, "inside": inside.server.server_port, "modules": MODULES}
    (tmp_path / "proxy.conf").write_text(text.format(**places))
    other = quote(pki.issue("g4-tls", oin=OTHER).pem.decode(), safe="")
    forged = ("-H", f"X-SSL-Client-Cert: {other}", "-H", f"x-ssl-client-cert: {other}")
    proxies = TrustedProxies("127.0.0.1")

    def ask(*given: str) -> None:
        curl = (judge("curl"), "--silent", "--fail", "--noproxy", "*", "--insecure", *given)
        run(*curl, f"https://127.0.0.1:{port}/", folder=tmp_path)

    with running([program, *(word.format(**places) for word in words)], port, tmp_path):
        for sent in ((), forged):
            ask("--cert", "client.pem", *sent)
            found = client_certificate(proxies, kind, "127.0.0.1", inside.headers)
            assert found is not None
            assert (found.oin, found.facts.der) == (OIN, client.der)
            ask(*sent)
            assert client_certificate(proxies, kind, "127.0.0.1", inside.headers) is None
        ask("-H", f"X_SSL_Client_Cert: {other}")
        if "x_ssl_client_cert" in {name.lower() for name, _ in inside.headers}:  # nginx drops it, the others do not
            with pytest.raises(InputError):
                client_certificate(proxies, kind, "127.0.0.1", inside.headers)
        else:
            assert client_certificate(proxies, kind, "127.0.0.1", inside.headers) is None
