"""The certificates that nginx chooses by a variable are read where their names stand in the configuration."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from pkitools.limits import MAX_POINTERS
from pkitools.portfolio import Gap, keeping
from pkitools.portfolio.model import HeldCertificate
from tests.portfolio.support import scanned
from tests.support.certificates import made, setting
from tests.support.deliveries import pem
from tests.support.judges import judge
from tests.support.requests import pooled_key

KEYS: Final = {"a": "rsa:2048", "b": "ec:p-256", "c": "ec:p-384"}
NGINX: Final = shutil.which("nginx") or "/usr/sbin/nginx"
MAIN: Final = "pid nginx.pid;\nevents {{ }}\nhttp {{\n{blocks}\nserver {{\n listen 127.0.0.1:1 ssl;\n{lines}\n}}\n}}\n"
USED: Final = " ssl_certificate $cert;\n ssl_certificate_key $key;"

# what chooses the certificate, and what the key: of each, then the host that each line names
CHOICES: Final = {
    "map": ("map $ssl_server_name $cert {{\n  default tls/{0}.pem;\n  b.nl tls/{1}.pem;\n}}\n"
        "map $ssl_server_name $key {{\n  default tls/{2}.key;\n  b.nl tls/{3}.key;\n}}"),
    "map, of one line": ("map $ssl_server_name $cert {{ default tls/{0}.pem; ~^b 'tls/{1}.pem'; }} "
        'map $ssl_server_name $key {{ hostnames; volatile; ~^b "tls/{3}.key"; default "tls/{2}.key"; }}'),
    "map, in braces": ("map ${{ssl_server_name}} $cert {{\n  default tls/{0}.pem;\n  b.nl tls/{1}.pem;\n}}\n"
        "map ${{ssl_server_name}} $key {{\n  default tls/{2}.key;\n  b.nl tls/{3}.key;\n}}"),
    "geo": ("geo $cert {{\n  proxy 10.0.0.1;\n  default tls/{0}.pem;\n  10.0.0.0/8 tls/{1}.pem;\n}}\n"
        "geo $key {{\n  default tls/{2}.key;\n  10.0.0.0/8 tls/{3}.key;\n}}"),
    "geo, of an address": ("geo $remote_addr $cert {{\n  default tls/{0}.pem;\n  10.0.0.0/8 tls/{1}.pem;\n}}\n"
        "geo $remote_addr $key {{\n  default tls/{2}.key;\n  10.0.0.0/8 tls/{3}.key;\n}}"),
    "split_clients": ('split_clients "${{remote_addr}}x" $cert {{\n  50% tls/{0}.pem;\n  * tls/{1}.pem;\n}}\n'
        'split_clients "${{remote_addr}}x" $key {{\n  50% tls/{2}.key;\n  * tls/{3}.key;\n}}'),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Certificates and their keys; only what a configuration says counts, and not that a.key goes with a.pem."""
    monkeypatch.setattr(keeping, "misnamed", lambda *_: ())
    (tmp_path / "tls").mkdir()
    for host, kind in KEYS.items():
        key = pooled_key(kind)
        (tmp_path / "tls" / f"{host}.pem").write_bytes(pem(made("g4-tls", setting("key", key.public.spki)).der))
        (tmp_path / "tls" / f"{host}.key").write_bytes(key.pem(None))
    return tmp_path


def written(folder: Path, blocks: str, lines: str = USED) -> Path:
    main = folder / "nginx.conf"
    main.write_text(MAIN.format(blocks=blocks, lines=lines))
    return main


def fits(one: HeldCertificate) -> bool:
    """Return whether nothing is said of a key of a certificate."""
    told = {found.rule.code for each in one.judgements for found in each.beside}
    return not any(code.startswith("received.private_key") for code in told)


def accepts(main: Path) -> bool:
    """Return whether nginx takes a configuration, where it is installed: a name in a variable it opens later."""
    if not Path(NGINX).exists():
        return True
    command = [NGINX, "-t", "-e", "stderr", "-c", str(main), "-p", str(main.parent)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("hosts", ["abab", "abba", "abac", "acac"])
@pytest.mark.parametrize("lines", [USED, USED.replace("$cert", "${cert}").replace("$key", '"${key}"')])
def test_each_is_read_and_compared_with_the_key_that_is_chosen_so(
    folder: Path, choice: str, hosts: str, lines: str
) -> None:
    main = written(folder, CHOICES[choice].format(*hosts), lines)
    assert accepts(main)
    found = scanned(main)
    assert not found.unread
    names = {place.name: fits(one) for one in found.judged for place in one.places}
    assert names == {str(folder / "tls" / f"{c}.pem"): c == k for c, k in zip(hosts[:2], hosts[2:], strict=True)}


def test_the_line_is_that_of_the_name_and_several_servers_name_it_once(folder: Path) -> None:
    main = written(folder, CHOICES["map"].format(*"abab"), f"{USED}\n}}\nserver {{\n listen 127.0.0.1:2 ssl;\n{USED}")
    assert accepts(main)
    named = {place.name: place.named_by for one in scanned(main).judged for place in one.places}
    assert named == {str(folder / "tls" / f"{host}.pem"): (f"{main}:{line}",) for host, line in (("a", 5), ("b", 6))}
    (folder / "tls" / "b.pem").unlink()
    (unread,) = scanned(main).unread
    assert (unread.gap, unread.named_by) == (Gap.MISSING, (f"{main}:6",))


@pytest.mark.parametrize(("blocks", "lines"), [
    ("map $host $cert {\n default tls/a.pem;\n b.nl tls/$ssl_server_name.pem;\n}", " ssl_certificate $cert;"),
    ("map $ssl_server_name $cert {\n default tls/a.pem;\n include more.map;\n}", " ssl_certificate $cert;"),
    ("map $host $name {\n default a;\n}", " ssl_certificate tls/a.pem;\n ssl_certificate tls/$name-$pid.pem;"),
    ("map $ssl_server_name $other {\n default tls/a.pem;\n}\nmap $host $x { default a; }",
        " ssl_certificate tls/a.pem;\n ssl_certificate $ssl_server_name;"),
])  # fmt: skip
def test_what_stays_variable_is_a_gap(folder: Path, blocks: str, lines: str) -> None:
    (folder / "more.map").write_text("c.nl tls/c.pem;\n")
    main = written(folder, blocks, lines + "\n ssl_certificate_key tls/a.key;" * lines.count("ssl_certificate"))
    assert accepts(main)
    found = scanned(main)
    assert [unread.code for unread in found.unread] == ["portfolio.error.variable"]
    assert [unread.gap for unread in found.unread] == [Gap.UNREADABLE]


def test_a_part_of_a_name_may_be_chosen(folder: Path) -> None:
    lines = " ssl_certificate tls/$name.pem;\n ssl_certificate_key tls/$name.key;"
    main = written(folder, "map $ssl_server_name $name {\n default a;\n b.nl b;\n}", lines)
    assert accepts(main)
    found = scanned(main)
    assert (list(map(fits, found.judged)), found.unread) == ([True, True], ())


def apart(folder: Path, blocks: str, lines: str = USED) -> Path:
    """What chooses in one file, the server in another, and the configuration that includes both."""
    (folder / "sites").mkdir(exist_ok=True)
    (folder / "maps.conf").write_text(blocks)
    (folder / "sites" / "site.conf").write_text(f"server {{\n listen 127.0.0.1:1 ssl;\n{lines}\n}}\n")
    main = folder / "nginx.conf"
    main.write_text("pid nginx.pid;\nevents { }\nhttp { include maps.conf; include sites/*.conf; }\n")
    return main


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("hosts", ["abab", "abba", "acac"])
def test_what_another_file_chooses_is_read_as_if_both_were_one(folder: Path, choice: str, hosts: str) -> None:
    main = apart(folder, CHOICES[choice].format(*hosts))
    assert accepts(main)
    for given in (main, folder):
        found = scanned(given)
        assert not found.unread
        names = {Path(place.name).name: fits(one) for one in found.judged for place in one.places}
        wanted = {f"{c}.pem": c == k for c, k in zip(hosts[:2], hosts[2:], strict=True)}
        assert {name: each for name, each in names.items() if name in wanted} == wanted
    (folder / "tls" / f"{hosts[1]}.pem").unlink()
    (unread,) = scanned(main).unread
    assert (unread.gap, unread.code) == (Gap.MISSING, "portfolio.error.points_nowhere")
    assert unread.named_by[0].startswith(f"{folder / 'maps.conf'}:"), "where its name stands"


_PROXY: Final = " location / {\n  proxy_ssl_certificate $cert;\n  proxy_ssl_certificate_key $key;\n }"


def test_what_another_file_sets_is_its_value(folder: Path) -> None:
    main = apart(
        folder,
        "map $host $unused { default x; }",
        f" ssl_certificate tls/a.pem; ssl_certificate_key tls/a.key; include name.conf;\n{_PROXY}",
    )
    (folder / "name.conf").write_text("set $cert tls/b.pem;\nset $key tls/a.key;\n")
    assert accepts(main)
    assert of_each(folder, main) == ({"a": True, "b": False}, [])


@pytest.mark.parametrize("laid", [written, apart])
@pytest.mark.parametrize("keys", ["ab", "ba", "aa", "bb"])
def test_what_is_set_holds_in_its_own_block(folder: Path, laid: Callable[[Path, str, str], Path], keys: str) -> None:
    servers = [
        f" set $cert tls/{of}.pem;\n set $key tls/{key}.key;\n{_PROXY}" for of, key in zip("ab", keys, strict=True)
    ]
    own = " ssl_certificate tls/c.pem; ssl_certificate_key tls/c.key;"
    main = laid(folder, "", f"{own}\n{servers[0]}\n}}\nserver {{\n{servers[1]}")
    assert accepts(main)
    assert of_each(folder, main) == ({"a": keys[0] == "a", "b": keys[1] == "b", "c": True}, [])


@pytest.mark.parametrize("laid", [written, apart])
@pytest.mark.parametrize("within", ["if ($http_x) {", "location /x {"])
def test_what_is_set_within_may_be_the_value(folder: Path, laid: Callable[[Path, str, str], Path], within: str) -> None:
    own = " ssl_certificate tls/c.pem; ssl_certificate_key tls/c.key;"
    sets = f" set $cert tls/a.pem;\n set $key tls/a.key;\n {within} set $cert tls/b.pem; }}\n"
    main = laid(folder, "", f"{own}\n{sets}{_PROXY}")
    assert accepts(main)
    assert ("portfolio.error.variable", Gap.UNREADABLE) in of_each(folder, main)[1]


SET: Final = " set $cert tls/a.pem;\n set $key tls/a.key;\n" + USED


@pytest.mark.parametrize("laid", [written, apart])
def test_what_is_set_comes_after_the_handshake_and_is_a_gap(
    folder: Path, laid: Callable[[Path, str, str], Path]
) -> None:
    named, gaps = of_each(folder, laid(folder, "", SET))
    assert (named, ("portfolio.error.variable", Gap.UNREADABLE) in gaps) == ({}, True)


@pytest.mark.interop
def test_nginx_comes_to_no_connection_with_what_is_set(folder: Path) -> None:
    main = written(folder, "", SET)
    assert accepts(main)
    assert not shakes_hands(main, "a.nl")


@pytest.mark.parametrize("laid", [written, apart])
@pytest.mark.parametrize("key", ["tls/c.key", '""'])
def test_a_case_that_has_nothing_is_not_the_default(
    folder: Path, laid: Callable[[Path, str, str], Path], key: str
) -> None:
    blocks = (
        'map $ssl_server_name $cert { default tls/a.pem; b.nl ""; }\n'
        f"map $ssl_server_name $key {{ default tls/a.key; b.nl {key}; }}"
    )
    main = laid(folder, blocks, USED)
    assert accepts(main)
    assert of_each(folder, main) == ({"a": True}, [])
    main = laid(folder, blocks.replace('b.nl ""', "b.nl tls/b.pem").replace(f"b.nl {key}", 'b.nl ""'), USED)
    assert any(gap is Gap.UNREADABLE for _, gap in of_each(folder, main)[1]), "a certificate without a key"


@pytest.mark.parametrize(
    "what", ["nothing includes it", "one of two says it", "another variable", "two values", "a ring"]
)
def test_what_no_file_of_the_configuration_says_is_a_gap(folder: Path, what: str) -> None:
    main = apart(folder, CHOICES["map"].format(*"abab"))
    if what == "nothing includes it":
        main.write_text("pid nginx.pid;\nevents { }\nhttp { include sites/*.conf; }\n")
    elif what == "one of two says it":
        (folder / "other.conf").write_text("pid nginx.pid;\nevents { }\nhttp { include sites/*.conf; }\n")
    elif what == "another variable":
        (folder / "maps.conf").write_text(CHOICES["map"].format(*"abab").replace("$cert", "$certs"))
    elif what == "two values":
        (folder / "maps.conf").write_text("")
        for number in (1, 2):
            (folder / f"{number}.conf").write_text(f"set $cert tls/{'ab'[number - 1]}.pem;\n")
        main.write_text(main.read_text().replace("maps.conf", "maps.conf; include 1.conf; include 2.conf"))
    else:
        (folder / "sites" / "site.conf").write_text(f"include nginx.conf;\nserver {{\n{USED}\n}}\n")
    codes = {(unread.code, unread.gap) for unread in scanned(folder).unread}
    assert ("portfolio.error.variable", Gap.UNREADABLE) in codes


def test_one_variable_of_many_servers_is_followed_once(folder: Path) -> None:
    lines = f"{USED}\n}}\nserver {{\n" * 200
    cases = "".join(f"  {number}.nl tls/b.END;\n" for number in range(MAX_POINTERS // 100))
    blocks = "\n".join(
        f"map $ssl_server_name ${name} {{\n{cases.replace('END', end)}}}"
        for name, end in (("cert", "pem"), ("key", "key"))
    )
    found = scanned(written(folder, blocks, lines + USED))
    assert ([fits(one) for one in found.judged], found.unread) == ([True], ())


def test_what_is_chosen_for_something_else_is_passed_over(folder: Path) -> None:
    redirects = "".join(f"  /{number} /new/{number}.pem;\n" for number in range(MAX_POINTERS + 1))
    main = written(
        folder, f"map $uri $new {{\n{redirects}}}", " ssl_certificate tls/a.pem;\n ssl_certificate_key tls/a.key;"
    )
    found = scanned(main)
    assert (len(found.judged), found.unread) == (1, ())


ONLY: Final = "map $ssl_server_name ${0} {{ default tls/{1}.{2}; }}\n"
TWO: Final = "map {by} ${name} {{ default tls/{0}.{end}; {case} tls/{1}.{end}; }}\n"


def of_each(folder: Path, given: Path) -> tuple[dict[str, bool], list[tuple[str, Gap]]]:
    """Return of each certificate whether nothing is said of its key, and the gaps."""
    found = scanned(given)
    named = {Path(place.name).stem: fits(one) for one in found.judged for place in one.places}
    return named, [(unread.code, unread.gap) for unread in found.unread]


@pytest.mark.parametrize("laid", [written, apart])
@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("key", KEYS)
def test_a_fixed_key_is_held_to_each_choice_and_each_key_to_a_fixed_certificate(
    folder: Path, laid: Callable[[Path, str, str], Path], choice: str, key: str
) -> None:
    blocks = CHOICES[choice].format(*"abab")
    main = laid(folder, blocks, USED.replace("$key", f"tls/{key}.key"))
    assert accepts(main)
    assert of_each(folder, main) == ({"a": key == "a", "b": key == "b"}, [])
    main = laid(folder, CHOICES[choice].format(*"ab", key, key), USED.replace("$cert", "tls/a.pem"))
    assert of_each(folder, main) == ({"a": key == "a"}, [])


@pytest.mark.parametrize("laid", [written, apart])
@pytest.mark.parametrize("case", ["b.nl", "~^b", ".b.nl"])
@pytest.mark.parametrize("hosts", ["aba", "abc", "aab", "aaa", "abb"])
def test_a_case_that_only_one_has_goes_with_the_default_of_the_other(
    folder: Path, laid: Callable[[Path, str, str], Path], hosts: str, case: str
) -> None:
    first, second, key = hosts
    pair = TWO.format(first, second, by="$ssl_server_name", name="cert", end="pem", case=case)
    main = laid(folder, pair + ONLY.format("key", key, "key"), USED)
    assert accepts(main)
    assert of_each(folder, main) == ({host: host == key for host in {first, second}}, [])
    pair = TWO.format(first, second, by="$ssl_server_name", name="key", end="key", case=case)
    main = laid(folder, ONLY.format("cert", key, "pem") + pair, USED)
    assert of_each(folder, main) == ({key: first == second == key}, [])


@pytest.mark.parametrize("laid", [written, apart])
@pytest.mark.parametrize(("by", "cases", "is_known"), [
    ("$host", ("b.nl", "b.nl"), False),  # two variables
    ("$ssl_server_name", ("b.nl", "~^b"), False),  # the expression may be that name
    ("$ssl_server_name", ("~^b", "b.nl"), False),
    ("$ssl_server_name", ("b.nl", ".b.nl"), False),
    ("$ssl_server_name", ("b.nl", "B.NL"), True),
    ("${ssl_server_name}", ("~^b", "~^b"), True),
])  # fmt: skip
def test_what_meets_what_is_a_gap_where_it_is_not_known(
    folder: Path, laid: Callable[[Path, str, str], Path], by: str, cases: tuple[str, str], is_known: bool
) -> None:
    pair = TWO.format("a", "b", by="$ssl_server_name", name="cert", end="pem", case=cases[0])
    main = laid(folder, pair + TWO.format("a", "b", by=by, name="key", end="key", case=cases[1]), USED)
    assert accepts(main)
    gap = [("portfolio.error.variable", Gap.UNREADABLE)]
    named, gaps = of_each(folder, main)
    assert named == {"a": True, "b": True}
    assert [each for each in gaps if each[1] is not Gap.SKIPPED] == ([] if is_known else gap)


def shakes_hands(main: Path, host: str) -> bool:
    """Return whether nginx, started with a configuration, comes to a connection with who asks for a host."""
    text = main.read_text().replace("127.0.0.1:1", "unix:s")
    main.write_text(f"daemon off;\nmaster_process off;\nerror_log stderr;\n{text}")
    folder = main.parent
    command = [judge("nginx"), "-e", "stderr", "-c", str(main), "-p", str(folder)]
    ask = [judge("openssl"), "s_client", "-unix", "s", "-servername", host]
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE) as server:
        try:
            while not (folder / "s").exists() and server.poll() is None:
                time.sleep(0.01)
            assert server.poll() is None, server.communicate()
            asked = subprocess.run(ask, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        finally:
            server.terminate()
    assert b"CONNECTED" in asked.stdout, asked.stderr
    return asked.returncode == 0


@pytest.mark.interop
@pytest.mark.parametrize("key", ["tls/a.key", "tls/b.key", "$key"])
@pytest.mark.parametrize("host", ["a.nl", "b.nl"])
def test_nginx_opens_the_key_when_it_is_asked_and_judges_so_too(folder: Path, key: str, host: str) -> None:
    """``nginx -t`` takes all of them."""
    pair = TWO.format("a", "b", by="$ssl_server_name", name="cert", end="pem", case="b.nl")
    main = written(folder, pair + ONLY.format("key", "a", "key"), USED.replace("$key", key))
    named, gaps = of_each(folder, main)
    assert (accepts(main), gaps) == (True, [])
    assert shakes_hands(main, host) is named[host[0]]
