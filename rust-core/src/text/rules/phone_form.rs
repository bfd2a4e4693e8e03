//! The form of Vietnamese telephone numbers.

/// Digits of a Vietnamese mobile number with its leading zero (03, 05, 07, 08, 09: MIC plan of 2018).
pub(super) const MOBILE_DIGITS: usize = 10;
/// Digits of a landline number with its area code (02x).
pub(super) const LANDLINE_DIGITS: usize = 11;

/// Whether it has the form of a telephone number, with the country's in front or without.
pub(super) fn is_phone(digits: &str) -> bool {
    let national = digits.strip_prefix("0084").or_else(|| digits.strip_prefix("84")).map(|rest| format!("0{rest}"));
    let number = national.as_deref().unwrap_or(digits).as_bytes();
    match (number.first(), number.get(1)) {
        (Some(b'0'), Some(b'3' | b'5' | b'7' | b'8' | b'9')) => number.len() == MOBILE_DIGITS,
        (Some(b'0'), Some(b'2')) => number.len() == LANDLINE_DIGITS,
        _ => false,
    }
}
