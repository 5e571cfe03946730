"""What is wrong, or is to be known, of all that was found together, and what hangs on each authority.

>>> risks = risks_of(portfolio)  # doctest: +SKIP
>>> [one.outcome.rule.code for one in risks.found]  # doctest: +SKIP

Of one certificate alone none of it can be told: that its key serves another organisation, that another bears its name.
What is shared is found by digests in two passes, so that memory grows with what is shared and not with what was found.
"""

from pkitools.portfolio.beside import misfits
from pkitools.portfolio.risk.model import CertificateUse, Hanging, Risk, Risks, Uses
from pkitools.portfolio.risk.placing import by_folder
from pkitools.portfolio.risk.weighing import risks_of

__all__ = ["CertificateUse", "Hanging", "Risk", "Risks", "Uses", "by_folder", "misfits", "risks_of"]
