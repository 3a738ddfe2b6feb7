//! The program: picks the allocator, hands argv to the command line.

fn main() {}
