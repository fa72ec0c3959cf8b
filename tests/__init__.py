"""Everything that holds the collection to its word; nothing in here is shipped to users."""
