//! The way of one question: looked up, followed, answered, or handed on.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use proconsul_base::limit;
use proconsul_base::rand::Rng;
use proconsul_calls::catalog::InstanceList;
use proconsul_names::answer::{self, Asking, Verdict};
use proconsul_names::chase::{self, Chased};
use proconsul_names::lookup;
use proconsul_names::message::{Question, Record, kind};
use proconsul_names::name::Name;
use proconsul_names::question;
use proconsul_names::trim::Transport;
use proconsul_names::wire::request::Request;
use proconsul_names::wire::write;
use proconsul_telemetry::names::doors::{DNS_DOMAIN_QUERY, DNS_PTR_QUERY};

use crate::config::DnsConfig;
use crate::find::Finder;
use crate::recursor::Recursors;
use crate::source::Source;

/// What all questions share.
pub(crate) struct Desk<S> {
    source: Arc<S>,
    config: DnsConfig,
    recursors: Recursors,
}

/// A question as it came.
pub(crate) struct Inquiry {
    pub(crate) request: Request,
    /// The packet; empty where nothing is handed on.
    pub(crate) packet: Box<[u8]>,
    pub(crate) client: IpAddr,
    pub(crate) transport: Transport,
}

/// What one question may still use.
struct Means {
    rng: Rng,
    /// Names that may be followed.
    chases: usize,
}

impl<S: Source> Desk<S> {
    pub(crate) fn new(source: Arc<S>, mut config: DnsConfig) -> Self {
        let recursors = Recursors::new(std::mem::take(&mut config.recursors));
        config.settings.recursion = !recursors.is_empty();
        Self { source, config, recursors }
    }

    /// Whether questions for other zones are handed on.
    pub(crate) fn forwards(&self) -> bool {
        self.config.settings.recursion
    }

    /// The packet to send back.
    pub(crate) async fn answer(self: Arc<Self>, inquiry: Inquiry, rng: Rng) -> Vec<u8> {
        let began = Instant::now();
        let mut means = Means { rng, chases: limit::DNS_CHASES };
        let Inquiry { request, packet, client, transport } = inquiry;
        let client = request.edns.and_then(|edns| edns.subnet?.address).unwrap_or(client);
        let message = match self.verdict(&request, client, transport, chase::DEPTH, &mut means).await {
            Verdict::Answer(message) => *message,
            Verdict::Forward => match self.recursors.forward(&packet, transport, &mut means.rng).await {
                Some(answer) => return answer,
                None => answer::failure(&request),
            },
        };
        let packet = write::packet(&message, self.config.settings.compress);
        let family = if request.question.kind == kind::PTR { &DNS_PTR_QUERY } else { &DNS_DOMAIN_QUERY };
        family.took(&self.config.node_name, began.elapsed());
        packet
    }

    async fn verdict(
        &self,
        request: &Request,
        client: IpAddr,
        transport: Transport,
        depth: usize,
        means: &mut Means,
    ) -> Verdict {
        let settings = &self.config.settings;
        let question = &request.question;
        let asked = question::read(question, settings);
        let finder = Finder { source: &*self.source, consistency: self.config.consistency, client };
        let mut list = InstanceList::default();
        let found = finder.find(&lookup::of(&asked, question), &mut list).await;
        let mut chased = Chased::default();
        for name in chase::targets(&asked, &found, question, settings) {
            if means.chases > 0 {
                means.chases -= 1;
                let records = self.follow(&name, client, depth, means).await;
                chased.insert(&name, records);
            }
        }
        let asking =
            Asking { request, transport, settings, chased: &chased, unix_seconds: (self.config.unix_seconds)() };
        answer::answer(&asking, &asked, &found, &mut means.rng)
    }

    /// What a name leads to: asked of ourselves where it is ours, else of the recursors.
    fn follow<'a>(
        &'a self,
        name: &'a Name,
        client: IpAddr,
        depth: usize,
        means: &'a mut Means,
    ) -> Pin<Box<dyn Future<Output = Vec<Record>> + Send + 'a>> {
        Box::pin(async move {
            if self.config.settings.zone_of(name).is_none() {
                return self.recursors.follow(name, &mut means.rng).await;
            }
            if depth == 0 {
                tracing::debug!(target: "agent.dns", %name, "too many names lead to each other");
                return Vec::new();
            }
            let question = Question { name: name.clone(), kind: kind::ANY, class: 1 };
            let request =
                Request { id: 0, opcode: 0, recursion_desired: true, checking_disabled: false, question, edns: None };
            match self.verdict(&request, client, Transport::Udp, depth - 1, means).await {
                Verdict::Answer(message) => message.answers,
                Verdict::Forward => Vec::new(),
            }
        })
    }
}
