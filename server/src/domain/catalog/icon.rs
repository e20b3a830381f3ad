//! Icons: plain SVG drawings. They are shown to everyone, so nothing in them may run, load or link.

/// The most bytes of an icon.
pub const BYTES_MAX: u64 = 64 * 1024;

const ELEMENTS: &[&str] = &[
    "svg",
    "g",
    "defs",
    "symbol",
    "use",
    "title",
    "desc",
    "path",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "text",
    "tspan",
    "linearGradient",
    "radialGradient",
    "stop",
    "clipPath",
    "mask",
    "pattern",
];

/// Checks that a text is an SVG drawing of known elements, without scripts, styles, entities and references to outside.
pub fn check(text: &str) -> Result<(), String> {
    let mut rest = text.trim();
    if let Some(after) = rest.strip_prefix("<?xml ") {
        rest = after.split_once("?>").ok_or("the XML declaration does not end")?.1.trim_start();
    }
    if !rest.starts_with("<svg") {
        return Err("it does not begin with <svg".to_owned());
    }
    let mut open: Vec<&str> = Vec::new();
    while let Some((between, tag)) = rest.split_once('<') {
        plain(between)?;
        if let Some(comment) = tag.strip_prefix("!--") {
            rest = comment.split_once("-->").ok_or("a comment does not end")?.1;
            continue;
        }
        if tag.starts_with(['!', '?']) {
            return Err("it has a declaration or an instruction".to_owned());
        }
        if let Some(end) = tag.strip_prefix('/') {
            let (name, after) = end.split_once('>').ok_or("a tag does not end")?;
            if open.pop() != Some(name.trim_end()) {
                return Err("its elements are not closed in order".to_owned());
            }
            rest = after;
        } else {
            let (name, closed, after) = element(tag)?;
            if open.is_empty() && name != "svg" {
                return Err("it has more than one drawing".to_owned());
            }
            if !closed {
                open.push(name);
            }
            rest = after;
        }
        if open.is_empty() {
            break;
        }
    }
    if open.is_empty() && rest.trim().is_empty() { Ok(()) } else { Err("it does not end where it should".to_owned()) }
}

/// Reads an element's name and attributes; returns the name, whether it is closed already, and what follows.
fn element(tag: &str) -> Result<(&str, bool, &str), String> {
    let end = tag.find(|letter: char| !letter.is_ascii_alphanumeric()).ok_or("a tag does not end")?;
    let (name, mut rest) = tag.split_at(end);
    if !ELEMENTS.contains(&name) {
        return Err(format!("it has the element <{}>", shorten(tag)));
    }
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix("/>") {
            return Ok((name, true, after));
        }
        if let Some(after) = rest.strip_prefix('>') {
            return Ok((name, false, after));
        }
        let (attribute, after) = rest.split_once('=').ok_or("an attribute has no value")?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|quote| ['"', '\''].contains(quote)).ok_or("a value has no quotes")?;
        let (value, after) = after.get(1..).and_then(|v| v.split_once(quote)).ok_or("a value does not end")?;
        check_attribute(attribute.trim_end(), value)?;
        rest = after;
    }
}

fn check_attribute(name: &str, value: &str) -> Result<(), String> {
    let refused = || Err(format!("it has the attribute {}", shorten(name)));
    plain(value)?;
    if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-:_".contains(&b)) || value.contains('<') {
        return refused();
    }
    let lower = name.to_ascii_lowercase();
    let low_value = value.to_ascii_lowercase();
    match lower.as_str() {
        "xmlns" if value == "http://www.w3.org/2000/svg" => return Ok(()),
        "xmlns:xlink" if value == "http://www.w3.org/1999/xlink" => return Ok(()),
        "href" | "xlink:href" if value.starts_with('#') => return Ok(()),
        "href" | "xlink:href" | "xmlns" | "style" | "src" => return refused(),
        _ if lower.starts_with("on") || lower.starts_with("xml") => return refused(),
        _ => {}
    }
    // `url(#name)` points into the drawing, any other `url(` outside.
    let foreign =
        low_value.split("url(").skip(1).any(|after| !after.trim_start_matches(['\'', '"', ' ']).starts_with('#'));
    if foreign || low_value.contains("script:") || low_value.contains("data:") || low_value.contains("//") {
        return refused();
    }
    Ok(())
}

/// Entities could hide what is looked for.
fn plain(text: &str) -> Result<(), String> {
    let known = |after: &str| ["amp;", "lt;", "gt;", "quot;", "apos;"].iter().any(|name| after.starts_with(name));
    if text.split('&').skip(1).all(known) { Ok(()) } else { Err("it has an entity".to_owned()) }
}

fn shorten(text: &str) -> String {
    text.chars().take_while(|letter| !letter.is_whitespace() && *letter != '>').take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const XMLNS: &str = "xmlns=\"http://www.w3.org/2000/svg\"";

    #[test]
    fn drawings_are_taken() {
        for body in [
            "<path d=\"M0 0h4\"/>",
            "<!-- a comment --><g fill='url(#a)'><circle r='1'/></g><title>a &amp; b</title>",
            "<defs><linearGradient id=\"a\"><stop offset=\"0\"/></linearGradient></defs><use href=\"#a\"/>",
        ] {
            assert_eq!(check(&format!("<svg {XMLNS}>{body}</svg>\n")), Ok(()), "{body}");
        }
        assert_eq!(check(&format!("<?xml version=\"1.0\"?>\n<svg {XMLNS}/>")), Ok(()));
    }

    #[test]
    fn what_runs_loads_or_links_is_refused() {
        for body in [
            "<script>alert(1)</script>",
            "<SCRIPT/>",
            "<foreignObject><p/></foreignObject>",
            "<image href=\"http://x/y.png\"/>",
            "<style>@import 'http://x'</style>",
            "<a href=\"#x\"><path/></a>",
            "<animate attributeName=\"href\" to=\"javascript:alert(1)\"/>",
            "<set/>",
            "<path onclick=\"x()\"/>",
            "<path ONLOAD = 'x()'/>",
            "<path style=\"fill:url(http://x)\"/>",
            "<path fill=\"url(http://x/y)\"/>",
            "<path fill=\"URL( 'http://x/y')\"/>",
            "<use href=\"http://x/y#z\"/>",
            "<use xlink:href=\"//x/y\"/>",
            "<use href=\"javascript:alert(1)\"/>",
            "<path d=\"&#106;\"/>",
            "<path d=\"&evil;\"/>",
            "<path d=1/>",
            "<path d=\"1/>",
            "<g><path></g>",
            "<![CDATA[<script>]]>",
            "<?php ?>",
            "<svg:script xmlns:svg=\"http://www.w3.org/2000/svg\"/>",
        ] {
            assert!(check(&format!("<svg {XMLNS}>{body}</svg>")).is_err(), "{body}");
        }
        for text in
            ["", "<html/>", "<svg", "<svg>", "<svg/><script/>", "<!DOCTYPE svg [<!ENTITY a \"b\">]><svg/>", "<svg/>x"]
        {
            assert!(check(text).is_err(), "{text}");
        }
    }
}
