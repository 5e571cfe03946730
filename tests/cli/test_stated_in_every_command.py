"""What is stated, and what configurations name, is the same to a scan of the connections, to status and to expiry."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12

from tests.cli.conftest import run
from tests.connections.support import CHAIN, OIN, certificate, connection, written
from tests.support.chains import good_chain
from tests.support.command import Command
from tests.support.deliveries import pem
from tests.support.effort import in_turn
from tests.support.portfolios import day as at

__all__ = ["run"]  # a fixture

pytestmark = pytest.mark.slow

END: Final = at("2026-12-18")
TODAY: Final = {"before": date(2026, 12, 1), "after": date(2026, 12, 22)}
NEXT_BEGAN: Final = at("2026-10-01")
STATED: Final = (None, "2026-11-10", "2026-12-20")
"""Nothing, a day before the end of the old one and a day after it."""
CONFIGURATIONS: Final = {
    "none": {},
    "the next": {"site.conf": "new"},
    "the next, of before the old one": {"site.conf": "new", "site.conf.bak": "old"},
    "the old one": {"site.conf": "old"},
    "the old one, of before the next": {"site.conf": "old", "site.conf.bak": "new"},
    "both": {"site.conf": "new", "other.conf": "old"},
    "of before the old one": {"site.conf.bak": "old"},
}


@dataclass(frozen=True)
class Case:
    """What is stated, what configurations name, and whether the old one has ended."""

    live: str | None
    tested: str | None
    sent: str | None
    named: str
    when: str

    @property
    def is_in_use(self) -> bool:
        """By the law: in force is what counts, then what is stated of a day that has come."""
        named = CONFIGURATIONS[self.named]
        in_force = {what for name, what in named.items() if not name.endswith(".bak")}
        if in_force:
            return in_force == {"new"}
        today = TODAY[self.when].isoformat()
        is_live = self.live is not None and self.live <= today
        return is_live or (self.tested == "2026-12-20" and self.tested <= today)


CASES: Final = tuple(
    Case(live, tested, sent, named, when)
    for (a, live), (b, tested), (c, named), when in product(*map(enumerate, (STATED, STATED, CONFIGURATIONS)), TODAY)
    for sent in in_turn((None, "2026-11-10"), a, b, c)
)
"""Whether it was sent says nothing of the law: of each of the others it is stated of one half; in a deep run both."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stated")
    (folder / "root.pem").write_bytes(pem(good_chain().root.der))
    for number, case in enumerate(CASES):
        name, place = f"c{number}.example.nl", folder / str(number)
        place.mkdir()
        (place / "old.pem").write_bytes(certificate(OIN, name, END, start=at("2026-01-10")) + CHAIN)
        (place / "new.pem").write_bytes(certificate(OIN, name, at("2028-03-01"), start=NEXT_BEGAN) + CHAIN)
        for file, which in CONFIGURATIONS[case.named].items():
            text = f"server {{ listen 443 ssl; ssl_certificate {which}.pem; ssl_certificate_key a.key; }}\n"
            (place / file).write_text(text, encoding="utf-8")
    return folder


def _stated(folder: Path, when: str) -> Path:
    text = []
    for number, case in enumerate(CASES):
        if case.when == when:
            days = {each: day for each in ("live", "tested", "sent") if (day := getattr(case, each)) is not None}
            text.append(connection(files=f'["{number}"]', common_name=f'"c{number}.example.nl"', **days))
    return written(folder, "".join(text))


def _given(folder: Path, when: str) -> tuple[object, ...]:
    return "--trust", folder / "root.pem", "--moment", f"{TODAY[when]}T12:00:00Z"


@pytest.mark.parametrize("when", TODAY)
def test_the_next_is_in_use_in_each_command_or_in_none(folder: Path, run: Command, when: str) -> None:
    file = _stated(folder, when)
    status = json.loads(run("status", "--connections", file, *_given(folder, when), "--json").out)
    scan = json.loads(run("scan", "--connections", file, *_given(folder, when), "--offline", "--json").out)
    switch = {one["common_name"]: _is_told(one) for one in status["connections"]}
    old = {one["common_name"]: one for one in scan["certificates"] if one["not_after"].startswith("2026")}
    cases = {f"c{number}.example.nl": case for number, case in enumerate(CASES) if case.when == when}
    assert old.keys() == switch.keys() == cases.keys()
    for name, case in cases.items():
        assert switch[name] is not case.is_in_use, ("status", case)
        if when == "after":
            assert old[name]["set_aside"] is case.is_in_use, ("scan", case)


def _is_told(one: dict[str, Any]) -> bool:
    step = next(each for each in one["steps"] if each["step"] == "renewal")
    return step["state"] in {"now", "late"}


@pytest.mark.parametrize("when", TODAY)
@pytest.mark.parametrize("named", CONFIGURATIONS)
def test_no_command_alarms_where_the_next_is_in_use_and_each_does_elsewhere(
    folder: Path, run: Command, named: str, when: str
) -> None:
    for live in STATED[:2]:
        number, case = next(
            (number, each)
            for number, each in enumerate(CASES)
            if (each.live, each.tested, each.named, each.when) == (live, None, named, when)
        )
        place = folder / str(number)
        stated = {} if live is None else {"live": live}
        files = f'["{place.name}"]'
        file = written(folder, connection(files=files, common_name=f'"c{place.name}.example.nl"', **stated))
        ran = run("--lang", "en", "scan", "--connections", file, *_given(folder, when), "--offline")
        is_over = when == "after" and not case.is_in_use
        assert (ran.code == 10) is is_over, case
        assert (run("status", "--connections", file, *_given(folder, when)).code == 10) is is_over, case
        assert ("Put into use" in ran.told) is not case.is_in_use, case
        assert ("is in use:" in ran.told) is case.is_in_use, case
        # without connections nobody knows what else uses the old one
        assert run("expiry", place, "--nagios", "--moment", f"{TODAY[when]}T12:00:00Z").code != 0, case
        assert (run("scan", place, *_given(folder, when), "--offline").code == 10) is (when == "after"), case


ELSEWHERE: Final = {
    "a Secret": "secret.yaml",
    "another folder": "host2/old.pem",
    "a keystore": "old.p12",
}


@pytest.mark.parametrize("lies", ELSEWHERE)
def test_where_the_old_one_lies_elsewhere_as_well_what_is_stated_ends_no_alarm(
    tmp_path: Path, run: Command, lies: str
) -> None:
    """What a program loads whole, and what another machine has, may be in use still, whatever is stated."""
    (tmp_path / "root.pem").write_bytes(pem(good_chain().root.der))
    place = tmp_path / "a"
    place.mkdir()
    old = certificate(OIN, "a.example.nl", END, start=at("2026-01-10")) + CHAIN
    (place / "old.pem").write_bytes(old)
    (place / "new.pem").write_bytes(certificate(OIN, "a.example.nl", at("2028-03-01"), start=NEXT_BEGAN) + CHAIN)
    file = written(tmp_path, connection(files='["a"]', common_name='"a.example.nl"', live="2026-11-10"))
    scan = ("scan", "--connections", file, *_given(tmp_path, "after"), "--offline")
    status = ("status", "--connections", file, *_given(tmp_path, "after"), "--json")
    assert run(*scan).code == 0
    assert run(*status).code != 10
    other = place / ELSEWHERE[lies]
    other.parent.mkdir(exist_ok=True)
    if lies == "a Secret":
        data = base64.b64encode(old).decode()
        other.write_text(f"apiVersion: v1\nkind: Secret\nmetadata: {{name: x}}\ndata:\n  tls.crt: {data}\n")
    elif lies == "a keystore":
        leaf, *chain = x509.load_pem_x509_certificates(old)
        other.write_bytes(pkcs12.serialize_key_and_certificates(b"x", None, leaf, chain, NoEncryption()))
    else:
        other.write_bytes(old)
    assert run(*scan).code == 10
    ran = run(*status)
    assert ran.code == 10
    step = next(one for one in json.loads(ran.out)["connections"][0]["steps"] if one["step"] == "renewal")
    assert (step["code"], step["state"]) == ("connections.renewal.switch_left_over", "late")
    assert str(other) in step["en"]


TEXTS: Final = {
    "a unit": ("app.service", "[Service]\nExecStart=/usr/bin/app --cert old.pem\n", True),
    "settings": ("application.yml", "server:\n  ssl:\n    certificate: /etc/app/a/old.pem\n", True),
    "JSON": ("app.json", '{"tls": {"certificate": "old.pem"}}\n', True),
    "JSON behind a sign of a comment": ("app.json", '{"a": "x # y", "b": "its \\\\\\" #", "c": "old.pem"}\n', True),
    "XML": ("server.xml", '<Certificate certificateFile="/etc/app/a/old.pem"/>\n', True),
    "XML that is taken out": ("server.xml", '<!-- since <b/>:\n<Certificate file="/etc/app/a/old.pem"/>\n-->\n', False),
    "XML behind that": ("server.xml", '<!-- x --><Certificate certificateFile="/etc/app/a/old.pem"/>\n', True),
    "XML behind one of two lines": ("server.xml", "<!--\n <a/>\n--><Certificate file='old.pem'/>\n", True),
    "XML behind what is in no remark": ("a.xml", "<a><![CDATA[<!--]]><b file='old.pem'/></a><!-- x -->\n", True),
    "XML that is opened twice": ("a.xml", "<!-- a\n<b file='old.pem'/>\n<!-- c -->\n", True),
    "a script that looks for one": ("deploy.sh", "grep -q '<!--' page.html\ncurl --cert old.pem https://b/\n", True),
    "JSON with what opens one": ("app.json", '{"open": "<!--", "cert": "old.pem", "close": "-->"}\n', True),
    "YAML with what opens one": ("app.yml", 'banner: "<!-- x"\ncert: old.pem\nend: "-->"\n', True),
    "a table of times": ("crontab", "* 3 * * * root curl --cert old.pem https://b.example.nl/\n", True),
    "a line that goes on": ("run.sh", "docker run x \\\n  -- curl --cert old.pem https://b.example.nl/\n", True),
    "a remark before a use": ("app.env", "A=1 # was old.pem\nTLS_CERT=old.pem\n", True),
    "words before a use": ("crt-list.txt", "new.pem was old.pem\nold.pem a.example.nl\n", True),
    "code": ("A.java", 'var a = "x // y"; load("old.pem");\n', True),
    "an address": ("a.json", '{"a": "https://b.example.nl/", "cert": "old.pem"}\n', True),
    "a key": ("a.properties", "tls.cert = old.pem\n", True),
    "a batch": ("run.bat", "curl --cert old.pem https://b.example.nl/\n", True),
    "JSON in which it is one": (
        "appsettings.json",
        '{\n  // "cert": "old.pem",\n  "cert": "new.pem" /* old.pem */\n}\n',
        False,
    ),
    "code in which it is one": ("A.java", '/*\n * load("old.pem");\n */\nload("new.pem"); // "old.pem"\n', False),
    "HCL in which it is one": ("a.hcl", '# cert = "old.pem"\n// cert = "old.pem"\ncert = "new.pem"\n', False),
    "a batch in which it is one": ("run.bat", "rem curl --cert old.pem\n:: old.pem\ncurl --cert new.pem\n", False),
    "PowerShell in which it is one": ("a.ps1", "<#\n copy old.pem\n#>\ncopy new.pem x # old.pem\n", False),
    "properties in which it is one": ("a.properties", "! tls.cert = old.pem\ntls.cert = new.pem\n", False),
    "SQL in which it is one": ("a.sql", "-- load 'old.pem'\nload 'new.pem';\n", False),
    "YAML behind one": ("app.yml", "a: {b: 'x # y', cert: old.pem}\n", True),
    "an environment": ("app.env", "# new.pem\nTLS_CERT=old.pem\n", True),
    "Compose": ("compose.yaml", "services:\n  x:\n    volumes: ['./old.pem:/etc/ssl/site.pem:ro']\n", True),
    "a script": ("deploy.sh", "curl --cert old.pem https://b.example.nl/\n", True),
    "a list for HAProxy": ("crt-list.txt", "old.pem a.example.nl\n", True),
    "settings that look like connections": ("app.toml", '[[connection]]\ncert = "old.pem"\n', True),
    "a unit in which it is a comment": (
        "app.service",
        "[Service]\n# --cert old.pem\nExecStart=/bin/a new.pem\n",
        False,
    ),
    "a unit in which it is another": ("app.service", "[Service]\n;Environment=CERT=old.pem\nExecStart=/bin/a\n", False),
    "an environment in which it is one": ("app.env", "# was: TLS_CERT=old.pem\nTLS_CERT=new.pem\n", False),
    "Compose in which it is one": (
        "compose.yaml",
        "volumes:\n  # - ./old.pem:/etc/a.pem\n  - ./new.pem:/etc/a.pem\n",
        False,
    ),
    "settings in which it is one": (
        "application.yml",
        "ssl:\n  # certificate: old.pem\n  certificate: new.pem\n",
        False,
    ),
    "nginx in which it is one": (
        "site.conf",
        "server {\n listen 1 ssl; # ssl_certificate old.pem;\n ssl_certificate new.pem; ssl_certificate_key a.key; }\n",
        False,
    ),
    "a file of connections": (
        "connections.toml",
        '[organization.a]\noin = "1"\n[[connection]]\norganization = "a"\nfiles = ["old.pem", "new.pem"]\n',
        False,
    ),
    "words for people": ("notes.md", "old.pem is what we had before new.pem.\n", False),
    "notes": ("notes.txt", "Until the day that it ended we had old.pem there.\n", False),
    "a list": ("stock.csv", "file;state\nold.pem;ended\n", False),
    "a unit that names the next": ("app.service", "[Service]\nExecStart=/usr/bin/app --cert new.pem\n", False),
}
"""A text beside both, and whether it uses the old one."""


@pytest.mark.parametrize("when", TODAY)
@pytest.mark.parametrize("kind", TEXTS)
def test_a_text_that_names_the_old_one_goes_before_what_is_stated(
    tmp_path: Path, run: Command, kind: str, when: str
) -> None:
    """Also before the old one ends: nobody is told to clear away what is in use."""
    name, text, is_used = TEXTS[kind]
    (tmp_path / "root.pem").write_bytes(pem(good_chain().root.der))
    place = tmp_path / "a"
    place.mkdir()
    old = certificate(OIN, "a.example.nl", END, start=at("2026-01-10")) + CHAIN
    (place / "old.pem").write_bytes(old)
    (place / "new.pem").write_bytes(certificate(OIN, "a.example.nl", at("2028-03-01"), start=NEXT_BEGAN) + CHAIN)
    (place / name).write_text(text, encoding="utf-8")
    file = written(tmp_path, connection(files='["a"]', common_name='"a.example.nl"', live="2026-11-10"))
    scan = run("--lang", "en", "scan", "--offline", "--connections", file, *_given(tmp_path, when))
    status = run("status", "--connections", file, *_given(tmp_path, when), "--json")
    assert ("is in use:" in scan.told) is not is_used, scan.told
    (one,) = json.loads(status.out)["connections"]
    assert _is_told(one) is is_used, one
    for ran in (scan, status):
        assert (ran.code == 10) is (is_used and when == "after"), ran.told


@pytest.mark.parametrize("begins", ["2026-12-10", "2027-01-05"])
@pytest.mark.parametrize("name", ["a.example.nl", "b.example.nl"])
def test_the_next_that_is_yet_to_begin_is_the_next(tmp_path: Path, run: Command, begins: str, name: str) -> None:
    """No other is ordered: it is waited for, or told to come too late."""
    (tmp_path / "root.pem").write_bytes(pem(good_chain().root.der))
    place = tmp_path / "a"
    place.mkdir()
    (place / "old.pem").write_bytes(certificate(OIN, "a.example.nl", END, start=at("2026-01-10")) + CHAIN)
    (place / "new.pem").write_bytes(certificate(OIN, name, at("2028-03-01"), start=at(begins)) + CHAIN)
    file = written(tmp_path, connection(files='["a"]'))
    status = json.loads(run("status", "--connections", file, *_given(tmp_path, "before"), "--json").out)
    step = next(each for each in status["connections"][0]["steps"] if each["step"] == "renewal")
    expected = {"2026-12-10": "switch", "2027-01-05": "gap"}[begins] if name == "a.example.nl" else "late"
    assert step["code"] == f"connections.renewal.{expected}"


_TO_ORDER: Final = re.compile(r"csr create|[Oo]rder (?:it now|another|the next)")
ORDERED: Final = {"waits": "2026-11-10", "overdue": "2026-02-10", "to come": "2027-01-10", "of before": "2025-11-10"}


@pytest.mark.parametrize("ordered", [None, *ORDERED])
@pytest.mark.parametrize("days", [-60, -20, -2, 3])
def test_what_is_ordered_is_ordered_once_more_by_none(
    tmp_path: Path, run: Command, ordered: str | None, days: int
) -> None:
    (tmp_path / "root.pem").write_bytes(pem(good_chain().root.der))
    (tmp_path / "old.pem").write_bytes(certificate(end=END, start=at("2026-01-10")) + CHAIN)
    stated = {} if ordered is None else {"ordered": ORDERED[ordered]}
    file = written(tmp_path, connection(files='["old.pem"]', system='"mijnoverheid"', **stated))
    moment: datetime = END + timedelta(days=days)
    given = ("--connections", file, "--trust", tmp_path / "root.pem", "--moment", moment.isoformat())
    is_ordered = ordered in {"waits", "overdue"} and ORDERED[ordered] <= moment.date().isoformat()
    for command in (("scan", "--offline"), ("status", "--verbose")):
        told = " ".join(run("--lang", "en", *command, *given).told.split())
        assert bool(_TO_ORDER.search(told)) is not is_ordered, (command, told)
        assert ("was ordered" in told or "Ordered on" in told) is is_ordered, (command, told)


def test_a_scan_of_connections_without_a_file_says_what_status_is_to_tell(tmp_path: Path, run: Command) -> None:
    """It is no wrong use of the command: nothing was found, and it is told where the next step is."""
    for files in ("[]", '["not/there"]', '["*.pem"]'):
        file = written(tmp_path, connection(files=files, live="2027-06-01"))
        ran = run("--lang", "en", "scan", "--connections", file, "--offline", "--moment", "2026-11-22T12:00:00Z")
        assert ran.code == 11, files
        assert "pkitools status --connections" in " ".join(ran.told.replace("\\", "").split()), files
        assert "No certificate found" in ran.told, files
    assert run("scan", "--offline").code == 2, "without connections nobody said where to look"


def test_a_first_certificate_that_was_ordered_is_waited_for(tmp_path: Path, run: Command) -> None:
    place = tmp_path / "f"
    place.mkdir()
    for name in ("one", "other"):
        made = run(
            "csr",
            "create",
            "--for",
            "fsc",
            "-e",
            "preproduction",
            "--oin",
            OIN,
            "--organization",
            "Gemeente A",
            "--common-name",
            f"{name}.example.nl",
            "--dns",
            f"{name}.example.nl",
            "--no-passphrase",
            "--out",
            place / name,
        )
        assert made.code == 0, made.err
    entries = [
        connection(
            system='"fsc"', files=f'["f/{name}.csr", "f/{name}.key"]', common_name=f'"{name}.example.nl"', **days
        )
        for name, days in (("one", {"ordered": "2026-11-10"}), ("other", {}))
    ]
    for text, words in ((entries[0], "Wait for"), ("".join(entries), "Order the certificate with the request")):
        told = run(
            "--lang",
            "en",
            "scan",
            "--offline",
            "--connections",
            written(tmp_path, text),
            "--moment",
            "2026-11-22T12:00:00Z",
        ).told
        assert f"Now: {words}" in told
    assert "other.csr" in told.partition("Now:")[2]
