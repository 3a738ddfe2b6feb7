//! Builds the tree of tasks from the checked configuration; owns start, reload, shutdown.
