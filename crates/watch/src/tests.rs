//! Watches of an agent that answers what it is told to.

use std::time::Duration;

use proconsul_agent::watch::{Parameters, Plan, PlanError, Words};
use proconsul_api::{Address, Client, Method, Settings};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::*;

fn plan(parameters: Value) -> Result<Plan, PlanError> {
    let Value::Object(named) = parameters else { panic!("an object") };
    Parameters::new(named).plan()
}

#[test]
fn the_pause_grows_with_the_square_of_the_failures_up_to_three_minutes() {
    assert_eq!([1, 2, 3, 6, 7, u32::MAX].map(|failures| pause(failures).as_secs()), [5, 20, 45, 180, 180, 180]);
}

/// An agent that answers each question with the next of these: status, headers, body. It gives back the targets it was asked for.
async fn agent(answers: Vec<(u16, &'static str, Value)>) -> (Client, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let asked = tokio::spawn(async move {
        let mut targets = Vec::new();
        for (status, headers, body) in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await.unwrap());
            }
            let head = String::from_utf8(head).unwrap();
            targets.push(head.split(' ').nth(1).unwrap().to_owned());
            let body = body.to_string();
            let length = body.len();
            let answer = format!("HTTP/1.1 {status} X\r\n{headers}\r\nContent-Length: {length}\r\n\r\n{body}");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
        targets
    });
    (Client::new(Settings::new(Address::parse(&address.to_string(), false).unwrap())), asked)
}

#[tokio::test]
async fn a_key_is_told_when_it_appears_and_when_it_changes_and_not_in_between() {
    let entry = |value: &str| json!([{ "LockIndex": 0, "Key": "a", "Flags": 0, "Value": value, "CreateIndex": 5, "ModifyIndex": 6 }]);
    let (client, asked) = agent(vec![
        (404, "X-Consul-Index: 4", Value::Null),
        (404, "X-Consul-Index: 4", Value::Null),
        (200, "X-Consul-Index: 6", entry("MQ==")),
        (200, "X-Consul-Index: 7", entry("MQ==")),
        (200, "X-Consul-Index: 3", entry("Mg==")),
        (200, "X-Consul-Index: 9", entry("Mw==")),
    ])
    .await;
    let mut follower = Follower::new(client, &plan(json!({ "type": "key", "key": "a" })).unwrap());
    let mut told = Vec::new();
    for _ in 0..4 {
        let news = follower.next().await.unwrap();
        told.push((news.mark.clone(), news.line().unwrap()));
    }
    let line = |value: &str| {
        format!(
            "{{\"Key\":\"a\",\"CreateIndex\":5,\"ModifyIndex\":6,\"LockIndex\":0,\"Flags\":0,\"Value\":\"{value}\",\"Session\":\"\"}}\n"
        )
    };
    let expected = [("4", "null\n".to_owned()), ("6", line("MQ==")), ("3", line("Mg==")), ("9", line("Mw=="))];
    assert_eq!(told, expected.map(|(mark, line)| (mark.to_owned(), line)));
    let targets = ["", "?index=4", "?index=4", "?index=6", "?index=7", ""].map(|query| format!("/v1/kv/a{query}"));
    assert_eq!(asked.await.unwrap(), targets, "an index that went back begins anew");
}

#[tokio::test]
async fn only_new_events_are_told() {
    let events = |ids: &[&str]| ids.iter().map(|id| json!({ "ID": id, "Name": "deploy" })).collect::<Value>();
    let (client, _asked) =
        agent(vec![(200, "X-Consul-Index: 1", events(&["a"])), (200, "X-Consul-Index: 2", events(&["a", "b", "c"]))])
            .await;
    let mut follower = Follower::new(client, &plan(json!({ "type": "event" })).unwrap());
    assert!(follower.next().await.unwrap().line().unwrap().contains("\"a\""));
    let news = follower.next().await.unwrap().line().unwrap();
    assert_eq!(news, "[{\"ID\":\"b\",\"Name\":\"deploy\"},{\"ID\":\"c\",\"Name\":\"deploy\"}]\n");
}

async fn one_told() -> Told {
    let (client, _asked) = agent(vec![(200, "X-Consul-Index: 7", json!({ "web": [] }))]).await;
    Follower::new(client, &plan(json!({ "type": "services" })).unwrap()).next().await.unwrap()
}

#[tokio::test]
async fn a_program_finds_the_news_on_its_input_and_the_index_in_its_environment() {
    let told = one_told().await;
    let script =
        |line: &str| Handler::Script(Script(Words::Arguments(["/bin/sh", "-c", line].map(str::to_owned).to_vec())));
    assert_eq!(script("cat; echo $CONSUL_INDEX").tell(&told).await.unwrap(), "{\"web\":[]}\n7\n");
    assert_eq!(script("exec 0<&-; echo deaf").tell(&told).await.unwrap(), "deaf\n");
    let endless = script("yes | head -c 1000000").tell(&told).await.unwrap();
    assert_eq!(endless.len(), 4096, "as much is kept, and the program is not stopped by a full pipe");
    assert!(
        matches!(script("exit 3").tell(&told).await, Err(HandlerError::Status(status, _)) if status.code() == Some(3))
    );
    let missing = Handler::Script(Script(Words::Arguments(vec!["/nowhere/at/all".to_owned()])));
    assert!(matches!(missing.tell(&told).await, Err(HandlerError::Run(..))));
}

#[tokio::test]
async fn a_server_gets_the_news_at_its_own_path_and_its_refusal_is_an_error() {
    let told = one_told().await;
    let (client, asked) = agent(vec![(200, "X: y", json!("thanks")), (500, "X: y", json!("no"))]).await;
    let origin = client.settings().address.to_string();
    let handler = Handler::Http(HttpHandler {
        path: format!("{origin}/hook%20one?x=1"),
        method: Method::POST,
        header: vec![("X-Who".to_owned(), "me".to_owned())],
        timeout: Duration::from_secs(60),
    });
    assert_eq!(handler.tell(&told).await.unwrap(), "\"thanks\"");
    assert!(matches!(handler.tell(&told).await, Err(HandlerError::Api(_))));
    assert_eq!(asked.await.unwrap(), ["/hook%20one?x=1", "/hook%20one?x=1"]);
}
