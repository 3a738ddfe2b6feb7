//! Checks come, change and go, mostly on virtual time; a catalog that is made up.

mod catalog;

use std::io;
use std::path::Path;
use std::time::Duration;

use proconsul_agent::config::environment::{Environment, Files, Found};
use proconsul_agent::config::{self, Config, FLAGS};
use proconsul_agent::flag;
use proconsul_agent::local::Source;
use proconsul_base::id::NodeId;
use proconsul_types::registration::ServiceRegistration;
use tokio::time::Instant;

use self::catalog::FakeCatalog;
use super::*;
use crate::resolve::Resolver;

const TTL: Duration = Duration::from_secs(10);

struct NoFiles;

impl Files for NoFiles {
    fn look(&self, _: &Path) -> io::Result<Found> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn read(&self, _: &Path) -> io::Result<String> {
        Err(io::ErrorKind::NotFound.into())
    }
}

fn config() -> Config {
    let given = flag::parse(&[&FLAGS], &["-dev".to_owned()]).unwrap();
    let environment = Environment {
        hostname: "n1".to_owned(),
        interfaces: Vec::new(),
        fresh_node_id: NodeId::from_bytes([7; 16]),
        pod: None,
        files: &NoFiles,
    };
    config::load(&given, &environment).unwrap()
}

/// What an agent holds, while its checks are carried out.
struct Agent {
    local: Arc<LocalState>,
    catalog: Arc<FakeCatalog>,
    _task: JoinSet<()>,
}

impl Agent {
    fn new() -> Self {
        let config = config();
        let local = Arc::new(LocalState::load(&config, Rng::seeded(1)).unwrap());
        let catalog = Arc::new(FakeCatalog::default());
        let means = means(&config, None, &Arc::new(Resolver::System)).unwrap();
        let mut task = JoinSet::new();
        task.spawn(carry_out(Arc::clone(&local), Arc::clone(&catalog), means, Rng::seeded(2)));
        Self { local, catalog, _task: task }
    }

    fn hold(&self, check: CheckRegistration) {
        self.local.held.change(|state| {
            let planned = state.plan_check(&check, Source::File).unwrap();
            state.hold_check(planned);
        });
    }

    fn hold_service(&self, name: &str) {
        let service = ServiceRegistration { name: name.to_owned(), ..ServiceRegistration::default() };
        self.local.held.change(|state| {
            for holding in state.plan_service(&service, Source::File, false).unwrap() {
                state.hold(holding);
            }
        });
    }

    fn tell(&self, id: &str, status: &str, output: &str) {
        let now = self.local.now();
        self.local.held.change(|state| state.tell(id, status, output, 100, now, &mut Rng::seeded(1))).unwrap();
    }

    /// Status and output of a check.
    fn is(&self, id: &str) -> (String, String) {
        let check = self.local.held.look(|state| Arc::clone(&state.check(id).unwrap().check));
        (check.status.to_string(), check.output.to_string())
    }

    /// Waits until a check is so.
    async fn becomes(&self, id: &str, status: &str, output: &str) {
        let mut news = self.local.held.watch();
        while self.is(id) != (status.to_owned(), output.to_owned()) {
            let changed = tokio::time::timeout(TTL * 100, news.changed()).await;
            changed.unwrap_or_else(|_| panic!("{id} is {:?}, not {status} {output}", self.is(id))).unwrap();
        }
    }
}

fn check(id: &str, change: impl FnOnce(&mut CheckRegistration)) -> CheckRegistration {
    let mut check = CheckRegistration { id: id.to_owned(), name: id.to_owned(), ..CheckRegistration::default() };
    change(&mut check);
    check
}

fn ttl(id: &str) -> CheckRegistration {
    check(id, |check| check.ttl = TTL.as_nanos() as i64)
}

fn tcp(id: &str, target: &str) -> CheckRegistration {
    check(id, |check| {
        check.tcp = target.to_owned();
        check.interval = TTL.as_nanos() as i64;
    })
}

#[tokio::test(start_paused = true)]
async fn a_check_that_nobody_tells_anything_expires() {
    let agent = Agent::new();
    let began = Instant::now();
    agent.hold(ttl("web"));
    agent.becomes("web", "critical", "TTL expired").await;
    assert!(began.elapsed() >= TTL);
    agent.tell("web", "passing", "fine");
    assert_eq!(agent.is("web"), ("passing".to_owned(), "fine".to_owned()));
    let told = Instant::now();
    agent.becomes("web", "critical", "TTL expired (last output before timeout follows): fine").await;
    assert!(told.elapsed() >= TTL);
}

#[tokio::test(start_paused = true)]
async fn a_word_in_time_begins_the_time_anew() {
    let agent = Agent::new();
    agent.hold(ttl("web"));
    for _ in 0..10 {
        agent.tell("web", "passing", "fine");
        tokio::time::sleep(TTL * 9 / 10).await;
        assert_eq!(agent.is("web").0, "passing");
    }
}

#[tokio::test(start_paused = true)]
async fn registering_it_once_more_begins_the_time_anew() {
    let agent = Agent::new();
    agent.hold(ttl("web"));
    agent.tell("web", "passing", "");
    for _ in 0..10 {
        agent.hold(ttl("web"));
        tokio::time::sleep(TTL * 9 / 10).await;
        assert_eq!(agent.is("web").0, "passing");
    }
}

#[tokio::test(start_paused = true)]
async fn a_check_is_carried_out_as_it_was_registered_last_until_it_goes() {
    let agent = Agent::new();
    agent.hold(tcp("web", "nothing"));
    agent.becomes("web", "critical", "dial tcp: address nothing: missing port in address").await;
    agent.hold(tcp("web", "other"));
    agent.becomes("web", "critical", "dial tcp: address other: missing port in address").await;
    agent.local.held.change(|state| state.drop_check("web"));
    // The same id again, told by nobody but its user.
    agent.hold(ttl("web"));
    agent.tell("web", "passing", "fine");
    tokio::time::sleep(TTL / 2).await;
    assert_eq!(agent.is("web"), ("passing".to_owned(), "fine".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_check_that_cannot_be_carried_out_says_why() {
    let agent = Agent::new();
    agent.hold(check("web", |check| {
        check.http = "https://127.0.0.1".to_owned();
        check.tls_server_name = "not a name".to_owned();
        check.interval = TTL.as_nanos() as i64;
    }));
    let why = "Failed to set up TLS: \"not a name\" is no name that a certificate can have";
    agent.becomes("web", "critical", why).await;
}

#[tokio::test(start_paused = true)]
async fn an_alias_is_as_the_checks_of_its_service_are() {
    let agent = Agent::new();
    agent.hold(check("alias", |check| check.alias_service = "web".to_owned()));
    agent.becomes("alias", "critical", "Service web could not be found on node ").await;
    agent.hold_service("web");
    agent.becomes("alias", "passing", "No checks found.").await;
    agent.hold(CheckRegistration { service_id: "web".to_owned(), ..ttl("of-web") });
    agent.tell("of-web", "passing", "");
    agent.becomes("alias", "passing", "All checks passing.").await;
    agent.tell("of-web", "warning", "tired");
    agent.becomes("alias", "warning", "Aliased check \"of-web\" failing: tired").await;
}

#[tokio::test(start_paused = true)]
async fn aliases_of_the_node_do_not_keep_themselves_and_each_other_critical() {
    let agent = Agent::new();
    for id in ["one", "two"] {
        agent.hold(check(id, |check| check.alias_service = "web".to_owned()));
        agent.becomes(id, "critical", "Service web could not be found on node ").await;
    }
    agent.hold_service("web");
    for id in ["one", "two"] {
        agent.becomes(id, "passing", "No checks found.").await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_alias_of_another_node_follows_the_catalog() {
    let agent = Agent::new();
    agent.hold(check("alias", |check| {
        check.alias_node = "n2".to_owned();
        check.alias_service = "db".to_owned();
    }));
    let unreachable = "Failure checking aliased node or service: No cluster leader";
    agent.becomes("alias", "critical", unreachable).await;
    agent.catalog.set(&[]);
    agent.becomes("alias", "critical", "Service db could not be found on node n2").await;
    agent.catalog.set(&[("serfHealth", "", "passing"), ("of-db", "db", "passing")]);
    agent.becomes("alias", "passing", "All checks passing.").await;
    agent.catalog.set(&[("serfHealth", "", "critical"), ("of-db", "db", "passing")]);
    agent.becomes("alias", "critical", "Aliased check \"serfHealth\" failing: ").await;
}
