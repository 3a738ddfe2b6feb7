//! Kubernetes YAML: read, default, validate, with the path of every mistake.
