"""Forms: bodies of parts or fields, read as they come and bound to a Struct."""
