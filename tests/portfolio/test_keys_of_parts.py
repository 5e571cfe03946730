"""Of a certificate in a part of a configuration what includes that part says whether a private key is named for it."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Final

import pytest

from pkitools.portfolio import Gap, keeping
from tests.portfolio.support import WHOLE, scanned
from tests.portfolio.test_as_named import KEY
from tests.portfolio.test_names_of_keys import certificate, key
from tests.support.judges import judge

WITHOUT: Final = "portfolio.error.names_without_key"
OWN: Final = "ssl_certificate A.pem;"
OWN_KEY: Final = "ssl_certificate_key A.key;"
OTHER: Final = "ssl_certificate B.pem; ssl_certificate_key B.key;"
# what the main configuration has in http, with what two servers have; parts: C the certificate, K its key, S a site
LAYOUTS: Final = {
    "nowhere": ("", "include C;", ""),
    "in the block": ("", f"include C; {OWN_KEY}", ""),
    "before it": ("", f"{OWN_KEY} include C;", ""),
    "in another part": ("", "include C; include K;", ""),
    "around it": (OWN_KEY, "include C;", ""),
    "around it, in a part": ("include K;", "include C;", ""),
    "in the other server": ("", "include C;", OWN_KEY + OWN),
    "in one of two that have it": ("", f"include C; {OWN_KEY}", "include C;"),
    "in both that have it": ("", f"include C; {OWN_KEY}", "include C; include K;"),
    "the certificate around, the key in a part": ("include C;", "include K;", "include K;"),
    "the certificate around, another in one server": ("include C;", OTHER, ""),
    "another key too": ("include C;", f"{OTHER} include K;", "include K;"),
    "two, and one key": ("", "include C; ssl_certificate B.pem; ssl_certificate_key A.key;", ""),
    "two, and two keys": ("", "include C; ssl_certificate B.pem; include K; ssl_certificate_key B.key;", ""),
    "two in parts, and one key": ("", "include C; include D; include K;", ""),
    "a site of its own": ("include S;", "", ""),
    "a site, the key around it": (f"{OWN_KEY} include S;", "", ""),
    "a site, the key in a part around it": ("include K; include S;", "", ""),
    "the same certificate in the text": ("", f"{OWN} {OWN_KEY}", OWN),
    "both in the text": ("", f"{OWN} {OWN_KEY}", f"{OWN} {OWN_KEY}"),
    "two in the text, and one key": ("", f"{OWN} ssl_certificate B.pem; {OWN_KEY}", ""),
}  # fmt: skip
TREE: Final = {
    "C": f"{OWN}\n",
    "D": "ssl_certificate B.pem;\n",
    "K": f"{OWN_KEY}\n",
    "S": "server { listen 127.0.0.1:3 ssl; include C; }\n",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Only what configurations say counts, and not that A.key goes with A.pem by its name."""
    monkeypatch.setattr(keeping, "misnamed", lambda *_: ())
    for name, data in {"A.pem": WHOLE, "A.key": KEY, "B.pem": certificate("b"), "B.key": key("b")}.items():
        (tmp_path / name).write_bytes(data)
    for name, text in TREE.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def is_lacking(*places: Path) -> bool:
    found = scanned(*places)
    told = {(one.code, one.gap) for one in found.unread}
    assert told <= {(WITHOUT, Gap.UNREADABLE)}
    return bool(told)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_key_is_lacking_where_nginx_says_so(folder: Path, layout: str) -> None:
    around, one, two = LAYOUTS[layout]
    servers = "".join(
        f"server {{ listen 127.0.0.1:{number}{' ssl' if own else ''}; {own} }}\n"
        for number, own in ((1, one), (2, two))
    )
    main = folder / "nginx.conf"
    main.write_text(f"pid nginx.pid;\nevents {{ }}\nhttp {{\n{around}\n{servers}}}\n")
    command = [judge("nginx"), "-t", "-e", "stderr", "-c", str(main), "-p", str(folder)]
    ran = subprocess.run(command, capture_output=True, check=False, text=True)
    refused = 'no "ssl_certificate_key" is defined' in ran.stderr
    assert refused or ran.returncode == 0, ran.stderr
    assert is_lacking(main) is refused
    # and where all that lies there is looked at, in any order
    for name in ("K", "S") if "include S" not in around else ("K",):
        if f"include {name}" not in around + one + two:
            (folder / name).unlink()
    assert is_lacking(folder) is refused


@pytest.mark.parametrize("main", [None, "http {\n include S;\n}\n", "include $part;\n"])
def test_where_nobody_is_known_to_include_it_nothing_is_lacking(folder: Path, main: str | None) -> None:
    """Of what no block that is known has; one that its own text has in a block is told as before."""
    for name in ("D", "K", "S"):
        (folder / name).unlink()
    assert not is_lacking(folder / "C")
    assert not is_lacking(folder)
    (folder / "site.conf").write_text("ssl_certificate A.pem;\nserver { listen 1 ssl; include more.conf; }\n")
    (folder / "more.conf").write_text("ssl_protocols TLSv1.2;\n")
    assert not is_lacking(folder), "what includes is itself a part"
    (folder / "more.conf").write_text("include site.conf;\nssl_certificate B.pem;\n")
    assert not is_lacking(folder), "and in a ring nobody is the outermost"


def test_one_that_no_server_takes_is_not_told(folder: Path) -> None:
    """Nor by nginx, which takes it from there where a server has none of its own."""
    main = folder / "nginx.conf"
    server = f"server {{ listen 127.0.0.1:1 ssl; {OTHER} }}\n"
    for servers, expected in ((server, False), (f"{server}server {{ listen 127.0.0.1:2; }}\n", True)):
        main.write_text(f"pid nginx.pid;\nevents {{ }}\nhttp {{\n{OWN}\n{servers}}}\n")
        command = [judge("nginx"), "-t", "-e", "stderr", "-c", str(main), "-p", str(folder)]
        assert (subprocess.run(command, capture_output=True, check=False).returncode != 0) is expected
        assert is_lacking(main) is expected


_HOST: Final = "<VirtualHost *:1>\nSSLEngine on\n{}\n</VirtualHost>\n"
_FILE: Final = "SSLCertificateFile A.pem\n"


@pytest.mark.parametrize(("main", "part", "lacking"), [
    (_HOST.format("Include C.conf"), _FILE, True),
    (_HOST.format("Include C.conf\nSSLCertificateKeyFile A.key"), _FILE, False),
    ("ServerRoot .\nSSLCertificateKeyFile A.key\nInclude C.conf\n", _HOST.format(_FILE), False),
    ("ServerRoot .\nInclude C.conf\n", _HOST.format(_FILE), True),
    ("ServerRoot .\nInclude C.conf\n", _FILE, False),
])  # fmt: skip
@pytest.mark.parametrize("inside", [True, False])
def test_apache_takes_the_key_in_the_file_where_none_is_named(
    folder: Path, main: str, part: str, lacking: bool, inside: bool
) -> None:
    for name in TREE:
        (folder / name).unlink()
    if inside:
        (folder / "A.pem").write_bytes(WHOLE + KEY)
    (folder / "C.conf").write_text(part)
    (folder / "apache2.conf").write_text(main)
    assert is_lacking(folder) is (lacking and not inside)
