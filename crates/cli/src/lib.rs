//! One file per command: plain arguments, one call, one printer.
