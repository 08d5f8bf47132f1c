//! The layout of the releases 117 to 119 (Stata 13 and later): sections between tags.

use super::header::{Header, Lists, Storage, text, texts};
use super::labels::{Sets, set};
use super::rows::Rows;
use crate::sources::binary::{Bytes, Fault};
use crate::sources::charset::Charset;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use std::collections::BTreeMap;
use std::io::Read;

/// The type of a long string that is text; others are bytes of any kind.
const TEXT: u8 = 130;

/// Reads what must stand here.
fn tag<R: Read>(bytes: &mut Bytes<R>, tag: &str) -> Result<(), Fault> {
    if bytes.take(tag.len())? == tag.as_bytes() {
        return Ok(());
    }
    Err(Fault::damaged(format!("{tag} is not where it should be")))
}

/// Widths that changed with Unicode: of names, formats and variable labels.
fn widths(release: u16) -> (usize, usize, usize) {
    if release == 117 { (33, 49, 81) } else { (129, 57, 321) }
}

pub(super) fn header<R: Read>(
    bytes: &mut Bytes<R>,
    stated: Option<&'static Encoding>,
) -> Result<Header, Fault> {
    let unknown = || Fault::new("this is not a Stata file", "is it damaged, or another format?");
    tag(bytes, "<stata_dta><header><release>").map_err(|_| unknown())?;
    let release = match &bytes.array()? {
        b"117" => 117,
        b"118" => 118,
        b"119" => 119,
        b"120" | b"121" => {
            return Err(Fault::new(
                "the file has alias variables, whose values are in another file",
                "in Stata, drop or copy them (`fralias`) and save it again",
            ));
        }
        _ => return Err(unknown()),
    };
    tag(bytes, "</release><byteorder>")?;
    bytes.big_endian = match &bytes.array()? {
        b"MSF" => true,
        b"LSF" => false,
        _ => return Err(Fault::damaged("its byte order is unknown")),
    };
    tag(bytes, "</byteorder><K>")?;
    let n =
        if release == 119 { bytes.count("the number of variables")? } else { usize::from(bytes.short()?) };
    tag(bytes, "</K><N>")?;
    let rows = if release == 117 { bytes.unsigned(4)? } else { bytes.unsigned(8)? };
    tag(bytes, "</N><label>")?;
    let length =
        if release == 117 { usize::from(bytes.array::<1>()?[0]) } else { usize::from(bytes.short()?) };
    bytes.take(length)?;
    tag(bytes, "</label><timestamp>")?;
    let [length] = bytes.array()?;
    bytes.take(usize::from(length))?;
    tag(bytes, "</timestamp></header><map>")?;
    bytes.take(14 * 8)?;
    tag(bytes, "</map><variable_types>")?;
    let usual = if release == 117 { Charset::assumed(WINDOWS_1252) } else { Charset::said(UTF_8) };
    let charset = stated.map_or(usual, Charset::said);
    let mut storage = Vec::new();
    for _ in 0..n {
        storage.push(Storage::of_code(bytes.short()?)?);
    }
    let (name, format, label) = widths(release);
    tag(bytes, "</variable_types><varnames>")?;
    let names = texts(&bytes.fields(n, name)?, name, charset);
    tag(bytes, "</varnames><sortlist>")?;
    bytes.fields(n + 1, if release == 119 { 4 } else { 2 })?;
    tag(bytes, "</sortlist><formats>")?;
    let formats = texts(&bytes.fields(n, format)?, format, charset);
    tag(bytes, "</formats><value_label_names>")?;
    let sets = texts(&bytes.fields(n, name)?, name, charset);
    tag(bytes, "</value_label_names><variable_labels>")?;
    let labels = texts(&bytes.fields(n, label)?, label, charset);
    tag(bytes, "</variable_labels><characteristics>")?;
    let variables = Lists { storage, names, formats, sets, labels }.variables()?;
    while &bytes.array()? == b"<ch>" {
        let length = bytes.count("the length of a characteristic")?;
        bytes.take(length)?;
        tag(bytes, "</ch>")?;
    }
    tag(bytes, "aracteristics><data>")?;
    Ok(Header { release, rows, variables, charset })
}

/// The long strings, put into the rows that refer to them.
pub(super) fn strings<R: Read>(bytes: &mut Bytes<R>, header: &Header, rows: &mut Rows) -> Result<(), Fault> {
    tag(bytes, "</data><strls>")?;
    let mut strings: BTreeMap<(u64, u64), Option<String>> = BTreeMap::new();
    while &bytes.array()? == b"GSO" {
        let variable = bytes.unsigned(4)?;
        let row = bytes.unsigned(if header.release == 117 { 4 } else { 8 })?;
        let [kind] = bytes.array()?;
        let length = bytes.count("the length of a long string")?;
        let content = bytes.take(length)?;
        strings.insert((variable, row), (kind == TEXT).then(|| text(&content, header.charset)));
    }
    tag(bytes, "trls>")?;
    rows.resolve(&strings, header.release, bytes.big_endian)
}

/// The value labels, and the end of the file.
pub(super) fn labels<R: Read>(bytes: &mut Bytes<R>, header: &Header) -> Result<Sets, Fault> {
    tag(bytes, "<value_labels>")?;
    let mut sets = Sets::default();
    while &bytes.array()? == b"<lbl>" {
        set(bytes, widths(header.release).0, header.charset, &mut sets)?;
        tag(bytes, "</lbl>")?;
    }
    tag(bytes, "ue_labels></stata_dta>")?;
    Ok(sets)
}
