//! A workbook of Excel 97, written record by record into a compound file.

pub fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
}

fn shorts(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// A string with its length in two bytes, one byte a character.
fn string(text: &str) -> Vec<u8> {
    [&(text.len() as u16).to_le_bytes()[..], &[0], text.as_bytes()].concat()
}

/// A value of a cell.
pub enum Cell {
    Number(f64),
    /// A number with the cell format of dates.
    Date(f64),
    /// A number with the cell format of lengths of time.
    Length(f64),
    /// In four bytes, as they are.
    Packed(u32),
    /// Several of these side by side.
    Row(Vec<u32>),
    Shared(u32),
    Text(&'static str),
    Logical(bool),
    Error(u8),
    Formula(f64),
    TextFormula(&'static str),
}

/// The records of a cell.
pub fn cell(row: u16, column: u16, cell: Cell) -> Vec<u8> {
    let head = |format: u16| shorts(&[row, column, format]);
    let with = |kind, format, data: &[u8]| record(kind, &[&head(format)[..], data].concat());
    match cell {
        Cell::Number(number) => with(0x0203, 0, &number.to_le_bytes()),
        Cell::Date(number) => with(0x0203, 1, &number.to_le_bytes()),
        Cell::Length(number) => with(0x0203, 2, &number.to_le_bytes()),
        Cell::Packed(bits) => with(0x027E, 0, &bits.to_le_bytes()),
        Cell::Row(all) => {
            let mut data = shorts(&[row, column]);
            all.iter().for_each(|bits| data.extend([&[0, 0][..], &bits.to_le_bytes()].concat()));
            data.extend((column + all.len() as u16 - 1).to_le_bytes());
            record(0x00BD, &data)
        }
        Cell::Shared(index) => with(0x00FD, 0, &index.to_le_bytes()),
        Cell::Text(text) => with(0x0204, 0, &string(text)),
        Cell::Logical(value) => with(0x0205, 0, &[value.into(), 0]),
        Cell::Error(code) => with(0x0205, 0, &[code, 1]),
        Cell::Formula(number) => with(0x0006, 0, &[&number.to_le_bytes()[..], &[0; 8]].concat()),
        Cell::TextFormula(text) => {
            let formula = with(0x0006, 0, &[&[0, 0, 0, 0, 0, 0, 0xFF, 0xFF][..], &[0; 8]].concat());
            [formula, record(0x0207, &string(text))].concat()
        }
    }
}

/// The record of merged cells: top, bottom, left, right.
pub fn merged(place: [u16; 4]) -> Vec<u8> {
    record(0x00E5, &[&shorts(&[1])[..], &shorts(&place)].concat())
}

/// A sheet: its name, whether it is shown, the records of its cells.
pub type Sheet = (&'static str, bool, Vec<u8>);

fn begin(kind: u16) -> Vec<u8> {
    record(0x0809, &[&shorts(&[0x0600, kind])[..], &[0; 12]].concat())
}

/// The stream of a workbook. The shared strings are records, the first with those that continue it.
pub fn stream(before: &[u8], strings: &[u8], sheets: &[Sheet]) -> Vec<u8> {
    let mut head = begin(5);
    head.extend(before);
    head.extend(record(0x041E, &[&shorts(&[164])[..], &string("dd.mm.yyyy")].concat()));
    for format in [0, 164, 46] {
        head.extend(record(0x00E0, &[&shorts(&[0, format])[..], &[0; 16]].concat()));
    }
    let names: usize = sheets.iter().map(|(name, _, _)| 4 + 8 + name.len()).sum();
    let end = record(0x000A, &[]);
    let mut at = head.len() + names + strings.len() + end.len();
    let mut parts = Vec::new();
    for (name, is_shown, records) in sheets {
        let data =
            [&(at as u32).to_le_bytes()[..], &[u8::from(!is_shown), 0, name.len() as u8, 0], name.as_bytes()];
        head.extend(record(0x0085, &data.concat()));
        let part = [begin(0x10), records.clone(), end.clone()].concat();
        at += part.len();
        parts.push(part);
    }
    [head, strings.to_vec(), end, parts.concat()].concat()
}

/// Shared strings in one record.
pub fn shared(strings: &[&str]) -> Vec<u8> {
    let n = (strings.len() as u32).to_le_bytes();
    let mut data = [n, n].concat();
    strings.iter().for_each(|text| data.extend(string(text)));
    record(0x00FC, &data)
}

/// A compound file with one stream, which is kept in small sectors where it is short.
pub fn compound(name: &str, stream: &[u8]) -> Vec<u8> {
    let is_short = stream.len() < 4096;
    let n = stream.len().div_ceil(512);
    // Sector 0 is the table of sectors, 1 the directory, 2 the table of small sectors where there are any.
    let first = if is_short { 3 } else { 2 };
    let mut header = vec![0; 512];
    header[..8].copy_from_slice(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(24, &[0x3E, 0, 3, 0, 0xFE, 0xFF, 9, 0, 6, 0]);
    put(44, &1u32.to_le_bytes());
    put(48, &1u32.to_le_bytes());
    put(56, &4096u32.to_le_bytes());
    put(60, &(if is_short { 2u32 } else { 0xFFFF_FFFE }).to_le_bytes());
    put(64, &u32::from(is_short).to_le_bytes());
    put(68, &0xFFFF_FFFEu32.to_le_bytes());
    put(76, &[0xFF; 436]);
    put(76, &0u32.to_le_bytes());
    let chain = |n: usize, first: usize| {
        (0..n).map(move |index| if index + 1 == n { 0xFFFF_FFFE } else { (first + index + 1) as u32 })
    };
    let mut table = vec![0xFFFF_FFFDu32, 0xFFFF_FFFE];
    if is_short {
        table.push(0xFFFF_FFFE);
    }
    table.extend(chain(n, first));
    assert!(table.len() <= 128, "one sector of the table is written");
    table.resize(128, 0xFFFF_FFFF);
    let mut small: Vec<u32> = chain(stream.len().div_ceil(64), 0).collect();
    small.resize(128, 0xFFFF_FFFF);
    let entry = |name: &str, kind: u8, start: u32, length: usize| {
        let mut entry = vec![0; 128];
        let name: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        entry[..name.len()].copy_from_slice(&name);
        entry[64] = name.len() as u8;
        entry[66] = kind;
        entry[116..120].copy_from_slice(&start.to_le_bytes());
        entry[120..124].copy_from_slice(&(length as u32).to_le_bytes());
        entry
    };
    let root = if is_short { (first as u32, stream.len().div_ceil(64) * 64) } else { (0xFFFF_FFFE, 0) };
    let mut directory = entry("Root Entry", 5, root.0, root.1);
    directory.extend(entry(name, 2, if is_short { 0 } else { first as u32 }, stream.len()));
    directory.resize(512, 0);
    let bytes = |table: Vec<u32>| table.into_iter().flat_map(u32::to_le_bytes).collect::<Vec<u8>>();
    let mut file = [header, bytes(table), directory].concat();
    if is_short {
        file.extend(bytes(small));
    }
    file.extend(stream);
    file.resize(512 * (1 + first + n), 0);
    file
}
