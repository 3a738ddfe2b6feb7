//! What `PUT /v1/agent/service/register` and `check/register` take, field by field as Consul takes it. Judges nothing: that the agent does.

mod check;
mod service;
#[cfg(test)]
mod tests;

pub(super) use self::check::CheckBody;
pub(super) use self::service::ServiceBody;
