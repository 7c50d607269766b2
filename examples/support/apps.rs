//! Apps as a busy organization would register them: real words, every type, every authentication
//! method. The same seed gives the same apps; the store mints their IDs and secrets.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use devconsole::domain::{
    app::{
        Access, AppCard, AppKind, AppSpec, AuthMethod, InteractiveMessages, NAME_MAX, Partners,
        Platform, Promotion, Properties, Registration,
        icon::IconRef,
        partner::{self, PartnerId},
        redirect_uri::RedirectUri,
        scope::{self, ScopeId, ScopeSet, ScopeStatus},
        web_url::{DialogUrl, WebUrl},
    },
    id::DeveloperId,
    oauth::credential::mint_shared_secret,
    text,
};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

const THINGS: [&str; 48] = [
    "Call log",
    "Order desk",
    "Parcel bot",
    "Night export",
    "Voicemail archive",
    "Shift planner",
    "Ticket bridge",
    "Fax inbox",
    "Dialer",
    "Wallboard",
    "Contact sync",
    "Billing feed",
    "Recording vault",
    "Survey",
    "Reception",
    "Callback queue",
    "Presence light",
    "Directory",
    "Meeting notes",
    "Deploy news",
    "Incident pager",
    "Lead router",
    "Text reminders",
    "Payment links",
    "Field service",
    "Quality review",
    "Phone book",
    "Usage report",
    "Onboarding",
    "Number porting",
    "Translation",
    "Transcripts",
    "Appointment desk",
    "Delivery alerts",
    "Loyalty cards",
    "Stock watch",
    "Warranty claims",
    "Fleet radio",
    "Door opener",
    "Town hall",
    "Emergency roster",
    "Rückruf",
    "Téléstandard",
    "Årsrapport",
    "通話記録",
    "客户回访",
    "전화 상담",
    "Журнал звонков",
];
const TEAMS: [&str; 32] = [
    "Sales",
    "Support",
    "Logistics",
    "Finance",
    "Legal",
    "Research",
    "Marketing",
    "Operations",
    "Human Resources",
    "Procurement",
    "Security",
    "Facilities",
    "Engineering",
    "Dispatch",
    "Radiology",
    "Admissions",
    "Pharmacy",
    "Claims",
    "Underwriting",
    "Leasing",
    "Housekeeping",
    "Catering",
    "Bookings",
    "Workshop",
    "Warehouse",
    "Kundendienst",
    "Comptabilité",
    "Atención al cliente",
    "営業部",
    "研发部",
    "고객지원",
    "Бухгалтерия",
];
const PLACES: [&str; 40] = [
    "Aarhus",
    "Berlin",
    "Bogotá",
    "Boston",
    "Brno",
    "Cádiz",
    "Chicago",
    "Dublin",
    "Espoo",
    "Genève",
    "Göteborg",
    "Graz",
    "Halifax",
    "Izmir",
    "Jaipur",
    "Kraków",
    "Kyoto",
    "León",
    "Lima",
    "Lisboa",
    "Lyon",
    "Málaga",
    "Malmö",
    "Nairobi",
    "Napoli",
    "Odense",
    "Oslo",
    "Perth",
    "Porto",
    "Québec",
    "Reykjavík",
    "Rīga",
    "São Paulo",
    "Seattle",
    "Tallinn",
    "Tromsø",
    "Utrecht",
    "Zürich",
    "大阪",
    "深圳",
];
const KINDS: [&str; 8] = [
    "beta", "pilot", "v2", "staging", "internal", "legacy", "demo", "EU",
];
const HOSTS: [&str; 8] = [
    "orders.example.com",
    "crm.example.org",
    "desk.example.net",
    "api.acme.example",
    "hooks.globex.example",
    "intranet.initech.example",
    "app.umbrella.example",
    "my.hooli.example",
];

pub struct Apps {
    rng: StdRng,
    by: DeveloperId,
    icon: IconRef,
    scopes: Vec<ScopeId>,
}

impl Apps {
    pub fn new(seed: u64, by: DeveloperId, icon: IconRef) -> Self {
        let current = |scope: &&scope::Scope| scope.status == ScopeStatus::Current;
        Self {
            rng: StdRng::seed_from_u64(seed),
            by,
            icon,
            scopes: scope::catalogue()
                .iter()
                .filter(current)
                .map(|scope| scope.id)
                .collect(),
        }
    }

    pub fn next(&mut self) -> Result<Registration> {
        let name = self.name();
        let kind = self.kind(&name)?;
        let is_rest = matches!(kind, AppKind::RestApi { .. });
        let interactive_messages = match kind {
            AppKind::Bot { .. } if self.one_in(3) => Some(self.interactive_messages()?),
            _ => None,
        };
        let scopes = self.some_scopes();
        let why = || format!("{name} needs it for what its users do every day.");
        let justifications: BTreeMap<_, _> = scopes
            .requiring_approval()
            .map(|scope| (scope, why()))
            .collect();
        let spec = AppSpec {
            properties: Properties::new(
                name.clone(),
                format!("{name}: keeps the phone system and our own in step."),
                self.by.clone(),
                self.pick(&[Promotion::Yes, Promotion::No, Promotion::Unknown])?,
            ),
            card: self.card(&name, is_rest),
            access: self.access(),
            kind,
            scopes,
            justifications,
            interactive_messages,
        };
        let shared_secret = spec
            .interactive_messages
            .is_some()
            .then(|| mint_shared_secret(&mut self.rng));
        Ok(Registration {
            spec,
            shared_secret,
        })
    }

    fn card(&mut self, name: &str, is_rest: bool) -> AppCard {
        let mut card = AppCard {
            display_name: (!is_rest || self.one_in(2)).then(|| name.to_owned()),
            summary: self
                .one_in(2)
                .then(|| format!("{name}, where you make your calls.")),
            ..AppCard::default()
        };
        if !is_rest || self.one_in(4) {
            card.icon = Some(self.icon.clone());
        }
        card
    }

    fn name(&mut self) -> String {
        let (thing, team) = (self.word(&THINGS), self.word(&TEAMS));
        let (place, kind) = (self.word(&PLACES), self.word(&KINDS));
        let number = self.rng.random_range(1..100);
        let name = match self.rng.random_range(0..6) {
            0 => format!("{thing} {place}"),
            1 => format!("{thing} for {team}"),
            2 => format!("{team} {thing} {kind}"),
            3 => format!("{place} {team} {thing}"),
            4 => format!("{thing} {place} {number}"),
            _ => format!("{team} {place}: {thing} {kind}"),
        };
        name.chars().take(NAME_MAX).collect()
    }

    fn kind(&mut self, name: &str) -> Result<AppKind> {
        Ok(match self.rng.random_range(0..10) {
            0..=5 => AppKind::RestApi {
                auth: self.auth(name)?,
                issue_refresh_tokens: !self.one_in(4),
            },
            6 | 7 => AppKind::Bot {
                redirect_uris: if self.one_in(2) {
                    self.redirect_uris(name, Platform::ServerSideWeb)?
                } else {
                    Vec::new()
                },
            },
            _ => AppKind::Notification {
                manual_instructions: format!("Paste {{{{ WEBHOOK_URL }}}} into {name}."),
                web_install_url: match self.one_in(2) {
                    true => Some(WebUrl::parse_https(&format!(
                        "https://{}/install",
                        self.word(&HOSTS)
                    ))?),
                    false => None,
                },
            },
        })
    }

    fn auth(&mut self, name: &str) -> Result<AuthMethod> {
        if self.one_in(4) {
            return Ok(AuthMethod::Jwt);
        }
        let platform = self.pick(Platform::ALL)?;
        Ok(AuthMethod::AuthorizationCode {
            platform,
            redirect_uris: self.redirect_uris(name, platform)?,
        })
    }

    fn redirect_uris(&mut self, name: &str, platform: Platform) -> Result<Vec<RedirectUri>> {
        let slug: String = text::key(name)
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        let host = self.word(&HOSTS);
        (1..=self.rng.random_range(1..=3))
            .map(|nth| {
                let uri = format!("https://{host}/{slug}/oauth2callback/{nth}");
                RedirectUri::parse(&uri, platform.redirect_policy()).context(uri)
            })
            .collect()
    }

    fn interactive_messages(&mut self) -> Result<InteractiveMessages> {
        let host = self.word(&HOSTS);
        Ok(InteractiveMessages {
            outbound_webhook_url: WebUrl::parse_webhook(&format!("https://{host}/events"))?,
            dialog_urls: vec![DialogUrl::parse(&format!("https://{host}"))?],
        })
    }

    fn some_scopes(&mut self) -> ScopeSet {
        let count = self.rng.random_range(1..=6);
        (0..count)
            .filter_map(|_| {
                let at = self.rng.random_range(0..self.scopes.len());
                self.scopes.get(at).copied()
            })
            .collect()
    }

    fn access(&mut self) -> Access {
        match self.rng.random_range(0..4) {
            0 => Access::Public(Partners::All),
            1 => {
                let chosen = |partner: &&partner::Partner| partner.forced || self.one_in(3);
                let ids: Vec<PartnerId> = partner::catalogue()
                    .iter()
                    .filter(chosen)
                    .map(|partner| partner.id)
                    .collect();
                Access::Public(Partners::Only(ids))
            }
            _ => Access::Private,
        }
    }

    fn one_in(&mut self, count: u32) -> bool {
        self.rng.random_ratio(1, count)
    }

    fn word(&mut self, words: &[&'static str]) -> &'static str {
        let at = self.rng.random_range(0..words.len());
        words.get(at).copied().unwrap_or_default()
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> Result<T> {
        let at = self.rng.random_range(0..from.len());
        from.get(at).copied().context("nothing to pick from")
    }
}
