"""Roles come from the certificate, and a call that no rule names is nobody's."""

import pytest

from federation.messages import PersonId
from node.people import MAY, Role, person
from protos.node.v1 import node_pb2


def test_a_person_acts_in_the_first_role_that_a_call_allows() -> None:
    both = person(PersonId("a"), ["analyst", "coordinator"])

    assert both.acting("Search") is Role.ANALYST


def test_a_role_that_does_not_exist_gives_nothing() -> None:
    assert person(PersonId("a"), ["emperor"]).roles == frozenset()


@pytest.mark.parametrize("call", ["Search", "Show", "Screen"])
def test_who_runs_the_house_does_not_search_by_that(call: str) -> None:
    for role in (Role.ADMINISTRATOR, Role.AUDITOR, Role.DPO):
        assert person(PersonId("a"), [role]).acting(call) is None


def test_a_call_without_a_rule_is_refused_to_everybody() -> None:
    assert person(PersonId("a"), list(Role)).acting("Reboot") is None


def test_every_call_of_the_desk_has_a_rule_and_no_other() -> None:
    calls = {method.name for method in node_pb2.DESCRIPTOR.services_by_name["Desk"].methods}

    assert set(MAY) == calls
