//! Fills in a form the way a person does: finds a field by its name, reads which control it has,
//! and presses the keys of that control. Nothing is written into the state. A field that is added,
//! removed or moved breaks no test that fills in a form this way.

use devconsole::{
    console::Screen,
    form::{
        Control, Field, FieldId, FormState, PickKey, Slot,
        state::{field_of, slots, text_at},
    },
    screens::{
        app::issued,
        create_app::{
            CREATE, Tab,
            sections::{
                SECTIONS, app_card, app_type, auth, features, properties, section_of, security,
            },
        },
        form_page::Form as _,
        jwt, organization, password, sign_in, sign_up,
    },
};

use super::driver::{Driver, EMAIL, PASSWORD};

/// The contents of a form: its slots in order, the focused one, and the control there.
#[derive(Debug)]
pub struct Seen {
    pub focus: Slot,
    pub shown: Vec<Slot>,
    control: Asked,
}

#[derive(Debug)]
enum Asked {
    Text(String),
    Choice {
        labels: Vec<&'static str>,
        chosen: Option<usize>,
    },
    Toggle(bool),
    Pick {
        chosen: Vec<PickKey>,
        is_open: bool,
    },
    /// A button, or a generated secret.
    Nothing,
}

impl Seen {
    fn of<D, C>(fields: &[Field<D, C>], data: &D, context: &C, form: &FormState) -> Self {
        if let Some(picker) = &form.picker {
            assert_eq!(picker.field, form.focus.field);
        }
        let control = match field_of(fields, form.focus.field).map(|field| &field.control) {
            Some(Control::Choice(choice)) => Asked::Choice {
                labels: choice.options().iter().map(|option| option.label).collect(),
                chosen: choice.chosen(data),
            },
            Some(Control::Toggle { get, .. }) => Asked::Toggle(get(data)),
            Some(Control::Pick { chosen, .. }) => Asked::Pick {
                chosen: chosen(data, context)
                    .into_iter()
                    .map(|option| option.key)
                    .collect(),
                is_open: form.picker.is_some(),
            },
            Some(Control::Text { .. } | Control::Rows { .. }) => {
                let text = text_at(fields, data, form.focus);
                Asked::Text(text.map_or_else(String::new, |text| text.text().to_owned()))
            }
            Some(Control::Generated { .. }) | None => Asked::Nothing,
        };
        Self {
            focus: form.focus,
            shown: slots(fields, data),
            control,
        }
    }

    fn position(&self, field: FieldId) -> Option<usize> {
        self.shown.iter().position(|slot| slot.field == field)
    }
}

/// The form on the screen, if there is one. The only place that knows which screens have a form.
pub fn seen(driver: &Driver) -> Option<Seen> {
    Some(match driver.console.screen() {
        Screen::SignUp(screen) => Seen::of(sign_up::FIELDS, &screen.data, &(), &screen.form),
        Screen::SignIn(screen) => Seen::of(sign_in::FIELDS, &screen.data, &(), &screen.form),
        Screen::Recover(screen) => {
            Seen::of(sign_in::RECOVER_FIELDS, &screen.data, &(), &screen.form)
        }
        Screen::AddDeveloper(screen) => {
            Seen::of(organization::add::FIELDS, &screen.data, &(), &screen.form)
        }
        Screen::ChangeRole(screen) => {
            Seen::of(organization::role::FIELDS, &screen.data, &(), &screen.form)
        }
        Screen::Issued(screen) => Seen::of(issued::FIELDS, &screen.data, &(), &screen.form),
        Screen::Password(screen) => Seen::of(password::FIELDS, &screen.data, &(), &screen.form),
        Screen::JwtForm(screen) => Seen::of(
            jwt::form::FIELDS,
            &screen.data,
            screen.kind.facts(),
            &screen.form,
        ),
        Screen::CreateApp(screen) => match screen.tab {
            Tab::Section(section) => {
                Seen::of(section.fields, &screen.draft, &screen.facts, &screen.form)
            }
            Tab::Review => Seen {
                focus: screen.form.focus,
                shown: screen.review_slots(),
                control: Asked::Nothing,
            },
        },
        _ => return None,
    })
}

/// A value for a field.
#[derive(Clone, Debug)]
pub enum Value {
    /// A text, a row each, the labels of options, or what is searched for in a picker.
    Words(Vec<String>),
    On(bool),
}

impl From<&str> for Value {
    fn from(word: &str) -> Self {
        Self::Words(vec![word.to_owned()])
    }
}

impl From<&String> for Value {
    fn from(word: &String) -> Self {
        Self::from(word.as_str())
    }
}

impl<const N: usize> From<[&str; N]> for Value {
    fn from(words: [&str; N]) -> Self {
        Self::Words(words.map(str::to_owned).to_vec())
    }
}

impl From<bool> for Value {
    fn from(on: bool) -> Self {
        Self::On(on)
    }
}

/// The answers to the create-app form, by field.
#[derive(Clone, Debug)]
pub struct App(Vec<(FieldId, Value)>);

/// A private REST API app of the server-side kind; [`App::jwt`] and others change that.
pub fn app(name: &str) -> App {
    App(Vec::new())
        .with(app_type::TYPE, "REST API App")
        .with(properties::NAME, name)
        .with(properties::DESCRIPTION, "Exports the call log at night.")
        .with(properties::PROMOTION, "Yes")
        .with(security::ACCESS, "Private")
}

impl App {
    /// The last value of a field counts; words for a list of rows or picks are added to it.
    pub fn with(mut self, field: FieldId, value: impl Into<Value>) -> Self {
        let value = value.into();
        let lists = [
            auth::REDIRECT_URIS,
            security::SCOPES,
            security::JUSTIFICATIONS,
        ];
        match self.0.iter_mut().find(|(known, _)| *known == field) {
            Some((_, Value::Words(words))) if lists.contains(&field) => {
                if let Value::Words(more) = value {
                    words.extend(more);
                }
            }
            Some((_, known)) => *known = value,
            None => self.0.push((field, value)),
        }
        self
    }

    pub fn without(mut self, field: FieldId) -> Self {
        self.0.retain(|(known, _)| *known != field);
        self
    }

    pub fn about(self, description: &str) -> Self {
        self.with(properties::DESCRIPTION, description)
    }

    pub fn jwt(self) -> Self {
        self.with(auth::METHOD, "JWT auth flow")
    }

    pub fn server_side(self, redirect_uri: &str) -> Self {
        self.with(auth::PLATFORM, "Server-side web app")
            .with(auth::REDIRECT_URIS, redirect_uri)
    }

    /// One that has no client secret.
    pub fn client_side(self, redirect_uri: &str) -> Self {
        self.server_side(redirect_uri)
            .with(auth::PLATFORM, "Client-side web app")
    }

    pub fn bot(self, display_name: &str, icon: &str) -> Self {
        self.with(app_type::TYPE, "Bot Add-in")
            .with(app_card::DISPLAY_NAME, display_name)
            .with(app_card::ICON, icon)
    }

    pub fn notification(self, display_name: &str, icon: &str) -> Self {
        self.bot(display_name, icon)
            .with(app_type::TYPE, "Notification Add-in")
            .with(
                features::INSTRUCTIONS,
                "Enter {{ WEBHOOK_URL }} in the settings of your builds.",
            )
    }

    /// The first scope that the picker's search finds.
    pub fn scope(self, search: &str) -> Self {
        self.with(security::SCOPES, search)
    }

    /// Why the app needs a scope that requires approval; one for each, in the order of the rows.
    pub fn reason(self, why: &str) -> Self {
        self.with(security::JUSTIFICATIONS, why)
    }

    pub fn webhook(self, url: &str) -> Self {
        self.with(features::INTERACTIVE, true)
            .with(features::WEBHOOK, url)
    }

    /// The keys that open the form from the list and fill it in, in the driver's notation.
    pub fn keys(self) -> String {
        "n".to_owned() + &keys_in_form(|driver| driver.fill_in(self))
    }
}

/// The keys that these steps press in a create-app form that was just opened: for a terminal, or
/// to be pressed before the form is there.
pub fn keys_in_form(steps: impl FnOnce(&mut Driver)) -> String {
    let mut driver = Driver::signed_up();
    driver.press("n");
    keys_pressed(driver, steps)
}

pub fn keys_pressed(mut driver: Driver, steps: impl FnOnce(&mut Driver)) -> String {
    driver.pressed.clear();
    steps(&mut driver);
    driver.pressed
}

/// The tab that a field is in; the review for its button.
fn tab_of(field: FieldId) -> Tab {
    if field == CREATE {
        return Tab::Review;
    }
    Tab::Section(section_of(field).unwrap_or_else(|| panic!("{field:?} has no tab")))
}

impl Driver {
    /// Signed up, on the page of an app that was just registered.
    pub fn on_page_of(app: App) -> Self {
        let mut driver = Self::signed_up();
        driver.register(app);
        driver
    }

    /// Registers an app, from the list to the app's page.
    pub fn register(&mut self, app: App) {
        self.start(app);
        self.press("<ctrl-s>");
        assert!(
            matches!(self.console.screen(), Screen::App(_)),
            "not registered:\n{}",
            self.text()
        );
    }

    /// Opens the create-app form from the list and fills it in.
    pub fn start(&mut self, app: App) {
        self.press("n");
        self.fill_in(app);
    }

    /// Fills in the create-app form: always the first field on the screen that has an answer left,
    /// since an answer can make other fields appear.
    pub fn fill_in(&mut self, app: App) {
        let App(mut left) = app;
        while !left.is_empty() {
            let draft = &self.form().draft;
            let next = SECTIONS
                .iter()
                .flat_map(|section| slots(section.fields, draft))
                .find_map(|slot| left.iter().position(|(field, _)| *field == slot.field));
            let Some(next) = next else {
                panic!("no such field is shown: {left:?}");
            };
            let (field, value) = left.remove(next);
            self.answer(field, value);
        }
    }

    /// Walks to a field, through the tabs of the form if it has some.
    pub fn go_to(&mut self, field: FieldId) {
        if matches!(self.console.screen(), Screen::CreateApp(_)) {
            self.open_tab(tab_of(field));
        }
        for _ in 0..100 {
            let seen = self.seen();
            if seen.focus.field == field {
                return;
            }
            let here = seen.position(seen.focus.field);
            let there = seen.position(field);
            let (Some(here), Some(there)) = (here, there) else {
                break;
            };
            self.press(if here < there { "<tab>" } else { "<s-tab>" });
        }
        panic!("{field:?} is not reached:\n{}", self.text());
    }

    /// Walks to a tab of the create-app form.
    pub fn open_tab(&mut self, wanted: Tab) {
        let position = |tab: Tab| Tab::all().position(|one| one == tab);
        while self.form().tab != wanted {
            let before = self.form().tab;
            let forward = position(before) < position(wanted);
            self.press(if forward { "<pgdn>" } else { "<pgup>" });
            assert_ne!(self.form().tab, before, "{}", self.text());
        }
    }

    /// Walks to a field and enters a value, by the keys of its control.
    pub fn answer(&mut self, field: FieldId, value: impl Into<Value>) {
        self.go_to(field);
        let value = value.into();
        match (self.seen().control, &value) {
            (Asked::Text(_), Value::Words(words)) => {
                for (nth, word) in words.iter().enumerate() {
                    if nth > 0 {
                        // The next row, or a new one.
                        self.press("<enter>");
                        assert_eq!(self.seen().focus.field, field, "{}", self.text());
                    }
                    self.replace_text(word);
                }
            }
            (Asked::Choice { .. }, Value::Words(words)) if words.len() == 1 => {
                self.choose(&words[0]);
            }
            (Asked::Toggle(is_on), Value::On(on)) => {
                if is_on != *on {
                    self.press("<space>");
                }
            }
            (Asked::Pick { .. }, Value::Words(words)) => {
                for word in words {
                    self.pick(word);
                }
                if matches!(self.seen().control, Asked::Pick { is_open: true, .. }) {
                    self.press("<esc>");
                }
            }
            (control, _) => panic!("{field:?} does not take {value:?}: {control:?}"),
        }
    }

    /// Text as it is: none of its characters is a key.
    pub fn type_text(&mut self, text: &str) {
        self.press(&text.replace('<', "<lt>"));
    }

    fn replace_text(&mut self, text: &str) {
        let before = match self.seen().control {
            Asked::Text(before) => before,
            other => panic!("no text: {other:?}"),
        };
        if !before.is_empty() {
            self.press("<end><ctrl-u>");
        }
        self.type_text(text);
        match self.seen().control {
            Asked::Text(after) => assert_eq!(after, text),
            other => panic!("no text: {other:?}"),
        }
    }

    /// The option with this label, or the only one whose label begins with these words.
    fn choose(&mut self, words: &str) {
        let Asked::Choice { labels, .. } = self.seen().control else {
            panic!("nothing to choose:\n{}", self.text());
        };
        let begins = |label: &&&str| label.starts_with(words);
        let wanted = labels
            .iter()
            .position(|label| *label == words)
            .or_else(|| labels.iter().position(|label| begins(&label)))
            .unwrap_or_else(|| panic!("{words:?} is none of {labels:?}"));
        assert!(
            labels[wanted] == words || labels.iter().filter(begins).count() == 1,
            "{words:?} is more than one of {labels:?}"
        );
        for _ in 0..=labels.len() {
            match self.seen().control {
                Asked::Choice {
                    chosen: Some(at), ..
                } if at == wanted => return,
                Asked::Choice {
                    chosen: Some(at), ..
                } if at > wanted => self.press("<left>"),
                _ => self.press("<right>"),
            }
        }
        panic!("{words:?} is not chosen:\n{}", self.text());
    }

    /// Adds the first option that a search in the picker finds.
    fn pick(&mut self, search: &str) {
        let picked = |driver: &Self| match driver.seen().control {
            Asked::Pick { chosen, is_open } => (chosen, is_open),
            other => panic!("nothing to pick: {other:?}"),
        };
        let (before, is_open) = picked(self);
        if !is_open {
            self.press("<enter>");
        }
        self.type_text(search);
        self.press("<enter>");
        let (after, _) = picked(self);
        assert_ne!(after, before, "{search:?} finds nothing:\n{}", self.text());
    }

    fn seen(&self) -> Seen {
        seen(self).unwrap_or_else(|| panic!("no form:\n{}", self.text()))
    }

    /// Fills in the sign-up form and submits it: the recovery key is shown.
    pub fn sign_up(&mut self) {
        self.fill_in_sign_up("Acme Corp", "Ada Lovelace", EMAIL);
        self.press("<ctrl-s>");
    }

    /// Types all answers of the sign-up form, the password twice.
    pub fn type_sign_up(&mut self, organization: &str, full_name: &str, password: &str) {
        self.answer(sign_up::ORGANIZATION, organization);
        self.answer(sign_up::FULL_NAME, full_name);
        self.answer(sign_up::EMAIL, EMAIL);
        self.answer(sign_up::PASSWORD, password);
        self.answer(sign_up::AGAIN, password);
    }

    pub fn fill_in_sign_up(&mut self, organization: &str, full_name: &str, email: &str) {
        self.answer(sign_up::ORGANIZATION, organization);
        self.answer(sign_up::FULL_NAME, full_name);
        self.answer(sign_up::EMAIL, email);
        // Pasted: checking a password at each of its characters takes most of the time of a test.
        for field in [sign_up::PASSWORD, sign_up::AGAIN] {
            self.go_to(field);
            self.paste(PASSWORD);
        }
    }

    /// Leaves a draft with this name behind, from the list and back to it.
    pub fn leave_draft(&mut self, name: &str) {
        self.press("n");
        self.answer(properties::NAME, name);
        self.press("<esc>");
    }

    /// Adds a developer from the list of people: their first password is shown.
    pub fn add_developer(&mut self, full_name: &str, email: &str, role: &str) {
        self.press("n");
        self.answer(organization::add::FULL_NAME, full_name);
        self.answer(organization::add::EMAIL, email);
        self.answer(organization::add::ROLE, role);
        self.press("<ctrl-s>");
    }

    /// Changes the role of the developer under the cursor of the people.
    pub fn change_role(&mut self, role: &str) {
        self.press("r");
        self.answer(organization::role::ROLE, role);
        self.press("<ctrl-s>");
    }

    /// Fills in the form for a new password and submits it. A first password that was entered at
    /// the sign-in is not asked again.
    pub fn change_password(&mut self, old: &str, new: &str) {
        if self.seen().position(password::OLD).is_some() {
            self.answer(password::OLD, old);
        }
        self.answer(password::NEW, new);
        self.answer(password::AGAIN, new);
        self.press("<ctrl-s>");
    }

    /// Types the last group of the recovery key, as the screen asks.
    pub fn confirm_recovery_key(&mut self) {
        let key = self.recovery_key();
        let (_, last_group) = key.rsplit_once('-').expect("groups");
        self.press(last_group);
        self.press("<enter>");
    }
}
