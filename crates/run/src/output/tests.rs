use super::*;

fn file(name: &str, text: &str) -> OutputFile {
    (name.into(), text.as_bytes().to_vec())
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn results_are_replaced_whole_and_nothing_is_left_beside_them() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("results");
    let first = [file(MARK, "1"), file("tables/a.csv", "old"), file("gone.csv", "x")];
    Slot::claim(&target).unwrap().replace(&first).unwrap();
    Slot::claim(&target).unwrap().replace(&[file(MARK, "2"), file("tables/a.csv", "new")]).unwrap();
    assert_eq!(names(folder.path()), ["results"]);
    assert_eq!(names(&target), [MARK, "tables"]);
    assert_eq!(fs::read_to_string(target.join("tables/a.csv")).unwrap(), "new");
}

#[test]
fn a_run_that_died_half_way_leaves_the_old_results_and_the_next_one_succeeds() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("results");
    Slot::claim(&target).unwrap().replace(&[file(MARK, "1")]).unwrap();
    let dying = Slot::claim(&target).unwrap();
    dying.write(&[file("half.csv", "x")]).unwrap();
    drop(dying);
    assert_eq!(fs::read_to_string(target.join(MARK)).unwrap(), "1");
    Slot::claim(&target).unwrap().replace(&[file(MARK, "2")]).unwrap();
    assert_eq!(names(&target), [MARK]);
    assert_eq!(names(folder.path()), ["results"]);
}

#[test]
fn what_cannot_be_written_leaves_the_old_results() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("results");
    Slot::claim(&target).unwrap().replace(&[file(MARK, "1")]).unwrap();
    let clash = [file(MARK, "2"), file("a", "x"), file("a/b", "no file can be below a file")];
    let problem = Slot::claim(&target).unwrap().replace(&clash).unwrap_err();
    assert!(problem.message.starts_with("cannot write the results"), "{problem}");
    assert_eq!(fs::read_to_string(target.join(MARK)).unwrap(), "1");
    assert_eq!(names(folder.path()), ["results"]);
}

#[test]
fn a_folder_that_is_not_farrs_own_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("thesis.docx"), "years of work").unwrap();
    let problem = Slot::claim(folder.path()).unwrap_err();
    assert_eq!(problem.message, "this folder holds files that farr did not write");
    assert_eq!(names(folder.path()), ["thesis.docx"]);
}

#[test]
fn two_runs_at_once_are_kept_apart() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("results");
    let held = Slot::claim(&target).unwrap();
    let problem = Slot::claim(&target).unwrap_err();
    assert_eq!(problem.message, "another run is writing these results");
    drop(held);
    assert!(Slot::claim(&target).is_ok());
}
