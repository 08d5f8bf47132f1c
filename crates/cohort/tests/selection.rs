//! Several tables of one file.

mod folder;

use folder::{Folder, count, folder, plan, rows};

const FILE: &[u8] = b"id,what,n,size,grade\n1,,,30,\n1,scan,1,,2\n,,,,\n1,scan,2,,3\n2,,,5,\n2,scan,1,,\n";

fn study(dictionary: &str) -> Folder {
    folder(&[("registry/all.csv", FILE), ("registry/registry.toml", dictionary.as_bytes())])
}

const PARTS: &str = "[tables.patients]\nfile = \"all.csv\"\nrows = { what = [\"\"] }\nselect = [\"size\", \"id\"]\nkey = [\"id\"]\n\
    [tables.patients.columns.size]\nrequired = true\nrange = [0, 40]\n\
    [tables.scans]\nfile = \"all.csv\"\nfilled = [\"grade\"]\nselect = [\"id\", \"n\", \"grade\"]\nkey = [\"id\", \"n\"]\n\
    [tables.records]\nfile = \"all.csv\"\nselect = [\"id\"]\nduplicates = \"drop\"\n";

fn found(folder: &Folder, table: &str, names: &[&str]) -> Vec<String> {
    let plan = plan(&format!(
        "[population]\ntable = \"{table}\"\n[[analyses]]\nid = \"a\"\nmethod = \"baseline\"\n"
    ));
    let cohort = folder.open(&plan).unwrap_or_else(|problem| panic!("{problem}"));
    let mut found = rows(&count(&cohort, &plan, names).unwrap());
    found.sort();
    found
}

#[test]
fn each_table_has_its_rows_and_columns() {
    let folder = study(PARTS);
    assert_eq!(found(&folder, "patients", &["id", "size"]), ["1 30 × 1", "2 5 × 1"]);
    assert_eq!(found(&folder, "scans", &["id", "n", "grade"]), ["1 1 2 × 1", "1 2 3 × 1"]);
    assert_eq!(found(&folder, "records", &["id"]), ["1 × 1", "2 × 1"]);
}

#[test]
fn what_is_wrong_with_a_row_is_told_by_its_number_in_the_file() {
    let refused = study(&PARTS.replace("[0, 40]", "[10, 40]"));
    let plan = plan("[population]\ntable = \"patients\"\n[[analyses]]\nid = \"a\"\nmethod = \"baseline\"\n");
    let said = refused.refusal(&plan);
    assert!(said.starts_with("table patients, row 5, column size: 5 is outside 10 to 40"), "{said}");
}

#[test]
fn names_take_the_place_of_headings_and_must_be_as_many() {
    let plan = plan("[population]\ntable = \"all\"\n[[analyses]]\nid = \"a\"\nmethod = \"baseline\"\n");
    let named = |names: &str| {
        let toml = format!("[tables.all]\nnames = {names}\n[tables.all.columns.b]\ntype = \"integer\"\n");
        folder(&[
            ("registry/all.csv", b"Date,Date,\n1,2,3\n".as_slice()),
            ("registry/registry.toml", toml.as_bytes()),
        ])
    };
    let renamed = named("[\"a\", \"b\", \"c\"]");
    assert_eq!(rows(&count(&renamed.open(&plan).unwrap(), &plan, &["a", "b", "c"]).unwrap()), ["1 2 3 × 1"]);
    let said = named("[\"a\", \"b\"]").refusal(&plan);
    assert!(
        said.starts_with("registry/registry.toml:2:9: 2 names are given, and the file has 3 columns"),
        "{said}"
    );
    let said = named("[\"a\", \"b\", \"a\"]").refusal(&plan);
    assert!(said.contains("the name `a` is empty or stands twice"), "{said}");
}

#[test]
fn a_name_that_the_file_does_not_have_is_refused_with_its_place() {
    let plan = plan("[population]\ntable = \"all\"\n[[analyses]]\nid = \"a\"\nmethod = \"baseline\"\n");
    for (key, column) in
        [("select = [\"sizes\"]", 10), ("filled = [\"sizes\"]", 10), ("rows = { sizes = [\"1\"] }", 8)]
    {
        let said = study(&format!("[tables.all]\n{key}\n")).refusal(&plan);
        let wanted = format!("registry/registry.toml:2:{column}: the file has no column `sizes`");
        assert!(said.starts_with(&wanted), "{said}");
    }
}
