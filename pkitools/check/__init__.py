"""The whole judgement of a certificate."""
