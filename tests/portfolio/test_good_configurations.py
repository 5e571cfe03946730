"""Configurations as people write them, of which nothing is to be said: the program takes them, and no gap is told."""

# ruff: noqa: E501  a configuration stands as it is written

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Final

import pytest

from pkitools.findings import Verdict
from tests.portfolio.support import CHAIN, WHOLE, scanned
from tests.portfolio.test_as_named import KEY
from tests.portfolio.test_names_of_keys import certificate, key
from tests.support.cases import in_one_test
from tests.support.judges import judge

FILES: Final = {"A.pem": WHOLE, "A.key": KEY, "B.pem": certificate("b"), "B.key": key("b"), "ca.pem": CHAIN}
_A: Final = "ssl_certificate A.pem;\nssl_certificate_key A.key;\n"
_B: Final = "ssl_certificate B.pem;\nssl_certificate_key B.key;\n"
_SITE: Final = "server {{\n listen 127.0.0.1:1 ssl;\n server_name a;\n {}\n}}\n"
_MAIN: Final = "pid nginx.pid;\nevents {{\n worker_connections 9;\n}}\n"
_HTTP: Final = _MAIN + "http {{\n{}\n}}\n"
_PROXY: Final = "defaults\n mode http\n timeout client 1s\n timeout server 1s\n timeout connect 1s\n"
_HOST: Final = (
    "<IfModule mod_ssl.c>\n<VirtualHost *:443>\n ServerName a\n SSLEngine on\n{}</VirtualHost>\n</IfModule>\n"
)
_PAIR: Final = " SSLCertificateFile A.pem\n SSLCertificateKeyFile A.key\n"
_ITEM: Final = "    - certFile: {0}A.pem\n      keyFile: {0}A.key\n"
# the program is that of the first file
TREES: Final[dict[str, dict[str, str | bytes]]] = {
    "nginx, as certbot leaves it": {"nginx.conf": _HTTP.format("include sites-enabled/*;"), "sites-enabled/a": _SITE.format(f"{_A} include options.conf; # managed\n"), "options.conf": "ssl_protocols TLSv1.2;\nssl_session_cache shared:le_nginx_SSL:10m;\n"},
    "nginx, one snippet for several": {"nginx.conf": _HTTP.format("include sites/*.conf;"), "snippets/tls.conf": _A, "sites/a.conf": _SITE.format("include snippets/tls.conf;"), "sites/b.conf": _SITE.format("include snippets/tls.conf;").replace(":1", ":2")},
    "nginx, a snippet for each": {"nginx.conf": _HTTP.format("include sites/*.conf;"), "c.conf": "ssl_certificate A.pem;\n", "k.conf": "ssl_certificate_key A.key;\n", "sites/a.conf": _SITE.format("include c.conf; include k.conf;")},
    "nginx, RSA and EC": {"nginx.conf": _HTTP.format(_SITE.format(_A + _B))},
    "nginx, for all in http": {"nginx.conf": _HTTP.format(_A + _SITE.format("") + "server { listen 127.0.0.1:2; return 301 https://$host; }\n")},
    "nginx, for all and one of its own": {"nginx.conf": _HTTP.format(f"{_A} include conf.d/*.conf;"), "conf.d/b.conf": _SITE.format(_B), "conf.d/a.conf": _SITE.format("").replace(":1", ":2")},
    "nginx, the key for all": {"nginx.conf": _HTTP.format("ssl_certificate_key A.key; include conf.d/*.conf;"), "conf.d/a.conf": _SITE.format("ssl_certificate A.pem;")},
    "nginx, mail": {"mail.conf": (_MAIN + "mail {{\n auth_http 127.0.0.1:9;\n {}\n server {{ listen 127.0.0.1:1 ssl; protocol imap; }}\n}}\n").format(_A)},
    "nginx, to the other side": {"nginx.conf": _HTTP.format(_SITE.format(f"{_A} proxy_ssl_trusted_certificate ca.pem; proxy_ssl_certificate B.pem; location / {{ proxy_ssl_certificate_key B.key; proxy_pass https://127.0.0.1:9; }}"))},
    "nginx, by the name that is asked": {"nginx.conf": _HTTP.format("include conf.d/*.conf;"), "conf.d/00-names.conf": "map $ssl_server_name $site {\n hostnames;\n default A;\n .b.example.nl B;\n}\n", "conf.d/a.conf": _SITE.format("ssl_certificate $site.pem; ssl_certificate_key $site.key;")},
    "nginx, a site alone": {"sites-available/a": _SITE.format(_A)},
    "nginx, a site alone with its snippet": {"sites-available/a": _SITE.format("include snippets/tls.conf;"), "snippets/tls.conf": _A},
    "nginx, a snippet alone": {"snippets/tls.conf": "ssl_certificate A.pem;\n"},
    "nginx, stream": {"stream.conf": f"stream {{\n{_SITE.format(_A + 'proxy_pass 127.0.0.1:9;')}}}\n"},
    "haproxy, in one file": {"haproxy.cfg": f"{_PROXY}listen f\n bind 127.0.0.1:1 ssl crt AK.pem alpn h2\n", "AK.pem": WHOLE + KEY},
    "haproxy, beside": {"haproxy.cfg": f"{_PROXY}listen f\n bind 127.0.0.1:1 ssl crt A.pem\n", "A.pem.key": KEY},
    "haproxy, a folder": {"haproxy.cfg": f"{_PROXY}listen f\n bind 127.0.0.1:1 ssl crt certs/\n", "certs/a.pem": WHOLE + KEY, "certs/b.pem": FILES["B.key"] + FILES["B.pem"]},
    "haproxy, a list": {"haproxy.cfg": f"{_PROXY}listen f\n bind 127.0.0.1:1 ssl crt-list list\n", "list": "AK.pem [alpn h2] a.example.nl\n", "AK.pem": WHOLE + KEY},
    "haproxy, both sides": {"haproxy.cfg": f"{_PROXY}listen f\n bind 127.0.0.1:1 ssl crt AK.pem ca-file ca.pem verify required\n server s 127.0.0.1:9 ssl crt AK.pem ca-file ca.pem\n", "AK.pem": KEY + WHOLE},
    "haproxy, by the environment": {"haproxy.cfg": 'global\n setenv NAME A\n setenv END "${NAME}K"\n presetenv END B\n' + f'{_PROXY}listen f\n bind 127.0.0.1:1 ssl crt "$END".pem ca-file "./${{NAME}}K.pem"\n', "AK.pem": WHOLE + KEY},
    "apache, a site alone": {"default-ssl.conf": _HOST.format(_PAIR)},
    "apache, in one file": {"site.conf": _HOST.format(" SSLCertificateFile AK.pem\n"), "AK.pem": WHOLE + KEY},
    "apache, a snippet for several": {"apache2.conf": "ServerRoot .\nIncludeOptional sites/*.conf\n", "tls.conf": _PAIR, "sites/a.conf": _HOST.format(" Include tls.conf\n"), "sites/b.conf": _HOST.format(" Include tls.conf\n")},
    "apache, for all": {"apache2.conf": f"ServerRoot .\n{_PAIR}Include site.conf\n", "site.conf": _HOST.format("")},
    "apache, defined elsewhere": {"apache2.conf": "ServerRoot .\nInclude names.conf\nInclude site.conf\n", "names.conf": "Define CERT A\n", "site.conf": _HOST.format(_PAIR.replace("A.", "${CERT}."))},
    "apache, RSA and EC": {"site.conf": _HOST.format(_PAIR + _PAIR.replace("A.", "B."))},
    "traefik, both configurations": {"traefik.yml": "entryPoints:\n  websecure:\n    address: :443\nproviders:\n  file:\n    directory: dynamic\n", "dynamic/tls.yml": f"tls:\n  certificates:\n{_ITEM.format('../')}      stores:\n        - default\n  stores:\n    default:\n      defaultCertificate:\n        certFile: ../B.pem\n        keyFile: ../B.key\n"},
    "traefik, to the other side": {"t.yml": f"http:\n  serversTransports:\n    m:\n      rootCAs:\n        - ca.pem\n      certificates:\n{_ITEM.format('').replace('    -', '        -').replace('      key', '          key')}"},
    "traefik, a template": {"t.yml": f"tls:\n  certificates:\n{{{{ range until 3 }}}}\n{_ITEM.format('')}{{{{ end }}}}\n"},
    "traefik, comments": {"t.yml": "tls:\n  certificates:\n  # own\n  - certFile: A.pem\n    # its key\n    keyFile: A.key  # yes\n\n  - keyFile: B.key\n\n    certFile: 'B.pem'\n"},
    "traefik, TOML": {"t.toml": "[tls]\n\t[[tls.certificates]]\n\t\tcertFile = \"A.pem\"\n\t\tkeyFile = \"A.key\"\n[tls.stores]\n\t[tls.stores.default.defaultCertificate]\n\t\tcertFile = \"B.pem\"\n\t\tkeyFile = \"B.key\"\n"},
}  # fmt: skip


def laid(folder: Path, tree: str) -> Path:
    for name, data in {**FILES, **TREES[tree]}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    return folder / next(iter(TREES[tree]))


@in_one_test
@pytest.mark.parametrize("tree", TREES)
def test_nothing_is_said_of_it(tmp_path: Path, tree: str) -> None:
    place = laid(tmp_path, tree)
    for given in (tmp_path, place):
        found = scanned(given)
        assert not found.unread
        assert found.verdict is Verdict.PASSED


@in_one_test
@pytest.mark.parametrize("tree", [name for name, files in TREES.items() if {"nginx.conf", "haproxy.cfg"} & {*files}])
def test_the_program_takes_it(tmp_path: Path, tree: str) -> None:
    place = laid(tmp_path, tree)
    commands = {
        "nginx.conf": ["-t", "-e", "stderr", "-c", str(place), "-p", str(tmp_path)],
        "haproxy.cfg": ["-c", "-f", place.name],
    }
    program = judge(place.name.partition(".")[0])
    ran = subprocess.run([program, *commands[place.name]], capture_output=True, cwd=tmp_path, check=False)
    assert ran.returncode == 0, ran.stderr
