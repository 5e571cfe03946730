"""What a connection asks, and which key is meant for its certificate, is worked out once."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise, product
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pkitools.connections import claims_of, hold, keys_named, read_connections
from pkitools.connections.status import ConnectionStatus
from pkitools.connections.wishes import wishes_of
from pkitools_cli.commands.status.commands import command_for
from pkitools_cli.i18n import blank
from pkitools_cli.page.views.portfolio import _link
from tests.connections.support import CHAIN, _key, certificate, connection, held, written
from tests.portfolio.support import judging, scanned
from tests.support.cases import in_one_test

OPTIONS: Final = {
    "for": "--for",
    "environment": "-e",
    "tsp": "--tsp",
    "oin": "--oin",
    "organization": "--organization",
    "common_name": "--common-name",
    "dns": "--dns",
}


def of(folder: Path, **fields: str) -> ConnectionStatus:
    tsp = fields.pop("tsp", "")
    (one,) = held(folder, f"{tsp}{connection(files='[]', **fields)}").statuses
    return one


@in_one_test
@pytest.mark.parametrize(
    ("name", "dns", "own", "tsp"),
    list(
        product(("", '"a.example.nl"'), ("", '["b.example.nl", "c.example.nl"]'), ("", "true"), ("", 'tsp = "kpn"\n'))
    ),
)
def test_command_and_form_ask_what_is_wished(tmp_path: Path, name: str, dns: str, own: str, tsp: str) -> None:
    given = {"common_name": name, "dns": dns, "self_signed": own}
    one = of(tmp_path, tsp=tsp, **{key: value for key, value in given.items() if value}, environment='"production"')
    wishes = wishes_of(one.connection, one.tsp)
    step = one.of("request")
    assert step is not None
    words = command_for(one, step) or []
    told = {field: [b for a, b in pairwise(words) if a == option] for field, option in OPTIONS.items()}
    wished = {
        field: [wishes[field]] if isinstance(wishes.get(field), str) else [*wishes.get(field, ())] for field in OPTIONS
    }
    assert told == {**wished, "common_name": wished["common_name"] or [blank("name")]}
    assert ("--self-signed" in words) == bool(own)
    asked = parse_qs(urlsplit(_link(one, step)).query)
    form = {"for" if field == "system" else field: " ".join(value).split(" ") for field, value in asked.items()}
    assert form.pop("kind", []) == (["self_signed"] if own else [])
    assert form.pop("connection") == ["1"]
    flat = {field: " ".join(map(str, value)).split(" ") for field, value in wished.items() if value}
    assert form == flat


@pytest.mark.parametrize(("old_key", "new_key", "stray"), list(product((False, True), repeat=3)))
def test_which_key_is_meant_is_one_answer(tmp_path: Path, *, old_key: bool, new_key: bool, stray: bool) -> None:
    """Of the certificate that the connection is held to have, whatever lies with the one before it."""
    pairs = {"old": (old_key, 2027, _key()), "new": (new_key, 2028, rsa.generate_private_key(65537, 2048))}
    for name, (has_key, year, key) in pairs.items():
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) if has_key else b""
        made = certificate(end=datetime(year, 11, 1, tzinfo=UTC), own_key=key)
        (tmp_path / f"{name}.pem").write_bytes(made + CHAIN + pem)
    if stray:
        key = rsa.generate_private_key(65537, 2048)
        (tmp_path / "z.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    file = written(tmp_path, connection(files='["old.pem", "new.pem", "z.key"]'))
    connections = read_connections(file.read_bytes(), str(file))
    (status,) = hold(connections, judging()).statuses
    found = keys_named(connections, scanned(tmp_path, asked=judging(claims=claims_of(connections))))
    assert (status.misfit is not None) == (stray and not new_key)
    assert {*found} == ({status.misfit} if status.misfit else set())
