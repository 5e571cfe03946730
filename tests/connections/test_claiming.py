"""What connections claim is judged by them in a scan: for their system and environment, with their OIN."""

from __future__ import annotations

import base64
import pickle
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pkitools.connections import Connections, Step, StepState, claims_of, hold, read_connections
from pkitools.environment import Environment
from pkitools.errors import InvalidValueError
from pkitools.findings import Verdict
from pkitools.portfolio import EnvironmentBasis, HeldCertificate, Portfolio
from tests.connections.support import CHAIN, OTHER_OIN, _key, certificate, connection, written
from tests.portfolio.support import judging, scanned
from tests.support.cases import in_one_test
from tests.support.effort import in_turn


def connections(folder: Path, *texts: str) -> Connections:
    file = written(folder, "".join(texts))
    return read_connections(file.read_bytes(), str(file))


def found(folder: Path, *texts: str, **means: object) -> Portfolio:
    asked = judging(claims=claims_of(connections(folder, *texts)))
    return scanned(folder / "tls", asked=asked, **means)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "tls" / "a").mkdir(parents=True)
    (tmp_path / "tls" / "a" / "own.pem").write_bytes(certificate() + CHAIN)
    (tmp_path / "tls" / "other.pem").write_bytes(certificate(OTHER_OIN, "other.example.nl") + CHAIN)
    return tmp_path


def named(portfolio: Portfolio, name: str) -> HeldCertificate:
    return next(one for one in portfolio.judged if one.name == name)


def test_what_lies_at_its_places_is_judged_by_a_connection_and_the_rest_as_ever(folder: Path) -> None:
    portfolio = found(folder, connection(files='["tls/a"]'))
    (judgement,) = named(portfolio, "host.example.nl").judgements
    assert (judgement.connection, judgement.basis) == ("a/digid-machtigen/preproduction", EnvironmentBasis.CONNECTION)
    assert (judgement.environment, judgement.systems) == (Environment.PREPRODUCTION, ("digid-machtigen",))
    assert any("digid" in outcome.rule.code or "system" in outcome.rule.code for outcome in judgement.told)
    (other,) = named(portfolio, "other.example.nl").judgements
    assert (other.connection, other.systems) == (None, ())
    assert other == named(scanned(folder / "tls"), "other.example.nl").judgements[0]
    assert portfolio.connections == ("a/digid-machtigen/preproduction",)


def test_two_connections_of_one_certificate_judge_it_each(folder: Path) -> None:
    both = connection(files='["tls/a"]'), connection(files='["tls/a/own.pem"]', environment='"production"')
    told = named(found(folder, *both), "host.example.nl").judgements
    assert {one.environment for one in told} == set(Environment)
    assert len({one.connection for one in told}) == 2


def test_of_two_that_are_called_alike_is_told_by_what_they_differ(folder: Path) -> None:
    names = [claim.name for claim in claims_of(connections(folder, *(connection(files=f'["{f}"]') for f in "ab")))]
    assert len(set(names)) == 2
    assert all(name.startswith("a/digid-machtigen/preproduction (") for name in names)
    with pytest.raises(InvalidValueError):
        claims_of(None)  # type: ignore[arg-type]  # as a caller might


@pytest.mark.parametrize("with_key", [False, True])
def test_another_oin_is_the_counterparts_unless_its_key_lies_there(folder: Path, with_key: bool) -> None:
    """A certificate of a counterpart raises no alarm; one that is used with the wrong OIN does."""
    key = b""
    if with_key:
        key = _key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "tls" / "a" / "own.pem").write_bytes(certificate(OTHER_OIN) + CHAIN + key)
    one = named(found(folder, connection(files='["tls/a"]')), "host.example.nl")
    assert one.judgements[0].connection == ("a/digid-machtigen/preproduction" if with_key else None)
    is_told = "oin" in " ".join(
        outcome.rule.code for outcome in one.findings if outcome.rule.code.startswith("received")
    )
    assert is_told is with_key
    assert (one.verdict is Verdict.FAILED) is with_key


def test_the_other_side_is_not_held_to_the_oin_of_ones_own(folder: Path) -> None:
    """Where the other side listens is stated to test the connection: its server shows a certificate of its own."""
    ends = connection(files='["nowhere"]', endpoint='"host.example.nl:443"')
    asked = judging(claims=claims_of(connections(folder, ends)))
    ders = [base64.b64decode(b"".join(block.split(b"\n")[1:-2])) for block in _blocks(certificate(OTHER_OIN) + CHAIN)]

    def fetch(_host: str, _port: int, /) -> list[bytes]:
        return ders

    (one,) = scanned("host.example.nl:443", asked=asked, fetch=fetch).judged
    assert [told.connection for told in one.judgements] == [None]
    assert "received.oin.match" not in {found.rule.code for told in one.judgements for found in told.findings}


def test_workers_say_what_one_says(folder: Path) -> None:
    mine = connection(files='["tls"]')
    asked = judging(claims=claims_of(connections(folder, mine)))
    assert pickle.loads(pickle.dumps(asked.travelling())).claims == asked.claims
    with ThreadPoolExecutor(2) as executor:
        assert found(folder, mine, executor=executor) == found(folder, mine)


def _blocks(text: bytes) -> list[bytes]:
    return [b"-----BEGIN" + block for block in text.split(b"-----BEGIN")[1:]]


def with_key(data: bytes) -> bytes:
    return data + CHAIN + _key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


STRANGE = certificate(OTHER_OIN, "other.example.nl")


@pytest.mark.parametrize(
    ("tenants", "files", "wrong"),
    [
        (2, {"a.pem": with_key(certificate()), "b.pem": with_key(STRANGE)}, set()),
        (1, {"a.pem": with_key(STRANGE)}, {0}),
        (2, {"a.pem": with_key(certificate("not an OIN", "other.example.nl"))}, {0, 1}),
        (1, {"a.pem": STRANGE}, set()),  # of a counterpart, for all that is known
        (1, {"a.pem": with_key(certificate()), "b.pem": STRANGE}, set()),
        (1, {"a.pem": with_key(certificate()), "b.pem": with_key(STRANGE)}, {0}),
        (1, {"a.pem": certificate() + CHAIN, "b.pem": with_key(STRANGE)}, {0}),
        (2, {"a.pem": with_key(certificate()), "b.pem": with_key(certificate("not an OIN", "b.example.nl"))}, {0, 1}),
    ],
)
def test_a_folder_that_tenants_share_gives_each_its_own_in_scan_and_status_alike(
    tmp_path: Path, tenants: int, files: dict[str, bytes], wrong: set[int]
) -> None:
    (tmp_path / "tls").mkdir()
    for name, data in files.items():
        (tmp_path / "tls" / name).write_bytes(data)
    text = connection(files='["tls"]', system='"mijnoverheid"')
    if tenants > 1:
        text += connection(files='["tls"]', system='"mijnoverheid"', organization='"b"')
        text += f'[organization.b]\noin = "{OTHER_OIN}"\nname = "B"\n'
    listed = connections(tmp_path, text)
    judged = scanned(tmp_path / "tls", asked=judging(claims=claims_of(listed))).judged
    failed = {told.connection for one in judged for told in one.judgements if told.verdict is Verdict.FAILED}
    statuses = hold(listed, judging()).statuses
    assert {number for number, one in enumerate(statuses) if one.verdict is Verdict.FAILED} == wrong
    assert failed - {None} == {claims_of(listed)[number].name for number in wrong}
    for one in (each for each in statuses if each.verdict is Verdict.FAILED):
        alone, beside = one.of(Step.CERTIFICATE), one.of(Step.VERDICT)
        assert alone is not None
        assert beside is not None
        if one.certificate is None:
            assert alone.code == "connections.certificate.strange"
        else:
            assert (beside.code, beside.state) == ("connections.verdict.strange_beside", StepState.NOW)


@cache
def _another_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def wrong(oin: str = OTHER_OIN) -> bytes:
    """A certificate with another OIN and a key that nothing else has."""
    return certificate(oin, own_key=_another_key()) + CHAIN


def key_of_wrong() -> bytes:
    return _another_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


HOW: dict[str, dict[str, Callable[[], bytes]]] = {
    "its key in its file": {"b.pem": lambda: wrong() + key_of_wrong()},
    "its key beside it": {"b.pem": wrong, "b.key": key_of_wrong},
    "sent by a program": {"b.pem": wrong, "nginx.conf": lambda: b"server {\n ssl_certificate b.pem;\n}\n"},
    "trusted by a program": {"b.pem": wrong, "nginx.conf": lambda: b"server {\n ssl_client_certificate b.pem;\n}\n"},
    "alone": {"b.pem": wrong},
}
USED = frozenset({"its key in its file", "its key beside it", "sent by a program"})
PLACES: dict[str, Callable[[Iterable[str]], str]] = {
    "a folder": lambda _: '["tls"]',
    "a pattern": lambda _: '["tls/*"]',
    "files": lambda files: str([f"tls/{name}" for name in files]).replace("'", '"'),
}


DAYS: list[dict[str, str]] = [{}, {"live": "2026-01-01"}, {"sent": "2026-01-01", "tested": "2026-01-01"}]
SHARING = ["nobody", "its holder", "another"]


@in_one_test
@pytest.mark.parametrize(
    ("sharing", "own", "how", "place", "day"),
    [
        (sharing, own, how, place, day)
        for (one, sharing), own, (two, how), (three, place) in product(
            enumerate(SHARING), (False, True), enumerate(HOW), enumerate(PLACES)
        )
        for day in in_turn(DAYS, one, two, three, own)
    ],
)
def test_what_is_used_with_another_oin_is_wrong_in_scan_and_status_alike(
    tmp_path: Path, sharing: str, own: bool, how: str, place: str, day: dict[str, str]
) -> None:
    """However its key or its use is seen; what only lies there, or is of a tenant who shares the place, is not.

    The product of all but the days, which take turns: of those every pair with another factor is met.
    """
    (tmp_path / "tls").mkdir()
    files = {name: make() for name, make in HOW[how].items()}
    if own:
        files["a.pem"] = certificate() + CHAIN
    for name, data in files.items():
        (tmp_path / "tls" / name).write_bytes(data)
    at = PLACES[place](files)
    text = connection(files=at, system='"mijnoverheid"', **day)
    if sharing != "nobody":
        oin = OTHER_OIN if sharing == "its holder" else "00000099000000003000"
        text += connection(files=at, system='"mijnoverheid"', organization='"b"')
        text += f'[organization.b]\noin = "{oin}"\nname = "B"\n'
    listed = connections(tmp_path, text)
    one = hold(listed, judging()).statuses[0]
    is_used = how in USED or (how == "alone" and place == "files" and not own)
    is_wrong = is_used and sharing != "its holder"
    assert bool(one.strange) is is_wrong
    assert is_wrong <= (one.verdict is Verdict.FAILED)
    step = one.of(Step.CERTIFICATE if one.certificate is None else Step.VERDICT)
    assert step is not None
    assert (step.params.get("other") == OTHER_OIN) or not is_wrong  # it is said, whatever day has gone by
    judged = scanned(tmp_path / "tls", asked=judging(claims=claims_of(listed))).judged
    name = claims_of(listed)[0].name
    failed = {each.oin for each in judged for told in each.judgements if told.connection == name and told.findings}
    assert (OTHER_OIN in failed) is is_wrong


@pytest.mark.parametrize("is_shared", [False, True])
def test_what_a_tenant_of_another_place_has_in_a_folder_of_several_is_not_told(tmp_path: Path, is_shared: bool) -> None:
    """In a folder of one connection it is: there is nobody else there whose it may be."""
    (tmp_path / "tls").mkdir()
    (tmp_path / "tls" / "b.pem").write_bytes(wrong())
    (tmp_path / "tls" / "b.key").write_bytes(key_of_wrong())
    text = connection(files='["tls"]', system='"mijnoverheid"')
    text += connection(files='["elsewhere"]', system='"mijnoverheid"', organization='"b"')
    text += f'[organization.b]\noin = "{OTHER_OIN}"\nname = "B"\n'
    if is_shared:
        text += connection(files='["tls"]', system='"mijnoverheid"', organization='"c"')
        text += '[organization.c]\noin = "00000099000000003000"\nname = "C"\n'
    listed = connections(tmp_path, text)
    assert bool(hold(listed, judging()).statuses[0].strange) is not is_shared
    judged = scanned(tmp_path / "tls", asked=judging(claims=claims_of(listed))).judged
    assert {told.connection is None for one in judged for told in one.judgements} >= {is_shared}
    assert any(told.connection for one in judged for told in one.judgements) is not is_shared
