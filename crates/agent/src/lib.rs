//! The duties of every node: configuration from flags and files to one checked struct.
