"""``pkitools cert check`` against a test PKI being served: good, then revoked; with a cache, true and poisoned."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pkitools.containers import read_source
from pkitools.x509 import read_certificate
from pkitools_test_pki.folder import create_folder
from pkitools_test_pki.server import PkiServer
from tests.support.command import Command
from tests.support.keys import SHARED_KEYS
from tests.support.schemas import assert_valid
from tests.support.serving import real_time

pytestmark = pytest.mark.slow

PROFILES = ("g4-tls", "g1-server")  # G4: no OCSP, CRLs only; G1: OCSP for the end entity


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    folder = tmp_path_factory.mktemp("live") / "pki"
    keys = SHARED_KEYS
    with PkiServer(clock=real_time, keys=keys) as server:
        create_folder(folder, ["g4-tls", "g1-private"], moment=real_time(), keys=keys, base_url=server.url)
        server.serve(folder)
        yield folder, server.url.rpartition(":")[2]


class Live:
    """One certificate of the served PKI, checked as a user would."""

    def __init__(self, run: Command, folder: Path, port: str, target: Path, profile: str) -> None:
        self._run, self._folder, self._prefix = run, folder, target / profile
        options = ("--profile", profile, "--dns", "live.voorbeeld.nl", "--out", self._prefix, "--json")
        issued = run("test-pki", "issue", folder, *options)
        assert issued.code == 0, issued.err
        self._port = port

    def check(self, *more: object, environment: str = "preproduction", reach: tuple[object, ...] | None = None) -> Any:
        if reach is None:
            reach = ("--allow-net", "127.0.0.0/8", "--allow-port", self._port)
        trust = ("--trust", self._folder / "trust.pem", "-e", environment)
        ran = self._run("cert", "check", f"{self._prefix}.chain.pem", *trust, *reach, *more, "--json")
        assert_valid(ran.document, "cert-check-v2")
        return ran.document["certificates"][0]

    def revoke(self) -> None:
        path = Path(f"{self._prefix}.pem")
        facts = read_certificate(read_source(path.read_bytes(), path.name).certificates[0])
        assert self._run("test-pki", "revoke", self._folder, f"{facts.serial_number:x}").code == 0


@pytest.fixture(params=PROFILES)
def live(run: Command, served: tuple[Path, str], tmp_path: Path, request: pytest.FixtureRequest) -> Live:
    return Live(run, *served, tmp_path, request.param)


def statuses(checked: Any) -> list[str]:
    return [entry["status"] for entry in checked["revocation"]["certificates"]]


def attempts(checked: Any) -> list[Any]:
    return [attempt for entry in checked["revocation"]["certificates"] for attempt in entry["attempts"]]


def test_good_then_revoked(live: Live) -> None:
    good = live.check()
    assert good["report"]["verdict"] == "passed"
    assert statuses(good) == ["good", "good", "good"]
    assert all(a["url"].startswith("http://127.0.0.1:") and a["origin"] == "network" for a in attempts(good))
    live.revoke()
    revoked = live.check()
    assert revoked["report"]["verdict"] == "failed"
    assert statuses(revoked) == ["revoked", "good", "good"]
    assert revoked["report"]["findings"][0]["code"] == "revocation.status.revoked"


def test_loopback_is_not_asked_unless_allowed(live: Live) -> None:
    refused = live.check("--revocation", "require", reach=())
    assert refused["report"]["verdict"] == "indeterminate"
    assert {a["code"] for a in attempts(refused)} == {"url"}


def test_production_requires_and_preproduction_prefers(live: Live) -> None:
    assert live.check(environment="production")["revocation"]["policy"] == "require"
    assert live.check()["revocation"]["policy"] == "prefer"


def test_a_cache_is_used_again_and_never_believed(live: Live, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert {a["origin"] for a in attempts(live.check("--cache", cache))} == {"network"}
    assert {a["origin"] for a in attempts(live.check("--cache", cache))} == {"cache"}
    live.revoke()
    kept = sorted(path for path in cache.iterdir() if path.is_file())
    assert kept
    for path in kept:
        content = path.read_bytes()
        path.write_bytes(content[:-20] + bytes([content[-20] ^ 1]) + content[-19:])
    again = live.check("--cache", cache)
    assert statuses(again) == ["revoked", "good", "good"]
    assert {a["origin"] for a in attempts(again)} == {"network"}
    assert all("cache-ignored" in a["notes"] for a in attempts(again))


def test_a_dead_proxy_leaves_it_open_and_no_proxy_goes_round_it(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    closed = live.check("--revocation", "require")
    assert closed["report"]["verdict"] == "indeterminate"
    assert {a["code"] for a in attempts(closed)} == {"proxy-connect"}
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert statuses(live.check("--revocation", "require")) == ["good", "good", "good"]
