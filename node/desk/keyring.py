"""Our keys, as a person's command asks for them."""

from collections.abc import Sequence
from datetime import UTC, datetime

from node.desk.plain import Plain, fields, told
from protos.node.v1 import node_pb2 as pb
from protos.node.v1 import node_pb2_grpc


class KeyCalls:
    """The part of a desk that is about keys."""

    _calls: "node_pb2_grpc.DeskAsyncStub"

    async def show_keys(self) -> Plain:
        """Every key and certificate, and how a change of them stands; instants as ISO 8601."""
        response = await told(self._calls.ShowKeys(pb.ShowKeysRequest()))
        listed = [key_of(one) for one in response.keys]
        return fields(response) | {"keys": listed, "unheard": list(response.unheard)}

    async def rotate_keys(self, what: Sequence[str]) -> None:
        """Begin to change these keys, all when none is named."""
        await told(self._calls.RotateKeys(pb.RotateKeysRequest(what=what)))

    async def revoke_key(self, what: str, reason: str) -> None:
        """Take a stolen key back."""
        await told(self._calls.RevokeKey(pb.RevokeKeyRequest(what=what, reason=reason)))

    async def metrics(self) -> str:
        """How the node stands, in Prometheus' text format."""
        response = await told(self._calls.GetMetrics(pb.GetMetricsRequest()))
        return response.text


def key_of(key: pb.Key) -> Plain:
    """A key or certificate in plain words; `warned` is None before anybody is."""
    warned = key.warned if key.HasField("warned") else None
    instants = {"since": _instant(key.since), "until": _instant(key.until)}
    return fields(key) | instants | {"warned": warned}


def _instant(microseconds: int) -> str:
    if not microseconds:
        return ""
    return datetime.fromtimestamp(microseconds / 1e6, UTC).isoformat(timespec="minutes")
