"""A chain that ends in a test hierarchy nobody said to trust: every entrance says to trust it, and how."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import chdir
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Final

import pytest
from cryptography.x509 import load_pem_x509_csr

from pkitools.environment import Environment
from pkitools.systems import Stance, systems
from pkitools.trust import HierarchyKind
from pkitools.trust.recognition import claimed_test, claimed_test_below
from pkitools.x509 import read_certificate
from pkitools_test_pki.pki import build
from tests.support.cases import in_one_test
from tests.support.certificates import made
from tests.support.command import Command, Ran
from tests.support.keys import SHARED_KEYS
from tests.support.page import Read, Visitor

MOMENT: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
OIN: Final = "00000003273229750000"
SHAPES: Final = {"g1-private": "g1-server", "g4-tls": "g4-tls"}
AT: Final = ("--moment", MOMENT.isoformat())
OF_PRODUCTION: Final = (
    "certificate of a trust",
    "ask your trust service provider",
    "Add the missing certificate",
    "your TSP",
)
"""What nobody who practises should do."""


@pytest.fixture(scope="module", params=SHAPES)
def shape(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def place(shape: str, tmp_path: Path) -> Path:
    """A folder with a certificate of a test hierarchy, with and without its chain, and a connection that names it."""
    pki = build(shape, moment=MOMENT, keys=SHARED_KEYS)
    leaf = pki.issue(
        SHAPES[shape], oin=OIN, organization="Gemeente A", common_name="a.example.nl", dns=["a.example.nl"]
    )
    (tmp_path / "whole.pem").write_bytes(leaf.chain_pem)
    (tmp_path / "alone.pem").write_bytes(leaf.pem)
    (tmp_path / "c.toml").write_text(
        f'version = 1\n[organization.a]\noin = "{OIN}"\nname = "Gemeente A"\n[[connection]]\norganization = "a"\n'
        'system = "digid"\nenvironment = "preproduction"\nfiles = ["whole.pem"]\n',
        encoding="utf-8",
    )
    return tmp_path


def on_page(file: str) -> str:
    answer = Visitor().drop([(file, Path(file).read_bytes())], environment="preproduction")
    return " ".join(Read(answer).text.split())


ENTRANCES: Final[dict[str, Callable[[Command, str], str]]] = {
    "cert check": lambda run, file: run("cert", "check", file, "-e", "preproduction", "--offline", *AT).told,
    "scan": lambda run, file: run("scan", file, *AT).told,
    "scan of an environment": lambda run, file: run("scan", file, "-e", "preproduction", *AT).told,
    "chain complete": lambda run, file: run("chain", "complete", file, "--offline", *AT).told,
    "status": lambda run, _: run("status", "--connections", "c.toml", *AT).told,
    "page": lambda _, file: on_page(file),
}


# what lacks its root alone is complete for whoever hands it on
@pytest.mark.parametrize(
    ("entrance", "file"), sorted({*product(ENTRANCES, ["alone.pem", "whole.pem"])} - {("chain complete", "whole.pem")})
)
def test_every_entrance_says_that_the_test_hierarchy_is_to_be_trusted(
    run: Command, place: Path, entrance: str, file: str
) -> None:
    with chdir(place):
        told = ENTRANCES[entrance](run, file)
    assert "(TRIAL)" in told, told
    assert "--trust" in told, told
    assert not [words for words in OF_PRODUCTION if words in told], told


@in_one_test
@pytest.mark.parametrize("entrance", sorted(set(ENTRANCES) - {"status"}))
def test_of_one_of_production_no_test_hierarchy_is_spoken_of(run: Command, tmp_path: Path, entrance: str) -> None:
    production = made("g1-server").der
    assert claimed_test(read_certificate(production)) is None
    (tmp_path / "a.cer").write_bytes(production)
    with chdir(tmp_path):
        assert "(TRIAL)" not in ENTRANCES[entrance](run, "a.cer")


@in_one_test
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("TRIAL My TSP PKIoverheid Private Services CA - G1", HierarchyKind.TRIAL),
        ("TEST KPN PKIoverheid Private Services CA - G1", HierarchyKind.TEST),
        ("ACCEPTATIE KPN PKIoverheid Private Services CA - G1", HierarchyKind.ACCEPTANCE),
        ("KPN PKIoverheid Private Services CA - G1", None),
        ("KPN - G4 PKIo Priv G-TLS SYS - 2025", None),
    ],
)
def test_the_name_of_the_issuer_says_it_and_no_certificate_is_read_for_it(
    name: str, kind: HierarchyKind | None
) -> None:
    def never() -> object:
        raise AssertionError

    assert claimed_test_below(name, never) is kind  # type: ignore[arg-type]  # what is never called returns nothing
    assert kind is None or kind.word == name.split(maxsplit=1)[0]


# --- what came of an order -------------------------------------------------------------------------------------------


def _received(run: Command, system: str, *more: object) -> Ran:
    return run("cert", "receive", "in", "--manifest", "out", *AT, "--offline", *more)


def _refuses(name: str) -> bool:
    """Whether what we know of a system says that it takes nothing of TRIAL: what ``systems show`` tells."""
    system = next(each for each in systems() if each.name == name)
    said = system.about_hierarchy("trial-g1", "trial", Environment.PREPRODUCTION, MOMENT)
    return said is not None and said.answer is Stance.NO


@pytest.mark.slow
@pytest.mark.parametrize("system", [each.name for each in systems()])
def test_of_a_delivery_it_is_said_that_a_system_takes_none_where_that_is_what_it_says(
    run: Command, place: Path, system: str
) -> None:
    with chdir(place):
        made_by = ("csr", "create", "--from", "t.csv", "--out-dir", "out", "-e", "preproduction", "--no-passphrase")
        Path("t.csv").write_text(f"name,oin,organization,common-name\na,{OIN},Gemeente A,a.example.nl\n")
        place.chmod(0o700)
        if run(*made_by, "--for", system, *AT).code != 0:
            pytest.skip("nothing is ordered for it")
        manifest = json.loads(Path("out/manifest.json").read_text(encoding="utf-8"))
        pki = build("g1-private", moment=MOMENT, keys=SHARED_KEYS)
        Path("in").mkdir()
        order = next(iter(manifest["orders"].values()))
        key = load_pem_x509_csr(Path("out/a.csr").read_bytes()).public_key()
        leaf = pki.issuer_of("g1-server").issue(
            "g1-server",
            public_key=key,
            oin=OIN,
            organization=order["organization"],
            common_name=order["common_name"],
            dns=order["dns"],
        )
        Path("in/a.pem").write_bytes(leaf.pem)
        told = _received(run, system).told
        Path("root.pem").write_bytes(pki.trust_pem())
        given = _received(run, system, "--trust", "root.pem").told
    assert ("takes no test certificates" in told) is _refuses(system), told
    assert ("takes no test certificates" in given) is _refuses(system), given
    if not _refuses(system):
        assert "--trust DIR" in told
        assert "does not complete the chain" in given
