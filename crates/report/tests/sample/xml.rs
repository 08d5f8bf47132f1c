//! Just enough XML to tell whether a drawing is well formed, and to find its elements.

use std::collections::BTreeMap;

/// One element, in the order of the start tags.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) text: String,
}

impl Element {
    pub(crate) fn number(&self, attribute: &str) -> f64 {
        self.attributes[attribute].parse().expect("a number")
    }

    pub(crate) fn has_class(&self, class: &str) -> bool {
        self.attributes.get("class").is_some_and(|classes| classes.split(' ').any(|known| known == class))
    }
}

/// The elements; panics where the text is not well formed.
pub(crate) fn elements(xml: &str) -> Vec<Element> {
    assert!(xml.chars().all(|c| !c.is_control() || c == '\n'), "control characters");
    let mut elements: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut rest = xml;
    while let Some(start) = rest.find('<') {
        text(&mut elements, &open, &rest[..start]);
        let end = rest[start..].find('>').expect("a tag that ends") + start;
        let tag = &rest[start + 1..end];
        assert!(!tag.contains('<'), "a tag within a tag: {tag}");
        rest = &rest[end + 1..];
        if tag.starts_with('?') {
            assert!(tag.ends_with('?') && elements.is_empty());
        } else if let Some(name) = tag.strip_prefix('/') {
            let last = open.pop().expect("an open element");
            assert_eq!(elements[last].name, name);
        } else {
            let closed = tag.ends_with('/');
            let (name, attributes) = parts(tag.trim_end_matches('/'));
            assert!(elements.is_empty() || !open.is_empty(), "a second root");
            elements.push(Element { name, attributes, text: String::new() });
            if !closed {
                open.push(elements.len() - 1);
            }
        }
    }
    assert!(open.is_empty() && rest.trim().is_empty());
    elements
}

fn text(elements: &mut [Element], open: &[usize], text: &str) {
    for (at, _) in text.match_indices('&') {
        let entity = text[at..].split(';').next().unwrap_or_default();
        assert!(["&amp", "&lt", "&gt", "&quot", "&#39"].contains(&entity), "{entity}");
    }
    if let Some(last) = open.last() {
        elements[*last].text.push_str(text);
    } else {
        assert!(text.trim().is_empty());
    }
}

fn parts(tag: &str) -> (String, BTreeMap<String, String>) {
    let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
    assert!(name.chars().all(|c| c.is_ascii_alphanumeric()), "{name}");
    let mut attributes = BTreeMap::new();
    while !rest.trim().is_empty() {
        let (key, after) = rest.trim_start().split_once("=\"").expect("an attribute in quotes");
        let (value, after) = after.split_once('"').expect("a closing quote");
        assert!(attributes.insert(key.to_string(), value.to_string()).is_none(), "{key} stands twice");
        rest = after;
    }
    (name.into(), attributes)
}
