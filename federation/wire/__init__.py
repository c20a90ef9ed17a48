"""messages <-> generated types; whatever arrives is checked here before anybody reads it.

What is asked or sent is bounded field by field, because it goes on into policy, search and store.
What is answered is bounded as a whole. What a code means is the node's to judge.
"""

from federation.wire.accounts import (
    account_from,
    account_to,
    following,
    inquiry_from,
    inquiry_to,
)
from federation.wire.envelopes import (
    ASK,
    DELIVER,
    RECONCILE,
    SERVICE,
    request_from,
    request_to,
    response_from,
    response_to,
)
from federation.wire.notices import (
    Dispatch,
    Opened,
    ShownHead,
    dispatch_from,
    dispatch_to,
    notice_from,
    notice_to,
    receipt_from,
    receipt_to,
)
from federation.wire.questions import (
    answer_digest,
    answer_from,
    answer_to,
    log_head,
    question_digest,
    question_from,
    question_to,
)

__all__ = [
    "ASK",
    "DELIVER",
    "RECONCILE",
    "SERVICE",
    "Dispatch",
    "Opened",
    "ShownHead",
    "account_from",
    "account_to",
    "answer_digest",
    "answer_from",
    "answer_to",
    "dispatch_from",
    "dispatch_to",
    "following",
    "inquiry_from",
    "inquiry_to",
    "log_head",
    "notice_from",
    "notice_to",
    "question_digest",
    "question_from",
    "question_to",
    "receipt_from",
    "receipt_to",
    "request_from",
    "request_to",
    "response_from",
    "response_to",
]
