"""The broken certificates, each made once in a process whatever number of tests looks at it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache

from pkitools.checking import CheckResult
from pkitools_test_pki.defects import BrokenCertificate, Laboratory, get_defect
from pkitools_test_pki.defects.laboratory import KeyRing
from pkitools_test_pki.defects.registry import defects

_KEYS = KeyRing()
"""The RSA keys of all laboratories: they cost more than all the rest."""


@cache
def laboratory(moment: datetime) -> Laboratory:
    return Laboratory(moment, keys=_KEYS)


@cache
def broken(name: str, moment: datetime) -> BrokenCertificate:
    return get_defect(name).build(laboratory(moment))


@cache
def judged(name: str, moment: datetime) -> CheckResult:
    """What ``cert check`` says of it."""
    return broken(name, moment).check()


class Catalogue(Mapping[str, BrokenCertificate]):
    """Name → broken certificate, made when first asked for."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment
        self._names = [defect.name for defect in defects()]

    def __getitem__(self, name: str) -> BrokenCertificate:
        return broken(name, self._moment)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
