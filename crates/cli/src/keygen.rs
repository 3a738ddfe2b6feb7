//! `keygen`: a fresh key for the encryption of gossip.

use std::fs::File;
use std::io::Read;

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::command::{self, Call, Command, Exit};

pub(crate) const COMMAND: Command = Command {
    words: "keygen",
    usage: "",
    synopsis: "Generates a new encryption key",
    about: "  Prints 32 random bytes in base 64, the form that -encrypt takes.",
    connection: &[],
    flags: command::no_flags,
    run,
};

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    call.out.say(&STANDARD.encode(random::<32>()?));
    Ok(Exit::Success)
}

/// Bytes from the operating system, fit for secrets.
pub(crate) fn random<const COUNT: usize>() -> anyhow::Result<[u8; COUNT]> {
    let mut bytes = [0; COUNT];
    let filled = File::open("/dev/urandom").and_then(|mut source| source.read_exact(&mut bytes));
    filled.context("Error reading random data from /dev/urandom")?;
    Ok(bytes)
}
