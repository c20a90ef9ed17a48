"""The calls of the desk about our keys, and numbers for a monitoring system."""

import asyncio
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from federation.errors import InvalidError
from federation.keys import What
from node import metrics
from node.api.admission import Admission, Caller, answered
from node.keyring.expiries import Held
from node.keyring.rotating import Rotating
from node.people import Person
from node.store.instants import microseconds
from protos.node.v1 import node_pb2 as pb


@dataclass(frozen=True, slots=True)
class KeyState:
    """What ends, whether private keys are encrypted, and whether a change of them is under way."""

    every: Sequence[Held]
    is_encrypted: bool
    is_changing: bool


class KeyCalls(Admission):
    """The part of the desk port that is about keys."""

    @answered
    async def ShowKeys(self, request: pb.ShowKeysRequest, caller: Caller) -> pb.ShowKeysResponse:
        """List keys and certificates."""
        now, state = self._house.clock(), await key_state(self._house.rotating)
        return pb.ShowKeysResponse(
            keys=[key_to(one, now) for one in state.every],
            encrypted=state.is_encrypted,
            changing=state.is_changing,
            unheard=self._house.rotating.unheard(),
        )

    @answered
    async def RotateKeys(
        self, request: pb.RotateKeysRequest, caller: Caller
    ) -> pb.RotateKeysResponse:
        """Begin to change keys."""
        what = _what(request.what) or tuple(What)
        rotate = functools.partial(self._house.rotating.rotate, what, by=caller.person)
        await asyncio.to_thread(rotate)
        return pb.RotateKeysResponse()

    @answered
    async def RevokeKey(self, request: pb.RevokeKeyRequest, caller: Caller) -> pb.RevokeKeyResponse:
        """Take a stolen key back."""
        [what] = _what([request.what])
        revoke = functools.partial(self._house.rotating.revoke, by=caller.person)
        await asyncio.to_thread(revoke, what, request.reason)
        return pb.RevokeKeyResponse()

    @answered
    async def GetMetrics(
        self, request: pb.GetMetricsRequest, caller: Caller
    ) -> pb.GetMetricsResponse:
        """Say how the node stands as numbers."""
        standing = await asyncio.to_thread(self._house.administration.standing)
        state, now = await key_state(self._house.rotating), self._house.clock()
        of_keys = metrics.of_keys(state.every, now, is_encrypted=state.is_encrypted)
        refused = metrics.of_refusals(self._house.refusals.counts())
        text = metrics.text([*of_keys, *metrics.of_standing(standing), *refused])
        return pb.GetMetricsResponse(text=text)


async def key_state(rotating: Rotating) -> KeyState:
    """How our keys stand; it is read from their files, and so in a thread."""

    def read() -> KeyState:
        return KeyState(rotating.held(), rotating.is_encrypted, rotating.is_changing)

    return await asyncio.to_thread(read)


def key_to(held: Held, now: datetime) -> pb.Key:
    """A key, certificate or charter, as it travels."""
    return pb.Key(
        what=held.what,
        fingerprint=held.fingerprint,
        since=microseconds(held.since) if held.since else 0,
        until=microseconds(held.until) if held.until else 0,
        state=held.state,
        person=held.of,
        warned=held.warned_at(now),
    )


def is_shown_to(held: Held, who: Person) -> bool:
    """Whether somebody learns of it: of the certificates of others only who may see all keys."""
    return held.of in {"", who.id} or who.acting("ShowKeys") is not None


def _what(words: Sequence[str]) -> tuple[What, ...]:
    if not set(words) <= set(What):
        raise InvalidError(f"a key is one of {', '.join(What)}")
    return tuple(What(word) for word in words)
