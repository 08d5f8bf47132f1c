//! Count tables: values, levels, follow-up, and what of them is refused.

mod folder;

use folder::{Folder, count, folder, plan, request, rows};
use study::{Kind, Plan};

const ANALYSIS: &str =
    "[[analyses]]\nid = \"a\"\nmethod = \"baseline\"\nterms = [\"x\"]\nendpoint = \"os\"\n";

fn study(content: &str, more: &str) -> (Folder, Plan) {
    let text = format!("[population]\ntable = \"patients\"\nid = \"id\"\n{more}{ANALYSIS}");
    (folder(&[("registry/patients.csv", content.as_bytes())]), plan(&text))
}

fn counted(content: &str, more: &str, names: &[&str]) -> Vec<String> {
    let (folder, plan) = study(content, more);
    let cohort = folder.open(&plan).unwrap_or_else(|problem| panic!("{problem}"));
    rows(&count(&cohort, &plan, names).unwrap_or_else(|problem| panic!("{problem}")))
}

/// The first problem of opening or counting.
fn refused(content: &str, more: &str, names: &[&str]) -> String {
    let (folder, plan) = study(content, more);
    match folder.open(&plan).and_then(|cohort| count(&cohort, &plan, names)) {
        Ok(table) => panic!("not refused: {:?}", rows(&table)),
        Err(problem) => folder.shown(&problem),
    }
}

const DATA: &str = "id,grade,sex,size,flag\n1,T10,m,1,true\n2,T2,f,2,false\n3,T2,m,1,\n4,,m,,true\n";

#[test]
fn columns_of_the_population_are_variables_as_they_are() {
    assert_eq!(counted(DATA, "", &["grade"]), ["T2 × 2", "T10 × 1", "- × 1"]);
    assert_eq!(counted(DATA, "", &["size", "sex"]), ["1 m × 2", "2 f × 1", "- m × 1"]);
    assert_eq!(counted(DATA, "", &["flag"]), ["no × 1", "yes × 2", "- × 1"]);
    let (folder, plan) = study(DATA, "");
    let table = count(&folder.open(&plan).unwrap(), &plan, &["grade", "size", "flag", "sex"]).unwrap();
    let kinds: Vec<Kind> = table.columns().iter().map(|column| column.kind).collect();
    assert_eq!(kinds, [Kind::Category, Kind::Number, Kind::Flag, Kind::Category]);
    assert_eq!(table.total(), 4);
    assert_eq!(table.columns()[1].reference, None);
}

#[test]
fn declared_variables_have_their_levels_missing_codes_and_reference() {
    let more = "[variables.size]\nlabel = \"Size\"\nlevels = [{ value = \"2\", label = \"two\" }, { value = \"1\" }]\n\
                reference = \"1\"\n[variables.large]\nsql = \"size > 1 -- cm\"\n\
                [variables.sex]\nmissing = [\"f\"]\n[variables.number]\nsql = \"size * 10\"\nmissing = [\"20\"]\n\
                [variables.text]\nsql = \"cast(size as varchar)\"\nkind = \"number\"\n";
    assert_eq!(counted(DATA, more, &["size"]), ["2 × 1", "1 × 2", "- × 1"]);
    assert_eq!(counted(DATA, more, &["large", "sex"]), ["no m × 2", "yes - × 1", "- m × 1"]);
    assert_eq!(counted(DATA, more, &["number"]), ["10 × 2", "- × 2"]);
    assert_eq!(counted(DATA, more, &["text"]), ["1 × 2", "2 × 1", "- × 1"]);
    let (folder, plan) = study(DATA, more);
    let table = count(&folder.open(&plan).unwrap(), &plan, &["size"]).unwrap();
    let column = &table.columns()[0];
    assert_eq!((column.label.as_str(), column.reference, column.kind), ("Size", Some(1), Kind::Category));
    assert_eq!(column.levels()[0].text(), "two");
}

#[test]
fn a_variable_may_take_the_name_of_a_column() {
    let more = "[variables.size]\nsql = \"case when size > 1 then 'large' else 'small' end\"\n";
    assert_eq!(counted(DATA, more, &["size"]), ["large × 1", "small × 3"]);
    let filtered = ANALYSIS.replace("method", "where = \"size = 'large' and patients.sex = 'f'\"\nmethod");
    let text = format!("[population]\ntable = \"patients\"\n{more}{filtered}");
    let folder = folder(&[("registry/patients.csv", DATA.as_bytes())]);
    let plan = plan(&text);
    let table = count(&folder.open(&plan).unwrap(), &plan, &["id", "size"]).unwrap();
    assert_eq!(rows(&table), ["2 large × 1"]);
}

#[test]
fn values_that_are_no_level_are_refused_not_lost() {
    let more = "[variables.grade]\nlevels = [{ value = \"T2\" }]\n";
    let problem = refused(DATA, more, &["grade"]);
    assert!(
        problem.starts_with("study.toml:7:10: values of `grade` are not among its levels: `T10` (1)"),
        "{problem}"
    );
    let more = "[variables.grade]\nkind = \"flag\"\n";
    assert!(refused(DATA, more, &["grade"]).contains("neither yes nor no: `T10` (1), `T2` (2)"));
    let more = "[variables.grade]\nkind = \"number\"\n";
    assert!(refused(DATA, more, &["grade"]).contains("not numbers: `T10` (1), `T2` (2)"));
    let more = "[variables.grade]\nreference = \"T3\"\n";
    assert!(refused(DATA, more, &["grade"]).contains("the reference `T3` is not a level of `grade`"));
    let more = "[variables.x]\nsql = \"1.0 / (size - 1)\"\n";
    let problem = refused(DATA, more, &["x"]);
    assert!(problem.starts_with("study.toml:7:7: `x` is infinite in 2 patients"), "{problem}");
}

#[test]
fn unknown_names_are_refused_where_they_stand() {
    let problem = refused(DATA, "", &["grad"]);
    assert!(
        problem.starts_with("study.toml:9:9: no variable is called `grad` (did you mean `grade`?)"),
        "{problem}"
    );
    assert!(refused(DATA, "", &["os.time"]).starts_with("study.toml:10:12: no endpoint is called `os`"));
    let more = "[variables.x]\nsql = \"sise + 1\"\n";
    assert!(
        refused(DATA, more, &["x"])
            .starts_with("study.toml:7:8: no column is called `sise` (did you mean `size`?)")
    );
    assert!(
        refused(DATA, "[variables.sise]\nlabel = \"Size\"\n", &[])
            .contains("`patients` has no column `sise`")
    );
    let more = "[variables.x]\nsql = \"max(size)\"\n";
    assert!(refused(DATA, more, &["x"]).starts_with("study.toml:7:7: "));
    let more = "[variables.x]\nsql = \"size; drop table patients\"\n";
    assert!(refused(DATA, more, &["x"]).starts_with("study.toml:7:7: "));
}

#[test]
fn conditions_of_an_analysis_are_checked() {
    let with = |condition: &str| {
        let text = format!(
            "[population]\ntable = \"patients\"\n{}",
            ANALYSIS.replace("method", &format!("where = \"{condition}\"\nmethod"))
        );
        let folder = folder(&[("registry/patients.csv", DATA.as_bytes())]);
        let plan = plan(&text);
        let counted = folder.open(&plan).and_then(|cohort| count(&cohort, &plan, &["sex"]));
        counted.map(|table| rows(&table)).map_err(|problem| folder.shown(&problem))
    };
    assert_eq!(with("size = 1 -- one").unwrap(), ["m × 2"]);
    assert!(with("size = 99").unwrap_err().starts_with("study.toml:7:9: nobody fulfils the condition"));
    assert!(with("size").unwrap_err().contains("the condition gives whole numbers, not true or false"));
    assert!(with("sise = 1").unwrap_err().starts_with("study.toml:7:10: no column is called `sise`"));
}

#[test]
fn flags_have_two_levels_whatever_their_labels() {
    let more = "[variables.flag]\nkind = \"flag\"\nreference = \"yes\"\n\
                levels = [{ value = \"yes\", label = \"Dead\" }, { value = \"no\", label = \"Alive\" }]\n\
                [variables.order]\nsql = \"flag\"\nlevels = [{ value = \"yes\" }, { value = \"no\" }]\n\
                [variables.text]\nsql = \"case when size > 1 then 'Y' else 'n' end\"\nkind = \"flag\"\n";
    let (folder, plan) = study(DATA, more);
    let table = count(&folder.open(&plan).unwrap(), &plan, &["flag", "order", "text"]).unwrap();
    assert_eq!(rows(&table), ["no no yes × 1", "yes yes no × 2", "- - no × 1"]);
    let [flag, order, _] = table.columns() else { panic!() };
    assert_eq!((flag.kind, flag.reference, flag.levels()[1].text()), (Kind::Flag, Some(1), "Dead"));
    assert_eq!((order.kind, order.levels()[0].value.as_str()), (Kind::Category, "yes"));
}

#[test]
fn a_column_of_a_table_brings_what_the_dictionary_says_of_it() {
    let dictionary = "[tables.patients.columns.grade]\nlabel = \"Grade\"\n\
                      codes = [{ value = \"T10\", label = \"ten\" }, { value = \"T5\" }, { value = \"T2\" }]\n\
                      [tables.patients.columns.size]\nunit = \"cm\"\ntype = \"number\"\n";
    let (folder, plan) = study(DATA, "");
    std::fs::write(folder.path().join("registry/registry.toml"), dictionary).unwrap();
    let cohort = folder.open(&plan).unwrap();
    let table = count(&cohort, &plan, &["grade", "size"]).unwrap();
    let [grade, size] = table.columns() else { panic!() };
    let levels: Vec<&str> = grade.levels().iter().map(|level| level.text()).collect();
    assert_eq!(
        (grade.label.as_str(), levels, size.unit.as_deref()),
        ("Grade", vec!["ten", "T2"], Some("cm"))
    );
    assert_eq!(rows(&table)[0], "T10 1 × 1");
}

#[test]
fn a_cohort_can_be_counted_from_several_threads() {
    let (folder, plan) = study(DATA, "");
    let cohort = folder.open(&plan).unwrap();
    std::thread::scope(|scope| {
        let count = || rows(&count(&cohort, &plan, &["grade", "sex"]).unwrap());
        let both = [scope.spawn(count), scope.spawn(count)].map(|thread| thread.join().unwrap());
        assert_eq!(both[0], both[1]);
    });
}

const FOLLOW_UP: &str = "id,op,last,died,months\n1,2020-01-01,2020-01-31,yes,1.23456789012\n\
                         2,2020-01-01,2020-01-31,no,1.23456789013\n3,2020-03-01,2020-03-01,no,0\n4,,,,\n";
const DATES: &str = "[endpoints.os]\nstart = \"op\"\nend = \"last\"\nevent = \"died = 'yes'\"\n";

#[test]
fn follow_up_is_whole_days_or_nine_digits() {
    let days = ["0 no × 1", "30 no × 1", "30 yes × 1", "- - × 1"];
    assert_eq!(counted(FOLLOW_UP, DATES, &["os.time", "os.event"]), days);
    let months = "[endpoints.os]\ntime = \"months\"\nevent = \"died\"\n";
    let table = ["0 no × 1", "1.23456789 no × 1", "1.23456789 yes × 1", "- - × 1"];
    assert_eq!(counted(FOLLOW_UP, months, &["os.time", "os.event"]), table);
    let numbers =
        "[endpoints.os]\ntime = \"months\"\nevent = \"case when died = 'yes' then 1.0 else 0 end\"\n";
    assert_eq!(counted(FOLLOW_UP, numbers, &["os.event"]), ["no × 3", "yes × 1"]);
    let moments = DATES.replace("\"op\"", "\"cast(op as timestamp)\"");
    assert_eq!(counted(FOLLOW_UP, &moments, &["os.time", "os.event"]), days);
}

#[test]
fn impossible_follow_up_is_refused_with_its_patients() {
    let both = ["os.time", "os.event"];
    let negative = FOLLOW_UP.replace("3,2020-03-01,2020-03-01", "3,2020-03-01,2020-02-28");
    let problem = refused(&negative, DATES, &both);
    let told = "study.toml:8:7: endpoint `os`: 1 patient has an end before the start (";
    assert!(problem.starts_with(told), "{problem}");
    let no_start = FOLLOW_UP.replace("3,2020-03-01", "3,");
    assert!(refused(&no_start, DATES, &both).contains("1 patient has an end, but no start ("));
    let no_end = FOLLOW_UP.replace("1,2020-01-01,2020-01-31", "1,2020-01-01,");
    assert!(refused(&no_end, DATES, &both).contains("1 patient has the event, but no day of it ("));
    let months = "[endpoints.os]\ntime = \"months - 1\"\nevent = \"died\"\n";
    assert!(refused(FOLLOW_UP, months, &both).contains("1 patient has a negative time ("));
    let infinite = "[endpoints.os]\ntime = \"1.0 / months\"\nevent = \"died\"\n";
    assert!(refused(FOLLOW_UP, infinite, &both).contains("is infinite in 1 patients"));
    let text = "[endpoints.os]\nstart = \"months\"\nend = \"last\"\nevent = \"died\"\n";
    assert!(refused(FOLLOW_UP, text, &both).contains("gives numbers, not a date"));
}

#[test]
fn an_entry_is_a_day_or_a_number_like_the_time() {
    let data = "id,op,seen,last,died,months,from\n1,2020-01-01,2020-01-11,2020-01-31,yes,3,1.23456789012\n\
                2,2020-01-01,2020-01-01,2020-01-31,no,3,0\n3,2020-03-01,,2020-03-01,no,1,\n";
    let columns = ["os.time", "os.entry", "os.event"];
    let dates = format!("{DATES}entry = \"seen\"\n");
    assert_eq!(counted(data, &dates, &columns), ["0 - no × 1", "30 0 no × 1", "30 10 yes × 1"]);
    let months = "[endpoints.os]\ntime = \"months\"\nevent = \"died\"\nentry = \"\"\"from\"\"\"\n";
    assert_eq!(counted(data, months, &columns), ["1 - no × 1", "3 0 no × 1", "3 1.23456789 yes × 1"]);

    let early = data.replace("2,2020-01-01,2020-01-01", "2,2020-01-01,2019-12-31");
    let problem = refused(&early, &dates, &columns);
    let told = "study.toml:10:9: endpoint `os`: 1 patient enters before time 0 (";
    assert!(problem.starts_with(told) && problem.contains("greatest(…, 0)"), "{problem}");
    let mixed = DATES.replace("event =", "entry = \"months\"\nevent =");
    let problem = refused(data, &mixed, &columns);
    assert!(problem.contains("`entry` of the endpoint `os` gives whole numbers, not a date"), "{problem}");
    let mixed = months.replace("\"\"\"from\"\"\"", "\"seen\"");
    assert!(refused(data, &mixed, &columns).contains("gives dates, not a number"));
}

#[test]
fn an_event_has_two_values() {
    let data = "id,status,code,months\n1,dead,0,1\n2,alive,1,2\n3,lost,2,3\n";
    let endpoint = |event: &str| format!("[endpoints.os]\ntime = \"months\"\nevent = \"{event}\"\n");
    let problem = refused(data, &endpoint("status"), &["os.event"]);
    assert!(problem.starts_with("study.toml:8:9: the event of the endpoint `os`"), "{problem}");
    assert!(problem.contains("`alive` (1), `dead` (1), `lost` (1)"), "{problem}");
    assert!(
        refused(data, &endpoint("code"), &["os.event"]).contains("its values are `0` (1), `1` (1), `2` (1)")
    );
    assert_eq!(counted(data, &endpoint("code = 2"), &["os.event"]), ["no × 2", "yes × 1"]);
}

#[test]
fn a_competing_event_is_counted_and_excludes_the_event() {
    let data = "id,status,months\n1,relapse,1\n2,dead,2\n3,alive,3\n4,dead,2\n5,,4\n";
    let endpoint = |competing: &str| {
        format!("[endpoints.os]\ntime = \"months\"\nevent = \"status = 'relapse'\"\n{competing}\n")
    };
    let columns = ["os.time", "os.event", "os.competing"];
    let death = endpoint("competing = \"status = 'dead'\"\ncompeting_label = \"Death\"");
    let counted_rows = ["1 yes no × 1", "2 no yes × 2", "3 no no × 1", "4 - - × 1"];
    assert_eq!(counted(data, &death, &columns), counted_rows);
    let (folder, plan) = study(data, &death);
    let table = count(&folder.open(&plan).unwrap(), &plan, &columns).unwrap();
    assert_eq!((table.columns()[2].kind, table.columns()[2].label.as_str()), (Kind::Flag, "Death"));

    let problem = refused(data, &endpoint(""), &columns);
    assert!(problem.contains("the endpoint `os` names no competing event"), "{problem}");
    let both = endpoint("competing = \"status <> 'alive'\"");
    let problem = refused(data, &both, &columns);
    let told = "study.toml:9:13: endpoint `os`: 1 patient has the event and a competing one (";
    assert!(problem.starts_with(told), "{problem}");
    let lost = data.replace("2,dead,2", "2,dead,");
    assert!(
        refused(&lost, &death, &columns).contains("1 patient has a competing event, but no time of it (")
    );
    let problem = refused(data, &endpoint("competing = \"status\""), &columns);
    assert!(problem.contains("the competing event of the endpoint `os` must be true or false"), "{problem}");
}

#[test]
fn poor_variables_are_counted_and_left_to_the_methods() {
    let data = "id,same,none\n1,x,\n2,x,\n";
    assert_eq!(counted(data, "", &["same"]), ["x × 2"]);
    assert_eq!(counted(data, "", &["none"]), ["- × 2"]);
    assert_eq!(counted(data, "[variables.none]\nkind = \"number\"\n", &["none"]), ["- × 2"]);
    assert_eq!(counted(data, "", &[]), [" × 2"]);
}

#[test]
fn a_variable_may_have_a_million_levels() {
    let mut data = String::from("id,code\n");
    for id in 0..1_000_000 {
        data.push_str(&format!("{id},c{id}\n"));
    }
    let (folder, plan) = study(&data, "");
    let table = count(&folder.open(&plan).unwrap(), &plan, &["code"]).unwrap();
    let column = &table.columns()[0];
    assert_eq!((table.rows(), column.levels().len()), (1_000_000, 1_000_000));
    assert_eq!(column.levels()[999_999].value, "c999999");
}

#[test]
fn requests_counted_together_equal_those_counted_alone() {
    // Beyond the number of patients up to which everything is counted at once.
    let mut data = String::from("id,a,b,c,wide\n");
    for id in 0..120_000u64 {
        let text = |n: u64| if id % 7 == n { String::new() } else { format!("v{}", id % (n + 2)) };
        data.push_str(&format!("{id},{},{},{},w{id}\n", text(1), text(2), id % 3));
    }
    let (folder, plan) = study(&data, "[variables.c]\nkind = \"category\"\n");
    let cohort = folder.open(&plan).unwrap();
    let requests = [
        request(&["a", "b"]),
        request(&["b"]),
        request(&["c", "a"]),
        request(&["wide", "a"]),
        request(&["id"]),
    ];
    let together = cohort.count(&plan.analyses[0], &requests).unwrap();
    for (request, table) in requests.iter().zip(&together) {
        let alone = cohort.count(&plan.analyses[0], std::slice::from_ref(request)).unwrap();
        assert!(alone[0] == *table);
        assert_eq!(table.total(), 120_000);
    }
    // One in twelve, of whom five in seven have both values.
    assert_eq!(rows(&together[0])[0], "v0 v0 × 7143");
}

#[test]
fn parquet_is_counted_without_being_read_whole() {
    use arrow::array::{ArrayRef, BooleanArray, Date32Array, Float32Array, RecordBatch, StringArray};
    use std::sync::Arc;
    let batch = RecordBatch::try_from_iter([
        ("id", Arc::new(StringArray::from(vec!["a", "b", "c"])) as ArrayRef),
        ("died", Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)]))),
        ("size", Arc::new(Float32Array::from(vec![0.5, f32::NAN, 0.5]))),
        ("op", Arc::new(Date32Array::from(vec![0, 1, 2]))),
    ])
    .unwrap();
    let folder = folder(&[]);
    let file = std::fs::File::create(folder.path().join("data.parquet")).unwrap();
    let mut writer = parquet::arrow::ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let text = format!(
        "[registry]\npath = \"data.parquet\"\n[population]\ntable = \"data\"\nid = \"id\"\n\
         [[population.exclude]]\nlabel = \"c\"\nwhere = \"id = 'c'\"\n\
         [endpoints.os]\nstart = \"op\"\nend = \"date '1970-01-05'\"\nevent = \"died\"\n{ANALYSIS}"
    );
    let plan = plan(&text);
    let cohort = folder.open(&plan).unwrap_or_else(|problem| panic!("{problem}"));
    assert_eq!(cohort.flow().included, 2);
    let table = count(&cohort, &plan, &["size", "os.time", "os.event"]).unwrap();
    assert_eq!(rows(&table), ["0.5 4 yes × 1", "- 3 - × 1"]);
    std::fs::write(folder.path().join("registry.toml"), "[tables.data.columns.size]\nmissing = [\"-1\"]\n")
        .unwrap();
    assert!(folder.refusal(&plan).contains("`missing` cannot be applied to a Parquet column"));
}
