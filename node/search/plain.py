"""What is sought in plain letters: to be compared with other questions, not with records."""

from federation.messages import Sought
from node.identifiers import normal_form
from node.search.names import names
from node.search.subjects import kinds_of


def plain(sought: Sought) -> str:
    """The words of a name in plain Latin letters whatever its script, else its numbers."""
    kinds = kinds_of(sought)
    read = names(sought.name, kinds[0]) if kinds else ()
    words = " ".join(part.plain for name in read for part in name)
    return words or " ".join(normal_form(one) for one in sought.identifiers)
