//! Rows that a sheet hides, by a filter or by hand. Whoever saved it may believe that they are left out.

use quick_xml::Reader;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesStart, Event};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use zip::ZipArchive;

/// The rows, from 0, that a sheet hides, which is named by its position in the workbook. None where that cannot be found
/// out: they are read in any case.
pub(super) fn rows(path: &Path, sheet: usize) -> BTreeSet<u32> {
    found(path, sheet).unwrap_or_default()
}

fn found(path: &Path, sheet: usize) -> Option<BTreeSet<u32>> {
    let mut archive = ZipArchive::new(BufReader::new(File::open(path).ok()?)).ok()?;
    let mut ids: Vec<Option<String>> = Vec::new();
    each_tag(archive.by_name("xl/workbook.xml").ok()?, &mut |tag| {
        if name(tag) == "sheet" {
            ids.push(attribute(tag, "id").map(Cow::into_owned));
        }
    })?;
    let id = ids.into_iter().nth(sheet)??;
    let mut part = None;
    each_tag(archive.by_name("xl/_rels/workbook.xml.rels").ok()?, &mut |tag| {
        if name(tag) == "Relationship" && attribute(tag, "Id").is_some_and(|own| own == id) {
            part = attribute(tag, "Target").map(Cow::into_owned);
        }
    })?;
    let part = part?;
    let part = part.strip_prefix('/').map_or_else(|| format!("xl/{part}"), Into::into);
    let (mut hidden, mut next) = (BTreeSet::new(), 0);
    each_tag(archive.by_name(&part).ok()?, &mut |tag| {
        if name(tag) == "row" {
            let number = attribute(tag, "r").and_then(|number| number.parse::<u32>().ok()?.checked_sub(1));
            let row = number.unwrap_or(next);
            if matches!(attribute(tag, "hidden").as_deref(), Some("1" | "true")) {
                hidden.insert(row);
            }
            next = row.saturating_add(1);
        }
    })?;
    Some(hidden)
}

/// Hands over every tag that opens an element.
fn each_tag(part: impl Read, take: &mut dyn FnMut(&BytesStart<'_>)) -> Option<()> {
    let mut reader = Reader::from_reader(BufReader::with_capacity(1 << 16, part));
    // Whether elements are closed is for those to say who read the cells.
    reader.config_mut().check_end_names = false;
    let mut buffer = Vec::new();
    loop {
        match reader.read_event_into(&mut buffer).ok()? {
            Event::Start(tag) | Event::Empty(tag) => take(&tag),
            Event::Eof => return Some(()),
            _ => {}
        }
        buffer.clear();
    }
}

/// The name of a tag without its prefix.
fn name<'a>(tag: &'a BytesStart<'_>) -> &'a str {
    tag.local_name().into_inner()
}

/// An attribute by its name without prefix.
fn attribute<'a>(tag: &'a BytesStart<'_>, name: &str) -> Option<Cow<'a, str>> {
    let is_own = |found: &Attribute<'_>| found.key.local_name().into_inner() == name;
    tag.attributes().map_while(Result::ok).find(is_own).map(|found| found.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_attributes_are_found_with_and_without_prefix() {
        let tag = &BytesStart::from_content("x:sheet name=\"A = 'b'\" sheetId='7' r:id = \"rId3\"", 7);
        let found = |tag, name| attribute(tag, name).map(Cow::into_owned);
        assert_eq!(name(tag), "sheet");
        let both = ["name", "id"].map(|name| found(tag, name));
        assert_eq!(both, [Some("A = 'b'".into()), Some("rId3".into())]);
        assert_eq!([found(tag, "hidden"), found(&BytesStart::from_content("row r=", 3), "r")], [None, None]);
    }
}
