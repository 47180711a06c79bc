"""The ASGI 3 edge: its messages to requests, replies to its messages, lifespan. Nothing else knows ASGI."""
