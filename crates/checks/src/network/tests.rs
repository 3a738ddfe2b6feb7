//! Names, sources and timeouts of connections.

use std::time::Duration;

use tokio::net::TcpListener;

use super::*;

/// A resolver that knows one name, and never answers for another.
struct One(&'static str, Vec<IpAddr>);

impl Names for One {
    fn addresses<'a>(&'a self, name: &'a str) -> Lookup<'a> {
        Box::pin(async move { if name == self.0 { Ok(self.1.clone()) } else { std::future::pending().await } })
    }
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(10)
}

#[tokio::test]
async fn every_address_of_a_name_is_tried() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let addresses = vec!["127.0.0.77".parse().unwrap(), "127.0.0.1".parse().unwrap()];
    let network = Network { source: None, names: Arc::new(One("db", addresses)) };
    let stream = network.connect(&format!("db:{port}"), soon()).await.unwrap();
    assert_eq!(stream.peer_addr().unwrap(), listener.local_addr().unwrap());
}

#[tokio::test]
async fn a_connection_leaves_from_the_agents_address() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = listener.local_addr().unwrap().to_string();
    let network = Network { source: Some("127.0.0.9".parse().unwrap()), ..Network::default() };
    let stream = network.connect(&target, soon()).await.unwrap();
    assert_eq!(stream.local_addr().unwrap().ip(), "127.0.0.9".parse::<IpAddr>().unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_resolver_that_does_not_answer_is_not_waited_for() {
    let network = Network { source: None, names: Arc::new(One("db", Vec::new())) };
    let error = network.connect("other:80", soon()).await.unwrap_err();
    assert_eq!(error.to_string(), "dial tcp: lookup other: i/o timeout");
    let error = network.connect("db:80", soon()).await.unwrap_err();
    assert_eq!(error.to_string(), "dial tcp: lookup db: no such host");
}

#[test]
fn a_loopback_address_is_no_source_for_the_world() {
    let network = Network { source: Some("127.0.0.9".parse().unwrap()), ..Network::default() };
    assert_eq!(network.source_to("10.0.0.1:80".parse().unwrap()), None);
    assert_eq!(network.source_to("[::1]:80".parse().unwrap()), None);
}
