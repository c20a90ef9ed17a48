"""The desk port itself: TLS on loopback, nobody but those to whom our own CA gave a certificate."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import grpc
import structlog

from federation import limits, trust
from federation.errors import FederationError, UntrustedError
from federation.standing import Standing
from node.api.calls import DeskPort
from node.api.house import House
from protos.node.v1.node_pb2_grpc import add_DeskServicer_to_server


class _Desk:
    """Builds the server, each time anew and on the same port."""

    def __init__(self, house: House, port: int) -> None:
        self._calls, self._house, self._port = DeskPort(house), house, port

    @property
    def address(self) -> str:
        """Where it listens; the port is known once it was built."""
        return trust.target(self._house.config.desk.host, self._port)

    def build(self) -> grpc.aio.Server:
        """A server that is bound and has its methods, not yet started."""
        server = grpc.aio.server(options=limits.SERVER)
        add_DeskServicer_to_server(self._calls, server)
        credentials = trust.server_credentials(self._certified)
        self._port = server.add_secure_port(self.address, credentials)
        return server

    def _certified(self) -> trust.Certified:
        return trust.desk_certified(self._house.rotating.ring.present, self._house.rotating.cas())

    async def ended(self, fault: FederationError) -> None:
        """One of our own people ended it; it stands again."""
        structlog.get_logger().warning("desk rebuilt", code=fault.code, detail=str(fault))


@asynccontextmanager
async def opened(house: House, port: int, *, grace_s: float) -> AsyncIterator[str]:
    """The port, open until this ends; yields its address. Port 0 takes any that is free.

    Calls in flight have `grace_s` seconds to finish. Raises `UntrustedError` when the port cannot
    be had.
    """
    desk = _Desk(house, port)
    standing = Standing(desk.build, desk.ended)
    try:
        await standing.start()
    except RuntimeError:
        raise UntrustedError(f"the desk cannot have {desk.address}: is it in use?") from None
    try:
        yield desk.address
    finally:
        await standing.stop(grace_s)
