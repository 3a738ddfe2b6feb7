//! serde's JSON in Go's form, in one pass: texts, and numbers with a fraction.

use std::io::{self, Write};

use serde_json::ser::{CharEscape, Formatter};

use super::{escaped, is_special, separator};

/// Writes what Go writes otherwise than serde.
pub(super) struct GoForm;

impl Formatter for GoForm {
    /// Whole numbers have no point, very small and very large ones an exponent.
    fn write_f64<W: ?Sized + Write>(&mut self, to: &mut W, value: f64) -> io::Result<()> {
        let size = value.abs();
        if size != 0.0 && size < 1e-6 {
            write!(to, "{value:e}")
        } else if size >= 1e21 {
            to.write_all(format!("{value:e}").replace('e', "e+").as_bytes())
        } else {
            write!(to, "{value}")
        }
    }

    /// The shortest digits of a number of 32 bits, which are fewer than those of the same number in 64.
    fn write_f32<W: ?Sized + Write>(&mut self, to: &mut W, value: f32) -> io::Result<()> {
        let size = value.abs();
        if size != 0.0 && !(1e-6..1e21).contains(&size) {
            return self.write_f64(to, f64::from(value));
        }
        write!(to, "{value}")
    }

    /// Text without quotes, backslashes and control characters.
    fn write_string_fragment<W: ?Sized + Write>(&mut self, to: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment.as_bytes();
        while let Some(place) = rest.iter().position(|byte| is_special(*byte)) {
            let (plain, special) = rest.split_at(place);
            to.write_all(plain)?;
            rest = match separator(special) {
                Some((escaped, behind)) => {
                    to.write_all(escaped)?;
                    behind
                }
                None if special[0] == 0xe2 => {
                    to.write_all(&special[..1])?;
                    &special[1..]
                }
                None => {
                    escape(to, special[0])?;
                    &special[1..]
                }
            };
        }
        to.write_all(rest)
    }

    fn write_char_escape<W: ?Sized + Write>(&mut self, to: &mut W, character: CharEscape) -> io::Result<()> {
        escape(
            to,
            match character {
                CharEscape::Quote => b'"',
                CharEscape::ReverseSolidus => b'\\',
                CharEscape::Solidus => b'/',
                CharEscape::Backspace => 0x08,
                CharEscape::FormFeed => 0x0c,
                CharEscape::LineFeed => b'\n',
                CharEscape::CarriageReturn => b'\r',
                CharEscape::Tab => b'\t',
                CharEscape::AsciiControl(byte) => byte,
            },
        )
    }
}

fn escape<W: ?Sized + Write>(to: &mut W, byte: u8) -> io::Result<()> {
    let (escape, length) = escaped(byte);
    to.write_all(&escape[..length])
}
