"""Why there is no path: of everything that was tried, the one explanation the reader can act on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from pkitools.errors import InputError
from pkitools.findings import NotChecked, Rule
from pkitools.findings.asking import CRASHED
from pkitools.frozen import replace
from pkitools.messages import NOTHING
from pkitools.validation import rules
from pkitools.validation.algorithms import signature_scheme
from pkitools.validation.building import Path, Pool, Search
from pkitools.validation.checks import Refusal, violates
from pkitools.validation.result import PathAttempt
from pkitools.x509 import read_certificate
from pkitools.x509.path_certificate import PathCertificate
from pkitools.x509.signatures import can_be_verified, certificate_signed_by

Check = Callable[[Path], list[Refusal]]

# what the search itself has looked at once it ends in a complete path
_BUILT: Final[tuple[Rule, ...]] = (rules.ANCHOR_FOUND, rules.LOOK_ALIKE, rules.ANCHOR_IN_SCOPE, rules.BUDGET)
_CHECKED: Final[tuple[Rule, ...]] = (
    rules.ENCODING,
    rules.SIGNATURE_ALGORITHM,
    rules.KEY_STRENGTH,
    rules.EXPIRED,
    rules.NOT_YET_VALID,
    rules.CA_FLAG,
    rules.PATH_LENGTH,
    rules.KEY_CERT_SIGN,
    rules.EKU_AUTHORITY,
    rules.EKU_PURPOSE,
    rules.NAME_CONSTRAINTS_RULE,
    rules.NAME_CONSTRAINTS_PLACE,
    rules.UNKNOWN_CRITICAL,
    rules.POLICY,
    rules.HOST,
    *rules.STRICT_RULES,
)

# what holds of a certificate wherever the way up from it would lead
_WHEREVER: Final[frozenset[Rule]] = frozenset({rules.EXPIRED, rules.NOT_YET_VALID, rules.EKU_PURPOSE, rules.HOST})


def explain(search: Search, attempts: Sequence[PathAttempt], others: Pool, check: Check) -> PathAttempt:
    """Choose what the report is about, of attempts that all failed and ways that led nowhere.

    Args:
        search: the search, run to its end.
        attempts: the complete paths tried.
        others: anchors known but not accepted here.
        check: our own checks, for a path that reaches one of ``others``, and for ways that reach nothing.
    """
    found = _completed(min(attempts, key=_rank)) if attempts else _incomplete(search, others, check)
    if search.exhausted:
        budget = violates(rules.BUDGET, limit=search.exhausted)
        found = replace(found, refusals=(*found.refusals, budget))
    return found


def _rank(attempt: PathAttempt) -> tuple[int, int]:
    return min(map(_place, attempt.refusals), default=0), len(attempt.refusals)


def _place(refusal: Refusal) -> int:
    last = len(rules.RANK)
    if isinstance(refusal.answer, NotChecked) and refusal.answer.reason == CRASHED:
        return last  # a fault of ours explains nothing while another path has a reason
    return rules.RANK.get(refusal.rule.code, last)


def _completed(attempt: PathAttempt) -> PathAttempt:
    # the search checked every signature of a path it completed
    return replace(attempt, asked=(*_BUILT, *_CHECKED, rules.SIGNATURE))


def _incomplete(search: Search, others: Pool, check: Check) -> PathAttempt:
    elsewhere = _elsewhere(search, others, check)
    if elsewhere is not None:
        return elsewhere
    deepest = max(search.dead_ends, key=len, default=(search.leaf,))
    look_alike = _look_alike(search, others, check)
    if look_alike is not None:
        return look_alike
    forged = max(search.forged, key=len, default=None)
    if forged is not None and len(forged) > len(deepest):
        refusals = (_not_signed(forged), *check(forged))
        return PathAttempt(forged, refusals, complete=search.anchors.holds(forged[-1]), asked=(*_BUILT, *_CHECKED))
    refusals = (_unknown_issuer(deepest, search.anchors), *_wherever(deepest, check))
    return PathAttempt(deepest, refusals, complete=False, asked=(rules.LOOK_ALIKE, rules.BUDGET))


def _not_signed(way: Path) -> Refusal:
    """Say that a signature does not hold, or that its scheme or the key is not known here and nobody can say."""
    child, issuer, index = way[-2], way[-1], len(way) - 2
    if can_be_verified(child, issuer):
        return violates(rules.SIGNATURE, index, name=child.subject_text, issuer=issuer.subject_text)
    scheme = signature_scheme(child.signature_algorithm).name
    return Refusal(rules.SIGNATURE, NotChecked("signature_not_verifiable", detail=scheme), index)


def _wherever(way: Path, check: Check) -> list[Refusal]:
    return [refusal for refusal in check(way) if refusal.rule in _WHEREVER]


def _elsewhere(search: Search, others: Pool, check: Check) -> PathAttempt | None:
    """A path to an anchor that is not trusted here: the wrong environment, or another hierarchy."""
    if not others.certificates:
        return None
    wider = Search(search.leaf, search.intermediates, others, search.limit)
    found = [
        PathAttempt(
            path, (_out_of_scope(path), *check(path)), complete=True, asked=(*_BUILT, *_CHECKED, rules.SIGNATURE)
        )
        for path in wider.paths()
    ]
    return min(found, key=_rank, default=None)


def _out_of_scope(path: Path) -> Refusal:
    anchor = path[-1]
    return violates(rules.ANCHOR_IN_SCOPE, len(path) - 1, anchor=anchor.subject_text, sha256=anchor.sha256)


def _look_alike(search: Search, others: Pool, check: Check) -> PathAttempt | None:
    """A way that ends where an anchor's name stands on another key."""
    for way in sorted(search.dead_ends, key=len, reverse=True):
        top = way[-1]
        for known in (search.anchors, others):
            for anchor in known.namesakes(top):
                # one that did sign it was not passed over for its key: the path was too long, or the budget spent
                if anchor.spki == top.spki or certificate_signed_by(top, anchor):
                    continue
                params = {"anchor": anchor.subject_text, "sha256": anchor.sha256, "name": top.subject_text}
                refusal = violates(rules.LOOK_ALIKE, len(way) - 1, **params)
                return PathAttempt(way, (refusal, *_wherever(way, check)), complete=False, asked=(rules.BUDGET,))
    return None


def _unknown_issuer(way: Path, anchors: Pool) -> Refusal:
    top, issuer = way[-1], way[-1].issuer_text
    # of a root nothing is missing: it is at hand, and not trusted here
    which = {"code": "root"} if len(way) > 1 and top.subject_text == issuer else {}
    test = _test_hierarchy(way[0])
    if test and not which and any(_test_hierarchy(each) == test for each in anchors.certificates):
        # one of that kind is trusted: what is missing is what stands between, as of any other chain
        which, test = {"code": "given"}, ""
    # whose test hierarchy it is nobody can know: it is trusted where somebody says so, and nothing is asked of a TSP
    operands = {"lacking": NOTHING, "test": test} if test else {"lacking": issuer, "test": NOTHING}
    return violates(rules.ANCHOR_FOUND, len(way) - 1, name=top.subject_text, issuer=issuer, **operands, **which)


def _test_hierarchy(leaf: PathCertificate) -> str:
    """Return the word by which the test hierarchy calls itself that a certificate says to be of; empty of any other."""
    from pkitools.trust.recognition import claimed_test_below  # most paths are found

    try:
        kind = claimed_test_below(leaf.issuer_text.short, lambda: read_certificate(leaf.der))
    except InputError:  # an engine reads less of it
        return ""
    return "" if kind is None else kind.word
