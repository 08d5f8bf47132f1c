//! What spreadsheets leave in their exports, and would be read as something else: days as numbers, and sums below a table.

mod folder;

use folder::{Folder, count, folder, plan, rows};
use study::Plan;

const PLAN: &str = "[population]\ntable = \"patients\"\nid = \"id\"\n\
                    [[analyses]]\nid = \"a\"\nmethod = \"baseline\"\n";

fn study(content: &str, dictionary: &str) -> (Folder, Plan) {
    let files =
        [("registry/patients.csv", content.as_bytes()), ("registry/registry.toml", dictionary.as_bytes())];
    (folder(&files), plan(PLAN))
}

fn refusal(content: &str, dictionary: &str) -> String {
    let (folder, plan) = study(content, dictionary);
    folder.refusal(&plan)
}

fn read(content: &str, dictionary: &str, name: &str) -> Vec<String> {
    let (folder, plan) = study(content, dictionary);
    let cohort = folder.open(&plan).unwrap_or_else(|problem| panic!("{problem}"));
    rows(&count(&cohort, &plan, &[name]).unwrap())
}

fn notes(content: &str, dictionary: &str) -> Vec<String> {
    let (folder, plan) = study(content, dictionary);
    folder.open(&plan).unwrap().cleaning().iter().map(ToString::to_string).collect()
}

#[test]
fn days_that_excel_counts_are_known_and_read_where_that_is_said() {
    let content = "id,operation\nP1,44197\nP2,\nP3,44198.0\n";
    let column = |text: &str| format!("[tables.patients.columns.operation]\ntype = \"date\"\n{text}");
    let refused = refusal(content, &column(""));
    assert!(refused.contains("`44197` is not a date written YYYY-MM-DD"), "{refused}");
    assert!(
        refused.contains(
            "`44197` would be 2021-01-01 as Excel counts days: write format = \"excel-1900\", or \"excel-1904\" where \
             the workbook counts from 1904, under [tables.patients.columns.operation] of registry.toml"
        ),
        "{refused}"
    );
    // 18628 days after 1970-01-01.
    assert_eq!(
        read(content, &column("format = \"excel-1900\"\n"), "operation"),
        ["18628 × 1", "18629 × 1", "- × 1"]
    );
    assert_eq!(
        read(content, &column("format = \"excel-1904\"\n"), "operation"),
        ["20090 × 1", "20091 × 1", "- × 1"]
    );
    let mixed =
        refusal("id,operation\nP1,44197\nP2,2021-01-02\nP3,44197.5\n", &column("format = \"excel-1900\"\n"));
    assert!(mixed.contains("`2021-01-02` is not a whole number of days, as Excel counts them"), "{mixed}");
    assert!(mixed.contains("`44197.5` is not a whole number"), "{mixed}");
    // A day of birth is not repeated.
    let birth = refusal(
        "id,born\nP1,18331\n",
        "[tables.patients.columns.born]\ntype = \"date\"\nrole = \"birth_date\"\n",
    );
    assert!(birth.contains("format = \"excel-1900\"") && !birth.contains("18331"), "{birth}");
}

#[test]
fn numbers_that_may_be_days_are_told() {
    let told = |content: &str, dictionary: &str| notes(content, dictionary).join("\n");
    let named = "id,operation_date\nP1,44197\nP2,44198\n";
    assert!(
        told(named, "")
            .contains("patients.operation_date: read as numbers, and look like dates as Excel counts them")
    );
    let unnamed = "id,x\nP1,44197\nP2,44198\nP3,44200\nP4,43100\nP5,44300\n";
    assert!(told(unnamed, "").contains("patients.x: read as numbers, and look like dates"));
    for quiet in [
        "id,x\nP1,44197\nP2,44198\n",
        "id,x\nP1,44197\nP2,1\nP3,44200\nP4,43100\nP5,44300\n",
        "id,year_of_birth\nP1,1950\n",
    ] {
        assert_eq!(told(quiet, ""), "", "{quiet}");
    }
    assert_eq!(told(named, "[tables.patients.columns.operation_date]\ntype = \"integer\"\n"), "");
}

#[test]
fn a_sum_below_the_table_is_no_patient() {
    let content = "id,sex,size\nP1,m,10\nP2,f,20\n\nTotal,,30\nMean:,,15\n";
    let refused = refusal(content, "");
    assert!(refused.contains("patients, row 3, column id: `total` stands below the last row"), "{refused}");
    assert!(refused.contains("row 4, column id: `mean` stands below"), "{refused}");
    assert!(
        refused.contains("write total_row = \"drop\" under [tables.patients] of registry.toml"),
        "{refused}"
    );
    let table = |text: &str| format!("[tables.patients]\ntotal_row = \"{text}\"\n");
    assert_eq!(read(content, &table("drop"), "size"), ["10 × 1", "20 × 1"]);
    let told = notes(content, &table("drop"));
    assert!(told.contains(&"patients: left out: `total` below the table (1 row)".to_string()), "{told:?}");
    assert_eq!(read(content, &table("keep"), "size").len(), 4);
    // With the word in a column behind an empty one, and with numbers behind it.
    assert!(
        refusal("id,sex,size\nP1,m,10\nP2,f,20\n,Gesamt (n = 2),30\n", "")
            .contains("column sex: `gesamt` stands")
    );
    // A value that others have, one in the middle, and a code are values.
    for content in [
        "extent,id\nlocal,P1\ntotal,P2\nlocal,P3\ntotal,P4\n",
        "id,extent\nTotal,m\nP2,f\nP3,f\nP4,f\nP5,f\nP6,f\n",
    ] {
        assert!(study(content, "").0.open(&plan(PLAN)).is_ok(), "{content}");
    }
    let codes = "[tables.patients.columns.id]\ntype = \"category\"\ncodes = [{ value = \"P1\" }, { value = \"Total\" }]\n";
    assert_eq!(read("id,size\nP1,10\nTotal,20\n", codes, "size").len(), 2);
}
