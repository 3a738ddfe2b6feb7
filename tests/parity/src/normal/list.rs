//! Lists whose order means nothing, put into one. Knows as much of JSON as it takes to see where elements end.

/// The list in this field, or the outermost one, and all lists of strings with their elements sorted. Marks are left out of the comparison,
/// for they are not known yet.
pub(super) fn sorted(text: &str, field: &str) -> String {
    let text = strings_sorted(text);
    let key = if field.is_empty() { "[".to_owned() } else { format!("\"{field}\":[") };
    let found = if field.is_empty() { text.strip_prefix(&key).map(|rest| ("", rest)) } else { text.split_once(&key) };
    let Some((before, rest)) = found else { return text };
    let end = end(rest);
    let mut elements = elements(&rest[..end]);
    elements.sort_by_cached_key(|element| without_marks(element));
    format!("{before}{key}{}{}", elements.join(","), &rest[end..])
}

/// The value of a field of the outermost object, which is written without space; the whole text when there is no such field.
pub(super) fn value<'t>(text: &'t str, field: &str) -> &'t str {
    let key = format!("\"{field}\":");
    let found = text.strip_prefix('{').and_then(|inner| {
        let fields = elements(&inner[..end(inner)]);
        fields.into_iter().find_map(|pair| pair.strip_prefix(&key))
    });
    found.unwrap_or(text)
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
    let mut start = 0;
    let mut found = Vec::new();
    for (place, letter) in outside(inner) {
        if letter == ',' {
            found.push(&inner[start..place]);
            start = place + 1;
        }
    }
    if !inner.is_empty() {
        found.push(&inner[start..]);
    }
    found
}

/// Where the bracket is that closes what was opened before this text.
fn end(text: &str) -> usize {
    outside(text).find(|(_, letter)| matches!(letter, ']' | '}')).map_or(text.len(), |(place, _)| place)
}

/// The letters that are neither in a string nor inside brackets that this text opens.
fn outside(text: &str) -> impl Iterator<Item = (usize, char)> {
    let (mut depth, mut quoted, mut escaped) = (0_i32, false, false);
    text.char_indices().filter(move |(_, letter)| {
        let before = depth;
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '[' | '{' => depth += 1,
            ']' | '}' => depth -= 1,
            _ => return depth == 0,
        }
        before == 0 && depth < 0
    })
}

fn without_marks(element: &str) -> String {
    element.split('«').map(|part| part.split_once('»').map_or(part, |(_, rest)| rest)).collect()
}
