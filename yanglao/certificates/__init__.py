"""What a finished training proves: certificates of the base, and the numbers of certificates of skill level."""
