//! Where a setting was written, for messages.

use std::fmt;

use proconsul_hcl::Position;

use super::Place;

/// Where a setting was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// As a flag.
    Flag(&'static str),
    /// In a file.
    File(Place, Position),
    /// In the piece of HCL of this number, counted from 1.
    Fragment(usize, Position),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => write!(f, "-{name}"),
            Self::File(place, at) if place.shown() == place.real() => write!(f, "{}:{at}", place.real().display()),
            Self::File(place, at) => {
                write!(f, "{}:{at} (on this machine {})", place.shown().display(), place.real().display())
            }
            Self::Fragment(1, at) => write!(f, "-hcl:{at}"),
            Self::Fragment(number, at) => write!(f, "-hcl ({number}.):{at}"),
        }
    }
}
