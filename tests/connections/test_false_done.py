"""Nothing is done beside what is wrong: each state of certificate, key and list against what status says of it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from itertools import combinations
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509 import load_pem_x509_certificate

from pkitools.checking import Revocation
from pkitools.connections import (
    Anchor,
    ConnectionsStatus,
    ConnectionStatus,
    LeadKind,
    PlanKind,
    Step,
    StepState,
    hold,
    lead_times,
    plan,
    read_connections,
)
from pkitools.environment import Environment
from pkitools.findings import Severity, Verdict
from pkitools.portfolio import Judging
from pkitools.reports import Planned
from pkitools.reports.planning.work import Work, date_title, work_days
from tests.checking.test_named_keys import NAMES
from tests.connections.support import CHAIN, OTHER_OIN, _key, certificate, connection, written
from tests.portfolio.support import judging, scanned
from tests.support.cases import in_one_test
from tests.support.chains import EKU, crl, good_chain
from tests.support.deliveries import corrupt
from tests.support.der import sequence, tlv

DONE: Final = {"files": '["f"]', "system": '"mijnoverheid"', "sent": "2026-11-01", "tested": "2026-11-02"}
"""A connection that is done when its certificate is good: this system takes no metadata."""
OLD: Final = datetime(2026, 11, 1, tzinfo=UTC)
LATER: Final = datetime(2027, 12, 1, tzinfo=UTC)
NEXT: Final = datetime(2026, 12, 1, tzinfo=UTC)
REVOKED: Final = 3


def asked() -> Judging:
    """Asks with a list of the issuer that revokes two serial numbers."""
    return judging(revocation=Revocation(policy="prefer", crls=[crl(good_chain().tsp, REVOKED, REVOKED + 1)]))


def lying() -> dict[str, tuple[bytes, Verdict | None]]:
    """Certificates of one holder, each with what lies beside a good one makes of the connection."""
    return {
        "good": (certificate(serial=1), Verdict.PASSED),
        "the next": (certificate(serial=2, end=LATER), Verdict.PASSED),
        "revoked": (certificate(serial=REVOKED), Verdict.FAILED),
        "revoked, ends last": (certificate(serial=REVOKED + 1, end=LATER), Verdict.FAILED),
        "ended": (certificate(serial=5, end=OLD), None),
        "not begun": (certificate(serial=6, start=NEXT, end=LATER), None),
    }


def stands(folder: Path, question: Judging | None = None, /, **fields: str) -> ConnectionsStatus:
    file = written(folder, connection(**{**DONE, **fields}))
    return hold(read_connections(file.read_bytes(), str(file)), question or asked())


def only(folder: Path, **fields: str) -> ConnectionStatus:
    (one,) = stands(folder, **fields).statuses
    return one


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "f").mkdir()
    return tmp_path


@pytest.mark.slow
def test_a_connection_is_done_only_where_a_scan_finds_nothing_wrong_that_has_not_ended(tmp_path: Path) -> None:
    """Of every two certificates of a holder at one place; what ended, or lies ready for later, is no alarm."""
    every = lying()
    for number, (one, other) in enumerate(combinations(every, 2)):
        base = tmp_path / str(number)
        (base / "f").mkdir(parents=True)
        for name in (one, other):
            (base / "f" / f"{name}.pem").write_bytes(every[name][0] + CHAIN)
        found, kinds = only(base), {every[one][1], every[other][1]}
        wrong = Verdict.FAILED in kinds or kinds == {None}
        assert (found.state is StepState.DONE, found.verdict) == (
            not wrong,
            Verdict.FAILED if wrong else Verdict.PASSED,
        ), (one, other)
        if Verdict.FAILED in kinds:
            assert scanned(base / "f", asked=asked()).verdict is Verdict.FAILED
        if kinds == {Verdict.FAILED, Verdict.PASSED}:
            step = found.of(Step.VERDICT)
            assert step is not None
            assert (step.state, step.code) == (StepState.NOW, "connections.verdict.revoked_beside")
            assert "revoked" in str(step.params["place"])


def test_what_is_wrong_for_this_alone_is_no_alarm_beside_the_right_one(folder: Path) -> None:
    """One that this system does not take may lie there for another; what no system takes may not."""
    listed = {"2.5.29.31": (False, sequence(sequence(tlv(0xA0, tlv(0xA0, tlv(0x86, b"http://crl.example.nl/a"))))))}
    (folder / "f" / "a.pem").write_bytes(certificate(serial=1, extensions=listed) + CHAIN)
    (folder / "f" / "b.pem").write_bytes(certificate(serial=2) + CHAIN)
    one = only(folder, system='"fsc"')
    assert [each.verdict for each in one.beside] == [Verdict.FAILED]
    assert (one.wrong, one.state, one.verdict) == ((), StepState.DONE, Verdict.PASSED)
    (folder / "f" / "c.pem").write_bytes(certificate(serial=4, extensions={EKU: (True, b"\x05\x00")}) + CHAIN)
    one = only(folder, system='"fsc"')
    step = one.of(Step.VERDICT)
    assert step is not None
    assert (step.code, one.verdict) == ("connections.verdict.wrong_beside", Verdict.FAILED)


@pytest.mark.parametrize(
    ("policy", "issuers", "is_known"),
    [
        ("prefer", ("tsp", "domain", "root"), True),
        ("prefer", ("tsp", "domain"), False),  # of one above it nobody knows
        ("prefer", (), False),
        ("off", ("tsp", "domain", "root"), False),  # the lists were there and were not asked
        ("require", (), False),
    ],
)
def test_whether_it_is_revoked_is_known_or_said_not_to_be(
    folder: Path, policy: str, issuers: tuple[str, ...], is_known: bool
) -> None:
    """It weighs what it weighs in a scan: --fail-on then does the same in both."""
    (folder / "f" / "a.pem").write_bytes(certificate(serial=1) + CHAIN)
    lists = [crl(getattr(good_chain(), each)) for each in issuers]
    question = judging(revocation=Revocation(policy=policy, crls=lists))
    (one,) = stands(folder, question).statuses
    step = one.of(Step.VERDICT)
    assert step is not None
    assert one.certificate is not None
    assert one.is_unconfirmed is not is_known
    assert (step.code == "connections.verdict.passed") == is_known
    assert one.worst == max(one.certificate.findings, key=lambda each: each.rule.severity).rule.severity
    assert (one.worst or 0) >= (scanned(folder / "f", asked=question).worst or 0)


OTHER_KEY: Final = rsa.generate_private_key(65537, 1024)


def private(one: Any) -> bytes:
    made: bytes = one.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return made


@pytest.mark.parametrize(
    ("files", "asked_of", "why"),
    [
        ({"a.pem": True, "a.key": True}, '["f"]', "certificate"),
        ({"a.pem": True, "a.key": False}, '["f"]', "misfit"),
        ({"a.pem": True}, '["f"]', "no_key"),
        ({"a.pem": True, "b.key": False}, '["f"]', "no_key"),  # of something else, for all that is known
        ({"a.pem": True, "b.key": False}, '["f/a.pem", "f/b.key"]', "misfit"),  # it is named as its key
        ({"a.pem": True, "b.key": True}, '["f/a.pem", "f/b.key"]', "certificate"),
        ({"a.pem": True, "b.key": False, "c.key": True}, '["f/a.pem", "f/b.key", "f/c.key"]', "certificate"),
    ],
)
def test_a_key_that_does_not_fit_is_to_do_and_one_that_was_not_seen_is_said(
    folder: Path, files: dict[str, bool], asked_of: str, why: str
) -> None:
    for name, fits in files.items():
        data = certificate(serial=1) + CHAIN if name == "a.pem" else private(_key() if fits else OTHER_KEY)
        (folder / "f" / name).write_bytes(data)
    one = only(folder, files=asked_of)
    step = one.of(Step.REQUEST)
    assert step is not None
    assert step.code == f"connections.request.{why}"
    assert one.state is (StepState.NOW if why == "misfit" else StepState.DONE)
    assert (one.key_file is not None) == (why == "certificate")
    assert (one.worst or 0) >= Severity.WARNING or why != "misfit"


@pytest.mark.parametrize(("fits", "extra"), [(True, False), (True, True), (False, False), (False, True)])
def test_in_a_text_a_key_under_a_name_of_its_own_is_none_of_the_certificate(
    folder: Path, fits: bool, extra: bool
) -> None:
    values = {"sp_cert": certificate(serial=1) + CHAIN, "sp_key": private(_key() if fits else OTHER_KEY)}
    values |= {"jwt_key": private(OTHER_KEY)} if extra else {}
    text = json.dumps({name: data.decode() for name, data in values.items()})
    (folder / "f" / "app.json").write_text(text, encoding="utf-8")
    assert (only(folder, files='["f"]').misfit is None) == fits


@pytest.mark.slow
def test_however_a_key_is_named_one_that_does_not_fit_is_to_do(tmp_path: Path) -> None:
    """Every pair of names is a connection of its own; another's key may have the certificate of that with it."""
    another = certificate(OTHER_OIN, serial=2, own_key=OTHER_KEY)
    cases = [(*names, fits, mixed) for names in NAMES for fits in (True, False) for mixed in (True, False)]
    for number, (name, _, key_name, fits, mixed) in enumerate(cases):
        base, own = tmp_path / str(number), certificate(serial=1) + CHAIN
        inside = (own if fits else another) if mixed else b""
        for file, data in ((name, own), (key_name, private(_key() if fits else OTHER_KEY) + inside)):
            (base / file).parent.mkdir(parents=True, exist_ok=True)
            (base / file).write_bytes(data)
    text = "".join(connection(**{**DONE, "files": f'["{number}"]'}) for number in range(len(cases)))
    listed = written(tmp_path, text)
    found = hold(read_connections(listed.read_bytes(), str(listed)), asked()).statuses
    for one, case in zip(found, cases, strict=True):
        assert (one.misfit is None, one.state is StepState.DONE) == (case[3], case[3]), case


@pytest.mark.parametrize("name", lying())
def test_what_is_of_no_use_is_replaced_today_and_nothing_else_is(folder: Path, name: str) -> None:
    """Everywhere its days are told: a revoked certificate waited for the last months of its validity."""
    (folder / "f" / "a.pem").write_bytes(lying()[name][0] + CHAIN)
    status = stands(folder)
    (one,) = status.statuses
    today, is_revoked = status.moment.date(), name.startswith("revoked")
    assert one.plan is not None
    renewal = one.of(Step.RENEWAL)
    assert renewal is not None
    assert (renewal.code == "connections.renewal.at_once") == is_revoked
    assert (one.plan.order.day == one.plan.begin.day == today) == is_revoked
    if is_revoked:
        assert renewal.state is StepState.NOW
        assert one.plan.dates == tuple(sorted(one.plan.dates, key=lambda each: each.day))
        assert not {PlanKind.SEND, PlanKind.NEXT_END} & {each.kind for each in one.plan.dates}
        ordered = [each.day for each in work_days(Work.of_status(status), "en") if each.kind is PlanKind.ORDER]
        assert ordered == [today]


def test_what_lacks_a_path_is_not_told_to_be_replaced(folder: Path) -> None:
    """What is missing may be no more than a file of the issuer."""
    (folder / "f" / "a.pem").write_bytes(certificate(serial=1))
    one = only(folder)
    assert one.verdict is not Verdict.PASSED
    assert one.plan is not None
    assert one.plan.order.day > datetime(2026, 12, 1, tzinfo=UTC).date()


@in_one_test
@pytest.mark.parametrize("ends", ["2026-11-22", "2026-12-15", "2027-02-27", "2030-01-01"])
@pytest.mark.parametrize("subscriber", [True, False, None])
def test_at_once_is_never_later_than_it_was(ends: str, subscriber: bool | None) -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    found = plan(date.fromisoformat(ends), Anchor.END, moment=now, lead_times=lead_times(), subscriber=subscriber)
    moved = found.at_once(now.date())
    assert moved.begin.day == min(found.begin.day, now.date())
    assert moved.order.day == min(found.order.day, now.date())
    assert moved.at_once(now.date()) == moved


LOCKED: Final = serialize_key_and_certificates(
    b"a", _key(), load_pem_x509_certificate(certificate(serial=1)), None, BestAvailableEncryption(b"secret")
)


@pytest.mark.parametrize("live", [None, "2026-11-01", "2027-01-15", "2028-01-15"])
@pytest.mark.parametrize(("name", "data"), [("torn.pem", corrupt()), ("locked.p12", LOCKED)])
@pytest.mark.parametrize("asked_of", ['["f"]', '["f/*"]'])
@pytest.mark.parametrize("has_own", [True, False])
def test_what_could_not_be_read_is_neither_done_nor_to_be_made(
    folder: Path, has_own: bool, asked_of: str, name: str, data: bytes, live: str | None
) -> None:
    """What lies there may be what is missed, or what is wrong: another key would be one too many."""
    (folder / "f" / name).write_bytes(data)
    if has_own:
        (folder / "f" / "a.pem").write_bytes(certificate(serial=1) + CHAIN)
    one = only(folder, files=asked_of, **({} if live is None else {"live": live}))
    assert (one.state, one.verdict) == (StepState.UNKNOWN, Verdict.INDETERMINATE)
    found = one.of(Step.VERDICT if has_own else Step.REQUEST)
    assert found is not None
    assert found.code.endswith((".unread", ".locked"))
    assert str(found.params["place"]).endswith(name)


def test_what_could_not_be_read_at_the_place_of_another_changes_nothing(folder: Path) -> None:
    (folder / "g").mkdir()
    (folder / "g" / "torn.pem").write_bytes(corrupt())
    (folder / "f" / "a.pem").write_bytes(certificate(serial=1) + CHAIN)
    (folder / "f" / "a.key").write_bytes(
        _key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    )  # a key of its own that is locked is as it should be
    text = connection(**DONE) + connection(**{**DONE, "files": '["g"]', "environment": '"production"'})
    file = written(folder, text)
    one, two = hold(read_connections(file.read_bytes(), str(file)), asked()).statuses
    assert (one.state, two.state) == (StepState.DONE, StepState.UNKNOWN)


@in_one_test
@pytest.mark.parametrize("anchor", Anchor)
@pytest.mark.parametrize("handling", [None, 0, 5])
def test_nothing_is_told_to_be_sent_on_the_day_it_would_be_too_late(anchor: Anchor, handling: int | None) -> None:
    stated = {} if handling is None else {LeadKind.HANDLING: handling}
    last, now = date(2027, 6, 1), datetime(2026, 11, 22, 12, tzinfo=UTC)
    found = plan(last, anchor, moment=now, lead_times=lead_times(stated=stated))
    send = found.on(PlanKind.SEND)
    if handling is None and anchor is Anchor.END:
        assert send is None
        return
    assert send is not None
    title = date_title(send, Planned(found, None, Environment.PRODUCTION), "en")
    assert ("weeks earlier" in title) == (handling is None)
    assert (send.day < last) == bool(handling)
