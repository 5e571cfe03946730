"""A list that nobody gave for one certificate counts, and of one that is for others nothing is told, at no entrance."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import chain, combinations
from pathlib import Path
from typing import Any, Final

import pytest

from pkitools.checking import Checker, CheckResult, Revocation, check
from pkitools.revocation import RevocationOptions, RevocationPolicy, StatusKind
from pkitools_test_pki.crl import issuing_distribution_point
from pkitools_test_pki.faults.responses import OcspCase
from pkitools_test_pki.pki import PKI, build
from tests.support.command import Command
from tests.support.keys import SHARED_KEYS

MOMENT: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
MADE: Final = MOMENT - timedelta(hours=2)
OPTIONS: Final = RevocationOptions(moment_is_now=False)


class World:
    """A certificate, and lists that each are sound and are for others."""

    def __init__(self) -> None:
        self.pki: PKI = build("g1-private", moment=MADE, keys=SHARED_KEYS)
        web = build("g4-tls", moment=MADE, keys=SHARED_KEYS)
        self.leaf, self.second = (self.pki.issue("g1-server", common_name=f"{name}.voorbeeld.nl") for name in "ab")
        self.tsp = self.pki.issuer_of("g1-server")
        self.crls: dict[str, bytes] = {
            "another authority": web.issuer_of("g4-tls").crl(moment=MADE),
            "its root": next(iter(web)).crl(moment=MADE),
            "authorities": self._list(issuing_distribution_point(only_ca=True)),
            "another distribution point": self._list(issuing_distribution_point("http://crl.voorbeeld.nl/2.crl")),
        }
        about = web.issue("g4-tls")
        case = OcspCase(web.issuer_of("g4-tls"), about.serial_number, MOMENT)
        self.responses = {"another certificate": case.signed(case.single())}

    def _list(self, point: Any) -> bytes:
        return self.tsp.crl(moment=MADE, extensions=[point])

    @property
    def everything(self) -> dict[str, bytes]:
        return {**self.crls, **self.responses}


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def asked(world: World, revocation: Revocation | None) -> dict[str, Any]:
    return {
        "moment": MOMENT,
        "environment": "production",
        "intermediates": [link.der for link in world.leaf.intermediates],
        "trust": world.pki.trust_pem(),
        "revocation": revocation,
        "raise_crashes": True,
    }


def told(result: CheckResult) -> set[tuple[str, str]]:
    return {(one.rule.code, str(one.params.get("code"))) for one in result.report.findings}


def lists(world: World, names: tuple[str, ...], **more: Any) -> Revocation:
    crls = [world.crls[name] for name in names if name in world.crls]
    responses = [world.responses[name] for name in names if name in world.responses]
    return Revocation(policy=RevocationPolicy.REQUIRE, crls=crls, ocsp_responses=responses, options=OPTIONS, **more)


def every_subset(names: list[str]) -> list[tuple[str, ...]]:
    return list(chain.from_iterable(combinations(names, count) for count in range(1, len(names) + 1)))


def test_of_lists_for_others_nothing_is_told_unless_they_were_given_for_it(world: World) -> None:
    bare = told(check(world.leaf.der, **asked(world, lists(world, ()))))
    for names in every_subset(list(world.everything)):
        given = lists(world, names)
        for way, found in {
            "beside": check(world.leaf.der, **asked(world, lists(world, names, beside=world.everything.values()))),
            "several": check(world.leaf.der, **asked(world, given.for_several())),
            "many": next(Checker(**asked(world, given)).check_many([world.leaf.der])),
        }.items():
            assert isinstance(found, CheckResult)
            assert told(found) == bare, (way, names)
        assert told(check(world.leaf.der, **asked(world, given))) != bare, names


def test_a_list_that_is_for_it_counts_however_it_came(world: World) -> None:
    """Good, revoked, stale: what is said of the certificate itself is told, whoever put the list there."""
    upper = [each.crl(moment=MADE) for each in world.pki if each is not world.tsp]
    said: dict[str, bytes] = {
        "good": world.tsp.crl(moment=MADE, revocations=[]),
        "stale": world.tsp.crl(moment=MOMENT - timedelta(days=30), revocations=[]),
    }
    for name, der in said.items():
        given = Revocation(policy=RevocationPolicy.REQUIRE, crls=[der, *upper, *world.crls.values()], options=OPTIONS)
        direct = check(
            world.leaf.der, **asked(world, Revocation(policy="require", crls=[der, *upper], options=OPTIONS))
        )
        found = check(world.leaf.der, **asked(world, given.for_several()))
        assert told(found) == told(direct), name
        kind = found.revocation.certificates[0].status.kind
        assert (kind is StatusKind.GOOD) == (name == "good")


# --- entrances -------------------------------------------------------------------------------------------------------


def _codes(document: Any) -> set[str]:
    if isinstance(document, list):
        return set().union(*map(_codes, document))
    if not isinstance(document, dict):
        return set()
    own = {document["code"]} if document.get("status") == "violated" else set()
    return own.union(*map(_codes, document.values()))


def _beside_trust(folder: Path, world: World) -> None:
    for number, der in enumerate(world.everything.values()):
        (folder / f"{number}.der").write_bytes(der)


ENTRANCES: Final[dict[str, Callable[[Path], tuple[object, ...]]]] = {
    "the trust folder": lambda at: ("cert", "check", "a.pem", "-e", "pre", "--trust", "trusted"),
    "files of the trust": lambda at: (
        *("cert", "check", "a.pem", "-e", "pre", "--trust", "roots.pem"),
        *chain.from_iterable(("--trust", each) for each in sorted(at.glob("lists/*"))),
    ),
    "two certificates": lambda at: (
        "cert",
        "check",
        "a.pem",
        "b.pem",
        "-e",
        "pre",
        "--trust",
        "roots.pem",
        "--crl",
        "lists",
    ),
    "a test PKI": lambda at: ("cert", "check", "a.pem", "-e", "pre", "--trust", "roots.pem", "--trust", "pki"),
    "scan": lambda at: ("scan", "a.pem", "-e", "pre", "--trust", "roots.pem", "--crl", "lists"),
    "scan, its trust": lambda at: ("scan", "a.pem", "-e", "pre", "--trust", "trusted"),
    "scan, its folder": lambda at: ("scan", "trusted", "a.pem", "-e", "pre", "--trust", "roots.pem"),
}


@pytest.mark.slow
@pytest.mark.parametrize("entrance", ENTRANCES)
def test_no_entrance_warns_of_a_list_that_is_for_others(
    run: Command, world: World, tmp_path: Path, entrance: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, leaf in (("a", world.leaf), ("b", world.second)):
        Path(f"{name}.pem").write_bytes(leaf.chain_pem)
    Path("roots.pem").write_bytes(world.pki.trust_pem())
    for folder in ("trusted", "lists", "pki/crl", "pki/certs"):
        Path(folder).mkdir(parents=True)
    Path("trusted/roots.pem").write_bytes(world.pki.trust_pem())
    Path("pki/trust.pem").write_bytes(world.pki.trust_pem())
    common = ("--moment", MOMENT.isoformat(), "--json")
    offline = () if entrance.startswith("scan") else ("--offline",)
    for folder in ("trusted", "pki/crl"):
        _beside_trust(Path(folder), world)
    _beside_trust(Path("lists"), world)
    found = _codes(run(*ENTRANCES[entrance](tmp_path), *common, *offline).document)
    assert not [code for code in found if code.startswith(("revocation.crl.", "revocation.ocsp."))], found


@pytest.mark.slow
def test_a_list_that_was_given_for_one_certificate_is_told_to_be_of_another(
    run: Command, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.pem").write_bytes(world.leaf.chain_pem)
    Path("other.crl").write_bytes(world.crls["another authority"])
    Path("roots.pem").write_bytes(world.pki.trust_pem())
    words = ("cert", "check", "a.pem", "-e", "pre", "--trust", "roots.pem", "--crl", "other.crl", "--offline")
    assert "revocation.crl.issuer" in _codes(run(*words, "--moment", MOMENT.isoformat(), "--json").document)
