"""Work that is done again and again: a fault of it is told and ends nothing."""

import asyncio
from collections.abc import Iterator

import pytest

from federation.errors import BusyError
from node.again import again

FAR_S, SOON_S = 3_600.0, 0.001


async def done(results: Iterator[object], every_s: float, going_on_s: float | None) -> int:
    """How often work was done before it would have waited for long."""
    calls = 0

    def work() -> object:
        nonlocal calls
        calls += 1
        result = next(results)
        if isinstance(result, Exception):
            raise result
        return result

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await again("a test", work, every_s, going_on_s=going_on_s)
    return calls


async def test_it_is_done_at_once_and_then_in_its_time() -> None:
    assert await done(iter([None]), FAR_S, None) == 1
    assert await done(iter([True, None]), FAR_S, None) == 1


async def test_it_goes_on_soon_while_there_is_more() -> None:
    assert await done(iter([True, True, False, None]), FAR_S, SOON_S) == 3
    assert await done(iter([True, 1, None]), FAR_S, SOON_S) == 2


@pytest.mark.parametrize("fault", [BusyError("later"), ZeroDivisionError("Anna Nowak")])
async def test_a_fault_is_told_and_the_work_is_done_again(
    fault: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await done(iter([fault, True]), SOON_S, FAR_S) == 2

    said = capsys.readouterr().err
    assert '"what": "a test"' in said
    assert "Nowak" not in said
