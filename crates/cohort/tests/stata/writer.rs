//! A Stata file, written byte by byte.

/// A value of a row.
#[derive(Clone, Copy)]
pub enum Value {
    Byte(i8),
    Int(i16),
    Long(i32),
    Float(f32),
    Double(f64),
    /// A string of a variable of so many bytes.
    Text(&'static [u8], usize),
    /// A long string; the empty one is stored nowhere.
    LongText(&'static [u8]),
    /// Bytes that are no text.
    Binary(&'static [u8]),
}

/// A variable: name, display format, set of value labels, label.
pub type Variable = (&'static str, &'static str, &'static str, &'static str);

/// Name, and value and label of each.
pub type Set = (&'static str, Vec<(i32, &'static str)>);

pub struct Writer {
    pub release: u16,
    pub big_endian: bool,
    pub variables: Vec<Variable>,
    pub rows: Vec<Vec<Value>>,
    pub sets: Vec<Set>,
}

impl Writer {
    fn number(&self, bytes: &mut Vec<u8>, value: u64, width: usize) {
        match self.big_endian {
            true => bytes.extend(&value.to_be_bytes()[8 - width..]),
            false => bytes.extend(&value.to_le_bytes()[..width]),
        }
    }

    fn field(bytes: &mut Vec<u8>, text: &str, width: usize) {
        let mut field = text.as_bytes().to_vec();
        field.resize(width, 0);
        bytes.extend(field);
    }

    fn kind(&self, value: Value) -> u64 {
        let old = self.release < 117;
        match value {
            Value::Byte(_) => {
                if old {
                    251
                } else {
                    65_530
                }
            }
            Value::Int(_) => {
                if old {
                    252
                } else {
                    65_529
                }
            }
            Value::Long(_) => {
                if old {
                    253
                } else {
                    65_528
                }
            }
            Value::Float(_) => {
                if old {
                    254
                } else {
                    65_527
                }
            }
            Value::Double(_) => {
                if old {
                    255
                } else {
                    65_526
                }
            }
            Value::Text(_, width) => width as u64,
            Value::LongText(_) | Value::Binary(_) => 32_768,
        }
    }

    fn value(&self, bytes: &mut Vec<u8>, value: Value, row: usize, column: usize) {
        match value {
            Value::Byte(value) => self.number(bytes, value as u64, 1),
            Value::Int(value) => self.number(bytes, value as u64, 2),
            Value::Long(value) => self.number(bytes, value as u64, 4),
            Value::Float(value) => self.number(bytes, value.to_bits().into(), 4),
            Value::Double(value) => self.number(bytes, value.to_bits(), 8),
            Value::Text(text, width) => {
                let mut field = text.to_vec();
                field.resize(width, 0);
                bytes.extend(field);
            }
            Value::LongText(b"") => bytes.extend([0; 8]),
            Value::LongText(_) | Value::Binary(_) => {
                let width = match self.release {
                    117 => 4,
                    118 => 2,
                    _ => 3,
                };
                self.number(bytes, column as u64 + 1, width);
                self.number(bytes, row as u64 + 1, 8 - width);
            }
        }
    }

    /// The table of a set of value labels, with its length before it.
    fn set(&self, bytes: &mut Vec<u8>, (name, labels): &Set, width: usize) {
        let size: usize = labels.iter().map(|(_, label)| label.len() + 1).sum();
        self.number(bytes, (8 + 8 * labels.len() + size) as u64, 4);
        Self::field(bytes, name, width);
        bytes.extend([0; 3]);
        self.number(bytes, labels.len() as u64, 4);
        self.number(bytes, size as u64, 4);
        let mut at = 0;
        for (_, label) in labels {
            self.number(bytes, at, 4);
            at += label.len() as u64 + 1;
        }
        labels.iter().for_each(|(value, _)| self.number(bytes, *value as u64, 4));
        for (_, label) in labels {
            bytes.extend(label.as_bytes());
            bytes.push(0);
        }
    }

    /// The file.
    pub fn bytes(&self) -> Vec<u8> {
        if self.release < 117 { self.old() } else { self.tagged() }
    }

    fn old(&self) -> Vec<u8> {
        let mut bytes = vec![self.release as u8, if self.big_endian { 1 } else { 2 }, 1, 0];
        self.number(&mut bytes, self.variables.len() as u64, 2);
        self.number(&mut bytes, self.rows.len() as u64, 4);
        Self::field(&mut bytes, "Patients of the trial", 81);
        Self::field(&mut bytes, "", 18);
        let kinds = self.rows[0].iter().map(|value| self.kind(*value) as u8);
        bytes.extend(kinds);
        let format = if self.release == 113 { 12 } else { 49 };
        self.variables.iter().for_each(|variable| Self::field(&mut bytes, variable.0, 33));
        Self::field(&mut bytes, "", 2 * (self.variables.len() + 1));
        self.variables.iter().for_each(|variable| Self::field(&mut bytes, variable.1, format));
        self.variables.iter().for_each(|variable| Self::field(&mut bytes, variable.2, 33));
        self.variables.iter().for_each(|variable| Self::field(&mut bytes, variable.3, 81));
        bytes.push(1);
        self.number(&mut bytes, 5, 4);
        bytes.extend(b"a note");
        bytes.pop();
        bytes.extend([0; 5]);
        self.data(&mut bytes);
        self.sets.iter().for_each(|set| self.set(&mut bytes, set, 33));
        bytes
    }

    fn data(&self, bytes: &mut Vec<u8>) {
        for (row, values) in self.rows.iter().enumerate() {
            for (column, value) in values.iter().enumerate() {
                self.value(bytes, *value, row, column);
            }
        }
    }

    fn tagged(&self) -> Vec<u8> {
        let (name, format, label) = if self.release == 117 { (33, 49, 81) } else { (129, 57, 321) };
        let n = self.variables.len();
        let mut bytes =
            format!("<stata_dta><header><release>{}</release><byteorder>", self.release).into_bytes();
        bytes.extend(if self.big_endian { b"MSF" } else { b"LSF" });
        bytes.extend(b"</byteorder><K>");
        self.number(&mut bytes, n as u64, if self.release == 119 { 4 } else { 2 });
        bytes.extend(b"</K><N>");
        self.number(&mut bytes, self.rows.len() as u64, if self.release == 117 { 4 } else { 8 });
        bytes.extend(b"</N><label>");
        self.number(&mut bytes, 8, if self.release == 117 { 1 } else { 2 });
        bytes.extend(b"Patients</label><timestamp>\0</timestamp></header><map>");
        Self::field(&mut bytes, "", 14 * 8);
        bytes.extend(b"</map><variable_types>");
        self.rows[0].iter().for_each(|value| self.number(&mut bytes, self.kind(*value), 2));
        bytes.extend(b"</variable_types><varnames>");
        self.variables.iter().for_each(|variable| Self::field(&mut bytes, variable.0, name));
        bytes.extend(b"</varnames><sortlist>");
        Self::field(&mut bytes, "", (n + 1) * if self.release == 119 { 4 } else { 2 });
        bytes.extend(b"</sortlist><formats>");
        self.variables.iter().for_each(|variable| Self::field(&mut bytes, variable.1, format));
        bytes.extend(b"</formats><value_label_names>");
        self.variables.iter().for_each(|variable| Self::field(&mut bytes, variable.2, name));
        bytes.extend(b"</value_label_names><variable_labels>");
        self.variables.iter().for_each(|variable| Self::field(&mut bytes, variable.3, label));
        bytes.extend(b"</variable_labels><characteristics><ch>");
        self.number(&mut bytes, 6, 4);
        bytes.extend(b"a note</ch></characteristics><data>");
        self.data(&mut bytes);
        bytes.extend(b"</data><strls>");
        for (row, values) in self.rows.iter().enumerate() {
            for (column, value) in values.iter().enumerate() {
                let (kind, content) = match value {
                    Value::LongText(text) if !text.is_empty() => (130, [*text, b"\0"].concat()),
                    Value::Binary(content) => (129, content.to_vec()),
                    _ => continue,
                };
                bytes.extend(b"GSO");
                self.number(&mut bytes, column as u64 + 1, 4);
                self.number(&mut bytes, row as u64 + 1, if self.release == 117 { 4 } else { 8 });
                bytes.push(kind);
                self.number(&mut bytes, content.len() as u64, 4);
                bytes.extend(content);
            }
        }
        bytes.extend(b"</strls><value_labels>");
        for set in &self.sets {
            bytes.extend(b"<lbl>");
            self.set(&mut bytes, set, name);
            bytes.extend(b"</lbl>");
        }
        bytes.extend(b"</value_labels></stata_dta>");
        bytes
    }
}
