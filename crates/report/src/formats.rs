//! The list of formats. A new one is one file and one line.

pub mod csv;
pub mod due_list;
pub mod html;
pub mod query_sheet;
pub mod svg;
pub mod text;

use crate::display::{Content, Display};

/// A format of single displays. The page of a whole study is [`html::render`].
#[derive(Clone, Copy)]
pub struct Format {
    /// Of the file's name, without the point.
    pub extension: &'static str,
    /// What it is, for a list of formats.
    pub about: &'static str,
    /// The display in this format; `None` where the format does not know its content.
    pub render: fn(&Display) -> Option<String>,
}

/// Every format of single displays.
pub fn formats() -> Vec<Format> {
    vec![
        Format {
            extension: "csv",
            about: "comma-separated cells, as printed",
            render: |d| d.table().map(csv::render),
        },
        Format { extension: "svg", about: "scalable drawing", render: |d| d.figure().map(svg::render) },
        Format {
            extension: "txt",
            about: "aligned columns",
            render: |display| match &display.content {
                Content::Table(table) => Some(format!("{}\n{}", display.heading(), text::render(table, 100))),
                Content::Figure(_) => None,
            },
        },
        Format {
            extension: "html",
            about: "a page by itself",
            render: |display| Some(html::page_of(display)),
        },
    ]
}
