//! The membership protocol as a pure machine, on memberlist's wire forms.
