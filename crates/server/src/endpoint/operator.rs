//! What operators ask for.

use std::collections::BTreeMap;
use std::sync::Arc;

use proconsul_base::index::Index;
use proconsul_calls::error::CallError;
use proconsul_calls::operator::{OperatorCalls, Peer, RaftError, SetAutopilot};
use proconsul_calls::read::{Answer, ReadOptions};
use proconsul_state::command::{self, Command};
use proconsul_state::store::View;
use proconsul_state::watch::{Table, Topic};
use proconsul_types::autopilot::{Configuration, Health};
use proconsul_types::operator::{RaftConfiguration, Usage};
use proconsul_types::service::{Service, ServiceKind};

use super::Server;
use crate::authorize::{Right, authorize};
use crate::local::Local;
use crate::question::{self, PeerKey, Question};
use crate::replica::Replica;

/// The servers themselves, as a service.
const SERVERS: &str = "consul";

impl<R: Replica, L: Local> OperatorCalls for Server<R, L> {
    async fn raft_configuration(&self, options: ReadOptions) -> Result<RaftConfiguration, CallError> {
        authorize(Right::OperatorRead)?;
        self.fresh(&options).await?;
        Ok(self.replica.raft_configuration())
    }

    async fn raft_remove_peer(&self, datacenter: Option<Box<str>>, peer: Peer) -> Result<(), CallError> {
        self.own_datacenter(datacenter.as_deref())?;
        authorize(Right::OperatorWrite)?;
        let (key, unknown) = match peer {
            Peer::Id(id) => (PeerKey::Id(id.clone()), RaftError::UnknownId(id)),
            Peer::Address(address) => (PeerKey::Address(address.clone()), RaftError::UnknownAddress(address)),
        };
        match self.ask(&Question::RemovePeer(key)).await? {
            question::Answer::Done => Ok(()),
            question::Answer::NotFound => Err(unknown.into()),
            question::Answer::Refused => Err(RaftError::NotRemoved.into()),
            question::Answer::Health(_) => Err(CallError::UnknownOutcome),
        }
    }

    async fn raft_transfer_leader(&self, datacenter: Option<Box<str>>, to: Option<&str>) -> Result<bool, CallError> {
        self.own_datacenter(datacenter.as_deref())?;
        authorize(Right::OperatorWrite)?;
        match self.ask(&Question::TransferLeadership(to.map(str::to_owned))).await? {
            question::Answer::Done => Ok(true),
            question::Answer::Refused => Ok(false),
            question::Answer::NotFound => Err(RaftError::NoSuccessor(to.unwrap_or_default().to_owned()).into()),
            question::Answer::Health(_) => Err(CallError::UnknownOutcome),
        }
    }

    async fn autopilot_configuration(&self, options: ReadOptions) -> Result<Arc<Configuration>, CallError> {
        authorize(Right::OperatorRead)?;
        self.fresh(&options).await?;
        // Until the first leader has written it, its defaults hold all the same.
        Ok(self.store.autopilot().unwrap_or_else(|| Arc::new(Configuration::initial())))
    }

    async fn autopilot_set(&self, set: SetAutopilot) -> Result<bool, CallError> {
        self.own_datacenter(set.datacenter.as_deref())?;
        authorize(Right::OperatorWrite)?;
        let SetAutopilot { configuration, cas, .. } = set;
        // Index 0 would make the first configuration; to an operator there always is one.
        if cas == Some(Index::ZERO) {
            return Ok(false);
        }
        self.propose(&Command::Autopilot(command::autopilot::SetAutopilot { configuration, cas })).await
    }

    async fn autopilot_health(&self, datacenter: Option<Box<str>>) -> Result<Health, CallError> {
        self.own_datacenter(datacenter.as_deref())?;
        authorize(Right::OperatorRead)?;
        match self.ask(&Question::AutopilotHealth).await? {
            question::Answer::Health(health) => Ok(health),
            _ => Err(CallError::UnknownOutcome),
        }
    }

    async fn operator_usage(&self, options: ReadOptions) -> Result<Answer<(String, Usage)>, CallError> {
        authorize(Right::OperatorRead)?;
        let datacenter = &self.settings.datacenter;
        self.read(&options, Topic::Table(Table::Services), |store| {
            let view = store.view();
            ((datacenter.clone(), usage(&view)), view.services_index())
        })
        .await
    }
}

fn usage(view: &View) -> Usage {
    let (service_instances, services) = view.services_len();
    let kinds = ["connect-native", "connect-proxy", "ingress-gateway", "mesh-gateway", "terminating-gateway"];
    let mut of_mesh: BTreeMap<String, usize> = kinds.map(|kind| (kind.to_owned(), 0)).into();
    let mut billable = 0;
    for service in view.services() {
        match mesh_part(service) {
            Some(kind) => *of_mesh.entry(kind.to_owned()).or_default() += 1,
            None if *service.name != *SERVERS => billable += 1,
            None => {}
        }
        // A native instance is of the mesh, and a service of the user's all the same.
        billable += usize::from(service.connect_native);
    }
    Usage { services, service_instances, connect_service_instances: of_mesh, billable_service_instances: billable }
}

fn mesh_part(service: &Service) -> Option<&'static str> {
    match service.kind {
        ServiceKind::ConnectProxy => Some("connect-proxy"),
        ServiceKind::MeshGateway => Some("mesh-gateway"),
        ServiceKind::TerminatingGateway => Some("terminating-gateway"),
        ServiceKind::IngressGateway => Some("ingress-gateway"),
        ServiceKind::Typical => service.connect_native.then_some("connect-native"),
    }
}
