"""The tables as SQL: what each migration makes.

Every table is STRICT, instants are integer microseconds UTC. In the audit log ANY lets an editor
put what they like, so that it is read and named as an edit and not as a fault of the database.
A text that was released is never changed again; what comes later is a migration of its own.
"""

from node.store.schema.activities import ACTIVITIES
from node.store.schema.charters import CHARTERS
from node.store.schema.exchanges import EXCHANGES
from node.store.schema.guard import GUARD
from node.store.schema.letters import LETTERS
from node.store.schema.mail import MAIL
from node.store.schema.screening import SCREENING
from node.store.schema.touches import TOUCHES
from node.store.schema.tree import TREE
from node.store.schema.version_1 import VERSION_1
from node.store.schema.version_2 import VERSION_2
from node.store.schema.watches import WATCHES

__all__ = [
    "ACTIVITIES",
    "CHARTERS",
    "EXCHANGES",
    "GUARD",
    "LETTERS",
    "MAIL",
    "SCREENING",
    "TOUCHES",
    "TREE",
    "VERSION_1",
    "VERSION_2",
    "WATCHES",
]
