//! Tags inside memberlist's meta: byte 255, then a map of texts.

use proconsul_base::limit::GOSSIP_META_BYTES;
use proconsul_swim::wire::msgpack::{ReadError, Reader, Writer};

use crate::member::Tags;

/// What a meta with tags begins with.
const MAGIC: u8 = 255;

/// The tags do not fit into a member's meta.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "tags take {bytes} bytes when packed, more than the {GOSSIP_META_BYTES} that gossip carries; use fewer or shorter tags"
)]
pub struct TooLong {
    /// How long they are when packed.
    pub bytes: usize,
}

/// The meta of these tags.
///
/// # Errors
/// They take more than `limit::GOSSIP_META_BYTES`.
pub fn encode(tags: &Tags) -> Result<Vec<u8>, TooLong> {
    let mut writer = Writer::after(vec![MAGIC]);
    write(&mut writer, tags);
    let meta = writer.finish();
    if meta.len() > GOSSIP_META_BYTES { Err(TooLong { bytes: meta.len() }) } else { Ok(meta) }
}

/// The tags of a meta. Very old members tell only a role, as plain text; damaged maps give the tags before the damage.
pub fn decode(meta: &[u8]) -> Tags {
    match meta.split_first() {
        None => Tags::new(),
        Some((&MAGIC, map)) => {
            let mut tags = Tags::new();
            // What could be read is kept: a peer's mistake must not make it a stranger.
            let _damaged = read(&mut Reader::new(map), &mut tags);
            tags
        }
        Some(_) => Tags::from([("role".to_owned(), String::from_utf8_lossy(meta).into_owned())]),
    }
}

pub(crate) fn write(writer: &mut Writer, tags: &Tags) {
    writer.map(tags.len());
    for (key, value) in tags {
        writer.raw(key).raw(value);
    }
}

pub(crate) fn read(reader: &mut Reader<'_>, tags: &mut Tags) -> Result<(), ReadError> {
    for _ in 0..reader.map()? {
        let (key, value) = (reader.text()?, reader.text()?);
        tags.insert(key.to_owned(), value.to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(pairs: &[(&str, &str)]) -> Tags {
        pairs.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()
    }

    #[test]
    fn tags_have_these_bytes() {
        let tags = tags(&[("dc", "dc1"), ("role", "consul")]);
        assert_eq!(encode(&tags).unwrap(), b"\xff\x82\xa2dc\xa3dc1\xa4role\xa6consul");
        assert_eq!(decode(&encode(&tags).unwrap()), tags);
    }

    #[test]
    fn an_old_meta_is_a_role() {
        assert_eq!(decode(b"web"), tags(&[("role", "web")]));
        assert_eq!(decode(b""), Tags::new());
    }

    #[test]
    fn a_damaged_map_keeps_what_came_before() {
        assert_eq!(decode(b"\xff\x82\xa2dc\xa3dc1\xa4ro"), tags(&[("dc", "dc1")]));
    }

    #[test]
    fn too_many_tags_are_refused_with_their_length() {
        assert_eq!(encode(&tags(&[("a", &"x".repeat(600))])), Err(TooLong { bytes: 607 }));
    }
}
