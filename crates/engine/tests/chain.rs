//! Chains of views in parts: the same rows as a whole, whatever the number of cores, and what cannot be split is not.

use arrow::array::{ArrayRef, AsArray, Date32Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::Int64Type;
use engine::{Engine, Local, View};
use std::sync::Arc;

const PATIENTS: i64 = 500;

fn table(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true)))
        .unwrap()
}

/// Identifiers longer than twelve bytes, in no order, and one that is missing.
fn id(patient: i64) -> Option<String> {
    (patient != 7).then(|| format!("patient-{:08}", (patient * 7919) % 10_007))
}

fn engine(cores: usize, part: u64) -> Local {
    let engine = Local::with(cores, 256 << 20).unwrap().in_parts_of(part);
    let ids: Vec<Option<String>> = (0..PATIENTS).map(id).collect();
    let patients = table(vec![
        ("patient_id", Arc::new(StringArray::from(ids)) as ArrayRef),
        ("centre", Arc::new(StringArray::from_iter_values((0..PATIENTS).map(|n| format!("C{}", n % 3))))),
    ]);
    let rows: Vec<(i64, i64)> =
        (0..PATIENTS).flat_map(|n| (0..n % 11).map(move |visit| (n, visit))).collect();
    let visits = table(vec![
        ("patient_id", Arc::new(StringArray::from_iter(rows.iter().map(|(n, _)| id(*n)))) as ArrayRef),
        (
            "day",
            Arc::new(Date32Array::from_iter_values(rows.iter().map(|(_, visit)| 18_000 + *visit as i32))),
        ),
        ("value", Arc::new(Int64Array::from_iter_values(rows.iter().map(|(n, visit)| n * 31 % 97 + visit)))),
    ]);
    let codes = table(vec![
        ("centre", Arc::new(StringArray::from(vec!["C0", "C1"])) as ArrayRef),
        ("city", Arc::new(StringArray::from(vec!["Oslo", "Turku"]))),
    ]);
    for (name, rows) in [("patients", patients), ("visits", visits), ("codes", codes)] {
        engine.add_rows(name, rows.schema(), vec![rows]).unwrap();
    }
    engine
}

fn view(name: &str, sql: &str, keep: bool) -> View {
    View { name: name.into(), sql: sql.into(), keep }
}

fn chain() -> Vec<View> {
    vec![
        view("cities", "select centre, upper(city) as city from codes", false),
        view(
            "last",
            "select patient_id, first_value(value order by day desc) as value, count(*) as visits from visits \
             group by patient_id",
            false,
        ),
        view(
            "ranked",
            "select patient_id, day, row_number() over (partition by patient_id order by day) as nth from visits",
            false,
        ),
        view(
            "everyone",
            "select p.patient_id, c.city, l.value, r.day from patients p left join cities c on c.centre = p.centre \
             left join last l on l.patient_id = p.patient_id \
             left join ranked r on r.patient_id = p.patient_id and r.nth = 2",
            true,
        ),
        view("busy", "select patient_id from last where visits = (select max(visits) from last)", true),
        view("total", "select count(*) as n, sum(value) as value from everyone", true),
        // What looks beyond a patient: joins, windows and groups over something else, and what is the same for all.
        view(
            "pairs",
            "select a.patient_id, count(*) as n from patients a join patients b on a.centre = b.centre \
             group by a.patient_id",
            true,
        ),
        view(
            "places",
            "select patient_id, row_number() over (partition by centre order by patient_id) as n from patients",
            true,
        ),
        view("centres", "select centre as patient_id, count(*) as n from patients group by centre", true),
        view("distinct", "select distinct centre as patient_id, 1 as n from patients", true),
        view("both", "select patient_id, 1 as n from patients union all select city, 2 from cities", true),
        view("first_ten", "select patient_id, visits as n from last order by patient_id limit 10", true),
        // And what does not, although it is not plain to see.
        view(
            "seen",
            "select patient_id, 1 as n from patients p where exists (select 1 from visits v \
             where v.patient_id = p.patient_id and v.value > 50)",
            true,
        ),
    ]
}

const EVERYONE: &str = "select concat(patient_id, '|', city, '|', value, '|', day) as row from everyone";

fn texts(engine: &Local, sql: &str) -> Vec<String> {
    let batches = engine.query(sql).unwrap();
    let text = |batch: &RecordBatch| -> Vec<String> {
        batch.column(0).as_string_view().iter().map(|row| row.unwrap_or("missing").to_string()).collect()
    };
    batches.iter().flat_map(text).collect()
}

#[test]
fn parts_give_the_rows_of_the_whole() {
    let whole = engine(1, u64::MAX);
    let counts = whole.materialise_all(&chain()).unwrap();
    let mut expected = texts(&whole, EVERYONE);
    expected.sort();
    assert_eq!(counts[3], PATIENTS as u64);
    let mut first = None;
    for cores in [1, 2, 3] {
        let parts = engine(cores, 300);
        assert_eq!(parts.materialise_all(&chain()).unwrap(), counts, "{cores}");
        let rows = texts(&parts, EVERYONE);
        assert_ne!(rows, texts(&whole, EVERYONE), "the rows should come part by part");
        // The order does not depend on the cores.
        assert_eq!(*first.get_or_insert_with(|| rows.clone()), rows);
        let mut rows = rows;
        rows.sort();
        assert_eq!(rows, expected, "{cores}");
        for view in ["busy", "pairs", "places", "centres", "distinct", "both", "first_ten", "seen"] {
            let n = if view == "busy" { "1" } else { "n" };
            let rows = |engine: &Local| {
                let mut rows =
                    texts(engine, &format!("select concat(patient_id, '|', {n}) as row from \"{view}\""));
                rows.sort();
                rows
            };
            assert_eq!(rows(&parts), rows(&whole), "{view}");
        }
        let total = |engine: &Local| {
            let rows = engine.query("select n, value from total").unwrap();
            (
                rows[0].column(0).as_primitive::<Int64Type>().value(0),
                rows[0].column(1).as_primitive::<Int64Type>().value(0),
            )
        };
        assert_eq!(total(&parts), total(&whole));
        // What only later views use is gone with its part; `last` is used by a view that is run as a whole.
        let tables = parts.tables();
        assert!(
            !tables.contains(&"ranked".to_string()) && tables.contains(&"last".to_string()),
            "{tables:?}"
        );
    }
}

#[test]
fn a_fault_names_its_view() {
    for part in [300, u64::MAX] {
        let mut views = chain();
        views[2].sql = "select patient_id, nothing from visits".into();
        let (index, fault) = engine(2, part).materialise_all(&views).unwrap_err();
        assert_eq!((index, fault.name.as_deref()), (2, Some("nothing")));
        // One that only the rows show.
        let mut views = chain();
        views[1].sql =
            "select patient_id, cast(patient_id as bigint) as value, 1 as visits from visits".into();
        assert_eq!(engine(2, part).materialise_all(&views).unwrap_err().0, 1);
    }
}
