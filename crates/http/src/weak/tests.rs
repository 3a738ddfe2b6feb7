//! What Consul 1.8.7 makes of odd documents; measured.

use proconsul_types::config_entry::{ConfigEntry, Kind};

use super::*;
use crate::decode;

fn read(kind: Kind, body: &str) -> Result<String, String> {
    let json = decode::first(body.as_bytes()).unwrap();
    let entry = document(&json, |weak| ConfigEntry::of_kind(kind, weak)).map_err(|error| error.to_string())?;
    Ok(entry.to_text().unwrap())
}

fn defaults(body: &str) -> Result<String, String> {
    read(Kind::ServiceDefaults, body)
}

fn check(fields: &str, shown: &str) {
    let shown = format!(r#"{{"Kind":"service-defaults","Name":"a",{shown}}}"#);
    assert_eq!(defaults(&format!(r#"{{"Kind":"service-defaults","Name":"a",{fields}}}"#)), Ok(shown), "{fields}");
}

#[test]
fn values_become_what_they_should_be() {
    let tail = r#""MeshGateway":{},"Expose":{}"#;
    for (value, text) in [("1", "1"), ("1.5", "1.5"), ("true", "1"), (r#"["a"]"#, "a"), ("null", ""), ("1e3", "1000")] {
        check(&format!(r#""Protocol":{value}"#), &format!(r#""Protocol":"{text}",{tail}"#));
    }
    check(
        r#""expose":{"checks":2,"Paths":{"Path":"/z","local_path_port":"0x10","listener_port":1.7}}"#,
        r#""Protocol":"","MeshGateway":{},"Expose":{"Checks":true,"Paths":[{"ListenerPort":1,"Path":"/z","LocalPathPort":16,"ParsedFromCheck":false}]}"#,
    );
    check(r#""EXPOSE":[{"checks":"T"}]"#, r#""Protocol":"","MeshGateway":{},"Expose":{"Checks":true}"#);
    check(
        r#""Mesh_Gateway":{"mode":"x"},"externalsni":"q""#,
        r#""Protocol":"","MeshGateway":{"Mode":"x"},"Expose":{},"ExternalSNI":"q""#,
    );
}

#[test]
fn settings_of_the_user_keep_their_form_but_for_lists_of_one() {
    let read = read(
        Kind::ProxyDefaults,
        r#"{"Config":{"a":[1],"b":[[1]],"c":{"d":[1]},"e":[{"x":{"z":[1]}}],"f":[],"g":[1.5,"x",1e3,null],"h":[[{"x":[1]}]]}}"#,
    );
    let config =
        r#""Config":{"a":1,"b":[1],"c":{"d":[1]},"e":{"x":{"z":1}},"f":[],"g":[1.5,"x",1000,null],"h":[{"x":[1]}]}"#;
    assert!(read.as_ref().is_ok_and(|text| text.contains(config)), "{read:?}");
    let merged = super::tests::read(Kind::ProxyDefaults, r#"{"Config":[{"a":1},{"b":2}]}"#).unwrap();
    assert!(merged.contains(r#""Config":{"a":1,"b":2}"#), "{merged}");
}

#[test]
fn all_mistakes_are_told_in_order() {
    let body = r#"{"Expose":{"Paths":[{"LocalPathPort":"zz"}],"Checks":"q"},"MeshGateway":"x","Zz":1}"#;
    let text = "3 error(s) decoding:\n\n* 'MeshGateway' expected a map, got 'string'\n\
                * cannot parse 'Expose.Checks' as bool: strconv.ParseBool: parsing \"q\": invalid syntax\n\
                * cannot parse 'Expose.Paths[0].LocalPathPort' as int: strconv.ParseInt: parsing \"zz\": invalid syntax";
    assert_eq!(defaults(body).unwrap_err(), text);
    let one = |kind, body: &str| read(kind, body).unwrap_err().replace("1 error(s) decoding:\n\n* ", "");
    let cases = [
        (
            Kind::ServiceDefaults,
            r#"{"Protocol":["a","b"]}"#,
            "'Protocol' expected type 'string', got unconvertible type '[]interface {}'",
        ),
        (Kind::ServiceDefaults, r#"{"Expose":{"Paths":"x"}}"#, "'Expose.Paths[0]' expected a map, got 'string'"),
        (
            Kind::ServiceSplitter,
            r#"{"Splits":[{"Weight":[]}]}"#,
            "'Splits[0].Weight' expected type 'float32', got unconvertible type '[]interface {}'",
        ),
        (Kind::ServiceResolver, r#"{"Subsets":{"a":5}}"#, "'Subsets[a]' expected a map, got 'float64'"),
        (
            Kind::ServiceResolver,
            r#"{"ConnectTimeout":"zz"}"#,
            "error decoding 'ConnectTimeout': time: invalid duration \"zz\"",
        ),
    ];
    for (kind, body, text) in cases {
        assert_eq!(one(kind, body), text);
    }
}

#[test]
fn unknown_fields_are_told_with_their_place() {
    let fields = |body: &str| defaults(body).unwrap_err();
    assert_eq!(fields(r#"{"Foo":null}"#), "1 error occurred:\n\t* invalid config key \"Foo\"\n\n");
    let places = "2 errors occurred:\n\t* invalid config key \"Expose.Paths[0].zz\"\n\t* invalid config key \"Expose.Paths[1].zz\"\n\n";
    assert_eq!(fields(r#"{"expose":{"paths":[{"zz":1},{"path":"/","zz":2}]}}"#), places);
    let twice = "1 error occurred:\n\t* invalid config key \"meshgateway\"\n\n";
    assert_eq!(fields(r#"{"mesh_gateway":{"mode":"a"},"MeshGateway":{"mode":"b"}}"#), twice);
    let enterprise =
        "1 error occurred:\n\t* invalid config key \"namespace\", namespaces are a consul enterprise feature\n\n";
    assert_eq!(fields(r#"{"namespace":"default"}"#), enterprise);
    assert!(fields(r#"{"kind":"a","Kind":"b"}"#).contains("invalid config key"));
    assert!(defaults(r#"{"CreateIndex":1,"ModifyIndex":2}"#).is_ok());
    assert!(defaults(r#"{"create_index":1}"#).is_err());
}
