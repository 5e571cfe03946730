"""A copy of what was in use before counts in no form; and what is in use is never taken for one by its name."""

from __future__ import annotations

import json
from csv import DictReader
from functools import cache
from itertools import product
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pkitools.checking.file_names import is_copy_beside
from pkitools.findings import Verdict
from pkitools.messages import LANGUAGES, message
from pkitools.portfolio import Portfolio
from pkitools.portfolio.model import Standing
from pkitools.reports.expiry import Expiry, Nagios
from tests.cli.conftest import run
from tests.connections.support import CHAIN, OIN, certificate
from tests.portfolio.support import judging, scanned
from tests.support.cases import in_one_test
from tests.support.chains import SAN, dns, good_chain
from tests.support.command import Command
from tests.support.deliveries import pem
from tests.support.portfolios import day

__all__ = ["run"]  # a fixture

BEFORE, AFTER = day("2027-01-10"), day("2027-01-20")  # the old one ends on the 14th
COPIES: Final = {  # the old one, the next, further names of the next
    "a.pem.bak": ("a.pem",),
    "a.crt.bak-2": ("a.pem",),
    "a.pem.old": ("next.pem",),
    "a.pem.orig": ("a.pem",),
    "a.pem~": ("a.pem",),
    "a-2025.pem": ("a.pem",),
    "a.pem.2025": ("a.pem",),
    "archive/a.pem": ("a.pem",),
    "archive/v1/server.pem": ("a.pem",),
    "archive/a/cert1.pem": ("archive/a/cert2.pem", "live/a/cert.pem"),
}
NO_COPIES: Final = {
    "a.pem": ("b.pem",),
    "bak/a.pem": ("a.pem",),
    "a-2026.pem": ("inbox/x.pem",),
    "a-2027.pem": ("b.pem",),
    "a-2048.pem": ("a-4096.pem",),
    "a-20250.pem": ("a.pem",),
    "backup/a.pem.bak": ("a.pem",),
    "apps/archive/tls/server.pem": ("downloads/server.pem",),
    "archive/tls/server.pem": ("archive/tls/next.pem", "inbox/next.pem"),
    "archive/a/cert1.pem": ("archive/a/cert2.pem",),
}
NAMING: Final = {
    "nginx.conf": "server {{ listen 443 ssl; ssl_certificate {name}; ssl_certificate_key {key}; }}\n",
    "docker-compose.yml": "services:\n  web:\n    volumes:\n      - ./{name}:/etc/tls.pem:ro\n",
    "application.properties": "spring.ssl.certificate={name}\n",
    "run.cmd": "start server --certificate C:\\tls\\{windows}\n",
}


@cache
def made(begin: str, end: str, number: int, *names: str) -> tuple[bytes, bytes]:
    """A certificate and its key."""
    key = rsa.generate_private_key(65537, 2048)
    given = {"start": day(begin), "serial": number, "own_key": key}
    if names:
        given["extensions"] = {SAN: (False, dns("a.example.nl", *names))}
    whole = certificate(OIN, "a.example.nl", day(end), **given) + CHAIN
    return whole, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def laid(
    folder: Path,
    old: str,
    new: tuple[str, ...],
    *,
    own_key: bool = True,
    next_key: bool = True,
    named: str = "",
    next_named: bool = False,
    pairs: tuple[tuple[bytes, bytes], ...] = (),
) -> Path:
    folder.mkdir()
    before, after = pairs or (made("2026-01-14", "2027-01-14", 2), made("2026-12-01", "2027-12-01", 3))
    for pair, names, with_key in ((before, (old,), own_key), (after, new, next_key)):
        for name in names:
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(pair[0])
        if with_key:
            key = folder / f"{names[0]}.key"
            key.write_bytes(pair[1])
            key.chmod(0o600)
    windows = old.replace("/", "\\")
    if named:
        (folder / named).write_text(NAMING[named].format(name=old, key=f"{old}.key", windows=windows))
    if next_named:
        (folder / "haproxy.cfg").write_text(f"frontend f\n bind :443 ssl crt {new[-1]}\n")
    return folder


def is_silent(found: Portfolio) -> bool:
    """Whether the old one is told of and does not count: every measure says the same."""
    ended = [one for one in found.judged if one.is_set_aside]
    expiry = Expiry.of(found, 90, 30)
    urgent = [one for one in expiry.certificates if expiry.state(one) is Nagios.CRITICAL]
    assert len(found.judged) == 2
    assert len(ended) + len(urgent) == 1, found.judged
    assert all(one.standing(found.moment) is Standing.EXPIRED for one in ended)
    if found.moment == AFTER:
        assert (found.verdict is Verdict.FAILED) is bool(urgent)
    return bool(ended)


SPELLINGS: Final = (
    *(
        '{"cert": "\\/srv\\/archive\\/a.pem"}',
        '{"cert": "C:\\\\srv\\\\archive\\\\a.pem"}',
        '{"cert": "archive\\u002fa.pem"}',
    ),
    "exclusive.certificate = archive/a.pem",
    *("cert = x/../archive//./a.pem", "cert = {live,archive}/a.pem", "cert = ${DIR}/a.pem", "dirs = [x, archive]"),
)


def test_what_names_it_is_seen_however_it_is_written(tmp_path: Path) -> None:
    """All ways are in ``test_written``."""
    folder = laid(tmp_path / "a", "archive/a.pem", COPIES["archive/a.pem"])
    for text in SPELLINGS:
        (folder / "c.conf").write_text(text, encoding="utf-8")
        assert not is_silent(scanned(folder, asked=judging(moment=AFTER))), text
    for text in ("mv a.pem archive/", "find archive -delete", "cert = archive/../a.pem", "kept in the archive"):
        (folder / "c.conf").write_text(text, encoding="utf-8")
        assert is_silent(scanned(folder, asked=judging(moment=AFTER))), text


def cases() -> list[tuple[str, tuple[str, ...], bool]]:
    return [*((*each, True) for each in COPIES.items()), *((*each, False) for each in NO_COPIES.items())]


@in_one_test
@pytest.mark.slow
@pytest.mark.parametrize(("old", "new", "is_copy"), cases())
def test_a_copy_is_what_is_called_one_has_ended_is_named_by_nothing_and_was_replaced(
    tmp_path: Path, old: str, new: tuple[str, ...], is_copy: bool
) -> None:
    seen = set()
    ways = product((True, False), (True, False), (True, False), ("", *NAMING))
    for number, (own_key, next_key, next_named, named) in enumerate(ways):
        if named and (number + len(old)) % 5:
            continue  # what names the old one has its turn
        options = {"own_key": own_key, "next_key": next_key, "next_named": next_named}
        folder = laid(tmp_path / str(number), old, new, named=named, **options)
        in_place = next_key or (next_named and not own_key)
        for moment in (BEFORE, AFTER) if number % 5 == 0 or (in_place and not named) else (AFTER,):
            expected = is_copy and moment == AFTER and not named and in_place
            silent = is_silent(scanned(folder, asked=judging(moment=moment)))
            assert silent is expected, (options, named, moment)
            seen.add(silent)
    assert seen == ({True, False} if is_copy else {False})


@in_one_test
@pytest.mark.slow
@pytest.mark.parametrize("link", ["a-current", "zz"])  # before and after the folder in the order of names
@pytest.mark.parametrize(("old", "new"), [each for each in COPIES.items() if "/" in each[0]])
def test_every_name_that_a_folder_is_reached_by_counts(
    tmp_path: Path, old: str, new: tuple[str, ...], link: str
) -> None:
    def silent(*places: Path) -> bool:
        return is_silent(scanned(*places, asked=judging(moment=AFTER)))

    folder = laid(tmp_path / "plain", old, new)
    assert silent(folder)
    (folder / "archive" / f"{link}-archive").symlink_to(".")
    assert silent(folder), "by no other name but of a copy"
    for number, at in enumerate(Path(old).parents[:-1]):
        folder = laid(tmp_path / str(number), old, new)
        (folder / link).symlink_to(at)
        assert not silent(folder), at
        outside = tmp_path / f"{link}-{number}"
        outside.symlink_to(folder / at)
        (folder / link).unlink()
        assert silent(folder), at
        assert not silent(*sorted((folder, outside))), at


@pytest.mark.parametrize("old", ["a.pem.bak", *(pytest.param(old, marks=pytest.mark.slow) for old in [*COPIES][1:])])
def test_every_form_says_of_a_copy_what_the_scan_says(run: Command, tmp_path: Path, old: str) -> None:
    root = tmp_path / "root"
    root.write_bytes(pem(good_chain().root.der))
    for number, named in enumerate(("", "application.properties", *(["folder"] if "archive" in old else []))):
        folder = laid(tmp_path / str(number), old, COPIES[old], named=named if named in NAMING else "")
        if named == "folder":
            (folder / "compose.yml").write_text("volumes:\n  - ./archive:/tls\n")
        ends = "json", "xml", "sarif", "ics", "prom", "csv", "html", "md"
        reports = {end: tmp_path / f"{number}.{end}" for end in ends}
        asked = folder, "--trust", root, "--moment", AFTER.isoformat()
        written = (word for report in reports.values() for word in ("--report", report))
        ran = run("scan", *asked, "--revocation", "off", *written)
        text = {end: report.read_text(encoding="utf-8") for end, report in reports.items()}
        document, suites = json.loads(text["json"]), ElementTree.fromstring(text["xml"])
        (one,) = (each for each in document["certificates"] if each["standing"] == "expired")
        results = json.loads(text["sarif"])["runs"][0]["results"]
        levels = {each["level"] for each in results if each["properties"].get("sha256") == one["sha256"]}
        assert (ran.code, document["verdict"]) == ((10, "failed") if named else (0, "passed")), ran.told
        assert one["set_aside"] is not bool(named)
        assert suites.get("failures") == str(int(bool(named)))
        assert ("error" in levels) is bool(named)
        assert (f"{one['sha256']}-expires" in "".join(text["ics"].split())) is bool(named)
        assert (f'sha256="{one["sha256"]}"' in text["prom"]) is bool(named)
        rows = DictReader(text["csv"].lstrip("\ufeff").splitlines())
        (in_table,) = (each["renewal"] for each in rows if each["sha256"] == one["sha256"])
        for told in (ran.told, text["html"], text["md"], in_table, run("expiry", *asked).told):
            said = " ".join(told.split())
            assert ("which does not count" in said) is not bool(named), told
            assert ("called a copy from before, and counts because of" in said) is bool(named), told
        monitored, expiry = run("expiry", *asked, "--nagios"), run("expiry", *asked, "--json")
        assert ("named by" in monitored.out) is bool(named)
        assert (monitored.code == 2, expiry.code == 10) == (bool(named), bool(named)), monitored.out
        states = {each["set_aside"]: each["state"] for each in expiry.document["certificates"]}
        assert states == ({False: "ok", True: "ok"} if not named else {False: states[False]})
        again = run("scan", *asked, "--revocation", "off")
        assert again.code == ran.code, "a report of it is no use of it"


def test_a_report_of_a_copy_is_no_use_of_it(run: Command, tmp_path: Path) -> None:
    folder = laid(tmp_path / "a", "a.pem.bak", ("a.pem",))
    root = tmp_path / "root"
    root.write_bytes(pem(good_chain().root.der))
    asked = "scan", folder, "--trust", root, "--moment", AFTER.isoformat(), "--revocation", "off"
    reports = (
        word for end in ("json", "xml", "sarif", "csv", "html", "md") for word in ("--report", folder / f"o.{end}")
    )
    assert run(*asked, *reports).code == 0
    assert run(*asked).code == 0


def test_a_text_that_pins_what_it_uses_is_no_report(tmp_path: Path) -> None:
    folder = laid(tmp_path / "a", "a.pem.bak", ("a.pem",))
    (old,) = (one for one in scanned(folder, asked=judging(moment=AFTER)).certificates if one.not_after < AFTER)
    assert old.is_set_aside
    (folder / "app.json").write_text(json.dumps({"cert": "a.pem.bak", "sha256": old.sha256}), encoding="utf-8")
    (old,) = (one for one in scanned(folder, asked=judging(moment=AFTER)).certificates if one.not_after < AFTER)
    assert not old.is_set_aside


@in_one_test
@pytest.mark.parametrize("moment", ["2026-12-10", "2026-12-16", "2027-01-13"])  # 30 days before the end is the 15th
@pytest.mark.parametrize(("old_named", "next_named"), [*product((True, False), (True, False))])
def test_what_is_named_and_ends_soon_is_not_done_with_by_the_next_beside_it(
    tmp_path: Path, old_named: bool, next_named: bool, moment: str
) -> None:
    named = "nginx.conf" if old_named else ""
    folder = laid(tmp_path / "a", "server.pem", ("next.pem",), named=named, next_named=next_named)
    found = scanned(folder, asked=judging(moment=day(moment)))
    (old,) = (one for one in found.judged if one.successor)
    told = [one for one in old.findings if one.rule.code == "advice.validity.order_now"]
    assert bool(told) is (old_named and not next_named and moment != "2026-12-10")
    for one in told:
        assert (found.worst or 0) >= one.rule.severity
        for language, said in zip(
            LANGUAGES, ("neem het volgende in gebruik", "put the next one into use"), strict=True
        ):
            assert said in message(one.rule.code, one.params, language).title


def test_a_year_is_of_a_copy_only_where_the_rest_is_what_the_other_is_called() -> None:
    for name, other, expected in (
        ("/e/a-2025.crt", "/e/a.pem", True),
        ("/e/a.crt.2025", "/e/a.crt", True),
        ("/e/a-2025.crt", "/e/b.pem", False),
        ("/e/a-2025.crt", "/f/a.pem", False),
        ("/e/a-2025.crt", "/e/a-2026.pem", False),
    ):
        assert is_copy_beside(name, other) is expected, (name, other)
