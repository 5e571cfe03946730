"""Keys and requests in files of their own: which belong to which certificate by their names, and what is no alarm."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from itertools import product

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from pkitools.checking.chain import check_keys_together, together
from pkitools.checking.file_names import stem_of
from pkitools.checking.private_keys import public_halves
from pkitools.containers import Contents, read_source
from pkitools.findings import Severity
from pkitools.requests.keys import to_pem
from tests.support.cases import in_one_test
from tests.support.certificates import made, setting
from tests.support.chains import authority
from tests.support.deliveries import pem
from tests.support.requests import pooled_key, request, subject

HOSTS = {"a": "rsa:2048", "b": "ec:p-256", "c": "ec:p-384"}
NAMED, BESIDE, REQUEST, NEXT, PUBLIC = (
    f"received.{name}"
    for name in ("private_key.named", "private_key.beside", "request.beside", "request.next", "public_key.beside")
)


@cache
def content(what: str) -> bytes:
    """What a file holds, by the kind and the host it is of: ``key a``."""
    kind, host = what.split()
    if kind == "ca":
        return pem(authority("uitgever").der)
    key = pooled_key(HOSTS[host])
    if kind == "key":
        return key.pem(None)
    if kind == "csr":
        return to_pem("CERTIFICATE REQUEST", request(subject(CN=f"{host}.nl"), key=key))
    if kind == "pub":
        return to_pem("PUBLIC KEY", key.public.spki)
    leaf = pem(made("g4-tls", setting("key", key.public.spki)).der)
    if kind == "both":
        return key.pem(None) + leaf
    return leaf + content("ca x") if kind == "chain" else leaf


@cache
def contents(what: str) -> Contents:
    return read_source(content(what), what)


def told(files: Mapping[str, str], named: Collection[str] = ()) -> set[tuple[str, Severity]]:
    """What is said of the keys and requests of these files, each named with what it holds."""
    read = {name: contents(what) for name, what in files.items()}
    outcomes = check_keys_together(read, None, together(read).chains, named)
    return {(found.rule.code, found.rule.severity) for found in outcomes if found.status == "violated"}


STEMS = ("s", "www.gemeente.nl", "pki-test_1")
CERTIFICATES = ("{}.pem", "{}.crt", "{}.cer", "{}.crt.pem", "{}-cert.pem", "{}_cert.pem", "{}.fullchain.pem",
    "{}.chain.pem", "{}-bundle.crt", "cert-{}.pem", "{}.CER")  # fmt: skip
BESIDES = ("{}.key", "{}.key.pem", "{}.pem.key", "{}-key.pem", "{}_privkey.pem", "{}.privkey.pem", "{}_private.key",
    "key-{}.pem", "{}.KEY", "{}.crt.key", "{}_private_key.pem")  # fmt: skip
REQUESTS = ("{}.csr", "{}.csr.pem", "{}-req.pem", "{}_csr.pem", "{}.pem.csr", "{}.req")


@pytest.mark.slow
def test_however_a_pair_is_named_a_stranger_to_it_is_told_and_its_own_is_not() -> None:
    """The product of stems, names of a certificate, names of what lies beside it, and whose that is."""
    for stem, certificate in product(STEMS, CERTIFICATES):
        for kind, names, code in (("key", BESIDES, NAMED), ("csr", REQUESTS, REQUEST)):
            for name, owner in product(names, HOSTS):
                files = {certificate.format(stem): "cert a", "t.pem": "cert b", name.format(stem): f"{kind} {owner}"}
                wanted = set() if owner == "a" else {(code, Severity.ERROR)}
                assert told(files) == wanted, files


@pytest.mark.parametrize(
    ("one", "other"),
    [("s.pem", "s-nieuw.key"), ("s.pem", "s.new.key"), ("s.pem", "s-2027.key"), ("s.nl.pem", "www.s.nl.key")],
)
def test_what_another_name_says_is_somebody_elses(one: str, other: str) -> None:
    assert stem_of(one) != stem_of(other)
    assert told({one: "cert a", other: "key b"}) == {(BESIDE, Severity.WARNING)}
    assert told({one: "cert a", other: "key a"}) == set()


PAIRS = {  # of names that differ in the kind alone, wherever it stands
    ("cert-{}.pem", "key-{}.pem"), ("tls_cert_{}.pem", "tls_key_{}.pem"),
    ("ssl_certificate_{}", "ssl_certificate_key_{}"),
    ("certificate_{}.pem", "private_key_{}.pem"), ("certificaat-{}.pem", "sleutel-{}.pem"),
    ("certificaat-{}.pem", "prive-sleutel-{}.pem"), ("tls.{}.cert.pem", "tls.{}.key.pem"),
    ("TLS_CERT_{}.PEM", "TLS_KEY_{}.PEM"), ("cert_request_{}.csr", "private_key_{}.pem"),
}  # fmt: skip
CAPITALS = {("certDigid.pem", "keyDigid.pem"), ("tlsCertDigid.pem", "tlsKeyDigid.pem"),
    ("CertificateDigid.pem", "PrivateKeyDigid.pem"), ("certificaatDigid.pem", "sleutelDigid.pem")}  # fmt: skip


@in_one_test
@pytest.mark.parametrize("pair", sorted(PAIRS) + sorted(CAPITALS))
def test_keys_exchanged_between_files_are_told_wherever_their_names_say_the_kind(pair: tuple[str, str]) -> None:
    first, other = (
        [name.format(host).replace("Digid", host.capitalize()) for name in pair] for host in ("digid", "kvk")
    )
    assert stem_of(first[0]) == stem_of(first[1]) != stem_of(other[1])
    if not pair[0].endswith(".csr"):
        for exchanged in (False, True):
            keys = ("key b", "key a") if exchanged else ("key a", "key b")
            files = {first[0]: "cert a", first[1]: keys[0], other[0]: "cert b", other[1]: keys[1]}
            apart = {f"{'certs' if 'cert' in what else 'keys'}/{name}": what for name, what in files.items()}
            for folder in (files, apart):
                assert told(folder) == ({(NAMED, Severity.ERROR)} if exchanged else set())


@in_one_test
@pytest.mark.parametrize(
    ("one", "other"),
    [("key-digid.pem", "key-kvk.pem"), ("private.example.nl.key", "example.nl.crt"), ("public-api.crt", "api.key"),
        ("aanvraag.gemeente.nl.key", "gemeente.nl.crt"), ("tls_key_digid.pem", "tls_cert_kvk.pem"),
        ("keycloak.key", "cloak.crt"), ("request-portal.crt", "portal.key")],
)  # fmt: skip
def test_what_no_kind_is_said_by_is_a_name(one: str, other: str) -> None:
    assert stem_of(one) != stem_of(other)


# folders as they are found: what is said of each
FOLDERS: dict[str, tuple[dict[str, str], set[tuple[str, Severity]]]] = {
    "certbot": (
        {"cert.pem": "cert a", "chain.pem": "ca x", "fullchain.pem": "chain a", "privkey.pem": "key a"},
        set(),
    ),
    "certbot, another key": (
        {"cert.pem": "cert a", "chain.pem": "ca x", "fullchain.pem": "chain a", "privkey.pem": "key b"},
        {(NAMED, Severity.ERROR)},
    ),
    "certbot, several hosts": (
        {f"live/{host}/{name}": f"{kind} {host}" for host in HOSTS for name, kind in (
            ("cert.pem", "cert"), ("fullchain.pem", "chain"), ("privkey.pem", "key"))},
        set(),
    ),
    "certbot, hosts exchanged": (
        {"live/a/cert.pem": "cert a", "live/a/privkey.pem": "key b", "live/b/cert.pem": "cert b",
            "live/b/privkey.pem": "key b"},
        {(NAMED, Severity.ERROR)},
    ),
    "certbot, archive": (
        {"cert1.pem": "cert a", "privkey1.pem": "key a", "fullchain1.pem": "chain a",
            "cert2.pem": "cert b", "privkey2.pem": "key b", "fullchain2.pem": "chain b"},
        set(),
    ),
    "certbot, requests kept": (
        {"live/a/cert.pem": "cert a", "csr/0000_csr-certbot.pem": "csr a", "keys/0000_key-certbot.pem": "key a",
            "csr/0001_csr-certbot.pem": "csr b", "keys/0001_key-certbot.pem": "key b"},
        {(NEXT, Severity.NOTICE)},
    ),
    "several hosts": (
        {f"{host}{end}": f"{kind} {host}" for host in HOSTS for end, kind in (
            (".crt", "cert"), (".key", "key"), (".csr", "csr"), ("-public.pem", "pub"))},
        set(),
    ),
    "hosts exchanged": (
        {"a.crt": "cert a", "a.key": "key b", "b.crt": "cert b", "b.key": "key a"},
        {(NAMED, Severity.ERROR)},
    ),
    "hosts exchanged, their requests kept": (
        {"a.crt": "cert a", "a.key": "key b", "a.csr": "csr a", "b.crt": "cert b", "b.key": "key b", "b.csr": "csr b"},
        {(NAMED, Severity.ERROR)},
    ),
    "requests exchanged": (
        {"a.crt": "cert a", "a.csr": "csr b", "b.crt": "cert b", "b.csr": "csr a", "a.key": "key a", "b.key": "key b"},
        {(REQUEST, Severity.ERROR)},
    ),
    "a mounted Secret": ({"tls.crt": "chain a", "tls.key": "key a", "ca.crt": "ca x"}, set()),
    "mounted Secrets": (
        {f"{host}/tls.{end}": f"{kind} {host}" for host in "ab" for end, kind in (("crt", "cert"), ("key", "key"))},
        set(),
    ),
    "mounted Secrets exchanged": (
        {f"{host}/{name}": what for host, other in ("ab", "ba") for name, what in (
            ("tls.crt", f"cert {host}"), ("tls.key", f"key {other}"))},
        {(NAMED, Severity.ERROR)},
    ),
    "both say no more than what they are": (
        {"www.pem": "cert a", "cert.pem": "cert b", "key.pem": "key a"},
        {(NAMED, Severity.ERROR)},
    ),
    "one that says no more than what it is": ({"www.pem": "cert a", "key.pem": "key a"}, set()),
    "a chain of its own name": ({"chain.pem": "ca x", "www.pem": "cert a", "privkey.pem": "key a"}, set()),
    "a chain named as the key": ({"s-chain.pem": "ca x", "www.pem": "cert a", "s.key": "key a"}, set()),
    "renewal, named apart": (
        {"s.pem": "cert a", "s.key": "key a", "s-nieuw.key": "key b", "s-nieuw.csr": "csr b"},
        {(NEXT, Severity.NOTICE)},
    ),
    "renewal, its request named as the certificate": (
        {"s.pem": "cert a", "s.key": "key a", "s-nieuw.key": "key b", "s.csr": "csr b"},
        {(NEXT, Severity.NOTICE)},
    ),
    "renewal, its key written over the old one": (
        {"s.pem": "cert a", "s.key": "key b", "s.key.bak-1": "key a", "s.csr": "csr b"},
        {(NAMED, Severity.WARNING), (NEXT, Severity.NOTICE)},
    ),
    "a key without request": ({"s.pem": "cert a", "s.key": "key a", "oud.key": "key b"}, {(BESIDE, Severity.WARNING)}),
    "pkitools": (
        {"s.pem": "cert a", "s.chain.pem": "chain a", "s.key": "key a", "s.csr": "csr a", "s.key.bak-1": "key b",
            "s.key.bak-12": "key c"},
        set(),
    ),
    "what was kept, and not of what": ({"s.pem": "cert a", "t.key.bak-1": "key b"}, {(BESIDE, Severity.WARNING)}),
    "folders for each kind": (
        {"certs/s.pem": "cert a", "private/s.key": "key a", "requests/s.csr": "csr a"},
        set(),
    ),
    "folders for each kind, another's": (
        {"certs/s.pem": "cert a", "private/s.key": "key b"},
        {(NAMED, Severity.ERROR)},
    ),
    "a request of another name": ({"s.pem": "cert a", "other.csr": "csr b"}, {(NEXT, Severity.NOTICE)}),
    "one file with both, as HAProxy reads it": ({"s.pem": "both a", "t.pem": "both b", "s.crt": "cert a"}, set()),
    "one file with both, and the certificate of before": ({"s.pem": "both b", "s.crt": "cert a"}, set()),
    "a key with its certificate": ({"s.pem": "cert a", "s.key": "both a", "t.key": "both b"}, set()),
    "a key with another's certificate": ({"s.pem": "cert a", "s.key": "both b"}, {(NAMED, Severity.ERROR)}),
    "a public key of the same name": ({"s.pem": "cert a", "s.pub": "pub b"}, {(PUBLIC, Severity.WARNING)}),
    "a public key of another name": ({"s.pem": "cert a", "peer.pub": "pub b"}, {(PUBLIC, Severity.NOTICE)}),
}  # fmt: skip


@in_one_test
@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("turned", [False, True])
def test_what_is_said_of_a_folder_is_what_is_wrong_with_it(folder: str, turned: bool) -> None:
    files, wanted = FOLDERS[folder]
    given = dict(reversed(files.items())) if turned else files
    assert told(given) == wanted


# what is named beside one file with certificates, and what is said where it is of another key
NAMED_BESIDE = {
    "key": (BESIDE, Severity.ERROR),
    "csr": (NEXT, Severity.NOTICE),  # one for the next certificate lies beside the one in use
    "pub": ("received.public_key.beside", Severity.WARNING),
}


@in_one_test
@pytest.mark.parametrize("kind", NAMED_BESIDE)
@pytest.mark.parametrize("whole", ["cert a", "chain a"])
def test_who_names_a_file_beside_one_with_certificates_asks_whether_it_belongs(kind: str, whole: str) -> None:
    files = {"x.pem": whole, "y.bin": f"{kind} b"}
    assert told(files, list(files)) == {NAMED_BESIDE[kind]}
    assert told(files | {"y.bin": f"{kind} a"}, list(files)) == set()
    several = files | {"z.pem": "cert c"}
    assert all(severity is not Severity.ERROR for _, severity in told(several, list(several)))
    assert all(severity is not Severity.ERROR for _, severity in told(files))


@in_one_test
@pytest.mark.parametrize("kind", ["rsa:2048", "ec:p-256"])
@pytest.mark.parametrize("passphrase", [b"geheim", "g\xe9heim".encode(), None, b"fout", b""])
def test_a_key_that_openssl_encrypted_its_old_way_is_opened_as_any_other(kind: str, passphrase: bytes | None) -> None:
    """The product of kinds and passphrases; what does not open is told, and never taken for one that fits."""
    native = pooled_key(kind).native
    right = passphrase if passphrase not in {None, b"fout", b""} else b"geheim"
    text = native.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, BestAvailableEncryption(right))
    assert b"DEK-Info" in text
    for form in (text, text.replace(b"\n", b"\r\n"), text.replace(b"DEK-Info: ", b"DEK-Info:")):
        read = read_source(form, "s.key")
        halves = list(public_halves(read, passphrase).values())
        opens = passphrase == right
        assert [half == pooled_key(kind).public for half in halves] == [opens]
        files = {"s.pem": contents("cert a"), "s.key": read}
        codes = {found.rule.code for found in check_keys_together(files, passphrase) if found.status == "violated"}
        expected = set() if opens and kind == HOSTS["a"] else {NAMED} if opens else {"received.private_key.compared"}
        assert codes == expected
    torn = text.replace(b"DEK-Info: AES", b"DEK-Info: XYZ")
    assert list(public_halves(read_source(torn, "s.key"), right).values()) == [None]
