//! Tables for people: columns as wide as what is in them.

/// Rows under a heading, each cell on one line. Control characters are shown, not obeyed: what is in a file must not steer
/// a terminal.
pub(crate) fn render<const N: usize>(heading: [&str; N], rows: &[[String; N]]) -> String {
    let rows: Vec<[String; N]> = rows.iter().map(|row| row.each_ref().map(|cell| visible(cell))).collect();
    let mut widths = heading.map(|cell| cell.chars().count());
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: &[String; N]| {
        let cells: Vec<_> = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    std::iter::once(&heading.map(str::to_owned)).chain(&rows).map(line).collect()
}

/// A text on one line, with its control characters escaped.
pub(crate) fn visible(text: &str) -> String {
    let show = |c: char| if c.is_control() { c.escape_default().collect() } else { c.to_string() };
    text.trim_end().chars().map(show).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell_and_control_characters_are_shown() {
        let rows = [["käse".to_owned(), "a\nb\u{1b}[0m".to_owned()], ["x".to_owned(), String::new()]];
        assert_eq!(render(["KEY", "TEXT"], &rows), "KEY   TEXT\nkäse  a\\nb\\u{1b}[0m\nx\n");
    }
}
