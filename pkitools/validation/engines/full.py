"""The full RFC 5280 engine: ``pyhanko-certvalidator``, for what the fast one lacks.

It is handed one path already built, and no other certificate: it cannot search (it hangs on two pathological heaps when
it does), and it never fetches. Its known slips are closed here or in :mod:`pkitools.validation.checks`:

- one parameter set is given, none on the anchor: its intersection of two policy sets loses the user's;
- the time tolerance is zero, not its default of a second;
- names, addresses, duplicate and unknown critical extensions, and the anchor's own extensions are our checks'.

Importing it takes a quarter of a second, so only a path that needs it does.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, Final, TypeVar

from asn1crypto import x509 as asn1_x509
from pyhanko_certvalidator.authority import CertTrustAnchor
from pyhanko_certvalidator.context import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import (
    NO_REVOCATION,
    AcceptAllAlgorithms,
    CertRevTrustPolicy,
    PKIXValidationParams,
)
from pyhanko_certvalidator.validate import async_validate_path

from pkitools.validation.engines.protocol import EngineRequest, EngineResult
from pkitools.validation.policy import ANY_POLICY, PolicyInput

# without a handler, Python's last resort writes the engine's warnings, tracebacks and all, to standard error
logging.getLogger("pyhanko_certvalidator").addHandler(logging.NullHandler())

NAME: Final = "pyhanko-certvalidator"
_ANY_POLICY_NAME: Final = "any_policy"
_MAX_POLICY_NODES: Final = 4096  # the bound of RFC 9618's graph: policies in certificates are the issuers' choice

T = TypeVar("T")


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run to the end, also where an event loop is running already: then in a thread of its own."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    with ThreadPoolExecutor(max_workers=1) as executor:
        return executor.submit(asyncio.run, coroutine).result()


def validation_path(ders: tuple[bytes, ...]) -> ValidationPath:
    """Return a path, end entity first, as the engine takes it."""
    anchor = CertTrustAnchor(asn1_x509.Certificate.load(ders[-1], strict=True))
    between = [asn1_x509.Certificate.load(der, strict=True) for der in reversed(ders[1:-1])]
    leaf = asn1_x509.Certificate.load(ders[0], strict=True) if len(ders) > 1 else None
    return ValidationPath(anchor, between, leaf)


def _parameters(policies: PolicyInput) -> PKIXValidationParams:
    wanted = policies.initial_policies
    initial = {_ANY_POLICY_NAME} if wanted is None else {_ANY_POLICY_NAME if p == ANY_POLICY else p for p in wanted}
    return PKIXValidationParams(
        user_initial_policy_set=frozenset(initial),
        initial_policy_mapping_inhibit=policies.inhibit_policy_mapping,
        initial_explicit_policy=policies.explicit_policy,
        initial_any_policy_inhibit=policies.inhibit_any_policy,
        max_policy_graph_nodes=_MAX_POLICY_NODES,
    )


class CertvalidatorEngine:
    """See the module."""

    name = NAME

    def verify(self, request: EngineRequest) -> EngineResult:
        """Judge one path."""
        ders = tuple(c.der for c in request.path)
        try:
            path = validation_path(ders)
            context = ValidationContext(
                trust_roots=[path.trust_anchor],
                moment=request.moment,
                allow_fetching=False,
                revinfo_policy=CertRevTrustPolicy(NO_REVOCATION),
                time_tolerance=timedelta(0),
                # strength is judged by our own rules, for both engines alike
                algorithm_usage_policy=AcceptAllAlgorithms(),
            )
            run(async_validate_path(context, path, _parameters(request.policies)))
            policies = _policies(path)
        except (PathError, ValidationError) as error:
            return EngineResult(NAME, accepted=False, reason=str(error)[:500])
        except Exception as error:  # it and asn1crypto raise seven kinds on hostile input; none is a yes
            return EngineResult(NAME, accepted=False, reason=f"{type(error).__name__}: {error}"[:500])
        return EngineResult(NAME, accepted=True, policies=policies)


def _policies(path: ValidationPath) -> frozenset[str] | None:
    qualified = path.qualified_policies()
    if qualified is None:
        return None
    names = {policy.user_domain_policy_id for policy in qualified}
    return frozenset(ANY_POLICY if name == _ANY_POLICY_NAME else name for name in names)
