//! Checksums, encodings and addresses of texts.

use std::net::Ipv4Addr;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use md5::{Digest as _, Md5};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ring::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA512, digest};

use crate::embedded::value::{Value, ops};

use super::{Context, Function, Outcome, arg, text};

/// What a URI component keeps as it is, beside letters and digits.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// This file's functions.
pub const FUNCTIONS: &[Function] = &[
    Function::new("CRC32", 1, 1, |_, args| Ok(Value::string(format!("{:X}", crc32c(text(args, 0).as_bytes()))))),
    Function::new("ENCODE_URI_COMPONENT", 1, 1, |_, args| {
        Ok(Value::string(utf8_percent_encode(&text(args, 0), ENCODED).to_string()))
    }),
    Function::new("FNV64", 1, 1, |_, args| Ok(Value::string(format!("{:X}", fnv64(text(args, 0).as_bytes()))))),
    Function::new("IPV4_FROM_NUMBER", 1, 1, ipv4_from_number),
    Function::new("IPV4_TO_NUMBER", 1, 1, ipv4_to_number),
    Function::new("IS_IPV4", 1, 1, |_, args| Ok(ipv4(arg(args, 0)).is_some().into())),
    Function::new("MD5", 1, 1, |_, args| Ok(hex(&Md5::digest(text(args, 0).as_bytes())))),
    Function::new("SHA1", 1, 1, |_, args| Ok(sha(&SHA1_FOR_LEGACY_USE_ONLY, args))),
    Function::new("SHA256", 1, 1, |_, args| Ok(sha(&SHA256, args))),
    Function::new("SHA512", 1, 1, |_, args| Ok(sha(&SHA512, args))),
    Function::new("TO_BASE64", 1, 1, |_, args| Ok(Value::string(STANDARD.encode(text(args, 0).as_bytes())))),
    Function::new("TO_HEX", 1, 1, |_, args| Ok(hex(text(args, 0).as_bytes()))),
];

fn hex(bytes: &[u8]) -> Value {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).map_or('0', |digit| char::from(*digit));
    Value::string(bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect::<String>())
}

fn sha(algorithm: &'static Algorithm, args: &[Value]) -> Value {
    hex(digest(algorithm, text(args, 0).as_bytes()).as_ref())
}

/// FNV-1a with 64 bits.
pub(crate) fn fnv64(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |hash: u64, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3))
}

/// The Castagnoli checksum (polynomial 0x1EDC6F41), which is the one ArangoDB calls CRC32.
fn crc32c(bytes: &[u8]) -> u32 {
    const REVERSED: u32 = 0x82F6_3B78;
    let step = |crc: u32, _| if crc & 1 == 1 { (crc >> 1) ^ REVERSED } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

/// The address in the text: four numbers without leading zeros.
fn ipv4(value: &Value) -> Option<Ipv4Addr> {
    value.as_str()?.parse().ok()
}

fn ipv4_to_number(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    match ipv4(arg(args, 0)) {
        Some(address) => Ok(Value::Int(i64::from(address.to_bits()))),
        None => context.wrong_type("IPV4_TO_NUMBER"),
    }
}

fn ipv4_from_number(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    let number = match arg(args, 0) {
        number @ (Value::Int(_) | Value::Double(_)) => u32::try_from(ops::to_i64(number)).ok(),
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    };
    match number {
        Some(number) => Ok(Value::string(Ipv4Addr::from_bits(number).to_string())),
        None => context.wrong_type("IPV4_FROM_NUMBER"),
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        embedded::functions::tests::{check, check_warns},
        wire::ErrorNum,
    };

    #[test]
    fn checksums_have_their_published_test_values() {
        check("CRC32", r#"["123456789"]"#, r#""E3069283""#);
        check("FNV64", r#"["a"]"#, r#""AF63DC4C8601EC8C""#);
        check("MD5", r#"["abc"]"#, r#""900150983cd24fb0d6963f7d28e17f72""#);
        check("SHA1", r#"["abc"]"#, r#""a9993e364706816aba3e25717850c26c9cd0d89d""#);
        check("SHA256", r#"[""]"#, r#""e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855""#);
        check("MD5", "[null]", r#""d41d8cd98f00b204e9800998ecf8427e""#);
    }

    #[test]
    fn texts_are_encoded_byte_by_byte() {
        check("TO_BASE64", r#"["a\u00fc"]"#, r#""YcO8""#);
        check("TO_HEX", r#"["a\u00fc"]"#, r#""61c3bc""#);
        check("ENCODE_URI_COMPONENT", r#"["\u00fc /~(x)'"]"#, r#""%C3%BC%20%2F~(x)'""#);
    }

    #[test]
    fn addresses_go_both_ways() {
        check("IPV4_TO_NUMBER", r#"["10.0.0.255"]"#, "167772415");
        check("IPV4_FROM_NUMBER", "[4294967295]", r#""255.255.255.255""#);
        check("IS_IPV4", r#"["1.2.3.04"]"#, "false");
        check("IS_IPV4", r#"["1.2.3.4"]"#, "true");
        let warning = ErrorNum::QUERY_FUNCTION_ARGUMENT_TYPE_MISMATCH;
        check_warns("IPV4_FROM_NUMBER", "[4294967296]", "null", warning);
        check_warns("IPV4_FROM_NUMBER", "[\"1\"]", "null", warning);
        check_warns("IPV4_TO_NUMBER", "[\"1.2.3\"]", "null", warning);
    }
}
