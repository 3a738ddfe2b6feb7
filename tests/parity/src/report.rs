//! Differences for people: the question, and the lines of both answers where they part, bodies indented.

use std::fmt::Write;

use crate::compare::Difference;

/// Unchanged lines shown around a change.
const CONTEXT: usize = 2;

/// Answers longer than this are cut, for a table of all pairs of lines is made.
const LINES_MAX: usize = 600;

/// One difference as text: `-` is how the original answers, `+` is how ours does.
#[must_use]
pub fn told(family: &str, difference: &Difference) -> String {
    let Difference { line, question, original, ours, time } = difference;
    let again = if *time > 1 { format!(" (time {time})") } else { String::new() };
    let mut text = format!("{family}.txt:{line}: {question}{again}\n");
    let lines = changes(&indented(original), &indented(ours));
    let near = |place: usize| {
        let around = lines.iter().skip(place.saturating_sub(CONTEXT)).take(CONTEXT * 2 + 1);
        place < CONTEXT + 1 || around.into_iter().any(|(sign, _)| *sign != ' ')
    };
    let mut shown = true;
    for (place, (sign, line)) in lines.iter().enumerate() {
        match (near(place), shown) {
            (true, _) => drop(writeln!(text, "  {sign} {line}")),
            (false, true) => text.push_str("    …\n"),
            (false, false) => {}
        }
        shown = near(place);
    }
    text
}

/// Bodies in JSON get a line for each field.
fn indented(answer: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for line in answer.lines() {
        match line.strip_prefix("| ").filter(|body| body.starts_with(['[', '{']) && body.len() > 1) {
            Some(body) => lines.extend(json(body)),
            None => lines.push(line.to_owned()),
        }
    }
    lines.truncate(LINES_MAX);
    lines
}

fn json(body: &str) -> Vec<String> {
    let (mut lines, mut line, mut depth) = (Vec::new(), String::new(), 0_usize);
    let (mut quoted, mut escaped) = (false, false);
    let mut letters = body.chars().peekable();
    while let Some(letter) = letters.next() {
        if !quoted && [']', '}'].contains(&letter) && !line.trim().is_empty() && !line.ends_with(['[', '{']) {
            lines.push(std::mem::replace(&mut line, "  ".repeat(depth.saturating_sub(1))));
        }
        line.push(letter);
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '[' | '{' => {
                depth += 1;
                if letters.peek().is_some_and(|next| ![']', '}'].contains(next)) {
                    lines.push(std::mem::replace(&mut line, "  ".repeat(depth)));
                }
            }
            ']' | '}' => depth = depth.saturating_sub(1),
            ',' => lines.push(std::mem::replace(&mut line, "  ".repeat(depth))),
            _ => {}
        }
    }
    lines.push(line);
    lines
}

/// The longest common subsequence, and what is beside it.
fn changes(original: &[String], ours: &[String]) -> Vec<(char, String)> {
    let width = ours.len() + 1;
    let mut common = vec![0_u16; (original.len() + 1) * width];
    for (row, line) in original.iter().enumerate().rev() {
        for (column, other) in ours.iter().enumerate().rev() {
            let below = common[(row + 1) * width + column];
            let right = common[row * width + column + 1];
            let both = common[(row + 1) * width + column + 1] + 1;
            common[row * width + column] = if line == other { both } else { below.max(right) };
        }
    }
    let (mut row, mut column, mut found) = (0, 0, Vec::new());
    while row < original.len() || column < ours.len() {
        if row < original.len() && original.get(row) == ours.get(column) {
            found.push((' ', original[row].clone()));
            (row, column) = (row + 1, column + 1);
        } else if column == ours.len()
            || row < original.len() && common[(row + 1) * width + column] >= common[row * width + column + 1]
        {
            found.push(('-', original[row].clone()));
            row += 1;
        } else {
            found.push(('+', ours[column].clone()));
            column += 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_lines_around_a_change_are_shown() {
        let answer =
            |last: &str| format!("200\na: b\n| {{\"A\":1,\"B\":{{}},\"C\":[1,2],\"D\":\"x,y\",\"E\":{last}}}\n");
        let question = "GET /x".to_owned();
        let difference = Difference { line: 3, question, time: 1, original: answer("null"), ours: answer("[]") };
        let expected = [
            "kv.txt:3: GET /x",
            "    200",
            "    a: b",
            "    {",
            "    …",
            "      ],",
            "      \"D\":\"x,y\",",
            "  -   \"E\":null",
            "  +   \"E\":[]",
            "    }",
            "",
        ];
        assert_eq!(told("kv", &difference), expected.join("\n"));
    }
}
