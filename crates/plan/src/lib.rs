//! The decisions of the local runtime: desired and seen in, actions out.
