//! `members`: who is in the cluster, as the agent's gossip sees it.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use anyhow::Context;
use proconsul_agent::flag::{Flag, Given, Takes};
use proconsul_base::text::table;
use proconsul_filter::pattern;
use serde::Deserialize;

use crate::command::{Call, Command, Exit};
use crate::connection;

pub(crate) const COMMAND: Command = Command {
    words: "members",
    usage: "[options]",
    synopsis: "Lists the members of a Consul cluster",
    about: "  Prints every member of the cluster that the agent knows of.",
    connection: &[connection::CLIENT],
    flags: || FLAGS,
    run,
};

const FLAGS: &[Flag] = &[
    Flag { name: "detailed", takes: Takes::Switch, doc: "Prints all tags of each member.", default: "false" },
    Flag {
        name: "segment",
        takes: Takes::Text("string"),
        doc: "Lists this network segment only (Enterprise).",
        default: "_all",
    },
    Flag {
        name: "status",
        takes: Takes::Text("string"),
        doc: "Lists members whose status fits this regular expression.",
        default: ".*",
    },
    Flag { name: "wan", takes: Takes::Switch, doc: "Lists the servers of all datacenters.", default: "false" },
];

/// How all segments are asked for.
const ALL_SEGMENTS: &str = "_all";

const STANDARD: &[&str] = &["Node", "Address", "Status", "Type", "Build", "Protocol", "DC", "Segment"];

const DETAILED: &[&str] = &["Node", "Address", "Status", "Tags"];

/// One member as the API shows it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Member {
    name: String,
    addr: String,
    port: u16,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    status: u8,
}

fn run(call: Call<'_>) -> anyhow::Result<Exit> {
    let statuses = call.given.text("status").unwrap_or(".*");
    let status = pattern::compile(statuses).context("Failed to compile status regexp")?;
    let api = connection::api(&call.given)?;
    let members: Vec<Member> =
        api.json("/v1/agent/members", &query(&call.given)).context("Error retrieving members")?;
    let mut members: Vec<Member> = members.into_iter().filter(|member| status.is_match(member.status())).collect();
    let all_segments = segment(&call.given) == ALL_SEGMENTS;
    members.iter_mut().for_each(|member| member.name_segment(all_segments));
    if members.is_empty() {
        return Ok(Exit::NothingFound);
    }
    members.sort_by(Member::before);
    let detailed = call.given.switch("detailed");
    let heading: &[&str] = if detailed { DETAILED } else { STANDARD };
    let row: fn(&Member) -> Vec<String> = if detailed { Member::detailed } else { Member::standard };
    let heading = heading.iter().map(|&name| name.to_owned()).collect();
    let rows: Vec<Vec<String>> = [heading].into_iter().chain(members.iter().map(row)).collect();
    call.out.say(&table::columns(&rows, 2));
    Ok(Exit::Success)
}

fn segment(given: &Given) -> &str {
    given.text("segment").unwrap_or(ALL_SEGMENTS)
}

fn query(given: &Given) -> Vec<(&'static str, String)> {
    let segment = ("segment", segment(given).to_owned());
    let wan = given.switch("wan").then(|| ("wan", "1".to_owned()));
    [segment].into_iter().chain(wan).collect()
}

impl Member {
    /// serf's names for its states.
    fn status(&self) -> &'static str {
        match self.status {
            0 => "none",
            1 => "alive",
            2 => "leaving",
            3 => "left",
            4 => "failed",
            _ => "unknown",
        }
    }

    /// By segment, servers first, then by name.
    fn before(&self, other: &Self) -> Ordering {
        self.tag("segment").cmp(other.tag("segment")).then_with(|| self.name.cmp(&other.name))
    }

    /// Gives the segment the name it is shown by; servers are in all of them, which shows when all are listed.
    fn name_segment(&mut self, all: bool) {
        let name = match (self.tag("role"), self.tag("segment")) {
            ("consul", _) if all => "<all>",
            (_, "") => "<default>",
            _ => return,
        };
        self.tags.insert("segment".to_owned(), name.to_owned());
    }

    fn tag(&self, name: &str) -> &str {
        self.tags.get(name).map_or("", String::as_str)
    }

    fn address(&self) -> String {
        self.addr.parse::<IpAddr>().map_or_else(
            |_| format!("{}:{}", self.addr, self.port),
            |address| SocketAddr::new(address, self.port).to_string(),
        )
    }

    fn standard(&self) -> Vec<String> {
        let kind = match self.tag("role") {
            "node" => "client",
            "consul" => "server",
            _ => return self.foreign(),
        };
        // Agents before Consul 0.3 did not tell it.
        let build = self.tag("build").split(':').next().filter(|build| !build.is_empty()).unwrap_or("< 0.3");
        let (protocol, datacenter, segment) = (self.tag("vsn"), self.tag("dc"), self.tag("segment"));
        [&self.name, &self.address(), self.status(), kind, build, protocol, datacenter, segment]
            .map(|cell: &str| cell.to_owned())
            .to_vec()
    }

    /// A member that is no Consul agent, such as a plain serf agent.
    fn foreign(&self) -> Vec<String> {
        [&self.name, &self.address(), self.status(), "unknown", "", "", "", ""]
            .map(|cell: &str| cell.to_owned())
            .to_vec()
    }

    fn detailed(&self) -> Vec<String> {
        let tags: Vec<String> = self.tags.iter().map(|(name, value)| format!("{name}={value}")).collect();
        vec![self.name.clone(), self.address(), self.status().to_owned(), tags.join(",")]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(role: &str, build: &str) -> Member {
        let json =
            r#"{"Name":"t1","Addr":"127.0.0.11","Port":8301,"Status":1,"Tags":{"vsn":"2","dc":"dc1","segment":""}}"#;
        let mut member: Member = serde_json::from_str(json).unwrap();
        member.tags.extend([("role", role), ("build", build)].map(|(name, tag)| (name.to_owned(), tag.to_owned())));
        member.name_segment(true);
        member
    }

    #[test]
    fn a_server_is_shown_with_type_build_and_segment() {
        let server = member("consul", "1.8.7:");
        assert_eq!(server.standard(), ["t1", "127.0.0.11:8301", "alive", "server", "1.8.7", "2", "dc1", "<all>"]);
        assert_eq!(server.detailed()[3], "build=1.8.7:,dc=dc1,role=consul,segment=<all>,vsn=2");
        let client = Member { addr: "::1".to_owned(), ..member("node", "") };
        assert_eq!(client.standard(), ["t1", "[::1]:8301", "alive", "client", "< 0.3", "2", "dc1", "<default>"]);
    }
}
