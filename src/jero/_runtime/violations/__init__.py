"""All the mistakes of a document at once, looked for only after decoding it has failed."""
