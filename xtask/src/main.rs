//! The project's own chores, one file each.

fn main() {}
