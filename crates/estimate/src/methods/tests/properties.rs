//! What must hold of every test, whatever the data.

use super::*;
