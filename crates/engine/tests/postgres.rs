//! Tables of a real PostgreSQL server, read in place.

#[allow(dead_code)]
mod connection;
#[allow(dead_code)]
mod server;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Float64Type, Int64Type};
use arrow::util::display::array_value_to_string;
use connection::{engine, over_network, settings};
use engine::postgres::{Database, ReadColumn, Relation, Server, Stored, Tls};
use engine::{Engine, Fault, Local, Type, View};
use std::net::TcpListener;

fn connect(engine: &Local, test: &server::Database) -> Database {
    engine.connect(&settings(test)).unwrap_or_else(|fault| panic!("{fault:?}"))
}

/// Every column in the type that suits it.
fn columns(relation: &Relation) -> Vec<ReadColumn> {
    let suited = |stored| match stored {
        Stored::Flag => Type::Flag,
        Stored::Integer | Stored::Decimal { whole: true } => Type::Integer,
        Stored::Float | Stored::Decimal { whole: false } => Type::Number,
        Stored::Date => Type::Date,
        Stored::Moment | Stored::MomentWithZone => Type::Moment,
        Stored::Text | Stored::Other => Type::Text,
    };
    let column = |column: &engine::postgres::ServerColumn| ReadColumn {
        name: column.name.clone(),
        sql: column.sql.clone(),
        r#type: suited(column.stored),
    };
    relation.columns.iter().map(column).collect()
}

fn add(engine: &Local, database: &Database, schema: Option<&str>, name: &str, table: &str) {
    let relation = database.relation(schema, name).unwrap_or_else(|fault| panic!("{fault:?}"));
    engine.add_relation(table, database, &relation, &columns(&relation), 0).unwrap();
}

fn texts(batches: &[RecordBatch]) -> Vec<Vec<String>> {
    let row = |batch: &RecordBatch, row| {
        let cell = |column: &arrow::array::ArrayRef| match column.is_null(row) {
            true => "∅".to_string(),
            false => array_value_to_string(column, row).unwrap(),
        };
        batch.columns().iter().map(cell).collect()
    };
    batches.iter().flat_map(|batch| (0..batch.num_rows()).map(move |index| row(batch, index))).collect()
}

fn rows(engine: &Local, sql: &str) -> Vec<Vec<String>> {
    texts(&engine.query(sql).unwrap_or_else(|fault| panic!("{sql}: {fault:?}")))
}

const PATIENTS: &str = "create type stage as enum ('early', 'late'); create domain code as varchar(8);
    create table patients(id text primary key, seen bool, size int2, n int8, cea float4, dose numeric(6,2), kind code,
      site char(5), born date, admitted timestamp, stage stage, label uuid, whole numeric(4,0), ü text);
    insert into patients values
      ('a', true, 10, 5000000000, 1.5, 0.1, 'C18.7', 'x', '2000-02-29', '2019-01-31 10:20:30.25', 'early',
       '00000000-0000-0000-0000-000000000001', 7, 'Ä'),
      ('B', false, -3, 0, '-0', 12.25, 'C20', 'yz', '0001-01-01', '1969-12-31 23:59:59', 'late', null, -7, ''),
      ('b', null, null, null, null, null, null, null, null, null, null, null, null, null);";

#[test]
fn every_type_arrives_as_what_it_is() {
    let Some(test) = server::database() else { return };
    test.run(PATIENTS);
    let engine = engine();
    let database = connect(&engine, &test);
    assert!(database.version().starts_with("PostgreSQL 1"), "{}", database.version());
    add(&engine, &database, None, "patients", "p");
    let read = rows(&engine, "select * from p order by id desc");
    let expected = [
        ["b", "∅", "∅", "∅", "∅", "∅", "∅", "∅", "∅", "∅", "∅", "∅", "∅", "∅"],
        [
            "a",
            "true",
            "10",
            "5000000000",
            "1.5",
            "0.1",
            "C18.7",
            "x",
            "2000-02-29",
            "2019-01-31T10:20:30.250",
            "early",
            "00000000-0000-0000-0000-000000000001",
            "7",
            "Ä",
        ],
        [
            "B",
            "false",
            "-3",
            "0",
            "0.0",
            "12.25",
            "C20",
            "yz",
            "0001-01-01",
            "1969-12-31T23:59:59",
            "late",
            "∅",
            "-7",
            "",
        ],
    ];
    assert_eq!(read, expected);
}

#[test]
fn conditions_mean_the_same_on_the_server_and_in_the_engine() {
    let Some(test) = server::database() else { return };
    test.run(PATIENTS);
    // A collation of people, in which `a` stands before `B`, and one in which they are the same.
    test.run(
        "create collation loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
         alter table patients add column sorted text collate \"en-x-icu\", add column loose text collate loose;
         update patients set sorted = id, loose = id",
    );
    let engine = engine();
    let database = connect(&engine, &test);
    add(&engine, &database, None, "patients", "p");
    engine.materialise("copy", "select * from p").unwrap();
    let conditions = [
        "id = 'a'",
        "id <> 'a'",
        "id in ('a', 'b')",
        "id not in ('a', 'zz')",
        "id < 'a'",
        "id between 'A' and 'a'",
        "sorted < 'a'",
        "sorted >= 'B'",
        "sorted > 'B' and sorted <> 'a'",
        "loose = 'b'",
        "loose in ('A', 'b')",
        "loose <> 'B'",
        "loose like 'b'",
        "id like 'b%'",
        "id not like '_'",
        "id ilike 'B'",
        "kind like 'C1%'",
        "seen",
        "not seen",
        "seen is not true",
        "seen is null",
        "seen = false",
        "size > 1.5",
        "size >= -3",
        "size = 10",
        "n = 5000000000",
        "cea = 0",
        "cea <> 0",
        "cea < 2 or dose > 12",
        "dose = 0.1",
        "dose between 0.1 and 12.25",
        "born >= date '1970-01-01'",
        "born < date '0001-01-02'",
        "admitted < timestamp '1970-01-01 00:00:00'",
        "stage = 'late'",
        "stage > 'early'",
        "label = '00000000-0000-0000-0000-000000000001'",
        "label is null",
        "site = 'x'",
        "site = 'x    '",
        "whole = 7",
        "whole in (7, 8)",
        "\"ü\" = ''",
        "\"ü\" = 'Ä'",
        "size is distinct from 10",
        "not (size = 10 or born is null)",
        "size + 1 = 11",
        "upper(id) = 'B'",
        "id = 'it''s'",
        "id = 'a'' or true --'",
        "(size > 0) = seen",
        "case when size > 0 then seen else false end",
    ];
    for condition in conditions {
        let of =
            |table: &str| rows(&engine, &format!("select id from {table} where {condition} order by id"));
        assert_eq!(of("p"), of("copy"), "{condition}");
    }
}

#[test]
fn the_server_gives_only_what_a_query_needs() {
    let Some(test) = server::database() else { return };
    test.run(
        "create table labs(patient int, day date, value float8, note text);
         insert into labs select i, date '2020-01-01' + i % 10, i / 7.0, repeat('x', 100) from generate_series(1, 1000) i",
    );
    let engine = engine();
    let database = connect(&engine, &test);
    add(&engine, &database, None, "labs", "labs");
    let copied = |sql: &str| {
        rows(&engine, sql);
        test.copies().pop().unwrap()
    };
    let select = "copy (select (\"patient\")::int8 from \"public\".\"labs\"";
    let said = copied("select patient from labs where value < 3 and day >= date '2020-01-05'");
    assert!(said.contains(select), "{said}");
    assert!(
        said.contains("where ((\"value\") < float8 '3e0') and ((\"day\") >= date '2020-01-05')) to stdout"),
        "{said}"
    );
    let said = copied("select patient from labs limit 3");
    assert!(said.contains(&format!("{select} limit 3) to stdout")), "{said}");
    // What the server cannot decide as the engine does stays with the engine, and its columns come along.
    let said = copied("select patient from labs where upper(note) = 'X' and patient = 5");
    assert!(said.contains("(\"note\")::text from") && said.contains("(\"patient\") = int8 '5'"), "{said}");
    let said = copied("select count(*) as n from labs where patient > 10");
    assert!(said.contains("copy (select  from"), "{said}");
    engine.add_view("early", "select patient, value from labs where day < date '2020-01-03'").unwrap();
    let said = copied("select count(*) as n from early where value > 1");
    assert!(
        said.contains("(\"value\") > float8 '1e0'") && said.contains("(\"day\") < date '2020-01-03'"),
        "{said}"
    );
}

#[test]
fn names_end_no_statement() {
    let Some(test) = server::database() else { return };
    let evil = "x\"; drop table kept; --";
    let quoted = engine::quoted(evil);
    test.run(&format!(
        "create table kept(a int); create schema {quoted}; create table {quoted}.{quoted}({quoted} int, b text);
         insert into {quoted}.{quoted} values (1, 'one'), (2, 'two')"
    ));
    let engine = engine();
    let database = connect(&engine, &test);
    add(&engine, &database, Some(evil), evil, evil);
    let sql = format!("select b from {quoted} where {quoted} > 1 and b <> 'x''; drop table kept; --'");
    assert_eq!(rows(&engine, &sql), [["two"]]);
    let fault = database.relation(None, evil).unwrap_err();
    assert!(fault.message.contains("no table or view"), "{fault:?}");
    let fault = engine.connect(&Server { database: evil.into(), ..settings(&test) }).unwrap_err();
    assert!(fault.message.contains("does not exist"), "{fault:?}");
    assert_eq!(test.run("select count(*) from kept"), "0");
}

#[test]
fn all_tables_are_of_one_moment_and_nothing_can_be_written() {
    let Some(test) = server::database() else { return };
    test.run(
        "create table a(x int); create table b(x int); insert into a values (1); insert into b values (1)",
    );
    test.run("create function change() returns int language plpgsql as $$ begin insert into public.a values (9); return 1; end $$");
    test.run("create view writing as select change() as x from a");
    let engine = engine();
    let database = connect(&engine, &test);
    add(&engine, &database, None, "a", "a");
    add(&engine, &database, None, "b", "b");
    test.run("insert into a values (2); delete from b");
    let counts = "select (select count(*) from a) as a, (select count(*) from b) as b,
        (select count(*) from a x join b y on true) as ab";
    assert_eq!(rows(&engine, counts), [["1", "1", "1"]]);
    add(&engine, &database, None, "writing", "writing");
    let fault = engine.query("select x from writing").unwrap_err();
    assert!(fault.message.contains("read-only transaction"), "{fault:?}");
    assert_eq!(test.run("select count(*) from a"), "2");
}

#[test]
fn a_server_that_goes_away_half_way_leaves_no_result() {
    let Some(test) = server::database() else { return };
    // The server ends the connection by itself when it comes to a row far behind what is on its way.
    test.run(
        "create view dying as select i, case when i = 400000 then pg_terminate_backend(pg_backend_pid()) end as gone
         from generate_series(1, 500000) i",
    );
    let engine = engine();
    let database = connect(&engine, &test);
    let relation = database.relation(None, "dying").unwrap();
    engine.add_relation("dying", &database, &relation, &columns(&relation), 500_000).unwrap();
    let mut seen = 0;
    let fault =
        engine.stream("select i, gone from dying", &mut |batch| seen += batch.num_rows()).unwrap_err();
    assert!(fault.message.contains("was lost") && fault.help.is_some(), "{fault:?}");
    assert!(seen > 0 && seen < 400_000, "{seen}");
    let mut seen = 0;
    let read = database.read(&columns(&relation), "dying", &mut |batch| seen += batch.num_rows());
    assert!(read.unwrap_err().message.contains("does not exist"), "the search path is not the user's");
    let read = database.read(&columns(&relation), &relation.sql(), &mut |batch| seen += batch.num_rows());
    assert!(read.unwrap_err().message.contains("was lost") && seen > 0);
    assert!(
        engine.materialise("kept", "select i, gone from dying").unwrap_err().message.contains("was lost")
    );
    assert!(!engine.tables().contains(&"kept".to_string()));
    // Other connections live on.
    assert_eq!(rows(&engine, "select i from dying where i < 3").len(), 2);
}

#[test]
fn rows_that_nobody_wants_are_not_waited_for() {
    let Some(test) = server::database() else { return };
    test.run("create view endless as select generate_series(1, 1000000000000) as i");
    let engine = engine();
    let database = connect(&engine, &test);
    add(&engine, &database, None, "endless", "endless");
    let few = rows(&engine, "select i * 2 from endless where i % 3 = 0 limit 2");
    // Any two will do: the query is run in parallel and asks for no order.
    let of_six = few.iter().filter(|row| row[0].parse::<i64>().is_ok_and(|twice| twice % 6 == 0));
    assert_eq!((few.len(), of_six.count()), (2, 2), "{few:?}");
}

#[test]
fn what_is_refused_is_said_in_plain_words() {
    let Some(test) = server::database() else { return };
    test.run(
        "create table patients(id int, name text); create schema closed; create table closed.t(a int);
         create role login login password 'right'; create role nobody_much login",
    );
    let engine = engine();
    let refused = |server: &Server| engine.connect(server).err().unwrap_or_else(|| panic!("{server:?}"));
    let says = |fault: Fault, message: &str, help: &str| {
        assert!(fault.message.contains(message), "{fault:?}");
        assert!(fault.help.as_deref().unwrap_or_default().contains(help), "{fault:?}");
        assert!(!format!("{fault:?}").contains("wrong-one"), "{fault:?}");
    };
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let plain = over_network(&test, "127.0.0.1", server::OWNER, Tls::Disable, None);
    says(refused(&Server { port: free, ..plain.clone() }), "cannot be reached: Connection refused", "`host`");
    says(
        refused(&Server { host: "/nowhere".into(), ..plain.clone() }),
        "cannot be reached: No such file",
        "running",
    );
    says(
        refused(&Server { database: "none".into(), ..plain.clone() }),
        "does not exist",
        "`name` under [databases",
    );
    let login = Server { user: "login".into(), ..plain.clone() };
    says(refused(&login), "asks for the password of `login`", "PGPASSWORD");
    let wrong = Server { password: Some("wrong-one".into()), ..login.clone() };
    says(refused(&wrong), "password authentication failed", "is the password right?");
    assert!(!format!("{wrong:?}").contains("wrong-one"));
    engine.connect(&Server { password: Some("right".into()), ..login }).unwrap();
    let little = engine.connect(&Server { user: "nobody_much".into(), ..plain }).unwrap();
    says(little.relation(None, "patients").unwrap_err(), "may not read the table", "SELECT");
    says(little.relation(Some("closed"), "t").unwrap_err(), "may not read the schema", "USAGE");
    let fault = little.relation(None, "patient").unwrap_err();
    assert!(fault.known.contains(&"public.patients".to_string()), "{fault:?}");
    test.run("grant select(id) on patients to nobody_much");
    let granted = engine.connect(little.server()).unwrap().relation(None, "patients").unwrap();
    let readable: Vec<bool> = granted.columns.iter().map(|column| column.readable).collect();
    assert_eq!(readable, [true, false]);
    // What is read without being asked for is refused by the server itself.
    says(
        little.read(&columns(&granted), &granted.sql(), &mut |_| ()).unwrap_err(),
        "permission denied",
        "SELECT",
    );
}

#[test]
fn many_rows_are_all_read_once() {
    let Some(test) = server::database() else { return };
    test.run(
        "create table n as select i, i::float8 / 3 as x, 'P' || i as id from generate_series(1, 100000) i",
    );
    let engine = engine();
    let database = connect(&engine, &test);
    add(&engine, &database, None, "n", "n");
    let batches = engine.query("select count(*), count(distinct id), sum(i), sum(x) from n").unwrap();
    let integer = |column: usize| batches[0].column(column).as_primitive::<Int64Type>().value(0);
    assert_eq!((integer(0), integer(1), integer(2)), (100_000, 100_000, 5_000_050_000));
    let sum = batches[0].column(3).as_primitive::<Float64Type>().value(0);
    assert!((sum / (5_000_050_000.0 / 3.0) - 1.0).abs() < 1e-12, "{sum}");
    let mut last = 0;
    let relation = database.relation(None, "n").unwrap();
    database
        .read(&columns(&relation)[..1], &format!("{} order by i", relation.sql()), &mut |batch| {
            for value in batch.column(0).as_primitive::<Int64Type>().iter().flatten() {
                assert_eq!(value, last + 1);
                last = value;
            }
        })
        .unwrap();
    assert_eq!(last, 100_000);
}

#[test]
fn parts_of_a_chain_are_asked_of_the_server_one_by_one() {
    let Some(test) = server::database() else { return };
    test.run("create table labs as select 'P' || i % 300 as patient_id, i % 97 as value from generate_series(1, 9000) i");
    let sql = "select patient_id, max(value) as value from labs group by patient_id";
    let of = |part| {
        let engine = engine().in_parts_of(part);
        let database = connect(&engine, &test);
        let relation = database.relation(None, "labs").unwrap();
        engine.add_relation("labs", &database, &relation, &columns(&relation), 9_000).unwrap();
        let view = View { name: "best".into(), sql: sql.into(), keep: true };
        assert_eq!(engine.materialise_all(&[view]).unwrap(), [300]);
        rows(&engine, "select * from best order by patient_id")
    };
    let whole = of(u64::MAX);
    let asked = test.copies().len();
    assert_eq!(of(1_000), whole);
    let parts = &test.copies()[asked..];
    let of_a_part = |copy: &&String| {
        copy.contains("collate pg_catalog.\"C\" >= 'P") || copy.contains("collate pg_catalog.\"C\" < 'P")
    };
    assert!(parts.iter().filter(of_a_part).count() > 5, "{parts:#?}");
}
