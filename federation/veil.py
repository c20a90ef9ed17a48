"""The veil: neither size nor time of an answer tells what is hidden from the member that asked."""

#: An answer under the veil is as long as a multiple of this, whatever is in it.
BUCKET_BYTES = 4096
#: Least bytes that are filled up, so that the length of the filling always takes two bytes.
_LEAST = 256
#: What the filling needs besides itself: the number of its field and its length.
_FRAME = 3


def filling(size: int) -> bytes:
    """What makes a body of so many bytes as long as a bucket or several, as a field of its own."""
    whole = -(-(size + _LEAST) // BUCKET_BYTES) * BUCKET_BYTES
    return bytes(whole - size - _FRAME)


def wait_s(spent_s: float, floor_s: float) -> float:
    """Seconds until an answer that took `spent_s` may leave: at the next multiple of the floor.

    A floor of 0 is none. What takes longer than the floor leaves at the next multiple, so that
    the work shows only where it takes it across one.
    """
    return floor_s - spent_s % floor_s if floor_s else 0.0
