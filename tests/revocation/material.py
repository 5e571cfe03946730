"""One hierarchy for all tests of revocation: made once, EC keys, no network."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from ipaddress import ip_network
from typing import Any

from pkitools.fetching.fetcher import HttpFetcher
from pkitools.revocation import RevocationPolicy, RevocationResult, check_revocation
from pkitools_test_pki import der
from pkitools_test_pki.authority import Authority
from pkitools_test_pki.extensions import extension, uri
from pkitools_test_pki.faults.crls import CrlCase
from pkitools_test_pki.faults.responses import OcspCase
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.keys import elliptic_keys
from pkitools_test_pki.pki import build

MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
SKEW = timedelta(minutes=5)
LOOPBACK = ip_network("127.0.0.1/32")


def one_point(*urls: str) -> Any:
    """cRLDistributionPoints with one point that has several addresses."""
    names = b"".join(uri(url) for url in urls)
    value = der.sequence(der.sequence(der.context(0, der.context(0, names))))
    return extension("crl_distribution_points", value)


class World:
    def __init__(self) -> None:
        self.pki = build("g4-tls", moment=MOMENT - timedelta(days=60), keys=elliptic_keys)
        self.strangers = build("g4-tls", moment=MOMENT - timedelta(days=60), keys=elliptic_keys)
        self.tsp: Authority = self.pki["g4-tls-tsp"]
        self.domain: Authority = self.pki["g4-tls-domain"]
        self.stranger: Authority = self.strangers["g4-tls-tsp"]

    @cached_property
    def upper_crls(self) -> list[bytes]:
        """Good CRLs of root and domain: they settle the authorities, so that a test is about its leaf."""
        return [self.pki[name].crl(moment=MOMENT - timedelta(hours=1)) for name in ("g4-tls-root", "g4-tls-domain")]

    @cached_property
    def plain(self) -> IssuedCertificate:
        """A leaf that names no source at all."""
        return self.leaf()

    def leaf(
        self,
        *,
        crl: tuple[str, ...] = (),
        ocsp: tuple[str, ...] = (),
        authority: Authority | None = None,
        **deviation: Any,
    ) -> IssuedCertificate:
        """A leaf with these addresses and no others; each CRL address a distribution point of its own."""
        without = {"authority_information_access"} if not ocsp else set()
        if crl:
            deviation["crl_urls"] = crl
        elif "extensions" not in deviation:
            without.add("crl_distribution_points")
        if ocsp:
            deviation.update(ocsp=True, ocsp_urls=ocsp)
        moment = deviation.pop("moment", MOMENT - timedelta(days=30))
        return (authority or self.tsp).issue(moment=moment, without=without, **deviation)

    def crl_case(self, leaf: IssuedCertificate, authority: Authority | None = None, **other: Any) -> CrlCase:
        case = CrlCase(authority or self.tsp, leaf.serial_number, MOMENT, SKEW, other_issuer=self.domain.subject)
        return replace(case, **other)

    def ocsp_case(self, leaf: IssuedCertificate, **other: Any) -> OcspCase:
        case = OcspCase(self.tsp, leaf.serial_number, MOMENT, other=self.domain, stranger=self.stranger, skew=SKEW)
        return replace(case, **other)

    def check(self, leaf: IssuedCertificate, **arguments: Any) -> RevocationResult:
        """Check the leaf; the authorities above it are good."""
        crls = [*arguments.pop("crls", ()), *self.upper_crls]
        arguments.setdefault("moment", MOMENT)
        arguments.setdefault("policy", RevocationPolicy.REQUIRE)
        arguments.setdefault("raise_crashes", True)
        return check_revocation([link.der for link in leaf.path], crls=crls, **arguments)


def loopback_fetcher(*ports: int, seconds: float = 50.0, **arguments: Any) -> HttpFetcher:
    """A fetcher that may go to 127.0.0.1 on these ports, and nowhere else that is not public."""
    arguments.setdefault("allow_net", [LOOPBACK])
    return HttpFetcher(total_seconds=seconds, connect_seconds=seconds, allow_ports=frozenset(ports), **arguments)
