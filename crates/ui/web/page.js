// The members and the leader, read from the API of the agent this page comes from, again every two seconds.
// Everything an agent says is put on the page as text.

const EVERY_MS = 2000;
const STATUS = ["none", "alive", "leaving", "left", "failed"];

const at = (id) => document.getElementById(id);

async function read(path) {
  const answer = await fetch(path, { headers: { Accept: "application/json" }, cache: "no-store" });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

function cell(text, kind) {
  const cell = document.createElement("td");
  const label = document.createElement("span");
  label.textContent = text;
  if (kind) label.className = kind;
  cell.append(label);
  return cell;
}

// "server" stands for Consul's role "consul" in a member's tags.
function row(member, raft) {
  const tags = member.Tags ?? {};
  const status = STATUS[member.Status] ?? "unknown";
  const row = document.createElement("tr");
  row.append(
    cell(member.Name),
    cell(`${member.Addr}:${member.Port}`),
    cell(status, `status ${status}`),
    cell(tags.role === "consul" ? "server" : "client"),
    cell(raft, `raft ${raft}`),
    cell((tags.build ?? "").replace(/:.*$/, "")),
    cell(tags.dc ?? ""),
  );
  return row;
}

function raftOf(member, servers) {
  const server = servers.find((server) => server.ID === member.Tags?.id);
  if (!server) return "–";
  if (server.Leader) return "leader";
  return server.Voter ? "voter" : "learner";
}

function show(self, leader, members, servers) {
  at("where").textContent = `${self.Config.Datacenter} · ${self.Config.NodeName}`;
  document.title = `${self.Config.NodeName} · proconsul`;
  const leading = servers.find((server) => server.Leader);
  at("leader").textContent = leader ? (leading ? `${leading.Node} (${leader})` : leader) : "none";
  at("leader").classList.toggle("bad", !leader);
  at("voters").textContent = String(servers.filter((server) => server.Voter).length);
  at("alive").textContent = `${members.filter((member) => member.Status === 1).length} of ${members.length}`;
  members.sort((one, other) => one.Name.localeCompare(other.Name, undefined, { numeric: true }));
  at("members").replaceChildren(...members.map((member) => row(member, raftOf(member, servers))));
}

function tell(trouble) {
  at("trouble").hidden = !trouble;
  at("trouble").textContent = trouble ?? "";
}

async function refresh() {
  try {
    const [self, leader, members, raft] = await Promise.all([
      read("/v1/agent/self"),
      read("/v1/status/leader"),
      read("/v1/agent/members"),
      read("/v1/operator/raft/configuration?stale"),
    ]);
    show(self, leader, members, raft.Servers ?? []);
    tell(leader ? null : "The cluster has no leader: writes and default reads fail until a majority of the voters is back.");
  } catch (error) {
    tell(`The agent does not answer as it should. ${error.message}`);
  }
  setTimeout(refresh, EVERY_MS);
}

refresh();
