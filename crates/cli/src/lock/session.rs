//! The session that holds a lock, renewed for as long as it is needed.

use std::time::Duration;

use proconsul_api::{Answer, ApiError, Client, Method, Question};
use serde_json::{Value, json};
use tokio::time::sleep;

/// The time to live that Consul's libraries give such sessions; renewed after half of it.
const TTL: Duration = Duration::from_secs(15);

pub(super) struct Session(String);

impl Session {
    pub(super) async fn create(client: &Client, name: &str) -> anyhow::Result<Self> {
        let body = json!({ "Name": name, "TTL": "15s" }).to_string().into_bytes();
        let question = Question::new(Method::PUT, "/v1/session/create").body(body);
        let made: Value = client.json(question).await?;
        made["ID"].as_str().map(|id| Self(id.to_owned())).ok_or_else(|| anyhow::anyhow!("the agent told no session"))
    }

    pub(super) fn id(&self) -> &str {
        &self.0
    }

    /// Renews it, and returns when there is no such session any more. An agent that cannot say is asked again: whether the lock
    /// is still held is found out elsewhere.
    pub(super) async fn lost(&self, client: &Client) {
        let path = format!("/v1/session/renew/{}", self.0);
        let mut pause = TTL / 2;
        loop {
            sleep(pause).await;
            match client.ask(Question::new(Method::PUT, &path)).await {
                Ok(answer) if answer.status() == 404 => return,
                Ok(answer) if answer.status() == 200 => pause = TTL / 2,
                Ok(_) | Err(_) => pause = Duration::from_secs(1),
            }
        }
    }

    /// It ends by itself when this fails.
    pub(super) async fn destroy(&self, client: &Client) {
        let path = format!("/v1/session/destroy/{}", self.0);
        let _: Result<Answer, ApiError> = client.ask(Question::new(Method::PUT, &path)).await;
    }
}
