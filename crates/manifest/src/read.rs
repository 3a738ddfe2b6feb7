//! Texts to objects: all of them, or every mistake of all of them.

use std::collections::BTreeMap;

use proconsul_base::limit;

use crate::decode::{Decoded, decode};
use crate::yaml::{Content, Mark, Node};
use crate::{Kind, Mistake, Object, Path, Problem, default, validate, yaml};

/// A text with the name it is called by in messages, normally the path of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// How messages call it.
    pub name: String,
    /// What it holds.
    pub text: String,
}

/// What happens to unknown and duplicate fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Validation {
    /// They are mistakes.
    #[default]
    Strict,
    /// They are dropped with a warning.
    Warn,
    /// They are dropped.
    Ignore,
}

/// A set of sources without mistakes.
#[derive(Clone, Debug, Default)]
pub struct Read {
    /// The objects, in the order of the texts, as written and without defaults.
    pub objects: Vec<Object>,
    /// What was dropped under [`Validation::Warn`].
    pub warnings: Vec<Mistake>,
}

/// Reads all documents of all sources, JSON or YAML, `kind: List` included, and checks them as the API server would on create.
///
/// # Errors
/// Every mistake of every source, in their order; nothing of the set is returned then.
pub fn read(sources: &[Source], validation: Validation) -> Result<Read, Vec<Mistake>> {
    let mut reader = Reader { validation, read: Read::default(), mistakes: Vec::new() };
    for source in sources {
        reader.source(source);
    }
    reader.repeated();
    if reader.mistakes.is_empty() { Ok(reader.read) } else { Err(reader.mistakes) }
}

struct Reader {
    validation: Validation,
    read: Read,
    mistakes: Vec<Mistake>,
}

impl Reader {
    fn source(&mut self, source: &Source) {
        let (bytes, limit) = (source.text.len(), limit::MANIFEST_BYTES);
        if bytes > limit {
            self.mistake(source, Mark { line: 1, column: 1 }, None, Problem::TooLarge { bytes, limit });
            return;
        }
        for document in yaml::load(&source.text) {
            match document {
                Ok(node) => self.document(source, &node),
                Err(error) => self.mistake(source, error.mark, None, Problem::Syntax(error.to_string())),
            }
        }
    }

    fn document(&mut self, source: &Source, node: &Node) {
        let is_list =
            node.get("kind").and_then(Node::text).is_some_and(|kind| kind == "List" || kind.ends_with("List"));
        if let (true, Some(Content::List(items))) = (is_list, node.get("items").map(|items| &items.content)) {
            for item in items {
                self.document(source, item);
            }
            return;
        }
        match kind_of(node) {
            Ok(kind) => self.object(source, node, kind),
            Err(problem) => {
                let mark = node.get("kind").map_or(node.mark, |kind| kind.mark);
                self.mistake(source, mark, None, problem);
            }
        }
    }

    fn object(&mut self, source: &Source, node: &Node, kind: Kind) {
        let Decoded { value, marks, problems } = decode(node, kind);
        let object = Object { kind, value, file: source.name.clone(), line: node.mark.line, marks };
        let (lenient, hard): (Vec<_>, Vec<_>) =
            problems.into_iter().partition(|(_, problem)| !problem.strict_texts().is_empty());
        let title = title(&object);
        // What has the wrong type is not there to be checked.
        let broken = if hard.is_empty() { check(source, &object, title.as_deref()) } else { Vec::new() };
        let is_misplaced = |problem: &Problem| matches!(problem, Problem::Misplaced { .. });
        // What stands in the wrong place is missing in the right one: the cause is told, whatever the validation, and not its effects.
        let is_cause = lenient.iter().any(|(_, problem)| is_misplaced(problem));
        let is_fatal = !broken.is_empty();
        for (mark, problem) in lenient {
            match self.validation {
                _ if is_fatal && is_misplaced(&problem) => self.mistake(source, mark, title.clone(), problem),
                Validation::Strict => self.mistake(source, mark, title.clone(), problem),
                Validation::Warn => self.read.warnings.push(mistake(source, mark, title.clone(), problem)),
                Validation::Ignore => {}
            }
        }
        for (mark, problem) in hard {
            self.mistake(source, mark, title.clone(), problem);
        }
        if !is_cause {
            self.mistakes.extend(broken);
        }
        self.read.objects.push(object);
    }

    /// The same object twice in one set would silently overwrite itself.
    fn repeated(&mut self) {
        let mut seen: BTreeMap<(Kind, String, String), (String, usize)> = BTreeMap::new();
        for object in &self.read.objects {
            if object.name().is_empty() {
                continue;
            }
            let key = (object.kind, object.namespace().unwrap_or_default().to_owned(), object.name().to_owned());
            if let Some((file, line)) = seen.get(&key) {
                let problem = Problem::Repeated { file: file.clone(), line: *line };
                let (line, column) = object.place(&Path::from("metadata.name"));
                self.mistakes.push(Mistake { file: object.file.clone(), line, column, object: title(object), problem });
            } else {
                seen.insert(key, (object.file.clone(), object.line));
            }
        }
    }

    fn mistake(&mut self, source: &Source, mark: Mark, object: Option<String>, problem: Problem) {
        self.mistakes.push(mistake(source, mark, object, problem));
    }
}

/// What the API server would refuse.
fn check(source: &Source, object: &Object, title: Option<&str>) -> Vec<Mistake> {
    let mut filled = object.value.clone();
    default::fill(&mut filled, object.kind);
    let errors = validate::create(object.kind, &filled).into_iter();
    errors
        .map(|error| {
            let (line, column) = object.place(&Path::from(error.field.as_str()));
            mistake(source, Mark { line, column }, title.map(str::to_owned), error.into())
        })
        .collect()
}

fn mistake(source: &Source, mark: Mark, object: Option<String>, problem: Problem) -> Mistake {
    Mistake { file: source.name.clone(), line: mark.line, column: mark.column, object, problem }
}

/// As messages call an object: `StatefulSet "web"`.
fn title(object: &Object) -> Option<String> {
    Some(match object.name() {
        "" => object.kind.to_string(),
        name => format!("{} {name:?}", object.kind),
    })
}

fn kind_of(node: &Node) -> Result<Kind, Problem> {
    let form = match &node.content {
        Content::Mapping(_) => None,
        Content::List(_) => Some("a list"),
        Content::Null | Content::Bool(_) | Content::Number(_) | Content::Text(_) => Some("a single value"),
    };
    if let Some(form) = form {
        return Err(Problem::NoObject(form));
    }
    let text = |key: &'static str| {
        let found = node.get(key).and_then(Node::text).filter(|text| !text.is_empty());
        found.ok_or(Problem::NoType(if key == "kind" { "Kind" } else { "apiVersion" }))
    };
    let (kind, api_version) = (text("kind")?, text("apiVersion")?);
    if let Some(served) = Kind::from_api(api_version, kind) {
        return Ok(served);
    }
    Err(match Kind::from_name(kind) {
        Some(kind) => Problem::Version { kind, api_version: api_version.to_owned() },
        None => Problem::Unserved { kind: kind.to_owned(), api_version: api_version.to_owned() },
    })
}
