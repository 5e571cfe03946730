"""The pytest plugin, in projects of its users: folders with tests, run by a pytest of their own.

What needs no ``conftest.py`` of its own stands in one project and is run once: starting pytest takes longer than most
of it. Each case then asks what came of its own file.
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from pkitools_test_pki.defects import Layer, defects
from tests.support.effort import PATIENCE

pytestmark = pytest.mark.slow

INI = "[pytest]\nfilterwarnings = error\naddopts = --strict-markers --strict-config -p no:cacheprovider\n"


class Project:
    """A project with pkitools installed, and nothing said about it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "pytest.ini").write_text(INI)

    def pytest(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pytest", "-v", *arguments]
        return subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, timeout=5 * PATIENCE, check=False
        )

    def run(self, tests: str, *arguments: str, conftest: str = "") -> subprocess.CompletedProcess[str]:
        (self.folder / "test_it.py").write_text(tests)
        (self.folder / "conftest.py").write_text(conftest)
        return self.pytest(*arguments)

    def passes(self, count: int, tests: str, *arguments: str, conftest: str = "") -> str:
        done = self.run(tests, *arguments, conftest=conftest)
        assert done.returncode == 0, done.stdout + done.stderr
        assert re.search(rf"\b{count} passed", done.stdout), done.stdout
        return done.stdout


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_the_plugin_is_found_by_pytest() -> None:
    found = {entry.name: entry.value for entry in entry_points(group="pytest11")}
    assert found["pkitools"] == "pkitools_test_pki.pytest_plugin"


# -- what needs no conftest.py: one run --------------------------------------------------------------------------------

FILES = {
    "three_lines": """
def test_connects(pkio_client_certificate):
    assert pkio_client_certificate.oin == "00000099999999910000"
    assert pkio_client_certificate.key_path.stat().st_mode & 0o777 == 0o600
""",
    "mutual_tls": """
import ssl

import pytest

@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", None])
def test_handshake(pkio_client_certificate, pkio_server_certificate, host):
    shown = pkio_server_certificate if host else pkio_client_certificate
    mine, theirs = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = pkio_client_certificate.client_context().wrap_bio(theirs, mine, server_hostname=host or shown.host)
    server = shown.server_context().wrap_bio(mine, theirs, server_side=True)
    sides = {client, server}
    for _ in range(10):
        for side in list(sides):
            try:
                side.do_handshake()
                sides.discard(side)
            except ssl.SSLWantReadError:
                pass
    assert not sides
    assert ("serialNumber", "00000099999999910000") in [a for rdn in server.getpeercert()["subject"] for a in rdn]

def test_hosts(pkio_client_certificate, pkio_server_certificate):
    assert (pkio_client_certificate.host, pkio_server_certificate.host) == ("koppeling.voorbeeld.test", "localhost")
    assert pkio_server_certificate.trust_path.read_bytes() == pkio_client_certificate.trust_path.read_bytes()
    assert pkio_server_certificate.key_path.stat().st_mode & 0o777 == 0o600
""",
    "one_session": """
seen = []

def test_one(pkio_pki):
    seen.append(pkio_pki)
    assert pkio_pki.issue(oin="00000099123456789000").facts.subject_serial_numbers[0].value == "00000099123456789000"

def test_two(pkio_pki):
    assert seen == [pkio_pki]
    assert [root.name for root in pkio_pki.roots] == ["g4-tls-root"]
""",
    "server": """
from urllib.request import urlopen

import pytest
from cryptography import x509

pytest.importorskip("cheroot")

def test_it(pkio_server, pkio_client_certificate):
    facts = pkio_client_certificate.certificate.facts
    assert pkio_server.is_where_certificates_say
    with urlopen(facts.crl_uris[0]) as answer:
        assert answer.read()[:1] == b"\\x30"
    with urlopen(facts.ca_issuers_uris[0]) as answer:
        assert answer.read() == pkio_client_certificate.certificate.issuer.der

def test_revoked_while_it_runs(pkio_pki, pkio_server):
    issued = pkio_pki.issue()
    pkio_pki["g4-tls-tsp"].revoke(issued)
    with urlopen(issued.facts.crl_uris[0]) as answer:
        crl = x509.load_der_x509_crl(answer.read())
    assert crl.get_revoked_certificate_by_serial_number(issued.serial_number)
""",
    "broken_by_name": """
import pytest

@pytest.mark.pkio_broken("expired", "two-oins", "revoked")
def test_refused(pkio_broken):
    verdict = pkio_broken.check().report.verdict
    assert str(verdict) == "failed", pkio_broken.defect.description
""",
    "broken_by_topic": """
import pytest

@pytest.mark.pkio_broken(topic="revocation")
def test_topic(pkio_broken):
    assert pkio_broken.crls

@pytest.mark.parametrize("pkio_broken", ["expired"], indirect=True)
def test_indirect(pkio_broken):
    assert pkio_broken.defect.name == "expired"

@pytest.mark.parametrize("number, pkio_broken", [(1, "wildcard")], indirect=["pkio_broken"])
def test_beside_another(number, pkio_broken, tmp_path):
    assert [path.name for path in pkio_broken.write(tmp_path / "x")] == ["x.key", "x.pem", "x.chain.pem", "x.crls.pem"]
""",
}


@dataclass(frozen=True)
class Outcome:
    """What came of the one run: test → PASSED or something else, and everything it said."""

    tests: dict[str, str]
    said: str

    def of(self, file: str) -> dict[str, str]:
        found = {
            name.partition("::")[2]: result for name, result in self.tests.items() if name.startswith(f"test_{file}.py")
        }
        assert found, self.said
        return found

    def passed(self, file: str) -> set[str]:
        """Return the tests of a file, which all passed."""
        found = self.of(file)
        assert set(found.values()) == {"PASSED"}, self.said
        return set(found)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    project = Project(tmp_path_factory.mktemp("project"))
    for name, text in FILES.items():
        (project.folder / f"test_{name}.py").write_text(text)
    said = project.pytest().stdout
    return Outcome(dict(re.findall(r"^(test_\S+::\S+) ([A-Z]+)", said, re.MULTILINE)), said)


def test_three_lines_give_a_client_certificate(ran: Outcome) -> None:
    assert ran.passed("three_lines") == {"test_connects"}


def test_two_sides_connect_with_mutual_tls_to_localhost_and_the_host_it_names(ran: Outcome) -> None:
    hosts = {f"test_handshake[{host}]" for host in ("localhost", "127.0.0.1", "None")}
    assert ran.passed("mutual_tls") == {*hosts, "test_hosts"}


def test_the_pki_is_one_for_the_session_and_issues_whatever_is_asked(ran: Outcome) -> None:
    assert len(ran.passed("one_session")) == 2


def test_the_server_is_where_the_certificates_say(ran: Outcome) -> None:
    pytest.importorskip("cheroot")
    assert len(ran.passed("server")) == 2


def test_broken_certificates_by_name(ran: Outcome) -> None:
    assert ran.passed("broken_by_name") == {f"test_refused[{name}]" for name in ("expired", "two-oins", "revoked")}


def test_broken_certificates_by_topic_and_by_parametrize(ran: Outcome) -> None:
    found = ran.passed("broken_by_topic")
    assert len(found) == 10
    assert "test_topic[crl-stale]" in found


# -- each in a project of its own --------------------------------------------------------------------------------------


def test_shapes_keys_and_moment_can_be_chosen(project: Project) -> None:
    project.passes(
        1,
        """
def test_it(pkio_pki, pkio_client_certificate):
    assert [root.name for root in pkio_pki.roots] == ["g1-private-root"]
    facts = pkio_client_certificate.certificate.facts
    assert facts.not_before.isoformat() == "2025-03-01T00:00:00+00:00"
    assert facts.public_key.algorithm == "EC"
    assert facts.public_key.curve == "P-521"
""",
        conftest="""
import datetime, pytest
from pkitools_test_pki.keys import fresh_keys

@pytest.fixture(scope="session")
def pkio_shapes():
    return ("g1-private",)

@pytest.fixture(scope="session")
def pkio_keys():
    return lambda _: fresh_keys("ec:P-521")

@pytest.fixture(scope="session")
def pkio_moment():
    return datetime.datetime(2025, 3, 1, tzinfo=datetime.UTC)
""",
    )


FROZEN = """
import datetime, pytest

real = datetime.datetime

class Frozen(real):
    @classmethod
    def now(cls, tz=None):
        return real(2031, 5, 6, 7, 8, 9, tzinfo=tz)

@pytest.fixture(scope="session", autouse=True)
def frozen():
    datetime.datetime = Frozen
    yield
    datetime.datetime = real
"""


def test_a_frozen_clock_is_respected(project: Project) -> None:
    project.passes(
        2,
        """
import pytest

def test_pki(pkio_client_certificate):
    assert str(pkio_client_certificate.certificate.facts.not_before) == "2031-05-06 07:08:09+00:00"

@pytest.mark.pkio_broken("expired")
def test_broken(pkio_broken):
    assert str(pkio_broken.moment) == "2031-05-06 07:08:09+00:00"
""",
        conftest=FROZEN,
    )


def test_without_the_extra_the_server_says_what_to_install(project: Project) -> None:
    done = project.run(
        "def test_it(pkio_server): ...\n",
        conftest="import sys\nsys.modules['cheroot'] = None\n",
    )
    assert done.returncode == 1
    assert "pkitools-nl[serve]" in done.stdout


def test_what_the_marker_chooses(project: Project) -> None:
    """The whole catalogue, by topic and by what it deserves, by layer: what one collection finds."""
    chosen = {
        "all": ("", [d.name for d in defects()]),
        "refused": ("topic='san', refused=True", [d.name for d in defects() if d.topic == "san" and d.refused]),
        "warned": ("topic='san', refused=False", [d.name for d in defects() if d.topic == "san" and not d.refused]),
        "layer": ("layer='tls'", [d.name for d in defects() if d.layer is Layer.TLS]),
        "named": ("'expired', 'wildcard', layer='check'", ["wildcard"]),
    }
    for name, (arguments, _) in chosen.items():
        mark = f"@pytest.mark.pkio_broken({arguments})\n" if arguments else ""
        (project.folder / f"test_{name}.py").write_text(f"import pytest\n\n{mark}def test_it(pkio_broken): ...\n")
    said = project.pytest("--collect-only", "-qq").stdout
    for name, (_, wanted) in chosen.items():
        assert wanted
        assert re.findall(rf"^test_{name}\.py::test_it\[([a-z0-9-]+)\]", said, re.MULTILINE) == wanted


def test_what_does_not_exist_is_told_at_once(project: Project) -> None:
    wrong = {
        "'expird'": "There is no defect expird",
        "topic='chians'": "chians is no topic",
        "layer='x'": "x is no layer",
    }
    for number, mark in enumerate(wrong):
        text = f"import pytest\n\n@pytest.mark.pkio_broken({mark})\ndef test_it(pkio_broken): ...\n"
        (project.folder / f"test_{number}.py").write_text(text)
    done = project.pytest()
    assert done.returncode == 2
    for told in wrong.values():
        assert told in done.stdout


def test_the_plugin_costs_nothing_until_it_is_used(project: Project) -> None:
    project.passes(
        1,
        """
import sys

def test_nothing_is_imported():
    assert "pkitools_test_pki.pytest_plugin" in sys.modules
    heavy = {"cryptography", "pkitools", "asn1crypto", "pkitools_test_pki.pki", "pkitools_test_pki.pytest_support"}
    assert not heavy & set(sys.modules)
""",
    )


def test_the_fixtures_are_listed_with_what_they_are(project: Project) -> None:
    shown = project.run("", "--fixtures").stdout
    for name in ("pkio_pki", "pkio_server", "pkio_client_certificate", "pkio_server_certificate", "pkio_broken"):
        assert re.search(rf"^{name}.*\n    \w", shown, re.MULTILINE)
    assert "@pytest.mark.pkio_broken" in project.run("", "--markers").stdout
