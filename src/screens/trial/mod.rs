//! A trial of an app's flow, step by step.

mod update;
mod view;

use crate::{
    domain::{
        app::App,
        id::AppId,
        oauth::{
            credential::ClientId,
            diagnosis::Setting,
            trial::{Step, TrialKind},
        },
    },
    keymap::Action,
};

#[derive(Debug)]
pub struct TrialPage {
    pub app: AppId,
    pub client_id: ClientId,
    pub name: String,
    pub kind: TrialKind,
    /// The destination of a test event, if it is not on this machine.
    pub far: Option<String>,
    pub trial: u64,
    pub steps: Vec<Step>,
    /// The address that the person must open now.
    pub url: Option<String>,
    pub is_over: bool,
    pub scroll: u16,
}

impl TrialPage {
    pub fn new(app: &App, kind: TrialKind) -> Self {
        let webhook = app.spec.interactive_messages.as_ref();
        Self {
            app: app.id.clone(),
            client_id: app.client_id.clone(),
            name: app.spec.properties.name.clone(),
            kind,
            far: webhook
                .map(|settings| &settings.outbound_webhook_url)
                .filter(|url| kind == TrialKind::TestEvent && !url.is_loopback())
                .map(|url| url.as_str().to_owned()),
            trial: 0,
            steps: Vec::new(),
            url: None,
            is_over: true,
            scroll: 0,
        }
    }

    /// The setting that fixes the last failed step.
    pub fn setting(&self) -> Option<Setting> {
        let failed = self.steps.iter().rev().find(|step| !step.is_ok)?;
        failed.diagnosis.as_ref()?.row().setting
    }

    fn why_off(&self, action: Action) -> Option<String> {
        match action {
            Action::CopyUrl if self.url.is_none() => {
                Some("There is no login URL to copy now.".to_owned())
            }
            Action::GoToSetting if self.setting().is_none() => {
                Some("There is no setting to change.".to_owned())
            }
            Action::Again if !self.is_over => Some("It is still running.".to_owned()),
            _ => None,
        }
    }
}
