//! What the first byte of a connection leads to.

use proconsul_base::id::RaftId;
use proconsul_gopack::to_vec;
use tokio::io::AsyncWriteExt;

use super::*;
use crate::consul::{CallError, Connection};

struct Nobody;

impl Gate for Nobody {
    fn identity(&self) -> Identity {
        Identity { cluster: None, raft_id: RaftId::new(1).unwrap() }
    }

    fn judge(&self, _: &Hello) -> Verdict {
        Verdict::NotServed
    }

    async fn take(self: Arc<Self>, _: Hello, _: TcpStream) {}
}

#[tokio::test]
async fn each_first_byte_leads_to_its_own_protocol_and_the_rest_to_a_closed_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let accepting = tokio::spawn(accept(listener, Arc::new(Nobody), Arc::new(())));
    let connection = Connection::dial(None, address).await.unwrap();
    let refused = connection.call("Status.Ping", &to_vec(&()).unwrap()).await;
    assert_eq!(refused, Err(CallError::Refused("rpc: can't find service Status.Ping".to_owned())));
    let hello = Hello { service: hello::Service::Calls, from: Nobody.identity(), to: None };
    let refused = crate::dial::dial(None, address, hello).await;
    assert!(matches!(refused, Err(crate::dial::DialError::Hello { .. })), "{refused:?}");
    // Raft, the old multiplexer, TLS, gossip, TLS without a client's certificate, gRPC, forwarded Raft, a TLS record.
    for first in [1, 2, 3, 6, 7, 8, 9, 22] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(&[first]).await.unwrap();
        let mut rest = Vec::new();
        let read = stream.read_to_end(&mut rest).await;
        assert!(read.is_err() || rest.is_empty(), "{first}");
    }
    accepting.abort();
}
