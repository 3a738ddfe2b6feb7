//! The templates of real deployments on a machine with two networks.

use super::*;

fn machine() -> Vec<Interface> {
    let interface = |name: &str, address: &str, prefix_bits, default_route| Interface {
        name: name.to_owned(),
        address: address.parse().unwrap(),
        prefix_bits,
        up: true,
        loopback: name == "lo",
        default_route,
    };
    vec![
        interface("lo", "127.0.0.1", 8, false),
        interface("eth0", "fe80::1", 64, true),
        interface("eth0", "10.1.2.3", 16, true),
        interface("eth0", "2a00::5", 64, true),
        interface("eth1", "192.168.7.8", 24, false),
    ]
}

fn check(template: &str, expected: &str) {
    let shown = expand(template, &machine()).unwrap_or_else(|error| error.to_string());
    assert_eq!(shown, expected, "working out {template:?}");
}

#[test]
fn templates_find_the_addresses_they_describe() {
    check("{{ GetPrivateIP }}", "10.1.2.3");
    check("{{GetPublicIP}}", "2a00::5");
    check("{{ GetInterfaceIP \"eth1\" }}", "192.168.7.8");
    check("{{ GetInterfaceIP `eth0` }}", "10.1.2.3");
    check("{{ GetInterfaceIPs \"eth0\" }}", "10.1.2.3 2a00::5");
    check(
        "{{ GetAllInterfaces | include \"name\" \"^eth\" | include \"type\" \"IPv4\" | attr \"address\" }}",
        "10.1.2.3",
    );
    check("{{ GetAllInterfaces | include \"network\" \"192.168.0.0/16\" | attr \"address\" }}", "192.168.7.8");
    check("{{ GetAllInterfaces | exclude \"name\" \"lo|eth0\" | join \"address\" \" \" }}", "192.168.7.8");
    check(
        "{{ GetAllInterfaces | include \"rfc\" \"1918\" | sort \"-address\" | limit 1 | attr \"address\" }}",
        "192.168.7.8",
    );
    check("{{ GetPrivateInterfaces | include \"flags\" \"up|forwardable\" | attr \"address\" }}", "10.1.2.3");
    check("127.0.0.1 {{ GetPrivateIP }}", "127.0.0.1 10.1.2.3");
    check("10.0.0.1", "10.0.0.1");
}

#[test]
fn a_template_that_cannot_be_worked_out_says_why() {
    check("{{ GetPrivateIP", "the template has no closing }}");
    check(
        "{{ GetBogus }}",
        "the template function \"GetBogus\" is not known; GetPrivateIP, GetInterfaceIP \"eth0\" and the like are",
    );
    check(
        "{{ GetInterfaceIP \"eth9\" }}",
        "the template \"GetInterfaceIP \\\"eth9\\\"\" matches no address of this machine",
    );
    check("{{ GetInterfaceIP }}", "the template function GetInterfaceIP takes 1 values");
    check(
        "{{ GetAllInterfaces }}",
        "the template does not end in a text: add | attr \"address\" or | join \"address\" \" \"",
    );
    check("{{ GetPrivateIP | attr \"address\" }}", "the template function attr needs interfaces before the bar");
    check("{{ GetAllInterfaces | include \"color\" \"red\" }}", "the template does not know \"color\" in include");
    check("{{ | }}", "the template has nothing between two bars or braces");
    check("{{ GetInterfaceIP \"eth0 }}", "the template has a quote that does not end");
}
