"""NIST PKITS: its files from the package ``cryptography_vectors``, its expectations from the shared material."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import cryptography_vectors
import pytest

from pkitools.validation import PolicyInput
from tests.support.shared import shared

DATA = Path(cryptography_vectors.__file__).parent / "x509" / "PKITS_data"
MOMENT = datetime(2022, 5, 1, tzinfo=UTC)  # within the validity of all of its certificates but those made to be outside

# the names PKITS gives its policies, and the arcs behind them
POLICIES = {f"2.16.840.1.101.3.2.1.48.{number}": number for number in range(1, 11)}


@dataclass(frozen=True)
class Case:
    id: str
    name: str
    cert: str
    other_certs: tuple[str, ...]
    crls: tuple[str, ...]
    valid: bool
    revocation: bool
    policies: PolicyInput
    error: dict[str, str] = field(default_factory=dict)


def file(kind: str, name: str) -> bytes:
    return (DATA / kind / name).read_bytes()


@cache
def cases() -> list[Case]:
    raw = json.loads(shared("conformance/pkits.json").read_text(encoding="utf-8"))
    if not DATA.is_dir():
        pytest.skip("cryptography_vectors comes without PKITS_data", allow_module_level=True)
    return [
        Case(
            id=entry["id"],
            name=entry["name"],
            cert=entry["cert"],
            other_certs=tuple(entry.get("other_certs", ())),
            crls=tuple(entry.get("crls", ())),
            valid="error" not in entry,
            revocation=entry.get("revocation", True),
            policies=_policies(entry.get("params", {})),
            error=entry.get("error", {}),
        )
        for entry in raw
    ]


def _policies(params: dict[str, object]) -> PolicyInput:
    wanted = params.get("user_initial_policy_set")
    return PolicyInput(
        initial_policies=frozenset(wanted) if isinstance(wanted, list) else None,
        explicit_policy=bool(params.get("initial_explicit_policy")),
        inhibit_policy_mapping=bool(params.get("initial_policy_mapping_inhibit")),
        inhibit_any_policy=bool(params.get("initial_any_policy_inhibit")),
    )
