//! Any stored draft opens or is refused. One that opens can be checked, shown, navigated and
//! edited, and is the same after it is saved and opened again.

use devconsole::{
    console::{self, Console, Msg},
    desk::{Access, Settings},
    domain::{
        id::{DeveloperId, DraftId},
        people::{
            developer::{Developer, MemberState, Role, Session},
            email::EmailAddress,
        },
        secret::Secret,
        time::UnixMs,
    },
    keymap::Key,
    screens::create_app::{CreateApp, StoredDraft},
    ui::{
        half_blocks::Depth,
        theme::{Theme, ThemeName},
    },
};
use ratatui::{Terminal, backend::TestBackend};

const SIZE: (u16, u16) = (60, 20);

fn session() -> Session {
    let ada = Developer {
        id: DeveloperId::from_stored("ada"),
        full_name: "Ada Lovelace".to_owned(),
        email: EmailAddress::from_stored("ada@example.com"),
        role: Role::DeveloperAdmin,
        state: MemberState::Active,
        created_at: UnixMs(0),
    };
    Session {
        developer: ada.clone(),
        organization: "Acme Corp".to_owned(),
        developers: vec![ada],
        former: Vec::new(),
        must_change_password: false,
        decided: Vec::new(),
        waiting: 0,
        warning: None,
    }
}

fn opened(body: &Secret) -> Option<CreateApp> {
    let stored = StoredDraft::parse(body)?;
    let id = DraftId::from_stored("draft");
    Some(CreateApp::resume(&session(), id, stored))
}

fn draw(console: &Console) {
    let mut terminal = Terminal::new(TestBackend::new(SIZE.0, SIZE.1)).expect("in memory");
    let theme = Theme::new(ThemeName::default(), true, Depth::None, true);
    terminal
        .draw(|frame| {
            console::draw(console, &theme, frame);
        })
        .expect("in memory");
}

pub fn draft(bytes: &[u8]) {
    let body = Secret::new(String::from_utf8_lossy(bytes));
    let Some(screen) = opened(&body) else {
        return;
    };
    let kept = screen.stored().expect("what opened can be kept");
    let again = opened(&kept).expect("what was kept opens");
    assert_eq!(again.draft, screen.draft);
    assert_eq!(again.tab, screen.tab);
    assert_eq!(again.form.focus, screen.form.focus);
    assert_eq!(again.form.touched, screen.form.touched);
    assert_eq!(again.tried, screen.tried);
    let kept_again = again.stored().expect("what opened can be kept");
    assert_eq!(kept_again.expose(), kept.expose());

    let _ = (screen.draft.title(), screen.findings());
    let mut console = Console::new(None, SIZE, Settings::default());
    console.desk.access = Access::Open(session());
    console.show(screen);
    draw(&console);
    // Every tab; in each, the next field, a line or a choice more, a letter, and one less.
    for name in ["tab", "enter", "x", "esc", "backspace", "ctrl-x", "pgdn"].repeat(8) {
        let key = Key::parse(name).expect("a key");
        let _ = console::update(&mut console, Msg::Key(key));
        draw(&console);
    }
}
