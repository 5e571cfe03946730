"""What nginx has for all servers and each of them says itself it does not open: it asks nothing, and is not in use."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Final

import pytest

from pkitools.findings import Verdict
from pkitools.portfolio import including, pointers
from tests.portfolio.support import WHOLE, scanned
from tests.portfolio.test_as_named import KEY
from tests.portfolio.test_names_of_keys import certificate, key
from tests.support.judges import judge

FILES: Final = {"A.pem": WHOLE, "A.key": KEY, "B.pem": certificate("b"), "B.key": key("b")}
_MAIN: Final = "pid nginx.pid;\nevents {{\n}}\nhttp {{\n{}\n}}\n"
_CERTIFICATE: Final = "ssl_certificate A.pem;"
_KEY: Final = "ssl_certificate_key A.key;"
_SERVER: Final = f"server {{ listen 1 ssl; {_CERTIFICATE} {_KEY} }}"
# what a server says itself
SERVERS: Final = {
    "both": f"listen 127.0.0.1:1 ssl; {_CERTIFICATE} {_KEY}",
    "the certificate": f"listen 127.0.0.1:1 ssl; {_CERTIFICATE}",
    "the key": f"listen 127.0.0.1:1 ssl; {_KEY}",
    "nothing": "listen 127.0.0.1:1 ssl;",
    "nothing, without TLS": "listen 127.0.0.1:2;",
    "both, without TLS": f"listen 127.0.0.1:2; {_CERTIFICATE} {_KEY}",
    "both in a part": "listen 127.0.0.1:1 ssl; include tls.conf;",
}
# how the servers stand: in the text itself, in a part, one of each
LAID: Final = ("in it", "in a part", "in two parts")


def _trees() -> Iterator[tuple[str, str, str, bool]]:
    for (one, other), how in product(product(SERVERS, SERVERS), LAID):
        if one <= other or how == "in two parts":
            yield one, other, how, not {one, other} & {"nothing", "nothing, without TLS", "the certificate", "the key"}


def _lay(folder: Path, one: str, other: str, how: str, whole: str) -> Path:
    first, second = (f"server {{ {SERVERS[each]} }}\n" for each in (one, other))
    second = second.replace(":1", ":3").replace(":2", ":4")
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    (folder / "sites").mkdir()
    (folder / "tls.conf").write_text(f"{_CERTIFICATE}\n{_KEY}\n")
    if how == "in a part":
        (folder / "sites" / "a.conf").write_text(first + second)
    if how == "in two parts":
        (folder / "sites" / "a.conf").write_text(second)
    text = {"in it": first + second, "in a part": "include sites/*.conf;", "in two parts": f"include sites/*;\n{first}"}
    (folder / "nginx.conf").write_text(_MAIN.format(f"{whole}\n{text[how]}"))
    return folder / "nginx.conf"


@pytest.mark.parametrize("how", LAID)
def test_what_nginx_does_not_open_is_no_gap_and_what_it_opens_is(tmp_path: Path, how: str) -> None:
    """Held to nginx itself, which refuses what names a file that is not there."""
    program, tried = judge("nginx"), [each for each in _trees() if each[2] == how]
    assert len(tried) > 20
    for number, (one, other, _, is_good) in enumerate(tried):
        folder = tmp_path / str(number)
        folder.mkdir()
        place = _lay(folder, one, other, how, "ssl_certificate gone.pem; ssl_certificate_key gone.key;")
        ran = subprocess.run(
            [program, "-t", "-e", "stderr", "-c", str(place), "-p", str(folder)], capture_output=True, check=False
        )
        assert (ran.returncode == 0) is is_good, (one, other, ran.stderr)
        for given in (place, folder):
            told = {str(each.name) for each in scanned(given).unread}
            assert bool(told & {"gone.pem", "gone.key"}) is not is_good, (one, other, told)


@pytest.mark.parametrize("how", LAID)
def test_what_it_does_not_open_is_not_in_use_and_wrong_with_nothing(tmp_path: Path, how: str) -> None:
    """A pair that does not fit, which no server takes, fails nothing; where one takes it, it does."""
    for number, (other, is_taken) in enumerate((("both", False), ("nothing", True))):
        folder = tmp_path / str(number)
        folder.mkdir()
        place = _lay(folder, "both", other, how, "ssl_certificate B.pem; ssl_certificate_key A.key;")
        found = scanned(place)
        assert (found.verdict is Verdict.FAILED) is is_taken
        named = [one for one in found.judged for where in one.places if where.name.endswith("B.pem")]
        assert len(named) == 1, "it is judged all the same"


CUT: Final = {
    "a part too large": ("include big.conf;", {"big.conf": f"#{'x' * 1_100_000}\nserver {{ listen 9 ssl; }}\n"}),
    "a folder that is not here": ("include /nowhere/conf.d/*.conf;", {}),
    "parts too deep": (
        "include p0.conf;",
        {f"p{at}.conf": f"include p{at + 1}.conf;\n" for at in range(40)} | {"p40.conf": "server { listen 9 ssl; }\n"},
    ),
    "too many directives": ("include many.conf;", {"many.conf": f"{_SERVER}\n" * 9 + "server { listen 9 ssl; }\n"}),
}
"""How not all servers are read: another may be there, that takes what is for all."""


@pytest.mark.parametrize("how", CUT)
def test_where_not_all_was_read_nothing_is_excused(tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    include, parts = CUT[how]
    if how == "too many directives":
        monkeypatch.setattr(including, "MAX_POINTERS", 20)
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
    for name, text in parts.items():
        (tmp_path / name).write_text(text)
    whole = "ssl_certificate B.pem; ssl_certificate_key A.key;"
    place = tmp_path / "nginx.conf"
    place.write_text(_MAIN.format(f"{whole}\n{_SERVER}\n{include}"))
    assert scanned(place).verdict is Verdict.FAILED


def test_a_folder_without_parts_leaves_nothing_out(tmp_path: Path) -> None:
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "conf.d").mkdir()
    place = tmp_path / "nginx.conf"
    whole = "ssl_certificate B.pem; ssl_certificate_key A.key;"
    place.write_text(_MAIN.format(f"{whole}\n{_SERVER}\ninclude conf.d/*.conf;"))
    assert scanned(place).verdict is not Verdict.FAILED


def test_where_blocks_begin_hides_nothing_behind_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pointers, "MAX_POINTERS", 20)
    monkeypatch.setattr(including, "MAX_POINTERS", 20)
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
    place = tmp_path / "nginx.conf"
    last = "server { listen 9 ssl; ssl_certificate B.pem; ssl_certificate_key A.key; }\n"
    place.write_text(_MAIN.format("server { listen 1; }\n" * 60 + last))
    assert scanned(place).verdict is Verdict.FAILED


@pytest.mark.parametrize("text", [
    f"ssl_certificate gone.pem;\n{_SERVER}\n",
    "http { ssl_certificate gone.pem; upstream a { server 10.0.0.1; } }\n",
    f"http {{ ssl_certificate gone.pem; ssl_certificate_key A.key; include $somewhere; {_SERVER} }}\n",
])  # fmt: skip
def test_where_other_servers_may_be_it_is_told(tmp_path: Path, text: str) -> None:
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "part.conf").write_text(text)
    assert "gone.pem" in {str(each.name) for each in scanned(tmp_path / "part.conf").unread}
