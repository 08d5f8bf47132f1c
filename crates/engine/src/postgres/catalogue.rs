//! What the server says of a table: its columns, their types, and what may be read.

use super::fault::of_statement;
use super::server::Server;
use crate::{Fault, quoted};
use tokio_postgres::{Client, Error, Row};

/// A table, view, foreign table or partitioned table of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// Whether its rows have places of their own, and with them an order.
    pub stored: bool,
    /// Whether rules of the server hide rows from this user.
    pub row_security: bool,
    /// Its columns, in order.
    pub columns: Vec<ServerColumn>,
}

impl Relation {
    /// Its whole name as SQL.
    pub fn sql(&self) -> String {
        format!("{}.{}", quoted(&self.schema), quoted(&self.name))
    }
}

/// A column as the server has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerColumn {
    /// Its name.
    pub name: String,
    /// Its type, as the server writes it.
    pub type_name: String,
    /// What its values are.
    pub stored: Stored,
    /// Its value as SQL; a text is compared letter by letter.
    pub sql: String,
    /// Whether this user may read it.
    pub readable: bool,
}

/// What the values of a column are; a domain is what it is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// `boolean`.
    Flag,
    /// `smallint`, `integer`, `bigint`.
    Integer,
    /// `real`, `double precision`.
    Float,
    /// `numeric`; whether its type says that values are whole and have at most 18 digits.
    Decimal {
        /// Whether it says so.
        whole: bool,
    },
    /// `text`, `varchar`, `char(n)`, enumerations, `uuid`, and other types of text.
    Text,
    /// `date`.
    Date,
    /// `timestamp`.
    Moment,
    /// `timestamp with time zone`.
    MomentWithZone,
    /// Anything else: arrays, intervals, JSON, bytes.
    Other,
}

const FIND: &str = "select n.nspname::text, c.oid, c.relkind::text in ('r', 'm'), row_security_active(c.oid), \
     has_schema_privilege(n.oid, 'usage'), current_user::text \
     from pg_class c join pg_namespace n on n.oid = c.relnamespace \
     where c.relname::text = $1 and n.nspname::text = any($2) and c.relkind in ('r', 'v', 'm', 'f', 'p') \
     order by array_position($2, n.nspname::text) limit 1";

/// Names that could be meant.
const KNOWN: &str = "select n.nspname::text || '.' || c.relname from pg_class c \
     join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'v', 'm', 'f', 'p') \
     and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') order by 1 limit 5000";

/// A domain is followed to the type it is made of.
const COLUMNS: &str = "with recursive base(attnum, type, modifier) as ( \
       select attnum, atttypid, atttypmod from pg_attribute \
       where attrelid = $1 and attnum > 0 and not attisdropped \
     union all \
       select base.attnum, t.typbasetype, t.typtypmod from base join pg_type t on t.oid = base.type \
       where t.typtype = 'd') \
     select a.attname::text, format_type(a.atttypid, a.atttypmod), t.typname::text, t.typtype::text, \
       t.typcategory::text, base.modifier, has_column_privilege(a.attrelid, a.attnum, 'select'), \
       coalesce(c.collisdeterministic, true) \
     from base join pg_type t on t.oid = base.type and t.typtype <> 'd' \
     join pg_attribute a on a.attrelid = $1 and a.attnum = base.attnum \
     left join pg_collation c on c.oid = a.attcollation order by a.attnum";

/// Looks for a relation in schemas, in their order.
pub(super) async fn find(
    client: &Client,
    server: &Server,
    schemas: &[String],
    name: &str,
) -> Result<Relation, Fault> {
    let failed = |error: Error| of_statement(server, &error);
    let Some(found) = client.query_opt(FIND, &[&name, &schemas]).await.map_err(failed)? else {
        let known = client.query(KNOWN, &[]).await.map_err(failed)?;
        let whole = match schemas {
            [schema] => format!("{schema}.{name}"),
            _ => name.to_string(),
        };
        return Err(Fault {
            message: format!("the database {server} has no table or view `{whole}`"),
            known: known.iter().filter_map(|row| row.try_get(0).ok()).collect(),
            name: Some(whole),
            ..Fault::default()
        });
    };
    let schema: String = found.try_get(0).map_err(failed)?;
    let oid: u32 = found.try_get(1).map_err(failed)?;
    let columns = client.query(COLUMNS, &[&oid]).await.map_err(failed)?;
    let columns = columns.iter().map(column).collect::<Result<Vec<_>, _>>().map_err(failed)?;
    let usable: bool = found.try_get(4).map_err(failed)?;
    if !usable || (!columns.is_empty() && columns.iter().all(|column| !column.readable)) {
        let user: String = found.try_get(5).map_err(failed)?;
        let what = if usable { "the table" } else { "the schema of" };
        return Err(Fault::plain(format!(
            "the user `{user}` may not read {what} `{schema}.{name}` of the database {server}"
        ))
        .helped("ask its owner to grant USAGE on the schema and SELECT on the table"));
    }
    Ok(Relation {
        schema,
        name: name.into(),
        stored: found.try_get(2).map_err(failed)?,
        row_security: found.try_get(3).map_err(failed)?,
        columns,
    })
}

fn column(row: &Row) -> Result<ServerColumn, Error> {
    let name: String = row.try_get(0)?;
    let (base, kind, category): (String, String, String) =
        (row.try_get(2)?, row.try_get(3)?, row.try_get(4)?);
    let modifier: i32 = row.try_get(5)?;
    let letters: bool = row.try_get(7)?;
    let (mut stored, mut sql) = (Stored::Other, quoted(&name));
    match (base.as_str(), category.as_str()) {
        ("bool", _) => stored = Stored::Flag,
        ("int2" | "int4" | "int8", _) => stored = Stored::Integer,
        ("float4" | "float8", _) => stored = Stored::Float,
        ("numeric", _) => stored = Stored::Decimal { whole: is_whole(modifier) },
        ("date", _) => stored = Stored::Date,
        ("timestamp", _) => stored = Stored::Moment,
        ("timestamptz", _) => stored = Stored::MomentWithZone,
        ("text" | "varchar", _) => stored = Stored::Text,
        _ if base == "uuid" || kind == "e" || category == "S" => {
            stored = Stored::Text;
            sql = format!("{sql}::text");
        }
        _ => {}
    }
    if stored == Stored::Text && !letters {
        sql = format!("{sql} collate pg_catalog.\"C\"");
    }
    Ok(ServerColumn { name, type_name: row.try_get(1)?, stored, sql, readable: row.try_get(6)? })
}

/// Whether the modifier of a `numeric` says that it has no decimals and at most 18 digits. A negative scale has set
/// bits here, and is not taken for whole.
fn is_whole(modifier: i32) -> bool {
    let (precision, scale) = ((modifier - 4) >> 16, (modifier - 4) & 0x7ff);
    modifier >= 4 && scale == 0 && (precision & 0xffff) <= 18
}

#[cfg(test)]
mod tests {
    use super::is_whole;

    #[test]
    fn the_modifier_of_a_decimal_tells_precision_and_scale() {
        let modifier = |precision: i32, scale: i32| ((precision << 16) | (scale & 0x7ff)) + 4;
        let whole = [modifier(18, 0), modifier(4, 0), modifier(19, 0), modifier(5, 2), modifier(3, -2), -1];
        assert_eq!(whole.map(is_whole), [true, true, false, false, false, false]);
    }
}
