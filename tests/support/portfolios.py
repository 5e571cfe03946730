"""Portfolios of a few certificates as values, each stating only what is not as usual."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from pkitools.environment import Environment
from pkitools.findings import Verdict
from pkitools.portfolio import EnvironmentBasis, HeldCertificate, HeldKey, Judgement, Place, Portfolio

MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
OIN, OTHER_OIN = "00000003273229750000", "00000001123456782000"
G1_ISSUER = "C=NL, O=KPN B.V., CN=KPN PKIoverheid Private Services CA - G1"
G4_ISSUER = "C=NL, O=KPN B.V., CN=KPN - G4 PKIo Priv G-TLS SYS - 2025, organizationIdentifier=NTRNL-27124701"


def digest(text: str) -> str:
    """A thumbprint by name."""
    return hashlib.sha256(text.encode()).hexdigest()


def day(text: str) -> datetime:
    """A day at noon, UTC."""
    return datetime.fromisoformat(text).replace(hour=12, tzinfo=UTC)


def held(label: str, *files: str, key: str = "", verdict: Verdict = Verdict.PASSED, **changes: Any) -> HeldCertificate:
    """A certificate by name: of G4, of one organisation, good for a year, with a key of its own.

    Args:
        label: tells it from others.
        files: where it lies; none: in a file of its name.
        key: tells its key from others.
        verdict: what came of judging.
        changes: fields that are otherwise.
    """
    begin = changes.pop("not_before", day("2026-06-01"))
    environment = changes.pop("environment", Environment.PRODUCTION)
    given: dict[str, Any] = {
        "sha256": digest(label),
        "sha1": digest(label)[:40],
        "serial_number": "01",
        "subject": f"C=NL, O=Gemeente A, CN={label}",
        "issuer": G4_ISSUER,
        "common_name": label,
        "organization": "Gemeente A",
        "oin": OIN,
        "dns_names": (),
        "not_before": begin,
        "not_after": begin + timedelta(days=365),
        "key": "RSA 4096",
        "spki_sha256": digest(f"key of {key or label}"),
        "hierarchy": "g4-tls",
        "generation": "G4",
        "is_authority": False,
        "judgements": (Judgement(environment, EnvironmentBasis.HIERARCHY, verdict, has_path=True),),
        "places": tuple(Place(name) for name in files or (f"/srv/{label}.pem",)),
    }
    return HeldCertificate(**{**given, **changes})


def authority(label: str, *files: str, **changes: Any) -> HeldCertificate:
    """A root by name, of Private G1."""
    given: dict[str, Any] = {"is_authority": True, "judgements": (), "oin": None, "organization": "Staat"}
    name = f"C=NL, O=Staat, CN={label}"
    given |= {"subject": name, "issuer": name, "hierarchy": "g1-private", "generation": "G1-private"}
    given |= {"not_after": day("2028-11-13")}
    return held(label, *files, **{**given, **changes})


def private_key(label: str, file: str, **changes: Any) -> HeldKey:
    """The private key of a label, in a file."""
    given: dict[str, Any] = {"encrypted": False, "readable_by_others": False, "spki_sha256": digest(f"key of {label}")}
    named_by = changes.pop("named_by", ())
    return HeldKey(Place(file, named_by=named_by), **{**given, **changes})


def portfolio(*found: HeldCertificate | HeldKey, **changes: Any) -> Portfolio:
    """All of it, found below ``/srv``."""
    given: dict[str, Any] = {
        "moment": MOMENT,
        "asked": ("/srv",),
        "certificates": tuple(one for one in found if isinstance(one, HeldCertificate)),
        "keys": tuple(one for one in found if isinstance(one, HeldKey)),
    }
    return Portfolio(**{**given, **changes})
