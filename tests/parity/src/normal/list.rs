//! Lists whose order means nothing, put into one. Knows as much of JSON as it takes to see where elements end.

/// The outermost list and all lists of strings with their elements sorted. Marks are left out of the comparison, for they are not known yet.
pub(super) fn sorted(text: &str) -> String {
    let text = strings_sorted(text);
    let Some(inner) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else { return text };
    let mut elements = elements(inner);
    elements.sort_by_cached_key(|element| without_marks(element));
    format!("[{}]", elements.join(","))
}

/// Lists without lists or objects inside, wherever they are.
fn strings_sorted(text: &str) -> String {
    let mut parts = text.split("[\"");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push('[');
        let Some((inner, rest)) = part.split_once("\"]") else {
            out.extend(["\"", part]);
            continue;
        };
        let whole = format!("\"{inner}\"");
        let mut strings = elements(&whole);
        strings.sort_unstable();
        out.extend([strings.join(",").as_str(), "]", rest]);
    }
    out
}

fn elements(inner: &str) -> Vec<&str> {
    let (mut depth, mut quoted, mut escaped, mut start) = (0_i32, false, false, 0);
    let mut found = Vec::new();
    for (place, letter) in inner.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '[' | '{' => depth += 1,
            ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(&inner[start..place]);
                start = place + 1;
            }
            _ => {}
        }
    }
    if !inner.is_empty() {
        found.push(&inner[start..]);
    }
    found
}

fn without_marks(element: &str) -> String {
    element.split('«').map(|part| part.split_once('»').map_or(part, |(_, rest)| rest)).collect()
}
