"""Answer one question: what did a trainee know when tested."""
