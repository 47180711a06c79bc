"""What a handler gave and cannot be sent: a fault of the server, told to its log and never to the client."""


class ServerFaultError(Exception):
    """The result of a handler breaks its own declaration, or HTTP; answered as a plain 500."""
