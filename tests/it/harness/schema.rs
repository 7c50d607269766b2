//! The JSON Schemas of `docs/schema`, which everything that a test sees is compared with.

use std::{collections::HashMap, path::Path, sync::Mutex};

use serde_json::Value;

/// What the program prints, writes and answers.
pub const OUTPUT: &str = "devconsole-output-1.schema.json";
pub const LOG_ENTRY: &str = "devconsole-output-1.schema.json#/$defs/log_entry";
pub const MANIFEST: &str = "devconsole-manifest-1.schema.json";

/// What does not fit, if anything.
pub fn misfit(schema: &str, printed: &Value) -> Option<String> {
    static COMPILED: Mutex<Option<HashMap<String, Compiled>>> = Mutex::new(None);
    let mut compiled = COMPILED.lock().unwrap();
    let all = compiled.get_or_insert_default();
    let Compiled(schemas, at) = all
        .entry(schema.to_owned())
        .or_insert_with(|| Compiled::new(schema));
    let fits = schemas.validate(printed, *at);
    fits.err().map(|error| error.to_string())
}

pub fn must_fit(schema: &str, printed: &Value) {
    let misfit = misfit(schema, printed);
    assert!(misfit.is_none(), "{}: {printed}", misfit.unwrap());
}

struct Compiled(boon::Schemas, boon::SchemaIndex);

impl Compiled {
    fn new(schema: &str) -> Self {
        let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema");
        compiler.enable_format_assertions();
        let file = folder.join(schema);
        let at = compiler.compile(file.to_str().unwrap(), &mut schemas);
        Self(schemas, at.unwrap())
    }
}
