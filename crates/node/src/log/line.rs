//! One event as one line: Consul's text layout, or JSON with the same names.

use std::fmt::{self, Write};
use std::sync::Arc;
use std::time::SystemTime;

use proconsul_agent::config::LogLevel;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::{Context, Layer};

use super::room::Room;
use super::writer::Queue;
use proconsul_base::text::stamp;

/// Turns events into lines and puts them into the queue of the writer.
pub(super) struct Lines {
    room: Arc<Room>,
    json: bool,
    queue: Queue,
}

impl Lines {
    pub(super) fn new(room: Arc<Room>, json: bool, queue: Queue) -> Self {
        Self { room, json, queue }
    }
}

/// The same level in the words of the configuration.
fn level(level: Level) -> LogLevel {
    match level {
        Level::TRACE => LogLevel::Trace,
        Level::DEBUG => LogLevel::Debug,
        Level::INFO => LogLevel::Info,
        Level::WARN => LogLevel::Warn,
        Level::ERROR => LogLevel::Error,
    }
}

impl<S: Subscriber> Layer<S> for Lines {
    /// Libraries are only heard when something is wrong; their steps mean nothing to an operator.
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        let own = metadata.target().starts_with("agent") || metadata.target().starts_with("proconsul");
        self.room.hears(level(*metadata.level())) && (own || *metadata.level() <= Level::WARN)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        let levels = [LevelFilter::TRACE, LevelFilter::DEBUG, LevelFilter::INFO, LevelFilter::WARN, LevelFilter::ERROR];
        let hears = |filter: &LevelFilter| filter.into_level().is_some_and(|of| self.room.hears(level(of)));
        levels.into_iter().find(hears)
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let target = event.metadata().target().replace("::", ".");
        let (now, importance) = (SystemTime::now(), *event.metadata().level());
        let mut line = |as_json: bool| {
            if as_json { json(now, importance, &target, &mut fields) } else { text(now, importance, &target, &fields) }
        };
        let importance = level(importance);
        self.room.each(|listener| {
            if importance >= listener.level {
                listener.hear(&line(listener.json));
            }
        });
        if self.room.writes(importance) {
            self.queue.put(line(self.json));
        }
    }
}

/// The message of an event and its other fields, in their order.
#[derive(Default)]
struct Fields {
    message: String,
    others: Vec<(&'static str, Value)>,
}

/// A field's value: text, or a number or truth that JSON writes without quotes.
enum Value {
    Text(String),
    Bare(String),
}

impl Fields {
    fn add(&mut self, field: &Field, value: Value) {
        match value {
            Value::Text(text) | Value::Bare(text) if field.name() == "message" => self.message = text,
            value => self.others.push((field.name(), value)),
        }
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, Value::Text(format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, Value::Text(value.to_owned()));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.add(field, Value::Text(value.to_string()));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, Value::Bare(value.to_string()));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, Value::Bare(value.to_string()));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, Value::Bare(value.to_string()));
    }
}

/// `2026-11-23T14:00:00.000Z [INFO]  agent.server: message: key=value`
fn text(now: SystemTime, level: Level, target: &str, fields: &Fields) -> String {
    let tag = format!("[{level}]");
    let mut line = format!("{} {tag:<7} {target}: ", stamp::utc(now, 3));
    push_on_one_line(&mut line, &fields.message);
    for (place, (name, value)) in fields.others.iter().enumerate() {
        let before = if place == 0 { ": " } else { " " };
        let (Value::Text(value) | Value::Bare(value)) = value;
        let _ = write!(line, "{before}{name}=");
        if value.contains(|character: char| character.is_whitespace() || character.is_control()) {
            push_quoted(&mut line, value);
        } else {
            line.push_str(value);
        }
    }
    line
}

/// What a listener is told who was too slow.
pub(super) fn lost(count: u64, as_json: bool) -> String {
    let message = format!("{count} lines of the log are lost here: they are read more slowly than they are written");
    let mut fields = Fields { message, others: Vec::new() };
    let (now, target) = (SystemTime::now(), "agent.monitor");
    if as_json { json(now, Level::WARN, target, &mut fields) } else { text(now, Level::WARN, target, &fields) }
}

/// The names and order of Consul's JSON lines: `@level`, `@message`, `@module`, `@timestamp`, then the fields by name.
fn json(now: SystemTime, level: Level, target: &str, fields: &mut Fields) -> String {
    fields.others.sort_by_key(|(name, _)| *name);
    let level = level.to_string().to_lowercase();
    let stamp = stamp::utc(now, 6);
    let mut line = String::from("{");
    let own =
        [("@level", &level), ("@message", &fields.message), ("@module", &target.to_owned()), ("@timestamp", &stamp)];
    for (name, value) in own {
        let _ = write!(line, "\"{name}\":");
        push_quoted(&mut line, value);
        line.push(',');
    }
    for (name, value) in &fields.others {
        let _ = write!(line, "\"{name}\":");
        match value {
            Value::Bare(value) => line.push_str(value),
            Value::Text(value) => push_quoted(&mut line, value),
        }
        line.push(',');
    }
    line.pop();
    line.push('}');
    line
}

/// A line stays a line: nobody can forge a second one through a value.
fn push_on_one_line(line: &mut String, text: &str) {
    for character in text.chars() {
        if character.is_control() {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
}

/// Quoted as a JSON string, which is also how Go quotes what occurs here.
fn push_quoted(line: &mut String, text: &str) {
    line.push('"');
    for character in text.chars() {
        match character {
            '"' => line.push_str("\\\""),
            '\\' => line.push_str("\\\\"),
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            '\t' => line.push_str("\\t"),
            character if character.is_control() => {
                let _ = write!(line, "\\u{:04x}", u32::from(character));
            }
            character => line.push(character),
        }
    }
    line.push('"');
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    fn fields(message: &str) -> Fields {
        let text = |text: &str| Value::Text(text.to_owned());
        let others = vec![("node", text("a b")), ("leader", text("")), ("bytes", Value::Bare("3".to_owned()))];
        Fields { message: message.to_owned(), others }
    }

    fn now() -> SystemTime {
        UNIX_EPOCH + Duration::from_nanos(1_795_445_663_732_743_393)
    }

    #[test]
    fn a_text_line_has_consuls_layout() {
        let line = text(now(), Level::INFO, "agent.server", &fields("New leader elected"));
        assert_eq!(
            line,
            "2026-11-23T14:54:23.732Z [INFO]  agent.server: New leader elected: node=\"a b\" leader= bytes=3"
        );
        let bare = Fields { message: "cluster leadership acquired".to_owned(), others: Vec::new() };
        let line = text(now(), Level::ERROR, "agent", &bare);
        assert_eq!(line, "2026-11-23T14:54:23.732Z [ERROR] agent: cluster leadership acquired");
    }

    #[test]
    fn a_json_line_has_consuls_names_and_sorted_fields() {
        let line = json(now(), Level::WARN, "agent.server", &mut fields("say \"no\"\n"));
        let expected = "{\"@level\":\"warn\",\"@message\":\"say \\\"no\\\"\\n\",\"@module\":\"agent.server\",\
                        \"@timestamp\":\"2026-11-23T14:54:23.732743Z\",\"bytes\":3,\"leader\":\"\",\"node\":\"a b\"}";
        assert_eq!(line, expected);
    }

    #[test]
    fn a_value_cannot_forge_a_second_line() {
        let mut forged =
            Fields { message: "a\nb".to_owned(), others: vec![("k", Value::Text("c\n2026 [INFO]".to_owned()))] };
        assert!(!text(now(), Level::INFO, "agent", &forged).contains('\n'));
        assert!(!json(now(), Level::INFO, "agent", &mut forged).contains('\n'));
    }
}
