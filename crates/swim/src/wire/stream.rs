//! Conversations over a stream: one message each way. Reads them piece by piece, as a socket delivers them.

use proconsul_base::limit::{GOSSIP_RECORD_BYTES, GOSSIP_STREAM_BYTES, GOSSIP_UNPACKED_BYTES};

use super::compress::{self, CompressError};
use super::kind::Kind;
use super::message::{self, Ack, MessageError, Ping};
use super::msgpack::{ReadError, Reader, Writer};
use super::packet::{PacketError, check_label, label_onto};
use super::push_pull::{Assembly, PushPull, PushPullError};

/// One message of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamMessage {
    /// A whole state; answered by one.
    PushPull(PushPull),
    /// Are you there? For peers that UDP does not reach.
    Ping(Ping),
    /// I am here.
    Ack(Ack),
    /// Bytes of the layer above.
    User(Vec<u8>),
    /// Why the other side refuses to talk.
    Error(String),
}

/// Why a stream was not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StreamError {
    /// It is longer than is allowed.
    #[error("the stream brings more than the {GOSSIP_STREAM_BYTES} bytes allowed")]
    TooLong,
    /// It ended inside a compressed message.
    #[error("the compressed message is cut short")]
    Short,
    /// Its label is not ours.
    #[error(transparent)]
    Label(PacketError),
    /// It is encrypted.
    #[error("the stream is encrypted, but this member has no gossip key; all members need the same key, or none")]
    Encrypted,
    /// A type that does not travel in streams.
    #[error("message type {0} is unknown in streams")]
    Type(u8),
    /// A message was not understood.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// A state was not understood.
    #[error(transparent)]
    PushPull(#[from] PushPullError),
    /// A compressed message was not unpacked.
    #[error(transparent)]
    Compressed(#[from] CompressError),
}

impl StreamMessage {
    /// All bytes of the stream, compressed where Go compresses too.
    pub fn encode(&self, label: &[u8]) -> Vec<u8> {
        let plain = match self {
            Self::PushPull(state) => state.encode(),
            Self::Ping(ping) => message::encode_ping(ping),
            Self::Ack(ack) => message::Message::Ack(ack.clone()).encode(),
            Self::User(bytes) => encode_user(bytes),
            Self::Error(text) => {
                let mut writer = Writer::after(vec![Kind::Error as u8]);
                writer.map(1).raw("Error").raw(text);
                writer.finish()
            }
        };
        let mut stream = Vec::new();
        label_onto(&mut stream, label);
        stream.extend_from_slice(&compress::pack(&plain).unwrap_or(plain));
        stream
    }
}

fn encode_user(bytes: &[u8]) -> Vec<u8> {
    let mut writer = Writer::after(vec![Kind::User as u8]);
    writer.map(1).raw("UserMsgLen").uint(bytes.len() as u64);
    let mut stream = writer.finish();
    stream.extend_from_slice(bytes);
    stream
}

/// Collects a stream until its one message is complete.
#[derive(Debug)]
pub struct StreamReader {
    label: Vec<u8>,
    buffer: Vec<u8>,
    state: Assembly,
}

impl StreamReader {
    /// For streams that must bear this label; empty for none.
    pub fn new(label: &[u8]) -> Self {
        Self { label: label.to_vec(), buffer: Vec::new(), state: Assembly::default() }
    }

    /// Takes what the socket delivered; `None` while the message is incomplete.
    ///
    /// # Errors
    /// The stream is to be closed. It is never worth waiting for more.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Option<StreamMessage>, StreamError> {
        if self.buffer.len() + bytes.len() > GOSSIP_STREAM_BYTES {
            return Err(StreamError::TooLong);
        }
        self.buffer.extend_from_slice(bytes);
        let Some(rest) = check_label(&self.buffer, &self.label).map_err(StreamError::Label)? else { return Ok(None) };
        let Some((&number, body)) = rest.split_first() else { return Ok(None) };
        match Kind::from_number(number) {
            Some(Kind::Compress) => compressed(body),
            Some(Kind::Encrypt) => Err(StreamError::Encrypted),
            _ => plain(&mut self.state, number, body),
        }
    }
}

fn compressed(body: &[u8]) -> Result<Option<StreamMessage>, StreamError> {
    let unpacked = match compress::unpack(body, GOSSIP_UNPACKED_BYTES) {
        Err(CompressError::Fields(ReadError::Incomplete)) => return Ok(None),
        unpacked => unpacked?,
    };
    let (&number, body) = unpacked.split_first().ok_or(StreamError::Short)?;
    plain(&mut Assembly::default(), number, body)?.ok_or(StreamError::Short).map(Some)
}

fn plain(state: &mut Assembly, number: u8, body: &[u8]) -> Result<Option<StreamMessage>, StreamError> {
    let reader = &mut Reader::new(body);
    let message = match Kind::from_number(number) {
        Some(Kind::PushPull) => return Ok(state.advance(body)?.map(StreamMessage::PushPull)),
        Some(Kind::Ping) => message::decode_ping(reader).map(StreamMessage::Ping),
        Some(Kind::Ack) => message::decode_ack(reader).map(StreamMessage::Ack),
        Some(Kind::User) => match decode_user(reader) {
            Ok(None) => return Ok(None),
            Ok(Some(bytes)) => Ok(StreamMessage::User(bytes)),
            Err(error) => Err(error),
        },
        Some(Kind::Error) => decode_error(reader).map(StreamMessage::Error),
        _ => return Err(StreamError::Type(number)),
    };
    match message {
        // More bytes may help, as long as an honest record could still be that long.
        Err(MessageError::Fields(ReadError::Incomplete)) if body.len() > GOSSIP_RECORD_BYTES => {
            Err(StreamError::TooLong)
        }
        Err(MessageError::Fields(ReadError::Incomplete)) => Ok(None),
        message => Ok(Some(message?)),
    }
}

/// The bytes that the record promises; `None` while they are not all there.
fn decode_user(reader: &mut Reader<'_>) -> Result<Option<Vec<u8>>, MessageError> {
    let mut length = 0usize;
    reader.fields(|key, reader| {
        match key {
            b"UserMsgLen" => length = reader.uint()?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    Ok(reader.rest().get(..length).map(<[u8]>::to_vec))
}

fn decode_error(reader: &mut Reader<'_>) -> Result<String, MessageError> {
    let mut text = "";
    reader.fields(|key, reader| {
        match key {
            b"Error" => text = reader.text()?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests;
