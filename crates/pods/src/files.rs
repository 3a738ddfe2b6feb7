//! The network files of a pod as text: `/etc/hosts` and `/etc/resolv.conf`, in Kubernetes' own form. Pure.

use std::fmt::Write;

use crate::launch::{Dns, PodLaunch};

/// What `/etc/hosts` says in this pod; the address has a name with dots only where the pod has a subdomain.
pub fn hosts(pod: &PodLaunch) -> String {
    let mut text = "# Kubernetes-managed hosts file.\n\
        127.0.0.1\tlocalhost\n\
        ::1\tlocalhost ip6-localhost ip6-loopback\n\
        fe00::0\tip6-localnet\n\
        fe00::0\tip6-mcastprefix\n\
        fe00::1\tip6-allnodes\n\
        fe00::2\tip6-allrouters\n"
        .to_owned();
    let names = pod.fqdn.iter().chain([&pod.hostname]).map(String::as_str).collect::<Vec<_>>();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{}\t{}", pod.address, names.join("\t"));
    if !pod.host_aliases.is_empty() {
        text.push_str("\n# Entries added by HostAliases.\n");
    }
    for alias in &pod.host_aliases {
        let _ = writeln!(text, "{}\t{}", alias.ip, alias.hostnames.join("\t"));
    }
    text
}

/// What `/etc/resolv.conf` says.
pub fn resolv_conf(dns: &Dns) -> String {
    let mut text = String::new();
    if !dns.search.is_empty() {
        let _ = writeln!(text, "search {}", dns.search.join(" "));
    }
    for server in &dns.servers {
        let _ = writeln!(text, "nameserver {server}");
    }
    if !dns.options.is_empty() {
        let _ = writeln!(text, "options {}", dns.options.join(" "));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::net::IpAddr;

    use super::*;
    use crate::launch::HostAlias;

    fn pod() -> PodLaunch {
        PodLaunch {
            uid: "u".to_owned(),
            name: "consul-0".to_owned(),
            namespace: "default".to_owned(),
            hostname: "consul-0".to_owned(),
            fqdn: Some("consul-0.consul.default.svc.cluster.local".to_owned()),
            node: "node-0".to_owned(),
            address: IpAddr::from([10, 88, 0, 10]),
            dns: Dns {
                servers: vec![IpAddr::from([10, 88, 0, 1])],
                search: vec!["default.svc.cluster.local".to_owned(), "svc.cluster.local".to_owned()],
                options: vec!["ndots:5".to_owned()],
            },
            resolver: None,
            host_aliases: Vec::new(),
            memory_volumes: BTreeMap::new(),
        }
    }

    #[test]
    fn the_hosts_file_names_the_pod_and_its_aliases() {
        let mut pod = pod();
        assert!(hosts(&pod).ends_with("\n10.88.0.10\tconsul-0.consul.default.svc.cluster.local\tconsul-0\n"));
        pod.fqdn = None;
        pod.host_aliases = vec![HostAlias { ip: [10, 0, 0, 1].into(), hostnames: vec!["a".into(), "b.c".into()] }];
        let text = hosts(&pod);
        assert!(
            text.ends_with("\n10.88.0.10\tconsul-0\n\n# Entries added by HostAliases.\n10.0.0.1\ta\tb.c\n"),
            "{text}"
        );
        assert!(text.starts_with("# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n"), "{text}");
    }

    #[test]
    fn the_resolver_file_says_search_then_servers_then_options() {
        let text = "search default.svc.cluster.local svc.cluster.local\nnameserver 10.88.0.1\noptions ndots:5\n";
        assert_eq!(resolv_conf(&pod().dns), text);
        assert_eq!(resolv_conf(&Dns::default()), "");
    }
}
