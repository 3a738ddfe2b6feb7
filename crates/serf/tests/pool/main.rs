//! Whole pools under one seed; the machines run directly, without sockets and clocks.

#[cfg(test)]
mod addresses;
#[cfg(test)]
mod chaos;
#[cfg(test)]
mod convergence;
#[cfg(test)]
mod world;
