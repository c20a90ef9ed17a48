"""One question to many members at once, one Outcome each."""

import asyncio
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor

from federation import wire
from federation.accounts import Account, Inquiry
from federation.charter import Charter
from federation.errors import CharterError, LateError
from federation.faults import foreseen
from federation.messages import Answer, MemberId, Outcome, Question
from federation.peer import Lines, Self, met, missed

#: Our own gate, called in a thread: a question of our own people needs no seal to reach us.
Own = Callable[[Question], Answer]

#: Questions that our own node works on at once for our own people.
_OWN_THREADS = 8


class Fanout:
    """Asks over the lines to the other members. Belongs to one event loop; `close` it there."""

    def __init__(self, us: Self) -> None:
        self._us, self._lines = us, Lines(us)
        self._threads = ThreadPoolExecutor(_OWN_THREADS, thread_name_prefix="own")

    async def ask(
        self,
        question: Question,
        members: Collection[MemberId] | None = None,
        *,
        timeout_s: float,
        own: Own | None = None,
    ) -> tuple[Outcome, ...]:
        """Ask these members, or all, at once: one Outcome each, in charter order, by the deadline.

        Our own node is a member like the others, asked through `own`; without it we are not
        asked. What a member does or fails to do is its Outcome and is never raised, and so is that
        it was suspended since it was chosen. Nothing leaves when this raises: `InvalidError` for
        a question that no member would read or a member that is none, `CharterError` when the
        charter has expired.
        """
        charter = self._us.charter()
        charter.check_in_force(self._us.clock())
        chosen = _chosen(charter, members or ())
        body = wire.question_to(question)
        await self._lines.apply(charter)
        asked = [
            self._ask_own(question, own, timeout_s)
            if own and id == self._us.id
            else self._ask(charter, id, question, body, timeout_s)
            for id in chosen
            if own or id != self._us.id
        ]
        return tuple(await asyncio.gather(*asked))

    async def account(
        self, member: MemberId, id: str, inquiry: Inquiry, *, timeout_s: float
    ) -> Account | Outcome:
        """A page of one member's books, or why there is none; never raised, whatever it does.

        Raises `CharterError` when the charter has expired, or the member is not active in it.
        """
        charter = self._us.charter()
        charter.check_in_force(self._us.clock())
        await self._lines.apply(charter)
        line = self._lines.to(charter.heard(member).id)
        try:
            async with asyncio.timeout(timeout_s):
                return await line.account(id, inquiry, timeout_s=timeout_s)
        except TimeoutError:
            return missed(member, LateError())
        except Exception as error:  # noqa: BLE001 - whatever a member does to us is its Outcome
            return missed(member, foreseen(error, member=member))

    async def apply(self, charter: Charter) -> None:
        """Let go of the lines to members that are no longer active in this charter."""
        await self._lines.apply(charter)

    async def close(self) -> None:
        """Let go of every line; what our own node is still answering is finished first."""
        await self._lines.close()
        await asyncio.to_thread(self._threads.shutdown)

    async def _ask(
        self, charter: Charter, id: MemberId, question: Question, body: bytes, timeout_s: float
    ) -> Outcome:
        try:
            line = self._lines.to(charter.heard(id).id)
        except CharterError as fault:
            return missed(id, fault)
        return await line.ask(question.id, body, timeout_s=timeout_s)

    async def _ask_own(self, question: Question, own: Own, timeout_s: float) -> Outcome:
        answering = asyncio.get_running_loop().run_in_executor(self._threads, own, question)
        return await met(self._us.id, question.id, answering, timeout_s=timeout_s)


def _chosen(charter: Charter, members: Collection[MemberId]) -> tuple[MemberId, ...]:
    """These members in charter order, active or not any more; all that are active for none."""
    if not members or set(members) - set(charter.members):
        return charter.chosen(members)
    return tuple(id for id in charter.members if id in members)
