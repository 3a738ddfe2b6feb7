//! The answering end.

use std::sync::Arc;

use proconsul_base::limit;
use proconsul_gopack::{append, from_slice, to_vec};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

use super::message::{Messages, ReplyHead, RequestHead};
use super::{Methods, Protocol, Refusal, yamux};

/// What Go sends in the place of a body that there is none of.
const EMPTY_MAP: u8 = 0x80;

/// Answers what comes over a connection until it ends.
pub(crate) async fn serve<M: Methods>(protocol: Protocol, stream: TcpStream, methods: Arc<M>) {
    match protocol {
        Protocol::Single => converse(stream, &*methods).await,
        Protocol::Snapshot => methods.snapshot(stream).await,
        Protocol::Many => {
            yamux::serve(stream, |stream| {
                let methods = Arc::clone(&methods);
                tokio::spawn(async move { converse(stream, &*methods).await });
            })
            .await;
        }
    }
}

/// Answers the calls of one stream, one after another.
async fn converse<S: AsyncRead + AsyncWrite + Unpin, M: Methods>(stream: S, methods: &M) {
    let mut messages = Messages::new(stream, limit::CONSUL_REQUEST_BYTES);
    loop {
        let head = match messages.next().await {
            Ok(Some(head)) => from_slice::<RequestHead>(&head),
            Ok(None) => break,
            Err(error) => return tracing::debug!(target: "agent.server.rpc", %error, "RPC conn closed"),
        };
        let (Ok(head), Ok(Some(body))) = (head, messages.next().await) else { return };
        let answer = tokio::select! {
            answer = methods.call(&head.service_method, body) => answer,
            () = messages.closed() => return,
        };
        let Some(reply) = reply(head, answer) else { return };
        if messages.stream.write_all(&reply).await.is_err() || messages.stream.flush().await.is_err() {
            return;
        }
    }
    // The end of a conversation; there is nobody left to tell if that fails.
    let _ = messages.stream.shutdown().await;
}

/// Head and body; `None` when there is no form for the head.
fn reply(RequestHead { seq, service_method }: RequestHead, answer: Result<Vec<u8>, Refusal>) -> Option<Vec<u8>> {
    let (error, body) = match answer {
        Ok(body) => (String::new(), body),
        Err(Refusal(text)) => (text, vec![EMPTY_MAP]),
    };
    let mut reply = to_vec(&ReplyHead { error, seq, service_method }).ok()?;
    reply.extend(body);
    Some(reply)
}

/// A request's bytes.
pub(super) fn request(seq: u64, method: &str, body: &[u8]) -> Option<Vec<u8>> {
    let mut request = Vec::with_capacity(body.len() + 64);
    append(&mut request, &RequestHead { seq, service_method: method.to_owned() }).ok()?;
    request.extend(body);
    Some(request)
}
