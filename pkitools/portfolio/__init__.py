"""Everything an organisation has: :class:`Portfolio` is what a scan of folders, keystores and peers finds."""

from pkitools.portfolio.model import (
    Basis,
    Gap,
    HeldCertificate,
    HeldKey,
    HeldRequest,
    Judgement,
    Place,
    Portfolio,
    Reading,
    Standing,
    Unread,
)

__all__ = [
    "Basis",
    "Gap",
    "HeldCertificate",
    "HeldKey",
    "HeldRequest",
    "Judgement",
    "Place",
    "Portfolio",
    "Reading",
    "Standing",
    "Unread",
]
