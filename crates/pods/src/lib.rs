//! Processes as pods: shims, isolation, volumes, environment, logs.
