//! From results to documents: displays (tables and figures) and the formats that print them.
//!
//! ```text
//! StudyResults → displays() → [Display] → formats::{html, csv, text, svg}
//! ```
//! This crate prints what it is given and computes no statistic. Values are raw until [`style`]; tables are plain
//! cells ([`table`]); figures are SVG, laid out here to the last coordinate. The same results give the same bytes:
//! no clock, no random number, no order that differs from run to run.

mod conventions;
pub mod display;
pub mod displays;
mod drawing;
pub mod formats;
pub mod style;
pub mod table;
mod wording;
mod wrapping;

pub use conventions::{Printing, PrintingConvention, conventions};
pub use display::{Content, Display, Figure};
pub use displays::{displays, displays_of};
pub use formats::{Format, formats};
pub use style::Style;
pub use table::Table;
