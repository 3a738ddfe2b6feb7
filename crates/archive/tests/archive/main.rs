//! Archives as files: one that Consul saved, and what may have become of it on the way.

#[cfg(test)]
mod consul;
#[cfg(test)]
mod damaged;
