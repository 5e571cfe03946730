"""How much a verdict does: bounds that hold on any machine. A time would only say how busy that is.

The bounds are what it does today; what makes it do less lowers them here, in :data:`BOUNDS`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

import pytest

from pkitools.checking import Revocation, check
from pkitools.documents import cite
from pkitools.findings import Certainty, Outcome, Rule, Severity, Status
from pkitools.revocation import read_crl
from pkitools.systems import systems
from pkitools.trust import TrustStore
from pkitools.validation import validate_many, validate_path
from pkitools.x509 import read_certificate
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.pki import PKI, build
from tests.support.keys import SHARED_KEYS
from tests.support.work_done import work_done

MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
MANY: Final = 10

BOUNDS: Final[Mapping[str, Mapping[str, int]]] = {
    "a verdict": {
        "signatures": 1,
        "parsed by cryptography": 1,
        "parsed by us": 2,
        "steps in DER": 65,
        "hashes": 4,
        "outcomes": 3,
        "files": 0,
        "calls": 1_640,
    },
    "a verdict for nine systems": {
        "signatures": 1,
        "parsed by cryptography": 1,
        "parsed by us": 2,
        "steps in DER": 65,
        "hashes": 4,
        "outcomes": 12,
        "files": 0,
        "calls": 2_690,
    },
    "a path": {
        "signatures": 3,
        "parsed by cryptography": 1,
        "parsed by us": 1,
        "steps in DER": 22,
        "hashes": 0,
        "outcomes": 0,
        "files": 0,
        "calls": 360,
    },
    "ten paths": {
        "signatures": 13,
        "parsed by cryptography": 10,
        "parsed by us": 10,
        "steps in DER": 220,
        "hashes": 0,
        "outcomes": 0,
        "files": 0,
        "calls": 1_980,
    },
}
"""For a certificate that was never seen, of authorities and by lists that were: the most of each that is done.

Exact, but for the steps and the calls, which other lengths of numbers and other Pythons change a little.
"""


@pytest.fixture(scope="module")
def pki() -> PKI:
    return build("g4-tls", moment=MOMENT, keys=SHARED_KEYS)


@pytest.fixture(scope="module")
def leaves(pki: PKI) -> Iterator[IssuedCertificate]:
    """Certificates that were never seen, as many as are asked for."""
    return (pki.issue(dns=[f"host{number:03}.voorbeeld.nl"]) for number in itertools.count())


@pytest.fixture(scope="module")
def jobs(pki: PKI, leaves: Iterator[IssuedCertificate]) -> Mapping[str, Callable[[list[bytes]], object]]:
    one = next(leaves)
    lists = [read_crl(authority.crl(moment=MOMENT)) for authority in pki]
    asked: dict[str, Any] = {
        "moment": MOMENT,
        "environment": "preproduction",
        "intermediates": [each.der for each in one.intermediates],
        "trust": TrustStore.from_der([one.root.der]),
        "revocation": Revocation(policy="require", crls=lists),
    }
    chain: dict[str, Any] = {
        "intermediates": [each.der for each in one.intermediates],
        "anchors": [one.root.der],
        "moment": MOMENT,
    }
    nine = [system.name for system in systems()][:9]

    def judged(ders: list[bytes], names: list[str]) -> None:
        result = check(ders[0], systems=names, **asked)
        assert [status.is_good for status in result.revocation.statuses] == [True] * 3

    return {
        "a verdict": lambda ders: judged(ders, ["digid-machtigen"]),
        "a verdict for nine systems": lambda ders: judged(ders, nine),
        "a path": lambda ders: validate_path(ders[0], **chain),
        "ten paths": lambda ders: list(validate_many(ders, **chain)),
    }


@pytest.mark.parametrize("job", BOUNDS)
def test_no_more_is_done(
    job: str, jobs: Mapping[str, Callable[[list[bytes]], object]], leaves: Iterator[IssuedCertificate]
) -> None:
    def some() -> list[bytes]:
        return [next(leaves).der for _ in range(MANY)]

    for _ in range(3):  # what is about authorities, and tables that are loaded once
        jobs[job](some())
    # the least of three: methods that are written after some objects, and numbers of other lengths, cost some calls
    batches = [some() for _ in range(3)]
    done = min((work_done(lambda ders=ders: jobs[job](ders)) for ders in batches), key=lambda done: done["calls"])  # type: ignore[misc]  # a default binds it
    over = {what: (done[what], most) for what, most in BOUNDS[job].items() if done[what] > most}
    assert not over, f"{job} does more than it did: (now, bound) {over}; all of it: {dict(done)}"


def test_what_is_counted_is_seen(pki: PKI, tmp_path: Any) -> None:
    """A bound on what nobody counts any more holds for ever."""
    leaf = pki.issue(dns=["seen.voorbeeld.nl"])
    rule = Rule("test.rule.x", Severity.ERROR, cite("pkitools"), Certainty.ADVICE)
    done = work_done(lambda: [Outcome(rule, Status.MET) for _ in range(3)])
    assert done["outcomes"] == 3
    done = work_done(lambda: read_certificate(leaf.der))
    assert done["parsed by us"] == 1
    assert done["steps in DER"] > 20
    (tmp_path / "x").write_bytes(b"")
    assert work_done((tmp_path / "x").read_bytes)["files"] == 1
    loaded = leaf.load()
    key: Any = pki.issuer_of("g4-tls").key.public_key()
    scheme, digest = loaded.signature_algorithm_parameters, loaded.signature_hash_algorithm
    done = work_done(lambda: key.verify(loaded.signature, loaded.tbs_certificate_bytes, scheme, digest))
    assert done["signatures"] == 1
    done = work_done(
        lambda: validate_path(
            leaf.der, intermediates=[each.der for each in leaf.intermediates], anchors=[leaf.root.der], moment=MOMENT
        )
    )
    assert done["signatures"] >= 3
    assert done["parsed by cryptography"] >= 1
    assert work_done(lambda: sha256(b"x"))["hashes"] == 1
