//! A session's fields, as commands and snapshots carry them.
//!
//! ```text
//! id 16 bytes, name text, node text, lock delay i64, behavior u8, ttl text,
//! node checks (0 u8 | 1 u8 and texts), service checks (0 u8 | 1 u8 and texts: ids and namespaces in turn), checks texts
//! ```

use std::sync::Arc;

use proconsul_base::id::SessionId;
use proconsul_base::index::Index;
use proconsul_types::node::Text;
use proconsul_types::session::{Behavior, ServiceCheck, Session};

use super::{Body, put_option, put_text, put_texts, put_u64};

/// Appends all but the indexes.
pub(crate) fn put_session(to: &mut Vec<u8>, session: &Session) {
    to.extend_from_slice(session.id.as_bytes());
    put_text(to, &session.name);
    put_text(to, &session.node);
    put_u64(to, session.lock_delay as u64);
    to.push(match session.behavior {
        Behavior::Release => 0,
        Behavior::Delete => 1,
    });
    put_text(to, &session.ttl);
    put_option(to, session.node_checks.as_deref(), put_texts);
    put_option(to, session.service_checks.as_deref(), |to, checks| put_texts(to, &flat(checks)));
    put_texts(to, &session.checks);
}

/// Reads what [`put_session`] appends; the indexes are left at zero.
pub(crate) fn session(body: &mut Body<'_>) -> Option<Session> {
    Some(Session {
        id: SessionId::from_bytes(body.id()?),
        name: body.text()?.into(),
        node: body.text()?.into(),
        lock_delay: body.u64()? as i64,
        behavior: match body.u8()? {
            0 => Behavior::Release,
            1 => Behavior::Delete,
            _ => return None,
        },
        ttl: body.text()?.into(),
        node_checks: body.option(Body::texts)?,
        service_checks: body.option(|body| paired(&body.texts()?))?,
        checks: body.texts()?,
        create_index: Index::ZERO,
        modify_index: Index::ZERO,
    })
}

fn flat(checks: &[ServiceCheck]) -> Vec<Text> {
    checks.iter().flat_map(|check| [check.id.clone(), check.namespace.clone()]).collect()
}

fn paired(texts: &[Text]) -> Option<Arc<[ServiceCheck]>> {
    let (pairs, rest) = texts.as_chunks::<2>();
    let check = |[id, namespace]: &[Text; 2]| ServiceCheck { id: id.clone(), namespace: namespace.clone() };
    rest.is_empty().then(|| pairs.iter().map(check).collect())
}
