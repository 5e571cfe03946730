"""However a configuration is laid out, the same certificates and keys are looked at: notations × programs × faults.

Of nginx, Apache and HAProxy the program itself says that it takes each notation.
"""

# ruff: noqa: E501  a notation stands as it is written

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import CertificateSigningRequestBuilder, Name

from pkitools.checking import Revocation
from pkitools.findings import Verdict
from pkitools.package_data import read_toml
from pkitools.portfolio import Gap, Portfolio, Target, keeping
from pkitools.portfolio.pointers import pointers_of
from pkitools.x509 import read_certificate
from tests.portfolio.support import CHAIN, judging, other_leaf, scanned
from tests.support.cases import in_one_test
from tests.support.chains import Issued, crl, end_entity, good_chain
from tests.support.chains import key as new_key
from tests.support.deliveries import pem
from tests.support.effort import in_turn
from tests.support.judges import judge

# in each A.pem with A.key is the first certificate and R.pem with R.key the second
NGINX: Final = {
    "plain": "server {\n listen 127.0.0.1:1 ssl;\n ssl_certificate A.pem;\n ssl_certificate_key A.key;\n}\n"
    "server {\n listen 127.0.0.1:2 ssl;\n ssl_certificate R.pem;\n ssl_certificate_key R.key;\n}\n",
    "on one line": "server { listen 127.0.0.1:1 ssl; ssl_certificate A.pem; ssl_certificate_key A.key; }\n"
    "server{listen 127.0.0.1:2 ssl;ssl_certificate R.pem;ssl_certificate_key R.key;}",
    "two on a line": "server { listen 127.0.0.1:1 ssl;\nssl_certificate A.pem; ssl_certificate R.pem;\n"
    "ssl_certificate_key A.key; ssl_certificate_key R.key; }",
    "on the next line": "server { listen 127.0.0.1:1 ssl;\n ssl_certificate\n  A.pem\n ;ssl_certificate_key\n\nA.key; }\n"
    "server { listen 127.0.0.1:2 ssl; ssl_certificate\n  R.pem; ssl_certificate_key # its key; {\n  R.key\n; }\n",
    "quoted": "server { listen 127.0.0.1:1 ssl; ssl_certificate \"A.pem\" ;ssl_certificate_key 'A.key'; }\n"
    "server { listen 127.0.0.1:2 ssl; add_header X \"a # ; } { b\"; 'ssl_certificate'\t'R.pem'; "
    '"ssl_certificate_key" "R.key" ;}\n',
    "comments": "server { # ssl_certificate x.pem; }\n listen 127.0.0.1:1 ssl; ssl_certificate A.pem; # it's\n"
    "ssl_certificate_key A.key;# \"\n}\nserver { listen 127.0.0.1:2 ssl; ssl_certificate R.pem;#'\nssl_certificate_key R.key; }",
    "inherited": "ssl_certificate_key A.key;\nserver { listen 127.0.0.1:2 ssl; ssl_certificate R.pem; ssl_certificate_key R.key; }\n"
    "server { listen 127.0.0.1:1 ssl; ssl_certificate A.pem; }",
    "variables": "map $ssl_server_name $a { default A; }\nmap $ssl_server_name $r { default R; }\n"
    "server { listen 127.0.0.1:1 ssl; ssl_certificate $a.pem; ssl_certificate_key ${a}.key; }\n"
    "server { listen 127.0.0.1:2 ssl; ssl_certificate ${r}.pem; ssl_certificate_key $r.key; }",
    "long string": "server { listen 127.0.0.1:1 ssl; ssl_certificate A.pem; ssl_certificate_key A.key; }\n"
    'log_format x "a\n{ } \' b"; server { listen 127.0.0.1:2 ssl; ssl_certificate R.pem; ssl_certificate_key R.key; }',
}  # fmt: skip
_HOST: Final = (
    "<VirtualHost *:1>\nSSLEngine on\nSSLCertificateFile A.pem\nSSLCertificateKeyFile A.key\n</VirtualHost>\n"
)
APACHE: Final = {
    "plain": _HOST + _HOST.replace("A.", "R.").replace(":1", ":2"),
    "continued": _HOST + "<VirtualHost *:2>\nSSLEngine on\nSSLCertificateFile \\\n  R.pem\nSSLCertificateKey\\\nFile \\\n\\\n'R.key'\n</VirtualHost>\n",
    "any letters": _HOST + "<virtualhost *:2>\nsslengine on\n\tSSLCERTIFICATEFILE\tR.pem\nsslcertificatekeyfile \"R.key\"\n</virtualhost>\n",
    "comments": _HOST + "<VirtualHost *:2>\nSSLEngine on\n# it's \"\\\nSSLCertificateFile x.pem\n SSLCertificateFile R.pem\n"
    "SSLCertificateKeyFile R.key\n</VirtualHost>",
    "sections": _HOST + "<VirtualHost *:2>\n<IfModule ssl_module>\nSSLEngine on\nSSLCertificateFile R.pem\n</IfModule>\n"
    "SSLCertificateKeyFile R.key\n</VirtualHost>\n",
    "defined": _HOST + "Define which R\n<VirtualHost *:2>\nSSLEngine on\nSSLCertificateFile ${which}.pem\n"
    "SSLCertificateKeyFile \"${which}.key\"\n</VirtualHost>\n",
    "several": "<VirtualHost *:1>\nSSLEngine on\nSSLCertificateFile A.pem\nSSLCertificateFile R.pem\nSSLCertificateKeyFile A.key\n"
    "SSLCertificateKeyFile R.key\n</VirtualHost>\n",
}  # fmt: skip
HAPROXY: Final = {
    "plain": "frontend f\n bind 127.0.0.1:1 ssl crt A.pem\n bind 127.0.0.1:2 ssl crt R.pem\n",
    "two on a line": "frontend f\n bind 127.0.0.1:1 ssl crt A.pem alpn h2 crt R.pem # crt x.pem\n",
    "quoted": "frontend f\n bind 127.0.0.1:1 ssl crt 'A.pem' crt R\".pem\"\n",
    "escaped": "frontend f\n bind 127.0.0.1:1 name a\\#b ssl crt A.pem\n bind 127.0.0.1:2 name \"c # d\" ssl crt \"R.pem\" alpn h2\n",
    "list": "frontend f\n bind 127.0.0.1:1 ssl crt A.pem crt-list 'list'\n",
    "server": "frontend f\n bind 127.0.0.1:1 ssl crt A.pem\nbackend b\n default-server ssl verify none crt \"R.pem\"\n server s 127.0.0.1:2\n",
    "template": "frontend f\n bind 127.0.0.1:1 ssl crt A.pem\nbackend b\n server-template s 1-2 127.0.0.1:2 ssl verify none crt R.pem\n",
}  # fmt: skip
_FIRST: Final = "tls:\n  certificates:\n    - certFile: A.pem\n      keyFile: A.key\n"
YAML: Final = {
    "plain": _FIRST + "    - certFile: R.pem\n      keyFile: R.key\n",
    "flow": _FIRST + "    - {certFile: R.pem, keyFile: R.key}\n",
    "flow, the other way": _FIRST + '    - { "keyFile": "R.key", \'certFile\' : R.pem }\n',
    "flow of all": "tls: {certificates: [{certFile: A.pem, keyFile: A.key}, {certFile: R.pem,\n keyFile: R.key}]}\n",
    "on the next line": _FIRST + "    - certFile:\n        R.pem\n      keyFile:\n\n        # its key\n        'R.key'\n",
    "folded": _FIRST + "    - certFile: >-\n        R.pem\n      keyFile: |\n        R.key\n",
    "anchors": _FIRST + "    - certFile: &r R.pem # r\n      keyFile: !!str R.key\n",
    "any letters": _FIRST + "    - certfile: R.pem\n      KEYFILE: R.key\n",
    "stores": _FIRST + "    - certFile: R.pem\n      stores:\n        - default\n      keyFile: R.key\n",
    "one without a key": "x:\n  - certFile: A.pem\n" + _FIRST + "    - {certFile: R.pem, keyFile: R.key}\n",
    "json": '{"tls":{"certificates":[{"certFile":"A.pem","keyFile":"A.key"},{"certFile":\n"\\u0052.pem","keyFile" : "R.key"}]}}',
}  # fmt: skip
TOML: Final = {
    "plain": '[[tls.certificates]]\ncertFile = "A.pem"\nkeyFile = "A.key"\n[[tls.certificates]]\ncertFile = "R.pem"\nkeyFile = "R.key"\n',
    "inline": '[tls]\ncertificates = [{certFile = "A.pem", keyFile = "A.key"}, { keyFile=\'R.key\',certFile=\'R.pem\' }]\n',
    "quoted": "[[tls.certificates]]\ncertFile = 'A.pem' # it's\nkeyFile = \"A.key\"\n[[tls.certificates]]\n\"certFile\" = \"\"\"\nR.pem\"\"\"\n'keyFile'='''R.key'''\n",
    "dotted": '[[a]]\nclientTLS.certFile = "A.pem"\nclientTLS.keyFile = "A.key"\n[[a]]\nclientTLS.certFile = "R.pem"\nclientTLS."keyFile" = "R.key"\n',
}  # fmt: skip
NAMES: Final = {
    "nginx": "nginx.conf",
    "apache": "site.conf",
    "haproxy": "haproxy.cfg",
    "yaml": "t.yml",
    "toml": "t.toml",
}
WAYS: Final = {"nginx": NGINX, "apache": APACHE, "haproxy": HAPROXY, "yaml": YAML, "toml": TOML}
ALL: Final = [(program, way) for program, ways in WAYS.items() for way in ways]


STORES: Final = {
    "plain": "crt-store web\n load crt one/A.pem key two/A.pem alias a\n load key two/R.pem crt one/R.pem\n",
    "bases": "crt-store web\n crt-base one\n key-base two\n load crt A.pem key A.pem\n load crt R.pem key R.pem\n",
    "bases of all": "global\n key-base two\n crt-base one\ncrt-store web\n load key A.pem crt A.pem\n load crt R.pem key R.pem\n",
}  # fmt: skip


def _key(issued: Issued) -> bytes:
    data: bytes = issued.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return data


@pytest.fixture(scope="module")
def issued() -> dict[str, Issued]:
    tsp = good_chain().tsp
    keys = {"A": good_chain().root.key, "R": good_chain().domain.key}
    return {name: end_entity(f"{name.lower()}.example.nl", tsp, own_key=key) for name, key in keys.items()}


@pytest.fixture
def folder(tmp_path: Path, issued: dict[str, Issued]) -> Path:
    """The files that every notation names."""
    for name, each in issued.items():
        (tmp_path / f"{name}.pem").write_bytes(pem(each.der) + CHAIN)
        (tmp_path / f"{name}.key").write_bytes(_key(each))
    (tmp_path / "list").write_text("# of HAProxy\nR.pem [alpn h2] r.example.nl\n")
    return tmp_path


@pytest.fixture
def no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what configurations say counts, and not that A.key goes with A.pem by its name."""
    monkeypatch.setattr(keeping, "misnamed", lambda *_: ())


def _standing(folder: Path, program: str, **asked: Any) -> tuple[dict[str, Verdict], Portfolio]:
    found = scanned(folder / NAMES[program], *asked.pop("beside", ()), asked=judging(**asked))
    return {str(one.common_name)[0].upper(): one.verdict for one in found.judged}, found


@pytest.mark.parametrize(("program", "way"), ALL)
def test_a_revoked_certificate_in_second_place_is_looked_at(
    folder: Path, issued: dict[str, Issued], program: str, way: str
) -> None:
    (folder / NAMES[program]).write_text(WAYS[program][way])
    for name in "AR" if program == "haproxy" else "":  # it names no key, and looks for this
        (folder / f"{name}.pem.key").write_bytes((folder / f"{name}.key").read_bytes())
    (folder / "lists").mkdir()
    for revoked in "AR":
        (folder / "lists" / "tsp.crl").write_bytes(
            crl(good_chain().tsp, read_certificate(issued[revoked].der).serial_number)
        )
        lists = {"beside": (folder / "lists",), "revocation": Revocation(policy="prefer")}
        standing, found = _standing(folder, program, **lists)
        assert not found.unread
        assert {name for name, verdict in standing.items() if verdict is Verdict.FAILED} == {revoked}
        assert set(standing) == {"A", "R"}


@pytest.mark.usefixtures("no_names")
@pytest.mark.parametrize(("program", "way"), [each for each in ALL if each[0] != "haproxy"])
def test_a_key_that_was_exchanged_is_noticed(folder: Path, program: str, way: str) -> None:
    (folder / NAMES[program]).write_text(WAYS[program][way])
    assert set(_standing(folder, program)[0].values()) == {Verdict.PASSED}
    first, second = ((folder / f"{name}.key").read_bytes() for name in "AR")
    (folder / "A.key").write_bytes(second)
    (folder / "R.key").write_bytes(first)
    assert _standing(folder, program)[0] == {"A": Verdict.FAILED, "R": Verdict.FAILED}


@pytest.mark.usefixtures("no_names")
def test_the_key_of_a_store_of_haproxy_is_compared(folder: Path) -> None:
    text = 'crt-store\n load crt A.pem key A.key\n load key "R.key" crt R.pem alias r\n'
    (folder / NAMES["haproxy"]).write_text(text)
    assert set(_standing(folder, "haproxy")[0].values()) == {Verdict.PASSED}
    (folder / "R.key").write_bytes((folder / "A.key").read_bytes())
    assert _standing(folder, "haproxy")[0] == {"A": Verdict.PASSED, "R": Verdict.FAILED}


_BY_ITSELF: Final = {
    "added": ("", "bind :1 ssl crt C", "c.pem", "c.pem.key"),
    "added to .crt": ("", "bind :1 ssl crt C", "c.crt", "c.crt.key"),
    "in place": ("global\n ssl-load-extra-del-ext\n", "bind :1 ssl crt C", "c.crt", "c.key"),
    "of a folder": ("", "bind :1 ssl crt D/", "c.pem", "c.pem.key"),
    "of a folder, in place": ("global\n ssl-load-extra-del-ext\n", "bind :1 ssl crt D/", "c.crt", "c.key"),
    "of a list": ("", "bind :1 ssl crt-list L", "c.pem", "c.pem.key"),
    "of a list, in place": ("global\n ssl-load-extra-del-ext\n", "bind :1 ssl crt-list L", "c.crt", "c.key"),
    "of a server": ("", "server s 127.0.0.1:1 ssl verify none crt C", "c.pem", "c.pem.key"),
    "one of several keys": ("", "bind :1 ssl crt D/c", "c.ecdsa", "c.ecdsa.key"),
    "one of several keys, of a list": ("", "bind :1 ssl crt-list M", "c.rsa", "c.rsa.key"),
}


def _starts(folder: Path) -> bool:
    command = [judge("haproxy"), "-c", "-f", str(folder / "haproxy.cfg")]
    return subprocess.run(command, capture_output=True, cwd=folder, check=False).returncode == 0


@pytest.mark.parametrize(
    ("case", "inside", "key", "whole"),
    [
        (case, inside, key, whole)
        for (number, case), inside, key in product(enumerate(_BY_ITSELF), (None, "A"), ("A", "R"))
        for whole in in_turn((True, False), number, inside == "A", key == "A")
    ],
)
def test_what_haproxy_loads_by_itself_is_held_to_its_certificate(
    folder: Path,
    issued: dict[str, Issued],
    tmp_path_factory: pytest.TempPathFactory,
    case: str,
    inside: str | None,
    key: str,
    *,
    whole: bool,
) -> None:
    """HAProxy itself says whether they fit; whether its folder was given or its configuration alone, in turn."""
    options, line, certificate, beside = _BY_ITSELF[case]
    where = folder if whole else tmp_path_factory.mktemp("elsewhere")
    (where / "certs").mkdir()
    own = b"" if inside is None else (folder / f"{inside}.key").read_bytes()
    (where / "certs" / certificate).write_bytes((folder / "A.pem").read_bytes() + own)
    loaded = Issued(b"", issued["A"].key if key == "A" else new_key("of HAProxy"), b"")
    (where / "certs" / beside).write_bytes(_key(loaded))
    (where / "L").write_text(f"{where}/certs/{certificate}\n")
    (where / "M").write_text(f"{where}/certs/c\n")
    for name, path in (("C", f"certs/{certificate}"), ("D/", "certs/"), ("L", "L"), ("M", "M")):
        line = re.sub(rf" {name}", f" {where}/{path}", line)
    defaults = "defaults\n mode http\n timeout client 1s\n timeout server 1s\n timeout connect 1s\n"
    (folder / "haproxy.cfg").write_text(f"{options}{defaults}listen f\n bind :2\n {line}\n")
    for each in ("A.key", "R.key", "A.pem", "R.pem", "list"):
        (folder / each).unlink()
    found = scanned(folder if whole else folder / "haproxy.cfg")
    assert not found.unread
    (one,) = found.judged
    fits = _starts(folder)
    assert fits is (inside == "A" or key == "A")
    if not fits or key == "A":
        assert one.verdict is (Verdict.PASSED if fits else Verdict.FAILED)
    # while a renewal is under way its key may lie there by its name, and HAProxy starts no better for that
    requested = CertificateSigningRequestBuilder().subject_name(Name([])).sign(loaded.key, SHA256())
    (where / "new.csr").write_bytes(requested.public_bytes(Encoding.PEM))
    (one,) = scanned(folder / "haproxy.cfg", where / "new.csr").judged
    if not fits:
        assert one.verdict is Verdict.FAILED


def _taken_by_nginx(folder: Path, text: str) -> list[str]:
    whole = f"pid {folder}/pid; events {{}} http {{ server_names_hash_bucket_size 128; access_log off;\n{text}\n}}\n"
    (folder / "whole.conf").write_text(whole)
    return [judge("nginx"), "-t", "-e", f"{folder}/log", "-p", str(folder), "-c", f"{folder}/whole.conf"]


def _taken_by_apache(folder: Path, text: str) -> list[str]:
    program, modules = judge("apache2"), Path("/usr/lib/apache2/modules")
    if not (modules / "mod_ssl.so").exists():
        pytest.skip("Apache has no mod_ssl here")
    loaded = "".join(
        f"LoadModule {name}_module {modules}/mod_{name}.so\n"
        for name in ("mpm_event", "authz_core", "socache_shmcb", "ssl")
    )
    main = (
        f'ServerRoot "{folder}"\nServerName a\nDefaultRuntimeDir {folder}\nErrorLog {folder}/log\nListen 127.0.0.1:1\n'
    )
    (folder / "whole.conf").write_text(f"{loaded}{main}{text}")
    return [program, "-t", "-f", f"{folder}/whole.conf"]


def _taken_by_haproxy(folder: Path, text: str) -> list[str]:
    for name in "AR":
        with (folder / f"{name}.pem").open("ab") as file:
            file.write((folder / f"{name}.key").read_bytes())
    defaults = "defaults\n mode http\n timeout client 1s\n timeout server 1s\n timeout connect 1s\n"
    (folder / "whole.cfg").write_text(f"global\n crt-base {folder}\n{defaults}{text}")
    return [judge("haproxy"), "-c", "-f", f"{folder}/whole.cfg"]


JUDGES: Final[dict[str, Callable[[Path, str], list[str]]]] = {
    "nginx": _taken_by_nginx,
    "apache": _taken_by_apache,
    "haproxy": _taken_by_haproxy,
}


@pytest.mark.parametrize(("program", "way"), [each for each in ALL if each[0] in JUDGES])
def test_the_program_takes_each_notation(folder: Path, program: str, way: str) -> None:
    """And the certificate of that very place: without its file it does not."""
    command = JUDGES[program](folder, WAYS[program][way])
    taken = subprocess.run(command, capture_output=True, cwd=folder, check=False)
    assert taken.returncode == 0, taken.stderr.decode() + taken.stdout.decode()
    (folder / "R.pem").unlink()
    if way == "variables":  # what has one nginx looks for when somebody connects
        return
    assert subprocess.run(command, capture_output=True, cwd=folder, check=False).returncode != 0


# what stands in two files that include one another: of the first and the second host; each A.… may hold R's key
INCLUDING: Final = {
    "nginx, a snippet each": ("nginx", ("server { listen 127.0.0.1:1 ssl; include A-cert.inc; include A-key.inc; }\n"
        "server { listen 127.0.0.1:2 ssl; include R-key.inc; include R-cert.inc; }\n"), {
            f"{h}-{kind}.inc": f"ssl_certificate{'_key' * (kind == 'key')} {h}.{'pem' if kind == 'cert' else 'key'};\n"
            for h in "AR" for kind in ("cert", "key")}),
    "nginx, the certificate in a snippet": ("nginx", ("server { listen 127.0.0.1:1 ssl; include A.inc; ssl_certificate_key A.key; }\n"
        "server { listen 127.0.0.1:2 ssl; ssl_certificate_key R.key; include R.inc; }\n"),
        {f"{h}.inc": f"ssl_certificate {h}.pem;\n" for h in "AR"}),
    "nginx, hosts in files of their own": ("nginx", "ssl_certificate_key A.key; include sites/*.conf;\n", {
        "sites/a.conf": "server { listen 127.0.0.1:1 ssl; ssl_certificate A.pem; }\n",
        "sites/r.conf": "server { listen 127.0.0.1:2 ssl; ssl_certificate R.pem; include sites/r.key.inc; }\n",
        "sites/r.key.inc": "ssl_certificate_key R.key;\n"}),
    "nginx, one over one of the file around it": ("nginx", ("ssl_certificate_key A.key;\n"
        "server { listen 127.0.0.1:1 ssl; ssl_certificate A.pem; }\n"
        "server { listen 127.0.0.1:2 ssl; ssl_certificate R.pem; include R.inc; }\n"), {"R.inc": "ssl_certificate_key R.key;\n"}),
    "nginx, two of one host": ("nginx", "server { listen 127.0.0.1:1 ssl; include A.inc; include R.inc; }\n",
        {f"{h}.inc": f"ssl_certificate {h}.pem; ssl_certificate_key {h}.key;\n" for h in "AR"}),
    "nginx, an include in an include": ("nginx", ("server { listen 127.0.0.1:1 ssl; include A.inc; ssl_certificate A.pem; }\n"
        "server { listen 127.0.0.1:2 ssl; include R.inc; ssl_certificate R.pem; }\n"), {
            **{f"{h}.inc": f"include {h}.more;\n" for h in "AR"}, **{f"{h}.more": f"ssl_certificate_key {h}.key;\n" for h in "AR"}}),
    "Apache, a snippet each": ("apache", "".join(
        f"<VirtualHost *:{n}>\nSSLEngine on\nSSLCertificateFile {h}.pem\nInclude {h}-key.conf\n</VirtualHost>\n" for n, h in ((1, "A"), (2, "R"))),
        {f"{h}-key.conf": f"SSLCertificateKeyFile {h}.key\n" for h in "AR"}),
}  # fmt: skip


@pytest.mark.usefixtures("no_names")
@pytest.mark.parametrize("way", INCLUDING)
def test_what_stands_in_files_that_include_one_another_is_compared(folder: Path, way: str) -> None:
    program, text, files = INCLUDING[way]
    for name, inside in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(inside)
    (folder / NAMES[program]).write_text(text)
    assert set(_standing(folder, program)[0].values()) == {Verdict.PASSED}
    first, second = ((folder / f"{name}.key").read_bytes() for name in "AR")
    (folder / "A.key").write_bytes(second)
    (folder / "R.key").write_bytes(first)
    assert _standing(folder, program)[0] == {"A": Verdict.FAILED, "R": Verdict.FAILED}


@pytest.mark.parametrize("way", INCLUDING)
def test_the_program_takes_files_that_include_one_another_so(folder: Path, way: str) -> None:
    """nginx compares the keys itself where it reads a configuration; Apache does so when it starts."""
    program, text, files = INCLUDING[way]
    for name, inside in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(inside)
    command = JUDGES[program](folder, text)
    taken = subprocess.run(command, capture_output=True, cwd=folder, check=False)
    assert taken.returncode == 0, taken.stderr.decode() + taken.stdout.decode()
    first, second = ((folder / f"{name}.key").read_bytes() for name in "AR")
    (folder / "A.key").write_bytes(second)
    (folder / "R.key").write_bytes(first)
    taken = subprocess.run(command, capture_output=True, cwd=folder, check=False)
    assert (taken.returncode == 0) is (program == "apache")


@pytest.mark.parametrize("way", STORES)
def test_each_name_of_haproxy_counts_from_the_folder_of_its_own_kind(folder: Path, way: str) -> None:
    """A certificate and a key of one name in two folders."""
    for turned in (False, True):
        for name, other in (("A", "R"), ("R", "A")):
            for kind, held in (("one", f"{name}.pem"), ("two", f"{other if turned else name}.key")):
                (folder / kind).mkdir(exist_ok=True)
                (folder / kind / f"{name}.pem").write_bytes((folder / held).read_bytes())
        (folder / NAMES["haproxy"]).write_text(STORES[way])
        assert set(_standing(folder, "haproxy")[0].values()) == {Verdict.FAILED if turned else Verdict.PASSED}


UNREADABLE: Final = {
    "not ended": ("nginx.conf", "server {\n ssl_certificate A.pem\n ssl_certificate_key A.key;\n}", 2),
    "no end": ("nginx.conf", "a;\nssl_certificate A.pem", 2),
    "two values": ("nginx.conf", "a; b { ssl_certificate A.pem R.pem; }", 1),
    "open quotes": ("nginx.conf", 'a;\n\nssl_certificate "A.pem;\n', 3),
    "no value": ("nginx.conf", "a { ssl_certificate; }", 1),
    "Apache, next line": ("site.conf", "<VirtualHost *:1>\nSSLCertificateFile\nA.pem\n</VirtualHost>", 2),
    "Apache, open quotes": ("site.conf", "SSLCertificateKeyFile 'A.key\n", 1),
    "HAProxy, no value": ("haproxy.cfg", "frontend f\n bind :1 ssl crt A.pem crt # x\n", 2),
    "HAProxy, continued": ("haproxy.cfg", "frontend f\n bind :1 ssl crt \\\n A.pem\n", 2),
    "YAML, alias": ("t.yml", "a:\n - certFile: *a\n", 2),
    "YAML, mapping": ("t.yml", "a:\n  rootCAs:\n    - secret: a\n", 3),
    "YAML, lines": ("t.yml", "certFile: |\n  A.pem\n  R.pem\n", 2),
    "YAML, open list": ("t.yml", "rootCAs: [\n A.pem,\n b: c\n", 3),
    "TOML, a table": ("t.toml", 'certFile = { a = "A.pem" }\n', 1),
    "too long": ("nginx.conf", f"ssl_certificate {'a' * 5000};", 1),
}


UNREADABLE |= {
    "YAML, escaped": ("t.yml", 'a:\n  - "cert\\x46ile": A.pem\n', 2),
    "JSON, escaped": ("t.json", '{\n"\\u0063ertFile": "A.pem"}', 2),
    "TOML, escaped": ("t.toml", '\n"rootC\\U00000041s" = ["A.pem"]\n', 2),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_directive_that_cannot_be_followed_is_told_with_its_line(folder: Path, name: str) -> None:
    file, text, line = UNREADABLE[name]
    (folder / file).write_text(text)
    found = scanned(folder / file)
    told = [one for one in found.unread if one.code == "portfolio.error.not_made_out"]
    assert [(one.name, one.position, one.gap) for one in told] == [(str(folder / file), line, Gap.UNREADABLE)]
    assert f"Line {line} of {folder / file}" in str(told[0].error)
    assert not found.is_whole


@in_one_test
@pytest.mark.parametrize(
    "text",
    ["ssl_certificate {{ tls.certificate }};", "SSLCertificateFile {{ a }}\n", "certFile: {{ .Values.a }}\n", "ssl_certificate <%= @a %>;",
     "ssl_certificate data:$a;", "bind :1 ssl crt \"$A/b.pem\"\n", "certFile: ${A}\n"],
)  # fmt: skip
def test_what_only_a_program_knows_stays_a_variable(text: str) -> None:
    assert [each.target for each in pointers_of(text.encode(), "a.conf", is_inventory=False)] == [Target.UNKNOWN]


@in_one_test
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.go", "certFile := flag.String()\nx := T{certFile: a, keyFile: b}\n"),
        ("a.js", "f({ certFile: path.join(a), keyFile })\n"),
        ("a.txt", "f(a, certFile=b)\n"),
        ("t.yml", "certFile:\nkeyFile: ''\ncaFiles: []\nrootCAs: null\nx: 1 # {certFile: a}\n"),
        ("a.py", 'ssl_certificate = models.CharField("a")\nSSLCertificateFile = 1\n'),
        ("a.sh", "--certFile=a\n"),
    ],
)
def test_what_names_no_file_is_not_told(name: str, text: str) -> None:
    assert pointers_of(text.encode(), name, is_inventory=False) == ()


def test_a_configuration_in_a_script_is_read_too() -> None:
    text = "cat > x <<'EOF'\nssl_certificate a.pem;\nEOF\necho \"it's { \n  ssl_certificate 'b.pem';\n}\"\n"
    found = pointers_of(text.encode(), "a.sh", is_inventory=False)
    assert [(each.text, each.line) for each in found] == [("a.pem", 2), ("b.pem", 5)]


@in_one_test
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("t.yml", "a:\n  - ? certFile\n    : b.pem\n"),
        ("t.yml", "a:\n  ? 'certFile'\n  : b.pem\n"),
        ("haproxy.cfg", 'frontend f\n "bind" :1 ssl "crt" b.pem\n'),
        ("haproxy.cfg", "frontend f\n b'in'd :1 ssl 'crt' b.pem\n"),
        ("haproxy.cfg", "frontend f\n ssl-f-use crt b.pem\n"),
        ("haproxy.cfg", "peers p\n peer a 10.0.0.1:1 ssl crt b.pem\n"),
        ("haproxy.cfg", "global\n issuers-chain-path b.pem\n"),
        ("site.conf", '"SSLCertificateFile" b.pem\n'),
        ("site.conf", "<MDomain a>\nMDCertificateFile b.pem\n</MDomain>\n"),
        ("nginx.conf", "'ssl_certificate' b.pem;\n"),
    ],
)
def test_so_is_a_name_that_is_written_another_way(name: str, text: str) -> None:
    found = pointers_of(text.encode(), name, is_inventory=False)
    assert [(each.target, each.text) for each in found] == [(Target.FILE, "b.pem")]


INSTALLED: Final = {
    "nginx": r"(?!ngx_)(?:[a-z]+_)?ssl_(?:crl|(?:client_|trusted_)?certificate(?:_key)?)|ssl_stapling_file",
    "haproxy": r"crt|crt-list|crt-base|ca-(?:sign-)?file|ca-verify-file|ca-base|crl-file|issuers-chain-path|httpclient\.ssl\.ca-file",
    "apache2": r"(?:SSL|MD)[A-Za-z]*(?:Certificate|CA|CRL|Revocation)[A-Za-z]*(?:File|Path)",
}
NO_CERTIFICATE: Final = frozenset({"MDCACertificateFile", "MDHttpProxyCACertificateFile"})
"""Of whom mod_md orders certificates: its value may be ``none``."""


@pytest.mark.parametrize("program", INSTALLED)
def test_every_directive_that_a_program_knows_is_known(program: str) -> None:
    """Words with the shape of a directive for certificates in the programs as they are installed."""
    binary = Path(shutil.which(program) or f"/usr/sbin/{program}")
    if not binary.exists():
        pytest.skip(f"{program} is not installed")
    files = [binary, *Path("/usr/lib/apache2/modules").glob("mod_[sm][sd]*.so")] if program == "apache2" else [binary]
    words = re.compile(rf"\0({INSTALLED[program]})(?=\0)".encode())
    found = {each[1].decode() for file in files for each in words.finditer(file.read_bytes())}
    raw = read_toml("pkitools.portfolio", "data/pointers.toml")["apache" if program == "apache2" else program]
    ours = {each for key in ("file", "list", "base", "keys") for each in raw.get(key, ())}
    assert found
    assert found - NO_CERTIFICATE <= ours | set(raw["keys"].values())


@pytest.mark.parametrize("program", ["nginx", "yaml"])
def test_a_certificate_in_the_configuration_itself_hides_nothing_of_it(folder: Path, program: str) -> None:
    begins = {"nginx": b"", "yaml": b"x:\n  - certFile: |\n"}[program]
    inside = b"".join(b"    " * (program == "yaml") + line for line in other_leaf().splitlines(keepends=True))
    (folder / NAMES[program]).write_bytes(begins + inside + WAYS[program]["plain"].encode())
    found = scanned(folder / NAMES[program])
    assert not found.unread
    assert len(found.judged) == 3
