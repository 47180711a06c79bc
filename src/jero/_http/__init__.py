"""The native edge: HTTP/1.1 as a protocol class of uvicorn, which calls routes without a gateway between."""
