"""Faults of our own house, in the same tree as the federation's."""

from federation.errors import (
    Code,
    FederationError,
    InvalidError,
    RefusedError,
    UnreachableError,
)


class ConfigError(InvalidError):
    """A setting that cannot be used; the text names the key and what it takes."""

    public = "The configuration is not valid."


class LockedError(FederationError):
    """Another process holds this home."""

    code = Code.BUSY
    public = "This home is in use by another process."


class RoleError(RefusedError):
    """One of our own people has no role that may make this call; the text says which may."""

    is_told = True


class RestingError(UnreachableError):
    """The verb needs a running node, and this one does not run or does not answer."""

    is_told = True
    public = "The node of this home does not answer."


class HomeError(InvalidError):
    """The folder is not a home, or is one already; the text says what to do."""

    public = "The home is not usable."


class RowError(InvalidError):
    """One row that cannot be loaded; the text is the reason in the reject file."""

    public = "The row is not valid."


class AuditError(FederationError):
    """The evidence is not whole; the text names the first entry that does not hold."""

    code = Code.UNTRUSTED
    public = "The audit log is not whole."


class StoreError(FederationError):
    """The database could not do what was asked, and did nothing of it."""

    public = "The database of this node met a fault. Nothing was changed."


class SearcherError(FederationError):
    """A process that searches for the node ended, or met what nobody foresaw."""

    public = "A searcher of this node met a fault. The same command goes on where it stopped."
