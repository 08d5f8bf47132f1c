//! SPSS files, written byte by byte.

pub(crate) fn int(bytes: &mut Vec<u8>, value: i32) {
    bytes.extend(value.to_le_bytes());
}

pub(crate) fn double(bytes: &mut Vec<u8>, value: f64) {
    bytes.extend(value.to_le_bytes());
}

pub(crate) fn padded(bytes: &mut Vec<u8>, text: &str, length: usize) {
    let mut text = text.as_bytes().to_vec();
    text.resize(length, b' ');
    bytes.extend(text);
}

/// A variable: name, width, kind of its format, label, missing values as the file has them.
pub(crate) fn variable(
    bytes: &mut Vec<u8>,
    name: &str,
    width: i32,
    format: i32,
    label: &str,
    missing: (i32, &[f64]),
) {
    for value in
        [2, width, i32::from(!label.is_empty()), missing.0, format << 16 | 8 << 8, format << 16 | 8 << 8]
    {
        int(bytes, value);
    }
    padded(bytes, name, 8);
    if !label.is_empty() {
        int(bytes, label.len() as i32);
        padded(bytes, label, label.len().div_ceil(4) * 4);
    }
    missing.1.iter().for_each(|value| double(bytes, *value));
}

pub(crate) fn extension(bytes: &mut Vec<u8>, kind: i32, data: &[u8]) {
    for value in [7, kind, 1, data.len() as i32] {
        int(bytes, value);
    }
    bytes.extend(data);
}

/// What stands before the variables: how many elements a case has, and how many cases there are.
pub(crate) fn start(elements: i32, compressed: bool, cases: i32) -> Vec<u8> {
    let mut bytes = b"$FL2".to_vec();
    padded(&mut bytes, "@(#) test", 60);
    for value in [2, elements, i32::from(compressed), 0, cases] {
        int(&mut bytes, value);
    }
    double(&mut bytes, 100.0);
    padded(&mut bytes, "", 84);
    bytes
}

/// Labels of values of a variable, which is named by its position from 1.
pub(crate) fn value_labels(bytes: &mut Vec<u8>, position: i32, labels: &[(f64, &str)]) {
    int(bytes, 3);
    int(bytes, labels.len() as i32);
    for (value, label) in labels {
        double(bytes, *value);
        bytes.push(label.len() as u8);
        padded(bytes, label, (label.len() + 1).div_ceil(8) * 8 - 1);
    }
    for value in [4, 1, position] {
        int(bytes, value);
    }
}

/// A variable, its label, and those of its values.
pub(crate) type Labelled<'a> = (&'a str, &'a str, &'a [(f64, &'a str)]);

/// A file of numbers: each variable with its label and the labels of its values, then the cases.
pub(crate) fn numbers(variables: &[Labelled], cases: &[Vec<f64>]) -> Vec<u8> {
    with_dates(variables, &[], cases)
}

/// The same, where some variables are dates: seconds since 1582-10-14.
pub(crate) fn with_dates(variables: &[Labelled], dates: &[&str], cases: &[Vec<f64>]) -> Vec<u8> {
    let mut bytes = start(variables.len() as i32, false, cases.len() as i32);
    for (name, label, _) in variables {
        // Names of variables have eight characters; the long ones follow.
        let format = if dates.contains(name) { 20 } else { 5 };
        variable(&mut bytes, &short(name), 0, format, label, (0, &[]));
    }
    for (position, (_, _, labels)) in (1..).zip(variables).filter(|(_, (_, _, labels))| !labels.is_empty()) {
        value_labels(&mut bytes, position, labels);
    }
    let long: Vec<String> = variables.iter().map(|(name, ..)| format!("{}={name}", short(name))).collect();
    extension(&mut bytes, 13, long.join("\t").as_bytes());
    extension(&mut bytes, 20, b"UTF-8");
    int(&mut bytes, 999);
    int(&mut bytes, 0);
    cases.iter().flatten().for_each(|value| double(&mut bytes, *value));
    bytes
}

fn short(name: &str) -> String {
    name.chars().take(8).collect::<String>().to_uppercase()
}
