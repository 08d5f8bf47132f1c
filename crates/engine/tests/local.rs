//! The engine from outside: what it accepts, what it refuses and in which words.

use arrow::array::{
    ArrayRef, AsArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int32Array, RecordBatch,
    StringArray,
};
use arrow::datatypes::{Float64Type, Int64Type};
use engine::{Engine, Fault, Local, Type, quoted};
use std::sync::Arc;

fn rows(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true)))
        .unwrap()
}

fn engine() -> Local {
    let engine = Local::with(2, 64 << 20).unwrap();
    let patients = rows(vec![
        ("Patient_ID", Arc::new(StringArray::from(vec!["a", "b", "c"])) as ArrayRef),
        ("size", Arc::new(Int32Array::from(vec![Some(10), Some(30), None]))),
        ("born", Arc::new(Date32Array::from(vec![0, 11_016, 18_262]))),
        ("died", Arc::new(BooleanArray::from(vec![true, false, true]))),
    ]);
    engine.add_rows("patients", patients.schema(), vec![patients]).unwrap();
    engine
}

fn integers(engine: &Local, sql: &str) -> Vec<Option<i64>> {
    let batches = engine.query(sql).unwrap_or_else(|fault| panic!("{sql}: {fault:?}"));
    batches
        .iter()
        .flat_map(|batch| batch.column(0).as_primitive::<Int64Type>().iter().collect::<Vec<_>>())
        .collect()
}

fn refusal(sql: &str) -> Fault {
    let engine = engine();
    let planned = engine.columns(sql).unwrap_err();
    assert_eq!(engine.query(sql).unwrap_err(), planned, "planned and run differ: {sql}");
    planned
}

#[test]
fn capitals_are_kept_and_functions_are_not_told_apart_by_them() {
    assert_eq!(integers(&engine(), "select COUNT(Patient_ID) from patients where size >= 10"), [Some(2)]);
    let fault = refusal("select patient_id from patients");
    assert_eq!(fault.name.as_deref(), Some("patient_id"));
    assert!(fault.known.contains(&"Patient_ID".to_string()), "{fault:?}");
}

#[test]
fn dates_subtract_to_days_and_ages_are_completed_years() {
    let engine = engine();
    let sql = "select max(born - date '1970-01-02') from patients";
    assert_eq!(integers(&engine, sql), [Some(18_261)]);
    let sql = "select days_between(born, date '1970-01-11') from patients where Patient_ID = 'a'";
    assert_eq!(integers(&engine, sql), [Some(10)]);
    let sql = "select age_in_years(born, date '2001-02-28') from patients where Patient_ID = 'b'";
    assert_eq!(integers(&engine, sql), [Some(0)]);
    assert_eq!(integers(&engine, "select age_in_years(null, born) from patients limit 1"), [None]);
}

#[test]
fn values_leave_in_few_types() {
    let engine = engine();
    let decimal = Decimal128Array::from(vec![125]).with_precision_and_scale(5, 2).unwrap();
    let batch = rows(vec![
        ("small", Arc::new(Int32Array::from(vec![7])) as ArrayRef),
        ("decimal", Arc::new(decimal)),
        ("number", Arc::new(Float64Array::from(vec![0.5]))),
    ]);
    engine.add_rows("mixed", batch.schema(), vec![batch]).unwrap();
    let types: Vec<Type> = engine
        .columns("select small, decimal, number, 'x' as text, null as nothing, true as flag from mixed")
        .unwrap()
        .iter()
        .map(|field| field.r#type)
        .collect();
    assert_eq!(types, [Type::Integer, Type::Number, Type::Number, Type::Text, Type::Text, Type::Flag]);
    let batch = &engine.query("select small, decimal, 'x' from mixed").unwrap()[0];
    assert_eq!(batch.column(0).as_primitive::<Int64Type>().value(0), 7);
    assert_eq!(batch.column(1).as_primitive::<Float64Type>().value(0), 1.25);
    assert_eq!(batch.column(2).as_string_view().value(0), "x");
}

#[test]
fn views_are_run_anew_and_tables_are_kept() {
    let engine = engine();
    engine.add_view("large", "select * from patients where size > 20;").unwrap();
    assert_eq!(engine.materialise("kept", "select Patient_ID, size * 2 as twice from large"), Ok(1));
    assert_eq!(integers(&engine, "select twice from kept"), [Some(60)]);
    assert_eq!(engine.tables(), ["kept", "large", "patients"]);
    let sql = "with x as (select * from large) select * from x join patients p using (size)";
    assert_eq!(engine.references(sql).unwrap(), ["large", "patients"]);
    let fault = engine.materialise("twice", "select size, size from patients").unwrap_err();
    assert!(fault.message.contains("size`: rename"), "{fault}");
}

#[test]
fn nothing_but_a_select_is_accepted() {
    for sql in [
        "drop table patients",
        "create table x as select 1",
        "create view x as select 1",
        "insert into patients select * from patients",
        "delete from patients",
        "update patients set size = 1",
        "copy patients to '/tmp/x.csv'",
        "create external table x stored as csv location '/etc/passwd'",
        "set datafusion.execution.batch_size = 1",
        "explain select 1",
        "show tables",
        "select size into x from patients",
        "select 1; drop table patients",
        "select 1; select 2",
        "with x as (insert into patients select * from patients) select * from x",
        "",
        "-- nothing",
        "select * from '/etc/passwd'",
    ] {
        let engine = engine();
        assert!(engine.query(sql).is_err(), "{sql}");
        assert!(engine.columns(sql).is_err(), "{sql}");
        assert!(engine.add_view("v", sql).is_err() && engine.materialise("v", sql).is_err(), "{sql}");
        assert_eq!(engine.tables(), ["patients"], "{sql}");
        assert_eq!(integers(&engine, "select count(*) from patients"), [Some(3)], "{sql}");
    }
}

#[test]
fn refusals_name_what_is_unknown_and_where() {
    let fault = refusal("select size,\n  sise from patients");
    assert_eq!((fault.name.as_deref(), fault.line_column), (Some("sise"), Some((2, 3))));
    assert_eq!(fault.message, "no column is called `sise`");
    let fault = refusal("select p.sise from patients p");
    assert_eq!((fault.name.as_deref(), fault.line_column), (Some("sise"), Some((1, 8))));
    assert_eq!(fault.known.len(), 4);
    let fault = refusal("select 1\nfrom patient");
    assert_eq!((fault.name.as_deref(), fault.line_column), (Some("patient"), Some((2, 6))));
    assert_eq!(fault.known, ["patients"]);
    let fault = refusal("select siz(size) from patients");
    assert_eq!((fault.name.as_deref(), fault.line_column), (Some("siz"), Some((1, 8))));
    let fault = refusal("select size from patients a join patients b on a.size = b.size");
    assert!(fault.message.contains("more than one table"), "{fault:?}");
    let fault = refusal("select size\nfrom patients where size = = 1");
    assert_eq!(fault.line_column.map(|place| place.0), Some(2), "{fault:?}");
    assert!(fault.message.starts_with("not SQL: "), "{fault:?}");
    assert!(refusal("select (size").message.ends_with("found: the end"));
    let fault = refusal("select now()");
    assert!(fault.message.contains("differs from run to run"), "{fault:?}");
    let fault = refusal("select current_date");
    assert!(fault.message.contains("differs from run to run"), "{fault:?}");
}

#[test]
fn faults_of_running_are_one_sentence() {
    let engine = engine();
    for (sql, part) in [
        ("select 1 / (size - 10) from patients", "division by zero"),
        ("select 4611686018427387904 * 4", "a whole number becomes too large"),
        ("select size + 9223372036854775807 from patients", "a whole number becomes too large"),
        ("select -9223372036854775807 - max(size) from patients group by size - 1", "becomes too large"),
        ("select cast(size as int) * cast(2147483647 as int) as n from patients", "becomes too large"),
        ("select -n from (values (1), (-9223372036854775808)) as t(n)", "a whole number becomes too large"),
        ("select sum(9223372036854775807) from patients", "a whole number becomes too large"),
        ("select died, sum(9223372036854775807) from patients group by died", "becomes too large"),
        (
            "select sum(distinct 9223372036854775800 + n) from generate_series(1, 2) as t(n)",
            "becomes too large",
        ),
        ("select sum(9223372036854775807) over (order by size) from patients", "becomes too large"),
        (
            "select sum(9223372036854775807) over (order by size rows 1 preceding) from patients",
            "becomes too large",
        ),
        ("select cast(Patient_ID as double) from patients", "a text is not a number"),
    ] {
        let fault = engine.query(sql).unwrap_err();
        assert!(fault.message.contains(part) && !fault.message.contains('\n'), "{fault:?}");
        assert!(!fault.message.contains("error: "), "{fault:?}");
    }
}

/// Whether a sum fits is asked of the whole, not of how far the adding has come.
#[test]
fn sums_of_whole_numbers_may_leave_their_range_on_the_way() {
    let engine = engine();
    let largest = "select sum(n) from (values (9223372036854775807), (1), (-1), (null)) as t(n)";
    assert_eq!(integers(&engine, largest), [Some(i64::MAX)]);
    let least =
        "select sum(n) from (values ('a', -9223372036854775807), ('a', -2), ('a', 1)) as t(g, n) group by g";
    assert_eq!(integers(&engine, least), [Some(i64::MIN)]);
    assert_eq!(integers(&engine, "select sum(size) filter (where size < 0) from patients"), [None]);
    assert_eq!(integers(&engine, "select sum(distinct n % 3) from generate_series(1, 9) as t(n)"), [Some(3)]);
    let moving = "select sum(n) over (order by n rows 1 preceding) from generate_series(1, 4) as t(n)";
    assert_eq!(integers(&engine, moving), [Some(1), Some(3), Some(5), Some(7)]);
    let unsigned = "select sum(arrow_cast(n, 'UInt64')) from generate_series(1, 3) as t(n)";
    assert_eq!(integers(&engine, unsigned), [Some(6)]);
    let many = "select sum(v) from (select n % 100000 as k, sum(n) as v from generate_series(1, 300000) as t(n) group by 1)";
    assert_eq!(integers(&engine, many), [Some(45_000_150_000)]);
}

#[test]
fn many_groups_spill_to_the_disk() {
    let engine = Local::with(2, 12 << 20).unwrap();
    let mut n = 0;
    let sql = "select value % 700000 as k, count(*) as n from generate_series(1, 1400000) group by 1";
    engine.stream(sql, &mut |batch| n += batch.num_rows()).unwrap();
    assert_eq!(n, 700_000);
}

#[test]
fn a_parquet_file_with_an_odd_name_is_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a [1] ü*.parquet");
    let batch = rows(vec![("Größe", Arc::new(Int32Array::from(vec![3, 4])) as ArrayRef)]);
    let file = std::fs::File::create(&path).unwrap();
    let mut writer = parquet::arrow::ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let engine = engine();
    let fields = engine.add_parquet("sizes", &path).unwrap();
    assert_eq!((fields[0].name.as_str(), fields[0].r#type), ("Größe", Type::Integer));
    assert_eq!(integers(&engine, &format!("select sum({}) from sizes", quoted("Größe"))), [Some(7)]);
    assert!(engine.add_parquet("none", &folder.path().join("none.parquet")).is_err());
    std::fs::write(folder.path().join("bad.parquet"), "not parquet").unwrap();
    assert!(engine.add_parquet("bad", &folder.path().join("bad.parquet")).is_err());
}

#[test]
fn the_columns_on_which_rows_rest_are_followed_to_the_tables() {
    let engine = engine();
    let labs = rows(vec![
        ("patient", Arc::new(StringArray::from(vec!["a"])) as ArrayRef),
        ("day", Arc::new(Date32Array::from(vec![1]))),
        ("value", Arc::new(Float64Array::from(vec![1.0]))),
        ("unit", Arc::new(StringArray::from(vec!["mg"]))),
    ]);
    engine.add_rows("labs", labs.schema(), vec![labs]).unwrap();
    engine
        .add_view(
            "last",
            "select patient, v from (select patient, value as v, row_number() over (partition by patient order by \
             day desc) as n from labs where unit = 'mg') where n = 1",
        )
        .unwrap();
    engine
        .add_view(
            "cohort",
            "select p.\"Patient_ID\" as id, p.size, l.v, p.size > (select avg(size) from patients) as large \
             from patients p left join last l on l.patient = p.\"Patient_ID\"",
        )
        .unwrap();
    let of = |sql: &str| -> Vec<String> {
        let found = engine.sources(sql).unwrap_or_else(|fault| panic!("{sql}: {fault:?}"));
        found.into_iter().map(|(table, column)| format!("{table}.{column}")).collect()
    };
    // The optional side of the join is not asked for, and decides nothing.
    assert_eq!(of("select size from cohort"), ["patients.size"]);
    assert_eq!(
        of("select v from cohort"),
        ["labs.day", "labs.patient", "labs.unit", "labs.value", "patients.Patient_ID"]
    );
    assert_eq!(of("select large from cohort"), ["patients.size"]);
    assert_eq!(of("select count(*) as n from cohort where v > 1").len(), 5);
    assert_eq!(of("select died, count(*) as n from patients group by died"), ["patients.died"]);
    assert_eq!(of("select max(size) as m from patients group by died"), ["patients.died", "patients.size"]);
    assert_eq!(
        of("select a.died from patients a join labs b on a.\"Patient_ID\" = b.patient and b.value > a.size"),
        ["labs.patient", "labs.value", "patients.Patient_ID", "patients.died", "patients.size"]
    );
    assert_eq!(
        of("select died from patients where exists (select 1 from labs where patient = \"Patient_ID\")"),
        ["labs.patient", "patients.Patient_ID", "patients.died"]
    );
    assert_eq!(
        of("select size as x from patients union all select value from labs"),
        ["labs.value", "patients.size"]
    );
    assert!(of("select 1 as one").is_empty());
}

#[test]
fn values_that_are_only_handed_on_are_followed_to_their_columns() {
    let engine = engine();
    let visits = rows(vec![
        ("patient", Arc::new(StringArray::from(vec!["a"])) as ArrayRef),
        ("day", Arc::new(Date32Array::from(vec![1]))),
        ("stage", Arc::new(StringArray::from(vec!["1"]))),
        ("size", Arc::new(Float64Array::from(vec![1.5]))),
    ]);
    engine.add_rows("visits", visits.schema(), vec![visits]).unwrap();
    let views = [
        (
            "last",
            "select patient, stage as latest, row_number() over (partition by patient order by day desc) as n \
             from visits where size > 1",
        ),
        // A view that is called like a table stands before it.
        ("died", "select max(died) as died from patients"),
        (
            "everyone",
            "with l as (select * from last where n = 1) select p.\"Patient_ID\" as id, p.size, l.latest, \
             l.n from patients p left join l on l.patient = p.\"Patient_ID\" order by p.born limit 5",
        ),
    ];
    let of = |sql: &str| -> Vec<String> {
        let own = |(name, sql): (&str, &str)| (name.to_string(), sql.to_string());
        let chain: Vec<(String, String)> = views.into_iter().chain([("asked", sql)]).map(own).collect();
        let found = engine.origins(&chain).unwrap_or_else(|fault| panic!("{sql}: {fault:?}"));
        let origin = |origin: &engine::Origin| {
            let from: Vec<String> =
                origin.from.iter().map(|(table, column)| format!("{table}.{column}")).collect();
            format!("{} = {}", origin.column, from.join(" "))
        };
        found[3].iter().map(origin).collect()
    };
    assert_eq!(
        of("select * from everyone"),
        ["id = patients.Patient_ID", "size = patients.size", "latest = visits.stage", "n = "]
    );
    assert_eq!(of("select died from died"), ["died = patients.died"]);
    assert_eq!(
        of(
            "select latest, max(size) as largest, count(*) as n, sum(size) as sum, first_value(id order by n) as f \
            from everyone group by latest"
        ),
        ["latest = visits.stage", "largest = patients.size", "n = ", "sum = ", "f = patients.Patient_ID"]
    );
    assert_eq!(
        of("select case when n = 1 then latest end as a, case when n = 1 then 'x' else latest end as b, \
            case n when 1 then 'x' else 'y' end as c, case when n = 1 then latest else upper(latest) end as d, \
            coalesce(latest, id) as e, nullif(latest, id) as f, size + 0 as g from everyone"),
        [
            "a = visits.stage",
            "b = visits.stage",
            "c = ",
            "d = ",
            "e = patients.Patient_ID visits.stage",
            "f = visits.stage",
            "g = "
        ]
    );
    assert_eq!(
        of("select lag(stage, 1, patient) over (order by day) as before, cast(stage as bigint) as n, \
            cast(size as bigint) as whole, try_cast(size as varchar) as text, \
            (select max(born) from patients) as born from visits"),
        [
            "before = visits.patient visits.stage",
            "n = visits.stage",
            "whole = ",
            "text = visits.size",
            "born = patients.born"
        ]
    );
    assert_eq!(
        of("select stage from visits union all select latest from last union all select id from everyone"),
        ["stage = patients.Patient_ID visits.stage"]
    );
    assert_eq!(of("select stage from visits union all select upper(latest) from last"), ["stage = "]);
    assert_eq!(
        of("select stage, day, count(*) as n from visits group by rollup (stage, day)"),
        ["stage = visits.stage", "day = visits.day", "n = "]
    );
    assert_eq!(of("select * from (values ('1')) as visits (stage)"), ["stage = "]);
    assert_eq!(
        of(
            "with recursive visits as (select 1 as stage union all select stage + 1 from visits where stage < 3) \
            select stage from visits"
        ),
        ["stage = "]
    );
    assert_eq!(
        of("select unnest(make_array(stage)) as one, patient from visits"),
        ["one = ", "patient = visits.patient"]
    );
}
