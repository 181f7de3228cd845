"""Pages of base administrators and officers."""
