"""What several commands are given: a chain, what is trusted, how revocation is checked, and what may be asked."""
