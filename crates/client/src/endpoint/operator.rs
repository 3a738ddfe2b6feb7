//! What operators ask. What came after Consul 1.8 is not passed on: no call of Consul's RPC is known for it here.

use std::sync::Arc;

use proconsul_calls::error::CallError;
use proconsul_calls::operator::{OperatorCalls, Peer, SetAutopilot};
use proconsul_calls::read::{Answer, ReadOptions};
use proconsul_records as records;
use proconsul_records::operator::{AutopilotConfig, AutopilotSetConfigRequest, RaftRemovePeerRequest, ServersHealth};
use proconsul_records::options::QueryOptions;
use proconsul_records::{Empty, Read};
use proconsul_types::autopilot::{Configuration, Health};
use proconsul_types::operator::{RaftConfiguration, Usage};

use super::Client;
use crate::forward::{Kind, Transport};

impl<T: Transport, L: Send + Sync + 'static> OperatorCalls for Client<T, L> {
    async fn raft_configuration(&self, options: ReadOptions) -> Result<RaftConfiguration, CallError> {
        let question = self.fresh(&options);
        let found: records::operator::RaftConfiguration =
            self.call("Operator.RaftGetConfiguration", Kind::Read, &question).await?;
        Ok(found.into())
    }

    async fn raft_remove_peer(&self, datacenter: Option<Box<str>>, peer: Peer) -> Result<(), CallError> {
        let datacenter = self.datacenter(datacenter.as_deref());
        let (method, address, id) = match peer {
            Peer::Id(id) => ("Operator.RaftRemovePeerByID", String::new(), id),
            Peer::Address(address) => ("Operator.RaftRemovePeerByAddress", address, String::new()),
        };
        let request = RaftRemovePeerRequest { address, datacenter, id, token: String::new() };
        self.call::<Option<Empty>>(method, Kind::Write, &request).await.map(drop)
    }

    async fn raft_transfer_leader(&self, _: Option<Box<str>>, _: Option<&str>) -> Result<bool, CallError> {
        Err(only_servers("leadership is transferred"))
    }

    async fn autopilot_configuration(&self, options: ReadOptions) -> Result<Arc<Configuration>, CallError> {
        let question = self.fresh(&options);
        let found: AutopilotConfig = self.call("Operator.AutopilotGetConfiguration", Kind::Read, &question).await?;
        Ok(Arc::new(found.into()))
    }

    async fn autopilot_set(&self, set: SetAutopilot) -> Result<bool, CallError> {
        let datacenter = self.datacenter(set.datacenter.as_deref());
        let request = AutopilotSetConfigRequest { datacenter, ..set.into() };
        // Servers say nothing of a change without a condition: it takes place.
        let is_certain = !request.cas;
        let done: bool = self.call("Operator.AutopilotSetConfiguration", Kind::Write, &request).await?;
        Ok(done || is_certain)
    }

    async fn autopilot_health(&self, datacenter: Option<Box<str>>) -> Result<Health, CallError> {
        let question = self.of_datacenter(datacenter.as_deref());
        let found: ServersHealth = self.call("Operator.ServerHealth", Kind::Read, &question).await?;
        Ok(found.into())
    }

    async fn operator_usage(&self, _: ReadOptions) -> Result<Answer<(String, Usage)>, CallError> {
        Err(only_servers("usage is counted"))
    }
}

impl<T: Transport, L: Send + Sync + 'static> Client<T, L> {
    fn fresh(&self, options: &ReadOptions) -> Read<records::catalog::DcSpecific> {
        Read { embedded: QueryOptions::from(options), ..self.of_datacenter(options.datacenter.as_deref()) }
    }
}

fn only_servers(what: &str) -> CallError {
    CallError::Failed(format!("{what} only by servers; ask one of them"))
}
