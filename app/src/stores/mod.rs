//! What the whole console shares: who looks, the link to the server, theme, clock, messages, the page's head, and what
//! one page hands to the next.

pub mod clock;
pub mod head;
pub mod link;
pub mod made;
pub mod running;
pub mod session;
pub mod theme;
pub mod toasts;

/// A random key that makes a request, sent twice, count once.
pub fn random_key() -> String {
    let mut bytes = [0_u8; 16];
    let filled = leptos::prelude::window()
        .crypto()
        .is_ok_and(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).is_ok());
    if !filled {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "0 to 255; no secret, only rarely the same"
        )]
        bytes.fill_with(|| (js_sys::Math::random() * 256.0) as u8);
    }
    format!("{:032x}", u128::from_be_bytes(bytes))
}
