"""Known: what one open store remembers of rows that never change."""

from federation.messages import Marking


class Known:
    """Markings by number and back: written once, never changed or removed.

    What a transaction adds is remembered before it is committed. That is safe, for no snapshot
    names a number that is not committed, and what is rolled back, in whole or in part, is
    forgotten with everything else before anything more is written.
    """

    def __init__(self) -> None:
        self.markings: dict[int, Marking] = {}
        self.numbers: dict[Marking, int] = {}

    def forget(self) -> None:
        """Remember nothing any more."""
        self.markings.clear()
        self.numbers.clear()
