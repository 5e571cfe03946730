"""Path validation: build, check, ask an engine, and say why not.

>>> result = validate_path(leaf, intermediates=chain, anchors=roots, moment=moment)  # doctest: +SKIP
>>> result.report.verdict, result.path  # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from pkitools.errors import InvalidValueError
from pkitools.findings import Evidence, Rule
from pkitools.limits import MAX_LISTED
from pkitools.validation import rules
from pkitools.validation.building import MAX_INTERMEDIATES, Path, Pool, Search, first_path, pool
from pkitools.validation.checks import Violation, check_path
from pkitools.validation.engines.fast import CryptographyEngine, lacking
from pkitools.validation.engines.protocol import EngineRequest, EngineResult, PathEngine, PolicyInput
from pkitools.validation.failure import explain
from pkitools.validation.host import names_host, presented
from pkitools.validation.policy import MAX_POLICIES, TooManyPolicies, policies_matter, valid_policies
from pkitools.validation.result import PathAttempt, PathNotVerifiedError, PathResult, VerifiedPath, verified
from pkitools.x509.der import DERError
from pkitools.x509.path_certificate import PathCertificate, load

FAST: Final[PathEngine] = CryptographyEngine()

_DEFAULT_POLICIES: Final = PolicyInput()


@dataclass(frozen=True, slots=True)
class PathQuery:
    """Everything asked of a path; see :func:`validate_path`."""

    moment: datetime
    purpose: str | None = None
    host: str | None = None
    strict: bool = False
    cross_check: bool = False
    policies: PolicyInput = _DEFAULT_POLICIES
    weak: bool = False
    max_intermediates: int = MAX_INTERMEDIATES
    crls: tuple[bytes, ...] = ()

    @property
    def not_applicable(self) -> tuple[Rule, ...]:
        """The rules that were not asked."""
        return _not_asked((self.host is None, self.purpose is None, not self.cross_check, not self.strict))


def validate_path(
    leaf: bytes,
    *,
    intermediates: Iterable[bytes] = (),
    anchors: Iterable[bytes],
    moment: datetime,
    other_anchors: Iterable[bytes] = (),
    purpose: str | None = None,
    host: str | None = None,
    strict: bool = False,
    cross_check: bool = False,
    policies: PolicyInput = _DEFAULT_POLICIES,
    max_intermediates: int = MAX_INTERMEDIATES,
    crls: Iterable[bytes] = (),
    dangerously_accept_weak_algorithms: bool = False,
) -> PathResult:
    """Judge whether a path leads from ``leaf`` to one of ``anchors`` at ``moment``.

    Args:
        leaf: DER of the end entity.
        intermediates: DER of certificates that may stand between, in any order; what does not belong does no harm.
        anchors: DER of the certificates trusted here; an issuing authority will do as well as a root.
        moment: validation time, aware UTC.
        other_anchors: DER of anchors known but not trusted here (of the other environment, of another hierarchy):
            used only to say which one would have matched.
        purpose: OID of the extended key usage the certificate is to be used for.
        host: DNS name or address of a TLS host the certificate must name; names are not checked otherwise.
        strict: put the rules of RFC 5280 and of the public web PKI beside those of PKIoverheid.
        cross_check: ask both engines and require that they agree.
        policies: inputs to policy processing.
        max_intermediates: most certificates between end entity and anchor; self-issued ones do not count.
        crls: with ``strict``: lists that are held to its rules too. What they revoke is
            :func:`pkitools.revocation.check_revocation`'s to say.
        dangerously_accept_weak_algorithms: let SHA-1 and short keys pass; for conformance suites of an older time.

    Returns:
        The report, and the proof when the path was verified.

    Raises:
        InputError: ``leaf`` is no certificate.
        InvalidValueError: ``moment`` is not aware.
    """
    question = asked(
        moment,
        purpose=purpose,
        host=host,
        strict=strict,
        cross_check=cross_check,
        policies=policies,
        weak=dangerously_accept_weak_algorithms,
        max_intermediates=max_intermediates,
        crls=tuple(crls),
    )
    end_entity = load(leaf)
    return judge(end_entity, pool(tuple(intermediates)), pool(tuple(anchors)), pool(tuple(other_anchors)), question)


def asked(moment: datetime, **more: Any) -> PathQuery:
    """Return the question, its moment in whole seconds.

    Raises:
        InvalidValueError: ``moment`` is not aware.
    """
    if moment.utcoffset() is None:
        raise InvalidValueError("validation.error.naive_moment")
    return PathQuery(moment.replace(microsecond=0), **more)  # certificates count whole seconds


@cache
def _not_asked(unasked: tuple[bool, bool, bool, bool]) -> tuple[Rule, ...]:
    groups = ((rules.HOST,), (rules.EKU_PURPOSE,), (rules.AGREEMENT,), rules.STRICT_RULES)
    return tuple(rule for group, absent in zip(groups, unasked, strict=True) if absent for rule in group)


def judge(leaf: PathCertificate, between: Pool, trusted: Pool, others: Pool, question: PathQuery) -> PathResult:
    """Try the likeliest path; when it will not do, search."""
    path = first_path(leaf, between, trusted, question.max_intermediates)
    if path is not None:
        attempt = try_path(path, question)
        if attempt.accepted:
            return result_of(attempt, question, 1, between, trusted)
    return _search(leaf, between, trusted, others, question)


def verify_path(
    leaf: bytes,
    *,
    intermediates: Iterable[bytes] = (),
    anchors: Iterable[bytes],
    moment: datetime,
    purpose: str | None = None,
    host: str | None = None,
    strict: bool = False,
    cross_check: bool = False,
    policies: PolicyInput = _DEFAULT_POLICIES,
) -> VerifiedPath:
    """Return the proof that a path leads from ``leaf`` to one of ``anchors`` at ``moment``.

    Args: see :func:`validate_path`.

    Raises:
        PathNotVerifiedError: there is none; its ``result`` holds the report.
        InputError: ``leaf`` is no certificate.
    """
    result = validate_path(
        leaf,
        intermediates=intermediates,
        anchors=anchors,
        moment=moment,
        purpose=purpose,
        host=host,
        strict=strict,
        cross_check=cross_check,
        policies=policies,
    )
    if result.path is None:
        raise PathNotVerifiedError(result)
    return result.path


def try_path(path: Path, question: PathQuery) -> PathAttempt:
    """Hold one complete path to our own checks and, when it passes them, to the engine or engines."""
    violations = own_checks(path, question)
    if violations:
        return PathAttempt(path, tuple(violations), complete=True)
    request = EngineRequest(path, question.moment, question.policies)
    needs = lacking(request)
    if not needs and not question.cross_check:
        result = FAST.verify(request)
        refusals = () if result.accepted else tuple(_refusals([result]))
        return PathAttempt(path, refusals, complete=True, engine=result.engine)
    return _try_full(request, needs, question.cross_check)


def _try_full(request: EngineRequest, needs: tuple[str, ...], cross_check: bool) -> PathAttempt:
    from pkitools.validation.engines.full import CertvalidatorEngine  # 0.25 s, and only some paths need it

    full: PathEngine = CertvalidatorEngine()
    results = [engine.verify(request) for engine in ([full] if needs else [FAST, full])]
    violations = _refusals(results)
    if needs and cross_check:
        evidence = tuple(Evidence(f"engine.{FAST.name}.lacks", need) for need in needs)
        violations.append(Violation(rules.AGREEMENT, None, {}, evidence, reason="one_engine"))
    names = " + ".join(result.engine for result in results)
    policies = next((r.policies for r in results if r.policies is not None), None)
    return PathAttempt(request.path, tuple(violations), complete=True, engine=names, policies=policies)


def own_checks(path: Path, question: PathQuery) -> list[Violation]:
    """Return what our own checks find wrong with a complete path: all but signatures."""
    found = check_path(path, question.moment, question.purpose, weak=question.weak)
    found.extend(_policies(path, question.policies))
    found.extend(asked_checks(path, question))
    return found


def asked_checks(path: Path, question: PathQuery) -> list[Violation]:
    """Return what is wrong by the rules that only apply when asked: the host's name, the strict rules."""
    found: list[Violation] = []
    if question.host is not None and not names_host(path[0], question.host):
        params = {"name": path[0].subject_text, "host": question.host, "present": presented(path[0], MAX_LISTED)}
        found.append(Violation(rules.HOST, 0, params))
    if question.strict:
        from pkitools.validation.strict import check_strict

        found.extend(check_strict(path, question.host, question.crls))
    return found


def _policies(path: Path, policies: PolicyInput) -> list[Violation]:
    if not policies_matter(path, policies):
        return []
    try:
        if valid_policies(path, policies) is not None:
            return []
    except DERError as error:
        detail = f"certificatePolicies: {error.detail}"
        return [Violation(rules.ENCODING, 0, {"name": path[0].subject_text, "detail": detail})]
    except TooManyPolicies:
        return [Violation(rules.BUDGET, None, {"limit": f"policies ({MAX_POLICIES})"})]
    accepted = ", ".join(sorted(policies.initial_policies or ())) or "anyPolicy"
    return [Violation(rules.POLICY, None, {"accepted": accepted})]


def _refusals(results: list[EngineResult]) -> list[Violation]:
    refused = [r for r in results if not r.accepted]
    found = [
        Violation(rules.ENGINE, None, {"engine": r.engine}, (Evidence(f"engine.{r.engine}", r.reason),))
        for r in refused
    ]
    if refused and len(refused) < len(results):
        accepted = next(r.engine for r in results if r.accepted)
        found.append(Violation(rules.AGREEMENT, None, {"accepted": accepted, "refused": refused[0].engine}))
    return found


def result_of(attempt: PathAttempt, question: PathQuery, candidates: int, *pools: Pool) -> PathResult:
    """Return the result of the attempt the report is to be about; only an accepted one gives the proof."""
    path = None
    if attempt.accepted:
        path = verified(
            attempt.path, question.moment, attempt.engine, purpose=question.purpose, policies=attempt.policies
        )
    unreadable = sum([p.unreadable for p in pools])
    return PathResult(path, attempt, question.moment, candidates, question.not_applicable, unreadable)


def _search(leaf: PathCertificate, between: Pool, trusted: Pool, others: Pool, question: PathQuery) -> PathResult:
    search = Search(leaf, between, trusted, question.max_intermediates)
    attempts = []
    for path in search.paths():
        attempt = try_path(path, question)
        attempts.append(attempt)
        if attempt.accepted:
            return result_of(attempt, question, len(attempts), between, trusted)
    shown = explain(search, attempts, others, lambda path: own_checks(path, question))
    return result_of(shown, question, len(attempts), between, trusted)
