//! Names and strings as they have to be quoted.

use std::fmt::{Formatter, Result, Write};

use crate::aql::token::Fixed;

/// Whether a name can stand without quotes.
pub(super) fn is_plain(name: &str) -> bool {
    let letters = name.strip_prefix('$').unwrap_or_else(|| name.trim_start_matches('_'));
    letters.starts_with(|c: char| c.is_ascii_alphabetic())
        && letters.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && Fixed::keyword(name).is_none()
}

/// Writes a name, in backticks if it needs them.
pub(super) fn write_name(f: &mut Formatter<'_>, name: &str) -> Result {
    if is_plain(name) {
        return f.write_str(name);
    }
    f.write_char('`')?;
    for c in name.chars() {
        if matches!(c, '`' | '\\') {
            f.write_char('\\')?;
        }
        f.write_char(c)?;
    }
    f.write_char('`')
}

/// Writes a string in double quotes.
pub(super) fn write_string(f: &mut Formatter<'_>, text: &str) -> Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            c if c.is_control() => write!(f, "\\u{:04x}", u32::from(c))?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
}
