"""What must still be done: one row per task. The database is the truth; rq is only the fast path."""
