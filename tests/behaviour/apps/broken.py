"""An app that cannot start."""

from jero import BaseApp


class App(BaseApp):
    _starts = 0

    async def _wire(self) -> None:
        self._starts += 1
        raise RuntimeError(f"start {self._starts} failed")


app = App()
