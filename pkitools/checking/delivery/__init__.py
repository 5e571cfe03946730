"""The file as it was delivered: what another program, which has only this file, would make of it."""
