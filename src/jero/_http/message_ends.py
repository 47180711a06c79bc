"""Where messages end in what comes: heads, and bodies in chunks, end with an empty line."""

_END = b"\r\n\r\n"


class MessageEnds:
    """Finds the next empty line, also where its bytes come in several pieces.

    The empty line that ends a message is preceded by neither CR nor LF, so that searches one after the other miss none.
    """

    __slots__ = ("_tail",)

    def __init__(self) -> None:
        self._tail = b""

    @property
    def is_open(self) -> bool:
        """Whether the last search has found none."""
        return bool(self._tail)

    def find(self, data: bytes, at: int) -> int:
        """Give where the next empty line ends in `data`, from `at` on; its size, where there is none."""
        tail = self._tail
        if tail:
            end = (tail + data[at : at + 3]).find(_END)
            if end >= 0:
                self._tail = b""
                return at + end + len(_END) - len(tail)
        end = data.find(_END, at)
        if end >= 0:
            if tail:
                self._tail = b""
            return end + len(_END)
        self._tail = (tail + data[max(at, len(data) - 3) :])[-3:]
        return len(data)

    def reset(self) -> None:
        """Begin anew: a message has ended."""
        self._tail = b""
