//! From a watch's parameters, as they stand in configuration files and follow from flags, to a [`Plan`].

use std::collections::BTreeMap;

use serde_json::Value;

/// A watch, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What is watched.
    pub kind: Kind,
    /// The datacenter; `None` for the agent's own.
    pub datacenter: Option<String>,
    /// The ACL token; `None` for the agent's own.
    pub token: Option<String>,
    /// Whether any server may answer.
    pub stale: bool,
}

/// What is watched, by the names of Consul's watch types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One key.
    Key(String),
    /// All keys under a prefix.
    KeyPrefix(String),
    /// The names of all services.
    Services,
    /// All nodes.
    Nodes,
    /// The instances of a service.
    Service {
        /// Its name.
        name: String,
        /// Tags they must have.
        tags: Vec<String>,
        /// Whether all their checks must pass.
        passing_only: bool,
    },
    /// The checks of a service.
    ChecksOf(String),
    /// The checks in a state; all with `any`.
    ChecksIn(String),
    /// User events, all or those of one name.
    Event(Option<String>),
    /// One service of the agent that is asked.
    AgentService(String),
}

impl Kind {
    /// The name of its type.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Key(_) => "key",
            Self::KeyPrefix(_) => "keyprefix",
            Self::Services => "services",
            Self::Nodes => "nodes",
            Self::Service { .. } => "service",
            Self::ChecksOf(_) | Self::ChecksIn(_) => "checks",
            Self::Event(_) => "event",
            Self::AgentService(_) => "agent_service",
        }
    }
}

/// Why parameters are no watch. The texts are Consul's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// No `type`.
    #[error("Watch type must be specified")]
    NoType,
    /// A type nobody knows.
    #[error("Unsupported watch type: {0}")]
    Type(String),
    /// A type that needs certificates of the mesh.
    #[error("Watch type {0} needs the certificates of the service mesh, which are not there in this version")]
    Mesh(String),
    /// The one thing to watch is missing: `key`, `service`.
    #[error("Must specify a single {0} to watch")]
    Missing(&'static str),
    /// `checks` of both.
    #[error("Cannot specify service and state")]
    ServiceAndState,
    /// A parameter of the wrong kind.
    #[error("Expecting {0} to be a {1}")]
    Kind(&'static str, &'static str),
    /// Parameters that the type does not take.
    #[error("Invalid parameters: [{}]", .0.join(" "))]
    Unknown(Vec<String>),
}

/// The parameters that are left to be understood.
#[derive(Clone, Debug, Default)]
pub struct Parameters(BTreeMap<String, Value>);

impl Parameters {
    /// These, by their names in configuration files.
    pub fn new(named: impl IntoIterator<Item = (String, Value)>) -> Self {
        Self(named.into_iter().collect())
    }

    /// The watch they describe.
    ///
    /// # Errors
    /// [`PlanError`]; also when a parameter is left over that the type does not take.
    pub fn plan(mut self) -> Result<Plan, PlanError> {
        let name = self.text("type")?.ok_or(PlanError::NoType)?;
        let (datacenter, token) = (self.text("datacenter")?, self.text("token")?);
        let stale = self.truth("stale")?;
        let kind = match name.as_str() {
            "key" => Kind::Key(self.text("key")?.ok_or(PlanError::Missing("key"))?),
            "keyprefix" => Kind::KeyPrefix(self.text("prefix")?.ok_or(PlanError::Missing("prefix"))?),
            "services" => Kind::Services,
            "nodes" => Kind::Nodes,
            "service" => Kind::Service {
                name: self.text("service")?.ok_or(PlanError::Missing("service"))?,
                tags: self.texts("tag")?,
                passing_only: self.truth("passingonly")?,
            },
            "checks" => match (self.text("service")?, self.text("state")?) {
                (Some(_), Some(_)) => return Err(PlanError::ServiceAndState),
                (Some(service), None) => Kind::ChecksOf(service),
                (None, state) => Kind::ChecksIn(state.unwrap_or_else(|| "any".to_owned())),
            },
            "event" => Kind::Event(self.text("name")?),
            "agent_service" => Kind::AgentService(self.text("service_id")?.ok_or(PlanError::Missing("service_id"))?),
            "connect_roots" | "connect_leaf" => return Err(PlanError::Mesh(name)),
            _ => return Err(PlanError::Type(name)),
        };
        self.nothing_left()?;
        Ok(Plan { kind, datacenter, token, stale })
    }

    /// Takes one, of whatever kind.
    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name).filter(|value| !value.is_null())
    }

    pub(super) fn nothing_left(self) -> Result<(), PlanError> {
        let left: Vec<String> = self.0.into_keys().collect();
        if left.is_empty() { Ok(()) } else { Err(PlanError::Unknown(left)) }
    }

    /// Takes one that is text; empty text is none.
    pub(super) fn text(&mut self, name: &'static str) -> Result<Option<String>, PlanError> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text).filter(|text| !text.is_empty())),
            Some(_) => Err(PlanError::Kind(name, "string")),
        }
    }

    pub(super) fn truth(&mut self, name: &'static str) -> Result<bool, PlanError> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(truth)) => Ok(truth),
            Some(_) => Err(PlanError::Kind(name, "boolean")),
        }
    }

    /// Takes one that is a text or a list of them.
    pub(super) fn texts(&mut self, name: &'static str) -> Result<Vec<String>, PlanError> {
        let wrong = || PlanError::Kind(name, "list of strings");
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::String(text)) => Ok(vec![text]),
            Some(Value::Array(items)) => {
                items.into_iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
            }
            Some(_) => Err(wrong()),
        }
    }
}
