"""However many systems connections have, their places are looked through once, and a certificate is judged for each
system and environment of the connections that name it: counted, at one system and at seven.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest

from pkitools.checking import Revocation
from pkitools.connections import ConnectionsStatus, Step, StepState, hold, read_connections
from pkitools.connections import described as of_metadata
from pkitools.findings import Verdict
from pkitools.portfolio import opening
from pkitools.portfolio.judging import Judge
from pkitools.portfolio.scanning import Scan
from tests.connections.support import CHAIN, OIN, OTHER_OIN, certificate, connection, written
from tests.connections.test_faults_of_places import holder, metadata
from tests.portfolio.support import judging
from tests.support.cases import in_one_test
from tests.support.chains import crl, good_chain

MEMBERS: Final = 12
SYSTEMS: Final = ("digid-machtigen", "fsc", "digipoort", "mijnoverheid")
USES: Final = tuple(product(SYSTEMS, ("preproduction", "production")))[:7]
SECOND: Final = f'[organization.b]\noin = "{OTHER_OIN}"\nname = "B"\n'


class Counted:
    """What was done: judgements by certificate and by what they are for, files by how often they were read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.judged: Counter[tuple[str, int | None]] = Counter()
        self.read: Counter[str] = Counter()
        self.scans = 0
        judge: Any = Judge.judge
        readings: Any = Scan.readings

        def judging_one(own: Judge, facts: Any, *given: Any, **named: Any) -> Any:
            self.judged[facts.sha256, given[3] if len(given) > 3 else named.get("by")] += 1
            return judge(own, facts, *given, **named)

        def scanning(own: Scan, given: Sequence[str]) -> Any:
            self.scans += 1
            return readings(own, given)

        monkeypatch.setattr(Judge, "judge", judging_one)
        monkeypatch.setattr(Scan, "readings", scanning)
        for module in (opening, of_metadata):
            monkeypatch.setattr(module, "read_bytes", self._reading(module.read_bytes))

    def _reading(self, plain: Any) -> Any:
        def reading(name: str, **named: Any) -> Any:
            self.read[name] += 1
            return plain(name, **named)

        return reading


def of(folder: Path, text: str, **asked: Any) -> ConnectionsStatus:
    file = written(folder, text)
    return hold(read_connections(file.read_bytes(), str(file)), judging(**asked))


def members(folder: Path, uses: int) -> str:
    """Twelve connections with a certificate each, and one without, divided over some systems and environments."""
    text = []
    for number in range(MEMBERS + 1):
        system, environment = USES[number % uses]
        named = {"system": f'"{system}"', "environment": f'"{environment}"', "dns": f'["n{number}.example.nl"]'}
        if number < MEMBERS:
            own = certificate(cn=f"n{number}.example.nl", serial=number + 1)
            (folder / f"{number}.pem").write_bytes(own + CHAIN)
        text.append(connection(**named, files=f'["{number}.pem"]'))
    return "".join(text)


@pytest.mark.parametrize("uses", [1, 3, 7])
def test_each_is_judged_once_for_what_names_it_and_each_file_is_read_as_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, uses: int
) -> None:
    text, counted = members(tmp_path, uses), Counted(monkeypatch)
    statuses = of(tmp_path, text).statuses
    assert [one.certificate is not None for one in statuses] == [True] * MEMBERS + [False]
    assert counted.scans == 1
    assert (len(counted.judged), set(counted.judged.values())) == (MEMBERS, {1})
    # once for what files say of each other, once to be judged
    assert (len(counted.read), set(counted.read.values())) == (MEMBERS, {2})


def test_what_several_name_is_judged_for_each_system_and_environment_and_for_no_connection_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shared").mkdir()
    for number in range(3):
        (tmp_path / "shared" / f"{number}.pem").write_bytes(certificate(cn=f"n{number}.example.nl", serial=number + 1))
    (tmp_path / "shared" / "chain.pem").write_bytes(CHAIN)
    named = (
        connection(files='["shared"]', system=f'"{system}"', environment=f'"{environment}"', dns=f'["{n}.example.nl"]')
        for system, environment in USES
        for n in ("n0", "n1", "n2")
    )
    counted = Counted(monkeypatch)
    of(tmp_path, "".join(named))
    of_claims = {each: count for each, count in counted.judged.items() if each[1] is not None}
    assert (len(of_claims), set(of_claims.values())) == (3 * len(USES), {1})
    assert sorted(counted.read.values()) == [1, 1, 1, 2], "what holds one certificate is read once"


def test_of_one_that_is_missed_only_what_its_holder_has_is_judged_besides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, oin in enumerate((OIN, OTHER_OIN, OTHER_OIN)):
        (tmp_path / f"{number}.pem").write_bytes(certificate(oin, serial=number + 1) + CHAIN)
    text = SECOND + connection(files='["0.pem"]', system='"fsc"')
    text += connection(organization='"b"', files='["1.pem", "2.pem"]', system='"digipoort"')
    text += connection(files='["nowhere.pem"]')
    counted = Counted(monkeypatch)
    one, two, three = of(tmp_path, text).statuses
    assert one.certificate is not None
    assert two.certificate is not None
    assert [each.sha256 for each in three.reusable] == [one.certificate.sha256]
    assert (sum(counted.judged.values()), counted.judged[one.certificate.sha256, 2]) == (4, 1)
    assert set(counted.read.values()) == {2}


def test_of_many_files_none_is_judged_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "chain.pem").write_bytes(CHAIN)
    many = 70  # a scan tells of the first of these twice
    for number in range(many):
        (tmp_path / "f" / f"{number:02}.pem").write_bytes(certificate(cn=f"n{number}.example.nl", serial=number + 1))
    counted = Counted(monkeypatch)
    (one,) = of(tmp_path, connection(files='["f"]', common_name='"n0.example.nl"')).statuses
    assert one.certificate is not None
    assert (len(counted.judged), set(counted.judged.values())) == (many, {1})
    # what holds one certificate is kept from the first look
    assert {Path(name).name: count for name, count in counted.read.items() if count != 1} == {"chain.pem": 2}


def test_metadata_are_read_once_whatever_the_number_of_systems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "chain.pem").write_bytes(CHAIN)
    (tmp_path / "f" / "md.xml").write_bytes(metadata(holder()))
    counts = set()
    for systems in (("digid-machtigen",), ("digid-machtigen", "digid", "eherkenning")):
        own = f'"urn:nl-eid-gdi:1.0:DV:{OIN}:entities:9001"'
        text = "".join(connection(files='["f"]', entity_id=own, system=f'"{system}"') for system in systems)
        with monkeypatch.context() as patched:
            counted = Counted(patched)
            of(tmp_path, text)
        counts.add(counted.read[str(tmp_path / "f" / "md.xml")])
    assert counts == {3}  # twice by the scan, and once as metadata


@in_one_test
@pytest.mark.parametrize("system", ["digid-machtigen", "fsc"])
@pytest.mark.parametrize("places", [("f", "f/sub"), ("f/sub", "f"), ("f", "link"), ("link", "f")])
def test_a_place_within_another_or_behind_a_link_is_the_place_of_both(
    tmp_path: Path, places: tuple[str, str], system: str
) -> None:
    (tmp_path / "f" / "sub").mkdir(parents=True)
    (tmp_path / "f" / "sub" / "a.pem").write_bytes(certificate() + CHAIN)
    (tmp_path / "link").symlink_to(tmp_path / "f")
    one, two = places
    found = of(tmp_path, connection(files=f'["{one}"]') + connection(files=f'["{two}"]', system=f'"{system}"'))
    assert all(each.certificate is not None for each in found.statuses)
    assert (found.unread, found.is_whole) == ((), True)


def test_what_lies_at_the_place_of_one_says_what_it_says_of_all(tmp_path: Path) -> None:
    """A list of revoked certificates, and the authorities above a certificate that came alone: as in a scan."""
    (tmp_path / "a.pem").write_bytes(certificate(serial=3))
    (tmp_path / "b.pem").write_bytes(certificate(serial=4) + CHAIN)
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "list.crl").write_bytes(crl(good_chain().tsp, 3))
    (tmp_path / "lists" / "chain.pem").write_bytes(CHAIN)
    text = connection(files='["a.pem"]') + connection(files='["b.pem", "lists"]', system='"fsc"')
    one, two = of(tmp_path, text, revocation=Revocation(policy="prefer")).statuses
    assert one.certificate is not None
    assert two.certificate is not None
    assert (one.certificate.is_revoked, two.certificate.is_revoked, one.verdict) == (True, False, Verdict.FAILED)
    assert one.list_folders == (str(tmp_path / "lists"),)
    verdict = one.of(Step.VERDICT)
    assert verdict is not None
    assert verdict.state is StepState.NOW
