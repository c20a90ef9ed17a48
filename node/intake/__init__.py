"""Foreign formats -> entities: one file per format, each row with its line or its fault."""

from collections.abc import Mapping
from types import MappingProxyType

from node.intake import ftm, ofac, simple, table, un
from node.intake.rows import Overrides, Reader, Row

#: Rises whenever a reader makes something else of the same bytes, so that an import which was
#: begun by an older reader is not gone on with.
READINGS_VERSION = 2

FORMATS: Mapping[str, Reader] = MappingProxyType(
    {"simple": simple.read, "ftm": ftm.read, "un": un.read, "ofac": ofac.read, "csv": table.read}
)

#: Formats of which a list is several files, so that a folder is read.
FOLDERS = ("ofac",)

__all__ = ["FOLDERS", "FORMATS", "READINGS_VERSION", "Overrides", "Reader", "Row"]
