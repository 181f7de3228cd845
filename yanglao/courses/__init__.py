"""Answer one question: what must be learnt."""
