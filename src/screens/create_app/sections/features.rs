//! Tab "Features": Interactive Messages, and how a Notification Add-in is installed.

use serde::{Deserialize, Serialize};

use super::{DraftField, Section, sized};
use crate::{
    domain::{
        app::{
            AppKind, AppSpec, AppType, DIALOG_URLS_MAX, INSTRUCTIONS_MAX, InteractiveMessages,
            web_url::{self, DialogUrl, WebUrl},
        },
        secret::Secret,
    },
    form::{Control, Entry, FieldId, Report, Rows, Slot, TextEdit},
    screens::create_app::draft::Draft,
};

pub const INTERACTIVE: FieldId = FieldId("features.interactive_messages");
pub const WEBHOOK: FieldId = FieldId("features.outbound_webhook_url");
pub const SHARED_SECRET: FieldId = FieldId("features.shared_secret");
pub const DIALOG_URLS: FieldId = FieldId("features.dialog_urls");
pub const INTEGRATED: FieldId = FieldId("features.integrated_installation");
pub const INSTRUCTIONS: FieldId = FieldId("features.manual_instructions");
pub const WEB_INSTALL: FieldId = FieldId("features.web_install");
pub const WEB_INSTALL_URL: FieldId = FieldId("features.web_install_url");

const PREFILLED: &str = "Describe here how to set the add-in up, and keep this text current before each release.\n---\nAdd this URL as a webhook in the service that sends the notifications:\n{{ WEBHOOK_URL }}";

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct FeaturesTab {
    pub interactive: bool,
    pub webhook: Entry,
    /// Made by the console before the app is saved. A draft is sealed, hence may hold it.
    #[serde(with = "clear_text_in_a_sealed_draft")]
    pub shared_secret: Secret,
    pub dialog_urls: Rows,
    pub instructions: Entry,
    pub web_install: bool,
    pub web_install_url: Entry,
}

impl Default for FeaturesTab {
    fn default() -> Self {
        Self {
            interactive: false,
            webhook: Entry::default(),
            shared_secret: Secret::default(),
            dialog_urls: Rows::one(),
            instructions: Entry::new(PREFILLED),
            web_install: false,
            web_install_url: Entry::default(),
        }
    }
}

impl FeaturesTab {
    pub fn of(spec: &AppSpec, shared_secret: Secret) -> Self {
        let mut tab = Self {
            shared_secret,
            ..Self::default()
        };
        if let Some(interactive) = &spec.interactive_messages {
            tab.interactive = true;
            tab.webhook = Entry::new(interactive.outbound_webhook_url.as_str());
            tab.dialog_urls = Rows::of(interactive.dialog_urls.iter().map(DialogUrl::as_str));
        }
        if let AppKind::Notification {
            manual_instructions,
            web_install_url,
        } = &spec.kind
        {
            tab.instructions = Entry::new(manual_instructions);
            tab.web_install = web_install_url.is_some();
            let url = web_install_url.as_ref().map_or("", WebUrl::as_str);
            tab.web_install_url = Entry::new(url);
        }
        tab
    }
}

/// Whether two drafts say the same; the secret is the console's, not the person's.
impl PartialEq for FeaturesTab {
    fn eq(&self, other: &Self) -> bool {
        self.interactive == other.interactive
            && self.webhook == other.webhook
            && self.dialog_urls == other.dialog_urls
            && self.instructions == other.instructions
            && self.web_install == other.web_install
            && self.web_install_url == other.web_install_url
    }
}

mod clear_text_in_a_sealed_draft {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::domain::secret::Secret;

    pub fn serialize<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(secret.expose())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
        Ok(Secret::new(String::deserialize(deserializer)?))
    }
}

fn is_notification(draft: &Draft) -> bool {
    draft.app_type() == AppType::Notification
}

pub static SECTION: Section = Section {
    id: "features",
    title: "Features",
    about: |draft| match draft.app_type() {
        AppType::Notification => {
            "Buttons and forms in cards, and how people install the add-in into a chat."
        }
        AppType::RestApi | AppType::Bot => {
            "Optional: buttons and forms in cards that answer to your server."
        }
    },
    fields: FIELDS,
};

static FIELDS: &[DraftField] = &[
    DraftField::toggle(
        INTERACTIVE,
        "Interactive Messages",
        |draft| draft.features.interactive,
        |draft, on| {
            draft.features.interactive = on;
            Ok(())
        },
    )
    .help(
        "Needed for cards with buttons or forms: the platform posts what people answer to \
         your server.",
    ),
    DraftField::text(
        WEBHOOK,
        "Outbound Webhook URL",
        |draft| &draft.features.webhook,
        |draft| &mut draft.features.webhook,
    )
    .help(
        "Where the events are posted. https; http only for this machine, while you develop \
         (our rule).",
    )
    .max(web_url::MAX_BYTES)
    .example("https://app.example.com/interactive")
    .required()
    .shown_if(|draft| draft.features.interactive),
    DraftField::new(
        SHARED_SECRET,
        "Shared Secret",
        Control::Generated {
            get: |draft| &draft.features.shared_secret,
        },
    )
    .help("Signs what is posted to you, so that your server can tell it is genuine. Kept sealed.")
    .required()
    .shown_if(|draft| draft.features.interactive),
    DraftField::rows(
        DIALOG_URLS,
        "Approved URLs for dialogs",
        |draft| &draft.features.dialog_urls,
        |draft| &mut draft.features.dialog_urls,
    )
    .help(
        "Hosts that a dialog may show: www.example.com for that host, *.example.com for its \
         subdomains. Optional.",
    )
    .max(web_url::MAX_BYTES)
    .example("*.example.com")
    .max_rows(DIALOG_URLS_MAX)
    .shown_if(|draft| draft.features.interactive),
    DraftField::toggle(
        INTEGRATED,
        "Integrated installation in the RingCentral app",
        |_| true,
        |_, _| Err("Integrated installation is part of every Notification Add-in."),
    )
    .help(
        "Lets people find the add-in and install it into a chat. Part of every Notification \
         Add-in.",
    )
    .shown_if(is_notification),
    DraftField::text(
        INSTRUCTIONS,
        "Manual installation instructions",
        |draft| &draft.features.instructions,
        |draft| &mut draft.features.instructions,
    )
    .help(
        "Shown when the add-in is not installed via the web. {{ WEBHOOK_URL }} becomes the \
         webhook's URL with a copy button.",
    )
    .max(INSTRUCTIONS_MAX)
    .lines(6)
    .newlines()
    .required()
    .shown_if(is_notification),
    DraftField::toggle(
        WEB_INSTALL,
        "This app can be installed via the web",
        |draft| draft.features.web_install,
        |draft, on| {
            draft.features.web_install = on;
            Ok(())
        },
    )
    .help("Your page is shown in a frame of 570 by 260 while people install or edit the add-in.")
    .shown_if(is_notification),
    DraftField::text(
        WEB_INSTALL_URL,
        "Installation page",
        |draft| &draft.features.web_install_url,
        |draft| &mut draft.features.web_install_url,
    )
    .help("The address of that page; it starts with https://.")
    .max(web_url::MAX_BYTES)
    .example("https://app.example.com/install")
    .required()
    .shown_if(|draft| is_notification(draft) && draft.features.web_install),
];

/// Interactive Messages, switched off or with everything it needs.
#[derive(Debug)]
pub enum Interactive {
    Off,
    On {
        settings: InteractiveMessages,
        shared_secret: Secret,
    },
}

impl Interactive {
    pub fn into_parts(self) -> (Option<InteractiveMessages>, Option<Secret>) {
        match self {
            Self::Off => (None, None),
            Self::On {
                settings,
                shared_secret,
            } => (Some(settings), Some(shared_secret)),
        }
    }
}

/// `None` if it is switched on and something is wrong.
pub fn check_interactive(draft: &Draft, report: &mut Report) -> Option<Interactive> {
    let tab = &draft.features;
    if !tab.interactive {
        return Some(Interactive::Off);
    }
    let outbound_webhook_url = report.take(
        WEBHOOK,
        WebUrl::parse_webhook(tab.webhook.text().trim()).map_err(|error| error.to_string()),
    );
    if outbound_webhook_url
        .as_ref()
        .is_some_and(WebUrl::is_loopback)
    {
        report.warning(
            WEBHOOK,
            "Only this machine can be reached there: fit for development.",
        );
    }
    let mut dialog_urls: Vec<DialogUrl> = Vec::new();
    let mut sound = true;
    for row in tab.dialog_urls.filled() {
        let slot: Slot = (DIALOG_URLS, row.key).into();
        let parsed = DialogUrl::parse(row.entry.text().trim()).map_err(|error| error.to_string());
        match report.take(slot, parsed) {
            Some(url) if dialog_urls.contains(&url) => {
                report.error(slot, "Listed above already. Remove one of them.");
                sound = false;
            }
            Some(url) => dialog_urls.push(url),
            None => sound = false,
        }
    }
    if tab.shared_secret.is_empty() {
        report.error(SHARED_SECRET, "Press n to make a shared secret.");
        return None;
    }
    Some(Interactive::On {
        settings: InteractiveMessages {
            outbound_webhook_url: outbound_webhook_url?,
            dialog_urls: sound.then_some(dialog_urls)?,
        },
        shared_secret: tab.shared_secret.clone(),
    })
}

/// Instructions and the web page of a Notification Add-in.
pub fn check_installation(draft: &Draft, report: &mut Report) -> Option<(String, Option<WebUrl>)> {
    let tab = &draft.features;
    let instructions = report
        .take(
            INSTRUCTIONS,
            sized(tab.instructions.text(), "instructions", 1, INSTRUCTIONS_MAX),
        )
        .and_then(|text| {
            if text.is_none() {
                report.error(INSTRUCTIONS, "Say how the add-in is set up by hand.");
            }
            text
        });
    if instructions
        .as_ref()
        .is_some_and(|text| !text.contains("{{ WEBHOOK_URL"))
    {
        report.warning(
            INSTRUCTIONS,
            "Without {{ WEBHOOK_URL }} people are not shown the URL that they have to enter.",
        );
    }
    let page = if tab.web_install {
        let parsed = WebUrl::parse_https(tab.web_install_url.text().trim())
            .map_err(|error| error.to_string());
        Some(report.take(WEB_INSTALL_URL, parsed)?)
    } else {
        None
    };
    Some((instructions?, page))
}
