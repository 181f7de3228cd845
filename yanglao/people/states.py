"""Say which way a ticket of sign-in by phone may go. Pure; what is not in the table is refused."""

from __future__ import annotations

# (state, act) -> state. That a ticket has run out is a matter of its time, not of a state.
TICKET = {
    ("pending", "scan"): "scanned",
    ("scanned", "scan"): "scanned",
    ("scanned", "confirm"): "confirmed",
    ("scanned", "refuse"): "refused",
    ("confirmed", "confirm"): "confirmed",
    ("confirmed", "refuse"): "refused",
    ("confirmed", "consume"): "consumed",
}
TICKET_STATES = ("pending", "scanned", "confirmed", "consumed", "refused")
TICKET_ACTS = ("scan", "confirm", "refuse", "consume")


def ticket_after(state: str, act: str) -> str | None:
    """Return the state after ``act``, None where it cannot be."""
    return TICKET.get((state, act))
