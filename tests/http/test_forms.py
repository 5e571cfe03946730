"""The header of each proxy: its form is read, and whatever it would not have written is refused."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from pkitools.errors import InputError, InvalidValueError
from pkitools.http import (
    MAX_HEADER,
    AccessDenied,
    ProxyKind,
    TrustedProxies,
    client_certificate,
    header_of,
    read_header,
)
from pkitools_test_pki.keys import elliptic_keys
from pkitools_test_pki.pki import PKI, build
from tests.support.cases import in_one_test

OIN = "00000003273229750000"


@pytest.fixture(scope="session")
def pki() -> PKI:
    return build("g4-tls", moment=datetime.now(UTC), keys=elliptic_keys)


@pytest.fixture(scope="session")
def ders(pki: PKI) -> list[bytes]:
    text = pki.issue("g4-tls", oin=OIN).chain_pem.decode()
    return [base64.b64decode(part.split("-----END")[0]) for part in text.split("-----BEGIN CERTIFICATE-----")[1:]]


def b64(der: bytes) -> str:
    return base64.b64encode(der).decode()


def pem(der: bytes) -> str:
    lines = base64.encodebytes(der).decode()
    return f"-----BEGIN CERTIFICATE-----\n{lines}-----END CERTIFICATE-----\n"


WRITES: dict[str, Callable[[list[bytes]], str]] = {
    "nginx": lambda ders: quote(pem(ders[0]), safe=""),
    "apache": lambda ders: pem(ders[0]).replace("\n", " "),
    "haproxy": lambda ders: b64(ders[0]),
    "envoy": lambda ders: f'Hash=ab;Cert="{quote(pem(ders[0]), safe="")}";Subject="CN=\\"a;b\\"";URI=',
    "traefik": lambda ders: ",".join(map(b64, ders)),
    "rfc9440": lambda ders: f":{b64(ders[0])}:",
}


def test_every_kind_is_tried() -> None:
    assert set(WRITES) == set(ProxyKind)


@pytest.mark.parametrize("kind", WRITES)
def test_what_a_proxy_writes_is_read(kind: str, ders: list[bytes]) -> None:
    headers = [("accept", "*/*"), (header_of(kind).title(), WRITES[kind](ders))]
    assert read_header(kind, headers) == (ders if kind == "traefik" else ders[:1])
    found = client_certificate(TrustedProxies("10.0.0.0/8"), kind, "10.1.2.3", headers)
    assert found is not None
    assert (found.oin, found.facts.der) == (OIN, ders[0])


def test_the_chain_of_rfc_9440_is_read(ders: list[bytes]) -> None:
    client, above = f":{b64(ders[0])}:", [f":{b64(der)}:" for der in ders[1:]]
    for joined in (", ".join(above), " ,\t".join(above)):
        came = [("Client-Cert", client), ("Client-Cert-Chain", joined)]
        assert read_header("rfc9440", came) == ders
        assert read_header("rfc9440", came[1:]) == [], "of nobody"
    for wrong in (
        f"{above[0]},",
        f"{above[0]};a=1",
        above[0].strip(":"),
        f"{above[0]}{above[0]}",
        above[0] + ", " * 99,
    ):
        with pytest.raises(InputError):
            read_header("rfc9440", [("Client-Cert", client), ("Client-Cert-Chain", wrong)])
    for names in (
        ("Client-Cert-Chain", "client_cert_chain"),
        ("Client-Cert-Chain", "Client-Cert-Chain"),
        ("Client_Cert-Chain",),
    ):
        with pytest.raises(InputError):
            read_header("rfc9440", [("Client-Cert", client), *((name, above[0]) for name in names)])
    many = ", ".join(above[:1] * 10)
    with pytest.raises(InputError):
        read_header("rfc9440", [("Client-Cert", client), ("Client-Cert-Chain", many)])


def test_the_chain_of_envoy_is_read(ders: list[bytes]) -> None:
    chain = quote("".join(map(pem, ders)), safe="")
    assert read_header("envoy", [("x-forwarded-client-cert", f'Chain="{chain}"')]) == ders
    both = f'Cert="{quote(pem(ders[0]))}";Chain="{chain}"'
    assert read_header("envoy", [("x-forwarded-client-cert", both)]) == ders
    other = f'Cert="{quote(pem(ders[1]))}";Chain="{chain}"'
    with pytest.raises(InputError):
        read_header("envoy", [("x-forwarded-client-cert", other)])


def test_the_escaped_form_of_traefik_2_is_read(ders: list[bytes]) -> None:
    value = ",".join(quote(b64(der), safe="") for der in ders)
    assert read_header("traefik", [("x-forwarded-tls-client-cert", value)]) == ders


@pytest.mark.parametrize("kind", WRITES)
def test_no_kind_takes_the_form_of_another(kind: str, ders: list[bytes]) -> None:
    same = {"haproxy", "traefik"}  # one certificate looks alike there
    for other, write in WRITES.items():
        if other != kind and {kind, other} != same:
            with pytest.raises(InputError):
                read_header(kind, [(header_of(kind), write(ders))])


SMUGGLED: dict[str, Callable[[str, str, str], list[tuple[str, str]]]] = {
    "two": lambda name, good, _: [(name, good), (name, good)],
    "two-in-other-capitals": lambda name, good, _: [(name, good), (name.upper(), good)],
    "an-empty-one-beside": lambda name, good, _: [(name, good), (name, "")],
    "underscores": lambda name, good, _: [(name.replace("-", "_"), good)],
    "underscores-beside": lambda name, good, _: [(name, good), (name.replace("-", "_"), good)],
    "a-space-behind-the-name": lambda name, good, _: [(name + " ", good)],
    "two-values": lambda name, good, other: [(name, f"{good}, {other}")],
    "two-values-with-a-semicolon": lambda name, good, other: [(name, f"{good};{other}")],
    "escaped-again": lambda name, good, _: [(name, quote(good, safe=""))],
    "text-before": lambda name, good, _: [(name, f"x{good}")],
    "text-behind": lambda name, good, _: [(name, f"{good}x!")],
    "cut-off": lambda name, good, _: [(name, good[:-40])],
    "nothing-of-it": lambda name, _good, __: [(name, "/etc/passwd")],
    "nul": lambda name, good, _: [(name, f"{good}\x00")],
    "long": lambda name, good, _: [(name, good + " " * 10 + "A" * MAX_HEADER)],
}


HARMLESS = {
    ("traefik", "two-values"): "a chain is written so: the first is the client's",
    ("traefik", "escaped-again"): "version 2 wrote it so",
    ("envoy", "text-before"): "a pair that is not known, and not used",
    ("envoy", "text-behind"): "a value that is not used",
}


@pytest.mark.parametrize("how", SMUGGLED)
@pytest.mark.parametrize("kind", WRITES)
def test_what_a_proxy_would_not_write_is_refused(kind: str, how: str, ders: list[bytes], pki: PKI) -> None:
    other = base64.b64decode(pki.issue("g4-tls", oin="00000099000000001000").chain_pem.decode().split("-----")[2])
    headers = SMUGGLED[how](header_of(kind), WRITES[kind](ders[:1]), WRITES[kind]([other]))
    if (kind, how) in HARMLESS:
        assert read_header(kind, headers)[0] == ders[0]
        return
    with pytest.raises(InputError) as refused:
        read_header(kind, headers)
    assert refused.value.code.startswith("http.error.")


@pytest.mark.parametrize("kind", WRITES)
def test_a_header_from_a_stranger_is_refused_and_not_passed_over(kind: str, ders: list[bytes]) -> None:
    proxies = TrustedProxies(["10.1.2.3", "fd00:1::/64"])
    name, good = header_of(kind), WRITES[kind](ders)
    for peer in ("10.1.2.4", "::1", "fd00:2::1", None, "", "testclient", "unix:", "10.1.2.3.4"):
        for said in (name, name.upper(), name.replace("-", "_")):
            with pytest.raises(AccessDenied) as denied:
                client_certificate(proxies, kind, peer, [(said, good)])
            assert (denied.value.code, denied.value.status) == ("http.error.stranger", 403)
        assert client_certificate(proxies, kind, peer, []) is None


@pytest.mark.parametrize("peer", ["10.1.2.3", "::ffff:10.1.2.3", "fd00:1::9", "fd00:1::9%eth0"])
def test_a_proxy_is_known_by_its_address(peer: str) -> None:
    assert TrustedProxies(["10.1.2.3", "fd00:1::/64"]).trust(peer)


def test_a_unix_socket_is_trusted_when_that_is_said() -> None:
    assert TrustedProxies(unix_socket=True).trust(None)
    assert TrustedProxies(unix_socket=True).trust("")
    assert not TrustedProxies(unix_socket=True).trust("127.0.0.1")
    assert not TrustedProxies("127.0.0.1").trust(None)


WIDE = ("2a00::/8", "2000::/16", "2a00:1450::/31", "11.0.0.0/8", "198.50.0.0/15", "fc00::/7")


@in_one_test
@pytest.mark.parametrize(
    "networks", [(), "0.0.0.0/0", "::/0", "10.1.2.3/8", "proxy.example.nl", "10.0.0.0/7", "*", *WIDE]
)
def test_whom_nobody_should_trust_is_refused(networks: str) -> None:
    with pytest.raises(InvalidValueError):
        TrustedProxies(networks)


@in_one_test
@pytest.mark.parametrize("network", ["10.0.0.0/8", "fd00::/8", "172.16.0.0/12", "198.51.0.0/16", "2a00:1450::/32"])
def test_a_network_of_one_organisation_is_trusted(network: str) -> None:
    assert TrustedProxies(network)


def test_no_certificate_is_none() -> None:
    proxies = TrustedProxies("10.1.2.3")
    for kind, value in (("nginx", ""), ("apache", "(null)"), ("envoy", "By=spiffe://a;Hash=ab"), ("haproxy", " ")):
        assert client_certificate(proxies, kind, "10.1.2.3", [(header_of(kind), value)]) is None, kind
    with pytest.raises(InvalidValueError):
        read_header("squid", [])
