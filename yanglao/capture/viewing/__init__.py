"""How online hours get here: viewings, their beats and challenges. "Life of a heartbeat" is told in evidence/README."""
