//! What templates become, what is refused, and whom a query finds. The expected texts were measured on Consul 1.8.7.

use std::collections::BTreeMap;
use std::sync::Arc;

use proconsul_base::index::Index;
use proconsul_calls::catalog::{CatalogCalls, Register};
use proconsul_calls::coordinate::{CoordinateCalls, Update};
use proconsul_calls::error::CallError;
use proconsul_calls::query::{Execute, GetQuery, QueryCalls, WriteQuery};
use proconsul_types::agent::Coordinate;
use proconsul_types::check::Check;
use proconsul_types::coordinate::NodeCoordinate;
use proconsul_types::node::Node;
use proconsul_types::query::{NAME_PREFIX_MATCH, PreparedQuery, ServiceQuery};
use proconsul_types::service::{Service, ServiceKind, Weights};

use super::template::Template;
use crate::endpoint::Server;
use crate::fake::{FakeLocal, FakeReplica, server};

type TestServer = Arc<Server<FakeReplica, FakeLocal>>;

fn query(name: &str, service: &str) -> PreparedQuery {
    let service = ServiceQuery { service: service.to_owned(), ..ServiceQuery::default() };
    PreparedQuery { name: name.to_owned(), service, ..PreparedQuery::default() }
}

fn template(name: &str, regexp: &str, service: &str) -> PreparedQuery {
    let mut query = query(name, service);
    query.template.kind = NAME_PREFIX_MATCH.to_owned();
    query.template.regexp = regexp.to_owned();
    query
}

async fn create(server: &TestServer, query: PreparedQuery) -> Result<String, String> {
    server.query_create(WriteQuery { datacenter: None, query }).await.map_err(|error| error.to_string())
}

fn node(name: &str) -> Node {
    Node {
        id: None,
        name: name.into(),
        address: "10.0.0.1".into(),
        datacenter: "dc1".into(),
        tagged_addresses: None,
        meta: None,
        create_index: Index::ZERO,
        modify_index: Index::ZERO,
    }
}

fn web(node: &str, tags: &str) -> Service {
    Service {
        kind: ServiceKind::Typical,
        id: "web".into(),
        name: "web".into(),
        node: node.into(),
        tags: tags.split(' ').map(Into::into).collect(),
        address: "".into(),
        tagged_addresses: None,
        meta: None,
        port: 80,
        weights: Weights { passing: 1, warning: 1 },
        enable_tag_override: false,
        proxy: Arc::default(),
        connect_native: false,
        create_index: Index::ZERO,
        modify_index: Index::ZERO,
    }
}

fn check(node: &str, status: &str) -> Check {
    Check {
        node: node.into(),
        id: "c".into(),
        name: "c".into(),
        status: status.into(),
        notes: "".into(),
        output: "".into(),
        service_id: "web".into(),
        service_name: "".into(),
        service_tags: Arc::default(),
        kind: "".into(),
        definition: None,
        create_index: Index::ZERO,
        modify_index: Index::ZERO,
    }
}

/// Three instances of `web`, each on a node of its own, so many milliseconds from the first.
async fn world() -> TestServer {
    let (server, _) = server();
    for (name, tags, status, seconds) in
        [("a", "v1 Blue", "passing", 0.0), ("b", "v2", "warning", 0.010), ("c", "v1", "critical", 0.005)]
    {
        let register = Register {
            datacenter: None,
            node: node(name),
            service: Some(web(name, tags)),
            checks: vec![check(name, status)],
            skip_node_update: false,
        };
        server.catalog_register(register).await.unwrap();
        let mut vec = vec![0.0; 8];
        vec[0] = seconds;
        let coord = Coordinate { vec, error: 0.1, adjustment: 0.0, height: 0.0001 };
        let place = NodeCoordinate { node: name.to_owned(), segment: String::new(), coord };
        server.coordinate_update(Update { datacenter: None, place }).await.unwrap();
    }
    server
}

/// The nodes of the instances that a query finds; in the order found, or sorted.
async fn found(server: &TestServer, service: ServiceQuery, near: &str, limit: usize) -> String {
    let query = PreparedQuery { name: "q".to_owned(), service, ..PreparedQuery::default() };
    let id = create(server, query).await.unwrap();
    let execute = Execute { name: "q", near, limit, ..Execute::default() };
    let executed = server.query_execute(execute).await.unwrap().value;
    server.query_delete(None, &id).await.unwrap();
    let mut nodes: Vec<String> = executed.nodes.iter().map(|found| found.node.name.to_string()).collect();
    if near.is_empty() {
        nodes.sort_unstable();
    }
    nodes.join(" ")
}

fn of_web(tags: &[&str]) -> ServiceQuery {
    let tags = (!tags.is_empty()).then(|| tags.iter().map(|tag| (*tag).to_owned()).collect());
    ServiceQuery { service: "web".to_owned(), tags, ..ServiceQuery::default() }
}

#[tokio::test]
async fn a_query_finds_the_instances_that_work_and_have_what_it_asks_for() {
    let server = world().await;
    assert_eq!(found(&server, of_web(&[]), "", 0).await, "a b");
    assert_eq!(found(&server, ServiceQuery { only_passing: true, ..of_web(&[]) }, "", 0).await, "a");
    let ignore_check_ids = Some(vec!["c".to_owned()]);
    assert_eq!(found(&server, ServiceQuery { ignore_check_ids, ..of_web(&[]) }, "", 0).await, "a b c");
    assert_eq!(found(&server, of_web(&["V1", "blue"]), "", 0).await, "a");
    assert_eq!(found(&server, of_web(&["!v1"]), "", 0).await, "b");
    let node_meta = Some(BTreeMap::from([("rack".to_owned(), "a".to_owned())]));
    assert_eq!(found(&server, ServiceQuery { node_meta, ..of_web(&[]) }, "", 0).await, "");
    assert_eq!(found(&server, ServiceQuery { connect: true, ..of_web(&[]) }, "", 0).await, "", "no proxies");
}

#[tokio::test]
async fn the_nearest_come_first_and_the_limit_counts_after_that() {
    let server = world().await;
    let all = || ServiceQuery { ignore_check_ids: Some(vec!["c".to_owned()]), ..of_web(&[]) };
    assert_eq!(found(&server, all(), "a", 0).await, "a c b");
    assert_eq!(found(&server, all(), "b", 2).await, "b c");
    let near_b = ServiceQuery { near: "b".to_owned(), ..all() };
    assert_eq!(found(&server, near_b, "a", 1).await, "a", "the caller's word counts more than the query's");
}

#[tokio::test]
async fn a_query_that_cannot_be_kept_is_refused_in_consuls_words() {
    let (server, _) = server();
    let with = |change: fn(&mut PreparedQuery)| {
        let mut query = query("q", "web");
        change(&mut query);
        query
    };
    let refused = [
        (with(|query| query.id = "x".to_owned()), "ID must be empty when creating a new prepared query"),
        (with(|query| query.name.clear()), "Invalid prepared query: Must be bound to a session"),
        (with(|query| query.service.service.clear()), "Invalid prepared query: Must provide a Service name to query"),
        (
            with(|query| query.service.failover.nearest_n = -1),
            "Invalid prepared query: Bad NearestN '-1', must be >= 0",
        ),
        (
            with(|query| query.dns.ttl = "abc".to_owned()),
            "Invalid prepared query: Bad DNS TTL 'abc': time: invalid duration \"abc\"",
        ),
        (with(|query| query.dns.ttl = "-1s".to_owned()), "Invalid prepared query: DNS TTL '-1000000000', must be >=0"),
        (
            with(|query| query.service.node_meta = Some([("bad key!".to_owned(), "x".to_owned())].into())),
            "Invalid prepared query: Couldn't load metadata pair ('bad key!', 'x'): Key contains invalid characters",
        ),
        (with(|query| query.session = "abc".to_owned()), "invalid session: index error: UUID must be 36 characters"),
        (
            with(|query| query.session = "8f246b77-f3e1-ff88-5b48-8ec93abf3e05".to_owned()),
            "invalid session \"8f246b77-f3e1-ff88-5b48-8ec93abf3e05\"",
        ),
        (with(|query| query.template.kind = "zz".to_owned()), "failed compiling template: Bad Template.Type 'zz'"),
    ];
    for (query, text) in refused {
        assert_eq!(create(&server, query).await, Err(text.to_owned()));
    }
    assert!(create(&server, query("q", "web")).await.is_ok());
    assert_eq!(create(&server, query("Q", "web")).await, Err("name 'Q' aliases an existing query name".to_owned()));
}

#[tokio::test]
async fn a_template_answers_for_names_and_not_by_its_id() {
    let (server, _) = server();
    let id = create(&server, template("geo-", "", "s-${name.suffix}")).await.unwrap();
    let explained = async |name: &str| {
        let explained = server.query_explain(GetQuery { name, ..GetQuery::default() }).await;
        explained.map(|answer| answer.value.service.service).map_err(|error: CallError| error.to_string())
    };
    assert_eq!(explained("geo-db").await.as_deref(), Ok("s-db"));
    assert_eq!(explained("other").await, Err("Query not found".to_owned()));
    let by_id = "prepared query templates can only be resolved up by name, not by ID";
    assert_eq!(explained(&id).await, Err(by_id.to_owned()));
}

#[test]
fn variables_and_groups_are_filled_in() {
    let filled = |regexp: &str, service: &str, name: &str| {
        let query = template("geo-db", regexp, service);
        Template::new(&query).unwrap().filled_in(name).unwrap().service.service
    };
    let regexp = "^geo-(.*?)-([^\\-]+?)$";
    assert_eq!(filled(regexp, "${match(2)}.${ match(1) }", "geo-db-foo-bar"), "bar.db-foo");
    assert_eq!(filled(regexp, "<${match(9)}${match(-1)}>", "geo-db-foo-bar"), "<>", "groups that are not there");
    assert_eq!(filled(regexp, "<${match(0)}>", "geo-db"), "<>", "an expression that does not match");
    assert_eq!(filled("", "${name.full}/${name.prefix}/${name.suffix}", "GEO-dbx"), "GEO-dbx/geo-db/GEO-dbx");
    assert_eq!(filled("", "$${name.full} ${\"a}b\"}${7}${agent.segment}", "x"), "${name.full} a}b7");
}

#[test]
fn tags_that_come_out_empty_go_when_that_is_asked_for() {
    let mut query = template("t", "^t(.*)$", "s");
    query.service.tags = Some(["${match(1)}", "!${match(1)}", "kept"].map(str::to_owned).to_vec());
    let tags = |query: &PreparedQuery| Template::new(query).unwrap().filled_in("t").unwrap().service.tags.unwrap();
    assert_eq!(tags(&query), ["", "!", "kept"]);
    query.template.remove_empty_tags = true;
    assert_eq!(tags(&query), ["!", "kept"]);
}

#[test]
fn a_template_that_cannot_be_filled_in_is_refused_in_consuls_words() {
    let refused =
        |regexp: &str, service: &str| Template::new(&template("qt", regexp, service)).unwrap_err().to_string();
    assert_eq!(refused("(", "s"), "Bad Regexp: error parsing regexp: missing closing ): `(`");
    let evaluation = [
        ("${name.zz}", "1:3: unknown variable accessed: name.zz"),
        ("${match(a)}", "1:9: unknown variable accessed: a"),
        ("${upper(name.full)}", "1:3: unknown function called: upper"),
        ("${match(1,2)}", "1:3: match: expected 1 arguments, got 2"),
        ("${match()}", "1:3: match: expected 1 arguments, got 0"),
        ("${match(name.full)}", "__builtin_StringToInt: strconv.ParseInt: parsing \"qt\": invalid syntax"),
    ];
    for (service, text) in evaluation {
        assert_eq!(refused("", service), format!("Bad evaluation for '{service}' in Service.Service: {text}"));
    }
    for service in ["${name.full", "a${", "${}", "${match(", "${\"a", "${1 2}", "${é"] {
        let text = format!("Bad format '{service}' in Service.Service: parse error: syntax error");
        assert_eq!(refused("", service), text);
    }
    let mut query = template("qt", "", "s");
    query.service.node_meta = Some([("a".to_owned(), "${zz}".to_owned())].into());
    let text = "Bad evaluation for '${zz}' in Service.NodeMeta[a]: 1:3: unknown variable accessed: zz";
    assert_eq!(Template::new(&query).unwrap_err().to_string(), text);
}
