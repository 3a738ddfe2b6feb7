//! Every spelling of a question, and what it asks for.

use super::*;
use crate::fixture::{address, name, settings};

fn asked(text: &str, kind: u16) -> Asked {
    read(&Question { name: name(text), kind, class: 1 }, &settings())
}

fn service(name: &str, tag: Option<&str>, datacenter: Option<&str>) -> Asked {
    let (tag, datacenter) = (tag.map(str::to_owned), datacenter.map(str::to_owned));
    Asked::Service(ServiceQuestion { name: name.to_owned(), tag, role: Role::Plain, datacenter })
}

#[test]
fn nodes_may_have_dots_and_a_datacenter() {
    let node = |name: &str, datacenter: Option<&str>| Asked::Node {
        name: name.to_owned(),
        datacenter: datacenter.map(str::to_owned),
    };
    assert_eq!(asked("Foo.node.consul", kind::A), node("foo", None));
    assert_eq!(asked("bar.dot.node.DC2.consul", kind::A), node("bar.dot", Some("dc2")));
    assert_eq!(asked("foo.node.dc2.dc.consul", kind::A), node("foo", Some("dc2")));
    for unknown in ["node.consul", "foo.node.a.b.consul", "foo.consul", "consul"] {
        assert_eq!(asked(unknown, kind::A), Asked::Unknown, "{unknown}");
    }
}

#[test]
fn services_are_asked_for_with_and_without_a_tag() {
    assert_eq!(asked("web.service.consul", kind::A), service("web", None, None));
    assert_eq!(asked("V1.Web.service.dc1.consul", kind::A), service("web", Some("v1"), Some("dc1")));
    assert_eq!(asked("a.b.web.service.consul", kind::A), service("web", Some("a.b"), None));
    assert_eq!(asked("service.consul", kind::A), Asked::Unknown);
}

#[test]
fn rfc_2782_names_need_no_word_service() {
    for text in ["_web._tcp.service.consul", "_web._tcp.consul"] {
        assert_eq!(asked(text, kind::SRV), service("web", None, None));
    }
    assert_eq!(asked("_web._tcp.consul", kind::A), Asked::Unknown, "only for SRV");
    assert_eq!(asked("_web._v1.dc1.consul", kind::SRV), service("web", Some("v1"), Some("dc1")));
    assert_eq!(asked("_web._tcp.service.dc1.consul", kind::A), service("web", None, Some("dc1")));
    assert_eq!(asked("_web.service.consul", kind::SRV), service("_web", None, None));
    assert_eq!(asked("_web.consul", kind::SRV), service("_web", None, None));
    assert_eq!(asked("_a._web._tcp.service.consul", kind::SRV), service("_tcp", Some("_a._web"), None));
}

#[test]
fn the_mesh_has_its_own_words() {
    let role = |role| Asked::Service(ServiceQuestion { name: "web".to_owned(), tag: None, role, datacenter: None });
    assert_eq!(asked("web.connect.consul", kind::A), role(Role::Connect));
    assert_eq!(asked("any.web.ingress.consul", kind::A), role(Role::Ingress));
    assert_eq!(asked("web.virtual.consul", kind::A), Asked::Virtual { name: "web".to_owned() });
    assert_eq!(asked("web.virtual.peer.consul", kind::A), Asked::Unknown);
    assert_eq!(asked("connect.consul", kind::A), Asked::Unknown);
}

#[test]
fn the_word_nearest_to_the_zone_decides() {
    assert_eq!(asked("node.service.consul", kind::A), service("node", None, None));
    let query = Asked::Query { name: "a.service".to_owned(), datacenter: None };
    assert_eq!(asked("a.service.query.consul", kind::A), query);
}

#[test]
fn addresses_are_spelled_in_hexadecimal_digits() {
    assert_eq!(asked("0A000001.addr.consul", kind::A), Asked::Address(address("10.0.0.1")));
    assert_eq!(asked("0a000001.addr.any.thing.consul", kind::A), Asked::Address(address("10.0.0.1")));
    let v6 = "fd000000000000000000000000000006.addr.consul";
    assert_eq!(asked(v6, kind::AAAA), Asked::Address(address("fd00::6")));
    assert_eq!(asked("0a00000.addr.consul", kind::A), Asked::Empty);
    for unknown in ["0a0000011", "zz000001", "x.0a000001", "+a000001"] {
        assert_eq!(asked(&format!("{unknown}.addr.consul"), kind::A), Asked::Unknown, "{unknown}");
    }
}

#[test]
fn names_of_addresses_are_turned_back() {
    let reverse = |text: &str| asked(text, kind::PTR);
    assert_eq!(reverse("1.0.1.10.in-addr.arpa"), Asked::Reverse(Some(address("10.1.0.1"))));
    assert_eq!(reverse("9.9.IN-ADDR.arpa"), Asked::Reverse(None));
    let v6 = "6.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa";
    assert_eq!(reverse(v6), Asked::Reverse(Some(address("fd00::6"))));
}

#[test]
fn the_type_decides_about_the_zone() {
    assert_eq!(asked("any.thing.consul", kind::SOA), Asked::Zone { is_soa: true });
    assert_eq!(asked("consul", kind::NS), Asked::Zone { is_soa: false });
    assert_eq!(asked("web.service.consul", kind::AXFR), Asked::Transfer);
    assert_eq!(asked("fooconsul", kind::A), Asked::Outside);
    assert_eq!(asked("example.com", kind::SOA), Asked::Outside);
}

#[test]
fn a_dot_inside_a_label_is_no_boundary() {
    let labels: [&[u8]; 3] = [b"bar.dot", b"node", b"consul"];
    let question = Question { name: Name::from_labels(labels).expect("a name"), kind: kind::A, class: 1 };
    let expected = Asked::Node { name: r"bar\.dot".to_owned(), datacenter: None };
    assert_eq!(read(&question, &settings()), expected);
}

#[test]
fn both_domains_are_ours_and_the_longer_one_wins() {
    let mut settings = settings();
    settings.alt_domain = Some(name("service.consul"));
    let question = Question { name: name("web.node.service.consul"), kind: kind::A, class: 1 };
    assert_eq!(read(&question, &settings), Asked::Node { name: "web".to_owned(), datacenter: None });
    assert_eq!(settings.zone_of(&name("web.node.consul")), Some(&name("consul")));
}
