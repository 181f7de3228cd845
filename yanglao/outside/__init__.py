"""Third-party doors: each module wraps one outside thing, so that it can be replaced or be away."""
