//! Against an engine that answers as Docker does, and badly. Knows no real one.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinSet;

use super::*;
use crate::fixture::{LONG, SHORT, answer, head};
use crate::network::Network;

/// An engine whose containers are named after how they behave.
struct FakeEngine {
    folder: tempfile::TempDir,
    _task: JoinSet<()>,
}

impl FakeEngine {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join("engine.sock")).unwrap();
        let mut task = JoinSet::new();
        task.spawn(async move {
            let mut serving = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                serving.spawn(serve(stream));
            }
        });
        Self { folder, _task: task }
    }

    async fn check(&self, container: &str) -> Outcome {
        self.docker(container, LONG).run().await
    }

    fn docker(&self, container: &str, timeout: Duration) -> Docker {
        let host = format!("unix://{}/engine.sock", self.folder.path().display());
        let engine = Engine::at(&host, Network::default()).unwrap();
        let args = vec!["/bin/check".to_owned(), "a".to_owned()];
        Docker { container: container.to_owned(), args, timeout, output_max: 16, engine }
    }
}

async fn serve(mut stream: UnixStream) {
    let head = head(&mut stream).await;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    let body = String::from_utf8(body).unwrap();
    let line: Vec<_> = head.split(' ').take(2).collect();
    let path: Vec<_> = line[1].split('/').skip(1).collect();
    let reply = match (line[0], &path[..]) {
        ("POST", ["containers", container, "exec"]) => {
            let expected =
                r#"{"AttachStdin":false,"AttachStdout":true,"AttachStderr":true,"Tty":false,"Cmd":["/bin/check","a"]}"#;
            assert_eq!(body, expected);
            created(container)
        }
        ("POST", ["exec", id, "start"]) => {
            assert_eq!(body, r#"{"Detach":false,"Tty":true}"#);
            started(id)
        }
        ("GET", ["exec", "forgotten", "json"]) => answer("404 Not Found", "", "{}"),
        ("GET", ["exec", id, "json"]) => {
            let code = match *id {
                "warn" => 1,
                "crit" => 2,
                _ => 0,
            };
            answer("200 OK", "", &format!(r#"{{"ExitCode":{code},"Running":false}}"#))
        }
        other => panic!("{other:?}"),
    };
    if path[1] == "hang" {
        std::future::pending::<()>().await;
    }
    stream.write_all(reply.as_bytes()).await.unwrap();
}

fn created(container: &str) -> String {
    match container {
        "nosuch" => answer("404 Not Found", "", "{}"),
        "paused" => answer("409 Conflict", "", "{}"),
        "weird" => answer("500 Internal Server Error", "", r#"{"message":"boom"}"#),
        "nojson" => answer("201 Created", "", "nojson"),
        "endless" => answer("201 Created", "", &"x".repeat(100_000)),
        container => answer("201 Created", "", &format!(r#"{{"Id":"{container}"}}"#)),
    }
}

fn started(id: &str) -> String {
    match id {
        "big" => answer("200 OK", "", "0123456789abcdefghij"),
        "unstartable" => answer("404 Not Found", "", "{}"),
        id => answer("200 OK", "", &format!("out of {id}")),
    }
}

#[tokio::test]
async fn the_exit_in_the_container_says_how_it_is() {
    let engine = FakeEngine::new();
    assert_eq!(engine.check("ok").await, Outcome::passing("out of ok"));
    let warning = Outcome { status: Status::Warning, output: "out of warn".to_owned() };
    assert_eq!(engine.check("warn").await, warning);
    assert_eq!(engine.check("crit").await, Outcome::critical("out of crit"));
    assert_eq!(engine.check("big").await, Outcome::passing("Captured 16 of 20 bytes\n...\n456789abcdefghij"));
}

#[tokio::test]
async fn what_the_engine_refuses_is_told() {
    let engine = FakeEngine::new();
    let told = async |container: &str| engine.check(container).await.output;
    assert_eq!(told("nosuch").await, "create exec failed for unknown container nosuch");
    assert_eq!(told("paused").await, "create exec failed since container paused is paused or stopped");
    let weird = "create exec failed for container weird with status 500: {\"message\":\"boom\"}";
    assert_eq!(told("weird").await, weird);
    let unstartable = "start exec failed for container unstartable: invalid exec id unstartable";
    assert_eq!(told("unstartable").await, unstartable);
    let forgotten = "inspect exec failed for container forgotten: invalid exec id forgotten";
    assert_eq!(told("forgotten").await, forgotten);
}

#[tokio::test]
async fn an_answer_that_is_none_is_told() {
    let engine = FakeEngine::new();
    let told = engine.check("nojson").await.output;
    assert!(told.starts_with("create exec response for container nojson cannot be parsed: "), "{told}");
    let told = engine.check("endless").await.output;
    assert!(told.starts_with("create exec failed for container endless: the answer is too long"), "{told}");
}

#[tokio::test]
async fn an_engine_that_does_not_answer_is_critical_after_the_timeout() {
    let outcome = FakeEngine::new().docker("hang", SHORT).run().await;
    assert_eq!(outcome, Outcome::critical("Timed out (100ms) running check"));
}

#[tokio::test]
async fn an_engine_that_is_not_there_is_told() {
    let engine = Engine::at("unix:///no/such.sock", Network::default()).unwrap();
    let docker = Docker { engine, ..FakeEngine::new().docker("ok", LONG) };
    let expected = "create exec failed for container ok: Post \"http://%2Fno%2Fsuch.sock/containers/ok/exec\": dial unix \
                    /no/such.sock: connect: no such file or directory";
    assert_eq!(docker.run().await, Outcome::critical(expected));
}
