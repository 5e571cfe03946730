"""Out of any heap comes the same path, whatever the order and whatever lies about; what is missing is named."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkitools.errors import LimitError
from pkitools.exports import LinkOrigin, Unneeded, complete_path
from pkitools.exports.chains import MAX_HEAP, CertificatePath
from pkitools.fetching import Fetched, FetchError, FetchRequest
from pkitools.messages import LANGUAGES, Language, message
from pkitools.trust import CAStatus, embedded_certificates
from pkitools.x509 import read_certificate
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.keys import elliptic_keys
from pkitools_test_pki.pki import PKI, build
from tests.exports.conftest import MOMENT
from tests.support.chains import authority, end_entity
from tests.support.der import common_name, name
from tests.support.effort import bounded, examples
from tests.support.shared import shared


def ders(path: CertificatePath) -> list[bytes]:
    return [link.facts.der for link in path.links]


def whole(certificate: IssuedCertificate) -> list[bytes]:
    return [link.der for link in certificate.path]


@pytest.mark.slow
@examples(25)
@given(st.data())
def test_the_order_of_the_heap_says_nothing(
    leaf: IssuedCertificate, other: IssuedCertificate, data: st.DataObject
) -> None:
    heap = [*whole(leaf), *whole(other), *whole(leaf)[1:], b"\x30\x03\x02\x01\x00"]
    order = data.draw(st.permutations(heap))
    path = complete_path(leaf.der, order, moment=MOMENT)
    assert ders(path) == whole(leaf)
    assert path.has_root
    assert path.missing is None
    # every certificate that was given is in the path or told as left out
    positions = {each.position for each in path.left_out}
    used = {order.index(der) + 1 for der in ders(path)}
    assert positions | used == set(range(1, len(heap) + 1))
    assert positions & used == set()


@pytest.mark.parametrize("absent", [1, 2, 3])
def test_what_is_missing_is_named(leaf: IssuedCertificate, absent: int) -> None:
    heap = [der for number, der in enumerate(whole(leaf)) if number != absent]
    path = complete_path(leaf.der, heap, moment=MOMENT)
    assert ders(path) == whole(leaf)[:absent]
    assert not path.has_root
    assert path.missing == leaf.path[absent - 1].facts.issuer.text
    assert (path.lacks_root_only, path.is_handed_on, path.is_sound) == (absent == 3, absent == 3, False)


def test_a_root_whose_name_is_known_is_at_hand_and_never_what_alone_is_missing(leaf: IssuedCertificate) -> None:
    """Whoever names a root of PKIoverheid as issuer was not signed by it where it is not found."""
    known = next(one for one in embedded_certificates() if one.level == "root")
    for subject, expected in ((read_certificate(known.der).subject.der, False), (None, True)):
        root = authority("Another Root CA", subject=subject or name(common_name("Another Root CA")))
        between = authority("a CA", root)
        path = complete_path(end_entity("a.example.nl", between).der, [between.der], moment=MOMENT)
        assert (path.lacks_root_only, path.is_handed_on) == (expected, expected)
    alone = complete_path(leaf.der, moment=MOMENT)
    assert not alone.lacks_root_only


def test_each_reason_to_be_left_out(leaf: IssuedCertificate, other: IssuedCertificate) -> None:
    heap = [*whole(leaf), leaf.path[1].der, other.der, other.path[1].der, b"\x30\x03\x02\x01\x00"]
    found = {each.position: each.reason for each in complete_path(leaf.der, heap, moment=MOMENT).left_out}
    assert found == {
        5: Unneeded.TWICE,
        6: Unneeded.END_ENTITY,
        7: Unneeded.OTHER_PATH,
        8: Unneeded.UNREADABLE,
    }


def test_a_namesake_with_another_key_is_not_in_the_path(leaf: IssuedCertificate) -> None:
    twin = build("g4-tls", moment=MOMENT, keys=elliptic_keys).issue("g4-tls")
    path = complete_path(leaf.der, [*whole(twin)[1:], *whole(leaf)[1:]], moment=MOMENT)
    assert ders(path) == whole(leaf)
    assert complete_path(leaf.der, whole(twin)[1:], moment=MOMENT).missing is not None


@pytest.mark.parametrize(
    ("deviation", "status"),
    [
        ({"not_after": MOMENT - timedelta(days=1)}, CAStatus.EXPIRED),
        # builders of paths prefer what ends last: that alone would take this one
        (
            {"not_before": MOMENT + timedelta(days=9), "not_after": MOMENT + timedelta(days=9000)},
            CAStatus.NOT_YET_VALID,
        ),
    ],
)
def test_of_two_ways_up_the_one_that_is_valid_is_taken(pki: PKI, deviation: Any, status: CAStatus) -> None:
    tsp, domain = pki.issuer_of("g4-tls"), pki["g4-tls-domain"]
    unfit = domain.create_subordinate(tsp.spec, key=tsp.key, **deviation).certificate
    leaf = tsp.issue("g4-tls", moment=MOMENT)
    for heap in ([unfit.der, *whole(leaf)[1:]], [*whole(leaf)[1:], unfit.der]):
        path = complete_path(leaf.der, heap, moment=MOMENT)
        assert ders(path) == whole(leaf)
        assert [each.reason for each in path.left_out] == [Unneeded.OTHER_PATH]
    only = complete_path(leaf.der, [unfit.der, *whole(leaf)[2:]], moment=MOMENT)
    assert only.links[1].status is status, "it is used for want of another, and told"


def test_a_real_certificate_is_completed_with_what_is_embedded() -> None:
    certificate = shared("samples/certificates/PrivateG1_api.kvk.nl_20210408.pem").read_bytes()
    path = complete_path(certificate, moment=MOMENT)
    assert [link.origin for link in path.links] == [LinkOrigin.GIVEN, *[LinkOrigin.EMBEDDED] * 3]
    assert path.has_root


class Publisher:
    """A fetcher that has some certificates, by address."""

    def __init__(self, held: dict[str, bytes]) -> None:
        self.held, self.asked = held, list[str]()

    def fetch(self, request: FetchRequest) -> Fetched:
        self.asked.append(request.url)
        if request.url not in self.held:
            raise FetchError("connect", request.url)
        return Fetched(self.held[request.url], request.url, "application/pkix-cert")


def test_what_is_missing_is_fetched_only_from_hosts_that_are_known(leaf: IssuedCertificate) -> None:
    urls = [link.facts.ca_issuers_uris[0] for link in leaf.path[:-1]]
    publisher = Publisher(dict(zip(urls, whole(leaf)[1:], strict=True)))
    refused = complete_path(leaf.der, moment=MOMENT, fetcher=publisher)
    assert (refused.why, publisher.asked) == ("host", [])
    path = complete_path(leaf.der, moment=MOMENT, fetcher=publisher, any_host=True)
    assert ders(path) == whole(leaf)
    assert [link.origin for link in path.links] == [LinkOrigin.GIVEN, *[LinkOrigin.FETCHED] * 3]
    assert path.why == ""


def test_what_cannot_be_fetched_is_told(leaf: IssuedCertificate) -> None:
    path = complete_path(leaf.der, moment=MOMENT, fetcher=Publisher({}), any_host=True)
    assert (path.why, [fetch.code for fetch in path.fetches]) == ("connect", ["connect"])
    assert not path.has_root


def test_a_circle_of_addresses_ends(leaf: IssuedCertificate) -> None:
    urls = [link.facts.ca_issuers_uris[0] for link in leaf.path[:-1]]
    publisher = Publisher({urls[0]: leaf.path[1].der, urls[1]: leaf.path[1].der})
    path = complete_path(leaf.der, moment=MOMENT, fetcher=publisher, any_host=True)
    assert ders(path) == whole(leaf)[:2]
    assert path.why == "not-issuer"
    assert len(publisher.asked) <= 3


def variants(der: bytes, count: int) -> list[bytes]:
    """As many certificates that differ in their signature only, which no longer holds."""
    return [der[:-3] + bytes(((number >> 8) & 0xFF, number & 0xFF, der[-1] ^ 0xFF)) for number in range(count)]


@pytest.mark.parametrize("which", [0, 1, 3])
def test_a_heap_of_namesakes_takes_bounded_work_and_is_not_told_as_missing(leaf: IssuedCertificate, which: int) -> None:
    heap = [*variants(leaf.path[which].der, 300), *whole(leaf)]
    with bounded(10):
        path = complete_path(leaf.der, heap, moment=MOMENT)
    assert path.has_root or path.why == "exhausted"
    assert len(path.left_out) >= 299


def test_more_than_anybody_waits_for_is_refused(leaf: IssuedCertificate) -> None:
    with pytest.raises(LimitError) as refused:
        complete_path(leaf.der, [b"\x30\x00"] * (MAX_HEAP + 1), moment=MOMENT)
    assert refused.value.code == "exports.error.too_many"


@pytest.mark.parametrize("language", LANGUAGES)
def test_how_an_issuer_stands_is_told_in_words(language: Language) -> None:
    told = {message(f"exports.note.authority_{each}", {"subject": "X"}, language).message for each in CAStatus} - {""}
    assert len(told) == len(CAStatus) - 1, "of one that is valid there is nothing to say"
    assert not [text for text in told for status in ("expired", "revoked") if language == "nl" and status in text]
