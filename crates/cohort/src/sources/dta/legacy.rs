//! The layout of the releases 113 to 115 (Stata 8 to 12): sections of fixed sizes one behind the other.

use super::header::{Header, Lists, Storage, texts};
use super::labels::{Sets, set};
use crate::sources::binary::{Bytes, Fault};
use crate::sources::charset::Charset;
use encoding_rs::{Encoding, WINDOWS_1252};
use std::io::Read;

const NAME: usize = 33;
const LABEL: usize = 81;

pub(super) fn header<R: Read>(
    bytes: &mut Bytes<R>,
    stated: Option<&'static Encoding>,
) -> Result<Header, Fault> {
    let [release, order, kind, _] = bytes.array()?;
    let format = match (release, order, kind) {
        (113, 1 | 2, 1) => 12,
        (114 | 115, 1 | 2, 1) => 49,
        (102..=112, 1 | 2, 1) => {
            return Err(Fault::new(
                format!("the file is of release {release}, that is of Stata 7 or earlier"),
                "open it in a later Stata and save it again",
            ));
        }
        _ => return Err(Fault::new("this is not a Stata file", "is it damaged, or another format?")),
    };
    bytes.big_endian = order == 1;
    let n = usize::from(bytes.short()?);
    let rows = bytes.count("the number of rows")? as u64;
    bytes.take(LABEL + 18)?;
    let charset = stated.map_or(Charset::assumed(WINDOWS_1252), Charset::said);
    let storage = bytes.take(n)?.into_iter().map(Storage::of_old_code).collect::<Result<_, _>>()?;
    let names = texts(&bytes.take(n * NAME)?, NAME, charset);
    bytes.take(2 * (n + 1))?;
    let formats = texts(&bytes.take(n * format)?, format, charset);
    let sets = texts(&bytes.take(n * NAME)?, NAME, charset);
    let labels = texts(&bytes.take(n * LABEL)?, LABEL, charset);
    let variables = Lists { storage, names, formats, sets, labels }.variables()?;
    loop {
        let [kind] = bytes.array()?;
        let length = bytes.count("the length of an expansion field")?;
        if kind == 0 && length == 0 {
            break;
        }
        bytes.take(length)?;
    }
    Ok(Header { release: u16::from(release), rows, variables, charset })
}

/// The value labels, which reach to the end of the file.
pub(super) fn labels<R: Read>(bytes: &mut Bytes<R>, header: &Header) -> Result<Sets, Fault> {
    let mut sets = Sets::default();
    while bytes.at < bytes.length {
        set(bytes, NAME, header.charset, &mut sets)?;
    }
    Ok(sets)
}
