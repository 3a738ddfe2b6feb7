//! What a question needs, asked of the catalog.

use std::borrow::Cow;
use std::net::IpAddr;

use proconsul_base::text::duration;
use proconsul_calls::catalog::{InstanceList, Instances, OfNode, Role as CallRole};
use proconsul_calls::error::CallError;
use proconsul_calls::query::Execute;
use proconsul_calls::read::{Consistency, ReadOptions};
use proconsul_names::lookup::{self, Found, Lookup};
use proconsul_names::question::{Role, ServiceQuestion};

use crate::owner;
use crate::source::Source;

/// Who looks up, for whom.
pub(crate) struct Finder<'a, S> {
    pub(crate) source: &'a S,
    pub(crate) consistency: Consistency,
    /// The client, or the network that it asks for.
    pub(crate) client: IpAddr,
}

impl<S: Source> Finder<'_, S> {
    /// Looks up. A datacenter that nobody knows is like a name that nobody knows.
    ///
    /// The list is kept in the caller's place, from where it is only borrowed.
    pub(crate) async fn find<'l>(&self, lookup: &Lookup, list: &'l mut InstanceList) -> Found<'l> {
        let found = match lookup {
            Lookup::Nothing => Ok(Found::Nothing),
            Lookup::Node { name, datacenter } => self.node(name, datacenter.as_deref()).await,
            Lookup::Service(service) => self.service(service, list).await,
            Lookup::Virtual { name } => self.virtual_address(name).await,
            Lookup::Query { name, datacenter } => self.query(name, datacenter.as_deref()).await,
            Lookup::Owner(address) => owner::of(self.source, *address, &self.options(None)).await,
        };
        found.unwrap_or_else(|error| match error {
            error if error.is_no_path() => Found::Nothing,
            error => {
                tracing::error!(target: "agent.dns", ?lookup, %error, "rpc error");
                Found::Failed
            }
        })
    }

    fn options(&self, datacenter: Option<&str>) -> ReadOptions {
        ReadOptions { datacenter: datacenter.map(Into::into), consistency: self.consistency, wait: None }
    }

    async fn node(&self, name: &str, datacenter: Option<&str>) -> Result<Found<'static>, CallError> {
        let answer = self.source.catalog_node(OfNode { node: name, options: self.options(datacenter) }).await?;
        Ok(answer.value.map_or(Found::Nothing, |found| Found::Node(found.node)))
    }

    async fn service<'l>(&self, service: &ServiceQuestion, list: &'l mut InstanceList) -> Result<Found<'l>, CallError> {
        let role = match service.role {
            Role::Plain => CallRole::Service,
            Role::Connect => CallRole::Connect,
            Role::Ingress => CallRole::Ingress,
        };
        let instances = Instances {
            name: &service.name,
            role,
            tags: service.tag.iter().cloned().collect(),
            options: self.options(service.datacenter.as_deref()),
            ..Instances::default()
        };
        *list = self.source.health_service(instances).await?.value;
        Ok(Found::Instances(Cow::Borrowed(&*list)))
    }

    async fn virtual_address(&self, name: &str) -> Result<Found<'static>, CallError> {
        let instances = Instances { name, options: self.options(None), ..Instances::default() };
        let instances = self.source.health_service(instances).await?.value;
        Ok(lookup::virtual_address(&instances).map_or(Found::Nothing, Found::Virtual))
    }

    async fn query(&self, name: &str, datacenter: Option<&str>) -> Result<Found<'static>, CallError> {
        let execute =
            Execute { name, source: Some(self.client), options: self.options(datacenter), ..Execute::default() };
        let executed = match self.source.query_execute(execute).await {
            Ok(answer) => answer.value,
            Err(error) if error.is_query_not_found() => return Ok(Found::Nothing),
            Err(error) => return Err(error),
        };
        let seconds =
            |text: &str| duration::parse(text).ok().map(|ttl| u32::try_from(ttl.as_secs()).unwrap_or(u32::MAX));
        Ok(Found::Queried {
            service: executed.service,
            ttl: seconds(&executed.dns_ttl),
            datacenter: executed.datacenter,
            instances: executed.nodes,
        })
    }
}
