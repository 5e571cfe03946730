"""The catalogue of broken certificates: each wrong in one exact way, with the rules that must say so.

>>> broken = get_defect("expired").build(Laboratory(moment=...))  # doctest: +SKIP
>>> broken.certificate.chain_pem, broken.trust_pem, broken.defect.codes  # doctest: +SKIP

A defect is one short function in the module of its topic, whose docstring describes it. It is here to try a system
with: what accepts one that ``cert check`` refuses has a hole. That every defect raises exactly the rules it names, no
more and no fewer, is a test.
"""

from pkitools_test_pki.defects.laboratory import Laboratory
from pkitools_test_pki.defects.model import BrokenCertificate, Context, Defect, Layer
from pkitools_test_pki.defects.registry import defects, get_defect

__all__ = ["BrokenCertificate", "Context", "Defect", "Laboratory", "Layer", "defects", "get_defect"]
