"""What it adds up to: standings, folded from evidence, rebuildable, explained."""
