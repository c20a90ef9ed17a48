"""How a verb reaches its node: over the desk port, or by waking it without its doors."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import click

from federation.certificates import parsed
from federation.errors import InvalidError, UntrustedError
from federation.messages import PersonId
from node import app, desk
from node.desk import Desk, Line
from node.errors import RestingError
from node.home import Home
from node.people import MAY, person

Result = TypeVar("Result")
Ask = Callable[[Desk], Awaitable[Result]]

#: How long a node of a lab may take to say how it stands.
SILENCE_S = 5.0


#: What to do for want of a key.
_MENDS = "name the folder that holds them (--credentials), or issue others (amber people add)"


@dataclass(frozen=True, slots=True)
class Who:
    """Whose certificate is used: of whom, and from which folder if not from the home."""

    person: str | None = None
    folder: Path | None = None


def home_of(ctx: click.Context) -> Path:
    """The home that `-n` or AMBER_HOME names."""
    home: Path | None = ctx.obj["home"]
    if home is None:
        raise click.UsageError("Say which node: amber -n HOME ..., or set AMBER_HOME.")
    return home


def asked(ctx: click.Context, call: str, ask: Ask[Result], *, is_awake: bool = False) -> Result:
    """Ask our node one thing, as the person whose certificate may make this desk call.

    A node that does not run is woken for this one verb, without its doors and under the same
    lock; `is_awake` says that the verb makes sense only on a node that runs.
    """
    home, who = app.opened(home_of(ctx)), Who(ctx.obj["person"], ctx.obj["credentials"])
    return asyncio.run(_asked(home, call, ask, who=who, is_awake=is_awake))


def asked_at(path: Path, call: str, ask: Ask[Result]) -> Result:
    """The same of the running node of a home that is named, which may not be silent for long."""
    home = app.opened(path)

    async def in_time() -> Result:
        async with asyncio.timeout(SILENCE_S):
            return await _asked(home, call, ask, who=Who(), is_awake=True)

    try:
        return asyncio.run(in_time())
    except TimeoutError:
        raise RestingError(f"It was silent for {SILENCE_S:.0f} s.") from None


async def _asked(home: Home, call: str, ask: Ask[Result], *, who: Who, is_awake: bool) -> Result:
    app.log_to_stderr("error")
    chosen = _chosen(home, call, who)
    async with _address(home, is_awake=is_awake) as address:
        # A node that is woken renews what has ended of those who keep their keys with it.
        key, certificate = home.person_credentials(chosen, who.folder)
        _check_in_time(home, chosen, certificate)
        line = Line(address, home.member, home.ca(), key, certificate)
        try:
            async with desk.opened(line) as opened:
                return await ask(opened)
        except RestingError:
            raise RestingError(_silence(home)) from None


def _silence(home: Home) -> str:
    """What to do about a node that says nothing, or not to the end."""
    if (run := home.running()) is None:
        return f"It ended meanwhile; its log says why. Start it: amber serve {home.path}"
    return (
        f"Its process {run.pid} is there. If it is halted: kill -CONT {run.pid}. If it answers"
        " others, it does not know your certificate: amber people renew. Else look at its log, end"
        f" it, and start it again: amber serve {home.path}"
    )


def _check_in_time(home: Home, who: PersonId, certificate: bytes) -> None:
    """Say what is wrong with a certificate that has ended: TLS would only be silent."""
    ended_at = parsed(certificate).not_valid_after_utc
    if ended_at <= home.clock():
        raise UntrustedError(
            f"the certificate of {who} ended on {ended_at:%Y-%m-%d}: an administrator renews it"
            f" (amber people renew {who})"
        )


def _chosen(home: Home, call: str, who: Who) -> PersonId:
    """Whom the person said to be, else the first whose roles fit, of those whose keys are there."""
    people, where = home.people(who.folder), who.folder or "this home"
    if who.person is not None:
        if who.person not in people:
            raise InvalidError(f"{who.person} has no key and certificate in {where}: {_MENDS}")
        return PersonId(who.person)
    for id_, roles in people.items():
        if person(id_, roles).acting(call):
            return id_
    raise InvalidError(f"nobody with a key in {where} is {' or '.join(MAY[call])}: {_MENDS}")


@asynccontextmanager
async def _address(home: Home, *, is_awake: bool) -> AsyncIterator[str]:
    run = home.running()
    if run is not None:
        yield run.desk
    elif is_awake:
        raise RestingError(f"Start it: amber serve {home.path}")
    else:
        async with app.woken(home) as address:
            yield address
