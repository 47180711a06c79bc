"""URLs of operations, and the headers that carry them."""
