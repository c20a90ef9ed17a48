from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from federation.keys import Keys
from federation.messages import MemberId

Own = Mapping[MemberId, Keys]
NOW = datetime.now(UTC).replace(microsecond=0)
LIFE = timedelta(days=30)
