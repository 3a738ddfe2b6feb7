//! How the door is set up, as one connection sees it: a change is seen with the next request, and costs nothing until there is one.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::watch;

use crate::serve::HttpConfig;

/// The newest configuration, asked for by one connection, which no other connection waits for.
#[derive(Debug)]
pub(crate) struct Hot(Mutex<Known>);

#[derive(Debug)]
struct Known {
    newest: watch::Receiver<Arc<HttpConfig>>,
    config: Arc<HttpConfig>,
}

impl Hot {
    pub(crate) fn new(newest: &watch::Receiver<Arc<HttpConfig>>) -> Self {
        let mut newest = newest.clone();
        let config = Arc::clone(&newest.borrow_and_update());
        Self(Mutex::new(Known { newest, config }))
    }

    /// The configuration of a request that begins now.
    pub(crate) fn now(&self) -> Arc<HttpConfig> {
        let mut known = self.0.lock();
        // An error says that nobody will change it any more.
        if known.newest.has_changed().unwrap_or(false) {
            let config = Arc::clone(&known.newest.borrow_and_update());
            known.config = config;
        }
        Arc::clone(&known.config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_seen_with_the_next_request() {
        let config = |domain: &str| Arc::new(HttpConfig { domain: domain.to_owned(), ..HttpConfig::default() });
        let (change, newest) = watch::channel(config("one."));
        let hot = Hot::new(&newest);
        assert_eq!(hot.now().domain, "one.");
        change.send_replace(config("two."));
        assert_eq!(hot.now().domain, "two.");
        drop(change);
        assert_eq!(hot.now().domain, "two.");
    }
}
