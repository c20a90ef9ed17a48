"""What was exchanged: notices that are at their receiver are written down by both sides."""

from hashlib import sha256

from federation.accounts import Book
from federation.messages import MemberId
from node import store
from node.audit import Entry, Operation
from node.store import Tx


def note(tx: Tx, member: MemberId, book: Book, sequences: range) -> None:
    """Write down that notices are at their receiver, and which they were."""
    lines = store.exchanges.notices(
        tx, member, book, after=sequences.start - 1, through=sequences.stop - 1
    )
    if not lines:
        return
    statements = [sha256(one.kept.statement).digest() for one in lines if one.kept]
    entry = Entry(
        operation=Operation.ADMINISTRATION,
        event="mail delivered" if book is Book.SENT else "mail received",
        peer=member,
        counts={"from": lines[0].sequence, "to": lines[-1].sequence},
        digests={"statements": sha256(b"".join(statements)).hexdigest()},
    )
    store.exchanges.taken(tx, member, book, sequences, store.audit.append(tx, entry))
