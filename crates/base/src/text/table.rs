//! Tables for people: left-aligned columns, padded to the widest cell.

/// Lines of a table whose columns stand `gap` spaces apart; no space after the last column. Ends with a newline unless empty.
pub fn columns<R: AsRef<[String]>>(rows: &[R], gap: usize) -> String {
    let count = rows.iter().map(|row| row.as_ref().len()).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.as_ref().get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..count).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let row = row.as_ref();
        for (column, cell) in row.iter().enumerate() {
            text.push_str(cell);
            if column + 1 < row.len() {
                text.extend(std::iter::repeat_n(' ', widths[column] - cell.chars().count() + gap));
            }
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other() {
        let rows = [vec!["Node".to_owned(), "Status".to_owned()], vec!["server-1".to_owned(), "alive".to_owned()]];
        assert_eq!(columns(&rows, 2), "Node      Status\nserver-1  alive\n");
    }
}
