"""What error texts of other programs mean here: recognised, explained, and never guessed at.

>>> explain("curl: (60) SSL certificate problem: unable to get local issuer certificate").found[0].explanation.code
'issuer_unknown'
"""

from pkitools.explanations.model import ErrorText, Explained, Explanation, Recognised, Words
from pkitools.explanations.recognition import explain, explanations

__all__ = ["ErrorText", "Explained", "Explanation", "Recognised", "Words", "explain", "explanations"]
