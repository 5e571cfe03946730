"""The pytest plugin, in projects of its users: each a folder with a test file, run by a pytest of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

INI = "[pytest]\nfilterwarnings = error\naddopts = --strict-markers --strict-config -p no:cacheprovider\n"


class Project:
    """A project with pkitools installed, and nothing said about it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "pytest.ini").write_text(INI)

    def run(self, tests: str, *arguments: str, conftest: str = "") -> subprocess.CompletedProcess[str]:
        (self.folder / "test_it.py").write_text(tests)
        (self.folder / "conftest.py").write_text(conftest)
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-v", *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

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


def test_three_lines_give_a_client_certificate(project: Project) -> None:
    project.passes(
        1,
        """
def test_connects(pkio_client_certificate):
    assert pkio_client_certificate.oin == "00000099999999910000"
    assert pkio_client_certificate.key_path.stat().st_mode & 0o777 == 0o600
""",
    )


def test_two_sides_connect_with_mutual_tls(project: Project) -> None:
    project.passes(
        1,
        """
import ssl

def test_handshake(pkio_client_certificate):
    mine, theirs = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = pkio_client_certificate.client_context().wrap_bio(
        theirs, mine, server_hostname="koppeling.voorbeeld.test")
    server = pkio_client_certificate.server_context().wrap_bio(mine, theirs, server_side=True)
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
""",
    )


def test_the_pki_is_one_for_the_session_and_issues_whatever_is_asked(project: Project) -> None:
    project.passes(
        2,
        """
seen = []

def test_one(pkio_pki):
    seen.append(pkio_pki)
    assert pkio_pki.issue(oin="00000099123456789000").facts.subject_serial_numbers[0].value == "00000099123456789000"

def test_two(pkio_pki):
    assert seen == [pkio_pki]
    assert [root.name for root in pkio_pki.roots] == ["g4-tls-root"]
""",
    )


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


def test_the_server_is_where_the_certificates_say(project: Project) -> None:
    pytest.importorskip("cheroot")
    project.passes(
        2,
        """
from urllib.request import urlopen

from cryptography import x509

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
    )


def test_without_the_extra_the_server_says_what_to_install(project: Project) -> None:
    done = project.run(
        "def test_it(pkio_server): ...\n",
        conftest="import sys\nsys.modules['cheroot'] = None\n",
    )
    assert done.returncode == 1
    assert "pkitools[serve]" in done.stdout


def test_broken_certificates_by_name(project: Project) -> None:
    out = project.passes(
        3,
        """
import pytest

@pytest.mark.pkio_broken("expired", "two-oins", "revoked")
def test_refused(pkio_broken):
    verdict = pkio_broken.check().report.verdict
    assert str(verdict) == "failed", pkio_broken.defect.description
""",
    )
    for name in ("expired", "two-oins", "revoked"):
        assert f"test_refused[{name}] PASSED" in out


def test_broken_certificates_by_topic_and_by_parametrize(project: Project) -> None:
    out = project.passes(
        10,
        """
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
    )
    assert "test_topic[crl-stale]" in out


def test_without_a_name_it_is_the_whole_catalogue(project: Project) -> None:
    from pkitools_test_pki.defects import defects

    done = project.run("def test_it(pkio_broken): ...\n", "--collect-only", "-q")
    assert f"{len(defects())} tests collected" in done.stdout


def test_what_only_deserves_a_warning_can_be_left_out(project: Project) -> None:
    from pkitools_test_pki.defects import defects

    marked = "import pytest\n\n@pytest.mark.pkio_broken(topic='{}', refused={})\ndef test_it(pkio_broken): ...\n"
    for topic, refused in (("san", True), ("san", False)):
        done = project.run(marked.format(topic, refused), "--collect-only", "-q")
        wanted = [found.name for found in defects() if (found.topic, found.refused) == (topic, refused)]
        assert wanted
        assert re.findall(r"test_it\[([a-z0-9-]+)\]", done.stdout) == wanted
    done = project.run(marked.format("chians", None))
    assert "chians is no topic" in done.stdout


def test_a_name_that_does_not_exist_is_told_at_once(project: Project) -> None:
    done = project.run(
        "import pytest\n\n@pytest.mark.pkio_broken('expird')\ndef test_it(pkio_broken): ...\n",
    )
    assert done.returncode == 2
    assert "There is no defect expird" in done.stdout


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
    for name in ("pkio_pki", "pkio_server", "pkio_client_certificate", "pkio_broken"):
        assert re.search(rf"^{name}.*\n    \w", shown, re.MULTILINE)
    assert "@pytest.mark.pkio_broken" in project.run("", "--markers").stdout
