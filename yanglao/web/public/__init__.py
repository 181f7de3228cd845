"""Pages anybody may open, and the way in."""
