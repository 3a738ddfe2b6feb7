//! Whole pools under one seed; the machines run directly, without sockets and clocks.

mod addresses;
mod chaos;
mod convergence;
#[cfg(test)]
mod world;
