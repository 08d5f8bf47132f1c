//! Bytes written by hand from the description of the form.

use super::*;
use arrow::array::{Array, AsArray};
use arrow::datatypes::{DataType, Date32Type, Field, Float64Type, Int64Type, Schema};

fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("id", DataType::Int64, true),
        Field::new("name", DataType::Utf8, true),
        Field::new("size", DataType::Float64, true),
        Field::new("born", DataType::Date32, true),
    ]))
}

fn copy(rows: &[&[Option<&[u8]>]]) -> Vec<u8> {
    let mut bytes = SIGNATURE.to_vec();
    bytes.extend([0; 8]);
    for row in rows {
        bytes.extend((row.len() as i16).to_be_bytes());
        for value in *row {
            bytes.extend(value.map_or(-1, |value| value.len() as i32).to_be_bytes());
            bytes.extend(value.unwrap_or_default());
        }
    }
    bytes.extend((-1i16).to_be_bytes());
    bytes
}

fn two_rows() -> Vec<u8> {
    copy(&[
        &[
            Some(&7i64.to_be_bytes()),
            Some("Ä".as_bytes()),
            Some(&(-0.0f64).to_be_bytes()),
            Some(&60i32.to_be_bytes()),
        ],
        &[None, Some(b""), None, None],
    ])
}

#[test]
fn rows_are_the_same_wherever_the_pieces_are_cut() {
    let bytes = two_rows();
    for cut in 0..=bytes.len() {
        let mut decoder = Decoder::new(schema()).unwrap();
        decoder.feed(&bytes[..cut]).unwrap();
        decoder.feed(&bytes[cut..]).unwrap();
        assert!(decoder.has_ended());
        let rows = decoder.finish().unwrap();
        assert_eq!(rows.num_rows(), 2);
        assert_eq!(rows.column(0).as_primitive::<Int64Type>().iter().collect::<Vec<_>>(), [Some(7), None]);
        let names = rows.column(1).as_string::<i32>();
        assert_eq!((names.value(0), names.value(1), names.is_null(1)), ("Ä", "", false));
        assert_eq!(rows.column(2).as_primitive::<Float64Type>().value(0).to_bits(), 0);
        // 2000-03-01 is day 11 017 from 1970-01-01.
        assert_eq!(rows.column(3).as_primitive::<Date32Type>().value(0), 11_017);
    }
}

#[test]
fn what_stops_early_has_not_ended() {
    let bytes = two_rows();
    let mut decoder = Decoder::new(schema()).unwrap();
    decoder.feed(&bytes[..bytes.len() - 2]).unwrap();
    assert_eq!((decoder.collected().0, decoder.has_ended()), (2, false));
}

#[test]
fn what_is_no_copy_is_refused() {
    let mut other = two_rows();
    other[3] = b'X';
    assert!(Decoder::new(schema()).unwrap().feed(&other).is_err());
    let narrow = copy(&[&[Some(&7i64.to_be_bytes())]]);
    assert!(Decoder::new(schema()).unwrap().feed(&narrow).is_err());
    let long = copy(&[&[Some(&[1, 2]), None, None, None]]);
    let fault = Decoder::new(schema()).unwrap().feed(&long).unwrap_err();
    assert!(fault.message.contains("`id`"), "{fault}");
    let infinite = copy(&[&[None, None, None, Some(&i32::MAX.to_be_bytes())]]);
    assert!(Decoder::new(schema()).unwrap().feed(&infinite).unwrap_err().message.contains("infinite"));
    let bytes = copy(&[&[None, Some(&[0xff]), None, None]]);
    assert!(Decoder::new(schema()).unwrap().feed(&bytes).unwrap_err().message.contains("UTF-8"));
}
