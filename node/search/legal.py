"""Legal forms of the region that the library does not know, taken out of a firm's name.

The table beside the code is knowledge of company law, made from no list of names. A dash marks an
abbreviation, which is one at the beginning or the end of a name alone: in between it is a word.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from node.search.tables import lines
from node.search.words import ROMAN

_SHORT = " -"


def without_form(lower: str) -> str:
    """A firm's name, lower case, without such forms; itself where nothing else stands in it."""
    left = _LAST.sub(" ", _FIRST.sub(" ", _ANYWHERE.sub(" ", lower)))
    return left if any(map(str.isalnum, left)) else lower


def _written(form: str) -> Iterator[str]:
    """A form with and without its marks, unless a numeral would be left."""
    yield form
    signs = unicodedata.normalize("NFKD", form.replace("ł", "l"))
    bare = "".join(sign for sign in signs if not unicodedata.combining(sign))
    if bare not in ROMAN:
        yield bare


def _any_of(forms: Iterable[str]) -> str:
    written = {one for form in forms for one in _written(form)}
    longest_first = sorted(written, key=lambda one: (-len(one), one))
    return f"(?:{'|'.join(map(re.escape, longest_first))})"


_FORMS = lines("legal_forms.txt")
_LONG = _any_of(form for form in _FORMS if not form.endswith(_SHORT))
_ABBREVIATED = _any_of(form.removesuffix(_SHORT) for form in _FORMS if form.endswith(_SHORT))
_ANYWHERE = re.compile(rf"(?<!\w){_LONG}(?!\w)")
_FIRST = re.compile(rf"^\W*{_ABBREVIATED}(?!\w)")
_LAST = re.compile(rf"(?<!\w){_ABBREVIATED}\W*$")
