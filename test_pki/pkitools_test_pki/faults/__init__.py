"""Everything that can be wrong with a source of revocation: 113 faults, by name.

A validator proves itself by what it says of each. The catalogue (``catalogue.toml``) names them and says what the
status of the certificate must be; :mod:`~pkitools_test_pki.faults.http` misbehaves as a server,
:mod:`~pkitools_test_pki.faults.crls` and :mod:`~pkitools_test_pki.faults.responses` make the CRLs and OCSP responses.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal

from pkitools.frozen import dataclass
from pkitools.messages import Language
from pkitools.package_data import read_toml

Kind = Literal["http", "crl", "ocsp", "aia", "local"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    Args:
        name: row of the matrix and variant: ``N4.body``.
        kind: ``http`` and ``aia`` are served, ``crl`` and ``ocsp`` are documents, ``local`` is up to the client.
        status: what a validator must say: ``good``, ``revoked`` or ``unknown``.
        code: why unknown.
        nl, en: what it is, in a few words.
    """

    name: str
    kind: Kind
    status: str
    code: str
    nl: str
    en: str

    @property
    def descriptions(self) -> Mapping[Language, str]:
        """What it is, by language."""
        return {"nl": self.nl, "en": self.en}

    @property
    def row(self) -> str:
        """The row of the matrix: ``N4``."""
        return self.name.partition(".")[0]


@cache
def faults() -> dict[str, Fault]:
    """Return every fault by its name, in the order of the matrix."""
    return {name: Fault(name, **entry) for name, entry in read_toml(__name__, "catalogue.toml").items()}
