//! What another program does to the workspace of a driver.

use devconsole::store::FILE_NAME;

use super::driver::Driver;

impl Driver {
    /// Runs SQL as another program would, while this one is open.
    pub fn sql(&self, statements: &str) {
        let path = self.dir.path().join(FILE_NAME);
        let db = rusqlite::Connection::open(path).unwrap();
        db.execute_batch(statements).unwrap();
    }
}
