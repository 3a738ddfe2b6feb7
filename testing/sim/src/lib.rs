//! A seeded world of clock, network and disk, in which the pure machines run.
