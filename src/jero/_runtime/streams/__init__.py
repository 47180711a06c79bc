"""Bodies that flow: framed, pumped, ended early, torn down."""
