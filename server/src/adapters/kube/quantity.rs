//! Kubernetes' quantities: <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/>.
//!
//! Read as whole numbers and never by way of floating point, so that sums are exact. (The crate `kube_quantity` reads
//! them as `f64`, takes `inf` for a quantity and refuses `1E`.)

use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use std::collections::BTreeMap;

/// CPU in billionths of a core, and memory in bytes; none where it is not known or not bounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amount {
    /// Billionths of a core.
    pub cpu: Option<u64>,
    /// Bytes.
    pub memory: Option<u64>,
}

impl Amount {
    /// Reads what Kubernetes lists by resource. What cannot be read counts as not said.
    pub fn read(list: &BTreeMap<String, Quantity>) -> Self {
        let text = |name| list.get(name).map(|quantity: &Quantity| quantity.0.as_str());
        Self { cpu: text("cpu").and_then(cpu), memory: text("memory").and_then(bytes) }
    }
}

/// CPU in billionths of a core, rounded up.
pub fn cpu(text: &str) -> Option<u64> {
    billionths(text)?.try_into().ok()
}

/// Bytes, rounded up.
pub fn bytes(text: &str) -> Option<u64> {
    billionths(text)?.div_ceil(BILLION).try_into().ok()
}

const BILLION: u128 = 1_000_000_000;

/// The quantity in billionths. Negative ones mean nothing here.
fn billionths(text: &str) -> Option<u128> {
    let text = text.strip_prefix('+').unwrap_or(text);
    let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
    let (number, suffix) = text.split_at(end);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    // What is written is shorter by far; more digits than these would be cut by Kubernetes as well.
    let fraction = fraction.get(..fraction.len().min(12))?;
    let digits: u128 = format!("{whole}{fraction}").parse().ok()?;
    let parts = 10_u128.pow(u32::try_from(fraction.len()).ok()?);
    Some(digits.checked_mul(unit(suffix)?)?.div_ceil(parts))
}

/// One of the unit in billionths.
fn unit(suffix: &str) -> Option<u128> {
    let decimal = |power: u32| 10_u128.checked_pow(power);
    let binary = |power: u32| 1024_u128.checked_pow(power)?.checked_mul(BILLION);
    match suffix {
        "n" => decimal(0),
        "u" => decimal(3),
        "m" => decimal(6),
        "" => decimal(9),
        "k" => decimal(12),
        "M" => decimal(15),
        "G" => decimal(18),
        "T" => decimal(21),
        "P" => decimal(24),
        "E" => decimal(27),
        "Ki" => binary(1),
        "Mi" => binary(2),
        "Gi" => binary(3),
        "Ti" => binary(4),
        "Pi" => binary(5),
        "Ei" => binary(6),
        exponent => {
            let power: i32 = exponent.strip_prefix(['e', 'E'])?.parse().ok()?;
            decimal(u32::try_from(power.checked_add(9)?).ok()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_way_of_writing_a_quantity_is_read() {
        for (text, expected) in [
            ("12345678n", Some(12_345_678)),
            ("250u", Some(250_000)),
            ("100m", Some(100_000_000)),
            ("0", Some(0)),
            ("2", Some(2_000_000_000)),
            ("+0.5", Some(500_000_000)),
            (".5", Some(500_000_000)),
            ("1.", Some(1_000_000_000)),
            ("1e-3", Some(1_000_000)),
            ("2E2", Some(200_000_000_000)),
            ("0.0000000001", Some(1)),
        ] {
            assert_eq!(cpu(text), expected, "{text}");
        }
        for (text, expected) in [
            ("1Ki", Some(1024)),
            ("128974848", Some(128_974_848)),
            ("129e6", Some(129_000_000)),
            ("129M", Some(129_000_000)),
            ("123Mi", Some(128_974_848)),
            ("1.5Gi", Some(1_610_612_736)),
            ("128974848000m", Some(128_974_848)),
            ("1E", Some(1_000_000_000_000_000_000)),
            ("1Ei", Some(1 << 60)),
            ("1n", Some(1)),
        ] {
            assert_eq!(bytes(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_quantity_is_refused() {
        for text in
            ["", "-1", "Ki", "1kb", "1 Ki", "inf", "nan", "1.2.3", "1e", "1e99", "1e-10", "0x10", "99999999999E"]
        {
            assert_eq!(bytes(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(text in "[-+.0-9a-zA-Z]{0,60}") {
            let _ = (cpu(&text), bytes(&text));
        }

        #[test]
        fn a_number_of_bytes_is_itself(number: u64) {
            prop_assert_eq!(bytes(&number.to_string()), Some(number));
        }
    }
}
