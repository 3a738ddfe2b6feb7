//! The keys of the HTTP API.

use super::*;

const FILE: &str = r#"
    http_config {
        block_endpoints = ["/v1/agent/self"]
        allow_write_http_from = ["10.0.0.0/8"]
        response_headers { Access-Control-Allow-Origin = "*" }
        use_cache = false
    }
    discovery_max_stale = "5s"
"#;

#[test]
fn the_http_api_is_set_up_by_consuls_keys() {
    let config =
        Machine::with(&[("/a.hcl", FILE)]).load("-dev -config-file /a.hcl -allow-write-http-from 127.0.0.0/8").unwrap();
    let http = config.http;
    assert_eq!(http.block_endpoints, ["/v1/agent/self"]);
    assert_eq!(http.allow_write_from, ["127.0.0.0/8", "10.0.0.0/8"].map(|block| block.parse().unwrap()));
    assert_eq!(http.response_headers["Access-Control-Allow-Origin"], "*");
    assert!(!http.use_cache && !http.unprintable_paths);
    assert_eq!(http.discovery_max_stale, Duration::from_secs(5));
}

#[test]
fn what_cannot_be_a_block_or_a_header_is_refused() {
    let refused =
        |text: &str| Machine::with(&[("/a.hcl", text)]).load("-dev -config-file /a.hcl").unwrap_err().to_string();
    let told = refused(r#"http_config { allow_write_http_from = ["10.0.0.0/99"] }"#);
    assert!(told.ends_with("http_config.allow_write_http_from: invalid cidr: 10.0.0.0/99"), "{told}");
    let told = refused(r#"http_config { response_headers { "a b" = "c" } }"#);
    assert!(told.contains(r#""a b" is no HTTP header"#), "{told}");
}
