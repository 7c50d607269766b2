//! Changes to the workspace of a driver by another program or another console.

use devconsole::{
    domain::{
        oauth::jwt::{AuthorizedApps, NewJwt},
        people::{developer::Role, email::EmailAddress},
        secret::Secret,
    },
    store::{FILE_NAME, OwnKeys, Workspace},
    vault::KdfCost,
};

use super::{
    driver::{Driver, EMAIL, PASSWORD},
    form::app,
};

impl Driver {
    /// Runs SQL as another program would, while this one is open.
    pub fn sql(&self, statements: &str) {
        let path = self.dir.path().join(FILE_NAME);
        let db = rusqlite::Connection::open(path).unwrap();
        db.execute_batch(statements).unwrap();
    }

    /// Signs Ada in at another console.
    pub fn elsewhere(&self) -> Workspace {
        self.elsewhere_as(EMAIL, &Secret::new(PASSWORD))
    }

    /// The same, with another developer signed in.
    pub fn elsewhere_as(&self, email: &str, password: &Secret) -> Workspace {
        let opened = Workspace::open(self.dir.path(), KdfCost::TRIVIAL).unwrap();
        let mut workspace = opened.workspace;
        let now = self.console.desk.clock.unix;
        workspace.sign_in(email, password, now).unwrap();
        workspace
    }

    /// Ada's apps and her JWT credential, and Grace, who is the contact of the first app. On the
    /// people, with the cursor on Grace.
    pub fn with_grace(apps: &[&str]) -> Self {
        let mut driver = Self::signed_up();
        for name in apps {
            driver.register(app(name).jwt());
            driver.press("<esc>");
            driver.advance_ms(86_400_000);
            driver.press(PASSWORD);
            driver.press("<enter>");
        }
        let mut workspace = driver.elsewhere();
        let me = workspace.current_session().unwrap().developer.id;
        let new = NewJwt {
            label: "Night export".to_owned(),
            apps: AuthorizedApps::Organization,
            expires_at: None,
        };
        let now = driver.console.desk.clock.unix;
        workspace.create_jwt(&me, &new, now).unwrap();
        driver.press("p");
        driver.add_developer("Grace Hopper", "grace@example.com", "Developer");
        driver.press("<enter>");
        driver.sql(&format!(
            "UPDATE apps SET contact = (SELECT id FROM developers WHERE full_name = 'Grace Hopper')
             WHERE name = '{}';
             UPDATE client_secrets SET last_used_at = {} WHERE app_id =
                 (SELECT id FROM apps WHERE name = '{}')",
            apps[0], now.0, apps[1],
        ));
        driver
    }

    /// Ada adds Grace, a Developer Admin, who signs in at another console.
    pub fn grace_elsewhere(&self) -> Workspace {
        let now = self.console.desk.clock.unix;
        let email = EmailAddress::parse("grace@example.com").unwrap();
        let (first, own) = ("given by an administrator", "quiet lantern orbit 77 maple");
        let (first, own) = (Secret::new(first), Secret::new(own));
        let role = Role::DeveloperAdmin;
        let mut ada = self.elsewhere();
        ada.add_developer("Grace Hopper", &email, role, &first, now)
            .unwrap();
        let mut grace = self.elsewhere_as(email.as_str(), &first);
        grace
            .change_password(&first, &own, OwnKeys::Keep, now)
            .unwrap();
        grace
    }

    /// Ada adds another administrator and gives herself this role, at another console.
    pub fn lose_role(&self, role: Role) {
        let mut workspace = self.elsewhere();
        let now = self.console.desk.clock.unix;
        let email = EmailAddress::parse("grace@example.com").unwrap();
        let password = Secret::new("given by an administrator");
        let admin = Role::DeveloperAdmin;
        workspace
            .add_developer("Grace Hopper", &email, admin, &password, now)
            .unwrap();
        let me = workspace.current_session().unwrap().developer.id;
        workspace.set_role(&me, role, now).unwrap();
    }
}
