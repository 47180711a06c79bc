"""The content of a part while it comes: its first piece is kept as it is, since mostly there is no other."""


def extend(content: bytes | bytearray, data: bytes, start: int, end: int) -> bytes | bytearray:
    """Give the content with `data[start:end]` behind it; a bytearray that is given is the one that grows."""
    if not content:
        return data[start:end]
    grown = content if type(content) is bytearray else bytearray(content)
    with memoryview(data)[start:end] as piece:
        grown += piece
    return grown
