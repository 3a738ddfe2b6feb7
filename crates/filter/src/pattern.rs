//! Regular expressions of Go's dialect (RE2), compiled in bounded size.
//!
//! The dialects are one but for details: `\d`, `\w`, `\s` and `\b` are ASCII in Go, `\Q..\E` quotes, and a `[` inside of a class
//! stands for itself. A pattern is read once, rewritten where it differs, and refused in Go's words.

mod class;
mod rewrite;

use proconsul_base::limit;
use regex::{Regex, RegexBuilder};

/// Why a text is no regular expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// It is not written as one: what is wrong, and the part of the pattern.
    #[error("error parsing regexp: {0}: `{1}`")]
    Syntax(&'static str, String),
    /// It takes more room than is given.
    #[error("error parsing regexp: expression is too large")]
    TooLarge,
    /// Something that Go knows and this engine does not.
    #[error("error parsing regexp: this part of the syntax is not supported")]
    Unsupported,
}

/// A regular expression that needs no more than a bounded room and time.
pub fn compile(pattern: &str) -> Result<Regex, PatternError> {
    RegexBuilder::new(&rewrite::rewrite(pattern)?)
        .size_limit(limit::FILTER_PATTERN_BYTES)
        .dfa_size_limit(limit::FILTER_PATTERN_BYTES)
        .nest_limit(limit::FILTER_DEPTH as u32)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => PatternError::TooLarge,
            _ => PatternError::Unsupported,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gos_dialect_is_understood() {
        let matches = [
            (r"^f[0-9]$", "f1"),
            (r"\d+", "a1"),
            (r"\Qa.b\E+", "a.bbb"),
            (r"f{,1}", "f{,1}"),
            (r"a}", "a}"),
            (r"a]", "a]"),
            (r"[[]", "["),
            (r"[]a]", "]"),
            (r"[a&&b]", "&"),
            (r"[^\D]", "1"),
            (r"[\w-]+", "-"),
            (r"[[:alpha:]]", "x"),
            (r"(?P<x>f)", "f"),
            (r"(?i)F", "f"),
            (r"(?i:F)x", "fx"),
            (r"(?:a|b)*?c", "abc"),
            (r"\pL", "é"),
            (r"\p{Greek}", "α"),
            (r"\x41\x{42}", "AB"),
            (r"\012", "\n"),
            (r"\/\-", "/-"),
            (r"^*a", "a"),
        ];
        for (pattern, text) in matches {
            assert!(compile(pattern).unwrap().is_match(text), "{pattern}");
        }
        for (pattern, text) in [(r"^\d$", "٣"), (r"^\w$", "é"), (r"[^\s]", " "), (r"\bé", "é")] {
            assert!(!compile(pattern).unwrap().is_match(text), "{pattern}");
        }
    }

    #[test]
    fn mistakes_are_told_in_gos_words() {
        let texts = [
            ("(", "missing closing ): `(`"),
            ("a(b", "missing closing ): `a(b`"),
            ("a)", "unexpected ): `a)`"),
            ("a{1001}", "invalid repeat count: `{1001}`"),
            ("f{2,1}", "invalid repeat count: `{2,1}`"),
            ("*", "missing argument to repetition operator: `*`"),
            ("(*a)", "missing argument to repetition operator: `*`"),
            ("a**", "invalid nested repetition operator: `**`"),
            ("a{2}{3}", "invalid nested repetition operator: `{2}{3}`"),
            ("[z-a]", "invalid character class range: `z-a`"),
            ("[[:foo:]]", "invalid character class range: `[:foo:]`"),
            ("[a", "missing closing ]: `[a`"),
            (r"\", "trailing backslash at end of expression: ``"),
            (r"\y", r"invalid escape sequence: `\y`"),
            ("(?<x>a)", "invalid or unsupported Perl syntax: `(?<`"),
            ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
            ("(?z)", "invalid or unsupported Perl syntax: `(?z`"),
            ("(?P<1 >a)", "invalid named capture: `(?P<1 >`"),
        ];
        for (pattern, told) in texts {
            let error = compile(pattern).unwrap_err().to_string();
            assert_eq!(error, format!("error parsing regexp: {told}"), "{pattern}");
        }
    }

    #[test]
    fn a_pattern_that_grows_is_refused() {
        assert_eq!(compile("((a{100}){100}){100}").unwrap_err(), PatternError::TooLarge);
        assert_eq!(compile(&"(".repeat(10_000)).unwrap_err().to_string().len(), 10_000 + 43);
        assert_eq!(
            compile(&format!("{}{}", "(".repeat(5000), ")".repeat(5000))).unwrap_err(),
            PatternError::Unsupported
        );
    }
}
