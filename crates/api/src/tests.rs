//! The client against a server that answers with a fixed text and keeps what it was sent.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::thread::{self, JoinHandle};

use super::*;

/// Answers one request with this text; the thread returns what was asked.
fn server(answer: &'static str) -> (SocketAddr, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let thread = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut asked = Vec::new();
        let mut byte = [0];
        while !asked.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
            asked.push(byte[0]);
        }
        stream.write_all(answer.as_bytes()).unwrap();
        String::from_utf8(asked).unwrap()
    });
    (address, thread)
}

fn api(address: SocketAddr) -> Api {
    let settings = Settings {
        token: Some("secret".to_owned()),
        user: Some("me:pass".to_owned()),
        query: vec![("stale", String::new()), ("dc", "common".to_owned())],
        ..Settings::new(Address::parse(&address.to_string(), false).unwrap())
    };
    Api::new(settings).unwrap()
}

fn shown(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(&format!(": {error}"));
        source = error.source();
    }
    text
}

#[test]
fn a_question_carries_path_parameters_and_token() {
    let (address, thread) = server("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ntrue\n");
    let query = [("flags", "4 2".to_owned()), ("dc", "own".to_owned())];
    assert!(api(address).ask(&Method::PUT, "/v1/kv/a b/ü?", &query, "x").unwrap().truth().unwrap());
    let asked = thread.join().unwrap().to_lowercase();
    assert!(asked.starts_with("put /v1/kv/a%20b/%c3%bc%3f?dc=own&flags=4%202&stale= http/1.1\r\n"), "{asked}");
    for header in ["x-consul-token: secret", "authorization: basic bwu6cgfzcw==", "content-length: 1"] {
        assert!(asked.contains(header), "{header} in {asked}");
    }
}

#[test]
fn a_refusal_shows_code_and_text() {
    let (address, thread) = server("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 17\r\n\r\nNo cluster leader");
    let answer = api(address).ask(&Method::GET, "/v1/kv/a", &[], Body::empty()).unwrap();
    assert_eq!(answer.success().err().unwrap().to_string(), "Unexpected response code: 500 (No cluster leader)");
    thread.join().unwrap();
}

#[test]
fn nothing_at_a_path_is_no_error() {
    let (address, thread) = server("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    assert!(api(address).ask(&Method::GET, "/v1/kv/a", &[], Body::empty()).unwrap().found().unwrap().is_none());
    thread.join().unwrap();
}

#[test]
fn an_agent_that_is_not_there_is_named_as_consul_names_it() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = api(address).ask(&Method::GET, "/v1/kv/x", &[], Body::empty()).err().unwrap();
    let expected =
        format!("Get \"http://{address}/v1/kv/x?dc=common&stale=\": dial tcp {address}: connect: connection refused");
    assert_eq!(shown(&error), expected);
    let unix = Api::new(Settings::new(Address::parse("unix:///none.sock", false).unwrap())).unwrap();
    let error = unix.ask(&Method::GET, "/v1/kv/x", &[], Body::empty()).err().unwrap();
    let expected = "Get \"http://%2Fnone.sock/v1/kv/x\": dial unix /none.sock: connect: no such file or directory";
    assert_eq!(shown(&error), expected);
}

#[test]
fn addresses_are_read_in_all_their_forms() {
    for (text, expected) in [
        ("a:1", "http://a:1"),
        ("http://a", "http://a"),
        ("tcp://10.0.0.1:80/", "http://10.0.0.1:80"),
        ("[::1]:8500", "http://[::1]:8500"),
        ("http://[::1]", "http://[::1]"),
        ("::1", "http://[::1]"),
    ] {
        assert_eq!(Address::parse(text, false).unwrap().to_string(), expected);
    }
    for text in ["a:x", ":80", "a b:1", "http://a/b:1"] {
        assert!(Address::parse(text, false).is_err(), "{text}");
    }
}

#[test]
fn a_body_is_sent_while_it_is_read() {
    let (address, thread) = server("HTTP/1.1 200 OK\r\nX-Consul-Index: 7\r\nContent-Length: 0\r\n\r\n");
    let body = Body::read(io::Cursor::new(vec![7; 200_000]));
    let answer = api(address).ask(&Method::PUT, "/v1/snapshot", &[], body).unwrap();
    assert_eq!((answer.status(), answer.index()), (200, Some(7)));
    assert!(thread.join().unwrap().to_lowercase().contains("transfer-encoding: chunked"));
}

#[test]
fn an_answer_is_read_while_it_arrives() {
    let (address, thread) =
        server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n4\r\n\ntwo\r\n0\r\n\r\n");
    let api = api(address);
    let mut text = String::new();
    api.open("/v1/agent/monitor", &[]).unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, "one\ntwo");
    thread.join().unwrap();
}

#[test]
fn a_refused_stream_shows_code_and_text() {
    let (address, thread) = server("HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno");
    let error = api(address).open("/v1/agent/monitor", &[]).err().unwrap();
    assert_eq!(error.to_string(), "Unexpected response code: 400 (no)");
    thread.join().unwrap();
}
