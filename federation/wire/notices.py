"""Notices, dispatches and receipts as they travel; checked like everything that arrives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from federation.errors import InvalidError
from federation.limits import LINE, MEMBERS, NOTICE_BYTES, NOTICES, WORD
from federation.messages import (
    Alert,
    Asker,
    Content,
    MemberId,
    Notice,
    NoticeId,
    PersonId,
    Recall,
    RecallGround,
    Receipt,
    Reference,
    Refusal,
    Watch,
    WatchEnd,
    WatchId,
    WatchState,
    WatchVerdict,
)
from federation.seal import Sealed, Statement
from federation.wire import alarms, meetings, votes
from federation.wire.envelopes import sealed_from, sealed_to
from federation.wire.fields import decoded, few, instant, line, microseconds, needed
from federation.wire.heads import hashes, head_from, head_to, size
from federation.wire.hits import bare_to, hit_from, hit_to
from federation.wire.questions import sought_from, sought_to
from federation.witness import TreeHead
from protos.federation.v1 import federation_pb2 as pb

_STATE_TO = MappingProxyType(
    {
        WatchState.REGISTERED: pb.WATCH_STATE_REGISTERED,
        WatchState.REFUSED: pb.WATCH_STATE_REFUSED,
        WatchState.REMOVED: pb.WATCH_STATE_REMOVED,
    }
)
_STATE_FROM = MappingProxyType({value: state for state, value in _STATE_TO.items()})


@dataclass(frozen=True, slots=True)
class ShownHead:
    """The head of a member's log, and the proof that it goes on from the one of size `since`.

    `also` are proofs from other sizes, `seen` heads of other members as they showed them to it.
    """

    head: TreeHead
    since: int
    proof: tuple[bytes, ...] = ()
    also: Mapping[int, tuple[bytes, ...]] = field(default_factory=dict)
    seen: tuple[TreeHead, ...] = ()


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Some of a member's mail in the order of its sequence; without a notice, a heartbeat.

    `assigned` is the last sequence number that the sender has given to any notice for us, and
    `oldest` the first that it still holds: what lies before can no longer be had. `shown` is its
    audit log as it stands, from time to time. `charter` is the version that the sender holds, as
    its seal says; 0 where there was none.
    """

    assigned: int
    oldest: int
    notices: tuple[Sealed, ...] = ()
    shown: ShownHead | None = None
    charter: int = 0


@dataclass(frozen=True, slots=True)
class Opened:
    """A notice whose seal holds, or what makes it one that cannot be read."""

    sealed: Sealed
    statement: Statement
    notice: Notice | InvalidError


def dispatch_to(dispatch: Dispatch) -> bytes:
    """The body of a sealed dispatch."""
    message = pb.Dispatch(
        assigned=dispatch.assigned, oldest=dispatch.oldest, notices=map(sealed_to, dispatch.notices)
    )
    if dispatch.shown:
        message.head.CopyFrom(head_to(dispatch.shown.head))
        message.since = dispatch.shown.since
        message.consistency.extend(dispatch.shown.proof)
        for since, proof in dispatch.shown.also.items():
            message.also.add(since=since, consistency=proof)
        for seen in dispatch.shown.seen:
            message.seen.add(member=seen.member, head=head_to(seen))
    return message.SerializeToString()


def dispatch_from(body: bytes, member: MemberId) -> Dispatch:
    """A member's dispatch in a body; the seals of its notices are still to be opened."""
    message = decoded(pb.Dispatch, body)
    assigned = size("assigned", message.assigned)
    if not 1 <= message.oldest <= assigned + 1:
        raise InvalidError("oldest must be from 1 to the one after assigned")
    notices = few("notices", message.notices, NOTICES)
    shown = _shown(message, member) if message.HasField("head") else None
    return Dispatch(assigned, message.oldest, tuple(map(sealed_from, notices)), shown)


def _shown(message: pb.Dispatch, member: MemberId) -> ShownHead:
    also = {
        size("also.since", one.since): hashes("also.consistency", one.consistency)
        for one in few("also", message.also, MEMBERS)
    }
    seen = [
        head_from(one.head, MemberId(needed("seen.member", one.member, WORD)))
        for one in few("seen", message.seen, MEMBERS)
    ]
    head, since = head_from(message.head, member), size("since", message.since)
    return ShownHead(head, since, hashes("consistency", message.consistency), also, tuple(seen))


def receipt_to(receipt: Receipt) -> bytes:
    """The body of a sealed receipt."""
    refused = [pb.Refusal(sequence=one.sequence, ground=one.ground) for one in receipt.refused]
    message = pb.Receipt(
        through=receipt.through,
        refused=refused,
        witnessed=receipt.witnessed,
        cosignature=receipt.cosignature,
        doubt=receipt.doubt,
        prove=receipt.prove,
        missed=votes.adopted_to(receipt.missed) if receipt.missed else None,
    )
    return message.SerializeToString()


def receipt_from(body: bytes) -> Receipt:
    """The receipt in a body; raises `InvalidError` naming the field that is wrong."""
    message = decoded(pb.Receipt, body)
    return Receipt(
        size("through", message.through),
        tuple(map(_refusal, few("refused", message.refused, NOTICES))),
        size("witnessed", message.witnessed),
        message.cosignature,
        line("doubt", message.doubt, WORD),
        tuple(size("prove", one) for one in few("prove", message.prove, MEMBERS)),
        votes.adopted_from(message.missed) if message.HasField("missed") else None,
    )


def _refusal(message: pb.Refusal) -> Refusal:
    ground = line("refusal.ground", message.ground, WORD)
    return Refusal(size("refusal.sequence", message.sequence), ground)


def notice_to(notice: Notice) -> bytes:
    """The body of a sealed notice, which travels under the notice's id and sequence.

    An alert too large for the lane keeps reference and score and loses its content, which can be
    fetched by that reference. Raises `InvalidError` for what no member would accept.
    """
    message = pb.Notice()
    if notice.expires_at:
        message.expires_at = microseconds(notice.expires_at)
    try:
        _WRITE[type(notice.content)](message, notice.content)
    except ValueError:
        raise InvalidError("the notice holds a number or text that cannot be sent") from None
    return message.SerializeToString(deterministic=True)


def notice_from(body: bytes, member: MemberId, *, id: str, sequence: int) -> Notice:
    """A member's notice in a body; raises `InvalidError` naming the field that is wrong."""
    message = decoded(pb.Notice, body)
    which = message.WhichOneof("content")
    if which is None:
        raise InvalidError("a notice must have a content that is known here")
    return Notice(
        id=NoticeId(needed("id", id, WORD)),
        sequence=sequence,
        content=_READ[which](getattr(message, which), member),
        expires_at=instant("expires_at", message.expires_at) if message.expires_at else None,
    )


def _write_watch(message: pb.Notice, watch: Watch) -> None:
    written = pb.Watch(
        id=watch.id,
        asker=pb.Asker(person=watch.asker.person, role=watch.asker.role),
        case_reference=watch.case,
        purpose=watch.purpose,
        topic=watch.topic,
        urgent=watch.is_urgent,
        sought=sought_to(watch.seeks),
        threshold=watch.threshold,
        expires_at=microseconds(watch.expires_at),
    )
    _read_watch(written, MemberId(""))
    message.watch.CopyFrom(written)


def _read_watch(message: pb.Watch, _: MemberId) -> Watch:
    if not 0 <= message.threshold <= 1:
        raise InvalidError("watch.threshold must be from 0 to 1")
    return Watch(
        id=_watch_id(message.id),
        asker=Asker(
            PersonId(needed("asker.person", message.asker.person, WORD)),
            needed("asker.role", message.asker.role, WORD),
        ),
        case=needed("case_reference", message.case_reference, LINE),
        purpose=needed("purpose", message.purpose, WORD),
        seeks=sought_from(message.sought),
        threshold=message.threshold,
        expires_at=instant("watch.expires_at", message.expires_at),
        topic=line("topic", message.topic, WORD),
        is_urgent=message.urgent,
    )


def _write_verdict(message: pb.Notice, verdict: WatchVerdict) -> None:
    written = pb.WatchVerdict(
        watch=verdict.watch, state=_STATE_TO[verdict.state], ground=verdict.ground
    )
    message.watch_verdict.CopyFrom(written)


def _read_verdict(message: pb.WatchVerdict, _: MemberId) -> WatchVerdict:
    if message.state not in _STATE_FROM:
        raise InvalidError("watch_verdict.state must be registered, refused or removed")
    ground = line("watch_verdict.ground", message.ground, WORD)
    return WatchVerdict(_watch_id(message.watch), _STATE_FROM[message.state], ground)


def _write_end(message: pb.Notice, end: WatchEnd) -> None:
    message.watch_end.CopyFrom(pb.WatchEnd(watch=end.watch))


def _read_end(message: pb.WatchEnd, _: MemberId) -> WatchEnd:
    return WatchEnd(_watch_id(message.watch))


def _write_alert(message: pb.Notice, alert: Alert) -> None:
    hit = hit_to(alert.hit)
    if hit.ByteSize() > NOTICE_BYTES:
        hit = bare_to(alert.hit)
    message.alert.CopyFrom(pb.Alert(watch=alert.watch, hit=hit))


def _read_alert(message: pb.Alert, member: MemberId) -> Alert:
    return Alert(_watch_id(message.watch), hit_from(message.hit, member))


def _write_recall(message: pb.Notice, recall: Recall) -> None:
    written = pb.Recall(watch=recall.watch, reference=recall.reference, ground=recall.ground)
    message.recall.CopyFrom(written)


def _read_recall(message: pb.Recall, _: MemberId) -> Recall:
    reference = Reference(needed("recall.reference", message.reference, WORD))
    if message.ground not in set(RecallGround):
        raise InvalidError(f"recall.ground must be one of {', '.join(RecallGround)}")
    return Recall(_watch_id(message.watch), reference, RecallGround(message.ground))


def _watch_id(text: str) -> WatchId:
    return WatchId(needed("watch", text, WORD))


_WRITE: Mapping[type[Content], Callable[[pb.Notice, Any], None]] = MappingProxyType(
    {
        Watch: _write_watch,
        WatchVerdict: _write_verdict,
        WatchEnd: _write_end,
        Alert: _write_alert,
        Recall: _write_recall,
        **alarms.WRITE,
        **meetings.WRITE,
        **votes.WRITE,
    }
)
_READ: Mapping[str, Callable[[Any, MemberId], Content]] = MappingProxyType(
    {
        "watch": _read_watch,
        "watch_verdict": _read_verdict,
        "watch_end": _read_end,
        "alert": _read_alert,
        "recall": _read_recall,
        **alarms.READ,
        **meetings.READ,
        **votes.READ,
    }
)
