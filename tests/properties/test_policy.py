"""Whatever the rules say, nobody sees more than the owner set."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.messages import Marking, MemberId, Share
from node.codes import HANDLING, Category, Purpose, Topic
from node.people import Role
from node.policy import Policy, Request
from tests.node.test_policy import RULES, SCHEMA


@pytest.fixture(scope="module")
def policy() -> Policy:
    """The rules that are shipped."""
    return Policy(RULES, SCHEMA)


AUDIENCES = st.frozensets(st.sampled_from(["ALL", "EE", "LT", "EUROPOL", "group:a", "group:b"]))
MARKINGS = st.builds(
    Marking,
    share=st.sampled_from(Share),
    audience=AUDIENCES,
    topic=st.sampled_from([*Topic, "unheard-of"]),
    category=st.sampled_from([*Category, "unheard-of"]),
    handling=st.frozensets(st.sampled_from([*HANDLING])),
    tell=st.sampled_from(["", "silently", "openly"]),
)
REQUESTS = st.builds(
    Request,
    member=st.sampled_from([MemberId("EE"), MemberId("EUROPOL")]),
    kind=st.sampled_from(["state", "organisation", "unheard-of"]),
    role=st.sampled_from([*Role, "unheard-of"]),
    purpose=st.sampled_from([*Purpose, "unheard-of"]),
    topic=st.sampled_from([*Topic, "", "unheard-of"]),
    has_case=st.booleans(),
    is_urgent=st.booleans(),
    is_own=st.just(value=False),
    groups=st.frozensets(st.sampled_from(["a", "b"])),
)
LAVISH = Policy('@id("everything") permit (principal, action, resource);', SCHEMA)


@given(REQUESTS, MARKINGS)
def test_no_rule_widens_what_the_owner_set(request_: Request, marking: Marking) -> None:
    names = {"ALL", request_.member, *(f"group:{group}" for group in request_.groups)}
    is_reached = bool(names & marking.audience)

    share = LAVISH.release(request_, marking).share

    assert share == (marking.share if is_reached else Share.HIDDEN)


@given(REQUESTS, MARKINGS)
def test_whose_owner_is_told_first_is_hidden_from_every_member(
    request_: Request, marking: Marking
) -> None:
    first = replace(marking, tell="first")

    assert LAVISH.release(request_, first).share == Share.HIDDEN
    assert LAVISH.release(replace(request_, is_own=True), first).share == Share.FULL


@given(request_=REQUESTS, marking=MARKINGS, share=st.sampled_from(Share))
def test_a_narrower_marking_never_shows_more(
    policy: Policy, request_: Request, marking: Marking, share: Share
) -> None:
    narrower = replace(marking, share=min(share, marking.share))

    before = policy.release(request_, marking).share

    assert policy.release(request_, narrower).share == min(before, narrower.share)
