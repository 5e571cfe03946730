"""Each check, taken away, makes something good that is not: none of them is there in vain, and none is untested."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from pkitools.crl import reading
from pkitools.crl.index import SerialIndex
from pkitools.crl.kept import KeptLists
from pkitools.crl.reading import CertificateRevocationList
from pkitools.revocation import RevocationOptions, StatusKind, crl_status, ocsp_status, scope
from pkitools_test_pki import crl as crls
from pkitools_test_pki import der
from pkitools_test_pki.faults.crls import AUTHORITY_DEVIATIONS, CRL_FAULTS, idp
from pkitools_test_pki.faults.responses import OCSP_FAULTS
from pkitools_test_pki.issued import IssuedCertificate
from tests.revocation.material import MOMENT, World
from tests.revocation.test_crl import point
from tests.revocation.test_ocsp import FORGERIES


@dataclass(frozen=True)
class Bad:
    """A leaf, and what would wrongly prove it good."""

    leaf: IssuedCertificate
    crls: tuple[bytes, ...] = ()
    responses: tuple[bytes, ...] = ()
    options: RevocationOptions = RevocationOptions()  # noqa: RUF009 - frozen


def listed(fault: str) -> Callable[[World], Bad]:
    def make(world: World) -> Bad:
        made = CRL_FAULTS[fault](world.crl_case(world.plain))
        assert isinstance(made, bytes)
        return Bad(world.plain, (made,))

    return make


def authority(fault: str) -> Callable[[World], Bad]:
    def make(world: World) -> Bad:
        deviation = AUTHORITY_DEVIATIONS[fault](MOMENT)
        bad = world.domain.create_subordinate(world.tsp.spec, moment=MOMENT - timedelta(days=50), **deviation)
        leaf = world.leaf(authority=bad)
        return Bad(leaf, (world.crl_case(leaf, bad).crl(),))

    return make


def answered(fault: str) -> Callable[[World], Bad]:
    def make(world: World) -> Bad:
        return Bad(world.plain, (), (OCSP_FAULTS[fault](world.ocsp_case(world.plain)),))

    return make


def forged(name: str) -> Callable[[World], Bad]:
    return lambda world: Bad(world.plain, (), (FORGERIES[name](world),))


def other_key(world: World) -> Bad:
    """Signed by the right key, but saying that another one signed."""
    from pkitools_test_pki import extensions

    other = extensions.extension("authority_key_identifier", extensions.authority_key_identifier(bytes(20)))
    return Bad(world.plain, (world.crl_case(world.plain).crl(extensions=[other]),))


def indirect_point(world: World) -> Bad:
    leaf = world.leaf(extensions=[point(issuer=der.context(4, world.domain.subject))])
    return Bad(leaf, (world.crl_case(leaf).crl(),))


def bad_entry(world: World) -> Bad:
    entries = der.sequence(der.sequence(der.integer(1), der.tlv(0x17, b"261301120000Z")))
    return Bad(world.plain, (world.crl_case(world.plain).crl(raw={"revoked_certificates": entries}),))


def critical_entry(world: World) -> Bad:
    strange = crls.Extension("2.999.1", True, der.NULL)
    entry = crls.RevokedEntry(1, MOMENT - timedelta(days=1), None, (strange,))
    return Bad(world.plain, (world.crl_case(world.plain).crl(revocations=[entry]),))


def attributes(world: World) -> Bad:
    return Bad(
        world.plain, (world.crl_case(world.plain).crl(extensions=[idp(der.context(5, b"\xff", constructed=False))]),)
    )


def unrequested(world: World) -> Bad:
    return replace(answered("O1.issuer")(world), options=RevocationOptions(require_nonce=True))


def nothing(*_arguments: Any, **_named: Any) -> None:
    return None


def no_fault(*_arguments: Any, **_named: Any) -> str:
    return ""


def yes(*_arguments: Any, **_named: Any) -> bool:
    return True


def everything(*_arguments: Any, **_named: Any) -> int:
    return scope.ALL_REASONS


def first_signer(response: Any, issuer: Any, *_rest: Any) -> Any:
    return next(ocsp_status._candidates(response.certificates), issuer)


def no_entries(self: SerialIndex) -> None:
    """Entries are not read at all."""


REMOVED: list[tuple[str, Any, str, Any, Callable[[World], Bad]]] = [
    ("the CRL's signature", CertificateRevocationList, "signed_by", yes, listed("C6.key")),
    ("the CRL's issuer: cRLSign", crl_status, "_issuer_fault", no_fault, authority("C6.no-crl-sign")),
    ("the CRL's issuer: validity", crl_status, "_issuer_fault", no_fault, authority("C6.expired")),
    ("the CRL's issuer: key", crl_status, "_issuer_fault", no_fault, other_key),
    ("the CRL's scope", crl_status, "outside", no_fault, listed("C7.only-other")),
    ("the CRL's reasons", crl_status, "covered", everything, listed("C7.only-some-reasons")),
    ("the CRL issuer of the point", crl_status, "covered", everything, indirect_point),
    ("delta", crl_status, "_require_complete", nothing, listed("C7.delta")),
    ("thisUpdate", crl_status, "require_fresh", nothing, listed("C5.not-yet")),
    ("nextUpdate", crl_status, "require_fresh", nothing, listed("C3.stale")),
    ("no nextUpdate", crl_status, "require_fresh", nothing, listed("C4")),
    ("the entries", SerialIndex, "_read_all", no_entries, bad_entry),
    ("critical extensions of entries", SerialIndex, "_read_all", no_entries, critical_entry),
    ("the response's signature", ocsp_status, "signed_with_sha2", yes, answered("O5.bit")),
    ("the response's algorithm", ocsp_status, "signed_with_sha2", yes, answered("O5.algorithm")),
    (
        "the signature by a stranger's key",
        ocsp_status,
        "signed_with_sha2",
        yes,
        forged("the authority's name, a stranger's key"),
    ),
    *(
        (f"the responder: {fault}", ocsp_status, "_responder", first_signer, answered(fault))
        for fault in ("O4.no-eku", "O4.self-signed", "O4.expired", "O4.any-eku")
    ),
    *(
        (f"the responder: {name}", ocsp_status, "_not_authorised", no_fault, forged(name))
        for name in (
            "issued in the authority's name by another key",
            "keyUsage without digitalSignature",
            "not yet valid",
            "an unknown critical extension",
        )
    ),
    ("the certificate asked about", ocsp_status, "is_about", yes, answered("O6.serial")),
    ("the issuer asked about", ocsp_status, "is_about", yes, answered("O6.issuer")),
    (
        "critical extensions of responses",
        ocsp_status,
        "_require_known_extensions",
        nothing,
        answered("O9.critical-extension"),
    ),
    ("the nonce", ocsp_status, "_nonce", lambda *_: (), unrequested),
    ("thisUpdate of a response", ocsp_status, "_require_time", nothing, answered("O7.not-yet")),
    ("nextUpdate of a response", ocsp_status, "_require_time", nothing, answered("O7.stale")),
    ("no nextUpdate in a response", ocsp_status, "_require_time", nothing, answered("O7.no-next-update")),
]


@pytest.mark.parametrize(
    ("where", "name", "instead", "make"), [row[1:] for row in REMOVED], ids=[row[0] for row in REMOVED]
)
def test_without_the_check_it_would_pass(
    where: Any, name: str, instead: Any, make: Callable[[World], Bad], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = make(world)
    monkeypatch.setattr(reading, "KEPT_LISTS", KeptLists(lists=0))  # read anew, without the check

    def kind() -> StatusKind:
        found = world.check(bad.leaf, crls=bad.crls, ocsp_responses=bad.responses, options=bad.options)
        return found.statuses[0].kind

    assert kind() is StatusKind.UNKNOWN
    monkeypatch.setattr(where, name, instead)
    assert kind() is StatusKind.GOOD


def test_a_list_of_attribute_certificates_proves_and_revokes_nothing(world: World) -> None:
    """Their serial numbers are their own."""
    assert world.check(world.plain, crls=attributes(world).crls).statuses[0].kind is StatusKind.UNKNOWN
    scoped = idp(der.context(5, b"\xff", constructed=False))
    case = world.crl_case(world.plain)
    made = case.crl(extensions=[scoped], revocations=[case.entry()])
    assert world.check(world.plain, crls=[made]).statuses[0].kind is StatusKind.UNKNOWN
