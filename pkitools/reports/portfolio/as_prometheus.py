"""A portfolio as a text file for Prometheus, which the textfile collector of its node exporter reads.

Where x509-certificate-exporter has a name for something (``x509_cert_not_after``, ``x509_read_errors``), it is that
one, so that alerts that are there already work. A certificate has a series for each file or peer it lies at. Help is in
English in every language: it is part of what a monitor reads.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Final

from pkitools.findings import Verdict
from pkitools.limits import MAX_MESSAGE_VALUE
from pkitools.portfolio.model import Gap, HeldCertificate, Portfolio
from pkitools.portfolio.risk import Risks
from pkitools.reports.portfolio.across import risks_in
from pkitools.reports.portfolio.telling import Telling
from pkitools.text import visible

_VERDICTS: Final[Mapping[Verdict | None, int]] = {Verdict.PASSED: 0, Verdict.INDETERMINATE: 1, Verdict.FAILED: 2}

Labels = tuple[tuple[str, str], ...]
Sample = tuple[Labels, int]


def render(portfolio: Portfolio, telling: Telling) -> Iterator[str]:
    """Yield the text of the file, a line at a time."""
    return (f"{line}\n" for line in chain(_lines(portfolio), _of_all(risks_in(portfolio, telling))))


def _lines(portfolio: Portfolio) -> Iterator[str]:
    every, judged = portfolio.certificates, portfolio.judged

    def samples(certificates: Sequence[HeldCertificate], value: Callable[[HeldCertificate], int]) -> Iterator[Sample]:
        counting = (one for one in certificates if not one.is_done_with)  # an alarm of a copy would never end
        return ((each, value(one)) for one in counting for each in _series(one, portfolio))

    yield from _metric(
        "x509_cert_not_before",
        "First moment of validity, unix seconds",
        samples(every, lambda one: _seconds(one.not_before)),
    )
    yield from _metric(
        "x509_cert_not_after",
        "Last moment of validity, unix seconds",
        samples(every, lambda one: _seconds(one.not_after)),
    )
    yield from _metric(
        "pkitools_cert_ends",
        "Last moment at which it and every authority above it are valid, unix seconds",
        samples(every, lambda one: _seconds(one.ends)),
    )
    yield from _metric(
        "x509_cert_expired",
        "Whether validity had ended when was looked (1)",
        samples(every, lambda one: int(one.not_after < portfolio.moment)),
    )
    yield from _metric(
        "pkitools_cert_verdict",
        "What came of judging: 0 passed, 1 could not be told, 2 failed",
        samples(judged, lambda one: _VERDICTS[one.verdict]),
    )
    yield from _of_scan(portfolio)


def _of_scan(portfolio: Portfolio) -> Iterator[str]:
    missed = sum(one.gap is not Gap.SKIPPED for one in portfolio.unread)
    for name, text, value in (
        ("x509_read_errors", "Files and peers that could not be looked at", missed),
        ("pkitools_scan_complete", "Whether the scan came to its end (1)", int(portfolio.complete)),
        ("pkitools_scan_files", "Files and peers that were looked at", portfolio.looked_at),
        ("pkitools_scan_timestamp_seconds", "When was looked, unix seconds", _seconds(portfolio.moment)),
    ):
        yield from _metric(name, text, iter([((), value)]))


def _of_all(risks: Risks) -> Iterator[str]:
    """Yield how many risks there are of each rule, and when each authority ends that certificates hang on."""
    counts = Counter((one.outcome.rule.code, one.severity.name.lower()) for one in risks.found)
    labelled = ((("code", code), ("severity", severity)) for code, severity in counts)
    found = zip(labelled, counts.values(), strict=True)
    yield from _metric("pkitools_risks", "What is wrong or to be known of several certificates together", found)
    yield from _metric(
        "pkitools_authority_not_after",
        "When the first of an authority and those above it ends, unix seconds",
        (((("issuer", one.issuer),), _seconds(one.ends)) for one in risks.hanging if one.ends is not None),
    )
    yield from _metric(
        "pkitools_authority_certificates",
        "Certificates that hang on an authority and have not ended",
        (((("issuer", one.issuer),), one.count) for one in risks.hanging),
    )


def _metric(name: str, text: str, samples: Iterator[Sample]) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} gauge"
    for labels, value in samples:
        told = ",".join(f'{label}="{_value(of)}"' for label, of in labels)
        yield f"{name}{{{told}}} {value}" if told else f"{name} {value}"


def _series(one: HeldCertificate, portfolio: Portfolio) -> Iterator[Labels]:
    """Yield the labels of each series of a certificate: of each file or peer it lies at one."""
    for place in dict.fromkeys(place.name for place in one.places) or ("",):
        yield (
            ("filepath", place),
            ("subject_CN", one.common_name or ""),
            ("serial_number", one.serial_number),
            ("sha256", one.sha256),
            ("oin", one.oin or ""),
            ("generation", one.generation),
            ("hierarchy", one.hierarchy or ""),
            ("environment", ",".join(map(str, one.environments))),
            ("system", ",".join(portfolio.systems)),
            ("authority", str(one.is_authority).lower()),
        )


def _value(text: str) -> str:
    """Return the value of a label: on one line, quoted as the text format asks."""
    shown = visible(text, MAX_MESSAGE_VALUE)
    return shown.replace("\\", "\\\\").replace('"', '\\"')


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
