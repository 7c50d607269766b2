//! A manifest before it is applied: what it would change.

use std::borrow::Cow;

use ratatui::{
    Frame,
    text::{Line, Span},
};

use crate::{
    desk::{Answer, Ask, Cx, Desk, Typed},
    domain::{
        app::{
            plan::Plan,
            plan_lines::{LineRole, PlanLine, done, lines},
        },
        text,
    },
    keymap::{Action, Can, Mode},
    request::{ApplyManifest, CompareManifest, Reply},
    screens::{
        local_server::view::scrolled as draw_scrolled,
        page::{Look, Next, Page},
    },
    ui::{
        layout::{self, Areas},
        scroll::{last_top, scrolled},
        title,
    },
};

/// Lines above the changes.
const HEAD: usize = 2;

#[derive(Debug)]
pub struct ImportPage {
    path: String,
    plan: Box<Plan>,
    scroll: u16,
}

impl ImportPage {
    pub fn new(path: String, plan: Box<Plan>) -> Self {
        Self {
            path,
            plan,
            scroll: 0,
        }
    }

    /// The counts, and each change in a line.
    pub fn as_lines(&self) -> (String, Vec<String>) {
        let (lines, counts) = lines(&self.plan, true);
        (counts, lines.iter().map(with_consequence).collect())
    }
}

fn with_consequence(line: &PlanLine) -> String {
    match line.consequence {
        Some(what) => format!("{}  ! {what}", line.text),
        None => line.text.clone(),
    }
}

impl Page for ImportPage {
    fn name(&self) -> Cow<'_, str> {
        "Import".into()
    }

    fn modes(&self) -> Vec<Mode> {
        vec![Mode::Import, Mode::Anywhere]
    }

    fn can(&self, action: Action, _: &Desk) -> Can {
        let is_off = action == Action::Confirm && self.plan.is_empty();
        let why = is_off.then(|| "The apps are already as the manifest has them.".to_owned());
        Can::of(why, true)
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> Next {
        match action {
            Action::Confirm => {
                let request = ApplyManifest {
                    path: self.path.clone(),
                    digest: self.plan.digest.clone(),
                };
                cx.await_reply(request, "Applying the manifest");
            }
            Action::Back => return Next::Back,
            action => {
                let count = HEAD + lines(&self.plan, true).0.len();
                let last = last_top(count, layout::text_of(cx.size).height);
                self.scroll = scrolled(self.scroll, last, action);
            }
        }
        Next::Stay
    }

    fn reply(&mut self, _: u64, reply: Reply, cx: &mut Cx<'_>) -> Next {
        if let Reply::ApplyManifest(_, result) = reply
            && let Some(plan) = cx.or_warn(result)
        {
            cx.notify(done(&plan));
            return Next::Back;
        }
        Next::Stay
    }

    fn draw(&self, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
        let theme = look.theme;
        let (changes, counts) = lines(&self.plan, true);
        let trail = look.trail("Import");
        let path = Line::styled(text::displayable(&self.path).into_owned(), theme.dim);
        title::draw(frame, areas.title, theme, &trail, path, Line::default());
        let mut shown = Vec::with_capacity(HEAD + changes.len());
        shown.extend([Line::styled(counts, theme.text), Line::default()]);
        shown.extend(changes.into_iter().map(|line| {
            let style = match line.role {
                LineRole::Plain => theme.text,
                LineRole::Added => theme.good,
                LineRole::Removed => theme.error,
                LineRole::Changed => theme.warning,
            };
            let consequence = line.consequence.map(|what| format!("  ! {what}"));
            let consequence = Span::styled(consequence.unwrap_or_default(), theme.text);
            Line::from(vec![Span::styled(line.text, style), consequence])
        }));
        draw_scrolled(shown, self.scroll, theme, frame, layout::text(areas.body));
    }
}

/// The file to import.
#[derive(Debug)]
pub struct ManifestPath;

impl Ask for ManifestPath {
    fn title(&self) -> &'static str {
        "Import a manifest"
    }

    fn question(&self) -> String {
        "The path of a manifest in TOML or JSON. Its changes are shown first.".to_owned()
    }

    fn verb(&self) -> &'static str {
        "compare"
    }

    fn answer(&self, typed: &Typed<'_>) -> Result<Answer, String> {
        if typed.text.is_empty() {
            return Err("Enter a file name.".to_owned());
        }
        let request = CompareManifest {
            path: typed.text.to_owned(),
        };
        Ok(Answer::Request(request.into(), "Comparing"))
    }
}
