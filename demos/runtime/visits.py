"""What the visitors of a tab have on this server: one piece of work a page, closed when the page is left, when nobody has
looked for long, or to make room.

Work has `seen` (the time of the last look), `idle` (whether it may make room), `gone` (whether nobody looks any more) and
`close()`.
"""

import time


class Visits:
    def __init__(self, most: int):
        self.most, self.work = most, {}  # gradio's name of a page -> its work

    def of(self, page: str):
        """The work of a page, if there is any; being asked for it counts as a look."""
        self.tidy()
        if work := self.work.get(page):
            work.seen = time.monotonic()
        return work

    def enter(self, page: str, work):
        """New work in place of the old."""
        self.leave(page)
        self.work[page] = work
        return work

    def room(self) -> bool:
        """Whether there is room for more, once the idle that nobody has looked at for longest are closed."""
        self.tidy()
        idle = sorted((work.seen, page) for page, work in list(self.work.items()) if work.idle)
        for _, page in idle[: max(0, len(self.work) + 1 - self.most)]:
            self.leave(page)
        return len(self.work) < self.most

    def leave(self, page: str) -> None:
        if work := self.work.pop(page, None):
            work.close()

    def tidy(self) -> None:
        for page, work in list(self.work.items()):
            if work.gone:
                self.leave(page)
