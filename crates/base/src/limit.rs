//! Every queue, size and count bound of the program in one place, each with its reason.

/// Bytes that are kept of what the handler of a watch prints; Consul's `WatchBufSize`.
pub const WATCH_OUTPUT_BYTES: usize = 4 * 1024;

/// Largest value of one key, in bytes: Consul's `limits.kv_max_value_size`.
pub const KV_VALUE_BYTES: usize = 512 * 1024;

/// Largest value that `limits.kv_max_value_size` may allow, in bytes: it must fit into [`SNAPSHOT_RECORD_BYTES`] with its key.
pub const KV_VALUE_BYTES_CONFIGURABLE: usize = 1024 * 1024;

/// Largest frame between servers, in bytes: a Raft append of one largest value and its key, or a batch under the append limit, with room.
pub const RPC_FRAME_BYTES: usize = 16 * 1024 * 1024;

/// Connections one listener of port 8300 keeps at a time: one or two of each client agent, a few of each server.
pub const RPC_CONNECTIONS: usize = 16 * 1024;

/// Calls one connection between servers carries at a time; further callers wait for a place.
pub const RPC_CALLS_IN_FLIGHT: usize = 16 * 1024;

/// Bytes waiting for a slow reader on one connection of calls before more are refused.
pub const RPC_QUEUE_BYTES: usize = 32 * 1024 * 1024;

/// Largest request of Consul's RPC that is read, in bytes: a transaction of many largest values.
pub const CONSUL_REQUEST_BYTES: usize = 16 * 1024 * 1024;

/// Largest reply of Consul's RPC that is read, in bytes: a list of everything that a large catalog or key space holds.
pub const CONSUL_REPLY_BYTES: usize = 256 * 1024 * 1024;

/// Connections of Consul's RPC that one address may have open: Consul's `limits.rpc_max_conns_per_client`.
pub const CONSUL_CONNECTIONS_PER_ADDRESS: usize = 100;

/// Streams of one connection of Consul's RPC: one for each call that waits. Consul knows no limit; agents with many watches come
/// to thousands.
pub const CONSUL_STREAMS: usize = 64 * 1024;

/// Bytes that may have come over one connection of Consul's RPC and not been read, of all its streams.
pub const CONSUL_SESSION_BYTES: usize = 64 * 1024 * 1024;

/// Streams that the asking end keeps for its next calls: Consul's number.
pub const CONSUL_IDLE_STREAMS: usize = 64;

/// Longest meta a member may carry, in bytes: memberlist's `MetaMaxSize`.
pub const GOSSIP_META_BYTES: usize = 512;

/// Largest UDP datagram that we send, in bytes: memberlist's `UDPBufferSize`.
pub const GOSSIP_PACKET_BYTES: usize = 1400;

/// Largest state exchange that is read, in bytes: memberlist's `maxPushStateBytes`.
pub const GOSSIP_STREAM_BYTES: usize = 20 * 1024 * 1024;

/// Largest message that is unpacked, in bytes: memberlist's limit for compressed data.
pub const GOSSIP_UNPACKED_BYTES: usize = 40 * 1024 * 1024;

/// Most members that one state exchange may name: a tenth of memberlist's limit, to keep what a stranger can make us
/// hold near its 20 MiB.
pub const GOSSIP_STREAM_NODES: usize = 100_000;

/// Longest single record inside a stream, in bytes; real ones stay under 2 KiB.
pub const GOSSIP_RECORD_BYTES: usize = 64 * 1024;

/// Largest packet once unpacked, in bytes; honest ones stay near 1400.
pub const GOSSIP_PACKET_UNPACKED_BYTES: usize = 1024 * 1024;

/// Most state exchanges served at once: memberlist's `maxPushPullRequests`.
pub const GOSSIP_STREAMS: usize = 128;

/// Most messages waiting in one broadcast queue: serf's `MaxQueueDepth`. The most often sent are dropped first.
pub const GOSSIP_BROADCASTS: usize = 4096;

/// Most pings relayed for others at once; further requests are not served, as if lost.
pub const GOSSIP_RELAYS: usize = 1024;

/// Most requests waiting for the task that owns the gossip machine; callers wait for room.
pub const GOSSIP_COMMANDS: usize = 64;

/// Most membership events a slow listener may lag behind before it is told that it missed some.
pub const GOSSIP_EVENTS: usize = 1024;

/// Most intents remembered about names that nobody has announced yet; the oldest is forgotten first.
pub const SERF_INTENTS: usize = 4096;

/// Slots of the rings that recognise repeated user events and queries: serf's buffer size.
pub const SERF_RING_SLOTS: usize = 512;

/// Most different events or queries of one Lamport time that are remembered; further ones of that time are dropped.
pub const SERF_RING_SAME_TIME: usize = 64;

/// Largest user event, name and payload, in bytes: serf's `UserEventSizeLimit`.
pub const SERF_EVENT_BYTES: usize = 512;

/// User events that an agent keeps for who lists them: Consul's number; the oldest is forgotten first.
pub const USER_EVENTS: usize = 256;

/// Services, and as many checks, that one agent holds: far above any machine's, so that a client gone wild fills no memory.
pub const LOCAL_RECORDS: usize = 65_536;

/// Largest query and query response, in bytes: serf's `QuerySizeLimit`.
pub const SERF_QUERY_BYTES: usize = 1024;

/// Most members whose answers to one query of ours are counted; more would not change a majority among those heard.
pub const SERF_QUERY_ANSWERS: usize = 64;

/// Most peers of whom round trip samples are kept for the coordinate.
pub const SERF_LATENCY_PEERS: usize = 65_536;

/// Bytes of Raft messages waiting for one peer's connection before more are dropped: Raft resends what is lost.
pub const RAFT_LINK_BYTES: usize = 16 * 1024 * 1024;

/// Buffer that an idle connection to a Raft peer keeps.
pub const RAFT_LINK_IDLE_BYTES: usize = 64 * 1024;

/// Changes of Kubernetes objects kept for watches; a watch that wants older ones is answered 410 and lists again.
pub const KUBE_WATCH_CHANGES: usize = 10_000;

/// Most Event objects kept; the oldest go first. Kubernetes keeps them for an hour, which bounds nothing.
pub const KUBE_EVENT_OBJECTS: usize = 1000;

/// Changes in the Kubernetes store's journal before it is replaced by a snapshot.
pub const KUBE_JOURNAL_ENTRIES: usize = 4096;

/// Largest body of a Kubernetes API request, in bytes: the API server's own bound.
pub const KUBE_BODY_BYTES: usize = 3 * 1024 * 1024;

/// Connections to the Kubernetes control socket at once, watches included.
pub const KUBE_CONNECTIONS: usize = 256;

/// Questions that the cluster's resolver works on at once; more are dropped and asked again.
pub const KUBE_DNS_QUESTIONS: usize = 512;

/// Connections through one port of a cluster-IP service at once.
pub const KUBE_PROXY_CONNECTIONS: usize = 1024;

/// Clients of one UDP port of a cluster-IP service that are told apart at once; the one silent for longest goes first.
pub const KUBE_PROXY_CLIENTS: usize = 1024;

/// Largest manifest text, in bytes: what the API server of Kubernetes takes as one request body.
pub const MANIFEST_BYTES: usize = 3 * 1024 * 1024;

/// Values in one YAML document, aliases counted where they are used, so that a few lines cannot grow to fill the memory.
pub const MANIFEST_NODES: usize = 100_000;

/// Depth of nested lists and mappings in one YAML document; readers and writers recurse. A pod template needs about 20.
pub const MANIFEST_DEPTH: usize = 64;

/// Bytes of proposals that wait on one server to be committed; more wait for room, then are refused.
pub const PROPOSAL_BYTES: usize = 64 * 1024 * 1024;

/// Depth of nested blocks and lists in one configuration or rule text; the readers recurse. Consul's own keys need about 8.
pub const CONFIG_DEPTH: usize = 64;

/// Largest configuration file, in bytes; a directory full of service definitions stays far below it.
pub const CONFIG_FILE_BYTES: u64 = 8 * 1024 * 1024;

/// Slots that watched keys and prefixes hash to, 16 bytes each: with 10,000 watches, one write in thirteen wakes a stranger.
pub const WATCH_SLOTS: usize = 131_072;

/// Different lengths of watched prefixes; a write hashes its key once for each. Further prefixes are watched by a shorter one.
pub const WATCHED_PREFIX_LENGTHS: usize = 64;

/// Commands applied under one hold of the store's lock, about 100 µs of work; reads pass in between.
pub const APPLY_SLICE_COMMANDS: usize = 64;

/// Largest command of the log, in bytes: with room to spare in one frame between servers. Documents grow when they are kept, a
/// number such as `1e15` fourfold, so this is far above the largest request.
pub const COMMAND_BYTES: usize = RPC_FRAME_BYTES / 2;

/// Largest record of a snapshot of the store, in bytes: what one command made, and for a check its service's tags beside it.
pub const SNAPSHOT_RECORD_BYTES: usize = 2 * COMMAND_BYTES + 64 * 1024;

/// Bytes of a state that one command of a restore carries: a few milliseconds of log, so that other writes pass in between.
pub const RESTORE_PART_BYTES: usize = 1024 * 1024;

/// Largest state that can be restored, in bytes: every server holds it in memory beside the one it replaces.
pub const RESTORE_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// Largest member of a snapshot archive beside the state, in bytes: a few kilobytes for each server that was there.
pub const ARCHIVE_META_BYTES: u64 = 1024 * 1024;

/// Deletions that are remembered at a time, about 100 MB; beyond it the leader forgets them before their time is over.
pub const TOMBSTONES: usize = 500_000;

/// News waiting for a server's bootstrap machine; whoever brings more waits.
pub const BOOTSTRAP_NEWS: usize = 64;

/// HTTP connections one client address may have at a time: Consul's `limits.http_max_conns_per_client`.
pub const HTTP_CONNECTIONS_PER_CLIENT: usize = 200;

/// HTTP connections at a time, from all clients; further ones are told so and closed.
pub const HTTP_CONNECTIONS: usize = 32 * 1024;

/// Largest head of an HTTP request, in bytes: long keys fit, and so do the cookies of a proxy.
pub const HTTP_HEAD_BYTES: usize = 64 * 1024;

/// Seconds an HTTP client has to send a request to its end once it has begun.
pub const HTTP_REQUEST_SECS: u64 = 30;

/// Seconds an HTTP client may take no byte of an answer that waits for it.
pub const HTTP_STALLED_SECS: u64 = 30;

/// Log lines waiting to be written; further ones are counted and the count is logged, so that no thread waits for a terminal.
pub const LOG_LINES: usize = 8192;

/// Lines waiting for one who reads the log over HTTP; further ones are counted and the count is told: Consul's size of that buffer.
pub const LOG_MONITOR_LINES: usize = 512;

/// Most series that one name of a metric has, told apart by labels that come from outside; further ones are counted together.
pub const METRIC_LABELS: usize = 1024;

/// Most events of metrics kept for statsd between two of its packets, a tenth of a second apart; further ones are lost and counted.
pub const METRIC_EVENTS: usize = 32 * 1024;

/// Seconds after its last answer that a silent HTTP connection keeps its buffers.
pub const HTTP_SILENT_SECS: u64 = 2;

/// Requests a pod's shim serves at once, the streams among them: a runtime has one watch and a few `kube logs -f` on a pod.
pub const SHIM_CONNECTIONS: usize = 128;

/// The longest line between the runtime and a shim, in bytes: a container's launch with a megabyte of variables still fits.
pub const SHIM_LINE_BYTES: u64 = 4 * 1024 * 1024;

/// Depth of nested lists and objects in one JSON body; the reader recurses. A service with its proxy needs about 8.
pub const JSON_DEPTH: usize = 128;

/// Largest body of an HTTP request that has no limit of its own, in bytes: Consul has none, real ones stay below a tenth.
pub const HTTP_BODY_BYTES: usize = 1024 * 1024;

/// Members that a client agent remembers on disk, to find its cluster again: whoever of them is there knows all others.
pub const REJOIN_MEMBERS: usize = 256;

/// Calls to servers under way at once from one client agent; most wait for a change. Further ones are refused.
pub const CLIENT_CALLS: usize = 65_536;

/// Longest filter expression, in bytes; people write below a hundred.
pub const FILTER_BYTES: usize = 16 * 1024;

/// Depth of parentheses and `not` in one filter expression, and of groups in a regular expression; the readers recurse.
pub const FILTER_DEPTH: usize = 64;

/// Regular expressions in one filter expression.
pub const FILTER_PATTERNS: usize = 16;

/// Room for one compiled regular expression of a filter, in bytes.
pub const FILTER_PATTERN_BYTES: usize = 256 * 1024;

/// Questions of `?cached` that are remembered, of each flavour.
pub const HTTP_CACHE_ENTRIES: usize = 4096;

/// Longest question of `?cached` whose answer is kept, in bytes.
pub const HTTP_CACHE_QUESTION_BYTES: usize = 1024;

/// Longest answer that is kept for `?cached`, in bytes: with all entries at their longest 64 MiB.
pub const HTTP_CACHE_ANSWER_BYTES: usize = 16 * 1024;

/// Seconds after which an answer of `?cached` is forgotten: Consul's three days.
pub const HTTP_CACHE_SECS: u64 = 3 * 24 * 60 * 60;

/// Most parts that the splitters of one discovery chain may come to: each lookup of the chain carries them all, and a share
/// is no less than a ten-thousandth.
pub const CHAIN_SPLITS: usize = 10_000;

/// Largest question over UDP that is read, in bytes: a header, a name and EDNS with any options that are in use.
pub const DNS_DATAGRAM_BYTES: usize = 4096;

/// Questions over UDP that wait for a receiver, in bytes of the kernel's memory: some thousands, a burst of all clients of a machine.
pub const DNS_RECEIVE_BYTES: usize = 4 * 1024 * 1024;

/// DNS questions over UDP that wait for somebody else at once; further ones are dropped, and their clients ask again.
pub const DNS_QUESTIONS: usize = 4096;

/// DNS connections at once; further ones are closed, and their clients try again.
pub const DNS_CONNECTIONS: usize = 1024;

/// Questions on one DNS connection before it is closed: that of the DNS library under Consul.
pub const DNS_CONNECTION_QUESTIONS: usize = 128;

/// Further names that are followed for one DNS question; what lies behind more is left out.
pub const DNS_CHASES: usize = 64;

/// Lists of a service's instances that are kept for who asks next; each holds what it shows until another takes its place.
pub const INSTANCE_LISTS: usize = 256;

/// Bytes of keys, values and records of the catalog that one transaction may be told in the same step in which it writes: they travel between servers in
/// one frame.
pub const TXN_READ_BYTES: usize = 8 * 1024 * 1024;

/// Results of checks that wait to be noted; further checks wait with theirs.
pub const CHECK_REPORTS: usize = 256;

/// Bytes of metadata that the sources of one `service-intentions` entry keep together: each keeps all of the entry's own, so a
/// request within its limit could otherwise grow a thousandfold.
pub const INTENTIONS_META_BYTES: usize = 4 * 1024 * 1024;

/// Pieces of a question's body that wait to be sent; whoever makes the body waits.
pub const API_BODY_PIECES: usize = 8;
