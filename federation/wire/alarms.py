"""Alarms as they travel."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from federation.alarms import Alarm, AlarmKind
from federation.errors import InvalidError
from federation.limits import LINE, WORD
from federation.messages import Content, MemberId
from federation.wire.fields import instant, line, microseconds, needed
from protos.federation.v1 import federation_pb2 as pb


def _write(message: pb.Notice, alarm: Alarm) -> None:
    written = pb.Alarm(
        id=alarm.id,
        kind=alarm.kind,
        person=alarm.person,
        case_reference=alarm.case,
        questions=alarm.questions,
        misses=alarm.misses,
        since=microseconds(alarm.since),
        until=microseconds(alarm.until),
    )
    _read(written, MemberId(""))
    message.alarm.CopyFrom(written)


def _read(message: pb.Alarm, _: MemberId) -> Alarm:
    if message.kind not in set(AlarmKind):
        raise InvalidError(f"alarm.kind must be one of {', '.join(AlarmKind)}")
    if not 0 <= message.misses <= message.questions:
        raise InvalidError("alarm.misses must be from 0 to alarm.questions")
    return Alarm(
        id=needed("alarm.id", message.id, WORD),
        kind=AlarmKind(message.kind),
        person=line("alarm.person", message.person, WORD),
        case=line("alarm.case_reference", message.case_reference, LINE),
        questions=message.questions,
        misses=message.misses,
        since=instant("alarm.since", message.since),
        until=instant("alarm.until", message.until),
    )


WRITE: Mapping[type[Content], Callable[[pb.Notice, Any], None]] = MappingProxyType({Alarm: _write})
READ: Mapping[str, Callable[[Any, MemberId], Content]] = MappingProxyType({"alarm": _read})
