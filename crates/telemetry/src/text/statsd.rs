//! Lines for statsd, statsite and DogStatsD, as go-metrics writes them.

use std::fmt::Write;

use crate::event::{Event, Happened};
use crate::view::View;

/// Whose lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect<'a> {
    /// statsd and statsite: labels become parts of the name.
    Plain,
    /// Datadog's: labels become tags, beside these; names do not carry the machine's name.
    Tagged(&'a [String]),
}

/// Adds the line of one event, if it is shown.
pub fn push(text: &mut String, event: &Event, view: &View, dialect: Dialect<'_>) {
    let full = match event.happened {
        Happened::Leveled => view.gauge(&event.name),
        Happened::Counted | Happened::Sampled => view.meter(&event.name),
    };
    let Some(full) = full else { return };
    match dialect {
        Dialect::Plain => plain(text, full, event),
        Dialect::Tagged(tags) => tagged(text, &view.meter(&event.name).unwrap_or(full), event, tags),
    }
}

fn kind(happened: Happened) -> &'static str {
    match happened {
        Happened::Counted => "c",
        Happened::Sampled => "ms",
        Happened::Leveled => "g",
    }
}

fn plain(text: &mut String, mut full: String, event: &Event) {
    for label in event.labels.iter() {
        full.push('.');
        full.push_str(&label.value);
    }
    let name = full.replace(':', "_").replace(char::is_whitespace, "_");
    let _ = writeln!(text, "{name}:{:.6}|{}", event.value, kind(event.happened));
}

fn tagged(text: &mut String, full: &str, event: &Event, tags: &[String]) {
    let name = full.replace(|character: char| character == ':' || character.is_whitespace(), "_");
    let _ = match event.happened {
        Happened::Counted => write!(text, "{name}:{}|c", event.value as i64),
        Happened::Sampled | Happened::Leveled => write!(text, "{name}:{:.6}|{}", event.value, kind(event.happened)),
    };
    let own = event.labels.iter().map(|label| format!("{}:{}", label.name, label.value));
    let all: Vec<String> = tags.iter().cloned().chain(own).map(|tag| tag.replace(['\n', '|', ','], "_")).collect();
    if !all.is_empty() {
        let _ = write!(text, "|#{}", all.join(","));
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::Label;

    fn line(event: &Event, dialect: Dialect<'_>) -> String {
        let view = View { hostname: Some("vm".to_owned()), ..View::default() };
        let mut text = String::new();
        push(&mut text, event, &view, dialect);
        text
    }

    fn event(name: &'static str, happened: Happened, value: f32) -> Event {
        Event { name: name.into(), labels: (&[]).into(), happened, value }
    }

    #[test]
    fn statsd_is_told_labels_as_parts_of_the_name() {
        let timed =
            Event { labels: vec![Label::fixed("op", "set")].into(), ..event("fsm.kvs", Happened::Sampled, 0.035_133) };
        assert_eq!(line(&timed, Dialect::Plain), "consul.fsm.kvs.set:0.035133|ms\n");
        let counted = event("serf.events.consul:new-leader", Happened::Counted, 1.0);
        assert_eq!(line(&counted, Dialect::Plain), "consul.serf.events.consul_new-leader:1.000000|c\n");
        let level = event("runtime.sys_bytes", Happened::Leveled, 4096.0);
        assert_eq!(line(&level, Dialect::Plain), "consul.vm.runtime.sys_bytes:4096.000000|g\n");
    }

    #[test]
    fn datadog_is_told_labels_as_tags_and_no_host() {
        let tags = ["a:b".to_owned(), "c".to_owned()];
        let counted =
            Event { labels: vec![Label::fixed("service", "web")].into(), ..event("q", Happened::Counted, 1.0) };
        assert_eq!(line(&counted, Dialect::Tagged(&tags)), "consul.q:1|c|#a:b,c,service:web\n");
        let level = event("raft.last_index", Happened::Leveled, 1.0);
        assert_eq!(line(&level, Dialect::Tagged(&[])), "consul.raft.last_index:1.000000|g\n");
    }
}
