//! The user events that this node has heard.

use proconsul_calls::agent::{Events, HeardCalls, ListEvents};
use proconsul_calls::read::QueryTime;

use super::Node;

impl HeardCalls for Node {
    async fn event_list(&self, list: ListEvents<'_>) -> Events {
        let time = QueryTime { default: self.config.default_query_time, max: self.config.max_query_time };
        let at_most = list.wait.map(|wait| time.at_most(wait)).unwrap_or_default();
        self.events.list(list, at_most).await
    }
}
