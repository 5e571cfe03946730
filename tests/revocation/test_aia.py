"""Completing a chain by the addresses in its certificates."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from cryptography.x509 import load_der_x509_certificate

from pkitools.containers import read_source
from pkitools.errors import InputError
from pkitools.fetching.issuers import complete_from_aia
from pkitools_test_pki.faults.http import good
from tests.revocation.material import MOMENT, World, loopback_fetcher
from tests.revocation.situations import certificates_only
from tests.support.fault_server import FaultServer

TYPE = "application/pkix-cert"
HOSTS = frozenset({"127.0.0.1"})


class Chain:
    """A hierarchy whose certificates name the server, each at a path of its own."""

    def __init__(self, world: World, server: FaultServer) -> None:
        base = server.base_url
        self.server, self.fetcher = server, loopback_fetcher(server.port)
        self.root = world.pki["g4-tls-root"].certificate
        self.domain = world.pki["g4-tls-root"].create_subordinate(
            world.domain.spec, key=world.domain.key, moment=MOMENT, ca_issuer_urls=[base + "/root.cer"]
        )
        self.tsp = self.domain.create_subordinate(
            world.tsp.spec, key=world.tsp.key, moment=MOMENT, ca_issuer_urls=[base + "/domain.cer"]
        )
        self.leaf = self.tsp.issue(moment=MOMENT, ca_issuer_urls=[base + "/tsp.cer"], ocsp=False)
        self.whole = (self.leaf.der, self.tsp.certificate.der, self.domain.certificate.der, self.root.der)
        for name, der in zip(("tsp", "domain", "root"), self.whole[1:], strict=True):
            server.serve(f"/{name}.cer", good, der, TYPE)


@pytest.fixture
def chain(world: World, server: FaultServer) -> Chain:
    return Chain(world, server)


def test_a_chain_is_completed_up_to_its_root(chain: Chain) -> None:
    found = complete_from_aia([chain.leaf.der], fetcher=chain.fetcher, hosts=HOSTS)
    assert found.complete
    assert found.chain == chain.whole
    assert [fetch.code for fetch in found.fetches] == ["", "", ""]


def test_what_is_at_hand_is_not_fetched(chain: Chain) -> None:
    found = complete_from_aia([chain.leaf.der], fetcher=chain.fetcher, hosts=HOSTS, known=chain.whole[2:])
    assert found.complete
    assert found.chain == chain.whole[:2]
    assert chain.server.connections == 1
    known = complete_from_aia([chain.leaf.der], fetcher=chain.fetcher, hosts=HOSTS, known=chain.whole[1:])
    assert known.complete
    assert known.fetches == ()
    assert complete_from_aia([chain.root.der], fetcher=chain.fetcher).complete
    assert not complete_from_aia([], fetcher=chain.fetcher).complete


def test_only_hosts_that_are_named_are_asked(chain: Chain) -> None:
    """By default none: this is the one fetch that happens before a chain is verified."""
    found = complete_from_aia([chain.leaf.der], fetcher=chain.fetcher)
    assert (found.complete, found.code, found.fetches) == (False, "host", ())
    assert chain.server.connections == 0
    assert complete_from_aia([chain.leaf.der], fetcher=chain.fetcher, hosts=None).complete


def test_a_container_of_certificates(chain: Chain) -> None:
    chain.server.serve("/tsp.cer", good, certificates_only(*chain.whole[1:]), "application/pkcs7-mime")
    found = complete_from_aia([chain.leaf.der], fetcher=chain.fetcher, hosts=HOSTS)
    assert found.chain == chain.whole


def test_a_keystore_is_not_opened(chain: Chain) -> None:
    """It holds the right certificate; but whoever sends a keystore says how many rounds opening it takes."""
    issuer = load_der_x509_certificate(chain.whole[1])
    store = pkcs12.serialize_key_and_certificates(None, None, issuer, None, NoEncryption())
    assert read_source(store, "k.p12").certificates == (chain.whole[1],)
    chain.server.serve("/tsp.cer", good, store, TYPE)
    found = complete_from_aia([chain.leaf.der], fetcher=chain.fetcher, hosts=HOSTS)
    assert [(one.code, one.detail) for one in found.fetches] == [("not-der", "sources.error.keystore_unasked")]


def test_an_expired_copy_beside_the_right_one(chain: Chain, world: World) -> None:
    """Of what comes, only what signed is taken."""
    chain.server.serve("/tsp.cer", good, certificates_only(world.stranger.certificate.der, chain.whole[1]), TYPE)
    assert complete_from_aia([chain.leaf.der], fetcher=chain.fetcher, hosts=HOSTS).chain[1] == chain.whole[1]


def test_never_more_than_three_fetches(world: World, server: FaultServer) -> None:
    """Below a hierarchy that is deeper than any of PKIoverheid's."""
    authority = world.pki["g4-tls-root"]
    for level in range(5):
        url = f"{server.base_url}/{level}.cer"
        server.serve(f"/{level}.cer", good, authority.certificate.der, TYPE)
        authority = authority.create_subordinate(world.domain.spec, moment=MOMENT, ca_issuer_urls=[url])
    server.serve("/last.cer", good, authority.certificate.der, TYPE)
    leaf = authority.issue("g4-tls", moment=MOMENT, ca_issuer_urls=[server.base_url + "/last.cer"], ocsp=False)
    found = complete_from_aia([leaf.der], fetcher=loopback_fetcher(server.port), hosts=HOSTS)
    assert (found.complete, found.code, len(found.fetches), server.connections) == (False, "aia-limit", 3, 3)


def test_the_second_address_is_asked_and_the_third_is_not(chain: Chain) -> None:
    base = chain.server.base_url
    for urls, complete in (
        ([base + "/none.cer", base + "/tsp.cer"], True),
        ([base + "/none.cer", base + "/nothing.cer", base + "/tsp.cer"], False),
    ):
        leaf = chain.tsp.issue(moment=MOMENT, ca_issuer_urls=urls, ocsp=False)
        found = complete_from_aia([leaf.der], fetcher=chain.fetcher, hosts=HOSTS, known=chain.whole[2:])
        assert found.complete is complete


def test_nothing_is_named(world: World, chain: Chain) -> None:
    leaf = chain.tsp.issue(moment=MOMENT, without=["authority_information_access"])
    found = complete_from_aia([leaf.der], fetcher=chain.fetcher, hosts=HOSTS)
    assert (found.complete, found.code, found.fetches) == (False, "no-address", ())


def test_what_cannot_be_read(chain: Chain) -> None:
    with pytest.raises(InputError):
        complete_from_aia([b"\x30\x00"], fetcher=chain.fetcher)


def test_addresses_that_cannot_be_read(chain: Chain) -> None:
    from pkitools_test_pki.extensions import extension

    broken = chain.tsp.issue(moment=MOMENT, extensions=[extension("authority_information_access", b"\x30\x05")])
    assert complete_from_aia([broken.der], fetcher=chain.fetcher, hosts=None).code == "no-address"
    odd = chain.tsp.issue(moment=MOMENT, ca_issuer_urls=["http://[::1/"], ocsp=False)
    assert complete_from_aia([odd.der], fetcher=chain.fetcher, hosts=HOSTS).code == "host"
