//! Config entries: documents that say how services, proxies and gateways behave. One kind per file.
//!
//! A document knows its normal form and whether it makes sense by itself; whether it fits the others is the store's business.
//! Fields and texts are those of Consul 1.8.7. What later versions added is marked with the version that documents it.

mod error;
mod exported_services;
mod gateway;
mod header;
mod ingress_gateway;
mod kind;
mod load_balancer;
mod mesh;
mod meta;
mod proxy;
mod proxy_defaults;
mod service_defaults;
mod service_intentions;
mod service_resolver;
mod service_router;
mod service_splitter;
mod span;
mod terminating_gateway;
mod upstream;
mod weight;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use error::EntryError;
pub use exported_services::{ExportedConsumer, ExportedService, ExportedServices};
pub use gateway::{GatewaySds, GatewayServiceTls, GatewayTls};
pub use header::HeaderModifiers;
pub use ingress_gateway::{IngressGateway, IngressListener, IngressService};
pub use kind::{Kind, UnknownKind};
pub use load_balancer::{CookieConfig, HashPolicy, LeastRequestConfig, LoadBalancer, RingHashConfig};
pub use mesh::Mesh;
pub use meta::{EntryMeta, MetaError, mistakes as meta_mistakes};
pub use proxy::{EnvoyExtension, Expose, ExposePath, MeshGateway, TransparentProxy};
pub use proxy_defaults::ProxyDefaults;
pub use service_defaults::{Destination, ServiceDefaults};
pub use service_intentions::{ServiceIntentions, SourceIntention};
pub use service_resolver::{Failover, FailoverTarget, Redirect, ServiceResolver, Subset};
pub use service_router::{Route, RouteDestination, RouteHttpMatch, RouteMatch, ServiceRouter};
pub use service_splitter::{ServiceSplitter, Split};
pub use span::Span;
pub use terminating_gateway::{LinkedService, TerminatingGateway};
pub use upstream::{Upstream, UpstreamConfig};
pub use weight::Weight;

/// The one namespace there is.
pub const DEFAULT_NAMESPACE: &str = "default";

/// Stands for every service.
pub const WILDCARD: &str = "*";

/// What every kind of document can say of itself.
trait Document {
    /// The name it is stored under.
    fn name(&self) -> &str;

    /// Brings it into the form it is stored in.
    fn normalize(&mut self);

    /// Says what makes no sense in it.
    fn validate(&self) -> Result<(), EntryError>;
}

macro_rules! kinds {
    ($($kind:ident),*) => {
        /// A config entry of any kind.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum ConfigEntry {
            $(
                #[doc = concat!("See [`", stringify!($kind), "`].")]
                $kind($kind),
            )*
        }

        $(
            impl From<$kind> for ConfigEntry {
                fn from(document: $kind) -> Self {
                    Self::$kind(document)
                }
            }
        )*

        impl ConfigEntry {
            /// Reads the document of a kind, whose name is not looked at again.
            pub fn of_kind<'de, D: Deserializer<'de>>(kind: Kind, from: D) -> Result<Self, D::Error> {
                match kind {
                    $(Kind::$kind => $kind::deserialize(from).map(Self::$kind),)*
                }
            }

            /// Its kind.
            pub fn kind(&self) -> Kind {
                match self {
                    $(Self::$kind(_) => Kind::$kind,)*
                }
            }

            fn document(&self) -> &dyn Document {
                match self {
                    $(Self::$kind(document) => document,)*
                }
            }

            fn document_mut(&mut self) -> &mut dyn Document {
                match self {
                    $(Self::$kind(document) => document,)*
                }
            }
        }

        impl Serialize for ConfigEntry {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                let kind = self.kind();
                let connect_timeout = self.connect_timeout();
                match self {
                    $(Self::$kind(document) => Shown { connect_timeout, kind, document }.serialize(to),)*
                }
            }
        }
    };
}

kinds!(
    ExportedServices,
    IngressGateway,
    Mesh,
    ProxyDefaults,
    ServiceDefaults,
    ServiceIntentions,
    ServiceResolver,
    ServiceRouter,
    ServiceSplitter,
    TerminatingGateway
);

/// A document as Consul shows it: a resolver's time before its kind.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Shown<'a, T> {
    #[serde(skip_serializing_if = "is_default")]
    connect_timeout: Span,
    kind: Kind,
    #[serde(flatten)]
    document: &'a T,
}

impl ConfigEntry {
    /// The name it is stored under.
    pub fn name(&self) -> &str {
        self.document().name()
    }

    /// Brings it into the form it is stored in.
    pub fn normalize(&mut self) {
        self.document_mut().normalize();
    }

    /// Says what makes no sense in it, in its normal form.
    pub fn validate(&self) -> Result<(), EntryError> {
        self.document().validate()
    }

    /// The text that commands and snapshots carry.
    pub fn to_text(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// From the text that commands and snapshots carry.
    pub fn from_text(text: &str) -> Result<Self, serde_json::Error> {
        let Head { kind } = serde_json::from_str(text)?;
        Self::of_kind(kind, &mut serde_json::Deserializer::from_str(text))
    }

    fn connect_timeout(&self) -> Span {
        match self {
            Self::ServiceResolver(resolver) => resolver.connect_timeout,
            _ => Span::default(),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Head {
    kind: Kind,
}

/// A stored config entry, as users see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ConfigRecord {
    /// The entry.
    #[serde(flatten)]
    pub entry: ConfigEntry,
    /// The write that made it.
    pub create_index: u64,
    /// The last write that changed it.
    pub modify_index: u64,
}

/// Whether a field has nothing to show.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[cfg(test)]
mod tests;
