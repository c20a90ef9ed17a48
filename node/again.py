"""Work that is done again and again beside the rest of a node; no fault of it ends it."""

import asyncio
from collections.abc import Callable

import structlog

from federation.faults import foreseen
from federation.threads import in_thread


async def again(
    what: str, work: Callable[[], object], every_s: float, *, going_on_s: float | None = None
) -> None:
    """Do something in a thread, now and then every so many seconds; without end.

    While it returns True it goes on, and is done again after `going_on_s`. What fails is named in
    the log by `what`, and tried again.
    """
    while True:
        is_going_on = False
        try:
            is_going_on = await in_thread(work) is True
        except Exception as error:  # noqa: BLE001 - whatever it was, the next time may be better
            structlog.get_logger().error("not done", what=what, code=foreseen(error).code)
        await asyncio.sleep(every_s if going_on_s is None or not is_going_on else going_on_s)
