//! The questions of `tests/parity`, asked of a fresh server, and its answers compared with those that the original gave.

use std::path::Path;

use proconsul_parity::{Agents, Family, Kept, Setup, compare, recorded, report, run};

/// One family of questions, asked of a fresh server.
fn answers_as_recorded(name: &str) {
    let families = Family::all().unwrap();
    let family = families.iter().find(|family| family.name == name).expect("a file of scenarios");
    let agents = Agents::start(Path::new(env!("CARGO_BIN_EXE_proconsul")), family, Setup::Alone).unwrap();
    let ours = run(family, &agents);
    let comparison = compare(family, &recorded::read(name).unwrap(), &ours, true).unwrap();
    let kept = Kept::read().unwrap();
    let unexcused = comparison.differences.iter().filter(|difference| kept.decision(name, difference).is_none());
    let told: Vec<String> = unexcused.map(|difference| report::told(name, difference)).collect();
    assert!(told.is_empty(), "{} of {} answers differ:\n{}", told.len(), comparison.total, told.join("\n"));
    assert_eq!(kept.outlived(name, &comparison.differences), Vec::<&str>::new(), "answered as the original answers");
}

/// A test for each file of scenarios, so that they run side by side and are told apart.
macro_rules! families {
    ($($test:ident $name:literal)*) => {
        $(#[test]
        fn $test() {
            answers_as_recorded($name);
        })*

        #[test]
        fn every_file_of_scenarios_has_its_test() {
            let names: Vec<String> = Family::all().unwrap().into_iter().map(|family| family.name).collect();
            assert_eq!(names, [$($name),*]);
        }
    };
}

families! {
    access_control_that_is_off_answers_as_consul "acl"
    aliases_of_other_checks_answer_as_consul "agent-alias"
    checks_of_an_agent_answer_as_consul "agent-checks"
    the_health_of_an_agents_services_answers_as_consul "agent-health"
    maintenance_answers_as_consul "agent-maintenance"
    members_answer_as_consul "agent-members"
    registrations_answer_as_consul "agent-register"
    an_agent_tells_of_itself_as_consul "agent-self"
    services_of_an_agent_answer_as_consul "agent-services"
    the_catalog_follows_an_agent_as_in_consul "agent-sync"
    autopilot_sees_servers_as_consul "autopilot"
    waiting_reads_answer_as_consul "blocking"
    cached_reads_answer_as_consul "cached"
    catalog_answers_as_consul "catalog"
    the_command_line_answers_as_consuls "cli"
    commands_to_the_agent_are_answered_as_by_consul "cli-agent"
    configuration_entries_answer_as_consul "config"
    a_mesh_that_is_off_answers_as_consul "connect-off"
    coordinates_answer_as_consul "coordinate"
    discovery_chains_are_compiled_as_by_consul "discovery-chain"
    dns_answers_as_consul "dns"
    dns_with_settings_answers_as_consul "dns-config"
    dns_cuts_long_answers_as_consul "dns-many"
    dns_without_its_recursors_answers_as_consul "dns-recursor"
    events_answer_as_consul "event"
    filters_answer_as_consul "filter"
    health_answers_as_consul "health"
    every_request_is_answered_as_by_consul "http"
    http_with_settings_answers_as_consul "http-config"
    http_that_only_some_may_write_answers_as_consul "http-writes"
    intentions_answer_as_consul "intentions"
    keys_answer_as_consul "kv"
    locks_answer_as_consul "locks"
    operators_are_answered_as_by_consul "operator"
    prepared_queries_answer_as_consul "query"
    sessions_answer_as_consul "session"
    status_answers_as_consul "status"
    transactions_answer_as_consul "txn"
    the_web_page_is_answered_as_by_consul "ui"
}
