//! `service-router`: where requests to a service go, by path, header, parameter and method.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::error::{EntryError, RouterError};
use super::header::HeaderModifiers;
use super::span::Span;
use super::{DEFAULT_NAMESPACE, Document, EntryMeta, is_default};

/// Where requests to a service go. The first route that fits counts; what fits none stays with the service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ServiceRouter {
    /// The service.
    pub name: String,
    /// The routes in their order.
    pub routes: Option<Vec<Route>>,
    /// What the user says about it.
    #[serde(skip_serializing_if = "is_default")]
    pub meta: EntryMeta,
}

/// One way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Route {
    /// Which requests take it; all when absent.
    #[serde(rename = "Match", skip_serializing_if = "Option::is_none")]
    pub matching: Option<RouteMatch>,
    /// Where it leads; the service itself when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<RouteDestination>,
}

/// Which requests take a route.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RouteMatch {
    /// For HTTP.
    #[serde(rename = "HTTP", skip_serializing_if = "Option::is_none")]
    pub http: Option<RouteHttpMatch>,
}

/// Which HTTP requests take a route: all that is said here must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RouteHttpMatch {
    /// The path is this.
    #[serde(alias = "path_exact", skip_serializing_if = "is_default")]
    pub path_exact: String,
    /// The path begins so.
    #[serde(alias = "path_prefix", skip_serializing_if = "is_default")]
    pub path_prefix: String,
    /// The path is of this form.
    #[serde(alias = "path_regex", skip_serializing_if = "is_default")]
    pub path_regex: String,
    /// What the headers are.
    #[serde(skip_serializing_if = "is_default")]
    pub header: Vec<RouteHeaderMatch>,
    /// What the parameters of the query are.
    #[serde(alias = "query_param", skip_serializing_if = "is_default")]
    pub query_param: Vec<RouteParameterMatch>,
    /// The methods.
    #[serde(skip_serializing_if = "is_default")]
    pub methods: Vec<String>,
}

/// What a header is: one of the five ways to say so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RouteHeaderMatch {
    /// The header.
    pub name: String,
    /// There.
    #[serde(skip_serializing_if = "is_default")]
    pub present: bool,
    /// This.
    #[serde(skip_serializing_if = "is_default")]
    pub exact: String,
    /// Beginning so.
    #[serde(skip_serializing_if = "is_default")]
    pub prefix: String,
    /// Ending so.
    #[serde(skip_serializing_if = "is_default")]
    pub suffix: String,
    /// Of this form.
    #[serde(skip_serializing_if = "is_default")]
    pub regex: String,
    /// The other way round.
    #[serde(skip_serializing_if = "is_default")]
    pub invert: bool,
}

/// What a parameter of the query is: one of the three ways to say so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RouteParameterMatch {
    /// The parameter.
    pub name: String,
    /// There.
    #[serde(skip_serializing_if = "is_default")]
    pub present: bool,
    /// This.
    #[serde(skip_serializing_if = "is_default")]
    pub exact: String,
    /// Of this form.
    #[serde(skip_serializing_if = "is_default")]
    pub regex: String,
}

/// Where a route leads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RouteDestination {
    /// How long a request may take, with its repetitions.
    #[serde(alias = "request_timeout", skip_serializing_if = "is_default")]
    pub request_timeout: Span,
    /// The service; the router's own when empty.
    #[serde(skip_serializing_if = "is_default")]
    pub service: String,
    /// The subset of its instances.
    #[serde(alias = "service_subset", skip_serializing_if = "is_default")]
    pub service_subset: String,
    /// Its namespace.
    #[serde(skip_serializing_if = "is_default")]
    pub namespace: String,
    /// What stands in the place of the matched path.
    #[serde(alias = "prefix_rewrite", skip_serializing_if = "is_default")]
    pub prefix_rewrite: String,
    /// How often a request is repeated.
    #[serde(alias = "num_retries", skip_serializing_if = "is_default")]
    pub num_retries: u32,
    /// Whether it is repeated when there was no connection.
    #[serde(alias = "retry_on_connect_failure", skip_serializing_if = "is_default")]
    pub retry_on_connect_failure: bool,
    /// On which answers it is repeated.
    #[serde(alias = "retry_on_status_codes", skip_serializing_if = "is_default")]
    pub retry_on_status_codes: Vec<u32>,
    /// Envoy's other reasons to repeat it (1.14).
    #[serde(alias = "retry_on", skip_serializing_if = "is_default")]
    pub retry_on: Vec<String>,
    /// Changes of its headers (1.11).
    #[serde(alias = "request_headers", skip_serializing_if = "Option::is_none")]
    pub request_headers: Option<HeaderModifiers>,
    /// Changes of the answer's headers (1.11).
    #[serde(alias = "response_headers", skip_serializing_if = "Option::is_none")]
    pub response_headers: Option<HeaderModifiers>,
}

impl ServiceRouter {
    /// The routes.
    pub fn routes(&self) -> &[Route] {
        self.routes.as_deref().unwrap_or_default()
    }
}

impl Document for ServiceRouter {
    fn name(&self) -> &str {
        &self.name
    }

    /// As in Consul, only a route that names methods gets the namespace written into its destination.
    fn normalize(&mut self) {
        for route in self.routes.iter_mut().flatten() {
            let Some(http) = route.matching.as_mut().and_then(|matching| matching.http.as_mut()) else { continue };
            if http.methods.is_empty() {
                continue;
            }
            http.methods.iter_mut().for_each(|method| *method = method.to_uppercase());
            if let Some(destination) = route.destination.as_mut().filter(|to| to.namespace.is_empty()) {
                DEFAULT_NAMESPACE.clone_into(&mut destination.namespace);
            }
        }
    }

    fn validate(&self) -> Result<(), EntryError> {
        if self.name.is_empty() {
            return Err(EntryError::Name);
        }
        EntryError::of_meta(&self.meta)?;
        for (place, route) in self.routes().iter().enumerate() {
            route.validate(place)?;
        }
        Ok(())
    }
}

impl Route {
    fn validate(&self, place: usize) -> Result<(), RouterError> {
        let http = self.matching.as_ref().and_then(|matching| matching.http.as_ref());
        http.map_or(Ok(()), |http| http.validate(place))?;
        let names_path = http.is_some_and(|http| !http.path_exact.is_empty() || !http.path_prefix.is_empty());
        let rewrites = self.destination.as_ref().is_some_and(|destination| !destination.prefix_rewrite.is_empty());
        if rewrites && !names_path { Err(RouterError::Rewrite(place)) } else { Ok(()) }
    }
}

impl RouteHttpMatch {
    fn validate(&self, place: usize) -> Result<(), RouterError> {
        for (field, path) in [("PathExact", &self.path_exact), ("PathPrefix", &self.path_prefix)] {
            if !path.is_empty() && !path.starts_with('/') {
                return Err(RouterError::PathStart { place, field, path: path.clone() });
            }
        }
        if given(&[!self.path_exact.is_empty(), !self.path_prefix.is_empty(), !self.path_regex.is_empty()]) > 1 {
            return Err(RouterError::Paths(place));
        }
        for (number, header) in self.header.iter().enumerate() {
            header.validate(place, number)?;
        }
        for (number, parameter) in self.query_param.iter().enumerate() {
            parameter.validate(place, number)?;
        }
        let mut seen = BTreeSet::new();
        match self.methods.iter().find(|method| !seen.insert(*method)) {
            Some(method) => Err(RouterError::MethodTwice(place, method.clone())),
            None => Ok(()),
        }
    }
}

impl RouteHeaderMatch {
    fn validate(&self, place: usize, number: usize) -> Result<(), RouterError> {
        if self.name.is_empty() {
            return Err(RouterError::Nameless { place, field: "Header", number });
        }
        let texts = [&self.exact, &self.prefix, &self.suffix, &self.regex].map(|text| !text.is_empty());
        if given(&texts) + usize::from(self.present) == 1 { Ok(()) } else { Err(RouterError::Header { place, number }) }
    }
}

impl RouteParameterMatch {
    fn validate(&self, place: usize, number: usize) -> Result<(), RouterError> {
        if self.name.is_empty() {
            return Err(RouterError::Nameless { place, field: "QueryParam", number });
        }
        if given(&[self.present, !self.exact.is_empty(), !self.regex.is_empty()]) == 1 {
            Ok(())
        } else {
            Err(RouterError::Parameter { place, number })
        }
    }
}

/// How many of these are there.
fn given(parts: &[bool]) -> usize {
    parts.iter().filter(|is_given| **is_given).count()
}
