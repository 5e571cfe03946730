"""What stands in a condition of Apache is held to what stands beside it in each case, and no case that fails is good.

Apache itself judges, where it is installed: it starts, or says why not. ``apache2 -t`` loads no file.
"""

# ruff: noqa: E501  a configuration stands as it is written

from __future__ import annotations

import subprocess
import time
from itertools import product
from pathlib import Path
from typing import Final

import pytest

from pkitools.findings import Verdict
from pkitools.portfolio import keeping
from pkitools.portfolio.conditions import MOST_CASES
from pkitools.portfolio.directives import of_apache
from pkitools.portfolio.pointers import pointers_beside
from tests.interop.test_export_forms import free_port
from tests.portfolio.support import WHOLE, scanned
from tests.portfolio.test_as_named import KEY, OTHER
from tests.portfolio.test_names_of_keys import certificate, key
from tests.support.cases import in_one_test
from tests.support.judges import judge
from tests.support.work_done import work_done

FILES: Final = {"A.pem": WHOLE, "A.key": KEY, "B.pem": certificate("b"), "B.key": key("b"), "no.key": OTHER}
HOST: Final = "<VirtualHost *:1>\n{}\n</VirtualHost>\n"
_CERT: Final = "SSLCertificateFile A.pem"
_KEY: Final = "SSLCertificateKeyFile A.key"
_PAIR: Final = f"{_CERT}\n{_KEY}"
_OTHERS: Final = "SSLCertificateFile B.pem\nSSLCertificateKeyFile B.key"
_VARIABLE: Final = "SSLEngine on\nSSLCertificateFile ${C}.pem\nSSLCertificateKeyFile ${C}.key"
_CROSSED: Final = "SSLEngine on\nSSLCertificateFile A.pem\nSSLCertificateKeyFile ${C}.key"


def only(condition: str, inside: str, kind: str = "IfDefine") -> str:
    return f"<{kind} {condition}>\n{inside}\n</{kind}>" if condition else inside


def _starts(placed: tuple[str, str], *, with_x: bool) -> bool:
    """Return whether a host starts whose certificate and whose key stand in conditions of X."""
    has_certificate, has_key = (each in {"", "X" if with_x else "!X"} for each in placed)
    return has_key or not has_certificate


_ASKED: Final = f"{only('!Y', f'Define Y{chr(10)}Define C {{0}}')}\n{only('Y', only('!C', 'Define C {1}'))}\n"
"""It is in force to its end, also where it defines what it asks."""

# whether Apache starts with each, first without X and then with it
CASES: Final[dict[str, tuple[str, tuple[bool, bool]]]] = {
    **{
        f"certificate {placed[0] or 'always'}, key {placed[1] or 'always'}": (
            HOST.format(f"{only(placed[0], f'SSLEngine on{chr(10)}{_CERT}')}\n{only(placed[1], _KEY)}"),
            (_starts(placed, with_x=False), _starts(placed, with_x=True)),
        )
        for placed in product(("", "X", "!X"), repeat=2)
    },
    "two pairs": (HOST.format(f"SSLEngine on\n{only('X', _PAIR)}\n{only('!X', _OTHERS)}"), (True, True)),
    "two pairs, crossed": (HOST.format(f"SSLEngine on\n{only('X', _PAIR)}\n{only('!X', _OTHERS.replace('B.key', 'A.key'))}"), (False, True)),
    "two keys, one fits": (HOST.format(f"SSLEngine on\n{_CERT}\n{only('!X', _KEY)}\n{only('X', _KEY.replace('A', 'B'))}"), (True, False)),
    "a host": (only("X", HOST.format(f"SSLEngine on\n{_PAIR}")), (True, True)),
    "a host without a key": (only("X", HOST.format(f"SSLEngine on\n{_CERT}")), (True, False)),
    "defined": (f"Define X\n{HOST.format(f'SSLEngine on{chr(10)}{_CERT}{chr(10)}{only(chr(88), _KEY)}')}", (True, True)),
    "defined below": (f"{HOST.format(f'SSLEngine on{chr(10)}{_CERT}{chr(10)}{only(chr(88), _KEY)}')}Define X\n", (False, True)),
    "taken away": (f"Define X\nUnDefine X\n{HOST.format(f'SSLEngine on{chr(10)}{_CERT}{chr(10)}{only(chr(88), _KEY)}')}", (False, False)),
    "the value above": (f"Define C A\n{HOST.format(_VARIABLE)}Define C B\n{HOST.format(_VARIABLE)}", (True, True)),
    "the value above, crossed": (f"Define C A\n{HOST.format(_CROSSED)}Define C B\n{HOST.format(_CROSSED)}", (False, False)),
    "a value by condition": (f"{only('X', 'Define C A')}\n{only('!X', 'Define C B')}\n{HOST.format(_VARIABLE)}", (True, True)),
    "a value by condition, crossed": (f"{only('X', 'Define C A')}\n{only('!X', 'Define C B')}\n{HOST.format(_CROSSED)}", (False, True)),
    "a value where there is none": (f"{only('!C', 'Define C A')}\n{HOST.format(_VARIABLE)}", (True, True)),
    "a section that defines what it asks": (_ASKED.format("A", "B") + HOST.format(_CROSSED), (True, True)),
    "a section that defines what it asks, crossed": (_ASKED.format("B", "A") + HOST.format(_CROSSED), (False, False)),
    "within one another": (HOST.format(f"SSLEngine on\n{_CERT}\n{only('X', only('X', _KEY))}\n{only('!X', only('X', _KEY.replace('A', 'B')))}"), (False, True)),
    "the module itself": (only("mod_ssl.c", HOST.format(f"SSLEngine on\n{_PAIR}"), "IfModule"), (True, True)),
    "without the module": (HOST.format(f"SSLEngine on\n{_PAIR}") + only("!mod_ssl.c", HOST.format(f"SSLEngine on\n{_CERT}"), "IfModule"), (True, True)),
    "switched off": (HOST.format(f"SSLEngine off\n{_CERT}"), (True, True)),
    "switched off, another key": (HOST.format(f"SSLEngine off\n{_CERT}\nSSLCertificateKeyFile no.key"), (True, True)),
    "switched off for all": (f"SSLEngine off\n{HOST.format(_CERT)}{HOST.format(f'SSLEngine on{chr(10)}{_OTHERS}')}", (True, True)),
    "switched off by condition": (HOST.format(f"SSLEngine on\n{only('X', 'SSLEngine off')}\n{_CERT}"), (False, True)),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Only what configurations say counts, and not how files are called, nor that lines stand near each other."""
    monkeypatch.setattr(keeping, "misnamed", lambda *_: ())
    return tmp_path


def written(folder: Path, text: str, *, apart: bool) -> list[Path]:
    """Lay a configuration and the files that it names, and return what may be scanned."""
    folder.mkdir(exist_ok=True)
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    site = folder / "site.conf"
    site.write_text(text)
    if not apart:
        return [site]
    (folder / "apache2.conf").write_text("ServerRoot .\nInclude site.conf\n")
    return [folder / "apache2.conf", folder]


def is_good(place: Path) -> bool:
    found = scanned(place)
    return found.is_whole and found.verdict in {Verdict.PASSED, Verdict.INDETERMINATE}


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_what_does_not_start_in_each_case_is_never_good_and_what_does_is(folder: Path, case: str, apart: bool) -> None:
    text, starts = CASES[case]
    for place in written(folder, text, apart=apart):
        assert is_good(place) is all(starts), [one.code for one in scanned(place).unread]


@pytest.mark.interop
@pytest.mark.parametrize("with_x", [False, True])
def test_apache_says_so_too(tmp_path: Path, with_x: bool) -> None:
    program, modules = judge("apache2"), Path("/usr/lib/apache2/modules")
    for case, (text, starts) in CASES.items():
        written(tmp_path, text.replace("<VirtualHost *:1>", "<VirtualHost *>"), apart=False)
        main, pid = tmp_path / "main.conf", tmp_path / "pid"
        loaded = "".join(
            f"LoadModule {each}_module {modules}/mod_{each}.so\n" for each in ("mpm_event", "authz_core", "ssl")
        )
        main.write_text(
            f"{loaded}ServerRoot {tmp_path}\nServerName a\nPidFile {pid}\nDefaultRuntimeDir {tmp_path}\n"
            f"ErrorLog {tmp_path}/log\nListen 127.0.0.1:{free_port()}\nInclude site.conf\n"
        )
        pid.unlink(missing_ok=True)
        options = ["-D", "X"] if with_x else []
        with subprocess.Popen([program, "-X", "-f", str(main), *options], stderr=subprocess.DEVNULL) as server:
            while server.poll() is None and not pid.exists():
                time.sleep(0.01)
            has_started = server.poll() is None
            server.kill()  # one that has just begun waits for more than a word
        assert has_started is starts[with_x], (case, (tmp_path / "log").read_text()[-500:])


@in_one_test
@pytest.mark.parametrize("begin", ["", "<IfDefine X>\n", "<VirtualHost *:1>\n<IfDefine !X>\n"])
@pytest.mark.parametrize(
    "last", [_CERT, f"# {_CERT}", "SSLCertificateFile \\\nA.pem", f"<IfDefine Y> {_CERT}", "</IfDefine>"]
)
def test_a_last_line_that_would_go_on_is_one_like_any_other(begin: str, last: str) -> None:
    text = f"{begin}{last}\\"
    assert _read(text) == _read(f"{text}\n")


def _read(text: str) -> list[tuple[object, ...]]:
    found = of_apache(text, {"sslcertificatefile"})
    return [(each.name, each.values, each.line, each.conditions) for each in found]


def test_what_is_switched_off_is_what_is_shown_to_clients(folder: Path) -> None:
    """Apache starts, and has no certificate to show to the server behind it (AH02206)."""
    proxy = "SSLEngine off\nSSLProxyEngine on\nSSLProxyMachineCertificateFile A.pem"
    for text in (HOST.format(proxy), HOST.format("SSLEngine off") + HOST.format(proxy.replace("SSLEngine off\n", ""))):
        (place,) = written(folder, text, apart=False)
        assert not is_good(place), text


def test_of_more_cases_than_are_gone_through_nothing_is_known(folder: Path) -> None:
    names = [f"X{number}" for number in range(MOST_CASES.bit_length())]
    text = "".join(f"{only(name, _KEY)}\n" for name in names)
    (place,) = written(folder, HOST.format(f"SSLEngine on\n{_PAIR}\n{text}"), apart=False)
    assert {one.code for one in scanned(place).unread} >= {"portfolio.error.variable"}
    apart = "".join(HOST.format(only(name, f"SSLEngine on\n{_PAIR}")) for name in names)
    (place,) = written(folder, apart, apart=False)
    assert scanned(place).unread == ()


MOST: Final = 2_500_000
"""Calls: what is read before an end is made of it takes them, a second or so."""


LINEAR: Final = frozenset(("hosts", "hosts in conditions", "nobody closes them"))


def _growing(count: int) -> dict[str, str]:
    """Texts that are so many times as long in one respect."""
    host = "<VirtualHost *:{0}>\nSSLCertificateFile {1}.pem\nSSLCertificateKeyFile {1}.key\n"
    numbers = range(count)
    return {
        "hosts": "".join(f"Define D{at} A\n{host.format(at, f'${{D{at}}}')}</VirtualHost>\n" for at in numbers),
        "hosts in conditions": "<IfDefine X>\nDefine E A\n</IfDefine>\n"
        + "".join(host.format(at, "${E}") + "</VirtualHost>\n" for at in numbers),
        "nobody closes them": "SSLEngine on\n" + "".join(host.format(at, "A") for at in numbers),
        "before them": "SSLEngine on\n" * count + "".join(host.format(at, "A") + "</VirtualHost>\n" for at in numbers),
        "one by the other": "Define D0 A\n"
        + "".join(f"Define D{at + 1} ${{D{at}}}${{D{at}}}\n" for at in numbers)
        + "".join(host.format(at, f"${{D{count}}}") + "</VirtualHost>\n" for at in numbers),
    }


@in_one_test
@pytest.mark.parametrize("kind", _growing(1))
def test_what_is_done_of_a_configuration_grows_with_it_and_no_faster(kind: str) -> None:
    def done(count: int) -> int:
        text = _growing(count)[kind].encode()
        return work_done(lambda: pointers_beside(text, "/nowhere/a.conf"))["calls"]

    done(4)  # what is loaded once
    assert done(400) < MOST  # of what grows faster an end is made
    if kind in LINEAR:
        few, more = done(25), done(100)
        assert more < 5.5 * few, (few, more)


@pytest.mark.parametrize("main", ["apache2.conf", "nginx.conf"])
def test_blocks_in_each_other_end_no_scan(tmp_path: Path, main: str) -> None:
    """Three thousand that nobody closed, in a part: it is read, and what lies beside it is judged."""
    of_apache = "ServerRoot .\nInclude site.conf\n", "".join(f"<VirtualHost *:{at}>\n" for at in range(3000))
    of_nginx = "events {}\nhttp { include site.conf; }\n", "a {\n" * 3000
    whole, part = of_apache if main == "apache2.conf" else of_nginx
    directive = "SSLCertificateFile A.pem\n" if main == "apache2.conf" else "ssl_certificate A.pem;\n"
    (tmp_path / main).write_text(whole)
    (tmp_path / "site.conf").write_text(part + directive)
    (tmp_path / "A.pem").write_bytes(WHOLE)
    assert [one.verdict for one in scanned(tmp_path).judged]
