"""Each form of ``pkitools export`` is loaded by the program it is for, and a connection is made with it.

IIS and F5 BIG-IP cannot be had here: of those the parts are judged by OpenSSL, and the configuration is read. Envoy
loads the files of nginx.
"""

from __future__ import annotations

import base64
import os
import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from pkitools.containers import read_source
from pkitools.errors import SecretError
from pkitools.exports import Export, Material, build_export, export_forms, form_sheet, gather, keys_of
from pkitools.files import write_set
from pkitools.requests import load_key
from pkitools_test_pki.defects.laboratory import Laboratory
from pkitools_test_pki.issued import IssuedCertificate, pem
from tests.interop.conftest import NOW
from tests.support.effort import PATIENCE
from tests.support.judges import JAVA, KEYTOOL, judge
from tests.support.shared import shared

pytestmark = [pytest.mark.interop, pytest.mark.slow]

HOST = "localhost"
SECRET = b"correct horse"


@pytest.fixture(scope="module")
def leaf(laboratory: Laboratory) -> IssuedCertificate:
    return laboratory.leaf(dns=[HOST])


@pytest.fixture(scope="module")
def material(leaf: IssuedCertificate) -> Material:
    contents = read_source(leaf.chain_pem, "koppeling.pem")
    return gather(contents, moment=NOW, chain=[leaf.root.der], key=load_key(leaf.key_pem, "koppeling.key"))


@pytest.fixture
def written(material: Material, tmp_path: Path) -> Callable[..., Export]:
    tmp_path.chmod(0o700)

    def write(form: str, *, name: str = "uit", legacy: bool = False) -> Export:
        target = tmp_path / name
        export = build_export(form, material, target, moment=NOW, passphrase=SECRET, legacy=legacy, rounds=10_000)
        write_set(export.outputs)
        return export

    return write


def run(*command: object, folder: Path, **environment: str) -> str:
    words = [str(word) for word in command]
    done = subprocess.run(
        words,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def running(command: list[str], port: int, folder: Path) -> Iterator[None]:
    """Run a server until it answers on a port, and stop it afterwards."""
    log = (folder / "server.log").open("wb")
    process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        deadline = time.monotonic() + PATIENCE
        while True:
            assert process.poll() is None, (folder / "server.log").read_text()
            assert time.monotonic() < deadline, "it does not answer"
            try:
                socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
                break
            except OSError:
                time.sleep(0.02)
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)
        log.close()


NGINX = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/tmp; proxy_temp_path {folder}/tmp; fastcgi_temp_path {folder}/tmp;
    uwsgi_temp_path {folder}/tmp; scgi_temp_path {folder}/tmp;
    server {{
        listen 127.0.0.1:{port} ssl;
        include {folder}/uit.nginx.conf;
        location / {{ return 200 "$ssl_client_verify $ssl_protocol $ssl_cipher"; }}
        location /door {{ proxy_pass https://localhost:{port}/; }}
    }}
}}
"""


@dataclass(frozen=True)
class Server:
    port: int

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.port}/"


@pytest.fixture
def nginx(written: Callable[..., Export], tmp_path: Path) -> Iterator[Server]:
    program, port = judge("nginx"), free_port()
    written("nginx")
    (tmp_path / "main.conf").write_text(NGINX.format(folder=tmp_path, port=port))
    command = [program, "-e", str(tmp_path / "start.log"), "-p", str(tmp_path), "-c", str(tmp_path / "main.conf")]
    with running(command, port, tmp_path):
        yield Server(port)


def curl(folder: Path, url: str, *more: str) -> str:
    return run(
        judge("curl"),
        "--silent",
        "--show-error",
        "--noproxy",
        "*",
        "--config",
        folder / "c.curlrc",
        *more,
        url,
        folder=folder,
    )


def test_nginx_serves_and_asks_and_curl_answers(nginx: Server, written: Callable[..., Export], tmp_path: Path) -> None:
    written("curl", name="c")
    assert curl(tmp_path, nginx.url).startswith("SUCCESS TLSv1.3")
    assert curl(tmp_path, nginx.url, "--tls-max", "1.2").startswith("SUCCESS TLSv1.2 ECDHE-")


def test_nginx_as_a_client_shows_the_certificate(nginx: Server, written: Callable[..., Export], tmp_path: Path) -> None:
    written("curl", name="c")
    assert curl(tmp_path, nginx.url + "door").startswith("SUCCESS TLSv1.")


def test_nginx_refuses_who_has_no_certificate(nginx: Server, material: Material, tmp_path: Path) -> None:
    told = run(
        judge("curl"), "--silent", "--noproxy", "*", "--cacert", tmp_path / "uit.ca.pem", nginx.url, folder=tmp_path
    )
    assert "No required SSL certificate was sent" in told


def test_java_connects_with_its_keystore_and_trust_store(
    nginx: Server, written: Callable[..., Export], tmp_path: Path
) -> None:
    java = judge("java")
    written("jks", name="key.jks")
    written("java-truststore", name="trust.jks")
    source = Path(__file__).with_name("Client.java")
    told = run(java, *JAVA, source, nginx.url, "key.jks", "trust.jks", folder=tmp_path, PASSPHRASE=SECRET.decode())
    assert told.startswith("SUCCESS TLSv1.")


def test_keytool_lists_both_and_an_old_keystore(written: Callable[..., Export], tmp_path: Path) -> None:
    keytool, words = judge("keytool"), SECRET.decode()
    names = {"key.jks": ("jks", False), "old.jks": ("jks", True), "trust.jks": ("java-truststore", False)}
    for name, (form, legacy) in names.items():
        written(form, name=name, legacy=legacy)
    told = {
        name: run(keytool, *KEYTOOL, "-list", "-v", "-keystore", name, "-storepass", words, folder=tmp_path)
        for name in names
    }
    for name in ("key.jks", "old.jks"):
        assert "Entry type: PrivateKeyEntry" in told[name]
        assert "Certificate chain length: 3" in told[name]
    assert "Entry type: trustedCertEntry" in told["trust.jks"]


HAPROXY_ANSWER = (
    'http-request return status 200 content-type text/plain lf-string "OK %[ssl_c_verify] %[ssl_fc_protocol]"'
)


def test_haproxy_serves_asks_and_connects(written: Callable[..., Export], tmp_path: Path) -> None:
    program = judge("haproxy")
    export = written("haproxy", name="ha")
    written("curl", name="c")
    run(*[program if word == "haproxy" else word for word in export.test], folder=tmp_path)  # as it is said
    ports = free_port(), free_port()
    text = (tmp_path / "ha.haproxy.cfg").read_text()
    for old, new in (
        (":8443", f"127.0.0.1:{ports[0]}"),
        ("127.0.0.1:8081", f"127.0.0.1:{ports[1]}"),
        ("default_backend achter", HAPROXY_ANSWER),
        ("HOST:443 init-addr none", f"127.0.0.1:{ports[0]}"),
        ("HOST", HOST),
    ):
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "run.cfg").write_text(text)
    with running([program, "-db", "-f", str(tmp_path / "run.cfg")], ports[0], tmp_path):
        assert curl(tmp_path, f"https://{HOST}:{ports[0]}/") == "OK 0 TLSv1.3"
        inside = run(judge("curl"), "--silent", "--noproxy", "*", f"http://127.0.0.1:{ports[1]}/", folder=tmp_path)
        assert inside == "OK 0 TLSv1.3"  # HAProxy showed its certificate to HAProxy


APACHE = """
ServerRoot "{folder}"
ServerName localhost
PidFile "{folder}/pid"
ErrorLog "{folder}/error.log"
Listen 127.0.0.1:{port}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule ssl_module {modules}/mod_ssl.so
LoadModule socache_shmcb_module {modules}/mod_socache_shmcb.so
LoadModule proxy_module {modules}/mod_proxy.so
LoadModule proxy_http_module {modules}/mod_proxy_http.so
DocumentRoot "{www}"
<VirtualHost 127.0.0.1:{port}>
    Include "{folder}/ap.apache.conf"
    ProxyPass "/door/" "https://localhost:{port}/"
</VirtualHost>
"""


@pytest.fixture
def www() -> Iterator[Path]:
    """A folder for all to read: Apache serves as another user than root."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_apache_serves_asks_and_connects(written: Callable[..., Export], tmp_path: Path, www: Path) -> None:
    program, port = judge("apache2"), free_port()
    modules = Path("/usr/lib/apache2/modules")
    if not modules.is_dir():
        pytest.skip("the modules of Apache are not where Debian has them")
    written("apache", name="ap")
    written("curl", name="c")
    (www / "answer").write_text("it is there")
    (tmp_path / "main.conf").write_text(APACHE.format(folder=tmp_path, port=port, modules=modules, www=www))
    run(program, "-t", "-f", tmp_path / "main.conf", folder=tmp_path)
    with running([program, "-DFOREGROUND", "-f", str(tmp_path / "main.conf")], port, tmp_path):
        assert curl(tmp_path, f"https://{HOST}:{port}/answer") == "it is there"
        assert curl(tmp_path, f"https://{HOST}:{port}/door/answer") == "it is there"
        refused = subprocess.run(
            [judge("curl"), "--silent", "--cacert", "ap.ca.pem", "--noproxy", "*", f"https://{HOST}:{port}/answer"],
            cwd=tmp_path,
            capture_output=True,
            check=False,
            timeout=PATIENCE,
        )
        assert refused.returncode != 0


@pytest.mark.parametrize("legacy", [False, True])
def test_openssl_and_gnutls_open_the_keystore(written: Callable[..., Export], tmp_path: Path, legacy: bool) -> None:
    openssl, certtool = judge("openssl"), judge("certtool")
    export = written("pkcs12", name="k.p12", legacy=legacy)
    words = [openssl, *export.test[1:], "-passin", f"pass:{SECRET.decode()}", *(["-legacy"] if legacy else [])]
    told = run(*words, folder=tmp_path)
    assert ("AES-256-CBC" in told) is not legacy
    assert ("TripleDES" in told) is legacy
    shown = run(certtool, "--p12-info", "--inder", "--infile", "k.p12", "--password", SECRET.decode(), folder=tmp_path)
    assert shown.count("BEGIN CERTIFICATE") == 3
    assert "BEGIN ENCRYPTED PRIVATE KEY" in shown


def test_openssl_and_gnutls_verify_the_chain(
    written: Callable[..., Export], leaf: IssuedCertificate, tmp_path: Path
) -> None:
    export = written("chain", name="keten.pem")
    (tmp_path / "root.pem").write_bytes(leaf.root.pem)
    told = run(judge("openssl"), *export.test[1:], folder=tmp_path)
    assert "Total found: 3" in told
    run(judge("openssl"), "verify", "-CAfile", "root.pem", "-untrusted", "keten.pem", "keten.pem", folder=tmp_path)
    shown = run(
        judge("certtool"), "--verify", "--load-ca-certificate", "root.pem", "--infile", "keten.pem", folder=tmp_path
    )
    assert "Chain verification output: Verified." in shown


def test_openssl_and_gnutls_read_the_public_part(
    written: Callable[..., Export], leaf: IssuedCertificate, tmp_path: Path
) -> None:
    export = written("public", name="publiek.pem")
    text = (tmp_path / "publiek.txt").read_text(encoding="utf-8")
    told = run(judge("openssl"), *export.test[1:], folder=tmp_path)
    assert told.strip().removeprefix("sha256 Fingerprint=") in text
    told = run(
        judge("openssl"), "x509", "-noout", "-serial", "-fingerprint", "-sha1", "-in", "publiek.pem", folder=tmp_path
    )
    serial, sha1 = told.split()[0].removeprefix("serial="), told.splitlines()[1].removeprefix("sha1 Fingerprint=")
    assert sha1 in text
    assert ":".join(re.findall("..", serial)) in text
    assert str(int(serial, 16)) in text
    shown = run(judge("certtool"), "-i", "--infile", "publiek.pem", folder=tmp_path)
    assert shown.count("X.509 Certificate Information") == 1


def test_kubernetes_takes_the_secret(written: Callable[..., Export], leaf: IssuedCertificate, tmp_path: Path) -> None:
    yaml = pytest.importorskip("yaml", reason="the extra pkitools-nl[g4-trial] is not installed")
    validator = pytest.importorskip("kubernetes_validate", reason="kubernetes-validate is not installed")
    written("kubernetes", name="secret.yml")
    manifest = yaml.safe_load((tmp_path / "secret.yml").read_text())
    validator.validate(manifest, validator.latest_version(), strict=True)
    held = {name: base64.b64decode(value) for name, value in manifest["data"].items()}
    assert manifest["type"] == "kubernetes.io/tls"
    assert held["tls.crt"] == leaf.chain_pem
    assert held["ca.crt"] == leaf.root.pem
    assert load_key(held["tls.key"], "tls.key").public.spki == leaf.facts.public_key.spki


TRAEFIK = """
global: {{checkNewVersion: false, sendAnonymousUsage: false}}
log: {{level: ERROR}}
ping: {{manualRouting: true}}
entryPoints: {{web: {{address: "127.0.0.1:{port}"}}}}
providers: {{file: {{directory: "{folder}/dynamic"}}}}
"""
TRAEFIK_ROUTES = """
http:
  routers:
    here: {{rule: "Host(`localhost`) && Path(`/here`)", service: ping@internal, tls: &tls {{options: koppeling}}}}
    door: {{rule: "Host(`localhost`) && Path(`/door`)", service: again, middlewares: [here], tls: *tls}}
  middlewares: {{here: {{replacePath: {{path: /here}}}}}}
  services:
    again: {{loadBalancer: {{serversTransport: koppeling, servers: [{{url: "https://localhost:{port}"}}]}}}}
"""


def refused(port: int, path: str, *words: str, folder: Path) -> bool:
    """Return whether a client gets no answer; without a certificate among the words it should get none."""
    command = [judge("curl"), "--silent", *words, "--noproxy", "*", f"https://{HOST}:{port}{path}"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=PATIENCE).returncode != 0


def test_traefik_serves_asks_and_connects(written: Callable[..., Export], tmp_path: Path) -> None:
    program, port = judge("traefik"), free_port()
    written("curl", name="c")
    export = written("traefik", name="t")
    assert "exports.note.options_by_host" in {note.code for note in export.notes}  # as was found here
    (tmp_path / "dynamic").mkdir()
    (tmp_path / "t.traefik.yml").rename(tmp_path / "dynamic" / "t.traefik.yml")
    (tmp_path / "dynamic" / "routes.yml").write_text(TRAEFIK_ROUTES.format(port=port))
    (tmp_path / "static.yml").write_text(TRAEFIK.format(port=port, folder=tmp_path))
    with running([program, "--configFile", str(tmp_path / "static.yml")], port, tmp_path):
        deadline = time.monotonic() + PATIENCE  # it listens before it has its routes
        while refused(port, "/here", "--config", "c.curlrc", "--fail", folder=tmp_path):
            assert time.monotonic() < deadline, (tmp_path / "server.log").read_text()
            time.sleep(0.05)
        assert curl(tmp_path, f"https://{HOST}:{port}/here", "--fail") == "OK"
        assert curl(tmp_path, f"https://{HOST}:{port}/door", "--fail") == "OK"
        assert refused(port, "/here", "--cacert", "t.ca.pem", folder=tmp_path)


ENVOY = """
static_resources:
  listeners:
  - address: {{socket_address: {{address: 127.0.0.1, port_value: {port}}}}}
    filter_chains:
    - transport_socket:
        name: envoy.transport_sockets.tls
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
          require_client_certificate: true
          common_tls_context: {context}
      filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: here
          http_filters:
          - name: envoy.filters.http.router
            typed_config: {{"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}
          route_config:
            virtual_hosts:
            - name: here
              domains: ["*"]
              routes:
              - {{match: {{path: /here}}, direct_response: {{status: 200, body: {{inline_string: OK}}}}}}
              - {{match: {{path: /door}}, route: {{cluster: again, prefix_rewrite: /here}}}}
  clusters:
  - name: again
    load_assignment:
      cluster_name: again
      endpoints:
      - lb_endpoints:
        - endpoint: {{address: {{socket_address: {{address: 127.0.0.1, port_value: {port}}}}}}}
    transport_socket:
      name: envoy.transport_sockets.tls
      typed_config:
        "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
        sni: localhost
        common_tls_context: {context}
"""
ENVOY_FILES = (
    '{{tls_certificates: [{{certificate_chain: {{filename: "{folder}/uit.pem"}}, private_key: {{filename: '
    '"{folder}/uit.key"}}}}], validation_context: {{trusted_ca: {{filename: "{folder}/uit.ca.pem"}}}}}}'
)


def test_envoy_serves_asks_and_connects_with_the_files_of_nginx(written: Callable[..., Export], tmp_path: Path) -> None:
    program, port = judge("envoy"), free_port()
    written("nginx")
    written("curl", name="c")
    context = ENVOY_FILES.format(folder=tmp_path)
    (tmp_path / "envoy.yml").write_text(ENVOY.format(port=port, context=context))
    words = ["-c", str(tmp_path / "envoy.yml"), "--disable-hot-restart", "--concurrency", "1", "--log-level", "error"]
    with running([program, *words], port, tmp_path):
        assert curl(tmp_path, f"https://{HOST}:{port}/here", "--fail") == "OK"
        assert curl(tmp_path, f"https://{HOST}:{port}/door", "--fail") == "OK"
        assert refused(port, "/here", "--cacert", "uit.ca.pem", folder=tmp_path)


def test_traefik_by_its_parts(written: Callable[..., Export], tmp_path: Path) -> None:
    yaml = pytest.importorskip("yaml", reason="the extra pkitools-nl[g4-trial] is not installed")
    export = written("traefik", name="t")
    assert run(judge("openssl"), *export.test[1:], folder=tmp_path).strip().endswith("OK")
    told = yaml.safe_load((tmp_path / "t.traefik.yml").read_text())
    pair = {"certFile": str(tmp_path / "t.pem"), "keyFile": str(tmp_path / "t.key")}
    authorities = [str(tmp_path / "t.ca.pem")]
    assert told["tls"]["certificates"] == [pair]
    assert told["tls"]["options"]["koppeling"]["clientAuth"]["caFiles"] == authorities
    assert told["http"]["serversTransports"]["koppeling"] == {"certificates": [pair], "rootCAs": authorities}


def test_f5_by_its_parts(written: Callable[..., Export], tmp_path: Path) -> None:
    export = written("f5", name="koppeling")
    assert run(judge("openssl"), *export.test[1:], folder=tmp_path).strip().endswith("OK")
    told = (tmp_path / "koppeling.tmsh").read_text()
    files = {path.name for path in tmp_path.iterdir()}
    assert set(re.findall(r'from-local-file "/var/tmp/(.*?)"', told)) == files - {"koppeling.tmsh"}
    installed = set(re.findall(r"install sys crypto (?:key|cert) (\S+)", told))
    named = set(re.findall(r"(?:cert|key|chain|ca-file) (koppeling\S*)", told.split("create ", 1)[1]))
    assert named <= installed | {"koppeling"}
    assert told.count("{") == told.count("}")


def test_iis_by_its_parts(written: Callable[..., Export], leaf: IssuedCertificate, tmp_path: Path) -> None:
    written("iis", name="koppeling")
    told = (tmp_path / "koppeling.iis.ps1").read_text()
    assert set(re.findall(r"\$PSScriptRoot\\(\S+?)\"", told)) == {"koppeling.pfx", "koppeling.root.cer"}
    assert (tmp_path / "koppeling.root.cer").read_bytes() == leaf.root.der
    shown = run(
        judge("openssl"),
        "pkcs12",
        "-in",
        "koppeling.pfx",
        "-nokeys",
        "-passin",
        f"pass:{SECRET.decode()}",
        folder=tmp_path,
    )
    assert shown.count("BEGIN CERTIFICATE") == 3


def test_what_could_be_had_is_tried_here() -> None:
    untried = {form.name for form in export_forms() if not form.tried}
    assert untried == {"iis", "f5"}


def test_a_key_in_an_old_java_keystore_goes_along(
    written: Callable[..., Export], leaf: IssuedCertificate, tmp_path: Path
) -> None:
    keytool, words = judge("keytool"), SECRET.decode()
    written("jks", name="new.jks")
    command = [keytool, *KEYTOOL, "-importkeystore", "-noprompt", "-srckeystore", "new.jks", "-srcstorepass", words]
    run(*command, "-destkeystore", "old.jks", "-deststoretype", "JKS", "-deststorepass", words, folder=tmp_path)
    data = (tmp_path / "old.jks").read_bytes()
    contents = read_source(data, "old.jks", passphrase=SECRET)
    [found] = keys_of(contents, data, SECRET)
    assert found.was_encrypted
    assert found.key.public.spki == leaf.facts.public_key.spki
    assert len(gather(contents, moment=NOW, key=found.key).path.links) == 3
    for passphrase, code in ((None, "requests.error.passphrase_needed"), (b"another", "exports.error.java_key")):
        with pytest.raises(SecretError) as refused:
            keys_of(contents, data, passphrase)
        assert refused.value.code == code


def test_the_sheet_of_every_real_certificate_is_what_openssl_says(tmp_path: Path) -> None:
    openssl = judge("openssl")
    files = sorted(shared("samples/certificates").glob("*.pem"))
    assert files
    for file in files:
        certificate = gather(read_source(file.read_bytes(), file.name), moment=NOW).certificate
        sheet = form_sheet(certificate)
        (tmp_path / "one.pem").write_bytes(pem("CERTIFICATE", certificate.der))
        told = run(
            *(openssl, "x509", "-noout", "-serial", "-fingerprint", "-sha1", "-dates", "-dateopt", "iso_8601"),
            *("-in", "one.pem"),
            folder=tmp_path,
        )
        said = dict(line.split("=", 1) for line in told.splitlines())
        assert sheet.serial_hex.replace(":", "") == said["serial"]
        assert sheet.sha1 == said["sha1 Fingerprint"]
        assert f"{sheet.not_before:%Y-%m-%d %H:%M:%SZ}" == said["notBefore"]
        assert f"{sheet.not_after:%Y-%m-%d %H:%M:%SZ}" == said["notAfter"]
