//! Text to nodes: documents apart, aliases and merge keys resolved, sizes bounded.

use std::collections::HashMap;

use proconsul_base::limit;
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};

use super::{Content, Entry, Mark, Node, scalar};

/// Why a document is no YAML that Kubernetes takes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("yaml: line {}: {reason}", mark.line)]
pub struct SyntaxError {
    /// Where it was noticed.
    pub mark: Mark,
    /// In the reader's words.
    pub reason: String,
}

/// All documents of a text; empty ones are left out. A broken document does not hide the others: they are split at lines that
/// begin with `---`, as Kubernetes does, before any of them is read.
pub fn load(text: &str) -> Vec<Result<Node, SyntaxError>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut documents = Vec::new();
    let mut start = (0, 0);
    let mut offset = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        if line.starts_with("---") && offset > start.0 {
            documents.push((&text[start.0..offset], start.1));
            start = (offset, number);
        }
        offset += line.len();
    }
    documents.push((&text[start.0..], start.1));
    documents.into_iter().flat_map(|(text, lines_before)| Loader::new(text, lines_before).documents()).collect()
}

struct Loader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    lines_before: usize,
    anchors: HashMap<usize, Node>,
    nodes: usize,
}

impl<'a> Loader<'a> {
    fn new(text: &'a str, lines_before: usize) -> Self {
        Self { parser: Parser::new_from_str(text), lines_before, anchors: HashMap::new(), nodes: 0 }
    }

    /// Normally one; more when documents end with `...`.
    fn documents(mut self) -> Vec<Result<Node, SyntaxError>> {
        let mut found = Vec::new();
        loop {
            match self.event() {
                Ok(None | Some((Event::StreamEnd, _))) => return found,
                Ok(Some((Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing, _))) => {}
                Ok(Some((event, span))) => match self.node(event, span, 0) {
                    Ok(Node { content: Content::Null, .. }) => {}
                    Ok(node) => found.push(Ok(node)),
                    Err(error) => {
                        found.push(Err(error));
                        return found;
                    }
                },
                Err(error) => {
                    found.push(Err(error));
                    return found;
                }
            }
        }
    }

    fn event(&mut self) -> Result<Option<(Event<'a>, Span)>, SyntaxError> {
        self.parser.next_event().transpose().map_err(|error: ScanError| SyntaxError {
            mark: Mark { line: error.marker().line() + self.lines_before, column: error.marker().col() + 1 },
            reason: error.info().to_owned(),
        })
    }

    fn next(&mut self, before: Mark) -> Result<(Event<'a>, Span), SyntaxError> {
        self.event()?.ok_or_else(|| SyntaxError { mark: before, reason: "the text ends within a value".to_owned() })
    }

    fn mark(&self, span: Span) -> Mark {
        Mark { line: span.start.line() + self.lines_before, column: span.start.col() + 1 }
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node, SyntaxError> {
        let mark = self.mark(span);
        self.nodes += 1;
        if depth > limit::MANIFEST_DEPTH {
            return Err(SyntaxError { mark, reason: format!("nested deeper than {}", limit::MANIFEST_DEPTH) });
        }
        let (anchor, content) = match event {
            Event::Scalar(text, style, anchor, tag) => (anchor, scalar_content(&text, style, tag.as_deref(), mark)?),
            Event::SequenceStart(anchor, _) => (anchor, self.list(mark, depth)?),
            Event::MappingStart(anchor, _) => (anchor, self.mapping(mark, depth)?),
            Event::Alias(anchor) => {
                let node = self.anchors.get(&anchor).cloned();
                let node = node.ok_or_else(|| SyntaxError { mark, reason: "an anchor contains itself".to_owned() })?;
                self.nodes += count(&node);
                (0, node.content)
            }
            other => return Err(SyntaxError { mark, reason: format!("a value is expected, found {other:?}") }),
        };
        if self.nodes > limit::MANIFEST_NODES {
            let reason = format!("more than {} values, aliases counted where they are used", limit::MANIFEST_NODES);
            return Err(SyntaxError { mark, reason });
        }
        let node = Node { mark, content };
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn list(&mut self, mark: Mark, depth: usize) -> Result<Content, SyntaxError> {
        let mut items = Vec::new();
        loop {
            match self.next(mark)? {
                (Event::SequenceEnd, _) => return Ok(Content::List(items)),
                (event, span) => items.push(self.node(event, span, depth + 1)?),
            }
        }
    }

    fn mapping(&mut self, mark: Mark, depth: usize) -> Result<Content, SyntaxError> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut merged: Vec<Entry> = Vec::new();
        loop {
            let (event, span) = match self.next(mark)? {
                (Event::MappingEnd, _) => break,
                other => other,
            };
            let is_merge = matches!(&event, Event::Scalar(text, ScalarStyle::Plain, _, None) if text == "<<");
            let key = self.node(event, span, depth + 1)?;
            let (event, span) = self.next(mark)?;
            let value = self.node(event, span, depth + 1)?;
            if is_merge {
                merge(value, &mut merged)?;
            } else {
                entries.push(Entry { mark: key.mark, key: key_text(&key)?, value });
            }
        }
        merged.retain(|entry| !entries.iter().any(|own| own.key == entry.key));
        entries.extend(merged);
        Ok(Content::Mapping(entries))
    }
}

/// What `<<` brings in: a mapping, or a list of mappings of which the first with a key wins.
fn merge(value: Node, into: &mut Vec<Entry>) -> Result<(), SyntaxError> {
    match value.content {
        Content::Mapping(entries) => {
            for entry in entries {
                if !into.iter().any(|known| known.key == entry.key) {
                    into.push(entry);
                }
            }
            Ok(())
        }
        Content::List(items) if items.iter().all(|item| matches!(item.content, Content::Mapping(_))) => {
            items.into_iter().try_for_each(|item| merge(item, into))
        }
        _ => Err(SyntaxError {
            mark: value.mark,
            reason: "map merge requires map or sequence of maps as the value".to_owned(),
        }),
    }
}

fn key_text(key: &Node) -> Result<String, SyntaxError> {
    match &key.content {
        Content::Text(text) => Ok(text.clone()),
        Content::Bool(value) => Ok(value.to_string()),
        Content::Number(value) => Ok(value.to_string()),
        Content::Null | Content::List(_) | Content::Mapping(_) => {
            Err(SyntaxError { mark: key.mark, reason: "a key must be a text, a number or a boolean".to_owned() })
        }
    }
}

fn scalar_content(text: &str, style: ScalarStyle, tag: Option<&Tag>, mark: Mark) -> Result<Content, SyntaxError> {
    let unfit = |reason: String| SyntaxError { mark, reason };
    let core = tag.filter(|tag| tag.is_yaml_core_schema()).map(|tag| tag.suffix.as_str());
    match core {
        Some("str") => return Ok(Content::Text(text.to_owned())),
        Some("binary") => {
            return Err(unfit("!!binary is not taken here: use the binaryData or data of the kind".to_owned()));
        }
        _ => {}
    }
    let is_text = style != ScalarStyle::Plain || tag.is_some_and(|tag| !tag.is_yaml_core_schema());
    if is_text && core.is_none() {
        return Ok(Content::Text(text.to_owned()));
    }
    let content = scalar::plain(text).ok_or_else(|| unfit(format!("json: unsupported value: {text}")))?;
    let fits = match core {
        None => true,
        Some("null") => content == Content::Null,
        Some("bool") => matches!(content, Content::Bool(_)),
        Some("int" | "float") => matches!(content, Content::Number(_)),
        Some(_) => false,
    };
    if fits { Ok(content) } else { Err(unfit(format!("cannot decode `{text}` as a !!{}", core.unwrap_or_default()))) }
}

fn count(node: &Node) -> usize {
    1 + match &node.content {
        Content::List(items) => items.iter().map(count).sum(),
        Content::Mapping(entries) => entries.iter().map(|entry| 1 + count(&entry.value)).sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests;
