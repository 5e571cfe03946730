"""Bytes → certificates, requests, CRLs and keys: PEM, DER, base64, PKCS#7, PKCS#12, Java keystores, SAML metadata.

Start at :func:`read_source`; :func:`items_of` asks it for one kind.
"""

from pkitools.sources.model import BadItem, Container, Item, Kind, Source
from pkitools.sources.reader import read_source
from pkitools.sources.wanted import items_of

__all__ = ["BadItem", "Container", "Item", "Kind", "Source", "items_of", "read_source"]
