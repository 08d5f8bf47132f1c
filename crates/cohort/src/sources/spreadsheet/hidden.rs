//! Rows that a sheet hides, by a filter or by hand. Whoever saved it may believe that they are left out.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use zip::ZipArchive;

/// A tag is looked at to this length; none of those that matter is longer.
const LONGEST: usize = 4096;

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
            ids.push(attribute(tag, "id").map(Into::into));
        }
    })?;
    let id = ids.into_iter().nth(sheet)??;
    let mut part = None;
    each_tag(archive.by_name("xl/_rels/workbook.xml.rels").ok()?, &mut |tag| {
        if name(tag) == "Relationship" && attribute(tag, "Id") == Some(&id) {
            part = attribute(tag, "Target").map(String::from);
        }
    })?;
    let part = part?;
    let part = part.strip_prefix('/').map_or_else(|| format!("xl/{part}"), Into::into);
    let (mut hidden, mut next) = (BTreeSet::new(), 0);
    each_tag(archive.by_name(&part).ok()?, &mut |tag| {
        if name(tag) == "row" {
            let number = attribute(tag, "r").and_then(|number| number.parse::<u32>().ok()?.checked_sub(1));
            let row = number.unwrap_or(next);
            if matches!(attribute(tag, "hidden"), Some("1" | "true")) {
                hidden.insert(row);
            }
            next = row.saturating_add(1);
        }
    })?;
    Some(hidden)
}

/// Hands over what stands between `<` and `>`.
fn each_tag(part: impl Read, take: &mut dyn FnMut(&str)) -> Option<()> {
    let mut part = BufReader::with_capacity(1 << 16, part);
    let (mut tag, mut within) = (Vec::new(), false);
    loop {
        let bytes = part.fill_buf().ok()?;
        if bytes.is_empty() {
            return Some(());
        }
        let end = bytes.iter().position(|byte| *byte == if within { b'>' } else { b'<' });
        let taken = end.unwrap_or(bytes.len());
        if within && tag.len() < LONGEST {
            tag.extend_from_slice(&bytes[..taken.min(LONGEST)]);
        }
        part.consume(end.map_or(taken, |end| end + 1));
        if end.is_some() {
            if within {
                take(&String::from_utf8_lossy(&tag));
                tag.clear();
            }
            within = !within;
        }
    }
}

/// The name of a tag without its prefix.
fn name(tag: &str) -> &str {
    let name = tag.split([' ', '\t', '\r', '\n', '/']).next().unwrap_or_default();
    name.rsplit(':').next().unwrap_or_default()
}

/// An attribute by its name without prefix.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = tag;
    while let Some((before, behind)) = rest.split_once('=') {
        let own = before.trim().rsplit([' ', '\t', '\r', '\n', ':']).next()?;
        let behind = behind.trim_start();
        let quote = behind.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let (value, behind) = behind[1..].split_once(quote)?;
        if own == name {
            return Some(value);
        }
        rest = behind;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_attributes_are_found_with_and_without_prefix() {
        let tag = "x:sheet name=\"A = 'b'\" sheetId='7' r:id = \"rId3\"/";
        assert_eq!(name(tag), "sheet");
        assert_eq!([attribute(tag, "name"), attribute(tag, "id")], [Some("A = 'b'"), Some("rId3")]);
        assert_eq!([attribute(tag, "hidden"), attribute("row r=", "r")], [None, None]);
    }
}
