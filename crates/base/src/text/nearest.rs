//! The known name nearest to a mistyped one, for messages that help.

/// The candidate within a third of the word's length (at least 2) in edit steps, the nearest first; `None` when all are far.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let reach = (word.chars().count() / 3).max(2);
    candidates
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|&(steps, _)| steps <= reach)
        .min_by_key(|&(steps, _)| steps)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance: insertions, removals and replacements of one character.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, a) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, &b) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_mistake_finds_its_name() {
        let known = ["bootstrap-expect", "bind", "client"];
        assert_eq!(nearest("bootstrap-expct", known), Some("bootstrap-expect"));
        assert_eq!(nearest("bnid", known), Some("bind"));
        assert_eq!(nearest("telemetry", known), None);
    }
}
