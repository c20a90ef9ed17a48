"""How much one message, connection and call may be: one place for every number of the wire."""

KIB = 1024

#: One sealed message, both ways.
MESSAGE_BYTES = 1024 * KIB
#: Where an answer stops and says so; the rest of the message is room for envelope and growth.
ANSWER_BYTES = 768 * KIB
#: Hits in one answer.
HITS = 100
#: Notices in one dispatch, the bytes where it stops before, and the bytes of one hit in a notice.
NOTICES, DISPATCH_BYTES, NOTICE_BYTES = 100, 768 * KIB, 256 * KIB
#: Bytes of a charter's document, of which one fits into a dispatch, and of a CA's word for one.
CHARTER_BYTES, ENDORSEMENT_BYTES = 512 * KIB, 256
#: Bytes of a hash, and hashes in a proof: twice as many as a log of 2**63 entries needs.
HASH_BYTES, PROOF = 32, 128
#: The last place in a log or in the mail to a member, which any reader of JSON counts exactly, and
#: how many places one message takes a row of mail onward without a notice for each.
PLACES, STEP = 2**53, 2**20
#: Blocks in one part of the answer to a probe, points in all of them, parts of one answer.
BLOCKS, POINTS, PARTS = 16, 16_384, 8
#: Lines in one page of an account, and the bytes of a statement and its signature in one of them.
LINES, STATEMENT_BYTES = 200, 2 * KIB
#: Identifiers in one question.
IDENTIFIERS = 20
#: Most characters of a code, id or date, and of any other text of a question.
WORD, LINE = 128, 1024
#: Members of one charter; a member's number is added to the port base of each door.
MEMBERS = 63
#: Former signing keys in a member's line, former CAs, and revoked node certificates: each.
FORMER = 100
#: Highest port base that leaves room for a door per member.
LAST_BASE_PORT = 65_535 - MEMBERS
#: Calls of one member that are inside at once, from their head to the end of their reply.
CALLS = 100
#: So many calls that are none in so many seconds are a flood: the door is shut for so many more.
FLOOD, FLOOD_S, SHUT_S = 1_000, 5.0, 10.0
#: Seconds that the message of a call may take to come: nobody waits longer for its answer.
RECEIVE_S = 20.0

_BOTH_WAYS = (
    ("grpc.max_send_message_length", MESSAGE_BYTES),
    ("grpc.max_receive_message_length", MESSAGE_BYTES),
    ("grpc.max_metadata_size", 16 * KIB),
    ("grpc.absolute_max_metadata_size", 16 * KIB),
    # Without the ping time-out a connection to a stopped process is noticed only after 20 s more.
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 2_000),
    ("grpc.http2.ping_timeout_ms", 2_000),
)

#: Options of every server: doors and desk.
SERVER = (
    *_BOTH_WAYS,
    ("grpc.max_concurrent_streams", CALLS),
    # Two processes on one port would share its calls without a word.
    ("grpc.so_reuseport", 0),
    ("grpc.server_handshake_timeout_ms", 5_000),
    ("grpc.http2.min_ping_interval_without_data_ms", 5_000),
    ("grpc.keepalive_permit_without_calls", 1),
    # A megabyte can be packed that holds a gigabyte; nothing of ours is packed.
    ("grpc.per_message_decompression", 0),
    # After so many calls of one read it is another connection's turn.
    ("grpc.http2.max_requests_per_read", 4),
)

#: Options of a door alone: what a member that opens connections without end can take from us.
DOOR = (*SERVER, ("grpc.max_allowed_incoming_connections", 32))

#: Options of every channel.
CHANNEL = (
    *_BOTH_WAYS,
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.min_reconnect_backoff_ms", 5_000),
    ("grpc.max_reconnect_backoff_ms", 5_000),
    ("grpc.keepalive_permit_without_calls", 1),
    # A proxy named in somebody's environment has no place between two members.
    ("grpc.enable_http_proxy", 0),
)
