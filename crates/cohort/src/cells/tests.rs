use super::*;
use crate::dictionary::{BelowDetection, Code, Decimal};

fn read(kind: ColumnKind, entry: &ColumnEntry, text: &str) -> Cell {
    Reader::new(kind, entry).read(text)
}

fn value(kind: ColumnKind, entry: &ColumnEntry, text: &str) -> Result<Option<Value>, String> {
    read(kind, entry, text).value
}

#[test]
fn numbers_are_read_strictly() {
    let entry = ColumnEntry::default();
    let ok = |text| value(ColumnKind::Number, &entry, text).unwrap();
    assert_eq!(ok(" 1.5 "), Some(Value::Number(1.5)));
    assert_eq!(ok("-2e3"), Some(Value::Number(-2000.0)));
    assert_eq!(ok(""), None);
    assert_eq!((ok("0.00e-9"), ok("2.3e-308")), (Some(Value::Number(0.0)), Some(Value::Number(2.3e-308))));
    for text in ["1e-308", "-4.9e-324", "1e-400", "0.1e-999"] {
        assert_eq!(
            value(ColumnKind::Number, &entry, text),
            Err(format!("`{text}` is too small a number to be told from 0"))
        );
    }
    let large = value(ColumnKind::Integer, &entry, "9223372036854775807").unwrap_err();
    assert!(large.contains("keep its last digits"), "{large}");
    for text in ["1,5", "1.2.3", "1,234.5", "1 000", "inf", "NaN", "0x10", "<3", "e5", "1e999", "--", "."] {
        assert!(value(ColumnKind::Number, &entry, text).is_err(), "{text}");
    }
    assert_eq!(value(ColumnKind::Integer, &entry, "3.0"), Ok(Some(Value::Integer(3))));
    assert!(value(ColumnKind::Integer, &entry, "3.5").is_err());
    assert_eq!(
        value(ColumnKind::Integer, &entry, "9007199254740991"),
        Ok(Some(Value::Integer((1 << 53) - 1)))
    );
}

#[test]
fn laboratory_numbers_are_read_as_declared_and_noted() {
    let entry = ColumnEntry {
        decimal: Some(Decimal::Either),
        below_detection: Some(BelowDetection::Half),
        missing: vec!["-999".into()],
        range: Some([0.0, 10.0]),
        ..ColumnEntry::default()
    };
    let cell = read(ColumnKind::Number, &entry, " < 0,50");
    assert_eq!(cell.value, Ok(Some(Value::Number(0.25))));
    assert_eq!(cell.changes.len(), 3, "{cell:?}");
    assert_eq!(value(ColumnKind::Number, &entry, "-999"), Ok(None));
    assert_eq!(value(ColumnKind::Number, &entry, "10"), Ok(Some(Value::Number(10.0))));
    assert_eq!(value(ColumnKind::Number, &entry, "10.1"), Err("10.1 is outside 0 to 10".into()));
    assert!(value(ColumnKind::Number, &entry, "1.234,5").is_err());
    let comma = ColumnEntry { decimal: Some(Decimal::Comma), ..ColumnEntry::default() };
    assert_eq!(read(ColumnKind::Number, &comma, "1,5").changes, Vec::<String>::new());
    assert!(value(ColumnKind::Number, &comma, "1.5").is_err());
}

#[test]
fn dates_are_days_of_the_calendar() {
    let iso = ColumnEntry::default();
    for (text, days) in
        [("1970-01-01", 0), ("2000-02-29", 11_016), ("2020-01-01 00:00:00", 18_262), ("1969-12-31", -1)]
    {
        assert_eq!(value(ColumnKind::Date, &iso, text), Ok(Some(Value::Date(days))), "{text}");
        assert_eq!(iso_text(i64::from(days)), text[..10]);
    }
    for text in
        ["2019-02-29", "2019-13-01", "2019-00-10", "01.02.2019", "2019-1", "2019-01-01 24:00", "20190101"]
    {
        assert!(value(ColumnKind::Date, &iso, text).is_err(), "{text}");
    }
    // A time of day is left out, and told, unless it is of a time zone: there the day may be another.
    for text in ["2019-01-01 12:00:00", "2019-01-01T23:59", "2019-01-01 08:30:00.250"] {
        let cell = Reader::new(ColumnKind::Date, &iso).read(text);
        assert_eq!(cell.value, Ok(Some(Value::Date(17_897))), "{text}");
        assert_eq!(cell.changes, ["time of day left out"], "{text}");
    }
    for text in ["2018-12-31T23:00:00Z", "2019-01-01T12:00:00+01:00"] {
        let refused = value(ColumnKind::Date, &iso, text).unwrap_err();
        assert!(refused.contains("time zone"), "{refused}");
    }
    assert_eq!(infer(["2019-01-01", "2019-01-01 12:00:00"].into_iter(), &iso), ColumnKind::Text);
    let german = ColumnEntry { format: Some("%d.%m.%Y".into()), ..ColumnEntry::default() };
    assert_eq!(value(ColumnKind::Date, &german, "1.3.1970"), Ok(Some(Value::Date(59))));
    let named = ColumnEntry { format: Some("%d-%b-%Y".into()), ..ColumnEntry::default() };
    assert_eq!(value(ColumnKind::Date, &named, "02-FEB-1970"), Ok(Some(Value::Date(32))));
    assert!(value(ColumnKind::Date, &named, "02-Fäb-1970").is_err());
    assert!(DateFormat::parse("%d.%m").is_none() && DateFormat::parse("%d%d%m%Y").is_none());
}

#[test]
fn codes_are_found_by_every_spelling() {
    let code = |value: &str, alias: &str| Code {
        value: value.into(),
        aliases: vec![alias.into()],
        ..Code::default()
    };
    let mut entry =
        ColumnEntry { codes: vec![code("male", "M"), code("female", "F")], ..ColumnEntry::default() };
    assert_eq!(value(ColumnKind::Category, &entry, " m"), Ok(Some(Value::Text("male".into()))));
    let refused = value(ColumnKind::Category, &entry, "femal").unwrap_err();
    assert!(refused.ends_with("the nearest is `female`"), "{refused}");
    entry.separator = Some(";".into());
    assert_eq!(value(ColumnKind::Category, &entry, "F; male;"), Ok(Some(Value::Text("female;male".into()))));
    assert!(value(ColumnKind::Category, &entry, "F;X").is_err());
    entry.ignore_case = false;
    assert!(value(ColumnKind::Category, &entry, "m").is_err());
}

#[test]
fn kinds_are_inferred_conservatively() {
    let infer = |texts: &[&str]| infer(texts.iter().copied(), &ColumnEntry::default());
    assert_eq!(infer(&["1", "", " 20"]), ColumnKind::Integer);
    assert_eq!(infer(&["0", "1"]), ColumnKind::Integer);
    assert_eq!(infer(&["1", "2.5", "0.5"]), ColumnKind::Number);
    assert_eq!(infer(&["007", "12"]), ColumnKind::Text);
    assert_eq!(infer(&["2019-01-01", ""]), ColumnKind::Date);
    assert_eq!(infer(&["2019-01-01", "2019-02-30"]), ColumnKind::Text);
    assert_eq!(infer(&["TRUE", "false"]), ColumnKind::Flag);
    assert_eq!(infer(&["yes", "no"]), ColumnKind::Text);
    assert_eq!(infer(&["", " "]), ColumnKind::Text);
    assert_eq!(unit_key(" \u{b5}g/L"), unit_key("\u{3bc}G/l"));
    assert_eq!(unit_key("UG/L"), unit_key("\u{3bc}g/L"));
}

#[test]
fn digits_that_a_number_would_lose_are_text() {
    let kind = |texts: &[&str]| infer(texts.iter().copied(), &ColumnEntry::default());
    assert_eq!(kind(&["9007199254740993", "12"]), ColumnKind::Integer);
    assert_eq!(kind(&["12345678901234567890", "9007199254740993"]), ColumnKind::Text);
    assert_eq!(kind(&["12345678901234567890", "2.5"]), ColumnKind::Text);
    assert_eq!(kind(&["10000000000000000000000", "0.30000000000000004"]), ColumnKind::Number);
}

#[test]
fn the_unit_of_the_column_may_stand_behind_a_number() {
    let entry = |unit: &str| ColumnEntry { unit: Some(unit.into()), ..ColumnEntry::default() };
    for (unit, text, expected) in
        [("%", "70%", 70.0), ("µg/l", "5.2 ug/L", 5.2), ("m2", "1.9 m2", 1.9), ("d", "3", 3.0)]
    {
        let entry = entry(unit);
        let cell = Reader::new(ColumnKind::Number, &entry).read(text);
        assert_eq!(cell.value, Ok(Some(Value::Number(expected))), "{text}");
        assert_eq!(cell.changes.len(), usize::from(text != "3"), "{text}");
        assert_eq!(infer([text, "1.5"].into_iter(), &entry), ColumnKind::Number);
    }
    for (unit, text) in [("%", "%"), ("mm", "5 cm"), ("mg", "5"), ("mg", "mg")] {
        let read = value(ColumnKind::Number, &entry(unit), text);
        assert_eq!(read.is_ok(), text == "5", "{text}: {read:?}");
    }
    let from_column = ColumnEntry { unit_column: Some("unit".into()), ..entry("%") };
    assert!(value(ColumnKind::Number, &from_column, "70%").is_err());
}
