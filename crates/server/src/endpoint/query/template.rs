//! Templates of prepared queries: one query that answers for every name with its beginning.

use proconsul_filter::pattern::{self, PatternError};
use proconsul_types::query::{NAME_PREFIX_MATCH, PreparedQuery, ServiceQuery};
use regex::Regex;

use super::expression::{EvaluationError, Scope, SyntaxError, evaluate, parse};

/// Why a template cannot be carried out, in Consul's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum TemplateError {
    /// A kind that does not exist.
    #[error("Bad Template.Type '{0}'")]
    Kind(String),
    /// A regular expression that is none.
    #[error("Bad Regexp: {0}")]
    Regexp(PatternError),
    /// A field that is not written as it must be.
    #[error("Bad format '{text}' in {field}: parse error: {error}")]
    Format {
        /// What the field holds.
        text: String,
        /// Which field.
        field: String,
        /// What is wrong.
        error: SyntaxError,
    },
    /// A field that refers to what does not exist.
    #[error("Bad evaluation for '{text}' in {field}: {error}")]
    Evaluation {
        /// What the field holds.
        text: String,
        /// Which field.
        field: String,
        /// What is wrong.
        error: EvaluationError,
    },
}

/// A template that can be filled in.
#[derive(Debug)]
pub(super) struct Template<'a> {
    query: &'a PreparedQuery,
    regexp: Option<Regex>,
}

impl<'a> Template<'a> {
    /// A template, tried out with its own name.
    pub(super) fn new(query: &'a PreparedQuery) -> Result<Self, TemplateError> {
        if query.template.kind != NAME_PREFIX_MATCH {
            return Err(TemplateError::Kind(query.template.kind.clone()));
        }
        let regexp = Some(&*query.template.regexp).filter(|regexp| !regexp.is_empty());
        let regexp = regexp.map(pattern::compile).transpose().map_err(TemplateError::Regexp)?;
        let template = Self { query, regexp };
        template.filled_in(&query.name)?;
        Ok(template)
    }

    /// The query that a name leads to.
    pub(super) fn filled_in(&self, name: &str) -> Result<PreparedQuery, TemplateError> {
        let prefix = &*self.query.name;
        let captures = self.regexp.as_ref().and_then(|regexp| regexp.captures(name));
        let group = |group: Option<regex::Match<'_>>| group.map_or_else(String::new, |group| group.as_str().to_owned());
        let scope = Scope {
            full: name,
            prefix,
            suffix: name.strip_prefix(prefix).unwrap_or(name),
            groups: captures.iter().flat_map(|captures| captures.iter()).map(group).collect(),
        };
        let mut query = self.query.clone();
        fill_service(&mut query.service, &scope)?;
        if query.template.remove_empty_tags {
            // An empty list even where there was none, as in Consul.
            query.service.tags.get_or_insert_default().retain(|tag| !tag.is_empty());
        }
        Ok(query)
    }
}

fn fill_service(service: &mut ServiceQuery, scope: &Scope<'_>) -> Result<(), TemplateError> {
    fill(&mut service.service, scope, || "Service.Service".to_owned())?;
    fill_list(&mut service.failover.datacenters, scope, "Service.Failover.Datacenters")?;
    fill_list(&mut service.ignore_check_ids, scope, "Service.IgnoreCheckIDs")?;
    fill(&mut service.near, scope, || "Service.Near".to_owned())?;
    fill_list(&mut service.tags, scope, "Service.Tags")?;
    let maps = [("Service.NodeMeta", &mut service.node_meta), ("Service.ServiceMeta", &mut service.service_meta)];
    for (field, map) in maps {
        for (key, value) in map.iter_mut().flatten() {
            fill(value, scope, || format!("{field}[{key}]"))?;
        }
    }
    Ok(())
}

fn fill_list(list: &mut Option<Vec<String>>, scope: &Scope<'_>, field: &str) -> Result<(), TemplateError> {
    let mut places = list.iter_mut().flatten().enumerate();
    places.try_for_each(|(place, text)| fill(text, scope, || format!("{field}[{place}]")))
}

fn fill(text: &mut String, scope: &Scope<'_>, field: impl Fn() -> String) -> Result<(), TemplateError> {
    let pieces = parse(text).map_err(|error| TemplateError::Format { text: text.clone(), field: field(), error })?;
    let filled = evaluate(&pieces, scope).map_err(|error| TemplateError::Evaluation {
        text: text.clone(),
        field: field(),
        error,
    })?;
    *text = filled;
    Ok(())
}
