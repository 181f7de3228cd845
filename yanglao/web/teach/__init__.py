"""Pages of the instructor."""
