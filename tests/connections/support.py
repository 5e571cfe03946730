"""Files of connections and the certificates they name, as small as can be."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from pkitools.connections import ConnectionsStatus, hold, read_connections
from tests.portfolio.support import CHAIN, judging
from tests.support.chains import end_entity, good_chain
from tests.support.deliveries import pem
from tests.support.der import UTF8, common_name, integer, name, serial_attribute

OIN = "00000003273229750000"
OTHER_OIN = "00000001123456782000"


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def certificate(
    oin: str = OIN,
    cn: str = "host.example.nl",
    end: bytes | datetime = datetime(2027, 11, 1, tzinfo=UTC),
    *,
    serial: int | None = None,
    **deviations: Any,
) -> bytes:
    """A certificate of an organisation under the good chain, as PEM; all have one key, such as systems ask."""
    if serial is not None:
        deviations["serial"] = integer(serial)
    subject = name(("2.5.4.6", 19, b"NL"), ("2.5.4.10", UTF8, b"Gemeente"), common_name(cn), serial_attribute(oin))
    given = {"own_key": _key(), **deviations}
    return pem(end_entity(cn, good_chain().tsp, subject=subject, end=end, **given).der)


def written(folder: Path, text: str) -> Path:
    """A file of connections with one organisation, ``a``, and what a test adds."""
    file = folder / "connections.toml"
    file.write_text(f'[organization.a]\noin = "{OIN}"\nname = "Gemeente A"\n{text}', encoding="utf-8")
    return file


def held(folder: Path, text: str) -> ConnectionsStatus:
    """How the connections of such a file stand."""
    file = written(folder, text)
    return hold(read_connections(file.read_bytes(), str(file)), judging())


def connection(**fields: str) -> str:
    """A connection of it, in the form of its file."""
    given = {"organization": '"a"', "system": '"digid-machtigen"', "environment": '"preproduction"', **fields}
    return "[[connection]]\n" + "".join(f"{each} = {value}\n" for each, value in given.items())


__all__ = ["CHAIN", "OIN", "OTHER_OIN", "certificate", "connection", "held", "written"]
