"""Rules of the house, as functions from a checkout to the list of what breaks them."""
