//! What clients of the runtime meet: Kubernetes REST paths over a Unix socket.
