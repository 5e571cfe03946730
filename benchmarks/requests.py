"""Making a request: everything but the key and the signature stays below a millisecond."""

from __future__ import annotations

from benchmarks._timing import interleaved
from pkitools.environment import Environment
from pkitools.profiles import get_profile
from pkitools.requests import RequestPlan, SignedRequest, check_request, generate_key, plan_request


def plan() -> RequestPlan:
    return plan_request(
        get_profile("g4-tls"),
        Environment.PRODUCTION,
        common_name="api.example.nl",
        organization="Stichting Zorg, Welzijn en Wonen",
        oin="00000003273229750000",
    )


def run() -> list[tuple[str, str]]:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    key = generate_key("rsa:3072")
    scheme = padding.PSS(padding.MGF1(hashes.SHA512()), 64)
    profile = get_profile("g4-tls")
    der = plan().sign(key).der

    def signature() -> None:
        key.native.sign(b"x" * 700, scheme, hashes.SHA512())

    def whole() -> SignedRequest:
        return plan().sign(key)

    medians = interleaved(
        {
            "plan": plan,
            "plan and sign": whole,
            "the RSA-3072 signature alone": signature,
            "check": lambda: check_request(der, profile),
        }
    )
    around = medians["plan and sign"] - medians["the RSA-3072 signature alone"]
    rows = [(name, f"{value * 1e3:8.3f} ms") for name, value in medians.items()]
    return [*rows, ("request without key and signature (goal: 1 ms)", f"{around * 1e3:8.3f} ms")]
