"""What configurations and inventories point to is read, and what is not there is told where it stands."""

from __future__ import annotations

import contextlib
import os
import re
import socket
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pkitools.errors import LimitError
from pkitools.findings import Verdict
from pkitools.messages import LANGUAGES, error_sentence
from pkitools.package_data import read_toml
from pkitools.portfolio import Gap, Target, following, pointers
from pkitools.portfolio.following import MOST_ROUNDS
from pkitools.portfolio.inventory import COLUMNS, peer_of
from pkitools.portfolio.pointers import is_list, pointers_of
from tests.portfolio.support import CHAIN, WHOLE, gaps, scanned
from tests.support.cases import in_one_test
from tests.support.chains import end_entity, good_chain
from tests.support.deliveries import pem
from tests.support.effort import bounded

CONFIGURATIONS = {
    "nginx.conf": "server {\n  listen 443 ssl;\n  ssl_certificate tls/a.pem;\n  ssl_certificate_key tls/a.key;\n}\n",
    "site.conf": (
        'ServerRoot "."\n<VirtualHost *:443>\n  SSLCertificateFile "tls/a.pem"\n  SSLCertificateKeyFile tls/a.key\n'
        "</VirtualHost>\n"
    ),
    "haproxy.cfg": "global\n  crt-base tls\nfrontend f\n  bind :443 ssl crt a.pem alpn h2\n",
    "traefik.yml": "tls:\n  certificates:\n    - certFile: tls/a.pem\n      keyFile: tls/a.key\n",
    "traefik.toml": '[[tls.certificates]]\n  certFile = "tls/a.pem"\n  keyFile = "tls/a.key"\n',
}
LINES = {"nginx.conf": 3, "site.conf": 3, "haproxy.cfg": 4, "traefik.yml": 3, "traefik.toml": 2}


def written(key: Any) -> bytes:
    data: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return data


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder beside the one that is looked at, with a certificate that only a configuration leads to."""
    (tmp_path / "conf" / "tls").mkdir(parents=True)
    (tmp_path / "conf" / "tls" / "a.pem").write_bytes(WHOLE)
    for name in ("a.key", "a.pem.key"):  # HAProxy looks for the second by itself
        (tmp_path / "conf" / "tls" / name).write_bytes(written(good_chain().leaf.key))
    return tmp_path / "conf"


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_the_certificate_of_a_configuration_is_read(outside: Path, name: str) -> None:
    (outside / name).write_text(CONFIGURATIONS[name])
    found = scanned(outside / name)
    assert not found.unread
    (one,) = found.judged
    assert [(place.name, place.named_by) for place in one.places] == [
        (str(outside / "tls" / "a.pem"), (f"{outside / name}:{LINES[name]}",))
    ]
    whole = scanned(outside)
    assert len(whole.judged) == 1
    assert whole.judged[0].places == one.places


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_what_it_names_and_is_not_there_is_told_with_its_line(outside: Path, name: str) -> None:
    (outside / "tls" / "a.pem").unlink()
    (outside / name).write_text(CONFIGURATIONS[name])
    (unread,) = scanned(outside).unread
    assert (unread.gap, unread.code) == (Gap.MISSING, "portfolio.error.points_nowhere")
    assert unread.named_by == (f"{outside / name}:{LINES[name]}",)
    assert f"Line {LINES[name]} of {outside / name}" in str(unread.error)


def _directives() -> list[tuple[str, str]]:
    raw = read_toml("pkitools.portfolio", "data/pointers.toml")
    return [(kind, directive) for kind, each in raw.items() for directive in each["file"]]


@in_one_test
@pytest.mark.parametrize(("kind", "directive"), _directives())
def test_every_directive_points(kind: str, directive: str) -> None:
    written = {
        "nginx": "  {} /tls/a.pem;",
        "apache": "\t{} /tls/a.pem",
        "haproxy": "  server s 127.0.0.1:1 ssl {} /tls/a.pem",
        "traefik": '  {} = ["/tls/a.pem"]',
        "kubernetes": '{{"kind": "Config", "{}": "/tls/a.pem"}}}}]}}',
    }[kind].format(directive.replace(".*.", '": [{"').replace(".", '": {"') if "*" in directive else directive)
    found = pointers_of(f"# a\n{written}\n".encode(), "a", is_inventory=False)
    assert [(pointer.target, pointer.text, pointer.line) for pointer in found] == [(Target.FILE, "/tls/a.pem", 2)]
    assert not pointers_of(f"# {written}\n".encode(), "a", is_inventory=False)
    assert not pointers_of(f"{written}\n".encode(), "read.md", is_inventory=False)


def test_parts_of_a_configuration_are_followed_and_a_loop_of_them_ends(outside: Path) -> None:
    (outside / "parts").mkdir()
    (outside / "nginx.conf").write_text("include parts/*.conf;\ninclude nginx.conf;\ninclude none/*.conf;\n")
    (outside / "parts" / "a.conf").write_text("include ../nginx.conf;\n" + CONFIGURATIONS["nginx.conf"])
    with bounded(2):
        found = scanned(outside / "nginx.conf")
    assert not found.unread
    assert [place.named_by for place in found.judged[0].places] == [(f"{outside / 'parts' / 'a.conf'}:4",)]


@pytest.mark.parametrize(
    "text",
    ["include $(TOP)/rules.mk\n", "include(CTest)\n", "#include <stdio.h>\n", "include common.mk\n", "crt a.pem\n"],
)
def test_what_only_looks_like_a_directive_points_to_nothing(outside: Path, text: str) -> None:
    (outside / "Makefile").write_text(text)
    assert not scanned(outside).unread
    assert pointers_of(text.encode(), "Makefile", is_inventory=False) == ()


def test_a_folder_that_is_named_gives_its_files_alone(outside: Path) -> None:
    (outside / "tls" / "deeper").mkdir()
    (outside / "tls" / "deeper" / "b.pem").write_bytes(WHOLE)
    (outside / "haproxy.cfg").write_text("listen l\n  bind :443 ssl crt tls/\n")
    (one,) = scanned(outside / "haproxy.cfg").judged
    assert [os.path.relpath(place.name, outside) for place in one.places] == ["tls/a.pem"]


@pytest.mark.parametrize(
    ("name", "text", "is_whole"),
    [
        ("nginx.conf", "ssl_certificate /tls/$ssl_server_name.pem;\n", False),
        ("nginx.conf", "ssl_certificate $cert;\n", False),
        ("nginx.conf", "ssl_certificate data:$cert;\n", False),
        ("nginx.conf", "include $sites/*.conf;\n", False),
        ("site.conf", "SSLCertificateFile ${CERT}\n", False),
        ("site.conf", 'SSLCertificateFile "pkcs11:object=a;type=cert"\n', False),
        ("haproxy.cfg", 'frontend f\n bind :1 ssl crt "$CERT"\n', False),
        ("t.yml", "tls:\n  certificates:\n    - certFile: ${CERT}\n", False),
        # nobody knows whether that key fits: nginx takes such a text, and may come to no handshake
        ("nginx.conf", "ssl_certificate_key $key;\n", False),
        ("nginx.conf", "server {\n ssl_certificate tls/a.pem;\n ssl_certificate_key tls/$n.key;\n}\n", False),
        ("nginx.conf", "server {\n ssl_certificate tls/a.pem;\n ssl_certificate_key data:$key;\n}\n", False),
        ("nginx.conf", "proxy_ssl_certificate tls/a.pem;\nproxy_ssl_certificate_key $key;\n", False),
        ("nginx.conf", "grpc_ssl_certificate tls/a.pem;\ngrpc_ssl_certificate_key tls/$n.key;\n", False),
        ("site.conf", "SSLCertificateFile tls/a.pem\nSSLCertificateKeyFile ${KEYS}/a.key\n", False),
        ("site.conf", "MDCertificateFile tls/a.pem\nMDCertificateKeyFile ${KEY}\n", False),
        ("haproxy.cfg", "crt-store s\n load crt tls/a.pem key ${KEY}\n", False),
        ("t.yml", "tls:\n  certificates:\n    - certFile: tls/a.pem\n      keyFile: ${KEY}\n", False),
        # what the program is told not to use
        ("site.conf", "SSLEngine off\nSSLCertificateFile tls/a.pem\nSSLCertificateKeyFile ${KEYS}/a.key\n", True),
        # a template gets its names when it is filled in, and these name no file of theirs
        ("nginx.conf.j2", "ssl_certificate tls/a.pem;\nssl_certificate_key {{ key }};\n", True),
        ("nginx.conf", 'ssl_certificate_key "engine:pkcs11:x";\n', True),
        (
            "nginx.conf",
            'server {\n ssl_certificate tls/a.pem;\n ssl_certificate_key "store:pkcs11:token=a";\n}\n',
            True,
        ),
        ("site.conf", 'SSLCertificateFile tls/a.pem\nSSLCertificateKeyFile "pkcs11:object=a;type=private"\n', True),
        ("haproxy.cfg", "frontend f\n bind :1 ssl crt @store/a ca-file @system-ca\n", True),
    ],
)
def test_what_only_the_program_knows_is_never_good(outside: Path, name: str, text: str, is_whole: bool) -> None:
    (outside / name).write_text(text)
    found = scanned(outside / name, outside / "tls")
    assert {one.code for one in found.unread} == {"portfolio.error.variable"}
    assert found.is_whole is is_whole
    assert found.verdict is (Verdict.PASSED if is_whole else Verdict.INDETERMINATE)


_TOLD: Final = written(good_chain().leaf.key).decode()
_ARMOUR: Final = re.compile("-----[A-Z ]+-----|\n")


@pytest.mark.parametrize(
    "form",
    {
        "as it is": _TOLD,
        "on one line": _TOLD.replace("\n", "\\n"),
        "without armour": _ARMOUR.sub("", _TOLD),
        "a word": "x",
    }.values(),
)
@pytest.mark.parametrize("directive", ["ssl_certificate", "ssl_certificate_key"])
@pytest.mark.parametrize("quotes", ['"', "'", ""])
def test_what_stands_in_place_of_a_file_is_a_gap_and_is_not_shown(
    outside: Path, form: str, directive: str, quotes: str
) -> None:
    """nginx takes a certificate and a key so, and nobody looks there if they go together."""
    value = f"{quotes}data:{form}{quotes}"
    given = {"ssl_certificate": "tls/a.pem", "ssl_certificate_key": "tls/a.key", directive: value}
    lines = "".join(f" {name} {told};\n" for name, told in given.items())
    (outside / "nginx.conf").write_text(f"server {{\n{lines}}}\n")
    found = scanned(outside / "nginx.conf")
    assert not found.is_whole
    assert {one.code for one in found.unread} <= {"portfolio.error.not_made_out", "portfolio.error.names_without_key"}
    told = "".join(f"{one.name}{one.params}" for one in found.unread)
    assert not any(part in told for part in re.findall("[A-Za-z0-9+/=]{40}", form))


@pytest.mark.parametrize("what", ["a pipe", "a socket", "a link to nothing", "a device"])
@pytest.mark.parametrize("named", ["itself", "its folder"])
def test_what_is_no_file_and_is_pointed_to_is_never_good(outside: Path, what: str, named: str) -> None:
    place = outside / "tls" / "b.pem"
    with contextlib.ExitStack() as stack:
        if what == "a pipe":
            os.mkfifo(place)
        elif what == "a socket":
            made = stack.enter_context(socket.socket(socket.AF_UNIX))
            before = Path.cwd()
            os.chdir(place.parent)  # a name of a socket has an end
            stack.callback(os.chdir, before)
            made.bind(place.name)
            os.chdir(before)
        else:
            place.symlink_to("/dev/null" if what == "a device" else "nowhere")
        (outside / "haproxy.cfg").write_text(f"listen l\n  bind :443 ssl crt {'tls' if named != 'itself' else place}\n")
        found = scanned(outside / "haproxy.cfg")
    assert not found.is_whole
    assert {Path(one.name).name for one in found.unread} == {"b.pem"}
    assert len(found.judged) == (named != "itself")


def test_where_more_files_are_than_are_looked_at_it_is_not_whole(
    outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "MAX_PATTERN_FILES", len(list((outside / "tls").iterdir())) + 1)
    (outside / "haproxy.cfg").write_text("listen l\n  bind :443 ssl crt tls\n")
    for name, codes in (("b.pem", set()), ("c.pem", {"portfolio.error.too_many_matches"})):
        (outside / "tls" / name).write_bytes(WHOLE + written(good_chain().leaf.key))
        found = scanned(outside / "haproxy.cfg")
        assert {one.code for one in found.unread} == codes
        assert found.is_whole is not bool(codes)


@pytest.mark.parametrize("further", [False, True])
def test_what_is_too_many_files_away_is_told(outside: Path, further: bool) -> None:
    last = MOST_ROUNDS if further else MOST_ROUNDS - 1
    for number in range(last):
        (outside / f"{number}.conf").write_text(f"include {number + 1}.conf;\n")
    (outside / f"{last}.conf").write_text("ssl_certificate tls/a.pem;\n")
    found = scanned(outside / "0.conf")
    assert {one.code for one in found.unread} == ({"portfolio.error.too_deep"} if further else set())
    assert found.is_whole is not further
    assert len(found.judged) == (not further)
    (outside / "1.conf").write_text("include 0.conf;\n")  # in a ring there is an end
    assert not scanned(outside / "0.conf").unread


@pytest.mark.parametrize("column", sorted(COLUMNS))
@pytest.mark.parametrize("form", ["csv", "semicolons", "toml"])
def test_an_inventory_that_is_handed_in_is_followed(outside: Path, column: str, form: str) -> None:
    text = {
        "csv": f"name,{column.title()}\na,tls/a.pem\nb,\n",
        "semicolons": f"\ufeffname;{column}\na;tls/a.pem\n",
        "toml": f'[[x]]\nname = "a"\n"{column}" = ["tls/a.pem"]\n',
    }[form]
    name = outside / ("list.toml" if form == "toml" else "list.csv")
    name.write_text(text, encoding="utf-8")
    found = scanned(name)
    assert not found.unread
    assert [len(one.places) for one in found.judged] == [1]


BOM = "\ufeff"
PEERS = [("a.example.nl", 443), ("10.0.0.7", 8443), ("::1", 443), ("localhost", 18443)]


@in_one_test
@pytest.mark.parametrize("between", [",", ";", "\t"])
@pytest.mark.parametrize("port", ["port", "Poort"])
@pytest.mark.parametrize("host", ["host", "Server", "hostnaam", "hostname", "FQDN", "adres", "\ufeffaddress"])
def test_a_host_and_the_port_beside_it_are_a_peer(host: str, port: str, between: str) -> None:
    """In the headings that people use, in any order, with what else stands there; a whole peer stays what it is."""
    for heading in ((host, port, "afdeling"), ("naam", port, "x", host)):
        rows = [{host: at, port: str(number), "naam": "a.b", "x": "y", "afdeling": "ICT"} for at, number in PEERS]
        rows.append({**rows[0], host: "whole.example.nl:9443"})
        lines = [heading, *([row[each] for each in heading] for row in rows)]
        text = "\n".join(between.join(line) for line in lines)
        found = pointers_of(text.encode(), "servers.csv", is_inventory=True)
        assert [peer_of(each.text) for each in found] == [*PEERS, ("whole.example.nl", 9443)]
        assert {each.target for each in found} == {Target.PEER}
    table = "".join(f'[[x]]\n"{host.strip(BOM)}" = "{at}"\n{port} = {number}\n' for at, number in PEERS)
    found = pointers_of(table.encode(), "servers.toml", is_inventory=True)
    assert [peer_of(each.text) for each in found] == PEERS


@pytest.mark.parametrize("host", ["localhost", "www.example.nl", "10.0.0.7"])
@pytest.mark.parametrize(
    ("name", "text", "code", "line"),
    [
        ("a.csv", "host;afdeling\n{host};ICT\n", "host_without_port", 2),
        ("a.csv", "host;port\na.nl;443\n{host};\n", "host_without_port", 3),
        ("a.toml", '[[x]]\nname = "a"\nhost = "{host}"\n', "host_without_port", 3),
        ("a.toml", '[[x]]\nhost = [\n  "a.nl:443",\n  "{host}",\n]\n', "host_without_port", 4),
        ("a.txt", "{host}\n", "host_without_port", 1),
        ("a.txt", "a.nl:443\n\n# these too\n{host}\n", "host_without_port", 4),
        ("a.csv", "machine;dienst\n{host};443\n", "no_column", None),
    ],
)
def test_a_list_that_is_not_read_is_told_with_how_to_write_it(
    outside: Path, host: str, name: str, text: str, code: str, line: int | None
) -> None:
    (outside / name).write_text(text.format(host=host), encoding="utf-8")
    found = scanned(outside / name)
    assert [(one.code, one.params.get("line")) for one in found.unread] == [(f"portfolio.error.{code}", line)]
    assert not scanned(outside).unread, "what only lies there is no list"
    for language in LANGUAGES:
        told = error_sentence(found.unread[0].error, language)
        assert "host" in told


LISTED = {
    "csv": ("a.csv", "{column};port;x\n", "{value};{port};y\n"),
    "of Excel": ("a.csv", "sep=;\n\n{column};port\n", "{value};{port}\n"),
    "of several lines": ("a.csv", "x,{column},port\n", '"two\nlines",{value},{port}\n'),
    "toml": ("a.toml", "", '[[x]]\n{column} = "{value}"\nport = "{port}"\n'),
    "toml, escaped": ("a.toml", "", '[[x]]\n{column} = "\\u{first:04x}{rest}"\nport = "{port}"\n'),
}
VALUES = [("file", "tls/a.pem", ""), ("host", "a.nl", "443"), ("host", "b.nl", "99999"), ("host", "c.nl", "abc")]
VALUES += [("host", "::1", "0"), ("server", "d.nl:99999", ""), ("path", "e.nl:https", ""), ("url", "f.nl:443", "")]


@in_one_test
@pytest.mark.parametrize("form", LISTED)
@pytest.mark.parametrize("bad", range(len(VALUES)))
def test_every_row_of_an_inventory_is_told_with_its_line(form: str, bad: int) -> None:
    """One row that is of no use hides none of the others, wherever it stands; each has the line it stands on."""
    column, value, port = VALUES[bad]
    name, heading, row = LISTED[form]
    sound = [(f"x{number}.nl:443" if column != "file" else f"x{number}.pem", "") for number in range(3)]
    for at in range(4):
        cells = [*sound[:at], (value, port), *sound[at:]]
        each = {"column": column, "first": ord(value[0])}
        rows = [row.format(value=v, port=p, rest=v[1:], **{**each, "first": ord(v[0])}) for v, p in cells]
        text = heading.format(column=column) + "".join(rows)
        found = pointers_of(text.encode(), name, is_inventory=True)
        assert len(found) == 4
        is_peer = peer_of(found[at].text) is not None
        wrong = bad in {2, 3, 4, 5, 6}
        assert found[at].target is (Target.NO_PEER if wrong else Target.PEER if is_peer else Target.FILE)
        for pointer, (stands, _) in zip(found, cells, strict=True):
            lines = text.split("\n")[pointer.line - 1 :][: 2 if form == "of several lines" else 1]
            assert pointer.text.startswith(stands)
            assert stands[1:] in "\n".join(lines)


@pytest.mark.parametrize("text", ["a.nl:443\nb.nl:99999\nc.nl:8443\n", "host\na.nl:443\nb.nl:99999\nc.nl:8443\n"])
def test_a_row_with_no_port_is_told_and_the_rest_is_asked(outside: Path, text: str) -> None:
    (outside / "a.csv").write_text(text)
    found = scanned(outside / "a.csv", fetch=lambda host, port: [good_chain().leaf.der])
    assert [(one.code, one.params["target"]) for one in found.unread] == [("portfolio.error.no_peer", "b.nl:99999")]
    assert [place.name for one in found.judged for place in one.places] == ["a.nl:443", "c.nl:8443"]
    assert not found.is_whole


@pytest.mark.parametrize("rows", range(4))
@pytest.mark.parametrize("wrong", ['x;"oud', 'x;"a"b', "x;" + "y" * 140_000], ids=["open", "closed within", "long"])
def test_an_inventory_is_read_to_its_end_or_not_at_all(outside: Path, rows: int, wrong: str) -> None:
    """Behind a quotation mark too many all that followed was a cell, and behind a long cell nothing was read."""
    sound = ["tls/a.pem;x"] * rows
    (outside / "a.csv").write_text("\n".join(["file;notes", *sound, wrong, "nowhere.pem;x", ""]))
    found = scanned(outside / "a.csv")
    assert [(one.code, one.params["line"]) for one in found.unread] == [("requests.error.csv_line", rows + 2)]
    assert not found.is_whole


@pytest.mark.parametrize("name", ["a.pem", "sleutel.key", "keystore.jks", "lijst.csv"])
def test_a_file_is_no_host_without_a_port(outside: Path, name: str) -> None:
    (outside / "list.txt").write_text(f"{name}\n")
    assert "host_without_port" not in " ".join(one.code for one in scanned(outside / "list.txt").unread)
    (outside / "www.example.nl").write_bytes((outside / "tls/a.pem").read_bytes())
    (outside / "list.txt").write_text("www.example.nl\n")
    assert not scanned(outside / "list.txt").unread, "a file that is there is one, whatever it is called"


def test_a_list_in_a_folder_is_told_and_not_followed(outside: Path) -> None:
    (outside / "servers.csv").write_text("host;poort\nlocalhost;9\n")
    (outside / "files.csv").write_text("file\na.pem\n")
    (outside / "notes.txt").write_text("localhost:9 does not work\nthe file is a.pem\n")
    (outside / "paths.txt").write_text("a.pem\n")  # whatever has a path on a line is no list yet
    (outside / "table.csv").write_text("name;colour\na.pem;red\n")
    found = scanned(outside)
    assert sorted(found.peer_lists) == [str(outside / "files.csv"), str(outside / "servers.csv")]
    assert not found.unread


@pytest.mark.parametrize(("text", "is_told"), [
    ('[[server]]\nhost = "localhost"\nport = 9\n', True),
    ('[[server]]\nhost = "localhost:9"\n[[server]]\nnaam = "a"\nhost = "a.nl"\npoort = "8443"\n', True),
    ('title = "ours"\n[servers.a]\nhost = "a.nl:443"\n[servers.b]\nhost = "b.nl:443"\n', True),
    ('file = ["a.pem", "b.p12"]\n', True),
    ('[[x]]\nfile = "tls/A.PEM"\n', True),
    ('x = [{ file = "a.jks", owner = "a" }]\n', True),
    ('[[x]]\nfile = "readme"\n', False),
    ('[[bin]]\nname = "a"\npath = "src/a.rs"\n', False),
    ('[project]\nname = "a"\n[[tool.source]]\nurl = "https://a.nl:443"\n', False),
    ('[log]\nlevel = "INFO"\n[entryPoints.web]\naddress = "10.0.0.1:80"\n', False),
    ('[[server]]\nhost = "a.nl"\n', False),
    ('title = "a"\n', False),
    ("", False),
    ("[[x]]\nfile = \n", False),
])  # fmt: skip
def test_one_in_toml_is_told_alike_where_it_is_nothing_else(outside: Path, text: str, is_told: bool) -> None:
    (outside / "list.toml").write_text(text)
    found = scanned(outside)
    assert found.peer_lists == ((str(outside / "list.toml"),) if is_told else ())
    assert not found.unread


def test_no_toml_of_a_program_is_told_as_a_list() -> None:
    root = Path(__file__).parents[2]
    names = [each for at in ("pkitools", "docs", "test_pki", "tests", "cli") for each in (root / at).rglob("*.toml")]
    assert len(names) > 50
    told = [each.name for each in (root / "pyproject.toml", *names) if is_list(each.read_bytes(), each.name)]
    assert told == ["anchors.toml"]  # which is a list of files with certificates


def test_an_inventory_that_only_lies_there_is_none(outside: Path) -> None:
    (outside / "list.csv").write_text("file\nnowhere.pem\nexample.nl:443\n")
    found = scanned(outside)
    assert not found.unread
    assert found.passed_over == 1
    assert set(gaps(scanned(outside / "list.csv"), outside)) == {
        os.path.relpath("nowhere.pem", outside),
        os.path.relpath("example.nl:443", outside),
    }


@pytest.mark.parametrize("separate", ["ssl_certificate a;\n", "a.pem\n", "a.nl:1\n"], ids=["nginx", "csv", "peers"])
def test_what_points_to_too_much_is_told_and_not_cut_off(
    outside: Path, monkeypatch: pytest.MonkeyPatch, separate: str
) -> None:
    monkeypatch.setattr(pointers, "MAX_POINTERS", 20)
    heading = "file\n" if separate == "a.pem\n" else ""
    for count, is_told in ((20, False), (21, True)):
        (outside / "list.csv").write_text(heading + separate * count)
        told = {one.code for one in scanned(outside / "list.csv").unread}
        assert ("portfolio.error.too_many_pointers" in told) is is_told


def test_an_inventory_that_is_damaged_is_told(outside: Path) -> None:
    (outside / "list.toml").write_text("[[x]]\nfile = \n")
    assert [one.code for one in scanned(outside / "list.toml").unread] == ["toml.error.not_toml"]


@in_one_test
@pytest.mark.parametrize(
    ("text", "peer"),
    [
        ("example.nl:443", ("example.nl", 443)),
        ("https://example.nl:8443/", ("example.nl", 8443)),
        ("[::1]:443", ("::1", 443)),
        ("127.0.0.1:1", ("127.0.0.1", 1)),
        ("example.nl", None),
        ("example.nl:0", None),
        ("example.nl:65536", None),
        ("/etc/tls:443", None),
        ("C:443", None),
        ("a b:1", None),
        ("", None),
    ],
)
def test_a_peer_is_a_host_with_a_port(text: str, peer: tuple[str, int] | None) -> None:
    assert peer_of(text) == peer


@in_one_test
@pytest.mark.parametrize(
    "text",
    [
        "ssl_certificate " * 20_000,
        'ssl_certificate "' + "a" * 300_000,
        "certFile: [" + '"a", ' * 60_000 + "]",
        " " * 300_000 + "include x;",
        "bind " + "crt " * 70_000,
        "\n" * 300_000,
        '"\\" ' * 70_000 + "ssl_certificate a;",
        "{" * 170_000 + "ssl_certificate a;" * 7_000,
        "<VirtualHost>" * 20_000 + "SSLCertificateFile a",
        "SSLCertificateFile \\\n" * 17_000,
        "certFile: " * 30_000,
        "# certFile: a\n" * 20_000,
        "# " + "certFile: " * 30_000,
        "{certFile: [" * 23_000,
        "f(certFile: " * 23_000,
        "certFile:\n\n" * 23_000,
        "rootCAs:\n - a\n" * 20_000,
        'bind x crt "' + "crt 'a " * 33_000,
    ],
)
def test_a_text_that_was_made_to_take_long_does_not(text: str) -> None:
    behind = "\n;\nssl_certificate last.pem;\n"
    with bounded(0.3):
        try:
            found = {each.text for each in pointers_of((text + behind).encode(), "a", is_inventory=True)}
        except LimitError as error:
            found = {error.code}
    told = {"last.pem", "", "portfolio.error.too_many_pointers", "portfolio.error.configuration_too_large"}
    assert found & told, "what stands behind it, or that it is not known"


LISTS = {
    "yaml.yml": (
        "tls:\n  options:\n    clientAuth:\n      caFiles:  # of them\n        - tls/a.pem\n\n"
        "        - 'tls/b.pem'  # b\n      x: 1\n        - tls/c.pem\n"
    ),
    "below.toml": '[x]\nrootCAs = [\n  "tls/a.pem",  # a\n  "tls/b.pem",\n]\nother = ["tls/c.pem"]\n',
    "begun.toml": 'rootCAs = [\n"tls/a.pem", "tls/b.pem" ]\n',
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_that_goes_on_below_its_directive_is_whole(name: str) -> None:
    found = pointers_of(LISTS[name].encode(), name, is_inventory=False)
    assert [pointer.text for pointer in found] == ["tls/a.pem", "tls/b.pem"]
    lines = LISTS[name].split("\n")
    assert all(pointer.text in lines[pointer.line - 1] for pointer in found)
    with bounded(2):
        pointers_of(b"rootCAs = [\n\n\n" * 9_000, name, is_inventory=False)


@pytest.mark.parametrize("base", ["", "global\n  crt-base tls\n"])
def test_a_list_of_haproxy_is_followed_line_by_line(outside: Path, base: str) -> None:
    (outside / "lists").mkdir()
    (outside / "haproxy.cfg").write_text(f"{base}frontend f\n  bind :443 ssl crt-list lists/list.txt\n")
    folder = "" if base else "../tls/"
    (outside / "lists" / "list.txt").write_text(
        f"# a comment\n{folder}a.pem [alpn h2 ssl-min-ver TLSv1.2] *.example.nl !a.example.nl\n\nnone.pem\n"
    )
    found = scanned(outside / "haproxy.cfg")
    (one,) = found.judged
    assert [place.named_by for place in one.places] == [(f"{outside / 'lists' / 'list.txt'}:2",)]
    (unread,) = found.unread
    assert (unread.code, unread.named_by) == (
        "portfolio.error.points_nowhere",
        (f"{outside / 'lists' / 'list.txt'}:4",),
    )


@pytest.mark.parametrize(
    ("defines", "is_found"),
    [
        ("Define CERTS tls\n", True),
        ('Define CERTS "tls"\n', True),
        ("Define CERTS tls\nDefine CERTS tls\n", True),
        ("Define CERTS other\nDefine CERTS tls\n", True),
        ("Define OTHER tls\n", False),
        ("Define CERTS ${CERTS}\n", False),
        ("", False),
    ],
)
def test_what_apache_defines_stands_for_its_value_and_is_never_guessed(
    outside: Path, defines: str, is_found: bool
) -> None:
    (outside / "site.conf").write_text(f"{defines}SSLCertificateFile ${{CERTS}}/a.pem\n")
    found = scanned(outside / "site.conf")
    assert len(found.judged) == is_found
    assert [one.code for one in found.unread] == ([] if is_found else ["portfolio.error.variable"])
    (outside / "site.conf").write_text(f"{defines}Define CERTS other\nSSLCertificateFile ${{CERTS}}/a.pem\n")
    assert [one.code for one in scanned(outside / "site.conf").unread] == ["portfolio.error.points_nowhere"]


def test_a_list_of_files_and_peers_is_one_wherever_it_comes_from(
    outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(outside)
    text = b"tls/a.pem\n# b\n./none.pem\nexample.nl:443\n"
    (outside / "list").write_bytes(text)
    for found in (scanned("list"), scanned(contents={"input": text})):
        assert [place.name for place in found.judged[0].places] == ["tls/a.pem"]
        assert {one.name for one in found.unread} == {"./none.pem", "example.nl:443"}
    (one,) = scanned(contents={"input": WHOLE}).judged
    assert [place.name for place in one.places] == ["input"]
    assert [each.code for each in scanned(contents={"input": b"hallo, wereld"}).unread] == [
        "sources.error.unrecognised"
    ]


@pytest.mark.parametrize("name", ["nginx.conf", "traefik.yml", "traefik.toml", "keyed.conf"])
@pytest.mark.parametrize("fits", [True, False])
@pytest.mark.parametrize("key_name", ["a.key", "other.pem"])
@pytest.mark.parametrize("is_mixed", [False, True])
def test_the_key_that_a_configuration_names_has_to_fit_its_certificate(
    outside: Path, name: str, fits: bool, key_name: str, is_mixed: bool
) -> None:
    """Whatever its file is called, and also where the certificate of that key is in it: programs take the key only."""
    keyed = 'SSLCertificateFile "tls/a.pem"\nSSLCertificateKeyFile tls/a.key\n'
    text = {**CONFIGURATIONS, "keyed.conf": keyed}[name]
    (outside / "tls" / "a.key").unlink()
    (outside / name).write_text(text.replace("a.key", key_name))
    (outside / "tls" / "a.pem").write_bytes(
        pem(end_entity("a.nl", good_chain().tsp, own_key=good_chain().root.key).der) + CHAIN
    )
    key = good_chain().root.key if fits else good_chain().tsp.key
    with_it = pem(end_entity("a.nl" if fits else "b.nl", good_chain().tsp, own_key=key).der) if is_mixed else b""
    (outside / "tls" / key_name).write_bytes(written(key) + with_it)
    found = scanned(outside / name)
    assert not found.unread
    assert [key.place.name for key in found.keys] == [str(outside / "tls" / key_name)]
    (one,) = (one for one in found.judged if str(outside / "tls" / "a.pem") in {place.name for place in one.places})
    told = [outcome for outcome in one.findings if outcome.rule.code.startswith("received.private_key")]
    assert len(told) == (not fits)
    assert one.verdict is (Verdict.PASSED if fits else Verdict.FAILED)
    assert all(outcome.params["file"] == str(outside / "tls" / key_name) for outcome in told)


def test_a_key_that_is_not_there_keeps_nothing_from_being_judged(outside: Path) -> None:
    (outside / "tls" / "a.key").unlink()
    (outside / "nginx.conf").write_text(CONFIGURATIONS["nginx.conf"])
    found = scanned(outside / "nginx.conf")
    assert [(one.code, one.gap) for one in found.unread] == [("portfolio.error.points_nowhere", Gap.SKIPPED)]
    assert found.is_whole
    assert len(found.judged) == 1


def test_which_key_goes_with_which_is_not_guessed(outside: Path) -> None:
    text = "ssl_certificate tls/a.pem;\nssl_certificate tls/a.pem;\nssl_certificate_key tls/a.key;\n"
    found = [each for each in pointers_of(text.encode(), "nginx.conf", is_inventory=False) if each.is_key]
    assert [(each.text, each.key_of) for each in found] == [("tls/a.key", "")]
    engine = b"ssl_certificate a.pem;\nssl_certificate_key engine:pkcs11:key;\n"
    assert [each.target for each in pointers_of(engine, "n", is_inventory=False)] == [Target.UNKNOWN, Target.FILE]


def test_a_list_of_haproxy_may_be_given_by_itself(tmp_path: Path) -> None:
    """Its options and names are no part of the name of the file; a name with a space stays one."""
    for name in ("a.pem", "b.pem", "c d.pem", "e.pem"):
        (tmp_path / name).write_bytes(b"")
    lines = {
        f"{tmp_path}/a.pem [alpn h2 ocsp-update on] a.example.nl": f"{tmp_path}/a.pem",
        f"{tmp_path}/b.pem *.example.nl !b.example.nl": f"{tmp_path}/b.pem",
        f"{tmp_path}/c d.pem": f"{tmp_path}/c d.pem",
        "./e.pem e.example.nl": "./e.pem",
        f"{tmp_path}/absent.pem [verify none]": f"{tmp_path}/absent.pem",
        f"{tmp_path}/not there.pem": f"{tmp_path}/not there.pem",
        "example.nl:443": "example.nl:443",
    }
    found = pointers_of("\n".join(["# a list", "", *lines]).encode(), f"{tmp_path}/list", is_inventory=True)
    assert [one.text for one in found] == list(lines.values())


@pytest.mark.parametrize(
    ("before", "value", "is_known"),
    [
        ("setenv C tls", '"$C/a.pem"', True),
        ("presetenv C tls", '"${C}/a.pem"', False),
        ("setenv C other\n setenv C tls", '"${C}"/a.pem', True),
        ("setenv C tls\n presetenv C other", '"${C}/a.pem"', True),
        ('setenv D tls\n setenv C "$D"', '"${C}/a.pem"', True),
        ("setenv C tls", "${C}/a.pem", False),  # HAProxy takes it as it stands
        ("setenv C tls", "'${C}/a.pem'", False),
        ("setenv C tls\n unsetenv B C", '"${C}/a.pem"', False),
        ("setenv C tls\n resetenv", '"${C}/a.pem"', False),
        (".if defined(X)\n setenv C tls\n .endif", '"${C}/a.pem"', False),
        ("setenv C tls\n .if defined(X)\n setenv C other\n .endif", '"${C}/a.pem"', False),
        ('setenv C "$D"', '"${C}/a.pem"', False),
        ("setenv B tls", '"${C}/a.pem"', False),
    ],
)
def test_what_haproxy_is_told_to_set_is_the_value_from_there_on(
    outside: Path, before: str, value: str, is_known: bool
) -> None:
    line = f"frontend f\n bind :1 ssl crt {value}\n"
    (outside / "haproxy.cfg").write_text(f"global\n {before}\n{line}")
    found = scanned(outside / "haproxy.cfg")
    assert ([one.code for one in found.unread] == ["portfolio.error.variable"]) is not is_known
    assert len(found.judged) == is_known
    (outside / "haproxy.cfg").write_text(f"{line}global\n {before}\n")
    assert [one.code for one in scanned(outside / "haproxy.cfg").unread] == ["portfolio.error.variable"], "set below"
