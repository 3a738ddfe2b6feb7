//! Answers as lines of text, compared with what Consul 1.8.7 said to the same questions.

use std::sync::Arc;

use super::*;
use crate::chase;
use crate::edns::Subnet;
use crate::fixture::{World, address, checked, instance, lines, map, name, node, request, tagged, with_edns};
use crate::message::kind::{A, AAAA, ANY, DS, NS, PTR, SOA, SRV, TXT};
use crate::question;

const START: &str = "ns consul. 0 SOA ns.consul. hostmaster.consul. 99 [3600, 600, 86400, 0]";

fn found_node(node: proconsul_types::node::Node) -> Found<'static> {
    Found::Node(Arc::new(node))
}

fn web(place: u8) -> proconsul_types::service::ServiceInstance {
    instance(node(&format!("w{place}"), &format!("10.2.0.{place}")), "")
}

#[test]
fn a_node_is_told_by_its_address_with_its_metadata_beside() {
    let mut foo = node("foo", "10.1.0.1");
    foo.meta = map(&[("k1", "v1"), ("rfc1035-a", "plain")]);
    let (found, mut world) = (found_node(foo), World::default());
    let meta = |section: &str| ["k1=v1", "plain"].map(|text| format!("{section} FOO.node.consul. 0 TXT {text}"));
    let [first, second] = meta("ar");
    let main = "an FOO.node.consul. 0 A 10.1.0.1";
    assert_eq!(world.lines("FOO.node.consul", A, &found), ["Success", main, &*first, &*second]);
    assert_eq!(world.lines("FOO.node.consul", AAAA, &found), ["Success", &*first, &*second]);
    let [first, second] = meta("an");
    assert_eq!(world.lines("FOO.node.consul", ANY, &found), ["Success", main, &*first, &*second]);
    assert_eq!(world.lines("FOO.node.consul", TXT, &found), ["Success", &*first, &*second]);
    world.settings.node_meta_txt = false;
    assert_eq!(world.lines("FOO.node.consul", A, &found), ["Success", main]);
}

#[test]
fn the_family_that_is_asked_for_wins() {
    let mut node = node("t4", "10.1.0.7");
    node.tagged_addresses = map(&[("lan_ipv4", "10.44.0.1"), ("lan_ipv6", "fd00::44")]);
    let (found, mut world) = (found_node(node), World::default());
    assert_eq!(world.lines("t4.node.consul", A, &found)[1], "an t4.node.consul. 0 A 10.44.0.1");
    assert_eq!(world.lines("t4.node.consul", ANY, &found)[1], "an t4.node.consul. 0 AAAA fd00::44");
}

#[test]
fn what_is_not_there_is_told_with_the_start_of_the_zone() {
    let mut world = World::default();
    assert_eq!(world.lines("none.node.consul", A, &Found::Nothing), ["NameError", START]);
    assert_eq!(world.lines("none.node.consul", kind::SRV, &Found::Nothing), ["Success"]);
    assert_eq!(world.lines("none.service.consul", A, &Found::Nothing), ["NameError", START]);
    assert_eq!(world.lines("none.service.consul", A, &Found::Instances(Vec::new().into())), ["NameError", START]);
    assert_eq!(world.lines("consul", ANY, &Found::Nothing), ["NameError", START]);
    assert_eq!(world.lines("web.service.consul", A, &Found::Failed), ["ServerFailure"]);
    assert_eq!(world.lines("web.node.consul", A, &Found::Failed), ["ServerFailure"]);
    let found = Found::Instances(vec![web(1)].into());
    assert_eq!(world.lines("web.service.consul", AAAA, &found), ["Success", START]);
}

#[test]
fn services_are_told_by_name_or_by_address() {
    let mut world = World::default();
    let own = |address: &str| Found::Instances(vec![instance(node("w1", "10.2.0.1"), address)].into());
    let question = "web.service.consul";
    assert_eq!(world.lines(question, A, &own(""))[1], "an web.service.consul. 0 A 10.2.0.1");
    assert_eq!(world.lines(question, A, &own("10.3.0.1"))[1], "an web.service.consul. 0 A 10.3.0.1");
    assert_eq!(world.lines(question, TXT, &own("10.3.0.1"))[1], "an web.service.consul. 0 A 10.3.0.1");
    assert_eq!(world.lines(question, A, &own("::ffff:10.8.8.8"))[1], "an web.service.consul. 0 A 10.8.8.8");
    let srv = |found: &Found<'_>| World::default().lines("web.service.dc1.consul", SRV, found)[1..].to_vec();
    let on_node =
        ["an web.service.dc1.consul. 0 SRV 1 1 80 w1.node.dc1.consul.", "ar w1.node.dc1.consul. 0 A 10.2.0.1"];
    assert_eq!(srv(&own("")), on_node);
    let by_address = "an web.service.dc1.consul. 0 SRV 1 1 80 0a030001.addr.dc1.consul.";
    assert_eq!(srv(&own("10.3.0.1")), [by_address, "ar 0a030001.addr.dc1.consul. 0 A 10.3.0.1"]);
    let by_v6 = "an web.service.dc1.consul. 0 SRV 1 1 80 fd000000000000000000000000000099.addr.dc1.consul.";
    assert_eq!(srv(&own("fd00::99"))[0], by_v6);
    assert_eq!(srv(&own("db.example.com")), ["an web.service.dc1.consul. 0 SRV 1 1 80 db.example.com."]);
    let mut described = node("w1", "10.2.0.1");
    described.meta = map(&[("k", "v")]);
    let meta = srv(&Found::Instances(vec![instance(described, "10.3.0.1")].into()));
    assert_eq!(meta[2], "ar w1.node.dc1.consul. 0 TXT k=v");
    // A service registered under its own name is told by its node.
    assert_eq!(srv(&own("web.service.dc1.consul")), on_node);
    let other = tagged(web(1), &[("lan_ipv4", "10.66.5.1")]);
    assert_eq!(srv(&Found::Instances(vec![other].into()))[1], "ar 0a420501.addr.dc1.consul. 0 A 10.66.5.1");
}

#[test]
fn unhealthy_instances_are_left_out() {
    let told = |instances: Vec<_>, only_passing| {
        let mut world = World::default();
        world.settings.only_passing = only_passing;
        let mut lines = world.lines("web.service.consul", SRV, &Found::Instances(instances.into()));
        lines.retain(|line| !line.starts_with("ar"));
        lines.sort();
        lines
    };
    let warning = || checked(web(2), "warning", "c", true);
    let critical = [checked(web(1), "critical", "c", true), checked(web(1), "critical", "n", false)];
    for critical in critical {
        let service = "an web.service.consul. 0 SRV 1 1 80 w2.node.dc1.consul.";
        assert_eq!(told(vec![critical.clone(), warning()], false), ["Success", service]);
        assert_eq!(told(vec![critical, warning()], true), ["NameError", START]);
    }
}

#[test]
fn weights_follow_the_worst_check() {
    let weight = |checks: &[&str]| {
        let mut one = web(1);
        Arc::make_mut(&mut one.service).weights = proconsul_types::service::Weights { passing: 5, warning: 3 };
        let one = checks.iter().fold(one, |one, status| checked(one, status, "c", true));
        let lines = World::default().lines("web.service.consul", SRV, &Found::Instances(vec![one].into()));
        lines[1].split(' ').nth(5).map(str::to_owned)
    };
    assert_eq!(weight(&[]).as_deref(), Some("5"));
    assert_eq!(weight(&["passing", "warning"]).as_deref(), Some("3"));
    assert_eq!(weight(&["strange"]).as_deref(), Some("1"));
}

#[test]
fn an_address_is_told_once_and_a_place_once() {
    let mut second = web(1);
    Arc::make_mut(&mut second.service).port = 81;
    let found = Found::Instances(vec![web(1), second, web(1)].into());
    let mut world = World::default();
    assert_eq!(world.lines("web.service.consul", A, &found).len(), 2);
    let services = world.message(&request("web.service.consul", SRV), &found);
    assert_eq!((services.answers.len(), services.additionals.len()), (2, 2));
}

#[test]
fn an_alias_is_told_only_when_there_is_no_address() {
    let named = instance(node("w2", "10.2.0.2"), "db.example.com");
    let mut world = World::default();
    let alias = "an web.service.consul. 0 CNAME db.example.com.";
    assert_eq!(world.lines("web.service.consul", A, &Found::Instances(vec![named.clone()].into())), ["Success", alias]);
    let mixed = Found::Instances(vec![named, web(1)].into());
    assert_eq!(world.lines("web.service.consul", A, &mixed), ["Success", "an web.service.consul. 0 A 10.2.0.1"]);
    assert_eq!(world.lines("web.service.consul", AAAA, &mixed), ["Success", alias]);
}

#[test]
fn a_name_is_told_with_what_it_leads_to() {
    let mut world = World::default();
    world.settings.service_ttl = crate::ttl::ServiceTtl::new([("*".to_owned(), 5)]);
    world.settings.node_ttl = 10;
    let named = Found::Instances(vec![instance(node("w2", "10.2.0.2"), "DB.example.com")].into());
    let question = request("web.service.consul", A).question;
    let asked = question::read(&question, &world.settings);
    assert_eq!(chase::targets(&asked, &named, &question, &world.settings), [name("DB.example.com")]);
    let at = |text: &str, data: Data| Record { name: name(text), ttl: 300, data };
    let records = vec![
        at("db.example.com", Data::Txt(b"text".as_slice().into())),
        at("db.example.com", address("9.9.9.1").into()),
    ];
    world.chased.insert(&name("db.example.com"), records);
    let (alias, host) = ("an web.service.consul. 5 CNAME DB.example.com.", "an db.example.com. 5 A 9.9.9.1");
    assert_eq!(world.lines("web.service.consul", A, &named), ["Success", alias, host]);
    let service = "an web.service.consul. 5 SRV 1 1 80 DB.example.com.";
    assert_eq!(world.lines("web.service.consul", SRV, &named), ["Success", service, &host.replace("an", "ar")]);
    // A node passes on all that it gets, as it gets it.
    let lines = world.lines("foo.node.consul", A, &found_node(node("foo", "db.example.com")));
    let alias = "an foo.node.consul. 10 CNAME db.example.com.";
    assert_eq!(lines[1..], [alias, "an db.example.com. 300 TXT text", "an db.example.com. 300 A 9.9.9.1"]);
}

#[test]
fn a_prepared_query_keeps_its_order_and_its_ttl() {
    let queried = |ttl| Found::Queried {
        service: "web".to_owned(),
        ttl,
        datacenter: "dc2".to_owned(),
        instances: vec![web(3), web(1), web(2)],
    };
    let mut world = World::default();
    world.settings.service_ttl = crate::ttl::ServiceTtl::new([("web".to_owned(), 9)]);
    let hosts = |ttl: u32| [3, 1, 2].map(|place| format!("an pq.query.consul. {ttl} A 10.2.0.{place}"));
    assert_eq!(world.lines("pq.query.consul", A, &queried(Some(7)))[1..], hosts(7));
    assert_eq!(world.lines("pq.query.consul", A, &queried(None))[1..], hosts(9));
    assert_eq!(
        world.lines("pq.query.consul", SRV, &queried(None))[1],
        "an pq.query.consul. 9 SRV 1 1 80 w3.node.dc2.consul."
    );
    assert_eq!(world.lines("pq.query.consul", A, &Found::Nothing), ["NameError", START]);
}

#[test]
fn the_order_of_a_service_is_drawn_at_random() {
    let found = Found::Instances((1..=9).map(web).collect());
    let mut world = World::default();
    let mut firsts: Vec<String> = (0..200).map(|_| world.lines("web.service.consul", A, &found)[1].clone()).collect();
    firsts.sort();
    firsts.dedup();
    assert_eq!(firsts.len(), 9, "every instance comes first at times");
}

#[test]
fn the_zone_has_a_start_and_up_to_three_servers() {
    let mut named = node("Under_score", "10.0.0.9");
    let server = |place: u8| instance(node(&format!("N{place}"), &format!("10.0.0.{place}")), "");
    let mut servers: Vec<_> = (1..=5).map(server).collect();
    let mut world = World::default();
    assert_eq!(world.message(&request("consul", NS), &Found::Instances(servers.clone().into())).answers.len(), 3);
    servers.truncate(1);
    named.name = "under_score".into();
    servers.push(instance(named, ""));
    let found = Found::Instances(servers.into());
    let (server, host) = ("consul. 0 NS n1.node.dc1.consul.", "ar n1.node.dc1.consul. 0 A 10.0.0.1");
    assert_eq!(world.lines("a.b.consul", NS, &found), ["Success", &format!("an {server}"), host]);
    let start = START.replace("ns consul", "an consul");
    assert_eq!(world.lines("consul", SOA, &found), ["Success", &*start, &format!("ns {server}"), host]);
    assert_eq!(world.lines("consul", SOA, &Found::Failed), ["Success", &*start]);
}

#[test]
fn addresses_have_names() {
    let mut world = World::default();
    let question = "1.0.1.10.in-addr.arpa";
    let owner = Found::OwnerNode("Foo".to_owned());
    let pointer = "an 1.0.1.10.in-addr.arpa. 0 PTR Foo.node.dc1.consul.";
    assert_eq!(world.lines(question, PTR, &owner), ["Success", pointer]);
    assert_eq!(world.lines(question, SOA, &owner), ["Success", pointer, START]);
    let service = world.lines(question, A, &Found::OwnerService("web".to_owned()));
    assert_eq!(service[1], "an 1.0.1.10.in-addr.arpa. 0 PTR web.service.dc1.consul.");
    let nobody = world.message(&request(question, PTR), &Found::Nothing);
    assert_eq!((nobody.code, nobody.authoritative, nobody.recursion_available), (Code::ServerFailure, false, true));
    world.settings.recursion = true;
    assert_eq!(world.verdict(&request(question, PTR), &Found::Nothing), Verdict::Forward);
}

#[test]
fn other_zones_are_refused_or_asked_for() {
    let mut world = World::default();
    let refused = world.message(&with_edns(request("example.com", A), 1232), &Found::Nothing);
    assert_eq!((refused.code, refused.authoritative, refused.edns), (Code::Refused, false, None));
    assert_eq!(world.lines("web.service.consul", kind::AXFR, &Found::Nothing), ["NotImplemented"]);
    world.settings.recursion = true;
    assert_eq!(world.verdict(&request("example.com", A), &Found::Nothing), Verdict::Forward);
    assert_eq!(world.verdict(&request("foo.node.consul", DS), &Found::Nothing), Verdict::Forward);
    assert!(world.message(&request("foo.consul", A), &Found::Nothing).recursion_available);
}

#[test]
fn addresses_in_names_and_virtual_ones_are_told() {
    let mut world = World::default();
    let spelled = world.lines("0A000001.Addr.consul", AAAA, &Found::Nothing);
    assert_eq!(spelled, ["Success", "an 0a000001.addr.consul. 0 A 10.0.0.1"]);
    assert_eq!(world.lines("0a00000.addr.consul", A, &Found::Nothing), ["Success"]);
    let found = Found::Virtual(address("240.0.0.1"));
    assert_eq!(world.lines("web.virtual.consul", A, &found), ["Success", "an web.virtual.consul. 0 A 240.0.0.1"]);
    assert_eq!(world.lines("web.virtual.consul", A, &Found::Nothing), ["NameError", START]);
}

#[test]
fn the_answer_lies_in_the_domain_of_the_question() {
    let mut world = World::default();
    world.settings.alt_domain = Some(name("alt.example"));
    let service = world.lines("web.service.ALT.example", SRV, &Found::Instances(vec![web(1)].into()));
    assert_eq!(service[1], "an web.service.ALT.example. 0 SRV 1 1 80 w1.node.dc1.alt.example.");
    let start = START.replace("consul.", "alt.example.");
    assert_eq!(world.lines("none.node.alt.example", A, &Found::Nothing), ["NameError", &*start]);
}

#[test]
fn a_network_is_repeated_with_the_scope_of_the_answer() {
    let subnet = Subnet { address: Some(address("1.2.3.0")), source: 24, scope: 0 };
    let mut world = World::default();
    let mut scope = |text: &str, found: &Found<'_>| {
        let asked = request(text, A);
        let asked = Request { edns: Some(Edns { size: 1232, subnet: Some(subnet) }), ..asked };
        let message = world.message(&asked, found);
        message.edns.and_then(|edns| edns.subnet).map(|subnet| (subnet.source, subnet.scope))
    };
    let queried =
        Found::Queried { service: "web".to_owned(), ttl: None, datacenter: "dc1".to_owned(), instances: vec![web(1)] };
    assert_eq!(scope("pq.query.consul", &queried), Some((24, 24)));
    assert_eq!(scope("pq.query.consul", &Found::Nothing), Some((24, 0)));
    assert_eq!(scope("web.service.consul", &Found::Instances(vec![web(1)].into())), Some((24, 0)));
}

#[test]
fn what_cannot_be_a_name_is_left_out() {
    let bad = ["bad..name", &"a".repeat(64)];
    let mut instances: Vec<_> = bad.iter().map(|name| instance(node(name, "10.1.0.2"), "")).collect();
    instances.push(web(1));
    let message = World::default().message(&request("web.service.consul", SRV), &Found::Instances(instances.into()));
    assert_eq!(lines(&message)[1], "an web.service.consul. 0 SRV 1 1 80 w1.node.dc1.consul.");
    assert_eq!(message.answers.len(), 1);
}
