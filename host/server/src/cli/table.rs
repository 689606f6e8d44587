//! Columns for people.

/// Prints rows under a heading, columns as wide as they need to be.
pub(crate) fn print(heading: &[&str], rows: &[Vec<String>]) {
    print!("{}", render(heading, rows));
}

/// The same as text. A message of several lines becomes one: a row is a line, also for `grep`.
pub(crate) fn render(heading: &[&str], rows: &[Vec<String>]) -> String {
    let on_one_line = |cell: &String| cell.split_whitespace().collect::<Vec<_>>().join(" ");
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| row.iter().map(on_one_line).collect())
        .collect();
    let heading: Vec<String> = heading.iter().map(|name| name.to_uppercase()).collect();
    let mut widths: Vec<usize> = heading.iter().map(|cell| cell.chars().count()).collect();
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in std::iter::once(&heading).chain(&rows) {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [
            vec!["a".to_owned(), "1".to_owned()],
            vec!["longer".to_owned(), "2".to_owned()],
        ];
        assert_eq!(render(&["name", "n"], &rows), "NAME    N\na       1\nlonger  2\n");
    }

    #[test]
    fn a_row_is_one_line() {
        let rows = [vec!["expected=[\n    0x0,\n]".to_owned()]];
        assert_eq!(render(&["note"], &rows), "NOTE\nexpected=[ 0x0, ]\n");
    }
}
