"""The RSGI edge, for granian: its calls to requests, replies to its calls, start-up and shutdown of an app."""
