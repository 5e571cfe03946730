"""A certificate revocation list: from its bytes to an index that answers for one serial number."""
