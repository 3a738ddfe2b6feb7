//! Which metrics are shown, by the beginning of their names.

/// One line of `telemetry.prefix_filter`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// How the full names begin that it is about.
    pub prefix: String,
    /// Whether they are shown.
    pub shows: bool,
}

/// A line of `telemetry.prefix_filter` that is left out, in Consul's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// Nothing in it.
    #[error("Cannot have empty filter rule in prefix_filter")]
    Empty,
    /// Neither shown nor hidden.
    #[error("Filter rule must begin with either '+' or '-': {0:?}")]
    Sign(String),
}

impl Rule {
    /// `+consul.raft` or `-consul.raft`.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        let of = |prefix: &str, shows| Ok(Self { prefix: prefix.to_owned(), shows });
        match (text.strip_prefix('+'), text.strip_prefix('-')) {
            (Some(prefix), _) => of(prefix, true),
            (_, Some(prefix)) => of(prefix, false),
            _ if text.is_empty() => Err(RuleError::Empty),
            _ => Err(RuleError::Sign(text.to_owned())),
        }
    }
}

/// Which metrics are shown: the longest rule that fits decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// What happens to names that no rule is about (`telemetry.filter_default`).
    pub shows_others: bool,
    /// The rules.
    pub rules: Vec<Rule>,
}

impl Default for Filter {
    fn default() -> Self {
        Self { shows_others: true, rules: Vec::new() }
    }
}

impl Filter {
    /// Whether a metric of this full name is shown. Of two rules about the same names, the one that hides wins.
    pub fn shows(&self, name: &str) -> bool {
        let fitting = self.rules.iter().filter(|rule| name.starts_with(&rule.prefix));
        fitting.max_by_key(|rule| (rule.prefix.len(), !rule.shows)).map_or(self.shows_others, |rule| rule.shows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(shows_others: bool, rules: &[&str]) -> Filter {
        Filter { shows_others, rules: rules.iter().map(|rule| Rule::parse(rule).unwrap()).collect() }
    }

    #[test]
    fn the_longest_rule_that_fits_decides() {
        let filter = filter(true, &["-consul.raft", "+consul.raft.apply", "-consul.raft.apply.slow"]);
        for (name, shown) in [
            ("consul.kvs.apply", true),
            ("consul.raft", false),
            ("consul.rafting", false),
            ("consul.raft.commitTime", false),
            ("consul.raft.apply", true),
            ("consul.raft.apply.slow", false),
        ] {
            assert_eq!(filter.shows(name), shown, "{name}");
        }
    }

    #[test]
    fn what_no_rule_is_about_follows_the_default() {
        assert!(!filter(false, &["+consul.raft"]).shows("consul.kvs.apply"));
        assert!(!filter(false, &["+consul.raft", "-consul.raft"]).shows("consul.raft.apply"));
    }

    #[test]
    fn a_rule_without_a_sign_is_refused_in_consuls_words() {
        let told = |text| Rule::parse(text).unwrap_err().to_string();
        assert_eq!(told(""), "Cannot have empty filter rule in prefix_filter");
        assert_eq!(told("consul"), "Filter rule must begin with either '+' or '-': \"consul\"");
    }
}
