"""The calls of the desk about the charter, translated to use cases and back."""

import asyncio
import functools
from dataclasses import replace
from datetime import datetime, timedelta

from federation import charter
from federation.charter import Amendment, Group, Member, Standing
from federation.errors import InvalidError
from federation.messages import MemberId
from node.administration import Standing as NodeStanding
from node.api.admission import LEFT, Admission, Caller, answered
from node.api.forms import member_from
from node.chartering.proposing import Listed, Proposing
from node.store.instants import microseconds
from protos.node.v1 import node_pb2 as pb


class CharterCalls(Admission):
    """The part of the desk port that is about the charter."""

    @answered
    async def ProposeCharter(
        self, request: pb.ProposeCharterRequest, caller: Caller
    ) -> pb.ProposeCharterResponse:
        """Propose the next charter."""
        amendment = await asyncio.to_thread(self._amendment, request)
        propose = functools.partial(
            self._proposing.propose, reason=request.reason, by=caller.person
        )
        if request.own:
            propose = functools.partial(propose, endorse=self._house.endorse)
        listed = await asyncio.to_thread(propose, amendment)
        await self._house.follow()
        return pb.ProposeCharterResponse(proposal=_proposal_to(listed))

    @answered
    async def ListProposals(
        self, request: pb.ListProposalsRequest, caller: Caller
    ) -> pb.ListProposalsResponse:
        """List proposals and how they stand."""
        every = functools.partial(self._proposing.every, is_ended=request.all)
        listed = await asyncio.to_thread(every)
        return pb.ListProposalsResponse(proposals=map(_proposal_to, listed))

    @answered
    async def SignCharter(
        self, request: pb.SignCharterRequest, caller: Caller
    ) -> pb.SignCharterResponse:
        """Sign a proposal, or a document that goes round as a file."""
        if request.WhichOneof("what") == "document":
            sign = functools.partial(self._proposing.sign_file, by=caller.person)
            document = await asyncio.to_thread(sign, request.document)
            return pb.SignCharterResponse(document=document)
        sign_one = functools.partial(self._proposing.sign, by=caller.person)
        listed = await asyncio.to_thread(sign_one, request.proposal)
        await self._house.follow()
        return pb.SignCharterResponse(proposal=_proposal_to(listed))

    @answered
    async def WithdrawProposal(
        self, request: pb.WithdrawProposalRequest, caller: Caller
    ) -> pb.WithdrawProposalResponse:
        """Take a proposal of ours back."""
        withdraw = functools.partial(self._proposing.withdraw, by=caller.person)
        await asyncio.to_thread(withdraw, request.proposal)
        return pb.WithdrawProposalResponse()

    @answered
    async def AdoptCharter(
        self, request: pb.AdoptCharterRequest, caller: Caller
    ) -> pb.AdoptCharterResponse:
        """Put a charter in force and follow it at once."""
        adopt = functools.partial(
            self._proposing.adopt_file, fingerprint=request.fingerprint, by=caller.person
        )
        adopted = await asyncio.to_thread(adopt, request.document)
        await self._house.follow()
        return pb.AdoptCharterResponse(version=adopted.version)

    @property
    def _proposing(self) -> Proposing:
        return self._house.post.renewing.proposing

    def _amendment(self, request: pb.ProposeCharterRequest) -> Amendment:
        """What is to change, in the charter's own words."""
        life = timedelta(days=request.life_days) if request.HasField("life_days") else None
        if life is not None and life <= timedelta():
            raise InvalidError("--life-days is at least 1")
        return Amendment(
            added=tuple(charter.introduced(one.card, one.fingerprint) for one in request.added),
            own=self._own() if request.own else None,
            replaced=tuple(
                charter.introduced(one.card, one.fingerprint) for one in request.replaced
            ),
            standings={
                member_from(id): standing
                for standing, ids in (
                    (Standing.SUSPENDED, request.suspended),
                    (Standing.ACTIVE, request.reinstated),
                    (Standing.WITHDRAWN, request.withdrawn),
                )
                for id in ids
            },
            topics={member_from(one.member): frozenset(one.topics) for one in request.observers},
            groups={one.name: _group(one) for one in request.groups},
            threshold=request.threshold if request.HasField("threshold") else None,
            life=life,
        )

    def _own(self) -> Member:
        """Our line in the charter with the address and name that amber.toml has now."""
        us, said = self._house.rotating.ring.member, self._house.own()
        if said.id != us:
            raise InvalidError(f"member.id in amber.toml is {said.id}, and this node is {us}")
        held = self._house.administration.charter().member(us)
        return replace(held, host=said.host, port=said.port, name=said.name)


def charter_to(standing: NodeStanding, us: MemberId, now: datetime) -> pb.CharterStanding:
    """How the charter in force stands."""
    adopted, missed, held = standing.adopted, standing.missed, standing.charter
    ours = held.members.get(us)
    return pb.CharterStanding(
        expires_at=microseconds(held.expires_at),
        expired=now >= held.expires_at,
        standing=ours.standing if ours else LEFT,
        way=adopted.way if adopted else "",
        told_by=adopted.member if adopted else "",
        in_force_at=microseconds(adopted.in_force_at) if adopted else 0,
        missed_version=missed.version if missed else 0,
        missed_at=microseconds(missed.in_force_at) if missed else 0,
        proposals=standing.proposals,
        forks=[
            pb.CharterFork(
                version=one.version, members=one.members, seen_at=microseconds(one.seen_at)
            )
            for one in standing.forks
        ],
    )


def _group(group: pb.CharterGroup) -> Group | None:
    members = frozenset(member_from(id) for id in group.members if id.strip())
    lead = member_from(group.lead) if group.lead.strip() else None
    return Group(members, lead) if members else None


def _proposal_to(listed: Listed) -> pb.CharterProposal:
    proposed, proposal = listed.proposed, listed.proposal
    signed = proposal.signed_by | proposal.agreed_by
    return pb.CharterProposal(
        id=listed.id,
        version=proposed.version,
        state=proposed.state,
        proposed_by=proposed.proposed_by,
        reason=proposed.reason,
        changes=listed.changes,
        signed=sorted(signed),
        missing=sorted((proposal.charter.voters | listed.may_sign) - signed),
        wanted=max(0, proposal.charter.threshold - len(proposal.signed_by)),
        wanted_before=max(0, proposal.needed - len(proposal.agreed_by)),
        came_at=microseconds(proposed.came_at),
        ended_at=microseconds(proposed.ended_at) if proposed.ended_at else 0,
        expires_at=microseconds(proposal.charter.expires_at),
        fingerprint=charter.document_fingerprint(proposed.document),
    )
