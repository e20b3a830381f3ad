//! A small line of the last figures, as the path of an SVG. Pure, so that it can be tested.

/// The drawing's size in its own units; it is stretched to its place.
pub const WIDTH: f64 = 100.0;
/// Its height.
pub const HEIGHT: f64 = 32.0;
/// What stays free above and below, so that the line's width has room.
const MARGIN: f64 = 2.0;
/// The least span that is shown, in milliseconds: a quarter of an hour, which the API keeps where it is measured every 15
/// seconds. So a line grows from the right, and does not stretch meanwhile.
const SPAN: f64 = 15.0 * 60_000.0;
/// A longer pause between two points is a gap and no line: nobody was looking.
const GAP: f64 = 90_000.0;

/// The path of these points (milliseconds and value, oldest first) below `top`, the value at the upper edge.
pub fn path(points: &[(f64, f64)], top: f64) -> String {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return String::new() };
    let span = (last.0 - first.0).max(SPAN);
    let mut path = String::with_capacity(points.len() * 12);
    let mut before = f64::NEG_INFINITY;
    for &(at, value) in points {
        let x = WIDTH - (last.0 - at) / span * WIDTH;
        let share = if top > 0.0 { (value / top).clamp(0.0, 1.0) } else { 0.0 };
        let y = HEIGHT - MARGIN - share * (HEIGHT - 2.0 * MARGIN);
        let begins = at - before > GAP;
        path.push(if begins { 'M' } else { 'L' });
        number(&mut path, x);
        path.push(' ');
        number(&mut path, y);
        if begins {
            // A point that is alone is a dot.
            path.push_str("h0");
        }
        before = at;
    }
    path
}

/// Tenths, written without the machinery for floating point, which weighs ten kilobytes.
fn number(path: &mut String, number: f64) {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
    let tenths = (number * 10.0 + 0.5) as u32;
    path.push_str(&(tenths / 10).to_string());
    path.push('.');
    path.push_str(&(tenths % 10).to_string());
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn a_line_grows_from_the_right_and_breaks_where_nobody_looked() {
        assert_eq!(path(&[], 1.0), "");
        assert_eq!(path(&[(0.0, 1.0)], 1.0), "M100.0 2.0h0");
        assert_eq!(path(&[(0.0, 0.0), (90_000.0, 5.0)], 10.0), "M90.0 30.0h0L100.0 16.0");
        assert_eq!(path(&[(0.0, 0.0), (90_001.0, 20.0)], 10.0), "M90.0 30.0h0M100.0 2.0h0");
        let long: Vec<_> = (0..61).map(|minute| (f64::from(minute) * 60_000.0, 0.0)).collect();
        assert!(path(&long, 0.0).starts_with("M0.0 30.0h0L1.7 30.0"));
    }
}
