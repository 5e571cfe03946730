"""Why some rules may fail a certificate without a document that binds: in words, by code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pkitools.findings import Rule, Severity
from pkitools.rulebook import weights

_UNREAD: Final = "what was handed in could not be read or judged as a whole: to pass it would be to call it good unseen"
_ASKED: Final = "whoever asks said what it has to be, and it is another: no document says so, and none has to"
_PAIR: Final = "two things that are handed in together do not belong together, which was computed and not read"
_SECRET: Final = "a private key lies where others get at it"
_ENGINE: Final = "an engine that judges chains refuses this one: until it is known why, it cannot be told as good"
_METADATA: Final = "whoever reads it cannot find, or cannot trust, what stands in it, which was computed and not read"
_STRICT: Final = "only where a file is asked to be judged strictly as it was delivered"

WHY: Final[Mapping[str, str]] = {
    "advice.names.control_characters": "software was fooled with it: what a person sees is not what is compared",
    "rfc6962.precertificate.poison": "RFC 9162 replaced it and gives precertificates of another kind; those with this"
    " extension are of RFC 6962 still, and its extension is critical, so that nobody may accept them (RFC 5280 4.2)",
    "path.anchor.in_scope": "the root is none of those that were asked for, whatever it is otherwise",
    "path.extended_key_usage.authority": "programs in use refuse such a chain",
    **dict.fromkeys(("data.file.readable", "file.block.readable", "file.material.readable"), _UNREAD),
    **dict.fromkeys(("file.entity_id.stated", "path.budget.exceeded", "environment.policy.profile"), _UNREAD),
    **dict.fromkeys(("environment.policy.as_asked", "file.entity_id.differs", "received.oin.match"), _ASKED),
    **dict.fromkeys(("received.organization.match", "received.request.dns_missing"), _ASKED),
    **dict.fromkeys(("renewal.environment.same", "renewal.oin.same"), _ASKED),
    **dict.fromkeys(("renewal.certificate.another", "renewal.order.old_first"), _ASKED),
    **dict.fromkeys(
        (
            "received.key.match",
            "received.private_key.authority",
            "received.private_key.beside",
            "received.private_key.foreign",
            "received.private_key.named",
            "received.private_key.placed",
        ),
        _PAIR,
    ),
    "received.private_key.published": _SECRET,
    **dict.fromkeys(("path.engine.agreement", "path.engine.refused"), _ENGINE),
    **dict.fromkeys(("metadata.cpa.certificate", "metadata.cpa.reference"), _METADATA),
    **dict.fromkeys(("metadata.signature.covers", "metadata.signature.valid"), _METADATA),
    **dict.fromkeys(("delivery.chain.complete", "delivery.private_key.enclosed", "delivery.text.readable"), _STRICT),
    "environment.holder.ocsp_responder": "it was said what the certificate is for, and to answer for a CA is not that",
    "file.metadata.expired": "it says itself until when it may be used, and that was read",
}
"""The rules whose ERROR rests on what a document does not say, or on one that was replaced."""


def weighs_most(rule: Rule) -> Severity:
    """Return the most it weighs anywhere."""
    return max([rule.severity, *(each.severity for each in weights(rule.code))])
