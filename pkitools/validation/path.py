"""Path validation: build, check, ask an engine, and say why not.

>>> result = validate_path(leaf, intermediates=chain, anchors=roots, moment=moment)  # doctest: +SKIP
>>> result.report.verdict, result.path  # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from pkitools.errors import InvalidValueError
from pkitools.findings import Evidence, Rule
from pkitools.limits import MAX_LISTED
from pkitools.validation import rules
from pkitools.validation.building import MAX_INTERMEDIATES, Path, Pool, Search, first_path, pool
from pkitools.validation.certificate import PathCertificate, load
from pkitools.validation.checks import Violation, check_path
from pkitools.validation.engines.fast import CryptographyEngine, lacking
from pkitools.validation.engines.protocol import EngineRequest, EngineResult, PathEngine, PolicyInput
from pkitools.validation.failure import explain
from pkitools.validation.host import names_host, presented
from pkitools.validation.policy import MAX_POLICIES, TooManyPolicies, policies_matter, valid_policies
from pkitools.validation.result import Attempt, PathNotVerifiedError, PathResult, VerifiedPath, verified
from pkitools.x509.der import DERError

FAST: Final[PathEngine] = CryptographyEngine()

_DEFAULT_POLICIES: Final = PolicyInput()


@dataclass(frozen=True, slots=True)
class Question:
    """Everything asked of a path; see :func:`validate_path`."""

    moment: datetime
    purpose: str | None = None
    host: str | None = None
    strict: bool = False
    cross_check: bool = False
    policies: PolicyInput = _DEFAULT_POLICIES
    weak: bool = False
    max_intermediates: int = MAX_INTERMEDIATES
    not_applicable: tuple[Rule, ...] = field(default=())


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
        dangerously_accept_weak_algorithms: let SHA-1 and short keys pass; for conformance suites of an older time.

    Returns:
        The report, and the proof when the path was verified.

    Raises:
        InputError: ``leaf`` is no certificate.
        InvalidValueError: ``moment`` is not aware.
    """
    if moment.utcoffset() is None:
        raise InvalidValueError("validation.error.naive_moment")
    moment = moment.replace(microsecond=0)  # certificates count whole seconds, the last one included
    question = Question(
        moment, purpose, host, strict, cross_check, policies, dangerously_accept_weak_algorithms, max_intermediates
    )
    end_entity = load(leaf)
    between, trusted = pool(tuple(intermediates)), pool(tuple(anchors))
    path = first_path(end_entity, between, trusted, max_intermediates)
    if path is not None:
        attempt = try_path(path, question)
        if attempt.accepted:
            return _result(attempt, question, 1, between, trusted)
    return _search(end_entity, between, trusted, pool(tuple(other_anchors)), question)


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


def try_path(path: Path, question: Question) -> Attempt:
    """Hold one complete path to our own checks and, when it passes them, to the engine or engines."""
    violations = _own_checks(path, question)
    if violations:
        return Attempt(path, tuple(violations), complete=True)
    request = EngineRequest(path, question.moment, question.policies)
    needs = lacking(request)
    results = [engine.verify(request) for engine in _engines(needs, question.cross_check)]
    names = " + ".join(result.engine for result in results)
    policies = next((r.policies for r in results if r.policies is not None), None)
    return Attempt(path, tuple(_refusals(results)), complete=True, engine=names, policies=policies)


def _own_checks(path: Path, question: Question) -> list[Violation]:
    found = check_path(path, question.moment, question.purpose, weak=question.weak)
    if question.host is not None and not names_host(path[0], question.host):
        params = {"name": path[0].subject_text, "host": question.host, "present": presented(path[0], MAX_LISTED)}
        found.append(Violation(rules.HOST, 0, params))
    found.extend(_policies(path, question.policies))
    if question.strict:
        from pkitools.validation.strict import check_strict

        found.extend(check_strict(path, question.host))
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


def _engines(needs: tuple[str, ...], cross_check: bool) -> list[PathEngine]:
    if not needs and not cross_check:
        return [FAST]
    from pkitools.validation.engines.full import CertvalidatorEngine  # 0.25 s, and only some paths need it

    full: PathEngine = CertvalidatorEngine()
    return [full] if needs else [FAST, full]


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


def _result(attempt: Attempt, question: Question, candidates: int, *pools: Pool) -> PathResult:
    path = None
    if attempt.accepted:
        path = verified(
            attempt.path, question.moment, attempt.engine, purpose=question.purpose, policies=attempt.policies
        )
    unasked: list[Rule] = []
    if question.host is None:
        unasked.append(rules.HOST)
    if question.purpose is None:
        unasked.append(rules.EKU_PURPOSE)
    if not question.cross_check:
        unasked.append(rules.AGREEMENT)
    if not question.strict:
        unasked.extend(rules.STRICT_RULES)
    return PathResult(path, attempt, question.moment, candidates, tuple(unasked), sum(p.unreadable for p in pools))


def _search(leaf: PathCertificate, between: Pool, trusted: Pool, others: Pool, question: Question) -> PathResult:
    search = Search(leaf, between, trusted, question.max_intermediates)
    attempts = []
    for path in search.paths():
        attempt = try_path(path, question)
        attempts.append(attempt)
        if attempt.accepted:
            return _result(attempt, question, len(attempts), between, trusted)
    shown = explain(search, attempts, others, lambda path: _own_checks(path, question))
    return _result(shown, question, len(attempts), between, trusted)
