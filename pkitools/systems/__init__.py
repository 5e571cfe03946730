"""The systems a certificate is for: what each asks, per environment, as data with sources; and the judgement by it.

>>> get_system("digid-machtigen").title
'DigiD Machtigen'
"""

from pkitools.systems.evaluate import evaluate
from pkitools.systems.loading import get_system, systems
from pkitools.systems.model import Answer, Statement, System, Topic
from pkitools.systems.reuse import Use, check_reuse

__all__ = [
    "Answer",
    "Statement",
    "System",
    "Topic",
    "Use",
    "check_reuse",
    "evaluate",
    "get_system",
    "systems",
]
