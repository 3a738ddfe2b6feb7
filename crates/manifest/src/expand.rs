//! `$(VAR)` in commands, arguments, variables and `subPathExpr`.

/// Replaces `$(NAME)` by what `lookup` gives. A name it does not give stays as written, `$$` is a dollar sign, so `$$(NAME)`
/// is the literal `$(NAME)`; any other use of `$` is untouched.
pub fn expand(text: &str, mut lookup: impl FnMut(&str) -> Option<String>) -> String {
    let mut expanded = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => expanded.push_str(text),
            Piece::Name { name, written } => match lookup(name) {
                Some(value) => expanded.push_str(&value),
                None => expanded.push_str(written),
            },
        }
    }
    expanded
}

/// As [`expand`], but a name that is not given is an error, as for `subPathExpr`.
///
/// # Errors
/// The names `lookup` does not give.
pub fn expand_all(text: &str, mut lookup: impl FnMut(&str) -> Option<String>) -> Result<String, Vec<String>> {
    let mut missing = Vec::new();
    let expanded = expand(text, |name| {
        let value = lookup(name);
        if value.is_none() {
            missing.push(name.to_owned());
        }
        value
    });
    if missing.is_empty() { Ok(expanded) } else { Err(missing) }
}

enum Piece<'a> {
    Text(&'a str),
    Name { name: &'a str, written: &'a str },
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, dollar) = rest.split_at(at);
        found.push(Piece::Text(before));
        let used = match dollar.as_bytes().get(1) {
            Some(b'$') => {
                found.push(Piece::Text("$"));
                2
            }
            Some(b'(') => match dollar.find(')') {
                Some(end) => {
                    found.push(Piece::Name { name: &dollar[2..end], written: &dollar[..=end] });
                    end + 1
                }
                None => {
                    found.push(Piece::Text("$("));
                    2
                }
            },
            _ => {
                found.push(Piece::Text("$"));
                1
            }
        };
        rest = &dollar[used..];
    }
    found.push(Piece::Text(rest));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(name: &str) -> Option<String> {
        (name == "A").then(|| "a".to_owned())
    }

    #[test]
    fn names_are_replaced_and_everything_else_stays() {
        for (text, expanded) in [
            ("-x=$(A)/$(A)", "-x=a/a"),
            ("$(B)", "$(B)"),
            ("$$(A)", "$(A)"),
            ("$$$(A)", "$a"),
            ("$A $", "$A $"),
            ("$(A", "$(A"),
            ("", ""),
            ("$()", "$()"),
        ] {
            assert_eq!(expand(text, lookup), expanded, "{text}");
        }
    }

    #[test]
    fn a_sub_path_needs_all_its_names() {
        assert_eq!(expand_all("data/$(A)", lookup), Ok("data/a".to_owned()));
        assert_eq!(expand_all("$(B)/$(A)/$(C)", lookup), Err(vec!["B".to_owned(), "C".to_owned()]));
    }
}
