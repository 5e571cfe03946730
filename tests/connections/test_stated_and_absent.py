"""What is stated of a certificate that is not there, or of days that cannot be: told, and never waited for."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from pkitools.connections import ConnectionStatus, Step, StepState
from pkitools.findings import Severity, Verdict
from pkitools.frozen import replace
from tests.connections.support import CHAIN, certificate, connection, held
from tests.support.cases import in_one_test


def only(folder: Path, **fields: str) -> ConnectionStatus:
    (one,) = held(folder, connection(**{"system": '"mijnoverheid"', **fields})).statuses
    return one


COMPOSED = unicodedata.normalize("NFC", "sérver.pem")
NEAR = {
    "misspelt": ("servr.pem", "server.pem", False),
    "in capitals": ("server.pem", "SERVER.PEM", True),
    "a pattern in capitals": ("server.*", "SERVER.PEM", True),
    "put together otherwise": (COMPOSED, unicodedata.normalize("NFD", COMPOSED), True),
    "nothing like it": ("digid.pem", "x.crt", None),
}


@in_one_test
@pytest.mark.parametrize(
    "days", [{}, {"sent": "2026-10-02"}, {"tested": "2026-10-02"}, {"ordered": "2026-01-02"}, {"sent": "2027-10-02"}]
)
@pytest.mark.parametrize("name", NEAR)
def test_a_place_with_nothing_is_not_known_where_there_was_something(
    tmp_path: Path, name: str, days: dict[str, str]
) -> None:
    named, lying, is_same = NEAR[name]
    (tmp_path / lying).write_bytes(certificate() + CHAIN)
    if (tmp_path / named).exists():
        pytest.skip("this file system holds both names to be one")
    one = only(tmp_path, files=f'["{named}"]', **days)
    was_there = days in ({"sent": "2026-10-02"}, {"tested": "2026-10-02"})
    is_gone = was_there or bool(is_same) or (is_same is not None and "ordered" in days)
    step = one.of(Step.CERTIFICATE)
    assert step is not None
    assert (step.code == "connections.certificate.gone") is is_gone
    assert (one.verdict is Verdict.INDETERMINATE) is is_gone
    assert one.state is not StepState.DONE
    if is_gone:
        assert str(step.params["place"]).endswith(named)
        assert (str(step.params["near"]).endswith(lying)) is (is_same is not None)


def test_where_no_place_is_named_what_was_sent_is_not_known_either(tmp_path: Path) -> None:
    one = only(tmp_path, sent="2026-10-02")
    step = one.of(Step.CERTIFICATE)
    assert step is not None
    assert (step.code, one.verdict) == ("connections.certificate.gone_nowhere", Verdict.INDETERMINATE)


WARNED = {
    "lacks a name": ({"dns": '["host.example.nl", "lacks.example.nl"]'}, True),
    "sent before it began": ({"sent": "2020-01-01"}, True),
    "tested before it began": ({"tested": "2020-01-01"}, True),
    "tested before it was sent": ({"sent": "2026-11-21", "tested": "2026-11-20"}, True),
    "ends before it goes live": ({"live": "2028-01-01"}, True),
    "all in order": ({"live": "2026-11-22"}, False),
}


@in_one_test
@pytest.mark.parametrize("name", WARNED)
def test_what_is_to_do_about_what_is_in_use_is_a_warning(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.pem").write_bytes(certificate() + CHAIN)
    given, is_warned = WARNED[name]
    days = {"sent": "2026-11-20", "tested": "2026-11-21", **given}
    one = only(tmp_path, files='["a.pem"]', **days)
    assert one.certificate is not None
    of_steps = replace(one, certificate=None).worst  # what the certificate violates is told of it
    assert ((of_steps or Severity.INFO) >= Severity.WARNING) is is_warned
    assert (StepState.NOW in {step.state for step in one.steps}) is is_warned


def test_what_is_only_next_is_none(tmp_path: Path) -> None:
    assert (only(tmp_path, files='["a.pem"]').worst or Severity.INFO) < Severity.WARNING
