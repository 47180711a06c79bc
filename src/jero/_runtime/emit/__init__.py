"""A plan to the Python source of its route, one function for each operation and edge, and to that function."""
