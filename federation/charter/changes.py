"""What is different between two charters, in plain words: every difference is a line."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256

from federation.certificates import parsed
from federation.charter.members import Charter, FormerCa, Group, Member, Standing
from federation.messages import MemberId
from federation.seal import SigningKey

#: Hex digits by which a key or certificate is named here; whoever compares two reads fingerprints.
_DIGITS = 16


def changes(before: Charter, after: Charter) -> tuple[str, ...]:
    """Everything that the later charter says otherwise, a line each; none when they say the same.

    Members first, in the order of their ids, then groups, rules and what the charter is.
    """
    return (
        *_of_members(before.members, after.members),
        *_of_groups(before.groups, after.groups),
        *_of_rules(before, after),
    )


def _of_members(
    before: Mapping[MemberId, Member], after: Mapping[MemberId, Member]
) -> Iterator[str]:
    for id in sorted({*before, *after}):
        held, new = before.get(id), after.get(id)
        if held is None and new is not None:
            yield f"{id}: joins, {_introduced(new)}"
        elif new is None:
            yield f"{id}: is left out"
        elif held is not None and held != new:
            yield from _of_member(held, new)


def _of_member(held: Member, new: Member) -> Iterator[str]:
    for name in (field.name for field in fields(Member)):
        one, other = getattr(held, name), getattr(new, name)
        if one == other:
            continue
        word, shown = _WORDS.get(name, (name, str))
        if name == "standing":
            yield f"{new.id}: {one} -> {other}"
        elif isinstance(one, tuple | frozenset):
            yield from _of_several(f"{new.id}: {word}", _shown(one, shown), _shown(other, shown))
        else:
            yield f"{new.id}: {word}: {shown(one)} -> {shown(other)}"


def _of_several(of: str, before: list[str], after: list[str]) -> Iterator[str]:
    gone, come = [one for one in before if one not in after], [o for o in after if o not in before]
    yield from (f"{of}: no longer {one}" for one in gone)
    yield from (f"{of}: also {one}" for one in come)
    if not gone and not come:
        yield f"{of}: in another order, {', '.join(after)}"


def _of_groups(before: Mapping[str, Group], after: Mapping[str, Group]) -> Iterator[str]:
    for name in sorted({*before, *after}):
        held, new = before.get(name), after.get(name)
        if held != new:
            yield f"group {name}: {_group(held)} -> {_group(new)}"


def _of_rules(before: Charter, after: Charter) -> Iterator[str]:
    for name, word, shown in _RULES:
        one, other = getattr(before, name), getattr(after, name)
        if one != other:
            yield f"{word}: {shown(one)} -> {shown(other)}"


def _introduced(new: Member) -> str:
    """A new member, whole."""
    several = [
        f"{_WORDS[name][0]} {', '.join(_shown(getattr(new, name), _WORDS[name][1]))}"
        for name in ("topics", "former_keys", "former_cas", "revoked")
        if getattr(new, name)
    ]
    standing = "" if new.standing is Standing.ACTIVE else f" {new.standing}"
    whole = (
        f"{new.kind}{standing}, number {new.number}, {new.name}, {new.host}:{new.port}",
        f"signing key {_key(new.signing_key)}",
        f"CA {_certificate(new.ca)}",
    )
    return ", ".join((*whole, *several))


def _group(group: Group | None) -> str:
    if group is None:
        return "none"
    lead = f" led by {group.lead}" if group.lead else ""
    return (", ".join(sorted(group.members)) or "nobody") + lead


def _shown(values: frozenset[Any] | tuple[Any, ...], shown: Callable[[Any], str]) -> list[str]:
    words = map(shown, values)
    return sorted(words) if isinstance(values, frozenset) else list(words)


def _key(public: bytes) -> str:
    return public.hex()[:_DIGITS]


def _certificate(pem: bytes) -> str:
    return parsed(pem).fingerprint(SHA256()).hex()[:_DIGITS]


def _former_key(key: SigningKey) -> str:
    revoked = " revoked" if key.is_revoked else ""
    return f"{_key(key.public)} until {_instant(key.until) if key.until else 'no end'}{revoked}"


def _former_ca(ca: FormerCa) -> str:
    return f"{_certificate(ca.certificate)} until {_instant(ca.until)}"


def _instant(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"


def _days(life: timedelta) -> str:
    return f"{life / timedelta(days=1):g} days"


def _identity(digest: str) -> str:
    return digest[:12] or "none"


_WORDS: Mapping[str, tuple[str, Callable[[Any], str]]] = {
    "signing_key": ("signing key", _key),
    "ca": ("CA", _certificate),
    "topics": ("topic", str),
    "former_keys": ("former key", _former_key),
    "former_cas": ("former CA", _former_ca),
    "revoked": ("revoked certificate", lambda digest: digest[:_DIGITS]),
}
_RULES: tuple[tuple[str, str, Callable[[Any], str]], ...] = (
    ("threshold", "signatures needed", str),
    ("life", "a renewed charter lasts", _days),
    ("expires_at", "expires", _instant),
    ("version", "version", str),
    ("follows", "follows charter", _identity),
)
