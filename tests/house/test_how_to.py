"""The programs in docs/how-to are run as they stand, and are no longer than they need to be."""

from __future__ import annotations

import re
import types
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

import pkitools
from pkitools_test_pki.keys import elliptic_keys
from pkitools_test_pki.pki import PKI, build
from tests.support.cases import in_one_test

DOCS = Path(__file__).parents[2] / "docs" / "how-to"
MOST_LINES = {
    "django": 20,
    "monitoring": 24,
    "provisioning": 20,
    "fastapi": 15,
    "access-asgi": 12,
    "access-wsgi": 12,
    "django-oin-field": 2,
}
"""Lines of code of each program: what it took before there was a front door."""


def program(page: str) -> types.ModuleType:
    """The first block of Python on a page, as a module."""
    text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
    code = re.findall(r"```python\n(.*?)```", text, re.DOTALL)[0]
    module = types.ModuleType(page)
    exec(compile(code, f"{page}.md", "exec"), module.__dict__)
    return module


@in_one_test
@pytest.mark.parametrize("page", MOST_LINES)
def test_it_is_short(page: str) -> None:
    text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
    code = re.findall(r"```python\n(.*?)```", text, re.DOTALL)[0]
    lines = [line for line in code.splitlines() if line.strip() and not re.match(r"\s*(import|from|#)\b", line)]
    assert len(lines) <= MOST_LINES[page]


@pytest.fixture(scope="module")
def pki() -> PKI:
    return build("g4-tls", moment=datetime.now(UTC), keys=elliptic_keys)


@pytest.fixture(scope="module")
def django() -> Any:
    pytest.importorskip("django", reason="django is not installed")
    from django.conf import settings

    if not settings.configured:
        settings.configure(DEFAULT_CHARSET="utf-8", ALLOWED_HOSTS=["*"])
    from django.test import RequestFactory

    return RequestFactory()


def upload(django: Any, data: bytes) -> tuple[int, str]:
    from django.core.files.uploadedfile import SimpleUploadedFile

    request = django.post("/", {"certificate": SimpleUploadedFile("levering.pem", data)})
    answer = program("django").judge(request)
    return answer.status_code, answer.content.decode()


@pytest.mark.slow
def test_the_django_view_judges_in_dutch(django: Any, pki: PKI) -> None:
    status, text = upload(django, pki.issue("g4-tls").chain_pem)
    assert status == 200
    assert text.startswith("NIET GESLAAGD  levering.pem")
    assert "TRIAL" in text
    assert "--" not in text, "no option of the command line"


def test_the_django_view_says_what_it_cannot_read(django: Any) -> None:
    status, text = upload(django, b"geen certificaat")
    assert status == 400
    assert text.startswith("levering.pem")


@pytest.mark.slow
def test_the_monitor_knows_its_four_states(pki: PKI, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    watch, now = program("monitoring").watch, datetime.now(UTC)
    issued = pki.issue("g4-tls")
    assert watch(tmp_path, now, "preproduction")[0] == 3, "an empty folder is not OK"
    (tmp_path / "a.pem").write_bytes(issued.chain_pem)
    assert watch(tmp_path, now, "production") == (2, "CRITICAL: a.pem | files=1")
    (tmp_path / "b.pem").write_bytes(b"nothing")
    assert watch(tmp_path, now, "production") == (2, "CRITICAL: a.pem | files=2")
    (tmp_path / "a.pem").unlink()
    assert watch(tmp_path, now, "production") == (3, "UNKNOWN: b.pem | files=1")
    assert "b.pem" in capsys.readouterr().err


def test_the_monitor_warns_in_time(tmp_path: Path) -> None:
    from tests.support.shared import shared

    watch = program("monitoring").watch
    sample = shared("samples/certificates/PrivateG1_lab.api.mijniconnect.nl_20251009.chain.pem")
    (tmp_path / "a.pem").write_bytes(sample.read_bytes())
    end = pkitools.check_file(sample, moment=datetime.now(UTC), environment="production").results[0].facts.not_after
    assert watch(tmp_path, end - timedelta(days=90), "production")[1].startswith("OK: all")
    assert watch(tmp_path, end - timedelta(days=30), "production")[1].startswith("WARNING: a.pem")
    assert watch(tmp_path, end + timedelta(days=1), "production")[1].startswith("CRITICAL: a.pem")


@pytest.mark.slow
def test_provisioning_changes_nothing_the_second_time(tmp_path: Path) -> None:
    ensure = program("provisioning").ensure_request
    prefix = str(tmp_path / "koppeling")
    asked = {"common_name": "koppeling.example.nl", "organization": "Gemeente A", "oin": "00000003273229750000"}
    assert ensure(prefix, "g4-tls", "production", **asked) == {"changed": True, "failed": False, "differences": ()}
    key = (tmp_path / "koppeling.key").read_bytes()
    assert ensure(prefix, "g4-tls", "production", **asked)["changed"] is False
    other = ensure(prefix, "g4-tls", "production", **{**asked, "organization": "Gemeente B"})
    assert (other["failed"], other["differences"]) == (True, ("O",))
    assert (tmp_path / "koppeling.key").read_bytes() == key


@pytest.mark.slow
def test_the_api_knows_its_caller(pki: PKI) -> None:
    pytest.importorskip("fastapi", reason="fastapi is not installed")
    pytest.importorskip("httpx2", reason="httpx2 is not installed")
    from fastapi.testclient import TestClient

    client = TestClient(program("fastapi").app)

    def ask(pem: str) -> tuple[int, Any]:
        answer = client.get("/whoami", headers={"X-SSL-Client-Cert": quote(pem)})
        return answer.status_code, answer.json()

    known = pki.issue("g4-tls", oin="00000003273229750000").chain_pem.decode().split("-----END CERTIFICATE-----")[0]
    assert ask(known + "-----END CERTIFICATE-----\n") == (200, {"oin": "00000003273229750000"})
    stranger = pki.issue("g4-tls", oin="00000099000000001000").chain_pem.decode().split("-----END CERTIFICATE-----")[0]
    assert ask(stranger + "-----END CERTIFICATE-----\n")[0] == 403
    assert ask("/etc/hostname")[0] == 400, "a header names no file"
    assert client.get("/whoami").status_code == 422
