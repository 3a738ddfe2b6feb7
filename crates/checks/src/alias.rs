//! A check that is as other checks are: those of a service, here or on another node, or those of a node.
//!
//! Only the judgement is here; whoever holds the checks follows them and judges again when they change.

use crate::outcome::{Outcome, Status};

/// Whose health is taken over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alias {
    /// The node in the catalog; empty for this agent's own checks.
    pub node: String,
    /// The id of the service there; empty for the node alone.
    pub service: String,
}

/// A check as an alias sees it.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its status as text.
    pub status: &'a str,
    /// What it printed.
    pub output: &'a str,
    /// The service it belongs to; empty for a check of the node.
    pub service_id: &'a str,
}

/// How an alias is when these are the checks where it looks. `exists` says whether its service is known there, and is asked
/// only when no check belongs to it. Checks of the node count too: what stands on a bad node is bad.
pub fn judge<'a>(alias: &Alias, checks: impl IntoIterator<Item = Seen<'a>>, exists: impl FnOnce() -> bool) -> Outcome {
    let mut outcome = Outcome::passing("No checks found.");
    let mut found = false;
    for check in checks {
        if !check.service_id.is_empty() && check.service_id != alias.service {
            continue;
        }
        found |= check.service_id == alias.service;
        let worse = match check.status {
            status if status == Status::Critical.as_str() => Status::Critical,
            status if status == Status::Warning.as_str() => Status::Warning,
            _ => Status::Passing,
        };
        if worse != Status::Passing {
            let output = format!("Aliased check {:?} failing: {}", check.name, check.output);
            outcome = Outcome { status: worse, output };
            if worse == Status::Critical {
                break;
            }
        } else if outcome.status == Status::Passing {
            outcome = Outcome::passing("All checks passing.");
        }
    }
    if !found && !exists() {
        return Outcome::critical(format!("Service {} could not be found on node {}", alias.service, alias.node));
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(checks: &[(&'static str, &'static str, &'static str)]) -> Vec<Seen<'static>> {
        let seen = |&(name, status, service_id)| Seen { name, status, output: "why", service_id };
        checks.iter().map(seen).collect()
    }

    fn of_web(checks: &[(&'static str, &'static str, &'static str)]) -> Outcome {
        let alias = Alias { node: String::new(), service: "web".to_owned() };
        judge(&alias, seen(checks), || true)
    }

    #[test]
    fn it_is_as_bad_as_the_worst_check_of_its_service() {
        let checks =
            [("a", "passing", "web"), ("b", "warning", "web"), ("c", "passing", "web"), ("d", "critical", "web")];
        assert_eq!(of_web(&checks[..1]), Outcome::passing("All checks passing."));
        let warning = Outcome { status: Status::Warning, output: "Aliased check \"b\" failing: why".to_owned() };
        assert_eq!(of_web(&checks[..3]), warning);
        assert_eq!(of_web(&checks), Outcome::critical("Aliased check \"d\" failing: why"));
    }

    #[test]
    fn checks_of_the_node_count_and_those_of_other_services_do_not() {
        let other = [("a", "passing", "web"), ("b", "critical", "db")];
        assert_eq!(of_web(&other), Outcome::passing("All checks passing."));
        let node = [("a", "passing", "web"), ("n", "critical", "")];
        assert_eq!(of_web(&node), Outcome::critical("Aliased check \"n\" failing: why"));
    }

    #[test]
    fn a_service_without_checks_passes_when_it_exists() {
        let alias = Alias { node: "n2".to_owned(), service: "web".to_owned() };
        let of_others = || seen(&[("b", "critical", "db")]);
        assert_eq!(judge(&alias, of_others(), || true), Outcome::passing("No checks found."));
        let missing = "Service web could not be found on node n2";
        assert_eq!(judge(&alias, of_others(), || false), Outcome::critical(missing));
    }

    #[test]
    fn a_service_that_is_gone_is_critical_even_on_a_good_node() {
        let alias = Alias { node: String::new(), service: "web".to_owned() };
        let outcome = judge(&alias, seen(&[("n", "passing", "")]), || false);
        assert_eq!(outcome, Outcome::critical("Service web could not be found on node "));
    }

    #[test]
    fn a_node_alone_is_as_its_own_checks_are() {
        let alias = Alias { node: "n2".to_owned(), service: String::new() };
        let outcome = judge(&alias, seen(&[("n", "warning", ""), ("b", "critical", "db")]), || false);
        assert_eq!(outcome.status, Status::Warning);
    }
}
