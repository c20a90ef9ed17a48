"""Wording: whether a question can be asked at all, by its words and its width."""

from federation.errors import InvalidError
from federation.messages import Question, Sought
from node.codes import Purpose, Topic
from node.dates import PartialDate
from node.kinds import Kind
from node.search import check_width


def check_why(question: Question) -> None:
    """Raise `InvalidError` unless a question says in known words why it is asked."""
    if not question.case.strip():
        raise InvalidError("a question needs a case (--case)")
    check_word(question.purpose, Purpose, "--purpose")
    if question.topic:
        check_word(question.topic, Topic, "--topic")


def check_words(question: Question) -> None:
    """Raise `InvalidError` or `TooWideError` unless the question can be asked at all."""
    check_why(question)
    if isinstance(question.seeks, Sought):
        if question.seeks.kind:
            check_word(question.seeks.kind, Kind, "--kind")
        PartialDate.parse(question.seeks.birth_date)
        check_width(question.seeks)


def check_word(word: str, words: type[Purpose | Topic | Kind], option: str) -> None:
    """Raise `InvalidError` naming the words of a list unless this is one of them."""
    if word not in set(words):
        raise InvalidError(f"{option} must be one of {', '.join(words)}")
