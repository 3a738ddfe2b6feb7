//! Requests of any bytes: each is answered or its connection closed, and the next client is served.

use std::sync::LazyLock;
use std::time::Duration;

use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::time::timeout;

use crate::world::World;

/// One server for all cases, so that what one leaves behind meets the next.
static SERVED: LazyLock<(Runtime, World)> = LazyLock::new(|| {
    let runtime = Runtime::new().unwrap();
    let world = runtime.block_on(World::new());
    (runtime, world)
});

/// Far more than any answer takes; only a request that hangs needs it.
const DEADLINE: Duration = Duration::from_secs(30);

/// Sends bytes, then says perhaps that no more will come, and gives all that comes back.
fn answer(request: &[u8], and_end: bool) -> Vec<u8> {
    let (runtime, world) = &*SERVED;
    runtime.block_on(async {
        let exchange = async {
            let mut stream = TcpStream::connect(world.address).await.unwrap();
            let mut back = Vec::new();
            // A server that has read enough to refuse may close before all is sent.
            if stream.write_all(request).await.is_ok() && (!and_end || stream.shutdown().await.is_ok()) {
                let _ = stream.read_to_end(&mut back).await;
            }
            back
        };
        timeout(DEADLINE, exchange).await.expect("the request hangs")
    })
}

const METHODS: &str = "GET PUT DELETE POST OPTIONS HEAD X";

const PATHS: &str = "kv/ txn catalog/register catalog/deregister catalog/nodes catalog/services catalog/service/ catalog/connect/ \
    catalog/node/ catalog/node-services/ catalog/datacenters catalog/gateway-services/ health/service/ \
    health/node/ health/checks/ health/state/ health/connect/ health/ingress/ session/create session/destroy/ \
    session/renew/ session/info/ session/node/ session/list query query/ query/x/execute query/x/explain \
    event/fire/ event/list coordinate/nodes coordinate/node/ coordinate/update coordinate/datacenters \
    status/leader status/peers agent/self agent/members agent/services agent/service/ agent/service/register \
    agent/service/deregister/ agent/service/maintenance/ agent/checks agent/check/register agent/check/deregister/ \
    agent/check/pass/ agent/check/update/ agent/health/service/id/ agent/health/service/name/ agent/maintenance \
    agent/join/ agent/force-leave/ agent/token/ agent/version agent/connect/authorize operator/raft/configuration \
    operator/autopilot/configuration operator/autopilot/health config config/ connect/intentions \
    connect/intentions/ connect/intentions/exact connect/intentions/match connect/intentions/check \
    discovery-chain/ internal/ui/services internal/ui/nodes internal/ui/node/ acl/tokens ";

const NAMES: &str = "dc index stale consistent cached max_stale filter near node-meta tag passing ns cas flags acquire release \
    recurse keys separator raw pretty token by name source destination limit connect id kind hash format enable reason note prune wan";

const VALUES: &str = "1 -1 99999999999999999999 x a:b 10s true default Node==x ( \"%22 %00 %ff + \
    adf4238a-882b-9ddc-4a9d-5b6758e4159e _agent dc1 service-defaults ";

const BODY: &str = "{ } [ ] : , null true 1 -1.5e3 \"\" \"Node\" \"Name\" \"Service\" \"Check\" \"Checks\" \"ID\" \"Address\" \
    \"Connect\" \"SidecarService\" \"Proxy\" \"Interval\" \"Status\" \
    \"KV\" \"Verb\" \"set\" \"Key\" \"Value\" \"TTL\" \"10s\" \"LockDelay\" \"Kind\" \"service-defaults\" \
    \"SourceName\" \"Coord\" \"Vec\" \\u \u{fffd}";

/// One word of a text whose words are separated by single spaces; one at its end stands for no word.
fn one_of(words: &'static str) -> impl Strategy<Value = &'static str> {
    prop::sample::select(words.split(' ').collect::<Vec<_>>())
}

fn target() -> impl Strategy<Value = String> {
    let rest = prop_oneof![
        one_of(VALUES).prop_map(str::to_owned),
        "[!-~]{0,30}".prop_map(|text| text.replace(['?', '#'], "/")),
    ];
    let pair = (one_of(NAMES), one_of(VALUES)).prop_map(|(name, value)| format!("&{name}={value}"));
    let more = prop_oneof![3 => pair, 1 => "[!-~]{0,20}".prop_map(|text| text.replace('#', "&"))];
    (one_of(PATHS), rest, prop::collection::vec(more, 0..5)).prop_map(|(path, rest, more)| {
        // The first of equal names counts: none waits for long.
        format!("/v1/{path}{rest}?wait=1ms{}", more.concat())
    })
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(one_of(BODY), 0..30).prop_map(|words| words.concat().into_bytes()),
        prop::collection::vec(any::<u8>(), 0..200),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_request_has_an_answer(
        method in one_of(METHODS),
        target in target(),
        header in "[ -~]{0,40}",
        body in body(),
    ) {
        prop_assume!(!target.contains("agent/leave"));
        let length = body.len();
        let head = format!(
            "{method} {target} HTTP/1.1\r\nHost: h\r\nX-Any: {header}\r\nCache-Control: {header}\r\nAccept-Encoding: {header}\r\n\
             Connection: close\r\nContent-Length: {length}\r\n\r\n",
        );
        let back = answer(&[head.as_bytes(), &body].concat(), false);
        prop_assert!(back.starts_with(b"HTTP/1.1 "), "{head:?} {body:?} is answered with {back:?}");
    }

    #[test]
    fn bytes_that_are_no_request_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        answer(&bytes, true);
        answer(&[b"GET /v1/kv/", &bytes[..], b" HTTP/1.1\r\nHost: h\r\n\r\n"].concat(), true);
        answer(&[b"PUT /v1/kv/a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", &bytes[..]].concat(), true);
        let next = answer(b"GET /v1/status/leader HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", false);
        prop_assert!(next.starts_with(b"HTTP/1.1 200 "));
    }
}
