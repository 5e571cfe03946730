"""The names of one service, as they are compared: however they were typed, and whatever a TSP put in front."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pkitools.profiles import trial
from pkitools.profiles.dns_names import a_label

if TYPE_CHECKING:
    from pkitools.requests.reading import RequestFacts
    from pkitools.x509.model import CertificateFacts


def names_in(facts: CertificateFacts | RequestFacts) -> set[str]:
    """Return the names in a certificate or a request, as they are compared: its common name and its DNS names."""
    dns = (name.value for name in facts.subject_alternative_name or () if name.kind == "dns")
    return compared((facts.subject.common_name, *dns))


def compared(names: Iterable[str | None]) -> set[str]:
    """Return names as they are compared; one that is not given is none."""
    return {same_name(name) for name in names if name}


def same_name(name: str) -> str:
    """Return a name as it is compared: it may be stated as it is read, and stands in a certificate as it is sent."""
    written = name if name.isascii() else a_label(name)
    known = written if written.isascii() else name  # of which nobody can tell how it is sent
    return trial().bare(known.strip().rstrip("."))
