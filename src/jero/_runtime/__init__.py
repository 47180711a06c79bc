"""The runtime: plans in, routes out; lookup, reading, writing and failing, knowing no protocol."""
