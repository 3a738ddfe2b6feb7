//! What the tests have in common: a runtime in a folder of its own, and looks at its pods. No test lives here.

pub(crate) mod command;
pub(crate) mod pod;
pub(crate) mod runtime;
