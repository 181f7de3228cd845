"""Stored files: content by hash under DATA_DIR, a row for owner, purpose and retention, signed links."""
