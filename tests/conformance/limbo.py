"""x509-limbo: 208 cases, each a chain, a moment, a name and what should come of it. Read from the shared material."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from pkitools.errors import InputError
from pkitools.revocation import check_revocation
from pkitools.validation import validate_path
from tests.support.chains import MOMENT
from tests.support.shared import shared

_PURPOSES = {"SERVER": "1.3.6.1.5.5.7.3.1", "CLIENT": "1.3.6.1.5.5.7.3.2"}
_NAMED_PURPOSES = {"serverAuth": _PURPOSES["SERVER"], "clientAuth": _PURPOSES["CLIENT"]}
_ARMOUR = re.compile(r"-----[^-]+-----")


@dataclass(frozen=True)
class Case:
    id: str
    accept: bool
    leaf: bytes
    intermediates: tuple[bytes, ...]
    anchors: tuple[bytes, ...]
    crls: tuple[bytes, ...]
    moment: datetime
    purpose: str
    host: str | None
    max_intermediates: int


def der(pem: str) -> bytes:
    return base64.b64decode("".join(_ARMOUR.sub("", pem).split()))


@cache
def cases() -> list[Case]:
    document = json.loads(shared("conformance/limbo.json").read_text(encoding="utf-8"))
    return [_case(entry) for entry in document["testcases"]]


def _case(entry: dict[str, object]) -> Case:
    named = entry["extended_key_usage"]
    kind = str(entry["validation_kind"])
    peer = entry["expected_peer_name"]
    moment = entry["validation_time"]
    depth = entry["max_chain_depth"]
    return Case(
        id=str(entry["id"]),
        accept=entry["expected_result"] == "SUCCESS",
        leaf=der(str(entry["peer_certificate"])),
        intermediates=tuple(map(der, entry["untrusted_intermediates"])),  # type: ignore[call-overload]  # a list in the file's schema
        anchors=tuple(map(der, entry["trusted_certs"])),  # type: ignore[call-overload]  # a list in the file's schema
        crls=tuple(map(der, entry["crls"])),  # type: ignore[call-overload]  # a list in the file's schema
        moment=datetime.fromisoformat(str(moment)) if moment else MOMENT,
        purpose=_NAMED_PURPOSES[named[0]] if isinstance(named, list) and named else _PURPOSES[kind],
        host=str(peer["value"]) if isinstance(peer, dict) and kind == "SERVER" else None,
        max_intermediates=depth if isinstance(depth, int) else 8,
    )


def accepts(case: Case) -> bool:
    """Ask pkitools, strictly; where a case comes with CRLs, revocation as well."""
    try:
        result = validate_path(
            case.leaf,
            intermediates=case.intermediates,
            anchors=case.anchors,
            moment=case.moment,
            purpose=case.purpose,
            host=case.host,
            strict=True,
            crls=case.crls,
            max_intermediates=case.max_intermediates,
            raise_crashes=True,
        )
    except InputError:
        return False
    if result.path is None or not case.crls:
        return result.path is not None
    revocation = check_revocation(result.path.certificates, moment=case.moment, crls=case.crls)
    return all(status.is_good for status in revocation.statuses)
