//! Drawing SVG: elements with two decimals, text escaped, nothing that is not a number in a coordinate.
//!
//! Colours stand in attributes, so that any program that reads SVG prints black on white. The classes beside them
//! let the page of the HTML report set other colours for a dark screen: a rule of a style sheet outranks an attribute.

pub(crate) mod axis;
pub(crate) mod glyph;
pub(crate) mod palette;
pub(crate) mod panel;
pub(crate) mod time_scale;
pub(crate) mod typeface;

use std::fmt::Write;

/// Family of all text; its widths are those of `typeface`.
const FAMILY: &str = "Helvetica, Arial, 'Liberation Sans', sans-serif";

/// Where a text stands with respect to its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// A line of text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words<'a> {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) size: f64,
    pub(crate) anchor: Anchor,
    pub(crate) bold: bool,
    pub(crate) fill: &'a str,
    pub(crate) class: &'a str,
}

impl Words<'_> {
    /// Plain words in ink.
    pub(crate) fn at(x: f64, y: f64, size: f64) -> Self {
        Self { x, y, size, anchor: Anchor::Start, bold: false, fill: palette::INK, class: "ink" }
    }

    pub(crate) fn anchor(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }

    pub(crate) fn bold(self) -> Self {
        Self { bold: true, ..self }
    }
}

/// A stroke.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stroke<'a> {
    pub(crate) colour: &'a str,
    pub(crate) class: &'a str,
    pub(crate) width: f64,
    pub(crate) dash: &'a str,
}

impl Stroke<'_> {
    /// A full line in ink.
    pub(crate) fn ink(width: f64) -> Self {
        Self { colour: palette::INK, class: "ink-line", width, dash: "" }
    }

    /// A pale line.
    pub(crate) fn pale(width: f64) -> Self {
        Self { colour: palette::PALE, class: "pale-line", width, dash: "" }
    }
}

/// An SVG element in the making.
pub(crate) struct Drawing {
    id: String,
    body: String,
}

impl Drawing {
    /// An empty drawing; the id names its title, description and clips, and must be unique in a page.
    pub(crate) fn new(id: &str) -> Self {
        Self { id: identifier(id), body: String::new() }
    }

    pub(crate) fn words(&mut self, words: Words<'_>, text: &str) {
        let anchor = match words.anchor {
            Anchor::Start => "",
            Anchor::Middle => r#" text-anchor="middle""#,
            Anchor::End => r#" text-anchor="end""#,
        };
        let weight = if words.bold { r#" font-weight="bold""# } else { "" };
        let (x, y, size) = (coordinate(words.x), coordinate(words.y), coordinate(words.size));
        let _ = writeln!(
            self.body,
            r#"<text class="{}" x="{x}" y="{y}" font-size="{size}"{anchor}{weight} fill="{}">{}</text>"#,
            words.class,
            words.fill,
            escape(text)
        );
    }

    /// A line of text that reads upwards.
    pub(crate) fn words_upwards(&mut self, words: Words<'_>, text: &str) {
        let (x, y, size) = (coordinate(words.x), coordinate(words.y), coordinate(words.size));
        let _ = writeln!(
            self.body,
            r#"<text class="{}" transform="translate({x} {y}) rotate(-90)" font-size="{size}" text-anchor="middle" fill="{}">{}</text>"#,
            words.class,
            words.fill,
            escape(text)
        );
    }

    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64), stroke: Stroke<'_>) {
        self.path(&format!("M{}L{}", point(from), point(to)), stroke);
    }

    /// An open path in SVG's path language, made with [`point`].
    pub(crate) fn path(&mut self, d: &str, stroke: Stroke<'_>) {
        let dash = if stroke.dash.is_empty() {
            String::new()
        } else {
            format!(r#" stroke-dasharray="{}""#, stroke.dash)
        };
        let _ = writeln!(
            self.body,
            r#"<path class="{}" d="{d}" fill="none" stroke="{}" stroke-width="{}"{dash}/>"#,
            stroke.class,
            stroke.colour,
            coordinate(stroke.width)
        );
    }

    /// A closed area.
    pub(crate) fn area(&mut self, d: &str, class: &str, fill: &str, opacity: f64) {
        let opacity =
            if opacity < 1.0 { format!(r#" fill-opacity="{}""#, coordinate(opacity)) } else { String::new() };
        let _ =
            writeln!(self.body, r#"<path class="{class}" d="{d}" fill="{fill}"{opacity} stroke="none"/>"#);
    }

    /// A box with a border.
    pub(crate) fn frame(&mut self, x: f64, y: f64, width: f64, height: f64) {
        let (x, y) = (coordinate(x), coordinate(y));
        let (width, height) = (coordinate(width), coordinate(height));
        let (paper, ink) = (palette::PAPER, palette::INK);
        let _ = writeln!(
            self.body,
            r#"<rect class="box" x="{x}" y="{y}" width="{width}" height="{height}" rx="2" fill="{paper}" stroke="{ink}" stroke-width="1"/>"#
        );
    }

    /// A pale bar behind text.
    pub(crate) fn shade(&mut self, x: f64, y: f64, width: f64, height: f64) {
        let (x, y) = (coordinate(x), coordinate(y));
        let (width, height) = (coordinate(width), coordinate(height));
        let _ = writeln!(
            self.body,
            r#"<rect class="shade" x="{x}" y="{y}" width="{width}" height="{height}" fill="{}"/>"#,
            palette::SHADE
        );
    }

    /// Opens a group that shows nothing outside a rectangle.
    pub(crate) fn clip(&mut self, x: f64, y: f64, width: f64, height: f64) {
        let number = match self.body.matches("<clipPath").count() {
            0 => String::new(),
            earlier => format!("-{}", earlier + 1),
        };
        let _ = writeln!(
            self.body,
            r#"<clipPath id="{id}-clip{number}"><rect x="{}" y="{}" width="{}" height="{}"/></clipPath><g clip-path="url(#{id}-clip{number})">"#,
            coordinate(x),
            coordinate(y),
            coordinate(width),
            coordinate(height),
            id = self.id
        );
    }

    /// Puts another drawing beneath this one.
    pub(crate) fn beneath(&mut self, other: Drawing) {
        self.body.insert_str(0, &other.body);
    }

    /// Closes the group.
    pub(crate) fn end_clip(&mut self) {
        self.body.push_str("</g>\n");
    }

    /// The whole element, with a title and a description for those who do not see it.
    pub(crate) fn finish(self, width: f64, height: f64, title: &str, description: &str) -> String {
        let (w, h, id) = (coordinate(width), coordinate(height), &self.id);
        format!(
            concat!(
                r#"<svg xmlns="http://www.w3.org/2000/svg" class="figure" viewBox="0 0 {w} {h}" width="{w}" "#,
                r#"height="{h}" role="img" aria-labelledby="{id}-title {id}-desc" font-family="{family}">"#,
                "\n<title id=\"{id}-title\">{title}</title>\n<desc id=\"{id}-desc\">{description}</desc>\n",
                "<rect class=\"paper\" width=\"{w}\" height=\"{h}\" fill=\"{paper}\"/>\n{body}</svg>\n"
            ),
            w = w,
            h = h,
            id = id,
            family = FAMILY,
            title = escape(title),
            description = escape(description),
            paper = palette::PAPER,
            body = self.body
        )
    }
}

/// A name as XML and HTML allow it for an id, and a link or a clip can name it.
pub(crate) fn identifier(name: &str) -> String {
    name.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '-' }).collect()
}

/// Two numbers of a path.
pub(crate) fn point((x, y): (f64, f64)) -> String {
    format!("{} {}", coordinate(x), coordinate(y))
}

/// A number with at most two decimals. What is not finite cannot be drawn; it becomes 0 rather than a broken file.
pub(crate) fn coordinate(value: f64) -> String {
    let value = if value.is_finite() { value } else { 0.0 };
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

/// Text for XML. Control characters, which XML forbids even as references, are left out.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_short_and_finite() {
        assert_eq!(coordinate(1.0), "1");
        assert_eq!(coordinate(1.256), "1.26");
        assert_eq!(coordinate(-0.001), "0");
        assert_eq!(coordinate(f64::NAN), "0");
        assert_eq!(coordinate(f64::INFINITY), "0");
    }

    #[test]
    fn text_cannot_leave_its_element() {
        assert_eq!(escape("<script>\u{1}\"&'"), "&lt;script&gt;&quot;&amp;&#39;");
    }
}
