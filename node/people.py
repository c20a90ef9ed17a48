"""Who our people are to their node: a person, the roles of its certificate, what each may do."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from federation.messages import PersonId


class Role(StrEnum):
    """What a person may do here; each desk call names the roles that may make it."""

    ANALYST = "analyst"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    DPO = "dpo"


#: Desk call -> the roles that may make it, the one to act in first. A call that is not here is
#: refused to everybody.
MAY = MappingProxyType(
    {
        "Search": (Role.ANALYST, Role.COORDINATOR),
        "Show": (Role.ANALYST, Role.COORDINATOR),
        "Screen": (Role.ANALYST,),
        "Load": (Role.ADMINISTRATOR, Role.COORDINATOR, Role.ANALYST),
        "GetStatus": (Role.ADMINISTRATOR, Role.AUDITOR, Role.COORDINATOR, Role.ANALYST, Role.DPO),
        "VerifyAudit": (Role.AUDITOR, Role.DPO, Role.ADMINISTRATOR),
        "ReportAudit": (Role.AUDITOR, Role.DPO),
        "ReconcileAudit": (Role.AUDITOR, Role.DPO),
        "AcceptLog": (Role.ADMINISTRATOR,),
        "AdoptCharter": (Role.ADMINISTRATOR,),
        "ProposeCharter": (Role.ADMINISTRATOR,),
        "ListProposals": (Role.ADMINISTRATOR, Role.AUDITOR, Role.COORDINATOR, Role.DPO),
        "SignCharter": (Role.ADMINISTRATOR,),
        "WithdrawProposal": (Role.ADMINISTRATOR,),
        "AddPerson": (Role.ADMINISTRATOR,),
        "RenewPerson": (Role.ADMINISTRATOR,),
        "ShowKeys": (Role.ADMINISTRATOR, Role.AUDITOR),
        "RotateKeys": (Role.ADMINISTRATOR,),
        "RevokeKey": (Role.ADMINISTRATOR,),
        "GetMetrics": (Role.ADMINISTRATOR, Role.AUDITOR, Role.COORDINATOR, Role.ANALYST, Role.DPO),
        "Reindex": (Role.ADMINISTRATOR,),
        "AddWatch": (Role.ANALYST, Role.COORDINATOR),
        "ListWatches": (Role.ANALYST, Role.COORDINATOR),
        "RenewWatch": (Role.ANALYST, Role.COORDINATOR),
        "RemoveWatch": (Role.ANALYST, Role.COORDINATOR),
        "FollowAlerts": (Role.ANALYST, Role.COORDINATOR),
        "FollowTouches": (Role.ANALYST, Role.COORDINATOR),
        "FollowAlarms": (Role.COORDINATOR, Role.ADMINISTRATOR, Role.AUDITOR, Role.DPO),
        "Remark": (Role.ANALYST, Role.COORDINATOR),
        "ListMail": (Role.ADMINISTRATOR, Role.AUDITOR, Role.COORDINATOR, Role.ANALYST, Role.DPO),
        "ChangeAlert": (Role.ANALYST, Role.COORDINATOR),
        "AddActivity": (Role.COORDINATOR, Role.ANALYST),
        "ListActivities": (Role.COORDINATOR, Role.ANALYST),
        "RemoveActivity": (Role.COORDINATOR, Role.ANALYST),
        "AnswerMeeting": (Role.COORDINATOR, Role.ANALYST),
    }
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose certificate our own CA issued, with every role it names."""

    id: PersonId
    roles: frozenset[Role]

    @property
    def all_roles(self) -> str:
        """Every role, as an entry of the log says them where none was acted in."""
        return " ".join(sorted(self.roles))

    def acting(self, call: str) -> Role | None:
        """The role in which this person makes a call, or None when it may not."""
        return next((role for role in MAY.get(call, ()) if role in self.roles), None)


def person(id: PersonId, roles: Iterable[str]) -> Person:
    """A person with those of the named roles that exist."""
    known = {str(role): role for role in Role}
    return Person(id, frozenset(known[name] for name in roles if name in known))
