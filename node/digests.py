"""Keyed digests of what was said, by which our books tell whether something is the same."""

import hmac

import msgspec

from federation import wire
from federation.messages import Question


def of_seeks(key: bytes, question: Question) -> str:
    """A keyed digest of what a question looks for, as the log names it without a word of it."""
    return hmac.digest(key, msgspec.json.encode(question.seeks), "sha256").hex()


def of_question(key: bytes, question: Question) -> str:
    """A keyed digest of a question's whole body; nobody without the key can test a guess."""
    return of_digest(key, wire.question_digest(question))


def of_digest(key: bytes, digest: str) -> str:
    """The same, of a body of which a statement says the digest."""
    return hmac.digest(key, digest.encode(), "sha256").hex()
