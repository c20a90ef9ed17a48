"""Policy: each shipped rule decides its own case, and none widens what the owner set."""

import re
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from federation.messages import Marking, MemberId, Share
from node.codes import HANDLING, Category, Purpose, Topic
from node.errors import ConfigError
from node.people import Role
from node.policy import Policy, Request

SHIPPED = Path(__file__).parents[2] / "node" / "policies"
SCHEMA = (SHIPPED / "amber.cedarschema").read_text()
RULES = "\n".join(file.read_text() for file in sorted(SHIPPED.glob("*.cedar")))

#: A rule goes from its @id to the next.
RULE = re.compile(r'@id\("([^"]+)"\)\n(?:permit|forbid) .*?;\n', re.DOTALL)

STATE = Request(
    member=MemberId("EE"),
    kind="state",
    role="analyst",
    purpose="investigation",
    topic="",
    has_case=True,
    is_urgent=False,
    is_own=False,
    groups=frozenset(),
)
OWN = replace(STATE, member=MemberId("LV"), is_own=True)
OBSERVER = replace(STATE, member=MemberId("EUROPOL"), kind="organisation", topic="drugs")
TO_ALL = Marking(share=Share.FULL, audience=frozenset({"ALL"}))
TO_OBSERVER = replace(TO_ALL, audience=frozenset({"EUROPOL"}), topic="drugs")


@pytest.fixture(scope="module")
def policy() -> Policy:
    return Policy(RULES, SCHEMA)


@dataclass(frozen=True)
class Case:
    """What one rule decides, and what would be decided without it. No marking: may it be asked."""

    rule: str
    request: Request
    marking: Marking | None
    decides: bool | Share
    without: bool | Share

    def outcome(self, policy: Policy) -> tuple[bool | Share, str]:
        if self.marking is None:
            verdict = policy.weigh(self.request)
            return verdict.is_allowed, verdict.ground
        release = policy.release(self.request, self.marking)
        return release.share, release.ground


CASES = [
    Case("own-people-ask", OWN, None, decides=True, without=False),
    Case("states-ask", STATE, None, decides=True, without=False),
    Case("organisations-ask-by-topic", OBSERVER, None, decides=True, without=False),
    Case(
        "observers-ask-about-topics-granted-to-them",
        replace(OBSERVER, kind="observer", is_granted=True),
        None,
        decides=True,
        without=False,
    ),
    Case("purpose-is-agreed", replace(STATE, purpose="gossip"), None, decides=False, without=True),
    Case("own-people-see-own-records", OWN, Marking(), Share.FULL, Share.HIDDEN),
    Case("members-see-what-is-shared", STATE, TO_ALL, Share.FULL, Share.HIDDEN),
    Case(
        "organisations-are-named-and-keep-to-their-topic",
        OBSERVER,
        replace(TO_ALL, topic="drugs"),
        Share.HIDDEN,
        Share.FULL,
    ),
    Case(
        "victims-and-witnesses-show-the-hit-only",
        STATE,
        replace(TO_ALL, category="witness"),
        Share.HIT,
        Share.FULL,
    ),
    Case(
        "customs-control-is-about-goods",
        replace(STATE, purpose="customs-control"),
        replace(TO_ALL, topic="illegal-migration"),
        Share.HIT,
        Share.FULL,
    ),
    Case(
        "border-control-is-about-crossing",
        replace(STATE, purpose="border-control"),
        replace(TO_ALL, topic="money-laundering"),
        Share.HIT,
        Share.FULL,
    ),
]


#: The one rule about planned activities.
MEETING = "states-find-out-what-meets"
#: The one rule about books that are compared.
BOOKS = "auditors-compare-books"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_a_rule_decides_its_case_and_names_itself(policy: Policy, case: Case) -> None:
    outcome, ground = case.outcome(policy)

    assert outcome == case.decides
    assert case.rule in ground.split("; ")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_without_its_rule_a_case_is_decided_otherwise(case: Case) -> None:
    others = RULE.sub(lambda rule: "" if rule[1] == case.rule else rule[0], RULES)

    outcome, _ = case.outcome(Policy(others, SCHEMA))

    assert outcome == case.without


def test_every_shipped_rule_has_a_case() -> None:
    rules = [case.rule for case in CASES]
    rules[5:5] = [MEETING, BOOKS]
    assert rules == RULE.findall(RULES)
    assert len(rules) == RULES.count("permit (") + RULES.count("forbid (")


def test_an_observer_asks_about_no_topic_that_the_charter_does_not_grant(policy: Policy) -> None:
    observer = replace(OBSERVER, kind="observer")

    assert not policy.weigh(observer).is_allowed
    assert policy.release(observer, replace(TO_ALL, topic="drugs")).share is Share.HIDDEN


def test_states_alone_find_out_whether_activities_meet_and_by_that_rule(policy: Policy) -> None:
    state, observer = MemberId("EE"), MemberId("EUROPOL")

    verdict = policy.weigh_meeting(state, "state")

    assert (verdict.is_allowed, verdict.ground) == (True, MEETING)
    for kind in ("organisation", "empire"):
        assert not policy.weigh_meeting(observer, kind).is_allowed


@pytest.mark.parametrize("is_own", [True, False])
def test_auditors_alone_compare_books_and_by_that_rule(policy: Policy, is_own: bool) -> None:
    for role in ("analyst", "coordinator", "administrator", "auditor", "dpo", "emperor"):
        for kind in ("state", "organisation"):
            verdict = policy.weigh_inquiry(MemberId("EE"), kind, role, is_own=is_own)

            assert verdict.is_allowed == (role in ("auditor", "dpo"))
            assert verdict.ground == (BOOKS if verdict.is_allowed else "no rule permits it")


def test_without_its_rule_nobody_compares_books() -> None:
    others = RULE.sub(lambda rule: "" if rule[1] == BOOKS else rule[0], RULES)

    verdict = Policy(others, SCHEMA).weigh_inquiry(MemberId("EE"), "state", "auditor", is_own=False)

    assert not verdict.is_allowed


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("role", ["analyst", "coordinator"])
def test_a_state_sees_what_is_shared_with_all_for_every_purpose(
    policy: Policy, role: str, purpose: str
) -> None:
    asked = [
        replace(STATE, role=role, purpose=purpose, topic=topic, is_urgent=is_urgent)
        for topic, is_urgent in product(["", *Topic], [False, True])
    ]

    for request, share in product(asked, Share):
        assert policy.weigh(request).is_allowed
        assert policy.release(request, replace(TO_ALL, share=share)).share == share


@pytest.mark.parametrize("asker", [OWN, STATE, OBSERVER])
@pytest.mark.parametrize("role", ["administrator", "auditor", "dpo", "", "Analyst", "admiral"])
def test_only_analysts_and_coordinators_ask(policy: Policy, asker: Request, role: str) -> None:
    verdict = policy.weigh(replace(asker, role=role))

    assert not verdict.is_allowed
    assert verdict.ground == "no rule permits it"


@pytest.mark.parametrize("asker", [OWN, STATE, OBSERVER])
@pytest.mark.parametrize(
    "lack", [{"has_case": False}, {"purpose": ""}, {"purpose": "Investigation"}]
)
def test_nobody_asks_without_a_case_or_an_agreed_purpose(
    policy: Policy, asker: Request, lack: dict[str, Any]
) -> None:
    assert policy.weigh(asker).is_allowed
    assert not policy.weigh(replace(asker, **lack)).is_allowed


@pytest.mark.parametrize(
    "change", [{"topic": ""}, {"kind": "company"}, {"kind": ""}, {"is_own": False, "kind": "own"}]
)
def test_an_organisation_without_a_topic_and_an_unheard_of_kind_are_refused(
    policy: Policy, change: dict[str, Any]
) -> None:
    assert not policy.weigh(replace(OBSERVER, **change)).is_allowed


@pytest.mark.parametrize(
    ("audience", "share"),
    [
        ({"EE"}, Share.FULL),
        ({"LT", "EE"}, Share.FULL),
        ({"group:amber-sea"}, Share.FULL),
        (set(), Share.HIDDEN),
        ({"LT"}, Share.HIDDEN),
        ({"ee"}, Share.HIDDEN),
        ({"amber-sea"}, Share.HIDDEN),
        ({"group:EE"}, Share.HIDDEN),
        ({"group:other"}, Share.HIDDEN),
    ],
)
def test_a_record_reaches_its_audience_alone(
    policy: Policy, audience: set[str], share: Share
) -> None:
    request = replace(STATE, groups=frozenset({"amber-sea"}))

    release = policy.release(request, replace(TO_ALL, audience=frozenset(audience)))

    assert release.share == share


@pytest.mark.parametrize(
    ("audience", "topic", "share"),
    [
        ({"EUROPOL"}, "drugs", Share.FULL),
        ({"group:observers"}, "drugs", Share.FULL),
        ({"EUROPOL", "ALL"}, "drugs", Share.FULL),
        ({"EUROPOL"}, "customs", Share.HIDDEN),
        ({"EUROPOL"}, "", Share.HIDDEN),
        ({"ALL"}, "drugs", Share.HIDDEN),
    ],
)
def test_an_organisation_is_named_and_sees_the_topic_it_asks_about(
    policy: Policy, audience: set[str], topic: str, share: Share
) -> None:
    request = replace(OBSERVER, topic=topic, groups=frozenset({"observers"}))
    marking = replace(TO_OBSERVER, audience=frozenset(audience))

    assert policy.release(request, marking).share == share


@pytest.mark.parametrize("category", Category)
@pytest.mark.parametrize(
    ("purpose", "is_urgent", "is_guarded"),
    [
        ("investigation", False, True),
        ("investigation", True, False),
        ("threat-to-life", False, False),
    ],
)
def test_a_victim_is_known_but_not_shown_unless_life_is_at_stake(
    policy: Policy, category: str, purpose: str, is_urgent: bool, is_guarded: bool
) -> None:
    request = replace(STATE, purpose=purpose, is_urgent=is_urgent)
    marking = replace(TO_ALL, category=category)
    is_apart = category in {"victim", "witness"}

    share = policy.release(request, marking).share

    assert share == (Share.HIT if is_apart and is_guarded else Share.FULL)


@pytest.mark.parametrize("topic", Topic)
@pytest.mark.parametrize(
    ("purpose", "beyond"),
    [
        (
            "customs-control",
            {"illegal-migration", "trafficking-in-persons", "terrorism-and-extremism"},
        ),
        ("border-control", {"customs", "money-laundering"}),
        ("investigation", set()),
    ],
)
def test_a_control_sees_of_other_topics_the_hit_only_unless_it_is_urgent(
    policy: Policy, topic: str, purpose: str, beyond: set[str]
) -> None:
    request, marking = replace(STATE, purpose=purpose), replace(TO_ALL, topic=topic)

    calm = policy.release(request, marking).share
    urgent = policy.release(replace(request, is_urgent=True), marking).share

    assert calm == (Share.HIT if topic in beyond else Share.FULL)
    assert urgent == Share.FULL


def test_our_own_people_see_our_own_records_whatever_is_shared(policy: Policy) -> None:
    guarded = Marking(category="victim", topic="terrorism-and-extremism", owner=OWN.member)
    control = replace(OWN, purpose="customs-control")

    assert policy.release(control, guarded).share == Share.FULL
    assert policy.release(replace(control, kind="organisation"), guarded).share == Share.FULL


def test_what_is_not_shared_says_so(policy: Policy) -> None:
    release = policy.release(STATE, replace(TO_ALL, audience=frozenset({"LT"})))

    assert release.ground == "not shared with this member"


def test_a_verdict_is_worked_out_once(policy: Policy) -> None:
    assert policy.release(STATE, TO_ALL) is policy.release(replace(STATE), replace(TO_ALL))
    assert policy.weigh(STATE) is policy.weigh(replace(STATE))


def test_no_rules_allow_nothing() -> None:
    policy = Policy("", SCHEMA)

    assert not policy.weigh(OWN).is_allowed
    assert policy.release(OWN, TO_ALL).share == Share.HIDDEN
    assert policy.release(STATE, TO_ALL).ground == "no rule permits it"


def test_a_rule_that_cannot_be_worked_out_denies() -> None:
    broken = (
        '@id("broken") forbid (principal, action, resource) when { 9223372036854775807 + 1 > 0 };'
    )
    policy = Policy(RULES + broken, SCHEMA)

    verdict = policy.weigh(STATE)

    assert not verdict.is_allowed
    assert verdict.ground.startswith("cannot be worked out: ")
    assert policy.release(OWN, TO_ALL).share == Share.HIDDEN


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ('@id("odd") permit (principal, action, resource) when { context.caze };', r"odd .*caze"),
        (
            '@id("odd") permit (principal, action, resource)'
            ' when { context.purpose == Purpose::"investigtion" };',
            r"odd .*investigtion",
        ),
        ('@id("odd") permit (principal, action, resource', "parse error"),
        ("permit (principal, action, resource);", "policy0 .*no @id"),
        ('@id("") permit (principal, action, resource);', "policy0 .*no @id"),
    ],
)
def test_a_rule_with_a_wrong_word_is_found_before_it_is_used(rule: str, fault: str) -> None:
    with pytest.raises(ConfigError, match=fault):
        Policy(rule, SCHEMA)


def test_a_schema_that_cannot_be_read_is_found() -> None:
    with pytest.raises(ConfigError, match="Schema parse error"):
        Policy(RULES, SCHEMA + "entity")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Role", set(Role)),
        ("Purpose", set(Purpose)),
        ("Topic", set(Topic)),
        ("Category", set(Category)),
        ("Handling", set(HANDLING)),
    ],
)
def test_the_schema_knows_the_words_of_our_code_lists(name: str, words: set[str]) -> None:
    listed = re.search(rf"entity {name} enum \[(.*?)\]", SCHEMA, re.DOTALL)

    assert listed
    assert set(re.findall(r'"([^"]+)"', listed[1])) == words
