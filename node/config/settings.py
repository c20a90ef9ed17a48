"""Every setting of a node: its name, what it may be, and what it is unless somebody says so."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from node.config.addresses import ALL_ADDRESSES, is_address

Port = Annotated[int, Meta(ge=1, le=65_472)]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]
Seconds = Annotated[float, Meta(gt=0, le=3_600)]
Grouped = Annotated[
    float,
    Meta(ge=0, le=86_400, description="seconds that alerts which can wait are gathered for"),
]
Patience = Annotated[
    float, Meta(gt=0, le=120, description="seconds that one delivery may take in all")
]
Authority = Annotated[
    str, Meta(description="file of the CA that proves the server; empty: those of this machine")
]


class Member(Struct, frozen=True, forbid_unknown_fields=True):
    """Who this node is."""

    id: Annotated[
        str,
        Meta(pattern="^[A-Z][A-Z0-9]{1,15}$", description="short name in the charter"),
    ]
    name: Annotated[str, Meta(min_length=1, description="the member's full name")]
    host: Annotated[str, Meta(min_length=1, description="where the other members reach this node")]
    port: Annotated[
        Port, Meta(description="base of the doors: the member with number n knocks at port + n")
    ]
    kind: Annotated[
        Literal["state", "organisation", "observer"],
        Meta(description="state, organisation, or observer with rights by topic"),
    ] = "state"


class Listen(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the doors listen."""

    host: Annotated[
        str,
        Meta(description="address of the doors; empty: member.host if an address, else all"),
    ] = ""
    in_flight: Annotated[
        int, Meta(ge=1, le=100, description="calls of one member answered at the same time")
    ] = 8
    together: Annotated[
        int,
        Meta(ge=1, le=1_000, description="calls of all members answered at once, in fair shares"),
    ] = 8


class Desk(Struct, frozen=True, forbid_unknown_fields=True):
    """Where our own people and systems reach this node."""

    host: Annotated[str, Meta(description="loopback address of the desk port")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65_535, description="0: the same as member.port")] = 0


class Ask(Struct, frozen=True, forbid_unknown_fields=True):
    """How we ask."""

    timeout_s: Annotated[
        Seconds, Meta(description="seconds that all members together have for one question")
    ] = 20.0
    limit: Annotated[int, Meta(ge=1, le=100, description="hits shown for one question")] = 10


class Answer(Struct, frozen=True, forbid_unknown_fields=True):
    """How we answer."""

    window_s: Annotated[
        Seconds, Meta(description="seconds that a member's clock may be off before we are told")
    ] = 30.0
    refused_s: Annotated[
        Seconds, Meta(description="seconds that it may be off before its calls are refused")
    ] = 120.0
    quota_per_hour: Annotated[
        Count, Meta(description="questions one member may ask in an hour; 0: no quota")
    ] = 3_600
    quota_per_day: Annotated[
        Count, Meta(description="questions one member may ask in a day; 0: no quota")
    ] = 20_000
    floor_ms: Annotated[
        int, Meta(ge=0, le=5_000, description="ms of an answer to whom we hide records; 0: none")
    ] = 50
    searchers: Annotated[
        int, Meta(ge=0, le=64, description="processes that search for the node; 0: none but itself")
    ] = 0


class Quota(Struct, frozen=True, forbid_unknown_fields=True):
    """How often one person and one case may ask, of ours and of each other member."""

    analyst_per_hour: Annotated[
        Count, Meta(description="questions of one person in an hour; 0: no quota")
    ] = 1_000
    analyst_per_day: Annotated[
        Count, Meta(description="questions of one person in a day; 0: no quota")
    ] = 5_000
    case_per_hour: Annotated[
        Count, Meta(description="questions for one case in an hour; 0: no quota")
    ] = 1_000
    case_per_day: Annotated[
        Count, Meta(description="questions for one case in a day; 0: no quota")
    ] = 5_000


class Mail(Struct, frozen=True, forbid_unknown_fields=True):
    """How notices travel."""

    beat_s: Annotated[
        Seconds, Meta(description="seconds between two heartbeats to a member without mail")
    ] = 60.0
    most_waiting: Annotated[
        int,
        Meta(
            ge=10, le=10_000_000, description="notices that may wait for a member; alerts then wait"
        ),
    ] = 100_000


class Watch(Struct, frozen=True, forbid_unknown_fields=True):
    """How long questions stand."""

    most_days: Annotated[
        int, Meta(ge=1, le=3_650, description="days that a watch stands before it is renewed")
    ] = 183


class Webhook(Struct, frozen=True, forbid_unknown_fields=True):
    """Where our own systems are told that there is an alert; nothing personal leaves by it."""

    url: Annotated[
        str, Meta(description="https address that alerts are posted to; empty: none is")
    ] = ""
    key_file: Annotated[
        str, Meta(description="file of the secrets that sign what is posted, whsec_..., one a line")
    ] = ""
    ca_file: Authority = ""
    timeout_s: Patience = 15.0
    group_s: Grouped = 0.0


class Smtp(Struct, frozen=True, forbid_unknown_fields=True):
    """Whom we write e-mail that there is an alert; nothing personal stands in it."""

    host: Annotated[str, Meta(description="server that takes our e-mail; empty: none is sent")] = ""
    port: Annotated[int, Meta(ge=1, le=65_535, description="port of that server")] = 587
    tls: Annotated[
        Literal["starttls", "tls", "none"],
        Meta(description="starttls, tls from the first byte, or none, to loopback alone"),
    ] = "starttls"
    user: Annotated[str, Meta(description="name to log in with; empty: without")] = ""
    password_file: Annotated[str, Meta(description="file that holds the password of that name")] = (
        ""
    )
    sender: Annotated[str, Meta(description="address that e-mail comes from")] = ""
    to: Annotated[tuple[str, ...], Meta(description="addresses that e-mail goes to")] = ()
    ca_file: Authority = ""
    timeout_s: Patience = 15.0
    group_s: Grouped = 0.0


class Activity(Struct, frozen=True, forbid_unknown_fields=True):
    """How activities are planned, and how often members may find out whether theirs meet ours."""

    most_days: Annotated[
        int, Meta(ge=1, le=60, description="days that one planned activity lasts at most")
    ] = 31
    quota_per_hour: Annotated[
        Count, Meta(description="activities one member may compare in an hour; 0: no quota")
    ] = 60


class Guard(Struct, frozen=True, forbid_unknown_fields=True):
    """From where on questions of one person look like fishing, which is told our coordinators."""

    look_s: Annotated[
        float, Meta(ge=0.1, le=30, description="seconds between two looks at what was asked")
    ] = 10.0
    miss_share: Annotated[
        float, Meta(ge=0, le=1, description="share of answers without a strong hit")
    ] = 0.97
    miss_least: Annotated[Count, Meta(description="answers that it is taken of; 0: never")] = 100
    walk_least: Annotated[
        Count, Meta(description="names of which an order is looked for; 0: never")
    ] = 25
    variation_least: Annotated[Count, Meta(description="forms of one name; 0: never")] = 10
    quiet_s: Annotated[
        float, Meta(ge=60, le=86_400, description="seconds until the same alarm is told again")
    ] = 3_600.0


class Retention(Struct, frozen=True, forbid_unknown_fields=True):
    """How long we keep what need not be kept for ever."""

    question_days: Annotated[
        int,
        Meta(
            ge=1,
            le=3_650,
            description="days until a question's text, an alarm or a touch is erased",
        ),
    ] = 365
    mail_days: Annotated[
        int, Meta(ge=1, le=3_650, description="days until what a delivered notice says is erased")
    ] = 90


class Keys(Struct, frozen=True, forbid_unknown_fields=True):
    """What opens our keys."""

    key_file: Annotated[str, Meta(description="file, outside of the home, that opens keys")] = ""


class Charter(Struct, frozen=True, forbid_unknown_fields=True):
    """What of the next charter this node agrees to by itself; all else waits for its people."""

    renew: Annotated[
        bool,
        Meta(description="sign and draft renewals: the same charter for one more life"),
    ] = True
    agree_to_keys: Annotated[
        bool,
        Meta(
            description="sign what a member changes of its own line: address, name, keys, if both"
            " its signing key and its CA say so"
        ),
    ] = True


class Policy(Struct, frozen=True, forbid_unknown_fields=True):
    """Which rules decide."""

    folder: Annotated[
        str,
        Meta(
            description="folder of Cedar policies to use instead of the shipped ones; a relative"
            " one lies in the home"
        ),
    ] = ""


class Log(Struct, frozen=True, forbid_unknown_fields=True):
    """What the log shows."""

    level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Meta(description="least level that is written"),
    ] = "info"


class Config(Struct, frozen=True, forbid_unknown_fields=True):
    """All settings. A key that is not listed here is an error; a new key has a safe default."""

    member: Member
    listen: Listen = Listen()
    desk: Desk = Desk()
    ask: Ask = Ask()
    answer: Answer = Answer()
    quota: Quota = Quota()
    mail: Mail = Mail()
    watch: Watch = Watch()
    webhook: Webhook = Webhook()
    smtp: Smtp = Smtp()
    activity: Activity = Activity()
    guard: Guard = Guard()
    retention: Retention = Retention()
    keys: Keys = Keys()
    charter: Charter = Charter()
    policy: Policy = Policy()
    log: Log = Log()

    @property
    def desk_port(self) -> int:
        """The desk's own port: what `desk.port` says, else the base of the doors."""
        return self.desk.port or self.member.port

    @property
    def listen_host(self) -> str:
        """The address the doors bind to: a name in `member.host` may not be one of our own."""
        if self.listen.host:
            return self.listen.host
        return self.member.host if is_address(self.member.host) else ALL_ADDRESSES
