"""What :func:`pkitools.probing.probe` found, as data: ``docs/schemas/probe-v1.json``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkitools.errors import InputError
from pkitools.messages import LANGUAGES
from pkitools.reports.certificate import summary_document
from pkitools.reports.check import check_document, delivery_document
from pkitools.reports.document import report_document
from pkitools.x509 import read_certificate

if TYPE_CHECKING:
    from pkitools.checking import FileCheck
    from pkitools.probing import Alert, Observation, ProbeResult


def probe_document(result: ProbeResult) -> dict[str, object]:
    """Return the whole document."""
    seen = result.seen
    return {
        "schema": "pkitools.probe/v1",
        "peer": {
            "host": seen.host,
            "port": seen.port,
            "address": seen.address or None,
            "proxy": seen.proxy or None,
            "starttls": seen.starttls or None,
        },
        "environment": str(result.environment),
        "environment_given": not result.is_guessed,
        "verdict": str(result.report.verdict),
        "connection": _connection(seen),
        "client_certificate": _client(seen),
        "certificates": [_certificate(der) for der in seen.handshake.certificates],
        "report": report_document(result.connection),
        "theirs": _judged(result.theirs, seen.peer),
        "mine": _judged(result.mine, "client"),
        "systems_of_theirs": list(result.for_systems),
    }


def _connection(seen: Observation) -> dict[str, object]:
    shaken = seen.handshake
    return {
        "completed": shaken.completed,
        "version": shaken.version or None,
        "cipher": shaken.cipher or None,
        "versions": {str(version): str(offered) for version, offered in seen.versions.items()},
        "alert": _alert(shaken.alert),
        "closed": shaken.closed,
        "signs_with_pss": str(seen.signs_with_pss),
    }


def _client(seen: Observation) -> dict[str, object]:
    shaken, signatures = seen.handshake, seen.signatures
    told = seen.because or shaken
    return {
        "asked": shaken.asks,
        "sent": len(seen.client) if shaken.sent else 0,
        "taken": str(seen.taken),
        "alert": _alert(told.alert),
        "issuers": [name.text for name in shaken.issuers],
        "signatures": list(signatures.asked) if signatures is not None and signatures.asked else None,
        "takes_pss": str(seen.takes_pss),
    }


def _alert(alert: Alert | None) -> dict[str, object] | None:
    if alert is None:
        return None
    explanation = alert.explanation
    means: dict[str, object] = {each: explanation.words[each].meaning if explanation else None for each in LANGUAGES}
    return {"number": alert.number, "name": alert.name, "code": explanation.code if explanation else None, **means}


def _certificate(der: bytes) -> dict[str, object] | None:
    try:
        return summary_document(read_certificate(der))
    except InputError:
        return None


def _judged(file: FileCheck | None, name: str) -> dict[str, object] | None:
    if file is None:
        return None
    return {
        "report": report_document(file.report),
        "delivery": delivery_document(file.delivery),
        "certificates": [check_document(one.result, name) for one in file.judged],
    }
