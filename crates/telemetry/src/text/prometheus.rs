//! The text form of Prometheus, version 0.0.4.

use std::fmt::Write;

use crate::label::Label;

/// A series as Prometheus sees it: everything since the start.
#[derive(Clone, Debug, PartialEq)]
pub struct Exposed {
    /// The full name, with dots.
    pub name: String,
    /// What tells it from others of its name.
    pub labels: Vec<Label>,
    /// What it has come to.
    pub shown: Shown,
}

/// What a series has come to.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    /// A level.
    Gauge(f64),
    /// A sum that only grows.
    Counter(f64),
    /// Many values.
    Summary {
        /// Shares of the recent values, and the value that lies above each; `None` when there are none.
        quantiles: [(f64, Option<f64>); 3],
        /// What all values add up to.
        sum: f64,
        /// How many there are.
        count: u64,
    },
}

impl Shown {
    fn kind(&self) -> &'static str {
        match self {
            Self::Gauge(_) => "gauge",
            Self::Counter(_) => "counter",
            Self::Summary { .. } => "summary",
        }
    }
}

/// The text of all series, in the order of their names.
pub fn text(mut series: Vec<Exposed>) -> String {
    for one in &mut series {
        one.name = one.name.replace([' ', '.', '=', '-', '/'], "_");
    }
    series.sort_by(|one, other| (&one.name, &one.labels).cmp(&(&other.name, &other.labels)));
    let mut text = String::new();
    let mut before = None;
    for one in &series {
        if before != Some(&one.name) {
            let (name, kind) = (&one.name, one.shown.kind());
            let _ = write!(text, "# HELP {name} {name}\n# TYPE {name} {kind}\n");
            before = Some(&one.name);
        }
        push(&mut text, one);
    }
    text
}

fn push(text: &mut String, series: &Exposed) {
    let (name, labels) = (&series.name, &series.labels[..]);
    match &series.shown {
        Shown::Gauge(value) | Shown::Counter(value) => line(text, name, "", labels, None, *value),
        Shown::Summary { quantiles, sum, count } => {
            for (share, value) in quantiles {
                line(text, name, "", labels, Some(*share), value.unwrap_or(f64::NAN));
            }
            line(text, name, "_sum", labels, None, *sum);
            line(text, name, "_count", labels, None, *count as f64);
        }
    }
}

fn line(text: &mut String, name: &str, ending: &str, labels: &[Label], share: Option<f64>, value: f64) {
    let _ = write!(text, "{name}{ending}");
    let share = share.map(|share| ("quantile", share.to_string()));
    let own = labels.iter().map(|label| (&*label.name, escaped(&label.value)));
    let mut opening = '{';
    for (label, value) in own.chain(share) {
        let _ = write!(text, "{opening}{label}=\"{value}\"");
        opening = ',';
    }
    if opening == ',' {
        text.push('}');
    }
    text.push(' ');
    number(text, value);
    text.push('\n');
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('\n', "\\n").replace('"', "\\\"")
}

/// As Go writes the shortest form: an exponent of at least two digits for what is large or small.
fn number(text: &mut String, value: f64) {
    let size = value.abs();
    if value.is_nan() {
        text.push_str("NaN");
    } else if value.is_infinite() {
        text.push_str(if value > 0.0 { "+Inf" } else { "-Inf" });
    } else if size != 0.0 && !(1e-4..1e6).contains(&size) {
        let form = format!("{value:e}");
        let (digits, exponent) = form.split_once('e').unwrap_or((&form, "0"));
        let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
        let _ = write!(text, "{digits}e{sign}{exponent:0>2}");
    } else {
        let _ = write!(text, "{value}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_have_consuls_form() {
        let series = vec![
            Exposed {
                name: "consul.fsm.kvs".to_owned(),
                labels: vec![Label::fixed("op", "set")],
                shown: Shown::Summary {
                    quantiles: [(0.5, Some(0.25)), (0.9, Some(1.5)), (0.99, None)],
                    sum: 7.5,
                    count: 3,
                },
            },
            Exposed { name: "consul.a-b/c".to_owned(), labels: Vec::new(), shown: Shown::Gauge(8_218_624.0) },
            Exposed {
                name: "consul.query".to_owned(),
                labels: vec![Label::fixed("service", "we\"b")],
                shown: Shown::Counter(2.0),
            },
            Exposed {
                name: "consul.query".to_owned(),
                labels: vec![Label::fixed("service", "api")],
                shown: Shown::Counter(1.0),
            },
        ];
        assert_eq!(
            text(series),
            "# HELP consul_a_b_c consul_a_b_c\n# TYPE consul_a_b_c gauge\nconsul_a_b_c 8.218624e+06\n\
             # HELP consul_fsm_kvs consul_fsm_kvs\n# TYPE consul_fsm_kvs summary\n\
             consul_fsm_kvs{op=\"set\",quantile=\"0.5\"} 0.25\nconsul_fsm_kvs{op=\"set\",quantile=\"0.9\"} 1.5\n\
             consul_fsm_kvs{op=\"set\",quantile=\"0.99\"} NaN\nconsul_fsm_kvs_sum{op=\"set\"} 7.5\n\
             consul_fsm_kvs_count{op=\"set\"} 3\n\
             # HELP consul_query consul_query\n# TYPE consul_query counter\n\
             consul_query{service=\"api\"} 1\nconsul_query{service=\"we\\\"b\"} 2\n"
        );
    }

    #[test]
    fn numbers_have_gos_form() {
        for (value, form) in [
            (0.0, "0"),
            (304_356.0, "304356"),
            (74_793_984.0, "7.4793984e+07"),
            (0.000_033_485, "3.3485e-05"),
            (0.5, "0.5"),
            (f64::INFINITY, "+Inf"),
        ] {
            let mut text = String::new();
            number(&mut text, value);
            assert_eq!(text, form);
        }
    }
}
