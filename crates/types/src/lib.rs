//! Records in the exact shape users see; no behaviour.
