//! REDCap projects become studies that check and run at once.

#[allow(dead_code)]
mod farr;

use farr::{farr, said, text};
use std::fs;
use std::path::PathBuf;

const HEAD: &str = "\"Variable / Field Name\",\"Form Name\",\"Section Header\",\"Field Type\",\"Field Label\",\
    \"Choices, Calculations, OR Slider Labels\",\"Field Note\",\"Text Validation Type OR Show Slider Number\",\
    \"Text Validation Min\",\"Text Validation Max\",Identifier?,\"Branching Logic (Show field only if...)\",\
    \"Required Field?\",\"Custom Alignment\",\"Question Number (surveys only)\",\"Matrix Group Name\",\"Matrix Ranking?\",\
    \"Field Annotation\"\n";

const FIELDS: &str = "\
record_id,baseline,,text,\"Record ID\",,,,,,,,,,,,,
initials,baseline,,text,Initials,,,,,,y,,,,,,,
born,baseline,,text,\"Date of birth\",,,date_dmy,,,y,,,,,,,
sex,baseline,,radio,<b>Sex</b>,\"0, Female | 1, Male\",,,,,,,y,,,,,
pregnant,baseline,,yesno,\"Pregnant?\",,,,,,,\"[sex] = \"\"0\"\"\",,,,,,
height,baseline,,text,\"Height (cm)\",,\"without shoes\",number,130,215,,,,,,,,
site,baseline,,checkbox,\"Site of metastases\",\"1, Liver | 2, Lung | -9, Not known\",,,,,,,,,,,,
words,baseline,,descriptive,\"Thank you\",,,,,,,,,,,,,
remarks,baseline,,notes,Remarks,,,,,,,,,,,,,
mood,baseline,,slider,Mood,\"bad | good\",,number,0,10,,,,,,,,
size,scan,,text,\"Largest size (mm)\",,,integer,0,300,,,y,,,,,
drawn,scan,,text,\"Drawn at\",,,datetime_ymd,,,,,,,,,,
";

/// A project in a folder: export and dictionary.
fn project(export: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("project")).unwrap();
    fs::write(folder.path().join("project/Trial_DATA.csv"), export).unwrap();
    fs::write(folder.path().join("project/Trial_DataDictionary.csv"), format!("{HEAD}{FIELDS}")).unwrap();
    let study = folder.path().join("study");
    (folder, study)
}

/// Starts a study from a project, checks it and runs it; gives what starting said, the dictionary and the report.
#[track_caller]
fn started(export: &str, arguments: &[&str]) -> (String, String, String) {
    let (folder, study) = project(export);
    let data = folder.path().join("project");
    let all = [&["new", text(&study), "--from", "redcap", "--data", text(&data)], arguments].concat();
    let (told, errors, code) = said(&farr(&all));
    assert_eq!(code, 0, "{errors}");
    // Queries there may be, but nothing that cannot be read.
    let (out, errors, code) = said(&farr(&["check", text(&study)]));
    assert!(code < 2, "{errors}{out}");
    let (out, errors, code) = said(&farr(&["run", text(&study)]));
    assert_eq!(code, 0, "{errors}{out}");
    let read = |name: &str| fs::read_to_string(study.join(name)).unwrap();
    assert_eq!(read("registry/export.csv"), export);
    (told + &out, read("registry/registry.toml"), read("results/tables/table-1.csv"))
}

const CLASSIC: &str = "\
record_id,redcap_data_access_group,initials,born,sex,pregnant,height,site___1,site___2,site____9,remarks,mood,baseline_complete,size,drawn,scan_complete
007,north,AB,1950-02-03,0,0,165.5,1,0,0,\"a, b\",3,2,30,2019-01-31 09:30,2
8,south,CD,1961-12-31,1,,180,0,1,0,,11,1,12,2019-02-01 00:00,2
9,north,EF,1972-05-06,1,,171,0,0,1,,,2,,,0
";

#[test]
fn a_project_of_one_row_a_record_becomes_one_table_with_its_labels() {
    let (told, registry, table) = started(CLASSIC, &[]);
    assert!(told.contains("3 of 3"), "{told}");
    for part in [
        "# Shown only if [sex] = \"0\"\n[tables.records.columns.pregnant]\ntype = \"flag\"\nlabel = \"Pregnant?\"\n",
        "[tables.records.columns.sex]\ntype = \"category\"\nlabel = \"Sex\"\ncodes = [\n  { value = \"0\", label = \"Female\" },\n",
        "required = true\nrole = \"value\"\n",
        "# Note: without shoes\n[tables.records.columns.height]\ntype = \"number\"\nlabel = \"Height\"\nunit = \"cm\"\n\
         range = [130.0, 215.0]\n",
        "[tables.records.columns.born]\ntype = \"date\"\nlabel = \"Date of birth\"\nrole = \"birth_date\"\n",
        "[tables.records.columns.site____9]\ntype = \"flag\"\nlabel = \"Site of metastases: Not known\"\n",
        "[tables.records.columns.initials]\ntype = \"text\"\nlabel = \"Initials\"\nrole = \"identifier\"\n",
        "[tables.records.columns.remarks]\ntype = \"text\"\nlabel = \"Remarks\"\nrole = \"free_text\"\n",
        "[tables.records.columns.drawn]\ntype = \"date\"\nlabel = \"Drawn at\"\nrole = \"date\"\nformat = \"%Y-%m-%d %H:%M\"\n",
        // REDCap has taken a value outside the slider, and a missing one that it requires.
        "name = \"records-mood-range\"",
        "name = \"records-size-required\"",
    ] {
        assert!(registry.contains(part), "{part}\n{registry}");
    }
    assert!(!registry.contains("words"));
    for part in ["Female", "Male", "Height", "Site of metastases: Liver", "Data access group", "north"] {
        assert!(table.contains(part), "{part}\n{table}");
    }
    assert!(!table.contains("Initials"), "{table}");
}

#[test]
fn what_redcap_only_warns_of_is_asked_about_and_stops_nothing() {
    let (folder, study) = project(CLASSIC);
    let data = folder.path().join("project");
    farr(&["new", text(&study), "--from", "redcap", "--data", text(&data)]);
    let (out, errors, _) = said(&farr(&["check", text(&study)]));
    assert!(out.contains("the value lies outside the validation of REDCap (0 to 10)"), "{errors}{out}");
    assert!(out.contains("the value is missing, and REDCap requires it"), "{out}");
}

const LONGITUDINAL: &str = "\
record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,redcap_data_access_group,initials,born,sex,pregnant,height,site___1,site___2,site____9,remarks,mood,baseline_complete,size,drawn,scan_complete
1,start_arm_1,,,north,AB,1950-02-03,0,0,165.5,1,0,0,,3,2,,,
1,start_arm_1,scan,1,north,,,,,,,,,,,,30,2019-01-31 09:30,2
1,start_arm_1,scan,2,north,,,,,,,,,,,,25,2019-03-31 10:00,2
2,start_arm_2,,,south,CD,1961-12-31,1,,180,0,1,0,,5,2,,,
2,end_arm_2,,,south,,,,,,,,,,,,12,2019-05-01 08:15,2
";

#[test]
fn a_longitudinal_project_becomes_a_table_a_form_and_a_view_of_the_patients() {
    let (told, registry, table) = started(LONGITUDINAL, &[]);
    assert!(told.contains("2 of 2"), "{told}");
    for part in [
        "[tables.records]\nfile = \"export.csv\"",
        "key = [\"record_id\"]\nduplicates = \"drop\"",
        "rows = { redcap_repeat_instrument = [\"\", \"scan\"] }",
        "key = [\"record_id\", \"redcap_event_name\", \"redcap_repeat_instance\"]",
        "references = \"records.record_id\"",
    ] {
        assert!(registry.contains(part), "{part}\n{registry}");
    }
    for part in ["Female", "Mood", "Data access group"] {
        assert!(table.contains(part), "{part}\n{table}");
    }
    let (folder, study) = project(LONGITUDINAL);
    farr(&["new", text(&study), "--from", "redcap", "--data", text(&folder.path().join("project"))]);
    let plan = "[study]\ntitle = \"T\"\n[population]\ntable = \"scan\"\n[[analyses]]\nid = \"a\"\nmethod = \"baseline\"\n\
                variables = [\"size\", \"redcap_event_name\"]\n";
    fs::write(study.join("study.toml"), plan).unwrap();
    let (out, errors, _) = said(&farr(&["run", text(&study)]));
    assert!(out.contains("3 of 3"), "{errors}{out}");
    let arms = "[study]\ntitle = \"T\"\n[population]\nview = \"patients\"\nid = \"record_id\"\n[[analyses]]\nid = \"a\"\n\
                method = \"baseline\"\nvariables = [\"sex\"]\nby = \"arm\"\n";
    fs::write(study.join("study.toml"), arms).unwrap();
    let (_, errors, code) = said(&farr(&["run", text(&study)]));
    assert_eq!(code, 0, "{errors}");
}

#[test]
fn repeating_instruments_are_tables_that_refer_to_the_records() {
    let export = "\
record_id,redcap_repeat_instrument,redcap_repeat_instance,initials,born,sex,pregnant,height,site___1,site___2,site____9,remarks,mood,baseline_complete,size,drawn,scan_complete
1,,,AB,1950-02-03,0,0,165.5,1,0,0,,3,2,,,
1,Scan,1,,,,,,,,,,,,30,2019-01-31 09:30,2
1,Scan,2,,,,,,,,,,,,25,2019-03-31 10:00,2
2,,,CD,1961-12-31,1,,180,0,1,0,,5,2,,,
";
    let (told, registry, _) = started(export, &[]);
    assert!(told.contains("2 of 2"), "{told}");
    assert!(registry.contains("[tables.scan]\nfile = \"export.csv\""), "{registry}");
    assert!(registry.contains("rows = { redcap_repeat_instrument = [\"Scan\"] }"), "{registry}");
    assert!(registry.contains("key = [\"record_id\", \"redcap_repeat_instance\"]"), "{registry}");
}

#[test]
fn exports_of_labels_with_labels_as_headings_are_read_as_those_of_codes() {
    let export = "\
\"Record ID\",\"Data Access Group\",Initials,\"Date of birth\",Sex,Pregnant?,\"Height (cm)\",\"Site of metastases (choice=Liver)\",\
\"Site of metastases (choice=Lung)\",\"Site of metastases (choice=Not known)\",Remarks,Mood,Complete?,\"Largest size (mm)\",\
\"Drawn at\",Complete?
007,north,AB,1950-02-03,Female,No,\"165,5\",Checked,Unchecked,Unchecked,,3,Complete,30,2019-01-31 09:30,Complete
8,south,CD,1961-12-31,Male,,180,Unchecked,Checked,Unchecked,,5,Unverified,12,2019-02-01 00:00,Complete
";
    for export in [export.to_string(), export.replace(',', ";").replace("165;5", "165,5")] {
        let (told, registry, table) = started(&export, &[]);
        assert!(told.contains("2 of 2"), "{told}");
        assert!(
            registry.contains("{ value = \"0\", label = \"Female\", aliases = [\"Female\"] }"),
            "{registry}"
        );
        assert!(registry.contains("decimal = \"comma\""), "{registry}");
        for part in ["Female", "Site of metastases: Liver", "172.8"] {
            assert!(table.contains(part), "{part}\n{table}");
        }
    }
}

#[test]
fn missing_data_codes_are_missing_in_every_field() {
    let export = CLASSIC.replace("8,south,CD,1961-12-31,1,,180", "8,south,CD,UNK,1,,NASK");
    let (_, registry, _) = started(&export, &["--missing", "UNK, Unknown | NASK, Not asked"]);
    assert!(registry.contains("missing = [\"UNK\", \"NASK\"]"), "{registry}");
    // Without being told, the columns are read as what they are, and this is said.
    let (told, registry, _) = started(&export, &[]);
    assert!(told.contains("`height`: 1 values are not what the data dictionary says (number)"), "{told}");
    assert!(registry.contains("[tables.records.columns.height]\nlabel = \"Height\""), "{registry}");
}

#[test]
fn a_later_export_is_compared_with_the_registry() {
    let (folder, study) = project(CLASSIC);
    let data = folder.path().join("project");
    let (_, errors, code) = said(&farr(&["new", text(&study), "--from", "redcap", "--data", text(&data)]));
    assert_eq!(code, 0, "{errors}");
    let checked = |export: &str, fields: &str| {
        fs::write(study.join("registry/export.csv"), export).unwrap();
        fs::write(study.join("registry/redcap/dictionary.csv"), format!("{HEAD}{fields}")).unwrap();
        let (out, errors, code) = said(&farr(&["check", text(&study)]));
        (out, errors, code)
    };
    // The same project has nothing new.
    let (out, _, _) = checked(CLASSIC, FIELDS);
    assert!(!out.contains("no table has") && !out.contains("data dictionary that"), "{out}");
    // A new field, a new choice of a checkbox, a new choice of a list and another meaning.
    let fields = FIELDS
        .replace("2, Lung | -9", "2, Lung | 3, Bone | -9")
        .replace("0, Female | 1, Male", "0, Woman | 1, Male | 2, Other")
        + "psa,scan,,text,PSA,,,number,,,,,,,,,,\n";
    let export = CLASSIC
        .replace("site____9,", "site___3,site____9,")
        .replace("scan_complete\n", "scan_complete,psa\n");
    let export = export
        .replace("165.5,1,0,0,", "165.5,1,0,1,0,")
        .replace("180,0,1,0,", "180,0,1,0,0,")
        .replace("171,0,0,1,", "171,0,0,0,1,");
    let export: String = export
        .lines()
        .enumerate()
        .map(|(row, line)| match row {
            0 => format!("{line}\n"),
            1 => format!("{line},4.5\n"),
            _ => format!("{line},\n"),
        })
        .collect();
    let (out, errors, code) = checked(&export, &fields);
    assert!(code < 2, "{errors}");
    for part in [
        "records.psa: a field (“PSA”) of the export that no table has: add it to `select` of [tables.records]",
        "records.site___3: a choice of `site` (“Bone”) of the export that no table has",
        "records.sex: a choice of the data dictionary that registry.toml does not have: add { value = \"2\", label = \"Other\" }",
        "records.sex: the choice `0` is “Woman” in the data dictionary, and “Female” in registry.toml",
    ] {
        assert!(out.contains(part), "{part}\n{out}");
    }
    assert!(out.contains("(1 value)") && out.contains("(0 values)"), "{out}");
    // With the older data dictionary what is new is still told.
    let (out, _, _) = checked(&export, FIELDS);
    assert!(out.contains("records.psa: a column that redcap/dictionary.csv does not have"), "{out}");
    // A choice that nobody knows, and a field that is gone.
    let (out, errors, code) =
        checked(&CLASSIC.replace("8,south,CD,1961-12-31,1", "8,south,CD,1961-12-31,7"), FIELDS);
    assert!(code > 0 && (out + &errors).contains("under [tables.records.columns.sex]"), "{errors}");
    let gone: String = CLASSIC.replace(",remarks,", ",remark,");
    let (_, errors, code) = checked(&gone, FIELDS);
    assert_eq!(code, 2);
    assert!(
        errors.contains("the file has no column `remarks`") && errors.contains("export all fields"),
        "{errors}"
    );
}

#[test]
fn dates_that_a_spreadsheet_has_rewritten_are_read_in_the_order_of_the_field() {
    let export = CLASSIC
        .replace("1950-02-03", "03/02/1950")
        .replace("1961-12-31", "31/12/1961")
        .replace("1972-05-06", "6/5/1972");
    let (_, registry, _) = started(&export, &[]);
    assert!(registry.contains("format = \"%d/%m/%Y\""), "{registry}");
}

#[test]
fn files_that_do_not_belong_together_are_refused_with_what_to_do() {
    let refused = |export: &str, dictionary: &str| {
        let folder = tempfile::tempdir().unwrap();
        let (data, fields) = (folder.path().join("d.csv"), folder.path().join("f.csv"));
        fs::write(&data, export).unwrap();
        fs::write(&fields, dictionary).unwrap();
        let study = folder.path().join("s");
        let (_, errors, code) = said(&farr(&[
            "new",
            text(&study),
            "--from",
            "redcap",
            "--data",
            text(&data),
            "--dictionary",
            text(&fields),
        ]));
        assert_eq!(code, 2, "{errors}");
        assert!(!study.exists());
        errors
    };
    let fields = format!("{HEAD}{FIELDS}");
    let said_of = refused("id,a\n1,2\n", &fields);
    assert!(said_of.contains("the first column is `id`") && said_of.contains("`record_id`"), "{said_of}");
    assert!(refused(CLASSIC, "a,b\n1,2\n").contains("not a REDCap data dictionary"));
    assert!(refused(CLASSIC, HEAD).contains("no field"));
    let odd = format!("{HEAD}Record ID,baseline,,text,x,,,,,,,,,,,,,\n");
    assert!(refused(CLASSIC, &odd).contains("cannot be the name of a field"));
    let odd = format!("{HEAD}record_id,baseline,,hologram,x,,,,,,,,,,,,,\n");
    assert!(refused(CLASSIC, &odd).contains("unknown type `hologram`"));
    let (_, errors, code) = said(&farr(&["new", "x", "--from", "redcap"]));
    assert!(code == 2 && errors.contains("--dictionary"), "{errors}");
}
