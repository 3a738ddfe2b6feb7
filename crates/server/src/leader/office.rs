//! The leader's office: its duties begin when this server leads and end with its leadership. Knows none of them.

use std::future::Future;
use std::sync::Arc;

use proconsul_consensus::Status;
use proconsul_state::store::Store;
use tokio::sync::watch;

/// Calls `begin` with each leadership and carries out what it gives until that leadership is over. Returns when consensus has
/// stopped.
pub(super) async fn hold<D: Future<Output = ()>>(
    mut status: watch::Receiver<Arc<Status>>,
    mut begin: impl FnMut() -> D,
) {
    loop {
        let Ok(term) = status.wait_for(|status| status.leads).await.map(|status| status.term) else { return };
        let over = status.wait_for(|status| !status.leads || status.term != term);
        let duties = async {
            begin().await;
            // Duties that end before their time have nothing left to do in this term.
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = duties => {}
            over = over => if over.is_err() { return },
        }
    }
}

/// Has the duties begin anew whenever another state takes the place of the one they know: what a leader remembers of sessions,
/// delays and nodes is of the state that is gone.
pub(super) async fn anew<D: Future<Output = ()>>(store: &Store, begin: impl Fn() -> D) {
    loop {
        let replacements = store.replacements();
        tokio::select! {
            () = begin() => return,
            () = store.replaced_since(replacements) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use parking_lot::Mutex;
    use proconsul_base::index::Term;
    use tokio::task::yield_now;

    use super::*;

    fn leads(term: u64, leads: bool) -> Arc<Status> {
        Arc::new(Status { term: Term(term), leads, ..Status::default() })
    }

    #[tokio::test]
    async fn duties_begin_anew_with_each_term_and_end_with_it() {
        let status = watch::Sender::new(leads(1, false));
        let running = Arc::new(Mutex::new((0, 0)));
        struct Counted(Arc<Mutex<(u32, u32)>>);
        impl Drop for Counted {
            fn drop(&mut self) {
                self.0.lock().1 += 1;
            }
        }
        let counted = running.clone();
        let held = tokio::spawn(hold(status.subscribe(), move || {
            counted.lock().0 += 1;
            let counted = Counted(counted.clone());
            async move {
                let _counted = counted;
                std::future::pending::<()>().await
            }
        }));
        for (next, begun_and_ended) in [
            (leads(1, false), (0, 0)),
            (leads(2, true), (1, 0)),
            (leads(2, true), (1, 0)),
            (leads(3, true), (2, 1)),
            (leads(4, false), (2, 2)),
            (leads(5, true), (3, 2)),
        ] {
            status.send_replace(next);
            for _ in 0..4 {
                yield_now().await;
            }
            assert_eq!(*running.lock(), begun_and_ended);
        }
        drop(status);
        held.await.unwrap();
        assert_eq!(*running.lock(), (3, 3));
    }
}
