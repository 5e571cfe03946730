"""What is where, and the server around it: addresses, pages, starting and stopping."""

from __future__ import annotations

import json
import socket
import sys
import threading
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pkitools.errors import InvalidValueError, NetworkError, StateError
from pkitools_test_pki.folder import create_folder, open_folder
from pkitools_test_pki.keys import elliptic_keys
from pkitools_test_pki.pki import PKI, build
from pkitools_test_pki.server import PkiServer, pages
from pkitools_test_pki.server.ready_crls import ReadyCRLs
from pkitools_test_pki.server.routing import Router
from pkitools_test_pki.server.served_pki import ServedMemoryPKI
from tests.support.effort import PATIENCE
from tests.support.serving import MOMENT, Clock, ask, get

pytestmark = pytest.mark.slow


@pytest.fixture
def router(pki: PKI) -> Router:
    source = ServedMemoryPKI(pki)
    return Router(source, clock=Clock(), ready_crls=ReadyCRLs(source, huge=10))


class Page(HTMLParser):
    """The elements and links of a page."""

    def __init__(self, text: bytes) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(text.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.links += [value for name, value in attrs if name == "href" and value]

    def handle_data(self, data: str) -> None:
        self.text += data


# -- addresses -------------------------------------------------------------------------------------------------------


def test_every_address_in_a_certificate_is_answered(pki: PKI, router: Router) -> None:
    for profile in pki.profiles:
        path = pki.issue(profile).path
        for link in path:
            facts = link.facts
            named = [*facts.crl_uris, *facts.ca_issuers_uris]
            for url in named:
                found = ask(router, url.removeprefix(router.base_url))
                assert found.status == 200
                assert found.content_type == ("application/pkix-crl" if "/crl/" in url else "application/pkix-cert")
            if link.issuer is not None and facts.ca_issuers_uris:
                (url,) = facts.ca_issuers_uris
                assert ask(router, url.removeprefix(router.base_url)).body == link.issuer.der
    assert ask(router, "/pds").status == 200


def test_the_roots(pki: PKI, router: Router) -> None:
    assert ask(router, "/trust.pem").body == pki.trust_pem()


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/cert/Nobody.cer",
        "/cert/",
        "/cert/../private/x.key",
        "/crl/Nobody.crl",
        "/crl/{name}-9.crl",
        "/crl/{name}-partial.crl",
        "/crl/{name}",
        "/crl/{name}.crl/more",
        "/cert/{name}-loop.cer",
        "/rehearsal",
        "//",
        "",
    ],
)
def test_what_is_not_there_is_not_found(router: Router, pki: PKI, path: str) -> None:
    assert ask(router, path.format(name=pki["g4-tls-tsp"].file_name)).status == 404


@pytest.mark.parametrize("path", ["/", "/crl/{name}.crl", "/cert/{name}.cer", "/health"])
def test_documents_are_read_only(router: Router, pki: PKI, path: str) -> None:
    said = ask(router, path.format(name=pki["g4-tls-tsp"].file_name), method="POST", body=b"x")
    assert (said.status, said.headers) == (405, (("Allow", "GET, HEAD"),))


def test_a_base_address_with_a_path(pki: PKI) -> None:
    below = build("g4-tls", moment=MOMENT, keys=elliptic_keys, base_url="http://pki.test:81/a/b")
    router = Router(ServedMemoryPKI(below), clock=Clock())
    url = below["g4-tls-tsp"].crl_url
    assert url.startswith("http://pki.test:81/a/b/crl/")
    for path in (url.removeprefix("http://pki.test:81"), url.removeprefix("http://pki.test:81/a/b")):
        assert ask(router, path).status == 200


# -- pages -----------------------------------------------------------------------------------------------------------


def test_every_link_of_the_index_leads_somewhere(router: Router) -> None:
    index = ask(router, "/")
    page = Page(index.body)
    assert page.links
    assert {ask(router, f"/{link}").status for link in page.links} == {200}
    assert dict(index.headers)["Content-Security-Policy"].startswith("default-src 'none'")


def test_the_index_in_dutch_names_the_faults(pki: PKI) -> None:
    router = Router(ServedMemoryPKI(pki), clock=Clock(), language="nl", faults=("N6",))
    page = Page(ask(router, "/").body)
    assert "Met opzet fout: N6" in page.text


def test_both_languages_have_the_same_words() -> None:
    words = pages._words()
    assert words["nl"].keys() == words["en"].keys()


def test_nothing_that_a_client_sends_becomes_markup() -> None:
    hostile = '<script>alert(1)</script>\x1b[31m\u202e&amp;"'
    shown = pages.refusals([{"moment": hostile, "client": hostile, "text": f"{hostile}\n{hostile}"}], "en")
    page = Page(shown.encode())
    assert page.elements == ["h2", "pre"]
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_health_is_for_machines(router: Router) -> None:
    state = json.loads(ask(router, "/health").body)
    assert (state["status"], state["moment"], state["faults"]) == ("ok", "2026-11-22T12:00:00Z", [])


# -- the server ------------------------------------------------------------------------------------------------------


@pytest.fixture
def threads_before() -> set[threading.Thread]:
    return set(threading.enumerate())


def test_a_server_starts_before_its_pki_and_leaves_nothing(threads_before: set[threading.Thread]) -> None:
    clock = Clock()
    with PkiServer(clock=clock) as server:
        assert server.url.startswith("http://127.0.0.1:")
        assert get(f"{server.url}/health").status == 503
        pki = build("g4-tls", moment=MOMENT, keys=elliptic_keys, base_url=server.url)
        server.serve(pki)
        assert server.is_where_certificates_say
        leaf = pki.issue()
        (url,) = leaf.facts.crl_uris
        found = get(url)
        assert (found.status, found.headers["content-type"]) == (200, "application/pkix-crl")
        assert found.headers["cache-control"] == "no-store"
        assert get(url, method="HEAD").body == b""
        assert int(get(url, method="HEAD").headers["content-length"]) == len(found.body)
        port = server.port
    assert set(threading.enumerate()) == threads_before
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def test_the_port_is_that_of_the_certificates(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    create_folder(tmp_path / "pki", ["g4-tls"], moment=MOMENT, keys=elliptic_keys, base_url=f"http://localhost:{port}")
    with PkiServer(tmp_path / "pki", clock=Clock()) as server:
        assert server.port == port
        assert server.is_where_certificates_say
        with pytest.raises(NetworkError) as refused, PkiServer(tmp_path / "pki", clock=Clock()):
            pass
        assert refused.value.code == "test_pki.error.port_in_use"
    with PkiServer(tmp_path / "pki", clock=Clock(), port=0) as server:
        assert not server.is_where_certificates_say


def test_an_address_that_is_not_ours_cannot_be_listened_on() -> None:
    with pytest.raises(NetworkError) as refused:
        PkiServer(clock=Clock(), host="192.0.2.1")
    assert refused.value.code == "test_pki.error.cannot_listen"


def test_no_pki_no_server(tmp_path: Path, threads_before: set[threading.Thread]) -> None:
    with pytest.raises(StateError) as refused:
        PkiServer(tmp_path, clock=Clock())
    assert refused.value.code == "test_pki.error.not_a_pki"
    assert set(threading.enumerate()) == threads_before


def test_without_the_extra_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cheroot", None)
    with pytest.raises(StateError) as refused:
        PkiServer(clock=Clock())
    assert refused.value.code == "extras.error.missing"
    assert "pkitools-nl[serve]" in str(refused.value)


def test_large_and_odd_requests_are_refused_by_status(pki: PKI) -> None:
    with PkiServer(pki, clock=Clock(), port=0) as server:
        url = f"{server.url}/ocsp/{pki['g3-server-tsp'].file_name}"
        assert get(url, method="POST", body=bytes(64 * 1024 + 1)).status == 413
        assert get(url, method="POST", body=bytes(10)).status == 200
        assert get(url, method="BREW").status == 405
        assert get(f"{server.url}/crl/%00%0d%0a.crl").status == 404
        assert get(f"{server.url}/crl/..%2f..%2fprivate").status == 404
        assert get(f"{server.url}/" + "A" * 200_000).status in {413, 414}


def test_a_body_in_chunks(pki: PKI) -> None:
    with (
        PkiServer(pki, clock=Clock(), port=0) as server,
        socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as connection,
    ):
        connection.sendall(
            f"POST /ocsp/{pki['g3-server-tsp'].file_name} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            "Transfer-Encoding: chunked\r\n\r\n2\r\n\x30\x00\r\n0\r\n\r\n".encode("latin-1")
        )
        said = b""
        while piece := connection.recv(4096):
            said += piece
    assert said.startswith(b"HTTP/1.1 200")
    assert said.endswith(b"\x30\x03\x0a\x01\x01")  # malformedRequest


def test_two_servers_on_one_folder_and_a_revocation_in_a_third(tmp_path: Path) -> None:
    create_folder(tmp_path / "pki", ["g4-tls"], moment=MOMENT, keys=elliptic_keys)
    with (
        PkiServer(tmp_path / "pki", clock=Clock(), port=0, keys=elliptic_keys) as one,
        PkiServer(tmp_path / "pki", clock=Clock(), port=0, keys=elliptic_keys) as two,
    ):
        assert one.router is not None
        path = one.router.served.pki["g4-tls-tsp"].crl_url.removeprefix(one.router.base_url)
        before = get(one.url + path).body
        with open_folder(tmp_path / "pki", moment=MOMENT, keys=elliptic_keys) as third:
            leaf, _ = third.issue("g4-tls")
            third.revoke(leaf.serial_number, "keyCompromise", moment=MOMENT)
        after = [get(server.url + path).body for server in (one, two)]
        assert after[0] == after[1] != before


@pytest.mark.slow
@pytest.mark.parametrize("replaced", [False, True])
def test_a_database_that_is_gone_or_another_is_told_and_nothing_is_served(tmp_path: Path, replaced: bool) -> None:
    create_folder(tmp_path / "pki", ["g4-tls"], moment=MOMENT, keys=elliptic_keys)
    with PkiServer(tmp_path / "pki", clock=Clock(), port=0, keys=elliptic_keys) as server:
        assert server.router is not None
        name = server.router.served.pki["g4-tls-tsp"].file_name
        paths = [
            f"/crl/{name}.crl",
            f"/crl/{name}-delta.crl",
            f"/cert/{name}.cer",
            f"/ocsp/{name}/AAAA",
            "/trust.pem",
            "/",
        ]
        assert {get(server.url + path).status for path in [*paths, "/health"]} == {200}
        aside = (tmp_path / "pki").rename(tmp_path / "aside")
        if replaced:
            create_folder(tmp_path / "pki", ["g4-tls"], moment=MOMENT, keys=elliptic_keys)
        answers = [get(server.url + path) for path in paths]
        assert {answer.status for answer in answers} == {503}
        assert all(b"removed or replaced" in answer.body for answer in answers)
        health = get(f"{server.url}/health")
        assert (health.status, json.loads(health.body)["status"]) == (503, "gone")
        if not replaced:
            aside.rename(tmp_path / "pki")
            assert json.loads(get(f"{server.url}/health").body)["status"] == "ok"


@pytest.mark.parametrize(("host", "loopback"), [("127.0.0.1", True), ("127.9.9.9", True), ("0.0.0.0", False)])
def test_a_server_knows_whether_others_can_reach_it(host: str, loopback: bool) -> None:
    with PkiServer(clock=Clock(), host=host) as server:
        assert server.is_loopback is loopback


def test_faults_are_chosen_by_name_one_of_each_kind() -> None:
    for names in (["N99"], ["C8"], ["N2"], ["N5.404", "N6"], ["C1", "C4"]):
        with pytest.raises(InvalidValueError):
            PkiServer(clock=Clock(), faults=names)
    with PkiServer(clock=Clock(), faults=["C4", "O8.differs", "N7", "A1.html"]) as server:
        assert server.faults.names == ("N7", "C4", "O8.differs", "A1.html")
