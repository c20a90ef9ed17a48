"""Inquiries and accounts as they travel; checked like everything that arrives."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from types import MappingProxyType

from federation.accounts import Account, Book, Inquiry, Kept, Line
from federation.errors import InvalidError
from federation.limits import HASH_BYTES, LINES, STATEMENT_BYTES, WORD
from federation.messages import Asker, MemberId, PersonId
from federation.wire.fields import decoded, few, instant, line, microseconds, needed
from federation.wire.heads import hashes, head_from, head_to, size
from protos.federation.v1 import federation_pb2 as pb

_BOOK_TO = MappingProxyType(
    {
        Book.ASKED: pb.BOOK_ASKED,
        Book.HEARD: pb.BOOK_HEARD,
        Book.SENT: pb.BOOK_SENT,
        Book.TAKEN: pb.BOOK_TAKEN,
    }
)
_BOOK_FROM = MappingProxyType({value: book for book, value in _BOOK_TO.items()})
_OF_NOTICES = (Book.SENT, Book.TAKEN)


def inquiry_to(inquiry: Inquiry) -> bytes:
    """The body of a sealed inquiry."""
    message = pb.Inquiry(
        asker=pb.Asker(person=inquiry.asker.person, role=inquiry.asker.role),
        book=_BOOK_TO[inquiry.book],
        since=microseconds(inquiry.since),
        until=microseconds(inquiry.until),
        after=inquiry.after,
        through=inquiry.through,
        known=inquiry.known,
    )
    return message.SerializeToString(deterministic=True)


def inquiry_from(body: bytes) -> Inquiry:
    """The inquiry in a body; raises `InvalidError` naming the field that is wrong."""
    message = decoded(pb.Inquiry, body)
    if message.book not in _BOOK_FROM:
        raise InvalidError("book must be one that is known here")
    return Inquiry(
        asker=Asker(
            PersonId(needed("asker.person", message.asker.person, WORD)),
            needed("asker.role", message.asker.role, WORD),
        ),
        book=_BOOK_FROM[message.book],
        since=instant("since", message.since),
        until=instant("until", message.until),
        after=size("after", message.after),
        through=size("through", message.through),
        known=size("known", message.known),
    )


def account_to(account: Account) -> bytes:
    """The body of a sealed account."""
    message = pb.Account(
        lines=map(_line_to, account.lines),
        more=account.has_more,
        head=head_to(account.head),
        consistency=account.consistency,
        through=account.through,
        last=account.last,
    )
    return message.SerializeToString(deterministic=True)


def account_from(body: bytes, member: MemberId, inquiry: Inquiry) -> Account:
    """A member's account of what was asked for; raises `InvalidError` naming what is wrong.

    Its lines stand in their order, behind where the inquiry goes on, and each in the log of the
    head, so that whoever asks for the next page comes to an end.
    """
    message = decoded(pb.Account, body)
    head = head_from(message.head, member)
    lines = tuple(_line_from(one) for one in few("lines", message.lines, LINES))
    _check_lines(inquiry.book, lines, head.size)
    through = size("through", message.through)
    places = [_start(inquiry), *(_place(inquiry.book, one) for one in lines)]
    if any(later <= earlier for earlier, later in pairwise(places)):
        raise InvalidError("lines must stand in their order, behind those of the page before")
    if message.more and not lines:
        raise InvalidError("a page without lines is the last one")
    if lines and places[-1] > _last(inquiry, through, head.size):
        raise InvalidError("lines must stand within what was asked for")
    return Account(
        lines=lines,
        has_more=message.more,
        head=head,
        consistency=hashes("consistency", message.consistency),
        through=through,
        last=size("last", message.last),
    )


def _check_lines(book: Book, lines: Sequence[Line], size: int) -> None:
    """Each line is of its book and has a place in the log; a notice may not have one yet."""
    for one in lines:
        if bool(one.id) == (book in _OF_NOTICES):
            raise InvalidError("a book of questions holds questions, one of notices notices")
        if not (0 if one.sequence else 1) <= one.entry <= size:
            raise InvalidError("line.entry must be a place in the log of the head")


def following(inquiry: Inquiry, account: Account) -> Inquiry:
    """The inquiry for the page behind this one."""
    last = account.lines[-1]
    if inquiry.book in _OF_NOTICES:
        return replace(inquiry, after=last.sequence, through=account.through)
    return replace(inquiry, since=last.at, after=last.entry)


def _place(book: Book, one: Line) -> tuple[int, int]:
    """Where a line stands in its book."""
    if book in _OF_NOTICES:
        return one.sequence, 0
    return microseconds(one.at), one.entry


def _start(inquiry: Inquiry) -> tuple[int, int]:
    if inquiry.book in _OF_NOTICES:
        return inquiry.after, 0
    return microseconds(inquiry.since), inquiry.after


def _last(inquiry: Inquiry, through: int, size: int) -> tuple[int, int]:
    """The last place that was asked for; `through` is the last of the period, as its owner says."""
    if inquiry.book in _OF_NOTICES:
        return inquiry.through or through, 0
    return microseconds(inquiry.until), size


def _line_to(one: Line) -> pb.Line:
    message = pb.Line(
        id=one.id,
        sequence=one.sequence,
        at=microseconds(one.at),
        word=one.word,
        entry=one.entry,
        answer=one.answer,
        theirs=one.theirs,
        leaf=one.leaf,
        inclusion=one.inclusion,
    )
    if one.kept:
        message.statement.CopyFrom(
            pb.Sealed(
                statement=one.kept.statement,
                key_id=one.kept.key_id,
                signature=one.kept.signature,
            )
        )
    return message


def _line_from(message: pb.Line) -> Line:
    if bool(message.id) == bool(message.sequence):
        raise InvalidError("a line is of a question or of a notice")
    leaf, *inclusion = _proof(message)
    return Line(
        at=instant("line.at", message.at),
        word=line("line.word", message.word, WORD),
        entry=size("line.entry", message.entry),
        id=line("line.id", message.id, WORD),
        sequence=size("line.sequence", message.sequence),
        answer=line("line.answer", message.answer, WORD),
        theirs=size("line.theirs", message.theirs),
        kept=_kept(message.statement) if message.HasField("statement") else None,
        leaf=leaf,
        inclusion=tuple(inclusion),
    )


def _proof(message: pb.Line) -> Iterator[bytes]:
    """The leaf, and the proof that it is in the log."""
    if len(message.leaf) not in (0, HASH_BYTES):
        raise InvalidError(f"line.leaf must be a hash of {HASH_BYTES} bytes")
    yield message.leaf
    yield from hashes("line.inclusion", message.inclusion)


def _kept(message: pb.Sealed) -> Kept:
    if len(message.statement) + len(message.signature) > STATEMENT_BYTES:
        raise InvalidError(f"a statement has at most {STATEMENT_BYTES} bytes")
    return Kept(message.statement, line("line.key_id", message.key_id, WORD), message.signature)
