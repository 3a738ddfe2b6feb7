//! Kubernetes YAML: read, default, validate, with the path of every mistake.
//!
//! Turns text into objects as the API server of Kubernetes v1.36 would keep them. Knows no file, no store and no running pod:
//! text comes in with a name, mistakes go out with that name, a line, a column and a field path.
//!
//! ```
//! use proconsul_manifest::{Kind, Source, Validation, read};
//!
//! let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndatta: {a: b}\n";
//! let source = Source { name: "settings.yaml".to_owned(), text: text.to_owned() };
//! let mistakes = read(&[source.clone()], Validation::Strict).unwrap_err();
//! assert_eq!(
//!     mistakes[0].to_string(),
//!     "settings.yaml:4:1: ConfigMap \"settings\": strict decoding error: unknown field \"datta\": did you mean \"data\"?"
//! );
//! assert_eq!(read(&[source], Validation::Ignore).unwrap().objects[0].kind, Kind::ConfigMap);
//! ```

mod body;
mod decode;
pub mod default;
pub mod downward;
pub mod expand;
mod kind;
mod mistake;
mod object;
mod path;
pub mod quantity;
mod read;
mod schema;
pub mod selector;
pub mod status;
pub mod validate;
pub mod yaml;

pub use body::body;
pub use kind::Kind;
pub use mistake::{Mistake, Problem};
pub use object::{Object, TypedError};
pub use path::Path;
pub use read::{Read, Source, Validation, read};
