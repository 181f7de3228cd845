"""Words of the house: everything every other package may lean on, and nothing that knows them."""
