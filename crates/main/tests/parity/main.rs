//! The program's answers against Consul's: each family of questions in `tests/parity` is a test.

#[cfg(test)]
mod families;
