"""What happened: an append-only ledger of chains, its daily signed checkpoint, and the check of both."""
