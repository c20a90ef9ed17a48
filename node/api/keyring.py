"""The calls of the desk about our keys, and numbers for a monitoring system."""

import asyncio
import functools
from collections.abc import Sequence
from datetime import datetime

from federation.errors import InvalidError
from federation.faults import abort
from federation.keys import What
from node import metrics
from node.api.admission import Admission, Context
from node.keyring.expiries import Held
from node.people import Person
from node.store.instants import microseconds
from protos.node.v1 import node_pb2 as pb


class KeyCalls(Admission):
    """The part of the desk port that is about keys."""

    async def ShowKeys(self, request: pb.ShowKeysRequest, context: Context) -> pb.ShowKeysResponse:
        """List keys and certificates."""
        try:
            self._admitted(context, "ShowKeys")
            rotating, now = self._house.rotating, self._house.clock()
            every = await asyncio.to_thread(rotating.held)
        except Exception as error:  # noqa: BLE001 - the edge: only faults of the one table leave
            await abort(context, error)
        return pb.ShowKeysResponse(
            keys=[key_to(one, now) for one in every],
            encrypted=rotating.is_encrypted,
            changing=rotating.is_changing,
            unheard=rotating.unheard(),
        )

    async def RotateKeys(
        self, request: pb.RotateKeysRequest, context: Context
    ) -> pb.RotateKeysResponse:
        """Begin to change keys."""
        try:
            who, _ = self._admitted(context, "RotateKeys")
            what = _what(request.what) or tuple(What)
            rotate = functools.partial(self._house.rotating.rotate, what, by=who)
            await asyncio.to_thread(rotate)
        except Exception as error:  # noqa: BLE001
            await abort(context, error)
        return pb.RotateKeysResponse()

    async def RevokeKey(
        self, request: pb.RevokeKeyRequest, context: Context
    ) -> pb.RevokeKeyResponse:
        """Take a stolen key back."""
        try:
            who, _ = self._admitted(context, "RevokeKey")
            [what] = _what([request.what])
            revoke = functools.partial(self._house.rotating.revoke, by=who)
            await asyncio.to_thread(revoke, what, request.reason)
        except Exception as error:  # noqa: BLE001
            await abort(context, error)
        return pb.RevokeKeyResponse()

    async def GetMetrics(
        self, request: pb.GetMetricsRequest, context: Context
    ) -> pb.GetMetricsResponse:
        """Say how the node stands as numbers."""
        try:
            self._admitted(context, "GetMetrics")
            standing = await asyncio.to_thread(self._house.administration.standing)
            every = await asyncio.to_thread(self._house.rotating.held)
        except Exception as error:  # noqa: BLE001
            await abort(context, error)
        is_encrypted = self._house.rotating.is_encrypted
        of_keys = metrics.of_keys(every, self._house.clock(), is_encrypted=is_encrypted)
        refused = metrics.of_refusals(self._house.refusals.counts())
        text = metrics.text([*of_keys, *metrics.of_standing(standing), *refused])
        return pb.GetMetricsResponse(text=text)


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
