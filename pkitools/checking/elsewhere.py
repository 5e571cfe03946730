"""Certificates judged in other threads or processes: what is sent there, and the little that comes back.

From another process come the verdict and what is told, less than two kilobytes; what else a result holds is the same
wherever it is judged, so it is made here when somebody asks for it. Where a network or a cache was asked that does not
hold: then the whole result comes back.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from operator import length_hint
from typing import TYPE_CHECKING, Final, NamedTuple
from weakref import WeakKeyDictionary

from pkitools.checking.question import Question
from pkitools.checking.result import CheckResult
from pkitools.checking.workers import HandingOut, Judges, Token, Unknown, new_token, workers_of
from pkitools.errors import InputError
from pkitools.findings import Outcome
from pkitools.frozen import replace
from pkitools.revocation import CertificateRevocationList
from pkitools.x509.given import CERTIFICATE, CRL, Given, one_der

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from pkitools.checking.checker import Checker

_PER_TASK: Final = 16
"""Certificates that go to a worker together where nobody knows how many there are: a task costs as much as one."""
_MOST, _FEW = 64, 8
"""The same where that is known: of many more go together, and of the last as few, as one worker waits for the other."""
_PARTS: Final = 3
"""Into how many tasks for each worker what is left would go."""
_TASKS: Final = 16
"""Into how many for each worker those go that are few: one that is fetched for waits."""

Make = Callable[[Question], "Checker"]


class _Told(NamedTuple):
    """What comes back of one certificate."""

    subject: str
    told: tuple[Outcome, ...]
    looked: bool


_Group = tuple[bytes | InputError, ...]
_Answer = Sequence[CheckResult | InputError | _Told]

_CHECKERS: Final[Judges[Checker]] = Judges()
_TOKENS: Final[WeakKeyDictionary[Checker, Token]] = WeakKeyDictionary()
"""The same for a checker each time it is asked: its workers know the question then, and what was verified for it."""


def judged_by(
    executor: Executor, checker: Checker, asked: Question, make: Make, certificates: Iterable[Given]
) -> Iterator[CheckResult | InputError]:
    """Judge certificates by the workers of an executor, in the order given.

    Args:
        executor: of threads, of processes, or another.
        checker: what judges in this process.
        asked: its question.
        make: makes a checker of a question, in another process.
        certificates: end entities; a little of them is read ahead.
    """
    named = _token(checker), not asked.material.is_at_hand
    handing: HandingOut[_Group, _Answer] = HandingOut(executor, _work, named, lambda: (make, _to_send(asked)))
    for group, answer in handing.answers(_groups(certificates, workers_of(executor))):
        judged = iter(answer)
        for given in group:
            if isinstance(given, InputError):
                yield given
                continue
            found = next(judged)
            yield _result(checker, asked, given, found) if isinstance(found, _Told) else found


def judged_or_error(checker: Checker, certificate: Given) -> CheckResult | InputError:
    """Judge one certificate of many: what cannot be read gives its error."""
    try:
        return checker.check(certificate)
    except InputError as error:
        return error


def _token(checker: Checker) -> Token:
    token = _TOKENS.get(checker)
    if token is None or token[0] != os.getpid():  # a process that was forked asks for itself
        token = _TOKENS[checker] = new_token()
        _CHECKERS.made_here(token, checker)
    return token


def _groups(certificates: Iterable[Given], workers: int) -> Iterator[tuple[_Group, Sequence[bytes], int]]:
    left = length_hint(certificates)
    few = min(_FEW, max(1, left // (_TASKS * workers)))
    each = map(_der, certificates)
    while group := tuple(islice(each, max(few, min(_MOST, left // (_PARTS * workers))) if left > 0 else _PER_TASK)):
        left -= len(group)
        ders = [each for each in group if isinstance(each, bytes)]
        yield group, ders, sum(map(len, ders))


def _der(certificate: Given) -> bytes | InputError:
    try:
        return one_der(certificate, CERTIFICATE, "certificate")
    except InputError as error:
        return error


def _result(checker: Checker, asked: Question, der: bytes, found: _Told) -> CheckResult:
    """Return the result of a certificate, of which the rest is made when somebody asks for it."""
    return CheckResult.of(der, asked, found.subject, found.told, found.looked, lambda: checker.check(der))


def _work(token: Token, whole: bool, question: bytes | None, ders: Sequence[bytes]) -> _Answer | Unknown:
    """Judge certificates, in whatever process this is."""
    checker = _CHECKERS.find(token, question)
    if isinstance(checker, Unknown):
        return checker
    results = [judged_or_error(checker, der) for der in ders]
    if whole or _CHECKERS.is_own(token):
        return results
    return [_told(result) if isinstance(result, CheckResult) else result for result in results]


def _told(result: CheckResult) -> _Told:
    report = result.report
    return _Told(report.subject, tuple(report.told), report.has_looked)


def _to_send(asked: Question) -> Question:
    """Return a question as it travels: lists as their bytes, and not with what was found in them."""
    crls = tuple(map(_as_it_came, asked.material.crls))
    return replace(asked, material=replace(asked.material, crls=crls))


def _as_it_came(crl: bytes | CertificateRevocationList) -> bytes:
    if isinstance(crl, bytes):
        return crl
    if not crl.was_pem:
        return crl.der
    from pkitools.requests.keys import to_pem

    return to_pem(CRL, crl.der)
