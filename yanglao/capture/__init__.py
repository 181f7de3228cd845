"""How it got here: one folder for each kind of evidence, and above them the verbs that need several kinds."""
