"""What lies beside a file: its answer is never better for it than that of a check of the file alone, nor worse if good.

A product of what is wrong with a chain, of the way in which it lies in its file, and of what lies elsewhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from pkitools import TrustStore
from pkitools.checking import FileCheck, Revocation, check_file
from pkitools.findings import Verdict
from pkitools.portfolio import HeldCertificate, Judging, Portfolio
from pkitools.reports.expiry import Expiry, Nagios
from pkitools.requests.keys import PrivateKey, wrap_key
from pkitools.x509 import oin_from_certificate, read_certificate
from pkitools_test_pki.defects.registry import defects
from tests.conftest import LEVEL
from tests.connections.support import OIN, connection, written
from tests.portfolio.support import scanned
from tests.support.broken import broken, laboratory
from tests.support.chains import MOMENT
from tests.support.command import Command
from tests.support.deliveries import jks_with_chains, pem, pkcs7_of, pkcs12_of
from tests.support.effort import in_turn

DAY: Final = timedelta(days=1)
SOUND: Final = "sound"
_MADE_HERE: Final[Mapping[str, Callable[[bytes, bytes], tuple[bytes, ...]]]] = {
    SOUND: lambda tsp, domain: (tsp, domain),
    "issuer missing": lambda _, domain: (domain,),
}
WRONG: Final = [
    "issuer missing",
    *(
        each.name
        for each in defects()
        if any(code.startswith("path.") for code in each.codes) and each.topic in {"chain", "validity", "signatures"}
    ),
]
_WORST_FIRST: Final = (Verdict.FAILED, Verdict.INDETERMINATE, Verdict.PASSED)
_OFF: Final = Revocation(policy="off")


@dataclass(frozen=True)
class Delivery:
    """A certificate with what came with it, and another under the sound authority."""

    leaf: bytes
    chain: tuple[bytes, ...]
    roots: tuple[bytes, ...]
    other: bytes
    key: PrivateKey


def delivered(name: str) -> Delivery:
    lab = laboratory(MOMENT)
    other = lab.leaf(not_after=MOMENT + 300 * DAY)
    key = wrap_key(lab.key, made_here=True)
    if name in _MADE_HERE:
        chain = _MADE_HERE[name](lab.tsp.certificate.der, lab.domain.certificate.der)
        return Delivery(lab.leaf().der, chain, (lab.root.certificate.der,), other.der, key)
    made = broken(name, MOMENT)
    return Delivery(made.certificate.der, tuple(made.chain), tuple(made.trust_anchors), other.der, key)


FORMS: Final[Mapping[str, Callable[[Delivery], tuple[str, bytes]]]] = {
    "one leaf": lambda d: ("x.pem", pem(d.leaf, *d.chain)),
    "two leaves": lambda d: ("x.pem", pem(d.leaf, d.other, *d.chain)),
    "two leaves, chain first": lambda d: ("x.pem", pem(*d.chain, d.other, d.leaf)),
    "PKCS#7": lambda d: ("x.p7b", pkcs7_of(d.leaf, d.other, *d.chain)),
    "PKCS#12": lambda d: ("x.p12", pkcs12_of(("a", d.leaf, d.key), more=d.chain)),
    "PKCS#12, two": lambda d: ("x.p12", pkcs12_of(("a", d.leaf, d.key), ("b", d.other, d.key), more=d.chain)),
    "JKS, two": lambda d: ("x.jks", jks_with_chains([(d.leaf, *d.chain), (d.other, *d.chain[1:])])),
}
"""How a chain lies in one file that is sent."""


def authorities(end: datetime | None) -> Iterator[bytes]:
    """What signed the sound certificates and the broken ones, below the trusted root: all that may mend a chain."""
    lab = laboratory(MOMENT)
    until = {} if end is None else {"not_after": end}
    for role in ("g4-tls-domain", "other authority"):
        domain = lab.authority("g4-tls-domain", key=lab.keys("rsa:2048", role), **until)
        yield domain.certificate.der
        for key in ("g4-tls-tsp", "other authority", "other tsp"):
            yield lab.authority(issuer=domain, key=lab.keys("rsa:2048", key), **until).certificate.der


ELSEWHERE: Final[Mapping[str, Callable[[], Iterator[bytes]]]] = {
    "right": lambda: authorities(None),
    "older": lambda: authorities(MOMENT - DAY),
    "about to end": lambda: authorities(MOMENT + 3 * DAY),
    "newer": lambda: authorities(MOMENT + 3000 * DAY),
}


def put(folder: Path, which: str) -> None:
    for number, der in enumerate(ELSEWHERE[which]()):
        (folder / which / str(number)).mkdir(parents=True)
        (folder / which / str(number) / "ca.pem").write_bytes(pem(der))


def asked(roots: tuple[bytes, ...]) -> Judging:
    trust = TrustStore.from_der(roots) if roots else None
    return Judging(moment=MOMENT, environment="preproduction", trust=trust, revocation=_OFF, raise_crashes=True)


def checked(file: Path, roots: tuple[bytes, ...]) -> FileCheck:
    return check_file(
        file.read_bytes(),
        moment=MOMENT,
        environment="preproduction",
        trust=TrustStore.from_der(roots),
        revocation=_OFF,
    )


def of(portfolio: Portfolio) -> Mapping[str, HeldCertificate]:
    return {one.sha256: one for one in portfolio.judged}


def nagios(portfolio: Portfolio) -> Nagios:
    return Expiry.of(portfolio, 90, 30).overall


@pytest.fixture(scope="module")
def lying(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All that lies elsewhere, each kind in a folder of its own."""
    folder = tmp_path_factory.mktemp("elsewhere")
    for which in ELSEWHERE:
        put(folder, which)
    return folder


_TRIED: Final = [SOUND, "issuer missing", "issuer-expired", "domain-missing", "issuer-is-no-authority"]
"""Of the others three forms each, in turn; while at work one, and in a deep run every one."""
_CASES: Final = [
    pytest.param(name, form, marks=() if name in _TRIED or number % len(FORMS) == at else pytest.mark.slow)
    for number, name in enumerate([SOUND, *WRONG])
    for at, form in enumerate(FORMS)
    if name in _TRIED or LEVEL == "deep" or (at - number) % len(FORMS) in {0, 1, 3}
]


@pytest.mark.parametrize(("name", "form"), _CASES)
def test_what_lies_elsewhere_makes_no_chain_better(tmp_path: Path, lying: Path, name: str, form: str) -> None:
    """Asked with the roots of the chain and with those that are known; of what is wrong most with one of the two."""
    made = delivered(name)
    if not made.chain:
        pytest.skip("what came alone is completed")
    file, data = FORMS[form](made)
    (tmp_path / file).write_bytes(data)
    checks = {result.facts.sha256: result for result in checked(tmp_path / file, made.roots).results}
    ways = made.roots, ()
    for roots in ways if name in _TRIED else in_turn(ways, WRONG.index(name), list(FORMS).index(form)):
        alone = scanned(tmp_path, asked=asked(roots))
        beside = scanned(tmp_path, lying, asked=asked(roots))
        assert nagios(beside) == nagios(alone)
        for sha256, one in of(beside).items():
            before = of(alone)[sha256]
            assert (one.verdict, one.ends, one.ends_by) == (before.verdict, before.ends, before.ends_by)
            if roots and sha256 in checks:
                assert one.verdict is not None
                assert _WORST_FIRST.index(one.verdict) <= _WORST_FIRST.index(checks[sha256].verdict)
                assert one.ends <= checks[sha256].ends


@pytest.mark.parametrize("form", ["one leaf", "two leaves", "JKS, two"])
@pytest.mark.parametrize("name", [SOUND, "issuer missing", "issuer-expired", "issuer-ends-first"])
def test_every_command_says_of_a_file_what_it_says_of_it_alone(
    tmp_path: Path, lying: Path, run: Command, name: str, form: str
) -> None:
    made = delivered(name)
    file, data = FORMS[form](made)
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / file).write_bytes(data)
    (tmp_path / "root.pem").write_bytes(pem(*made.roots))
    judged = {result.facts.sha256 for result in checked(tmp_path / "one" / file, made.roots).results}
    # the day to order is that of a certificate that another chain may last, and that chain is told: see Mend
    keys = _OF_PLAN - {"day", "by"} if name in {"issuer-expired", "issuer-ends-first"} else _OF_PLAN
    alone, beside = (list(_told(run, tmp_path, f"one/{file}", more, judged, keys)) for more in ([], [str(lying)]))
    assert alone == beside


def _told(
    run: Command, folder: Path, file: str, more: list[str], judged: set[str], keys: frozenset[str]
) -> Iterator[Any]:
    """What each command says of the certificates of one file, where others are given as well."""
    at = ["--moment", MOMENT.strftime("%Y-%m-%dT%H:%M:%SZ")]
    how = ["--trust", folder / "root.pem", "--revocation", "off"]
    for command in (["scan", folder / file, *more, *how], ["expiry", folder / file, *more]):
        ran = run(*command, *at, "--json")
        certificates = [one for one in json.loads(ran.out)["certificates"] if one["sha256"] in judged]
        yield command[0], ran.code, [[one.get(each) for each in _COMPARED] for one in certificates]
    ran = run("expiry", folder / file, *more, *at, "--nagios")
    yield ran.code, re.sub(r", in \S+ lies one that lasts longer", "", ran.out.split("|")[0])
    files = json.dumps([file, *(f"{each}/*/*/*" for each in more)])
    leaf = read_certificate(delivered(SOUND).leaf)
    names = json.dumps([name.value for name in leaf.subject_alternative_name or ()])
    connections = written(folder, connection(files=files, dns=names))
    text = connections.read_text(encoding="utf-8").replace(OIN, str(oin_from_certificate(leaf).oin))
    connections.write_text(text, encoding="utf-8")
    for noun in ("status", "plan"):
        values = [*_values(run(noun, "--connections", connections, *how[:2], *at, "--json").document, keys)]
        assert values or keys != _OF_PLAN  # of a plan there are days alone
        yield noun, values


_COMPARED: Final = ("sha256", "ends", "ends_by", "days_left", "standing", "verdict")
_OF_PLAN: Final = frozenset({"ends", "ends_by", "days_left", "day", "by", "verdict", "standing"})


def _values(document: Any, keys: frozenset[str]) -> Iterator[tuple[str, Any]]:
    """What a document says of ends and verdicts, wherever it does."""
    if isinstance(document, dict):
        for key, value in document.items():
            if key in keys and not isinstance(value, dict | list):
                yield key, value
            yield from _values(value, keys)
    elif isinstance(document, list):
        for each in document:
            yield from _values(each, keys)
