"""Reading and judging CRLs: real ones, signatures of every kind, scopes, and what the full engine is asked for."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa

from pkitools.errors import InputError, LimitError, PkitoolsError
from pkitools.findings import Outcome, Status
from pkitools.frozen import replace
from pkitools.messages import LANGUAGES, Language
from pkitools.reports.telling import answer
from pkitools.revocation import (
    RevocationOptions,
    RevocationPolicy,
    RevocationResult,
    StatusKind,
    check_revocation,
    read_crl,
)
from pkitools.revocation.codes import CrlFault
from pkitools.revocation.crl_status import find_entry
from pkitools.revocation.scope import ALL_REASONS, scope_of
from pkitools.x509.model import Extension
from pkitools.x509.name_matching import name_text
from pkitools.x509.path_certificate import load_cached
from pkitools_test_pki import crl as crls
from pkitools_test_pki import der, extensions
from pkitools_test_pki.algorithms import RSA_SHA1, SignatureScheme
from pkitools_test_pki.crl import CERTIFICATE_ISSUER, RevokedEntry
from pkitools_test_pki.faults.crls import full_name, idp
from pkitools_test_pki.keys import elliptic_keys, spki
from pkitools_test_pki.pki import build
from tests.revocation.material import MOMENT, World
from tests.support.cases import in_one_test
from tests.support.judges import judge
from tests.support.shared import shared

OTHER = RevokedEntry(4711, MOMENT - timedelta(days=1), "superseded")
DAY = timedelta(days=1)


def status(world: World, *lists: Any, leaf: Any = None, **arguments: Any) -> tuple[StatusKind, str]:
    found = world.check(leaf or world.plain, crls=lists, **arguments).statuses[0]
    return found.kind, found.code


GOOD, REVOKED = (StatusKind.GOOD, ""), (StatusKind.REVOKED, "")


def unknown(code: str) -> tuple[StatusKind, str]:
    return StatusKind.UNKNOWN, code


# --- reading


def test_a_real_crl() -> None:
    """Issued by the G3 root in 2020; another reader says the same of it."""
    data = shared("samples/crl/Root-CA-G3_CRL-13_2020-12-03.crl").read_bytes()
    mine, other = read_crl(data), x509.load_der_x509_crl(data)
    assert mine.this_update == other.last_update_utc
    assert mine.next_update == other.next_update_utc
    assert mine.number == 13
    assert mine.issuer == other.issuer.public_bytes()
    assert [(row.serial, row.revoked_at) for row in mine.index.entries()] == [
        (entry.serial_number.to_bytes(20, "big"), entry.revocation_date_utc) for entry in other
    ]


def test_the_real_crl_proves_its_authority_good_within_its_year() -> None:
    """Root level lists of G3 lived a year: nextUpdate decides, not 48 hours."""
    data = shared("samples/crl/Root-CA-G3_CRL-13_2020-12-03.crl").read_bytes()
    chain = shared("samples/certificates/G3_eh01.staging.iwelcome.nl_20190521.chain.pem").read_bytes()
    path = [der_of(certificate) for certificate in x509.load_pem_x509_certificates(chain)]
    for moment, expected in (
        (datetime(2021, 11, 1, tzinfo=UTC), GOOD),
        (datetime(2021, 12, 4, tzinfo=UTC), unknown("stale")),
        (datetime(2020, 12, 1, tzinfo=UTC), unknown("not-yet")),
    ):
        found = check_revocation(path, moment=moment, crls=[data]).statuses
        assert (found[-1].kind, found[-1].code) == expected
        assert {one.kind for one in found[:-1]} == {StatusKind.UNKNOWN}


def der_of(certificate: x509.Certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.DER)


def test_openssl_reads_and_verifies_the_same(world: World, tmp_path: Path) -> None:
    openssl = judge("openssl")
    data = world.crl_case(world.plain).crl(revocations=[OTHER])
    (tmp_path / "list.crl").write_bytes(data)
    (tmp_path / "ca.pem").write_bytes(world.tsp.certificate.pem)
    command = [openssl, "crl", "-inform", "DER", "-in", "list.crl", "-CAfile", "ca.pem", "-noout", "-text", "-verify"]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "verify OK" in told.stderr
    assert f"Serial Number: {4711:04X}" in told.stdout
    assert read_crl(data).signed_by(spki(world.tsp.key.public_key()))


def pem_of(data: bytes) -> bytes:
    import base64

    return b"-----BEGIN X509 CRL-----\n" + base64.encodebytes(data) + b"-----END X509 CRL-----\n"


def test_pem_is_read_as_der(world: World) -> None:
    data = world.crl_case(world.plain).crl()
    assert read_crl(pem_of(data)).der == data
    assert read_crl(b"\r\n\n" + pem_of(data)).was_pem


@in_one_test
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "crl_not_der"),
        (b"<html>", "crl_not_der"),
        (b"-----BEGIN CERTIFICATE-----\n", "crl_not_der"),
        (b"-----BEGIN X509 CRL-----\nMIIB", "crl_truncated"),
        (b"-----BEGIN X509 CRL-----\n!!!!\n-----END X509 CRL-----\n", "crl_malformed"),
        (b"-----BEGIN X509 CRL-----\n\n-----END X509 CRL-----\n", "crl_not_der"),
        (b"\x30", "crl_truncated"),
        (b"\x30\x82\x01", "crl_truncated"),
        (b"\x30\x00", "crl_malformed"),
        (b"\x30\x80\x00\x00", "crl_malformed"),
        (b"\x30\x03\x30\x01\x00", "crl_malformed"),
    ],
)
def test_what_is_no_crl(data: bytes, code: str) -> None:
    with pytest.raises(InputError) as error:
        read_crl(data)
    assert error.value.code == f"revocation.error.{code}"


def test_a_crl_of_the_limit_and_one_beyond(world: World) -> None:
    data = world.crl_case(world.plain).crl()
    assert read_crl(data, limit=len(data)).der == data
    with pytest.raises(LimitError):
        read_crl(data, limit=len(data) - 1)


def test_an_empty_bit_string_in_the_scope(world: World) -> None:
    """A BIT STRING of no octets (03 01 00) as onlySomeReasons: once a crash elsewhere, here no reasons at all."""
    made = world.crl_case(world.plain).crl(extensions=[idp(der.tlv(0x83, b"\x00"))])
    assert scope_of(read_crl(made)).reasons == 0
    assert status(world, made) == unknown("scope")
    for broken in (b"", b"\x08", b"\x01", b"\xff\xff"):
        made = world.crl_case(world.plain).crl(extensions=[idp(der.tlv(0x83, broken))])
        assert status(world, made) == unknown("malformed")


def test_an_x400_address_where_a_name_is_compared(world: World) -> None:
    """CVE-2023-0286: a GeneralName taken for another type. Here it is bytes that compare or do not."""
    address = der.context(3, der.octets(b"\x00" * 40))
    leaf = world.leaf(extensions=[point(address)])
    scoped = idp(der.context(0, der.context(0, address)))
    assert status(world, world.crl_case(leaf).crl(extensions=[scoped]), leaf=leaf) == GOOD
    other = idp(der.context(0, der.context(0, der.context(3, der.octets(b"\x01" * 40)))))
    assert status(world, world.crl_case(leaf).crl(extensions=[other]), leaf=leaf) == unknown("scope")


def point(*names: bytes, reasons: bytes = b"", issuer: bytes = b"", relative: bytes = b"") -> Any:
    """cRLDistributionPoints of one point."""
    where = der.context(0, der.context(0, *names)) if names else b""
    if relative:
        where = der.context(0, der.context(1, relative))
    return points(where + (der.tlv(0x81, reasons) if reasons else b"") + (der.context(2, issuer) if issuer else b""))


def points(*each: bytes) -> Any:
    return extensions.extension("crl_distribution_points", der.sequence(*(der.sequence(one) for one in each)))


# --- signatures


def rsa_key(_cache: list[rsa.RSAPrivateKey] = []) -> rsa.RSAPrivateKey:  # noqa: B006 - made once for the session
    if not _cache:
        _cache.append(rsa.generate_private_key(65537, 2048))
    return _cache[0]


def builder(issuer: str = "CA") -> x509.CertificateRevocationListBuilder:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, issuer)])
    return x509.CertificateRevocationListBuilder(name, MOMENT, MOMENT + DAY)


@in_one_test
@pytest.mark.parametrize("salt", [0, 20, 64, padding.PSS.MAX_LENGTH])
@pytest.mark.parametrize(("digest", "mask"), [(hashes.SHA512(), hashes.SHA512()), (hashes.SHA256(), hashes.SHA384())])
def test_rsassa_pss(digest: Any, mask: Any, salt: int) -> None:
    if salt == padding.PSS.MAX_LENGTH:
        salt = 2048 // 8 - digest.digest_size - 2
    scheme = SignatureScheme("pss", digest.name, mgf_hash=mask.name, salt_length=salt)
    tbs = crls.CrlBlueprint(scheme, der.sequence(), MOMENT, MOMENT + DAY, ())
    made = read_crl(tbs.signed(rsa_key()))
    assert made.signed_by(spki(rsa_key().public_key()))
    assert not made.signed_by(spki(rsa.generate_private_key(65537, 1024).public_key()))


@in_one_test
@pytest.mark.parametrize(
    "key",
    [ec.generate_private_key(curve()) for curve in (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)]
    + [ed25519.Ed25519PrivateKey.generate(), ed448.Ed448PrivateKey.generate(), "rsa"],
    ids=["P-256", "P-384", "P-521", "Ed25519", "Ed448", "RSA"],
)
def test_signatures_made_by_another_library(key: Any) -> None:
    key = rsa_key() if key == "rsa" else key
    digest = None if isinstance(key, ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey) else hashes.SHA384()
    from cryptography.hazmat.primitives.serialization import Encoding

    data = builder().sign(key, digest).public_bytes(Encoding.DER)
    assert read_crl(data).signed_by(spki(key.public_key()))
    spoiled = read_crl(data[:-1] + bytes((data[-1] ^ 1,)))
    assert not spoiled.signed_by(spki(key.public_key()))


def test_sha1_signs_nothing_today(world: World) -> None:
    tbs = crls.CrlBlueprint(RSA_SHA1, der.sequence(), MOMENT, MOMENT + DAY, ())
    assert not read_crl(tbs.signed(rsa_key())).signed_by(spki(rsa_key().public_key()))


@pytest.mark.parametrize("garbage", [b"", b"\x30\x00", b"\x30\x03\x02\x01\x01", bytes(100)])
def test_a_key_that_is_none_signed_nothing(world: World, garbage: bytes) -> None:
    assert not read_crl(world.crl_case(world.plain).crl()).signed_by(garbage)


@pytest.mark.slow
def test_no_bit_of_the_signature_or_what_it_covers_can_be_turned(world: World) -> None:
    """All bits of the signature, and every third of the rest: never GOOD, never an error of another kind."""
    data = world.crl_case(world.plain).crl(revocations=[OTHER])
    size = 8 * len(data)
    signature = 8 * (len(data) - 104)
    for bit in [*range(0, signature, 3), *range(signature, size)]:
        flipped = bytearray(data)
        flipped[bit >> 3] ^= 0x80 >> (bit & 7)
        kind, _ = status(world, bytes(flipped))
        assert kind is StatusKind.UNKNOWN, bit


# --- scope


URL = "http://crl.example/list.crl"


def crl_with(world: World, leaf: Any, *scope: bytes, **other: Any) -> bytes:
    return world.crl_case(leaf).crl(extensions=[idp(*scope)], **other)


def test_the_name_of_a_list_must_be_one_of_the_points(world: World) -> None:
    leaf = world.leaf(crl=(URL,))
    assert status(world, crl_with(world, leaf, full_name(URL)), leaf=leaf) == GOOD
    assert status(world, crl_with(world, leaf, full_name(URL + "2")), leaf=leaf) == unknown("scope")
    # a list with a name says nothing of a certificate without a point
    assert status(world, crl_with(world, world.plain, full_name(URL))) == unknown("scope")


def test_a_name_relative_to_the_issuer(world: World) -> None:
    rdn = der.sequence(der.oid("2.5.4.3"), der.string("List 1"))
    leaf = world.leaf(extensions=[point(relative=rdn)])
    relative = der.context(0, der.context(1, rdn))
    issuer = der.sequence(
        world.tsp.subject[2 + 2 :] if world.tsp.subject[1] == 0x82 else names_in(world.tsp.subject), der.tlv(0x31, rdn)
    )
    full = der.context(0, der.context(0, der.context(4, issuer)))
    for name in (relative, full):
        assert status(world, crl_with(world, leaf, name), leaf=leaf) == GOOD
    other = der.context(0, der.context(1, der.sequence(der.oid("2.5.4.3"), der.string("List 2"))))
    assert status(world, crl_with(world, leaf, other), leaf=leaf) == unknown("scope")


def names_in(name: bytes) -> bytes:
    from pkitools.x509.der import contents, root

    return contents(name, root(name, 0x30))


@pytest.mark.parametrize(("flag", "expected"), [(1, GOOD), (2, unknown("scope")), (5, unknown("scope"))])
def test_lists_of_users_authorities_and_attributes(world: World, flag: int, expected: tuple[StatusKind, str]) -> None:
    scope = der.context(flag, b"\xff", constructed=False)
    assert status(world, crl_with(world, world.plain, scope)) == expected


def test_a_list_of_users_says_nothing_of_an_authority(world: World) -> None:
    only_user = world.domain.crl(moment=MOMENT, extensions=[idp(der.context(1, b"\xff", constructed=False))])
    root = world.pki["g4-tls-root"].crl(moment=MOMENT)
    path = [link.der for link in world.plain.path]
    found = check_revocation(path, moment=MOMENT, crls=[only_user, root]).statuses
    assert (found[1].kind, found[1].code) == unknown("scope")
    assert found[2].is_good


def test_reasons_add_up(world: World) -> None:
    """Two lists that split the reasons prove it together; one of them does not."""
    case = world.crl_case(world.plain)
    some, rest = der.tlv(0x83, b"\x05\x60"), der.tlv(0x83, b"\x07\x1f\x80")
    first, second = (case.crl(extensions=[idp(reasons)]) for reasons in (some, rest))
    assert scope_of(read_crl(first)).reasons | scope_of(read_crl(second)).reasons == ALL_REASONS
    assert status(world, first) == unknown("scope")
    assert status(world, second) == unknown("scope")
    assert status(world, first, second) == GOOD
    revoking = case.crl(extensions=[idp(some)], revocations=[case.entry("keyCompromise")])
    assert status(world, revoking) == REVOKED


def test_points_for_some_reasons_each(world: World) -> None:
    urls = ["http://crl.example/1.crl", "http://crl.example/2.crl"]
    parts = [
        der.context(0, der.context(0, extensions.uri(url))) + der.tlv(0x81, reasons)
        for url, reasons in zip(urls, (b"\x05\x60", b"\x07\x1f\x80"), strict=True)
    ]
    leaf = world.leaf(extensions=[points(*parts)])
    lists = [crl_with(world, leaf, full_name(url)) for url in urls]
    assert status(world, lists[0], leaf=leaf) == unknown("offline")  # the other would have to be fetched
    assert status(world, *lists, leaf=leaf) == GOOD
    # a point for some reasons only leaves the others unanswered, whatever the list
    alone = world.leaf(extensions=[points(parts[0])])
    assert status(world, world.crl_case(alone).crl(), leaf=alone) == unknown("scope")


def test_a_complete_list_serves_every_point(world: World) -> None:
    leaf = world.leaf(crl=("http://crl.example/1.crl", "http://crl.example/2.crl"))
    assert status(world, world.crl_case(leaf).crl(), leaf=leaf) == GOOD


@pytest.mark.parametrize(
    "value",
    [b"", b"\x30\x00", b"\x30\x02\x30\x00", der.sequence(*[der.sequence(full_name("http://x/"))] * 21), b"\x04\x00"],
    ids=["empty", "no point", "empty point", "21 points", "no sequence"],
)
def test_distribution_points_that_cannot_be_read_prove_nothing(world: World, value: bytes) -> None:
    leaf = world.leaf(extensions=[extensions.extension("crl_distribution_points", value)])
    kind, code = status(world, world.crl_case(leaf).crl(), leaf=leaf)
    assert (kind, code) == unknown("malformed")
    assert status(world, world.crl_case(leaf).listing(), leaf=leaf) == REVOKED


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"\x30\x03\x86\x01\xff",
        der.sequence(der.context(0, der.context(2))),
        der.sequence(der.context(0, der.context(0))),
    ],
    ids=["empty", "unknown part", "third kind of name", "no name"],
)
def test_a_scope_that_cannot_be_read_proves_nothing(world: World, value: bytes) -> None:
    from pkitools.x509.model import Extension

    scope = Extension(crls.ISSUING_DISTRIBUTION_POINT, True, value)
    assert status(world, world.crl_case(world.plain).crl(extensions=[scope])) == unknown("malformed")


# --- what is revoked stays so


def test_a_stale_list_still_revokes_and_a_stale_hold_does_not(world: World) -> None:
    case = world.crl_case(world.plain)
    old = {"this_update": MOMENT - 30 * DAY, "next_update": MOMENT - 28 * DAY}
    for reason, expected in ((None, REVOKED), ("superseded", REVOKED), ("certificateHold", unknown("stale"))):
        made = case.crl(revocations=[case.entry(reason, moment=MOMENT - 40 * DAY)], **old)
        for policy in (RevocationPolicy.REQUIRE, RevocationPolicy.PREFER):
            assert status(world, made, policy=policy) == expected


def test_a_list_from_after_the_moment_revokes_what_was_revoked_before_it(world: World) -> None:
    case = world.crl_case(world.plain)
    later = {"this_update": MOMENT + 30 * DAY, "next_update": MOMENT + 32 * DAY}
    before = case.crl(revocations=[case.entry(moment=MOMENT - DAY)], **later)
    after = case.crl(revocations=[case.entry(moment=MOMENT + DAY)], **later)
    assert status(world, before) == REVOKED
    assert status(world, after) == unknown("not-yet")


def test_a_delta_alone_revokes_and_proves_nothing_good(world: World) -> None:
    case = world.crl_case(world.plain)
    delta = [crls.delta_indicator(1)]
    assert status(world, case.crl(extensions=delta)) == unknown("scope")
    assert status(world, case.crl(extensions=delta, revocations=[case.entry()])) == REVOKED
    base = case.crl()
    assert status(world, base, case.crl(extensions=delta, revocations=[case.entry()])) == REVOKED


def test_with_a_bound_on_age_a_list_without_end_is_good(world: World) -> None:
    made = world.crl_case(world.plain).crl(next_update=None, this_update=MOMENT - timedelta(hours=3))
    for hours, expected in ((4, GOOD), (2, unknown("no-next-update"))):
        options = RevocationOptions(max_age=timedelta(hours=hours))
        assert status(world, made, options=options) == expected


def test_two_lists_that_disagree(world: World) -> None:
    case = world.crl_case(world.plain)
    for lists in ((case.crl(), case.listing()), (case.listing(), case.crl())):
        assert status(world, *lists) == REVOKED


# --- the full engine


def test_an_indirect_list_by_the_full_engine(world: World) -> None:
    """The certificate says that another authority keeps its list; that one's certificate is at hand."""
    keeper = world.domain.create_subordinate(
        world.tsp.spec,
        moment=MOMENT - 40 * DAY,
        subject=der.sequence(der.set_of(der.sequence(der.oid("2.5.4.3"), der.string("Keeper of lists")))),
        key_usage=("cRLSign",),
    )
    name = der.context(4, keeper.subject)
    leaf = world.leaf(extensions=[point(extensions.uri(URL), issuer=name)])
    scope = idp(full_name(URL), der.context(4, b"\xff", constructed=False))
    owner = crls.Extension(crls.CERTIFICATE_ISSUER, True, der.sequence(der.context(4, world.tsp.subject)))
    listed = RevokedEntry(leaf.serial_number, MOMENT - DAY, "superseded", (owner,))
    other = RevokedEntry(99, MOMENT - DAY, "superseded", (owner,))
    case = world.crl_case(leaf, keeper)
    others = {"other_certificates": [keeper.certificate.der]}
    assert status(world, case.crl(extensions=[scope], revocations=[other]), leaf=leaf, **others) == GOOD
    assert status(world, case.crl(extensions=[scope], revocations=[listed]), leaf=leaf, **others) == REVOKED
    # without that certificate, and by a list that is not indirect, nothing is proved
    assert status(world, case.crl(extensions=[scope]), leaf=leaf)[0] is StatusKind.UNKNOWN
    assert status(world, case.crl(extensions=[idp(full_name(URL))]), leaf=leaf, **others)[0] is StatusKind.UNKNOWN
    # its own authority's list does not count where another was named
    assert status(world, world.crl_case(leaf).crl(), leaf=leaf)[0] is StatusKind.UNKNOWN


def test_an_indirect_list_of_the_issuer_itself(world: World) -> None:
    """Entries belong to the issuer named last; those before the first belong to the list's own."""
    case = world.crl_case(world.plain)
    scope = idp(der.context(4, b"\xff", constructed=False))
    owner = crls.Extension(crls.CERTIFICATE_ISSUER, True, der.sequence(der.context(4, world.domain.subject)))
    ours = crls.Extension(crls.CERTIFICATE_ISSUER, True, der.sequence(der.context(4, world.tsp.subject)))
    theirs = RevokedEntry(1, MOMENT - DAY, None, (owner,))
    for entries, expected in (
        ([case.entry()], REVOKED),
        ([theirs, case.entry()], GOOD),  # sticky: still the other's
        ([case.entry(), theirs], REVOKED),
        ([theirs, case.entry(extensions=(ours,))], REVOKED),
    ):
        assert status(world, case.crl(extensions=[scope], revocations=entries)) == expected


def test_a_delta_does_not_stand_in_for_the_list_of_another_point(world: World) -> None:
    """Two points need two lists."""
    leaf = world.leaf(crl=("http://crl.example/1.crl", "http://crl.example/2.crl"))
    case = world.crl_case(leaf)
    parts = (
        case.crl(extensions=[idp(full_name("http://crl.example/1.crl"))]),
        case.crl(extensions=[crls.delta_indicator(1)]),
    )
    assert status(world, *parts, leaf=leaf)[0] is StatusKind.UNKNOWN


# --- many lists


def test_the_budget_of_signature_checks_ends_it(world: World) -> None:
    case = world.crl_case(world.plain)
    stranger = world.stranger.key
    forged = [case.crl(signing_key=stranger, number=number) for number in range(1001, 1150)]
    assert status(world, *forged, case.crl(number=1000)) == unknown("limit")


def test_no_error_of_another_family_leaves(world: World) -> None:
    for path, moment in (([], MOMENT), ([world.plain.der], MOMENT.replace(tzinfo=None))):
        with pytest.raises(PkitoolsError):
            check_revocation(path, moment=moment)
    with pytest.raises(PkitoolsError):
        check_revocation([b"\x30\x00", world.tsp.certificate.der], moment=MOMENT)


def test_a_lone_anchor_has_nothing_to_check(world: World) -> None:
    result = check_revocation([world.plain.root.der], moment=MOMENT)
    assert result.certificates == ()
    assert {outcome.status.value for outcome in result.outcomes} == {"met", "not_applicable"}


def test_a_list_from_elsewhere_is_told_only_where_nothing_handed_in_decides(world: World) -> None:
    own = world.crl_case(world.plain).crl()
    elsewhere = build("g1-private", moment=MOMENT, keys=elliptic_keys)["g1-private-tsp"].crl()
    for lists, told in (([elsewhere, own], []), ([elsewhere], ["crl-issuer"])):
        found = world.check(world.plain, crls=lists)
        mine = [a for a in found.attempts if a.certificate.role == "end_entity"]
        assert [a.code for a in mine if a.code == "crl-issuer"] == told
        assert (found.statuses[0].kind is StatusKind.GOOD) is (not told)
        # of its own authority nothing was had: that is not known, and no reason to order another
        (unknown,) = (
            o
            for o in found.outcomes
            if o.rule.code == "revocation.status.unknown" and o.certificate == mine[0].certificate
        )
        assert unknown.status is (Status.NOT_CHECKED if told else Status.MET)


@pytest.mark.parametrize("lists_it", [True, False])
@pytest.mark.parametrize("own_beside", [True, False])
def test_a_list_under_another_key_that_lists_the_certificate_is_told_beside_a_good_one(
    world: World, lists_it: bool, own_beside: bool
) -> None:
    """It proves nothing, so it decides nothing: but who handed it in hears what it says."""
    entries = [RevokedEntry(world.plain.serial_number, MOMENT - DAY, "superseded")] if lists_it else [OTHER]
    strange = world.stranger.crl(moment=MOMENT, revocations=entries)
    own = [world.crl_case(world.plain).crl()] if own_beside else []
    for lists in ([strange, *own], [*own, strange]):
        found = world.check(world.plain, crls=lists)
        assert (found.statuses[0].kind is StatusKind.GOOD) is own_beside
        told = [o.params["crl_fault"] for o in _of_issuer(found)]
        fault = CrlFault.ANOTHER_KEY_LISTS if lists_it else CrlFault.ANOTHER_KEY
        assert told == ([] if own_beside and not lists_it else [fault])


@pytest.mark.parametrize("own_beside", [True, False])
@pytest.mark.parametrize("with_authority", [True, False])
@pytest.mark.parametrize(
    ("indirect", "owner", "serial", "told"),
    [
        (True, "issuer", "own", True),
        (True, "issuer", "other", False),
        (True, "domain", "own", False),  # the entry is about a certificate of another authority
        (True, None, "own", False),  # so it is where nobody is named: the list's own issuer is meant
        (False, "issuer", "own", False),  # a list that does not say that it is indirect tells nothing of others
    ],
)
def test_an_indirect_list_that_names_the_certificate_is_told_beside_a_good_one(
    world: World, own_beside: bool, with_authority: bool, indirect: bool, owner: str | None, serial: str, told: bool
) -> None:
    """The end entity and its authority alike; it proves nothing, so it decides nothing."""
    keeper = build("g1-private", moment=MOMENT, keys=elliptic_keys)["g1-private-tsp"]
    others = {"other_certificates": [keeper.certificate.der]} if with_authority else {}
    scope = [idp(der.context(4, b"\xff", constructed=False))] if indirect else []
    own = [world.crl_case(world.plain).crl(), world.crl_case(world.tsp.certificate, world.domain).crl()]
    for asked, issuer in ((world.plain, world.tsp), (world.tsp.certificate, world.domain)):
        named = {"issuer": issuer.subject, "domain": keeper.subject, None: b""}[owner]
        names = crls.Extension(crls.CERTIFICATE_ISSUER, True, der.sequence(der.context(4, named)))
        number = asked.serial_number if serial == "own" else 99
        entry = RevokedEntry(number, MOMENT - DAY, "superseded", (names,) if owner else ())
        strange = world.crl_case(asked, keeper).crl(extensions=scope, revocations=[entry])
        for lists in ([strange, *own], [*own, strange]) if own_beside else ([strange],):
            found = world.check(world.plain, crls=lists, **others)
            assert (found.statuses[0].kind is StatusKind.GOOD) is own_beside
            faults = [o.params["crl_fault"] for o in _of_issuer(found)]
            assert faults.count(CrlFault.ANOTHER_ISSUER_LISTS) == int(told), (asked, faults)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_that_the_issuer_cannot_have_made_is_told_with_who_made_it_and_why(
    world: World, language: Language
) -> None:
    """In the reader's words, each cause in its own: no code, no other language, and never the issuer for the maker."""
    elsewhere = build("g1-private", moment=MOMENT, keys=elliptic_keys)["g1-private-tsp"].crl()
    maker = name_text(read_crl(elsewhere).issuer).short
    (of_another,) = _of_issuer(world.check(world.plain, crls=[elsewhere]))
    (of_another_key,) = _of_issuer(world.check(world.plain, crls=[world.stranger.crl(moment=MOMENT)]))
    issuer = str(of_another.params["issuer"])
    assert maker != issuer
    assert of_another.params["url"] == maker
    assert maker in _said(of_another, language)
    said = {fault: _said(of_another_key, language, crl_fault=fault) for fault in CrlFault}
    assert said[CrlFault.ANOTHER_KEY] == _said(of_another_key, language)
    assert len(set(said.values())) == len(said)
    for fault, sentence in (*said.items(), (CrlFault.ANOTHER_ISSUER, _said(of_another, language))):
        assert issuer in sentence
        assert fault not in sentence, "a code is no reason"
        assert "http" not in sentence
    assert "http://crl.example/" in _said(of_another, language, address="http://crl.example/")


@pytest.mark.parametrize("count", [2, 3, 9])
@pytest.mark.parametrize("with_own", [True, False])
@pytest.mark.parametrize("language", LANGUAGES)
def test_of_many_lists_of_others_one_sentence_is_told_and_none_where_that_of_the_issuer_is_there(
    world: World, count: int, with_own: bool, language: Language
) -> None:
    """Nine of them were nine sentences about one certificate, thirteen lines of a scan."""
    strangers = build("g1-private", moment=MOMENT, keys=elliptic_keys)
    lists = [authority.crl(moment=MOMENT + timedelta(seconds=n)) for n in range(count) for authority in strangers]
    lists = lists[:count]
    own = [world.crl_case(world.plain).crl(), world.crl_case(world.tsp.certificate, world.domain).crl()]
    found = _of_issuer(world.check(world.plain, crls=[*lists, *own] if with_own else lists))
    assert len({one.certificate for one in found}) == len(found)
    assert bool(found) is not with_own
    for one in found:
        assert str(one.params["issuer"]) in _said(one, language)
        assert not any(name_text(read_crl(der).issuer).short in _said(one, language) for der in lists)


def _said(found: Outcome, language: Language, **otherwise: str) -> str:
    return answer.told(replace(found, params={**found.params, **otherwise}), language).message


def _of_issuer(found: RevocationResult) -> list[Outcome]:
    return [o for o in found.outcomes if o.rule.code == "revocation.crl.issuer" and o.status is Status.VIOLATED]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("version", der.integer(0)),
        ("version", der.integer(2)),
        ("signature", b""),
        ("signature", RSA_SHA1.algorithm_identifier),
        ("issuer", der.string("CA")),
        ("this_update", der.tlv(0x17, b"261301120000Z")),
        ("revoked_certificates", der.octets(b"")),
        ("extensions", der.context(0, der.sequence(), der.sequence())),
        ("extensions", der.context(0, der.sequence(*[der.sequence(der.oid("2.999"), der.octets(b""))] * 2))),
        (
            "extensions",
            der.context(0, der.sequence(*(der.sequence(der.oid(f"2.999.{n}"), der.octets(b"")) for n in range(51)))),
        ),
        ("extensions", der.context(0, der.sequence(der.sequence(der.oid("2.999"))))),
        ("extensions", der.context(0, der.sequence(der.sequence(der.oid("2.5.29.20"), der.octets(b""))))),
    ],
)
def test_lists_with_one_field_wrong_are_refused_though_signed(world: World, field: str, value: bytes) -> None:
    with pytest.raises(InputError) as error:
        read_crl(world.crl_case(world.plain).crl(raw={field: value}))
    assert error.value.code == "revocation.error.crl_malformed"


def test_a_key_too_large_to_be_one_signed_nothing(world: World) -> None:
    huge = rsa.RSAPublicNumbers(65537, (1 << 16_400) + 1)
    body = der.sequence(der.integer(huge.n), der.integer(huge.e))
    key = der.sequence(der.sequence(der.oid("1.2.840.113549.1.1.1"), der.NULL), der.bits(body))
    assert not read_crl(world.crl_case(world.plain).crl()).signed_by(key)


@in_one_test
@pytest.mark.parametrize(
    "identifier",
    [
        der.sequence(),
        der.sequence(der.oid("1.2.840.113549.1.1.10")),
        der.sequence(der.oid("1.2.840.113549.1.1.10"), der.sequence(der.context(2, der.integer(-1)))),
        der.sequence(der.oid("1.2.840.113549.1.1.10"), der.sequence(der.context(2, der.integer(5000)))),
        der.sequence(der.oid("1.2.840.113549.1.1.10"), der.sequence(der.context(3, der.integer(2)))),
        der.sequence(der.oid("1.2.840.113549.1.1.4"), der.NULL),
        der.sequence(der.oid("2.999")),
    ],
)
def test_algorithms_nobody_should_sign_with(identifier: bytes) -> None:
    scheme = SignatureScheme("pkcs1", "sha256", identifier=identifier)
    made = crls.CrlBlueprint(scheme, der.sequence(), MOMENT, MOMENT + DAY, ()).signed(rsa_key())
    assert not read_crl(made).signed_by(spki(rsa_key().public_key()))


def test_a_list_that_names_other_issuers_without_being_indirect(world: World) -> None:
    """It proves nobody good (RFC 5280 5.3.3); what its issuer lists as revoked stays so."""
    case = world.crl_case(world.plain)
    owner = crls.Extension(crls.CERTIFICATE_ISSUER, True, der.sequence(der.context(4, world.domain.subject)))
    theirs = RevokedEntry(1, MOMENT - DAY, None, (owner,))
    assert status(world, case.crl(revocations=[theirs])) == unknown("certificate-issuer")
    assert status(world, case.crl(revocations=[case.entry(), theirs])) == REVOKED
    # behind another issuer's entry it is that one's certificate
    assert status(world, case.crl(revocations=[theirs, case.entry()])) == unknown("certificate-issuer")
    held = case.crl(revocations=[case.entry("certificateHold"), theirs])
    assert status(world, held) == unknown("certificate-issuer")


@pytest.mark.parametrize(("bits", "expected"), [(1024, unknown("weak-key")), (2048, GOOD)])
def test_a_short_rsa_key_signs_no_list(world: World, bits: int, expected: tuple[StatusKind, str]) -> None:
    key = rsa.generate_private_key(65537, bits)
    authority = world.domain.create_subordinate(world.tsp.spec, key=key, moment=MOMENT - 50 * DAY)
    leaf = world.leaf(authority=authority, signature=SignatureScheme("pkcs1", "sha256"))
    made = world.crl_case(leaf, authority).crl(signature=SignatureScheme("pkcs1", "sha256"))
    assert status(world, made, leaf=leaf) == expected


@pytest.mark.slow
def test_each_certificate_has_a_budget_of_its_own_and_what_it_leaves_out_is_told_once(world: World) -> None:
    """A folder in which somebody keeps every list: those above decide as if they lay there alone."""
    many = [world.tsp.crl(moment=MOMENT - n * timedelta(minutes=1), number=1000 - n) for n in range(131)]
    for count, told in ((100, []), (101, ["100/101"]), (131, ["100/131"])):
        for lists in (many[:count], many[:count][::-1]):
            found = world.check(world.plain, crls=lists)
            assert {each.kind for each in found.statuses} == {StatusKind.GOOD}
            assert [each.detail for each in found.attempts if each.code == "limit"] == told
            said = [each for each in found.outcomes if each.rule.code == "revocation.source.limit"]
            assert [each.params["detail"] for each in said if each.status == "violated"] == told


@pytest.mark.parametrize("first", ["certificateHold", "removeFromCRL"])
def test_a_hold_that_stands_first_does_not_hide_a_compromise(world: World, first: str) -> None:
    """Of a stale list beside a current one only what is final counts, wherever in the list it stands."""
    case = world.crl_case(world.plain)
    old = {"this_update": MOMENT - 20 * DAY, "next_update": MOMENT - 10 * DAY, "number": 1}
    then = MOMENT - 25 * DAY
    held, final = case.entry(first, moment=then), case.entry("keyCompromise", moment=then)
    assert status(world, case.crl(**old, revocations=[held]), case.crl(number=2)) == GOOD
    assert status(world, case.crl(**old, revocations=[held, final]), case.crl(number=2)) == REVOKED


def test_of_entries_that_name_their_issuer_the_worst_counts(world: World) -> None:
    case, leaf = world.crl_case(world.plain), load_cached(world.plain.path[0].der)

    def of(name: bytes) -> tuple[Extension, ...]:
        return (Extension(CERTIFICATE_ISSUER, True, der.sequence(der.context(4, name))),)

    held, final = case.entry("certificateHold"), case.entry("keyCompromise")
    other = case.entry("superseded", extensions=of(world.domain.subject))
    ours = case.entry("keyCompromise", extensions=of(world.tsp.subject))
    for listed, reason in (
        ([held, final, other], "keyCompromise"),
        ([held, other, ours], "keyCompromise"),
        ([held, other, final], "certificateHold"),
        ([other, final], None),
    ):
        found = find_entry(read_crl(case.crl(revocations=listed)), leaf)
        assert (found and found.reason) == reason
