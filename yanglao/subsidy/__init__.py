"""What a finished segment is worth."""
