//! Several mistakes told at once, as HashiCorp's `go-multierror` lists them.

use std::fmt::Display;

/// `2 errors occurred:` and a line for each, an empty line behind them.
pub fn list<T: Display>(mistakes: &[T]) -> String {
    let head = match mistakes.len() {
        1 => "1 error occurred:".to_owned(),
        several => format!("{several} errors occurred:"),
    };
    let lines: Vec<String> = mistakes.iter().map(|mistake| format!("\n\t* {mistake}")).collect();
    format!("{head}{}\n\n", lines.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mistake_has_a_line() {
        assert_eq!(list(&["a"]), "1 error occurred:\n\t* a\n\n");
        assert_eq!(list(&["a", "b"]), "2 errors occurred:\n\t* a\n\t* b\n\n");
    }
}
