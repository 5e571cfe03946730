"""What a folder of ``--trust`` holds beside roots: a test PKI keeps authorities and CRLs in folders of their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pkitools.trust import TrustStore


def trust_of(trusted: Sequence[str]) -> TrustStore | None:
    """Return what ``--trust`` gave, with the authorities of each test PKI among it; ``None`` where it gave nothing."""
    from pkitools.trust import TrustStore

    given = (*trusted, *map(str, authorities_beside(trusted)))
    return TrustStore.from_files(given) if given else None


def authorities_beside(trusted: Iterable[str]) -> list[Path]:
    """Return the folders with the certificates of authorities, of each test PKI among what is trusted."""
    return _folders(trusted, "certs")


def crls_beside(trusted: Iterable[str]) -> list[Path]:
    """Return the folders with CRLs, likewise."""
    return _folders(trusted, "crl")


def _folders(trusted: Iterable[str], name: str) -> list[Path]:
    found = [Path(folder) / name for folder in trusted if (Path(folder) / "trust.pem").is_file()]
    return [folder for folder in found if folder.is_dir() and any(folder.iterdir())]
