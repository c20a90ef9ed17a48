"""The charter, as a person's command asks for it."""

from dataclasses import dataclass

from node.desk.plain import Plain, fields, told
from protos.node.v1 import node_pb2 as pb
from protos.node.v1 import node_pb2_grpc


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to change of the charter; what is empty stays.

    `added` are cards with the fingerprint that their owner read aloud, `groups` names with members
    and a lead, `observers` ids with topics. `is_own` takes our own address and name as the
    settings of the node have them now.
    """

    reason: str = ""
    added: tuple[tuple[str, str], ...] = ()
    replaced: tuple[tuple[str, str], ...] = ()
    suspended: tuple[str, ...] = ()
    reinstated: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    groups: tuple[tuple[str, tuple[str, ...], str], ...] = ()
    observers: tuple[tuple[str, tuple[str, ...]], ...] = ()
    threshold: int | None = None
    life_days: int | None = None
    is_own: bool = False


class CharterCalls:
    """The part of a desk that is about the charter."""

    _calls: "node_pb2_grpc.DeskAsyncStub"

    async def propose_charter(self, wanted: Wanted) -> Plain:
        """Propose the next charter to every other member."""
        request = pb.ProposeCharterRequest(
            reason=wanted.reason,
            added=[pb.NewMember(card=card, fingerprint=heard) for card, heard in wanted.added],
            replaced=[pb.NewMember(card=card, fingerprint=read) for card, read in wanted.replaced],
            suspended=wanted.suspended,
            reinstated=wanted.reinstated,
            withdrawn=wanted.withdrawn,
            groups=[
                pb.CharterGroup(name=name, members=members, lead=lead)
                for name, members, lead in wanted.groups
            ],
            observers=[
                pb.ObserverTopics(member=id, topics=topics) for id, topics in wanted.observers
            ],
            threshold=wanted.threshold,
            life_days=wanted.life_days,
            own=wanted.is_own,
        )
        return _proposal((await told(self._calls.ProposeCharter(request))).proposal)

    async def proposals(self, *, is_all: bool) -> list[Plain]:
        """Proposals, what each would change and who has signed it."""
        response = await told(self._calls.ListProposals(pb.ListProposalsRequest(all=is_all)))
        return [_proposal(one) for one in response.proposals]

    async def sign_proposal(self, id: str) -> Plain:
        """Sign an open proposal."""
        response = await told(self._calls.SignCharter(pb.SignCharterRequest(proposal=id)))
        return _proposal(response.proposal)

    async def sign_document(self, document: bytes) -> bytes:
        """A document that goes round as a file, with our signature."""
        response = await told(self._calls.SignCharter(pb.SignCharterRequest(document=document)))
        return response.document

    async def withdraw_proposal(self, id: str) -> None:
        """Take a proposal of ours back."""
        await told(self._calls.WithdrawProposal(pb.WithdrawProposalRequest(proposal=id)))

    async def adopt_charter(self, document: bytes, fingerprint: str = "") -> Plain:
        """Put a charter in force that came as a file."""
        request = pb.AdoptCharterRequest(document=document, fingerprint=fingerprint)
        response = await told(self._calls.AdoptCharter(request))
        return fields(response)


def standing_of(charter: pb.CharterStanding) -> Plain:
    """How the charter in force stands."""
    forks = [fields(one) | {"members": list(one.members)} for one in charter.forks]
    return fields(charter) | {"forks": forks}


def _proposal(proposal: pb.CharterProposal) -> Plain:
    several = ("changes", "signed", "missing")
    return fields(proposal) | {name: list(getattr(proposal, name)) for name in several}
