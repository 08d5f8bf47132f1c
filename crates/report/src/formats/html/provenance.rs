//! Where the results come from: enough to make them again.

use crate::style;
use maud::{Markup, html};
use study::StudyResults;

pub(super) fn section(study: &StudyResults) -> Markup {
    let provenance = &study.provenance;
    html! {
        section #provenance {
            h2 { "Provenance" }
            dl {
                dt { "Program" } dd { "farr " (provenance.farr_version) }
                dt { "Engine" } dd { (provenance.engine) }
                dt { "Conventions" } dd { (study.dialect.name()) }
                dt { "Seed" } dd { (provenance.seed) }
                dt { "Shape of the results" } dd { "version " (study.schema_version) }
            }
            @if !provenance.inputs.is_empty() { (inputs(study)) }
            @if !provenance.tables.is_empty() { (tables(study)) }
            @if !provenance.cleaning.is_empty() {
                h3 { "Cleaning" }
                p { "Values of the registry that its dictionary changed on reading." }
                ul { @for note in &provenance.cleaning { li { (note) } } }
            }
            @if !provenance.views.is_empty() {
                h3 { "Views" }
                @for view in &provenance.views {
                    details {
                        summary {
                            code { (view.name) } " · " (style::count(view.rows)) @if view.rows == 1 { " row" } @else { " rows" }
                        }
                        pre { code { (view.sql) } }
                    }
                }
            }
            @if !study.analyses.is_empty() {
                h3 { "Options" }
                p { "As they were applied, defaults included." }
                @for results in &study.analyses {
                    details {
                        summary { code { (results.analysis) } " · " (results.method) }
                        pre { code { (serde_json::to_string_pretty(&results.options).unwrap_or_default()) } }
                    }
                }
            }
        }
    }
}

fn tables(study: &StudyResults) -> Markup {
    html! {
        h3 { "Tables of databases" }
        p {
            "Read at one moment of each database, which can change since: the fingerprint is the same as long as the "
            "rows are, in any order."
        }
        div.scroll tabindex="0" role="group" aria-label="Tables of databases" {
            table.files {
                thead {
                    tr {
                        th.name scope="col" { "Table" }
                        th.name scope="col" { "Database and relation" }
                        th.name scope="col" { "Server" }
                        th.figure scope="col" { "Rows" }
                        th.name scope="col" { "Fingerprint" }
                    }
                }
                tbody {
                    @for table in &study.provenance.tables {
                        tr.single {
                            th scope="row" { code { (table.table) } }
                            td { code { (table.relation) } }
                            td { (table.server) }
                            td.figure { (style::count(table.rows)) }
                            td { code.hash { (table.fingerprint) } }
                        }
                    }
                }
            }
        }
    }
}

fn inputs(study: &StudyResults) -> Markup {
    html! {
        h3 { "Files read" }
        div.scroll tabindex="0" role="group" aria-label="Files read" {
            table.files {
                thead { tr { th.name scope="col" { "File" } th.figure scope="col" { "Bytes" } th.name scope="col" { "SHA-256" } } }
                tbody {
                    @for file in &study.provenance.inputs {
                        tr.single {
                            th scope="row" { code { (file.path) } }
                            td.figure { (style::count(file.bytes)) }
                            td { code.hash { (file.sha256) } }
                        }
                    }
                }
            }
        }
    }
}
