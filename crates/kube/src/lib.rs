//! The runtime that carries out the plan: object store, control loop, cluster DNS.
