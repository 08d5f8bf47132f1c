//! One row a patient of a longitudinal project.

use super::REDCAP_RECORDS;
use super::column::Column;
use super::export::{EVENT, Export, INSTANCE};
use super::tables::{EVENTS, Table};
use engine::quoted;
use std::collections::BTreeSet;

/// The columns of the view: of the records, and of every form that a record has once.
pub(super) fn columns<'a>(export: &Export, tables: &'a [Table]) -> Vec<&'a Column> {
    let own = tables[0].columns.iter();
    let once = tables.iter().filter(|table| is_joined(table)).flat_map(|table| &table.columns);
    let added = [export.id(), EVENT, INSTANCE];
    own.chain(once.filter(|column| !added.contains(&column.name.as_str()))).collect()
}

fn is_joined(table: &Table) -> bool {
    table.form.is_some() && table.is_once
}

/// The arms, where there are several: events are named `NAME_arm_N`.
pub(super) fn arms(export: &Export) -> BTreeSet<String> {
    let Some(position) = export.position(EVENT) else { return BTreeSet::new() };
    let texts = export.grid.columns[position].texts.iter();
    texts.filter_map(|text| Some(text.trim().rsplit_once("_arm_")?.1.to_string())).collect()
}

/// The SELECT.
pub(super) fn text(export: &Export, tables: &[Table]) -> String {
    let id = quoted(export.id());
    let records = quoted(REDCAP_RECORDS);
    let mut selected: Vec<String> = tables[0].columns.iter().map(|column| quoted(&column.name)).collect();
    selected.iter_mut().for_each(|column| *column = format!("{records}.{column}"));
    let mut joins = String::new();
    if arms(export).len() > 1 {
        selected.push("arms.arm".into());
        joins += &format!(
            "left join (\n  select {id}, min(split_part({event}, '_arm_', 2)) as arm from {EVENTS} group by {id}\n) as arms \
             on arms.{id} = {records}.{id}\n",
            event = quoted(EVENT),
        );
    }
    let mut others = String::new();
    for table in tables.iter().filter(|table| table.form.is_some()) {
        let name = quoted(&table.name);
        let join = format!("left join {name} on {name}.{id} = {records}.{id}");
        if table.is_once {
            let added = [export.id(), EVENT, INSTANCE];
            let columns = table.columns.iter().filter(|column| !added.contains(&column.name.as_str()));
            selected.extend(columns.map(|column| format!("{name}.{}", quoted(&column.name))));
            joins += &format!("{join}\n");
        } else {
            others += &format!("-- {join} and {name}.{} = 'EVENT'\n", quoted(EVENT));
        }
    }
    let mut text = String::from(
        "-- One row a patient: the forms that each record has once in the export. Where a later export has one of them\n\
         -- twice, say by its event which one is meant.\n",
    );
    if !others.is_empty() {
        text += "-- Forms with several rows a patient are joined one event at a time, each under a name of its own:\n";
        text += &others;
    }
    text + &format!("select\n  {}\nfrom {records}\n{joins}", selected.join(",\n  "))
}
