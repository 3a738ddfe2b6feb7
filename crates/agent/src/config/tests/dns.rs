//! The keys of DNS.

use super::*;

const FILE: &str = r#"
    domain = "Example.COM."
    alt_domain = "alt"
    recursors = ["10.0.0.53", "[fd00::1]:5353", "fd00::2", "dns.example.com"]
    addresses { dns = "127.0.0.2 10.0.0.5" }
    dns_config {
        allow_stale = true
        max_stale = "15s"
        node_ttl = "30s"
        service_ttl { "*" = "5s" "web*" = "1m" }
        only_passing = true
        enable_truncate = true
        udp_answer_limit = 5
        a_record_limit = 2
        recursor_strategy = "random"
        recursor_timeout = "1s"
        disable_compression = true
        enable_additional_node_meta_txt = false
        soa { min_ttl = 60 refresh = 1 retry = 2 expire = 3 }
    }
"#;

#[test]
fn dns_is_set_up_by_consuls_keys() {
    let config = Machine::with(&[("/a.hcl", FILE)]).load("-dev -config-file /a.hcl -dns-port 8601").unwrap();
    let dns = config.dns;
    assert_eq!(config.ports.dns, Some(8601));
    assert_eq!(dns.addresses, [address("127.0.0.2"), address("10.0.0.5")]);
    assert_eq!((dns.domain.to_string(), dns.alt_domain.unwrap().to_string()), ("Example.COM.".into(), "alt.".into()));
    assert_eq!(dns.recursors, ["10.0.0.53:53", "[fd00::1]:5353", "[fd00::2]:53", "dns.example.com:53"]);
    assert_eq!((dns.max_stale, dns.node_ttl), (Some(Duration::from_secs(15)), Duration::from_secs(30)));
    assert_eq!(dns.service_ttl["web*"], Duration::from_secs(60));
    assert_eq!(dns.soa, [1, 2, 3, 60]);
    assert_eq!((dns.udp_answer_limit, dns.a_record_limit), (5, 2));
    assert!(dns.only_passing && dns.enable_truncate && dns.recursor_random && dns.disable_compression);
    assert!(!dns.node_meta_txt);
    assert_eq!(config.warnings, Vec::<String>::new());
}

#[test]
fn dns_defaults_are_consuls() {
    let dns = Machine::default().load("-dev -client 127.0.0.3").unwrap().dns;
    assert_eq!(dns.addresses, [address("127.0.0.3")]);
    assert_eq!(dns.domain.to_string(), "consul.");
    assert_eq!(dns.max_stale, Some(Duration::from_secs(87_600 * 3600)));
    assert_eq!((dns.recursor_timeout, dns.soa), (Duration::from_secs(2), [3600, 600, 86400, 0]));
    assert_eq!((dns.udp_answer_limit, dns.a_record_limit), (3, 0));
    assert!(dns.node_meta_txt && !dns.only_passing && !dns.enable_truncate && dns.recursors.is_empty());
}

#[test]
fn what_dns_cannot_do_is_refused_in_consuls_words() {
    let refused =
        |text: &str| Machine::with(&[("/a.hcl", text)]).load("-dev -config-file /a.hcl").unwrap_err().to_string();
    let below_zero = "dns_config.udp_answer_limit cannot be -1. Must be greater than or equal to zero";
    assert_eq!(refused("dns_config { udp_answer_limit = -1 }"), below_zero);
    let words = "alt_domain cannot start with {service,connect,node,query,addr,dc1}";
    assert_eq!(refused(r#"alt_domain = "service.foo""#), words);
    assert_eq!(refused(r#"alt_domain = "dc1.foo""#), words);
    let wildcard = "DNS recursor address cannot be 0.0.0.0, :: or [::]";
    assert_eq!(refused(r#"recursors = ["0.0.0.0"]"#), wildcard);
    let ttl = refused(r#"dns_config { service_ttl { "*" = "x" } }"#);
    assert!(ttl.ends_with("dns_config.service_ttl: [\"*\"]: time: invalid duration \"x\""), "{ttl}");
    let clash = "HTTP address 127.0.0.1:8500 already configured for DNS";
    assert_eq!(refused("ports { dns = 8500 }"), clash);
    assert!(refused(r#"domain = "a..b""#).ends_with("domain: no domain name: a label is empty"));
}

#[test]
fn dns_of_a_pod_listens_on_the_pods_address() {
    let own = address("127.24.0.1");
    let pod =
        PodContext { hostname: "consul-0".to_owned(), address: own, resolver: None, search: vec![], paths: vec![] };
    let config = Machine { pod: Some(pod), ..Machine::default() }.load("-dev -client 0.0.0.0").unwrap();
    assert_eq!(config.dns.addresses, [own]);
}
