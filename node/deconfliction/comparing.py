"""Comparing: whether activities meet, found out with a member in three notices under two secrets.

Ask, answer and compare need arithmetic, which is done beside the transactions of the mail: what a
member sent is kept until then, and nothing is done twice or lost when the node ends in between.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

import msgspec

from federation.errors import InvalidError, RefusedError
from federation.meetings import (
    Consent,
    Encounter,
    Handle,
    Parting,
    Probe,
    ProbeAnswer,
    ProbeProof,
    Veiled,
)
from federation.messages import Content, MemberId, Notice, Showing
from federation.private import SEED_BYTES, Use, secret
from node import store
from node.audit import Entry, Operation
from node.deconfliction.activities import Activity, Tokens, asked, offered
from node.deconfliction.encounters import Encounters, Finding, planned
from node.deconfliction.veiling import (
    Random,
    doubled,
    met,
    parts_of_answer,
    tagged,
    veiled,
)
from node.mail.effects import Effect
from node.store import Store, Tx
from node.store.probes import Answered, Comparison, HeldProbe, ProbeState

_HOUR = timedelta(hours=1)


class Kind(StrEnum):
    """What a member sent that is worked on later."""

    PROBE = "probe"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Comparing:
    """Finds out with members whether activities meet; `due` is called once there is work.

    `random` gives so many bytes that nobody can guess; `quota_per_hour` is how often one member
    may ask, 0 for any.
    """

    encounters: Encounters
    random: Random
    quota_per_hour: int
    due: Callable[[], None] = field(default=lambda: None)

    @property
    def effects(self) -> Mapping[type[Content], Effect]:
        """What each notice about activities does when it comes."""
        words = (Encounter, Consent, Showing, Parting)
        return {
            Probe: self.probed,
            ProbeAnswer: self.answered,
            ProbeProof: self.proven,
            **dict.fromkeys(words, self.encounters.heard),
        }

    def plan(self, tx: Tx, activity: str, members: Iterable[MemberId]) -> None:
        """Have an activity compared with those of members, ourselves perhaps among them."""
        for member in members:
            store.probes.add(tx, Handle(self.random(16).hex()), activity, member)
        tx.once_kept(self.due)

    def probed(self, tx: Tx, member: MemberId, notice: Notice) -> None:
        """A member asks whether an activity of its own meets ours: weighed, and kept until later.

        Raises `RefusedError` when our policy or its quota says no.
        """
        if not isinstance(notice.content, Probe):
            return
        gate, probe = self.encounters.gate, notice.content
        verdict = gate.policy.weigh_meeting(member, gate.charter().heard(member).kind)
        if not verdict.is_allowed:
            raise RefusedError(f"{member}: {verdict.ground}")
        quota = self.quota_per_hour
        if quota and store.probes.count_since(tx, member, tx.now - _HOUR) >= quota:
            raise RefusedError(f"{member}: more than {quota} probes in an hour")
        if not store.probes.came(tx, member, probe.handle):
            raise InvalidError(f"{member}: a probe of this name came before")
        store.probes.put_off(tx, member, Kind.PROBE, _ENCODER.encode(probe))
        tx.once_kept(self.due)

    def answered(self, tx: Tx, member: MemberId, notice: Notice) -> None:
        """A member answers a probe of ours, part by part; kept until later."""
        if not isinstance(notice.content, ProbeAnswer):
            return
        answer = notice.content
        probe = store.probes.find(tx, answer.probe)
        if probe is None or probe.member != member:
            raise InvalidError(f"{member}: an answer to no probe of ours")
        if probe.state is ProbeState.OVER:
            return
        if probe.state is not ProbeState.ASKED or answer.part != probe.parts:
            raise InvalidError(f"{member}: an answer that is not the next part")
        store.probes.take_part(tx, probe.handle)
        store.probes.put_off(tx, member, Kind.ANSWER, _ENCODER.encode(answer))
        tx.once_kept(self.due)

    def proven(self, tx: Tx, member: MemberId, notice: Notice) -> None:
        """A member shows our blocks under both secrets: what is among its points meets it."""
        if not isinstance(notice.content, ProbeProof):
            return
        proof = notice.content
        answered = store.probes.answered(tx, member, proof.probe, proof.part)
        if answered is None or answered.tags is None:
            raise InvalidError(f"{member}: a proof that nobody waits for")
        if len(proof.blocks) != len(answered.handles):
            raise InvalidError(f"{member}: a proof of other blocks than ours")
        store.probes.proven(tx, member, proof.probe, proof.part)
        store.audit.append(tx, _combined("proof received", member, proof.probe))
        theirs = _VEILED.decode(answered.tags)
        for place, (handle, block) in enumerate(zip(answered.handles, proof.blocks, strict=True)):
            mine = store.probes.find(tx, handle) if handle else None
            finding = _finding((proof.probe, proof.part, place), block, theirs)
            if mine is not None and finding:
                self.encounters.met(tx, mine, member, finding)

    def ask_again(self) -> bool:
        """Ask once more what a member refused an hour ago: its quota may hold no longer."""
        with self._store.view() as view:
            refused = store.probes.refused(view, view.house.clock() - _HOUR)
        if refused:
            with self._store.write() as tx:
                for probe in store.probes.refused(tx, tx.now - _HOUR):
                    store.probes.advance(tx, probe.handle, ProbeState.DUE)
        return bool(refused)

    def run_next(self) -> bool:
        """Do the next piece of arithmetic; False when none is due."""
        with self._store.view() as view:
            comparison = store.probes.next_comparison(view)
            probe = None if comparison else store.probes.due(view)
        if comparison:
            self._work_on(comparison)
        elif probe:
            self._ask(probe)
        return bool(comparison or probe)

    @property
    def _store(self) -> Store:
        return self.encounters.gate.store

    @property
    def _us(self) -> MemberId:
        return self.encounters.gate.us

    def _ask(self, probe: HeldProbe) -> None:
        with self._store.view() as view:
            activity = planned(view, probe)
        is_member = probe.member in self.encounters.gate.charter().active
        if activity is None or not is_member:
            with self._store.write() as tx:
                store.probes.advance(tx, probe.handle, ProbeState.OVER)
        elif probe.member == self._us:
            self._compare_here(probe, asked(activity))
        else:
            by = secret(self.random(SEED_BYTES))
            points = veiled(asked(activity), by, (self._us, probe.member), self.random)
            with self._store.write() as tx:
                self._asked(tx, probe, Probe(probe.handle, points), by)

    def _asked(self, tx: Tx, probe: HeldProbe, content: Probe, by: bytes) -> None:
        now = store.probes.find(tx, probe.handle)
        if now is None or now.state is not ProbeState.DUE:
            return
        store.probes.advance(tx, probe.handle, ProbeState.ASKED, secret=by)
        self.encounters.outbox.post(tx, probe.member, content, about=probe.activity)
        entry = _combined("activity probed", probe.member, probe.activity, planned(tx, now))
        store.audit.append(tx, entry)

    def _compare_here(self, probe: HeldProbe, mine: Tokens) -> None:
        """Compare an activity with the others of our own; nothing has to be hidden."""
        with self._store.write() as tx:
            store.probes.advance(tx, probe.handle, ProbeState.COMPARED)
            for other in store.probes.towards(tx, self._us):
                activity = planned(tx, other)
                if activity is None or other.activity == probe.activity:
                    continue
                theirs = offered(activity)
                is_in = bool(mine.target & theirs.target), bool(mine.place & theirs.place)
                if any(is_in):
                    finding = Finding(probe.handle, 0, 0, *is_in)
                    self.encounters.met_here(tx, probe, other, finding)

    def _work_on(self, comparison: Comparison) -> None:
        """Answer a probe or look into an answer; what is not as it should be is put aside."""
        try:
            if comparison.kind == Kind.PROBE:
                self._answer(comparison, _PROBE.decode(comparison.content))
            else:
                self._look(comparison, _ANSWER.decode(comparison.content))
        except InvalidError as fault:
            with self._store.write() as tx:
                store.probes.done(tx, comparison.number)
                refused = _combined("probe put aside", comparison.member, "")
                ground = f"{fault.code}: {fault}"
                entry = msgspec.structs.replace(refused, operation=Operation.REFUSAL, ground=ground)
                store.audit.append(tx, entry)

    def _answer(self, comparison: Comparison, probe: Probe) -> None:
        """Answer with everything of ours that may meet an activity of this member."""
        member = comparison.member
        with self._store.view() as view:
            ours = [
                (one.handle, offered(activity))
                for one in store.probes.towards(view, member)
                if (activity := planned(view, one))
            ]
        tokens, pair = [each for _, each in ours], (member, self._us)
        parts = list(parts_of_answer(probe.points, tokens, pair, self.random))
        with self._store.write() as tx:
            if not store.probes.done(tx, comparison.number):
                return
            for number, part in enumerate(parts):
                handles = [None if one is None else ours[one][0] for one in part.ours]
                kept = Answered(handles, _ENCODER.encode(part.proof))
                store.probes.put_answered(tx, member, probe.handle, number, kept)
                is_last = number == len(parts) - 1
                answer = ProbeAnswer(probe.handle, number, is_last, part.found, part.blocks)
                self.encounters.outbox.post(tx, member, answer, about=probe.handle)
            store.audit.append(tx, _combined("probe answered", member, probe.handle))

    def _look(self, comparison: Comparison, answer: ProbeAnswer) -> None:
        """Look for our points in an answer, and prove to the member what we found or did not."""
        with self._store.view() as view:
            probe = store.probes.find(view, answer.probe)
        if probe is None or probe.secret is None:
            with self._store.write() as tx:
                store.probes.done(tx, comparison.number)
            return
        by = probe.secret
        blocks = [doubled(block, by) for block in answer.blocks]
        proof = tuple(tagged(block, Use.PROOF) for block in blocks)
        findings = [
            _finding((probe.handle, answer.part, place), tagged(block, Use.FOUND), answer.tags)
            for place, block in enumerate(blocks)
        ]
        with self._store.write() as tx:
            if store.probes.done(tx, comparison.number):
                self._looked(tx, probe, answer, proof)
                for finding in filter(None, findings):
                    self.encounters.met(tx, probe, probe.member, finding)

    def _looked(
        self, tx: Tx, probe: HeldProbe, answer: ProbeAnswer, proof: tuple[Veiled, ...]
    ) -> None:
        now = store.probes.find(tx, probe.handle)
        if now is None or now.state is ProbeState.OVER:
            return
        if answer.is_last:
            store.probes.advance(tx, probe.handle, ProbeState.COMPARED)
        content = ProbeProof(probe.handle, answer.part, proof)
        self.encounters.outbox.post(tx, probe.member, content, about=probe.activity)
        entry = _combined("answer compared", probe.member, probe.activity, planned(tx, now))
        store.audit.append(tx, entry)


def _finding(where: tuple[Handle, int, int], mine: Veiled, theirs: Veiled) -> Finding | None:
    in_target, in_place = met(mine, theirs)
    return Finding(*where, in_target, in_place) if in_target or in_place else None


def _combined(event: str, member: MemberId, about: str, activity: Activity | None = None) -> Entry:
    """What is written down of a comparison: with whom, of which activity or probe, and why.

    Of a member's activity nothing is said before it meets one of ours, nor why it is planned.
    """
    entry = Entry(
        operation=Operation.COMBINATION,
        event=event,
        peer=member,
        question=about,
        reason="whether planned activities meet",
    )
    if activity is None:
        return entry
    return msgspec.structs.replace(
        entry,
        person=activity.asker.person,
        role=activity.asker.role,
        case=activity.case,
        purpose=activity.purpose,
    )


_ENCODER = msgspec.json.Encoder(order="deterministic")
_PROBE = msgspec.json.Decoder(Probe)
_ANSWER = msgspec.json.Decoder(ProbeAnswer)
_VEILED = msgspec.json.Decoder(Veiled)
