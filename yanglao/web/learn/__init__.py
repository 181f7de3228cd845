"""Pages of the trainee."""
