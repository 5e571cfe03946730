"""``check_request``: is this request what a PKIoverheid TSP can make a certificate from, and if not, what to mend."""

from __future__ import annotations

from pkitools.environment import Environment
from pkitools.findings import Report, ask
from pkitools.oin import check_oin
from pkitools.profiles import TSP, Profile
from pkitools.requests.reading import read_request
from pkitools.requests.rules import ENTRIES
from pkitools.requests.rules.context import RequestContext
from pkitools.requests.rules.oin import request_oin
from pkitools.x509.model import PublicKey


def check_request(
    der: bytes,
    profile: Profile | None = None,
    *,
    tsp: TSP | None = None,
    key: PublicKey | None = None,
    environment: Environment | None = None,
    name: str = "CSR",
    raise_crashes: bool = False,
) -> Report:
    """Return the report on one request.

    Args:
        der: the request.
        profile: the certificate it is for; without one only what holds for every profile is looked at.
        tsp: who it goes to, for its intake rules.
        key: the public half of the key that should belong to it.
        environment: where the certificate is to be used.
        name: what to call the request.
        raise_crashes: let a fault of pkitools itself through instead of reporting it as NOT_CHECKED; for tests.

    Raises:
        InputError: these bytes are no certificate signing request.
    """
    context = RequestContext(read_request(der, name), profile, tsp, key, environment)
    outcomes = [
        outcome for rule, check in ENTRIES for outcome in ask(rule, check, context, raise_crashes=raise_crashes)
    ]
    oin = request_oin(context)
    if oin is not None:
        outcomes += check_oin(str(oin), environment=environment, legacy=True).outcomes
    return Report(name, tuple(outcomes), environment=environment)
