"""nginx on loopback, from a folder of its own: mutual TLS with the CRLs of a test PKI.

One process; a virtual host for each set of CRLs. Its answer is a line: ``SUCCESS TLSv1.3`` with status 200, or
``FAILED:certificate revoked`` with status 403.
"""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.effort import PATIENCE
from tests.support.judges import judge

_MAIN = """\
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
events {{ worker_connections 64; }}
http {{
    access_log off;
    server_names_hash_bucket_size 128;
    client_body_temp_path {folder}/tmp; proxy_temp_path {folder}/tmp; fastcgi_temp_path {folder}/tmp;
    uwsgi_temp_path {folder}/tmp; scgi_temp_path {folder}/tmp;
    ssl_certificate {folder}/server.pem;
    ssl_certificate_key {folder}/server.key;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache off;
    ssl_session_tickets off;
    ssl_verify_client on;
    ssl_verify_depth 5;
    error_page 495 496 = @refused;
{hosts}}}
"""
_HOST = """\
    server {{
        listen 127.0.0.1:{port} ssl;
        server_name {name};
        ssl_client_certificate {folder}/clients.pem;
        {crl}
        location / {{ return 200 "$ssl_client_verify $ssl_protocol $ssl_client_s_dn"; }}
        location @refused {{ return 403 "$ssl_client_verify"; }}
    }}
"""


@dataclass(frozen=True, slots=True)
class Nginx:
    """A running nginx: where it listens."""

    port: int


@contextmanager
def nginx(
    folder: Path, *, certificate: bytes, key: bytes, client_authorities: bytes, crls: Mapping[str, bytes]
) -> Iterator[Nginx]:
    """Run nginx; ``crls``: host name → the CRLs (PEM) it goes by; it does not look without."""
    program = judge("nginx")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "tmp").mkdir()
    (folder / "server.pem").write_bytes(certificate)
    (folder / "server.key").write_bytes(key)
    (folder / "clients.pem").write_bytes(client_authorities)
    for name, content in crls.items():
        (folder / f"{name}.crl.pem").write_bytes(content)
    lists = {name: f"ssl_crl {folder}/{name}.crl.pem;" if content else "" for name, content in crls.items()}
    hosts = "".join(_HOST.format(folder=folder, port=port, name=name, crl=crl) for name, crl in lists.items())
    (folder / "nginx.conf").write_text(_MAIN.format(folder=folder, hosts=hosts))
    command = [program, "-e", str(folder / "start.log"), "-p", str(folder), "-c", str(folder / "nginx.conf")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        _wait(process, port)
        yield Nginx(port)
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            assert process.stdout is not None
            raise AssertionError(f"nginx stopped: {process.stdout.read().decode()}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("nginx does not answer")
