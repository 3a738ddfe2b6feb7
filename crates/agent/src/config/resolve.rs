//! From merged settings to the checked [`Config`], once: defaults, rules, addresses, paths. All broken rules are reported.

mod address;
mod checks;
mod cluster;
mod dns;
mod http;
mod identity;
mod listen;
mod local;
mod output;
mod telemetry;

use proconsul_base::limit;

use super::environment::{Environment, Found};
use super::error::Mistake;
use super::origin::Origin;
use super::settings::Settings;
use super::{Config, Invalid, Limits, Place};

/// What every part of the resolution reads and adds to.
struct Resolver<'a> {
    settings: &'a Settings,
    environment: &'a Environment<'a>,
    dev: bool,
    server: bool,
    mistakes: &'a mut Vec<Mistake>,
    warnings: Vec<String>,
    notices: Vec<String>,
}

/// The configuration; only of use when no mistake was added.
pub(super) fn resolve(
    settings: &Settings,
    dev: bool,
    environment: &Environment<'_>,
    warnings: Vec<String>,
    mistakes: &mut Vec<Mistake>,
) -> Config {
    let server = settings.boolean("server").unwrap_or(dev);
    let mut resolver = Resolver { settings, environment, dev, server, mistakes, warnings, notices: Vec::new() };
    let data_dir = resolver.data_dir();
    let addresses = resolver.addresses();
    let ports = resolver.ports();
    resolver.clashes(&addresses, &ports);
    let datacenter = resolver.datacenter();
    let dns = resolver.dns(addresses.dns, &datacenter);
    let config = Config {
        node_name: resolver.node_name(),
        node_id: resolver.node_id(data_dir.as_ref()),
        node_meta: resolver.node_meta(),
        datacenter,
        server,
        bootstrap: resolver.bootstrap(),
        dev,
        mesh: settings.boolean("connect.enabled").unwrap_or(dev),
        ui: settings.boolean("ui").unwrap_or(dev) || settings.boolean("ui_config.enabled").unwrap_or(false),
        bind_addr: addresses.bind,
        advertise_addr: addresses.advertise,
        client_addrs: addresses.client,
        serf_lan_bind: addresses.serf_lan,
        ports,
        join: resolver.join(),
        local: resolver.local(),
        dns,
        log: resolver.log(),
        telemetry: resolver.telemetry(),
        hostname: environment.hostname.clone(),
        pid_file: resolver.place("pid_file"),
        raft: resolver.raft(),
        autopilot: resolver.autopilot(),
        reconnect_timeout: resolver.reconnect_timeout(),
        default_query_time: resolver.default_query_time(),
        max_query_time: resolver.max_query_time(),
        session_ttl_min: resolver.session_ttl_min(),
        rpc_hold_timeout: resolver.hold_timeout(),
        leave_drain_time: resolver.leave_drain_time(),
        leave_on_terminate: settings.boolean("leave_on_terminate").unwrap_or(!server),
        skip_leave_on_interrupt: settings.boolean("skip_leave_on_interrupt").unwrap_or(server),
        http: resolver.http(),
        checks: resolver.checks(),
        limits: resolver.limits(),
        watches: Vec::new(),
        pod: environment.pod.clone(),
        data_dir,
        written: settings.written(),
        warnings: Vec::new(),
        notices: Vec::new(),
    };
    Config { warnings: resolver.warnings, notices: resolver.notices, ..config }
}

impl Resolver<'_> {
    /// A broken rule about one key, with the place where it was written.
    fn refuse(&mut self, key: &'static str, invalid: Invalid) {
        match self.settings.origin(key).cloned() {
            Some(origin) => self.mistakes.push(Mistake::Value { origin, key, invalid }),
            None => self.mistakes.push(Mistake::Whole(invalid)),
        }
    }

    /// A broken rule about several keys, or about one whose text already names it.
    fn refuse_whole(&mut self, invalid: Invalid) {
        self.mistakes.push(Mistake::Whole(invalid));
    }

    fn origin(&self, key: &str) -> Option<Origin> {
        self.settings.origin(key).cloned()
    }

    /// A number between these bounds, or its default.
    fn number(&mut self, key: &'static str, default: i64, least: i64, most: i64) -> i64 {
        let number = self.settings.integer(key).unwrap_or(default);
        if (least..=most).contains(&number) {
            return number;
        }
        self.refuse(key, Invalid::Range(number, least, most));
        default
    }

    fn place(&self, key: &str) -> Option<Place> {
        self.settings.text(key).map(|path| self.environment.place(path))
    }

    fn data_dir(&mut self) -> Option<Place> {
        if self.dev {
            return None;
        }
        let place = self.place("data_dir");
        match &place {
            None => self.refuse_whole(Invalid::NoDataDir),
            Some(place) => {
                if let Ok(Found::File) = self.environment.files.look(place.real()) {
                    self.refuse_whole(Invalid::DataDirIsFile(place.clone()));
                }
            }
        }
        place
    }

    fn limits(&mut self) -> Limits {
        let most = i64::from(u32::MAX);
        // A value must fit into a record of a snapshot and into a message between servers.
        let most_value = limit::KV_VALUE_BYTES_CONFIGURABLE as i64;
        let per_1000_s = self.settings.thousandths("limits.rpc_rate");
        let mut bound = |key, default, most| usize::try_from(self.number(key, default, 1, most)).unwrap_or_default();
        Limits {
            http_conns_per_client_max: bound("limits.http_max_conns_per_client", 200, most),
            kv_value_bytes_max: bound("limits.kv_max_value_size", limit::KV_VALUE_BYTES as i64, most_value),
            txn_request_bytes_max: bound("limits.txn_max_req_len", 512 * 1024, most),
            rpc_burst_max: u32::try_from(bound("limits.rpc_max_burst", 1000, most)).unwrap_or(u32::MAX),
            rpc_per_1000_s: per_1000_s.and_then(|number| u64::try_from(number).ok()).filter(|&number| number > 0),
        }
    }
}
