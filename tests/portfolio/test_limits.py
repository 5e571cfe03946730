"""A limit, a name that leads to nothing and what cannot be looked through never answer "nothing": they are told."""

from __future__ import annotations

import json
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Callable, Mapping
from itertools import product
from pathlib import Path
from typing import Final

import pytest

from pkitools.containers import json_text, kubernetes
from pkitools.portfolio import Gap, Portfolio, following, known, opening, pointers, scanning
from pkitools.portfolio.pointers import seems_to_point
from pkitools.x509.pem import blocks
from tests.portfolio.support import CHAIN, LEAF, WHOLE, gaps, other_leaf, scanned
from tests.support.cases import in_one_test

TOO_LARGE: Final = "portfolio.error.configuration_too_large"
NOWHERE: Final = "portfolio.error.points_nowhere"
# how each program names one certificate
ONE: Final = {
    "nginx.conf": "server {{ ssl_certificate {0}; }}\n",
    "httpd.conf": "<VirtualHost *:443>\nSSLCertificateFile {0}\n</VirtualHost>\n",
    "haproxy.cfg": "frontend f\n bind :443 ssl crt {0}\n",
    "traefik.yml": "tls:\n  certificates:\n  - certFile: {0}\n",
    "traefik.toml": '[[tls.certificates]]\ncertFile = "{0}"\n',
    "traefik.json": '{{"certFile": "{0}"}}\n',
}
CODES: Final = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")
ENDS: Final = ("\n", "\r\n", "\r")


def told(found: Portfolio) -> set[str]:
    """The code of each gap that keeps a scan from being whole."""
    return {one.code for one in found.unread if one.gap is not Gap.SKIPPED}


# --- what is too large to be looked through ---


def padded(name: str, text: str, size: int) -> str:
    """A configuration with so much before it that changes nothing of it."""
    line = " " * 80 + "\n" if name.endswith(".json") else "# a comment of somebody\n"
    return line * (size // len(line) + 1) + text


@in_one_test
@pytest.mark.parametrize(("name", "code"), tuple(product(ONE, CODES)))
def test_a_configuration_that_is_too_large_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, code: str
) -> None:
    monkeypatch.setattr(pointers, "MAX_CONFIGURATION_BYTES", 5_000)
    written = padded(name, ONE[name].format("/nowhere/a.pem"), 5_000).encode(code)
    (tmp_path / name).write_bytes(written)
    for place in (tmp_path, tmp_path / name):
        assert gaps(scanned(place), tmp_path) == {name: TOO_LARGE}
    monkeypatch.setattr(pointers, "MAX_CONFIGURATION_BYTES", 1_000_000)
    assert told(scanned(tmp_path)) == {NOWHERE}


@in_one_test
@pytest.mark.parametrize("name", [name for name in ONE if name != "traefik.json"])
def test_so_is_what_stands_around_certificates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(pointers, "MAX_CONFIGURATION_BYTES", 5_000)
    text = padded(name, ONE[name].format("/nowhere/a.pem"), 5_000)
    (tmp_path / name).write_bytes(WHOLE + text.encode())
    assert gaps(scanned(tmp_path), tmp_path) == {name: TOO_LARGE}


UNRELATED: Final = {
    "access.log": "10.0.0.1 GET /include/a.css 200 key=1 set crt bind\n",
    "error.log": 'no "ssl_certificate" is defined for the listen ... ssl directive, include it\n',
    "dump.sql": "INSERT INTO a VALUES ('include', 'key', 'SSL');\n",
    "a.js": "e.include=function(t){return{certFile:t.cert,keyFile:t.key}};\n",
    "a.py": "key = load(crt); certFile = x\ninclude('a')\n",
    "a.mk": "include $(TOP)/rules.mk\ninclude common.mk\n",
    "a.csv": "bind,crt,key,certificate\n1,2,3,4\n",
    "notes.txt": "Include the certificate, and the key. Listen to the server.\n",
    "a.yml": "key: 1\ncertificate: 2\ninclude: 3\n",
}


@in_one_test
@pytest.mark.parametrize("name", UNRELATED)
def test_large_files_of_another_kind_raise_no_alarm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(pointers, "MAX_CONFIGURATION_BYTES", 5_000)
    (tmp_path / "a.pem").write_bytes(WHOLE)
    (tmp_path / name).write_text(UNRELATED[name] * 200)
    assert not told(scanned(tmp_path))
    assert not seems_to_point((UNRELATED[name] * 200).encode(), name)


@in_one_test
@pytest.mark.parametrize(("name", "code", "end"), tuple(product(ONE, CODES, ENDS)))
def test_a_configuration_is_read_in_any_code(tmp_path: Path, name: str, code: str, end: str) -> None:
    (tmp_path / "a.pem").write_bytes(WHOLE)
    text = ONE[name].format("a.pem").replace("\n", end)
    (tmp_path / name).write_bytes(text.encode(code))
    (one,) = scanned(tmp_path).judged
    (place,) = one.places
    lines = ONE[name].format("a.pem").split("\n")
    line = 1 + next(number for number, each in enumerate(lines) if "a.pem" in each)
    assert place.named_by == (f"{tmp_path / name}:{line}",)


@in_one_test
@pytest.mark.parametrize("name", UNRELATED)
def test_neither_do_those_that_are_not_read_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(opening, "MAX_SCANNED_BYTES", 100)
    (tmp_path / name).write_text(UNRELATED[name] * 200)
    (tmp_path / "disk.img").write_bytes(bytes(200) + b"\x01" * 200)
    assert not told(scanned(tmp_path))


@in_one_test
@pytest.mark.parametrize("code", CODES)
def test_letters_in_a_name_are_those_of_the_code(tmp_path: Path, code: str) -> None:
    (tmp_path / "gemeente-Súdwest.pem").write_bytes(WHOLE)
    (tmp_path / "nginx.conf").write_bytes("server { # a site\n ssl_certificate gemeente-Súdwest.pem; }".encode(code))
    assert [len(one.places[0].named_by) for one in scanned(tmp_path).judged] == [1]


def test_zeros_in_a_configuration_hide_nothing_of_it(tmp_path: Path) -> None:
    """A system that went down leaves them behind what was written."""
    (tmp_path / "nginx.conf").write_bytes(ONE["nginx.conf"].format("/nowhere/a.pem").encode() + bytes(500))
    assert told(scanned(tmp_path)) == {NOWHERE}


# --- what a configuration includes ---

INCLUDES: Final = {
    "nginx": "server {{ listen 1; }}\ninclude {0};\n",
    "Apache": "<IfModule a>\n</IfModule>\nInclude {0}\n",
    "Apache, optional": "<IfModule a>\n</IfModule>\nIncludeOptional {0}\n",
}
# from a folder sites/a1/conf/ssl.conf with a wildcard in each part, and in several
PATTERNS: Final = tuple(
    "/".join(parts)
    for parts in product(
        ("sites", "s*s", "s[h-j]tes"), ("a1", "a*", "a?", "*"), ("conf", "c*"), ("ssl.conf", "*.conf", "s?l.conf")
    )
)


def laid_out(folder: Path, text: str) -> None:
    (folder / "sites" / "a1" / "conf").mkdir(parents=True)
    (folder / "sites" / "a1" / "conf" / "ssl.conf").write_text(
        "ssl_certificate /nowhere/a.pem;\nSSLCertificateFile /nowhere/a.pem\n"
    )
    (folder / "main").write_text(text)


@in_one_test
@pytest.mark.parametrize(("program", "pattern"), tuple(product(INCLUDES, PATTERNS)))
def test_what_is_included_is_followed_wherever_its_wildcard_stands(tmp_path: Path, program: str, pattern: str) -> None:
    laid_out(tmp_path, INCLUDES[program].format(pattern))
    assert "/nowhere/a.pem" in {one.name for one in scanned(tmp_path / "main").unread}


@in_one_test
@pytest.mark.parametrize(
    ("program", "folder"),
    tuple(product(("Apache", "Apache, optional"), ("sites", "sites/", "sites/a1", "sites/*", "s*/a?/"))),
)
def test_of_a_folder_apache_includes_all_files(tmp_path: Path, program: str, folder: str) -> None:
    laid_out(tmp_path, INCLUDES[program].format(folder))
    assert told(scanned(tmp_path / "main")) == {NOWHERE}


@in_one_test
@pytest.mark.parametrize(
    ("program", "name"),
    tuple(product(INCLUDES, ("none.conf", "none/x.conf", "none/*.conf", "sites/*/none.conf", "n?ne/ssl.conf"))),
)
def test_only_a_name_that_is_not_there_is_missing(tmp_path: Path, program: str, name: str) -> None:
    laid_out(tmp_path, INCLUDES[program].format(name))
    is_missing = program != "Apache, optional" and "*" not in name and "?" not in name
    assert gaps(scanned(tmp_path / "main"), Path()) == ({name: NOWHERE} if is_missing else {})


NGINX: Final = shutil.which("nginx") or "/usr/sbin/nginx"


@in_one_test
@pytest.mark.skipif(not Path(NGINX).exists(), reason="nginx is not installed")
@pytest.mark.parametrize("name", [*PATTERNS[::5], "none.conf", "none/*.conf", "sites/*/none.conf", ".*/*.conf"])
def test_nginx_includes_what_we_follow(tmp_path: Path, name: str) -> None:
    """It refuses the certificate that is missing where it reads the file that names it, and where nothing is there."""
    laid_out(
        tmp_path, f"include {name};\nevents {{ }}\nhttp {{ include {name}; }}\n".replace(f"include {name};\n", "", 1)
    )
    (tmp_path / "sites" / "a1" / "conf" / "ssl.conf").write_text(
        "server { listen 1 ssl; ssl_certificate /nowhere/a.pem; ssl_certificate_key /nowhere/a.pem; }\n"
    )
    command = [NGINX, "-t", "-e", "stderr", "-c", str(tmp_path / "main"), "-p", str(tmp_path)]
    refused = subprocess.run(command, capture_output=True, check=False).returncode != 0
    assert bool(told(scanned(tmp_path / "main"))) is refused


OTHERS: Final = {
    "Makefile": "include rules.mk\nall: include\n",
    "a.php": "<?php\ninclude 'head.php';\ninclude \"b.conf\";\n",
    "named": 'zone "a" { };\ninclude "/nowhere/named.conf.options";\n',
    "notes.txt": "Include the certificate\ninclude this;\n",
    "nginx.conf": "events { }\nhttp { include mime.types; include /nowhere/fastcgi_params; }\n",
    "config": "Include config.d/none\nHost *\n",
}


@in_one_test
@pytest.mark.parametrize("name", OTHERS)
def test_what_other_programs_include_is_not_missed(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(OTHERS[name])
    assert not scanned(tmp_path).unread


def test_a_part_of_a_configuration_need_hold_nothing_and_what_it_is_named_for_besides_must(tmp_path: Path) -> None:
    (tmp_path / "mime.types").write_text("types { text/html html; }\n")
    (tmp_path / "empty.conf").write_text("")
    (tmp_path / "nginx.conf").write_text("include mime.types; include empty.conf; server { listen 1; }\n")
    found = scanned(tmp_path / "nginx.conf")
    assert (found.unread, found.passed_over) == ((), 2)
    (tmp_path / "nginx.conf").write_text("include mime.types;\nssl_client_certificate mime.types;\n")
    assert told(scanned(tmp_path / "nginx.conf")) == {"sources.error.unrecognised"}


def test_what_is_missing_as_a_certificate_is_missing_though_its_key_may_be(tmp_path: Path) -> None:
    (tmp_path / "nginx.conf").write_text("ssl_certificate none.pem;\nssl_certificate_key none.pem;\n")
    found = scanned(tmp_path)
    assert told(found) == {NOWHERE}
    assert [len(one.named_by) for one in found.unread] == [2]


def test_what_is_included_and_cannot_be_made_out_is_told(tmp_path: Path) -> None:
    (tmp_path / "nginx.conf").write_text("server { listen 1; }\ninclude a.conf b.conf;\n")
    assert told(scanned(tmp_path)) == {"portfolio.error.not_made_out"}


def test_a_link_that_leads_nowhere_is_missed_where_a_pattern_has_it(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "a.conf").symlink_to("none")
    (tmp_path / "main").write_text("include parts/*.conf;\n")
    assert told(scanned(tmp_path / "main")) == {"files.error.missing"}


# --- every limit of a scan ---


def many_sites(folder: Path) -> Path:
    (folder / "many").mkdir()
    for number in range(4):
        (folder / "many" / f"{number}.conf").write_text(f"# site {number}\n")
    (folder / "nginx.conf").write_text("include many/*.conf;\n")
    return folder / "nginx.conf"


def a_folder_of_certificates(folder: Path) -> Path:
    (folder / "tls").mkdir()
    for number in range(4):
        (folder / "tls" / f"{number}.pem").write_bytes(WHOLE)
    (folder / "haproxy.cfg").write_text("listen l\n bind :443 ssl crt tls\n")
    return folder / "haproxy.cfg"


def many_folders(folder: Path) -> Path:
    for number in range(4):
        (folder / "sites" / str(number)).mkdir(parents=True)
    (folder / "httpd.conf").write_text("Include sites/*/*.conf\n")
    return folder / "httpd.conf"


def one_after_another(folder: Path) -> Path:
    for number in range(4):
        (folder / f"{number}.conf").write_text(f"include {number + 1}.conf;\n")
    (folder / "4.conf").write_text("ssl_certificate a.pem;\n")
    (folder / "a.pem").write_bytes(WHOLE)
    return folder / "0.conf"


def a_list(folder: Path) -> Path:
    (folder / "a.pem").write_bytes(WHOLE)
    (folder / "list.txt").write_text("./a.pem\n" * 10)
    return folder / "list.txt"


def a_long_list(folder: Path) -> Path:
    (folder / "a.pem").write_bytes(WHOLE)
    (folder / "haproxy.cfg").write_text("listen l\n bind :443 ssl crt-list list\n")
    (folder / "list").write_text("a.pem\n" * 20)
    return folder / "haproxy.cfg"


def without_chains(folder: Path) -> Path:
    for number in range(4):
        (folder / f"{number}.pem").write_bytes(other_leaf(number))
    return folder


def authorities(folder: Path) -> Path:
    (folder / "ca.pem").write_bytes(CHAIN)
    (folder / "leaf.pem").write_bytes(LEAF)
    return folder


def secrets_in_json(folder: Path) -> Path:
    secrets = [{"kind": "Secret", "data": {"tls.crt": b64encode(WHOLE).decode()}} for _ in range(3)]
    (folder / "secrets.json").write_text(json.dumps({"kind": "List", "items": secrets}))
    return folder


def secrets_in_yaml(folder: Path) -> Path:
    secret = f"kind: Secret\ndata:\n  tls.crt: {b64encode(WHOLE).decode()}\n---\n"
    (folder / "secrets.yaml").write_text(secret * 3)
    return folder


def a_key_set(folder: Path) -> Path:
    chain = [b64encode(block.body).decode() for block in blocks(WHOLE)]
    (folder / "jwks.json").write_text(json.dumps({"keys": [{"kty": "RSA", "x5c": chain}]}))
    return folder


def a_large_file(name: str, content: bytes) -> Callable[[Path], Path]:
    def made(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder

    return made


def many_names(folder: Path) -> Path:
    """The directive stands behind more definitions than pointers are read."""
    (folder / "a.pem").write_bytes(WHOLE)
    (folder / "nginx.conf").write_text("set $a b;\n" * 10 + ONE["nginx.conf"].format("a.pem"))
    return folder


# module, name of the limit there, what it is lowered to, what goes beyond it, what is told
LIMITS: Final[Mapping[str, tuple[object, str, int, Callable[[Path], Path], str]]] = {
    "files of a pattern": (following, "MAX_PATTERN_FILES", 3, many_sites, "portfolio.error.too_many_matches"),
    "files of a folder": (
        following,
        "MAX_PATTERN_FILES",
        3,
        a_folder_of_certificates,
        "portfolio.error.too_many_matches",
    ),
    "folders of a pattern": (following, "MAX_PATTERN_FOLDERS", 3, many_folders, "portfolio.error.too_many_matches"),
    "rounds": (scanning, "MOST_ROUNDS", 3, one_after_another, "portfolio.error.too_deep"),
    "pointers": (pointers, "MAX_POINTERS", 5, a_list, "portfolio.error.too_many_pointers"),
    "size of an inventory": (pointers, "MAX_CONFIGURATION_BYTES", 50, a_list, TOO_LARGE),
    "size of a list": (pointers, "MAX_CONFIGURATION_BYTES", 80, a_long_list, TOO_LARGE),
    "pending": (scanning, "MAX_PENDING", 3, without_chains, "portfolio.error.not_judged_again"),
    "authorities": (scanning, "MAX_FOUND_AUTHORITIES", 1, authorities, "portfolio.error.not_kept"),
    "authorities that are gathered": (known, "MAX_FOUND_AUTHORITIES", 1, authorities, "portfolio.error.not_kept"),
    "definitions": (pointers, "MAX_POINTERS", 5, many_names, "portfolio.error.too_many_pointers"),
    "a large bundle": (opening, "MAX_SCANNED_BYTES", 90, a_large_file("a.pem", WHOLE), "files.error.too_large"),
    "a large text with one": (
        opening,
        "MAX_SCANNED_BYTES",
        90,
        a_large_file("a", b"x\n" + WHOLE),
        "files.error.too_large",
    ),
    "a large configuration": (
        opening,
        "MAX_SCANNED_BYTES",
        9,
        a_large_file("main", ONE["nginx.conf"].encode("utf-16")),
        "files.error.too_large",
    ),
    "JSON with Secrets": (json_text, "_MAX_BYTES", 500, secrets_in_json, "sources.error.json_too_large"),
    "values of JSON": (json_text, "_MAX_VALUES", 2, secrets_in_json, "sources.error.json_too_large"),
    "JSON with certificates": (json_text, "_MAX_BYTES", 500, a_key_set, "sources.error.json_too_large"),
    "Secrets": (kubernetes, "_MAX_BYTES", 500, secrets_in_yaml, "sources.error.secrets_too_large"),
    "lines of Secrets": (kubernetes, "_MAX_LINES", 5, secrets_in_yaml, "sources.error.secrets_too_large"),
    "files of authorities": (known, "MAX_FOUND_AUTHORITY_FILES", 0, authorities, "portfolio.error.not_kept"),
}


@in_one_test
@pytest.mark.parametrize("name", LIMITS)
def test_what_goes_beyond_a_limit_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    module, limit, low, made, code = LIMITS[name]
    monkeypatch.setattr(json_text, "_ALWAYS", 500)
    place = made(tmp_path)
    assert code not in told(scanned(place))
    monkeypatch.setattr(module, limit, low)
    found = scanned(place)
    assert code in told(found)
    assert not found.is_whole


def test_other_json_and_yaml_that_is_too_large_raises_no_alarm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, limit in ((json_text, "_MAX_BYTES"), (json_text, "_ALWAYS"), (kubernetes, "_MAX_BYTES")):
        monkeypatch.setattr(module, limit, 50)
    (tmp_path / "package.json").write_text(json.dumps({"kind": "List", "items": [{"data": {"a": "b"}}] * 100}))
    (tmp_path / "list.yaml").write_text("kind: List\nitems:\n" + "- kind: ConfigMap\n  data:\n    a: b\n" * 100)
    assert not scanned(tmp_path).unread


def test_what_can_be_read_of_json_that_is_too_large_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "_ALWAYS", 500)
    monkeypatch.setattr(json_text, "_MAX_BYTES", 500)
    secret = {"kind": "Secret", "data": {"tls.crt": b64encode(other_leaf()).decode()}}
    (tmp_path / "a.json").write_text(json.dumps([secret, {"kind": "ConfigMap", "data": {"a": WHOLE.decode()}}]))
    found = scanned(tmp_path)
    assert [one.common_name for one in found.judged] == ["host.example.nl"]
    assert "sources.error.json_too_large" in told(found)


def test_the_secrets_of_a_cluster_are_read(tmp_path: Path) -> None:
    """Above 1 MiB they were nothing that is known."""
    secret = {"kind": "Secret", "data": {"tls.crt": b64encode(WHOLE).decode(), "more": "QUFB" * 100_000}}
    (tmp_path / "a.json").write_text(json.dumps({"kind": "List", "items": [secret] * 4}))
    (one,) = scanned(tmp_path).judged
    assert len(one.places) == 4


def test_which_files_a_limit_takes_does_not_hang_on_the_file_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_folder_of_certificates(tmp_path)
    monkeypatch.setattr(following, "MAX_PATTERN_FILES", 2)
    (one,) = scanned(place).judged
    assert [Path(each.name).name for each in one.places] == ["0.pem", "1.pem"]
