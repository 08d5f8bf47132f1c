//! Data queries as a workbook for the data manager: one row a query, with columns for the answer.
//!
//! It names patients and repeats their data, so it is written only where it is asked for by name.

use rust_xlsxwriter::{
    Color, DataValidation, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};
use study::{CellValue, DataQueries, DataQuery, Problem, QueryImpact, QueryVerdict, RuleOutcome};

/// The columns of the sheet, with their width in characters.
const COLUMNS: [(&str, f64); 14] = [
    ("id", 17.0),
    ("rule", 26.0),
    ("certainty", 12.0),
    ("table", 14.0),
    ("row", 9.0),
    ("column", 20.0),
    ("key", 34.0),
    ("values", 34.0),
    ("what is wrong", 48.0),
    ("studied", 9.0),
    ("changes", 40.0),
    ("answer", 14.0),
    ("comment", 36.0),
    ("answered by", 16.0),
];

/// The first of the columns to be filled in.
const ANSWER: u16 = 11;

/// The bytes of the workbook: the sheet `Queries`, and `Rules` with what each rule found.
///
/// # Errors
/// More queries than a sheet has rows.
pub fn render(data: &DataQueries) -> Result<Vec<u8>, Problem> {
    workbook(data).map_err(|error| Problem::output(format!("the workbook cannot be written: {error}")))
}

fn workbook(data: &DataQueries) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // The time of writing would make two workbooks of the same queries differ.
    let day = rust_xlsxwriter::ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&rust_xlsxwriter::DocProperties::new().set_creation_datetime(&day));
    let heading = Format::new().set_bold().set_border_bottom(FormatBorder::Thin).set_text_wrap();
    queries(book.add_worksheet(), data, &heading)?;
    rules(book.add_worksheet(), data, &heading)?;
    book.save_to_buffer()
}

fn header(sheet: &mut Worksheet, columns: &[(&str, f64)], format: &Format) -> Result<(), XlsxError> {
    for (column, (name, width)) in (0u16..).zip(columns) {
        sheet.write_string_with_format(0, column, *name, format)?;
        sheet.set_column_width(column, *width)?;
    }
    sheet.set_freeze_panes(1, 1)?;
    Ok(())
}

fn queries(sheet: &mut Worksheet, data: &DataQueries, heading: &Format) -> Result<(), XlsxError> {
    sheet.set_name("Queries")?;
    header(sheet, &COLUMNS, heading)?;
    let text = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let answer = text.clone().set_background_color(Color::RGB(0xFFF8DC)).set_border(FormatBorder::Hair);
    for (row, query) in (1u32..).zip(&data.queries) {
        for (column, value) in (0u16..).zip(cells(data, query)) {
            let format = if column >= ANSWER { &answer } else { &text };
            match (column, value.parse::<f64>()) {
                (4, Ok(number)) => sheet.write_number_with_format(row, column, number, format)?,
                _ => sheet.write_string_with_format(row, column, value, format)?,
            };
        }
    }
    let last = u32::try_from(data.queries.len()).unwrap_or(u32::MAX).clamp(1, 1_048_575);
    let offered = DataValidation::new()
        .allow_list_strings(&QueryVerdict::ALL.map(QueryVerdict::name))?
        .set_input_title("Answer")?
        .set_input_message(
            "confirmed: right as it stands. corrected: mended in the source. unresolvable: nobody can tell.",
        )?;
    sheet.add_data_validation(1, ANSWER, last, ANSWER, &offered)?;
    sheet.autofilter(0, 0, last, COLUMNS.len() as u16 - 1)?;
    Ok(())
}

fn cells(data: &DataQueries, query: &DataQuery) -> [String; 14] {
    let row = query.row.clone().unwrap_or_default();
    let list = |cells: &[CellValue]| {
        let one =
            |cell: &CellValue| format!("{} = {}", cell.column, cell.value.as_deref().unwrap_or("(missing)"));
        cells.iter().map(one).collect::<Vec<_>>().join("; ")
    };
    let rule = data
        .rules
        .iter()
        .find(|rule| rule.rule == query.rule && rule.table == query.table && rule.columns == query.columns);
    let wrong = match &row.detail {
        Some(detail) => format!("{} ({detail})", query.message),
        None => query.message.clone(),
    };
    let (verdict, comment, by) = match &query.answer {
        Some(answer) => (answer.verdict.name().to_string(), answer.comment.clone(), answer.by.clone()),
        None => Default::default(),
    };
    [
        query.id.clone(),
        query.rule.clone(),
        query.certainty.to_string(),
        query.table.clone(),
        query.rows.iter().map(u64::to_string).collect::<Vec<_>>().join(", "),
        query.columns.join(", "),
        list(&row.key),
        list(&row.values),
        wrong,
        query.studied.map_or("", |studied| if studied { "yes" } else { "no" }).into(),
        rule.and_then(|rule| rule.impact.as_ref()).map(changes).unwrap_or_default(),
        verdict,
        comment,
        by,
    ]
}

/// What hangs on a rule's columns, in words.
pub fn changes(impact: &QueryImpact) -> String {
    let analyses = impact.analyses.join(", ");
    match (impact.eligibility, impact.analyses.is_empty()) {
        (true, _) => "who is studied, and so every analysis".into(),
        (false, true) => "nothing in this study".into(),
        (false, false) => analyses,
    }
}

fn rules(sheet: &mut Worksheet, data: &DataQueries, heading: &Format) -> Result<(), XlsxError> {
    sheet.set_name("Rules")?;
    let columns = [
        ("rule", 28.0),
        ("table", 16.0),
        ("columns", 30.0),
        ("certainty", 12.0),
        ("what is wrong", 60.0),
        ("rows", 10.0),
        ("patients", 10.0),
        ("studied", 10.0),
        ("changes", 50.0),
    ];
    header(sheet, &columns, heading)?;
    for (row, rule) in (1u32..).zip(&data.rules) {
        let RuleOutcome { rule: name, table, columns, certainty, message, found, patients, studied, impact } =
            rule;
        let changes = impact.as_ref().map(changes).unwrap_or_default();
        let texts = [name, table, &columns.join(", "), &certainty.to_string(), message];
        for (column, value) in (0u16..).zip(texts) {
            sheet.write_string(row, column, value)?;
        }
        for (column, value) in (5u16..).zip([Some(*found), *patients, *studied]) {
            if let Some(value) = value {
                sheet.write_number(row, column, value as f64)?;
            }
        }
        sheet.write_string(row, 8, changes)?;
    }
    Ok(())
}
