"""What the desk may use of the node."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from federation.clocks import Clocks
from federation.doors import Door
from federation.keys import Issued
from federation.messages import PersonId
from federation.refusals import Refusals
from node.administration import Administration
from node.asking import Asking
from node.assembly import Post
from node.config import Config, Member
from node.keyring.rotating import Rotating
from node.loading import Loading
from node.people import Role
from node.reconciling.comparing import Reconciling
from node.reindexing import Reindexing
from node.remarking import Remarking
from node.screening import Screening


@dataclass(frozen=True, slots=True)
class House:
    """What the desk may use of the node.

    `issue` and `renew` call what they are handed before there is a certificate, `people` are all
    who have one. `own` is what
    amber.toml says of us now, `endorse` what our CA says for a proposal; `follow` puts an adopted
    charter into effect.
    """

    config: Config
    clock: Callable[[], datetime]
    ids: Callable[[], str]
    pid: int
    incoming: Path
    asking: Asking
    loading: Loading
    screening: Screening
    administration: Administration
    reconciling: Reconciling
    reindexing: Reindexing
    remarking: Remarking
    rotating: Rotating
    post: Post
    issue: Callable[[PersonId, tuple[Role, ...], Callable[[], None]], Issued]
    renew: Callable[[PersonId, Callable[[], None]], Path]
    people: Callable[[], Collection[PersonId]]
    own: Callable[[], Member]
    endorse: Callable[[bytes], bytes]
    follow: Callable[[], Awaitable[None]]
    doors: Callable[[], list[Door]]
    refusals: Refusals = field(default_factory=Refusals)
    clocks: Clocks = field(default_factory=Clocks)
