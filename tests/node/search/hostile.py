"""Names that nobody bears, for tests of what must not break."""

from hypothesis import strategies as st

#: Letters and signs that names are made of in our region, and some that make trouble.
_SIGNS = (
    "abcdhijkosvyzčšžāłößğ абвжйчшщьюяіїєґ محمدعليال יהוה 김정은 王偉"
    " 'ʼ-./,;|()1٣²ⅧÅ\u0301\u200f\ufeff"
)

ANY_TEXT = st.one_of(st.text(max_size=200), st.text(alphabet=_SIGNS, max_size=80))

WORDS = st.text(alphabet="aeioukhcszvtjmnr", min_size=1, max_size=9)
NAMES = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)

TOO_MUCH = (
    "a" * 10_000,
    "я" * 10_000,
    "م" * 10_000,
    "x " * 5_000,
    " ".join(f"part{number}" for number in range(500)),
    "z" + "\u0301\u0336\u0489" * 3_000,
    "\u202e\u200f\u2067" * 500 + "Anna Liiv",
    "Ann\u200da \ufeffLi\u00adiv",
    "\ud800\udfff Anna \ud83d",
    "\x00Anna\x00Liiv",
    "/ / ; | " * 1_000,
    "𝔄𝔫𝔫𝔞 ﷺ Ⅷ ½",
)
