"""Standing questions: by which keys a record that comes meets one."""

from federation.messages import Sought
from node.search.candidates import GUESS_SAYS, SAYS
from node.search.keying import VALUE, guesses_of, keys_of, number_guesses_of
from node.store.keys import number_of

#: What a key weighs is counted in tenths.
_TENTHS = 10


def standing_keys(sought: Sought) -> dict[int, int]:
    """Number of a key -> what it weighs: all by which a search for this looks, guesses too."""
    guessed = {number_of(key): round(GUESS_SAYS * _TENTHS) for key in guesses_of(sought)}
    slips = {number_of(key): round(SAYS[VALUE] * _TENTHS) for key in number_guesses_of(sought)}
    own = {number_of(key): round(SAYS[key[0]] * _TENTHS) for key in keys_of(sought)}
    return guessed | slips | own
