//! The row of a pod: what of its state people need to see first.

use serde_json::{Value, json};

use super::{Cells, age};
use k8s_openapi::jiff::Timestamp;

pub(super) fn row(cells: &Cells<'_>) -> Vec<Value> {
    let view = View::of(cells);
    vec![
        cells.name(),
        format!("{}/{}", view.ready, view.total).into(),
        view.status.into(),
        restarts(view.restarts, view.last_restart, cells.now).into(),
        cells.age(),
        cells.text("/status/podIP", "<none>"),
        cells.text("/spec/nodeName", "<none>"),
        cells.text("/status/nominatedNodeName", "<none>"),
        gates(cells),
    ]
}

struct View {
    ready: usize,
    total: usize,
    status: String,
    restarts: i64,
    last_restart: Option<Timestamp>,
}

impl View {
    fn of(cells: &Cells<'_>) -> Self {
        let sidecars: Vec<&str> = cells
            .list("/spec/initContainers")
            .iter()
            .filter(|spec| spec["restartPolicy"] == "Always")
            .filter_map(|spec| spec["name"].as_str())
            .collect();
        let initial = cells.list("/status/initContainerStatuses");
        let main = cells.list("/status/containerStatuses");
        let mut view = Self {
            ready: 0,
            total: cells.list("/spec/containers").len() + sidecars.len(),
            status: cells.str("/status/reason").or(cells.str("/status/phase")).unwrap_or("Pending").to_owned(),
            restarts: 0,
            last_restart: None,
        };
        let is_sidecar = |status: &Value| status["name"].as_str().is_some_and(|name| sidecars.contains(&name));
        view.ready += initial.iter().filter(|status| is_sidecar(status) && status["ready"] == true).count();
        let steps = cells.list("/spec/initContainers").len();
        let is_initialising = view.initialisation(initial, steps, &is_sidecar);
        if is_initialising {
            main.iter().for_each(|status| view.ready += usize::from(status["ready"] == true));
        } else {
            view.restarts = 0;
            view.last_restart = None;
            initial.iter().filter(|status| is_sidecar(status)).for_each(|status| view.count_restarts(status));
            view.running(cells, main);
        }
        if cells.is_terminating() {
            view.deletion(cells);
        }
        view
    }

    /// The first step that is not done decides.
    fn initialisation(&mut self, statuses: &[Value], steps: usize, is_sidecar: &dyn Fn(&Value) -> bool) -> bool {
        for (position, status) in statuses.iter().enumerate() {
            self.count_restarts(status);
            let (ended, waiting) = (&status["state"]["terminated"], &status["state"]["waiting"]["reason"]);
            if ended["exitCode"] == 0 || (is_sidecar(status) && status["started"] == true) {
                continue;
            }
            self.status = if ended.is_object() {
                format!("Init:{}", end_text(ended))
            } else {
                match waiting.as_str() {
                    Some(reason) if reason != "PodInitializing" && !reason.is_empty() => format!("Init:{reason}"),
                    _ => format!("Init:{position}/{steps}"),
                }
            };
            return true;
        }
        false
    }

    /// From the last container to the first, so that the first one has the last word.
    fn running(&mut self, cells: &Cells<'_>, statuses: &[Value]) {
        let mut has_running = false;
        for status in statuses.iter().rev() {
            self.count_restarts(status);
            let (ended, waiting) = (&status["state"]["terminated"], &status["state"]["waiting"]["reason"]);
            if let Some(reason) = waiting.as_str().filter(|reason| !reason.is_empty()) {
                self.status = reason.to_owned();
            } else if ended.is_object() {
                self.status = end_text(ended);
            } else if status["ready"] == true && status["state"]["running"].is_object() {
                has_running = true;
                self.ready += 1;
            }
        }
        if self.status == "Completed" && has_running {
            let ready = cells.list("/status/conditions").iter().find(|condition| condition["type"] == "Ready");
            let is_ready = ready.is_some_and(|condition| condition["status"] == "True");
            self.status = if is_ready { "Running" } else { "NotReady" }.to_owned();
        }
    }

    fn deletion(&mut self, cells: &Cells<'_>) {
        if cells.str("/status/reason") == Some("NodeLost") {
            self.status = "Unknown".to_owned();
        } else if !matches!(cells.str("/status/phase"), Some("Failed" | "Succeeded")) {
            self.status = "Terminating".to_owned();
        }
    }

    fn count_restarts(&mut self, status: &Value) {
        self.restarts += status["restartCount"].as_i64().unwrap_or(0);
        let last = status["lastState"]["terminated"]["finishedAt"].as_str().and_then(|text| text.parse().ok());
        self.last_restart = self.last_restart.max(last);
    }
}

fn end_text(ended: &Value) -> String {
    match (ended["reason"].as_str().unwrap_or_default(), ended["signal"].as_i64().unwrap_or(0)) {
        ("", 0) => format!("ExitCode:{}", ended["exitCode"]),
        ("", signal) => format!("Signal:{signal}"),
        (reason, _) => reason.to_owned(),
    }
}

fn restarts(count: i64, last: Option<Timestamp>, now: Timestamp) -> String {
    match last {
        Some(last) if count > 0 => format!("{count} ({} ago)", age::since(last, now)),
        _ => count.to_string(),
    }
}

/// How many of the conditions a pod waits for beside readiness hold.
fn gates(cells: &Cells<'_>) -> Value {
    let gates = cells.list("/spec/readinessGates");
    if gates.is_empty() {
        return json!("<none>");
    }
    let conditions = cells.list("/status/conditions");
    let holds = |gate: &&Value| {
        conditions.iter().any(|found| found["type"] == gate["conditionType"] && found["status"] == "True")
    };
    format!("{}/{}", gates.iter().filter(holds).count(), gates.len()).into()
}
