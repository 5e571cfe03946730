"""Certificates judged in other threads or processes: what is sent there, and the little that comes back.

From another process come the verdict and what is told, less than two kilobytes; what else a result holds is the same
wherever it is judged, so it is made here when somebody asks for it. Where a network or a cache was asked that does not
hold: then the whole result comes back.
"""

from __future__ import annotations

import os
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple
from weakref import WeakValueDictionary

from pkitools.checking.judgement import CheckResult
from pkitools.checking.question import Question
from pkitools.errors import InputError
from pkitools.findings import Outcome
from pkitools.frozen import replace
from pkitools.revocation import CertificateRevocationList
from pkitools.x509.given import CERTIFICATE, CRL, Given, one_der

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

    from pkitools.checking.checker import Checker

_PER_TASK: Final = 16
"""Certificates that go to a worker together: handing one over costs as much as judging a tenth of it."""

_AHEAD: Final = 8
"""Tasks under way for each worker: the next is there when one is done, and no more is read ahead."""

_MOST_KEPT: Final = 4
"""Questions a worker keeps."""

Token = tuple[int, bytes]
"""Process that asks, and octets that nobody else has: workers may serve several machines with equal process numbers."""

Make = Callable[[Question], "Checker"]


class _Told(NamedTuple):
    """What comes back of one certificate."""

    subject: str
    told: tuple[Outcome, ...]
    looked: bool


_HERE: Final[WeakValueDictionary[Token, Checker]] = WeakValueDictionary()
_ARRIVED: Final[OrderedDict[Token, Checker]] = OrderedDict()


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
    token = os.getpid(), os.urandom(16)
    _HERE[token] = checker
    whole = not asked.material.is_at_hand
    sent: list[bytes] = []
    waiting: deque[tuple[tuple[bytes | InputError, ...], Future[_Answer]]] = deque()
    ahead = _AHEAD * (getattr(executor, "_max_workers", None) or os.cpu_count() or 1)
    each = map(_der, certificates)
    while group := tuple(islice(each, _PER_TASK)):
        ders = [each for each in group if isinstance(each, bytes)]
        waiting.append((group, executor.submit(_work, token, whole, None, ders)))
        if len(waiting) >= ahead:
            yield from _received(executor, token, checker, asked, make, whole, sent, *waiting.popleft())
    while waiting:
        yield from _received(executor, token, checker, asked, make, whole, sent, *waiting.popleft())


def judged_or_error(checker: Checker, certificate: Given) -> CheckResult | InputError:
    """Judge one certificate of many: what cannot be read gives its error."""
    try:
        return checker.check(certificate)
    except InputError as error:
        return error


def _der(certificate: Given) -> bytes | InputError:
    try:
        return one_der(certificate, CERTIFICATE, "certificate")
    except InputError as error:
        return error


_Answer = Sequence[CheckResult | InputError | _Told] | None


def _received(  # noqa: PLR0917 all that one task is made of
    executor: Executor,
    token: Token,
    checker: Checker,
    asked: Question,
    make: Make,
    whole: bool,
    sent: list[bytes],
    group: tuple[bytes | InputError, ...],
    future: Future[_Answer],
) -> Iterator[CheckResult | InputError]:
    answer = future.result()
    if answer is None:  # a worker that does not know the question yet
        if not sent:
            import pickle  # who judges in this process does not wait for it

            sent.append(pickle.dumps((make, _to_send(asked))))
        ders = [each for each in group if isinstance(each, bytes)]
        answer = executor.submit(_work, token, whole, sent[0], ders).result()
    assert answer is not None
    judged = iter(answer)
    for given in group:
        if isinstance(given, InputError):
            yield given
            continue
        found = next(judged)
        yield _result(checker, asked, given, found) if isinstance(found, _Told) else found


def _result(checker: Checker, asked: Question, der: bytes, found: _Told) -> CheckResult:
    """Return the result of a certificate, of which the rest is made when somebody asks for it."""
    return CheckResult.of(der, asked, found.subject, found.told, found.looked, lambda: checker.check(der))


def _work(token: Token, whole: bool, question: bytes | None, ders: Sequence[bytes]) -> _Answer:
    """Judge certificates, in whatever process this is; ``None`` where the question is not known here."""
    here = _HERE.get(token) if token[0] == os.getpid() else None
    checker = here or _HERE.get(token) or _ARRIVED.get(token)
    if checker is None:
        if question is None:
            return None
        import pickle

        make, asked = pickle.loads(question)  # noqa: S301 made by the process that submits to this one
        checker = _ARRIVED[token] = make(asked)
        while len(_ARRIVED) > _MOST_KEPT:
            _ARRIVED.popitem(last=False)
    results = [judged_or_error(checker, der) for der in ders]
    if whole or here:
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
