"""The JSON API under /api/v1, for pages, apps and machines."""
