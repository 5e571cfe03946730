"""``check_request``: is this request what a PKIoverheid TSP can make a certificate from, and if not, what to mend."""

from __future__ import annotations

from typing import Any

from pkitools.arguments import optional, optional_choice
from pkitools.environment import Environment
from pkitools.findings import Report, ask
from pkitools.oin import check_oin
from pkitools.profiles import TSP, Profile, get_profile, get_tsp
from pkitools.requests.keys import PrivateKey, public_key_of
from pkitools.requests.reading import read_request
from pkitools.requests.rules import ENTRIES
from pkitools.requests.rules.context import RequestContext
from pkitools.requests.rules.oin import request_oin
from pkitools.x509.given import Given
from pkitools.x509.model import PublicKey


def check_request(
    request: Given,
    profile: Profile | str | None = None,
    *,
    tsp: TSP | str | None = None,
    key: PublicKey | PrivateKey | Any | None = None,
    environment: Environment | str | None = None,
    name: str = "CSR",
    raise_crashes: bool = False,
) -> Report:
    """Return the report on one request.

    Args:
        request: DER, PEM, a path, or an object of ``cryptography``.
        profile: the certificate it is for, by name or as data; without one only what holds for every profile is
            looked at.
        tsp: who it goes to, by name or as data, for its intake rules.
        key: the key that should belong to it, or its public half; of ours or of ``cryptography``.
        environment: where the certificate is to be used.
        name: what to call the request.
        raise_crashes: let a fault of pkitools itself through instead of reporting it as NOT_CHECKED; for tests.

    Raises:
        InputError: these bytes are no certificate signing request.
        InvalidValueError: a profile, TSP or environment is unknown.
    """
    environment = optional_choice(Environment, environment, "environment")
    chosen = get_profile(profile) if isinstance(profile, str) else optional(profile, Profile, "profile")
    intake = get_tsp(tsp) if isinstance(tsp, str) else optional(tsp, TSP, "tsp")
    held = None if key is None else public_key_of(key)
    context = RequestContext(read_request(request, name), chosen, intake, held, environment)
    outcomes = [
        outcome for rule, check in ENTRIES for outcome in ask(rule, check, context, raise_crashes=raise_crashes)
    ]
    oin = request_oin(context)
    if oin is not None:
        outcomes += check_oin(str(oin), environment=environment, legacy=True).outcomes
    return Report(name, tuple(outcomes), environment=environment)
