"""Composition: a home in, a running node out; no decisions."""

import asyncio
import contextlib
import functools
import gc
import logging
import os
import random
import secrets
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from federation import keys
from federation.charter import Charter
from federation.clocks import Clocks
from federation.doors import Doors, Doorstep
from federation.fanout import Fanout
from federation.faults import foreseen
from federation.keys import Ring
from federation.messages import GROUP_PREFIX
from federation.peer import Self
from federation.server import Limits as DoorLimits
from federation.shares import Shares
from node import digests, keys_in_time, rules, search
from node import home as homes
from node.administration import Administration
from node.again import again
from node.answering import Gate, Limits
from node.api import port
from node.api.house import House
from node.asking import Asking
from node.assembly import Chance, Post
from node.audit import Break
from node.chartering.in_force import InForce
from node.config import Config
from node.finding import Beside, Finder, Here
from node.following import Following
from node.home import Home
from node.keeping import Keeping
from node.keyring import unlocking
from node.keyring.rotating import Rotating
from node.loading import Loading
from node.memory import Memory
from node.policy import Policy
from node.quotas import Quota, Quotas
from node.reconciling.accounting import Accounting
from node.reconciling.books import Books
from node.reconciling.comparing import Reconciling
from node.reindexing import Reindexing
from node.remarking import Remarking
from node.screening import Screening, keyed
from node.searchers import Searchers
from node.sparing import EVERY_S, Sparing
from node.store import Store, View

#: How long calls in flight have to finish when the node is told to stop.
GRACE_S = 15.0

#: How often a running node looks for what its retention tells it to erase.
ERASING_S = 3_600.0


def clock() -> datetime:
    """Now, in UTC: the one clock of the node."""
    return datetime.now(UTC)


def opened(path: Path) -> Home:
    """A home, whose keys are opened by what its settings or the environment say."""
    return homes.open(path, clock, unlocking.passphrase)


def new_id() -> str:
    """A UUIDv7: unique, and in the order of time (RFC 9562 section 5.7)."""
    ms = time.time_ns() // 1_000_000
    chance = secrets.token_hex(10)
    digits = f"{ms:012x}7{chance[:3]}{'89ab'[int(chance[3], 16) & 3]}{chance[4:19]}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


@dataclass(frozen=True, slots=True)
class Node:
    """A node put together from its home, its doors and desk not yet open."""

    home: Home
    ring: Ring
    store: Store
    in_force: InForce
    gate: Gate
    fanout: Fanout
    doors: Doors
    post: Post
    rotating: Rotating
    following: Following
    step: Doorstep
    sparing: Sparing

    @classmethod
    def of(cls, home: Home, *, has_doors: bool) -> "Node":
        """Put a node together; the home must be locked."""
        place, in_force = home.place(), InForce(home.document(), home.keep)
        ring, settings = home.ring(place), home.config
        store = home.store(ring)
        clocks = Clocks(timedelta(seconds=settings.answer.window_s))
        us = Self(ring, in_force, home.clock, clocks)
        gate = Gate(
            us=home.member,
            store=store,
            policy=Policy(*home.policies()),
            charter=in_force,
            digest=functools.partial(digests.of_seeks, ring.present.digest_key),
            limits=Limits(
                _quotas(ring.present.digest_key, settings),
                timedelta(days=settings.retention.question_days),
            ),
            sign_for=ring.sign_for,
            find=_finder(home) if has_doors else Here(),
        )
        listen = settings.listen
        door = DoorLimits(
            in_flight=listen.in_flight,
            together=listen.together,
            refused=timedelta(seconds=settings.answer.refused_s),
            floor=timedelta(milliseconds=settings.answer.floor_ms),
        )
        chance = Chance(new_id, random.random, secrets.token_bytes, home.remember)
        post = Post.of(gate, us, settings, chance, in_force)
        post.renewing.proposing.gathering.adopting.start()
        gate = replace(gate, touched=post.touching.answered, heard=post.guarding.heard)
        sparing = Sparing(gate)
        step = Doorstep(
            us,
            sparing,
            post.letterbox,
            settings.listen_host,
            door,
            post.delivery.heard,
            shares=Shares(door.together),
            books=Accounting(store, gate.policy, ring.sign_for),
        )
        rotating = keys_in_time.rotation(place, ring, post, home.clock)
        fanout, doors = Fanout(us), Doors(step)
        lines = (post.delivery.apply, fanout.apply) if has_doors else (fanout.apply,)
        follows = doors.apply if has_doors else _no_doors
        following = Following(us.id, in_force, us.clock, follows, lines)
        made = (fanout, doors, post, rotating, following, step, sparing)
        return cls(home, ring, store, in_force, gate, *made)

    def house(self) -> House:
        """What the desk may use."""
        noticed = self.post.matching.notice
        keeping = Keeping(self.home.member, search.findable, new_id, noticed)
        return House(
            config=self.home.config,
            clock=self.home.clock,
            ids=new_id,
            pid=os.getpid(),
            incoming=self.home.incoming,
            asking=self._asking(),
            loading=Loading(self.store, keeping, self.home.rejects, self._audiences),
            administration=Administration(
                self.store,
                self.in_force,
                search.KEYS_VERSION,
                timedelta(days=self.home.config.retention.mail_days),
                timedelta(days=self.home.config.retention.question_days),
                self._unwitnessed,
            ),
            reconciling=self._reconciling(),
            remarking=Remarking(self.store, keeping),
            reindexing=Reindexing(self.store, keeping, search.KEYS_VERSION, threading.Lock()),
            screening=Screening(
                gate=self.gate,
                searchers=self.searchers,
                digest=functools.partial(keyed, self.ring.present.digest_key),
                rejects=self.home.rejects,
            ),
            rotating=self.rotating,
            post=self.post,
            issue=self.home.issue,
            renew=self.rotating.renew_person,
            people=self.home.known_people,
            own=lambda: self.home.settings_now().member,
            endorse=self._endorsed,
            follow=self.following.follow,
            doors=lambda: list(self.doors),
            refusals=self.step.refusals,
            clocks=self.step.us.clocks,
        )

    def _audiences(self) -> Sequence[str]:
        """Everybody to whom records may be shown; nobody in particular while we are alone."""
        charter = self.in_force()
        groups = [f"{GROUP_PREFIX}{name}" for name in charter.groups]
        return [*charter.members, *groups] if len(charter.members) > 1 else []

    def _asking(self) -> Asking:
        """The way out for questions of our people."""
        return Asking(
            us=self.home.member,
            store=self.store,
            policy=self.gate.policy,
            charter=self.in_force,
            fanout=self.fanout,
            answer_own=self.gate.answer_own,
            digest=self.gate.digest,
            body_digest=functools.partial(digests.of_question, self.ring.present.digest_key),
            quotas=self.gate.limits.quotas.own,
            heard=self.post.guarding.heard,
        )

    def _endorsed(self, document: bytes) -> bytes:
        """What our CA, as the charter in force names it, says for a proposal."""
        return keys.endorse(self.rotating.place, self.in_force().member(self.home.member), document)

    def _reconciling(self) -> Reconciling:
        """Comparing what we have of the traffic with each member with what it has."""
        keyed = functools.partial(digests.of_digest, self.ring.present.digest_key)
        return Reconciling(
            books=Books(self.home.member, self.store, self.in_force, keyed),
            policy=self.gate.policy,
            fanout=self.fanout,
            witnessing=self.post.witnessing,
            ids=new_id,
            timeout_s=self.home.config.ask.timeout_s,
        )

    def _unwitnessed(self, view: View) -> Break | None:
        return self.post.witnessing.broken(view, self.home.remembered())

    def searchers(self, most: int, limit: int) -> Searchers:
        """As many searchers as there are processors for them, and no more than are wanted."""
        count = min(most, len(os.sched_getaffinity(0)))
        return Searchers(self.home.database, count=count, limit=limit)


@asynccontextmanager
async def running(home: Home) -> AsyncIterator[Node]:
    """A node with its doors and its desk open, until this ends; calls in flight are finished."""
    memory = Memory()
    async with _locked(home, has_doors=True) as node:
        node.post.check_ways()
        if unpermitted := rules.unpermitted(home.policies()[0]):
            structlog.get_logger().warning("policy permits nobody", actions=unpermitted)
        house = node.house()
        try:
            await node.following.follow()
            async with (
                _beside(node.post.work()),
                _beside(node.post.carry()),
                _beside(node.post.guard()),
                _beside(keys_in_time.go_on(node.rotating)),
                _beside(keys_in_time.warn(node.rotating)),
                _beside(node.following.run(node.post.adopted)),
                _beside(
                    again("erasing what is overdue", house.administration.erase_overdue, ERASING_S)
                ),
                _beside(again("writing refusals down", node.sparing.tell, EVERY_S)),
                _beside(again("giving memory back", memory.give_back, EVERY_S)),
                port.opened(house, home.config.desk_port, grace_s=GRACE_S) as address,
            ):
                with home.announced(address):
                    yield node
        finally:
            await node.post.delivery.close()
            await node.doors.close(GRACE_S)


@asynccontextmanager
async def woken(home: Home) -> AsyncIterator[str]:
    """A node with its desk alone, on any free port, for one verb; yields its address."""
    async with (
        _locked(home, has_doors=False) as node,
        port.opened(node.house(), 0, grace_s=GRACE_S) as address,
    ):
        yield address


async def serve(path: Path) -> None:
    """Run the node of a home until SIGTERM or SIGINT."""
    home = opened(path)
    log_to_stderr(home.config.log.level)
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    async with running(home) as node:
        # What is there by now stays: looking through it for garbage stops everything for 200 ms.
        gc.collect()
        gc.freeze()
        structlog.get_logger().info("ready", member=home.member, doors=len(list(node.doors)))
        await told.wait()
        structlog.get_logger().info("stopping", member=home.member)


def log_to_stderr(level: str) -> None:
    """JSON lines on stderr; ids and codes, nothing personal."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=lambda *_: _Log(),
    )


class _Log:
    """stderr as it is now; what cannot be written, as on a full disk, is not there, and no fault.

    What goes on while faults are written down would end by it.
    """

    def msg(self, line: str) -> None:
        """Write a line, if that can be done."""
        with contextlib.suppress(OSError):
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()

    debug = info = warning = error = critical = msg


@asynccontextmanager
async def _beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Have something done beside the rest, until this ends; what ends by itself is no secret."""
    task = asyncio.create_task(work)
    task.add_done_callback(_told)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


def _told(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and isinstance(fault := task.exception(), Exception):
        foreseen(fault)
        structlog.get_logger().critical(
            "ended by itself", what=getattr(task.get_coro(), "__qualname__", "")
        )


@asynccontextmanager
async def _locked(home: Home, *, has_doors: bool) -> AsyncIterator[Node]:
    with home.lock():
        home.drop_incoming()
        node = Node.of(home, has_doors=has_doors)
        with closing(node.store):
            node.rotating.renew_administrators()
            try:
                yield node
            finally:
                await node.fanout.close()
                node.gate.find.close()


async def _no_doors(_: Charter) -> None:
    """A node that is woken for one verb opens none."""


def _finder(home: Home) -> Finder:
    """Who finds for the gate."""
    count = home.config.answer.searchers
    return Beside(home.database, count=count) if count else Here()


def _quotas(digest_key: bytes, settings: Config) -> Quotas:
    """How often members, their people and ours may ask."""
    answer, quota = settings.answer, settings.quota
    return Quotas(
        key=digest_key,
        member=Quota(answer.quota_per_hour, answer.quota_per_day),
        analyst=Quota(quota.analyst_per_hour, quota.analyst_per_day),
        case=Quota(quota.case_per_hour, quota.case_per_day),
    )
