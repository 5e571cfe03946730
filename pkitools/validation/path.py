"""Path validation: build, check, ask an engine, and say why not.

>>> result = validate_path(leaf, intermediates=chain, anchors=roots, moment=moment)  # doctest: +SKIP
>>> result.report.verdict, result.path  # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from typing import Final

from pkitools.arguments import aware, of_type, optional
from pkitools.findings import Evidence, NotChecked, Rule, Violated
from pkitools.frozen import dataclass
from pkitools.limits import MAX_LISTED
from pkitools.validation import rules
from pkitools.validation.building import MAX_INTERMEDIATES, Path, Pool, Search, first_path, given_pool
from pkitools.validation.checks import Refusal, ask_rules, check_path, violates
from pkitools.validation.engines.fast import CryptographyEngine, lacking
from pkitools.validation.engines.protocol import EngineRequest, EngineResult, PathEngine
from pkitools.validation.policy import (
    DEFAULT_POLICIES,
    MAX_POLICIES,
    PolicyInput,
    TooManyPolicies,
    policies_matter,
    valid_policies,
)
from pkitools.validation.result import PathAttempt, PathNotVerifiedError, PathResult, VerifiedPath, verified
from pkitools.x509.der import DERError
from pkitools.x509.given import CERTIFICATE, CRL, Given, one_der, several_ders
from pkitools.x509.oids import SERVER_AUTH
from pkitools.x509.path_certificate import PathCertificate, load

FAST: Final[PathEngine] = CryptographyEngine()
_OF_ENGINES: Final = (rules.ENGINE,)


@dataclass(frozen=True, slots=True)
class PathQuery:
    """Everything asked of a path, beside the certificates: see :func:`validate_path` for what each means.

    Raises:
        InvalidValueError: ``moment`` is not aware, or ``host`` is no name and no address.
    """

    moment: datetime
    purpose: str | None = None
    host: str | None = None
    strict: bool = False
    cross_check: bool = False
    policies: PolicyInput = DEFAULT_POLICIES
    weak: bool = False
    max_intermediates: int = MAX_INTERMEDIATES
    crls: tuple[bytes, ...] = ()
    raise_crashes: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "moment", aware(self.moment))
        of_type(self.policies, PolicyInput, "policies")
        of_type(self.max_intermediates, int, "max_intermediates")
        optional(self.purpose, str, "purpose")
        if self.host is not None:
            from pkitools.validation.host import require_host

            require_host(self.host)
            if self.purpose is None:
                object.__setattr__(self, "purpose", SERVER_AUTH)
        if self.moment.microsecond:
            # certificates count whole seconds
            object.__setattr__(self, "moment", self.moment.replace(microsecond=0))

    @property
    def not_applicable(self) -> tuple[Rule, ...]:
        """The rules that were not asked."""
        return _not_asked((self.host is None, self.purpose is None, not self.cross_check, not self.strict))


def validate_path(
    leaf: Given,
    *,
    intermediates: Given | Iterable[Given] = (),
    anchors: Given | Iterable[Given],
    moment: datetime,
    other_anchors: Given | Iterable[Given] = (),
    purpose: str | None = None,
    host: str | None = None,
    strict: bool = False,
    cross_check: bool = False,
    policies: PolicyInput = DEFAULT_POLICIES,
    max_intermediates: int = MAX_INTERMEDIATES,
    crls: Given | Iterable[Given] = (),
    dangerously_accept_weak_algorithms: bool = False,
    raise_crashes: bool = False,
) -> PathResult:
    """Judge whether a path leads from ``leaf`` to one of ``anchors`` at ``moment``.

    Args:
        leaf: the end entity: DER, PEM with one certificate, a path, or an object of ``cryptography``.
        intermediates: certificates that may stand between, in any order; what does not belong does no harm.
        anchors: the certificates trusted here; an issuing authority will do as well as a root.
        moment: validation time, aware UTC.
        other_anchors: anchors known but not trusted here (of the other environment, of another hierarchy):
            used only to say which one would have matched.
        purpose: OID of the extended key usage the certificate is to be used for.
        host: DNS name or address of a TLS host the certificate must name; names are not checked otherwise. Without a
            ``purpose`` it is to be a TLS server then.
        strict: put the rules of RFC 5280 and of the public web PKI beside those of PKIoverheid.
        cross_check: ask both engines and require that they agree.
        policies: inputs to policy processing.
        max_intermediates: most certificates between end entity and anchor; self-issued ones do not count.
        crls: with ``strict``: lists that are held to its rules too. What they revoke is
            :func:`pkitools.revocation.check_revocation`'s to say.
        dangerously_accept_weak_algorithms: let SHA-1 and short keys pass; for conformance suites of an older time.
        raise_crashes: let a fault of a check itself through instead of reporting it as NOT_CHECKED; for tests.

    Returns:
        The report, and the proof when the path was verified.

    Raises:
        InputError: ``leaf`` is no certificate.
        InvalidValueError: ``moment`` is not aware, ``host`` is no name and no address, or what was given is nothing
            that could be a certificate.
    """
    query = PathQuery(
        moment,
        purpose=purpose,
        host=host,
        strict=strict,
        cross_check=cross_check,
        policies=policies,
        weak=dangerously_accept_weak_algorithms,
        max_intermediates=max_intermediates,
        crls=several_ders(crls, CRL, "crls"),
        raise_crashes=raise_crashes,
    )
    return judge(
        load(one_der(leaf, CERTIFICATE, "leaf")),
        given_pool(intermediates, "intermediates"),
        given_pool(anchors, "anchors"),
        given_pool(other_anchors, "other_anchors"),
        query,
    )


@cache
def _not_asked(unasked: tuple[bool, bool, bool, bool]) -> tuple[Rule, ...]:
    groups = ((rules.HOST,), (rules.EKU_PURPOSE,), (rules.AGREEMENT,), rules.STRICT_RULES)
    return tuple(rule for group, absent in zip(groups, unasked, strict=True) if absent for rule in group)


def judge(leaf: PathCertificate, between: Pool, trusted: Pool, others: Pool, query: PathQuery) -> PathResult:
    """Try the likeliest path; when it will not do, search."""
    path = first_path(leaf, between, trusted, query.max_intermediates)
    if path is not None:
        attempt = try_path(path, query)
        if attempt.accepted:
            return result_of(attempt, query, 1, between, trusted)
    return _search(leaf, between, trusted, others, query)


def verify_path(
    leaf: Given,
    *,
    intermediates: Given | Iterable[Given] = (),
    anchors: Given | Iterable[Given],
    moment: datetime,
    purpose: str | None = None,
    host: str | None = None,
    strict: bool = False,
    cross_check: bool = False,
    policies: PolicyInput = DEFAULT_POLICIES,
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


def try_path(path: Path, query: PathQuery) -> PathAttempt:
    """Hold one complete path to our own checks and, when it passes them, to the engine or engines."""
    refusals = own_checks(path, query)
    if refusals:
        return PathAttempt(path, tuple(refusals), complete=True)
    heard: list[EngineResult] = []
    ask_rules(refusals, _OF_ENGINES, _ask_engines, path, query, heard, raise_crashes=query.raise_crashes)
    names = " + ".join(result.engine for result in heard)
    policies = next((result.policies for result in heard if result.policies is not None), None)
    return PathAttempt(path, tuple(refusals), complete=True, engine=names, policies=policies)


def _ask_engines(path: Path, query: PathQuery, heard: list[EngineResult]) -> Iterator[Refusal]:
    """Ask the engine this path needs, or both; what each says is put into ``heard``."""
    request = EngineRequest(path, query.moment, query.policies)
    needs = lacking(request)
    if not needs:
        heard.append(FAST.verify(request))
    if needs or query.cross_check:
        from pkitools.validation.engines.full import CertvalidatorEngine  # 0.25 s, and only some paths need it

        heard.append(CertvalidatorEngine().verify(request))
    yield from _refusals(heard)
    if needs and query.cross_check:
        evidence = tuple(Evidence(f"engine.{FAST.name}.lacks", need) for need in needs)
        yield Refusal(rules.AGREEMENT, NotChecked("one_engine", evidence=evidence))


def own_checks(path: Path, query: PathQuery) -> list[Refusal]:
    """Return what our own checks find wrong with a complete path: all but signatures."""
    found = check_path(path, query.moment, query.purpose, weak=query.weak, raise_crashes=query.raise_crashes)
    if policies_matter(path, query.policies):
        ask_rules(found, (rules.POLICY,), _policies, path, query.policies, raise_crashes=query.raise_crashes)
    found.extend(asked_checks(path, query))
    return found


def asked_checks(path: Path, query: PathQuery) -> list[Refusal]:
    """Return what is wrong by the rules that only apply when asked: the host's name, the strict rules."""
    found: list[Refusal] = []
    if query.host is not None:
        ask_rules(found, (rules.HOST,), _host, path[0], query.host, index=0, raise_crashes=query.raise_crashes)
    if query.strict:
        from pkitools.validation.strict import check_strict

        found.extend(check_strict(path, query.host, query.crls, raise_crashes=query.raise_crashes))
    return found


def _host(leaf: PathCertificate, host: str) -> Iterator[Refusal]:
    from pkitools.validation.host import names_host, presented

    if not names_host(leaf, host):
        yield violates(rules.HOST, 0, name=leaf.subject_text, host=host, present=presented(leaf, MAX_LISTED))


def _policies(path: Path, policies: PolicyInput) -> Iterator[Refusal]:
    try:
        if valid_policies(path, policies) is not None:
            return
    except DERError as error:
        yield violates(rules.ENCODING, 0, name=path[0].subject_text, detail=error.inside("certificatePolicies"))
    except TooManyPolicies:
        yield violates(rules.BUDGET, limit=f"policies ({MAX_POLICIES})")
    else:
        yield violates(rules.POLICY, accepted=", ".join(sorted(policies.initial_policies or ())) or "anyPolicy")


def _refusals(heard: list[EngineResult]) -> Iterator[Refusal]:
    refused = [result for result in heard if not result.accepted]
    for result in refused:
        evidence = (Evidence(f"engine.{result.engine}", result.reason),)
        yield Refusal(rules.ENGINE, Violated(evidence, {"engine": result.engine}))
    if refused and len(refused) < len(heard):
        accepted = next(result.engine for result in heard if result.accepted)
        yield violates(rules.AGREEMENT, accepted=accepted, refused=refused[0].engine)


def result_of(attempt: PathAttempt, query: PathQuery, candidates: int, *pools: Pool) -> PathResult:
    """Return the result of the attempt the report is to be about; only an accepted one gives the proof."""
    path = None
    if attempt.accepted:
        path = verified(attempt.path, query.moment, attempt.engine, purpose=query.purpose, policies=attempt.policies)
    unreadable = sum([p.unreadable for p in pools])
    return PathResult(path, attempt, query.moment, candidates, query.not_applicable, unreadable)


def _search(leaf: PathCertificate, between: Pool, trusted: Pool, others: Pool, query: PathQuery) -> PathResult:
    search = Search(leaf, between, trusted, query.max_intermediates)
    attempts = []
    for path in search.paths():
        attempt = try_path(path, query)
        attempts.append(attempt)
        if attempt.accepted:
            return result_of(attempt, query, len(attempts), between, trusted)
    from pkitools.validation.failure import explain  # of a path that is found there is nothing to explain

    shown = explain(search, attempts, others, lambda path: own_checks(path, query))
    return result_of(shown, query, len(attempts), between, trusted)
