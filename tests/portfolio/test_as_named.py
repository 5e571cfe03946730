"""What a configuration names is what it is named as, as the program reads it: judged by that program.

What the program refuses is never good, and what it takes leaves no gap and fails nothing. ``apache2 -t`` loads no file.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from pkitools.findings import Severity, Verdict
from pkitools.portfolio import HeldCertificate, Portfolio
from pkitools.requests.keys import to_pem
from tests.portfolio.support import CHAIN, LEAF, WHOLE, other_leaf, scanned
from tests.portfolio.test_notations import JUDGES
from tests.support.cases import in_one_test
from tests.support.chains import end_entity, good_chain
from tests.support.deliveries import pem
from tests.support.judges import judge
from tests.support.requests import pooled_key, request

_OWN: Final = good_chain().leaf.key
KEY: Final = _OWN.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
OTHER: Final = pooled_key("ec:p-256").pem(None)
CSR: Final = to_pem("CERTIFICATE REQUEST", request(key=pooled_key("ec:p-256")))
TEXTS: Final = {
    "nginx": "server {{ listen 127.0.0.1:1 ssl; ssl_certificate A.pem; {key} }}\n",
    "haproxy": "defaults\n mode http\n timeout client 1s\n timeout server 1s\n timeout connect 1s\n"
    "listen f\n bind :2 ssl crt {folder}/A.pem\n",
}  # fmt: skip
NAMES: Final = {"nginx": "nginx.conf", "haproxy": "haproxy.cfg"}


def _lines(data: bytes, turn: Callable[[bytes], bytes]) -> bytes:
    return b"".join(map(turn, data.splitlines(keepends=True)))


def _der(data: bytes) -> bytes:
    program = ["openssl", "x509" if b"CERTIFICATE" in data else "pkey", "-outform", "DER"]
    return subprocess.run(program, input=data, capture_output=True, check=True).stdout


# what may be done to a text of PEM, or lie in its place
FORMS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "as it is": lambda data: data,
    "text before": lambda data: b"subject=x\nissuer=y\n" + data,
    "CR LF": lambda data: data.replace(b"\n", b"\r\n"),
    "a mark of UTF-8": lambda data: b"\xef\xbb\xbf" + data,
    "spaces behind": lambda data: _lines(data, lambda line: line.rstrip(b"\n") + b"  \n"),
    "CR": lambda data: data.replace(b"\n", b"\r"),
    "UTF-16": lambda data: data.decode().encode("utf-16"),
    "indented": lambda data: _lines(data, lambda line: b"  " + line),
    "one line": lambda data: data.replace(b"\n", b"\\n"),
    "JSON": lambda data: json.dumps({"pem": data.decode()}).encode(),
    "DER": _der,
}
CERTIFICATES: Final = {
    "own, then its chain": WHOLE,
    "own twice": LEAF + WHOLE,
    "own, then another": WHOLE + other_leaf(),
    "authority first": CHAIN + LEAF,
    "another first": other_leaf() + WHOLE,
    "authorities": CHAIN,
    "request": CSR,
    "key": KEY,
}
PRIVATE: Final = {
    "own": KEY,
    "own, then another": KEY + OTHER,
    "another, then own": OTHER + KEY,
    "another": OTHER,
    "public": _OWN.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    "certificate": WHOLE,
    "request": CSR,
    "own behind its certificate": WHOLE + KEY,
}


CASES: Final[dict[str, tuple[bytes, bytes | None]]] = {
    **{f"certificate: {name}": (data, KEY) for name, data in CERTIFICATES.items()},
    **{f"key: {name}": (WHOLE, data) for name, data in PRIVATE.items()},
    **{f"certificate as {name}": (turn(WHOLE), KEY) for name, turn in FORMS.items()},
    **{f"key as {name}": (WHOLE, turn(KEY)) for name, turn in FORMS.items()},
    "no key": (WHOLE, None),
    "key with the certificate": (WHOLE + KEY, None),
    "key before the certificate": (KEY + WHOLE, None),
    "another key with the certificate": (WHOLE + OTHER, None),
    "key with a wrong order": (CHAIN + LEAF + KEY, None),
    "key inside and another beside": (WHOLE + KEY, OTHER),
}


def _is_good(found: Portfolio) -> bool:
    own: list[HeldCertificate] = list(found.judged)
    fails = any(one.worst is Severity.ERROR for one in own)
    return found.is_whole and bool(own) and not fails and found.verdict is Verdict.PASSED


@in_one_test
@pytest.mark.parametrize("program", NAMES)
@pytest.mark.parametrize("case", CASES)
def test_what_a_program_refuses_is_never_good_and_what_it_takes_is(tmp_path: Path, program: str, case: str) -> None:
    certificate, key = CASES[case]
    named = "ssl_certificate_key A.key;" if key is not None else ""
    text, place = TEXTS[program].format(key=named, folder=tmp_path), tmp_path / NAMES[program]
    for name, data in {"A.pem": certificate, "A.pem.key" if program == "haproxy" else "A.key": key}.items():
        if data is not None:
            (tmp_path / name).write_bytes(data)
    place.write_text(text)
    found = scanned(tmp_path)
    command = JUDGES["nginx"](tmp_path, text) if program == "nginx" else [judge("haproxy"), "-c", "-f", str(place)]
    taken = subprocess.run(command, capture_output=True, cwd=tmp_path, check=False).returncode == 0
    assert _is_good(found) is taken, (taken, [one.code for one in found.unread], found.verdict)


@in_one_test
@pytest.mark.parametrize("chosen", ["", "all", "none", "issuer", "key sctl"])
@pytest.mark.parametrize("inside", [True, False])
def test_haproxy_loads_the_key_beside_where_it_has_none_and_is_not_told_otherwise(
    tmp_path: Path, chosen: str, inside: bool
) -> None:
    (tmp_path / "A.pem").write_bytes(WHOLE + KEY if inside else WHOLE)
    (tmp_path / "A.pem.key").write_bytes(OTHER if inside else KEY)
    place = tmp_path / "haproxy.cfg"
    option = f"global\n ssl-load-extra-files {chosen}\n" if chosen else ""
    place.write_text(option + TEXTS["haproxy"].format(folder=tmp_path))
    taken = subprocess.run([judge("haproxy"), "-c", "-f", str(place)], capture_output=True, check=False).returncode == 0
    found = scanned(tmp_path)
    assert _is_good(found) is taken, (taken, [one.code for one in found.unread], found.verdict)


@pytest.mark.interop
@pytest.mark.parametrize("told", [True, False])
def test_haproxy_takes_the_end_of_a_name_away_only_where_it_is_told_to(tmp_path: Path, told: bool) -> None:
    (tmp_path / "A.crt").write_bytes(WHOLE)
    (tmp_path / "A.key").write_bytes(KEY)
    place = tmp_path / "haproxy.cfg"
    text = TEXTS["haproxy"].format(folder=tmp_path).replace("A.pem", "A.crt")
    place.write_text(f"global\n{' ssl-load-extra-del-ext' if told else ''}\n{text}")
    ran = subprocess.run([judge("haproxy"), "-c", "-f", str(place)], capture_output=True, check=False)
    assert (ran.returncode == 0) is told, ran.stderr
    assert scanned(tmp_path).is_whole is told


# of each host of Apache: its certificates with what else is in their files, its keys, and whether it starts
_KEYS: Final = {name: pooled_key(kind) for name, kind in {"a": "ec:p-256", "b": "ec:p-384", "c": "rsa:2048"}.items()}
NUMBERED: Final = {
    ("a", "a"): True,
    ("ab", "ab"): True,
    ("ab", "a"): False,
    ("ab", "b"): False,
    ("aB", "a"): True,
    ("aB", "b"): False,
    ("Ab", "b"): False,
    ("AB", ""): True,
    ("abc", "ab"): False,
    ("abC", "ab"): True,
    ("abC", "ba"): False,
    ("ABc", "a"): False,
}


def numbered(folder: Path, certificates: str, keys: str) -> str:
    """Lay what a host names, and return its text: a capital has its key in its own file."""
    for name, key in _KEYS.items():
        own = pem(end_entity(f"{name}.example.nl", good_chain().tsp, own_key=key.native).der) + CHAIN
        (folder / f"{name}.pem").write_bytes(own)
        (folder / f"with-{name}.pem").write_bytes(own + key.pem(None))
        (folder / f"{name}.key").write_bytes(key.pem(None))
    for name in _KEYS:  # nothing lies beside that could be taken for what is named
        used = {"pem": name in certificates, "key": name in keys}
        for end in (end for end, is_used in used.items() if not is_used):
            (folder / f"{name}.{end}").unlink()
        if name.upper() not in certificates:
            (folder / f"with-{name}.pem").unlink()
    files = [f"with-{each.lower()}" if each.isupper() else each for each in certificates]
    lines = [f"SSLCertificateFile {each}.pem" for each in files]
    lines += [f"SSLCertificateKeyFile {each}.key" for each in keys]
    return "\n".join(["SSLEngine on", *lines, ""])


@in_one_test
@pytest.mark.parametrize("wrapped", ["<VirtualHost *:443>\n{}</VirtualHost>\n", "ServerName a\n{}"])
@pytest.mark.parametrize(("certificates", "keys"), NUMBERED)
def test_apache_gives_each_certificate_the_key_of_its_number_or_that_in_its_file(
    tmp_path: Path, certificates: str, keys: str, wrapped: str
) -> None:
    (tmp_path / "site.conf").write_text(wrapped.format(numbered(tmp_path, certificates, keys)))
    for given in (tmp_path, tmp_path / "site.conf"):
        found = scanned(given)
        assert _is_good(found) is NUMBERED[certificates, keys], [one.code for one in found.unread]
