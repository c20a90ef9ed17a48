"""Alarms on the wire: each comes back as it was, and what no member would accept does not leave."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from federation import wire
from federation.alarms import Alarm, AlarmKind
from federation.errors import InvalidError
from federation.limits import WORD
from federation.messages import MemberId, Notice, NoticeId
from protos.federation.v1 import federation_pb2 as pb

EE = MemberId("EE")
AT = datetime(2027, 1, 31, 20, 0, tzinfo=UTC)
WALK = Alarm("a-1", AlarmKind.WALK, "ilze", "CASE-1", 30, 29, AT, AT)


def sent(alarm: Alarm) -> object:
    """An alarm after its journey."""
    body = wire.notice_to(Notice(NoticeId("n"), 1, alarm))
    return wire.notice_from(body, EE, id="n", sequence=1).content


@pytest.mark.parametrize("kind", AlarmKind)
def test_what_is_sent_comes_back_as_it_was(kind: AlarmKind) -> None:
    assert sent(replace(WALK, kind=kind)) == replace(WALK, kind=kind)
    assert sent(replace(WALK, person="", case="")) == replace(WALK, person="", case="")


@pytest.mark.parametrize(
    ("alarm", "says"),
    [
        (replace(WALK, id=""), "alarm.id"),
        (replace(WALK, person="x" * (WORD + 1)), "alarm.person"),
        (replace(WALK, case="two\nlines"), "alarm.case_reference"),
        (replace(WALK, misses=31), "alarm.misses"),
        (replace(WALK, misses=-1), "alarm.misses"),
    ],
)
def test_what_no_member_would_accept_does_not_leave(alarm: Alarm, says: str) -> None:
    with pytest.raises(InvalidError, match=says):
        sent(alarm)


def test_a_kind_that_is_not_known_is_refused() -> None:
    body = pb.Notice(alarm=pb.Alarm(id="a", kind="hunch", since=1, until=1)).SerializeToString()

    with pytest.raises(InvalidError, match=r"alarm\.kind must be one of misses, walk"):
        wire.notice_from(body, EE, id="n", sequence=1)
