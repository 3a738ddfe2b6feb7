//! What an intention must say, and what is added to it where it says nothing.

use proconsul_base::text::mistakes;
use proconsul_calls::intention::IntentionError;
use proconsul_types::config_entry::{DEFAULT_NAMESPACE, WILDCARD, meta_mistakes};
use proconsul_types::intention::{Action, CONSUL, Intention, is_partial_wildcard};

/// The intention with its defaults, or everything that makes no sense in it.
pub(super) fn complete(mut intention: Intention) -> Result<Intention, IntentionError> {
    for namespace in [&mut intention.source_ns, &mut intention.destination_ns] {
        if namespace.is_empty() {
            DEFAULT_NAMESPACE.clone_into(namespace);
        }
    }
    if intention.source_type.is_empty() {
        CONSUL.clone_into(&mut intention.source_type);
    }
    let wrong = wrong(&intention);
    if wrong.is_empty() { Ok(intention) } else { Err(IntentionError::Invalid(mistakes::list(&wrong))) }
}

fn wrong(intention: &Intention) -> Vec<String> {
    let Intention { source_ns, source_name, destination_ns, destination_name, source_type, action, .. } = intention;
    let names = [
        ("SourceNS", source_ns),
        ("SourceName", source_name),
        ("DestinationNS", destination_ns),
        ("DestinationName", destination_name),
    ];
    let mut wrong = Vec::new();
    let mut note = |is_wrong: bool, text: String| wrong.extend(is_wrong.then_some(text));
    for (field, name) in names {
        note(name.is_empty(), format!("{field} must be set"));
    }
    for (field, name) in names {
        note(is_partial_wildcard(name), format!("{field}: wildcard character '*' cannot be used with partial values"));
    }
    for (field, namespace, name) in
        [("SourceName", source_ns, source_name), ("DestinationName", destination_ns, destination_name)]
    {
        let is_loose = namespace == WILDCARD && name != WILDCARD;
        note(is_loose, format!("{field}: exact value cannot follow wildcard namespace"));
    }
    for mistake in meta_mistakes(&intention.meta) {
        note(true, mistake.to_string());
    }
    let acts = action.parse::<Action>();
    let has_permissions = !intention.permissions.is_empty();
    note(has_permissions && !action.is_empty(), "Action must be omitted if Permissions are specified".to_owned());
    if let (Err(error), false) = (acts, has_permissions) {
        note(true, error.to_string());
    }
    note(source_type != CONSUL, format!("SourceType must be set to '{CONSUL}'"));
    wrong
}
