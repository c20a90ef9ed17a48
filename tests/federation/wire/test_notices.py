"""Notices and receipts on the wire: what makes no sense is named, what is too large is cut."""

from datetime import UTC, datetime

import pytest

from federation import wire
from federation.errors import InvalidError
from federation.limits import NOTICE_BYTES, PLACES
from federation.messages import (
    Alert,
    MemberId,
    Notice,
    NoticeId,
    QuestionId,
    Share,
    WatchEnd,
    WatchId,
)
from protos.federation.v1 import federation_pb2 as pb
from tests.federation.world import LV, hit

W = WatchId("w-1")
HEAD = pb.TreeHead(size=1, root=bytes(32), signed_at=1, signature=b"s")


def sent(notice: Notice) -> Notice:
    return wire.notice_from(wire.notice_to(notice), LV, id=notice.id, sequence=notice.sequence)


def test_an_alert_too_large_for_the_lane_keeps_its_reference_and_loses_its_content() -> None:
    large, small = hit(LV, size=NOTICE_BYTES), hit(LV, size=4)

    came = [sent(Notice(NoticeId("n"), 1, Alert(W, one))).content for one in (large, small)]

    assert [isinstance(one, Alert) and one.hit.share for one in came] == [Share.HIT, small.share]
    assert isinstance(came[0], Alert)
    assert (came[0].hit.reference, came[0].hit.entity) == (large.reference, None)


def test_a_notice_with_text_that_cannot_be_sent_does_not_leave() -> None:
    with pytest.raises(InvalidError, match="cannot be sent"):
        wire.notice_to(Notice(NoticeId("n"), 1, WatchEnd(WatchId("\ud800"))))


@pytest.mark.parametrize("place", [-1, PLACES + 1, 2**63 - 1])
@pytest.mark.parametrize("field", ["through", "witnessed", "prove", "refusal.sequence"])
def test_a_receipt_counts_from_nought_to_where_all_can_count(field: str, place: int) -> None:
    said = {
        "through": pb.Receipt(through=place),
        "witnessed": pb.Receipt(witnessed=place),
        "prove": pb.Receipt(prove=[place]),
        "refusal.sequence": pb.Receipt(refused=[pb.Refusal(sequence=place, ground="invalid")]),
    }

    with pytest.raises(InvalidError, match=f"{field} must be from 0 to {PLACES}"):
        wire.receipt_from(said[field].SerializeToString())


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (pb.Dispatch(assigned=-1, oldest=1), "assigned"),
        (pb.Dispatch(assigned=PLACES + 1, oldest=1), "assigned"),
        (pb.Dispatch(assigned=PLACES, oldest=PLACES + 2), "oldest"),
        (pb.Dispatch(assigned=3, oldest=0), "oldest"),
        (pb.Dispatch(oldest=1, since=2**63 - 1, head=HEAD), "since"),
    ],
)
def test_a_dispatch_counts_no_further(said: pb.Dispatch, field: str) -> None:
    with pytest.raises(InvalidError, match=f"{field} must be from"):
        wire.dispatch_from(said.SerializeToString(), LV)


@pytest.mark.parametrize("at", [-1, 2**62])
def test_an_instant_that_no_calendar_has_is_named(at: int) -> None:
    body = pb.Notice(expires_at=at, watch_end=pb.WatchEnd(watch=W)).SerializeToString()

    with pytest.raises(InvalidError, match="expires_at must be an instant"):
        wire.notice_from(body, MemberId("LV"), id="n", sequence=1)


def test_an_instant_arrives_to_the_microsecond() -> None:
    at = datetime(2027, 1, 31, 20, 0, 0, 123_457, tzinfo=UTC)

    assert sent(Notice(NoticeId("n"), 1, WatchEnd(W), at)).expires_at == at


@pytest.mark.parametrize("entry", [0, 9])
def test_a_receipt_names_a_place_in_the_log_of_its_head(entry: int) -> None:
    head = pb.TreeHead(size=8, root=bytes(32), signed_at=1, signature=b"s")
    body = pb.Answer(entry=entry, head=head).SerializeToString()

    with pytest.raises(InvalidError, match="entry must be a place"):
        wire.answer_from(body, QuestionId("q"), LV)
