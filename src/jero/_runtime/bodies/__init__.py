"""Request bodies, whole or as they come, within their limits."""
