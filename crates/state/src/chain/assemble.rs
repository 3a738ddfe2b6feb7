//! The first draft of a chain: from the router down, every entry that is led to becomes a node.

use std::collections::{BTreeMap, BTreeSet};

use proconsul_types::config_entry::{
    DEFAULT_NAMESPACE, HeaderModifiers, Route, RouteDestination, RouteHttpMatch, RouteMatch, ServiceRouter,
    ServiceSplitter, Split,
};
use proconsul_types::discovery_chain::{ChainNode, ChainRoute, ChainSplit, ChainTarget, CompiledChain};

use super::customization::Customized;
use super::{ChainError, ChainRequest, Entries, is_http_like, protocol_of, walk};

/// One compilation under way.
pub(super) struct Compiler<'a, E> {
    pub(super) entries: &'a E,
    pub(super) request: &'a ChainRequest<'a>,
    /// What the services so far speak.
    pub(super) protocol: Option<String>,
    /// Whether a router or a splitter is on the chain.
    routes_or_splits: bool,
    pub(super) customized: Customized,
    pub(super) nodes: BTreeMap<String, ChainNode>,
    /// All targets that were thought of, and of these the ones that the chain can lead to.
    pub(super) targets: BTreeMap<String, ChainTarget>,
    pub(super) retained: BTreeSet<String>,
}

/// A splitter whose parts are being followed.
struct Frame<'a> {
    service: String,
    splitter: &'a ServiceSplitter,
    splits: Vec<ChainSplit>,
    load_balancer: Option<proconsul_types::config_entry::LoadBalancer>,
}

impl<'a, E: Entries> Compiler<'a, E> {
    pub(super) fn new(entries: &'a E, request: &'a ChainRequest<'a>) -> Self {
        Self {
            entries,
            request,
            protocol: None,
            routes_or_splits: false,
            customized: Customized::default(),
            nodes: BTreeMap::new(),
            targets: BTreeMap::new(),
            retained: BTreeSet::new(),
        }
    }

    /// Makes the nodes and says where the chain begins. Only the router at its top is consulted.
    pub(super) fn assemble(&mut self) -> Result<String, ChainError> {
        match self.unless_plain(self.entries.router(self.request.service)) {
            Some(router) => self.router(router),
            None => self.splitter_or_resolver(self.request.service, DEFAULT_NAMESPACE),
        }
    }

    /// Takes away what is not needed any more, and tells.
    pub(super) fn finish(mut self, start: String) -> Result<CompiledChain, ChainError> {
        walk::keep_reachable(&start, &mut self.nodes);
        self.targets.retain(|id, _| self.retained.contains(id));
        let ChainRequest { service, datacenter, overrides, .. } = self.request;
        let mut protocol = self.protocol.unwrap_or_default();
        if self.routes_or_splits && !is_http_like(&protocol) {
            return Err(ChainError::NotRoutable { chain: (*service).to_owned(), protocol });
        }
        if !overrides.protocol.is_empty() && overrides.protocol != protocol {
            protocol.clone_from(&overrides.protocol);
            self.customized.protocol = true;
        }
        Ok(CompiledChain {
            service_name: (*service).to_owned(),
            namespace: DEFAULT_NAMESPACE.to_owned(),
            datacenter: (*datacenter).to_owned(),
            customization_hash: self.customized.digest(overrides),
            protocol,
            start_node: start,
            nodes: self.nodes,
            targets: self.targets,
        })
    }

    /// An entry, unless the caller wants a protocol for which it means nothing.
    fn unless_plain<T>(&mut self, entry: Option<T>) -> Option<T> {
        let wanted = &self.request.overrides.protocol;
        let is_plain = !wanted.is_empty() && !is_http_like(wanted);
        self.customized.protocol |= is_plain && entry.is_some();
        entry.filter(|_| !is_plain)
    }

    fn router(&mut self, router: &ServiceRouter) -> Result<String, ChainError> {
        self.routes_or_splits = true;
        self.speaks(&router.name)?;
        let mut routes = Vec::with_capacity(router.routes().len() + 1);
        for route in router.routes() {
            let next_node = self.destination(route.destination.as_ref())?;
            routes.push(ChainRoute { definition: route.clone(), next_node });
        }
        let next_node = self.splitter_or_resolver(&router.name, DEFAULT_NAMESPACE)?;
        routes.push(ChainRoute { definition: everything_else(&router.name), next_node });
        let name = named(&router.name);
        Ok(self.record(ChainNode { routes, ..node("router", name) }))
    }

    fn destination(&mut self, destination: Option<&RouteDestination>) -> Result<String, ChainError> {
        let Some(destination) = destination else {
            return self.splitter_or_resolver(self.request.service, DEFAULT_NAMESPACE);
        };
        let service = or(&destination.service, self.request.service).to_owned();
        let namespace = or(&destination.namespace, DEFAULT_NAMESPACE);
        if destination.service_subset.is_empty() {
            return self.splitter_or_resolver(&service, namespace);
        }
        let target = self.target(&service, &destination.service_subset, namespace, self.request.datacenter);
        self.resolver(target)
    }

    fn splitter_or_resolver(&mut self, service: &str, namespace: &str) -> Result<String, ChainError> {
        let target = self.target(service, "", namespace, self.request.datacenter);
        match self.splitter(service)? {
            Some(name) => Ok(name),
            None => self.resolver(target),
        }
    }

    /// The node of a service's splitter, with all splitters under it; `None` when it has none.
    fn splitter(&mut self, service: &str) -> Result<Option<String>, ChainError> {
        let Some(first) = self.enter(service) else { return Ok(self.known_splitter(service)) };
        let name = key("splitter", &named(service));
        let mut open = vec![first];
        while let Some(mut frame) = open.pop() {
            let Some(split) = frame.splitter.splits.get(frame.splits.len()) else {
                self.close(frame);
                continue;
            };
            let service = or(&split.service, &frame.service).to_owned();
            let may_split = service != frame.service && split.service_subset.is_empty();
            let inner = if may_split { self.enter(&service) } else { None };
            let splitter = if may_split { self.known_splitter(&service) } else { None };
            let next_node = match splitter {
                Some(splitter) => splitter,
                None => self.split_resolver(&mut frame, &service, split)?,
            };
            frame.splits.push(ChainSplit { definition: with_headers(split), weight: split.weight, next_node });
            open.push(frame);
            open.extend(inner);
        }
        Ok(Some(name))
    }

    fn split_resolver(&mut self, frame: &mut Frame<'_>, to: &str, split: &Split) -> Result<String, ChainError> {
        let target = self.target(to, &split.service_subset, DEFAULT_NAMESPACE, self.request.datacenter);
        let next_node = self.resolver(target)?;
        // One splitter has one way to choose by a hash: that of its first part that has one.
        let balancer = self.nodes.get(&next_node).and_then(|node| node.load_balancer.clone());
        if frame.load_balancer.is_none() {
            frame.load_balancer = balancer.filter(|balancer| balancer.is_hash_based());
        }
        Ok(next_node)
    }

    /// Opens a service's splitter, unless there is none or it is known: its node is there from now on, still without parts.
    fn enter(&mut self, service: &str) -> Option<Frame<'a>> {
        if self.known_splitter(service).is_some() {
            return None;
        }
        let entries = self.entries;
        let splitter = self.unless_plain(entries.splitter(service))?;
        self.routes_or_splits = true;
        self.record(node("splitter", named(service)));
        Some(Frame { service: service.to_owned(), splitter, splits: Vec::new(), load_balancer: None })
    }

    fn close(&mut self, frame: Frame<'_>) {
        let Frame { service, splits, load_balancer, .. } = frame;
        self.record(ChainNode { splits, load_balancer, ..node("splitter", named(&service)) });
    }

    fn known_splitter(&self, service: &str) -> Option<String> {
        Some(key("splitter", &named(service))).filter(|name| self.nodes.contains_key(name))
    }

    pub(super) fn record(&mut self, node: ChainNode) -> String {
        let key = key(node.node_type, &node.name);
        self.nodes.insert(key.clone(), node);
        key
    }

    /// Notes what a service speaks; all on a chain speak the same.
    pub(super) fn speaks(&mut self, service: &str) -> Result<(), ChainError> {
        let protocol = protocol_of(self.entries, service);
        let expected = self.protocol.get_or_insert_with(|| protocol.clone());
        if *expected == protocol {
            return Ok(());
        }
        let (chain, service, expected) = (self.request.service.to_owned(), service.to_owned(), expected.clone());
        Err(ChainError::Protocols { chain, service, protocol, expected })
    }
}

/// A node with nothing in it.
pub(super) fn node(node_type: &'static str, name: String) -> ChainNode {
    ChainNode { node_type, name, routes: Vec::new(), splits: Vec::new(), resolver: None, load_balancer: None }
}

/// The name a node stands under.
pub(super) fn key(node_type: &str, name: &str) -> String {
    format!("{node_type}:{name}")
}

/// A text, or another when it is empty.
pub(super) fn or<'t>(text: &'t str, other: &'t str) -> &'t str {
    if text.is_empty() { other } else { text }
}

fn named(service: &str) -> String {
    format!("{service}.{DEFAULT_NAMESPACE}")
}

/// The way of all requests that no route takes.
fn everything_else(service: &str) -> Route {
    let http = RouteHttpMatch { path_prefix: "/".to_owned(), ..RouteHttpMatch::default() };
    let (service, namespace) = (service.to_owned(), DEFAULT_NAMESPACE.to_owned());
    Route {
        matching: Some(RouteMatch { http: Some(http) }),
        destination: Some(RouteDestination { service, namespace, ..RouteDestination::default() }),
    }
}

/// The part as the user wrote it, when it says something about headers: then the proxy needs it.
fn with_headers(split: &Split) -> Option<Split> {
    let changes = |headers: &Option<HeaderModifiers>| headers.is_some();
    (changes(&split.request_headers) || changes(&split.response_headers)).then(|| split.clone())
}
