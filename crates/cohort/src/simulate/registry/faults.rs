//! Faults that are planted into the dirty twin, as they happen in registries: slips of years and units, rows of another
//! patient, transfers that were repeated, two hands that filled in two fields.

use super::super::random::Random;
use super::index_of;
use super::model::{Cell, Row, TABLES};
use super::person::Person;

/// A kind of fault.
#[derive(Debug)]
pub(in crate::simulate) struct Fault {
    pub(in crate::simulate) name: &'static str,
    /// The rule that should find it.
    pub(in crate::simulate) rule: &'static str,
    /// Spoils one patient, and says where; none where the patient has nothing to spoil.
    pub(super) plant: fn(&mut Person, &mut Random) -> Option<Spot>,
}

/// Where a fault was planted: a table, a row of the patient's, a column.
#[derive(Debug)]
pub(super) struct Spot {
    pub(super) table: usize,
    pub(super) row: usize,
    pub(super) column: &'static str,
}

/// A fault that was planted.
#[derive(Debug)]
pub(super) struct Planted {
    pub(super) kind: &'static Fault,
    pub(super) table: &'static str,
    /// From 1, in the whole table.
    pub(super) row: u64,
    pub(super) column: &'static str,
    pub(super) patient: String,
}

/// A column's position in its table.
fn position(table: &str, column: &str) -> usize {
    let columns = TABLES[index_of(table)].columns;
    columns.iter().position(|(name, _)| *name == column).unwrap_or_default()
}

/// Changes a cell of a row.
fn set(
    person: &mut Person,
    table: &'static str,
    row: usize,
    column: &'static str,
    change: impl Fn(&Cell) -> Option<Cell>,
) -> Option<Spot> {
    let cell = person.of(table).get_mut(row)?.get_mut(position(table, column))?;
    *cell = change(cell)?;
    Some(Spot { table: index_of(table), row, column })
}

/// Moves a day.
fn move_day(
    person: &mut Person,
    table: &'static str,
    row: usize,
    column: &'static str,
    by: i32,
) -> Option<Spot> {
    set(person, table, row, column, |cell| Some(Cell::Date(cell.day()? + by)))
}

/// Replaces a cell.
fn write(
    person: &mut Person,
    table: &'static str,
    row: usize,
    column: &'static str,
    value: Cell,
) -> Option<Spot> {
    set(person, table, row, column, |_| Some(value.clone()))
}

/// Multiplies a number.
fn times(
    person: &mut Person,
    table: &'static str,
    row: usize,
    column: &'static str,
    by: f64,
) -> Option<Spot> {
    set(person, table, row, column, |cell| Some(Cell::Number((cell.number()? * by * 1e4).round() / 1e4)))
}

/// Adds a row behind the others.
fn add(person: &mut Person, table: &'static str, row: Row, column: &'static str) -> Option<Spot> {
    let rows = person.of(table);
    rows.push(row);
    Some(Spot { table: index_of(table), row: rows.len() - 1, column })
}

/// Any of a table's rows.
fn any(person: &mut Person, table: &str, random: &mut Random) -> usize {
    let rows = person.of(table).len();
    ((rows as f64 * random.uniform()) as usize).min(rows.saturating_sub(1))
}

/// The day of death.
fn death(person: &mut Person) -> Option<i32> {
    let last = person.of("follow_up").last()?.clone();
    if last[position("follow_up", "status")].is("dead") {
        last[position("follow_up", "visit_date")].day()
    } else {
        None
    }
}

/// A copy of a table's last row, moved to a day after death.
fn late_copy(person: &mut Person, table: &'static str, column: &'static str) -> Option<Spot> {
    let day = death(person)? + 30;
    let mut row = person.of(table).last()?.clone();
    row[position(table, column)] = Cell::Date(day);
    add(person, table, row, column)
}

/// The first row in which a column has a text.
fn first_with(person: &mut Person, table: &str, column: &str, text: &str) -> Option<usize> {
    let column = position(table, column);
    person.of(table).iter().position(|row| row[column].is(text))
}

/// A century, and a year, in days.
const CENTURY: i32 = 36_525;
const YEAR: i32 = 365;

macro_rules! fault {
    ($name:literal, $rule:literal, $plant:expr) => {
        Fault { name: $name, rule: $rule, plant: $plant }
    };
}

pub(in crate::simulate) const FAULTS: &[Fault] = &[
    fault!("birth in the wrong century, later", "born-after-diagnosis", |p, _| {
        move_day(p, "patients", 0, "birth_date", CENTURY)
    }),
    fault!("birth in the wrong century, earlier", "age-out-of-range", |p, _| {
        move_day(p, "patients", 0, "birth_date", -CENTURY)
    }),
    fault!("metastasis dated ten years early", "metastasis-before-primary", |p, _| {
        move_day(p, "patients", 0, "liver_metastasis_date", -14 * YEAR)
    }),
    fault!("operation dated three years early", "operation-before-diagnosis", |p, _| {
        move_day(p, "operations", 0, "operation_date", -3 * YEAR)
    }),
    fault!("cycle dated before the diagnosis", "treatment-before-diagnosis", |p, random| {
        let row = any(p, "treatments", random);
        move_day(p, "treatments", row, "start_date", -10 * YEAR)
    }),
    fault!("visit dated before the diagnosis", "visit-before-diagnosis", |p, random| {
        let row = any(p, "follow_up", random);
        move_day(p, "follow_up", row, "visit_date", -20 * YEAR)
    }),
    fault!("two cycles with their days exchanged", "cycles-out-of-order", |p, _| {
        let column = position("treatments", "start_date");
        let rows = p.of("treatments");
        let (first, second) = (rows.first()?[column].clone(), rows.get(1)?[column].clone());
        (rows[0][column], rows[1][column]) = (second, first);
        Some(Spot { table: index_of("treatments"), row: 1, column: "start_date" })
    }),
    fault!("exam dated before the lesion was seen", "measured-before-first-seen", |p, random| {
        let row = any(p, "measurements", random);
        move_day(p, "measurements", row, "exam_date", -2 * YEAR)
    }),
    fault!("death dated before the operation", "death-before-surgery", |p, _| {
        death(p)?;
        let operation = p.of("operations")[0][position("operations", "operation_date")].day()?;
        let last = p.of("follow_up").len() - 1;
        write(p, "follow_up", last, "visit_date", Cell::Date(operation - 3))?;
        Some(Spot { table: index_of("operations"), row: 0, column: "operation_date" })
    }),
    fault!("visit after death", "visit-after-death", |p, _| {
        let mut row = p.of("follow_up").last()?.clone();
        row[position("follow_up", "visit_date")] = Cell::Date(death(p)? + 60);
        row[position("follow_up", "status")] = Cell::of("alive");
        add(p, "follow_up", row, "visit_date")
    }),
    fault!("cycle after death", "treatment-after-death", |p, _| {
        let spot = late_copy(p, "treatments", "start_date")?;
        set(p, "treatments", spot.row, "cycle", |cell| Some(Cell::Integer(cell.number()? as i64 + 1)))?;
        Some(spot)
    }),
    fault!("sample after death", "sample-after-death", |p, _| late_copy(p, "labs", "sample_date")),
    fault!("exam after death", "exam-after-death", |p, _| late_copy(p, "measurements", "exam_date")),
    fault!("specimen dated a day late", "pathology-without-operation", |p, random| {
        let row = any(p, "pathology", random);
        move_day(p, "pathology", row, "operation_date", 1)
    }),
    fault!("measurement of an unknown lesion", "measurement-without-lesion", |p, random| {
        let row = any(p, "measurements", random);
        write(p, "measurements", row, "lesion_id", Cell::of("L99"))
    }),
    fault!("specimen of an unknown lesion", "specimen-without-lesion", |p, random| {
        let row = any(p, "pathology", random);
        write(p, "pathology", row, "tumor", Cell::of("L99"))
    }),
    fault!("absent lesion with a size", "absent-with-size", |p, random| {
        let row = any(p, "measurements", random);
        let size = p.of("measurements")[row][position("measurements", "diameter_mm")].number()?;
        if size > 0.0 { write(p, "measurements", row, "state", Cell::of("absent")) } else { None }
    }),
    fault!("present lesion of size 0", "present-without-size", |p, random| {
        let row = any(p, "measurements", random);
        let size = p.of("measurements")[row][position("measurements", "diameter_mm")].number()?;
        if size > 0.0 { write(p, "measurements", row, "diameter_mm", Cell::Number(0.0)) } else { None }
    }),
    fault!("recurrence withdrawn", "recurrence-withdrawn", |p, _| {
        let since = first_with(p, "follow_up", "recurrence", "yes")?;
        write(p, "follow_up", since + 1, "recurrence_site", Cell::Missing)?;
        write(p, "follow_up", since + 1, "recurrence", Cell::of("no"))
    }),
    fault!("site without recurrence", "site-without-recurrence", |p, _| {
        let row = first_with(p, "follow_up", "recurrence", "no")?;
        write(p, "follow_up", row, "recurrence_site", Cell::of("lung"))
    }),
    fault!("liver segment of a lung lesion", "segment-outside-liver", |p, _| {
        let row = first_with(p, "lesions", "organ", "lung")?;
        write(p, "lesions", row, "segment", Cell::of("S5"))
    }),
    fault!("drugs of another regimen", "drugs-against-regimen", |p, random| {
        let row = any(p, "treatments", random);
        if !p.of("treatments")[row][position("treatments", "regimen")].is("FOLFIRI") {
            return None;
        }
        write(p, "treatments", row, "drugs", Cell::of("oxaliplatin;leucovorin;fluorouracil"))
    }),
    fault!("laboratory value times ten", "unit-slip-laboratory", |p, _| times(p, "labs", 2, "value", 10.0)),
    fault!("laboratory value in micrograms per millilitre", "unit-slip-laboratory", |p, _| {
        set(p, "labs", 2, "value", |cell| {
            let value = cell.number()?;
            if value < 5.0 { None } else { Some(Cell::Number((value * 10.0).round() / 1e4)) }
        })
    }),
    fault!("marker times a thousand", "unit-slip-follow-up", |p, _| times(p, "follow_up", 1, "cea", 1000.0)),
    fault!("specimen in centimetres", "unit-slip-specimen", |p, random| {
        let row = any(p, "pathology", random);
        let size = p.of("pathology")[row][position("pathology", "size_mm")].number()?;
        let tumor = p.of("pathology")[row][position("pathology", "tumor")].clone();
        // One that was absent on the last exam has no size to be compared with.
        let (name, state) = (position("measurements", "lesion_id"), position("measurements", "state"));
        let gone = p.of("measurements").iter().any(|row| row[name] == tumor && row[state].is("absent"));
        if gone || size < 10.0 { None } else { times(p, "pathology", row, "size_mm", 0.1) }
    }),
    fault!("diameter in centimetres", "size-jumps", |p, _| times(p, "measurements", 2, "diameter_mm", 0.1)),
    fault!("one patient under two identifiers", "patients-alike", |p, _| {
        let mut row = p.of("patients").first()?.clone();
        row[0] = Cell::text(format!("{}B", p.id));
        add(p, "patients", row, "patient_id")
    }),
    fault!("operation entered twice, a day apart", "operations-alike", |p, _| {
        let mut row = p.of("operations").first()?.clone();
        let column = position("operations", "operation_date");
        row[column] = Cell::Date(row[column].day()? + 1);
        add(p, "operations", row, "operation_date")
    }),
    fault!("row transferred twice", "repeated-row", |p, random| {
        let row = any(p, "measurements", random);
        let copy = p.of("measurements")[row].clone();
        add(p, "measurements", copy, "patient_id")
    }),
    fault!("key with two values", "repeated-key", |p, random| {
        let row = any(p, "labs", random);
        let mut copy = p.of("labs")[row].clone();
        let column = position("labs", "value");
        copy[column] = Cell::Number(copy[column].number()? + 1.0);
        add(p, "labs", copy, "value")
    }),
    fault!("identifier with a slip", "dictionary-reference", |p, random| {
        let row = any(p, "labs", random);
        let slip = Cell::text(p.id.replacen('P', "p", 1));
        write(p, "labs", row, "patient_id", slip)
    }),
    fault!("laboratory and visit with two values of one day", "marker-against-laboratory", |p, _| {
        let (day, cea) = (position("follow_up", "visit_date"), position("follow_up", "cea"));
        let visit = p.of("follow_up").first()?.clone();
        let value = Cell::Number((visit[cea].number()? * 20.0).round() / 10.0);
        let row = vec![visit[0].clone(), visit[day].clone(), Cell::of("CEA"), value, Cell::of("ng/mL")];
        p.of("labs").push(row);
        Some(Spot { table: index_of("follow_up"), row: 0, column: "cea" })
    }),
    fault!("lung lesion, and nothing outside the liver", "extrahepatic-against-lesions", |p, _| {
        first_with(p, "lesions", "organ", "lung")?;
        write(p, "operations", 0, "extrahepatic", Cell::of("none"))
    }),
    fault!("new lesion on imaging, and no recurrence", "recurrence-against-imaging", |p, _| {
        let visit = p.of("follow_up").get(1)?.clone();
        if !visit[position("follow_up", "recurrence")].is("no") {
            return None;
        }
        let seen = Cell::Date(visit[position("follow_up", "visit_date")].day()? - 10);
        let row =
            vec![visit[0].clone(), Cell::of("R1"), Cell::of("liver"), Cell::of("S2"), Cell::of("new"), seen];
        p.of("lesions").push(row);
        Some(Spot { table: index_of("follow_up"), row: 1, column: "recurrence" })
    }),
    fault!("score that the components do not give", "score-against-components", |p, _| {
        set(p, "scores", 0, "score", |cell| Some(Cell::Integer((cell.number()? as i64 + 1) % 6)))
    }),
    fault!("misspelt code", "dictionary-value", |p, _| write(p, "patients", 0, "sex", Cell::of("mael"))),
    fault!("day that no calendar has", "dictionary-value", |p, random| {
        let row = any(p, "follow_up", random);
        write(p, "follow_up", row, "visit_date", Cell::of("2010-02-31"))
    }),
    fault!("text for a number", "dictionary-value", |p, random| {
        let row = any(p, "labs", random);
        write(p, "labs", row, "value", Cell::of("n/a"))
    }),
    fault!("value outside its range", "dictionary-value", |p, random| {
        let row = any(p, "measurements", random);
        let size = p.of("measurements")[row][position("measurements", "diameter_mm")].number()?;
        if size > 31.0 { times(p, "measurements", row, "diameter_mm", 10.0) } else { None }
    }),
    fault!("required value missing", "dictionary-value", |p, _| {
        write(p, "operations", 0, "margin", Cell::Missing)
    }),
    fault!("unit that nobody knows", "dictionary-value", |p, random| {
        let row = any(p, "labs", random);
        write(p, "labs", row, "unit", Cell::of("ng/dL"))
    }),
];
