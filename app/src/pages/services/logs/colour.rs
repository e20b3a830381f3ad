//! Colours that programs say exactly, drawn so that they can be read on either theme.

/// Red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

/// White.
pub const WHITE: Rgb = Rgb(255, 255, 255);
const BLACK: Rgb = Rgb(0, 0, 0);
/// What is behind a line in the two themes, where that is nearest to its text: under the pointer or found by the search
/// (`--hover` and `--accent-soft` of the style sheet).
const LIGHT: Rgb = Rgb(0xe8, 0xf0, 0xfe);
const DARK: Rgb = Rgb(0x1e, 0x23, 0x2c);
/// Text keeps a distance of 4.5 to what is behind it (WCAG 2.2, 1.4.3); a little more, because it is reckoned roughly.
const CONTRAST: f32 = 4.75;

/// The sixteen colours as xterm has them.
const NAMED: [Rgb; 16] = [
    Rgb(0, 0, 0),
    Rgb(205, 0, 0),
    Rgb(0, 205, 0),
    Rgb(205, 205, 0),
    Rgb(0, 0, 238),
    Rgb(205, 0, 205),
    Rgb(0, 205, 205),
    Rgb(229, 229, 229),
    Rgb(127, 127, 127),
    Rgb(255, 0, 0),
    Rgb(0, 255, 0),
    Rgb(255, 255, 0),
    Rgb(92, 92, 255),
    Rgb(255, 0, 255),
    Rgb(0, 255, 255),
    Rgb(255, 255, 255),
];

impl Rgb {
    /// As style sheets write it.
    pub fn css(self) -> String {
        format!("rgb({} {} {})", self.0, self.1, self.2)
    }

    /// How bright it is (WCAG 2.2, relative luminance), near enough without a power function.
    fn luminance(self) -> f32 {
        let linear = |part: u8| {
            let part = f32::from(part) / 255.0;
            part * (part * (part * 0.305_306 + 0.682_171) + 0.012_523)
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// A step towards another.
    fn towards(self, other: Self) -> Self {
        let step = |from: u8, to: u8| u8::try_from((u16::from(from) * 7 + u16::from(to)) / 8).unwrap_or(to);
        Self(step(self.0, other.0), step(self.1, other.1), step(self.2, other.2))
    }
}

fn contrast(one: Rgb, other: Rgb) -> f32 {
    let (one, other) = (one.luminance() + 0.05, other.luminance() + 0.05);
    if one > other { one / other } else { other / one }
}

/// A colour of the sixteen.
pub fn named(number: u8) -> Rgb {
    NAMED[usize::from(number) % NAMED.len()]
}

/// A colour of the 256 beyond the sixteen: a cube of six steps each way, then greys.
pub fn of_256(number: u8) -> Rgb {
    if number >= 232 {
        let grey = 8 + (number - 232) * 10;
        return Rgb(grey, grey, grey);
    }
    let number = number.saturating_sub(16);
    let step = |place: u8| if place == 0 { 0 } else { 55 + place * 40 };
    Rgb(step(number / 36), step(number / 6 % 6), step(number % 6))
}

/// Black or white, whichever can be read on it.
pub fn plain_on(behind: Rgb) -> Rgb {
    if contrast(BLACK, behind) >= contrast(WHITE, behind) { BLACK } else { WHITE }
}

/// The colour, moved away from what is behind it until it can be read.
pub fn readable(mut colour: Rgb, behind: Rgb) -> Rgb {
    let away = plain_on(behind);
    for _ in 0..40 {
        if contrast(colour, behind) >= CONTRAST {
            return colour;
        }
        colour = colour.towards(away);
    }
    away
}

/// The colour as each theme draws it.
pub fn on_themes(colour: Rgb) -> String {
    format!("light-dark({}, {})", readable(colour, LIGHT).css(), readable(colour, DARK).css())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contrast as the guidelines define it.
    fn exact(one: Rgb, other: Rgb) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let luminance = |it: Rgb| 0.2126 * linear(it.0) + 0.7152 * linear(it.1) + 0.0722 * linear(it.2) + 0.05;
        let (one, other) = (luminance(one), luminance(other));
        one.max(other) / one.min(other)
    }

    #[test]
    fn every_colour_can_be_read_on_everything() {
        let all = (16..=255).map(of_256).chain(NAMED);
        for colour in all.clone() {
            for behind in all.clone().chain([LIGHT, DARK]) {
                let contrast = exact(readable(colour, behind), behind);
                assert!(contrast >= 4.5, "{colour:?} on {behind:?}: {contrast}");
            }
        }
    }

    #[test]
    fn what_can_be_read_stays_as_it_is() {
        assert_eq!(readable(Rgb(255, 255, 0), DARK), Rgb(255, 255, 0));
        assert_eq!(
            (of_256(16), of_256(196), of_256(231), of_256(255)),
            (BLACK, Rgb(255, 0, 0), WHITE, Rgb(238, 238, 238))
        );
    }
}
