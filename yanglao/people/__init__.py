"""Who: persons, accounts, roles with their reach, sign-ins, consent, and the recorded acts on personal records."""
